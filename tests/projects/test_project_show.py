"""What is asked of a run is found by name, or refused with the nearest."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from renkou.actions.project_figures import Wanted, overview, project_figures, projects
from renkou.actions.workspaces import Workspace
from renkou.core.errors import NotPermitted, UsageError
from tests.projects.conftest import UNTIL
from tests.projects.folders import BASE, LEAVES
from tests.projects.people import acting_as

SCHOOL = "小学一年级新生"


def test_first_graders_of_each_township_in_one_year(city: Path) -> None:
    shown = project_figures(str(city), "medium", Wanted(SCHOOL, level="township", year=2032))
    assert shown.measure.id == "entering_primary"
    assert [row["area"] for row in shown.rows] == list(LEAVES)
    assert {row["year"] for row in shown.rows} == {2032}
    assert all(row["low95"] <= row["low80"] <= row["high80"] <= row["high95"] for row in shown.rows)


def test_id_and_chinese_name_are_the_same_measure(city: Path) -> None:
    by_name, by_id = (
        project_figures(str(city), "medium", Wanted(name)) for name in (SCHOOL, "entering_primary")
    )
    assert by_name.rows == by_id.rows


def test_without_an_area_the_whole_is_shown_by_year(city: Path) -> None:
    rows = project_figures(str(city), "medium", Wanted("population")).rows
    assert {row["area"] for row in rows} == {"5130"}
    assert [row["year"] for row in rows] == list(range(BASE, UNTIL + 1))


def test_an_area_is_named_by_code_or_name(city: Path) -> None:
    by_name, by_code = (
        project_figures(str(city), "medium", Wanted("births", area=area)).rows
        for area in ("高湖镇", "513022001")
    )
    assert by_name == by_code
    assert by_name[0]["area_name"] == "高湖镇"


def test_a_tier_within_an_area(city: Path) -> None:
    wanted = Wanted("births", area="青渚区", level="township", year=2026)
    rows = project_figures(str(city), "medium", wanted).rows
    assert [row["area"] for row in rows] == ["513021001", "513021002"]


def test_the_lowest_tier_needs_no_name(city: Path) -> None:
    rows = project_figures(str(city), "medium", Wanted("births", level="lowest", year=2026)).rows
    assert [row["area"] for row in rows] == list(LEAVES)


def test_sex_and_age_are_chosen(city: Path) -> None:
    [row] = project_figures(
        str(city), "medium", Wanted("elderly", year=2030, sex="female", age="80+")
    ).rows
    assert (row["sex"], row["age"]) == ("female", "80+")


@pytest.mark.parametrize(
    ("chinese", "english"),
    [
        (("女", "80岁及以上"), ("female", "80+")),
        (("男性", "80+"), ("male", "80+")),
        (("合计", "65 岁及以上"), ("both", "65+")),
    ],
)
def test_sex_and_age_may_be_told_in_chinese(
    city: Path, chinese: tuple[str, str], english: tuple[str, str]
) -> None:
    in_chinese, in_english = (
        project_figures(str(city), "medium", Wanted("老年人口", year=2030, sex=sex, age=age)).rows
        for sex, age in (chinese, english)
    )
    assert in_chinese == in_english
    assert (in_chinese[0]["sex"], in_chinese[0]["age"]) == english


@pytest.mark.parametrize(
    ("wanted", "english", "chinese"),
    [
        (Wanted("小学一年级"), "nearest: 小学一年级新生", "相近的有：小学一年级新生"),
        (Wanted("entering_primry"), "nearest: entering_primary", "相近的有：entering_primary"),
        (Wanted("births", area="高胡镇"), "nearest: 高湖镇", "相近的有：高湖镇"),
        (Wanted("births", year=2070), "has figures of 2025 to 2034", "只有 2025 至 2034 年"),
        (Wanted("population", year=2070), "has figures of 2025 to 2035", "只有 2025 至 2035 年"),
        (Wanted("births", level="town"), "prefecture, county, township", "该预测只有 prefecture"),
        (Wanted("population", age="6-11"), "ages all, 0-4", "年龄 all、0-4"),
        (
            Wanted("population", sex="femal", age="80+"),
            "population of sex femal: there is both, male, female",
            "population（性别 femal）：可选性别 both（合计）、male（男）、female（女）",
        ),
        (
            Wanted("deaths", sex="女", age="80+"),
            "deaths of age 80+: there are ages all",
            "年龄 all",
        ),
    ],
)
def test_what_is_not_there_is_refused_with_what_is(
    city: Path, wanted: Wanted, english: str, chinese: str
) -> None:
    with pytest.raises(UsageError) as told:
        project_figures(str(city), "medium", wanted)
    assert english in str(told.value)
    assert chinese in str(told.value.zh)


def test_a_scenario_that_was_not_run_says_how_to_run_it(city: Path) -> None:
    with pytest.raises(UsageError, match="low: was not run") as told:
        project_figures(str(city), "low", Wanted("births"))
    assert "renkou project run 规划 --scenario low" in str(told.value.zh)


@pytest.mark.parametrize(("name", "near"), [("hig", "high"), ("meduim", "medium"), ("zzz", None)])
def test_a_scenario_that_does_not_exist_names_the_nearest_one(
    city: Path, name: str, near: str | None
) -> None:
    from renkou.actions.project_run import run_project

    for ask in (
        lambda: project_figures(str(city), name, Wanted("births")),
        lambda: run_project(str(city), name),
    ):
        with pytest.raises(UsageError) as told:
            ask()
        assert "project run" not in str(told.value)
        assert "该预测有" in str(told.value.zh)
        assert str(told.value).endswith(f"did you mean {near}?") == bool(near)
        assert str(told.value.zh).endswith(f"是否指 {near}？") == bool(near)


def test_an_overview_of_the_whole_and_of_a_part(city: Path) -> None:
    whole, part = overview(str(city), "medium"), overview(str(city), "medium", area="高湖镇")
    assert (whole.area, part.area) == ("5130", "513022001")
    assert whole.years[0] == BASE
    assert whole.years[-1] == UNTIL
    assert {one.id for one in whole.measures} >= {"population", "births", "entering_primary"}
    assert {one["area"] for one in part.turning_points} == {"513022001"}
    people = whole.rows["population", BASE]["value"]
    assert people > part.rows["population", BASE]["value"] > 0


def test_an_overview_shows_schools_of_the_planners_own_ages(own_city: Path) -> None:
    from renkou.actions.project_run import run_project

    (own_city / "planning.yaml").write_text("school:\n  primary: {years: 5}\n", "utf-8")
    run_project(str(own_city), trajectories=0)
    found = overview(str(own_city), "medium")
    assert ("enrolled_primary", "6-10") in {(one.id, one.age) for one in found.measures}
    assert ("enrolled_primary", BASE) in found.rows


def test_a_workspace_lists_its_projections(office: Workspace) -> None:
    [row] = projects(office.path)
    assert (row["name"], row["base_year"], row["runs"]) == ("规划", 2025, ["medium"])
    assert "0001" in row["made_from"]


def test_a_folder_without_a_population_is_no_projection(own_city: Path) -> None:
    shutil.rmtree(own_city / "runs")
    (own_city / "population.csv").unlink()
    with pytest.raises(UsageError, match=r"holds no population\.csv"):
        project_figures(str(own_city), "medium", Wanted("births"))


def test_bob_reads_and_carol_does_not(office: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    acting_as("bob", monkeypatch)
    assert project_figures("规划", "medium", Wanted("births"), workspace=office.path).rows
    acting_as("carol", monkeypatch)
    for read in (
        lambda: project_figures("规划", "medium", Wanted("births"), workspace=office.path),
        lambda: overview("规划", "medium", workspace=office.path),
    ):
        with pytest.raises(NotPermitted, match="carol"):
            read()
