"""A projection is made once, by whom it is allowed, with scenarios and parameters to edit."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from renkou.actions import project_init as module
from renkou.actions.project_init import Origin, init_project, medium_of
from renkou.actions.workspaces import Workspace
from renkou.core.errors import NotPermitted, UsageError
from renkou.demography.runs.true_base import with_true_base
from renkou.demography.scenarios.problems import ProjectDataRefused
from renkou.engines.project_files import read_project
from renkou.engines.project_yaml import read_scenarios
from tests.engines.wpp_downloads import E0F, TFR, un_tables, write
from tests.projects.conftest import UNTIL, made_of
from tests.projects.folders import LEAVES, write_city
from tests.projects.people import acting_as, events_of

FIVE = ("medium", "low", "high", "constant", "no_migration")


def test_a_folder_of_tables_becomes_a_projection(csv_folder: Path, tmp_path: Path) -> None:
    made = made_of(csv_folder, tmp_path / "某市", title="某市人口")
    assert (made.name, made.base_year, made.until, made.leaves) == ("某市", 2025, UNTIL, 3)
    assert made.scenarios == FIVE
    data = read_project(made.folder)
    assert data.leaves == LEAVES
    assert made.people == data.population.sum() == read_project(csv_folder).population.sum()
    settings = YAML(typ="safe").load(made.folder / "project.yaml")
    assert settings["title"] == "某市人口"
    assert settings["made_from"] == "CSV 文件夹 city"


def test_every_scenario_written_can_be_read(city: Path) -> None:
    assert set(read_scenarios(city, base_year=2025)) == set(FIVE)


def test_planning_parameters_are_comments_until_somebody_changes_them(city: Path) -> None:
    text = (city / "planning.yaml").read_text("utf-8")
    assert YAML(typ="safe").load(text) is None
    assert "#     class_size: 45    # 小学每班人数" in text


def test_a_projection_that_is_there_is_not_written_over(csv_folder: Path, own_city: Path) -> None:
    before = (own_city / "scenarios/medium.yaml").read_bytes()
    with pytest.raises(UsageError, match="规划"):
        made_of(csv_folder, own_city)
    assert (own_city / "scenarios/medium.yaml").read_bytes() == before


def test_two_origins_are_refused(csv_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="one of them") as told:
        init_project(str(tmp_path / "x"), Origin(edition="0001", csv=csv_folder))
    assert "只能有一个来源" in told.value.zh


def test_an_end_before_the_base_is_refused(csv_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--until 2025: is after the base year 2025"):
        init_project(str(tmp_path / "x"), Origin(csv=csv_folder), base_year=2025, until=2025)
    assert not (tmp_path / "x").exists()


def test_outside_a_workspace_an_origin_must_be_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="--from-csv DIR or --from-wpp FILE"):
        init_project("规划", Origin())


def test_a_faulty_table_writes_nothing(csv_folder: Path, tmp_path: Path) -> None:
    own = Path(shutil.copytree(csv_folder, tmp_path / "csv"))
    text = (own / "population.csv").read_text("utf-8")
    (own / "population.csv").write_text(
        text.replace("513021001,male,7,", "513021001,male,7,-"), "utf-8"
    )
    with pytest.raises(ProjectDataRefused, match=r"population\.csv"):
        made_of(own, tmp_path / "x")
    assert not (tmp_path / "x").exists()


def test_without_moves_nobody_moves_and_without_years_ahead_rates_stay(tmp_path: Path) -> None:
    made = made_of(write_city(tmp_path / "csv", moves=False), tmp_path / "x")
    medium = read_scenarios(made.folder, base_year=2025)["medium"]
    assert medium.migration.method == "none"
    assert medium.mortality.method == medium.fertility.method == "constant"
    assert any("各方案均假定没有人迁移" in note for note in made.notes)
    assert sum("各年保持 2025 年的水平" in note for note in made.notes) == 3


def test_files_of_the_prospects_need_a_country(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--location, such as 156"):
        init_project(str(tmp_path / "x"), Origin(wpp=(tmp_path,)))


def test_a_country_starts_from_files_of_the_prospects(tmp_path: Path) -> None:
    write(tmp_path / "wpp", un_tables())
    origin = Origin(wpp=(tmp_path / "wpp",), location="156")
    made = init_project(str(tmp_path / "全国"), origin, base_year=2024, until=2026)
    assert any("Thousands" in note or "千" in note for note in made.notes)
    medium = read_scenarios(made.folder, base_year=2024)["medium"]
    assert medium.fertility.method == medium.mortality.method == "given"
    data = read_project(made.folder)
    assert data.fertility.at(2025).sum() == pytest.approx(TFR[2025], rel=1e-4)
    assert E0F[2025] > 0


def test_of_an_edition_the_medium_path_starts_from_births_as_counted(office: Workspace) -> None:
    """The scenario's level is per person truly there: else births of the base year fall by the ratio."""
    data = read_project(office.path / "projections/规划")
    assert data.coverage is not None
    medium = read_scenarios(office.path / "projections/规划", base_year=2025)["medium"]
    true, _ = with_true_base(data)
    assert medium.fertility.tfr is not None
    assert medium.fertility.tfr.values[0] == pytest.approx(
        true.fertility.base(2025)[0].sum(-1).mean(), rel=0.02
    )
    registered = data.fertility.base(2025)[0].sum(-1).mean()
    assert medium.fertility.tfr.values[0] / registered == pytest.approx(
        data.population[:, 1, 15:50].sum() / true.population[:, 1, 15:50].sum(), rel=0.02
    )
    assert "按覆盖率校正" in medium.fertility.source


def test_many_areas_have_fewer_trajectories(
    csv_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = read_project(csv_folder, base_year=2025)
    assert medium_of(data, UNTIL, "x").trajectories == 1000
    monkeypatch.setattr(module, "MANY_LEAVES", {1: 1000, 2: 200})
    assert medium_of(data, UNTIL, "x").trajectories == 0


def test_bob_the_planner_projects_and_it_is_put_down(
    own_office: Workspace, csv_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    acting_as("bob", monkeypatch)
    init_project("县规划", Origin(csv=csv_folder), base_year=2025, workspace=own_office.path)
    [event] = events_of(own_office, "init_project", "projection:县规划")
    assert (event.actor.username, event.reason) == ("bob", "CSV 文件夹 city")


@pytest.mark.parametrize("name", ["carol", "dave"])
def test_carol_the_clerk_and_dave_the_auditor_may_not_project(
    office: Workspace, csv_folder: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    acting_as(name, monkeypatch)
    with pytest.raises(NotPermitted, match=f"{name} .* may not project population"):
        init_project("别的", Origin(csv=csv_folder), workspace=office.path)
    assert not (office.path / "projections/别的").exists()


def test_bob_who_sees_no_true_count_makes_a_project_of_an_edition(
    own_office: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    acting_as("bob", monkeypatch)
    made = init_project("别的", Origin(), until=UNTIL, workspace=own_office.path)
    assert any("均经过小幅随机扰动" in note for note in made.notes)
    settings = YAML(typ="safe").load(made.folder / "project.yaml")
    assert list(made.notes) == settings["notes"]
    again = own_office.path / "projections/规划/population.csv"  # Alice's: the same people
    assert (made.folder / "population.csv").read_bytes() == again.read_bytes()


def test_mallory_who_does_not_work_there_may_not_either(
    office: Workspace, csv_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    acting_as("mallory", monkeypatch)
    with pytest.raises(NotPermitted, match="mallory does not work"):
        init_project("别的", Origin(csv=csv_folder), workspace=office.path)
