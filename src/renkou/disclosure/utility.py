"""What the noise costs: true and published tables compared, for one setting or several. Pure.

The report is for the office that sets the variance (内部): it states parameters of the table and is
not published.

Source: measures as in Shlomo & Young (2006), Statistical disclosure control methods through a risk-
utility framework, PSD 2006, LNCS 4302, pp. 68-81, and in R's cellKey.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from renkou.disclosure.cell_keys import Cells
from renkou.disclosure.perturbation import perturb
from renkou.disclosure.perturbation_table import PerturbationTable, Row, perturbation_table
from renkou.disclosure.published_rates import published_rates
from renkou.disclosure.whole_numbers import Counts, Floats, counts_of, of_one_shape

SIZE_CLASSES = ((0, 0), (1, 2), (3, 5), (6, 9), (10, 29), (30, 99), (100, 999), (1000, None))
SETTINGS = ((3, 0.5), (3, 1.0), (3, 2.0))  # largest noise, variance
MOST_SUBTRACTION = 1 / 3  # what a setting may let through


@dataclass(frozen=True)
class SizeClass:
    """Cells of one size: how many, and what noise did to them."""

    lowest: int
    highest: int | None  # None is no upper end
    cells: int
    changed: float  # share
    mean_absolute_error: float
    mean_relative_error: float  # absolute error over the true count; nan for zero


@dataclass(frozen=True)
class Utility:
    """True against published counts. Shares are in [0, 1]; errors in people."""

    cells: int
    changed: float  # share of cells
    mean_noise: float  # bias
    noise_variance: float
    mean_absolute_error: float
    mean_relative_error: float  # over cells that are not empty
    chi_square_per_cell: float  # Σ (published - true)² / true, over cells that are not empty
    hellinger: float  # distance of the two distributions over cells, 0 to 1
    rank_correlation: float  # Spearman's, of the cells
    cramers_v_true: float  # association of the last two axes; nan with fewer
    cramers_v_published: float
    by_size: tuple[SizeClass, ...]


@dataclass(frozen=True)
class RateUtility:
    """What noise did to rates: medians over rates that are published both ways."""

    rates: int
    withheld: int  # no rate on the published denominator
    median_relative_change: float  # |published - true| over the true rate, where that is not 0
    within_interval: float  # share of published rates within the true rate's 95 % interval
    noise_share_of_variance: float  # median of the noise's part in the variance of a published rate


@dataclass(frozen=True)
class Setting:
    """One row of a comparison of settings."""

    largest_noise: int
    variance: float
    utility: Utility
    subtraction: float  # share of tries in which subtracting two cells shows the one person

    @property
    def protects(self) -> bool:
        """Whether subtraction succeeds at most one time in three."""
        return self.subtraction <= MOST_SUBTRACTION


SETTING_COLUMNS = (
    "largest_noise", "variance", "changed", "mean_noise", "mean_absolute_error",
    "mean_relative_error", "hellinger", "subtraction", "protects",
)  # fmt: skip


def utility(counts: npt.ArrayLike, published: npt.ArrayLike) -> Utility:
    """True and published counts of one table compared.

    Parameters
    ----------
    counts, published : one shape; the last two axes are taken as a cross table for Cramér's V
    """
    true, shown = counts_of("counts", counts), counts_of("published", published)
    of_one_shape("counts", true, "published", shown)
    noise = shown - true
    inhabited = true > 0
    relative = np.abs(noise[inhabited]) / true[inhabited]
    squares = noise[inhabited] ** 2 / true[inhabited]
    return Utility(
        cells=true.size,
        changed=float((noise != 0).mean()),
        mean_noise=float(noise.mean()),
        noise_variance=float(noise.var()),
        mean_absolute_error=float(np.abs(noise).mean()),
        mean_relative_error=_mean(relative),
        chi_square_per_cell=_mean(squares),
        hellinger=_hellinger(true, shown),
        rank_correlation=_rank_correlation(true.ravel(), shown.ravel()),
        cramers_v_true=_cramers_v(true),
        cramers_v_published=_cramers_v(shown),
        by_size=tuple(_of_size(true, noise, *ends) for ends in SIZE_CLASSES),
    )


def rate_utility(numerators: Cells, denominators: Cells, table: PerturbationTable) -> RateUtility:
    """What noise does to rates; numerators and denominators are true cells of one shape."""
    found = published_rates(
        perturb(numerators.counts, numerators.keys, table),
        perturb(denominators.counts, denominators.keys, table),
        table,
    )
    both = (found.reason == 0) & (denominators.counts > 0)
    events, base = numerators.counts[both], denominators.counts[both]
    true, shown = events / base, found.rate[both]
    half = 1.96 * np.sqrt(np.maximum(events, 1)) / base  # of no events, as of one
    chance = np.maximum(events, 1) / base**2
    noise = found.noise_variance[both]
    happened = events > 0
    return RateUtility(
        rates=int(both.sum()),
        withheld=int((found.reason != 0).sum()),
        median_relative_change=_median(np.abs(shown - true)[happened] / true[happened]),
        within_interval=_mean((np.abs(shown - true) <= half).astype(np.float64)),
        noise_share_of_variance=_median(noise / (noise + chance)),
    )


def compare_settings(
    cells: Cells, settings: Sequence[tuple[int, float]] = SETTINGS
) -> tuple[Setting, ...]:
    """The same cells under several settings (largest noise, variance), to choose one."""
    found = []
    for largest_noise, variance in settings:
        table = perturbation_table(largest_noise, variance)
        seen = utility(cells.counts, perturb(cells.counts, cells.keys, table))
        found.append(Setting(largest_noise, variance, seen, subtraction_success(table)))
    return tuple(found)


def setting_rows(settings: Sequence[Setting]) -> list[tuple[float, ...]]:
    """Rows with the columns `SETTING_COLUMNS`, ready for a table."""
    return [
        (
            one.largest_noise, one.variance, one.utility.changed, one.utility.mean_noise,
            one.utility.mean_absolute_error, one.utility.mean_relative_error,
            one.utility.hellinger, one.subtraction, one.protects,
        )
        for one in settings
    ]  # fmt: skip


def subtraction_success(table: PerturbationTable) -> float:
    """How often subtracting two cells that differ by one person shows that one person.

    The worst true count decides. The two cells have unrelated keys, so both must draw one shift.
    Exact, from the table.

    >>> round(subtraction_success(perturbation_table()), 2)
    0.28
    """
    chances = [_chances(row) for row in (*table.rows, table.rows[-1])]
    return max(
        sum(chance * after.get(shift, 0.0) for shift, chance in before.items())
        for before, after in pairwise(chances[1:])
    )


def _chances(row: Row) -> dict[int, float]:
    return dict(zip(row.shifts, row.probabilities.tolist(), strict=True))


def _of_size(true: Counts, noise: Counts, lowest: int, highest: int | None) -> SizeClass:
    within = (true >= lowest) & (true <= (highest if highest is not None else np.inf))
    errors, sizes = np.abs(noise[within]), true[within]
    return SizeClass(
        lowest, highest, int(within.sum()), _mean((errors > 0).astype(np.float64)),
        _mean(errors.astype(np.float64)), _mean(errors / sizes) if lowest else float("nan"),
    )  # fmt: skip


def _mean(values: Floats) -> float:
    return float(values.mean()) if values.size else float("nan")


def _median(values: Floats) -> float:
    return float(np.median(values)) if values.size else float("nan")


def _hellinger(true: Counts, shown: Counts) -> float:
    if not true.sum() or not shown.sum():
        return float("nan")
    roots = np.sqrt(true / true.sum()) - np.sqrt(shown / shown.sum())
    return float(np.sqrt((roots**2).sum() / 2))


def _rank_correlation(true: Counts, shown: Counts) -> float:
    one, other = (_ranks(values) for values in (true, shown))
    if not one.std() or not other.std():
        return float("nan")
    return float(np.corrcoef(one, other)[0, 1])


def _ranks(values: Counts) -> Floats:
    """Ranks, ties at their mean."""
    _, place, size = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(size)
    return np.asarray((last - (size - 1) / 2)[place])


def _cramers_v(counts: Counts) -> float:
    """Association of the last two axes, other axes summed."""
    if counts.ndim < 2 or min(counts.shape[-2:]) < 2 or not counts.sum():
        return float("nan")
    table = counts.reshape(-1, *counts.shape[-2:]).sum(axis=0)
    total = table.sum()
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / total
    there = expected > 0
    chi_square = ((table - expected)[there] ** 2 / expected[there]).sum()
    return float(np.sqrt(chi_square / (total * (min(table.shape) - 1))))
