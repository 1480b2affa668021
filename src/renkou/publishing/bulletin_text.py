"""Sentences of a bulletin in official Chinese, made from figures. Pure.

A difference is called certain only where the two 95 % intervals do not overlap: a reader can check
that rule by eye, and it is stricter than a test at 5 %. What is not published is said, with the
reason. Nothing is ranked; areas are compared with the whole by ordinary
indicators alone, never by fertility, the sex ratio at birth or health.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from renkou.core.figures import Definition, Sensitivity, period_words
from renkou.publishing.bulletin_figures import Figure
from renkou.publishing.bulletin_numbers import (
    ATTACHED,
    COUNTED,
    Scale,
    prints_as_zero,
    rounded,
    scale_of,
)

_POINTS = {"‰": "个千分点", "%": "个百分点"}
_SCOPES = {"省": "全省", "市": "全市", "县": "全县", "区": "全区", "州": "全州", "盟": "全盟", "旗": "全旗",
           "镇": "全镇", "乡": "全乡"}  # fmt: skip
MOST_NAMED = 12  # areas that a sentence lists before it only counts them


class Change(NamedTuple):
    """A figure, that of a year before, and what the intervals say of the difference."""

    now: Figure
    before: Figure
    difference: float
    certain: bool | None  # None where an interval is missing

    @classmethod
    def between(cls, now: Figure | None, before: Figure | None) -> Change | None:
        """The change; None where one of the two is not published.

        >>> ends = dict(indicator="e0", area="5301", area_name="云川市", level="prefecture",
        ...             sex="both", age="all", numerator=None, denominator=None, note="")
        >>> now = Figure(period="2024", value=80.0, lower=79.0, upper=81.0, **ends)
        >>> before = Figure(period="2023", value=78.5, lower=78.0, upper=79.5, **ends)
        >>> Change.between(now, before).certain
        False
        """
        if now is None or before is None or now.value is None or before.value is None:
            return None
        return cls(now, before, now.value - before.value, differ(now, before))


def differ(one: Figure, other: Figure) -> bool | None:
    """Whether two intervals lie apart; None where one of them is missing."""
    if one.lower is None or one.upper is None or other.lower is None or other.upper is None:
        return None
    return one.lower > other.upper or other.lower > one.upper


def may_be_compared(definition: Definition) -> bool:
    """Whether areas may be set against the whole: rates that are neither of births nor of health.

    Counts differ by the size of the area, and say nothing.
    """
    ordinary = definition.sensitivity is Sensitivity.ORDINARY
    return ordinary and bool(definition.denominator_zh)


def areas_apart(whole: float, parts: Sequence[Figure]) -> tuple[list[Figure], list[Figure], int]:
    """Areas whose intervals lie above and below a value, in their order, and how many hold it."""
    known = [one for one in parts if one.has_interval]
    above = [one for one in known if one.lower is not None and one.lower > whole]
    below = [one for one in known if one.upper is not None and one.upper < whole]
    return above, below, len(known) - len(above) - len(below)


def is_stock(definition: Definition) -> bool:
    """Whether an indicator describes people on a day, not events or an average over a period."""
    return definition.group in ("population", "structure") and "平均人口" not in definition.zh


def year_before(period: str) -> str:
    """The same part of the year before.

    >>> year_before("2024-H1"), year_before("2024")
    ('2023-H1', '2023')
    """
    return f"{int(period[:4]) - 1:04d}{period[4:]}"


def end_of_period(period: str) -> str:
    """The last moment of a period, as statistics name it.

    >>> [end_of_period(one) for one in ("2024", "2024-H1", "2024-Q3", "2024-03")]
    ['2024年末', '2024年6月末', '2024年9月末', '2024年3月末']
    """
    year, _, part = period.partition("-")
    if not part:
        return f"{year}年末"
    month = {"H": 6, "Q": 3}.get(part[0], 1) * int(part.lstrip("HQ"))
    return f"{year}年末" if month == 12 and part[0] in "HQ" else f"{year}年{month}月末"


def scope_word(area_name: str) -> str:
    """How an area calls the whole of itself.

    >>> scope_word("云川市"), scope_word("白沙街道")
    ('全市', '白沙街道')
    """
    return _SCOPES.get(area_name[-1:], area_name)


def _interval(figure: Figure, scale: Scale) -> str:
    if figure.lower is None or figure.upper is None:
        return ""
    outside = "，公布数不在其内，见说明" if figure.is_outside else ""
    return f"（95%区间{scale.range(figure.lower, figure.upper)}{outside}）"


def _scale(definition: Definition, figure: Figure) -> Scale:
    ends = (figure.value, figure.lower, figure.upper)
    return scale_of(definition, [one for one in ends if one is not None])


class ChineseText:
    """The sentences in Chinese."""

    def sentence(self, parts: Sequence[str]) -> str:
        """Parts of one sentence, without the stop."""
        said = "，".join(one for one in parts if one)
        return said.replace("，其中", "；其中")

    def paragraph(self, opening: str, sentences: Sequence[str], see: str) -> str:
        """Sentences after the time and area that all of them share."""
        return f"{opening}{'。'.join(sentences)}{see}。"

    def areas_opening(self, count: int, first: str, last: str) -> str:
        """What the tables by area hold, and in which order."""
        where = first if first == last else f"{first}至{last}"
        return f"各项指标分{count}个地区列出（见{where}），地区按行政区划代码排列，不分先后。"

    def when(self, definition: Definition, period: str) -> str:
        """The time of a figure: of a stock the end of its period."""
        return end_of_period(period) if is_stock(definition) else period_words(period)[0]

    def opening(self, definition: Definition, area_name: str, period: str) -> str:
        """What stands before the first statement of a paragraph."""
        return f"{self.when(definition, period)}，{scope_word(area_name)}"

    def statement(self, definition: Definition, figure: Figure, subject: str = "") -> str:
        """A figure with its interval, or why it is not published."""
        name = subject or definition.zh
        if figure.value is None:
            return f"{name}不予公布（{figure.reason}）"
        scale = _scale(definition, figure)
        return f"{name}为{scale.stated(figure.value)}{_interval(figure, scale)}"

    def change(self, definition: Definition, change: Change) -> str:
        """The difference from a year before, and whether it can be asserted.

        Nothing is said of a difference that the printed digits do not show but that there is none.
        """
        since = self._since(definition, change.now.period)
        if change.difference == 0:
            return f"与{since}持平"
        if prints_as_zero(change.difference, definition.decimals):
            return f"与{since}基本持平"
        counted = definition.unit_zh in COUNTED
        up, down = ("增加", "减少") if counted else ("上升", "下降")
        verb = up if change.difference > 0 else down
        return f"比{since}{verb}{self._amount(definition, change)}{self._certainty(change)}"

    def _since(self, definition: Definition, period: str) -> str:
        whole_year = len(period) == 4
        if is_stock(definition):
            return "上年末" if whole_year else "上年同期末"
        return "上年" if whole_year else "上年同期"

    def _amount(self, definition: Definition, change: Change) -> str:
        size = abs(change.difference)
        if definition.unit_zh in _POINTS:
            return f"{rounded(size, definition.decimals)}{_POINTS[definition.unit_zh]}"
        unit = definition.unit_zh if definition.unit_zh in ATTACHED else ""
        scale = replace(_scale(definition, change.now), unit=unit)
        if prints_as_zero(size / scale.divisor, scale.decimals):
            scale = Scale(1, definition.decimals, "", unit)
        return scale.stated(size)

    def _certainty(self, change: Change) -> str:
        if change.certain is None:
            return "（未附区间，仅为数值之差）"
        if change.certain:
            return "，两期95%区间不重叠"
        return "，但两期95%区间重叠，不能断言升降"

    def not_compared(self, definition: Definition, period: str, before: Figure) -> str:
        """Why a figure is not compared with a year before."""
        return f"{self._since(definition, period)}数未公布（{before.reason}），不作比较"

    def by_sex(self, definition: Definition, male: Figure, female: Figure) -> str:
        """Both sexes after the total; '' where neither is published."""
        if male.value is None and female.value is None:
            return ""
        parts = [
            self.statement(definition, male, "男性"),
            self.statement(definition, female, "女性"),
        ]
        return f"其中{'，'.join(parts)}"

    def compared_areas(self, definition: Definition, whole: Figure, parts: Sequence[Figure]) -> str:
        """Which areas' intervals lie apart from the value of the whole; '' where none does.

        In the order of the areas, never by value.
        """
        if whole.value is None:
            return ""
        above, below, within = areas_apart(whole.value, parts)
        if not (above or below):
            return ""
        said = [self._apart(above, "高于"), self._apart(below, "低于")]
        of_all = f"{scope_word(whole.area_name)}数"
        if within:
            said.append(f"其余{within}个地区的区间包含{of_all}，不能断言有差别")
        unit = definition.unit_zh if definition.unit_zh in ATTACHED else ""
        scale = replace(_scale(definition, whole), unit=unit)
        stated = scale.stated(whole.value)
        together = "；".join(one for one in said if one)
        return f"{definition.zh}与{of_all}（{stated}）相比，{together}。"

    def none_apart(self, definitions: Sequence[Definition], area_name: str) -> str:
        """The indicators of which no area can be told from the whole."""
        names = "、".join(one.zh for one in definitions)
        return f"{names}：各地区的95%区间均包含{scope_word(area_name)}数，不能断言有差别。"

    def _apart(self, areas: Sequence[Figure], word: str) -> str:
        if not areas:
            return ""
        names = "、".join(one.area_name for one in areas[:MOST_NAMED])
        more = f"等{len(areas)}个地区" if len(areas) > MOST_NAMED else ""
        return f"{names}{more}的95%区间整体{word}该数"
