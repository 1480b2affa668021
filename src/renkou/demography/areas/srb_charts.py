"""The sex ratio at birth of an area over time: two cumulative charts. Pure.

A small lasting excess of boys hides in each month and shows in their sum. The first chart adds up boys
observed less boys expected, within a band that holds 95 % of areas where nothing selects, at any one
period. The second is a CUSUM: it adds the evidence (log-likelihood ratio) for a ratio of 115 against
one of 106, starts again whenever that falls below nothing, and signals above a limit h. The limit is
found by simulation, so that an area where nothing selects gives a false signal once in so many periods
on average (its average run length).

As `watch_sex_ratios`, charts are of areas: never of a person, a family or a clinic.

Sources: Page (1954), Biometrika 41:100-115; Steiner, Cook, Farewell & Treasure (2000), Biostatistics
1:441-452 (likelihood-ratio CUSUM of binary outcomes); Woodall (2006), Journal of Quality Technology
38:89-104 (average run lengths by simulation).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from renkou.core.errors import FiguresRefused
from renkou.demography.areas.srb_watch import NATURAL_RATIO
from renkou.demography.checked import Floats, not_negative, positive, refuse_where
from renkou.demography.rates.intervals import normal_quantile, together

Bools = npt.NDArray[np.bool_]

SELECTED_RATIO = 115.0  # the ratio that the CUSUM is quickest to find
AVERAGE_RUN_LENGTH = 120.0  # periods between false signals: ten years of months
POINTWISE = "the band is for one period at a time; the whole line leaves it more often than that"
RARE = "where there is less than one birth per period, the limit is that of one birth per period"
_SIZES_SIMULATED = 12  # numbers of births per period for which limits are simulated


@dataclass(frozen=True)
class SexRatioChart:
    """Cumulative charts; the last axis is the period."""

    excess_boys: (
        Floats  # shape (..., n_periods): boys observed less expected, since the first period
    )
    band: Floats  # same shape: half width of the pointwise band around 0
    cusum: Floats  # same shape: evidence for selection, in units of log likelihood
    limit: Floats  # shape (...): above it the CUSUM signals
    signal: Bools  # shape (..., n_periods)
    reference: float  # males per 100 females
    alternative: float
    level: float
    notes: tuple[str, ...] = ()


def sex_ratio_chart(
    male_births: npt.ArrayLike,
    female_births: npt.ArrayLike,
    limit: npt.ArrayLike | None = None,
    *,
    seed: int,
    reference: float = NATURAL_RATIO,
    alternative: float = SELECTED_RATIO,
    average_run_length: float = AVERAGE_RUN_LENGTH,
    level: float = 0.95,
) -> SexRatioChart:
    """Cumulative excess and CUSUM of each area.

    Parameters
    ----------
    male_births, female_births : shape (..., n_periods), live births in order of time
    limit : of the CUSUM, shape (...); simulated from the mean births per period if left out
    seed : of that simulation
    reference, alternative : males per 100 females: nothing selects, and what is to be found
    average_run_length : periods between false signals that the limit is to give

    Raises
    ------
    FiguresRefused
        If a count is negative, the alternative is not above the reference, or an option is none.

    >>> found = sex_ratio_chart([53, 53, 70, 70], [50, 50, 50, 50], limit=2.0, seed=1)
    >>> found.excess_boys.round(1), found.signal
    (array([ 0. ,  0. ,  8.3, 16.5]), array([False, False, False, False]))
    """
    boys, girls = together(
        male_births=np.atleast_1d(not_negative("male_births", male_births)),
        female_births=np.atleast_1d(not_negative("female_births", female_births)),
    )
    p, q = _chances(reference, alternative)
    births = boys + girls
    expected, variance = (p * births).cumsum(axis=-1), (p * (1 - p) * births).cumsum(axis=-1)
    notes: tuple[str, ...] = (POINTWISE,)
    if limit is None:
        mean = births.mean(axis=-1)
        limit = cusum_limit(
            mean, seed=seed, reference=reference, alternative=alternative,
            average_run_length=average_run_length,
        )  # fmt: skip
        notes += (
            f"limit simulated for one false signal in {average_run_length:g} periods on average, "
            "with the mean number of births in every period",
        )
        notes += (RARE,) if (mean < 1).any() else ()
    bound = positive("limit", limit)
    evidence = _cusum(boys, girls, p, q)
    return SexRatioChart(
        boys.cumsum(axis=-1) - expected, normal_quantile(level) * np.sqrt(variance), evidence,
        bound, evidence >= bound[..., None], reference, alternative, level, notes,
    )  # fmt: skip


def cusum_limit(
    births_per_period: npt.ArrayLike,
    *,
    seed: int,
    reference: float = NATURAL_RATIO,
    alternative: float = SELECTED_RATIO,
    average_run_length: float = AVERAGE_RUN_LENGTH,
    runs: int = 1000,
) -> Floats:
    """The CUSUM's limit h that an area without selection passes once in so many periods.

    Simulated for at most twelve numbers of births, evenly spaced in their logarithm; those between
    are interpolated there.

    Parameters
    ----------
    births_per_period : any shape, above 0; rounded to whole births, and below one taken as one
    runs : simulated areas for each number of births

    Raises
    ------
    FiguresRefused
        If births are 0, or the run length is below 2 periods.
    """
    births = positive("births_per_period", births_per_period)
    if average_run_length < 2:
        raise FiguresRefused(
            "average_run_length", average_run_length, "is at least 2 periods", "write 120, say",
            zh="平均链长至少为 2 期；例如写 120",
        )  # fmt: skip
    p, q = _chances(reference, alternative)
    low, high = max(births.min(), 1.0), max(births.max(), 1.0)
    sizes = np.unique(np.rint(np.geomspace(low, high, _SIZES_SIMULATED)))
    random = np.random.default_rng(seed)
    limits = [_limit_of(int(size), p, q, average_run_length, runs, random) for size in sizes]
    return np.asarray(np.interp(np.log(np.maximum(births, 1.0)), np.log(sizes), limits))


def _limit_of(
    size: int, p: float, q: float, run_length: float, runs: int, random: np.random.Generator
) -> float:
    """h by bisection on simulated areas.

    Run lengths are near to exponential, so their mean is all periods lived before a first signal over
    the number of signals, whether or not every area has signalled when the simulation ends.
    """
    periods = int(np.ceil(4 * run_length))
    boys = random.binomial(size, p, (runs, periods)).astype(np.float64)
    highest = np.maximum.accumulate(_cusum(boys, size - boys, p, q), axis=-1)
    low, high = 0.0, float(highest.max()) + 1.0
    for _ in range(40):
        middle = (low + high) / 2
        lived = (highest < middle).sum(axis=-1)  # periods before the first signal
        signals = (lived < periods).sum()
        length = (lived.sum() + signals) / signals if signals else np.inf
        low, high = (middle, high) if length < run_length else (low, middle)
    return (low + high) / 2


def _cusum(boys: Floats, girls: Floats, p: float, q: float) -> Floats:
    """max(0, before + evidence) over the last axis: the sum less the lowest that it ever was."""
    total = (boys * np.log(q / p) + girls * np.log((1 - q) / (1 - p))).cumsum(axis=-1)
    return total - np.minimum(np.minimum.accumulate(total, axis=-1), 0.0)


def _chances(reference: float, alternative: float) -> tuple[float, float]:
    """Probabilities of a boy under the reference and the alternative."""
    ratios = positive("reference and alternative", [reference, alternative])
    refuse_where(
        "reference and alternative", ratios, (ratios < 50) | (ratios > 200),
        "are males per 100 females, near 106", "multiply a ratio per one by 100",
        "为每百名女婴对应的男婴数，约 106；按每一名计的请乘以 100",
    )  # fmt: skip
    if alternative <= reference:
        raise FiguresRefused(
            "alternative", alternative, f"lies above the reference {reference:g}",
            "name the ratio that the chart is to find, such as 115",
            zh=f"应高于参照值 {reference:g}；请写明要发现的性别比，如 115",
        )  # fmt: skip
    return reference / (100 + reference), alternative / (100 + alternative)
