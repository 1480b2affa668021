"""The folder of a projection: its tables, settings and results. Not pure: reads and writes files.

    project.yaml        name, title, base year, what it was made from
    areas.csv ...       tables, see docs/reference/project-files.md
    scenarios/*.yaml    what is assumed of years ahead
    planning.yaml       school ages, class sizes, care
    runs/SCENARIO/      manifest.json, figures.parquet, ages.parquet, floors.parquet

A project and a run are written aside and appear by one rename.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from ruamel.yaml import YAML

from renkou.core.errors import FileUnreadable, UsageError
from renkou.demography.scenarios.assembling import project_data_from
from renkou.demography.scenarios.problems import (
    Problem,
    ProjectDataRefused,
    SettingsRefused,
    nearest,
)
from renkou.demography.scenarios.project_data import ProjectData
from renkou.demography.scenarios.settings import FIRST_YEAR, LAST_YEAR, Settings, SettingsReader
from renkou.engines.project_csv import read_tables
from renkou.engines.project_tables import project_tables
from renkou.engines.project_yaml import read_settings

SETTINGS, PLANNING, SCENARIOS, RUNS = "project.yaml", "planning.yaml", "scenarios", "runs"
MANIFEST, FIGURES, AGES = "manifest.json", "figures.parquet", "ages.parquet"
_KNOWN = ("name", "title", "base_year", "made_from", "made_at", "population_base", "notes")


def read_project(folder: Path, *, base_year: int | None = None) -> ProjectData:
    """The data of a project folder.

    The base year is that of project.yaml; without that file it is `base_year`, or else the first
    year of mortality.csv, and a note says so.

    Raises
    ------
    ProjectDataRefused
        With every problem of every table: file, row, column, value, rule, remedy.
    SettingsRefused
        If project.yaml is wrong, or names another base year.
    FileRefused
        If a file is no text table.
    FileUnreadable
        If there is no such folder.
    """
    if not folder.is_dir():
        raise FileUnreadable(
            f"{folder}: there is no such folder; check the path",
            zh=f"{folder}：没有这个文件夹；请核对路径",
        )
    settings = read_settings_of_project(folder)
    year = settings.get("base_year")
    if base_year is not None and year not in (None, base_year):
        raise _another_year(folder, year, base_year)
    problems: list[Problem] = []
    tables = read_tables(folder, problems)
    if problems:
        raise ProjectDataRefused(problems)
    about = {"name": folder.name, **settings}
    return project_data_from(tables, base_year=year or base_year, settings=about)


def _another_year(folder: Path, year: object, asked: int) -> SettingsRefused:
    return SettingsRefused([Problem(
        f"{folder.name}/{SETTINGS}", None, "base_year", year, f"is not {asked}, which was asked for",
        "leave one of the two out", f"与所要求的基期 {asked} 不同；请只保留其一",
    )])  # fmt: skip


def read_settings_of_project(folder: Path) -> dict[str, Any]:
    """What project.yaml says; empty where a folder of tables has none.

    Raises
    ------
    SettingsRefused
        If it names no base year, or a key is misspelt.
    """
    path = folder / SETTINGS
    if not path.is_file():
        return {}
    settings = read_settings(path)
    reader = SettingsReader(settings)
    values = dict(settings.values)
    if values.get("base_year") is None:
        reader.note(("base_year",), None, "is missing", "add base_year: 2025 or the like",
                    "缺少 base_year（基期）；请补上，如 base_year: 2025")  # fmt: skip
    else:
        year = reader.whole(("base_year",), values["base_year"], FIRST_YEAR, LAST_YEAR)
        values["base_year"] = year
    for key in settings.values:
        near = "" if key in _KNOWN else nearest(key, [one for one in _KNOWN if one not in values])
        if near:
            reader.note((key,), None, "is no known key", f"did you mean {near}?",
                        f"没有这个键；是否应为 {near}？")  # fmt: skip
    if reader.problems:
        raise SettingsRefused(reader.problems)
    return values


def write_project(
    folder: Path, data: ProjectData, *, scenarios: Mapping[str, str], planning: str | None = None,
    settings: Mapping[str, object] | None = None,
) -> Path:  # fmt: skip
    """Write a new project folder: tables, scenarios (texts by name), planning, project.yaml.

    Raises
    ------
    UsageError
        If there is something of this name already.
    """
    if folder.exists():
        raise UsageError(
            f"{folder}: exists already and may hold a planner's own figures; "
            "name another folder, or move it away",
            zh=f"{folder}：已存在，其中可能有规划人员自己的数据；请另起名称，或先把它移走",
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = folder.with_name(f".{folder.name}.part-{os.getpid()}")
    aside.mkdir(mode=0o700)
    try:
        _fill(aside, data, scenarios, planning)
        about = _told(data, folder.name, settings or {})
        (aside / SETTINGS).write_text(_yaml(about), "utf-8")
        aside.rename(folder)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    return folder


def _fill(
    folder: Path, data: ProjectData, scenarios: Mapping[str, str], planning: str | None
) -> None:
    for name, write in project_tables(data).items():
        write(folder / f"{name}.csv")
    (folder / SCENARIOS).mkdir()
    for name, text in scenarios.items():
        (folder / SCENARIOS / f"{name}.yaml").write_text(text, "utf-8")
    if planning is not None:
        (folder / PLANNING).write_text(planning, "utf-8")


def _told(data: ProjectData, name: str, settings: Mapping[str, object]) -> dict[str, object]:
    """What project.yaml says: the data's own name, title and base year go before the settings'."""
    own = {
        "name": data.name or settings.get("name") or name,
        "title": data.title or settings.get("title") or "",
        "base_year": data.base_year,
    }
    return {**own, **settings, **own}


def _yaml(values: Mapping[str, object]) -> str:
    writer = YAML(typ="safe", pure=True)
    writer.default_flow_style = False
    writer.allow_unicode = True
    writer.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    text = StringIO()
    writer.dump(dict(values), text)
    return text.getvalue()


def write_run(
    folder: Path, scenario: str, manifest: Mapping[str, object], figures: pa.Table, ages: pa.Table,
    beside: Mapping[str, pa.Table] | None = None,
) -> Path:  # fmt: skip
    """Write a run's results, and other tables by name, in place of an earlier run of the same scenario."""
    runs = folder / RUNS
    runs.mkdir(exist_ok=True, mode=0o700)
    target = runs / _plain_name(scenario)
    aside, old = (runs / f".{scenario}.{word}-{os.getpid()}" for word in ("part", "old"))
    aside.mkdir(mode=0o700)
    try:
        pq.write_table(figures, aside / FIGURES, compression="zstd")
        pq.write_table(ages, aside / AGES, compression="zstd")
        for name, table in (beside or {}).items():
            pq.write_table(table, aside / f"{name}.parquet", compression="zstd")
        text = json.dumps(manifest, ensure_ascii=False, indent=1)
        (aside / MANIFEST).write_text(text + "\n", "utf-8")
        if target.exists():
            target.rename(old)
        aside.rename(target)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    shutil.rmtree(old, ignore_errors=True)
    return target


def _plain_name(scenario: str) -> str:
    if not scenario or scenario.startswith(".") or "/" in scenario or "\\" in scenario:
        raise UsageError(
            f"scenario {scenario!r}: a name has no slash and begins with no dot; rename its file",
            zh=f"方案 {scenario!r}：名称不能含斜杠，也不能以点开头；请改文件名",
        )
    return scenario


def list_runs(folder: Path) -> list[str]:
    """The scenarios of a project that were run."""
    found = (folder / RUNS).glob(f"*/{MANIFEST}")
    return sorted(path.parent.name for path in found if not path.parent.name.startswith("."))


def read_manifest(folder: Path, scenario: str) -> dict[str, Any]:
    """The manifest of a run.

    Raises
    ------
    FileUnreadable
        If it is missing or damaged.
    """
    path = folder / RUNS / scenario / MANIFEST
    try:
        manifest: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise _damaged(path.parent, error) from error
    return manifest


def read_run(folder: Path, scenario: str) -> tuple[dict[str, Any], pa.Table, pa.Table]:
    """Manifest, figures and ages of a run.

    Raises
    ------
    UsageError
        If the scenario was not run; the message names those that were.
    FileUnreadable
        If a file of the run is missing or damaged.
    """
    ran = list_runs(folder)
    if scenario not in ran:
        raise UsageError(
            f"scenario {scenario}: was not run (there are {', '.join(ran) or 'none'}); run it first",
            zh=f"方案 {scenario}：尚未编制（已编制：{'、'.join(ran) or '无'}）；请先编制",
        )
    home = folder / RUNS / scenario
    try:
        return (
            read_manifest(folder, scenario),
            pq.read_table(home / FIGURES),
            pq.read_table(home / AGES),
        )
    except (OSError, ValueError, pa.ArrowException) as error:
        raise _damaged(home, error) from error


def _damaged(home: Path, error: Exception) -> FileUnreadable:
    return FileUnreadable(
        f"{home}: a file of the run is missing or damaged ({type(error).__name__}); "
        "run the scenario again",
        zh=f"{home}：结果文件缺失或损坏；请重新编制该方案",
    )


def settings_of_scenarios(folder: Path) -> dict[str, Settings]:
    """The settings of every scenario of a project as they stand, by name."""
    return {path.stem: read_settings(path) for path in sorted((folder / SCENARIOS).glob("*.yaml"))}
