"""What was changed after a run is told by all that show the run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from renkou.actions.project_export import export_project
from renkou.actions.project_figures import Wanted, overview, project_figures
from renkou.actions.project_run import run_project
from renkou.actions.project_stale import stale_runs
from tests.projects.folders import change


def stale(folder: Path, scenario: str = "medium") -> str:
    """What `show` says of a run."""
    shown = project_figures(str(folder), scenario, Wanted("births"))
    assert overview(str(folder), scenario).stale == shown.stale
    return shown.stale


def test_a_run_of_files_as_they_are_says_nothing(city: Path) -> None:
    assert stale(city) == ""
    assert stale_runs(str(city)) == ()
    kept = json.loads((city / "runs/high/manifest.json").read_text("utf-8"))["inputs"]
    assert {"population.csv", "scenarios/high.yaml", "scenarios/medium.yaml"} <= set(kept)


@pytest.mark.parametrize(
    ("file", "scenarios"),
    [
        ("scenarios/medium.yaml", {"medium", "high", "no_migration"}),
        ("scenarios/high.yaml", {"high"}),
        ("planning.yaml", {"medium", "high", "no_migration"}),
        ("mortality.csv", {"medium", "high", "no_migration"}),
        ("scenarios/low.yaml", set()),
        ("notes.csv", set()),
    ],
)
def test_a_changed_file_is_named_by_the_runs_made_of_it(
    own_city: Path, file: str, scenarios: set[str]
) -> None:
    with (own_city / file).open("a", encoding="utf-8") as text:
        text.write("# \n" if file.endswith("yaml") else "\n")
    for name in ("medium", "high", "no_migration"):
        assert (file in stale(own_city, name)) == (name in scenarios)
    assert len(stale_runs(str(own_city))) == len(scenarios)


def test_a_file_that_came_or_went_is_a_change(own_city: Path) -> None:
    (own_city / "coverage.csv").unlink()
    (own_city / "migration.csv").write_text("area,year,sex,age,net\n", "utf-8")
    said = stale(own_city)
    assert "migration.csv、coverage.csv" in said or "coverage.csv、migration.csv" in said
    assert "renkou project run 规划 --scenario medium" in said


def test_a_broken_file_is_told_and_the_run_still_shown(own_city: Path) -> None:
    (own_city / "scenarios/medium.yaml").write_text("a: [", "utf-8")
    assert "scenarios/medium.yaml" in stale(own_city)


def test_running_again_or_undoing_the_change_ends_it(own_city: Path) -> None:
    path = own_city / "scenarios/medium.yaml"
    before = path.read_bytes()
    change(path, "until: 2035", "until: 2034")
    assert stale(own_city)
    path.write_bytes(before)
    assert not stale(own_city)
    change(path, "until: 2035", "until: 2034")
    run_project(str(own_city), trajectories=0)
    assert not stale(own_city)


def test_documents_say_it_too(own_city: Path) -> None:
    change(own_city / "scenarios/high.yaml", "scenario:", "# 草稿\nscenario:")
    from openpyxl import load_workbook

    [path] = export_project(str(own_city), formats=["xlsx"])
    cells = [
        str(cell)
        for sheet in load_workbook(path)
        for row in sheet.iter_rows(values_only=True)
        for cell in row
    ]
    assert any("scenarios/high.yaml 已有改动" in one for one in cells)


def test_a_run_of_before_digests_were_kept_says_nothing(own_city: Path) -> None:
    path = own_city / "runs/medium/manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    del manifest["inputs"]
    path.write_text(json.dumps(manifest), "utf-8")
    (own_city / "planning.yaml").unlink()
    assert stale(own_city) == ""
