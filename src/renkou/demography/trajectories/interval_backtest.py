"""Do 80 % intervals hold 80 % of what came? Fitted up to a year, held against the years after it. Pure.

`back_test_intervals` hides all years after a cut-off, fits the process to the rest, sets it on a path that
the rest alone suggests (`naive_path`) and counts how often the observed year lies within the 80 and the 95 %
interval. Years of one series hang together: twenty years of one area are hardly two independent trials.
Only many areas, or several cut-offs, tell whether intervals are honest; pool with `pooled_coverage`.

For a population, or any figure made of trajectories, `interval_coverage` takes trajectories directly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats, figures, of_one_length, positive
from renkou.demography.trajectories import own_history
from renkou.demography.trajectories.pooled_processes import standard_process
from renkou.demography.trajectories.process_fits import (
    fit_fertility_process,
    fit_life_expectancy_process,
    fit_migration_process,
)
from renkou.demography.trajectories.processes import Process
from renkou.demography.trajectories.quantiles import trajectory_quantiles
from renkou.demography.trajectories.simulation import simulate
from renkou.demography.trajectories.working_scales import (
    Measure,
    deviated,
    measure_of,
    to_working_scale,
)

YEARLY_FALL_IN_TRANSITION = 0.02  # of the TFR: mean of the twelve histories between 5.5 and 2.1
YEARS_OF_GAIN = 30
YEARS_OF_MIGRATION = 5
_LEVELS = (0.025, 0.1, 0.5, 0.9, 0.975)


@dataclass(frozen=True)
class IntervalBackTest:
    """Observed years beside the intervals that were forecast for them. Arrays are (..., years)."""

    observed: Floats
    median: Floats
    low80: Floats
    high80: Floats
    low95: Floats
    high95: Floats
    notes: tuple[str, ...] = ()

    @property
    def coverage80(self) -> float:
        """Share of observed values within the 80 % interval."""
        return float(np.mean((self.low80 <= self.observed) & (self.observed <= self.high80)))

    @property
    def coverage95(self) -> float:
        """Share of observed values within the 95 % interval."""
        return float(np.mean((self.low95 <= self.observed) & (self.observed <= self.high95)))

    @property
    def mean_error(self) -> float:
        """Mean of forecast median less observed: above 0 where forecasts were too high."""
        return float(np.mean(self.median - self.observed))

    @property
    def mean_absolute_error(self) -> float:
        """Mean distance of forecast median and observed."""
        return float(np.mean(np.abs(self.median - self.observed)))


def back_test_intervals(
    measure: str,
    years: npt.ArrayLike,
    values: npt.ArrayLike,
    cut_off: int,
    *,
    population: npt.ArrayLike | None = None,
    parent: Process | None = None,
    trajectories: int = 2000,
    seed: int = 0,
) -> IntervalBackTest:
    """Intervals for the years after `cut_off`, fitted to those up to it, beside what came.

    Parameters
    ----------
    values : shape (years,) of TFR or of net migrants; (years, 2) of life expectancy, male then female
    cut_off : the last year that may be known
    population : shape (years,), persons, for migration; after the cut-off it is held where it was
    parent : of the fit; the pooled process of nations if not given

    Raises
    ------
    FiguresRefused
        If fewer than two years stand before the cut-off, or none after it.

    >>> flat = np.full(40, 1.5) + 0.02 * np.sin(np.arange(40))
    >>> found = back_test_intervals("fertility", range(1980, 2020), flat, 2009)
    >>> found.observed.shape, found.coverage80
    ((10,), 1.0)
    """
    name = measure_of(measure)
    when, series = figures("years", years), figures("values", values)
    of_one_length(years=when, values=series.T if name == "life_expectancy" else series)
    known = _known(when, cut_off)
    past, came = series[:known], series[known:]
    people = None
    if name == "migration":
        if population is None:
            raise FiguresRefused(
                "population", None, "rates of migration need the people they refer to",
                "give the population of each year", zh="迁移率需要相应的人口；请给出逐年人口",
            )  # fmt: skip
        people = positive("population", population)
    process = _fitted(name, when[:known], past, people, parent)
    path = naive_path(measure, when[:known], past, len(came))
    held = None if people is None else np.full(len(came), people[known - 1])
    drawn = simulate(process, path, trajectories=trajectories, seed=seed, population=held)
    return interval_coverage(drawn, came, notes=process.notes)


def interval_coverage(
    drawn: npt.ArrayLike, observed: npt.ArrayLike, *, notes: tuple[str, ...] = ()
) -> IntervalBackTest:
    """Intervals of trajectories (trajectories, ...) beside what was observed (...)."""
    low95, low80, median, high80, high95 = trajectory_quantiles(figures("drawn", drawn), _LEVELS)
    came = figures("observed", observed)
    if came.shape != median.shape:
        raise FiguresRefused(
            "observed", came.shape, f"has one value for each place of the trajectories, {median.shape}",
            "leave the same years out of both",
            zh=f"形状应与轨迹一致（{median.shape}）；请在两者中取相同的年份",
        )  # fmt: skip
    return IntervalBackTest(came, median, low80, high80, low95, high95, notes)


def pooled_coverage(tests: Sequence[IntervalBackTest]) -> tuple[float, float]:
    """Coverage of the 80 and 95 % intervals over all values of several back-tests."""
    weight = [test.observed.size for test in tests]
    return (
        float(np.average([test.coverage80 for test in tests], weights=weight)),
        float(np.average([test.coverage95 for test in tests], weights=weight)),
    )


def naive_path(measure: str, years: npt.ArrayLike, values: npt.ArrayLike, ahead: int) -> Floats:
    """What a history alone suggests for the years after it: (ahead,) or (ahead, 2).

    Fertility below 2.1 stays; above, it falls by 2 % a year down to 2.1. Life expectancy gains on its
    working scale what it gained in a year over the last thirty, crises bridged. Net migration stays at
    the mean of its last five years.
    """
    name = measure_of(measure)
    past = figures("values", values)
    of_one_length(
        years=figures("years", years), values=past.T if name == "life_expectancy" else past
    )
    t = np.arange(1, ahead + 1)
    if name == "fertility":
        last = past[-1]
        fallen = last * (1 - YEARLY_FALL_IN_TRANSITION) ** t
        return np.asarray(np.where(last < own_history.LOW_FERTILITY, last, np.maximum(fallen, 2.1)))
    if name == "migration":
        return np.full(ahead, past[-YEARS_OF_MIGRATION:].mean())
    z = to_working_scale(name, past.T)
    bridged = own_history.bridge_crises(z, own_history.SMALLEST_CRISIS[name]).z
    span = min(YEARS_OF_GAIN, past.shape[0] - 1)
    gain = (bridged[:, -1] - bridged[:, -1 - span]) / span
    start = deviated(name, past[-1], bridged[:, -1] - z[:, -1])
    return deviated(name, start, t[:, None] * gain)


def _known(when: Floats, cut_off: int) -> int:
    known = int((when <= cut_off).sum())
    if not 2 <= known < len(when):
        raise FiguresRefused(
            "cut_off", cut_off, f"leaves two years or more before and one after; years are {when[0]:g} to "
            f"{when[-1]:g}", "choose a year within the history",
            zh=f"截止年之前至少应有两年、之后至少一年（{when[0]:g} 至 {when[-1]:g}）；请另选一年",
        )  # fmt: skip
    return known


def _fitted(
    measure: Measure, when: Floats, past: Floats, people: Floats | None, parent: Process | None
) -> Process:
    whole = standard_process(measure) if parent is None else parent
    if measure == "fertility":
        return fit_fertility_process(when, past, parent=whole)
    if measure == "life_expectancy":
        return fit_life_expectancy_process(when, past[:, 0], past[:, 1], parent=whole)
    return fit_migration_process(when, past, np.asarray(people)[: len(when)], parent=whole)
