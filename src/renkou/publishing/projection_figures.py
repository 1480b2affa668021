"""Figures of a projection as documents take them: rows checked, found by key. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from renkou.core.errors import FiguresRefused
from renkou.publishing.projection_measures import Measure

PROJECTION_COLUMNS = ("area", "area_name", "level", "year", "measure", "sex", "age", "value",
                      "median", "low80", "high80", "low95", "high95")  # fmt: skip
AGE_COLUMNS = ("area", "year", "sex", "age", "value", "median", "low80", "high80")
SEXES = ("both", "male", "female")
_NUMBERS = ("value", "median", "low80", "high80", "low95", "high95")
_LIMITS = (("low80", "high80"), ("low95", "high95"), ("low95", "low80"), ("high80", "high95"))
_AGE = re.compile(r"all|\d+(?:-\d+|\+)?")


@dataclass(frozen=True, slots=True)
class ProjectedFigure:
    """One row of a run's figures."""

    area: str
    area_name: str
    level: str
    year: int
    measure: str
    sex: str
    age: str
    value: float | None
    median: float | None
    low80: float | None
    high80: float | None
    low95: float | None
    high95: float | None

    @property
    def has_interval(self) -> bool:
        """Whether both ends of the 80 % interval are known."""
        return self.low80 is not None and self.high80 is not None

    @property
    def has_wide_interval(self) -> bool:
        """Whether both ends of the 95 % interval are known."""
        return self.low95 is not None and self.high95 is not None


SeriesKey = tuple[str, str, str]  # measure, sex, age


class ProjectionFigures:
    """A checked table of projected figures with the definitions of its measures.

    Raises
    ------
    FiguresRefused
        If there are no rows, or a row lacks a column, names a measure without definition, has an
        age or sex of another form, a number that is not finite, limits in disorder, or repeats
        another row.
    """

    def __init__(self, rows: Iterable[Mapping[str, Any]], measures: Mapping[str, Measure]) -> None:
        self._found: dict[tuple[str, str, int, str, str], ProjectedFigure] = {}
        self.areas: dict[str, str] = {}  # name by code, in the order of the rows
        self.levels: dict[str, str] = {}
        self._measures: dict[str, Measure] = {}
        self._series: dict[SeriesKey, None] = {}
        years = set()
        for place, row in enumerate(rows):
            one = _read(place, row, measures)
            key = (one.measure, one.area, one.year, one.sex, one.age)
            if key in self._found:
                _refuse(place, ", ".join(map(str, key)), "each figure stands once",
                        "leave out the repeated row", "同一数字出现两次；请去掉重复的行")  # fmt: skip
            self._found[key] = one
            self.areas.setdefault(one.area, one.area_name)
            self.levels.setdefault(one.area, one.level)
            self._measures.setdefault(one.measure, measures[one.measure])
            self._series.setdefault((one.measure, one.sex, one.age))
            years.add(one.year)
        if not self._found:
            raise FiguresRefused(
                "figures", "0 rows", "a projection has at least one figure", "run the scenario first",
                zh="预测没有任何数字；请先运行方案",
            )  # fmt: skip
        self.years: tuple[int, ...] = tuple(sorted(years))

    def __iter__(self) -> Iterator[ProjectedFigure]:
        return iter(self._found.values())

    def __len__(self) -> int:
        return len(self._found)

    def find(
        self, measure: str, area: str, year: int, sex: str = "both", age: str = "all"
    ) -> ProjectedFigure | None:
        """The figure of a key, None where there is none."""
        return self._found.get((measure, area, year, sex, age))

    def measures(self) -> list[Measure]:
        """The measures that occur, in the order of the rows."""
        return list(self._measures.values())

    def measure(self, name: str) -> Measure:
        """The definition of a measure that occurs."""
        return self._measures[name]

    def series(self, measure: str = "") -> list[SeriesKey]:
        """Measure, sex and age of all rows or of one measure, in the order of the rows."""
        return [key for key in self._series if measure in ("", key[0])]

    def years_of(self, measure: str, sex: str = "both", age: str = "all") -> list[int]:
        """The years for which some area has the figure."""
        wanted = (measure, sex, age)
        return sorted({one.year for one in self if (one.measure, one.sex, one.age) == wanted})

    def of(
        self, measure: str, *, sex: str = "both", age: str = "all", areas: Sequence[str] = (),
        year: int | None = None,
    ) -> list[ProjectedFigure]:  # fmt: skip
        """Figures of one series, by area in the order of the rows, then by year."""
        chosen = areas or list(self.areas)
        years = self.years if year is None else (year,)
        found = (self.find(measure, area, at, sex, age) for area in chosen for at in years)
        return [one for one in found if one is not None]


def rows_of(table: Any) -> list[Mapping[str, Any]]:
    """Rows of an Arrow table, or the mappings themselves."""
    return list(table.to_pylist() if hasattr(table, "to_pylist") else table)


def _refuse(place: int, value: object, rule: str, remedy: str, zh: str, column: str = "") -> None:
    where = f"figures[{place}]" + (f".{column}" if column else "")
    raise FiguresRefused(where, value, rule, remedy, zh=zh)


def _read(place: int, row: Mapping[str, Any], measures: Mapping[str, Measure]) -> ProjectedFigure:
    missing = [name for name in PROJECTION_COLUMNS if name not in row]
    if missing:
        _refuse(place, missing[0], "has every column of figures.parquet", f"add {missing[0]}",
                f"缺少列；请补上 {missing[0]} 列")  # fmt: skip
    if row["measure"] not in measures:
        _refuse(place, row["measure"], "a measure has a definition",
                "hand over its Measure in `measures`", "该项目没有定义；请在 measures 中给出",
                "measure")  # fmt: skip
    if row["sex"] not in SEXES or not _AGE.fullmatch(str(row["age"])):
        _refuse(place, f"{row['sex']}, {row['age']}", "sex is both, male or female; age all, 5, 0-4, 65+",
                "write them so", "性别应为 both、male、female，年龄应写作 all、5、0-4、65+")  # fmt: skip
    numbers = {name: _number(place, name, row[name]) for name in _NUMBERS}
    for low, high in _LIMITS:
        below, above = numbers[low], numbers[high]
        if below is not None and above is not None and below > above + 1e-9:
            _refuse(place, f"{below:g}", f"is not above {high} = {above:g}", "compute the limits again",
                    "区间上下限颠倒，或80%区间超出95%区间；请重新计算", low)  # fmt: skip
    return ProjectedFigure(
        str(row["area"]), str(row["area_name"] or row["area"]), str(row["level"] or ""),
        int(row["year"]), row["measure"], row["sex"], str(row["age"]), **numbers,
    )  # fmt: skip


def _number(place: int, name: str, value: Any) -> float | None:
    if value is None:
        return None
    number = float(value)
    if not math.isfinite(number):
        _refuse(place, repr(value), "is a finite number, or null", "write null or compute it again",
                "应为有限的数或空值；请改正", name)  # fmt: skip
    return number
