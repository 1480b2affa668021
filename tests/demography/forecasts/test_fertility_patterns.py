"""A total times a pattern; a pattern with the mean age and spread asked."""

import numpy as np
import pytest

from renkou.core.errors import FiguresRefused
from renkou.demography.forecasts.fertility_by_single_age import graduate_fertility_pattern
from renkou.demography.forecasts.fertility_patterns import asfr_for, fertility_pattern

AGES = np.arange(15, 50)
PATTERN = np.exp(-(((AGES + 0.5 - 28) / 5) ** 2) / 2)


def test_rates_add_to_the_total_whatever_the_scale_of_the_pattern() -> None:
    found = asfr_for([1.3, 2.1], PATTERN * 77)
    np.testing.assert_allclose(found.sum(axis=-1), [1.3, 2.1], rtol=1e-14)
    np.testing.assert_allclose(found[0] / found[1], 1.3 / 2.1)


def test_the_mean_age_and_the_spread_asked_are_met() -> None:
    means, spread = np.linspace(26, 33, 8), 4.6
    found = fertility_pattern(PATTERN, means, spread)
    np.testing.assert_allclose(found.mean_age, means, atol=1e-9)
    np.testing.assert_allclose(found.sd_age, spread, atol=1e-8)
    np.testing.assert_allclose(found.shares.sum(axis=-1), 1, rtol=1e-13)
    assert (found.shares >= 0).all()


def test_without_a_spread_the_pattern_is_only_moved() -> None:
    own = fertility_pattern(PATTERN)
    moved = fertility_pattern(PATTERN, own.mean_age + 2)
    np.testing.assert_allclose(moved.shares[2:], own.shares[:-2], atol=1e-4)


def test_its_own_mean_age_leaves_a_pattern_as_it_is() -> None:
    own = fertility_pattern(PATTERN)
    np.testing.assert_allclose(
        fertility_pattern(PATTERN, own.mean_age, own.sd_age).shares, own.shares, atol=1e-9
    )


def test_a_spread_alone_keeps_the_mean_age() -> None:
    own = fertility_pattern(PATTERN)
    found = fertility_pattern(PATTERN, sd_age=5.4)
    assert found.mean_age == pytest.approx(own.mean_age, abs=1e-9)
    assert found.sd_age == pytest.approx(5.4, abs=1e-8)


def test_paths_of_areas_and_years_are_taken_together() -> None:
    patterns = np.stack([PATTERN, np.roll(PATTERN, 1)])[:, None]
    found = asfr_for(np.full((2, 5), 1.1), patterns, np.linspace(28, 30, 5))
    assert found.shape == (2, 5, 35)
    for area in range(2):
        one = asfr_for(1.1, patterns[area, 0], 29.0)
        np.testing.assert_allclose(found[area, 2], one, atol=1e-10)


def test_ages_of_a_whole_life_are_ages_from_0() -> None:
    whole = np.zeros(101)
    whole[15:50] = PATTERN
    assert fertility_pattern(whole).mean_age == pytest.approx(fertility_pattern(PATTERN).mean_age)


@pytest.mark.parametrize("mean_age", [51.0, 14.0])
def test_a_mean_age_that_no_moved_pattern_has_is_refused(mean_age: float) -> None:
    with pytest.raises(FiguresRefused, match=r"mean_age\[1\] = .*no moved pattern"):
        fertility_pattern(PATTERN, [28.0, mean_age])


def test_a_pattern_of_nothing_is_refused() -> None:
    with pytest.raises(FiguresRefused, match=r"sum of pattern\[1\] = 0"):
        asfr_for(1.2, np.stack([PATTERN, PATTERN * 0]))


def test_shapes_that_do_not_broadcast_are_refused() -> None:
    with pytest.raises(FiguresRefused, match=r"tfr \(3,\), pattern \(2,\)"):
        asfr_for([1, 1, 1], np.stack([PATTERN, PATTERN]))
    with pytest.raises(FiguresRefused, match=r"pattern \(2,\), mean_age \(3,\)"):
        fertility_pattern(np.stack([PATTERN, PATTERN]), [28, 29, 30])


def test_negative_rates_and_ages_with_gaps_are_refused() -> None:
    with pytest.raises(FiguresRefused, match=r"pattern\[0\] = -1"):
        asfr_for(1, [-1, 2])
    with pytest.raises(FiguresRefused, match="tfr = -1"):
        asfr_for(-1, PATTERN)
    with pytest.raises(FiguresRefused, match="follow each other by 1 years"):
        asfr_for(1, [1, 2, 1], ages=[20, 21, 23])
    with pytest.raises(FiguresRefused, match="pattern and ages"):
        asfr_for(1, [1, 2, 1], ages=[20, 21])


def test_groups_keep_their_shares_and_ages_are_smooth_and_not_negative() -> None:
    groups = np.array([[0.1, 5, 30, 40, 20, 4.5, 0.4, 0.0], [0, 1, 2, 3, 2, 1, 0, 0]])
    found = graduate_fertility_pattern(groups, ages=range(10, 50, 5))
    shares = found.shares.reshape(2, 8, 5).sum(axis=-1)
    np.testing.assert_allclose(shares, groups / groups.sum(axis=-1, keepdims=True), atol=1e-13)
    assert (found.shares >= 0).all()
    assert (found.shares[1, :5] == 0).all()
    assert np.abs(np.diff(found.shares[0], 2)).max() < 0.006
    np.testing.assert_array_equal(found.ages, np.arange(10, 50))


def test_a_smooth_pattern_comes_back_from_its_groups() -> None:
    found = graduate_fertility_pattern(PATTERN.reshape(7, 5).sum(axis=-1), ages=range(15, 50, 5))
    off = np.abs(found.shares - PATTERN / PATTERN.sum()).sum()
    assert off < 0.015, f"births in a wrong year: {off:.4f}"


def test_groups_with_gaps_or_of_other_number_are_refused() -> None:
    with pytest.raises(FiguresRefused, match="follow each other by 5 years"):
        graduate_fertility_pattern([1, 2, 1], ages=[15, 20, 30])
    with pytest.raises(FiguresRefused, match="percent and ages"):
        graduate_fertility_pattern([1, 2, 1, 1], ages=[15, 20, 25])
    with pytest.raises(FiguresRefused, match="sum of percent"):
        graduate_fertility_pattern([0, 0, 0], ages=[15, 20, 25])
