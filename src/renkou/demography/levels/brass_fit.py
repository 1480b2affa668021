"""An area's level of mortality beside a standard, by Brass's relational model. Pure.

The logits of survivors are on a line with those of the standard:

    Y(x) = α + β Yₛ(x),   Y(x) = ½ ln[(1 - l(x)) / l(x)]

α is the level (above 0: more deaths), β how far old and young differ from the standard. Both come
from deaths and person-years of all ages at once by the Poisson likelihood, with normal priors around
0 and 1 so that few deaths leave the standard where it is.

Sources: Brass (1971), in Biological Aspects of Demography, 69-110; United Nations (1983), Manual X,
chapter I.B.4; for the likelihood, Brillinger (1986), Biometrics 42:693-734.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import (
    Floats,
    Sex,
    not_negative,
    of_one_length,
    positive,
)
from renkou.demography.mortality.life_tables import life_table

_STEPS, _HALVINGS = 100, 30
_PRIOR = np.array([0.0, 1.0])
_CLOSE = 1e-7
_NOISE = 1e-12  # of the height: below it a fall says nothing
_NUDGE = 1e-5
LEVEL_SPREAD, SLOPE_SPREAD = 0.3, 0.1


@dataclass(frozen=True)
class BrassLevel:
    """The level of an area's mortality.

    level, slope : shape (...,), α and β
    level_error, slope_error : same shape, their standard errors
    e0 : shape (..., years), life expectancy at birth
    e0_error : same shape
    mx : shape (..., years, ages)
    """

    level: Floats
    slope: Floats
    level_error: Floats
    slope_error: Floats
    e0: Floats
    e0_error: Floats
    mx: Floats


def brass_level(
    deaths: npt.ArrayLike,
    exposure: npt.ArrayLike,
    standard_mx: npt.ArrayLike,
    *,
    sex: Sex,
    level_spread: float = LEVEL_SPREAD,
    slope_spread: float = SLOPE_SPREAD,
) -> BrassLevel:
    """Level and slope that fit the deaths of some years, one pair for all of them.

    Parameters
    ----------
    deaths, exposure : shape (..., years, ages), single ages, the last open; person-years may be 0
    standard_mx : broadcasts to it; a standard of each year carries the standard's own change
    level_spread, slope_spread : standard deviations of the priors of α around 0 and of β around 1

    Raises
    ------
    FiguresRefused
        If a value is negative, deaths stand where nobody lived, or the likelihood has no top.

    >>> standard = 0.0002 * np.exp(0.08 * np.arange(101))
    >>> lived = np.full((1, 101), 1e5)
    >>> found = brass_level(standard * lived, lived, standard, sex="female")
    >>> bool(abs(found.level) < 1e-9), bool(abs(found.slope - 1) < 1e-9)
    (True, True)
    """
    died, lived = np.atleast_2d(not_negative("deaths", deaths)), not_negative("exposure", exposure)
    standard = positive("standard_mx", standard_mx)
    of_one_length(deaths=died, exposure=lived, standard_mx=standard)
    died, lived = np.broadcast_arrays(died, lived)
    _refuse_deaths_of_nobody(died, lived)
    model = _Model.of(np.broadcast_to(standard, died.shape), sex)
    precision = np.array([level_spread**-2.0, slope_spread**-2.0])
    point, covariance = _fitted(model, died, lived, precision)
    return _told(model, point, covariance, sex)


def _refuse_deaths_of_nobody(died: Floats, lived: Floats) -> None:
    wrong = (died > 0) & (lived == 0)
    if wrong.any():
        at = tuple(int(one) for one in np.argwhere(wrong)[0])
        raise FiguresRefused(
            f"deaths{list(at)}", f"{died[at]:g}", "nobody lived there in that year",
            "join it with a neighbouring age or year",
            zh="该处没有人口却有死亡；请与相邻的年龄或年份合并",
        )  # fmt: skip


@dataclass(frozen=True)
class _Model:
    """The standard as logits of survivors at ages 1 and on, and what turns them into rates."""

    logit: Floats  # (..., years, ages - 1)
    ax: Floats  # (..., years, ages)
    last_rates: Floats  # (..., years, 2), of the last closed age and the open one

    @classmethod
    def of(cls, standard: Floats, sex: Sex) -> _Model:
        table = life_table(standard, sex=sex)
        survivors = table.lx[..., 1:] / table.lx[..., :1]
        logit = (np.log1p(-survivors) - np.log(survivors)) / 2
        return cls(logit, table.ax, standard[..., -2:])

    def log_rates(self, level: Floats, slope: Floats) -> Floats:
        """Logarithms of death rates; level and slope of shape (...,)."""
        odds = 2 * (level[..., None, None] + slope[..., None, None] * self.logit)
        log_survivors = -np.logaddexp(0.0, odds)
        steps = np.diff(log_survivors, axis=-1, prepend=0.0)
        dying = -np.expm1(steps)
        closed = dying / (1 - (1 - self.ax[..., :-1]) * dying)
        # The open age moves as the last closed one does: a logit of survivors tells nothing of it.
        moved = closed[..., -1:] / self.last_rates[..., :1]
        return np.log(np.concatenate([closed, self.last_rates[..., 1:] * moved], axis=-1))

    def slopes(self, point: Floats) -> Floats:
        """Derivatives of the log rates by level and slope: (..., years, ages, 2)."""
        nudges = np.eye(2) * _NUDGE
        parts = [
            self.log_rates(*_parts(point + nudge)) - self.log_rates(*_parts(point - nudge))
            for nudge in nudges
        ]
        return np.stack(parts, axis=-1) / (2 * _NUDGE)


def _parts(point: Floats) -> tuple[Floats, Floats]:
    return point[..., 0], point[..., 1]


def _fitted(model: _Model, died: Floats, lived: Floats, precision: Floats) -> tuple[Floats, Floats]:
    """Level and slope (..., 2) and their covariance (..., 2, 2), by Fisher scoring."""
    fit = _Likelihood(model, died, lived, precision)
    point = np.broadcast_to(_PRIOR, (*died.shape[:-2], 2)).copy()
    for _ in range(_STEPS):
        pull, bend = fit.pull_and_bend(point)
        step = np.asarray(np.linalg.solve(bend, pull[..., None])[..., 0], np.float64)
        if np.abs(step).max() < _CLOSE:
            return point, np.asarray(np.linalg.inv(bend), np.float64)
        point = fit.climbed(point, step)
    raise FiguresRefused(
        "deaths", f"{died.sum():g}", "Brass's level found no place to rest",
        "check deaths and person-years by age against each other",
        zh="布拉斯模型的水平参数不收敛；请核对分年龄的死亡数与人年数",
    )  # fmt: skip


@dataclass(frozen=True)
class _Likelihood:
    """Poisson likelihood of deaths with the normal priors."""

    model: _Model
    died: Floats
    lived: Floats
    precision: Floats

    def height(self, point: Floats) -> Floats:
        """Log-likelihood and prior at a level and slope: shape (...,)."""
        log_rates = self.model.log_rates(*_parts(point))
        told = (self.died * log_rates - self.lived * np.exp(log_rates)).sum(axis=(-2, -1))
        return np.asarray(told - (self.precision * (point - _PRIOR) ** 2).sum(axis=-1) / 2)

    def pull_and_bend(self, point: Floats) -> tuple[Floats, Floats]:
        """Slope of the height (..., 2) and the expected curvature (..., 2, 2)."""
        expected = self.lived * np.exp(self.model.log_rates(*_parts(point)))
        tilt = self.model.slopes(point)
        pull = np.einsum("...yak,...ya->...k", tilt, self.died - expected)
        bend = np.einsum("...yak,...ya,...yal->...kl", tilt, expected, tilt)
        return pull - self.precision * (point - _PRIOR), bend + np.diag(self.precision)

    def climbed(self, point: Floats, step: Floats) -> Floats:
        """A point higher up: the step, halved wherever it leads down."""
        step = np.clip(step, -0.5, 0.5)  # a long first step would leave the logits' range
        height = self.height(point)
        for _ in range(_HALVINGS):
            down = self.height(point + step) < height - _NOISE * (1 + np.abs(height))
            if not down.any():
                break
            step = np.where(down[..., None], step / 2, step)
        return point + step


def _told(model: _Model, point: Floats, covariance: Floats, sex: Sex) -> BrassLevel:
    rates = np.exp(model.log_rates(*_parts(point)))

    def e0(at: Floats) -> Floats:
        return life_table(np.exp(model.log_rates(*_parts(at))), sex=sex).e0

    tilt = np.stack([
        (e0(point + nudge) - e0(point - nudge)) / (2e-4) for nudge in np.eye(2) * 1e-4
    ], axis=-1)  # fmt: skip
    error = np.sqrt(np.einsum("...yk,...kl,...yl->...y", tilt, covariance, tilt))
    own = np.sqrt(np.diagonal(covariance, axis1=-2, axis2=-1))
    return BrassLevel(
        point[..., 0], point[..., 1], own[..., 0], own[..., 1],
        life_table(rates, sex=sex).e0, error, rates,
    )  # fmt: skip
