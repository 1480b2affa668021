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
import json
import time
from pathlib import Path

import numpy as np
from chance_about_a_path import Drawn, draw, family_of, project
from pooled_constants import LEAD, pooled
from world_prospects import (
    Country,
    base,
    countries,
    five_years,
    migration_ages,
    migration_profile,
    patterns,
)

from renkou.demography import (
    back_test_intervals,
    interval_coverage,
    naive_path,
    pooled_coverage,
    trajectory_quantiles,
)

FIVE = ("tfr", "e0M", "e0F", "mig", "pop")
SHOWN = (2030, 2050, 2075, 2100)
WIDE = (0.1, 0.5, 0.9)


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
        for figures in pooled(found):
            show(part="pooled", **figures)
    if "back-test" in given.parts:
        for cut in (1973, 1983, 1993, 2003):
            back_tests(asked, cut, given.trajectories, given.seed)
    if "population" in given.parts:
        population_back_test(asked, given.trajectories, given.seed)


if __name__ == "__main__":
    main()
