"""First-graders counted from a calendar of births by month, and what schools cannot be computed from."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from renkou.core.errors import FiguresRefused
from renkou.demography.planning.parameters import PlanningParameters
from renkou.demography.planning.school import children_of_school_age, stock_weights

MONTHS = [31, 29, 30, 34, 36, 33, 40, 41, 45, 52, 50, 47]  # births by month, January first


def _stocks_without_death(births, first_birth_year, base_year, years, ages=30):
    """Stocks at 1 January of people born {year: births by month}, nobody dies or moves."""
    population = np.zeros((years + 1, 2, ages))
    for stock in range(years + 1):
        for age in range(ages - 1):
            born = births.get(base_year + stock - 1 - age)
            if born is not None:
                population[stock, :, age] = sum(born) / 2
    return population


def test_first_graders_are_those_born_from_september_to_august():
    """In September 2031 come those born from September 2024 to August 2025 (aged 6 on 31 August)."""
    births = {
        year: [one * (1 + (year - 2020) / 10) for one in MONTHS] for year in range(2018, 2031)
    }
    population = _stocks_without_death(births, 2018, 2031, 1)
    expected = sum(births[2024][8:]) + sum(births[2025][:8])
    found = children_of_school_age(population, 6, births_by_month=MONTHS)
    np.testing.assert_allclose(found, [expected], rtol=1e-12)


def test_without_births_by_month_a_third_and_two_thirds_of_two_birth_years_come():
    births = {2024: [100.0] * 12, 2025: [130.0] * 12}
    population = _stocks_without_death(births, 2024, 2031, 1)
    np.testing.assert_allclose(
        children_of_school_age(population, 6), [4 * 100 + 8 * 130], rtol=1e-12
    )


def test_deaths_and_moves_until_september_are_two_thirds_of_the_years():
    """A birth year of 1200 that loses 90 between two stocks has lost 60 of them by 1 September."""
    population = np.zeros((2, 2, 30))
    population[0, 0, 5], population[1, 0, 6] = 1200.0, 1110.0
    population[0, 1, 6], population[1, 1, 7] = 600.0, 660.0  # and one that gains 60
    expected = 8 / 12 * (1200 - 60) + 4 / 12 * (600 + 40)
    np.testing.assert_allclose(children_of_school_age(population, 6), [expected], rtol=1e-12)


def test_the_age_of_entry_and_the_cutoff_can_be_others():
    """Entry at 7, complete by 31 March: born April 2023 to March 2024 for a school year of 2031."""
    births = dict.fromkeys(range(2020, 2028), MONTHS) | {2023: [9.0] * 12}
    population = _stocks_without_death(births, 2020, 2031, 1)
    found = children_of_school_age(population, 7, cutoff_month=3, births_by_month=MONTHS)
    born = 9 * 12 * sum(MONTHS[3:]) / sum(MONTHS) + sum(MONTHS[:3])
    np.testing.assert_allclose(found, [born], rtol=1e-12)


@given(
    st.integers(1, 12), st.lists(st.floats(0.1, 100), min_size=12, max_size=12), st.integers(1, 8)
)
def test_every_child_counts_once_from_one_age_to_the_next(month, births, years):
    before, after = stock_weights(3, years, 30, month, births)
    assert before.sum() + after.sum() == pytest.approx(years)
    apart = [stock_weights(age, 1, 30, month, births) for age in range(3, 3 + years)]
    np.testing.assert_allclose(before, sum(one[0] for one in apart), atol=1e-12)
    np.testing.assert_allclose(after, sum(one[1] for one in apart), atol=1e-12)


@given(st.integers(0, 2**32 - 1))
def test_stages_are_disjoint_and_add_up(seed):
    population = np.random.default_rng(seed).random((2, 4, 2, 101)) * 100
    parts = [
        children_of_school_age(population, stage.first_age, stage.years)
        for stage in PlanningParameters.default().stages
    ]
    np.testing.assert_allclose(sum(parts), children_of_school_age(population, 3, 15), rtol=1e-12)


def test_a_class_that_nobody_leaves_grows_a_year_older_each_year():
    births = {year: [float(year - 2000)] * 12 for year in range(2005, 2035)}
    population = _stocks_without_death(births, 2005, 2030, 3)
    entering = children_of_school_age(population, 6)
    second_grade = children_of_school_age(population, 7)
    np.testing.assert_allclose(second_grade[1:], entering[:-1], rtol=1e-12)


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((1, 2, 101), "1 stock: the children of a school year lie between two stocks"),
        ((4, 101), "has axes"),
        ((2, 2, 8), "ages up to 7 are closed single ages"),
    ],
)
def test_stocks_that_hold_no_school_year_are_refused(shape, message):
    with pytest.raises(FiguresRefused, match=message) as refused:
        children_of_school_age(np.ones(shape), 6)
    assert refused.value.zh


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"first_age": 0}, "first_age = 0: is completed years, at least 1; correct it"),
        ({"first_age": -3}, "first_age = -3: is completed years, at least 1"),
        ({"first_age": 6.5}, "first_age = 6.5: is a whole number: completed years"),
        ({"first_age": True}, "first_age = True: is a whole number"),
        ({"first_age": 6, "years": 0}, "years = 0: is how many ages, at least 1"),
        ({"first_age": 6, "years": 1.0}, "years = 1.0: is a whole number"),
        ({"first_age": 6, "cutoff_month": 0}, "cutoff_month = 0: is a month, 1 to 12"),
        ({"first_age": 6, "cutoff_month": 13}, "cutoff_month = 13: is a month, 1 to 12"),
        ({"first_age": 6, "births_by_month": [1, 2]}, r"births_by_month = of shape \(2,\): has one"),
        ({"first_age": 6, "births_by_month": [0] * 12}, "births_by_month = all 0: shares"),
        ({"first_age": 6, "births_by_month": [1] * 11 + [-1]}, r"births_by_month\[11\] = -1: no"),
        ({"first_age": 6, "births_by_month": [1] * 11 + [np.nan]}, r"births_by_month\[11\] = nan"),
    ],
)  # fmt: skip
def test_words_of_a_question_that_mean_nothing_are_refused(given, message):
    alike = np.full((2, 2, 20), 600.0)
    for ask in (
        lambda: children_of_school_age(alike, **given),
        lambda: stock_weights(**{"years": 1, "ages": 20, **given}),
    ):
        with pytest.raises(FiguresRefused, match="^" + message) as told:
            ask()
        assert told.value.zh


def test_whole_numbers_of_arrays_serve_as_ages_and_months():
    alike = np.full((2, 2, 20), 600.0)
    found = children_of_school_age(alike, np.int64(6), np.int32(2), cutoff_month=np.int8(12))
    np.testing.assert_allclose(found, 2400)


def test_weights_of_ages_that_are_not_there_are_refused():
    assert stock_weights(6, 1, 8)[1].sum() > 0
    with pytest.raises(FiguresRefused, match="ages = 7: include age 7"):
        stock_weights(6, 1, 7)
