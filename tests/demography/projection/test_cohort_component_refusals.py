"""What a projection refuses: array, place, value, rule and remedy."""

import numpy as np
import pytest

from renkou.core.errors import FiguresRefused
from renkou.demography import project_cohort_component, survival_ratios_from_mx
from renkou.demography.projection.stepping import Block

AGES, YEARS = 5, 3


def sound() -> dict:
    return {
        "population": np.full((2, AGES), 100.0),
        "mx": np.full((YEARS, 2, AGES), 0.02),
        "asfr": np.array([[0, 0.2, 0.2, 0, 0]] * YEARS),
        "srb": np.full(YEARS, 1.05),
    }


def with_one(name: str, place: tuple[int, ...], value: float) -> dict:
    case = sound()
    case[name] = case[name].copy()
    case[name][place] = value
    return case


def refused(case: dict, *words: str) -> FiguresRefused:
    with pytest.raises(FiguresRefused) as error:
        project_cohort_component(**case)
    for word in words:
        assert word in str(error.value), str(error.value)
    assert error.value.zh
    return error.value


def test_what_is_sound_is_projected():
    assert project_cohort_component(**sound()).population.shape == (YEARS + 1, 2, AGES)


@pytest.mark.parametrize(
    ("name", "place", "value", "words"),
    [
        ("population", (1, 3), -4, "population[1, 3] = -4"),
        ("population", (0, 0), np.nan, "population[0, 0] = nan"),
        ("mx", (2, 0, 1), -0.1, "mx[2, 0, 1] = -0.1"),
        ("mx", (2, 0, 1), np.inf, "mx[2, 0, 1] = inf"),
        ("mx", (1, 1, 2), 3, "qx[1, 1, 2] = 1.2: a probability is at most 1"),
        ("mx", (1, 1, 4), 0, "nobody dies in the open age group"),
        ("asfr", (0, 2), -1, "asfr[0, 2] = -1"),
        ("asfr", (1, 2), 90, "tfr[1] = 90.2: no women have so many children"),
        ("asfr", (1, 0), 0.1, "asfr[1, 0] = 0.1: nobody gives birth at the first age"),
        ("srb", (0,), 0, "srb[0] = 0: boys are born too"),
        ("srb", (2,), 105, "srb[2] = 105: is males born per female, not per 100; divide by 100"),
        ("srb", (1,), -1, "srb[1] = -1"),
    ],
)
def test_a_value_that_no_population_has(name, place, value, words):
    refused(with_one(name, place, value), words)


def test_survival_above_1():
    case = sound()
    del case["mx"]
    case["survival_ratio"] = np.full((YEARS, 2, AGES), 0.9)
    case["survival_ratio"][1, 0, 3] = 1.01
    refused(case, "survival_ratio[1, 0, 3] = 1.01", "at most 1")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"mx": np.full((2, 2, AGES), 0.1)}, "mx and asfr = 2 and 3 on the axis of years"),
        ({"srb": np.full(4, 1.05)}, "3 and 4 on the axis of years"),
        (
            {"mx": np.full((YEARS, 3, AGES), 0.1)},
            "population and mx = 2 and 3 on the axis of sexes",
        ),
        ({"mx": np.full((YEARS, 2, 4), 0.1)}, "population and mx = 5 and 4 on the axis of ages"),
        ({"mx": np.full((YEARS, 2, 1), 0.1)}, "population and mx = 5 and 1 on the axis of ages"),
        ({"net_migration": np.zeros((YEARS, 2, 6))}, "population and net_migration = 5 and 6"),
        ({"asfr": np.full((YEARS, 7), 0.1)}, "population and asfr = 5 and 7 on the axis of ages"),
        ({"population": np.ones((3, AGES))}, "3 on the axis of sexes"),
        ({"population": np.ones((2, 2))}, "2 on the axis of ages"),
        ({"population": np.ones(AGES)}, "has the axes (..., sexes, ages)"),
        ({"population": np.ones((0, 2, AGES))}, "none empty"),
        ({"population": [[1, 2], [3]]}, "rows of unequal length"),
        ({"srb": ["many"]}, "holds something that is no number"),
    ],
)
def test_axes_that_do_not_agree_are_named_with_both_sizes(change, words):
    refused({**sound(), **change}, words)


def test_leading_axes_that_do_not_broadcast_are_named_with_both_sizes():
    case = sound()
    case["population"] = np.ones((4, 3, 2, AGES))
    case["mx"] = np.full((2, YEARS, 2, AGES), 0.1)
    refused(case, "population and mx = 3 and 2 on batch axis -1")
    case["mx"] = np.full((5, 3, YEARS, 2, AGES), 0.1)
    refused(case, "population and mx = 4 and 5 on batch axis -2")


def test_an_open_group_that_is_not_the_last_age():
    refused({**sound(), "open_group": 3}, "open_group = 3: the open group is the last age, here 4")
    refused({**sound(), "open_group": 85}, "here 4", "or give True")


@pytest.mark.parametrize(
    ("taken", "given", "words"),
    [
        ("mx", {}, "mx and survival_ratio: neither is given"),
        (
            "",
            {"survival_ratio": np.ones((YEARS, 2, AGES))},
            "mx and survival_ratio: both are given",
        ),
        ("asfr", {}, "asfr and births: neither is given"),
        ("", {"births": np.ones((YEARS, 2))}, "asfr and births: both are given"),
        ("srb", {}, "srb: births by fertility rates need the sex ratio at birth"),
    ],
)
def test_each_component_comes_from_one_source(taken, given, words):
    case = {**sound(), **given}
    case.pop(taken, None)
    refused(case, words)


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        ({"step": 2}, "step = 2"),
        ({"floor": -1}, "floor = -1"),
        ({"floor": np.nan}, "floor = nan"),
        ({"sex": "female"}, "two sexes are male and female"),
        ({"migration_as": "rate"}, "did you mean 'rates'?"),
        ({"migration_timing": "evenly"}, "did you mean 'even'?"),
        ({"infant_rule": "hdm"}, "did you mean 'hmd'?"),
        ({"region": "wset"}, "did you mean 'west'?"),
        ({"asfr_from": 2}, "from `asfr_from` on"),
        ({"asfr_from": 0}, "from `asfr_from` on"),
        ({"threads": 0}, "threads = 0"),
    ],
)
def test_an_unknown_choice(choice, words):
    refused({**sound(), **choice}, words)


def test_more_people_cannot_leave_than_are_there():
    case = {**sound(), "net_migration": np.zeros((YEARS, 2, AGES)), "migration_as": "rates"}
    case["net_migration"][0, 1, 2] = -1.2
    refused(case, "net_migration[0, 1, 2] = -1.2", "migration_as='counts'")
    case["net_migration"][0, 1, 2] = np.nan
    refused(case, "net_migration[0, 1, 2] = nan")


@pytest.mark.parametrize("sex", [None, "both", "male"])
def test_fertility_needs_women(sex):
    case = sound()
    case["population"], case["mx"] = case["population"][:1], case["mx"][:, :1]
    refused({**case, "sex": sex}, "need women apart")


def test_births_of_two_sexes_where_one_is_projected():
    case = {"population": np.ones((1, AGES)), "mx": np.full((YEARS, 1, AGES), 0.1)}
    refused({**case, "births": np.ones((YEARS, 2))}, "1 and 2 on the axis of sexes")


def test_births_of_one_sex_where_two_are_projected():
    case = {"population": np.ones((2, AGES)), "mx": np.full((YEARS, 2, AGES), 0.1)}
    refused({**case, "births": np.ones((YEARS, 1))}, "2 and 1 on the axis of sexes")


def test_an_abridged_table_has_one_age_more():
    case = sound()
    refused({**case, "step": 5, "asfr_from": 15}, "5 and 5 on the axis of ages", "0 and 1-4 apart")


def test_ratios_refuse_what_a_life_table_refuses():
    with pytest.raises(FiguresRefused, match=r"qx\[1\]"):
        survival_ratios_from_mx([0.1, 2.5, 0.1, 1], sex="male")
    with pytest.raises(FiguresRefused, match=r"qx\[3\]"):
        survival_ratios_from_mx([0.1, 0.1, 0.1, 2.5], sex="male", open_group=False)
    with pytest.raises(FiguresRefused, match=r"mx\[0\]"):
        survival_ratios_from_mx([-0.1, 0.1, 1], sex="male")
    with pytest.raises(FiguresRefused, match="step = 2"):
        survival_ratios_from_mx([0.1, 0.1, 1], sex="male", step=2)


def test_a_people_that_appears_from_nowhere_is_noticed(monkeypatch):
    def and_one_more(self, year, start, end, births):
        births[...] = 1
        end[..., 2] += 1

    monkeypatch.setattr(Block, "_bear", and_one_more)
    refused(sound(), "1 persons off", "the fault is the program's")
