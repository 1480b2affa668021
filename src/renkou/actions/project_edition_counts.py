"""People, births, deaths and moves of an edition by leaf of the tree, for projecting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from renkou.actions.tabulating import CountedEdition
from renkou.core.areas import LEVEL_DIGITS, Area
from renkou.core.errors import UsageError
from renkou.demography.checked import Floats
from renkou.demography.indicators import tabulated
from renkou.demography.levels.placing import own_counts, place_shares, placed_counts
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
class LeafCounts:
    """What happened in each leaf in the calendar years before the base year.

    years : (years,); stock : (leaves, years + 1, 2, ages), at the ends of years, the opening first
    births : (leaves, years, 2, ages), by sex of child and age of mother
    deaths : (leaves, years, 2, ages)
    growth : (leaves, months), change of the stock of each month less births, plus deaths
    unplaced : people of the base known only to an area, by its code
    unknown : people of the base of unknown sex or age
    """

    years: Ints
    stock: Floats
    births: Floats
    deaths: Floats
    growth: Floats
    unplaced: Mapping[str, float]
    unknown: int

    @property
    def exposure(self) -> Floats:
        """Person-years: (leaves, years, 2, ages)."""
        return np.asarray((self.stock[:, 1:] + self.stock[:, :-1]) / 2)


def leaf_counts(counted: CountedEdition, tree: Tree) -> LeafCounts:
    """Counts of an edition by leaf, whose window is whole calendar years."""
    counts = counted.counts
    codes = counts.areas.codes
    every = {name: counts.events[name].count for name in ("births", "deaths")}
    months = counts.stocks["usual"].count
    ends = months[:, ::12]
    stock, _ = placed_counts(ends, codes, tree.leaves)
    _, unplaced = placed_counts(ends[:, -1], codes, tree.leaves)
    people = stock.sum(axis=(1, 2, 3))
    place = place_shares(codes, tree.leaves, people)
    natural = every["births"].sum(axis=(2, 3)) - every["deaths"].sum(axis=(2, 3))
    change = np.diff(months.sum(axis=(2, 3)), axis=1) - natural
    top = [at for at, code in enumerate(codes) if code in tree.tops]
    unknown = ends[top, -1]
    births, deaths = (_known(_placed(_by_year(every[name]), codes, place)) for name in every)
    return LeafCounts(
        years=np.arange((counts.opening + 1) // 12, counts.last // 12 + 1),
        stock=known_sex_and_age(stock),
        births=births,
        deaths=deaths,
        growth=_placed(change, codes, place),
        unplaced=unplaced,
        unknown=int(unknown.sum() - unknown[:, :2, :-1].sum()),
    )


def _placed(counts: Ints, codes: Sequence[str], place: Floats) -> Floats:
    """By leaf, what is known only to an area above by the people of its leaves."""
    return np.asarray(np.tensordot(place, own_counts(counts, codes), axes=(0, 0)))


def _by_year(events: Ints) -> Ints:
    """(areas, months, ...) to (areas, years, ...)."""
    areas, months = events.shape[:2]
    return np.asarray(events.reshape(areas, months // 12, 12, *events.shape[2:]).sum(axis=2))


def _known(events: Floats) -> Floats:
    """Events of unknown sex or age by those of all leaves in all years: a leaf's own are few."""
    together = events.sum(axis=(0, 1))
    known = events[..., :2, :-1]
    spread = known_sex_and_age(together) - together[:2, :-1]
    unknown = events.sum(axis=(-2, -1)) - known.sum(axis=(-2, -1))
    whole = unknown.sum()
    share = unknown / whole if whole > 0 else unknown
    return np.asarray(known + share[..., None, None] * spread)


@dataclass(frozen=True)
class MoveRows:
    """Moves as columns: places of origin and goal among the areas (-1 outside), month, sex, age, count."""

    origin: Ints
    goal: Ints
    month: Ints
    sex: Ints
    age: Ints
    count: Ints

    def within(self, inside: Sequence[bool]) -> MoveRows:
        """Moves that touch some of the areas; the others count as outside."""
        kept = np.append(np.asarray(inside), False)  # the last one for places -1
        origin = np.where(kept[self.origin], self.origin, -1)
        goal = np.where(kept[self.goal], self.goal, -1)
        rest = (origin >= 0) | (goal >= 0)
        columns = (origin, goal, self.month, self.sex, self.age, self.count)
        return MoveRows(*(one[rest] for one in columns))


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
    )


def without_keys(persons: ir.Table) -> ir.Table:
    """Record keys of 0: a projection publishes no perturbed counts."""
    return persons.select("person_id", key=(persons.person_id * 0).cast("int64"))
