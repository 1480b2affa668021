"""Each kind of indicator on a county of a few people, against figures worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from renkou.core.errors import UsageError
from renkou.core.tallies import Tally
from renkou.demography.indicators.catalogue import catalogue
from renkou.demography.indicators.cells import (
    Seen,
    chosen_periods,
    mean_of,
    periods_within,
    true_counts,
)
from renkou.demography.indicators.computing import KINDS, figure_blocks
from renkou.demography.indicators.of_mortality import ABRIDGED, FEWEST_IN_AN_AGE
from renkou.demography.mortality.life_tables import life_table
from renkou.demography.mortality.standardisation import standard_population
from renkou.demography.rates.intervals import poisson_interval, rate_interval, wilson_interval

from .tabulations import (
    FEMALE,
    MALE,
    UNKNOWN,
    UNKNOWN_AGES,
    blocks_of,
    events,
    figure,
    stock,
    tabulation,
)

# 1,000 people at the beginning of 2024 and 1,200 at its end: a mean population of 1,100
GROWING = stock({(MALE, 30): 600, (FEMALE, 30): 400}, {(MALE, 30): 700, (FEMALE, 30): 500})


def test_crude_rates_stand_on_the_mean_of_the_two_year_ends() -> None:
    counts = tabulation(
        GROWING,
        {"births": events({3: {(MALE, 28): 7}, 12: {(FEMALE, 31): 4}}),
         "deaths": events({1: {(MALE, 80): 22}})},
    )  # fmt: skip
    value, lower, upper = figure("birth_rate", counts)
    assert value == pytest.approx(10.0)
    found = rate_interval(11, 1100)
    assert (lower, upper) == pytest.approx((float(found.lower), float(found.upper)))
    assert figure("death_rate", counts)[0] == pytest.approx(20.0)
    assert figure("death_rate", counts, sex="male")[0] == pytest.approx(22 / 650 * 1000)
    assert figure("natural_increase", counts)[0] == -11
    value, lower, upper = figure("natural_increase_rate", counts)
    half = 1.959964 * math.sqrt(33) / 1100 * 1000
    assert (value, lower, upper) == pytest.approx((-10, -10 - half, -10 + half))


@pytest.mark.parametrize(
    ("period", "births", "mean", "years"),
    [
        ("2024-03", 6, 1000, 1 / 12),
        ("2024-12", 4, 1100, 1 / 12),
        ("2024-Q1", 6, 1000, 1 / 4),
        ("2024-H2", 4, 1100, 1 / 2),
        ("2024", 10, 1100, 1),
    ],
)
def test_rates_of_shorter_periods_are_per_year(
    period: str, births: int, mean: float, years: float
) -> None:
    born = events({3: {(MALE, 28): 6}, 12: {(FEMALE, 31): 4}})
    counts = tabulation(GROWING, {"births": born})
    assert figure("birth_rate", counts, period)[0] == pytest.approx(1000 * births / mean / years)


def test_couples_are_half_of_those_who_married() -> None:
    counts = tabulation(GROWING, {"marriages": events({5: {(MALE, 28): 11, (FEMALE, 26): 11}})})
    assert figure("marriages", counts)[0] == 22
    assert figure("marriage_rate", counts)[0] == pytest.approx(10.0)


def test_general_fertility_is_of_women_aged_15_to_49() -> None:
    usual = stock({(FEMALE, 14): 90, (FEMALE, 15): 40, (FEMALE, 49): 60, (FEMALE, 50): 90})
    counts = tabulation(usual, {"births": events({3: {(MALE, UNKNOWN_AGES): 5}})})
    assert figure("general_fertility_rate", counts)[0] == pytest.approx(50.0)


WOMEN = stock({(FEMALE, age): 1000 for age in range(17, 50, 5)})
BORN = {(MALE, 17): 10, (MALE, 22): 60, (FEMALE, 27): 80, (FEMALE, 32): 30, (FEMALE, 37): 20}


def test_births_to_mothers_of_unknown_age_are_shared_out_as_the_known() -> None:
    known = tabulation(WOMEN, {"births": events({1: BORN})})
    assert figure("age_specific_fertility_rate", known, age="25-29")[0] == pytest.approx(80.0)
    assert figure("total_fertility_rate", known)[0] == pytest.approx(5 * 200 / 1000)
    middle = (17.5 * 10 + 22.5 * 60 + 27.5 * 80 + 32.5 * 30 + 37.5 * 20) / 200
    assert figure("mean_age_at_birth", known)[0] == pytest.approx(middle)
    # 50 more of whose mothers nothing is known: a quarter more at each age
    more = tabulation(WOMEN, {"births": events({1: {**BORN, (MALE, UNKNOWN_AGES): 50}})})
    assert figure("age_specific_fertility_rate", more, age="25-29")[0] == pytest.approx(100.0)
    assert figure("total_fertility_rate", more)[0] == pytest.approx(1.25)
    assert figure("mean_age_at_birth", more)[0] == pytest.approx(middle)
    [block] = blocks_of("total_fertility_rate", more)
    assert "unknown age" in block.notes[0]
    assert block.numerator.item() == 250


def test_the_youngest_and_oldest_mothers_count_with_the_nearest_group() -> None:
    born = {(MALE, 14): 2, (MALE, 19): 3, (MALE, 50): 4, (FEMALE, 49): 6}
    counts = tabulation(WOMEN, {"births": events({1: born})})
    assert figure("age_specific_fertility_rate", counts, age="15-19")[0] == pytest.approx(5.0)
    assert figure("age_specific_fertility_rate", counts, age="45-49")[0] == pytest.approx(10.0)


def test_the_sex_ratio_at_birth_leaves_out_whose_sex_is_unknown() -> None:
    born = {(MALE, 27): 115, (FEMALE, 27): 100, (UNKNOWN, 27): 9}
    counts = tabulation(WOMEN, {"births": events({1: born})})
    value, lower, upper = figure("sex_ratio_at_birth", counts)
    assert value == pytest.approx(115.0)
    half = 1.959964 * math.sqrt(1 / 115 + 1 / 100)
    assert (lower, upper) == pytest.approx((115 * math.exp(-half), 115 * math.exp(half)))
    assert figure("births", counts)[0] == 224  # but they were born


def test_child_mortality_is_per_live_births_of_the_period() -> None:
    died = {(MALE, 0): 3, (FEMALE, 4): 2, (MALE, 5): 9}
    counts = tabulation(
        WOMEN, {"births": events({1: {(MALE, 27): 500}}), "deaths": events({7: died})}
    )
    assert figure("infant_mortality", counts)[0] == pytest.approx(6.0)
    assert figure("under5_mortality", counts)[0] == pytest.approx(10.0)


AGED = {(MALE, 10): 20, (MALE, 14): 10, (FEMALE, 15): 30, (FEMALE, 59): 20, (MALE, 60): 10,
        (FEMALE, 64): 10, (MALE, 65): 10, (FEMALE, 80): 6, (FEMALE, 100): 4}  # fmt: skip


@pytest.mark.parametrize(
    ("indicator", "value"),
    [
        ("share_0_14", 100 * 30 / 120),
        ("share_15_59", 100 * 50 / 120),
        ("share_60", 100 * 40 / 120),
        ("share_65", 100 * 20 / 120),
        ("share_80", 100 * 10 / 120),
        ("dependency_15_64", 100 * 50 / 70),
        ("dependency_young_15_64", 100 * 30 / 70),
        ("dependency_old_15_64", 100 * 20 / 70),
        ("dependency_old_15_59", 100 * 40 / 50),
        ("sex_ratio", 100 * 50 / 70),
        # 60th of 120: 30 under 15, 30 aged 15: the end of that year
        ("median_age", 16.0),
        ("mean_population", 120),
    ],
)
def test_structure_by_hand(indicator: str, value: float) -> None:
    found, lower, upper = figure(indicator, tabulation(stock(AGED)))
    assert found == pytest.approx(value)
    assert not lower > value
    assert not upper < value


def test_shares_have_the_interval_of_wilson_and_may_be_by_sex() -> None:
    found = figure("share_65", tabulation(stock(AGED)))
    wilson = wilson_interval(20, 120)
    assert found[1:] == pytest.approx((100 * float(wilson.lower), 100 * float(wilson.upper)))
    assert figure("share_65", tabulation(stock(AGED)), sex="male")[0] == pytest.approx(20.0)


def test_people_of_unknown_sex_or_age_are_in_the_totals_alone() -> None:
    usual = stock({(MALE, 30): 5, (UNKNOWN, 30): 3, (FEMALE, UNKNOWN_AGES): 2})
    counts = tabulation(usual)
    told = {
        (sex, age): figure("usual_residents", counts, sex=sex, age=age)[0]
        for sex in ("both", "male", "female")
        for age in ("all", "30-34")
    }
    assert told == {
        ("both", "all"): 10, ("both", "30-34"): 8, ("male", "all"): 5, ("male", "30-34"): 5,
        ("female", "all"): 2, ("female", "30-34"): 0,
    }  # fmt: skip


def test_stocks_are_those_at_the_end_of_the_period() -> None:
    counts = tabulation(GROWING)
    assert figure("usual_residents", counts, "2024-11")[0] == 1000
    assert figure("usual_residents", counts, "2024-12")[0] == 1200
    assert figure("usual_residents", counts, "2024")[0] == 1200
    assert figure("mean_population", counts, "2024")[0] == 1100
    assert figure("mean_population", counts, "2024-Q3")[0] == 1000


def test_single_ages_are_told_at_the_ends_of_years_alone() -> None:
    blocks = blocks_of("usual_residents", tabulation(stock(AGED)))
    [single] = [block for block in blocks if "14" in block.ages]
    assert single.periods == ("2024",)
    assert figure("usual_residents", tabulation(stock(AGED)), age="14")[0] == 10
    assert figure("usual_residents", tabulation(stock(AGED)), age="100+")[0] == 4


def test_villages_are_counted_by_sex_without_ages() -> None:
    count = np.zeros((2, 13, 3), np.int64)
    count[:, :, MALE], count[:, :, FEMALE], count[1, :, UNKNOWN] = 30, 40, 1
    villages = ("513021001001", "513021001002"), Tally(count, count.astype(np.uint64))
    blocks = blocks_of("usual_residents", tabulation(stock(AGED), villages={"usual": villages}))
    [block] = [one for one in blocks if one.areas == villages[0]]
    assert (block.sexes, block.ages) == (("both", "male", "female"), ("all",))
    assert set(block.periods) == {"2024-H1", "2024-H2", "2024"}
    assert block.value[:, 0, :, 0].tolist() == [[70, 30, 40], [71, 30, 40]]


def test_the_floating_are_a_share_of_the_usual_residents() -> None:
    floating = stock({(MALE, 30): 30})
    counts = tabulation(stock(AGED), floating=floating)
    assert figure("share_floating", counts)[0] == pytest.approx(25.0)


def test_net_migration_is_the_difference_of_moves() -> None:
    counts = tabulation(
        GROWING,
        {"moves_in": events({2: {(MALE, 30): 44}}), "moves_out": events({3: {(MALE, 30): 22}})},
    )
    assert figure("net_migration", counts)[0] == 22
    assert figure("in_migration_rate", counts)[0] == pytest.approx(40.0)
    assert figure("out_migration_rate", counts)[0] == pytest.approx(20.0)


def test_counts_of_events_have_the_exact_poisson_interval() -> None:
    counts = tabulation(GROWING, {"deaths": events({1: {(MALE, 80): 22}})})
    exact = poisson_interval(22)
    assert figure("deaths", counts) == pytest.approx((22, float(exact.lower), float(exact.upper)))
    assert figure("deaths", counts, sex="female") == pytest.approx((0, 0, 3.68888), rel=1e-5)


def test_timeliness_is_of_births_whose_day_of_registration_is_known() -> None:
    count = np.zeros((1, 12, 3), np.int64)
    count[0, 4] = [30, 10, 60]
    told = Tally(count, count.astype(np.uint64))
    counts = tabulation(GROWING, punctuality=told)
    value, lower, upper = figure("birth_registration_timeliness", counts)
    assert value == pytest.approx(75.0)
    wilson = wilson_interval(30, 40)
    assert (lower, upper) == pytest.approx((100 * float(wilson.lower), 100 * float(wilson.upper)))
    assert blocks_of("birth_registration_timeliness", tabulation(GROWING)) == []


EVERY_AGE = {(sex, age): 1000 for sex in (MALE, FEMALE) for age in range(101)}
DEATHS = {
    (sex, age): 1 + (age >= 60) * 20 + (age >= 80) * 60 + 2 * sex
    for sex in (MALE, FEMALE)
    for age in range(101)
}


def _of_groups(cells: dict[tuple[int, int], int], sex: int) -> np.ndarray:
    return np.array([
        sum(cells[sex, age] for age in range(first, last + 1)) for first, last in ABRIDGED
    ], float)  # fmt: skip


@pytest.mark.parametrize(("sex", "number"), [("male", MALE), ("female", FEMALE)])
def test_life_expectancy_is_that_of_the_life_table_of_its_rates(sex: str, number: int) -> None:
    counts = tabulation(stock(EVERY_AGE), {"deaths": events({6: DEATHS})})
    mx = _of_groups(DEATHS, number) / _of_groups(EVERY_AGE, number)
    table = life_table(mx, sex=sex, ages=[first for first, _ in ABRIDGED])
    value, lower, upper = figure("life_expectancy", counts, sex=sex)
    assert value == pytest.approx(float(table.ex[0]))
    assert lower < value < upper
    at_65 = [first for first, _ in ABRIDGED].index(65)
    assert figure("life_expectancy_65", counts, sex=sex)[0] == pytest.approx(float(table.ex[at_65]))


def test_the_columns_of_the_life_table_are_given_by_age() -> None:
    counts = tabulation(stock(EVERY_AGE), {"deaths": events({6: DEATHS})})
    mx = _of_groups(DEATHS, FEMALE) / _of_groups(EVERY_AGE, FEMALE)
    table = life_table(mx, sex="female", ages=[first for first, _ in ABRIDGED])
    for age, at in (("0", 0), ("1-4", 1), ("60-64", 13), ("85+", len(ABRIDGED) - 1)):
        told = {"sex": "female", "age": age}
        assert figure("survivors", counts, **told)[0] == pytest.approx(float(table.lx[at]))
        assert figure("death_probability", counts, **told)[0] == pytest.approx(
            1000 * float(table.qx[at])
        )
        value, lower, upper = figure("life_expectancy_by_age", counts, **told)
        assert value == pytest.approx(float(table.ex[at]))
        assert lower < value < upper


def test_no_life_table_is_made_of_too_few_people_at_an_age() -> None:
    few = {**EVERY_AGE, (MALE, 0): FEWEST_IN_AN_AGE - 1}
    counts = tabulation(stock(few), {"deaths": events({6: DEATHS})})
    assert np.isnan(figure("life_expectancy", counts, sex="male")[0])
    assert np.isfinite(figure("life_expectancy", counts, sex="female")[0])


def test_the_standardised_rate_weighs_ages_as_the_standard_does() -> None:
    counts = tabulation(stock(EVERY_AGE), {"deaths": events({6: DEATHS})})
    ages = list(range(0, 90, 5))
    groups = [range(age, age + 5) for age in ages[:-1]] + [range(85, 101)]
    rates = [
        sum(DEATHS[sex, age] for sex in (0, 1) for age in group)
        / sum(EVERY_AGE[sex, age] for sex in (0, 1) for age in group)
        for group in groups
    ]
    weights = standard_population("china-2020", ages).weights
    value, lower, upper = figure("standardised_death_rate", counts)
    assert value == pytest.approx(1000 * float(np.dot(weights, rates)))
    assert lower < value < upper


def test_age_specific_death_rates() -> None:
    counts = tabulation(stock(EVERY_AGE), {"deaths": events({6: DEATHS})})
    assert figure("age_specific_death_rate", counts, age="60-64", sex="male")[0] == pytest.approx(
        21
    )
    assert figure("age_specific_death_rate", counts, age="85+", sex="male")[0] == pytest.approx(81)


def test_an_area_alone_is_drawn_to_nothing() -> None:
    counts = tabulation(GROWING, {"deaths": events({1: {(MALE, 80): 22}})})
    [block] = blocks_of("death_rate_smoothed", counts)
    assert np.isnan(block.value).all()


@pytest.mark.parametrize("one", list(catalogue().values()), ids=lambda one: one.id)
@pytest.mark.parametrize("died", [False, True])
def test_where_nobody_lives_there_is_no_figure_and_no_warning(one, died: bool) -> None:
    deaths = events({1: {(MALE, 80): 2}} if died else {})
    nobody = tabulation(stock({}), {"deaths": deaths})
    for block in figure_blocks([one], nobody, true_counts):
        assert not np.isinf(block.value).any()
        counted = ("stock", "mean_stock", "events", "difference")
        assert np.isnan(block.value).all() or one.compute["kind"] in counted


@pytest.mark.parametrize("one", list(catalogue().values()), ids=lambda one: one.id)
def test_every_figure_lies_within_its_limits(one) -> None:
    count = np.full((1, 12, 3), 40, np.int64)
    born = {(sex, age): 30 + sex for sex in (MALE, FEMALE) for age in range(15, 50)}
    counts = tabulation(
        stock(EVERY_AGE),
        {"deaths": events({6: DEATHS}), "births": events({2: born, 8: born}),
         "moves_in": events({3: born}), "moves_out": events({9: DEATHS}),
         "marriages": events({10: born})},
        punctuality=Tally(count, count.astype(np.uint64)), floating=stock(DEATHS),
    )  # fmt: skip
    for block in figure_blocks([one], counts, true_counts):
        known = np.isfinite(block.lower) & np.isfinite(block.value)
        assert (block.lower[known] <= block.value[known]).all()
        assert (block.value[known] <= block.upper[known]).all()


def test_periods_lie_wholly_within_the_tabulation() -> None:
    names = [one.name for one in periods_within(2023 * 12 + 1, 2024 * 12 + 6)]
    assert names[0] == "2023-03"
    assert names[16] == "2024-07"
    assert names[17:] == [
        "2023-Q2", "2023-Q3", "2023-Q4", "2024-Q1", "2024-Q2", "2023-H2", "2024-H1",
    ]  # fmt: skip


def test_periods_stand_between_the_month_ends_that_open_and_close_them() -> None:
    periods = {one.name: one for one in periods_within(2023 * 12 + 11, 2024 * 12 + 11)}
    quarter = periods["2024-Q2"]
    assert (quarter.opening, quarter.closing, quarter.years) == (3, 6, 0.25)
    assert (periods["2024"].opening, periods["2024"].closing) == (0, 12)


def test_a_period_that_is_too_short_is_refused() -> None:
    periods = periods_within(2023 * 12 + 11, 2024 * 12 + 11)
    assert [one.name for one in chosen_periods(periods, "year", ["2024"])] == ["2024"]
    with pytest.raises(UsageError, match="2024-03: not within the data, or too short"):
        chosen_periods(periods, "year", ["2024-03"])


def test_the_mean_of_two_stocks_of_the_same_people_keeps_their_noise() -> None:
    [period] = periods_within(2023 * 12 + 11, 2024 * 12)
    same = mean_of(Seen(np.array([[9.0, 9.0]]), np.array([[2.0, 2.0]])), [period])
    assert (same.count.item(), same.noise.item()) == pytest.approx((9, 2))


def test_the_kinds_are_all_tried_here() -> None:
    assert {one.compute["kind"] for one in catalogue().values()} >= set(KINDS)
