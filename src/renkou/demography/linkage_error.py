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

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats, not_negative, probabilities, refuse_where
from renkou.demography.dual_system import (
    DUAL_SYSTEM_NOTES,
    PopulationEstimate,
    chapman_variance,
    normal_quantile,
)


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
    miss, miss_variance = _share("matches_missed", matches_missed, matches_checked)
    false, false_variance = _share("strangers_linked", strangers_linked, strangers_checked)
    return LinkageRates(miss, false, miss_variance, false_variance)


def _share(name: str, wrong: npt.ArrayLike, checked: npt.ArrayLike) -> tuple[Floats, Floats]:
    found, of = np.broadcast_arrays(not_negative(name, wrong), not_negative(name, checked))
    refuse_where(
        name, found, (found > of) | (of == 0), "is part of a sample of at least one that was checked",
        "give the size of the sample first", "应是已核查样本的一部分，样本至少一人；请先给出样本量",
    )  # fmt: skip
    hits, misses = found + 0.5, of - found + 0.5
    return found / of, hits * misses / ((of + 1) ** 2 * (of + 2))


def known_rates(
    miss_rate: npt.ArrayLike,
    false_link_rate: npt.ArrayLike,
    miss_variance: npt.ArrayLike = 0.0,
    false_link_variance: npt.ArrayLike = 0.0,
) -> LinkageRates:
    """Rates from a publication or a quality report, with the variances that it gives."""
    return LinkageRates(
        probabilities("miss_rate", miss_rate),
        probabilities("false_link_rate", false_link_rate),
        not_negative("miss_variance", miss_variance),
        not_negative("false_link_variance", false_link_variance),
    )


@dataclass(frozen=True)
class Matches:
    """True matches behind the links that were made, with what is not known of them.

    `variance` holds the chance in linking itself and the uncertainty of the rates, apart in
    `by_chance` and `by_rates`; the last is shared by all strata with the same rates.
    """

    count: Floats
    by_chance: Floats
    by_miss_rate: Floats  # derivative by the rate, times its standard error: keeps the sign
    by_false_link_rate: Floats
    notes: tuple[str, ...]

    @property
    def variance(self) -> Floats:
        """All of it, stratum by stratum."""
        return self.by_chance + self.by_miss_rate**2 + self.by_false_link_rate**2


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
    over = int((count > of).sum())
    count = np.minimum(count, of)
    chance = (count * miss * (1 - miss) + (of - count) * false * (1 - false)) / told**2
    return Matches(
        count, chance, count / told * np.sqrt(rates.miss_variance),
        -(of - count) / told * np.sqrt(rates.false_link_variance), _notes(rates, over),
    )  # fmt: skip


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

    The interval is log-normal in the people beyond the larger list: who stands in either list is not
    known for sure where links may be wrong. Uncertainty of shared rates does not cancel between
    strata, so that their standard errors add before they are squared.

    >>> right = dual_system_with_linkage_error(900, 950, 866, linkage_rates(1000, 5, 400, 0))
    >>> round(right.total, 1), right.total_lower < 982.8 < right.total_upper
    (982.4, True)
    """
    n1, n2 = np.broadcast_arrays(not_negative("first", first), not_negative("second", second))
    matches = corrected_matches(linked, n2, rates)
    m = np.minimum(matches.count, n1)
    over = int((matches.count > n1).sum())
    notes = DUAL_SYSTEM_NOTES[:1] + (_notes(rates, over) if over else matches.notes)
    estimate = (n1 + 1) * (n2 + 1) / (m + 1) - 1
    slope = (n1 + 1) * (n2 + 1) / (m + 1) ** 2
    own = chapman_variance(n1, n2, m) + slope**2 * matches.by_chance
    shared = [slope * matches.by_miss_rate, slope * matches.by_false_link_rate]
    variance = own + shared[0] ** 2 + shared[1] ** 2
    lower, upper = beyond_the_larger(n1, n2, estimate, variance, level=level)
    one_rate = rates.miss_rate.size == 1
    total_variance = own.sum() + sum(
        part.sum() ** 2 if one_rate else (part**2).sum() for part in shared
    )
    low, high = beyond_the_larger(n1.sum(), n2.sum(), estimate.sum(), total_variance, level=level)
    return PopulationEstimate(
        estimate, variance, lower, upper, n1 + n2 - m, float(estimate.sum()), float(total_variance),
        float(low), float(high), level, "chapman, links corrected", notes,
    )  # fmt: skip


def beyond_the_larger(
    first: Floats, second: Floats, estimate: Floats, variance: Floats, *, level: float = 0.95
) -> tuple[Floats, Floats]:
    """Log-normal interval of a population of which the larger list is certain.

    Half a person at least counts as beyond the list, so that nobody found beyond it still leaves room.
    """
    certain = np.maximum(first, second)
    beyond = np.maximum(estimate - certain, 0.5)
    factor = np.exp(normal_quantile(level) * np.sqrt(np.log1p(variance / beyond**2)))
    return certain + beyond / factor, certain + beyond * factor


def _notes(rates: LinkageRates, over: int) -> tuple[str, ...]:
    miss, false = np.mean(rates.miss_rate), np.mean(rates.false_link_rate)
    notes = [
        f"Links corrected for a miss rate of {miss:.2%} and a false-link rate of {false:.2%}, taken "
        "to be alike within a stratum; their own uncertainty is in the interval. "
        f"关联已按漏关联率 {miss:.2%}、误关联率 {false:.2%} 校正，其不确定性已计入区间。"
    ]
    if over:
        notes.append(
            f"In {over} strata the corrected matches were more than a list holds; all of it is taken "
            f"as matched. {over} 个层校正后的匹配数超过名册人数，按全部匹配计。"
        )
    return tuple(notes)
