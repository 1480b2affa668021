"""The UN's prospects of twelve countries as arrays: estimates, rates ahead, bases, migration."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from renkou.demography import (
    graduate_abridged_mx,
    graduate_fertility_pattern,
    mortality_for_e0,
    project_cohort_component,
)

AGES = 101


@dataclass(frozen=True)
class Country:
    code: str
    name: str
    past: dict[str, np.ndarray]  # 1950-2023
    ahead: dict[str, np.ndarray]  # 2024-2100
    folder: Path


def numbers(rows: list[dict[str, str]], columns: list[str]) -> dict[str, np.ndarray]:
    return {c: np.array([float(r[c] or "nan") for r in rows]) for c in columns}


@cache
def rows_of(path: Path) -> dict[str, list[dict[str, str]]]:
    found = defaultdict(list)
    with path.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found[row["country_code"]].append(row)
    return found


def countries(folder: Path) -> list[Country]:
    past = rows_of(folder / "wpp2024/annual_estimates_1950_2023.csv")
    ahead = rows_of(folder / "wpp2024/annual_projections_2024_2100.csv")
    found = []
    for code, [row] in rows_of(folder / "countries.csv").items():
        of_past = numbers(past[code], ["year", "tfr", "srb", "e0M", "e0F", "mig", "births", "cbr",
                                       "growthrate"])  # fmt: skip
        of_past["people"] = of_past["births"] / of_past["cbr"] * 1e6  # mid-year
        names = [c for c in ahead[code][0] if c != "country_code"]
        found.append(Country(code, row["name"], of_past, numbers(ahead[code], names), folder))
    return found


def standards(folder: Path, code: str, periods: list[str]) -> np.ndarray:
    """Single-age death rates of five-year periods: (periods, 2, ages)."""
    groups = [0, 1, *range(5, 101, 5)]
    found = {}
    for row in rows_of(folder / "wpp2024/mx_5x5.csv")[code]:
        found[row["period"], int(row["age"].rstrip("+"))] = float(row["mxM"]), float(row["mxF"])
    table = np.array([[found[p, a] for a in groups] for p in periods]).swapaxes(1, 2)
    return graduate_abridged_mx(table, sex=("male", "female"), ages=groups).mx


def patterns(c: Country, periods: list[str]) -> np.ndarray:
    """Shares of fertility by single age 15-49: (periods, 35)."""
    found = {}
    for row in rows_of(c.folder / "wpp2024/pasfr_5x5.csv")[c.code]:
        found[row["period"], int(row["age"].split("-")[0])] = float(row["pasfr"])
    ages = list(range(15, 50, 5))
    table = np.array([[found[p, a] for a in ages] for p in periods])
    return np.asarray(graduate_fertility_pattern(table, ages=ages).shares)


def five_years(year: int) -> str:
    start = min(year // 5 * 5, 2095)
    return f"{start}-{start + 5}"


def groups_1950(c: Country) -> np.ndarray:
    """Thousands at 1 July 1950 by sex, five-year groups spread evenly over single ages: (2, ages)."""
    groups = np.zeros((2, 21))
    for row in rows_of(c.folder / "wpp2019_5x5/pop.csv")[c.code]:
        if row["year"] == "1950":
            groups[:, int(row["age"]) // 5] = float(row["popM"]), float(row["popF"])
    single = np.repeat(groups / 5, 5, axis=1)[:, :AGES]
    single[:, 100] = groups[:, 20]
    return single


def base(c: Country, year: int) -> np.ndarray:
    """Persons at 1 January by sex and single age: (2, ages)."""
    rebuilt = reconstructed(c, year)
    table = pq.read_table(
        c.folder / "wpp2024_single_age_both_sexes/pop_mx_asfr_2020_2099.parquet",
        filters=[("country_code", "==", int(c.code)), ("year", "in", [year - 1, year])],
    ).to_pydict()
    if table["age"]:
        both = np.zeros(AGES)
        np.add.at(both, np.array(table["age"]), np.array(table["pop_both"]) / 2)
        both[100] = both[100] or both[99] * rebuilt[:, 100].sum() / rebuilt[:, 99].sum()
        rebuilt = both * rebuilt / rebuilt.sum(axis=0)
    total = np.sqrt(people_mid(c, year - 1) * people_mid(c, year))
    return rebuilt * (total / rebuilt.sum())


def reconstructed(c: Country, year: int) -> np.ndarray:
    """The population of 1950 carried forward by WPP 2024's births, e0 and net migration: (2, ages)."""
    p, n = c.past, year - 1950
    years = p["year"][:n].astype(int)
    start = groups_1950(c) * 1000 * np.exp(-p["growthrate"][0] / 200)
    by_year = np.concatenate([standards(c.folder, c.code, [five_years(int(y))]) for y in years])
    e0 = np.stack([p["e0M"][:n], p["e0F"][:n]], axis=-1)
    mx = mortality_for_e0(by_year, e0, sex=("male", "female")).mx
    profile = migration_profile(migration_ages(c, np.arange(2023, 2041)))
    found = project_cohort_component(
        start, mx=mx, births=p["births"][:n] * 1000, srb=p["srb"][:n],
        net_migration=p["mig"][:n, None, None] * 1000 * profile,
    )  # fmt: skip
    return np.asarray(found.population[-1])


def people_mid(c: Country, year: int) -> float:
    """Population at 1 July of a year."""
    if year <= 2023:
        return float(c.past["people"][year - 1950])
    row = year - 2024
    return float(c.ahead["births"][row] / c.ahead["cbr"][row] * 1e6)


def migration_ages(c: Country, years: np.ndarray) -> np.ndarray:
    """The UN's median net migration by sex and single age, persons: (years, 2, ages)."""
    table = pq.read_table(
        c.folder / "wpp2024/migration_by_single_age_2023_2100.parquet",
        filters=[("country_code", "==", int(c.code))],
    ).to_pydict()
    found = np.zeros((len(years), 2, AGES))
    row = {int(y): i for i, y in enumerate(years)}
    for year, age, male, female in zip(
        *(table[k] for k in ("year", "age", "migM", "migF")), strict=True
    ):
        if year in row:
            found[row[year], :, min(age, 100)] += (male * 1000, female * 1000)
    return found


def migration_profile(by_age: np.ndarray) -> np.ndarray:
    """Where deviations fall: the size of migration at each age and sex over all years; sums to 1."""
    size = np.abs(by_age).mean(axis=0)
    return size / size.sum()
