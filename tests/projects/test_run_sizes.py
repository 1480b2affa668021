"""A scenario that moves a large part of the people says how many, where and when."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from renkou.actions.project_run import Ran, run_project
from renkou.cli.main import app
from tests.projects.conftest import figures_of

NET = """scenario: own
of: medium
migration:
  method: rogers_castro
  net: {net}
  source: test
  date: 2026-11-23
"""
BIND = """scenario: own
of: medium
bind:
  "5130": {population: {2030: 10}}
"""


def ran(folder: Path, text: str) -> Ran:
    """A run of a scenario of one's own, without trajectories."""
    (folder / "scenarios/own.yaml").write_text(text, "utf-8")
    return run_project(str(folder), "own", trajectories=0)


def test_ordinary_scenarios_warn_of_nothing(city: Path) -> None:
    for name in ("medium", "high", "no_migration"):
        manifest = json.loads((city / f"runs/{name}/manifest.json").read_text("utf-8"))
        assert manifest["warnings"] == []


def test_net_migration_that_empties_a_city_is_told_with_its_size(own_city: Path) -> None:
    told = ran(own_city, NET.replace("{net}", "-3000")).manifest
    first = told["warnings"][0]
    assert first.startswith("净迁移很大，请核对方案：云汀市 ")
    figures, year = figures_of(own_city, "own"), int(first.split()[1])
    net, people = (figures.value(one, "5130", year) for one in ("net_migration", "population"))
    assert f"{net:+,.0f} 人，相当于年初人口的 {-net / people:.0%}" in first
    assert told["notes"][: len(told["warnings"])] == tuple(told["warnings"])


def test_what_is_no_tenth_of_the_people_is_not_told(own_city: Path) -> None:
    assert ran(own_city, NET.replace("{net}", "-150")).manifest["warnings"] == []


def test_a_total_says_what_migration_it_forces(own_city: Path) -> None:
    [first, *_] = ran(own_city, BIND).manifest["warnings"]
    figures = figures_of(own_city, "own")
    net, people = (figures.value(one, "5130", 2029) for one in ("net_migration", "population"))
    assert figures.value("population", "5130", 2030) == pytest.approx(10)
    assert first == (
        f"方案约束的总人口需要迁移补足：云汀市 2029 年净迁移最大，为 {net:+,.0f} 人，"
        f"相当于年初人口的 {-net / people:.0%}"
    )


def test_the_command_prints_it(own_city: Path) -> None:
    (own_city / "scenarios/own.yaml").write_text(BIND, "utf-8")
    words = ["project", "run", str(own_city), "--scenario", "own", "--trajectories", "0"]
    page = CliRunner().invoke(app, words)
    assert "注意：方案约束的总人口需要迁移补足：云汀市" in page.stdout, page.output
