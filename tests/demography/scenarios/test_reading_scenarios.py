"""What a scenario says is taken as it is; what is wrong is told all at once, with its place."""

from __future__ import annotations

import pickle

import pytest

from renkou.core.errors import SpecError
from renkou.demography.scenarios.assumptions import Binding, UncertaintySettings
from renkou.demography.scenarios.problems import SettingsRefused
from renkou.demography.scenarios.reading import scenario_from, scenarios_from
from renkou.demography.scenarios.settings import Settings
from tests.demography.scenarios.written import ABOUT, MEDIUM, PLAIN, line_of, read


def refused(**texts):
    """The problems told of scenarios that are wrong."""
    with pytest.raises(SettingsRefused) as told:
        read(**texts)
    return told.value.problems


def only(text):
    """The one problem of a scenario named plain."""
    [problem] = refused(plain=text)
    return problem


def with_part(part, value):
    """The plain scenario with another part."""
    lines = [line for line in PLAIN.splitlines() if not line.startswith(f"{part}:")]
    return "\n".join([*lines, f"{part}: {value}"])


def test_a_scenario_is_read_whole():
    medium = read(medium=MEDIUM)["medium"]
    assert (medium.name, medium.title, medium.until, medium.of) == ("medium", "中方案", 2055, None)
    assert medium.fertility.method == "path"
    assert medium.fertility.tfr.at([2025, 2030, 2045]) == pytest.approx([1.05, 1.075, 1.15])
    assert medium.fertility.pattern == "shifted"
    assert medium.fertility.mean_age.at(2040) == pytest.approx(30.3)
    assert (medium.fertility.source, medium.fertility.date) == ("会商", "2026-11-01")
    assert medium.srb.values.at(2040) == pytest.approx(1.08)
    assert medium.mortality.method == "target_e0"
    assert medium.mortality.e0_male.values == (76, 80)
    assert medium.mortality.e0_female.values == (81, 85)
    assert medium.mortality.date == "2026-11"
    assert medium.migration.net.values == (-300, 20)
    assert medium.migration.male_share == 0.6
    assert medium.bind == (Binding("0513", "population", (2030,), (20500.0,)),)
    assert medium.uncertainty == UncertaintySettings(200, 7, True, False)


def test_an_area_of_its_own_says_only_what_differs():
    fertility = read(medium=MEDIUM)["medium"].fertility
    own = fertility.areas["0513"]
    assert own.tfr.at(2025) == 1.3
    assert (own.mean_age, own.source) == (fertility.mean_age, "会商")
    assert fertility.of(["0513", "5"]) is own
    assert fertility.of(["0514", "5"]) is fertility


def test_an_area_with_another_method_takes_no_keys_of_the_whole():
    part = f"{{method: net, net: 5, {ABOUT}, areas: {{'0513': {{method: flows, level: 2}}}}}}"
    own = read(plain=with_part("migration", part))["plain"].migration.areas["0513"]
    assert (own.method, own.net, own.level.at(2030), own.source) == ("flows", None, 2, "会商")


def test_a_schedule_of_migration_is_named_or_given():
    def parameters(told):
        part = f"{{method: rogers_castro, net: 1, parameters: {told}, {ABOUT}}}"
        return read(plain=with_part("migration", part))["plain"].migration.parameters

    assert parameters("un-family") == "un-family"
    assert parameters("{a1: 0.02, alpha1: 0.1}") == {"a1": 0.02, "alpha1": 0.1}
    assert parameters("{male: {c: 1}, female: {c: 2}}") == ({"c": 1}, {"c": 2})
    assert read(medium=MEDIUM)["medium"].migration.parameters is None


def test_every_assumption_can_be_listed_with_its_source():
    parts = list(read(medium=MEDIUM)["medium"].parts())
    assert [(part, area) for part, area, _ in parts] == [
        ("fertility", ""), ("fertility", "0513"), ("srb", ""), ("mortality", ""), ("migration", ""),
    ]  # fmt: skip
    assert all(one.source for _, _, one in parts)


def test_constant_and_none_need_no_source():
    plain = read(plain=PLAIN)["plain"]
    assert [one.method for _, _, one in plain.parts()] == ["constant"] * 3 + ["none"]


def test_one_number_holds_for_all_years():
    plain = read(plain=with_part("fertility", f"{{tfr: 1.2, {ABOUT}}}"))["plain"]
    assert plain.fertility.tfr.at([2025, 2054]).tolist() == [1.2, 1.2]


def test_a_path_may_end_with_the_last_year_of_flows():
    assert read(plain=with_part("fertility", f"{{tfr: {{2020: 1, 2054: 2}}, {ABOUT}}}"))


@pytest.mark.parametrize(
    ("part", "value", "where", "rule", "remedy", "zh"),
    [
        ("fertility", f"{{tfr: {{2030: 1, 2055: 1}}, {ABOUT}}}", "fertility.tfr.2030",
         "begins after the base year 2025", "name a value for 2025", "请补上 2025 年"),
        ("fertility", f"{{tfr: {{2025: 1, 2050: 1}}, {ABOUT}}}", "fertility.tfr.2050",
         "ends before 2054", "name a value for 2055", "止于 2050 年"),
        ("fertility", f"{{tfr: -0.1, {ABOUT}}}", "fertility.tfr", "0 to 12", "tfr_change", "0 至 12"),
        ("fertility", f"{{tfr: 1050, {ABOUT}}}", "fertility.tfr", "0 to 12", "divide by 1000", "除以 1000"),
        ("fertility", f"{{tfr: constnt, {ABOUT}}}", "fertility.tfr", "none of the words", "constant",
         "constant"),
        ("fertility", f"{{trf: 1, tfr: 1, {ABOUT}}}", "fertility.trf", "no known key", "tfr", "tfr"),
        ("fertility", f"{{tfr: {{}}, {ABOUT}}}", "fertility.tfr", "names no year", "{2025", "年份"),
        ("fertility", f"{{tfr: {{next: 1}}, {ABOUT}}}", "fertility.tfr.next", "whole number", "correct",
         "整数"),
        ("fertility", f"{{tfr: 1, pattern: other, {ABOUT}}}", "fertility.pattern", "none of", "own", "own"),
        ("fertility", f"{{tfr: 1, pattern: {{mean_age: 290}}, {ABOUT}}}", "fertility.pattern.mean_age",
         "15 to 50", "correct", "15 至 50"),
        ("fertility", f"{{tfr: 1, pattern: {{}}, {ABOUT}}}", "fertility.pattern", "needs mean_age",
         "mean_age", "mean_age"),
        ("fertility", "{tfr: 1, date: 2026}", "fertility", "source missing", "who says so", "source"),
        ("fertility", "{tfr: 1, source: a}", "fertility", "date missing", "when", "date"),
        ("fertility", "{tfr: 1}", "fertility", "source and date missing", "who", "source、date"),
        ("fertility", "{tfr: 1, source: a, date: 2026-13}", "fertility.date", "is a date", "2026-11", "日期"),
        ("fertility", "{source: a, date: 2026}", "fertility", "needs tfr", "tfr", "tfr"),
        ("fertility", "3", "fertility", "holds keys and values", "keys", "键"),
        ("fertility", f"{{tfr: 1, tfr_change: -1.5, {ABOUT}}}", "fertility.tfr_change", "leaves 0 to 12",
         "smaller", "减小"),
        ("srb", f"{{values: 0, {ABOUT}}}", "srb.values", "males per female birth", "1.06", "男婴"),
        ("srb", f"{{values: 105, {ABOUT}}}", "srb.values", "males per female birth", "divide by 100",
         "除以 100"),
        ("srb", f"{{{ABOUT}}}", "srb", "needs values", "values", "values"),
        ("mortality", "lee_cater", "mortality.method", "none of the words", "lee_carter", "lee_carter"),
        ("mortality", f"{{method: target_e0, e0: {{male: 130, female: 80}}, {ABOUT}}}",
         "mortality.e0.male", "10 to 120", "correct", "10 至 120"),
        ("mortality", f"{{method: target_e0, e0: {{male: 75}}, {ABOUT}}}", "mortality.e0",
         "needs female", "female", "female"),
        ("mortality", "{method: constant, e0: {}}", "mortality.e0", "means nothing with method constant",
         "target_e0", "没有意义"),
        ("mortality", f"{{method: lee_carter, fit_from: 19, {ABOUT}}}", "mortality.fit_from",
         "whole number", "correct", "整数"),
        ("mortality", "{source: a, date: 2026}", "mortality", "needs method", "target_e0", "method"),
        ("migration", f"{{method: net, {ABOUT}}}", "migration", "needs net", "persons", "net"),
        ("migration", f"{{method: net, net: some, {ABOUT}}}", "migration.net", "is a number", "number",
         "数字"),
        ("migration", f"{{method: flows, level: -1, {ABOUT}}}", "migration.level", "0 to 10", "write 1",
         "倍数"),
        ("migration", f"{{method: net, net: 1, male_share: 60, {ABOUT}}}", "migration.male_share",
         "0 to 1", "divide by 100", "除以 100"),
        ("migration", f"{{method: rogers_castro, net: 1, parameters: {{alpha: 1}}, {ABOUT}}}",
         "migration.parameters.alpha", "no known key", "alpha", "alpha"),
        ("migration", f"{{method: rogers_castro, net: 1, parameters: un-famly, {ABOUT}}}",
         "migration.parameters", "none of the words", "un-family", "un-family"),
        ("migration", f"{{method: rogers_castro, net: 1, parameters: {{a1: 1}}, {ABOUT}}}",
         "migration.parameters", "needed for the term", "alpha1", "alpha1"),
        ("migration", f"{{method: rogers_castro, net: 1, parameters: {{male: {{c: 1}}}}, {ABOUT}}}",
         "migration.parameters", "needs female", "parameters", "female"),
        ("migration", f"{{method: none, areas: {{513: none}}, {ABOUT}}}", "migration.areas.513",
         "no area has this code", "0513", "0513"),
        ("bind", "{513: {population: {2030: 1}}}", "bind.513", "no area", "0513", "0513"),
        ("bind", "{0513: {population: {2025: 1}}}", "bind.0513.population.2025", "2026 to 2055",
         "correct", "2026 至 2055"),
        ("bind", "{0513: {population: {2030: -1}}}", "bind.0513.population.2030", "not below 0",
         "correct", "不得为负"),
        ("bind", "{0513: {births: {2030: 1}}}", "bind.0513.births", "no known key", "population",
         "population"),
        ("uncertainty", "{trajectories: 1.5}", "uncertainty.trajectories", "whole number", "correct",
         "整数"),
        ("uncertainty", "{base: 1}", "uncertainty.base", "true or false", "one of the two", "true"),
        ("until", "2025", "until", "2026 to", "correct", "2026"),
        ("until", "null", "until", "is missing", "add until", "缺少"),
        ("title", "{a: 1}", "title", "is a text", "text", "文字"),
    ],
)  # fmt: skip
def test_what_breaks_a_rule_is_told_with_place_rule_and_remedy(
    part, value, where, rule, remedy, zh
):
    text = with_part(part, value)
    problem = only(text)
    assert (problem.file, problem.where) == ("plain.yaml", where)
    assert problem.line == line_of(text, f"{part}:")
    assert rule in problem.rule
    assert remedy in problem.remedy
    assert zh in problem.zh


def test_a_missing_part_is_told():
    text = "\n".join(line for line in PLAIN.splitlines() if not line.startswith("srb"))
    assert str(only(text)) == "plain.yaml, srb: is missing; add srb:"
    assert {one.where for one in refused(empty="scenario: empty")} == {
        "until", "fertility", "srb", "mortality", "migration",
    }  # fmt: skip


def test_all_problems_are_told_at_once_in_both_languages():
    text = PLAIN.replace("fertility: constant", "fertilty: constant").replace("2055", "'soon'")
    with pytest.raises(SettingsRefused) as told:
        read(plain=text)
    assert str(told.value).splitlines() == [
        "plain.yaml line 3, fertilty: is no known key; did you mean fertility?",
        "plain.yaml line 2, until = 'soon': is a whole number from 2026 to 2225; correct it",
        "plain.yaml, fertility: is missing; add fertility:",
    ]
    assert (
        told.value.zh.splitlines()[0]
        == "plain.yaml 第 3 行，fertilty：没有这个键；是否应为 fertility？"
    )
    assert isinstance(told.value, SpecError)
    assert told.value.exit_code == 2


def test_problems_travel_between_processes():
    with pytest.raises(SettingsRefused) as told:
        read(plain="scenario: plain")
    again = pickle.loads(pickle.dumps(told.value))
    assert (again.problems, again.zh) == (told.value.problems, told.value.zh)


def test_of_very_many_problems_the_first_are_shown_and_the_rest_counted():
    years = ", ".join(f"{year}: -1" for year in range(2025, 2055))
    with pytest.raises(SettingsRefused) as told:
        read(plain=with_part("fertility", f"{{tfr: {{{years}}}, {ABOUT}}}"))
    assert str(told.value).splitlines()[-1] == "... and 10 more"
    assert told.value.zh.splitlines()[-1] == "……另有 10 处"


def test_a_problem_of_the_whole_is_not_told_again_for_each_area():
    part = f"{{tfr: 99, {ABOUT}, areas: {{'0513': {{pattern: own}}, '5': {{tfr: -2}}}}}}"
    found = [one.where for one in refused(plain=with_part("fertility", part))]
    assert found == ["fertility.tfr", "fertility.areas.5.tfr"]


def test_a_scenario_is_named_like_its_file():
    [problem] = refused(own=PLAIN)
    assert (problem.where, problem.remedy) == ("scenario", "write own")


def test_a_mapping_alone_makes_a_scenario():
    values = {"scenario": "a", "until": 2030, "fertility": "constant", "srb": "constant",
              "mortality": "constant", "migration": "none"}  # fmt: skip
    assert scenario_from(values).until == 2030
    with pytest.raises(SettingsRefused, match=r"a\.yaml line 9, srb\.values = 105"):
        scenario_from({**values, "srb": {"values": 105, "source": "a", "date": 2026}}, "a.yaml",
                      lines={("srb",): 9})  # fmt: skip
    with pytest.raises(SettingsRefused, match="its parent is in another file"):
        scenario_from({**values, "of": "b"})


def test_without_a_base_year_and_areas_those_are_not_checked():
    text = with_part("fertility", f"{{tfr: {{2040: 1, 2055: 1}}, {ABOUT}, areas: {{x: constant}}}}")
    assert read(base_year=None, areas=None, plain=text)


def test_true_is_no_number():
    files = {"a": Settings("a.yaml", {"scenario": "a", "until": True})}
    with pytest.raises(SettingsRefused, match="until = True: is a whole number"):
        scenarios_from(files)
