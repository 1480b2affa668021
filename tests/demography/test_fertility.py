import numpy as np
import pytest

from renkou.core.errors import FiguresRefused
from renkou.demography.rates.fertility import (
    NO_BIRTHS,
    age_specific_fertility_rates,
    five_year_groups,
    general_fertility_rate,
    gross_reproduction_rate,
    grr,
    mean_age_at_childbearing,
    net_reproduction_rate,
    nrr,
    tfr,
    total_fertility_rate,
)
from renkou.demography.rates.intervals import FLOORED, normal_quantile, poisson_interval

BIRTHS = np.array([10.0, 90, 120, 60, 20, 4, 0])
WOMEN = np.array([1000.0, 1100, 1200, 1000, 900, 950, 980])


def test_the_total_is_five_times_the_sum_of_the_rates() -> None:
    found = total_fertility_rate(BIRTHS, WOMEN, 5)
    assert found.value == pytest.approx(5 * (BIRTHS / WOMEN).sum())
    assert found.standard_error == pytest.approx(np.sqrt((25 * BIRTHS / WOMEN**2).sum()))
    assert found.value == pytest.approx(tfr(BIRTHS / WOMEN, 5))


def test_the_total_of_one_age_has_exact_limits() -> None:
    found = total_fertility_rate([30], [1000], 5)
    exact = poisson_interval(30)
    assert found.interval.lower == pytest.approx(exact.lower * 5 / 1000)
    assert found.interval.upper == pytest.approx(exact.upper * 5 / 1000)


def test_a_total_without_births_has_a_lower_limit_of_0() -> None:
    for method in ("gamma", "log"):
        found = total_fertility_rate([[0, 0], [3, 4]], [100, 200], 5, method=method)
        assert found.interval.lower[0] == 0
        assert found.interval.upper[0] == pytest.approx(3.689 * 5 / 100, rel=1e-3)
        assert found.interval.notes == (() if method == "gamma" else (NO_BIRTHS,))
    assert total_fertility_rate([3, 4], [100, 200], 5, method="log").interval.notes == ()


def test_log_and_gamma_agree_for_many_births() -> None:
    log, gamma = (
        total_fertility_rate(BIRTHS * 1000, WOMEN * 1000, 5, method=each).interval
        for each in ("log", "gamma")
    )
    assert log.lower == pytest.approx(gamma.lower, rel=1e-4)
    assert log.upper == pytest.approx(gamma.upper, rel=1e-4)


def test_noise_of_the_cells_widens_the_total() -> None:
    plain = total_fertility_rate([100, 100], [1000, 2000])
    noisy = total_fertility_rate([100, 100], [1000, 2000], noise_variance=1,
                                 denominator_noise_variance=2)  # fmt: skip
    added = 1 / 1000**2 + 1 / 2000**2 + 2 * (0.1 / 1000) ** 2 + 2 * (0.05 / 2000) ** 2
    z = normal_quantile(0.95)
    grown = (noisy.interval.upper - noisy.value) ** 2 - (plain.interval.upper - plain.value) ** 2
    assert grown == pytest.approx(z**2 * added)
    assert noisy.standard_error**2 - plain.standard_error**2 == pytest.approx(added)
    floored = total_fertility_rate([0, 1], [10, 10], noise_variance=1).interval
    assert (floored.lower, floored.notes) == (0, (FLOORED,))


def test_reproduction_counts_daughters_only() -> None:
    rates = BIRTHS / WOMEN
    assert grr(rates, 1.06) == pytest.approx(tfr(rates) / 2.06)
    alive = np.full(7, 5.0)
    assert nrr(rates, alive, 1.06) == pytest.approx(grr(rates, 1.06))
    gross = gross_reproduction_rate(BIRTHS, WOMEN, 1.06, 5)
    net = net_reproduction_rate(BIRTHS, WOMEN, 0.9 * alive, 1.06)
    assert gross.value == pytest.approx(grr(rates, 1.06))
    assert net.value == pytest.approx(0.9 * gross.value)
    assert net.interval.upper == pytest.approx(0.9 * gross.interval.upper)


def test_the_mean_age_is_of_rates_and_not_of_mothers() -> None:
    found = mean_age_at_childbearing([10, 10], [100, 200], [20, 30], 10)
    assert found.value == pytest.approx((25 * 0.1 + 35 * 0.05) / 0.15)
    half = normal_quantile(0.95) * found.standard_error
    assert found.interval.upper - found.value == pytest.approx(half)


def test_the_standard_error_of_the_mean_age_is_that_of_simulated_births() -> None:
    random = np.random.default_rng(7)
    ages = np.arange(15, 50, 5)
    many = random.poisson(BIRTHS, (20_000, 7))
    simulated = mean_age_at_childbearing(many, WOMEN, ages, 5).value.std()
    found = mean_age_at_childbearing(BIRTHS, WOMEN, ages, 5).standard_error
    assert found == pytest.approx(simulated, rel=0.03)


def test_noise_of_the_cells_reaches_the_error_of_the_mean_age() -> None:
    ages, rates = np.arange(15, 50, 5), BIRTHS / WOMEN
    plain = mean_age_at_childbearing(BIRTHS, WOMEN, ages, 5)
    noisy = mean_age_at_childbearing(BIRTHS, WOMEN, ages, 5, noise_variance=2,
                                     denominator_noise_variance=3)  # fmt: skip
    pull = (ages + 2.5 - plain.value) / rates.sum()
    added = (pull**2 * (2 + rates**2 * 3) / WOMEN**2).sum()
    assert noisy.standard_error**2 - plain.standard_error**2 == pytest.approx(added)
    assert "noise" in noisy.interval.assumption


def test_single_ages_make_groups_of_five() -> None:
    single = np.arange(70.0).reshape(2, 35)
    assert five_year_groups(single).shape == (2, 7)
    assert five_year_groups(single)[0, 0] == 10
    assert age_specific_fertility_rates(single, np.full(35, 100)).value[0, 3] == 0.03
    assert general_fertility_rate(50, [1000, 500], per=1).value.tolist() == [0.05, 0.1]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: total_fertility_rate([1, -1], [9, 9]), "births[1] = -1"),
        (lambda: total_fertility_rate([1, 1], [9, 0]), "women[1] = 0"),
        (lambda: total_fertility_rate([1, 1], [9, 9, 9]), "births and women = 2 and 3"),
        (lambda: total_fertility_rate([1, 2], 9), "births and women = 2 and 1"),
        (lambda: total_fertility_rate([1], [9], 0), "width = 0"),
        (lambda: total_fertility_rate([1], [9], method="wald"), "method = 'wald'"),
        (lambda: total_fertility_rate([1], [9], level=2), "level = 2"),
        (lambda: tfr([0.1, np.inf]), "asfr[1] = inf"),
        (lambda: grr([0.1], 106), "srb = 106"),
        (lambda: nrr([0.1], [4, 5], 1.05), "asfr and Lx = 1 and 2"),
        (lambda: five_year_groups(np.ones(33)), "by_single_age = (33,)"),
        (lambda: general_fertility_rate(1, 0), "women_aged_15_49 = 0"),
        (lambda: mean_age_at_childbearing([0, 0], [1, 1], [20, 21]),
         "births summed over ages = 0"),
        (lambda: mean_age_at_childbearing([1, 0], [1, 1], [20, 22]), "ages[1] = 22"),
        (lambda: mean_age_at_childbearing([1, 0], [1, 1], [20, 21, 22]), "births and ages"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_by_name_place_and_value(call: object, said: str) -> None:
    with pytest.raises(FiguresRefused) as refused:
        call()  # type: ignore[operator]
    assert said in str(refused.value)
    assert refused.value.zh
