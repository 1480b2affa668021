"""Sexes, ages and years as tables of offices write them. Pure.

>>> sex_of_label("女"), sex_of_label("F"), sex_of_label("both")
(1, 1, None)
>>> age_of_label("0岁"), age_of_label("100+"), age_of_label("85岁及以上"), age_of_label("15-19")
(Ages(first=0, last=0), Ages(first=100, last=None), Ages(first=85, last=None), Ages(first=15, last=19))
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_SEXES = {"male": 0, "m": 0, "男": 0, "男性": 0, "female": 1, "f": 1, "女": 1, "女性": 1}
_ONE = re.compile(r"(\d{1,3})(?:岁|周岁)?")
_GROUP = re.compile(r"(\d{1,3})(?:岁)?[-–—~～至](\d{1,3})(?:岁|周岁)?")
_OPEN = re.compile(r"(\d{1,3})(?:\+|岁?及以上|岁\+|岁以上|andover|andolder|plus)")

# names of columns, by what they hold; the first is the one that is written
HEADERS = {
    "area": ("area", "code", "地区", "区域", "地区代码", "区域代码", "代码", "行政区划代码"),
    "name": ("name", "名称", "地区名称", "区域名称"),
    "level": ("level", "级别", "层级"),
    "parent": ("parent", "上级", "上级代码", "上级地区", "上级区域"),
    "sex": ("sex", "性别"),
    "age": ("age", "年龄"),
    "year": ("year", "年份", "年度", "年"),
    "count": ("count", "population", "人数", "人口", "人口数"),
    "mx": ("mx", "死亡率", "年龄别死亡率"),
    "asfr": ("asfr", "生育率", "年龄别生育率"),
    "srb": ("srb", "出生人口性别比", "出生性别比", "性别比"),
    "net": ("net", "净迁移", "净迁移人数", "净迁入", "净迁入人数"),
    "measure": ("measure", "指标"),
    "value": ("value", "数值", "值"),
    "ratio": ("ratio", "比值", "倍数"),
    "deviation": ("deviation", "标准误"),
    "rate": ("rate", "比率", "迁出率"),
    "origin": ("origin", "迁出地", "来源地"),
    "destination": ("destination", "迁入地", "目的地"),
    "share": ("share", "份额", "比例"),
    "low": ("low", "下限"),
    "high": ("high", "上限"),
}


@dataclass(frozen=True)
class Ages:
    """Ages of a label: `last` is None where the group is open."""

    first: int
    last: int | None

    @property
    def single(self) -> bool:
        """Whether it is one year of age, or the open group."""
        return self.last is None or self.last == self.first


def plain(text: str) -> str:
    """A label without case, blanks and the full width of its characters."""
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


def sex_of_label(text: str) -> int | None:
    """0 male, 1 female, None for anything else."""
    return _SEXES.get(plain(text))


def age_of_label(text: str) -> Ages | None:
    """The ages a label means; None where it means none."""
    label = plain(text)
    if found := _ONE.fullmatch(label):
        return Ages(int(found[1]), int(found[1]))
    if found := _OPEN.fullmatch(label):
        return Ages(int(found[1]), None)
    found = _GROUP.fullmatch(label)
    if found and int(found[2]) >= int(found[1]):
        return Ages(int(found[1]), int(found[2]))
    return None


def year_of_label(text: str) -> int | None:
    """A year of four digits, with or without 年."""
    label = plain(text).removesuffix("年")
    return int(label) if label.isdigit() and len(label) == 4 else None


def number_of_label(text: str) -> float | None:
    """A finite number; thousands separators and percent signs are no part of one."""
    try:
        found = float(text) if "_" not in text else None
    except ValueError:
        return None
    return found if found is not None and abs(found) < float("inf") else None


def column_of_header(text: str) -> str | None:
    """What a column holds, by its header."""
    label = plain(text)
    return next((name for name, known in HEADERS.items() if label in known), None)
