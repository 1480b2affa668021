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
OUTSIDE = "登记数在覆盖率区间之外：名册既有漏登，也有误登"
_REASONS = tuple(Reason)
_NOTES = (*(one.zh for one in _REASONS), NOT_COMPUTABLE, OUTSIDE)
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
    blocks: Sequence[Block], reasons: Sequence[Codes], names: Mapping[str, str]
) -> pa.Table:
    """Rows of `core.figures.FIGURE_COLUMNS`; what is kept back is null, with its reason as note."""
    parts = [_rows(block, codes, names) for block, codes in zip(blocks, reasons, strict=True)]
    return pa.concat_tables(parts).unify_dictionaries()


def _rows(block: Block, codes: Codes, names: Mapping[str, str]) -> pa.Table:
    shape = block.value.shape
    axes = np.meshgrid(*(np.arange(size, dtype=np.int32) for size in shape), indexing="ij")
    places = [axis.ravel() for axis in axes]
    kept_back = codes.ravel() > 0
    value = block.value.ravel()
    unknown = ~np.isfinite(value) & ~kept_back
    note = np.where(unknown, len(_REASONS), codes.ravel()).astype(np.int32)
    outside = (value < block.lower.ravel()) | (value > block.upper.ravel())
    note[outside & ~kept_back] = len(_REASONS) + 1
    columns = {
        "indicator": _coded(np.zeros(value.size, np.int32), [block.indicator]),
        "area": _coded(places[0], block.areas),
        "area_name": _coded(places[0], [names.get(code, code) for code in block.areas]),
        "level": _coded(places[0], [level_of(code) for code in block.areas]),
        "period": _coded(places[1], block.periods),
        "sex": _coded(places[2], block.sexes),
        "age": _coded(places[3], block.ages),
        **{
            name: _numbers(getattr(block, name).ravel(), kept_back)
            for name in ("value", "lower", "upper", "numerator", "denominator")
        },
        "note": _coded(note, _NOTES),
    }
    return pa.table({name: columns[name] for name in FIGURE_COLUMNS})


def _coded(places: npt.NDArray[np.int32], words: Sequence[str]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(places), pa.array(list(words), pa.string()))


def _numbers(values: npt.NDArray[np.float64], kept_back: npt.NDArray[np.bool_]) -> pa.Array:
    return pa.array(values, mask=kept_back | ~np.isfinite(values))
