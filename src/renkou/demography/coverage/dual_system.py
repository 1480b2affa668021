"""Dual system estimation: two independent lists of one closed population tell how many both miss. Pure.

A person is in neither list with the product of the chances of being missed by each, if lists are
independent, linkage is perfect, nobody is listed wrongly and chances are alike within a stratum.

Sources: Chandrasekaran & Deming (1949), JASA 44, 101-115; Chapman (1951), Univ. California Publ.
Statist. 1, 131-160; Seber (1982), The Estimation of Animal Abundance, 2nd ed., pp. 59-61; Chao (1989),
Biometrics 45, 427-438, for the log-normal interval; Cormack (1992), Biometrics 48, 567-576, for the
profile likelihood. The log-normal interval holds the truth too seldom when fewer than some ten people
are missed (docs/explanation/coverage.md), so that the predictive one is used unless another is named.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import digamma, gammaln, xlogy
from scipy.stats import chi2, nbinom

from renkou.demography.checked import Floats, not_negative, of_one_length, refuse_where
from renkou.demography.rates.intervals import normal_quantile

DualMethod = Literal["chapman", "lincoln_petersen"]
DualInterval = Literal["predictive", "profile", "log_normal"]
_BISECTIONS = 60
DUAL_SYSTEM_NOTES = (
    "Assumed: the two lists are independent within each stratum, the population is closed between "
    "their days, nobody is listed wrongly or twice, and links between the lists are right. "
    "假设：层内两份名册相互独立，期间人口封闭，无误登或重登，名册间关联无误。",
)


@dataclass(frozen=True)
class PopulationEstimate:
    """How many people there are, by stratum and in total, with intervals.

    `estimate`, `variance`, `lower`, `upper` and `seen` (people in some list) have the shape of the
    strata; the `total_*` are numbers over all of them.
    """

    estimate: Floats
    variance: Floats
    lower: Floats
    upper: Floats
    seen: Floats
    total: float
    total_variance: float
    total_lower: float
    total_upper: float
    level: float
    method: str
    notes: tuple[str, ...]

    @property
    def missed(self) -> Floats:
        """People in no list, estimated."""
        return self.estimate - self.seen

    def completeness(self, listed: npt.ArrayLike) -> Floats:
        """Share of the estimated population that a list holds, by stratum."""
        return not_negative("listed", listed) / self.estimate


def dual_system_estimate(
    first: npt.ArrayLike,
    second: npt.ArrayLike,
    both: npt.ArrayLike,
    *,
    method: DualMethod = "chapman",
    interval: DualInterval = "predictive",
    level: float = 0.95,
) -> PopulationEstimate:
    """Population size from two lists, by stratum, and the sum over strata (Chandrasekaran-Deming).

    Parameters
    ----------
    first, second : shape of the strata, people in each list
    both : the same shape, people in both lists
    method : 'chapman' (nearly unbiased, finite without a match) or 'lincoln_petersen'
    interval : of the people missed by both. 'predictive' is negative binomial, 'log_normal' as in
        Chao (1989); 'profile' inverts the likelihood ratio of each stratum (the total is predictive)

    Raises
    ------
    FiguresRefused
        If a list is smaller than its overlap, or Lincoln-Petersen meets a stratum without overlap.

    >>> found = dual_system_estimate(900, 950, 870)
    >>> round(found.total, 4), (round(found.total_lower, 1), round(found.total_upper, 1))
    (982.7555, (980.0, 986.0))
    """
    n1, n2, m = checked_overlap(first, second, both)
    notes = DUAL_SYSTEM_NOTES + _notes_of_overlap(m, n1, n2)
    if method == "chapman":
        estimate, variance = (n1 + 1) * (n2 + 1) / (m + 1) - 1, chapman_variance(n1, n2, m)
    else:
        _refuse_no_overlap(m)
        estimate, variance = n1 * n2 / m, n1 * n2 * (n1 - m) * (n2 - m) / m**3
    seen = n1 + n2 - m
    if interval == "profile":
        lower, upper = profile_interval(n1, n2, m, level=level)
    else:
        lower, upper = _interval(n1, n2, m, estimate, variance, interval, level)
    total = log_normal_interval if interval == "log_normal" else predictive_interval
    return summed(estimate, variance, lower, upper, seen, level, method, notes, total)


def _interval(
    first: Floats, second: Floats, both: Floats, estimate: Floats, variance: Floats,
    interval: DualInterval, level: float,
) -> tuple[Floats, Floats]:  # fmt: skip
    """Log-normal or predictive interval of each stratum."""
    seen = first + second - both
    if interval == "log_normal":
        return log_normal_interval(seen, estimate, variance, level=level)
    # Nobody missed by one of the lists: as if half a person were in each of the cells (Jeffreys).
    one, other = first - both + 0.5, second - both + 0.5
    missed = one * other / (both + 1)
    spread = missed + missed**2 * (1 / one + 1 / other + 1 / (both + 1))
    sure = estimate <= seen
    return predictive_interval(
        seen, np.where(sure, seen + missed, estimate), np.where(sure, spread, variance), level=level
    )


def checked_overlap(
    first: npt.ArrayLike, second: npt.ArrayLike, both: npt.ArrayLike
) -> tuple[Floats, Floats, Floats]:
    """Counts of two lists and their overlap, of one shape and possible together."""
    n1, n2 = not_negative("first", first), not_negative("second", second)
    m = not_negative("both", both)
    of_one_length(first=n1, second=n2, both=m)
    n1, n2, m = np.broadcast_arrays(n1, n2, m)
    refuse_where(
        "both", m, m > np.minimum(n1, n2), "is at most the smaller list",
        "count people in both lists once", "不得大于较小的名册；同在两份名册的人只计一次",
    )  # fmt: skip
    return n1, n2, m


def _refuse_no_overlap(both: Floats) -> None:
    refuse_where(
        "both", both, both == 0, "is divided by, and so is above 0",
        "join the stratum with a neighbour, or use method='chapman'",
        "用作分母，应大于 0；请与相邻的层合并，或使用 method='chapman'",
    )  # fmt: skip


def _notes_of_overlap(both: Floats, first: Floats, second: Floats) -> tuple[str, ...]:
    few, none = int((both < 7).sum()), int((np.minimum(first, second) == 0).sum())
    notes = []
    if few:
        notes.append(
            f"{few} strata have fewer than 7 people in both lists: Chapman's figure is then too low "
            f"on average (Robson & Regier 1964). {few} 个层同在两份名册者不足 7 人，估计偏低。"
        )
    if none:
        notes.append(
            f"{none} strata have an empty list: nothing is known there of the missed. "
            f"{none} 个层有空名册，无从估计漏登。"
        )
    return tuple(notes)


def chapman_variance(first: Floats, second: Floats, both: Floats) -> Floats:
    """Variance of Chapman's estimate (Seber 1970, Biometrics 26, 13-22)."""
    missed = (first - both) * (second - both)
    return (first + 1) * (second + 1) * missed / ((both + 1) ** 2 * (both + 2))


def log_normal_interval(
    seen: Floats, estimate: Floats, variance: Floats, *, level: float = 0.95
) -> tuple[Floats, Floats]:
    """Interval of a population of which `seen` people are certain: log-normal in the others.

    Source: Chao (1989), Biometrics 45, p. 431. Where nobody is missed the interval is one point.

    >>> low, high = log_normal_interval(np.array(10.0), np.array(14.0), np.array(4.0))
    >>> low.round(2), high.round(2)
    (np.float64(11.58), np.float64(20.1))
    """
    missed = np.maximum(estimate - seen, 0.0)
    known = missed > 0
    ratio = np.where(known, variance / np.where(known, missed, 1.0) ** 2, 0.0)
    factor = np.exp(normal_quantile(level) * np.sqrt(np.log1p(ratio)))
    return seen + missed / factor, seen + missed * factor


def predictive_interval(
    seen: Floats, estimate: Floats, variance: Floats, *, level: float = 0.95
) -> tuple[Floats, Floats]:
    """Interval of a population of which `seen` people are certain: negative binomial in the others.

    The missed are a count whose mean is itself estimated: with a gamma for the mean the count is
    negative binomial, here with the estimated mean and variance. Its ends are whole people above
    `seen`, by mid-p: half of an end's own chance lies outside, so that whole numbers do not make
    the interval too wide. A variance below a Poisson's counts as a Poisson's.

    >>> low, high = predictive_interval(np.array(10.0), np.array(14.0), np.array(9.0))
    >>> float(low), float(high)
    (10.0, 21.0)
    """
    normal_quantile(level)
    missed = np.maximum(estimate - seen, 1e-12)
    spread = np.maximum(variance, missed * (1 + 1e-9))
    size, chance = missed**2 / (spread - missed), missed / spread
    tail = (1 - level) / 2
    ends = [nbinom.ppf(side, size, chance) for side in (tail, 1 - tail)]
    below = [nbinom.cdf(end, size, chance) - nbinom.pmf(end, size, chance) / 2 for end in ends]
    return seen + ends[0] + (below[0] < tail), seen + ends[1] - (below[1] > 1 - tail)


def profile_interval(
    first: Floats, second: Floats, both: Floats, *, level: float = 0.95
) -> tuple[Floats, Floats]:
    """Populations that the likelihood ratio of two independent lists does not exclude.

    The likelihood is multinomial, the chances of both lists maximised for each population (Cormack
    1992). Without overlap the upper end is infinite.
    """
    seen = first + second - both
    # The likelihood rises up to its best and falls after it: Lincoln-Petersen's figure is close.
    top = np.where(both > 0, first * second / np.maximum(both, 1) * 2 + 2, seen * 1e6 + 1e6)
    top = _edge(seen, top, lambda size: _slope(size, first, second, seen) > 0)
    drop = chi2.ppf(level, 1) / 2
    lowest = _two_list_likelihood(top, first, second, seen) - drop

    def excluded(size: Floats) -> npt.NDArray[np.bool_]:
        return _two_list_likelihood(size, first, second, seen) < lowest

    lower = _edge(seen, top, excluded)
    far = top + 1
    for _ in range(_BISECTIONS):
        far = np.where(excluded(far), far, seen + 2 * (far - seen) + 1)
    upper = _edge(far, top, excluded)
    return np.where(both > 0, lower, seen), np.where(both > 0, upper, np.inf)


def _two_list_likelihood(size: Floats, first: Floats, second: Floats, seen: Floats) -> Floats:
    """Logarithm of the likelihood of a population, chances at their best."""
    chances = sum(
        xlogy(n, n / size) + xlogy(size - n, np.maximum(size - n, 0) / size)
        for n in (first, second)
    )
    return gammaln(size + 1) - gammaln(size - seen + 1) + chances


def _slope(size: Floats, first: Floats, second: Floats, seen: Floats) -> Floats:
    """Derivative of the likelihood's logarithm by the population."""
    with np.errstate(divide="ignore"):
        missed = sum(np.log(np.maximum(size - n, 0) / size) for n in (first, second))
    return digamma(size + 1) - digamma(size - seen + 1) + missed


def _edge(
    outside: Floats, inside: Floats, excluded: Callable[[Floats], npt.NDArray[np.bool_]]
) -> Floats:
    """Where exclusion ends between a point that may be excluded and one that is not."""
    outside, inside = outside.copy(), inside.copy()
    for _ in range(_BISECTIONS):
        middle = (outside + inside) / 2
        out = excluded(middle)
        outside, inside = np.where(out, middle, outside), np.where(out, inside, middle)
    return (outside + inside) / 2


def summed(
    estimate: Floats, variance: Floats, lower: Floats, upper: Floats, seen: Floats,
    level: float, method: str, notes: tuple[str, ...],
    interval: Callable[..., tuple[Floats, Floats]],
) -> PopulationEstimate:  # fmt: skip
    """Strata with their sum; strata are independent, so that variances add."""
    total, total_variance = estimate.sum(), variance.sum()
    low, high = interval(seen.sum(), total, total_variance, level=level)
    return PopulationEstimate(
        estimate, variance, lower, upper, seen, float(total), float(total_variance),
        float(low), float(high), level, method, notes,
    )  # fmt: skip
