import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from renkou.demography.rates.intervals import (
    poisson_interval,
    rate_interval,
    wilson_interval,
)
from renkou.demography.rates.ratio_intervals import difference_interval, ratio_interval

counts = st.integers(0, 10**7)
levels = st.floats(0.5, 0.999)
methods = st.sampled_from(["exact", "byar"])


@given(counts, levels, methods, st.floats(0, 10))
def test_an_interval_contains_its_count(
    count: int, level: float, method: str, noise: float
) -> None:
    found = poisson_interval(count, level, method, noise_variance=noise)
    assert 0 <= found.lower <= count < found.upper


@given(counts, st.tuples(levels, levels), methods)
def test_a_higher_level_is_never_narrower(
    count: int, both: tuple[float, float], method: str
) -> None:
    narrow, wide = (poisson_interval(count, level, method) for level in sorted(both))
    assert wide.lower <= narrow.lower
    assert narrow.upper <= wide.upper


@given(counts, st.floats(0, 10), st.floats(0, 10))
def test_more_noise_is_never_narrower(count: int, one: float, other: float) -> None:
    less, more = sorted((one, other))
    narrow, wide = (poisson_interval(count, noise_variance=each) for each in (less, more))
    assert wide.lower <= narrow.lower
    assert narrow.upper <= wide.upper


@given(counts)
def test_the_exact_limits_leave_equal_tails(count: int) -> None:
    found = poisson_interval(count)
    np.testing.assert_allclose(stats.poisson.cdf(count, found.upper), 0.025, rtol=1e-6)
    if count:
        np.testing.assert_allclose(stats.poisson.sf(count - 1, found.lower), 0.025, rtol=1e-6)


def test_exact_intervals_cover_at_least_their_level() -> None:
    means = np.geomspace(0.01, 200, 997)
    outcomes = np.arange(600)
    chance = stats.poisson.pmf(outcomes, means[:, None])
    for level in (0.8, 0.95, 0.998):
        found = poisson_interval(outcomes, level)
        holds = (found.lower <= means[:, None]) & (means[:, None] <= found.upper)
        assert (chance * holds).sum(axis=1).min() >= level - 1e-12


def test_byar_and_wilson_cover_nearly_their_level() -> None:
    means = np.linspace(5, 200, 997)
    outcomes = np.arange(600)
    found = poisson_interval(outcomes, 0.95, "byar")
    holds = (found.lower <= means[:, None]) & (means[:, None] <= found.upper)
    assert (stats.poisson.pmf(outcomes, means[:, None]) * holds).sum(axis=1).min() > 0.945
    shares = np.linspace(0.05, 0.95, 501)
    outcomes = np.arange(101)
    chance = stats.binom.pmf(outcomes, 100, shares[:, None])
    for corrected, mean, least in ((False, 0.95, 0.92), (True, 0.96, 0.948)):
        found = wilson_interval(outcomes, 100, continuity_correction=corrected)
        holds = (found.lower <= shares[:, None]) & (shares[:, None] <= found.upper)
        cover = (chance * holds).sum(axis=1)
        assert cover.min() > least
        assert abs(cover.mean() - mean) < 0.01


@given(st.integers(0, 10**6), st.integers(1, 10**6), levels, st.booleans())
def test_a_share_lies_in_its_interval_and_the_others_mirror_it(
    part: int, rest: int, level: float, corrected: bool
) -> None:
    total = part + rest
    found = wilson_interval(part, total, level, continuity_correction=corrected)
    other = wilson_interval(rest, total, level, continuity_correction=corrected)
    assert 0 <= found.lower <= part / total <= found.upper <= 1
    np.testing.assert_allclose([found.lower, found.upper], [1 - other.upper, 1 - other.lower],
                               atol=1e-12)  # fmt: skip


@given(st.integers(1, 10**6), st.integers(1, 10**6), levels)
def test_a_ratio_turned_over_has_the_interval_turned_over(a: int, b: int, level: float) -> None:
    found, other = ratio_interval(a, b, 1, level), ratio_interval(b, a, 1, level)
    assert found.lower < a / b < found.upper
    np.testing.assert_allclose([found.lower, found.upper], [1 / other.upper, 1 / other.lower])


@given(counts, st.floats(0.5, 1e8), st.sampled_from([1, 100, 1000, 1e5]))
def test_a_rate_is_its_count_in_another_unit(count: int, exposure: float, per: float) -> None:
    found, plain = rate_interval(count, exposure, per), poisson_interval(count)
    np.testing.assert_allclose(found.lower, plain.lower / exposure * per)
    np.testing.assert_allclose(found.upper, plain.upper / exposure * per)


@given(counts, counts)
def test_a_difference_lies_in_its_interval_and_turns_its_sign(a: int, b: int) -> None:
    one, two = poisson_interval(a), poisson_interval(b)
    found, other = difference_interval(a, one, b, two), difference_interval(b, two, a, one)
    assert found.lower < a - b < found.upper
    np.testing.assert_allclose(found.lower, -other.upper, atol=1e-6)
