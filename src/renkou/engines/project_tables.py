"""A project's data as the tables of its folder. Not pure: writes files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa

from renkou.demography.checked import Floats
from renkou.demography.scenarios.project_data import (
    Coverage,
    Flows,
    Integers,
    ProjectData,
    Schedules,
    YearSeries,
)
from renkou.engines.project_csv import write_table

Columns = Mapping[str, pa.Array]
Write = Callable[[Path], None]
_SEXES = pa.array(["male", "female"])
OUTSIDE = "outside"


def project_tables(data: ProjectData) -> dict[str, Write]:
    """What writes each table that the data have, by the table's name."""
    tables: dict[str, Columns] = {
        "areas": _areas(data),
        "population": _cells(data, data.population, "count"),
        "mortality": _by_year(data, data.mortality, "mx"),
        "fertility": _fertility(data),
        "srb": _by_year(data, data.srb, "srb"),
    }
    if data.migration is not None:
        tables["migration"] = _by_year(data, data.migration, "net")
    if data.flows is not None:
        tables |= _flows(data, data.flows)
    if data.levels and len((levels := _levels(data))["area"]):
        tables["levels"] = levels
    if any(data.errors.values()):
        tables["errors"] = _errors(data)
    if any(data.history.values()):
        tables["history"] = _history(data)
    if data.coverage is not None:
        tables["coverage"] = _coverage(data, data.coverage)
    return {name: partial(write_table, columns=columns) for name, columns in tables.items()}


def _areas(data: ProjectData) -> Columns:
    fields = {"area": "code", "name": "name", "level": "level", "parent": "parent"}
    return {
        column: pa.array([getattr(area, name) for area in data.areas])
        for column, name in fields.items()
    }


def _ages(ages: Integers, at: Integers) -> pa.Array:
    """Labels of ages: the last one is open."""
    labels = pa.array([str(age) for age in ages[:-1]] + [f"{ages[-1]}+"])
    return labels.take(pa.array(at))


def _cells(data: ProjectData, values: Floats, name: str) -> Columns:
    """Values (leaves, 2, ages), a row each."""
    area, sex, age = (index.ravel() for index in np.indices(values.shape))
    return {
        "area": pa.array(data.leaves).take(pa.array(area)),
        "sex": _SEXES.take(pa.array(sex)),
        "age": _ages(data.ages, age),
        name: _numbers(values.ravel()),
    }


def _numbers(values: Floats) -> pa.Array:
    """Whole numbers without a point, where all are whole."""
    whole = np.all(values == np.round(values)) and np.abs(values).max(initial=0) < 2**53
    return pa.array(values.astype(np.int64) if whole else values)


def _by_year(data: ProjectData, schedules: Schedules, name: str) -> Columns:
    """Rates or counts by area and year; with sexes and ages where they have them."""
    used = _in_order(schedules)
    area = np.concatenate([np.full(one.values.size, at) for at, one in enumerate(used.values())])
    years, values = _stacked(used)
    columns = {"area": pa.array(list(used)).take(pa.array(area)), "year": pa.array(years)}
    if next(iter(used.values())).values.ndim == 3:
        inner = np.tile(np.arange(2 * len(data.ages)), len(years) // (2 * len(data.ages)))
        columns["sex"] = _SEXES.take(pa.array(inner // len(data.ages)))
        columns["age"] = _ages(data.ages, inner % len(data.ages))
    return {**columns, name: pa.array(values)}


def _in_order(schedules: Schedules) -> dict[str, YearSeries]:
    """Series of the areas that leaves take rows from."""
    return {code: schedules.by_area[code] for code in dict.fromkeys(schedules.source_of)}


def _stacked(used: Mapping[str, YearSeries]) -> tuple[Integers, Floats]:
    years = [np.repeat(one.years, one.values[0].size) for one in used.values()]
    values = [one.values.ravel() for one in used.values()]
    return np.concatenate(years), np.concatenate(values)


def _fertility(data: ProjectData) -> Columns:
    """Rows from the first to the last age at which some area has births."""
    used = _in_order(data.fertility)
    some = np.any([np.any(one.values > 0, axis=0) for one in used.values()], axis=0)
    ages = np.flatnonzero(some) if some.any() else np.array([15, 49])
    first, last = int(ages[0]), int(ages[-1])
    cut = {
        code: YearSeries(one.years, one.values[:, first : last + 1]) for code, one in used.items()
    }
    area = np.concatenate([np.full(one.values.size, at) for at, one in enumerate(cut.values())])
    years, values = _stacked(cut)
    age = np.tile(np.arange(first, last + 1), len(values) // (last - first + 1))
    return {
        "area": pa.array(list(cut)).take(pa.array(area)),
        "year": pa.array(years),
        "age": pa.array(age),
        "asfr": pa.array(values),
    }


def _levels(data: ProjectData) -> Columns:
    """Rows of the leaves whose level is not simply that of the area around."""
    rows = [
        (leaf, measure, float(level.ratio[at]), float(level.deviation[at]))
        for measure, level in data.levels.items()
        for at, leaf in enumerate(data.leaves)
        if level.ratio[at] != 1 or level.deviation[at] != 0
    ]
    names = ("area", "measure", "ratio", "deviation")
    return {name: pa.array([row[at] for row in rows]) for at, name in enumerate(names)}


def _errors(data: ProjectData) -> Columns:
    rows = [
        (code, measure, float(value))
        for measure, areas in data.errors.items()
        for code, value in areas.items()
    ]
    names = ("area", "measure", "deviation")
    return {name: pa.array([row[at] for row in rows]) for at, name in enumerate(names)}


def _flows(data: ProjectData, flows: Flows) -> dict[str, Columns]:
    places = pa.array([*data.leaves, OUTSIDE])
    origin, to = np.nonzero(flows.destination)
    return {
        "moves_out": _cells(data, flows.out_rate, "rate"),
        "destinations": {
            "origin": places.take(pa.array(origin)),
            "destination": places.take(pa.array(to)),
            "share": pa.array(flows.destination[origin, to]),
        },
        "moves_in": _cells(data, flows.in_count, "count"),
    }


def _history(data: ProjectData) -> Columns:
    rows = [
        (code, int(year), measure, float(value))
        for measure, areas in data.history.items()
        for code, one in areas.items()
        for year, value in zip(one.years, one.values, strict=True)
    ]
    names = ("area", "year", "measure", "value")
    return {name: pa.array([row[at] for row in rows]) for at, name in enumerate(names)}


def _coverage(data: ProjectData, coverage: Coverage) -> Columns:
    """One row an area where all its people have one ratio, else a row for each sex and age."""
    three = {"ratio": coverage.ratio, "low": coverage.low, "high": coverage.high}
    alike = all(np.all(one == one[:, :1, :1]) for one in three.values())
    if not alike:
        cells = [_cells(data, one, name) for name, one in three.items()]
        return {**cells[0], **cells[1], **cells[2]}
    blank = pa.array([""] * len(data.leaves))
    values = {name: pa.array(one[:, 0, 0]) for name, one in three.items()}
    return {"area": pa.array(data.leaves), "sex": blank, "age": blank, **values}
