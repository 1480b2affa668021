"""Several areas projected together: who leaves one arrives in another or outside. Pure.

Conventions of the single-area kernel: stocks at 1 January, births from the mean of the women at
the start and at the end of the year before migration, migration at the end of the year. Newborn
children may move too.

Source: Rogers (1975), Introduction to Multiregional Mathematical Demography, ch. 5; here with
moves after survival, as the UN adds net migration at the end of the year.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import reduce

import numpy as np
import numpy.typing as npt

from renkou.demography.checked import Floats
from renkou.demography.projection.individual_chance import Expected, Individuals
from renkou.demography.projection.refusals import refuse_threads
from renkou.demography.projection.region_bindings import Binding, bind_stock, check_bindings
from renkou.demography.projection.region_inputs import (
    RegionInputs,
    Values,
    ValuesByYear,
    region_inputs,
)

_CELLS_AT_ONCE = 180_000  # of the population of one year: in a cache, and few calls for many cells
_ROUNDING = 1e-9


@dataclass(frozen=True)
class FlooredCells:
    """Cells that would have turned negative: where, and what they would have been.

    `index` has one row per cell: leading dimensions, area, year of the flow, sex, age.
    """

    index: npt.NDArray[np.int64]
    would_be: Floats

    def __len__(self) -> int:
        return len(self.would_be)

    def and_also(self, other: FlooredCells) -> FlooredCells:
        """Both lists in one."""
        return FlooredCells(
            np.concatenate([self.index, other.index]),
            np.concatenate([self.would_be, other.would_be]),
        )


@dataclass(frozen=True)
class RegionalProjection:
    """Stocks and flows of areas: population₁ - population₀ = births - deaths + in - out + net.

    `population` (..., areas, years + 1, 2, ages) at 1 January; `births` (..., areas, years, 2);
    `deaths`, `moved_in`, `moved_out`, `net_migration` (..., areas, years, 2, ages) by age at the
    end of the year, those born in it at age 0, or (..., areas, years, 2) with
    `flows_by_age=False`; `from_outside` and `to_outside` (..., areas, years, 2) are the parts of
    the moves that cross the border of all areas. `net_migration` is what was given beside the
    moves, plus what bindings and floors added.
    """

    population: Floats
    births: Floats
    deaths: Floats
    moved_in: Floats
    moved_out: Floats
    net_migration: Floats
    from_outside: Floats
    to_outside: Floats
    floors: FlooredCells
    notes: tuple[str, ...]

    def total(self, flow: str) -> Floats:
        """A flow of a year added over sexes and ages, (..., areas, years)."""
        values: Floats = getattr(self, flow)
        return values.sum(axis=(-2, -1) if values.ndim == self.population.ndim else -1)

    def balance_gap(self) -> Floats:
        """P₁ - P₀ - (B - D + in - out + net), (..., areas, years): zero to rounding."""
        change = np.diff(self.population.sum(axis=(-2, -1)), axis=-1)
        gain = self.total("births") - self.total("deaths") + self.total("net_migration")
        gap: Floats = change - gain - self.total("moved_in") + self.total("moved_out")
        return gap


def project_regions(
    population: npt.ArrayLike,
    *,
    survival_ratio: Values,
    asfr: npt.ArrayLike,
    srb: npt.ArrayLike,
    out_rate: npt.ArrayLike | None = None,
    destination: npt.ArrayLike | None = None,
    in_count: npt.ArrayLike | None = None,
    net_migration: Values | None = None,
    bind: Sequence[Binding] = (),
    randomness: np.random.Generator | None = None,
    flows_by_age: bool = True,
    threads: int | None = None,
) -> RegionalProjection:
    """Areas projected together, year by year, with moves between them and across their border.

    Parameters
    ----------
    population : shape (..., areas, 2, ages), at 1 January; the last age is open
    survival_ratio : shape (..., areas, years, 2, ages); the first is from birth to age 0, the
        one at age x from age x - 1, the last is of the last two ages together
    asfr : shape (..., areas, years, ages), births per woman and year; or 35 ages 15 to 49
    srb : shape (..., areas, years), males per female birth
    out_rate : shape (..., areas, years, 2, ages), share of those alive at the end of the year,
        by age then, who leave; newborn children at age 0
    destination : shape (..., areas, areas + 1), where those who leave go; the last column is
        outside all areas; rows add up to 1, the diagonal is 0
    in_count : shape (..., areas, years, 2, ages), persons who come from outside all areas
    net_migration : shape (..., areas, years, 2, ages), persons added beside the moves
    bind : what groups of areas must add up to in a year; net migration takes the difference
    randomness : adds the chance of individuals (see `individual_chance`)
    flows_by_age : whether flows keep their ages; without, less time and memory is taken
    threads : at most so many at once, all processors if not given; figures do not depend on it

    Any axis may have length 1, and leading ones may be left out, where it is the same for all.
    Survival ratios and net migration may also be `ValuesByYear`, made year by year, with one leading
    dimension, that of the population.

    Raises
    ------
    FiguresRefused
        If shapes do not fit, or a value breaks its rule.

    >>> year = project_regions(
    ...     [[[100.0, 50, 10], [100, 50, 10]], [[200.0, 50, 10], [200, 50, 10]]],
    ...     survival_ratio=1.0, asfr=0.0, srb=1.05, out_rate=0.1,
    ...     destination=[[0, 0.5, 0.5], [1, 0, 0]],
    ... )
    >>> year.population[:, -1, 0]
    array([[  0., 110.,  60.],
           [  0., 185.,  57.]])
    >>> year.to_outside[:, 0, 0]
    array([8., 0.])
    """
    refuse_threads(threads)
    given = region_inputs(
        population, survival_ratio, asfr, srb, out_rate, destination, in_count, net_migration
    )
    check_bindings(bind, given.areas, given.years, given.lead)
    book = _Book.empty(given, bool(bind), flows_by_age)
    floors = _run_blocks(given, book, bind, randomness, threads)
    return _result(given, book, floors, bind, randomness is not None)


def _run_blocks(
    given: RegionInputs, book: _Book, bind: Sequence[Binding],
    randomness: np.random.Generator | None, threads: int | None,
) -> FlooredCells:  # fmt: skip
    """Fill the book; blocks are as large, and draw the same, whatever the number of threads."""
    size = max(1, _CELLS_AT_ONCE // (given.areas * 2 * given.ages))
    starts = range(0, given.rows, size)
    chances: list[Expected] = [Expected()] * len(starts)
    if randomness is not None:
        seeds = randomness.integers(2**63, size=len(starts))
        chances = [Individuals(int(seed)) for seed in seeds]
    blocks = [
        _Block(given, book, slice(first, min(first + size, given.rows)), chance, bind)
        for first, chance in zip(starts, chances, strict=True)
    ]
    workers = min(len(blocks), threads or len(os.sched_getaffinity(0)))
    if workers < 2:
        floored = [block.run() for block in blocks]
    else:
        with ThreadPoolExecutor(workers) as pool:
            floored = list(pool.map(_Block.run, blocks))
    return reduce(FlooredCells.and_also, floored)


@dataclass
class _Book:
    """Where stocks and flows are written: whole arrays, the leading dimensions in one."""

    population: Floats
    births: Floats
    deaths: Floats
    moved_in: Floats
    moved_out: Floats
    net_migration: Floats
    from_outside: Floats
    to_outside: Floats

    @classmethod
    def empty(cls, given: RegionInputs, bound: bool, by_age: bool) -> _Book:
        areas, years, ages = given.areas, given.years, given.ages
        flow = (given.rows, areas, years, 2, ages) if by_age else (given.rows, areas, years, 2)
        moves = given.moves is not None
        comes = moves or given.in_count is not None
        net = bound or given.net_migration is not None
        nothing = np.broadcast_to(np.zeros(()), flow)
        by_sex = (given.rows, areas, years, 2)
        return cls(
            population=np.empty((given.rows, areas, years + 1, 2, ages)),
            births=np.empty(by_sex),
            deaths=np.empty(flow),
            moved_in=np.empty(flow) if comes else nothing,
            moved_out=np.empty(flow) if moves else nothing,
            net_migration=np.empty(flow) if net else nothing,
            from_outside=np.zeros(by_sex),
            to_outside=np.zeros(by_sex),
        )


class _Block:
    """Some of the populations, few enough that a year of them stays in the cache."""

    def __init__(
        self, given: RegionInputs, book: _Book, rows: slice, chance: Expected,
        bind: Sequence[Binding],
    ) -> None:  # fmt: skip
        self.given, self.book, self.rows, self.chance, self.bind = given, book, rows, chance, bind
        shape = (rows.stop - rows.start, given.areas, 2, given.ages)
        self.start, self.end, self.leaving, self.entering = (np.empty(shape) for _ in range(4))
        self.each_age = np.ones(given.ages)
        self.floored = FlooredCells(np.empty((0, 5), dtype=np.int64), np.empty(0))

    def run(self) -> FlooredCells:
        """All years; what was floored, the first column of its index the row."""
        self.start[...] = self.given.population[self._of(self.given.population)]
        self.book.population[self.rows, :, 0] = self.start
        self.people = self._by_sex(self.start)
        for year in range(self.given.years):
            self._project(year)
        return self.floored

    def _of(self, array: Floats) -> slice:
        return slice(0, 1) if len(array) == 1 else self.rows

    def _in_year(self, array: Floats | ValuesByYear, year: int) -> Floats:
        """The part of an input that belongs to these rows and the year."""
        if isinstance(array, ValuesByYear):
            return array.in_year(self.rows, year)
        return array[self._of(array), :, min(year, array.shape[2] - 1)]

    def _by_sex(self, values: Floats) -> Floats:
        """Sums over ages, as a matrix product: three times as fast as `sum`."""
        summed: Floats = values.reshape(-1, self.given.ages) @ self.each_age
        return summed.reshape(values.shape[:-1])

    def _project(self, year: int) -> None:
        """One year: survive, be born, move, be bound; the balance of every area is checked."""
        gain = self._survive(year)
        if self.given.moves is not None:
            gain += self._move(year)
        if self.given.in_count is not None or self.given.moves is not None:
            gain += self._arrive(year)
        if self.given.net_migration is not None or self.bind:
            gain += self._adjust(year, self.end)
        people = self._by_sex(self.end)
        if not (np.abs(people - self.people - gain) <= _ROUNDING * (1 + people)).all():
            raise ArithmeticError(f"the balance of year {year} does not hold; report this")
        self.book.population[self.rows, :, year + 1] = self.end
        self.people, self.start, self.end = people, self.end, self.start

    def _enter(self, flow: str, year: int, values: Floats) -> Floats:
        """Write a flow; its total by area and sex."""
        book: Floats = getattr(self.book, flow)
        by_sex = self._by_sex(values)
        book[self.rows, :, year] = values if book.ndim == 5 else by_sex
        return by_sex

    def _survive(self, year: int) -> Floats:
        given, start, end = self.given, self.start, self.end
        ratio = self._in_year(given.survival_ratio, year)
        self.chance.grow_older(start, ratio, out=end)
        ages = given.fertile
        women = (start[..., 1, ages] + end[..., 1, ages]) / 2
        rates = self._in_year(given.asfr, year)
        srb = self._in_year(given.srb, year)
        births = self.chance.births(
            np.einsum("rax,rax->ra", women, rates[..., ages]), 1 / (1 + srb)
        )
        end[..., 0] = self.chance.part(births, ratio[..., 0])
        self.book.births[self.rows, :, year] = births
        return self._die(year, births)

    def _die(self, year: int, births: Floats) -> Floats:
        """Deaths are those who were there less those who are; returns births less deaths."""
        gain = self._by_sex(self.end) - self.people
        deaths = self.book.deaths[self.rows, :, year]
        if deaths.ndim < 4:
            deaths[...] = births - gain
        else:
            np.subtract(self.start[..., :-1], self.end[..., 1:], out=deaths[..., 1:])
            deaths[..., -1] += self.start[..., -1]
            deaths[..., 0] = births - self.end[..., 0]
        return gain

    def _move(self, year: int) -> Floats:
        moves = self.given.moves
        if moves is None:
            raise ValueError("nobody moves")
        self.chance.leave(self.end, self._in_year(moves.out_rate, year), out=self.leaving)
        self.book.to_outside[self.rows, :, year] = self.chance.arrivals(
            self.leaving, moves.to[self._of(moves.to)], moves.outside[self._of(moves.outside)],
            out=self.entering,
        )  # fmt: skip
        return -self._enter("moved_out", year, self.leaving)

    def _arrive(self, year: int) -> Floats:
        entering = self.entering
        if self.given.moves is None:
            entering[...] = 0
        if self.given.in_count is not None:
            mean = self._in_year(self.given.in_count, year)
            self.book.from_outside[self.rows, :, year] = self.chance.newcomers(mean, entering)
        self.end += entering
        return self._enter("moved_in", year, entering)

    def _adjust(self, year: int, end: Floats) -> Floats:
        """Net migration given, floors, and what bindings add; all are written as net migration."""
        by_age = self.book.net_migration.ndim == 5
        before = end.copy() if by_age else self._by_sex(end)
        if self.given.net_migration is not None:
            end += self._in_year(self.given.net_migration, year)
            self._floor(year, end)
        if self.bind:
            end[...] = bind_stock(end, self.bind, self.rows, self.given.lead, year)
        if by_age:
            return self._enter("net_migration", year, end - before)
        self.book.net_migration[self.rows, :, year] = added = self._by_sex(end) - before
        return added

    def _floor(self, year: int, end: Floats) -> None:
        if end.min() >= 0:
            return
        at = np.flatnonzero(end < 0)  # five times as fast as `argwhere`
        row, area, sex, age = np.unravel_index(at, end.shape)
        index = np.stack([row + self.rows.start, area, np.full(len(at), year), sex, age], axis=1)
        self.floored = self.floored.and_also(FlooredCells(index, end.reshape(-1)[at]))
        np.maximum(end, 0, out=end)


def _result(
    given: RegionInputs, book: _Book, floors: FlooredCells, bind: Sequence[Binding], chance: bool
) -> RegionalProjection:
    lead, shaped = given.lead, {}
    for name, array in vars(book).items():
        shaped[name] = array if lead == (given.rows,) else array.reshape((*lead, *array.shape[1:]))
    row, others = floors.index[:, 0], floors.index[:, 1:]
    ahead = np.stack(np.unravel_index(row, lead), axis=1) if lead else others[:, :0]
    listed = FlooredCells(np.concatenate([ahead, others], axis=1), floors.would_be)
    return RegionalProjection(**shaped, floors=listed, notes=_notes(given, listed, bind, chance))


def _notes(
    given: RegionInputs, floors: FlooredCells, bind: Sequence[Binding], chance: bool
) -> tuple[str, ...]:
    notes = ["Migration is added at the end of the year and does not touch its births or deaths."]
    if given.moves is None and given.in_count is None and given.net_migration is None:
        notes = ["No one moves."]
    if len(floors):
        notes.append(
            f"{len(floors)} cells would have turned negative by net migration and were set to 0, "
            f"the lowest from {floors.would_be.min():.6g}; net migration is that much higher."
        )
    notes.extend(each.note for each in bind)
    return (*notes, *(Individuals.notes if chance else ()))
