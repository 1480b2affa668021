"""China's censuses of 2010 and 2020: do the tables add up, and how complete are their deaths?

    uv run python benchmarks/census.py DATA_FOLDER [page]

DATA_FOLDER holds `china_census` (the yearbooks' tables as CSV) and `wpp2024`. Without a second word
every table is checked, and what does not add up is listed; then come the tables of
docs/explanation/census-2020-deaths.md. With `page` only those: a test holds them in that page.
"""

from __future__ import annotations

import csv
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np

from renkou.demography.mortality.life_tables import life_table
from renkou.demography.quality.age_heaping import myers_index, whipple_index
from renkou.demography.quality.age_sex_accuracy import age_sex_accuracy
from renkou.demography.quality.death_completeness import adjusted_death_rates
from renkou.demography.quality.extinct_generations import (
    ExtinctGenerations,
    completeness_ggb_seg,
    completeness_seg,
)
from renkou.demography.quality.growth_balance import GrowthBalance, completeness_ggb

NATION = "全国"
BEFORE_2010, BEFORE_2020 = "2009.11.1-2010.10.31", "2019.11.1-2020.10.31"
SEXES = {"male": "男", "female": "女"}
CHINA = "156"
BY_PROVINCE = {
    "population_age_sex_province_2010_2020.csv": ("year", "age_group", "sex"),
    "deaths_age_sex_province.csv": ("year", "age_group", "sex", "residence"),
    "population_by_residence_age_sex_province.csv": ("year", "age_group", "sex", "residence"),
    "births_sex_parity_srb_province_2010_2020.csv": ("year", "residence"),
    "deaths_by_month_province.csv": ("year", "residence"),
}
OF_THE_NATION = {
    "national_single_age_avgpop_deaths.csv": ("平均人口", "死亡人口"),
    "mothers_by_single_age_parity_national_2010_2020.csv": ("合计",),
}
# Published with the census: infant deaths per 1000 births in 2020 (National Health Commission, 2021)
OFFICIAL_INFANT = 5.4


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


# --- Do the tables add up? ---


def sums_of_provinces(folder: Path) -> Iterator[tuple[str, int, list[str]]]:
    """Of each table: how many national figures were compared, and which differ."""
    for name, keys in BY_PROVINCE.items():
        nation: dict[tuple[str, ...], float] = {}
        provinces: dict[tuple[str, ...], float] = defaultdict(float)
        areas: dict[tuple[str, ...], int] = defaultdict(int)
        for row in rows(folder / name):
            for column in row.keys() - {*keys, "area"}:
                if "性别比" in column:
                    continue  # a ratio; ratios do not sum
                key = (*(row.get(part, "all") for part in keys), column)
                if row["area"] == NATION:
                    nation[key] = number(row[column])
                else:
                    provinces[key] += number(row[column])
                    areas[key] += 1
        wrong = [
            f"{' '.join(key)}: nation {nation[key]:.0f}, {areas[key]} provinces {provinces[key]:.0f}"
            for key in nation
            if nation[key] != provinces[key] or areas[key] != 31
        ]
        yield name, len(nation), wrong


def sums_of_sexes(folder: Path) -> Iterator[tuple[str, int, list[str]]]:
    """Of each table of ages and sexes: men and women make up both."""
    for name in list(BY_PROVINCE)[:3]:
        found: dict[tuple[str, ...], dict[str, float]] = defaultdict(dict)
        for row in rows(folder / name):
            value = next(row[column] for column in ("pop", "deaths") if column in row)
            key = tuple(row.get(part, "") for part in ("year", "area", "age_group", "residence"))
            found[key][row["sex"]] = number(value)
        whole = {
            key: sexes for key, sexes in found.items() if {"both", "male", "female"} <= sexes.keys()
        }
        wrong = [
            " ".join(key) for key, sexes in whole.items()
            if sexes["both"] != sexes["male"] + sexes["female"]
        ]  # fmt: skip
        yield f"{name}, sexes", len(whole), wrong


def sums_of_ages(folder: Path) -> Iterator[tuple[str, int, list[str]]]:
    """Of the national tables by single age: ages make up five-year groups, and those the total."""
    for name, starts in OF_THE_NATION.items():
        compared, wrong = 0, []
        tables: dict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
        for row in rows(folder / name):
            tables[row["year"], row["residence"]].append(row)
        for key, table in tables.items():
            columns = [column for column in table[0] if column.startswith(starts)]
            for column in columns:
                total = number(next(row[column] for row in table if row["age"] == "总计"))
                single = sum(number(row[column]) for row in table if _single(row["age"]))
                compared += 1
                if total != single:
                    wrong.append(f"{' '.join(key)} {column}: total {total:.0f}, ages {single:.0f}")
        yield f"{name}, ages", compared, wrong


def _single(age: str) -> bool:
    return age.isdigit() or age.startswith("100")


def add_up(folder: Path) -> bool:
    """Print what was compared; whether all adds up."""
    right = True
    for check in (sums_of_provinces, sums_of_sexes, sums_of_ages):
        for name, compared, wrong in check(folder):
            print(f"{name}: {compared} sums, {len(wrong)} differ")
            for line in wrong:
                print("    ", line)
            right = right and not wrong
    return right


# --- The national figures ---


def by_single_age(folder: Path, year: str) -> dict[str, dict[str, np.ndarray]]:
    """Average population and deaths of the twelve months, ages 0 to 100+, by sex."""
    table = [
        row for row in rows(folder / "national_single_age_avgpop_deaths.csv")
        if row["year"] == year and row["residence"] == "all" and _single(row["age"])
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


# --- The tables of the page ---


def raw_table(folder: Path) -> list[str]:
    lines = [
        "| | census deaths, million | UN | census / UN | e0 male, raw | UN | e0 female, raw | UN |",
        "|---|---|---|---|---|---|---|---|",
    ]
    un = world_prospects(folder / "wpp2024")
    for window, year in ((BEFORE_2010, 2010), (BEFORE_2020, 2020)):
        data = by_single_age(folder / "china_census", window)
        deaths = sum(part["deaths"].sum() for part in data.values())
        e0 = {sex: _e0(part["deaths"] / part["people"], sex) for sex, part in data.items()}
        lines.append(
            f"| {year} | {deaths / 1e6:.2f} | {un[year]['deaths'] / 1e3:.2f} "
            f"| {deaths / 1e3 / un[year]['deaths']:.4f} "
            f"| {e0['male']:.2f} | {un[year]['e0M']:.2f} | {e0['female']:.2f} | {un[year]['e0F']:.2f} |"
        )
    return lines


def quality_table(folder: Path) -> list[str]:
    lines = [
        "| census of | Whipple, male | female | Myers, male | female | UN joint score, 0-4 to 70-74 |",
        "|---|---|---|---|---|---|",
    ]
    for window, year in ((BEFORE_2010, "2010"), (BEFORE_2020, "2020")):
        data = by_single_age(folder / "china_census", window)
        people = [data[sex]["people"] for sex in SEXES]
        people_of, _ = tables(folder / "china_census")
        groups = [people_of[year, NATION, sex] for sex in SEXES]
        joint = age_sex_accuracy(groups[0], groups[1], n_groups=15).joint_score
        whipple, myers = whipple_index(people), myers_index(people)
        lines.append(
            f"| {year} | {whipple[0]:.1f} | {whipple[1]:.1f} "
            f"| {myers[0]:.2f} | {myers[1]:.2f} | {joint:.1f} |"
        )
    return lines


def method_table(folder: Path) -> list[str]:
    lines = [
        "| method | ages | male | census 2010 / 2020 | female | census 2010 / 2020 |",
        "|---|---|---|---|---|---|",
    ]
    data = {sex: intercensal(folder / "china_census", sex) for sex in SEXES}
    found: dict[str, list[tuple[float, float]]] = defaultdict(list)
    by_fit = ", ".join(f"{sex[0]} {_span(data[sex])}" for sex in SEXES)
    for part in data.values():
        for ages in ((15, 75), (30, 65), (40, 90)):
            name = f"growth balance | {ages[0]}-{ages[1]}"
            found[name].append(_pair(completeness_ggb(**part, years=10, fit_ages=ages)))
        found[f"growth balance | by fit: {by_fit}"].append(
            _pair(completeness_ggb(**part, years=10))
        )
        for ages in ((25, 60), (40, 80)):
            name = f"extinct generations | {ages[0]}-{ages[1]}"
            found[name].append(_pair(completeness_seg(**part, years=10, fit_ages=ages)))
        both, _ = completeness_ggb_seg(**part, years=10, seg_ages=(40, 80))
        found["both combined | 40-80, balance by fit"].append(_pair(both))
    for name, (male, female) in found.items():
        lines.append(
            f"| {name} | {male[0]:.3f} | {male[1]:.3f} | {female[0]:.3f} | {female[1]:.3f} |"
        )
    return lines


def _pair(found: GrowthBalance | ExtinctGenerations) -> tuple[float, float]:
    return float(found.completeness), float(found.census_coverage)


def _span(part: dict[str, np.ndarray]) -> str:
    balance = completeness_ggb(**part, years=10)
    return f"{balance.first_age:.0f}-{balance.last_age:.0f}"


def age_table(folder: Path) -> list[str]:
    """What share of the people counted at an age the deaths above it rebuild."""
    ages = (15, 20, 30, 40, 50, 60, 70, 80, 85, 90, 95, 100)
    lines = [
        "| sex | " + " | ".join(map(str, ages)) + " |",
        "|---" * (len(ages) + 1) + "|",
    ]
    for sex in SEXES:
        found = completeness_seg(**intercensal(folder / "china_census", sex), years=10)
        cells = (f"{found.ratio[age // 5]:.3f}" for age in ages)
        lines.append(f"| {sex} | " + " | ".join(cells) + " |")
    return lines


def province_lines(folder: Path) -> list[str]:
    """Growth balance of each province as if nobody had moved between them."""
    people, _ = tables(folder / "china_census")
    provinces = sorted({area for _, area, _ in people} - {NATION})
    lines = []
    for sex in SEXES:
        data = [intercensal(folder / "china_census", sex, area, open_age=85) for area in provinces]
        stacked = {key: np.stack([part[key] for part in data]) for key in data[0]}
        found = completeness_ggb(**stacked, years=10, fit_ages=(30, 65))
        least, most = found.completeness.argmin(), found.completeness.argmax()
        low, high = found.census_coverage.argmin(), found.census_coverage.argmax()
        lines.append(
            f"- {sex}: completeness from {found.completeness[least]:.2f} ({provinces[least]}) to "
            f"{found.completeness[most]:.2f} ({provinces[most]}), above 1 in "
            f"{(found.completeness > 1).sum()} of {len(provinces)}; census 2010 / 2020 from "
            f"{found.census_coverage[low]:.2f} ({provinces[low]}) to "
            f"{found.census_coverage[high]:.2f} ({provinces[high]})"
        )
    return lines


def corrected_table(folder: Path) -> list[str]:
    """e0 of 2019-20 under each assumption about the missing deaths."""
    un = world_prospects(folder / "wpp2024")
    data = by_single_age(folder / "china_census", BEFORE_2020)
    deaths = sum(part["deaths"].sum() for part in data.values())
    share = deaths / 1e3 / un[2020]["deaths"]
    lines = ["| 2019-20 | male | female | deaths, million |", "|---|---|---|---|"]
    combined = {
        sex: float(completeness_ggb_seg(**intercensal(folder / "china_census", sex), years=10,
                                        seg_ages=(40, 80))[0].completeness)
        for sex in SEXES
    }  # fmt: skip
    cases = {
        "as registered": (dict.fromkeys(SEXES, 1.0), 0, False),
        "adults (15+) by the combined method": (combined, 15, False),
        "… and infants at the official 5.4 per 1000": (combined, 15, True),
        f"all ages by census / UN, {share:.4f}": (dict.fromkeys(SEXES, share), 0, False),
    }
    for name, (completeness, from_age, infants) in cases.items():
        e0, total = [], 0.0
        for sex, part in data.items():
            mx = _corrected(part, completeness[sex], from_age, infants)
            e0.append(_e0(mx, sex))
            total += float((mx * part["people"]).sum())
        lines.append(f"| {name} | {e0[0]:.2f} | {e0[1]:.2f} | {total / 1e6:.2f} |")
    lines.append(
        f"| UN, World Population Prospects 2024 | {un[2020]['e0M']:.2f} | {un[2020]['e0F']:.2f} "
        f"| {un[2020]['deaths'] / 1e3:.2f} |"
    )
    return lines


def _corrected(
    part: dict[str, np.ndarray], completeness: float, from_age: int, infants: bool
) -> np.ndarray:
    rates = adjusted_death_rates(
        part["deaths"], part["people"], completeness, ages=np.arange(101), from_age=from_age
    ).mx.copy()
    if infants:
        rates[0] = OFFICIAL_INFANT / 1000
    return rates


def infants_line(folder: Path) -> list[str]:
    data = by_single_age(folder / "china_census", BEFORE_2020)
    died = sum(part["deaths"][0] for part in data.values())
    lived = sum(part["people"][0] for part in data.values())
    return [
        f"Deaths under one year: {died:,.0f} among {lived:,.0f} infants, {died / lived * 1000:.2f} per 1000."
    ]


def decade_line(folder: Path) -> list[str]:
    """Deaths between the censuses; of 2010 two months and of 2020 ten are between them."""
    census = sum(intercensal(folder / "china_census", sex)["deaths"].sum() for sex in SEXES) / 1e6
    un = world_prospects(folder / "wpp2024")
    parts = {2010: 2 / 12, 2020: 10 / 12}
    theirs = sum(un[year]["deaths"] * parts.get(year, 1) for year in range(2010, 2021)) / 1e3
    return [
        f"Between the censuses: {census:.1f} million deaths by the census, interpolated, "
        f"and {theirs:.1f} million by the UN: {census / theirs:.2f} of them."
    ]


def _e0(mx: np.ndarray, sex: str) -> float:
    return float(life_table(mx, sex=sex).ex[0])


PARTS = (raw_table, infants_line, quality_table, method_table, decade_line, age_table,
         province_lines, corrected_table)  # fmt: skip


def page_parts(folder: Path) -> list[str]:
    """The tables of the page, each as text."""
    return ["\n".join(part(folder)) for part in PARTS]


def main() -> None:
    """Check the sums, then print the tables of the page."""
    folder = Path(sys.argv[1])
    right = "page" in sys.argv[2:] or add_up(folder / "china_census")
    print("\n\n".join(page_parts(folder)))
    sys.exit(not right)


if __name__ == "__main__":
    main()
