"""Levels of areas, histories and coverage out of a project's tables. Pure."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from renkou.demography.checked import Floats
from renkou.demography.scenarios import limits
from renkou.demography.scenarios.grids import Ground, series_by_area
from renkou.demography.scenarios.notes import Note
from renkou.demography.scenarios.problems import Problem
from renkou.demography.scenarios.project_data import (
    Coverage,
    Integers,
    Levels,
    Schedules,
    YearSeries,
)
from renkou.demography.scenarios.tables import BLANK, Table, TableReader

LEVEL_MEASURES = ("fertility", "mortality", "moves_out", "moves_in")
HISTORY_MEASURES = ("tfr", "e0_male", "e0_female", "net_migration", "population")


def levels_of(
    table: Table | None, ground: Ground, found: Mapping[str, object], problems: list[Problem]
) -> dict[str, Levels]:
    """By measure: each leaf's level, its own or that of the nearest area around it, else 1."""
    if table is None:
        return {}
    reader = TableReader(table, problems)
    area = reader.areas(ground.codes, known_in=ground.known_in)
    measure = reader.words("measure", LEVEL_MEASURES)
    ratio = reader.numbers("ratio", limits.RATIO)
    zero = np.zeros_like(ratio)
    there = "deviation" in table
    deviation = reader.numbers("deviation", limits.DEVIATION, blank=0.0) if there else zero
    if not reader.sound:
        return {}
    series = {}
    for at, name in enumerate(LEVEL_MEASURES):
        rows = measure == at
        if rows.any():
            series[name] = _level(reader, ground, name, area, rows, ratio, deviation, found)
    return series


def _level(
    reader: TableReader, ground: Ground, name: str, area: Integers, rows: np.ndarray,
    ratio: Floats, deviation: Floats, found: Mapping[str, object],
) -> Levels:  # fmt: skip
    again = np.zeros(len(rows), dtype=np.bool_)
    again[rows] = True
    again[np.flatnonzero(rows)[np.unique(area[rows], return_index=True)[1]]] = False
    reader.note(
        "area", again, f"has a level of {name} twice", "keep one of the rows",
        "同一区域同一指标重复出现；请只留一行",
    )  # fmt: skip
    row_of = {ground.codes[area[at]]: at for at in np.flatnonzero(rows & ~again)}
    where = [
        next((code for code in ground.ancestry[leaf] if code in row_of), None)
        for leaf in ground.leaves
    ]
    schedules = found.get(name)
    if isinstance(schedules, Schedules):
        _not_twice(reader, ground, name, area, where, schedules)
    at = [BLANK if code is None else int(row_of[code]) for code in where]
    places = np.array(at)
    known = places != BLANK
    return Levels(np.where(known, ratio[places], 1.0), np.where(known, deviation[places], 0.0))


def _not_twice(
    reader: TableReader, ground: Ground, name: str, area: Integers, where: list[str | None],
    schedules: Schedules,
) -> None:  # fmt: skip
    """A level multiplies the rates of an area around; rates of the area itself have it in them."""
    for leaf, level, source in zip(ground.leaves, where, schedules.source_of, strict=True):
        if level is not None and level in ground.ancestry[source]:
            row = area == ground.codes.index(level)
            reader.note(
                "area", row, f"has a level of {name}, but {leaf} has rates of {source} already",
                f"leave out the level, or the rows of {source} in {name}.csv",
                f"该区域有相对水平，而 {leaf} 已直接采用 {source} 的率；请删去其一",
            )  # fmt: skip
            return


def history_of(
    table: Table | None, ground: Ground, problems: list[Problem]
) -> dict[str, dict[str, YearSeries]]:
    """By measure and area: values by year."""
    if table is None:
        return {}
    reader = TableReader(table, problems)
    area = reader.areas(ground.codes, known_in=ground.known_in)
    year, measure = reader.years(), reader.words("measure", HISTORY_MEASURES)
    value = reader.numbers("value", limits.ANY)
    for at, name in enumerate(HISTORY_MEASURES):
        limit = limits.HISTORY[name]
        beyond = (measure == at) & ((value < limit.low) | (value > limit.high))
        reader.note("value", beyond, limit.rule, limit.remedy, limit.zh)
    if not reader.sound:
        return {}
    found = {}
    for at, name in enumerate(HISTORY_MEASURES):
        rows = measure == at
        if rows.any():
            inner = np.zeros(int(rows.sum()), dtype=np.int64)
            one = _only(reader, rows)
            series = series_by_area(
                one, ground.codes, area[rows], year[rows], inner, 1, value[rows]
            )
            found[name] = {code: _flat(each) for code, each in series.items()}
    return found


def _only(reader: TableReader, rows: np.ndarray) -> TableReader:
    """A reader of some rows of a table, whose problems go where the others go."""
    table = reader.table
    columns = {
        name: type(one)(one.at[rows], one.texts) for name, one in table.columns.items()
    }  # fmt: skip
    part = Table(table.file, table.rows[rows], columns, table.headers, table.unused)
    return TableReader(part, reader.problems)


def _flat(one: YearSeries) -> YearSeries:
    return YearSeries(one.years, one.values[:, 0])


def coverage_of(
    table: Table | None, ground: Ground, problems: list[Problem], notes: list[str]
) -> Coverage | None:
    """True people per person counted; of several rows that fit a cell the most exact one counts.

    An area's own rows come before those of the areas around it, few ages before many, then a sex
    before both. Cells of which nothing is said have ratio 1, known exactly.
    """
    if table is None:
        return None
    reader = TableReader(table, problems)
    area = reader.areas(ground.codes, known_in=ground.known_in)
    rows = len(area)
    sex = reader.sexes(blank=True) if "sex" in table else np.full(rows, BLANK)
    whole = np.full(rows, BLANK)
    first, last = reader.ages(blank=True) if "age" in table else (whole, whole)
    ratio, low, high = (reader.numbers(one, limits.COVERAGE) for one in ("ratio", "low", "high"))
    reader.note(
        "ratio", (low > ratio) | (ratio > high), "lies outside its interval from low to high",
        "correct the three", "不在 low 与 high 之间；请更正",
    )  # fmt: skip
    if not reader.sound:
        return None
    first, last = _age_bounds(first, last, ground.omega)
    order = np.lexsort((sex != BLANK, -(last - first)))
    cells = _filled(ground, area[order], sex[order], first[order], last[order], order)
    covered = cells != BLANK
    if not covered.all():
        missing = int((~covered).sum())
        notes.append(Note(
            f"{table.file}: {missing} cells of area, sex and age have no row and are taken as counted "
            "exactly.", f"{table.file}：{missing} 个区域、性别、年龄组合没有数据，视为登记无误。",
        ))  # fmt: skip
    return Coverage(*(np.where(covered, one[cells], 1.0) for one in (ratio, low, high)))


def _age_bounds(first: Integers, last: Integers, omega: int) -> tuple[Integers, Integers]:
    """Blank is all ages; an open group, and a label at the open age, ends at the open age."""
    every = first == BLANK
    ends = np.where(every | (last == BLANK), omega, last)
    return np.where(every, 0, np.minimum(first, omega)), np.minimum(ends, omega)


def _filled(
    ground: Ground, area: Integers, sex: Integers, first: Integers, last: Integers, row: Integers
) -> Integers:
    """Which row holds for each (leaf, sex, age): later rows over earlier ones, parts over wholes."""
    ages = np.arange(ground.omega + 1)
    own = {code: np.full((2, len(ages)), BLANK) for code in ground.codes}
    for at in range(len(area)):
        sexes = slice(None) if sex[at] == BLANK else slice(sex[at], sex[at] + 1)
        own[ground.codes[area[at]]][sexes, first[at] : last[at] + 1] = row[at]
    for one in ground.areas:
        if one.parent:
            mine, around = own[one.code], own[one.parent]
            own[one.code] = np.where(mine == BLANK, around, mine)
    return np.stack([own[leaf] for leaf in ground.leaves])
