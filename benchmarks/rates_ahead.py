"""Rates ahead beside the UN's own: mortality reached by life expectancy, ages split, survival read off.

    uv run python benchmarks/rates_ahead.py DATA

DATA holds `countries.csv`, `wpp2024/` and `wpp2024_single_age_both_sexes/`. Three tables:

1. Death rates of 2020-24 moved to the life expectancy that the UN has for 2050-54 and 2095-99, by Brass's
   relation alone and along the pattern of decline (China's, for every country): error of person-years
   lived from 65, 80 and 90 on.
2. Fertility by single age from its five-year groups: share of births put into a wrong year.
3. Time of survival ratios for 20 trajectories × 130 areas × 30 years, and their largest error.
"""

from __future__ import annotations

import argparse
import csv
import time
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from renkou.core.errors import FiguresRefused
from renkou.demography import (
    graduate_abridged_mx,
    graduate_fertility_pattern,
    life_table,
    mortality_by_decline,
    mortality_for_e0,
    standard_mortality,
    survival_at,
    survival_family,
)

SEXES = ("male", "female")
STARTS = [0, 1, *range(5, 101, 5)]
FROM = (65, 80, 90)
METHODS = {"Brass": mortality_for_e0, "decline": mortality_by_decline}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    data = parser.parse_args().data
    names = {row["country_code"]: row["name"] for row in rows(data / "countries.csv")}
    mortality(data, names)
    fertility(data, names)
    survival()


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def mortality(data: Path, names: dict[str, str]) -> None:
    told = {
        (row["country_code"], row["period"], row["age"].rstrip("+")): (row["mxM"], row["mxF"])
        for row in rows(data / "wpp2024/mx_5x5.csv")
    }

    def rates(country: str, period: str) -> np.ndarray:
        groups = np.array([told[country, period, str(age)] for age in STARTS], float).T
        return graduate_abridged_mx(groups, sex=SEXES, ages=STARTS).mx

    print("| country | until | " + " | ".join(f"{m}, {a}+" for m in METHODS for a in FROM) + " |")
    every = []
    for period in ("2050-2055", "2095-2100"):
        for code, name in names.items():
            base, then = rates(code, "2020-2025"), rates(code, period)
            e0 = life_table(then, sex=SEXES).e0
            off = [error(move(base, e0, sex=SEXES).mx, then) for move in METHODS.values()]
            every.append(np.concatenate(off))
            print(f"| {name} | {period} | " + " | ".join(f"{x:+.1f} %" for x in every[-1]) + " |")
    mean = np.abs(every).mean(axis=0)
    print("| mean of sizes | | " + " | ".join(f"{x:.1f} %" for x in mean) + " |\n")


def error(found: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    lived = [life_table(mx, sex=SEXES).Lx.sum(axis=0) for mx in (found, wanted)]
    return np.array([100 * (lived[0][age:].sum() / lived[1][age:].sum() - 1) for age in FROM])


def fertility(data: Path, names: dict[str, str]) -> None:
    file = data / "wpp2024_single_age_both_sexes/pop_mx_asfr_2020_2099.parquet"
    table = pq.read_table(file).to_pandas()
    print("| country | births in a wrong year, 2022 | 2062 |")
    for code in table["country_code"].unique():
        wrong = []
        for year in (2022, 2062):
            of_year = table[(table["country_code"] == code) & (table["year"] == year)]
            rates = of_year.sort_values("age").query("15 <= age <= 49")["asfr_per1000"].to_numpy()
            found = graduate_fertility_pattern(
                rates.reshape(7, 5).sum(axis=-1), ages=range(15, 50, 5)
            )
            wrong.append(np.abs(found.shares - rates / rates.sum()).sum() / 2)
        print(f"| {names[str(code)]} | " + " | ".join(f"{100 * x:.1f} %" for x in wrong) + " |")
    print()


def survival() -> None:
    base = standard_mortality(2024).mx
    e0 = np.random.default_rng(1).uniform(70, 90, (20, 130, 30, 2))
    print("| pattern | step of e0 | family made in | largest error | read off in |")
    for pattern in ("fixed", "declining"):
        for step in (0.05, 0.1, 0.25, 0.5):
            start = time.perf_counter()
            family = survival_family(base, np.arange(70, 90 + step, step), pattern=pattern)
            made = time.perf_counter() - start
            room = survival_at(family, e0)
            start = time.perf_counter()
            survival_at(family, e0, out=room)
            print(
                f"| {pattern} | {step} | {made:.2f} s | {family.interpolation_error:.1g} "
                f"| {time.perf_counter() - start:.3f} s |"
            )


if __name__ == "__main__":
    try:
        main()
    except FiguresRefused as error_:
        raise SystemExit(str(error_)) from None
