"""An audit of villages: how many to visit, and what their misses say of the whole area. Pure.

People of one village are missed together, so that a hundred villages of ten tell more than ten of a
hundred: the design effect says by how much.

Sources: Kish (1965), Survey Sampling, ch. 5; Eldridge, Ashby & Kerry (2006), International Journal of
Epidemiology 35, 1292-1300, for villages of unequal size; Ridout, Demétrio & Firth (1999), Biometrics
55, 137-148, for the intraclass correlation; Cochran (1977), Sampling Techniques, 3rd ed., chs 6 and 9A;
Korn & Graubard (1998), Survey Methodology 24, 193-201, for intervals of rare misses.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import beta, chi2, norm
from scipy.stats import t as student

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats, not_negative, positive, probabilities, refuse_where
from renkou.demography.rates.intervals import normal_quantile


@dataclass(frozen=True)
class AuditPlan:
    """How many villages an audit should visit."""

    villages: int
    people: int  # expected to be checked
    design_effect: float
    half_width: float  # of the interval that so many villages give
    notes: tuple[str, ...]


@dataclass(frozen=True)
class AuditResult:
    """What share of people the lists miss, from the villages audited."""

    rate: float
    lower: float
    upper: float
    standard_error: float
    design_effect: float
    degrees: float
    villages: int
    checked: float
    missed: float
    notes: tuple[str, ...]


def design_effect(
    village_size: float, intraclass_correlation: float, size_variation: float = 0.0
) -> float:
    """By how much clusters raise the variance over as many people drawn one by one.

    Parameters
    ----------
    village_size : mean number of people checked in a village
    intraclass_correlation : how alike people of one village are, see `intraclass_correlation`
    size_variation : coefficient of variation of the villages' sizes

    Source: Eldridge, Ashby & Kerry (2006), eq. 3; equal sizes: Kish (1965), p. 162.

    >>> design_effect(300, 0.02)
    6.98
    """
    size = float(positive("village_size", village_size))
    variation = float(not_negative("size_variation", size_variation))
    return 1 + ((variation**2 + 1) * size - 1) * float(
        probabilities("intraclass_correlation", intraclass_correlation)
    )


def intraclass_correlation(missed: npt.ArrayLike, checked: npt.ArrayLike) -> float:
    """How alike people of one village are in being missed, from a pilot (analysis of variance).

    May be below 0 by chance; plan with 0 then. Source: Ridout et al. (1999), eq. 3.

    >>> round(intraclass_correlation([0, 5, 0, 5], [10, 10, 10, 10]), 3)
    0.333
    """
    x, m = _villages(missed, checked)
    people, villages = m.sum(), len(m)
    if people <= villages or x.sum() in (0, people):
        raise FiguresRefused(
            "missed", f"{x.sum():g} of {people:g}",
            "some people are missed and some not, and villages have more than one",
            "take a larger pilot", zh="应有人漏登且有人未漏登，且每村多于一人；请扩大试点",
        )  # fmt: skip
    rate = x.sum() / people
    between = (m * (x / m - rate) ** 2).sum() / (villages - 1)
    within = (x * (1 - x / m)).sum() / (people - villages)
    typical = (people - (m**2).sum() / people) / (villages - 1)
    return float((between - within) / (between + (typical - 1) * within))


def audit_sample_size(
    expected_rate: float,
    half_width: float,
    *,
    village_size: float,
    intraclass_correlation: float,
    villages_in_area: float | None = None,
    size_variation: float = 0.0,
    response: float = 1.0,
    level: float = 0.95,
) -> AuditPlan:
    """How many villages give the wanted precision of the share of people missed.

    Parameters
    ----------
    expected_rate : share of people whom the lists are thought to miss
    half_width : wanted half of the interval, as a share (0.002 for ± 0.2 points)
    village_size, intraclass_correlation, size_variation : see `design_effect`
    villages_in_area : of how many villages they are drawn; none: very many
    response : share of people who can be met

    Student's t with one degree less than villages, so that few villages are not thought to tell more
    than they do.

    >>> audit_sample_size(0.02, 0.005, village_size=300, intraclass_correlation=0.02).villages
    73
    """
    rate, width = float(probabilities("expected_rate", expected_rate)), float(half_width)
    share = float(positive("response", response))
    if not 0 < width < 1 or not 0 < rate < 1 or share > 1:
        raise FiguresRefused(
            "expected_rate, half_width, response", f"{rate:g}, {width:g}, {share:g}",
            "are shares above 0, and the first two below 1", "give 0.01 for one per cent",
            zh="均应为大于 0 的份额，前两者小于 1；百分之一请写 0.01",
        )  # fmt: skip
    met = village_size * share
    effect = max(design_effect(met, intraclass_correlation, size_variation), 1.0)
    everywhere = np.inf if villages_in_area is None else float(villages_in_area)
    if everywhere < 2:
        raise FiguresRefused(
            "villages_in_area", everywhere, "is two at least", "check the one village completely",
            zh="至少两个村；只有一个村时请全部核查",
        )  # fmt: skip
    spread = np.sqrt(rate * (1 - rate) * effect / met)
    number = _fewest(spread, width, everywhere, level)
    reached = _half_width(number, spread, everywhere, level)
    people = round(number * met)
    return AuditPlan(number, people, effect, reached, _plan_notes(number, everywhere))


def _half_width(villages: int, spread: float, everywhere: float, level: float) -> float:
    """Of the interval that so many villages give (Cochran 1977, p. 24, for those not drawn)."""
    left = 1 - villages / everywhere
    return float(student.ppf(0.5 + level / 2, villages - 1) * spread * np.sqrt(left / villages))


def _fewest(spread: float, width: float, everywhere: float, level: float) -> int:
    """The fewest villages that reach a half-width, by bisection."""
    low, high = 1, 2
    while high < everywhere and _half_width(high, spread, everywhere, level) > width:
        low, high = high, 2 * high
    high = int(min(high, everywhere))
    while high - low > 1:
        middle = (low + high) // 2
        if _half_width(middle, spread, everywhere, level) > width:
            low = middle
        else:
            high = middle
    return high


def _plan_notes(villages: int, everywhere: float) -> tuple[str, ...]:
    notes = [
        "Assumed: villages drawn by chance, all people of a village checked. "
        "假设：随机抽取村（社区），村内全部核查。"
    ]
    if villages >= everywhere:
        notes.append("All villages are needed. 需要核查全部村（社区）。")
    return tuple(notes)


def audit_miss_rate(
    missed: npt.ArrayLike,
    checked: npt.ArrayLike,
    *,
    weights: npt.ArrayLike | None = None,
    design_strata: npt.ArrayLike | None = None,
    villages_in_area: npt.ArrayLike | None = None,
    level: float = 0.95,
) -> AuditResult:
    """Share of people whom the lists miss, with a design-based interval.

    Parameters
    ----------
    missed, checked : shape (villages,), people found missing and people checked
    weights : shape (villages,), one over the chance of the village to be drawn (with probability
        proportional to size: total size over n times its size); none: all alike
    design_strata : shape (villages,), label of each village where they were drawn apart
    villages_in_area : in all, or by design stratum in ascending order of labels: villages drawn
        without replacement; none: as with replacement, a little too wide

    Ratio of totals with linearised variance; the interval is Korn and Graubard's, exact for rare
    misses: of a binomial with as many people as the design is worth, at most those checked.

    >>> found = audit_miss_rate([0, 2, 1, 0, 3], [310, 290, 305, 280, 330])
    >>> round(found.rate, 4), round(found.lower, 4), round(found.upper, 4)
    (0.004, 0.0006, 0.0134)
    """
    x, m = _villages(missed, checked)
    weight = np.ones(len(m)) if weights is None else positive("weights", weights)
    label = (
        np.zeros(len(m), int)
        if design_strata is None
        else np.unique(np.asarray(design_strata), return_inverse=True)[1]
    )
    if weight.shape != m.shape or label.shape != m.shape:
        raise FiguresRefused(
            "weights and design_strata", f"{weight.shape} and {label.shape}",
            f"have one value for each of the {len(m)} villages", "give the villages in one order",
            zh="每村应各有一个值；请按相同顺序给出",
        )  # fmt: skip
    drawn = np.bincount(label)
    fraction = _fraction(drawn, villages_in_area)
    rate = float((weight * x).sum() / (weight * m).sum())
    variance = _linearised(weight * (x - rate * m) / (weight * m).sum(), label, drawn, fraction)
    single = rate * (1 - rate) / m.sum()
    effect = variance / single if single > 0 else 1.0
    degrees = len(m) - len(drawn)
    if x.sum() in (0, m.sum()):
        # Without a miss the villages cannot show how alike their people are.
        return _from_totals(x.sum(), m.sum(), len(m), 1.0, degrees, level, _ONLY)
    lower, upper = _korn_graubard(rate, variance, m.sum(), degrees, level)
    return AuditResult(
        rate, lower, upper, float(np.sqrt(variance)), float(effect), degrees, len(m), float(m.sum()),
        float(x.sum()), (_NOTE.format(len(m), len(m)),),
    )  # fmt: skip


_NOTE = "Design-based over {} villages, Korn-Graubard. 以 {} 个村（社区）为抽样单元，Korn-Graubard 区间。"
_ONLY = (
    "Nobody (or everybody) was missed: the design effect cannot be seen and is taken as 1; give one to "
    "audit_miss_rate_from_totals. 无人漏登（或全部漏登），无法估计设计效应，按 1 计。",
)


def audit_miss_rate_from_totals(
    missed: float, checked: float, villages: int, *, design_effect: float, level: float = 0.95
) -> AuditResult:
    """The same where only totals are known, such as '28 points checked, 33 people missed'.

    The design effect must be assumed, and is named in the notes.

    >>> found = audit_miss_rate_from_totals(33, 28 * 300, 28, design_effect=3.0)
    >>> f"{found.rate:.2%} ({found.lower:.2%} to {found.upper:.2%})"
    '0.39% (0.19% to 0.72%)'
    """
    effect = float(positive("design_effect", design_effect))
    if not 0 <= missed <= checked or villages < 2:
        raise FiguresRefused(
            "missed, checked, villages", f"{missed:g}, {checked:g}, {villages}",
            "the missed are among the checked, in two villages at least", "check the totals",
            zh="漏登人数不超过核查人数，且至少两个村；请核对合计",
        )  # fmt: skip
    note = (
        f"Only totals known; design effect {effect:g} assumed. 仅有合计数；设计效应假定为 {effect:g}。",
    )
    return _from_totals(missed, checked, villages, effect, villages - 1, level, note)


def _from_totals(
    missed: float, checked: float, villages: int, effect: float, degrees: float, level: float,
    notes: tuple[str, ...],
) -> AuditResult:  # fmt: skip
    rate = missed / checked
    # A rate of nothing has the variance of half a person missed.
    about = (missed + 0.5) / (checked + 1) if missed in (0, checked) else rate
    variance = effect * about * (1 - about) / checked
    worth = checked / effect / _fewer(checked, degrees, level)
    lower, upper = _clopper_pearson(rate * worth, worth, level)
    return AuditResult(
        float(rate), lower, upper, float(np.sqrt(variance)), effect, degrees, villages, float(checked),
        float(missed), notes,
    )  # fmt: skip


def miss_count_interval(
    missed: float, *, design_effect: float = 1.0, level: float = 0.95
) -> tuple[float, float]:
    """Interval of a count of misses when it is not even known how many people were checked.

    Garwood's for a Poisson count, of a count as many times smaller as the design effect says.

    >>> [round(end, 1) for end in miss_count_interval(33)]
    [22.7, 46.3]
    """
    count, effect = (
        float(not_negative("missed", missed)),
        float(positive("design_effect", design_effect)),
    )
    normal_quantile(level)
    tail, worth = (1 - level) / 2, count / effect
    lower = chi2.ppf(tail, 2 * worth) / 2 if worth else 0.0
    return float(lower * effect), float(chi2.ppf(1 - tail, 2 * worth + 2) / 2 * effect)


def _villages(missed: npt.ArrayLike, checked: npt.ArrayLike) -> tuple[Floats, Floats]:
    x, m = not_negative("missed", missed), positive("checked", checked)
    if x.ndim != 1 or x.shape != m.shape or len(x) < 2:
        raise FiguresRefused(
            "missed and checked", f"{x.shape} and {m.shape}",
            "have one value for each of two villages at least", "give one row per village",
            zh="至少两个村，每村各一个值；请每村一行",
        )  # fmt: skip
    refuse_where(
        "missed", x, x > m, "is part of those checked", "count each person once",
        "不得大于核查人数；每人只计一次",
    )  # fmt: skip
    return x, m


def _fraction(drawn: npt.NDArray[np.int64], totals: npt.ArrayLike | None) -> Floats:
    if (drawn < 2).any():
        raise FiguresRefused(
            "design_strata", int(drawn.min()), "each has two villages at least", "join design strata",
            zh="每个抽样层至少两个村；请合并抽样层",
        )  # fmt: skip
    if totals is None:
        return np.zeros(len(drawn))
    known = np.broadcast_to(positive("villages_in_area", totals), drawn.shape).astype(float)
    refuse_where(
        "villages_in_area", known, known < drawn, "is at least the villages drawn",
        "count all villages of the area", "不得少于抽取的村数；请给出全部村数",
    )  # fmt: skip
    return drawn / known


def _linearised(
    score: Floats, label: npt.NDArray[np.int64], drawn: npt.NDArray[np.int64], fraction: Floats
) -> float:
    """Variance of a ratio from its linearised scores, by design stratum (Cochran 1977, p. 155)."""
    mean = np.bincount(label, score) / drawn
    apart = np.bincount(label, (score - mean[label]) ** 2)
    return float(((1 - fraction) * drawn / (drawn - 1) * apart).sum())


def _fewer(checked: float, degrees: float, level: float) -> float:
    """By how much few villages lessen what people are worth (Korn & Graubard 1998, p. 195)."""
    side = 0.5 + level / 2
    all_of_them = student.ppf(side, max(checked - 1, 1)) if checked < 1e6 else norm.ppf(side)
    return float((student.ppf(side, max(degrees, 1)) / all_of_them) ** 2)


def _korn_graubard(
    rate: float, variance: float, checked: float, degrees: float, level: float
) -> tuple[float, float]:
    people = rate * (1 - rate) / variance if variance > 0 else checked
    worth = min(people / _fewer(checked, degrees, level), checked)
    return _clopper_pearson(rate * worth, worth, level)


def _clopper_pearson(hits: float, size: float, level: float) -> tuple[float, float]:
    tail = (1 - level) / 2
    lower = beta.ppf(tail, hits, size - hits + 1) if hits > 0 else 0.0
    upper = beta.ppf(1 - tail, hits + 1, size - hits) if hits < size else 1.0
    return float(lower), float(upper)
