"""The utility report: by hand on a small table, and what settings do to a large one."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from renkou.core.errors import FiguresRefused
from renkou.disclosure.cell_keys import Cells
from renkou.disclosure.perturbation import perturb
from renkou.disclosure.perturbation_table import perturbation_table
from renkou.disclosure.utility import (
    SETTING_COLUMNS,
    compare_settings,
    rate_utility,
    setting_rows,
    subtraction_success,
    utility,
)
from tests.disclosure.draws import random_keys

TABLE = perturbation_table()
SKEWED = Cells(
    np.floor(np.random.default_rng(8).pareto(0.8, (400, 50)) * 3).clip(0, 10**6).astype(np.int64),
    random_keys((400, 50)),
)


def test_a_small_table_by_hand() -> None:
    found = utility([[4, 0], [10, 6]], [[5, 0], [8, 6]])
    assert found.cells == 4
    assert found.changed == 0.5
    assert found.mean_noise == -0.25
    assert found.mean_absolute_error == 0.75
    assert found.mean_relative_error == pytest.approx((1 / 4 + 2 / 10 + 0) / 3)
    assert found.chi_square_per_cell == pytest.approx((1 / 4 + 4 / 10 + 0) / 3)
    # chi-square of [[4, 0], [10, 6]] is 20 (4·6 - 0)² / (4·16·14·6)
    assert found.cramers_v_true == pytest.approx((20 * 24**2 / (4 * 16 * 14 * 6) / 20) ** 0.5)
    assert found.by_size[0].cells == 1
    assert np.isnan(found.by_size[0].mean_relative_error)
    assert [one.cells for one in found.by_size[:5]] == [1, 0, 1, 1, 1]
    assert found.by_size[4].mean_relative_error == pytest.approx(0.2)


def test_equal_tables_have_no_distance() -> None:
    found = utility(SKEWED.counts, SKEWED.counts)
    assert found.changed == found.hellinger == found.mean_absolute_error == 0
    assert found.rank_correlation == pytest.approx(1)
    assert found.cramers_v_true == found.cramers_v_published


def test_rank_correlation_is_spearmans() -> None:
    published = perturb(SKEWED.counts, SKEWED.keys, TABLE)
    expected = spearmanr(SKEWED.counts.ravel(), published.ravel()).statistic
    assert utility(SKEWED.counts, published).rank_correlation == pytest.approx(expected)


def test_more_variance_changes_more_and_shows_less() -> None:
    settings = compare_settings(SKEWED)
    assert [one.variance for one in settings] == [0.5, 1.0, 2.0]
    changed = [one.utility.changed for one in settings]
    assert changed == sorted(changed)
    errors = [one.utility.mean_absolute_error for one in settings]
    assert errors == sorted(errors)
    subtraction = [one.subtraction for one in settings]
    assert subtraction == sorted(subtraction, reverse=True)
    assert all(abs(one.utility.mean_noise) < 0.05 for one in settings)
    rows = setting_rows(settings)
    assert all(len(row) == len(SETTING_COLUMNS) for row in rows)
    assert [row[1] for row in rows] == [0.5, 1.0, 2.0]
    assert [row[-1] for row in rows] == [False, True, True]


def test_of_large_counts_six_in_ten_change() -> None:
    cells = Cells(np.full(20_000, 500), random_keys(20_000))
    found = utility(cells.counts, perturb(cells.counts, cells.keys, TABLE))
    assert found.changed == pytest.approx(0.602, abs=0.01)


def test_the_exact_success_of_subtraction_is_that_of_drawing() -> None:
    worst = 0.0
    for count in range(1, 12):
        rest, one = random_keys(20_000, count), random_keys(20_000, 100 + count)
        before = perturb(np.full(20_000, count), rest, TABLE)
        after = perturb(np.full(20_000, count + 1), rest + one, TABLE)
        worst = max(worst, float((after - before == 1).mean()))
    assert subtraction_success(TABLE) == pytest.approx(worst, abs=0.012)
    assert subtraction_success(TABLE) < 1 / 3
    assert subtraction_success(perturbation_table(3, 0.5)) > 1 / 3


def test_rates_of_larger_places_move_less() -> None:
    small, large = (
        rate_utility(
            Cells(np.full(5000, n // 10), random_keys(5000, 1)),
            Cells(np.full(5000, n), random_keys(5000, 2)),
            TABLE,
        )
        for n in (60, 6000)
    )
    assert small.rates == large.rates == 5000
    assert small.withheld == 0
    assert large.median_relative_change < 0.01 < small.median_relative_change
    assert large.noise_share_of_variance < 0.01 < small.noise_share_of_variance
    assert large.within_interval == 1
    few = rate_utility(
        Cells(np.full(50, 2), random_keys(50)), Cells(np.full(50, 20), random_keys(50)), TABLE
    )
    assert (few.rates, few.withheld) == (0, 50)
    assert np.isnan(few.median_relative_change)


def test_tables_of_other_shapes_are_refused() -> None:
    with pytest.raises(FiguresRefused, match="counts and published"):
        utility([1, 2], [1])


def test_empty_places_give_no_measure_and_no_warning() -> None:
    found = utility([0, 0], [0, 0])
    assert found.changed == 0
    assert np.isnan(found.hellinger)
    assert np.isnan(found.rank_correlation)
    assert np.isnan(found.mean_relative_error)
