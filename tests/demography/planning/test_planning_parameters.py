"""The planning parameters: packaged ones complete, a planner's own in their place, mistakes refused."""

import datetime
import re

import numpy as np
import pytest
from ruamel.yaml import YAML

from renkou.core.errors import FiguresRefused
from renkou.demography.planning.parameter_rules import RULES
from renkou.demography.planning.parameters import PlanningParameters, planning_yaml

DEFAULT = PlanningParameters.default()


def test_every_packaged_parameter_says_where_it_comes_from_in_two_languages():
    for one in DEFAULT.parameters.values():
        assert isinstance(one.since, datetime.date), one.name
        assert re.search(r"[\u4e00-\u9fff]", one.zh), one.name
        assert re.search(r"[\u4e00-\u9fff]", one.source), one.name
        assert one.en, one.name
        assert one.unit, one.name
        assert not one.own
    assert {name.rpartition(".")[2] for name in DEFAULT.parameters} == set(RULES)


def test_the_packaged_file_copied_is_not_the_planners_own():
    copied = PlanningParameters.from_mapping(YAML(typ="safe", pure=True).load(planning_yaml()))
    assert copied == DEFAULT


def test_own_values_take_the_place_of_the_packaged_ones():
    own = PlanningParameters.from_mapping(
        {
            "school": {"primary": {"class_size": {
                "value": 40, "source": "县教育局", "from": datetime.date(2026, 9, 1),
                "basis": "standard"}}},
            "care": {"paid_share": {2025: 0.2, 2045: 0.6}},
        },
        "my.yaml",
    )  # fmt: skip
    changed = own["school.primary.class_size"]
    assert (changed.value, changed.source, changed.own) == (40.0, "县教育局", True)
    assert own.over("care.paid_share", [2020, 2035, 2050]) == pytest.approx([0.2, 0.4, 0.6])
    assert own.notes[-1] == "Given without a source in my.yaml: care.paid_share."
    assert own["school.junior.class_size"] == DEFAULT["school.junior.class_size"]


@pytest.mark.parametrize("nothing", [None, {}, {"school": None}])
def test_an_empty_file_changes_nothing(nothing):
    assert PlanningParameters.from_mapping(nothing) == DEFAULT


def test_the_five_four_system_can_be_had():
    own = PlanningParameters.from_mapping(
        {"school": {"primary": {"years": 5}, "junior": {"first_age": 11, "years": 4}}}
    )
    assert [stage.ages for stage in own.stages] == ["3-5", "6-10", "11-14", "15-17"]
    assert not any("in a school stage" in note for note in own.notes)


def test_ages_between_stages_are_told_in_both_languages():
    own = PlanningParameters.from_mapping({"school": {"primary": {"years": 5}}})
    assert (
        "Of age 11 nobody is in a school stage: junior begins later than primary ends." in own.notes
    )
    assert len(own.notes) == len(own.notes_zh) == len(DEFAULT.notes) + 2  # and the missing source
    assert all(re.search(r"[\u4e00-\u9fff]", note) for note in own.notes_zh)


def test_care_need_at_the_census_of_2020_is_the_published_level():
    """Unable to care for themselves 2.34 % of 60+; any need 12.27 % of 65+ (the sources' own levels)."""
    people = {  # census 2020: 60-64, 65-69, 70-74, 75-79, 80-84, 85+
        "male": [36871125, 36337923, 24162733, 14752433, 9157003, 6100269],
        "female": [36511813, 37667637, 25427303, 16486416, 11225875, 9317688],
    }
    starts = [60, 65, 70, 75, 80, 85]
    total = {}
    for name, first in (("severe", 0), ("any", 1)):
        schedule = DEFAULT.by_age(f"care.{name}_prevalence", 101)
        cases = sum(np.dot(schedule[row, starts[first:]], people[sex][first:])
                    for row, sex in enumerate(("male", "female")))  # fmt: skip
        total[name] = cases / sum(sum(people[sex][first:]) for sex in people)
    assert total["severe"] == pytest.approx(0.0234, abs=0.00005)
    assert total["any"] == pytest.approx(0.1227, abs=0.00005)


def test_a_schedule_holds_from_each_age_to_the_next():
    found = DEFAULT.by_age("care.severe_prevalence", 101)
    assert found.shape == (2, 101)
    assert found[0, [59, 60, 64, 65, 100]].tolist() == [0.0, 0.0059, 0.0059, 0.009, 0.1295]


_CARE = {"male": {60: 0.9}, "female": {60: 0.001}}


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ({"scool": {}}, "scool: is no planning parameter; did you mean school"),
        ({"school": {"primary": {"clas_size": 40}}}, "did you mean school.primary.class_size"),
        ({"class_size": 40}, "did you mean school.*class_size"),
        ({"school": 3}, "school = 3: holds a group of parameters"),
        ({"maternity": {"occupancy": 85}}, "occupancy = 85: .*divide a percentage by 100"),
        ({"maternity": {"occupancy": 0}}, "occupancy = 0: is a number from 0.1 to 1"),
        ({"maternity": {"stay": "five"}}, "stay = 'five': is a number"),
        ({"maternity": {"stay": True}}, "stay = True: is a number"),
        ({"maternity": {"stay": float("nan")}}, "stay = nan: is a number"),
        ({"school": {"primary": {"first_age": 6.5}}}, "first_age = 6.5: is a whole number"),
        ({"school": {"primary": {"first_age": {2025: 6}}}}, "has one value for all years"),
        ({"care": {"paid_share": {}}}, "names at least one year"),
        ({"care": {"paid_share": {25: 0.5}}}, "paid_share.25: is a year from 1900"),
        ({"school": {"primary": {"years": 7}}}, "junior.first_age = 12: primary ends at age 13"),
        ({"school": {"births_by_month": [1, 2]}}, "has one number for each of the 12 months"),
        ({"school": {"births_by_month": [0] * 12}}, "some month has births"),
        ({"care": {"any_prevalence": {"male": {60: 0.1}}}}, "for 'male' and one for 'female'"),
        ({"care": {"any_prevalence": {"male": 0.1, "female": 0.1}}}, "first age of each group"),
        ({"care": {"severe_prevalence": _CARE}}, "severe_prevalence.male.60 = 0.9: severe need is part"),
        ({"care": {"severe_prevalence": {**_CARE, "male": {"60+": 0}}}}, r"60\+: is an age"),
        ({"school": {"primary": {"classes_by_grade": "yes"}}}, "= 'yes': is true or false"),
        ({"school": {"primary": {"classes_by_grade": 1}}}, "classes_by_grade = 1: is true or false"),
        ({"school": {"primary": {"class_size": True}}}, "class_size = True: is a number"),
        ({"retirement": {"men": {"final_age": 58}}}, "the age before the rise is 60"),
        ({"maternity": {"stay": {"value": 4, "unit": "hours"}}}, "values are not converted"),
        ({"maternity": {"stay": {"value": 4, "sorce": "x"}}}, "stay.sorce: .*did you mean source"),
        ({"maternity": {"stay": {"value": 4, "from": "spring"}}}, "from = 'spring': is a date"),
        ({"maternity": {"stay": {"value": 4, "basis": "rumour"}}}, "basis = 'rumour': is one of"),
    ],
)  # fmt: skip
def test_a_mistake_is_refused_with_its_place_rule_and_remedy(mapping, message):
    with pytest.raises(FiguresRefused, match=message) as refused:
        PlanningParameters.from_mapping(mapping)
    assert str(refused.value).startswith("planning.yaml: ")
    assert "；" in refused.value.zh


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: DEFAULT["school.primary.class"], "did you mean school.primary.class_size"),
        (lambda: DEFAULT.number("care.any_prevalence"), "differs by year, month or age"),
        (lambda: DEFAULT.by_age("maternity.stay", 101), "is no schedule by sex and age"),
        (lambda: DEFAULT.switch("maternity.stay"), "is not true or false"),
        (lambda: DEFAULT.number("school.primary.classes_by_grade"), "differs by year"),
    ],
)
def test_a_parameter_asked_for_as_what_it_is_not_is_refused(ask, message):
    with pytest.raises(FiguresRefused, match=message) as refused:
        ask()
    assert refused.value.zh
