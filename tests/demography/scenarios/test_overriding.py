"""A scenario made of another one says only what differs, and brings its own sources."""

from __future__ import annotations

import pytest

from renkou.demography.scenarios.problems import SettingsRefused
from tests.demography.scenarios.written import ABOUT, MEDIUM, read

LOW = f"scenario: low\nof: medium\nfertility: {{tfr_change: {{2025: -0.25, 2030: -0.4}}, {ABOUT}}}"


def test_what_a_variant_does_not_say_is_its_parents():
    found = read(medium=MEDIUM, low=LOW)
    low, medium = found["low"], found["medium"]
    assert low.of == "medium"
    assert low.fertility.change.at([2025, 2029, 2030, 2054]).tolist() == [-0.25, -0.25, -0.4, -0.4]
    assert low.fertility.tfr == medium.fertility.tfr
    assert low.fertility.areas["0513"].change == low.fertility.change
    assert (low.srb, low.mortality, low.migration) == (
        medium.srb,
        medium.mortality,
        medium.migration,
    )
    assert (low.bind, low.uncertainty, low.until) == (medium.bind, medium.uncertainty, 2055)
    assert low.title == ""


@pytest.mark.parametrize("tfr", ["+0.25", '"-0.25"', "'+0.25'"])
def test_a_signed_tfr_changes_the_parents_path(tfr):
    low = f"scenario: low\nof: medium\nfertility: {{tfr: {tfr}, {ABOUT}}}"
    fertility = read(medium=MEDIUM, low=low)["low"].fertility
    assert abs(fertility.change.at(2040)) == 0.25
    assert fertility.tfr.at(2025) == 1.05


def test_a_tfr_without_a_sign_stands_in_place_of_the_parents():
    low = f"scenario: low\nof: medium\nfertility: {{tfr: 0.25, {ABOUT}}}"
    fertility = read(medium=MEDIUM, low=low)["low"].fertility
    assert (fertility.tfr.at(2040), fertility.change) == (0.25, None)


def test_another_tfr_takes_the_change_away():
    lower = f"scenario: lower\nof: low\nfertility: {{tfr: 0.9, {ABOUT}}}"
    assert read(medium=MEDIUM, low=LOW, lower=lower)["lower"].fertility.change is None


def test_a_path_is_replaced_whole_and_other_keys_one_by_one():
    own = f"scenario: own\nof: medium\nmortality: {{e0: {{male: {{2025: 70, 2060: 71}}}}, {ABOUT}}}"
    mortality = read(medium=MEDIUM, own=own)["own"].mortality
    assert mortality.e0_male.years == (2025, 2060)
    assert mortality.e0_female.values == (81, 85)


def test_another_method_takes_nothing_over():
    own = f"scenario: own\nof: medium\nmigration: {{method: net, net: 1, {ABOUT}}}"
    migration = read(medium=MEDIUM, own=own)["own"].migration
    assert (migration.net.at(2030), migration.male_share) == (1, None)


def test_areas_with_codes_of_four_digits_are_no_years():
    own = f"scenario: own\nof: medium\nfertility: {{areas: {{'5130': {{tfr: 2}}}}, {ABOUT}}}"
    areas = read(areas=("5130", "0513"), medium=MEDIUM, own=own)["own"].fertility.areas
    assert set(areas) == {"0513", "5130"}


def test_figures_of_a_variant_need_a_source_of_their_own():
    low = "scenario: low\nof: medium\nfertility: {tfr_change: -0.25}"
    with pytest.raises(SettingsRefused, match="line 3, fertility: an assumption has a source"):
        read(medium=MEDIUM, low=low)


def test_settings_of_chance_are_taken_over_one_by_one():
    own = "scenario: own\nof: medium\nuncertainty: {trajectories: 0}"
    found = read(medium=MEDIUM, own=own)["own"].uncertainty
    assert (found.trajectories, found.seed, found.individuals) == (0, 7, False)


def test_a_loop_of_parents_is_refused():
    with pytest.raises(SettingsRefused) as told:
        read(a="scenario: a\nof: b", b="scenario: b\nof: a")
    assert "a.yaml line 2, of" in str(told.value) or "b.yaml line 2, of" in str(told.value)
    assert "a scenario cannot be made of itself (a → b → a)" in str(told.value)
    assert "互相引用" in told.value.zh


def test_an_unknown_parent_names_the_nearest():
    with pytest.raises(
        SettingsRefused, match="of = 'medum': there is no such scenario; did you mean medium"
    ):
        read(medium=MEDIUM, low=LOW.replace("of: medium", "of: medum"))


def test_a_problem_of_the_parent_is_told_once_with_the_parents_file():
    wrong = MEDIUM.replace("2025: 1.10, 2055: 1.06", "2025: 110, 2055: 106")
    with pytest.raises(SettingsRefused) as told:
        read(medium=wrong, low=LOW)
    assert [(one.file, one.where) for one in told.value.problems] == [
        ("medium.yaml", "srb.values.2025"), ("medium.yaml", "srb.values.2055"),
    ]  # fmt: skip
