"""Death rates of the oldest ages by Kannisto's logistic curve. Pure (NumPy, SciPy).

Above 80 the logarithm of the odds of the hazard rises along a straight line: mu(x) =
a exp(b (x - x0)) / (1 + a exp(b (x - x0))), which levels off at 1. A line fitted where there are
still many deaths carries the rates on to ages where there are few. What is replaced is named.

Source: Thatcher, Kannisto & Vaupel (1998), The Force of Mortality at Ages 80 to 120; Human Mortality
Database, Methods Protocol, version 6, on death rates at older ages.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numpy.polynomial.laguerre import laggauss
from scipy.special import expit, hyp2f1, logit

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import (
    Floats,
    not_negative,
    of_one_length,
    positive,
    refuse_where,
    starts_of_ages,
)

_STEPS, _CLOSE_ENOUGH = 50, 1e-10


@dataclass(frozen=True, eq=False)
class ClosedRates:
    """Death rates carried on to an older open age."""

    ages: npt.NDArray[np.int64]  # shape (n_ages,)
    mx: Floats  # shape (..., n_ages)
    a: Floats  # hazard's odds at `origin`, one per population
    b: Floats  # growth of their logarithm per year of age
    origin: float  # the exact age x0
    notes: tuple[str, ...]


def close_by_kannisto(
    mx: npt.ArrayLike,
    *,
    ages: npt.ArrayLike | None = None,
    deaths: npt.ArrayLike | None = None,
    exposure: npt.ArrayLike | None = None,
    fit_from: int = 80,
    fit_to: int = 99,
    replace_from: int | None = None,
    to_age: int = 110,
) -> ClosedRates:
    """Replace the rates of the oldest ages by Kannisto's curve and carry them on to `to_age`.

    Fitted to the closed groups between `fit_from` and `fit_to`: by likelihood, deaths being Poisson,
    where deaths and exposure are given, else by least squares of the logits of the rates. A closed
    group's rate is the hazard in its middle; that of the new open group is 1 over the life
    expectancy which the curve gives at its first age (the Human Mortality Database takes the hazard
    at 110.5, a few per cent lower).

    Parameters
    ----------
    mx : shape (..., n_ages), deaths per person-year, the last group open
    ages : shape (n_ages,), first ages; without them single ages from 0
    deaths, exposure : shape (..., n_ages), both or neither
    fit_from, fit_to : lowest and highest first age of the groups fitted
    replace_from : first age whose rate is replaced; without it the open age of `mx`
    to_age : the new open age

    Raises
    ------
    FiguresRefused
        If fewer than three groups are left to fit, `to_age` is not above the open age or does not
        continue the groups, a rate to fit has no logit, or the fitted rates fall with age.

    >>> mx = expit(-2.5 + 0.1 * (np.arange(80, 101) + 0.5 - 80))
    >>> closed = close_by_kannisto(mx, ages=np.arange(80, 101))
    >>> closed.mx[-11:-8].round(3), closed.b.round(3)
    (array([0.389, 0.413, 0.438]), np.float64(0.1))
    """
    rates = not_negative("mx", mx)
    starts = starts_of_ages("ages", np.arange(rates.shape[-1]) if ages is None else ages)
    of_one_length(mx=rates, ages=starts)
    n = float(starts[-1] - starts[-2])
    first = int(starts[-1]) if replace_from is None else replace_from
    _refuse_ages(starts, n, first, to_age)
    fitted = (starts >= fit_from) & (starts <= fit_to)
    fitted[-1] = False
    _refuse_few(fitted, starts, fit_from, fit_to)
    middle = (starts[:-1] + np.diff(starts) / 2)[fitted[:-1]] - fit_from
    if deaths is None and exposure is None:
        level, b = _least_squares(_with_logits(rates, fitted), middle)
    else:
        level, b = _likelihood(*_counts(rates, deaths, exposure, fitted), middle)
    _refuse_falling(b)
    closed = _replaced(rates, starts, level, b, fit_from, first, to_age, n)
    ages_now = np.concatenate([starts[starts < first], np.arange(first, to_age + 1, n)])
    notes = _notes(
        starts[fitted], first, to_age, by_likelihood=deaths is not None, opened=starts[-1]
    )
    return ClosedRates(ages_now.astype(np.int64), closed, np.exp(level), b, float(fit_from), notes)


def kannisto_life_expectancy(a: npt.ArrayLike, b: npt.ArrayLike) -> Floats:
    """Years still to live at an age where the hazard's odds are `a` and grow by exp(`b`) a year.

    The integral of ((1 + a) / (1 + a exp(b t)))^(1/b) over t, in closed form.

    >>> kannisto_life_expectancy(0.5, [0.1, 1e-9]).round(4)
    array([2.5818, 3.    ])
    """
    odds, growth = np.broadcast_arrays(positive("a", a), positive("b", b))
    c, z = 1 / growth, 1 / (1 + odds)
    years = np.asarray(hyp2f1(1.0, c, c + 1, z))
    # Where the hazard hardly grows the series does not end; the integral is smooth there.
    without = ~np.isfinite(years)
    if without.any():
        s, weight = laggauss(64)
        inside = 1 - z[without, None] * np.exp(-s * growth[without, None])
        years[without] = (weight / inside).sum(axis=-1)
    return years


def _replaced(
    rates: Floats, starts: Floats, level: Floats, b: Floats,
    origin: int, first: int, to_age: int, n: float,
) -> Floats:  # fmt: skip
    kept = rates[..., starts < first]
    middles = np.arange(first, to_age, n) + n / 2 - origin
    added = expit(level[..., None] + b[..., None] * middles)
    opened = 1 / kannisto_life_expectancy(np.exp(level + b * (to_age - origin)), b)
    return np.concatenate([kept, added, opened[..., None]], axis=-1)


def _with_logits(rates: Floats, fitted: npt.NDArray[np.bool_]) -> Floats:
    refuse_where(
        "mx", rates, fitted & ((rates <= 0) | (rates >= 1)),
        "a rate that Kannisto's curve is fitted to lies between 0 and 1",
        "narrow fit_from and fit_to, or give deaths and exposure",
        "用于拟合 Kannisto 曲线的死亡率应在 0 与 1 之间；"
        "请缩小 fit_from 与 fit_to，或同时给出死亡人数与暴露人年",
    )  # fmt: skip
    return rates[..., fitted]


def _least_squares(rates: Floats, middle: Floats) -> tuple[Floats, Floats]:
    """Level at the origin and slope of the logits."""
    y, x = logit(rates), middle - middle.mean()
    slope = (y * x).sum(axis=-1) / (x**2).sum()
    return y.mean(axis=-1) - slope * middle.mean(), slope


def _counts(
    rates: Floats, deaths: npt.ArrayLike | None, exposure: npt.ArrayLike | None,
    fitted: npt.NDArray[np.bool_],
) -> tuple[Floats, Floats]:  # fmt: skip
    if deaths is None or exposure is None:
        raise FiguresRefused(
            "deaths and exposure", None, "the likelihood needs both", "give both, or neither",
            zh="似然拟合需要两者；请同时给出，或都不给",
        )  # fmt: skip
    died, lived = not_negative("deaths", deaths), positive("exposure", exposure)
    of_one_length(mx=rates, deaths=died, exposure=lived)
    died = np.broadcast_to(died, rates.shape)[..., fitted]
    none = died.sum(axis=-1, keepdims=True) == 0
    refuse_where(
        "deaths", np.broadcast_to(died, died.shape), np.broadcast_to(none, died.shape),
        "nobody died at the ages fitted", "widen fit_from and fit_to, or join areas or years",
        "拟合年龄内无死亡；请扩大 fit_from 与 fit_to，或合并地区或年份",
    )  # fmt: skip
    return died, np.broadcast_to(lived, rates.shape)[..., fitted]


def _likelihood(died: Floats, lived: Floats, middle: Floats) -> tuple[Floats, Floats]:
    """Level and slope that make Poisson deaths most likely, by Fisher's scoring."""
    # Half a death more lets ages without deaths begin the search; it has no part in its end.
    level, slope = _least_squares(np.minimum((died + 0.5) / (lived + 1), 0.9), middle)
    for _ in range(_STEPS):
        mu = expit(level[..., None] + slope[..., None] * middle)
        score = (1 - mu) * (died - lived * mu)
        weight = lived * mu * (1 - mu) ** 2
        s0, s1 = score.sum(axis=-1), (score * middle).sum(axis=-1)
        w0, w1, w2 = (weight.sum(axis=-1), (weight * middle).sum(axis=-1),
                      (weight * middle**2).sum(axis=-1))  # fmt: skip
        size = w0 * w2 - w1**2
        up, steeper = (w2 * s0 - w1 * s1) / size, (w0 * s1 - w1 * s0) / size
        level, slope = level + up, slope + steeper
        if max(np.abs(up).max(), np.abs(steeper).max()) < _CLOSE_ENOUGH:
            return level, slope
    raise FiguresRefused(
        "deaths", None, f"Kannisto's curve does not settle in {_STEPS} steps",
        "widen fit_from and fit_to, or join areas or years",
        zh=f"Kannisto 曲线在 {_STEPS} 步内未收敛；请扩大 fit_from 与 fit_to，或合并地区或年份",
    )  # fmt: skip


def _refuse_falling(b: Floats) -> None:
    refuse_where(
        "b", b, b <= 0, "death rates must rise over the ages fitted",
        "widen fit_from and fit_to, or check ages and deaths of the oldest",
        "拟合年龄内死亡率应随年龄上升；请扩大 fit_from 与 fit_to，或核实高龄人口的年龄与死亡",
    )  # fmt: skip


def _refuse_ages(starts: Floats, n: float, first: int, to_age: int) -> None:
    if to_age <= starts[-1] or (to_age - first) % n:
        raise FiguresRefused(
            "to_age", to_age,
            f"the new open age is above {starts[-1]:.0f} and on the grid of {n:.0f} years",
            "choose such an age, 110 for instance",
            zh=f"新的开放年龄应高于 {starts[-1]:.0f} 岁并与组距 {n:.0f} 岁对齐；请另选，如 110",
        )  # fmt: skip
    if first not in starts:
        raise FiguresRefused(
            "replace_from", first, "is the first age of a group", "choose one of ages",
            zh="应为某一年龄组的起始年龄；请从 ages 中选择",
        )  # fmt: skip


def _refuse_few(fitted: npt.NDArray[np.bool_], starts: Floats, fit_from: int, fit_to: int) -> None:
    if fitted.sum() < 3:
        raise FiguresRefused(
            "ages", f"{fitted.sum()} closed groups from {fit_from} to {fit_to}",
            "Kannisto's curve is fitted to three groups at least",
            f"lower fit_from; the open group here begins at {starts[-1]:.0f}",
            zh=f"拟合 Kannisto 曲线至少需要三个封闭年龄组；请降低 fit_from，开放组从 {starts[-1]:.0f} 岁开始",
        )  # fmt: skip


def _notes(
    fitted: Floats, first: int, to_age: int, *, by_likelihood: bool, opened: float
) -> tuple[str, ...]:
    how = "by likelihood of Poisson deaths" if by_likelihood else "by least squares of logits"
    return (
        f"Rates from age {first} to {to_age}+ are Kannisto's curve, fitted {how} to the groups "
        f"beginning at {fitted[0]:.0f} to {fitted[-1]:.0f}; the rate observed at {opened:.0f}+ is not used.",
    )
