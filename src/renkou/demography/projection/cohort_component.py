"""Cohort-component projection: a population carried forward by age and sex. Pure (NumPy).

One function takes one area or a whole batch of areas, scenarios and trajectories: every leading
axis is treated alike. Stocks are at 1 January, rates are of the calendar year that follows; in steps
of five years both hold for five. What was assumed stands in the result's `notes`, and every cell that
migration would have turned negative in its `floors`.

Source: Preston, Heuveline & Guillot (2001), Demography, chapter 6; conventions of the UN's World
Population Prospects.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats
from renkou.demography.mortality.infant_ax import InfantRule, Region
from renkou.demography.projection.accepting import Choices, given_by
from renkou.demography.projection.layout import Shape
from renkou.demography.projection.refusals import refuse_threads
from renkou.demography.projection.stepping import Floored, Flows, Given
from renkou.demography.projection.threads import run_blocks

MigrationAs = Literal["counts", "rates"]
MigrationTiming = Literal["end", "even"]
EXPOSURE = (
    "Exposure is the mean of the stocks at both ends of a step, times its years: not the years lived at "
    "the first age and in the open group, which are `period_deaths / mx`."
)


class FlooredCell(NamedTuple):
    """A cell that migration would have turned negative, and what it would have been."""

    place: tuple[int, ...]  # (..., year, sex, age) of `net_migration`
    value: float
    at_start: bool  # before the step, of migration spread evenly; else at its end


@dataclass(frozen=True, eq=False)
class Floors:
    """All cells that were floored: `len`, and one `FlooredCell` after the other."""

    index: npt.NDArray[np.intp]  # (n, axes of `net_migration`)
    value: Floats  # (n,), persons, below 0
    at_start: npt.NDArray[np.bool_]  # (n,)

    def __len__(self) -> int:
        return len(self.value)

    def __iter__(self) -> Iterator[FlooredCell]:
        for at, value, start in zip(self.index, self.value, self.at_start, strict=True):
            yield FlooredCell(tuple(map(int, at)), float(value), bool(start))


class FlowsByAge(NamedTuple):
    """Flows of shape (..., years, sexes, ages)."""

    cohort_deaths: Floats
    period_deaths: Floats
    exposure: Floats  # mean of the stocks at both ends, times the years of the step
    net_migration: Floats


@dataclass(frozen=True, eq=False)
class Projection:
    """Stocks and flows; sexes male, female, ages last. The flows of year t lead from t to t + 1."""

    population: Floats  # (..., years + 1, sexes, ages), persons at 1 January
    births: Floats  # (..., years, sexes)
    deaths: Floats  # (..., years, sexes), of all ages
    flows_by_age: FlowsByAge | None  # None where they were not kept
    aged_out: Floats  # (..., years, sexes), who leave a closed last age; 0 where it is open
    floors: Floors
    step: int  # years
    notes: tuple[str, ...]

    @property
    def total(self) -> Floats:
        """Persons of both sexes and all ages, shape (..., years + 1)."""
        return np.asarray(self.population.sum(axis=(-2, -1)))

    @property
    def cohort_deaths(self) -> Floats:
        """Deaths by the age that the cohort reaches in the step, shape (..., years, sexes, ages)."""
        return self._kept.cohort_deaths

    @property
    def period_deaths(self) -> Floats:
        """Deaths by age at death, shape (..., years, sexes, ages)."""
        return self._kept.period_deaths

    @property
    def exposure(self) -> Floats:
        """Mean of the stocks at both ends of a step times its years, (..., years, sexes, ages).

        Stocks are those before migration at the step's end. Births are counted on it, and deaths
        over it are the rates given from the second age to the last but one. At the first age, whose
        infants live part of the step and die in it in neither stock, and in an open group whose
        death rate is its own it is not the years lived: rates there come out up to a quarter and a
        few hundredths off. Years lived there are `period_deaths / mx`.
        """
        return self._kept.exposure

    @property
    def net_migration(self) -> Floats:
        """Net migration as applied, floors included, shape (..., years, sexes, ages)."""
        return self._kept.net_migration

    @property
    def _kept(self) -> FlowsByAge:
        if self.flows_by_age is None:
            raise FiguresRefused(
                "flows_by_age", None, "deaths, exposure and migration by age were not kept",
                "project with keep_flows=True",
                zh="未保留分年龄的死亡、暴露人年和迁移；请以 keep_flows=True 推算",
            )  # fmt: skip
        return self.flows_by_age

    def at(self, year: int) -> Floats:
        """The population that many steps after the first, shape (..., sexes, ages)."""
        return self.population[..., year, :, :]


def project_cohort_component(
    population: npt.ArrayLike,
    *,
    mx: npt.ArrayLike | None = None,
    survival_ratio: npt.ArrayLike | None = None,
    asfr: npt.ArrayLike | None = None,
    srb: npt.ArrayLike | None = None,
    births: npt.ArrayLike | None = None,
    net_migration: npt.ArrayLike | None = None,
    migration_as: MigrationAs = "counts",
    migration_timing: MigrationTiming = "end",
    open_group: bool | int = True,
    step: int = 1,
    sex: str | None = None,
    asfr_from: int | None = None,
    infant_rule: InfantRule = "un",
    region: Region = "west",
    floor: float = 0.0,
    threads: int | None = None,
    keep_flows: bool = True,
) -> Projection:
    """Project populations by age and sex with rates that are given.

    Every array may have leading axes (areas, scenarios, trajectories), which broadcast; an axis of
    years of size 1 serves all years.

    Parameters
    ----------
    population : shape (..., sexes, ages), persons at 1 January; sexes are male, female, or one axis
        of size 1 for what `sex` says; ages are single from 0, or groups of `step` years
    mx : shape (..., years, sexes, ages), deaths per person-year; with `step=5` ages 0, 1, 5, 10, ...
        (one more than the population's, whose first group is 0-4)
    survival_ratio : in place of `mx`, shape (..., years, sexes, ages): from births to the first group,
        then from the group before to this one; the last for the two last groups together
    asfr : shape (..., years, ages), births per woman and year, over all ages of the population or
        over ages 15-49 (from `asfr_from` on)
    srb : shape (..., years), males born per female, such as 1.05
    births : in place of `asfr`, shape (..., years, sexes) births in the step; with `srb` shape
        (..., years), both sexes together
    net_migration : shape (..., years, sexes, ages), persons in the step by age at its end, or with
        `migration_as="rates"` per person alive there at the end
    migration_timing : "end" of the step, without effect on its births and deaths, or "even": half by
        the same ages at its start
    open_group : whether the last age is open; an age says where it begins and must be the last. Of a
        closed last age people leave the population (`aged_out`)
    step : years of a step and of an age group: 1, or 5
    sex : what a single sex is: "both" (births are given then), "female" or "male"
    floor : persons left in a cell that migration would turn negative
    threads : at most so many at once; without it, as many as the processor has cores
    keep_flows : whether deaths, exposure and migration by age are kept; without them memory is a quarter

    Raises
    ------
    FiguresRefused
        If axes do not agree (the message names the axis and both sizes), a survival ratio is above 1,
        a rate implies one, a count is negative, `srb` is 0 or per 100, or two inputs say the same.

    Source: Preston, Heuveline & Guillot (2001), Demography, boxes 6.1 and 6.2; World Population
    Prospects 2024, methodology: net migration at the end of the year.

    >>> population = [[100.0, 90, 80], [95, 90, 85]]  # male, female by ages 0, 1 and 2+
    >>> future = project_cohort_component(
    ...     population, mx=[[[0.01, 0.02, 0.5]] * 2] * 3, asfr=[[0, 0.9, 0.1]] * 3, srb=[1.05] * 3)
    >>> future.total.round(1)
    array([540. , 514.1, 445.8, 369.2])
    >>> future.births[0].round(2)
    array([47.55, 45.29])
    """
    refuse_threads(threads)
    choices = Choices(
        migration_as=migration_as, migration_timing=migration_timing, open_group=open_group, step=step,
        sex=sex, asfr_from=asfr_from, infant_rule=infant_rule, region=region, floor=floor,
    )  # fmt: skip
    given, notes = given_by(choices, {
        "population": population, "mx": mx, "survival_ratio": survival_ratio, "asfr": asfr,
        "srb": srb, "births": births, "net_migration": net_migration,
    })  # fmt: skip
    flows = _room(given, keep_flows)
    floored = run_blocks(given, flows, threads)
    return _projection(given, flows, floored, notes)


def _room(given: Given, keep_flows: bool) -> Flows:
    rows = int(np.prod(given.batch, dtype=np.int64))
    whole = (rows, given.years, given.sexes, given.ages)
    moved = keep_flows and given.net_migration is not None
    return Flows(
        population=np.empty((rows, given.years + 1, given.sexes, given.ages)),
        births=np.empty(whole[:-1]), deaths=np.empty(whole[:-1]),
        cohort_deaths=np.empty(whole) if keep_flows else None,
        period_deaths=np.empty(whole) if keep_flows else None,
        exposure=np.empty(whole) if keep_flows else None,
        net_migration=np.empty(whole) if moved else None,
        aged_out=None if given.open_group else np.empty(whole[:-1]),
    )  # fmt: skip


def _projection(
    given: Given, flows: Flows, floored: list[Floored], notes: tuple[str, ...]
) -> Projection:
    def shaped(array: Floats) -> Floats:
        return array.reshape((*given.batch, *array.shape[1:]))

    def or_none_moved(array: Floats | None, shape: Shape) -> Floats:
        return np.broadcast_to(0.0, (*given.batch, *shape)) if array is None else shaped(array)

    whole = (given.years, given.sexes, given.ages)
    moved, aged_out = (
        or_none_moved(flows.net_migration, whole),
        or_none_moved(flows.aged_out, whole[:-1]),
    )
    by_age = [flows.cohort_deaths, flows.period_deaths, flows.exposure]
    cohort, period, exposure = (None if one is None else shaped(one) for one in by_age)
    kept = None
    if cohort is not None and period is not None and exposure is not None:
        kept = FlowsByAge(cohort, period, exposure, moved)
        notes = (*notes, EXPOSURE)
    floors = _floors(floored, given.batch)
    if len(floors):
        notes = (
            *notes,
            f"{len(floors)} cells that migration would have turned negative were set to "
            f"{given.floor:g} persons; `floors` lists them, `net_migration` is what was applied.",
        )
    if any(one.split_by_all_deaths for one in floored):
        notes = (
            *notes,
            "The open group dies at less than half the rate of the age before it: its deaths by age at "
            "death are what is left of the two ages' deaths by cohort, and may be 0.",
        )
    return Projection(
        shaped(flows.population), shaped(flows.births), shaped(flows.deaths), kept,
        aged_out, floors, given.step, notes,
    )  # fmt: skip


def _floors(floored: list[Floored], batch: Shape) -> Floors:
    index = [one for each in floored for one in each.index]
    if not index:
        empty = np.empty((0, len(batch) + 3), dtype=np.intp)
        return Floors(empty, np.empty(0), np.empty(0, dtype=np.bool_))
    joined = np.concatenate(index)
    rows = np.stack(np.unravel_index(joined[:, 0], batch or (1,)), axis=1)[:, : len(batch)]
    return Floors(
        np.concatenate([rows, joined[:, 1:]], axis=1),
        np.concatenate([one for each in floored for one in each.value]),
        np.concatenate([one for each in floored for one in each.at_start]),
    )
