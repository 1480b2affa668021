"""Fertility rates of a project's table: by single age, or by five years and split. Pure (NumPy)."""

from __future__ import annotations

import numpy as np

from renkou.demography.checked import Floats
from renkou.demography.forecasts.fertility_by_single_age import graduate_fertility_pattern
from renkou.demography.scenarios import limits
from renkou.demography.scenarios.grids import (
    Ground,
    check_years,
    goes_by_five,
    series_by_area,
    sources_of_leaves,
)
from renkou.demography.scenarios.notes import Note
from renkou.demography.scenarios.problems import Problem
from renkou.demography.scenarios.project_data import Integers, Schedules, YearSeries
from renkou.demography.scenarios.tables import BLANK, Table, TableReader

_FIVE = 5


def fertility_of(
    table: Table, ground: Ground, problems: list[Problem], notes: list[str]
) -> Schedules | None:
    """Births per woman and year by single age, 0 where no row stands.

    Rates of five-year groups (15-19, …) are split by the smoothest curve that keeps every group's
    births per woman, and a note says so.
    """
    reader = TableReader(table, problems)
    area = reader.areas(ground.codes, known_in=ground.known_in)
    year, (first, last) = reader.years(), reader.ages()
    asfr = reader.numbers("asfr", limits.ASFR)
    _note_wrong_ages(reader, first, last, ground.omega)
    if not reader.sound:
        return None
    width = _FIVE if (last > first).any() or goes_by_five(first) else 1
    cells = ground.omega // width + 1
    found = series_by_area(
        reader, ground.codes, area, year, first // width, cells, asfr, holes=True
    )
    found = {code: _filled(reader, code, one, width) for code, one in found.items()}
    check_years(reader, found, ground.base_year)
    sources = sources_of_leaves(reader, ground, found)
    if not reader.sound:
        return None
    if width == _FIVE:
        found = {code: _by_single_age(one, ground.omega) for code, one in found.items()}
        notes.append(Note(
            f"{table.file}: rates of five-year groups are split into single ages by the smoothest "
            "curve that keeps the births per woman of every group.",
            f"{table.file}：五岁组生育率已按最光滑曲线拆分为单岁，各组每名妇女的生育数不变。",
        ))  # fmt: skip
    return Schedules("fertility", found, sources)


def _note_wrong_ages(reader: TableReader, first: Integers, last: Integers, omega: int) -> None:
    group = (last != BLANK) & (last > first)
    odd = group & ((last - first != _FIVE - 1) | (first % _FIVE != 0))
    reader.note(
        "age", odd, "is neither a single age nor a group of five years such as 15-19",
        "write a row for each single age, each with the rate of its group",
        "既不是单岁，也不是 15-19 这样的五岁组；请为组内每一岁各写一行，取该组的率",
    )  # fmt: skip
    mixed = ~group & bool(group.any()) & (first != BLANK)
    reader.note(
        "age", mixed, "is a single age among groups of five years", "use one of the two throughout",
        "单岁与五岁组混用；请统一",
    )  # fmt: skip
    reader.note(
        "age", np.maximum(first, last) > omega, f"is above the open age {omega} of population.csv",
        "leave the row out", f"高于 population.csv 的开口年龄 {omega} 岁；请删去该行",
    )  # fmt: skip


def _filled(reader: TableReader, code: str, one: YearSeries, width: int) -> YearSeries:
    """Ages before the first and after the last have no births; no age between them may lack."""
    there = ~np.isnan(one.values)
    begun = np.maximum.accumulate(there, axis=1)
    goes_on = np.maximum.accumulate(there[:, ::-1], axis=1)[:, ::-1]
    holes = begun & goes_on & ~there
    if holes.any():
        year, age = (int(at) for at in np.argwhere(holes)[0])
        reader.note_file(
            f"area {code}, year {one.years[year]}, age {age * width}",
            "has no row, but ages around it have", "add a row; write 0 where there are none",
            "该年龄缺少数据，而前后年龄都有；请补上，没有则写 0",
        )  # fmt: skip
    filled = np.where(there, one.values, 0.0)
    _check_tfr(reader, code, one, filled * width)
    return YearSeries(one.years, filled)


def _check_tfr(reader: TableReader, code: str, one: YearSeries, births: Floats) -> None:
    tfr = births.sum(axis=1)
    if (tfr > limits.TFR.high).any():
        at = int(np.argmax(tfr > limits.TFR.high))
        reader.note_file(
            f"area {code}, year {one.years[at]}: sum of asfr", limits.TFR.rule,
            limits.TFR.far_remedy, limits.TFR.far_zh, round(float(tfr[at]), 3),
        )  # fmt: skip


def _by_single_age(one: YearSeries, omega: int) -> YearSeries:
    """Rates (years, ages) whose sums over each group are five times the group's rate."""
    single = np.zeros((len(one.years), omega + 1))
    some = np.flatnonzero(one.values.sum(axis=1) > 0)
    groups = np.flatnonzero((one.values > 0).any(axis=0))
    if not groups.size:
        return YearSeries(one.years, single)
    # two groups at least, so that there is a shape to find
    first, last = int(groups[0]), max(int(groups[-1]), int(groups[0]) + 1)
    rates = one.values[some, first : last + 1]
    pattern = graduate_fertility_pattern(rates, ages=_FIVE * np.arange(first, last + 1))
    births = _FIVE * rates.sum(axis=1, keepdims=True)
    ages = np.asarray(pattern.ages, dtype=np.int64)
    single[np.ix_(some, ages)] = pattern.shares * births
    return YearSeries(one.years, single)
