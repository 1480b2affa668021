"""Whipple and Myers: cases, boundaries, refusals."""

import numpy as np
import pytest

from renkou.core.errors import FiguresRefused
from renkou.demography.quality.age_heaping import (
    myers_digits,
    myers_index,
    whipple_index,
    whipple_quality,
)


def _all_at(digit: int) -> np.ndarray:
    return (np.arange(100) % 10 == digit).astype(float)


def test_ages_without_preference_give_100_and_0() -> None:
    assert whipple_index(np.ones(100)) == pytest.approx(100)
    assert myers_index(np.ones(100)) == pytest.approx(0)
    assert myers_digits(np.ones(100)) == pytest.approx(10)


def test_ages_that_all_end_in_one_digit_give_the_highest_values() -> None:
    assert whipple_index(_all_at(0)) == pytest.approx(500)
    assert whipple_index(_all_at(3), digits=(3,)) == pytest.approx(1000)
    for digit in range(10):
        assert myers_index(_all_at(digit)) == pytest.approx(90)
        assert np.argmax(myers_digits(_all_at(digit))) == digit


def test_a_population_that_falls_evenly_prefers_no_digit_by_myers() -> None:
    """What the blending is for: the plain shares of digits fall from 0 to 9."""
    falling = 200.0 - np.arange(100)
    assert myers_index(falling) < 0.2
    plain = falling[10:90].reshape(8, 10).sum(0)
    assert plain[0] / plain.sum() > 0.10 + 0.002


def test_counts_may_begin_at_another_age_and_have_leading_dimensions() -> None:
    counts = np.random.default_rng(1).uniform(1, 9, (2, 3, 100))
    assert whipple_index(counts).shape == (2, 3)
    assert whipple_index(counts[..., 10:], first_age=10) == pytest.approx(whipple_index(counts))
    assert myers_index(counts[..., 10:], first_age=10) == pytest.approx(myers_index(counts))
    assert whipple_index(counts)[1, 2] == pytest.approx(whipple_index(counts[1, 2]))


def test_the_words_of_the_united_nations_change_at_their_limits() -> None:
    assert whipple_quality(104.99) == "highly accurate"
    assert whipple_quality(105) == "fairly accurate"
    assert whipple_quality(125) == "rough"
    assert whipple_quality(175) == "very rough"


@pytest.mark.parametrize(
    ("counts", "options", "message"),
    [
        (np.ones(60), {}, r"ages = 23-62: the counts hold single ages 0 to 59"),
        (np.ones(100), {"ages": (23, 60)}, r"ages = 23-60: each digit occurs equally often"),
        (np.ones(100), {"ages": (30, 29)}, r"ages = 30-29: each digit"),
        (np.ones(100), {"digits": (10,)}, r"digits = \(10,\): terminal digits are 0 to 9"),
        (np.ones(100), {"digits": ()}, r"digits = \(\): terminal digits"),
        (np.zeros(100), {}, r"counts summed over the ages used = 0: is divided by"),
        (-np.ones(100), {}, r"counts\[0\] = -1: no value is below 0"),
    ],
)
def test_whipple_refuses(counts: np.ndarray, options: dict, message: str) -> None:
    with pytest.raises(FiguresRefused, match=message) as refused:
        whipple_index(counts, **options)
    assert refused.value.zh


def test_myers_refuses_a_start_that_does_not_end_in_0_and_too_few_ages() -> None:
    with pytest.raises(FiguresRefused, match="start = 15"):
        myers_index(np.ones(100), start=15)
    with pytest.raises(FiguresRefused, match="ages = 10-89: the counts hold single ages 0 to 84"):
        myers_index(np.ones(85))
