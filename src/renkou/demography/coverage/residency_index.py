"""Who lives here, from signs of life in many lists: the residency index, and its odds. Pure.

A register keeps people who left. Who draws a pension, has a child at school or changes a job has given
a sign of life; who has given none for years is likely gone, though no list says so.

Sources: Maasing, Tiit & Vähi (2017), Acta et Commentationes Universitatis Tartuensis de Mathematica
21, 129-139; Tiit & Maasing (2016), Quarterly Bulletin of Statistics Estonia 3/2016; Statistics Estonia
uses the index in its register-based census of 2021.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats, figures, not_negative, probabilities, refuse_where
from renkou.demography.rates.intervals import normal_quantile

STABILITY = 0.8  # d: of last year's index this much stays
SIGNS_RATE = 0.2  # g: weight of this year's signs; d + g = 1 keeps the index in [0, 1]
THRESHOLD = 0.7  # c: from it on somebody counts as a resident
_STEPS = 100


def residency_index_by_year(
    signs: npt.ArrayLike,
    weights: npt.ArrayLike,
    *,
    start: npt.ArrayLike = 1.0,
    stability: float = STABILITY,
    signs_rate: float = SIGNS_RATE,
) -> Floats:
    """The index of each person at the end of each year: R(t) = d R(t - 1) + g X(t).

    X(t) is the weighted sum of the year's signs, at most 1. With the defaults (d = .8, g = .2, c = .7)
    a resident who falls silent stays one for one year (.8) and is none in the second (.64); a
    newcomer with full signs from nothing becomes one in the sixth (1 - .8 ** 6 = .74), unless the
    start is set by the entry itself.

    Parameters
    ----------
    signs : shape (..., years, kinds), 0 or 1 (or how many times), years ascending
    weights : shape (kinds,), of each kind of sign, see `sign_weights`
    start : shape (...), index before the first year: 1 for residents of the last census, 0 for
        others

    Returns
    -------
    Shape (..., years), in [0, 1].

    >>> silent = np.zeros((3, 1))
    >>> residency_index_by_year(silent, [1.0]).round(3)
    array([0.8  , 0.64 , 0.512])
    """
    given, weight = not_negative("signs", signs), not_negative("weights", weights)
    _refuse_shape(given, weight)
    if not (0 <= stability < 1 and signs_rate > 0 and stability + signs_rate <= 1 + 1e-12):
        raise FiguresRefused(
            "stability + signs_rate", f"{stability + signs_rate:g}",
            "both are shares that add to 1 at most, so that the index stays in [0, 1]",
            "give for example 0.8 and 0.2",
            zh="两者均为份额，之和不超过 1，使指数保持在 0 至 1；例如 0.8 和 0.2",
        )  # fmt: skip
    this_year = np.minimum(given @ weight, 1.0)
    index = np.empty_like(this_year)
    now = np.broadcast_to(probabilities("start", start), this_year.shape[:-1])
    for year in range(this_year.shape[-1]):
        now = stability * now + signs_rate * this_year[..., year]
        index[..., year] = now
    return index


def _refuse_shape(signs: Floats, weights: Floats) -> None:
    if signs.ndim < 2 or signs.shape[-1:] != weights.shape:
        raise FiguresRefused(
            "signs and weights", f"{signs.shape} and {weights.shape}",
            "signs have the axes years and kinds, and every kind has one weight",
            "give one weight per kind of sign", zh="生命迹象应有年份与种类两维，每种一个权重；请补齐权重",
        )  # fmt: skip


def residents_by_index(index: npt.ArrayLike, threshold: float = THRESHOLD) -> npt.NDArray[np.bool_]:
    """Who counts as a resident: an index of at least the threshold.

    >>> residents_by_index([0.69, 0.7])
    array([False,  True])
    """
    return probabilities("index", index) >= threshold - 1e-12


def sign_weights(signs: npt.ArrayLike, resident: npt.ArrayLike) -> Floats:
    """Weights of kinds of signs from people of whom it is known whether they live here.

    A kind weighs by how much more of the residents show it than of the others (0 where they do not),
    scaled so that the mean resident with some sign reaches 1: two common signs make a full year.

    Parameters
    ----------
    signs : shape (people, kinds), 0 or 1
    resident : shape (people,), 1 lives here, 0 does not

    >>> sign_weights([[1, 1], [1, 0], [0, 1], [0, 1]], [1, 1, 0, 0])
    array([1., 0.])
    """
    given, known = _sample(signs, resident)
    here = known == 1
    apart = np.maximum(given[here].mean(axis=0) - given[~here].mean(axis=0), 0.0)
    reached = given[here] @ apart
    if not reached.any():
        raise FiguresRefused(
            "signs", None, "some kind of sign is seen more often of residents",
            "choose other lists for signs of life", zh="至少应有一种迹象在常住者中更常见；请选用其他名册",
        )  # fmt: skip
    return apart / reached[reached > 0].mean()


def _sample(signs: npt.ArrayLike, resident: npt.ArrayLike) -> tuple[Floats, Floats]:
    given, known = figures("signs", signs), probabilities("resident", resident)
    if given.ndim != 2 or known.shape != given.shape[:1]:
        raise FiguresRefused(
            "resident", known.shape, f"has one value for each of the {len(given)} people of signs",
            "give the same people in the same order", zh="应与迹象表逐人对应；请按相同顺序给出",
        )  # fmt: skip
    refuse_where(
        "resident", known, (known != 0) & (known != 1), "is 1 or 0", "look the person up, or leave it out",
        "应为 1 或 0；请核实或去掉该人",
    )  # fmt: skip
    if known.min() == known.max():
        raise FiguresRefused(
            "resident", known[0], "the sample holds residents and others", "look up people of both kinds",
            zh="样本应包含常住者与非常住者；请两类都核实",
        )  # fmt: skip
    return given, known


@dataclass(frozen=True)
class ResidencyModel:
    """Odds of living here by signs of life: coefficients (the constant first) and their covariance."""

    coefficients: Floats
    covariance: Floats
    notes: tuple[str, ...]

    def chances(self, signs: npt.ArrayLike) -> Floats:
        """Probability of living here, shape (people,)."""
        given = figures("signs", signs)
        return expit(self.coefficients[0] + given @ self.coefficients[1:])


@dataclass(frozen=True)
class Overcoverage:
    """Listed people who do not live here: how many, and the interval."""

    expected: float
    lower: float
    upper: float
    share: float
    notes: tuple[str, ...]


def residency_model(
    signs: npt.ArrayLike, resident: npt.ArrayLike, *, prior: float = 1.0
) -> ResidencyModel:
    """Logistic regression of living here on signs of life, in a sample that was looked up.

    Parameters
    ----------
    signs : shape (people, kinds); years may stand as further kinds
    resident : shape (people,), 1 or 0
    prior : strength of Jeffreys' prior, which keeps a sign that only residents show finite (Firth
        1993, Biometrika 80, 27-38); 0 for plain maximum likelihood

    >>> seen = np.repeat([[0], [1]], [100, 300], axis=0)
    >>> here = np.concatenate([np.ones(20), np.zeros(80), np.ones(297), np.zeros(3)])
    >>> residency_model(seen, here).chances([[0], [1]]).round(2)
    array([0.2 , 0.99])
    """
    given, known = _sample(signs, resident)
    x = np.column_stack([np.ones(len(given)), given])
    beta = np.zeros(x.shape[1])
    for _ in range(_STEPS):
        chance = expit(x @ beta)
        inverse = np.linalg.pinv((x * (chance * (1 - chance))[:, None]).T @ x)
        leverage = np.einsum("ni,ij,nj->n", x, inverse, x) * chance * (1 - chance)
        step = inverse @ (x.T @ (known - chance + prior * leverage * (0.5 - chance)))
        step *= min(1.0, 5.0 / max(float(np.abs(step).max()), 1e-12))
        beta = beta + step
        if np.abs(step).max() < 1e-10:
            break
    note = (
        f"Learned from {len(given)} people who were looked up; assumed: the sample is drawn by chance from "
        f"those it is used for. 依据 {len(given)} 名核实人员；假设样本随机抽自所用对象。"
    )
    return ResidencyModel(beta, inverse, (note,))


def expected_overcoverage(
    model: ResidencyModel, signs: npt.ArrayLike, *, level: float = 0.95
) -> Overcoverage:
    """How many listed people do not live here, with an interval.

    Parameters
    ----------
    signs : shape (people, kinds), of all listed people of whom it is not known

    The variance is that of each person's own chance and of the model's coefficients (delta method).

    >>> seen = np.repeat([[0], [1]], [100, 300], axis=0)
    >>> here = np.concatenate([np.ones(20), np.zeros(80), np.ones(297), np.zeros(3)])
    >>> round(expected_overcoverage(residency_model(seen, here), seen).expected)
    83
    """
    given = figures("signs", signs)
    x = np.column_stack([np.ones(len(given)), given])
    chance = model.chances(given)
    own = chance * (1 - chance)
    slope = own @ x
    expected = float((1 - chance).sum())
    spread = np.sqrt(own.sum() + slope @ model.covariance @ slope)
    # On the logarithm: few wrong entries have a long tail above and none below nothing.
    factor = np.exp(normal_quantile(level) * spread / expected) if expected else 1.0
    high = min(expected * factor, float(len(given)))
    return Overcoverage(
        expected, expected / float(factor), float(high), expected / len(given), model.notes
    )
