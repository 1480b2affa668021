"""Figures as documents take them: rows checked against their definitions, found by key. Pure.

Rows have the columns `renkou.core.figures.FIGURE_COLUMNS` and hold published values; nothing here
computes a figure, rounds one or leaves one out.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from renkou.core.errors import FiguresRefused
from renkou.core.figures import FIGURE_COLUMNS, Definition, months_of

LEVELS = ("province", "prefecture", "county", "township", "village")
SEXES = ("both", "male", "female")
ALL_AGES = "all"
_AGE = re.compile(r"(\d+)(?:-(\d+)|(\+))?")
_REFUSAL = re.compile(r"，不(?:予)?(?:发布|公布).*")
_NUMBERS = ("value", "lower", "upper", "numerator", "denominator")
_COLUMNS = frozenset(FIGURE_COLUMNS)


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of a table of figures."""

    indicator: str
    area: str
    area_name: str
    level: str
    period: str
    sex: str
    age: str
    value: float | None
    lower: float | None
    upper: float | None
    numerator: float | None
    denominator: float | None
    note: str

    @property
    def has_interval(self) -> bool:
        """Whether both ends of the interval are published."""
        return self.lower is not None and self.upper is not None

    @property
    def is_outside(self) -> bool:
        """Whether the value lies outside its own interval: a count of lists that are known to be wrong."""
        if self.value is None or self.lower is None or self.upper is None:
            return False
        return not self.lower <= self.value <= self.upper

    @property
    def reason(self) -> str:
        """Why the value is not published, in the few words that a sentence or footnote has room for.

        A rule's note also says that nothing is published and what to do, which readers do not need.
        """
        return _REFUSAL.sub("", self.note.partition("；")[0])


Key = tuple[str, str, str, str, str]


class Figures:
    """A checked table of figures with the definitions of its indicators.

    Raises
    ------
    FiguresRefused
        If a row lacks a column, names an indicator without definition, breaks the form of a period,
        sex, age or level, holds a number that is not finite, has a null value without a reason, or
        repeats another; or if there are no rows.
    """

    def __init__(
        self, rows: Iterable[Mapping[str, Any]], definitions: Sequence[Definition]
    ) -> None:
        self.definitions = {one.id: one for one in definitions}
        self._by_key: dict[Key, Figure] = {}
        self._by_indicator: dict[str, list[Figure]] = {}
        for at, row in enumerate(rows):
            figure = _checked(at, row, self.definitions)
            key = (figure.indicator, figure.area, figure.period, figure.sex, figure.age)
            if key in self._by_key:
                raise FiguresRefused(
                    f"figures[{at}]", " ".join(key), "one row per figure",
                    "leave out the row that repeats it", zh="同一数值只能有一行；请删除重复的行",
                )  # fmt: skip
            self._by_key[key] = figure
            self._by_indicator.setdefault(figure.indicator, []).append(figure)
        if not self._by_key:
            raise FiguresRefused(
                "figures", "0 rows", "a document states figures", "compute some first",
                zh="没有可公布的数值；请先计算指标",
            )  # fmt: skip

    def __iter__(self) -> Iterator[Figure]:
        return iter(self._by_key.values())

    def __len__(self) -> int:
        return len(self._by_key)

    def find(
        self, indicator: str, area: str, period: str, sex: str = "both", age: str = ALL_AGES
    ) -> Figure | None:
        """The figure of a key; None where the table has no such row."""
        return self._by_key.get((indicator, area, period, sex, age))

    def used_definitions(self) -> list[Definition]:
        """Definitions of the indicators that have rows, in the order of the definitions."""
        return [one for id, one in self.definitions.items() if id in self._by_indicator]

    def of_indicator(self, indicator: str) -> Sequence[Figure]:
        """The figures of one indicator."""
        return self._by_indicator.get(indicator, [])

    def periods(self) -> list[str]:
        """The periods of the table, by their first month, the shorter first."""
        return sorted({one.period for one in self}, key=months_of)


def age_order(age: str) -> tuple[int, float]:
    """Where an age stands in a table: all ages first, then by first and last age.

    >>> sorted(["85+", "5-9", "all", "0", "0-4"], key=age_order)
    ['all', '0', '0-4', '5-9', '85+']
    """
    if age == ALL_AGES:
        return -1, 0.0
    first, last = age_bounds(age)
    return first, last


def age_bounds(age: str) -> tuple[int, float]:
    """First and last age of a group; the open one ends at infinity.

    >>> age_bounds("0-4"), age_bounds("7"), age_bounds("85+")
    ((0, 4.0), (7, 7.0), (85, inf))
    """
    found = _AGE.fullmatch(age)
    if not found or (found[2] and int(found[2]) < int(found[1])):
        raise FiguresRefused(
            "age", repr(age), "is 'all', one age, a range or open",
            "write all, 0, 0-4 or 85+", zh="应为 all、单岁、年龄段或以上；请写成 all、0、0-4 或 85+",
        )  # fmt: skip
    first = int(found[1])
    return first, math.inf if found[3] else float(found[2] or first)


def _checked(at: int, row: Mapping[str, Any], definitions: Mapping[str, Definition]) -> Figure:
    lacking = _COLUMNS.difference(row)
    if lacking:
        raise FiguresRefused(
            f"figures[{at}]", ", ".join(sorted(lacking)), "a row has every column of FIGURE_COLUMNS",
            "add the column", zh="缺少该列；请补上 FIGURE_COLUMNS 的各列",
        )  # fmt: skip
    cells = {name: row[name] for name in FIGURE_COLUMNS}
    cells |= {name: _number(f"figures[{at}].{name}", cells[name]) for name in _NUMBERS}
    cells["note"] = str(cells["note"] or "")
    figure = Figure(**cells)
    _refuse_undefined(at, figure.indicator, definitions)
    _refuse_misnamed(at, figure)
    _refuse_contradiction(at, figure)
    return figure


def _number(place: str, value: Any) -> float | None:
    """A finite number or None; NaN, as tables of other libraries write null, is None."""
    if value is None:
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise FiguresRefused(
            place, repr(value), "is a number or null", "correct it at its source",
            zh="应为数字或空值；请在数据来源处更正",
        ) from None  # fmt: skip
    if math.isinf(number):
        raise FiguresRefused(
            place, number, "is a finite number or null", "write null where there is no end",
            zh="应为有限的数或空值；没有界限时请留空",
        )  # fmt: skip
    return None if math.isnan(number) else number


def _refuse_undefined(at: int, indicator: str, definitions: Mapping[str, Definition]) -> None:
    if indicator not in definitions:
        raise FiguresRefused(
            f"figures[{at}].indicator", repr(indicator), "every indicator has a definition",
            "add its Definition to the catalogue, or leave its rows out",
            zh="每个指标都须有定义；请在指标目录中补上其定义，或去掉这些行",
        )  # fmt: skip


def _refuse_misnamed(at: int, figure: Figure) -> None:
    for name, value, known in (
        ("sex", figure.sex, SEXES),
        ("level", figure.level, LEVELS),
    ):
        if value not in known:
            raise FiguresRefused(
                f"figures[{at}].{name}", repr(value), f"is one of {', '.join(known)}",
                "write one of these", zh=f"应为 {'、'.join(known)} 之一；请改为其中之一",
            )  # fmt: skip
    months_of(figure.period)
    age_order(figure.age)


def _refuse_contradiction(at: int, figure: Figure) -> None:
    if figure.value is None and not figure.note:
        raise FiguresRefused(
            f"figures[{at}].value", "null", "a value that is not published says why",
            "write the reason into note", zh="未公布的数值须说明原因；请在 note 中写明",
        )  # fmt: skip
    if figure.lower is not None and figure.upper is not None and figure.lower > figure.upper:
        raise FiguresRefused(
            f"figures[{at}].lower", f"{figure.lower:g}", "is not above upper",
            "exchange the two ends", zh="区间下限不得高于上限；请对调",
        )  # fmt: skip
