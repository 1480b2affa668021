"""Projections built once, for reading: of CSV files with and without moves, and of an edition."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from renkou.actions.project_init import Made, Origin, init_project
from renkou.actions.project_run import run_project
from renkou.actions.workspaces import Workspace
from tests.offices import copied, opened, read_plain, with_staff
from tests.projects.folders import change, write_city

UNTIL = 2035
TRAJECTORIES = 100


@pytest.fixture(scope="session")
def csv_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small city's files."""
    return write_city(tmp_path_factory.mktemp("csv") / "city")


def made_of(csv: Path, folder: Path, **options: Any) -> Made:
    """A projection of CSV files, in a folder outside any workspace."""
    return init_project(str(folder), Origin(csv=csv), base_year=2025, until=UNTIL, **options)


@pytest.fixture(scope="session")
def city(csv_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A projection of the small city with medium, high and no_migration run; for reading only."""
    folder = tmp_path_factory.mktemp("projects") / "规划"
    made_of(csv_folder, folder)
    change(folder / "scenarios/medium.yaml", "trajectories: 1000", f"trajectories: {TRAJECTORIES}")
    for scenario in ("medium", "high", "no_migration"):
        run_project(str(folder), scenario)
    return folder


@pytest.fixture
def own_city(city: Path, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    return Path(shutil.copytree(city, tmp_path / "规划"))


@pytest.fixture(scope="session")
def projected_office(
    demo_workspace: Workspace, tmp_path_factory: pytest.TempPathFactory
) -> Workspace:
    """The demo city with a projection 规划 of ten years, its medium scenario run; for reading only.

    Alice is an officer, Bob a planner, Carol a clerk, Dave an auditor.
    """
    office = copied(demo_workspace, tmp_path_factory.mktemp("projected") / "office")
    with opened(office):
        with_staff(office)
        init_project("规划", Origin(), until=UNTIL, workspace=office.path)
        run_project("规划", trajectories=50, workspace=office.path)
    return office


@pytest.fixture
def office(projected_office: Workspace) -> Iterator[Workspace]:
    """The office to read from."""
    with opened(projected_office):
        yield projected_office


@pytest.fixture
def own_office(projected_office: Workspace, tmp_path: Path) -> Iterator[Workspace]:
    """A copy that a test may change."""
    with opened(copied(projected_office, tmp_path / "office")) as own:
        yield own


@dataclass(frozen=True)
class Figures:
    """Figures of a run, by what they are of."""

    table: pa.Table

    @cached_property
    def _rows(self) -> list[dict[str, Any]]:
        return self.table.to_pylist()

    @cached_property
    def _values(self) -> dict[tuple[Any, ...], float]:
        keys = ("measure", "area", "year", "sex", "age")
        return {tuple(row[key] for key in keys): row["value"] for row in self._rows}

    def rows(self, **of: Any) -> list[dict[str, Any]]:
        """Rows with these values in their columns."""
        return [row for row in self._rows if all(row[key] == value for key, value in of.items())]

    def value(
        self, measure: str, area: str, year: int, sex: str = "both", age: str = "all"
    ) -> float:
        """The scenario's value of one figure."""
        return self._values[measure, area, year, sex, age]


def figures_of(folder: Path, scenario: str = "medium") -> Figures:
    """The figures of a run."""
    return Figures(read_plain(folder / "runs" / scenario / "figures.parquet"))
