"""Probabilistic projections of twelve countries beside the UN's, and intervals held against what came.

    uv run python benchmarks/projection_probabilistic.py DATA [--trajectories 1000] [--only China]

DATA holds `wpp2024/`, `wpp2019_5x5/`, `wpp2024_single_age_both_sexes/` and `countries.csv`. Four parts:

1. `pooled`: what the twelve histories say of the constants in `trajectories/pooled_processes.py`: moments of
   the countries' own estimates, and how well forecasts of 1973, 1983, 1993 and 2003 would have done
   with other values (sum of log densities of the errors 5, 10 and 20 years ahead).
2. `un`: medians of TFR, e0 and net migration are the UN's (WPP 2024, 2024-2100), their spread is fitted to
   1950-2023; total population, TFR, e0 and migration beside the UN's medians and 80 % widths.
3. `back-test`: processes fitted to the years up to a cut-off, on paths that those years alone
   suggest, against the twenty years that followed.
4. `back-test population`: the same from the population of 2004, to 2023.

No country has a setting of its own. Base: the population of 1950 (WPP 2019, five-year groups) carried to
1 January 2024 by the births, e0 and net migration of WPP 2024's estimates; where WPP 2024 gives single ages
for both sexes, these, parted by sex in the proportions so found; brought to WPP 2024's total. Mortality: WPP
2024's rates of each five years, graduated, moved to each trajectory's e0 by the relational model.
Deviations of migration are spread by the size of the median's migration at each age and sex.
"""

from __future__ import annotations

import argparse
import csv
import json
import time
from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from scipy import stats

from renkou.core.errors import FiguresRefused
from renkou.demography import (
    SurvivalFamily,
    back_test_intervals,
    fit_fertility_process,
    fit_life_expectancy_process,
    fit_migration_process,
    graduate_abridged_mx,
    graduate_fertility_pattern,
    interval_coverage,
    mortality_for_e0,
    naive_path,
    pooled_coverage,
    pooled_process,
    project_cohort_component,
    reachable_e0,
    shrunk,
    simulate,
    standard_process,
    survival_at,
    survival_family,
    trajectory_quantiles,
)

AGES = 101
FIVE = ("tfr", "e0M", "e0F", "mig", "pop")
SHOWN = (2030, 2050, 2075, 2100)
WIDE = (0.1, 0.5, 0.9)
LEAD = 20
STEP_OF_E0 = 0.25  # survival between is linear: wrong by less than a hundred-thousandth


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


# ---- rates and base ----------------------------------------------------------------------------


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


# ---- trajectories and projection ----------------------------------------------------------------


@dataclass(frozen=True)
class Drawn:
    tfr: np.ndarray  # (trajectories, years)
    e0: np.ndarray  # (trajectories, years, 2)
    mig: np.ndarray  # (trajectories, years), persons


def draw(c: Country, path: dict[str, np.ndarray], known: int, count: int, seed: int) -> Drawn:
    """Spread fitted to the first `known` years, set on a path."""
    p = {k: v[:known] for k, v in c.past.items()}
    fertility = fit_fertility_process(p["year"], p["tfr"])
    mortality = fit_life_expectancy_process(p["year"], p["e0M"], p["e0F"])
    migration = fit_migration_process(p["year"], p["mig"] * 1000, p["people"])
    options = {"trajectories": count, "seed": seed}
    return Drawn(
        simulate(fertility, path["tfr"], **options),
        simulate(mortality, np.stack([path["e0M"], path["e0F"]], axis=-1), **options),
        simulate(migration, path["mig"], population=path["people"], **options),
    )


@cache
def family_of(folder: Path, code: str, period: str) -> tuple[SurvivalFamily, np.ndarray]:
    """Survival by life expectancy in the pattern of five years' rates, and the e0 it reaches."""
    standard = standards(folder, code, [period])[0]
    low, high = reachable_e0(standard, sex=("male", "female"))
    grid = np.arange(np.ceil(low.max()), np.floor(high.min()), STEP_OF_E0)
    try:
        return survival_family(standard, grid), grid
    except FiguresRefused:  # some standards have a gap at 100.75 years that no rate fills
        grid = grid[grid <= 100]
    return survival_family(standard, grid), grid


def survival(c: Country, years: np.ndarray, e0: np.ndarray) -> tuple[np.ndarray, int]:
    """Survival ratios of trajectories (trajectories, years, 2, ages), and how many e0 were out of reach."""
    found = np.empty((*e0.shape, AGES))
    held = 0
    for period in dict.fromkeys(five_years(int(y)) for y in years):
        at = np.array([five_years(int(y)) == period for y in years])
        family, grid = family_of(c.folder, c.code, period)
        asked = e0[:, at]
        held += int(((asked < grid[0]) | (asked > grid[-1])).sum())
        found[:, at] = survival_at(family, np.clip(asked, grid[0], grid[-1]))
    return found, held


def project(
    c: Country, population: np.ndarray, years: np.ndarray, drawn: Drawn, srb: np.ndarray,
    by_age: np.ndarray, profile: np.ndarray, pattern: np.ndarray,
) -> tuple[np.ndarray, int]:  # fmt: skip
    """Total population of each trajectory at the end of each year: (trajectories, years)."""
    ratio, held = survival(c, years, drawn.e0)
    net = by_age + (drawn.mig - by_age.sum(axis=(1, 2)))[..., None, None] * profile
    asfr = np.zeros((*drawn.tfr.shape, AGES))
    asfr[..., 15:50] = drawn.tfr[..., None] * pattern
    found = project_cohort_component(
        population, survival_ratio=ratio, asfr=asfr, srb=srb, net_migration=net
    )
    return found.population[..., 1:, :, :].sum(axis=(-2, -1)), held


def beside_un(c: Country, count: int, seed: int) -> list[dict[str, object]]:
    """Part 2 for one country."""
    start = time.perf_counter()
    years = c.ahead["year"].astype(int)
    path = {k: c.ahead[k] for k in ("tfr", "e0M", "e0F")}
    path["mig"] = c.ahead["mig"] * 1000
    path["people"] = (c.ahead["popM"] + c.ahead["popF"]) * 1000
    by_age = migration_ages(c, years)
    pattern = np.concatenate([patterns(c, [five_years(int(y))]) for y in years])
    drawn = draw(c, path, len(c.past["year"]), count, seed)
    given = (years, c.ahead["srb"], by_age, migration_profile(by_age), pattern)
    population = base(c, 2024)
    alone = Drawn(
        path["tfr"][None], np.stack([path["e0M"], path["e0F"]], -1)[None], path["mig"][None]
    )
    line, _ = project(c, population, years, alone, *given[1:])
    total, held = project(c, population, years, drawn, *given[1:])
    ours = {"tfr": drawn.tfr, "e0M": drawn.e0[..., 0], "e0F": drawn.e0[..., 1],
            "mig": drawn.mig / 1000, "pop": total / 1000}  # fmt: skip
    rows = []
    for year in SHOWN:
        row: dict[str, object] = {"country": c.name, "year": year}
        for key in FIVE:
            row |= compared(c, key, year - 2024, ours[key])
        row["pop_without_chance"] = round(float(line[0, year - 2024]) / 1e6, 1)
        rows.append(row)
    rows[-1] |= {"e0_held_in_reach": held, "seconds": round(time.perf_counter() - start, 1)}
    return rows


def compared(c: Country, key: str, at: int, ours: np.ndarray) -> dict[str, object]:
    """UN and own median, 80 % interval and ratio of widths of one measure in one year."""
    # WPP's package dates stocks 31 December of `year`; medians of e0 and so on are its calendar years'.
    un = c.ahead["popM"][at] + c.ahead["popF"][at] if key == "pop" else c.ahead[key][at]
    low, high = c.ahead[f"{key}_80l"][at], c.ahead[f"{key}_80u"][at]
    mine = trajectory_quantiles(ours[:, at], WIDE)
    scale, digits = (1000.0, 1) if key == "pop" else (1.0, 2)
    return {
        key: [round(float(v) / scale, digits) for v in (un, low, high)],
        f"{key}_own": [round(float(v) / scale, digits) for v in mine[[1, 0, 2]]],
        f"{key}_median_off_%": round(100 * float(mine[1] / un - 1), 2) if key == "pop" else None,
        f"{key}_width_ratio": round(float((mine[2] - mine[0]) / (high - low)), 2),
    }


# ---- pooled constants ---------------------------------------------------------------------------


def own_processes(found: list[Country], known: int) -> dict[str, list]:
    fits = defaultdict(list)
    for c in found:
        p = {k: v[:known] for k, v in c.past.items()}
        fits["fertility"].append(fit_fertility_process(p["year"], p["tfr"], parent=None))
        fits["life_expectancy"].append(
            fit_life_expectancy_process(p["year"], p["e0M"], p["e0F"], parent=None)
        )
        fits["migration"].append(
            fit_migration_process(p["year"], p["mig"] * 1000, p["people"], parent=None)
        )
    return fits


def log_scores(found: list[Country], measure: str, sigmas: tuple[float, ...]) -> dict[str, float]:
    """Sum of log densities of errors 5, 10 and 20 years ahead, by pooled sigma and its freedom."""
    parent, scores = standard_process(measure), {}
    for sigma in sigmas:
        for freedom in (4, 6, 10, 16, 1000):
            tried = replace(parent, sigma=np.full(parent.sigma.shape, sigma))
            total = sum(
                log_score(c, measure, tried, freedom, cut)
                for c in found
                for cut in (1973, 1983, 1993, 2003)
            )
            scores[f"sigma {sigma}, freedom {freedom}"] = round(total, 1)
    return scores


def log_score(c: Country, measure: str, parent, freedom: float, cut: int) -> float:
    known = cut - 1949
    if measure == "fertility":
        values, when = c.past["tfr"], c.past["year"]
        own = fit_fertility_process(when[:known], values[:known], parent=None)
        scale = np.log
    else:
        values, when = np.stack([c.past["e0M"], c.past["e0F"]], axis=-1), c.past["year"]
        own = fit_life_expectancy_process(when[:known], *values[:known].T, parent=None)

        def scale(x):
            return -np.log(120 - x)

    process = shrunk(own, parent, freedom)
    if measure == "life_expectancy":
        process = replace(process, drift_error=process.sigma / np.sqrt(known - 1))
    path = scale(naive_path(measure, when[:known], values[:known], LEAD))
    error = (scale(values[known : known + LEAD]) - path)[[4, 9, 19]]
    spread = np.moveaxis(process.spread(LEAD), -1, 0)[[4, 9, 19]]
    return float((stats.t.logpdf(error / spread, float(process.freedom)) - np.log(spread)).sum())


def pooled(found: list[Country]) -> None:
    for measure, fits in own_processes(found, 74).items():
        whole, used = pooled_process(fits), standard_process(measure)
        show(part="pooled", measure=measure, **{
            name: [np.round(getattr(p, name), 5).tolist() for p in (whole, used)]
            for name in ("sigma", "freedom", "phi", "phi_error", "mean_error", "correlation")
        })  # fmt: skip
    show(
        part="pooled",
        measure="fertility",
        log_scores=log_scores(found, "fertility", (0.043, 0.047, 0.051, 0.055, 0.06)),
    )
    show(
        part="pooled",
        measure="life_expectancy",
        log_scores=log_scores(found, "life_expectancy", (0.0065, 0.008, 0.0095, 0.011)),
    )


# ---- back-tests ---------------------------------------------------------------------------------


def back_tests(found: list[Country], cut: int, count: int, seed: int) -> None:
    """Part 3."""
    known = cut - 1949
    until = min(known + LEAD, len(found[0].past["year"]))
    for measure in ("fertility", "life_expectancy", "migration"):
        tests = {}
        for c in found:
            p = {k: v[:until] for k, v in c.past.items()}
            values = {"fertility": p["tfr"], "migration": p["mig"] * 1000,
                      "life_expectancy": np.stack([p["e0M"], p["e0F"]], axis=-1)}[measure]  # fmt: skip
            tests[c.name] = back_test_intervals(
                measure,
                p["year"],
                values,
                cut,
                population=p["people"],
                trajectories=count,
                seed=seed,
            )
        shown(f"back-test {cut}", measure, tests)


def shown(part: str, measure: str, tests: dict) -> None:
    inside80, inside95 = pooled_coverage(list(tests.values()))
    show(part=part, measure=measure, inside_80=round(inside80, 3), inside_95=round(inside95, 3),
         by_country={n: [round(t.coverage80, 2), round(t.coverage95, 2), float(f"{t.mean_error:.3g}")]
                     for n, t in tests.items()})  # fmt: skip


def population_back_test(found: list[Country], count: int, seed: int) -> None:
    """Part 4: from 1 January 2004 with what was known of 2003."""
    known, years = 54, np.arange(2004, 2023)
    tests, off = {}, {}
    for c in found:
        p = {k: v[:known] for k, v in c.past.items()}
        e0 = naive_path(
            "life_expectancy", p["year"], np.stack([p["e0M"], p["e0F"]], axis=-1), len(years)
        )
        mig = naive_path("migration", p["year"], p["mig"] * 1000, len(years))
        tfr = naive_path("fertility", p["year"], p["tfr"], len(years))
        people = np.full(len(years), p["people"][-1])
        path = {"tfr": tfr, "e0M": e0[:, 0], "e0F": e0[:, 1], "mig": mig, "people": people}
        drawn = draw(c, path, known, count, seed)
        profile = migration_profile(migration_ages(c, np.arange(2023, 2041)))
        pattern = np.repeat(patterns(c, ["2000-2005"]), len(years), axis=0)
        ratio_of_births = np.full(len(years), p["srb"][-1])
        total, _ = project(c, base(c, 2004), years, drawn, ratio_of_births,
                           mig[:, None, None] * profile, profile, pattern)  # fmt: skip
        came = np.sqrt(
            c.past["people"][known : known + len(years)]
            * c.past["people"][known + 1 :][: len(years)]
        )
        tests[c.name] = interval_coverage(total, came)
        off[c.name] = round(100 * float(np.median(total[:, -1]) / came[-1] - 1), 2)
    shown("back-test population 2003", "population, 1 January 2005-2023", tests)
    show(
        part="back-test population 2003", measure="median of 1 January 2023 off, %", by_country=off
    )


def show(**figures: object) -> None:
    print(json.dumps(figures, ensure_ascii=False), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--trajectories", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=20240101)
    parser.add_argument("--only", nargs="*", help="countries, by name")
    parser.add_argument("--parts", nargs="*", default=["un", "pooled", "back-test", "population"])
    given = parser.parse_args()
    found = countries(given.data)
    asked = [c for c in found if not given.only or c.name in given.only]
    if "un" in given.parts:
        for c in asked:
            for row in beside_un(c, given.trajectories, given.seed):
                show(part="un", **row)
            family_of.cache_clear()
    if "pooled" in given.parts:
        pooled(found)
    if "back-test" in given.parts:
        for cut in (1973, 1983, 1993, 2003):
            back_tests(asked, cut, given.trajectories, given.seed)
    if "population" in given.parts:
        population_back_test(asked, given.trajectories, given.seed)


if __name__ == "__main__":
    main()
