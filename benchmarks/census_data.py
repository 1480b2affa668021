"""Tables of China's censuses of 2010 and 2020 and of the UN's estimates, read as arrays."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from functools import cache
from pathlib import Path

import numpy as np

NATION = "全国"
BEFORE_2010, BEFORE_2020 = "2009.11.1-2010.10.31", "2019.11.1-2020.10.31"
SEXES = {"male": "男", "female": "女"}
CHINA = "156"


def rows(path: Path) -> list[dict[str, str]]:
    """The rows of a table; one with a column per age group becomes one row per age group."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        found = list(csv.DictReader(file))
    ages = [column for column in found[0] if "岁" in column]
    if "age_group" in found[0] or not ages:
        return found
    value = "pop" if path.name.startswith("population") else "deaths"
    words = ("year", "area", "sex")
    return [
        {**{word: row[word] for word in words}, "age_group": column, value: row[column]}
        for row in found
        for column in row.keys() - set(words)
    ]


def number(cell: str) -> float:
    return float(cell) if cell else 0.0


def is_single_age(age: str) -> bool:
    return age.isdigit() or age.startswith("100")


def by_single_age(folder: Path, year: str) -> dict[str, dict[str, np.ndarray]]:
    """Average population and deaths of the twelve months, ages 0 to 100+, by sex."""
    table = [
        row for row in rows(folder / "national_single_age_avgpop_deaths.csv")
        if row["year"] == year and row["residence"] == "all" and is_single_age(row["age"])
    ]  # fmt: skip
    return {
        sex: {
            "people": np.array([number(row[f"平均人口-{word}"]) for row in table]),
            "deaths": np.array([number(row[f"死亡人口-{word}"]) for row in table]),
        }
        for sex, word in SEXES.items()
    }


def by_five_years(folder: Path, name: str) -> dict[tuple[str, str, str], np.ndarray]:
    """Counts of 0-4, 5-9, … 100 and over, by year, area and sex."""
    value = "pop" if name.startswith("population") else "deaths"
    found: dict[tuple[str, str, str], np.ndarray] = defaultdict(lambda: np.zeros(21))
    for row in rows(folder / name):
        if row.get("residence", "all") == "all" and row["age_group"][0].isdigit():
            first = int(re.match(r"\d+", row["age_group"])[0])
            found[row["year"], row["area"], row["sex"]][first // 5] += number(row[value])
    return found


@cache
def tables(folder: Path) -> tuple[dict, dict]:
    """People of both censuses and deaths of the twelve months before, by five-year group."""
    names = ("population_age_sex_province_2010_2020.csv", "deaths_age_sex_province.csv")
    return by_five_years(folder, names[0]), by_five_years(folder, names[1])


def intercensal(
    folder: Path, sex: str, area: str = NATION, *, open_age: int = 100
) -> dict[str, np.ndarray]:
    """Both censuses and the deaths between them.

    Deaths are known for the twelve months before each census only. At each age they are taken to
    have changed at an even pace (exponentially) from May 2010 to May 2020, the middles of those
    months, and summed from November 2010 to October 2020.
    """
    people, deaths = tables(folder)
    parts = (people["2010", area, sex], people["2020", area, sex],
             deaths[BEFORE_2010, area, sex], deaths[BEFORE_2020, area, sex])  # fmt: skip
    top = open_age // 5
    pop1, pop2, first, last = (np.append(part[:top], part[top:].sum()) for part in parts)
    pace = np.log(last / first) / 10
    level = np.abs(pace) < 1e-9
    years = np.where(
        level, 10, (np.exp(10.5 * pace) - np.exp(0.5 * pace)) / np.where(level, 1, pace)
    )
    return {"pop1": pop1, "pop2": pop2, "deaths": first * years}


def world_prospects(folder: Path) -> dict[int, dict[str, float]]:
    """The United Nations' estimates of China by year; deaths in thousands."""
    return {
        int(row["year"]): {key: float(row[key]) for key in ("deaths", "e0M", "e0F")}
        for row in rows(folder / "annual_estimates_1950_2023.csv")
        if row["country_code"] == CHINA
    }
