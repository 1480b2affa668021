"""Dual systems whose links are not all right: matches missed and links that are false. Pure.

A missed match counts one person as two and makes the estimate too high; a false link makes it too
low. Both rates are measured on a sample of links looked at by people, and how uncertain they are goes
into the interval.

Sources: Ding & Fienberg (1994), Survey Methodology 20, 149-158; Di Consiglio & Tuoto (2015), Journal
of Official Statistics 31, 415-429; de Wolf, van der Laan & Zult (2019), Journal of Official
Statistics 35, 577-597, who let records of both lists be linked falsely.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import beta

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats, not_negative, probabilities, refuse_where
from renkou.demography.coverage.dual_system import (
    DUAL_SYSTEM_NOTES,
    PopulationEstimate,
    chapman_variance,
    predictive_interval,
)
from renkou.demography.rates.intervals import normal_quantile


@dataclass(frozen=True)
class LinkageRates:
    """How often links go wrong, with the variance of each rate as it was measured.

    `miss_rate`: share of the second list's people who stand in the first list and are linked to
    nobody there. `false_link_rate`: share of its people who do not stand in the first list and are
    linked all the same. Who is linked to the wrong one of the first list though the right one stands
    there counts as linked: the coverage of the list comes out right.
    """

    miss_rate: Floats
    false_link_rate: Floats
    miss_variance: Floats
    false_link_variance: Floats
    matches_checked: Floats  # how many a sample would have that tells the rate so well; inf: known
    strangers_checked: Floats

    def limits(self, level: float) -> tuple[Floats, Floats, Floats, Floats]:
        """Lower and upper limit of the miss rate, then of the false-link rate (Jeffreys)."""
        tail = (1 - level) / 2
        return (
            *_limits(self.miss_rate, self.matches_checked, tail),
            *_limits(self.false_link_rate, self.strangers_checked, tail),
        )


def _limits(rate: Floats, checked: Floats, tail: float) -> tuple[Floats, Floats]:
    sure = ~np.isfinite(checked)
    size = np.where(sure, 1.0, checked)
    hits, misses = rate * size + 0.5, (1 - rate) * size + 0.5
    low, high = beta.ppf(tail, hits, misses), beta.ppf(1 - tail, hits, misses)
    # Without an error found the rate may be nothing, with errors alone it may be all.
    low, high = np.where(rate == 0, 0.0, low), np.where(rate == 1, 1.0, high)
    return np.where(sure, rate, low), np.where(sure, rate, high)


def linkage_rates(
    matches_checked: npt.ArrayLike,
    matches_missed: npt.ArrayLike,
    strangers_checked: npt.ArrayLike,
    strangers_linked: npt.ArrayLike,
) -> LinkageRates:
    """Rates measured on a sample whose truth was looked up by people, in all or by stratum.

    Parameters
    ----------
    matches_checked, matches_missed : people who stand in both lists, and those of them not linked
    strangers_checked, strangers_linked : people of the second list who do not stand in the first,
        and those of them who were linked

    The variance is that of the rate's distribution under Jeffreys' prior, so that a sample without
    an error does not pass for a proof.

    >>> rates = linkage_rates(1000, 4, 200, 0)
    >>> float(rates.miss_rate), float(rates.false_link_rate), rates.false_link_variance > 0
    (0.004, 0.0, np.True_)
    """
    miss, miss_variance, matches = _share("matches_missed", matches_missed, matches_checked)
    false, false_variance, strangers = _share(
        "strangers_linked", strangers_linked, strangers_checked
    )
    return LinkageRates(miss, false, miss_variance, false_variance, matches, strangers)


def _share(
    name: str, wrong: npt.ArrayLike, checked: npt.ArrayLike
) -> tuple[Floats, Floats, Floats]:
    found, of = np.broadcast_arrays(not_negative(name, wrong), not_negative(name, checked))
    refuse_where(
        name, found, (found > of) | (of == 0), "is part of a sample of at least one that was checked",
        "give the size of the sample first", "应是已核查样本的一部分，样本至少一人；请先给出样本量",
    )  # fmt: skip
    hits, misses = found + 0.5, of - found + 0.5
    return found / of, hits * misses / ((of + 1) ** 2 * (of + 2)), of


def known_rates(
    miss_rate: npt.ArrayLike,
    false_link_rate: npt.ArrayLike,
    miss_variance: npt.ArrayLike = 0.0,
    false_link_variance: npt.ArrayLike = 0.0,
) -> LinkageRates:
    """Rates from a publication or a quality report, with the variances that it gives."""
    miss = probabilities("miss_rate", miss_rate)
    false = probabilities("false_link_rate", false_link_rate)
    spread = not_negative("miss_variance", miss_variance)
    other = not_negative("false_link_variance", false_link_variance)
    return LinkageRates(miss, false, spread, other, _size(miss, spread), _size(false, other))


def _size(rate: Floats, variance: Floats) -> Floats:
    """The sample that would give a rate such a variance."""
    with np.errstate(divide="ignore", invalid="ignore"):
        inside = rate * (1 - rate) / variance
        return np.where(
            variance == 0, np.inf, np.where(inside > 0, inside, np.sqrt(0.5 / variance))
        )


@dataclass(frozen=True)
class Matches:
    """True matches behind the links that were made, with what is not known of them.

    `count` may pass what a list holds, by chance: cutting it would bias sums of strata. `by_chance` is
    the variance of linking itself; the others say by how much `count` moves with each rate.
    """

    count: Floats
    by_chance: Floats
    by_miss_rate: Floats
    by_false_link_rate: Floats
    notes: tuple[str, ...]


def corrected_matches(linked: npt.ArrayLike, second: npt.ArrayLike, rates: LinkageRates) -> Matches:
    """How many of the second list's people stand in the first, from those who were linked.

    linked = m (1 - miss) + (second - m) false, solved for m (Ding & Fienberg 1994, eq. 3.3).

    Raises
    ------
    FiguresRefused
        If more are linked than stand in the list, fewer than the false links alone would be, or
        links tell nothing because miss rate and false-link rate add to 1.

    >>> corrected_matches(850, 900, known_rates(0.02, 0.01)).count.round(1)
    np.float64(867.0)
    """
    found, of = np.broadcast_arrays(not_negative("linked", linked), not_negative("second", second))
    miss, false = rates.miss_rate, rates.false_link_rate
    _refuse_useless(miss, false)
    refuse_where(
        "linked", found, found > of, "is at most the second list", "count each person once",
        "不得大于第二份名册；每人只计一次",
    )  # fmt: skip
    told = 1 - miss - false
    count = (found - of * false) / told
    refuse_where(
        "linked", found, count < 0, "is above what false links alone would give",
        "check the false-link rate, or join small strata",
        "应多于仅由误关联产生的数；请检查误关联率或合并小层",
    )  # fmt: skip
    within = np.clip(count, 0, of)
    chance = (within * miss * (1 - miss) + (of - within) * false * (1 - false)) / told**2
    notes = _notes(rates, int((count > of).sum()))
    return Matches(count, chance, count / told, (count - of) / told, notes)


def _refuse_useless(miss: Floats, false: Floats) -> None:
    if (miss + false >= 1).any():
        raise FiguresRefused(
            "miss_rate + false_link_rate", f"{np.max(miss + false):g}",
            "links tell something, so that the two add to less than 1", "measure the rates again",
            zh="关联应有信息量，两率之和应小于 1；请重新测定",
        )  # fmt: skip


def dual_system_with_linkage_error(
    first: npt.ArrayLike,
    second: npt.ArrayLike,
    linked: npt.ArrayLike,
    rates: LinkageRates,
    *,
    level: float = 0.95,
) -> PopulationEstimate:
    """Population size from two lists whose links were made with known rates of error.

    Parameters
    ----------
    first, second : shape of the strata, people in each list
    linked : the same shape, people of the second list linked to somebody of the first
    rates : of each stratum or shared by all

    The interval joins the chance of the lists (negative binomial in the people missed) with the
    limits of the rates, each to its own side (MOVER, Zou & Donner 2008, Statistics in Medicine 27,
    1693-1702). A rate shared by all strata errs in all of them alike.

    >>> right = dual_system_with_linkage_error(900, 950, 866, linkage_rates(1000, 5, 400, 0))
    >>> round(right.total, 1), right.total_lower < 982.8 < right.total_upper
    (982.4, True)
    """
    n1, n2 = np.broadcast_arrays(not_negative("first", first), not_negative("second", second))
    matches = corrected_matches(linked, n2, rates)
    m = matches.count
    notes = DUAL_SYSTEM_NOTES[:1] + _notes(rates, int((m > np.minimum(n1, n2)).sum()))
    estimate = (n1 + 1) * (n2 + 1) / (m + 1) - 1
    slope = (n1 + 1) * (n2 + 1) / (m + 1) ** 2
    lists = chapman_variance(n1, n2, np.minimum(m, np.minimum(n1, n2)))
    parts = _Parts(
        n1 + n2 - m, estimate, lists, slope**2 * matches.by_chance,
        np.abs(slope * matches.by_miss_rate), np.abs(slope * matches.by_false_link_rate),
    )  # fmt: skip
    lower, upper = parts.interval(rates, level)
    whole = parts.together(shared=rates.miss_rate.size == 1)
    (low, high), total = whole.interval(rates, level), whole.variance(rates)
    return PopulationEstimate(
        estimate, parts.variance(rates), lower, upper, n1 + n2 - m, float(np.sum(estimate)),
        float(np.sum(total)), float(low), float(high), level, "chapman, links corrected", notes,
    )  # fmt: skip


@dataclass(frozen=True)
class _Parts:
    """An estimate and what makes it uncertain: the lists, the linking, and how rates move it."""

    seen: Floats
    estimate: Floats
    lists: Floats  # variances
    linking: Floats
    by_miss: Floats  # people per unit of the rate
    by_false: Floats

    def together(self, *, shared: bool) -> _Parts:
        """The sum over strata; rates that are not shared are averaged by their squares."""
        seen, estimate, lists, linking = (
            np.asarray(np.sum(part))
            for part in (self.seen, self.estimate, self.lists, self.linking)
        )
        by_miss, by_false = (
            np.asarray(np.sum(part) if shared else np.sqrt(np.sum(part**2)))
            for part in (self.by_miss, self.by_false)
        )
        return _Parts(seen, estimate, lists, linking, by_miss, by_false)

    def variance(self, rates: LinkageRates) -> Floats:
        rated = self.by_miss**2 * _one(rates.miss_variance, self.by_miss)
        rated = rated + self.by_false**2 * _one(rates.false_link_variance, self.by_false)
        return self.lists + self.linking + rated

    def interval(self, rates: LinkageRates, level: float) -> tuple[Floats, Floats]:
        """Each side joined from the parts' own sides."""
        missed = np.maximum(self.estimate - self.seen, 0.5)
        low, high = predictive_interval(np.zeros_like(missed), missed, self.lists, level=level)
        chance = normal_quantile(level) ** 2 * self.linking
        limits = [_one(limit, self.by_miss) for limit in rates.limits(level)]
        miss, false = (
            _one(rate, self.by_miss) for rate in (rates.miss_rate, rates.false_link_rate)
        )
        down = (missed - low) ** 2 + (self.by_miss * (limits[1] - miss)) ** 2
        down = down + chance + (self.by_false * (false - limits[2])) ** 2
        up = (high - missed) ** 2 + (self.by_miss * (miss - limits[0])) ** 2
        up = up + chance + (self.by_false * (limits[3] - false)) ** 2
        return self.estimate - np.sqrt(down), self.estimate + np.sqrt(up)


def _one(rate: Floats, like: Floats) -> Floats:
    """Rates of strata as they are; of their sum the mean."""
    return rate if np.ndim(like) or np.ndim(rate) == 0 else np.asarray(np.mean(rate))


def _notes(rates: LinkageRates, over: int) -> tuple[str, ...]:
    miss, false = np.mean(rates.miss_rate), np.mean(rates.false_link_rate)
    notes = [
        f"Links corrected for a miss rate of {miss:.2%} and a false-link rate of {false:.2%}, taken "
        "to be alike within a stratum; their own uncertainty is in the interval. "
        f"关联已按漏关联率 {miss:.2%}、误关联率 {false:.2%} 校正，其不确定性已计入区间。"
    ]
    if over:
        notes.append(
            f"In {over} strata the corrected matches are more than a list holds, by chance; they are not "
            f"cut, so that sums stay right. {over} 个层校正后的匹配数因偶然超过名册人数；"
            "为保证合计无偏，未作截断。"
        )
    return tuple(notes)
