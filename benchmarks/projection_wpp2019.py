"""World Population Prospects 2019, both sexes by groups of five years, 1 July 2020 to 1 July 2100.

Given are death rates, total fertility with its shares by age, the sex ratio at birth and the
*total* of net migration of each five years. The UN's own migration by age is not published, so each
total is spread by one schedule for all countries, half to each sex: Rogers and Castro's curve of single
ages 0 to 100 with their fundamental parameters, without the constant, summed to the groups. Where that
takes more people away than there are, cells are floored; the number of them is shown.

Source of the schedule: Rogers & Castro (1981), Model Migration Schedules, IIASA RR-81-30.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from renkou.demography import Projection, project_cohort_component

YEARS = range(2020, 2101, 5)
PERIODS = [f"{year}-{year + 5}" for year in YEARS[:-1]]
# The table to be no worse than: error of the total and WMAPE in 2100, per cent.
AIMS = {
    "China": (0.01, 0.15), "India": (0.11, 0.24), "Nigeria": (0.12, 0.16), "Japan": (0.21, 0.37),
    "Fiji": (0.25, 0.60), "Malta": (0.26, 0.39),
}  # fmt: skip
Found = tuple[str, str, str, bool | None]


def migration_shares() -> np.ndarray:
    """Shares of net migration by groups of five years, 100+ the last; they sum to 1."""
    ages = np.arange(101)
    children = 0.02 * np.exp(-0.1 * ages)
    workers = 0.06 * np.exp(-0.1 * (ages - 20) - np.exp(-0.4 * (ages - 20)))
    single = children + workers
    groups = np.append(single[:100].reshape(20, 5).sum(axis=1), single[100])
    return groups / groups.sum()


def wpp2019_rows(folder: Path) -> Iterator[Found]:
    """Total and WMAPE of 2100 of each country."""
    folder_of_tables = folder / "wpp2019_5x5"
    tables = {
        name: _read(folder_of_tables / f"{name}.csv")
        for name in ("pop", "mx", "pasfr", "indicators")
    }
    with (folder / "countries.csv").open(encoding="utf-8") as file:
        names = {row["country_code"]: row["name"] for row in csv.DictReader(file)}
    for country, name in names.items():
        people, future = _projected(tables, country)
        error = future.at(-1) - people[-1]
        total = 100 * error.sum() / people[-1].sum()
        ages = 100 * np.abs(error).sum() / people[-1].sum()
        aim = AIMS.get(name)
        met = aim and bool(round(abs(total), 2) <= aim[0] and round(ages, 2) <= aim[1])
        floors = f", {len(future.floors)} cells floored" if len(future.floors) else ""
        yield (
            f"WPP 2019 {name}", f"{aim[0]:.2f} / {aim[1]:.2f} %" if aim else "",
            f"{total:+.2f} / {ages:.2f} %{floors}", met,
        )  # fmt: skip


def _projected(
    tables: dict[str, list[dict[str, str]]], country: str
) -> tuple[np.ndarray, Projection]:
    def of(table: str, columns: tuple[str, ...], time: str, when: list[str]) -> np.ndarray:
        rows = [row for row in tables[table] if row["country_code"] == country]
        found = {
            moment: sorted(
                (r for r in rows if r[time] == moment), key=lambda r: int(r.get("age", 0))
            )
            for moment in when
        }
        return np.array([
            [[float(row[column]) for row in found[moment]] for column in columns] for moment in when
        ])  # fmt: skip

    people = 1000 * of("pop", ("popM", "popF"), "year", [str(year) for year in YEARS])
    mx = of("mx", ("mxM", "mxF"), "period", PERIODS)
    percent = of("pasfr", ("pct_asfr",), "period", PERIODS)[:, 0]
    tfr, srb, net = of("indicators", ("tfr", "srb", "net_mig"), "period", PERIODS)[..., 0].T
    future = project_cohort_component(
        people[0], mx=mx, asfr=tfr[:, None] * percent / 500, srb=srb, step=5,
        net_migration=1000 * net[:, None, None] * np.full((2, 1), 0.5) * migration_shares(),
    )  # fmt: skip
    return people, future


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))
