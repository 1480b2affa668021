"""Two censuses and the deaths between them, as the death distribution methods take them. Pure.

`growth_balance` and `extinct_generations` estimate from these what share of adult deaths was
registered; here is what they share, and what follows for death rates.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import (
    Floats,
    evenly_spaced,
    not_negative,
    of_one_length,
    positive,
    refuse_where,
)
from renkou.demography.checked import figures as finite


@dataclass(frozen=True)
class IntercensalDeaths:
    """Two censuses, deaths and net migrants between them; ages last, annual where said."""

    pop1: Floats
    pop2: Floats
    deaths: Floats  # per year
    migrants: Floats  # per year
    ages: Floats
    width: float
    years: float

    @property
    def person_years(self) -> Floats:
        """Per year, by age: the geometric mean of both censuses."""
        return np.sqrt(self.pop1 * self.pop2)

    @property
    def birthdays(self) -> Floats:
        """People who reach each age in a year; NaN at the first age, which no group precedes.

        Source: Hill (1987), Asian and Pacific Population Forum 1(3), p. 9.
        """
        crossing = np.sqrt(self.pop1[..., :-1] * self.pop2[..., 1:]) / self.width
        return np.concatenate([np.full_like(crossing[..., :1], np.nan), crossing], axis=-1)


def intercensal_deaths(
    pop1: npt.ArrayLike,
    pop2: npt.ArrayLike,
    deaths: npt.ArrayLike,
    *,
    years: float,
    ages: npt.ArrayLike | None = None,
    migrants: npt.ArrayLike | None = None,
    width: int = 5,
) -> IntercensalDeaths:
    """Checked figures of two censuses and all deaths between them.

    Parameters
    ----------
    pop1, pop2 : shape (..., n_ages), people by age group; the last group is open
    deaths : shape (..., n_ages), all registered deaths between the censuses, by age at death
    years : between the censuses
    ages : shape (n_ages,), first ages; by default 0, 5, 10, …
    migrants : shape (..., n_ages), net in-migrants between the censuses; by default nobody moved
    width : years of an age group

    Raises
    ------
    FiguresRefused
        If a figure is negative or a population empty, ages have a gap, or lengths differ.
    """
    one, two = positive("pop1", pop1), positive("pop2", pop2)
    died = not_negative("deaths", deaths)
    of_one_length(pop1=one, pop2=two, deaths=died)
    started = evenly_spaced(
        "ages", np.arange(one.shape[-1]) * width if ages is None else ages, width
    )
    moved = np.zeros(one.shape[-1]) if migrants is None else finite("migrants", migrants)
    of_one_length(pop1=one, ages=started, migrants=moved)
    if not (np.isfinite(years) and years > 0):
        raise FiguresRefused(
            "years", years, "the second census comes after the first", "give the years between them",
            zh="第二次普查应在第一次之后；请给出两次普查相隔的年数",
        )  # fmt: skip
    return IntercensalDeaths(
        one, two, died / years, moved / years, started, float(width), float(years)
    )


def from_age_up(counts: Floats) -> Floats:
    """Sum of each group and all older ones."""
    return counts[..., ::-1].cumsum(-1)[..., ::-1]


def chosen_ages(ages: Floats, wanted: tuple[int, int], fewest: int) -> npt.NDArray[np.bool_]:
    """Which ages are used: both ends included, and never the first age, which nobody enters."""
    low, high = wanted
    used = (ages >= low) & (ages <= high)
    if not {low, high} <= set(ages[1:].astype(int)) or used.sum() < fewest:
        raise FiguresRefused(
            "fit_ages", f"{low}-{high}",
            f"both are first ages of groups above age {ages[0]:g}, with {fewest} groups at least",
            "choose another range",
            zh=f"两端均应为 {ages[0]:g} 岁以上年龄组的起始年龄，且至少 {fewest} 组；请另选范围",
        )  # fmt: skip
    return used


@dataclass(frozen=True)
class AdjustedDeathRates:
    """Death rates after division by completeness, and what was done to them."""

    mx: Floats
    completeness: Floats  # as applied, by age
    notes: tuple[str, ...]


def adjusted_death_rates(
    deaths: npt.ArrayLike,
    exposure: npt.ArrayLike,
    completeness: npt.ArrayLike,
    *,
    ages: npt.ArrayLike,
    from_age: int = 15,
) -> AdjustedDeathRates:
    """Death rates as they would be if all deaths of adults were registered.

    The methods speak of adults: below `from_age` the rates stay as registered, and need another
    source (children ever born and surviving, a survey, a model).

    Parameters
    ----------
    deaths, exposure : shape (..., n_ages), registered deaths and person-years
    completeness : shape (...,), share of adult deaths that was registered
    ages : shape (n_ages,), first ages of the groups
    from_age : first age that is corrected

    Raises
    ------
    FiguresRefused
        If a figure is negative, an exposure or a completeness 0, or lengths differ.

    >>> adjusted_death_rates([1, 6], [100, 100], 0.75, ages=[0, 15]).mx
    array([0.01, 0.08])
    """
    died, lived = not_negative("deaths", deaths), positive("exposure", exposure)
    share, start = positive("completeness", completeness), not_negative("ages", ages)
    of_one_length(deaths=died, exposure=lived, ages=start)
    applied = np.where(start >= from_age, share[..., None], 1.0)
    notes = [
        f"Deaths from age {from_age} are divided by the completeness; younger ones stay as registered.",
        f"{from_age} 岁及以上的死亡除以登记完整率，更小年龄按登记数。",
    ]
    if (share > 1).any():
        notes += [
            "A completeness above 1 lowers rates: check coverage, migration and ages first.",
            "完整率大于 1 会降低死亡率：请先检查普查覆盖、迁移与年龄。",
        ]
    return AdjustedDeathRates(died / lived / applied, applied, tuple(notes))


def coverage_of_each(relative: Floats) -> tuple[Floats, Floats]:
    """Coverage of the first and second census, the better one taken as complete."""
    refuse_where(
        "census_coverage", relative, relative <= 0, "a coverage is above 0", "give k1/k2, such as 0.98",
        "覆盖率之比应大于 0；请给出 k1/k2，如 0.98",
    )  # fmt: skip
    return np.minimum(relative, 1), np.minimum(1 / relative, 1)
