import numpy as np
import pytest

from renkou.core.errors import FiguresRefused
from renkou.demography.rates import intervals
from renkou.demography.rates.intervals import (
    poisson_interval,
    rate_interval,
    wilson_interval,
)
from renkou.demography.rates.ratio_intervals import (
    ZERO_NUMERATOR,
    difference_interval,
    log_rate_ratio_interval,
    ratio_interval,
)


@pytest.mark.parametrize("method", ["exact", "byar"])
def test_no_events_have_a_lower_limit_of_0_and_an_upper_one_above(method: str) -> None:
    found = poisson_interval(0, method=method)
    assert found.lower == 0
    assert found.upper == pytest.approx(3.689, abs=0.001 if method == "exact" else 0.1)
    assert found.notes == ()


def test_a_limit_set_to_0_is_said() -> None:
    found = poisson_interval([1, 50], level=0.998, method="byar")
    assert found.lower[0] == 0
    assert found.lower[1] > 0
    assert found.notes == (intervals.FLOORED,)


def test_intervals_say_method_and_assumption() -> None:
    found = poisson_interval(5)
    assert (found.level, found.method) == (0.95, "exact (Garwood)")
    assert found.assumption == "events happen independently (Poisson)"
    noisy = poisson_interval(5, noise_variance=1)
    assert noisy.assumption.endswith("; widened for the noise of disclosure control")


def test_noise_widens_both_sides_in_quadrature() -> None:
    plain, noisy = poisson_interval(400), poisson_interval(400, noise_variance=4)
    z = intervals.normal_quantile(0.95)
    assert (400 - noisy.lower) ** 2 - (400 - plain.lower) ** 2 == pytest.approx(4 * z**2)
    assert (noisy.upper - 400) ** 2 - (plain.upper - 400) ** 2 == pytest.approx(4 * z**2)


def test_noise_of_the_exposure_reaches_the_rate() -> None:
    plain = rate_interval(100, 50, per=1)
    noisy = rate_interval(100, 50, per=1, denominator_noise_variance=1)
    z = intervals.normal_quantile(0.95)
    added = (noisy.upper - 2) ** 2 - (plain.upper - 2) ** 2
    assert added == pytest.approx((z * 2 / 50) ** 2)


def test_a_share_stays_in_0_to_1_and_says_so_when_noise_would_leave_it() -> None:
    assert wilson_interval([0, 30], [30, 30]).notes == ()
    noisy = wilson_interval([0, 30], [30, 30], noise_variance=1)
    assert noisy.lower[0] == 0
    assert noisy.upper[1] == 1
    assert noisy.notes == (intervals.FLOORED, intervals.CEILED)


def test_noise_of_part_and_whole_reaches_the_share() -> None:
    plain = wilson_interval(40, 100)
    noisy = wilson_interval(40, 100, noise_variance=2, denominator_noise_variance=3)
    added = (noisy.upper - 0.4) ** 2 - (plain.upper - 0.4) ** 2
    z = intervals.normal_quantile(0.95)
    assert added == pytest.approx(z**2 * (2 + 0.4**2 * 3) / 100**2)


def test_a_ratio_without_numerator_has_the_exact_upper_limit() -> None:
    found = ratio_interval([0, 10], [10, 10])
    assert found.lower[0] == 0
    p = 1 - 0.025 ** (1 / 10)  # upper limit of Clopper and Pearson for 0 of 10
    assert found.upper[0] == pytest.approx(100 * p / (1 - p))
    assert found.notes == (ZERO_NUMERATOR,)
    assert ratio_interval(10, 10).notes == ()


def test_noise_of_a_ratio_adds_to_the_variance_of_its_logarithm() -> None:
    found = ratio_interval(100, 80, noise_variance=1, denominator_noise_variance=2)
    z = intervals.normal_quantile(0.95)
    half = z * np.sqrt(1 / 100 + 1 / 80 + 1 / 100**2 + 2 / 80**2)
    assert np.log(found.upper / found.lower) / 2 == pytest.approx(half)
    assert ratio_interval(0, 8, noise_variance=1).upper > ratio_interval(0, 8).upper


def test_shapes_broadcast() -> None:
    found = rate_interval(np.ones((4, 1, 3)), np.full((2, 1), 50.0))
    assert found.lower.shape == found.upper.shape == (4, 2, 3)
    assert log_rate_ratio_interval([1, 2], 10, [[3], [4], [5]], 20).upper.shape == (3, 2)


def test_a_difference_of_symmetric_intervals_adds_variances() -> None:
    def around(value: float, half: float) -> intervals.Interval:
        return intervals.Interval(
            np.asarray(value - half), np.asarray(value + half), 0.95, "normal", "normal"
        )

    found = difference_interval(7, around(7, 3), 2, around(2, 4))
    assert (found.lower, found.upper) == (0, 10)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: poisson_interval([3, -1]), "count[1] = -1"),
        (lambda: poisson_interval([np.nan]), "count[0] = nan"),
        (lambda: poisson_interval(3, level=95), "level = 95"),
        (lambda: poisson_interval(3, level=float("nan")), "level = nan"),
        (lambda: poisson_interval(3, method="wald"), "method = 'wald'"),
        (lambda: poisson_interval(3, noise_variance=-1), "noise_variance = -1"),
        (lambda: rate_interval(3, [[10, 0]]), "exposure[0, 1] = 0"),
        (lambda: rate_interval([1, 2], [1, 2, 3]), "count and exposure"),
        (lambda: wilson_interval(3, 0), "total = 0"),
        (lambda: wilson_interval([1, 3], 2), "count[1] = 3"),
        (lambda: ratio_interval(3, [5, 0]), "denominator[1] = 0"),
        (lambda: ratio_interval(-3, 5), "numerator = -3"),
        (lambda: log_rate_ratio_interval(1, 0, 1, 1), "exposure = 0"),
        (lambda: poisson_interval(3).times(0), "factor = 0"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name_place_and_value(call: object, said: str) -> None:
    with pytest.raises(FiguresRefused) as refused:
        call()  # type: ignore[operator]
    assert said in str(refused.value)
    assert refused.value.zh
