"""Tabulations of one year small enough to work figures out by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from renkou.core.tallies import Tally
from renkou.demography.indicators.blocks import Block
from renkou.demography.indicators.catalogue import catalogue
from renkou.demography.indicators.cells import Tabulation, true_counts
from renkou.demography.indicators.computing import figure_blocks
from renkou.demography.indicators.tabulated import AGE_CELLS, SEX_CELLS, UNKNOWN_AGE, areas_of

MALE, FEMALE, UNKNOWN = range(3)
UNKNOWN_AGES = UNKNOWN_AGE
OPENING, LAST = 2023 * 12 + 11, 2024 * 12 + 11
COUNTY = "513021"
Cells = Mapping[tuple[int, int], int]
"""How many of a sex and age."""

KINDS = (
    "births", "deaths", "moves_in", "moves_out", "marriages", "births_registered",
    "deaths_registered",
)  # fmt: skip


def _array(cells: Cells) -> np.ndarray:
    found = np.zeros((SEX_CELLS, AGE_CELLS), np.int64)
    for (sex, age), count in cells.items():
        found[sex, age] += count
    return found


def _tally(count: np.ndarray) -> Tally:
    return Tally(count, count.astype(np.uint64) * np.uint64(7))


def stock(first: Cells, last: Cells | None = None, months: int = 12) -> Tally:
    """A population that is `first` at every month-end but the last."""
    count = np.stack([_array(first)] * months + [_array(first if last is None else last)])
    return _tally(count[None])


def events(by_month: Mapping[int, Cells], months: int = 12) -> Tally:
    """Events of the months of the year, 1 to 12."""
    count = np.zeros((1, months, SEX_CELLS, AGE_CELLS), np.int64)
    for month, cells in by_month.items():
        count[0, month - 1] = _array(cells)
    return _tally(count)


def tabulation(
    usual: Tally,
    of_events: Mapping[str, Tally] | None = None,
    codes: Sequence[str] = (COUNTY,),
    punctuality: Tally | None = None,
    villages: Mapping[str, tuple[tuple[str, ...], Tally]] | None = None,
    **stocks: Tally,
) -> Tabulation:
    """2024 of one county; populations and events that are not told are empty."""
    empty = {name: events({}) for name in KINDS}
    none = Tally(np.zeros_like(usual.count), np.zeros_like(usual.key))
    others = {name: stocks.get(name, none) for name in ("registered", "apart", "floating")}
    return Tabulation(
        areas_of(codes), OPENING, LAST, {"usual": usual, **others},
        {**empty, **(of_events or {})}, punctuality, villages or {},
    )  # fmt: skip


def blocks_of(indicator: str, counts: Tabulation) -> list[Block]:
    """An indicator by true counts."""
    return figure_blocks([catalogue()[indicator]], counts, true_counts)


def figure(
    indicator: str, counts: Tabulation, period: str = "2024", sex: str = "both", age: str = "all"
) -> tuple[float, float, float]:
    """Value and limits of the one area."""
    for block in blocks_of(indicator, counts):
        if sex in block.sexes and age in block.ages and period in block.periods:
            at = (0, block.periods.index(period), block.sexes.index(sex), block.ages.index(age))
            return float(block.value[at]), float(block.lower[at]), float(block.upper[at])
    raise KeyError((indicator, period, sex, age))
