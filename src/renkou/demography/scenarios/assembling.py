"""The tables of a project folder as one `ProjectData`. Pure: tables in, arrays out.

Problems of all files are gathered and told together, as far as they can be found: what depends on
a file that is wrong itself is looked at once that file is right.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from renkou.demography.scenarios import limits
from renkou.demography.scenarios.assembling_areas import (
    TOTAL,
    ancestry_of,
    areas_of_table,
    areas_side_by_side,
    leaves_of,
    says_total,
)
from renkou.demography.scenarios.assembling_errors import errors_of
from renkou.demography.scenarios.assembling_fertility import fertility_of
from renkou.demography.scenarios.assembling_moves import flows_of, migration_of
from renkou.demography.scenarios.assembling_rest import coverage_of, history_of, levels_of
from renkou.demography.scenarios.grids import (
    Ground,
    check_years,
    last_age,
    series_by_area,
    single_ages,
    sources_of_leaves,
)
from renkou.demography.scenarios.notes import Note
from renkou.demography.scenarios.problems import Problem, ProjectDataRefused
from renkou.demography.scenarios.project_data import ProjectArea, ProjectData, Schedules, YearSeries
from renkou.demography.scenarios.tables import BLANK, Table, TableReader, TextColumn

_SPLIT = "split the groups first (renkou.demography.graduate_sprague, ungroup_pclm) or ask for single ages"
_SPLIT_ZH = "请先拆分年龄组（renkou.demography.graduate_sprague、ungroup_pclm），或索取单岁数据"


def project_data_from(
    tables: Mapping[str, Table], *, base_year: int | None = None,
    settings: Mapping[str, object] | None = None,
) -> ProjectData:  # fmt: skip
    """The data of a project out of its tables by name (population, mortality, ...).

    Without `base_year` the first year of the mortality table is the base year, and a note says so.

    Raises
    ------
    ProjectDataRefused
        With every problem: file, row, column, value, rule, remedy.
    """
    problems: list[Problem] = []
    notes: list[str] = [_not_used(table) for table in tables.values() if table.unused]
    areas = _areas(tables, problems)
    tables = {name: _total_named(one, areas, tables) for name, one in tables.items()}
    year = base_year if base_year is not None else _first_year(tables["mortality"], problems, notes)
    known_in = tables["areas" if "areas" in tables else "population"].file
    ground = None if problems else _ground(tables["population"], areas, year, known_in, problems)
    if ground is None:
        raise ProjectDataRefused(problems)
    found: dict[str, Any] = {
        "mortality": _mortality(tables["mortality"], ground, problems),
        "fertility": fertility_of(tables["fertility"], ground, problems, notes),
        "srb": _srb(tables["srb"], ground, problems),
        "migration": migration_of(tables.get("migration"), ground, problems, notes),
        "flows": flows_of(tables, ground, problems, notes),
        "history": history_of(tables.get("history"), ground, problems),
        "errors": errors_of(tables.get("errors"), ground, problems),
        "coverage": coverage_of(tables.get("coverage"), ground, problems, notes),
    }
    found["levels"] = levels_of(tables.get("levels"), ground, found, problems)
    if problems:
        raise ProjectDataRefused(problems)
    return ProjectData(
        base_year=year, areas=areas, leaves=ground.leaves, ages=np.arange(ground.omega + 1),
        population=ground.population, notes=tuple(notes), **_about(settings or {}), **found,
    )  # fmt: skip


def _not_used(table: Table) -> Note:
    return Note(
        f"{table.file}: columns not used: {', '.join(table.unused)}.",
        f"{table.file}：未使用的列：{'、'.join(table.unused)}。",
    )


def _about(settings: Mapping[str, object]) -> dict[str, Any]:
    return {
        "name": str(settings.get("name") or ""),
        "title": str(settings.get("title") or ""),
        "settings": dict(settings),
    }


def _areas(tables: Mapping[str, Table], problems: list[Problem]) -> tuple[ProjectArea, ...]:
    if "areas" in tables:
        return areas_of_table(tables["areas"], problems)
    return areas_side_by_side(tables["population"])


def _total_named(
    table: Table, areas: tuple[ProjectArea, ...], tables: Mapping[str, Table]
) -> Table:
    """Without areas.csv, rows of 合计 or total are those of all areas together."""
    if "areas" in tables or "area" not in table or TOTAL not in areas:
        return table
    one = table.columns["area"]
    texts = tuple(TOTAL.code if says_total(text) else text for text in one.texts)
    columns = {**table.columns, "area": TextColumn(one.at, texts)}
    return Table(table.file, table.rows, columns, table.headers, table.unused)


def _first_year(table: Table, problems: list[Problem], notes: list[str]) -> int:
    years = TableReader(table, []).years()
    known = years[years != BLANK]
    if not known.size:
        TableReader(table, problems).years()
        return 0
    notes.append(Note(
        f"The base year is {known.min()}, the first year of {table.file}.",
        f"基期取 {table.file} 的首个年份 {known.min()}。",
    ))  # fmt: skip
    return int(known.min())


def _ground(
    table: Table, areas: tuple[ProjectArea, ...], year: int, known_in: str, problems: list[Problem]
) -> Ground | None:
    reader = TableReader(table, problems)
    leaves = leaves_of(areas)
    codes = tuple(area.code for area in areas)
    area = reader.areas(codes, known_in=known_in)
    sex, (first, last) = reader.sexes(), reader.ages()
    count = reader.numbers("count", limits.COUNT)
    single_ages(reader, first, last, _SPLIT, _SPLIT_ZH)
    is_leaf = np.isin(codes, leaves)
    reader.note(
        "area", ~is_leaf[area] & (area != BLANK), "has parts, and people are counted in those",
        "leave its rows out", "该区域有下级，人口应记在下级；请删去这些行",
    )  # fmt: skip
    if not reader.sound:
        return None
    omega = last_age(reader, codes, area, first, last)
    if not reader.sound:
        return None
    inner = sex * (omega + 1) + first
    found = series_by_area(reader, codes, area, None, inner, 2 * (omega + 1), count)
    _without_people(reader, leaves, found)
    if not reader.sound:
        return None
    population = np.stack([found[leaf].values[0].reshape(2, omega + 1) for leaf in leaves])
    return Ground(areas, leaves, ancestry_of(areas), omega, year, population, known_in)


def _without_people(
    reader: TableReader, leaves: tuple[str, ...], found: Mapping[str, YearSeries]
) -> None:
    missing = [leaf for leaf in leaves if leaf not in found]
    if missing:
        more = f" (nor have {len(missing) - 1} other areas)" if len(missing) > 1 else ""
        reader.note_file(
            f"area {missing[0]}", f"has no rows{more}",
            "add its people, or take it out of areas.csv",
            f"缺少 {len(missing)} 个区域的人口；请补上，或从 areas.csv 中删去",
        )  # fmt: skip


def _schedules(
    name: str, reader: TableReader, ground: Ground, found: Mapping[str, YearSeries],
    shape: tuple[int, ...],
) -> Schedules | None:  # fmt: skip
    check_years(reader, found, ground.base_year)
    sources = sources_of_leaves(reader, ground, found)
    if not reader.sound:
        return None
    series = {
        code: YearSeries(one.years, one.values.reshape(len(one.years), *shape))
        for code, one in found.items()
    }
    return Schedules(name, series, sources)


def _mortality(table: Table, ground: Ground, problems: list[Problem]) -> Schedules | None:
    reader = TableReader(table, problems)
    area = reader.areas(ground.codes, known_in=ground.known_in)
    year, sex, (first, last) = reader.years(), reader.sexes(), reader.ages()
    mx = reader.numbers("mx", limits.MX)
    single_ages(reader, first, last, _SPLIT, _SPLIT_ZH)
    if reader.sound:
        last_age(reader, ground.codes, area, first, last, ground.omega)
    if not reader.sound:
        return None
    ages = ground.omega + 1
    found = series_by_area(reader, ground.codes, area, year, sex * ages + first, 2 * ages, mx)
    return _schedules("mortality", reader, ground, found, (2, ages)) if reader.sound else None


def _srb(table: Table, ground: Ground, problems: list[Problem]) -> Schedules | None:
    reader = TableReader(table, problems)
    area = reader.areas(ground.codes, known_in=ground.known_in)
    year, srb = reader.years(), reader.numbers("srb", limits.SRB)
    if not reader.sound:
        return None
    found = series_by_area(reader, ground.codes, area, year, np.zeros_like(area), 1, srb)
    return _schedules("srb", reader, ground, found, ()) if reader.sound else None
