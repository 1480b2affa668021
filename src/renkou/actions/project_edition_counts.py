"""People, births, deaths and moves of an edition by leaf of the tree, for projecting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from renkou.actions.project_edition_seen import own_tally, own_totals, seen_cells
from renkou.actions.tabulating import CountedEdition
from renkou.core.areas import LEVEL_DIGITS, Area
from renkou.core.errors import UsageError
from renkou.core.tallies import Tally
from renkou.demography.checked import Floats
from renkou.demography.indicators import tabulated
from renkou.demography.indicators.cells import Counting
from renkou.demography.levels.placing import place_shares, placed_own
from renkou.demography.levels.unknown_cells import known_sex_and_age
from renkou.demography.scenarios.project_data import ProjectArea

_LOWEST = LEVEL_DIGITS["township"]
Ints = tabulated.Ints


@dataclass(frozen=True)
class Tree:
    """The areas in force on the first day of a projection.

    areas : parents before their parts; leaves : codes that have no part
    tops : the largest areas for which rates are estimated; top_of : of each leaf
    """

    areas: tuple[ProjectArea, ...]
    leaves: tuple[str, ...]
    tops: tuple[str, ...]
    top_of: tuple[str, ...]

    def leaves_in(self, top: str) -> Ints:
        """Places of the leaves of a top."""
        return np.flatnonzero([one == top for one in self.top_of])


def tree_of(areas: Sequence[Area], base_year: int) -> Tree:
    """Prefectures, counties and townships in force on 1 January of a year, under their province.

    Raises
    ------
    UsageError
        If no area below a province is in force on that day.
    """
    day = f"{base_year}-01-01"
    there = {
        one.code: one
        for one in areas
        if len(one.code) <= _LOWEST
        and (not one.valid_to or one.valid_to > day)
        and (not one.valid_from or one.valid_from <= day)
    }
    codes = sorted(there)
    parents = {code: _parent(code, codes) for code in codes}
    leaves = [
        one for one in codes if one not in parents.values() and there[one].level != "province"
    ]
    if not leaves:
        raise UsageError(
            f"areas.csv: no prefecture, county or township is in force on {day}; add them",
            zh=f"areas.csv：{day} 没有有效的市、县或乡镇；请补充",
        )
    kept = {code for leaf in leaves for code in _upwards(leaf, parents)}
    tops = [
        one for one in codes
        if one in kept and there[one].level != "province"
        and (not parents[one] or there[parents[one]].level == "province")
    ]  # fmt: skip
    if len(tops) == 1:  # one city under its province is a tree of its own
        kept -= {one for one in kept if there[one].level == "province"}
    told = tuple(
        ProjectArea(one, there[one].name, there[one].level, parents[one] if parents[one] in kept else "")
        for one in codes if one in kept
    )  # fmt: skip
    top_of = tuple(next(top for top in tops if leaf.startswith(top)) for leaf in leaves)
    return Tree(told, tuple(leaves), tuple(tops), top_of)


def _parent(code: str, codes: Sequence[str]) -> str:
    around = [one for one in codes if code.startswith(one) and one != code]
    return max(around, key=len, default="")


def _upwards(code: str, parents: Mapping[str, str]) -> list[str]:
    found = []
    while code:
        found.append(code)
        code = parents[code]
    return found


@dataclass(frozen=True)
class WholeCounts:
    """What happened in each top in the calendar years before the base year, as it may be seen.

    stock : (tops, years + 1, 2, ages), at the ends of years, the opening first
    births : (tops, years, 2, ages), by sex of child and age of mother
    deaths : (tops, years, 2, ages)
    """

    stock: Floats
    births: Floats
    deaths: Floats

    @property
    def exposure(self) -> Floats:
        """Person-years: (tops, years, 2, ages)."""
        return _lived(self.stock)


@dataclass(frozen=True)
class LeafCounts:
    """What happened in each leaf in the calendar years before the base year, as it may be seen.

    years : (years,); stock : (leaves, years + 1, 2, ages), at the ends of years, the opening first
    births_since, deaths_since : (leaves, years), from the beginning of a year to the end of the last
    beyond : (leaves, months + 1), people at the ends of months less births, plus deaths, since the
        opening: what it grows by are moves
    tops : of the cities, each counted as a whole: leaves added up would add up their noise
    unplaced : people of the base known only to an area, by its code
    unknown : people of the base of unknown sex or age
    without_mothers_age : share of births whose mother's age nobody knows
    last_births, usual_births : of the last three months, and of three months of the year before
    """

    years: Ints
    stock: Floats
    births_since: Floats
    deaths_since: Floats
    beyond: Floats
    tops: WholeCounts
    unplaced: Mapping[str, float]
    unknown: float
    without_mothers_age: float
    last_births: float
    usual_births: float

    @property
    def exposure(self) -> Floats:
        """Person-years: (leaves, years, 2, ages)."""
        return _lived(self.stock)


def _lived(stock: Floats) -> Floats:
    return np.asarray((stock[:, 1:] + stock[:, :-1]) / 2)


def leaf_counts(counted: CountedEdition, tree: Tree, counting: Counting) -> LeafCounts:
    """Counts of an edition by leaf, whose window is whole calendar years.

    `counting`: what of a tally may be seen; nothing else of the counts comes out.
    """
    counts, codes = counted.counts, counted.counts.areas.codes
    months, births, deaths = (
        counts.stocks["usual"],
        counts.events["births"],
        counts.events["deaths"],
    )
    ends = months[:, ::12]
    people = ends.sum(-1).sum(-1)
    own = seen_cells(own_tally(ends, codes), counting, own_totals(people, codes, counting))
    stock, _ = placed_own(own, codes, tree.leaves)
    _, unplaced = placed_own(own[:, -1], codes, tree.leaves)
    place = place_shares(codes, tree.leaves, stock.sum(axis=(1, 2, 3)))

    def placed(tally: Tally) -> Floats:
        """By leaf, what is known only to an area above by the people of its leaves."""
        return np.asarray(np.tensordot(place, counting(own_tally(tally, codes)).count, axes=(0, 0)))

    born, died = (one.sum(-1).sum(-1) for one in (births, deaths))
    residents = months.sum(-1).sum(-1)
    of_tops = [codes.index(one) for one in tree.tops]
    whole = births[of_tops].sum(0)
    by_mothers_age = counting(whole.sum(0).sum(0)).count
    return LeafCounts(
        years=np.arange((counts.opening + 1) // 12, counts.last // 12 + 1),
        stock=known_sex_and_age(stock),
        births_since=placed(_since(_by_year(born))),
        deaths_since=placed(_since(_by_year(died))),
        beyond=placed(residents) - placed(_until(born)) + placed(_until(died)),
        tops=_whole_counts(ends[of_tops], births[of_tops], deaths[of_tops], counting),
        unplaced=unplaced,
        unknown=float(stock[:, -1].sum() - stock[:, -1, :2, :-1].sum()),
        without_mothers_age=float(by_mothers_age[-1] / max(by_mothers_age.sum(), 1)),
        last_births=float(counting(whole.sum(-1).sum(-1)[-3:].sum(0)).count),
        usual_births=float(counting(whole.sum(-1).sum(-1)[-15:-3].sum(0)).count) / 4,
    )


def _whole_counts(ends: Tally, births: Tally, deaths: Tally, counting: Counting) -> WholeCounts:
    every = [seen_cells(_by_year(one), counting) for one in (births, deaths)]
    return WholeCounts(known_sex_and_age(seen_cells(ends, counting)), *map(_known, every))


def _by_year(events: Tally) -> Tally:
    """(areas, months, ...) to (areas, years, ...)."""
    areas, months = events.count.shape[:2]
    shape = (areas, months // 12, 12, *events.count.shape[2:])
    return Tally(events.count.reshape(shape), events.key.reshape(shape)).sum(2)


def _since(events: Tally) -> Tally:
    """Events from each year (second axis) to the last one."""
    return Tally(*(one[:, ::-1].cumsum(axis=1)[:, ::-1] for one in (events.count, events.key)))


def _until(events: Tally) -> Tally:
    """Events up to each month (second axis), 0 before the first."""
    return Tally(
        *(np.pad(one.cumsum(axis=1), ((0, 0), (1, 0))) for one in (events.count, events.key))
    )


def _known(events: Floats) -> Floats:
    """Events of unknown sex or age by those of all areas in all years: one year's own are few."""
    together = events.sum(axis=(0, 1))
    known = events[..., :2, :-1]
    rest = known_sex_and_age(together) - together[:2, :-1]
    spread = np.maximum(rest, 0)  # the difference of equal cells may be a rounding below 0
    unknown = events[..., 2, :].sum(axis=-1) + events[..., :2, -1].sum(axis=-1)
    whole = unknown.sum()
    share = unknown / whole if whole > 0 else unknown
    return np.asarray(known + share[..., None, None] * spread)


@dataclass(frozen=True)
class MoveRows:
    """Moves as columns, true ones: only what is seen of a `tally` may be told.

    origin, goal : places among the areas (-1 outside); key : sums of record keys
    """

    origin: Ints
    goal: Ints
    month: Ints
    sex: Ints
    age: Ints
    count: Ints
    key: Ints

    def within(self, inside: Sequence[bool]) -> MoveRows:
        """Moves that touch some of the areas; the others count as outside."""
        kept = np.append(np.asarray(inside), False)  # the last one for places -1
        origin = np.where(kept[self.origin], self.origin, -1)
        goal = np.where(kept[self.goal], self.goal, -1)
        rest = (origin >= 0) | (goal >= 0)
        columns = (origin, goal, self.month, self.sex, self.age, self.count, self.key)
        return MoveRows(*(one[rest] for one in columns))

    def tally(self, which: np.ndarray, cell: tuple[Ints, ...], shape: tuple[int, ...]) -> Tally:
        """Some of the moves, by the cell of a table that each belongs to."""
        count, key = np.zeros(shape, np.int64), np.zeros(shape, np.uint64)
        at = tuple(one[which] for one in cell)
        np.add.at(count, at, self.count[which])
        np.add.at(key, at, self.key[which].view(np.uint64))
        return Tally(count, key)


def move_rows(table: pa.Table, areas: tabulated.Areas) -> MoveRows:
    """Rows of `register.flows` as numbers."""

    def whole(name: str, missing: int) -> Ints:
        return pc.cast(pc.fill_null(table[name], missing), pa.int64()).to_numpy()

    age = whole("age", -1)
    return MoveRows(
        areas.unit_numbers(table["origin"].to_pylist()),
        areas.unit_numbers(table["goal"].to_pylist()),
        whole("month", -1),
        tabulated.sex_numbers(table["sex"].to_pylist()),
        np.where(age < 0, tabulated.UNKNOWN_AGE, np.minimum(age, tabulated.OLDEST)),
        whole("count", 0),
        whole("key", 0),
    )
