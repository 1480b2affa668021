import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from renkou.demography.rates.age_structure import (
    WORKING_AGES,
    age_shares,
    dependency_ratios,
    median_age,
    people_aged,
)

GROUPS = np.arange(0, 101, 5)
populations = arrays(np.float64, (3, 101), elements=st.integers(1, 10**6).map(float))


@given(populations)
def test_spans_that_part_the_ages_sum_to_all(population: np.ndarray) -> None:
    shares = age_shares(population, ["0-14", "15-59", "60+"])
    np.testing.assert_allclose(sum(shares.values()), 100)


@given(populations)
def test_groups_give_what_single_years_give(population: np.ndarray) -> None:
    grouped = np.add.reduceat(population, GROUPS, axis=-1)
    for span in ("0-14", "15-59", "65+", "80+"):
        np.testing.assert_allclose(
            people_aged(grouped, span, GROUPS), people_aged(population, span)
        )


@given(populations, st.sampled_from(WORKING_AGES))
def test_dependency_is_young_plus_old_and_at_odds_with_the_working_share(
    population: np.ndarray, working: str
) -> None:
    found = dependency_ratios(population, working)
    np.testing.assert_allclose(found.total, found.young + found.old)
    share = age_shares(population, [working])[working] / 100
    np.testing.assert_allclose(found.total, 100 * (1 - share) / share)


@given(populations.map(lambda all_ages: np.where(np.arange(101) < 100, all_ages, 0)))
def test_half_of_the_people_are_younger_than_the_median(population: np.ndarray) -> None:
    median = median_age(population)
    whole = np.floor(median).astype(int)
    reached = np.concatenate([np.zeros((3, 1)), population.cumsum(axis=-1)], axis=-1)
    younger = np.array([np.interp(at, np.arange(102), row)
                        for at, row in zip(median, reached, strict=True)])  # fmt: skip
    np.testing.assert_allclose(younger, population.sum(axis=-1) / 2)
    assert (whole < 100).all()
    grouped = np.add.reduceat(population, GROUPS, axis=-1)
    inside = np.digitize(median, GROUPS) - 1
    assert (median_age(grouped, GROUPS) >= GROUPS[inside] - 1e-9).all()
    assert (median_age(grouped, GROUPS) <= GROUPS[inside] + 5 + 1e-9).all()
