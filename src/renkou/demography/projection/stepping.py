"""The arithmetic of a projection: a block of rows carried through all years. Pure (NumPy).

One step: those alive grow older and some die, women bear children by the mean of both ends of the
step, the children live to its end, and migrants arrive. A block is so small that a year of it stays
in a processor's cache while stocks, deaths and exposure of that year are made.

Source: Preston, Heuveline & Guillot (2001), Demography, chapter 6; conventions of the UN's World
Population Prospects.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats
from renkou.demography.mortality.infant_ax import InfantRule, Region, SexOf
from renkou.demography.mortality.survival_from_rates import survival_from_mx
from renkou.demography.projection.dying import Mortality, OfRates, OfRatios
from renkou.demography.projection.layout import Rows, Shape

Marks = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Given:
    """Everything a projection is given, checked; each array with its batch along the first axis."""

    batch: Shape
    years: int
    sexes: int
    ages: int
    step: int
    open_group: bool
    sex: SexOf
    infant_rule: InfantRule
    region: Region
    population: Rows  # (rows, sexes, ages)
    mx: Rows | None  # (rows, years, sexes, ages, or one more in five-year steps)
    survival_ratio: Rows | None  # (rows, years, sexes, ages)
    asfr: Rows | None  # (rows, years, ages of childbearing)
    fertile: slice  # those ages among all
    women: int  # their place on the axis of sexes
    of_births: (
        Rows | None
    )  # (rows, years, sexes): what each sex is of rate times women of both ends
    births: Rows | None  # (rows, years, sexes)
    net_migration: Rows | None  # (rows, years, sexes, ages)
    as_rates: bool
    even: bool
    floor: float


@dataclass(frozen=True, eq=False)
class Flows:
    """Arrays to be filled, the batch along the first axis."""

    population: Floats
    births: Floats
    deaths: Floats
    cohort_deaths: Floats | None  # these three: None where flows by age are not kept
    period_deaths: Floats | None
    exposure: Floats | None
    net_migration: Floats | None
    aged_out: Floats | None


@dataclass(eq=False)
class Floored:
    """Cells that migration would have turned negative, of one block."""

    index: list[npt.NDArray[np.intp]] = field(default_factory=list)  # each (n, 4)
    value: list[Floats] = field(default_factory=list)
    at_start: list[Marks] = field(default_factory=list)
    split_by_all_deaths: bool = (
        False  # deaths at the age before the open one were held to the cohort's
    )


class Block:
    """Some rows of the batch on their way through the years."""

    def __init__(self, given: Given, flows: Flows, rows: slice) -> None:
        self.given, self.flows, self.rows = given, flows, rows
        self.mortality = _mortality(given, rows)
        self.asfr, self.of_births, self.given_births, self.migration = (
            None if one is None else one.of(rows)
            for one in (given.asfr, given.of_births, given.births, given.net_migration)
        )
        self.may_fall = self.migration is not None and bool(self.migration.min() < 0)
        shape = (rows.stop - rows.start, given.sexes, given.ages)
        self.alive, self.before, self.after, self.moved_in = np.empty((4, *shape))
        self.cohort, self.migrants = np.empty((2, *shape))  # of a year, where they are not kept
        self.floored = Floored()

    def run(self) -> Floored:
        """All years."""
        flows, rows = self.flows, self.rows
        flows.population[rows, 0] = self.given.population.of(rows)
        for year in range(self.given.years):
            self.mortality.take_year(year)
            self._step(year, flows.population[rows, year], flows.population[rows, year + 1])
        return self.floored

    def _step(self, year: int, start: Floats, end: Floats) -> None:
        before_move = start
        moves_evenly = self.given.even and self.migration is not None
        if moves_evenly:
            np.copyto(self.moved_in, start)
            start = self._arrive(self.moved_in, year, slice(None), at_start=True)
        self._grow_older(start, end)
        if moves_evenly:
            self._arrive(end[..., 1:], year, slice(1, None), at_start=False)
        births = self.flows.births[self.rows, year]
        self._bear(year, start, end, births)
        self.mortality.infants(births, end)
        np.subtract(births, end[..., 0], out=self.after[..., 0])
        if moves_evenly:
            self._arrive(end[..., :1], year, slice(0, 1), at_start=False)
        self._count(year, start, end)
        if self.migration is not None and not moves_evenly:
            self._arrive(end, year, slice(None), at_start=False)
        self._refuse_imbalance(year, before_move, start, end, births)

    def _grow_older(self, start: Floats, end: Floats) -> None:
        """Those of the second age and above at the end, and who died before and after the birthday."""
        mortality, before, alive = self.mortality, self.before, self.alive
        np.multiply(mortality.leaving, start, out=before)
        np.subtract(start, before, out=alive)
        mortality.live(start, alive, end)
        np.subtract(alive[..., :-1], end[..., 1:], out=self.after[..., 1:])
        before[..., -1] = 0
        if self.given.open_group:
            mortality.live_in_open_group(start, end)
            died = start[..., -2] + start[..., -1] - end[..., -1]
            if (died < before[..., -2]).any():
                np.minimum(before[..., -2], died, out=before[..., -2])
                self.floored.split_by_all_deaths = True
            np.subtract(died, before[..., -2], out=self.after[..., -1])

    def _bear(self, year: int, start: Floats, end: Floats, births: Floats) -> None:
        """Births by the women of both ends of the step; newborn girls are none of them."""
        if self.asfr is None or self.of_births is None:
            births[...] = _of_year(self.given_births, year)
            return
        women, fertile = self.given.women, self.given.fertile
        both_ends = start[:, women, fertile] + end[:, women, fertile]
        born = np.einsum("ba,ba->b", _of_year(self.asfr, year), both_ends)
        np.multiply(_of_year(self.of_births, year), born[:, None], out=births)

    def _count(self, year: int, start: Floats, end: Floats) -> None:
        """Deaths by the age that the cohort reaches and by age at death, and person-years."""
        flows, rows = self.flows, self.rows
        cohort = self.cohort if flows.cohort_deaths is None else flows.cohort_deaths[rows, year]
        np.add(self.before[..., :-1], self.after[..., 1:], out=cohort[..., 1:])
        cohort[..., 0] = self.after[..., 0]
        cohort.sum(axis=-1, out=flows.deaths[rows, year])
        if flows.period_deaths is not None:
            np.add(self.before, self.after, out=flows.period_deaths[rows, year])
        if flows.exposure is not None:
            exposure = flows.exposure[rows, year]
            np.add(start, end, out=exposure)
            exposure *= self.given.step / 2
        if flows.aged_out is not None:
            flows.aged_out[rows, year] = start[..., -1]

    def _arrive(self, stock: Floats, year: int, ages: slice, *, at_start: bool) -> Floats:
        """Add the migrants of a step, or of its half, to a stock; what falls below 0 is floored."""
        coming = _of_year(self.migration, year)[..., ages]
        if self.given.as_rates:
            coming = coming * stock
        if self.given.even:
            coming = coming * 0.5
        applied = self._migrants(year)[..., ages]
        if self.given.even and not at_start:
            applied += coming
        else:
            applied[...] = coming
        stock += coming
        if self.may_fall and stock.min() < 0:
            self._lift(stock, applied, year, ages.start or 0, at_start)
        return stock

    def _migrants(self, year: int) -> Floats:
        kept = self.flows.net_migration
        return self.migrants if kept is None else kept[self.rows, year]

    def _lift(self, stock: Floats, applied: Floats, year: int, age: int, at_start: bool) -> None:
        below = stock < 0
        row, sex, place = np.nonzero(below)
        index = [row + self.rows.start, np.full(len(row), year), sex, place + age]
        self.floored.index.append(np.stack(index, axis=1))
        self.floored.value.append(stock[below])
        self.floored.at_start.append(np.full(len(row), at_start))
        applied[below] += self.given.floor - stock[below]
        stock[below] = self.given.floor

    def _refuse_imbalance(
        self, year: int, before_move: Floats, start: Floats, end: Floats, births: Floats
    ) -> None:
        """P1 - P0 = births - deaths + migration, of every row and sex."""
        flows, rows = self.flows, self.rows
        was, now = before_move.sum(axis=-1), end.sum(axis=-1)
        expected = was + births - flows.deaths[rows, year]
        if self.migration is not None:
            expected += self._migrants(year).sum(axis=-1)
        if flows.aged_out is not None:
            expected -= start[..., -1]
        off = np.abs(now - expected)
        wrong = ~(off <= 1e-9 * (1 + was + now))
        if wrong.any():
            row, sex = np.argwhere(wrong)[0]
            raise FiguresRefused(
                f"population[row {row + rows.start}, year {year + 1}, sex {sex}]",
                f"{off[row, sex]:g} persons off",
                "the population changes by births, deaths and migration, and by nothing else",
                "report this with the figures: the fault is the program's, not the data's",
                zh="人口变动应等于出生减死亡加净迁移；这是程序的错误，请附上数据报告",
            )  # fmt: skip


def _mortality(given: Given, rows: slice) -> Mortality:
    if given.mx is None:
        return OfRatios(given.survival_ratio.of(rows), None)  # type: ignore[union-attr]
    mx = given.mx.of(rows)
    if mx.shape[2] != given.sexes:
        mx = np.broadcast_to(mx, (*mx.shape[:2], given.sexes, mx.shape[-1]))
    if given.step == 1:
        return OfRates(mx, given.sex, given.infant_rule, given.region)
    return OfRatios(*survival_from_mx(
        mx, given.sex, given.step, given.open_group, given.infant_rule, given.region
    ))  # fmt: skip


def _of_year(array: Floats | None, year: int) -> Floats:
    """A year of an array (rows, years, ...), or the one year that serves all."""
    whole: Floats = array  # type: ignore[assignment]
    return whole[:, year if whole.shape[1] > 1 else 0]
