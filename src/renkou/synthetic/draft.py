"""One list in the making: rows of true values, spoilt by the errors that its office makes. Pure.

Errors come together: a few rows and a few clerks have several times the rate, with the list's mean
rate kept.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from renkou.core.id_numbers import Bytes
from renkou.synthetic.city import City
from renkou.synthetic.difficulty import (
    CLUMSY_CLERK_FACTOR,
    CLUMSY_ROW_FACTOR,
    DIFFICULTY,
    Difficulty,
)
from renkou.synthetic.files import Kinds
from renkou.synthetic.glyphs import Names
from renkou.synthetic.kinds import Kind
from renkou.synthetic.streams import Floats, Ints, Mask

FULL, MONTH_ONLY, MISSING = 0, 1, 2  # how much of a birth date is written
_HIGHEST_CHANCE = 0.97


@dataclass
class Draft:
    """Rows of one list; arrays by row. `person` indexes the city's arrays."""

    city: City
    source: str
    day: int
    difficulty: Difficulty
    rng: np.random.Generator
    person: Ints
    kinds: Kinds
    strength: Floats  # how many times the list's rates hold for this row; 1 on average
    number: Bytes  # S20
    name: Names
    sex: Ints
    birth: Ints
    birth_extent: Ints  # FULL, MONTH_ONLY or MISSING
    lunar: Mask  # the birth date is a lunar one
    village: Ints
    door: Ints
    serial: Ints  # the row's own number; a row repeated exactly keeps it

    def __len__(self) -> int:
        return len(self.person)

    def hit(self, percent: float, among: Mask | None = None) -> Mask:
        """Rows that an error of a given rate befalls, out of `among` (all rows by default)."""
        if percent == 0:
            return np.zeros(len(self), bool)
        among = np.ones(len(self), bool) if among is None else among
        chance = self._chances(np.where(among, percent / 100, 0.0))
        struck: Mask = self.rng.random(len(self)) < chance
        return struck

    def strike(self, percents: Floats) -> Ints:
        """At most one of several errors for each row.

        Parameters
        ----------
        percents : shape (n, k), the rate of each error in each row

        Returns
        -------
        shape (n,), which error, or -1
        """
        edges = np.cumsum(percents / 100, axis=1)
        struck = self.rng.random(len(self)) < self._chances(edges[:, -1])
        place = self.rng.random(len(self)) * edges[:, -1]
        which = (edges <= place[:, None]).sum(axis=1)
        return np.where(struck, which, -1).astype(np.int8)

    def _chances(self, wanted: Floats) -> Floats:
        """Chances in proportion to rate and strength, with the rate kept on average.

        No chance may reach 1; what the clumsiest rows cannot take falls to the others. Second
        entries keep their own strength.
        """
        counted = ~self.has(Kind.DUPLICATE_ALTERED)
        target, scale = float(wanted[counted].sum()), 1.0
        if target == 0:
            return np.zeros(len(self))
        for _ in range(6):
            chance = np.minimum(scale * wanted * self.strength, _HIGHEST_CHANCE)
            reached = float(chance[counted].sum())
            if reached == 0 or abs(reached / target - 1) < 0.002:
                break
            scale *= target / reached
        return chance

    def mark(self, rows: Mask, kind: Kind) -> None:
        """Note in the truth what happened to rows."""
        self.kinds[rows] |= np.uint64(kind)

    def has(self, kind: Kind) -> Mask:
        """Rows with any of these kinds."""
        return (self.kinds & np.uint64(kind)) != 0

    def take(self, rows: Ints) -> Draft:
        """The rows at positions, in that order, repeated where a position repeats."""
        fixed = {"city", "source", "day", "difficulty", "rng"}
        arrays = {
            item.name: getattr(self, item.name)[rows]
            for item in dataclasses.fields(self)
            if item.name not in fixed
        }
        return dataclasses.replace(self, **arrays)


def row_strengths(city: City, rng: np.random.Generator, clerk: Ints) -> Floats:
    """How clumsily each row was written: rows and clerks with several times the rate, mean 1."""
    parameters = city.parameters
    clerk_factor = np.where(
        rng.random(int(clerk.max(initial=0)) + 1) < parameters.clumsy_clerks,
        CLUMSY_CLERK_FACTOR,
        1.0,
    )
    row_factor = np.where(rng.random(len(clerk)) < parameters.clumsy_rows, CLUMSY_ROW_FACTOR, 1.0)
    factor = clerk_factor[clerk] * row_factor
    return factor / factor.mean() if len(factor) else factor


def start_draft(
    city: City, source: str, day: int, person: Ints, clerk: Ints, sort_key: Ints, stream: str = ""
) -> Draft:
    """True values of the people on a list, with room for rows that stand there twice.

    Parameters
    ----------
    person : who is on the list
    clerk : shape (n,), who wrote each row (numbers from 0)
    sort_key : shape (n,), the order of the file
    """
    rng = city.streams.of(f"list-{source}{stream}")
    difficulty = DIFFICULTY[source]
    twice = np.flatnonzero(rng.random(len(person)) < difficulty.duplicate_altered / 100)
    rows = np.concatenate([np.arange(len(person)), twice])
    key = sort_key[rows].astype(np.float64) + rng.random(len(rows))
    # Half of the second entries stand near the first, half where somebody else entered them.
    far = np.flatnonzero(rng.random(len(twice)) < 0.5) + len(person)
    if len(person):
        key[far] = rng.permutation(key[: len(person)])[: len(far)]
    order = np.argsort(key, kind="stable")
    altered = (rows != np.arange(len(rows)))[order]
    draft = true_rows(city, source, day, difficulty, rng, person[rows[order]], clerk[rows[order]])
    draft.mark(altered, Kind.DUPLICATE_ALTERED)
    # A second entry is different in something: it was made by another hand, in a hurry.
    draft.strength[altered] *= 8
    return draft


def true_rows(
    city: City, source: str, day: int, difficulty: Difficulty, rng: np.random.Generator,
    person: Ints, clerk: Ints,
) -> Draft:  # fmt: skip
    """Rows without any error."""
    people, homes = city.people, city.homes
    kinds = np.zeros(len(person), np.uint64)
    kinds[city.names.namesake[person]] |= np.uint64(Kind.NAMESAKE)
    kinds[people.twin[person] >= 0] |= np.uint64(Kind.TWIN)
    kinds[city.names.rare[person]] |= np.uint64(Kind.RARE_CHARACTER)
    count = len(person)
    return Draft(
        city, source, day, difficulty, rng, person, kinds, row_strengths(city, rng, clerk),
        city.number[person].astype("S20"), city.names.name[person],
        people.sex[person].astype(np.int32), people.birth[person],
        np.zeros(count, np.int32), np.zeros(count, bool),
        homes.village_on(day)[person].astype(np.int32), homes.door_on(day)[person].astype(np.int32),
        np.arange(1, count + 1, dtype=np.int32),
    )  # fmt: skip


def rows_with_repeats(draft: Draft) -> tuple[Ints, Mask]:
    """Positions of all rows, some twice in a row, and which are the second of their kind."""
    again = np.flatnonzero(draft.rng.random(len(draft)) < draft.difficulty.duplicate_exact / 100)
    rows = np.concatenate([np.arange(len(draft)), again])
    place = rows + np.where(np.arange(len(rows)) < len(draft), 0.0, 0.5)
    order = np.argsort(place, kind="stable")
    return rows[order], order >= len(draft)


def repeat_rows(draft: Draft, columns: list[pa.Array]) -> tuple[Draft, list[pa.Array]]:
    """Some rows stand in the file a second time, exactly as they are."""
    rows, second = rows_with_repeats(draft)
    return repeated(draft, rows, second), taken(columns, rows)


def repeated(draft: Draft, rows: Ints, second: Mask) -> Draft:
    """A draft with the rows of `rows_with_repeats`, the second ones marked."""
    result = draft.take(rows)
    result.mark(second, Kind.DUPLICATE_EXACT)
    return result


def taken(columns: list[pa.Array], rows: Ints) -> list[pa.Array]:
    """Rows of every column."""
    at = pa.array(rows.astype(np.int32))
    return [column.take(at) for column in columns]
