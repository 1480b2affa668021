import numpy as np
import pytest

from renkou.core.errors import FiguresRefused
from renkou.demography.trajectories.interval_backtest import (
    back_test_intervals,
    interval_coverage,
    naive_path,
    pooled_coverage,
)
from renkou.demography.trajectories.processes import constant_process

RNG = np.random.default_rng(77)


def test_intervals_of_the_true_process_cover_what_they_promise():
    sigma, tests = 0.04, []
    parent = constant_process("fertility", sigma, freedom=1e6, phi=1.0)
    for seed in range(120):
        came = 1.4 * np.exp(np.cumsum(RNG.normal(0, sigma, 10)))
        tfr = np.concatenate([np.full(14, 1.4), came])
        tests.append(
            back_test_intervals(
                "fertility", range(24), tfr, 13, parent=parent, trajectories=400, seed=seed
            )
        )
    assert pooled_coverage(tests) == pytest.approx((0.8, 0.95), abs=0.06)


def test_coverage_counts_what_lies_within():
    drawn = np.linspace(0, 100, 1001)[:, None] * np.ones(4)
    found = interval_coverage(drawn, [50, 5, 1, 91])
    assert (found.coverage80, found.coverage95) == (0.25, 0.75)
    assert found.mean_error == pytest.approx(50 - 147 / 4)
    assert found.mean_absolute_error == pytest.approx((0 + 45 + 49 + 41) / 4)


def test_tests_of_more_years_weigh_more():
    drawn = np.linspace(0, 100, 1001)[:, None]
    hit = interval_coverage(np.repeat(drawn, 3, axis=1), [50, 50, 50])
    miss = interval_coverage(drawn, [200])
    assert pooled_coverage([hit, miss]) == (0.75, 0.75)


def test_naive_paths_are_those_described():
    assert naive_path("fertility", range(3), [1.5, 1.6, 1.7], 2).tolist() == [1.7, 1.7]
    assert naive_path("fertility", range(2), [3.0, 3.0], 40)[[0, -1]] == pytest.approx([2.94, 2.1])
    assert naive_path("migration", range(6), [99, 1, 2, 3, 4, 5], 2).tolist() == [3, 3]
    z = np.linspace(-4, -3.7, 31)
    e0 = np.stack([120 - np.exp(-z)] * 2, axis=-1)
    ahead = naive_path("life_expectancy", range(31), e0, 5)
    assert -np.log(120 - ahead[:, 0]) == pytest.approx(-3.7 + 0.01 * np.arange(1, 6))


def test_life_expectancy_and_migration_are_tested_too():
    e0 = np.stack([np.linspace(60, 75, 40), np.linspace(64, 80, 40)], axis=-1)
    found = back_test_intervals("life_expectancy", range(1980, 2020), e0, 2009)
    assert found.observed.shape == (10, 2)
    assert found.coverage80 == 1
    net = RNG.normal(0, 500, 40)
    found = back_test_intervals(
        "migration", range(1980, 2020), net, 1999, population=np.full(40, 1e6)
    )
    assert found.coverage95 > 0.7


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"cut_off": 2030}, "choose a year within the history"),
        ({"cut_off": 1980}, "leaves two years or more before"),
        ({"measure": "migration"}, "need the people they refer to"),
        ({"measure": "deaths"}, "is 'fertility'"),
        ({"values": [1.0]}, "years and values"),
    ],
)
def test_what_cannot_be_tested_is_refused(change, said):
    given = {
        "measure": "fertility",
        "years": range(1980, 2020),
        "values": [1.5] * 40,
        "cut_off": 2000,
    } | change
    with pytest.raises(FiguresRefused, match=said) as refused:
        back_test_intervals(**given)
    assert refused.value.zh


def test_observed_years_must_be_those_of_the_trajectories():
    with pytest.raises(FiguresRefused, match="one value for each place"):
        interval_coverage(np.ones((5, 3)), [1, 2])
