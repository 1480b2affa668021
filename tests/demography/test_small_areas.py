import numpy as np
import pytest
from scipy import stats
from scipy.optimize import minimize

from renkou.core.errors import FiguresRefused
from renkou.demography.areas.small_areas import NO_VARIATION, empirical_bayes_rates
from renkou.demography.rates.intervals import poisson_interval

METHODS = ("moments", "maximum-likelihood")


def _fictional(areas: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    exposure = random.uniform(50, 5000, areas)
    return random.poisson(random.gamma(8, 0.01 / 8, areas) * exposure), exposure


def test_moments_are_those_of_marshall_worked_by_hand() -> None:
    found = empirical_bayes_rates([2, 30, 9], [100, 1000, 900], per=1)
    mean = 41 / 2000
    spread = (
        100 * (0.02 - mean) ** 2 + 1000 * (0.03 - mean) ** 2 + 900 * (0.01 - mean) ** 2
    ) / 2000
    between = spread - mean / (2000 / 3)
    assert found.prior_mean == pytest.approx(mean)
    assert found.prior_shape == pytest.approx(mean**2 / between)
    assert found.weight[1] == pytest.approx(between / (between + mean / 1000))


def test_the_likelihood_is_highest_at_the_estimate() -> None:
    count, exposure = _fictional(100)

    def against(logs: np.ndarray) -> float:
        shape, mean = np.exp(logs)
        return -stats.nbinom.logpmf(count, shape, shape / (shape + mean * exposure)).sum()

    best = minimize(against, [1, -4], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-11})
    found = empirical_bayes_rates(count, exposure, "maximum-likelihood", per=1)
    assert [found.prior_shape, found.prior_mean] == pytest.approx(np.exp(best.x), rel=1e-5)


@pytest.mark.parametrize("method", METHODS)
def test_the_prior_that_made_the_areas_is_found_again(method: str) -> None:
    count, exposure = _fictional(20_000, seed=3)
    found = empirical_bayes_rates(count, exposure, method, per=1)
    assert found.prior_mean == pytest.approx(0.01, rel=0.01)
    assert found.prior_shape == pytest.approx(8, rel=0.05)


def test_posterior_intervals_hold_the_true_rates_as_often_as_they_say() -> None:
    random = np.random.default_rng(5)
    exposure, truth = random.uniform(50, 5000, 5000), random.gamma(8, 0.01 / 8, 5000)
    found = empirical_bayes_rates(random.poisson(truth * exposure), exposure, per=1)
    holds = (found.interval.lower <= truth) & (truth <= found.interval.upper)
    assert abs(holds.mean() - 0.95) < 0.01
    raw_error = np.mean((found.raw - truth) ** 2)
    assert np.mean((found.steadied - truth) ** 2) < 0.5 * raw_error


@pytest.mark.parametrize("method", METHODS)
def test_noise_of_disclosure_control_is_not_taken_for_variation_between_areas(method: str) -> None:
    random = np.random.default_rng(6)
    exposure, truth = random.uniform(500, 5000, 20_000), random.gamma(8, 0.01 / 8, 20_000)
    count = random.poisson(truth * exposure) + random.choice([-6, 6], 20_000)
    kept = count >= 0  # a count below 0 cannot be given
    count, exposure, truth = count[kept], exposure[kept], truth[kept]
    blind = empirical_bayes_rates(count, exposure, method, per=1)
    found = empirical_bayes_rates(count, exposure, method, per=1, noise_variance=36)
    assert abs(found.prior_shape / 8 - 1) < abs(blind.prior_shape / 8 - 1) / 2
    assert np.mean((found.steadied - truth) ** 2) < np.mean((blind.steadied - truth) ** 2)


def test_a_noisy_area_weighs_as_a_smaller_one() -> None:
    plain = empirical_bayes_rates([10, 30, 100], [1000, 1000, 2000], per=1)
    noisy = empirical_bayes_rates([10, 30, 100], [1000, 1000, 2000], per=1, noise_variance=35)
    assert noisy.raw == pytest.approx(plain.raw)
    assert (noisy.weight < plain.weight).all()
    # The mean rate is 0.035: noise of 35 doubles the variance of the first two areas.
    halves = empirical_bayes_rates([5, 15, 100 / 1.5], [500, 500, 2000 / 1.5], per=1)
    assert noisy.steadied == pytest.approx(halves.steadied)
    assert noisy.interval.upper == pytest.approx(halves.interval.upper)
    with pytest.raises(FiguresRefused, match="noise_variance = -1"):
        empirical_bayes_rates([1, 2], [10, 10], noise_variance=-1)


@pytest.mark.parametrize("method", METHODS)
def test_areas_that_do_not_vary_get_the_mean_and_a_note(method: str) -> None:
    found = empirical_bayes_rates([[10, 20, 30], [1, 20, 80]], [100, 200, 300], method, per=1)
    assert found.notes == (NO_VARIATION,)
    assert np.isposinf(found.prior_shape[0])
    assert found.weight[0].tolist() == [0, 0, 0]
    assert found.steadied[0] == pytest.approx([0.1] * 3)
    assert found.interval.upper[0] == pytest.approx([poisson_interval(60).upper / 600] * 3)
    assert np.isfinite(found.prior_shape[1])
    assert empirical_bayes_rates([1, 20, 80], [100, 200, 300], method).notes == ()


@pytest.mark.parametrize("method", METHODS)
def test_no_events_anywhere_are_steadied_to_0(method: str) -> None:
    found = empirical_bayes_rates([0, 0], [100, 200], method)
    assert found.steadied.tolist() == [0, 0]
    assert found.interval.lower.tolist() == [0, 0]
    assert (found.interval.upper > 0).all()


@pytest.mark.parametrize("method", METHODS)
def test_each_period_is_steadied_for_itself(method: str) -> None:
    first, second = _fictional(30, 1), _fictional(30, 2)
    both = empirical_bayes_rates(
        np.stack([first[0], second[0]]), np.stack([first[1], second[1]]), method
    )
    for row, (count, exposure) in enumerate((first, second)):
        alone = empirical_bayes_rates(count, exposure, method)
        np.testing.assert_allclose(both.steadied[row], alone.steadied, rtol=1e-6)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: empirical_bayes_rates([1], [10]), "count = 1 area"),
        (lambda: empirical_bayes_rates(1, 10), "count = 1 area"),
        (lambda: empirical_bayes_rates([1, -1], [10, 10]), "count[1] = -1"),
        (lambda: empirical_bayes_rates([1, 1], [10, 0]), "exposure[1] = 0"),
        (lambda: empirical_bayes_rates([1, 1], [10, 1, 1]), "count and exposure = 2 and 3"),
        (lambda: empirical_bayes_rates([1, 1], [10, 10], "full-bayes"), "method = 'full-bayes'"),
        (lambda: empirical_bayes_rates([1, 1], [10, 10], level=1), "level = 1"),
        (lambda: empirical_bayes_rates([1, 1], [10, 10], per=0), "factor = 0"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name_place_and_value(call: object, said: str) -> None:
    with pytest.raises(FiguresRefused) as refused:
        call()  # type: ignore[operator]
    assert said in str(refused.value)
    assert refused.value.zh
