"""What a projection says in Chinese sentences: answers first, each with how sure it is. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from renkou.core.figures import Sensitivity
from renkou.publishing.bulletin_figures import LEVELS
from renkou.publishing.bulletin_numbers import ATTACHED, prints_as_zero, rounded
from renkou.publishing.bulletin_tables import age_word
from renkou.publishing.chart_projections import rounded_ends
from renkou.publishing.projection_content import COMPONENTS, Projection, Question, TurningPoint
from renkou.publishing.projection_figures import ProjectedFigure
from renkou.publishing.projection_measures import Measure

_EXTREMES = ("最高", "最低")
_SEXES = {"both": "", "male": "男性", "female": "女性"}


def series_words(measure: Measure, sex: str = "both", age: str = "all") -> str:
    """A measure of a sex and age in words.

    >>> from renkou.publishing.projection_measures import MEASURES
    >>> series_words(MEASURES["population"], "female", "65+"), series_words(MEASURES["births"])
    ('65岁及以上女性人口', '出生人数')
    """
    ages = "" if age == "all" else age_word(age, "zh")
    if measure.id == "population":
        return f"{ages}{_SEXES[sex]}人口" if ages or _SEXES[sex] else measure.zh
    return f"{ages}{_SEXES[sex]}{measure.zh}"


def stated(value: float, measure: Measure) -> str:
    """A value with its unit: 1,234人, 27.0%, 1.05."""
    unit = measure.unit_zh
    known = unit in (*ATTACHED, "个", "张", "名", "班")
    tail = unit if known else f"（{unit}）" if unit else ""
    return f"{rounded(value, measure.decimals, thousands=True)}{tail}"


def interval_stated(low: float, high: float, measure: Measure) -> str:
    """The ends of an interval with one unit, with no more digits than its width carries."""
    ends = rounded_ends(low, high, measure.decimals)
    first = rounded(ends[0], measure.decimals, thousands=True)
    joint = "至" if ends[0] < 0 else "—"
    sign = "%" if measure.unit_zh == "%" else ""
    return f"{first}{sign}{joint}{stated(ends[1], measure)}"


def with_interval(one: ProjectedFigure, measure: Measure, *, wide: bool = False) -> str:
    """A value with its 80 % interval in brackets, and with the 95 % one where `wide`."""
    if one.value is None:
        return "没有数字"
    parts = []
    if one.low80 is not None and one.high80 is not None:
        parts.append(f"80%区间{interval_stated(one.low80, one.high80, measure)}")
    if wide and one.low95 is not None and one.high95 is not None:
        parts.append(f"95%区间{interval_stated(one.low95, one.high95, measure)}")
    return stated(one.value, measure) + (f"（{'，'.join(parts)}）" if parts else "")


def answer(asked: Question, made: Projection) -> str:
    """The answer for the whole: value, intervals, change since the base year, extremes of the parts."""
    figures, info = made.figures, made.info
    measure = made.measure(asked.measure)
    one = figures.find(asked.measure, info.area, asked.year, asked.sex, asked.age)
    if one is None or one.value is None:
        return f"{measure.year_words(asked.year)}没有{series_words(measure, asked.sex, asked.age)}的数字。"
    about = "约" if one.has_interval else "为"
    name = series_words(measure, asked.sex, asked.age)
    head = f"{measure.year_words(asked.year)}{info.city}{name}{about}{with_interval(one, measure, wide=True)}"
    return f"{head}{_since(asked, one.value, measure, made)}。{_parts(asked, measure, made)}"


def _since(asked: Question, value: float, measure: Measure, made: Projection) -> str:
    """How much more or fewer than in the first year that has the figure."""
    years = made.figures.years_of(asked.measure, asked.sex, asked.age)
    first = made.figures.find(asked.measure, made.info.area, years[0], asked.sex, asked.age)
    if first is None or not first.value or first.year == asked.year:
        return ""
    gap = value - first.value
    if rounded(abs(gap), measure.decimals) == rounded(0, measure.decimals):
        return f"，与{measure.year_words(first.year)}持平"
    start = f"，比{measure.year_words(first.year)}的{stated(first.value, measure)}"
    word = "增加" if gap > 0 else "减少"
    if measure.unit_zh == "%":
        size = rounded(abs(gap), measure.decimals)
        return f"{start}{'上升' if gap > 0 else '下降'}{size}个百分点"
    size = stated(abs(gap), measure)
    share = ""
    if measure.is_count and first.value > 0:
        verb = "增长" if gap > 0 else "下降"
        share = f"（{verb}{rounded(abs(100 * gap / first.value), 1)}%）"
    return f"{start}{word}{size}{share}"


def _parts(asked: Question, measure: Measure, made: Projection) -> str:
    """The largest and the smallest of the lowest areas; never of births and fertility."""
    if measure.sensitivity is Sensitivity.FERTILITY:
        return ""
    lowest = lowest_areas(made)
    found = [
        one
        for one in made.figures.of(
            asked.measure, sex=asked.sex, age=asked.age, areas=lowest, year=asked.year
        )
        if one.value is not None
    ]  # fmt: skip
    if len(found) < 2:
        return ""
    high, low = (pick(found, key=lambda one: one.value or 0.0) for pick in (max, min))
    words = ("最多", "最少") if measure.is_count else ("最高", "最低")
    return (
        f"{len(found)}个{LEVEL_NAMES.get(high.level, '区域')}中，{words[0]}的是{high.area_name}，"
        f"{with_interval(high, measure)}；{words[1]}的是{low.area_name}，{with_interval(low, measure)}。"
    )


LEVEL_NAMES = {
    "province": "省级区域", "prefecture": "地级区域", "county": "县级区域", "township": "乡镇（街道）",
    "village": "村（社区）",
}  # fmt: skip


def lowest_areas(made: Projection) -> list[str]:
    """The areas of the lowest level; without levels, all but the whole."""
    levels = made.figures.levels
    known = [LEVELS.index(level) for level in levels.values() if level in LEVELS]
    others = [code for code in levels if code != made.info.area]
    if not known:
        return others
    deepest = LEVELS[max(known)]
    return [code for code in others if levels[code] == deepest]


def indented_name(area: str, made: Projection) -> str:
    """An area's name behind as many blanks as tiers stand above it, so that no sum counts it twice.

    >>> from types import SimpleNamespace as Of
    >>> levels = {"5": "prefecture", "51": "county", "511": "township"}
    >>> figures = Of(levels=levels, areas={"5": "市", "51": "区", "511": "镇"})
    >>> [indented_name(area, Of(figures=figures, info=Of(area="5"))) for area in levels]
    ['市', '\u3000区', '\u3000\u3000镇']
    """
    figures = made.figures
    tiers = [level for level in LEVELS if level in figures.levels.values()]
    level = figures.levels[area]
    depth = tiers.index(level) if level in tiers else int(area != made.info.area)
    return "\u3000" * depth + figures.areas[area]


def turning_sentence(one: TurningPoint, made: Projection) -> str:
    """A turning point in words."""
    measure = made.measure(one.measure)
    name = f"{one.area_name}{series_words(measure, one.sex, one.age)}"
    note = f"（{one.note}）" if one.note else ""
    if one.year is None:
        said = one.never if one.what in _EXTREMES else f"在{one.never}“{one.what}”"
        return f"{name}{said}{_spread(one)}{note}。"
    value = f"，为{stated(one.value, measure)}" if one.value is not None else ""
    return f"{name}{one.what}出现在{measure.year_words(one.year)}{value}{_spread(one)}{note}。"


def _spread(one: TurningPoint) -> str:
    """How far the trajectories agree on a turning point."""
    if one.agreed is not None:
        return f"；{rounded(100 * one.agreed, 0)}%的随机轨迹如此"
    if one.ends80 is None:
        return ""
    low, high = one.ends80
    sure = f"就在{low}" if one.year_low80 == one.year_high80 else f"在{low}至{high}之间"
    return f"；约八成的随机轨迹{sure}到顶" if one.what == "最高" else f"；约八成的随机轨迹{sure}"


def comparison_sentences(made: Projection) -> list[str]:
    """For each scenario its difference from the first in the last year, with the components."""
    compared = made.comparison
    if compared is None:
        return []
    lead = next(iter(compared.titles.values()))
    said = []
    for name, title in list(compared.titles.items())[1:]:
        rows = [row for row in compared.differences
                if row["scenario"] == name and str(row["area"]) == made.info.area]  # fmt: skip
        if rows:
            last = max(rows, key=lambda row: int(row["year"]))
            said.append(_difference(last, title, lead, compared.components, made))
    return said


def _difference(
    row: Mapping[str, Any], title: str, lead: str, components: Sequence[str], made: Projection
) -> str:
    measure = made.measure(str(row["measure"]))
    gap = float(row["difference"])
    if prints_as_zero(gap, measure.decimals):
        return f"{measure.year_words(int(row['year']))}，{title}与{lead}的{measure.zh}相同。"
    parts = [
        f"{COMPONENTS[name].zh if name in COMPONENTS else name}{_signed(float(row[name]), measure)}"
        for name in components
        if not prints_as_zero(float(row[name]), measure.decimals)
    ]
    return (
        f"{measure.year_words(int(row['year']))}，{title}的{measure.zh}比{lead}"
        f"{'多' if gap > 0 else '少'}{stated(abs(gap), measure)}，其中{'，'.join(parts)}。"
    )


def _signed(value: float, measure: Measure) -> str:
    return ("+" if value > 0 else "") + stated(value, measure)
