import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from renkou.demography.areas.small_areas import empirical_bayes_rates

methods = st.sampled_from(["moments", "maximum-likelihood"])
counts = arrays(np.float64, (2, 12), elements=st.integers(0, 500).map(float))
exposures = arrays(np.float64, 12, elements=st.floats(50, 1e5))


@given(counts, exposures, methods)
def test_a_steadied_rate_lies_between_the_raw_one_and_the_prior_mean(
    count: np.ndarray, exposure: np.ndarray, method: str
) -> None:
    found = empirical_bayes_rates(count, exposure, method)
    mean = np.broadcast_to(found.prior_mean[:, None], count.shape)
    near = 1e-9 * (found.raw + mean)
    assert (np.minimum(found.raw, mean) <= found.steadied + near).all()
    assert (found.steadied <= np.maximum(found.raw, mean) + near).all()
    assert ((found.weight >= 0) & (found.weight <= 1)).all()


@given(counts, exposures, methods)
def test_the_posterior_interval_leaves_equal_tails(
    count: np.ndarray, exposure: np.ndarray, method: str
) -> None:
    found = empirical_bayes_rates(count, exposure, method, per=1)
    shape, mean = (np.broadcast_to(each[:, None], count.shape)
                   for each in (found.prior_shape, found.prior_mean))  # fmt: skip
    at = np.isfinite(shape) & (found.interval.lower > 1e-200)
    posterior = stats.gamma(
        (count + shape)[at], scale=1 / (exposure + shape / np.where(mean > 0, mean, 1))[at]
    )
    np.testing.assert_allclose(posterior.cdf(found.interval.lower[at]), 0.025, rtol=1e-6)
    np.testing.assert_allclose(posterior.sf(found.interval.upper[at]), 0.025, rtol=1e-6)


@given(counts, exposures, methods, st.permutations(range(12)))
def test_the_order_of_areas_does_not_matter(
    count: np.ndarray, exposure: np.ndarray, method: str, order: list[int]
) -> None:
    found = empirical_bayes_rates(count, exposure, method)
    other = empirical_bayes_rates(count[:, order], exposure[order], method)
    np.testing.assert_allclose(found.steadied[:, order], other.steadied, rtol=1e-3, atol=1e-9)


@given(counts, exposures, methods)
def test_the_larger_area_keeps_more_of_its_own_rate(
    count: np.ndarray, exposure: np.ndarray, method: str
) -> None:
    found = empirical_bayes_rates(count, exposure, method)
    by_size = found.weight[:, np.argsort(exposure)]
    assert (np.diff(by_size, axis=-1) >= -1e-12).all()
