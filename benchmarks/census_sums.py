"""Do the tables of China's censuses add up: provinces, sexes, ages?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from census_data import NATION, is_single_age, number, rows

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
                single = sum(number(row[column]) for row in table if is_single_age(row["age"]))
                compared += 1
                if total != single:
                    wrong.append(f"{' '.join(key)} {column}: total {total:.0f}, ages {single:.0f}")
        yield f"{name}, ages", compared, wrong


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
