"""Populations and events of areas by month, sex and single age, from rows of changes. Pure (NumPy).

Arrays have the axes area, month, sex (male, female, unknown) and age (0 ... 99, 100 and over,
unknown). Rows are columns as `register.tabulation` counts them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from renkou.core.tallies import Tally

OLDEST = 100
AGE_CELLS = OLDEST + 2  # 0 ... 100 and over, unknown
SEX_CELLS = 3
UNKNOWN_SEX, UNKNOWN_AGE = 2, OLDEST + 1
_MONTHS_OF_A_YEAR = 12

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Areas:
    """The areas that figures are made for, and which of them each counted place lies in.

    codes : the areas, ascending
    units : codes of the places that rows are counted at
    within : (areas, units) bool, whether a place lies in an area; None where each holds only itself
    """

    codes: tuple[str, ...]
    units: tuple[str, ...]
    within: npt.NDArray[np.bool_] | None

    def unit_numbers(self, places: Sequence[str | None]) -> Ints:
        """The place in `units` of each code; -1 for what lies in no area."""
        number = {unit: at for at, unit in enumerate(self.units)}
        sizes = sorted({len(unit) for unit in self.units}, reverse=True)
        found = [
            next((number[place[:size]] for size in sizes if place[:size] in number), -1)
            if place
            else -1
            for place in places
        ]
        return np.array(found, np.int64)


def apart(codes: Sequence[str]) -> Areas:
    """Areas of one tier, none of which lies in another."""
    ordered = tuple(sorted(codes))
    return Areas(ordered, ordered, None)


def areas_of(codes: Sequence[str]) -> Areas:
    """Areas, each of which also holds what lies in an area whose code begins with its own.

    >>> areas_of(["5130", "513021", "513021001"]).within.astype(int).tolist()
    [[1, 1, 1], [0, 1, 1], [0, 0, 1]]
    """
    ordered = tuple(sorted(codes))
    within = [[unit.startswith(area) for unit in ordered] for area in ordered]
    return Areas(ordered, ordered, np.array(within, np.bool_).reshape(len(ordered), -1))


@dataclass(frozen=True)
class Rows:
    """Rows of counts as columns of one length.

    unit, sex : numbers (-1: no area, row left out); month, birth_month or age : numbers, -1 unknown
    """

    unit: Ints
    month: Ints
    sex: Ints
    age: Ints
    count: Ints
    key: Ints

    def within_areas(self) -> Rows:
        """Without the rows that lie in no area."""
        kept = self.unit >= 0
        return Rows(*(column[kept] for column in vars(self).values()))


def sex_numbers(words: Sequence[str | None]) -> Ints:
    """0 male, 1 female, 2 unknown."""
    numbers = {"male": 0, "female": 1}
    return np.array([numbers.get(word or "", UNKNOWN_SEX) for word in words], np.int64)


def populations_by_month(
    rows: Rows, areas: Areas, opening: int, last: int, months: Sequence[int] | None = None
) -> Tally:
    """Populations at the ends of months from changes by month of birth (`Rows.age`).

    Parameters
    ----------
    rows : changes; those of month `opening` are the stock at its end
    opening, last : months as numbers
    months : of which to give the population; all from `opening` to `last`, if not said

    Returns
    -------
    Tally of shape (areas, months, 3, 102)
    """
    wanted = list(range(opening, last + 1)) if months is None else list(months)
    rows = rows.within_areas()
    known = rows.age[rows.age >= 0]
    first_birth = int(known.min()) if len(known) else last
    births = last - first_birth + 1
    birth = np.where(rows.age >= 0, np.minimum(rows.age - first_birth, births - 1), births)
    shape = (len(areas.units), SEX_CELLS, births + 1)
    cell = (rows.unit * SEX_CELLS + rows.sex) * (births + 1) + birth
    order = np.argsort(rows.month, kind="stable")
    starts = np.searchsorted(rows.month[order], np.arange(opening, last + 2))
    count, key = np.zeros(np.prod(shape), np.int64), np.zeros(np.prod(shape), np.uint64)
    found = []
    for at, month in enumerate(range(opening, last + 1)):
        now = order[starts[at] : starts[at + 1]]
        np.add.at(count, cell[now], rows.count[now])
        np.add.at(key, cell[now], rows.key[now].view(np.uint64))
        if month in wanted:
            held = Tally(count.reshape(shape), key.reshape(shape))
            found.append(_by_age(held, month - first_birth))
    return _of_areas(areas, found)


def _by_age(held: Tally, month: int) -> Tally:
    """(units, sexes, months of birth and unknown) to (units, sexes, ages) at the end of a month."""
    births = held.count.shape[-1] - 1
    age = np.clip((month - np.arange(births)) // _MONTHS_OF_A_YEAR, 0, OLDEST)
    starts = np.flatnonzero(np.concatenate([[True], np.diff(age) != 0]))
    parts = []
    for values in (held.count, held.key):
        summed = np.zeros((*values.shape[:-1], AGE_CELLS), values.dtype)
        summed[..., age[starts]] = np.add.reduceat(values[..., :-1], starts, axis=-1)
        summed[..., UNKNOWN_AGE] = values[..., -1]
        parts.append(summed)
    return Tally(*parts)


def _of_areas(areas: Areas, by_month: Sequence[Tally]) -> Tally:
    """Sum the places of each area; (areas, months, ...)."""
    count = np.stack([one.count for one in by_month], axis=1)
    key = np.stack([one.key for one in by_month], axis=1)
    return areas_total(areas, Tally(count, key))


def areas_total(areas: Areas, tally: Tally) -> Tally:
    """From places (first axis) to areas."""
    if areas.within is None:
        return tally
    return Tally(
        np.stack([tally.count[inside].sum(axis=0) for inside in areas.within]),
        np.stack([tally.key[inside].sum(axis=0) for inside in areas.within]),
    )


def totals_by_month(rows: Rows, areas: Areas, opening: int, last: int) -> Tally:
    """Populations of all ages at the ends of months from changes: (areas, months + 1, 3)."""
    rows = rows.within_areas()
    months = last - opening + 1
    shape = (len(areas.units), months, SEX_CELLS)
    cell = (rows.unit * months + rows.month - opening) * SEX_CELLS + rows.sex
    count, key = _added(shape, cell, rows)
    return areas_total(areas, Tally(count.cumsum(axis=1), key.cumsum(axis=1, dtype=np.uint64)))


def _added(shape: tuple[int, ...], cell: Ints, rows: Rows) -> tuple[Ints, npt.NDArray[np.uint64]]:
    """Counts and keys of rows added up in numbered cells."""
    count, key = np.zeros(np.prod(shape), np.int64), np.zeros(np.prod(shape), np.uint64)
    np.add.at(count, cell, rows.count)
    np.add.at(key, cell, rows.key.view(np.uint64))
    return count.reshape(shape), key.reshape(shape)


def punctuality_by_month(rows: Rows, areas: Areas, opening: int, last: int) -> Tally:
    """Births by punctuality (`Rows.age`: 0 in time, 1 late, -1 unknown): (areas, months, 3)."""
    rows = rows.within_areas()
    months = last - opening
    cell = (rows.unit * months + rows.month - opening - 1) * 3 + np.where(rows.age < 0, 2, rows.age)
    return areas_total(areas, Tally(*_added((len(areas.units), months, 3), cell, rows)))


def events_by_month(rows: Rows, areas: Areas, opening: int, last: int) -> Tally:
    """Events of the months after `opening` up to `last`: (areas, months, 3, 102)."""
    rows = rows.within_areas()
    months = last - opening
    shape = (len(areas.units), months, SEX_CELLS, AGE_CELLS)
    age = np.where(rows.age < 0, UNKNOWN_AGE, np.minimum(rows.age, OLDEST))
    cell = (
        (rows.unit * months + rows.month - opening - 1) * SEX_CELLS + rows.sex
    ) * AGE_CELLS + age
    return areas_total(areas, Tally(*_added(shape, cell, rows)))
