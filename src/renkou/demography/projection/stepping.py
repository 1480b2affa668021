"""The arithmetic of a projection: a block of rows carried through all years. Pure (NumPy).

One step: those alive grow older by the survival ratios, women bear children at the mean of both
ends of the step, the children live to its end, and migrants arrive. Only that runs year by year;
deaths and exposure of all years follow at once from the stocks.

Source: Preston, Heuveline & Guillot (2001), Demography, chapter 6; conventions of the UN's World
Population Prospects. Deaths by age come from deaths by cohort by the shares of the life table, after
Thomas Buettner's separation factors.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats
from renkou.demography.mortality.infant_ax import InfantRule, Region, SexOf
from renkou.demography.mortality.survival_from_rates import Survival, survival_from_mx
from renkou.demography.projection.layout import Rows, Shape


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
    of_births: Rows | None  # (rows, years, sexes): share of the births counted that each sex is
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
    cohort_deaths: Floats
    period_deaths: Floats
    exposure: Floats
    net_migration: Floats | None
    aged_out: Floats | None


@dataclass(eq=False)
class Floored:
    """Cells that migration would have turned negative, of one block."""

    index: list[npt.NDArray[np.intp]] = field(default_factory=list)  # each (n, 4)
    value: list[Floats] = field(default_factory=list)
    at_start: list[npt.NDArray[np.bool_]] = field(default_factory=list)


class Block:
    """Some rows of the batch on their way through the years."""

    def __init__(self, given: Given, flows: Flows, rows: slice) -> None:
        self.given, self.first_row = given, rows.start
        self.stock = flows.population[rows]
        self.births = flows.births[rows]
        self.deaths, self.deaths_by_age = flows.cohort_deaths[rows], flows.period_deaths[rows]
        self.exposure = flows.exposure[rows]
        self.migrants = None if flows.net_migration is None else flows.net_migration[rows]
        self.aged_out = None if flows.aged_out is None else flows.aged_out[rows]
        self.survival = _through_years(_survival(given, rows), given.years)
        self.asfr, self.of_births, self.given_births, self.migration = (
            None if one is None else _years_of(one.of(rows), given.years)
            for one in (given.asfr, given.of_births, given.births, given.net_migration)
        )
        self.may_fall = self.migration is not None and bool(self.migration.min() < 0)
        self.after_first_half = self._room_for_starts()
        self.floored = Floored()
        self.stock[:, 0] = given.population.of(rows)

    def run(self) -> Floored:
        """All years, then what follows from the stocks."""
        for year in range(self.given.years):
            self._step(year)
        self._count_deaths()
        self._refuse_imbalance()
        return self.floored

    def _room_for_starts(self) -> Floats | None:
        if not self.given.even or self.migrants is None:
            return None
        return np.empty(self.migrants.shape)

    def _step(self, year: int) -> None:
        start, end, ratio = (
            self.stock[:, year],
            self.stock[:, year + 1],
            self.survival.ratio[:, year],
        )
        everyone = slice(None)
        if self.after_first_half is not None:
            self.after_first_half[:, year] = start
            start = self._arrive(self.after_first_half[:, year], year, everyone, at_start=True)
        np.multiply(start[..., :-1], ratio[..., 1:], out=end[..., 1:])
        if self.given.open_group:
            end[..., -1] += start[..., -1] * ratio[..., -1]
        if self.after_first_half is not None:
            self._arrive(end[..., 1:], year, slice(1, None), at_start=False)
            everyone = slice(0, 1)
        self._bear(year, start, end)
        np.multiply(self.births[:, year], ratio[..., 0], out=end[..., 0])
        if self.migrants is not None:
            self._arrive(end[..., everyone], year, everyone, at_start=False)

    def _bear(self, year: int, start: Floats, end: Floats) -> None:
        """Births by the women of both ends of the step, halved; the first age has none."""
        if self.asfr is None or self.of_births is None:
            self.births[:, year] = self.given_births[:, year]  # type: ignore[index]
            return
        women, fertile = self.given.women, self.given.fertile
        both_ends = start[:, women, fertile] + end[:, women, fertile]
        born = np.einsum("ba,ba->b", self.asfr[:, year], both_ends)
        np.multiply(self.of_births[:, year], born[:, None], out=self.births[:, year])

    def _arrive(self, stock: Floats, year: int, ages: slice, *, at_start: bool) -> Floats:
        """Add the migrants of a year, or of its half, to a stock; what falls below 0 is floored."""
        coming = self.migration[:, year, :, ages]  # type: ignore[index]
        if self.given.as_rates:
            coming = coming * stock
        if self.given.even:
            coming = coming * 0.5
        applied = self.migrants[:, year, :, ages]  # type: ignore[index]
        if self.given.even and not at_start:
            applied += coming
        else:
            applied[...] = coming
        stock += coming
        if self.may_fall and stock.min() < 0:
            self._lift(stock, applied, year, ages.start or 0, at_start)
        return stock

    def _lift(self, stock: Floats, applied: Floats, year: int, age: int, at_start: bool) -> None:
        below = stock < 0
        row, sex, place = np.nonzero(below)
        index = [row + self.first_row, np.full(len(row), year), sex, place + age]
        self.floored.index.append(np.stack(index, axis=1))
        self.floored.value.append(stock[below])
        self.floored.at_start.append(np.full(len(row), at_start))
        applied[below] += self.given.floor - stock[below]
        stock[below] = self.given.floor

    def _count_deaths(self) -> None:
        """Deaths by the age that the cohort reaches, then by age at death, and person-years."""
        start, end = self.stock[:, :-1], self.stock[:, 1:]
        if self.after_first_half is not None:
            start = self.after_first_half
        elif self.migrants is not None:
            end = end - self.migrants
        if self.aged_out is not None:
            self.aged_out[...] = start[..., -1]
        np.add(start, end, out=self.exposure)
        self.exposure *= self.given.step / 2
        lost, deaths, by_age = 1 - self.survival.ratio, self.deaths, self.deaths_by_age
        np.multiply(self.births, lost[..., 0], out=deaths[..., 0])
        np.multiply(start[..., :-1], lost[..., 1:], out=deaths[..., 1:])
        # Deaths at the age at which the step began, before the birthday that leads out of it.
        leaving = start[..., :-1] * self.survival.leaving_deaths[..., :-1]
        np.minimum(leaving[..., -1], deaths[..., -1], out=leaving[..., -1])
        if self.given.open_group:
            deaths[..., -1] += start[..., -1] * lost[..., -1]
        by_age[..., 0] = deaths[..., 0]
        np.subtract(deaths[..., 1:], leaving, out=by_age[..., 1:])
        np.maximum(by_age, 0, out=by_age)  # a difference of equals may be -1e-17
        by_age[..., :-1] += leaving

    def _refuse_imbalance(self) -> None:
        """P1 - P0 = births - deaths + migration, of every row, step and sex."""
        people = self.stock.sum(axis=-1)
        change = self.births - self.deaths.sum(axis=-1)
        if self.migrants is not None:
            change += self.migrants.sum(axis=-1)
        if self.aged_out is not None:
            change -= self.aged_out
        off = np.abs(people[:, 1:] - people[:, :-1] - change)
        wrong = ~(off <= 1e-9 * (1 + people[:, 1:] + people[:, :-1]))
        if wrong.any():
            row, year, sex = np.argwhere(wrong)[0]
            raise FiguresRefused(
                f"population[row {row + self.first_row}, year {year + 1}, sex {sex}]",
                f"{off[row, year, sex]:g} persons off",
                "the population changes by births, deaths and migration, and by nothing else",
                "report this with the figures: the fault is the program's, not the data's",
                zh="人口变动应等于出生减死亡加净迁移；这是程序的错误，请附上数据报告",
            )  # fmt: skip


def _survival(given: Given, rows: slice) -> Survival:
    if given.mx is not None:
        rates = given.mx.of(rows)
        whole = (*rates.shape[:2], given.sexes, rates.shape[-1])
        return survival_from_mx(
            np.broadcast_to(rates, whole), given.sex, given.step, given.open_group,
            given.infant_rule, given.region,
        )  # fmt: skip
    ratio = given.survival_ratio.of(rows)  # type: ignore[union-attr]
    leaving = np.zeros(ratio.shape)
    np.subtract(1, ratio[..., 1:], out=leaving[..., :-1])
    leaving *= 0.5
    return Survival(ratio, leaving)


def _through_years(survival: Survival, years: int) -> Survival:
    return Survival(*(_years_of(each, years) for each in survival))


def _years_of(array: Floats, years: int) -> Floats:
    if array.shape[1] == years:
        return array
    return np.broadcast_to(array, (array.shape[0], years, *array.shape[2:]))
