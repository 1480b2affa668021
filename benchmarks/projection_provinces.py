"""31 provinces projected from the census of 2010 to that of 2020, with what was known in 2010.

    uv run python benchmarks/projection_provinces.py DATA_FOLDER

DATA_FOLDER holds `china_census` (the yearbooks' tables as CSV, National Bureau of Statistics of
China). Nothing of 2020 is used but to measure errors, and nothing was tuned to them. Two steps of
five years, groups 0-4 to 90 and over, 1 November 2010 to 1 November 2020.

Known in 2010 (or when that census was published, by 2012), and taken:

- mortality: deaths of the twelve months before the census by province, sex and age. The census
  missed deaths; one factor per sex multiplies all of them so that the nation's e0 is the one
  published for 2010 (72.38 and 77.37; Bureau, August 2012). Ahead e0 gains as from 2000 to 2010
  (2.75 and 4.04 years a decade, same source), by the same factor in every province; or stays.
- fertility: births of the long form by province over women by the nation's age pattern; all of
  them multiplied so that the nation has the 15.92 million births published for 2010 (communiqué of
  February 2011; the long form alone gives a TFR of 1.2, which nobody believed). Constant.
- sex ratio at birth: the province's, of the long form. Constant.
- migration: none; or the net migration of 2000-2010 once more, by age after the Western standard
  of Rogers and Castro. It is what is left of the 2010 population aged 10 and over, carried back by
  survival, when the 2000 population is taken away (census communiqué no. 2, April 2001; in
  10,000), both made to have one national total so that provinces add up to none.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import numpy as np

from renkou.demography.forecasts.migration_patterns import spread_by_rogers_castro
from renkou.demography.mortality.life_tables import LifeTable, life_table, survival_ratios
from renkou.demography.projection.regions import RegionalProjection, project_regions

NATION, BEFORE_2010 = "全国", "2009.11.1-2010.10.31"
# Census communiqué no. 2 of 2 April 2001: people of 1 November 2000 in 10,000.
PEOPLE_2000 = {
    "北京": 1382, "天津": 1001, "河北": 6744, "山西": 3297, "内蒙古": 2376, "辽宁": 4238,
    "吉林": 2728, "黑龙江": 3689, "上海": 1674, "江苏": 7438, "浙江": 4677, "安徽": 5986,
    "福建": 3471, "江西": 4140, "山东": 9079, "河南": 9256, "湖北": 6028, "湖南": 6440,
    "广东": 8642, "广西": 4489, "海南": 787, "重庆": 3090, "四川": 8329, "贵州": 3525,
    "云南": 4288, "西藏": 262, "陕西": 3605, "甘肃": 2562, "青海": 518, "宁夏": 562, "新疆": 1925,
}  # fmt: skip
E0_2010, GAIN_A_DECADE = np.array([72.38, 77.37]), np.array([2.75, 4.04])
BIRTHS_2010 = 15_920_000
GROUPS = ["0岁", "1-4岁", *(f"{age}-{age + 4}岁" for age in range(5, 100, 5)), "100岁及以上"]
STARTS = np.array([0, 1, *range(5, 95, 5)], dtype=float)
FIVES = np.arange(0, 95, 5)
FERTILE = slice(3, 10)  # 15-19 to 45-49 among groups of five years
Z80 = 1.2815515655446004


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def by_province(
    path: Path, provinces: list[str], year: str, value: str, **where: str
) -> np.ndarray:
    """(provinces, 2, groups) up to 90 and over."""
    found = np.zeros((len(provinces), 2, len(GROUPS)))
    for row in read(path):
        known = row["area"] in provinces and row["age_group"] in GROUPS
        wanted = row["year"] == year and row["sex"] in ("male", "female")
        if known and wanted and all(row[key] == one for key, one in where.items()):
            at = provinces.index(row["area"]), int(row["sex"] == "female")
            found[(*at, GROUPS.index(row["age_group"]))] = float(row[value])
    last = len(STARTS) - 1
    return np.concatenate([found[..., :last], found[..., last:].sum(-1, keepdims=True)], -1)


def in_fives(people: np.ndarray) -> np.ndarray:
    """0 and 1-4 as one group."""
    return np.concatenate([people[..., :2].sum(-1, keepdims=True), people[..., 2:]], -1)


def tables(mx: np.ndarray) -> list[LifeTable]:
    return [
        life_table(mx[..., s, :], sex=sex, ages=STARTS) for s, sex in enumerate(("male", "female"))
    ]


def factor_for(mx: np.ndarray, e0: np.ndarray) -> np.ndarray:
    """By which the nation's rates (2, groups) are multiplied for an e0 of each sex."""
    low, high = np.full(2, 0.2), np.full(2, 5.0)
    for _ in range(60):
        middle = np.sqrt(low * high)
        found = np.array([table.e0 for table in tables(mx * middle[:, None])])
        low, high = np.where(found > e0, middle, low), np.where(found > e0, high, middle)
    return np.sqrt(low * high)


class Known:
    """What a statistician of 2012 has of 2010."""

    def __init__(self, folder: Path) -> None:
        self.provinces = list(PEOPLE_2000)
        people_file = folder / "population_age_sex_province_2010_2020.csv"
        self.people = by_province(people_file, self.provinces, "2010", "pop")
        deaths = by_province(
            folder / "deaths_age_sex_province.csv", self.provinces, BEFORE_2010, "deaths",
            residence="all",
        )  # fmt: skip
        self.mx = deaths / (self.people + deaths / 2)
        self.national_mx = deaths.sum(0) / (self.people + deaths / 2).sum(0)
        self.base = in_fives(self.people)
        self._read_births(folder)

    def _read_births(self, folder: Path) -> None:
        births, srb, mothers = np.zeros(31), np.zeros(31), np.zeros(7)
        for row in read(folder / "births_sex_parity_srb_province_2010_2020.csv"):
            if (row["year"], row["residence"]) != (BEFORE_2010, "all") or row["area"] == NATION:
                continue
            at = self.provinces.index(row["area"])
            births[at] = float(row["出生人数-合计"])
            srb[at] = float(row["出生人数-男"]) / float(row["出生人数-女"])
        for row in read(folder / "mothers_by_single_age_parity_national_2010_2020.csv"):
            all_women = (row["year"], row["education"], row["residence"]) == (
                BEFORE_2010,
                "不区分",
                "all",
            )
            if all_women and row["age"].isdigit() and 15 <= int(row["age"]) < 50:
                mothers[(int(row["age"]) - 15) // 5] += float(row["合计"])
        women = self.base[:, 1, FERTILE]
        pattern = mothers / women.sum(0)
        level = births / (women @ pattern)
        expected = (level * (women @ pattern)).sum()
        self.srb = srb
        self.asfr = np.zeros((31, len(FIVES)))
        self.asfr[:, FERTILE] = level[:, None] * pattern * (BIRTHS_2010 / expected)

    def ratios(self, gains: bool) -> np.ndarray:
        """Survival ratios (provinces, 2 steps, 2, groups) for the middle of each step."""
        steps = []
        for years in (2.5, 7.5):
            e0 = E0_2010 + GAIN_A_DECADE * years / 10 * gains
            mx = self.mx * factor_for(self.national_mx, e0)[:, None]
            steps.append(np.stack([survival_ratios(table) for table in tables(mx)], axis=-2))
        return np.stack(steps, axis=1)

    def net_migration_2000_2010(self) -> np.ndarray:
        """(provinces, 2) persons by sex, of those aged 10 and over in 2010."""
        e0 = E0_2010 - GAIN_A_DECADE / 2
        carried = np.zeros((31, 2))
        for s, table in enumerate(tables(self.mx * factor_for(self.national_mx, e0)[:, None])):
            lived = in_fives(table.Lx)
            oldest = lived[:, -1:] / lived[:, -3:].sum(-1, keepdims=True)
            survive = np.concatenate([lived[:, 2:-1] / lived[:, :-3], oldest], axis=-1)
            carried[:, s] = (self.base[:, s, 2:] / survive).sum(-1)
        before = np.array(list(PEOPLE_2000.values())) * 1e4
        share = carried / carried.sum(-1, keepdims=True)
        left = carried.sum(-1) - before * (carried.sum() / before.sum())
        return left[:, None] * share

    def project(self, gains: bool, moves: bool) -> RegionalProjection:
        net = self.net_migration_2000_2010() / 2 * moves
        by_age = spread_by_rogers_castro(net, ages=FIVES.astype(float))
        return project_regions(
            self.base, survival_ratio=self.ratios(gains), asfr=5 * self.asfr[:, None],
            srb=self.srb[:, None], net_migration=by_age[:, None],
        )  # fmt: skip


def error_tables(known: Known, truth: np.ndarray) -> None:
    results = {
        "no migration": known.project(gains=True, moves=False),
        "net migration of 2000-10 again": known.project(gains=True, moves=True),
        "the same, mortality constant": known.project(gains=False, moves=True),
    }
    ends = {name: result.population[:, -1] for name, result in results.items()}
    print("| | nation % | provinces: mean abs. % | median | worst | WMAPE of ages % | nation |")
    print("|---|---|---|---|---|---|---|")
    for name, found in {"nobody born, dead or moved": known.base, **ends}.items():
        print(f"| {name} | {summary(found, truth)} |")
    none, again, _ = ends.values()
    print_provinces(known, none, again, truth)
    print_ages(none, again, truth)
    intervals(known, none, truth)
    for note in dict.fromkeys(note for result in results.values() for note in result.notes):
        print(f"note: {note}")


def wmape(found: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Over ages, both sexes together, in %."""
    gap = np.abs(found.sum(-2) - truth.sum(-2)).sum(-1)
    return 100 * gap / truth.sum((-1, -2))


def total_error(found: np.ndarray, truth: np.ndarray) -> np.ndarray:
    return 100 * (found.sum((-1, -2)) / truth.sum((-1, -2)) - 1)


def summary(found: np.ndarray, truth: np.ndarray) -> str:
    total = total_error(found, truth)
    worst = np.abs(total).argmax()
    return " | ".join([
        f"{total_error(found.sum(0), truth.sum(0)):+.2f}", f"{np.abs(total).mean():.2f}",
        f"{np.median(np.abs(total)):.2f}", f"{list(PEOPLE_2000)[worst]} {total[worst]:+.1f}",
        f"{wmape(found, truth).mean():.2f}", f"{wmape(found.sum(0), truth.sum(0)):.2f}",
    ])  # fmt: skip


def print_provinces(known: Known, none: np.ndarray, again: np.ndarray, truth: np.ndarray) -> None:
    print("\n| | 2020, million | no migration: total % | WMAPE % | again: total % | WMAPE % |")
    print("|---|---|---|---|---|---|")
    columns = [
        total_error(none, truth), wmape(none, truth), total_error(again, truth), wmape(again, truth)
    ]  # fmt: skip
    for at, name in enumerate(known.provinces):
        one, age, other, other_age = (column[at] for column in columns)
        people = truth[at].sum() / 1e6
        print(
            f"| {name} | {people:.2f} | {one:+.2f} | {age:.2f} | {other:+.2f} | {other_age:.2f} |"
        )


def print_ages(none: np.ndarray, again: np.ndarray, truth: np.ndarray) -> None:
    print("\n| ages | nation 2020, million | no migration % | net migration again % |")
    print("|---|---|---|---|")
    for at, age in enumerate(FIVES):
        true = truth[..., at].sum()
        two = [100 * (found[..., at].sum() / true - 1) for found in (none, again)]
        label = f"{age}-{age + 4}" if age < 90 else "90+"
        print(f"| {label} | {true / 1e6:.2f} | {two[0]:+.2f} | {two[1]:+.2f} |")


def intervals(known: Known, none: np.ndarray, truth: np.ndarray) -> None:
    """How far totals without migration were off in 2000-10, as was known; did that hold?"""
    share = known.net_migration_2000_2010().sum(-1) / known.base.sum((-1, -2))
    spread = Z80 * np.sqrt((share**2).mean())
    held = np.abs(truth.sum((-1, -2)) / none.sum((-1, -2)) - 1) <= spread
    print(
        f"\n80 % interval of totals without migration: ±{100 * spread:.1f} %, 1.28 times the root "
        f"mean square of 2000-10; it held {held.sum()} of 31 provinces (25 expected)."
    )


def levels(known: Known) -> None:
    factors = factor_for(known.national_mx, E0_2010)
    raw = [f"{table.e0:.2f}" for table in tables(known.national_mx)]
    women = known.base[:, 1]
    tfr = 5 * ((known.asfr * women).sum(0)[FERTILE] / women.sum(0)[FERTILE]).sum()
    print(
        f"e0 of the deaths as counted {' and '.join(raw)} (open from 90), taken as "
        f"{' and '.join(map(str, E0_2010))}: rates times "
        f"{' and '.join(f'{each:.3f}' for each in factors)}. TFR of the nation {tfr:.3f}.\n"
    )


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = Path(sys.argv[1]) / "china_census"
    known = Known(folder)
    people_file = folder / "population_age_sex_province_2010_2020.csv"
    truth = in_fives(by_province(people_file, known.provinces, "2020", "pop"))
    levels(known)
    error_tables(known, truth)


if __name__ == "__main__":
    main()
