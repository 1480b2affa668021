"""Mortality ahead by Lee and Carter: ln m(x, t) = a(x) + b(x) k(t), k a random walk with drift. Pure.

Years need not follow each other: of a few censuses the drift is that between first and last, and its
error follows (Li, Lee & Tuljapurkar 2004).

Sources: Lee & Carter (1992), JASA 87, 659-671; Lee & Miller (2001), Demography 38(4), 537-549 (k that
meets the life expectancy, rates of the last year to begin from); Li, Lee & Tuljapurkar (2004),
International Statistical Review 72(1), 19-36.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats, figures, not_negative, positive, refuse_where
from renkou.demography.forecasts.lee_carter_levels import k_for_deaths, k_for_e0
from renkou.demography.mortality.infant_ax import SexOf, one_of

Adjust = Literal["e0", "deaths", "none"]
JumpOff = Literal["last", "fitted"]
_FEWEST_YEARS = 3
_NO_CHANGE = 1e-9  # of logarithms of rates, over all years and ages


@dataclass(frozen=True, eq=False)
class LeeCarter:
    """A fit; `...` are populations fitted side by side, the sexes last among them."""

    years: npt.NDArray[np.int64]  # shape (n_years,), calendar years of the rates
    ax: Floats  # shape (..., n_ages), mean of the logarithm of the rate
    bx: Floats  # shape (..., n_ages), adds to 1
    kt: Floats  # shape (..., n_years), adds to 0
    drift: Floats  # shape (...), change of k a year
    drift_error: Floats  # shape (...), standard error of the drift
    sigma: Floats  # shape (...), standard deviation of a year's change of k about the drift
    variance_explained: Floats  # shape (...), share, by the first singular value
    last: Floats  # shape (..., n_ages), logarithm of the rates of the last year
    jump_off: JumpOff
    two_sexes: bool  # whether the last of the axes before ages is male, female
    notes: tuple[str, ...]

    def k_ahead(self, ahead: npt.ArrayLike) -> Floats:
        """Central k, shape (..., len(ahead)), so many years after the last year fitted."""
        h = years_ahead(ahead)
        return self.kt[..., -1:] + self.drift[..., None] * h

    def k_sd(self, ahead: npt.ArrayLike) -> Floats:
        """Standard deviation of k so many years ahead, from the drift's error and yearly changes.

        √(h sigma² + h² drift_error²), shape (..., len(ahead)).
        """
        h = years_ahead(ahead)
        return np.sqrt(self.sigma[..., None] ** 2 * h + (self.drift_error[..., None] * h) ** 2)

    def k_trajectories(self, ahead: int, count: int, chance: np.random.Generator) -> Floats:
        """Random paths of k, shape (count, ..., ahead), for 1 to `ahead` years after the last."""
        shape = (count, *self.drift.shape)
        drift = self.drift + self.drift_error * chance.standard_normal(shape)
        step = self.sigma[..., None] * chance.standard_normal((*shape, ahead))
        return self.kt[..., -1:] + np.cumsum(drift[..., None] + step, axis=-1)

    def mx(self, k: npt.ArrayLike) -> Floats:
        """Death rates at k of shape (..., years): (..., years, n_ages), sexes before ages."""
        at = figures("k", k)
        base, origin = (
            (self.ax, 0.0) if self.jump_off == "fitted" else (self.last, self.kt[..., -1:])
        )
        try:
            moved = base[..., None, :] + self.bx[..., None, :] * (at - origin)[..., None]
        except ValueError:
            raise FiguresRefused(
                "k", f"of shape {at.shape}", f"its first axes fit the populations {self.drift.shape}",
                "give years on the last axis, populations before it",
                zh=f"前面各维应与总体 {self.drift.shape} 对应，最后一维为年份；请更正",
            ) from None  # fmt: skip
        rates: Floats = np.exp(moved)
        return np.moveaxis(rates, -3, -2) if self.two_sexes else rates


def fit_lee_carter(
    mx: npt.ArrayLike,
    *,
    years: npt.ArrayLike | None = None,
    sex: SexOf | None = None,
    exposure: npt.ArrayLike | None = None,
    adjust: Adjust | None = None,
    jump_off: JumpOff = "last",
) -> LeeCarter:
    """Lee and Carter's model fitted by singular values, its k then made to meet a total.

    Parameters
    ----------
    mx : shape (..., years, n_ages), death rates by single age, the last group open; with `sex` =
        ("male", "female") shape (..., years, 2, n_ages), each sex with its own model
    years : shape (years,), ascending, with gaps or without; without it 0, 1, 2, …
    sex : of the rates; needed to meet life expectancies
    exposure : like mx, person-years; needed to meet deaths
    adjust : what k meets in every year: "e0" (where `sex` is given, if nothing else is said),
        "deaths" (where `exposure` is) or "none", k as the singular values give it
    jump_off : "last", projections begin from the rates of the last year (Lee and Miller), or
        "fitted", from those of the model

    A rate of 0, which has no logarithm, becomes half a death where `exposure` is given, else the
    geometric mean of that age in the other years; the notes say how many there were.

    Raises
    ------
    FiguresRefused
        If there are fewer than three years, lengths differ, an age has no death in any year, what
        is asked lacks `sex` or `exposure`, or no k meets the total.

    >>> k = np.array([4.0, 2.0, 1.0, -3.0, -4.0])
    >>> b = np.array([0.5, 0.3, 0.2])
    >>> found = fit_lee_carter(np.exp([-4, -5, -1] + b * k[:, None]))
    >>> found.bx.round(6), found.kt.round(6), round(float(found.drift), 6)
    (array([0.5, 0.3, 0.2]), array([ 4.,  2.,  1., -3., -4.]), -2.0)
    """
    two_sexes = sex is not None and not isinstance(sex, str)
    rates = _rates_by_population("mx", mx, two_sexes)
    when = ascending_years(years, rates.shape[-2])
    lived = None if exposure is None else _exposure(exposure, rates, two_sexes)
    seen = rates
    rates, notes = _without_zeros(rates, lived)
    how = _adjustment(adjust, sex, lived)
    logs = np.log(rates)
    ax, bx, kt, explained = _by_singular_values(logs)
    if how == "e0" and sex is not None:
        kt = k_for_e0(rates, ax, bx, kt, sex)
    elif how == "deaths" and lived is not None:
        kt = k_for_deaths(seen * lived, lived, ax, bx, kt)
    middle = kt.mean(axis=-1, keepdims=True)
    ax, kt = ax + bx * middle, kt - middle
    drift, error, sigma = random_walk(kt, when)
    words = {"e0": "the life expectancy", "deaths": "the deaths", "none": "nothing"}
    start = "the rates of the last year" if jump_off == "last" else "the model's own rates"
    return LeeCarter(
        when, ax, bx, kt, drift, error, sigma, explained, logs[..., -1, :],
        _jump_off(jump_off), two_sexes,
        (*notes, f"Lee and Carter: k meets {words[how]} of every year; projections begin from {start}.",
         "k is a random walk with drift; ages keep their share b(x) in its change."),
    )  # fmt: skip


def project_lee_carter(model: LeeCarter, years: int, k: npt.ArrayLike | None = None) -> Floats:
    """Death rates of the years after the last one fitted.

    Parameters
    ----------
    years : how many
    k : shape (..., years), paths of k in place of the central one, such as `k_trajectories`; axes
        before the populations are trajectories

    Returns
    -------
    shape (..., years, n_ages), or (..., years, 2, n_ages) where the model has two sexes

    Raises
    ------
    FiguresRefused
        If `years` is no whole number from 1, or k has other years or populations.

    >>> found = fit_lee_carter(np.exp(-4 - 0.1 * np.arange(6)[:, None] * np.ones(3)))
    >>> np.log(project_lee_carter(found, 2)).round(3)
    array([[-4.6, -4.6, -4.6],
           [-4.7, -4.7, -4.7]])
    """
    if int(years) != years or years < 1:
        raise FiguresRefused(
            "years", years, "is a number of years ahead, 1 or more", "give a whole number",
            zh="应为向前的年数，至少为 1；请给出整数",
        )  # fmt: skip
    path = model.k_ahead(np.arange(1, int(years) + 1)) if k is None else figures("k", k)
    if path.ndim == 0 or path.shape[-1] != years:
        raise FiguresRefused(
            "k", f"of shape {path.shape}", f"the last axis has the {years} years",
            "give one k for each year", zh=f"最后一维应有 {years} 年；请每年给出一个 k",
        )  # fmt: skip
    return model.mx(path)


def with_jump_off(model: LeeCarter, jump_off: JumpOff) -> LeeCarter:
    """The same fit, its projections beginning from the last rates or from the model's own."""
    return replace(model, jump_off=_jump_off(jump_off))


def random_walk(kt: Floats, years: npt.NDArray[np.int64]) -> tuple[Floats, Floats, Floats]:
    """Drift, its standard error and sigma of a year's change, from years with or without gaps.

    Source: Li, Lee & Tuljapurkar (2004); with every year it is Lee and Carter's own.
    """
    gap, span = np.diff(years).astype(np.float64), float(years[-1] - years[0])
    drift = (kt[..., -1] - kt[..., 0]) / span
    off = np.diff(kt, axis=-1) - drift[..., None] * gap
    sigma = np.sqrt((off**2).sum(axis=-1) / (span - (gap**2).sum() / span))
    return drift, sigma / np.sqrt(span), sigma


def _by_singular_values(logs: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    ax = logs.mean(axis=-2)
    bx, kt, explained = first_component(logs - ax[..., None, :])
    return ax, bx, kt, explained


def first_component(off: Floats) -> tuple[Floats, Floats, Floats]:
    """b(x) adding to 1, k(t), and the share of variance, of (..., years, ages).

    Raises
    ------
    FiguresRefused
        If rates do not change, or ages change against one another so that b has no sum.
    """
    left, size, right = np.linalg.svd(off, full_matrices=False)
    first, whole = right[..., 0, :], first_sum(right)
    if not (size[..., 0] > _NO_CHANGE).all() or (np.abs(whole) < 1e-9).any():
        raise FiguresRefused(
            "mx", None, "rates change over the years, most ages in one direction",
            "take more years, or keep mortality constant",
            zh="死亡率应随年份变化且多数年龄方向一致；请取更多年份，或采用不变的死亡率",
        )  # fmt: skip
    kt = left[..., 0] * (size[..., 0] * whole)[..., None]
    share = size[..., 0] ** 2 / (size**2).sum(axis=-1)
    return first / whole[..., None], kt, share


def first_sum(right: Floats) -> Floats:
    """Sum over ages of the first right singular vector."""
    total: Floats = right[..., 0, :].sum(axis=-1)
    return total


def _rates_by_population(name: str, values: npt.ArrayLike, two_sexes: bool) -> Floats:
    """Rates of shape (..., years, ages), the sexes moved before the years."""
    rates = not_negative(name, values)
    if rates.ndim < 2 + two_sexes or (two_sexes and rates.shape[-2] != 2):
        wanted = "(..., years, 2 sexes, ages)" if two_sexes else "(..., years, ages)"
        raise FiguresRefused(
            name, f"of shape {rates.shape}", f"axes are {wanted}", "put years before ages, ages last",
            zh=f"各维应为 {wanted}；请把年份放在年龄之前，年龄放在最后",
        )  # fmt: skip
    return np.moveaxis(rates, -2, -3) if two_sexes else rates


def _exposure(exposure: npt.ArrayLike, rates: Floats, two_sexes: bool) -> Floats:
    lived = _rates_by_population("exposure", positive("exposure", exposure), two_sexes)
    if lived.shape != rates.shape:
        raise FiguresRefused(
            "exposure", f"of shape {lived.shape}", f"is of the shape of mx, {rates.shape}",
            "give the person-years of every rate", zh="应与死亡率形状一致；请为每个死亡率给出人年数",
        )  # fmt: skip
    return lived


def ascending_years(
    years: npt.ArrayLike | None, count: int, fewest: int = _FEWEST_YEARS
) -> npt.NDArray[np.int64]:
    """Calendar years of rates; 0, 1, 2, … where none are given."""
    if count < fewest:
        raise FiguresRefused(
            "mx", f"{count} years", f"a trend needs {fewest} years", "add years, or keep it constant",
            zh=f"趋势至少需要 {fewest} 年；请补充年份，或采用不变的死亡率",
        )  # fmt: skip
    when = np.atleast_1d(figures("years", np.arange(count) if years is None else years))
    wrong = np.append(False, np.diff(when) <= 0) | (when != np.floor(when))
    refuse_where(
        "years", when, wrong, "years are whole and ascend without repeats", "sort the rates by year",
        "年份应为整数，递增且不重复；请按年份排序",
    )  # fmt: skip
    if len(when) != count:
        raise FiguresRefused(
            "years", f"{len(when)}", f"mx has {count} years", "give one year for each",
            zh=f"死亡率有 {count} 年；请逐年给出年份",
        )  # fmt: skip
    return when.astype(np.int64)


def logs_without_zeros(rates: Floats) -> tuple[Floats, tuple[str, ...]]:
    """Logarithms of rates, a rate of 0 taken as the geometric mean of its age; with a note of it."""
    filled, notes = _without_zeros(rates, None)
    return np.log(filled), notes


def _without_zeros(rates: Floats, lived: Floats | None) -> tuple[Floats, tuple[str, ...]]:
    zero = rates == 0
    if not zero.any():
        return rates, ()
    if lived is not None:
        return np.where(zero, 0.5 / lived, rates), (
            f"{zero.sum()} rates of 0 taken as half a death.",
        )
    none = zero.all(axis=-2)
    if none.any():
        age = int(np.argwhere(none)[0][-1])
        raise FiguresRefused(
            f"mx at age {age}", 0, "some year has a death at every age",
            "join ages or areas, or give `exposure` so that 0 is taken as half a death",
            zh="每个年龄至少应有一年有死亡；请合并年龄或区域，或给出 exposure（0 按半例死亡计）",
        )  # fmt: skip
    logs = np.where(zero, 0.0, np.log(np.where(zero, 1.0, rates)))
    mean = np.exp(logs.sum(axis=-2, keepdims=True) / (~zero).sum(axis=-2, keepdims=True))
    return np.where(zero, mean, rates), (
        f"{zero.sum()} rates of 0 taken as the geometric mean of that age in the other years.",
    )  # fmt: skip


def _adjustment(adjust: Adjust | None, sex: SexOf | None, lived: Floats | None) -> str:
    if adjust is None:
        return "e0" if sex is not None else "deaths" if lived is not None else "none"
    one_of("adjust", adjust, ("e0", "deaths", "none"))
    lacking = {"e0": sex is None, "deaths": lived is None}.get(adjust, False)
    if lacking:
        needs = "sex" if adjust == "e0" else "exposure"
        raise FiguresRefused(
            "adjust", repr(adjust), f"needs {needs}", f"give {needs}, or set adjust='none'",
            zh=f"需要 {needs}；请给出，或设 adjust='none'",
        )  # fmt: skip
    return adjust


def _jump_off(word: str) -> JumpOff:
    return "last" if one_of("jump_off", word, ("last", "fitted")) == "last" else "fitted"


def years_ahead(ahead: npt.ArrayLike) -> Floats:
    """Years after the last one, as a row."""
    return np.atleast_1d(not_negative("ahead", ahead))
