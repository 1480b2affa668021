"""World Population Prospects 2024, single ages, both sexes together, 1 July 2024 to 1 July 2099.

Given are the UN's own figures of each calendar year: death rates, net migration by age at the end
of the year, and births. Births are the published number of the year, because the tables of both
sexes together have no women to multiply the fertility rates by; they are what the UN's rates and
women imply, and nothing is taken from the populations that the result is held against.

Published populations are at 1 July. Two ways to that date are shown:

*   mid-year steps: from 1 July to 1 July by the means of the figures of the two calendar years;
*   January: a population at 1 July is the mean of the stocks at 1 January before and after. The stock
    at 1 January 2024 of which that holds is found age by age, carried on by each year's own figures,
    and the means of neighbouring stocks are compared.

Ages above 99 are not in the tables, so the last age is closed.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from renkou.demography import project_cohort_component, survival_ratios_from_mx

FIRST, LAST, AGES = 2024, 2099, 100
YEARS = range(FIRST, LAST + 1)
AIM_TOTAL, AIM_AGES, AIM_AGES_OF_FIJI, FIJI = 0.001, 0.007, 0.013, 242
Found = tuple[str, str, str, bool | None]


def wpp2024_rows(folder: Path) -> Iterator[Found]:
    """Total and WMAPE of 2099 of each country, both ways."""
    names = _names(folder)
    tables = pq.read_table(
        folder / "wpp2024_single_age_both_sexes/pop_mx_asfr_2020_2099.parquet"
    ).to_pylist()
    moved = {
        (one["country_code"], one["year"], one["age"]): 1000 * (one["migM"] + one["migF"])
        for one in pq.read_table(
            folder / "wpp2024/migration_by_single_age_2023_2100.parquet"
        ).to_pylist()
    }
    figures = {(one["country_code"], one["year"], one["age"]): one for one in tables}
    births = _births(folder)
    for country in sorted({one["country_code"] for one in tables}):

        def table(column: str, country: int = country) -> np.ndarray:
            return np.array([
                [figures[country, year, age][column] for age in range(AGES)] for year in YEARS
            ])  # fmt: skip

        population, mx = table("pop_both"), table("mx_both")
        migration = np.array([[moved[country, year, age] for age in range(AGES)] for year in YEARS])
        born = np.array([births[country, year] for year in YEARS])
        aim = AIM_AGES_OF_FIJI if country == FIJI else AIM_AGES
        for way, project in (("mid-year steps", _mid_year), ("January", _january)):
            error = project(population, mx, migration, born) - population[-1]
            yield _row(f"WPP 2024 {names[country]}, {way}", error, population[-1].sum(), aim)


def _mid_year(
    population: np.ndarray, mx: np.ndarray, migration: np.ndarray, births: np.ndarray
) -> np.ndarray:
    def mean(array: np.ndarray) -> np.ndarray:
        return (array[:-1] + array[1:]) / 2

    return _projected(population[0], mean(mx), mean(migration), mean(births))[-1]


def _january(
    population: np.ndarray, mx: np.ndarray, migration: np.ndarray, births: np.ndarray
) -> np.ndarray:
    ratio = survival_ratios_from_mx(mx[0], sex="both", open_group=False)
    before, at_end = np.zeros(AGES), births[0] * ratio[0] + migration[0, 0]
    for age in range(AGES):
        before[age] = 2 * population[0, age] - at_end
        if age + 1 < AGES:
            at_end = before[age] * ratio[age + 1] + migration[0, age + 1]
    stocks = _projected(before, mx, migration, births)
    return (stocks[-2] + stocks[-1]) / 2


def _projected(
    start: np.ndarray, mx: np.ndarray, migration: np.ndarray, births: np.ndarray
) -> np.ndarray:
    return project_cohort_component(
        start[None], mx=mx[:, None], births=births[:, None], net_migration=migration[:, None],
        open_group=False,
    ).population[:, 0]  # fmt: skip


def _row(case: str, error: np.ndarray, people: float, aim: float) -> Found:
    total, ages = 100 * error.sum() / people, 100 * np.abs(error).sum() / people
    met = round(abs(total), 3) <= AIM_TOTAL and round(ages, 3) <= aim
    return case, f"{AIM_TOTAL} / {aim} %", f"{total:+.5f} / {ages:.5f} %", met


def _births(folder: Path) -> dict[tuple[int, int], float]:
    with (folder / "wpp2024/annual_projections_2024_2100.csv").open(encoding="utf-8") as file:
        return {
            (int(row["country_code"]), int(row["year"])): 1000 * float(row["births"])
            for row in csv.DictReader(file)
        }


def _names(folder: Path) -> dict[int, str]:
    with (folder / "countries.csv").open(encoding="utf-8") as file:
        return {int(row["country_code"]): row["name"] for row in csv.DictReader(file)}
