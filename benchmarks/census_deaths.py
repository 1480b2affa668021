"""How complete are the deaths of China's censuses: the tables of docs/explanation/census-2020-deaths.md."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import numpy as np
from census_data import (
    BEFORE_2010,
    BEFORE_2020,
    NATION,
    SEXES,
    by_single_age,
    intercensal,
    tables,
    world_prospects,
)

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

# Published with the census: infant deaths per 1000 births in 2020 (National Health Commission, 2021)
OFFICIAL_INFANT = 5.4


def raw_table(folder: Path) -> list[str]:
    lines = [
        "| | census deaths, million | UN | census / UN | e0 male, raw | UN | e0 female, raw | UN |",
        "|---|---|---|---|---|---|---|---|",
    ]
    un = world_prospects(folder / "wpp2024")
    for window, year in ((BEFORE_2010, 2010), (BEFORE_2020, 2020)):
        data = by_single_age(folder / "china_census", window)
        deaths = sum(part["deaths"].sum() for part in data.values())
        e0 = {
            sex: life_expectancy(part["deaths"] / part["people"], sex) for sex, part in data.items()
        }
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
            e0.append(life_expectancy(mx, sex))
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


def life_expectancy(mx: np.ndarray, sex: str) -> float:
    return float(life_table(mx, sex=sex).ex[0])


PARTS = (raw_table, infants_line, quality_table, method_table, decade_line, age_table,
         province_lines, corrected_table)  # fmt: skip


def page_parts(folder: Path) -> list[str]:
    """The tables of the page, each as text."""
    return ["\n".join(part(folder)) for part in PARTS]
