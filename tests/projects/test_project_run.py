"""A run: areas add up, chance repeats, what is bound holds, and children are counted by hand."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from renkou.actions import project_memory
from renkou.actions.project_run import run_project, scenario_names
from renkou.actions.workspaces import Workspace
from renkou.core.errors import FiguresRefused, NotPermitted, UsageError
from renkou.demography.runs import running
from renkou.demography.scenarios.problems import SettingsRefused
from tests.projects.conftest import TRAJECTORIES, UNTIL, Figures, figures_of, made_of
from tests.projects.folders import AREAS, BASE, COVERAGE, LEAVES, change, people, write_city
from tests.projects.people import acting_as, events_of

YEARS = range(BASE, UNTIL)


def files_of(folder: Path, scenario: str = "medium") -> tuple[pa.Table, pa.Table]:
    run = folder / "runs" / scenario
    return parquet.read_table(run / "figures.parquet"), parquet.read_table(run / "ages.parquet")


def parts_of(area: str) -> list[str]:
    return [code for code, _, _, parent in AREAS if parent == area]


@pytest.fixture(scope="module")
def figures(city: Path) -> Figures:
    return figures_of(city)


@pytest.mark.parametrize("area", ["5130", "513021", "513022"])
@pytest.mark.parametrize(
    ("measure", "years"),
    [
        ("population", (*YEARS, UNTIL)),
        ("births", YEARS),
        ("deaths", YEARS),
        ("net_migration", YEARS),
    ],
)
def test_parts_add_up_to_their_whole(
    figures: Figures, area: str, measure: str, years: range
) -> None:
    for year in years:
        parts = sum(figures.value(measure, part, year) for part in parts_of(area))
        assert figures.value(measure, area, year) == pytest.approx(parts, rel=1e-12, abs=1e-9)


def test_people_of_an_edition_add_up_too(office: Workspace) -> None:
    found = figures_of(office.path / "projections/规划")
    for measure, age in (
        ("population", "all"),
        ("births", "all"),
        ("deaths", "all"),
        ("entering_primary", "6"),
    ):
        rows = found.rows(measure=measure, sex="both", age=age, year=2030)
        whole = [row["value"] for row in rows if row["level"] == "prefecture"]
        parts = sum(row["value"] for row in rows if row["level"] == "township")
        assert len(whole) == 1
        assert whole[0] == pytest.approx(parts, rel=1e-9)


def test_people_change_by_births_deaths_and_moves_and_nothing_else(figures: Figures) -> None:
    for area in ("5130", *LEAVES):
        for year in YEARS:
            change_of = figures.value("population", area, year + 1) - figures.value(
                "population", area, year
            )
            flows = (
                figures.value("births", area, year)
                - figures.value("deaths", area, year)
                + figures.value("net_migration", area, year)
            )
            assert change_of == pytest.approx(flows, abs=1e-8)


def test_the_base_is_corrected_for_coverage(figures: Figures) -> None:
    counted = sum(people("513022001", sex, age) for sex in ("male", "female") for age in range(101))
    assert figures.value("population", "513022001", BASE) == pytest.approx(counted * COVERAGE[0])


def test_without_moves_nobody_moves(city: Path) -> None:
    found = figures_of(city, "no_migration")
    rows = found.rows(measure="net_migration", sex="both", age="all")
    assert len(rows) == len(AREAS) * len(YEARS)
    assert max(abs(row["value"]) for row in rows) < 1e-9
    medium = figures_of(city).rows(measure="net_migration", area="513022001", year=2030)
    assert abs(medium[0]["value"]) > 1


def test_higher_fertility_is_more_children_and_nothing_else(city: Path, figures: Figures) -> None:
    high = figures_of(city, "high")
    assert high.value("births", "5130", BASE) / figures.value(
        "births", "5130", BASE
    ) == pytest.approx((1.4 + 0.25) / 1.4, rel=1e-3)
    assert high.value("elderly", "5130", UNTIL, age="65+") == pytest.approx(
        figures.value("elderly", "5130", UNTIL, age="65+")
    )


def test_limits_stand_in_order_about_the_median(figures: Figures) -> None:
    order = ("low95", "low80", "median", "high80", "high95")
    limits = np.array([figures.table[name].to_numpy() for name in order])
    known = ~np.isnan(limits).any(axis=0)
    assert known.mean() > 0.6
    assert (np.diff(limits[:, known], axis=0) >= 0).all()


def test_the_median_stays_beside_the_scenario(figures: Figures) -> None:
    for year in (BASE, 2030, UNTIL):
        [row] = figures.rows(measure="population", area="5130", sex="both", age="all", year=year)
        assert row["low80"] < row["value"] < row["high80"]
        assert row["median"] == pytest.approx(row["value"], rel=0.01)


def test_who_is_born_already_is_more_certain_than_who_is_not(figures: Figures) -> None:
    def width(year: int) -> float:
        [row] = figures.rows(measure="entering_primary", area="5130", year=year, sex="both")
        return float((row["high80"] - row["low80"]) / row["value"])

    assert width(2028) < width(2034) / 2


def test_the_interval_of_the_base_is_that_of_coverage(figures: Figures) -> None:
    [row] = figures.rows(measure="population", area="5130", sex="both", age="all", year=BASE)
    ratio = [row[name] / row["value"] * COVERAGE[0] for name in ("low95", "high95")]
    assert ratio == pytest.approx([COVERAGE[1], COVERAGE[2]], abs=0.006)


def test_the_same_seed_gives_the_same_figures(city: Path, own_city: Path) -> None:
    run_project(str(own_city))
    assert all(a.equals(b) for a, b in zip(files_of(city), files_of(own_city), strict=True))


@pytest.mark.parametrize("threads", [1, 3])
def test_the_number_of_threads_changes_nothing(
    city: Path, own_city: Path, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "_AT_ONCE", threads)
    run_project(str(own_city))
    assert all(a.equals(b) for a, b in zip(files_of(city), files_of(own_city), strict=True))


def test_another_seed_changes_limits_but_not_the_scenario(city: Path, own_city: Path) -> None:
    run_project(str(own_city), seed=2)
    before, after = figures_of(city), figures_of(own_city)
    assert before.table["value"].equals(after.table["value"])
    assert not before.table["low80"].equals(after.table["low80"])


def test_without_trajectories_there_are_no_intervals(own_city: Path) -> None:
    ran = run_project(str(own_city), trajectories=0)
    found = figures_of(own_city)
    assert found.table["median"].null_count == found.table.num_rows
    assert ran.manifest["varied"] == []
    assert not any("80%" in line for line in ran.headlines)


def test_a_negative_number_of_trajectories_is_refused(own_city: Path) -> None:
    with pytest.raises(UsageError, match="--trajectories -1: is 0 or more"):
        run_project(str(own_city), trajectories=-1)


def test_a_total_that_is_bound_holds_in_every_trajectory(own_city: Path) -> None:
    (own_city / "scenarios/新城.yaml").write_text(
        "scenario: 新城\nof: medium\nbind:\n"
        '  "513021": {population: {2028: 9000, 2030: 9100}}\n'
        '  "513022001": {population: {2030: 1500}}\n',
        "utf-8",
    )
    ran = run_project(str(own_city), "新城")
    found = figures_of(own_city, "新城")
    for area, year, total in (
        ("513021", 2028, 9000),
        ("513021", 2030, 9100),
        ("513022001", 2030, 1500),
    ):
        [row] = found.rows(measure="population", area=area, year=year, sex="both", age="all")
        assert row["value"] == pytest.approx(total, rel=1e-12)
        limits = [row[name] for name in ("low95", "low80", "median", "high80", "high95")]
        assert limits == pytest.approx([total] * 5, rel=1e-6)
    [free] = found.rows(measure="population", area="513021", year=2029, sex="both", age="all")
    assert free["low80"] < free["high80"]
    bound = [row for row in ran.manifest["assumptions"] if row["component"] == "bind"]
    assert [row["area"] for row in bound] == ["青渚区", "高湖镇"]


@pytest.fixture(scope="module")
def by_hand(tmp_path_factory: pytest.TempPathFactory) -> Figures:
    """The city without moves and coverage: children age and nothing else."""
    folder = tmp_path_factory.mktemp("hand")
    made_of(write_city(folder / "csv", moves=False, coverage=False), folder / "规划")
    run_project(str(folder / "规划"), trajectories=0)
    return figures_of(folder / "规划")


@pytest.mark.parametrize("leaf", LEAVES)
@pytest.mark.parametrize("ahead", range(5))
def test_first_graders_are_counted_by_hand(by_hand: Figures, leaf: str, ahead: int) -> None:
    """Two thirds are born by 31 August of the year that makes them six, one third the year before."""
    both = [people(leaf, "male", age) + people(leaf, "female", age) for age in range(8)]
    by_hand_value = both[5 - ahead] * 8 / 12 + both[6 - ahead] * 4 / 12
    got = by_hand.value("entering_primary", leaf, BASE + ahead, age="6")
    assert got == pytest.approx(by_hand_value, rel=1e-12)


def test_births_of_the_first_year_are_counted_by_hand(by_hand: Figures) -> None:
    """A tenth of 1.4 children at each age 25-34, by the mean of the women before and after."""
    for leaf in LEAVES:
        begin = sum(people(leaf, "female", age) for age in range(25, 35))
        end = by_hand.value("population", leaf, BASE + 1, "female", "25-29") + by_hand.value(
            "population", leaf, BASE + 1, "female", "30-34"
        )
        assert by_hand.value("births", leaf, BASE) == pytest.approx(0.14 * (begin + end) / 2)


def test_classes_follow_from_pupils_and_the_planners_own_size(own_city: Path) -> None:
    text = "school:\n  primary:\n    class_size: 40\n    classes_by_grade: false\n"
    (own_city / "planning.yaml").write_text(text, "utf-8")
    run_project(str(own_city), trajectories=0)
    found = figures_of(own_city)
    for leaf in LEAVES:
        pupils = found.value("enrolled_primary", leaf, 2028, age="6-11")
        assert found.value("classes_primary", leaf, 2028, age="6-11") == np.ceil(pupils / 40)


def test_a_township_of_six_grades_has_six_classes_in_every_trajectory(city: Path) -> None:
    """The smallest township has some 150 pupils, 25 in each grade: never fewer than six classes."""
    for row in figures_of(city).rows(measure="classes_primary", area=LEAVES[-1], year=2028):
        assert [row[one] for one in ("value", "median", "low95", "low80")] == [6, 6, 6, 6]
    [teachers] = figures_of(city).rows(measure="teachers_primary", area=LEAVES[-1], year=2028)
    assert teachers["low95"] >= 6
    for row in figures_of(city).rows(measure="classes_primary", area="5130"):
        limits = [row[one] for one in ("low95", "low80", "median", "high80", "high95")]
        assert limits == sorted(limits)
        assert all(one == round(one) for one in limits)


def test_schools_of_five_years_move_to_their_own_ages(own_city: Path) -> None:
    text = "school:\n  primary: {years: 5}\n  junior: {first_age: 11, years: 4}\n"
    (own_city / "planning.yaml").write_text(text, "utf-8")
    run_project(str(own_city), trajectories=0)
    found = figures_of(own_city)
    assert found.value("enrolled_primary", "5130", 2028, age="6-10") > 0
    assert not found.rows(measure="enrolled_primary", age="6-11")


def test_a_manifest_says_what_was_assumed_by_whom_and_when(city: Path) -> None:
    told = json.loads((city / "runs/medium/manifest.json").read_text("utf-8"))
    assert {row["component"] for row in told["assumptions"]} == {
        "fertility",
        "srb",
        "mortality",
        "migration",
    }
    assert all(row["source"] == "CSV 文件夹 city" for row in told["assumptions"])
    assert told["trajectories"] == TRAJECTORIES
    assert told["varied"] == ["生育水平", "预期寿命", "迁移", "基期人口误差", "个体偶然性"]
    assert any("0.9500" in note for note in told["notes"])


def test_what_would_be_negative_is_named(tmp_path: Path) -> None:
    made = made_of(write_city(tmp_path / "csv", coverage=False), tmp_path / "x")
    rows = ["area,year,sex,age,net"]
    for year in (BASE, BASE + 1):
        for sex in ("male", "female"):
            rows += [
                f"{LEAVES[2]},{year},{sex},{age},{-500 if age == 30 else 0}" for age in range(101)
            ]
    (made.folder / "migration.csv").write_text("\n".join(rows) + "\n", "utf-8")
    change(made.folder / "scenarios/medium.yaml", "until: 2035", "until: 2027")
    change(made.folder / "scenarios/medium.yaml", "method: flows", "method: given")
    ran = run_project(str(made.folder), trajectories=0)
    floors = ran.manifest["floors"]
    assert len(floors) == 4
    assert any("4 个单元" in note for note in ran.manifest["notes"])
    assert floors[0].startswith("高湖镇 2025 年 男 30 岁：净迁出多于在住人口")


def test_a_run_that_does_not_fit_into_memory_leaves_the_run_before(
    own_city: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = files_of(own_city)
    monkeypatch.setattr("renkou.actions.project_run.free_memory", lambda: 600_000_000)
    with pytest.raises(FiguresRefused, match=r"trajectories = 90000: .* --trajectories \d+"):
        run_project(str(own_city), trajectories=90000)
    assert all(a.equals(b) for a, b in zip(before, files_of(own_city), strict=True))


def test_memory_is_free_within_the_limit_of_a_container(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit, used = tmp_path / "max", tmp_path / "current"
    monkeypatch.setattr(project_memory, "_LIMITS", ((str(limit), str(used)),))
    whole = project_memory.free_memory()
    limit.write_text("5000\n", "ascii")
    used.write_text("2000\n", "ascii")
    assert project_memory.free_memory() == 3000 < whole
    limit.write_text("max\n", "ascii")
    assert project_memory.free_memory() > 3000


def test_a_scenario_that_is_not_there_names_those_that_are(city: Path) -> None:
    with pytest.raises(UsageError, match=r"scenario mediun: the project has .*medium") as told:
        run_project(str(city), "mediun")
    assert "该预测有" in told.value.zh


def test_a_projection_that_is_not_there_names_the_nearest(office: Workspace) -> None:
    with pytest.raises(UsageError, match="did you mean 规划") as told:
        run_project("规划1", workspace=office.path)
    assert "是否指 规划" in told.value.zh


def test_a_misspelt_key_names_the_nearest_and_leaves_the_run_before(own_city: Path) -> None:
    before = files_of(own_city)
    change(own_city / "scenarios/medium.yaml", "fertility:\n  tfr:", "fertility:\n  tfrr:")
    with pytest.raises(SettingsRefused, match="tfr"):
        run_project(str(own_city))
    assert all(a.equals(b) for a, b in zip(before, files_of(own_city), strict=True))


def test_all_scenarios_of_the_folder_are_known(city: Path) -> None:
    assert scenario_names(str(city)) == ("constant", "high", "low", "medium", "no_migration")


def test_bobs_run_is_put_down_and_carols_refused(
    own_office: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    acting_as("bob", monkeypatch)
    run_project("规划", trajectories=0, workspace=own_office.path)
    event = events_of(own_office, "run_project", "projection:规划")[-1]
    assert (event.actor.username, event.reason) == ("bob", "scenario medium")
    acting_as("carol", monkeypatch)
    with pytest.raises(NotPermitted, match=r"carol \(clerk\) may not project population"):
        run_project("规划", workspace=own_office.path)


def test_a_copied_folder_is_the_same_projection(city: Path, tmp_path: Path) -> None:
    other: Any = shutil.copytree(city, tmp_path / "elsewhere" / "别名")
    run_project(str(other), trajectories=0)
    before, after = (figures_of(one).table["value"].to_numpy() for one in (city, Path(other)))
    assert after == pytest.approx(before, rel=1e-9, abs=1e-9)
