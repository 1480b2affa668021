"""Totals that a scenario binds: parts that do not make up their whole are told in words."""

from dataclasses import replace

import numpy as np
import pytest

from renkou.demography.scenarios.assumptions import Binding, Scenario
from renkou.demography.scenarios.binding_totals import refuse_contradicting_totals
from renkou.demography.scenarios.problems import SettingsRefused
from renkou.demography.scenarios.project_data import ProjectArea, ProjectData, Schedules

TREE = {"51": "", "5101": "51", "5102": "51", "510101": "5101", "510102": "5101"}


def _area(code, parent):
    return ProjectArea(code=code, name="", level="", parent=parent or None)


@pytest.fixture
def data():
    leaves = ("5102", "510101", "510102")
    nothing = Schedules("", {}, leaves)
    return ProjectData(
        base_year=2025, areas=tuple(_area(*one) for one in TREE.items()), leaves=leaves,
        ages=np.arange(101), population=np.ones((3, 2, 101)), mortality=nothing, fertility=nothing,
        srb=nothing,
    )  # fmt: skip


def _bound(totals, **other):
    bind = tuple(
        Binding(area, "population", tuple(years), tuple(years.values()))
        for area, years in totals.items()
    )
    return replace(Scenario(name="low", until=2055, bind=bind), **other)


@pytest.mark.parametrize(
    "totals",
    [
        {"51": {2030: 24000}, "5101": {2030: 15000}, "5102": {2030: 9000}},
        {"51": {2030: 24000}, "5101": {2030: 15000}},
        {"51": {2030: 20000}, "5101": {2031: 30000}},
        {"5101": {2030: 15000}, "5102": {2030: 9000}},
        {"51": {2030: 0.3}, "5101": {2030: 0.1}, "5102": {2030: 0.2}},
        {"51": {2030: 0}, "5101": {2030: 0}},
        {"51": {2030: 24000}, "510101": {2030: 15000}, "510102": {2030: 8000}},
    ],
)
def test_totals_that_agree_pass(data, totals):
    refuse_contradicting_totals(_bound(totals), data)


def test_parts_that_are_all_of_their_whole_add_up_to_it(data):
    totals = {"51": {2029: 5, 2030: 20000}, "5101": {2030: 15000}, "5102": {2030: 9000}}
    with pytest.raises(SettingsRefused) as told:
        refuse_contradicting_totals(_bound(totals), data)
    assert str(told.value) == (
        "low.yaml, bind.51.population.2030 = 20000: the areas bound in it have 5101 15000 + "
        "5102 9000 = 24000 in 2030, and they are all of it; make them add up, write 24000 for 51, "
        "or leave one of them out"
    )
    assert told.value.zh == (
        "low.yaml，bind.51.population.2030 = 20000：2030 年其中受约束的区域为 5101 15000 + 5102 9000 "
        "= 24000，且它们就是其全部；请使其相加等于总数，或将 51 写成 24000，或去掉其中一个"
    )


@pytest.mark.parametrize("part", [20000, 20001])
def test_parts_leave_somebody_for_the_rest_of_their_whole(data, part):
    with pytest.raises(
        SettingsRefused, match="leaves nobody for the rest of it; lower them"
    ) as told:
        refuse_contradicting_totals(_bound({"51": {2030: 20000}, "5101": {2030: part}}), data)
    assert "没有给其余区域留下人口" in told.value.zh


def test_every_contradiction_is_told_against_the_nearest_parts_and_the_file_above_is_named(data):
    totals = {
        "51": {2030: 20000, 2040: 30000}, "5101": {2030: 15000}, "5102": {2030: 6000},
        "510101": {2030: 9000, 2040: 40000}, "510102": {2030: 7000},
    }  # fmt: skip
    with pytest.raises(SettingsRefused) as told:
        refuse_contradicting_totals(_bound(totals, of="medium"), data)
    first, second, third = str(told.value).splitlines()
    assert "bind.51.population.2030 = 20000: the areas bound in it have 5101 15000 + 5102" in first
    assert "bind.5101.population.2030 = 15000: the areas bound in it have 510101 9000 + " in second
    assert "bind.51.population.2040 = 30000" in third
    assert "stand in medium.yaml, of which it is made" in third
