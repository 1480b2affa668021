"""Watching the sex ratio at birth: which areas and periods have too many boys to be chance. Pure.

It speaks of areas and periods, never of a person, a family or a clinic, and no function here takes or
returns anything that could name one. The sex of one child says nothing of how it came to be: a family
of three sons is common, and only among hundreds of births can selection be told from chance. A finding
says where officials should look at causes and at the registration of girls; it accuses nobody, ranks
nobody, and is no target (a late-registered girl skews an area as much as one not born).

Each area and period is tested against a reference probability of a boy: of 106 boys to 100 girls unless
said otherwise. Of many tests some succeed by chance; the share of false ones among those named is held
down over all areas and periods together.

Sources: exact binomial test with mid-p, Lancaster (1961), JASA 56:223-234; Benjamini & Hochberg (1995),
JRSS B 57:289-300; Benjamini & Yekutieli (2001), Annals of Statistics 29:1165-1188.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import stats

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats, not_negative, positive, probabilities, refuse_where
from renkou.demography.rates.intervals import Interval, together
from renkou.demography.rates.ratio_intervals import ratio_interval

Alternative = Literal["two-sided", "more-boys"]
Discovery = Literal["benjamini-hochberg", "benjamini-yekutieli"]
Bools = npt.NDArray[np.bool_]

NATURAL_RATIO = 106.0  # males per 100 females, where nothing selects
FEWEST_BIRTHS = 100
OWN_REFERENCE = (
    "the reference is the ratio of all these births together: what skews every area alike is unseen"
)
NO_GIRLS = "no sex ratio is given where no girl was born"


@dataclass(frozen=True)
class SexRatioWatch:
    """Areas and periods with their sex ratio at birth, tested together."""

    sex_ratio: Floats  # males per 100 females; nan where not tested or no girl was born
    interval: Interval  # of it, by itself
    p_value: Floats  # nan where not tested
    adjusted_p: Floats  # for all tests together; nan where not tested
    found: Bools  # differs from the reference by more than chance
    tested: Bools
    reference: Floats  # males per 100 females
    false_discovery_rate: float
    method: str
    notes: tuple[str, ...] = ()


def watch_sex_ratios(
    male_births: npt.ArrayLike,
    female_births: npt.ArrayLike,
    reference: npt.ArrayLike | None = NATURAL_RATIO,
    *,
    alternative: Alternative = "two-sided",
    discovery: Discovery = "benjamini-hochberg",
    false_discovery_rate: float = 0.05,
    fewest_births: int = FEWEST_BIRTHS,
    level: float = 0.95,
) -> SexRatioWatch:
    """Test every area and period, and say which differ beyond chance.

    Parameters
    ----------
    male_births, female_births : any shape, such as (n_areas, n_periods); live births
    reference : males per 100 females, broadcast; None takes that of all these births together
    alternative : 'two-sided', or 'more-boys' than the reference
    discovery : 'benjamini-hochberg', or 'benjamini-yekutieli' where tests depend on each other anyhow,
        as an area and the county it lies in
    false_discovery_rate : expected share of false ones among those found
    fewest_births : with fewer births a cell is not tested

    Raises
    ------
    FiguresRefused
        If a count is negative or no whole number, or an option is none.

    >>> found = watch_sex_ratios([520, 620, 30], [490, 480, 2])
    >>> found.found.tolist(), found.tested.tolist()
    ([False, True, False], [True, True, False])
    """
    boys, girls = together(
        male_births=_whole("male_births", male_births),
        female_births=_whole("female_births", female_births),
    )
    target, notes = _reference(boys, girls, reference)
    births = boys + girls
    tested = births >= _at_least_one(fewest_births)
    p_value = np.full(births.shape, np.nan)
    chance = np.broadcast_to(target / (100 + target), births.shape)
    p_value[tested] = mid_p_value(boys[tested], births[tested], chance[tested], alternative)
    adjusted = adjusted_p_values(p_value, discovery)
    if not tested.all():
        notes += (
            f"not tested, having fewer than {fewest_births} births: {(~tested).sum()} of {tested.size}",
        )
    shown = tested & (girls > 0)
    notes += (NO_GIRLS,) if (tested & ~shown).any() else ()
    ratio, interval = _shown(boys, girls, shown, level)
    found = tested & (np.where(tested, adjusted, 1.0) <= error_rate(false_discovery_rate))
    return SexRatioWatch(
        ratio, interval, p_value, adjusted, found, tested, target, false_discovery_rate,
        f"exact binomial, mid-p, {alternative}; {discovery} over {tested.sum()} tests", notes,
    )  # fmt: skip


def mid_p_value(
    count: npt.ArrayLike, total: npt.ArrayLike, chance: npt.ArrayLike, alternative: Alternative
) -> Floats:
    """Probability of as much or more under the reference, what was observed counted half.

    Parameters
    ----------
    count, total : any shape, successes among trials
    chance : of a success under the reference, in [0, 1]
    alternative : 'two-sided' doubles the smaller tail; 'more-boys' takes the upper one

    >>> mid_p_value(8, 10, 0.5, "more-boys").round(4)
    np.float64(0.0327)
    """
    x, n, p = together(
        count=not_negative("count", count),
        total=not_negative("total", total),
        chance=probabilities("chance", chance),
    )
    refuse_where(
        "count", x, x > n, "a part is not above its total", "check that both count the same births",
        "部分不得大于总数；请检查两者是否统计同一批出生",
    )  # fmt: skip
    upper = np.asarray(stats.binom.sf(x, n, p) + stats.binom.pmf(x, n, p) / 2)
    if alternative == "more-boys":
        return upper
    if alternative != "two-sided":
        raise FiguresRefused(
            "alternative", repr(alternative), "is 'two-sided' or 'more-boys'", "name one of the two",
            zh="应为 'two-sided'（双侧）或 'more-boys'（男婴偏多）；请选其一",
        )  # fmt: skip
    lower = stats.binom.cdf(x - 1, n, p) + stats.binom.pmf(x, n, p) / 2
    return np.minimum(
        2 * np.minimum(lower, upper), 1.0
    )  # two equal tails can round to just above 1


def adjusted_p_values(p_values: npt.ArrayLike, discovery: Discovery) -> Floats:
    """p values that may be compared with a false-discovery rate, over all places at once.

    Parameters
    ----------
    p_values : any shape; nan where nothing was tested, and there alone the result is nan

    >>> adjusted_p_values([0.01, np.nan, 0.02, 0.5], "benjamini-hochberg")
    array([0.03,  nan, 0.03, 0.5 ])
    """
    known = {"benjamini-hochberg": "bh", "benjamini-yekutieli": "by"}
    if discovery not in known:
        raise FiguresRefused(
            "discovery", repr(discovery), f"is one of {', '.join(known)}", "name one of the two",
            zh=f"应为 {'、'.join(known)} 之一；请选其一",
        )  # fmt: skip
    given = np.asarray(p_values, dtype=np.float64)
    there = ~np.isnan(given)
    adjusted = np.full(given.shape, np.nan)
    if there.any():
        checked = probabilities("p_values", given[there])
        adjusted[there] = stats.false_discovery_control(checked, method=known[discovery])
    return adjusted


def error_rate(false_discovery_rate: float) -> float:
    """A false-discovery rate between 0 and 1.

    Raises
    ------
    FiguresRefused
        If it is none.
    """
    if not 0 < false_discovery_rate < 1:
        raise FiguresRefused(
            "false_discovery_rate", false_discovery_rate, "lies between 0 and 1",
            "write 0.05 for 5 %", zh="错误发现率应在 0 与 1 之间；5 % 请写作 0.05",
        )  # fmt: skip
    return false_discovery_rate


def _reference(
    boys: Floats, girls: Floats, reference: npt.ArrayLike | None
) -> tuple[Floats, tuple[str, ...]]:
    if reference is not None:
        target = positive("reference", reference)
        refuse_where(
            "reference", target, (target < 50) | (target > 200), "is males per 100 females, near 106",
            "multiply a ratio per one by 100", "为每百名女婴对应的男婴数，约 106；按每一名计的请乘以 100",
        )  # fmt: skip
        return target, ()
    return 100 * boys.sum() / positive("female_births summed", girls.sum()), (OWN_REFERENCE,)


def _shown(boys: Floats, girls: Floats, shown: Bools, level: float) -> tuple[Floats, Interval]:
    """Ratio and interval where they are shown, nan elsewhere."""
    divisor = np.where(shown, girls, 1.0)
    interval = ratio_interval(np.where(shown, boys, 1.0), divisor, 100, level)
    return np.where(shown, 100 * boys / divisor, np.nan), replace(
        interval,
        lower=np.where(shown, interval.lower, np.nan),
        upper=np.where(shown, interval.upper, np.nan),
    )


def _whole(name: str, births: npt.ArrayLike) -> Floats:
    array = not_negative(name, births)
    refuse_where(
        name, array, array != np.floor(array), "births are whole", "give counts, not rates",
        "出生人数应为整数；请给出人数而不是率",
    )  # fmt: skip
    return array


def _at_least_one(fewest_births: int) -> int:
    if fewest_births < 1:
        raise FiguresRefused(
            "fewest_births", fewest_births, "a test needs at least one birth",
            f"leave it at {FEWEST_BIRTHS} or choose more",
            zh=f"检验至少需要一例出生；请用默认的 {FEWEST_BIRTHS} 或更大的数",
        )  # fmt: skip
    return fewest_births
