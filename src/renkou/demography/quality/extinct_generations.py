"""Synthetic extinct generations: completeness of deaths between two censuses. Pure.

All who are a years old will die at a or older: deaths above a, carried back by the growth of each
age, rebuild the population at a. What share of the counted population they rebuild is the
completeness of the deaths.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats, figures, positive, refuse_where
from renkou.demography.mortality.open_age_expectancy import kannisto_open_ex
from renkou.demography.quality.death_completeness import (
    IntercensalDeaths,
    chosen_ages,
    coverage_of_each,
    intercensal_deaths,
)
from renkou.demography.quality.growth_balance import FitAges, GrowthBalance, completeness_ggb

_MOST_STEPS = 100


@dataclass(frozen=True)
class ExtinctGenerations:
    """What extinct generations find; shapes (...,), and by age (..., n_ages).

    Attributes
    ----------
    completeness : mean over the ages used of `ratio`; may exceed 1
    ratio : by age, people rebuilt from deaths over people counted at that birthday: the points of
        the diagnostic plot, level if the assumptions hold; NaN at the first age
    rebuilt, counted : by age, its numerator and denominator
    census_coverage : k1/k2 as assumed or found
    delta : what that adds to every growth rate, ln(k1/k2) / years
    open_ex : expectation of life at the open age, as used
    used : shape (n_ages,), ages averaged
    """

    completeness: Floats
    ratio: Floats
    rebuilt: Floats
    counted: Floats
    census_coverage: Floats
    delta: Floats
    open_ex: Floats
    ages: Floats
    used: npt.NDArray[np.bool_]
    notes: tuple[str, ...]


def completeness_seg(
    pop1: npt.ArrayLike,
    pop2: npt.ArrayLike,
    deaths: npt.ArrayLike,
    *,
    years: float,
    ages: npt.ArrayLike | None = None,
    migrants: npt.ArrayLike | None = None,
    fit_ages: tuple[int, int] = (25, 60),
    census_coverage: npt.ArrayLike | Literal["level"] = 1.0,
    open_ex: npt.ArrayLike | None = None,
) -> ExtinctGenerations:
    """Completeness of registered deaths by synthetic extinct generations (Bennett & Horiuchi).

    Parameters
    ----------
    pop1, pop2 : shape (..., n_ages), people of one sex by five-year group; the last group is open
    deaths : shape (..., n_ages), all registered deaths between the censuses
    years : between the censuses
    ages : first ages of the groups; by default 0, 5, 10, …
    migrants : net in-migrants between the censuses; by default the population is closed
    fit_ages : first and last age averaged
    census_coverage : coverage of the first census over the second, k1/k2; 'level' chooses it so
        that the ratio has no trend over the ages used
    open_ex : expectation of life at the open age; by default Kannisto's model is fitted to the
        rates that the rebuilt population has at the five groups below

    Raises
    ------
    FiguresRefused
        If figures are negative or empty, ages have gaps, or the range holds too few groups.

    Source: Bennett & Horiuchi (1984), Demography 21, eq. 7 and p. 222; Hill, You & Choi (2009),
    Demographic Research 21(9); Dorrington (2013), Tools for Demographic Estimation, ch. 25.
    """
    data = intercensal_deaths(pop1, pop2, deaths, years=years, ages=ages, migrants=migrants)
    used = chosen_ages(data.ages, fit_ages, 3)
    given = None if open_ex is None else positive("open_ex", open_ex)
    if isinstance(census_coverage, str):
        relative = _level(data, used, given, census_coverage)
    else:
        relative = figures("census_coverage", census_coverage)
    relative = np.broadcast_to(relative, data.birthdays.shape[:-1])
    adjusted = _of_equal_coverage(data, relative)
    rebuilt, ex = _rebuilt(adjusted, given)
    counted = adjusted.birthdays
    ratio = rebuilt / counted
    return ExtinctGenerations(
        completeness=ratio[..., used].mean(-1), ratio=ratio, rebuilt=rebuilt, counted=counted,
        census_coverage=relative, delta=np.log(relative) / data.years, open_ex=ex, ages=data.ages,
        used=used, notes=_notes(fit_ages, census_coverage, open_ex is None, migrants is None),
    )  # fmt: skip


def completeness_ggb_seg(
    pop1: npt.ArrayLike,
    pop2: npt.ArrayLike,
    deaths: npt.ArrayLike,
    *,
    years: float,
    ages: npt.ArrayLike | None = None,
    migrants: npt.ArrayLike | None = None,
    ggb_ages: FitAges = "best",
    seg_ages: tuple[int, int] = (25, 60),
    open_ex: npt.ArrayLike | None = None,
) -> tuple[ExtinctGenerations, GrowthBalance]:
    """Extinct generations after growth balance has evened out the coverage of the censuses.

    Extinct generations feel unequal coverage most, growth balance finds it: the combination is the
    most robust of the three in the simulations of its authors.

    Returns
    -------
    The estimate, and the growth balance that gave the coverage

    Source: Hill, You & Choi (2009), Demographic Research 21(9), p. 238-239.
    """
    balance = completeness_ggb(
        pop1, pop2, deaths, years=years, ages=ages, migrants=migrants, fit_ages=ggb_ages
    )
    found = completeness_seg(
        pop1, pop2, deaths, years=years, ages=ages, migrants=migrants, fit_ages=seg_ages,
        census_coverage=balance.census_coverage, open_ex=open_ex,
    )  # fmt: skip
    notes = (
        *found.notes,
        "The relative coverage of the censuses is that of the growth balance.",
        "两次普查的相对覆盖率取自增长平衡法。",
    )
    return replace(found, notes=notes), balance


def _of_equal_coverage(data: IntercensalDeaths, relative: Floats) -> IntercensalDeaths:
    k1, k2 = coverage_of_each(relative)
    return replace(data, pop1=data.pop1 / k1[..., None], pop2=data.pop2 / k2[..., None])


def _rebuilt(data: IntercensalDeaths, open_ex: Floats | None) -> tuple[Floats, Floats]:
    """People at each exact age from the deaths above it, and the open age's expectation of life."""
    growth = np.log(data.pop2 / data.pop1) / data.years - data.migrants / data.person_years
    if open_ex is not None:
        ex = np.broadcast_to(open_ex, growth.shape[:-1])
        return _from_deaths(data, growth, ex), ex
    ex = np.full(growth.shape[:-1], 5.0)
    for _ in range(_MOST_STEPS):
        better = _open_ex(data, _from_deaths(data, growth, ex))
        done = np.allclose(better, ex, rtol=1e-10)
        ex = better
        if done:
            return _from_deaths(data, growth, ex), ex
    raise FiguresRefused(
        "open_ex", None, f"the model settles within {_MOST_STEPS} steps",
        "give open_ex from a model life table",
        zh=f"模型应在 {_MOST_STEPS} 步内收敛；请由模型生命表给出 open_ex",
    )  # fmt: skip


def _open_ex(data: IntercensalDeaths, rebuilt: Floats) -> Floats:
    """From the rates of the rebuilt people in the five groups below the open age."""
    fall = np.log(rebuilt[..., -6:-1] / rebuilt[..., -5:])
    # Years lived by people who fall evenly in the logarithm
    level = np.abs(fall) < 1e-9
    lost = np.where(level, 1, rebuilt[..., -6:-1] - rebuilt[..., -5:])
    lived = data.width * np.where(level, rebuilt[..., -5:], lost / np.where(level, 1, fall))
    middle = data.ages[-6:-1] + data.width / 2
    return kannisto_open_ex(data.deaths[..., -6:-1] / lived, middle, data.ages[-1])


def _from_deaths(data: IntercensalDeaths, growth: Floats, ex: Floats) -> Floats:
    grown = ex * growth[..., -1]
    # The open group's deaths are carried back over its own expectation of life (p. 222)
    people = data.deaths[..., -1] * (np.exp(grown) - grown**2 / 6)
    refuse_where(
        "deaths of the open group carried back", people, people <= 0,
        "rebuild some people", "join the open group with the one below, or check its growth",
        "应能还原出人数；请将开放组与下一组合并，或检查其增长率",
    )  # fmt: skip
    rebuilt = [people]
    step = data.width * growth
    for group in range(growth.shape[-1] - 2, -1, -1):
        arrive = data.deaths[..., group] * np.exp(step[..., group] / 2)
        people = people * np.exp(step[..., group]) + arrive
        rebuilt.append(people)
    return np.stack(rebuilt[::-1], axis=-1)


def _trend(
    data: IntercensalDeaths, used: npt.NDArray[np.bool_], ex: Floats | None, delta: Floats
) -> Floats:
    """Slope over age of the ratio, with the coverage that `delta` means."""
    adjusted = _of_equal_coverage(data, np.exp(delta * data.years))
    ratio = (_rebuilt(adjusted, ex)[0] / adjusted.birthdays)[..., used]
    centred = data.ages[used] - data.ages[used].mean()
    return (ratio / ratio.mean(-1, keepdims=True)) @ centred


def _level(
    data: IntercensalDeaths, used: npt.NDArray[np.bool_], ex: Floats | None, word: str
) -> Floats:
    """The relative coverage at which the ratio has no trend over age, by bisection."""
    if word != "level":
        raise FiguresRefused(
            "census_coverage", repr(word), "is a number k1/k2 or 'level'", "give one of the two",
            zh="应为数值 k1/k2 或 'level'；请选其一",
        )  # fmt: skip
    low = np.full(data.birthdays.shape[:-1], -0.03)
    high = -low
    rising = _trend(data, used, ex, low) > 0
    refuse_where(
        "trend of the ratio", _trend(data, used, ex, high),
        rising == (_trend(data, used, ex, high) > 0),
        "some coverage that differs by at most 3 % a year levels it",
        "choose other ages or give census_coverage",
        "应能以每年不超过 3% 的覆盖差异调平；请另选年龄或给出覆盖率之比",
    )  # fmt: skip
    for _ in range(40):
        middle = (low + high) / 2
        same = (_trend(data, used, ex, middle) > 0) == rising
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    return np.exp((low + high) / 2 * data.years)


def _notes(
    fit_ages: tuple[int, int], coverage: object, modelled: bool, closed: bool
) -> tuple[str, ...]:
    notes = [
        "Assumes one completeness of deaths at all ages, and ages reported as they are.",
        "假定各年龄的死亡登记完整率相同，且年龄申报准确。",
        f"Completeness is the mean over birthdays {fit_ages[0]} to {fit_ages[1]}.",
        f"完整率为 {fit_ages[0]}—{fit_ages[1]} 岁各点的平均。",
    ]
    if closed:
        notes += [
            "Assumes that nobody moved in or out between the censuses.",
            "假定两次普查之间没有迁入迁出。",
        ]
    if isinstance(coverage, str):
        notes += [
            "The relative coverage of the censuses was chosen to level the ratio over age.",
            "两次普查的相对覆盖率按各年龄比值无趋势选定。",
        ]
    if modelled:
        notes += [
            "Expectation of life at the open age: Kannisto's model on the five groups below it.",
            "开放年龄的期望寿命：由其下五组按 Kannisto 模型外推。",
            "Where the old overstate their ages that is too long: give open_ex from a model table.",
            "若高龄虚报年龄，该值偏大：请由模型生命表给出 open_ex。",
        ]
    return tuple(notes)
