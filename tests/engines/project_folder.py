"""A small project folder, and ways to spoil it, for tests."""

from __future__ import annotations

import csv
from pathlib import Path

OMEGA = 52
YEARS = (2025, 2026)
SEXES = ("male", "female")
AREAS = ("510101", "510102")

Rows = list[list[object]]


def label(age):
    """The label of an age: the last one is open."""
    return f"{age}+" if age == OMEGA else age


def tables(areas=AREAS, rates_of=AREAS) -> dict[str, Rows]:
    """Header and rows of each table, by name."""
    ages = range(OMEGA + 1)
    return {
        "population": [["area", "sex", "age", "count"], *(
            [area, sex, label(age), 100 * (at + 1) + age]
            for at, area in enumerate(areas) for sex in SEXES for age in ages)],
        "mortality": [["area", "year", "sex", "age", "mx"], *(
            [area, year, sex, label(age), 0.001 + age / 1000 + (year - 2025) / 1e4]
            for area in rates_of for year in YEARS for sex in SEXES for age in ages)],
        "fertility": [["area", "year", "age", "asfr"], *(
            [area, year, age, 0.03] for area in rates_of for year in YEARS for age in range(15, 50))],
        "srb": [["area", "year", "srb"], *(
            [area, year, 1.06] for area in rates_of for year in YEARS)],
        "migration": [["area", "year", "sex", "age", "net"], *(
            [area, year, sex, label(age), -1 if age < 30 else 2]
            for area in rates_of for year in YEARS for sex in SEXES for age in ages)],
    }  # fmt: skip


def tree() -> dict[str, Rows]:
    """The same with a tree: rates are those of the city, people are counted in its counties."""
    found = tables(rates_of=("5101",))
    found["areas"] = [
        ["area", "name", "level", "parent"],
        ["510101", "甲县", "county", "5101"],
        ["5101", "某市", "prefecture", ""],
        ["510102", "乙县", "county", "5101"],
    ]
    return found


def write(folder: Path, found: dict[str, Rows], encoding="utf-8", settings=None) -> Path:
    """The folder with its tables."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in found.items():
        with (folder / f"{name}.csv").open("w", newline="", encoding=encoding) as stream:
            csv.writer(stream).writerows(rows)
    if settings is not None:
        (folder / "project.yaml").write_text(settings, "utf-8")
    return folder
