import numpy as np
import pytest

from renkou.core.errors import FiguresRefused
from renkou.demography.rates.intervals import normal_quantile, poisson_interval
from renkou.demography.rates.population_measures import (
    crude_rate,
    growth_rate,
    mean_population,
    natural_increase_rate,
    sex_ratio,
)


def test_a_crude_rate_divides_by_the_mean_of_two_year_ends() -> None:
    found = crude_rate([10, 0], [900, 500], [1100, 500])
    assert found.value.tolist() == [10, 0]
    assert found.interval.upper[0] == pytest.approx(poisson_interval(10).upper)
    assert found.interval.lower[1] == 0
    assert found.unit == "per 1000"


def test_the_rate_of_a_month_is_a_yearly_one() -> None:
    month = crude_rate(10, 1000, 1000, years=1 / 12)
    assert month.value == pytest.approx(120)
    assert month.interval.upper == pytest.approx(12 * crude_rate(10, 1000, 1000).interval.upper)


def test_noise_of_two_year_ends_is_half_of_one_in_their_mean() -> None:
    plain, noisy = crude_rate(100, 50, 50, per=1), crude_rate(100, 50, 50, per=1,
                                                              year_end_noise_variance=2)  # fmt: skip
    added = (noisy.interval.upper - 2) ** 2 - (plain.interval.upper - 2) ** 2
    assert added == pytest.approx((normal_quantile(0.95) * 2 / 50) ** 2 * 2 / 2)
    month, noisy = (
        crude_rate(100, 50, 50, per=1, years=1 / 12, year_end_noise_variance=each)
        for each in (0, 2)
    )
    added = (noisy.interval.upper - 24) ** 2 - (month.interval.upper - 24) ** 2
    assert added == pytest.approx((normal_quantile(0.95) * 24 / 50) ** 2)


def test_natural_increase_has_an_interval_even_where_nothing_happened() -> None:
    found = natural_increase_rate([0, 50], [0, 80], 1000, 1000)
    assert found.value.tolist() == [0, -30]
    assert found.interval.lower[0] < 0 < found.interval.upper[0]
    assert found.interval.upper[1] < 0


def test_noise_widens_natural_increase() -> None:
    plain = natural_increase_rate(50, 80, 1000, 1000).interval
    events = natural_increase_rate(50, 80, 1000, 1000, noise_variance=1).interval
    people = natural_increase_rate(50, 80, 1000, 1000, year_end_noise_variance=1).interval
    for noisy in (events, people):
        assert noisy.lower < plain.lower
        assert noisy.upper > plain.upper
        assert "noise" in noisy.assumption


def test_a_natural_increase_of_large_counts_is_nearly_normal() -> None:
    found = natural_increase_rate(40_000, 30_000, 1e6, 1e6)
    half = normal_quantile(0.95) * np.sqrt(70_000) / 1000
    assert found.interval.upper - found.value == pytest.approx(half, rel=0.01)


def test_growth_three_ways() -> None:
    assert growth_rate(100, 110, 2, "arithmetic") == pytest.approx(0.05)
    assert growth_rate(100, 121, 2, "geometric") == pytest.approx(0.1)
    assert growth_rate(100, [100 * np.e, 100 / np.e], 10).tolist() == pytest.approx([0.1, -0.1])


def test_sex_ratios_by_age() -> None:
    found = sex_ratio([[105, 90], [0, 10]], [[100, 100], [5, 20]])
    assert found.value.tolist() == [[105, 90], [0, 50]]
    assert found.interval.lower[1, 0] == 0


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: mean_population([1, -2], 3), "previous_year_end[1] = -2"),
        (lambda: mean_population([1, 2], [1, 2, 3]), "previous_year_end and year_end"),
        (lambda: crude_rate(1, [2, 0], [2, 0]), "mean of previous_year_end and year_end[1] = 0"),
        (lambda: crude_rate(-1, 2, 2), "events = -1"),
        (lambda: crude_rate(1, 2, 2, years=0), "years = 0"),
        (lambda: natural_increase_rate(1, -1, 2, 2), "deaths = -1"),
        (lambda: growth_rate(0, 2), "start = 0"),
        (lambda: growth_rate(1, 2, 0), "years = 0"),
        (lambda: growth_rate(1, 2, 1, "linear"), "method = 'linear'"),
        (lambda: sex_ratio([1, 2], [1, 0]), "females[1] = 0"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name_place_and_value(call: object, said: str) -> None:
    with pytest.raises(FiguresRefused) as refused:
        call()  # type: ignore[operator]
    assert said in str(refused.value)
    assert refused.value.zh
