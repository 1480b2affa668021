"""Rates of areas made comparable whatever the age of their people. Pure (NumPy, SciPy).

Direct: each area's rates by age, weighted by one standard population. Indirect: deaths observed over
those that standard rates would give, for areas too small for rates of their own by age.

Sources: Fay & Feuer (1997), Statistics in Medicine 16:791-801; Dobson, Kuulasmaa, Eberle & Scherer
(1991), Statistics in Medicine 10:457-462; Breslow & Day (1987), Statistical Methods in Cancer
Research II, chapter 2.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from scipy.special import gammaincinv

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import (
    Floats,
    not_negative,
    of_one_length,
    positive,
    refuse_where,
    starts_of_ages,
)
from renkou.demography.mortality.infant_ax import one_of
from renkou.demography.rates.intervals import (
    CountMethod,
    Estimate,
    Interval,
    normal_quantile,
    poisson_interval,
    together,
    widened,
)

DirectMethod = Literal["fay-feuer", "dobson"]


@dataclass(frozen=True, eq=False)
class Standard:
    """A standard population by age."""

    id: str
    zh: str
    en: str
    source: str
    ages: Floats  # shape (n_ages,), first ages, the last group open
    weights: Floats  # shape (n_ages,), shares, which add to 1


def standards() -> tuple[str, ...]:
    """Names of the standard populations that come with the program.

    >>> standards()
    ('who-2000-2025', 'china-2020')
    """
    return tuple(_resource())


def standard_population(name: str, ages: npt.ArrayLike | None = None) -> Standard:
    """A standard population, in the age groups asked.

    Parameters
    ----------
    name : one of `standards()`
    ages : shape (n_ages,), first ages, each of which begins a group of the standard; without them
        the groups published

    Raises
    ------
    FiguresRefused
        If the name is unknown, ages do not begin at 0, or a group asked is finer than the standard's.

    >>> standard_population("china-2020", ages=[0, 15, 60, 65]).weights.round(4)
    array([0.1797, 0.633 , 0.0521, 0.1352])
    """
    found = _resource()[one_of("standard", name, standards())]
    starts, people = np.array(found["ages"], float), np.array(found["people"], float)
    asked = starts if ages is None else starts_of_ages("ages", ages)
    finer = ~np.isin(asked, starts)
    finer[0] |= asked[0] != starts[0]
    refuse_where(
        "ages", asked, finer,
        f"groups of the standard {name} begin at {', '.join(f'{age:.0f}' for age in starts)}",
        "join age groups so that each begins at one of these, the first at 0",
        f"标准人口的年龄组起点为 {'、'.join(f'{age:.0f}' for age in starts)}；"
        "请合并年龄组，使起点落在其中且从 0 岁开始",
    )  # fmt: skip
    joined = np.add.reduceat(people, np.searchsorted(starts, asked))
    return Standard(name, found["zh"], found["en"], found["source"], asked, joined / joined.sum())


def directly_standardised_rate(
    events: npt.ArrayLike,
    exposure: npt.ArrayLike,
    standard: str | npt.ArrayLike,
    *,
    ages: npt.ArrayLike | None = None,
    per: float = 1000,
    level: float = 0.95,
    method: DirectMethod = "fay-feuer",
    count_method: CountMethod = "exact",
    noise_variance: npt.ArrayLike = 0.0,
) -> Estimate:
    """Rate that an area would have with the age structure of the standard.

    Parameters
    ----------
    events, exposure : shape (..., n_ages), events and person-years
    standard : name of a standard population (then `ages` are needed), or one's own people or shares
        by age, shape (n_ages,)
    per : persons in the unit, 1000 for ‰
    method : "fay-feuer" (gamma; covers at least the level, also without events) or "dobson"
    count_method : limits of the number of events under "dobson": "exact" or "byar"
    noise_variance : shape (..., n_ages) or one number, variance that disclosure control has added to
        the events of each age

    Raises
    ------
    FiguresRefused
        If an exposure is 0, lengths differ, a word is unknown, or Dobson's method meets no events.

    Source: Fay & Feuer (1997); Dobson et al. (1991).

    >>> found = directly_standardised_rate([2, 6], [1000, 500], [7, 3])
    >>> found.value.round(2), found.interval.lower.round(2), found.interval.upper.round(2)
    (np.float64(5.0), np.float64(2.15), np.float64(10.0))
    """
    died, lived = not_negative("events", events), positive("exposure", exposure)
    weights, notes = _weights(standard, ages)
    of_one_length(events=died, exposure=lived, standard=weights)
    noise = not_negative("noise_variance", noise_variance)
    died, lived, weights, noise = together(
        events=died, exposure=lived, standard=weights, noise_variance=noise
    )
    each = weights / lived
    rate, variance = (each * died).sum(axis=-1), (each**2 * died).sum(axis=-1)
    if one_of("method", method, ("fay-feuer", "dobson")) == "fay-feuer":
        lower, upper = _fay_feuer(rate, variance, each.max(axis=-1), level)
        named = "Fay and Feuer (gamma)"
    else:
        lower, upper = _dobson(rate, variance, died.sum(axis=-1), level, count_method)
        named = f"Dobson et al., {count_method} limits of the count"
    unit = float(positive("per", per))
    assumption = "events happen independently (Poisson) in each age group"
    plain = Interval(lower, upper, level, named, assumption)
    added = (each**2 * noise).sum(axis=-1)
    interval = widened(plain, rate, added, normal_quantile(level), floor=0.0).times(unit)
    error = np.sqrt(variance + added) * unit
    return Estimate(rate * unit, interval, f"per {unit:g}", notes, error)


@dataclass(frozen=True, eq=False)
class StandardisedRatio:
    """Events observed over those that standard rates give; 1 where they agree."""

    observed: Floats
    expected: Floats
    ratio: Floats
    interval: Interval


def standardised_mortality_ratio(
    events: npt.ArrayLike,
    exposure: npt.ArrayLike,
    standard_rates: npt.ArrayLike,
    *,
    level: float = 0.95,
    method: CountMethod = "exact",
    noise_variance: npt.ArrayLike = 0.0,
) -> StandardisedRatio:
    """Indirect standardisation: observed over expected events.

    Ratios of areas are each made with the area's own age structure: compare them with 1, not with
    one another.

    Parameters
    ----------
    events : shape (..., n_ages), events by age, or of all ages together with shape (..., 1)
    exposure, standard_rates : shape (..., n_ages), person-years, and rates per person-year
    noise_variance : like events, variance that disclosure control has added to them

    Raises
    ------
    FiguresRefused
        If lengths differ, no event is expected, or a figure is negative.

    >>> found = standardised_mortality_ratio([[12]], [[1000, 500]], [0.002, 0.01])
    >>> found.ratio.round(3), found.interval.lower.round(3), found.interval.upper.round(3)
    (array([1.714]), array([0.886]), array([2.995]))
    """
    died, lived = not_negative("events", events), not_negative("exposure", exposure)
    rates = not_negative("standard_rates", standard_rates)
    of_one_length(exposure=lived, standard_rates=rates)
    if died.ndim and died.shape[-1] != 1:
        of_one_length(exposure=lived, events=died)
    lived, rates = together(exposure=lived, standard_rates=rates)
    died, noise = together(
        events=np.atleast_1d(died), noise_variance=not_negative("noise_variance", noise_variance)
    )
    observed, expected, added = together(
        events=died.sum(axis=-1), expected=positive("expected", (lived * rates).sum(axis=-1)),
        noise_variance=noise.sum(axis=-1),
    )  # fmt: skip
    count = poisson_interval(observed, level, method, noise_variance=added)
    interval = Interval(
        count.lower / expected, count.upper / expected, level, count.method,
        f"{count.assumption}; standard rates are known", count.notes,
    )  # fmt: skip
    return StandardisedRatio(observed, expected, observed / expected, interval)


def indirectly_standardised_rate(
    found: StandardisedRatio, standard_crude_rate: float, *, per: float = 1000
) -> Estimate:
    """The ratio times the crude rate of the standard.

    >>> found = standardised_mortality_ratio([[12]], [[1000, 500]], [0.002, 0.01])
    >>> indirectly_standardised_rate(found, 0.006).value.round(2)
    array([10.29])
    """
    by = float(positive("standard_crude_rate", standard_crude_rate) * positive("per", per))
    return Estimate(found.ratio * by, found.interval.times(by), f"per {per:g}")


def _fay_feuer(
    rate: Floats, variance: Floats, largest: Floats, level: float
) -> tuple[Floats, Floats]:
    """Limits of gammas with the mean and variance of the rate, the upper as if one event more."""
    normal_quantile(level)
    tail, some = (1 - level) / 2, rate > 0
    shape = np.where(some, rate**2 / np.where(some, variance, 1), 1)
    scale = np.where(some, variance / np.where(some, rate, 1), 0)
    mean, spread = rate + largest, variance + largest**2
    lower = scale * gammaincinv(shape, tail)
    return lower, spread / mean * gammaincinv(mean**2 / spread, 1 - tail)


def _dobson(
    rate: Floats, variance: Floats, count: Floats, level: float, count_method: CountMethod
) -> tuple[Floats, Floats]:
    """Limits of the number of events, carried over to the rate by the ratio of their deviations."""
    refuse_where(
        "events", count, count == 0, "Dobson's limits need an event",
        "set method='fay-feuer'", "Dobson 法至少需要一个事件；请设 method='fay-feuer'",
    )  # fmt: skip
    limits = poisson_interval(count, level, count_method)
    ratio = np.sqrt(variance / count)
    return rate + ratio * (limits.lower - count), rate + ratio * (limits.upper - count)


def _weights(
    standard: str | npt.ArrayLike, ages: npt.ArrayLike | None
) -> tuple[Floats, tuple[str, ...]]:
    if not isinstance(standard, str):
        people = np.atleast_1d(not_negative("standard", standard))
        total = positive("sum of standard", people.sum(axis=-1, keepdims=True))
        return people / total, ("Standard population as given.",)
    if ages is None:
        raise FiguresRefused(
            "ages", None, f"the standard {standard} needs the age groups of the events",
            "give their first ages", zh=f"使用标准人口 {standard} 需要事件的年龄分组；请给出各组的起始年龄",
        )  # fmt: skip
    found = standard_population(standard, ages)
    return found.weights, (f"Standard population: {found.en} ({found.source}).",)


@cache
def _resource() -> dict[str, dict[str, Any]]:
    file = resources.files(__package__) / "standard_populations.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))
