import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from renkou.demography.rates.fertility import (
    five_year_groups,
    mean_age_at_childbearing,
    total_fertility_rate,
)

births = arrays(np.float64, (3, 35), elements=st.integers(0, 10_000).map(float))
women = arrays(np.float64, 35, elements=st.floats(10, 1e6))
methods = st.sampled_from(["gamma", "log"])


@given(births, women, methods, st.tuples(st.floats(0.5, 0.999), st.floats(0.5, 0.999)))
def test_the_interval_contains_the_total_and_grows_with_the_level(
    births: np.ndarray, women: np.ndarray, method: str, levels: tuple[float, float]
) -> None:
    narrow, wide = (
        total_fertility_rate(births, women, level=each, method=method) for each in sorted(levels)
    )
    near = 1e-9 * narrow.value
    assert (narrow.interval.lower <= narrow.value + near).all()
    assert (narrow.value <= narrow.interval.upper + near).all()
    assert (wide.interval.lower <= narrow.interval.lower + near).all()
    assert (narrow.interval.upper <= wide.interval.upper + near).all()


@given(births, st.floats(10, 1e6))
def test_groups_of_five_give_the_total_of_single_ages_where_women_are_even(
    births: np.ndarray, each: float
) -> None:
    single = total_fertility_rate(births, np.full(35, each)).value
    grouped = total_fertility_rate(five_year_groups(births), np.full(7, 5 * each), 5).value
    np.testing.assert_allclose(grouped, single)


@given(births.map(lambda born: born + 1), women)
def test_the_mean_age_lies_between_15_and_50(births: np.ndarray, women: np.ndarray) -> None:
    mean = mean_age_at_childbearing(births, women, np.arange(15, 50))
    assert ((mean.value > 15) & (mean.value < 50)).all()


def test_the_gamma_interval_covers_at_least_its_level_for_few_births() -> None:
    women, outcomes = np.array([100.0, 300.0]), np.arange(45)
    first, second = np.meshgrid(outcomes, outcomes, indexing="ij")
    found = total_fertility_rate(np.stack([first, second], axis=-1), women, 5).interval
    for rates in ([0.005, 0.002], [0.03, 0.01], [0.1, 0.03], [0.001, 0.04]):
        truth = 5 * sum(rates)
        means = women * rates
        chance = np.outer(*(stats.poisson.pmf(outcomes, mean) for mean in means))
        covered = chance[(found.lower <= truth) & (truth <= found.upper)].sum()
        assert covered >= 0.95, rates
