"""Blocks of figures as one table: who is shown what, and why something is not shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from renkou.core.areas import LEVEL_DIGITS
from renkou.core.figures import FIGURE_COLUMNS, Definition, Sensitivity
from renkou.demography.indicators.blocks import Block
from renkou.disclosure.release_rules import (
    Reason,
    figure_reasons,
    rate_denominator_ok,
    table_reasons,
)

_LEVELS = {digits: level for level, digits in LEVEL_DIGITS.items()}
# Stands in the column `note` beside a figure that is no number for another reason than a rule.
NOT_COMPUTABLE = "无法计算：分母为零，或所需数据不足"
UNCOVERED = "登记该类事件的名册未覆盖该时期，数字不完整，不予公布"
UNPLACED = "本县区部分常住人口只知县区、不知乡镇，未计入乡镇人口；率的分母已按县区比例放大"
_REASONS = tuple(Reason)
_NOTES = (*(one.zh for one in _REASONS), NOT_COMPUTABLE, UNCOVERED, UNPLACED)
_CHILDREN = ("0-4", "5-9", "10-14")  # the loss of a child is held to the rules of health
Codes = npt.NDArray[np.int8]


def level_of(code: str) -> str:
    """The tier of an area by the length of its code."""
    return _LEVELS[len(code)]


def reasons_against(true: Block, seen: Block, definition: Definition) -> Codes:
    """Per figure, the place in `Reason` of the rule that keeps it back; 0 where it may be shown.

    A table is what is published of one indicator for the areas of one tier in one period; the rules
    of sparse tables look at its true counts, the others at what would be shown.
    """
    found = np.zeros(seen.value.shape, np.int8)
    levels = np.array([level_of(code) for code in seen.areas])
    for level in dict.fromkeys(levels):
        inside = levels == level
        found[inside] = _of_one_tier(true, seen, definition, str(level), inside)
    thin = np.isfinite(seen.denominator) & ~_enough(seen.denominator)
    found[thin & (found == 0)] = Reason.RATE_DENOMINATOR
    return found


def _enough(denominator: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    return rate_denominator_ok(np.nan_to_num(denominator))


def _of_one_tier(
    true: Block, seen: Block, definition: Definition, level: str, inside: npt.NDArray[np.bool_]
) -> Codes:
    counts = (true.numerator if true.people is None else true.people)[inside]
    shown = seen.numerator[inside]
    if not np.isfinite(counts).any():  # figures that count nobody
        return np.zeros(shown.shape, np.int8)
    people, published = (_whole(one) for one in (counts, shown))
    if definition.sensitivity == Sensitivity.HEALTH:
        return figure_reasons(people, published, level=level, sensitivity=definition.sensitivity)
    cells = _inner_cells(seen, people)
    variables = sum(size > 1 for size in seen.value.shape[2:])
    by_period = table_reasons(
        np.moveaxis(cells, 1, 0).reshape(cells.shape[1], -1), level=level, variables=variables
    )
    found = np.broadcast_to(by_period[None, :, None, None], people.shape).copy()
    children = [at for at, age in enumerate(seen.ages) if age in _CHILDREN]
    if definition.group == "deaths" and children:
        lost = people[..., children], published[..., children]
        health = figure_reasons(*lost, level=level, sensitivity=Sensitivity.HEALTH)
        found[..., children] = np.where(health > 0, health, found[..., children])
    return found


def _whole(counts: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """People as whole numbers; none where there is no number."""
    return np.rint(np.nan_to_num(counts)).astype(np.int64)


def _inner_cells(block: Block, people: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Without totals over sexes and ages where there are parts."""
    if len(block.sexes) > 1:
        people = people[:, :, [at for at, one in enumerate(block.sexes) if one != "both"]]
    if len(block.ages) > 1:
        people = people[..., [at for at, one in enumerate(block.ages) if one != "all"]]
    return people


def figure_table(
    blocks: Sequence[Block],
    reasons: Sequence[Codes],
    names: Mapping[str, str],
    decimals: Mapping[str, int],
) -> pa.Table:
    """Rows of `core.figures.FIGURE_COLUMNS`; what is kept back is null, with its reason as note.

    Figures are rounded to the decimals of their indicator: sixteen digits of a rate of rates tell
    the counts that it was made of.
    """
    parts = [
        _rows(block, codes, names, decimals[block.indicator])
        for block, codes in zip(blocks, reasons, strict=True)
    ]
    return pa.concat_tables(parts).unify_dictionaries()


def _rows(block: Block, codes: Codes, names: Mapping[str, str], decimals: int) -> pa.Table:
    shape = block.value.shape
    axes = np.meshgrid(*(np.arange(size, dtype=np.int32) for size in shape), indexing="ij")
    places = [axis.ravel() for axis in axes]
    note = _notes(block, codes).ravel()
    # A numerator beside a figure that cannot be computed would tell what the figure is kept for.
    absent = (note > 0) & (note != _NOTES.index(UNPLACED))
    columns = {
        "indicator": _coded(np.zeros(note.size, np.int32), [block.indicator]),
        "area": _coded(places[0], block.areas),
        "area_name": _coded(places[0], [names.get(code, code) for code in block.areas]),
        "level": _coded(places[0], [level_of(code) for code in block.areas]),
        "period": _coded(places[1], block.periods),
        "sex": _coded(places[2], block.sexes),
        "age": _coded(places[3], block.ages),
        **{
            name: _numbers(np.round(getattr(block, name).ravel(), digits), absent)
            for name, digits in {
                "value": decimals,
                "lower": decimals,
                "upper": decimals,
                "numerator": 1,
                "denominator": 1,
            }.items()
        },
        "note": _coded(note, _NOTES),
    }
    return pa.table({name: columns[name] for name in FIGURE_COLUMNS})


def _notes(block: Block, codes: Codes) -> npt.NDArray[np.int32]:
    """Per figure, the place of its note among `_NOTES`."""
    note = codes.astype(np.int32)
    note[(note == 0) & ~np.isfinite(block.value)] = _NOTES.index(NOT_COMPUTABLE)
    if block.uncovered is not None:
        note[block.uncovered] = _NOTES.index(UNCOVERED)
    if block.unplaced is not None:
        note[block.unplaced & (note == 0)] = _NOTES.index(UNPLACED)
    return note


def _coded(places: npt.NDArray[np.int32], words: Sequence[str]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(places), pa.array(list(words), pa.string()))


def _numbers(values: npt.NDArray[np.float64], absent: npt.NDArray[np.bool_]) -> pa.Array:
    return pa.array(values, mask=absent | ~np.isfinite(values))
