"""Files in the layouts of World Population Prospects, for tests.

TFR, sex ratio at birth, net migration and life expectancy of China 2022-2026 are those of World
Population Prospects 2024 (United Nations, CC BY 3.0 IGO; R package wpp2024 1.1-3). People and rates
by age are made for these tests; only their layout is that of the prospects.
"""

from __future__ import annotations

import csv
import gzip

AGES = range(101)
YEARS = range(2022, 2027)
TFR = {2022: 1.034399, 2023: 0.999488, 2024: 1.012982, 2025: 1.020907, 2026: 1.030813}
SRB = {2022: 1.106, 2023: 1.108, 2024: 1.103, 2025: 1.098, 2026: 1.093}
MIG = {2022: -293.846, 2023: -567.724, 2024: -318.992, 2025: -268.126, 2026: -232.107}
E0M = {2022: 75.4673, 2023: 75.2005, 2024: 75.2493, 2025: 75.6515, 2026: 76.3773}
E0F = {2022: 81.1329, 2023: 80.9261, 2024: 80.9661, 2025: 81.2464, 2026: 81.7779}

PLACE = ["", 156, "", "CHN", "CN", 156, 4, "Country/Area", 906, "China", 2, "Medium"]
HEAD = ["SortOrder", "LocID", "Notes", "ISO3_code", "ISO2_code", "SDMX_code", "LocTypeID",
        "LocTypeName", "ParentID", "Location", "VarID", "Variant", "Time"]  # fmt: skip
BY_AGE = [*HEAD, "MidPeriod", "AgeGrp", "AgeGrpStart", "AgeGrpSpan"]


def people(sex, year, age):
    """Thousands of people, made."""
    return round(9000 - 85 * age + sex * 10 + (year - 2022), 3)


def mx(sex, year, age):
    """A death rate, made."""
    return round(0.0002 * 1.09**age / (1 + sex / 2) - (year - 2022) * 1e-6, 8)


def asfr(year, age):
    """Births per 1000 women, made."""
    return round(1000 * TFR[year] / 35, 4)


def net(sex, year, age):
    """Thousands of net migrants, made."""
    return round(MIG[year] / 202, 6)


def age_cells(age):
    """AgeGrp, AgeGrpStart and AgeGrpSpan."""
    return [f"{age}+" if age == 100 else age, age, -1 if age == 100 else 1]


def place(location=156, name="China", iso="CHN", variant="Medium"):
    """The cells before Time."""
    return [location if cell == 156 else name if cell == "China" else iso if cell == "CHN"
            else variant if cell == "Medium" else cell for cell in PLACE]  # fmt: skip


def un_tables(**where):
    """Rows of each download by its file's name."""
    here = place(**where)
    ages = [(year, age) for year in YEARS for age in AGES]
    found = {
        "WPP2024_Population1JanuaryBySingleAgeSex_Medium_2022-2026.csv": [
            [*BY_AGE, "PopMale", "PopFemale", "PopTotal"],
            *([*here, year, year, *age_cells(age), people(0, year, age), people(1, year, age), 0]
              for year, age in ages)],
        "WPP2024_Fertility_by_Age1.csv": [
            [*BY_AGE, "ASFR", "PASFR", "Births"],
            *([*here, year, year + 0.5, age, age, 1, asfr(year, age), 0, 0]
              for year in YEARS for age in range(15, 50))],
        "WPP2024_Demographic_Indicators_Medium.csv": [
            [*HEAD, "TPopulation1Jan", "TFR", "SRB", "LExMale", "LExFemale", "NetMigrations"],
            *([*here, year, 1400000 + year, TFR[year], round(100 * SRB[year], 1), E0M[year], E0F[year],
               MIG[year]] for year in YEARS)],
    }  # fmt: skip
    for at, sex in enumerate(("Male", "Female")):
        found[f"WPP2024_Life_Table_Complete_Medium_{sex}_2022-2026.csv"] = [
            [*HEAD, "MidPeriod", "SexID", "Sex", "AgeGrp", "AgeGrpStart", "AgeGrpSpan", "mx", "qx"],
            *([*here, year, year + 0.5, at + 1, sex, *age_cells(age), mx(at, year, age), 0]
              for year, age in ages)]  # fmt: skip
    return found


def r_tables():
    """Rows of tables of the R package wpp2024: stocks are those of 31 December."""
    ages = [(year, age) for year in YEARS for age in AGES]
    return {
        "popAge1dt.csv": [["country_code", "name", "year", "age", "popM", "popF"], *(
            [156, "China", year - 1, age, people(0, year, age), people(1, year, age)]
            for year, age in ages)],
        "mx1dt.csv": [["country_code", "name", "year", "age", "mxM", "mxF"], *(
            [156, "China", year, age, mx(0, year, age), mx(1, year, age)] for year, age in ages)],
        "percentASFR1dt.csv": [["country_code", "name", "year", "age", "pasfr"], *(
            [156, "China", year, age, 100 / 35] for year in YEARS for age in range(15, 50))],
        "annual.csv": [["country_code", "year", "tfr", "srb", "e0M", "e0F", "mig"], *(
            [156, year, TFR[year], SRB[year], E0M[year], E0F[year], MIG[year]] for year in YEARS)],
        "migration_by_single_age.csv": [["country_code", "year", "age", "migM", "migF"], *(
            [156, year, age, net(0, year, age), net(1, year, age)] for year, age in ages)],
    }  # fmt: skip


def write(folder, tables, *, packed=()):
    """A folder with these files; those named in `packed` as .csv.gz."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        if name in packed:
            with gzip.open(folder / f"{name}.gz", "wt", encoding="utf-8-sig", newline="") as stream:
                csv.writer(stream).writerows(rows)
        else:
            with (folder / name).open("w", encoding="utf-8-sig", newline="") as stream:
                csv.writer(stream).writerows(rows)
    return folder
