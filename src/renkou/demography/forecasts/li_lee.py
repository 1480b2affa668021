"""Mortality of several populations ahead that does not part for ever: Li and Lee. Pure (NumPy).

ln m(x, t, i) = a(x, i) + B(x) K(t) + b(x, i) k(t, i): one common factor, a random walk with drift,
and each population's own, which returns to its mean (an autoregression of order 1).

Source: Li & Lee (2005), Coherent mortality forecasts for a group of populations, Demography 42(3),
575-594.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats, not_negative, refuse_where
from renkou.demography.forecasts.lee_carter import (
    ascending_years,
    first_component,
    logs_without_zeros,
    random_walk,
    years_ahead,
)

# An own factor that keeps more than this of a departure each year would take generations to return.
SLOWEST_RETURN = 0.98


@dataclass(frozen=True, eq=False)
class LiLee:
    """A fit; `...` are populations (areas, or areas and sexes)."""

    years: npt.NDArray[np.int64]  # shape (n_years,)
    ax: Floats  # shape (..., n_ages)
    common_bx: Floats  # shape (n_ages,), adds to 1
    common_kt: Floats  # shape (n_years,), adds to 0
    drift: float
    drift_error: float
    sigma: float  # of a year's change of K about the drift
    bx: Floats  # shape (..., n_ages), each adds to 1
    kt: Floats  # shape (..., n_years)
    mean: Floats  # shape (...), to which k returns
    kept: Floats  # shape (...), share of a departure from the mean that is left after a year
    own_sigma: Floats  # shape (...), of a year's chance in k
    explained_by_common: Floats  # shape (...), share of variance
    explained: Floats  # shape (...), share of variance by both factors
    last: Floats  # shape (..., n_ages), logarithm of the rates of the last year
    two_sexes: bool
    notes: tuple[str, ...]

    def common_ahead(self, ahead: npt.ArrayLike) -> Floats:
        """Central K so many years after the last, shape (len(ahead),)."""
        return self.common_kt[-1] + self.drift * years_ahead(ahead)

    def own_ahead(self, ahead: npt.ArrayLike) -> Floats:
        """Central k of each population so many years after the last, shape (..., len(ahead))."""
        left = self.kept[..., None] ** years_ahead(ahead)
        return self.mean[..., None] + left * (self.kt[..., -1] - self.mean)[..., None]

    def common_sd(self, ahead: npt.ArrayLike) -> Floats:
        """Standard deviation of K, from the drift's error and yearly changes."""
        h = years_ahead(ahead)
        return np.sqrt(self.sigma**2 * h + (self.drift_error * h) ** 2)

    def own_sd(self, ahead: npt.ArrayLike) -> Floats:
        """Standard deviation of k of each population, shape (..., len(ahead)); it does not grow for ever."""
        square = self.kept[..., None] ** 2
        return self.own_sigma[..., None] * np.sqrt(
            (1 - square ** years_ahead(ahead)) / (1 - square)
        )

    def trajectories(
        self, ahead: int, count: int, chance: np.random.Generator
    ) -> tuple[Floats, Floats]:
        """Random paths of K, shape (count, ahead), and of k, shape (count, ..., ahead)."""
        drift = self.drift + self.drift_error * chance.standard_normal((count, 1))
        common = self.common_kt[-1] + np.cumsum(
            drift + self.sigma * chance.standard_normal((count, ahead)), axis=-1
        )
        own = np.empty((count, *self.mean.shape, ahead))
        now = np.broadcast_to(self.kt[..., -1], own.shape[:-1])
        for h in range(ahead):
            step = self.own_sigma * chance.standard_normal(own.shape[:-1])
            now = self.mean + self.kept * (now - self.mean) + step
            own[..., h] = now
        return common, own

    def mx(self, common: Floats, own: Floats) -> Floats:
        """Death rates from the last year's on, at K (..., years) and k (..., populations, years)."""
        populations = (1,) * self.mean.ndim
        K = common.reshape(*common.shape[:-1], *populations, common.shape[-1]) - self.common_kt[-1]
        change = self.common_bx * K[..., None]
        change = change + self.bx[..., None, :] * (own - self.kt[..., -1:])[..., None]
        rates: Floats = np.exp(self.last[..., None, :] + change)
        return np.moveaxis(rates, -3, -2) if self.two_sexes else rates


def fit_li_lee(
    mx: npt.ArrayLike,
    *,
    years: npt.ArrayLike | None = None,
    two_sexes: bool = False,
    weights: npt.ArrayLike | None = None,
) -> LiLee:
    """Li and Lee's model of populations whose mortality has one common course.

    Parameters
    ----------
    mx : shape (areas, years, n_ages), or (areas, years, 2, n_ages) with `two_sexes`: then areas and
        sexes are all populations of one group. A rate of 0 becomes the geometric mean of that age
        in the other years, and is noted
    years : shape (years,), one after the other; without it 0, 1, 2, …
    weights : shape (areas,) or (areas, 2), of the populations in the common factor, such as people;
        without it all alike

    Raises
    ------
    FiguresRefused
        If there are fewer than two populations or four years, years leave a gap, weights are
        negative or all 0, or rates do not change.
    """
    rates = not_negative("mx", mx)
    logs, notes = logs_without_zeros(_axes(rates, two_sexes))
    when = _every_year(years, logs.shape[-2])
    ax = logs.mean(axis=-2)
    off = logs - ax[..., None, :]
    share = _shares(weights, logs.shape[:-2])
    common_bx, common_kt, _ = first_component((off * share).sum(axis=tuple(range(off.ndim - 2))))
    common = common_bx * common_kt[:, None]
    bx, kt, _ = first_component(off - common)
    drift, error, sigma = random_walk(common_kt, when)
    mean, kept, own_sigma, slow = _autoregression(kt)
    both = common + bx[..., None, :] * kt[..., None]
    return LiLee(
        when, ax, common_bx, common_kt, float(drift), float(error), float(sigma), bx, kt,
        mean, kept, own_sigma, _explained(off, common), _explained(off, both), logs[..., -1, :],
        two_sexes,
        (*notes, "Li and Lee: one common factor with drift; each population's own factor returns to "
         "its mean; projections begin from the rates of the last year.", *slow),
    )  # fmt: skip


def project_li_lee(
    model: LiLee, years: int, common: npt.ArrayLike | None = None, own: npt.ArrayLike | None = None
) -> Floats:
    """Death rates of the years after the last one fitted.

    Parameters
    ----------
    years : how many
    common : shape (..., years), paths of K in place of the central one
    own : shape (..., populations, years), paths of k in place of the central ones; both as
        `trajectories` gives them

    Returns
    -------
    shape (..., areas, years, n_ages), or (..., areas, years, 2, n_ages) with two sexes

    Raises
    ------
    FiguresRefused
        If `years` is no whole number from 1, or paths have other years or populations.
    """
    if int(years) != years or years < 1:
        raise FiguresRefused(
            "years", years, "is a number of years ahead, 1 or more", "give a whole number",
            zh="应为向前的年数，至少为 1；请给出整数",
        )  # fmt: skip
    h = np.arange(1, int(years) + 1)
    K = model.common_ahead(h) if common is None else np.asarray(common, dtype=np.float64)
    k = model.own_ahead(h) if own is None else np.asarray(own, dtype=np.float64)
    wanted = (*model.mean.shape, int(years))
    if K.shape[-1:] != (years,) or k.shape[-len(wanted) :] != wanted:
        raise FiguresRefused(
            "common and own", f"of shapes {K.shape} and {k.shape}",
            f"end with the {years} years, and own with {wanted}",
            "give paths as `trajectories` makes them",
            zh=f"最后一维应为 {years} 年，own 的末尾各维应为 {wanted}；请采用 trajectories 的结果",
        )  # fmt: skip
    return model.mx(K, k)


def _autoregression(kt: Floats) -> tuple[Floats, Floats, Floats, tuple[str, ...]]:
    """Mean, share kept and chance of k(t) = mean + kept (k(t-1) - mean) + chance, by least squares."""
    before, after = kt[..., :-1], kt[..., 1:]
    x = before - before.mean(axis=-1, keepdims=True)
    found = (x * after).sum(axis=-1) / (x**2).sum(axis=-1)
    kept = np.clip(found, -SLOWEST_RETURN, SLOWEST_RETURN)
    constant = after.mean(axis=-1) - kept * before.mean(axis=-1)
    off = after - constant[..., None] - kept[..., None] * before
    sigma = np.sqrt((off**2).sum(axis=-1) / (after.shape[-1] - 2))
    slow = int((found != kept).sum())
    notes = (
        f"{slow} populations do not return by their own history (autoregression beyond "
        f"±{SLOWEST_RETURN}); {SLOWEST_RETURN} is taken: ask whether they belong to the group.",
    )
    return constant / (1 - kept), kept, sigma, notes if slow else ()


def _explained(off: Floats, model: Floats) -> Floats:
    share: Floats = 1 - ((off - model) ** 2).sum(axis=(-2, -1)) / (off**2).sum(axis=(-2, -1))
    return share


def _axes(rates: Floats, two_sexes: bool) -> Floats:
    wanted = "(areas, years, 2 sexes, ages)" if two_sexes else "(areas, years, ages)"
    found = np.moveaxis(rates, -2, -3) if two_sexes and rates.ndim == 4 else rates
    if found.ndim != 3 + two_sexes or (two_sexes and found.shape[1] != 2):
        raise FiguresRefused(
            "mx", f"of shape {rates.shape}", f"axes are {wanted}", "put areas first and ages last",
            zh=f"各维应为 {wanted}；请把区域放在最前，年龄放在最后",
        )  # fmt: skip
    if np.prod(found.shape[:-2]) < 2:
        raise FiguresRefused(
            "mx", "one population", "a common course is that of two or more",
            "add populations, or use fit_lee_carter",
            zh="共同因子至少需要两个总体；请增加总体，或改用 fit_lee_carter",
        )  # fmt: skip
    return found


def _every_year(years: npt.ArrayLike | None, count: int) -> npt.NDArray[np.int64]:
    when = ascending_years(years, count, fewest=4)
    gap = np.append(False, np.diff(when) != 1)
    refuse_where(
        "years", when.astype(np.float64), gap, "years follow each other, for what returns does so yearly",
        "fill the gap, or use fit_lee_carter", "年份应连续；请补齐，或改用 fit_lee_carter",
    )  # fmt: skip
    return when


def _shares(weights: npt.ArrayLike | None, populations: tuple[int, ...]) -> Floats:
    told = not_negative("weights", np.ones(populations) if weights is None else weights)
    if told.shape != populations or not told.any():
        raise FiguresRefused(
            "weights", f"of shape {told.shape}",
            f"there is one for each population {populations}, some above 0", "give the people of each",
            zh=f"每个总体 {populations} 应各有一个权数，且不全为 0；请给出各总体人口",
        )  # fmt: skip
    share: Floats = (told / told.sum())[..., None, None]
    return share
