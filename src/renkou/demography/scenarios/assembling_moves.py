"""Net migration, and moves by origin and destination, out of a project's tables. Pure.

Counts of an area that has parts are shared out over its leaves that have no rows of their own, in
proportion to their people of the same sex and age (of all ages where there are none), and a note
says so: the leaves add up to what was written. Rates of such an area hold for each of them.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from renkou.demography.checked import Floats
from renkou.demography.scenarios import limits
from renkou.demography.scenarios.grids import (
    Ground,
    check_years,
    last_age,
    nearest_rows,
    series_by_area,
    single_ages,
)
from renkou.demography.scenarios.notes import Note
from renkou.demography.scenarios.problems import Problem
from renkou.demography.scenarios.project_data import Flows, Integers, Schedules, YearSeries
from renkou.demography.scenarios.settings import Limits
from renkou.demography.scenarios.tables import BLANK, Table, TableReader

OUTSIDE = "outside"
_SPLIT = "split the groups into single ages first"
_SPLIT_ZH = "请先拆分为单岁"
_WORDS_FOR_OUTSIDE = (OUTSIDE, "外部", "区外", "市外", "省外")


def migration_of(
    table: Table | None, ground: Ground, problems: list[Problem], notes: list[str]
) -> Schedules | None:
    """Net migrants of each leaf by year; leaves of which nothing is said have none."""
    if table is None:
        return None
    found = _by_sex_and_age(table, "net", limits.PERSONS, ground, problems, by_year=True)
    if found is None:
        return None
    reader = TableReader(table, problems)
    check_years(reader, found, ground.base_year)
    if not reader.sound or not found:
        return None
    shaped = {code: _shaped(one, ground) for code, one in found.items()}
    series = _shared_out(shaped, ground, table.file, notes)
    return Schedules("migration", series, ground.leaves)


def flows_of(
    tables: Mapping[str, Table], ground: Ground, problems: list[Problem], notes: list[str]
) -> Flows | None:
    """Rates of leaving, destinations and arrivals; None where the project has none of the files."""
    before = len(problems)
    if not any(name in tables for name in ("moves_out", "destinations", "moves_in")):
        return None
    out_rate = _out_rate(tables.get("moves_out"), ground, problems, notes)
    destination = _destination(tables.get("destinations"), ground, problems, notes)
    in_count = _in_count(tables.get("moves_in"), ground, problems, notes)
    return Flows(out_rate, destination, in_count) if len(problems) == before else None


def _by_sex_and_age(
    table: Table, column: str, limit: Limits, ground: Ground, problems: list[Problem], *,
    by_year: bool = False,
) -> dict[str, YearSeries] | None:  # fmt: skip
    reader = TableReader(table, problems)
    area = reader.areas(ground.codes, known_in=ground.known_in)
    year = reader.years() if by_year else None
    sex, (first, last) = reader.sexes(), reader.ages()
    values = reader.numbers(column, limit)
    single_ages(reader, first, last, _SPLIT, _SPLIT_ZH)
    if reader.sound:
        last_age(reader, ground.codes, area, first, last, ground.omega)
    if not reader.sound:
        return None
    ages = ground.omega + 1
    inner = sex * ages + first
    found = series_by_area(reader, ground.codes, area, year, inner, 2 * ages, values)
    return found if reader.sound else None


def _shaped(one: YearSeries, ground: Ground) -> YearSeries:
    return YearSeries(one.years, one.values.reshape(len(one.years), 2, ground.omega + 1))


def _shared_out(
    series: Mapping[str, YearSeries], ground: Ground, file: str, notes: list[str]
) -> dict[str, YearSeries]:
    """Counts of every leaf: its own, its share of the nearest area around it, else none."""
    source = [
        next((code for code in ground.ancestry[leaf] if code in series), "")
        for leaf in ground.leaves
    ]
    some = next(iter(series.values()))
    nothing = YearSeries(some.years, np.zeros_like(some.values))
    found = {}
    for code in dict.fromkeys(source):
        takers = np.array([at for at, one in enumerate(source) if one == code])
        shares = _shares(ground.population[takers])
        for at, share in zip(takers, shares, strict=True):
            one = series.get(code, nothing)
            found[ground.leaves[at]] = YearSeries(one.years, one.values * share)
    parents = sorted({code for code in source if code and code not in ground.leaves})
    if parents:
        notes.append(Note(
            f"{file}: counts of {', '.join(parents)} are shared out over its parts in proportion to "
            "their people of the same sex and age.",
            f"{file}：{'、'.join(parents)} 的人数按同性别同年龄人口的比例分配到其下级区域。",
        ))  # fmt: skip
    without = source.count("")
    if without:
        notes.append(Note(
            f"{file}: {without} areas have no rows, and nobody comes or goes there.",
            f"{file}：{without} 个区域没有数据，视为无人迁移。",
        ))  # fmt: skip
    return found


def _shares(population: Floats) -> Floats:
    """Each area's share of the people of each sex and age; of all people where there are none."""
    whole = population.sum(axis=0)
    people = population.sum(axis=(1, 2))
    everybody = people.sum()
    evenly = np.full(len(people), 1 / len(people))
    of_all = people / everybody if everybody else evenly
    divisor = np.where(whole > 0, whole, 1.0)
    return np.where(whole > 0, population / divisor, of_all[:, None, None])


def _out_rate(
    table: Table | None, ground: Ground, problems: list[Problem], notes: list[str]
) -> Floats:
    shape = (len(ground.leaves), 2, ground.omega + 1)
    if table is None:
        notes.append(Note(
            "There is no moves_out.csv: nobody leaves an area.", "没有 moves_out.csv：视为无人迁出。"
        ))  # fmt: skip
        return np.zeros(shape)
    found = _by_sex_and_age(table, "rate", limits.RATE, ground, problems) or {}
    without = _without(ground, found)
    if without:
        notes.append(Note(
            f"{table.file}: {len(without)} areas have no rows, and nobody leaves them.",
            f"{table.file}：{len(without)} 个区域没有数据，视为无人迁出。",
        ))  # fmt: skip
    nothing = np.zeros(2 * (ground.omega + 1))
    return nearest_rows(ground, found, lambda leaf: nothing).reshape(shape)


def _without(ground: Ground, found: Mapping[str, object]) -> list[str]:
    return [
        leaf for leaf in ground.leaves if not any(one in found for one in ground.ancestry[leaf])
    ]


def _in_count(
    table: Table | None, ground: Ground, problems: list[Problem], notes: list[str]
) -> Floats:
    shape = (len(ground.leaves), 2, ground.omega + 1)
    if table is None:
        notes.append(Note(
            "There is no moves_in.csv: nobody comes from outside.",
            "没有 moves_in.csv：视为无人从区外迁入。",
        ))  # fmt: skip
        return np.zeros(shape)
    found = _by_sex_and_age(table, "count", limits.COUNT, ground, problems)
    if not found:
        return np.zeros(shape)
    shaped = {code: _shaped(one, ground) for code, one in found.items()}
    series = _shared_out(shaped, ground, table.file, notes)
    return np.stack([series[leaf].values[0] for leaf in ground.leaves])


def _destination(
    table: Table | None, ground: Ground, problems: list[Problem], notes: list[str]
) -> Floats:
    """Shares of destinations (leaves, leaves + 1); the last column is outside."""
    size = len(ground.leaves)
    if table is None:
        notes.append(Note(
            "There is no destinations.csv: all who leave an area go outside.",
            "没有 destinations.csv：迁出者视为全部迁往区外。",
        ))  # fmt: skip
        return np.hstack([np.zeros((size, size)), np.ones((size, 1))])
    reader = TableReader(table, problems)
    origin = reader.areas(ground.codes, "origin", known_in=ground.known_in)
    to = _places(reader, ground)
    share = reader.numbers("share", limits.SHARE)
    if not reader.sound:
        return np.zeros((size, size + 1))
    return _matrix(reader, ground, origin, to, share, notes)


def _places(reader: TableReader, ground: Ground) -> Integers:
    """The column of each row's destination: a leaf's place, or the last one for outside."""
    size = len(ground.leaves)
    place = {leaf: at for at, leaf in enumerate(ground.leaves)}
    place |= dict.fromkeys(_WORDS_FOR_OUTSIDE, size)
    one = reader.table.columns["destination"]
    to = np.array([place.get(text.strip(), BLANK) for text in one.texts], dtype=np.int64)[one.at]
    reader.note(
        "destination", to == BLANK, "is neither an area without parts nor outside",
        "name an area in which people are counted, or write outside",
        "不是最下级区域，也不是 outside（区外）；请更正",
    )  # fmt: skip
    return to


def _matrix(
    reader: TableReader, ground: Ground, origin: Integers, to: Integers, share: Floats,
    notes: list[str],
) -> Floats:  # fmt: skip
    size = len(ground.leaves)
    rows = np.zeros((len(ground.codes), size + 1))
    np.add.at(rows, (origin, to), share)
    given = np.flatnonzero(np.bincount(origin, minlength=len(ground.codes)))
    sums = rows[given].sum(axis=1)
    wrong = given[np.abs(sums - 1) > 1e-4]
    if wrong.size:
        total = float(rows[wrong[0]].sum())
        reader.note_file(
            f"origin {ground.codes[wrong[0]]}: sum of shares", "the shares of an origin sum to 1",
            "correct them", "同一迁出地的份额之和应为 1；请更正", round(total, 6),
        )  # fmt: skip
        return np.zeros((size, size + 1))
    known = {ground.codes[at]: rows[at] for at in given}
    outside = np.eye(size + 1)[size]
    found = np.stack([
        next((known[code] for code in ground.ancestry[leaf] if code in known), outside)
        for leaf in ground.leaves
    ])  # fmt: skip
    return _without_stayers(found, ground, set(known), notes)


def _without_stayers(
    found: Floats, ground: Ground, known: set[str], notes: list[str]
) -> Floats:  # fmt: skip
    """Nobody moves from an area to itself: what stood there goes to the other destinations."""
    size = len(ground.leaves)
    stay = np.arange(size)
    if (found[stay, stay] > 0).any():
        notes.append(Note(
            "destinations.csv: shares of an area to itself are left out and the others raised to "
            "sum to 1.", "destinations.csv：迁往本区域的份额已去掉，其余份额相应提高至合计为 1。",
        ))  # fmt: skip
    found[stay, stay] = 0.0
    sums = found.sum(axis=1, keepdims=True)
    found[:, size] += np.where(sums[:, 0] > 0, 0.0, 1.0)
    without = _without(ground, dict.fromkeys(known))
    if without:
        notes.append(Note(
            f"destinations.csv: {len(without)} areas have no rows; who leaves them goes outside.",
            f"destinations.csv：{len(without)} 个区域没有数据，其迁出者视为迁往区外。",
        ))  # fmt: skip
    return found / found.sum(axis=1, keepdims=True)
