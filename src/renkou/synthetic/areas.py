"""The fictional city's tree of areas: one prefecture, counties, townships, villages. Pure.

云汀市 does not exist. Its codes are those of a prefecture dissolved in 1999 (GB/T 2260, 5130xx), so
that every region code in a number has once been in force and no place of today bears it. Sizes
follow the townships of county census bulletins (2020): lognormal, median 15,000.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from renkou.synthetic.difficulty import CityParameters
from renkou.synthetic.streams import Floats, Ints, Streams

PROVINCE, PROVINCE_CODE = "四川省", "51"
PREFECTURE, PREFECTURE_CODE = "云汀市", "5130"
_COUNTIES = (
    "青渚区", "澜阳区", "云麓县", "石泠县", "松陂县", "丹崖县",
    "梧溪县", "白塬县", "柘林县", "霜泉县", "雁浦县", "禾洲县",
)  # fmt: skip
SUPERSEDED_CODES = (513001, 513002)
_OLD_COUNTIES = ("青渚市", "澜阳市")
_OLD_COUNTIES_UNTIL = "1999-07-01"
_FIRST_COUNTY_CODE = 513021
_TOWN_FIRST = "清白石龙双永福安新高大金长凤马柏杨桐梅兰云月星河沙岩泉竹松柳荷菱茶盐"
_TOWN_LAST = "水溪河坪坝塘桥门岭山滩湾冲寨店铺江湖峰台庙场渡关"
_VILLAGE_FIRST = (
    "上下前后东西南北中大小老新青红黄柳杨李桃杏梨枣槐松竹柏石泥沙水井泉龙凤牛羊鹿鹤安永福兴和平光明"
)
_VILLAGE_LAST = "沟坡湾岭坪坝塘桥寨庄屯圩堡窑冲垭岗墩园田井台洼畈"
_RENAMED_ON = "2019-07-01"


@dataclass(frozen=True)
class AreaTree:
    """Counties, townships and villages; the latter two point to their parent by position."""

    county_codes: Ints
    county_names: list[str]
    township_county: Ints
    township_codes: npt.NDArray[np.int64]
    township_names: list[str]
    village_township: Ints
    village_codes: npt.NDArray[np.int64]
    village_names: list[str]
    village_urban: npt.NDArray[np.bool_]
    village_weights: Floats
    old_names: dict[int, str]  # village position → the name it had until 2019
    old_codes: dict[int, int]

    @property
    def village_county(self) -> Ints:
        """The county position of each village."""
        return self.township_county[self.village_township]

    def county_texts(self) -> list[str]:
        """Prefecture and county of each county position."""
        return [PREFECTURE + name for name in self.county_names]

    def village_texts(self, *, from_level: str = "prefecture", old: bool = False) -> pa.Array:
        """Names of each village position, from a level down to the village."""
        names = [self.old_names.get(v, n) if old else n for v, n in enumerate(self.village_names)]
        return pa.array([self._above(v, from_level) + name for v, name in enumerate(names)])

    def _above(self, village: int, from_level: str) -> str:
        township = self.village_township[village]
        text = self.township_names[township]
        if from_level in ("county", "prefecture"):
            text = self.county_names[self.township_county[township]] + text
        return PREFECTURE + text if from_level == "prefecture" else text


def _lognormal(rng: np.random.Generator, sigma: float, count: int) -> Floats:
    return np.exp(rng.normal(0, sigma, count))


def _names(rng: np.random.Generator, first: str, last: str, count: int) -> list[str]:
    """Different two-character names."""
    every = rng.permutation(len(first) * len(last))[:count]
    return [first[n // len(last)] + last[n % len(last)] for n in every]


def _spread(rng: np.random.Generator, weights: Floats, count: int) -> Ints:
    """Parents for `count` children: each parent has one at least, the rest by weight, in order."""
    rest = rng.choice(len(weights), count - len(weights), p=weights / weights.sum())
    return np.sort(np.concatenate([np.arange(len(weights)), rest])).astype(np.int32)


def _serials(parents: Ints) -> Ints:
    """1, 2, 3 … within each run of equal parents."""
    starts = np.searchsorted(parents, parents)
    return (np.arange(len(parents)) - starts + 1).astype(np.int32)


def make_areas(streams: Streams, people: int, parameters: CityParameters) -> AreaTree:
    """A tree whose areas have real sizes for a city of `people`, from 3 counties upwards."""
    rng = streams.of("areas")
    county_count = int(np.clip(round(people / 230_000), 3, len(_COUNTIES)))
    township_count = max(3 * county_count, round(people / 22_000))
    village_count = max(60, round(people / 1_300))
    township_county = _spread(rng, _lognormal(rng, 0.5, county_count), township_count)
    township_weights = _lognormal(rng, 0.75, township_count)
    village_township = _spread(rng, township_weights, village_count)
    urban = rng.random(township_count) < 0.3
    urban[0] = True
    county_codes = np.arange(county_count, dtype=np.int32) + _FIRST_COUNTY_CODE
    township_codes = (
        county_codes[township_county].astype(np.int64) * 1000
        + np.where(urban, 0, 100) + _serials(township_county)
    )  # fmt: skip
    village_codes = township_codes[village_township] * 1000 + 200 + _serials(village_township)
    village_urban = urban[village_township]
    old_names, old_codes = _renamed(rng, village_codes, village_urban, parameters)
    return AreaTree(
        county_codes, list(_COUNTIES[:county_count]), township_county, township_codes,
        _township_names(rng, urban), village_township, village_codes,
        _village_names(rng, village_township, village_urban), village_urban,
        _lognormal(rng, 0.5, village_count) * np.where(village_urban, 2.5, 1.0),
        old_names, old_codes,
    )  # fmt: skip


def _township_names(rng: np.random.Generator, urban: npt.NDArray[np.bool_]) -> list[str]:
    stems = _names(rng, _TOWN_FIRST, _TOWN_LAST, len(urban))
    rural = np.where(rng.random(len(urban)) < 0.75, "镇", "乡")
    return [
        stem + ("街道" if u else str(r)) for stem, u, r in zip(stems, urban, rural, strict=True)
    ]


def _village_names(
    rng: np.random.Generator, township: Ints, urban: npt.NDArray[np.bool_]
) -> list[str]:
    """Names differ within a township; within a county they may repeat, as real ones do."""
    names: list[str] = []
    for count in np.bincount(township):
        names += _names(rng, _VILLAGE_FIRST, _VILLAGE_LAST, int(count))
    return [name + ("社区" if u else "村") for name, u in zip(names, urban, strict=True)]


def _renamed(
    rng: np.random.Generator,
    codes: npt.NDArray[np.int64],
    urban: npt.NDArray[np.bool_],
    parameters: CityParameters,
) -> tuple[dict[int, str], dict[int, int]]:
    """Villages that had another name and code until 2019."""
    chosen = np.flatnonzero(~urban & (rng.random(len(codes)) < parameters.renamed_villages))
    stems = _names(rng, "旧古先故" + _VILLAGE_FIRST, "家屋房营" + _VILLAGE_LAST, len(chosen))
    names = {int(v): stem + "村" for v, stem in zip(chosen, stems, strict=True)}
    return names, {int(v): int(codes[v]) + 500 for v in chosen}


def areas_table(tree: AreaTree) -> pa.Table:
    """`areas.csv` of the workspace (docs/reference/tables.md)."""
    lines = [(PROVINCE_CODE, PROVINCE, "province", "", "", "", ""),
             (PREFECTURE_CODE, PREFECTURE, "prefecture", PROVINCE_CODE, "", "", "")]  # fmt: skip
    for old, now, name in zip(SUPERSEDED_CODES, tree.county_codes, _OLD_COUNTIES, strict=False):
        lines.append((str(old), name, "county", PREFECTURE_CODE, "", _OLD_COUNTIES_UNTIL, str(now)))
    for code, name in zip(tree.county_codes, tree.county_names, strict=True):
        lines.append((str(code), name, "county", PREFECTURE_CODE, "", "", ""))
    for position, name in enumerate(tree.township_names):
        code = str(tree.township_codes[position])
        lines.append((code, name, "township", code[:6], "", "", ""))
    for position, name in enumerate(tree.village_names):
        code = str(tree.village_codes[position])
        since = _RENAMED_ON if position in tree.old_names else ""
        lines.append((code, name, "village", code[:9], since, "", ""))
    for position, name in tree.old_names.items():
        code, now = str(tree.old_codes[position]), str(tree.village_codes[position])
        lines.append((code, name, "village", code[:9], "", _RENAMED_ON, now))
    names = ["code", "name", "level", "parent", "valid_from", "valid_to", "successor"]
    columns = zip(*sorted(lines), strict=True)
    return pa.table({name: pa.array(c) for name, c in zip(names, columns, strict=True)})
