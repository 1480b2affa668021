import numpy as np
import pytest

from renkou.core.errors import FiguresRefused
from renkou.demography.coverage.dual_system import (
    _two_list_likelihood,
    dual_system_estimate,
    log_normal_interval,
    normal_quantile,
    predictive_interval,
    profile_interval,
)


def test_an_overlap_above_a_list_is_refused_by_place() -> None:
    with pytest.raises(FiguresRefused) as refused:
        dual_system_estimate([10, 10], [10, 5], [9, 6])
    assert "both[1] = 6" in str(refused.value)
    assert "名册" in (refused.value.zh or "")


def test_negative_and_unfinished_counts_are_refused() -> None:
    with pytest.raises(FiguresRefused, match=r"first\[0\] = -1"):
        dual_system_estimate([-1], [1], [0])
    with pytest.raises(FiguresRefused, match=r"second\[0\] = nan"):
        dual_system_estimate([1], [np.nan], [0])


def test_lists_of_unequal_strata_are_refused() -> None:
    with pytest.raises(FiguresRefused, match="first and second"):
        dual_system_estimate([1, 2], [1, 2, 3], [1, 1])


def test_lincoln_petersen_refuses_a_stratum_without_overlap_and_chapman_notes_it() -> None:
    with pytest.raises(FiguresRefused, match=r"both\[1\] = 0"):
        dual_system_estimate([10, 10], [10, 5], [9, 0], method="lincoln_petersen")
    found = dual_system_estimate([10, 10], [10, 5], [9, 0])
    assert any("fewer than 7" in note for note in found.notes)


def test_an_empty_list_is_noted() -> None:
    assert any(
        "empty list" in note for note in dual_system_estimate([10, 0], [10, 5], [9, 0]).notes
    )


@pytest.mark.parametrize("level", [0, 1, 1.5])
def test_a_level_that_is_no_share_is_refused(level: float) -> None:
    with pytest.raises(FiguresRefused, match="level"):
        normal_quantile(level)


def test_nobody_missed_by_one_list_still_leaves_room_above() -> None:
    found = dual_system_estimate([50], [60], [50])
    assert found.estimate == 60
    assert found.lower == 60
    assert found.upper > 60


def test_without_overlap_the_likelihood_bounds_nothing_from_above() -> None:
    lower, upper = profile_interval(np.array([5.0]), np.array([5.0]), np.array([0.0]))
    assert lower == 10
    assert np.isinf(upper)


def test_the_ends_of_the_profile_interval_drop_by_the_quantile() -> None:
    # Cormack (1992): twice the drop of the log-likelihood is chi-squared with one degree of freedom.
    lists = np.array([900.0]), np.array([800.0]), np.array([1000.0])
    best = max(_two_list_likelihood(np.array([n]), *lists) for n in np.linspace(1001, 1100, 9901))
    for end in profile_interval(*lists[:2], np.array([700.0])):
        drop = best - _two_list_likelihood(end, *lists)
        assert 2 * drop == pytest.approx(3.8415, abs=1e-3)


@pytest.mark.parametrize("interval", ["predictive", "profile", "log_normal"])
def test_intervals_hold_the_truth_as_often_as_they_say(interval: str) -> None:
    chances = [0.63, 0.27, 0.07, 0.03]
    cells = np.random.default_rng(3).multinomial(2000, chances, 2000).astype(float)
    found = dual_system_estimate(
        cells[:, 0] + cells[:, 1], cells[:, 0] + cells[:, 2], cells[:, 0], interval=interval,
    )  # fmt: skip
    held = np.mean((found.lower <= 2000) & (found.upper >= 2000))
    assert 0.93 < held < 0.97


def test_the_log_normal_fails_where_few_are_missed_and_the_predictive_does_not() -> None:
    cells = np.random.default_rng(3).multinomial(300, [0.9409, 0.0291, 0.0291, 0.0009], 2000)
    lists = cells[:, 0] + cells[:, 1], cells[:, 0] + cells[:, 2], cells[:, 0]
    plain = dual_system_estimate(*lists, interval="log_normal")
    found = dual_system_estimate(*lists)
    assert np.mean((plain.lower <= 300) & (plain.upper >= 300)) < 0.5
    assert np.mean((found.lower <= 300) & (found.upper >= 300)) > 0.95


def test_wider_levels_give_wider_intervals() -> None:
    narrow = dual_system_estimate(900, 950, 870, level=0.8)
    wide = dual_system_estimate(900, 950, 870, level=0.99)
    assert wide.total_upper > narrow.total_upper
    assert wide.total_lower <= narrow.total_lower


def test_completeness_is_the_share_that_a_list_holds() -> None:
    found = dual_system_estimate([900], [950], [870], method="lincoln_petersen")
    assert found.completeness([900]) == pytest.approx(870 / 950)
    assert found.missed == pytest.approx(30 * 80 / 870)


def test_intervals_begin_where_people_are_certain() -> None:
    for interval in (log_normal_interval, predictive_interval):
        low, high = interval(np.array(10.0), np.array(10.0), np.array(0.0))
        assert low == high == 10
