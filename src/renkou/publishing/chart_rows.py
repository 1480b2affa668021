"""Rows of figures as charts take them: checked, put in order, written as a table. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from renkou.core.errors import FiguresRefused
from renkou.core.figures import period_words
from renkou.publishing.chart_style import Caption, Row, text_width
from renkou.publishing.words import Words

SEX_WORDS = {
    "both": Words("男女合计", "Both sexes"),
    "male": Words("男", "Male"),
    "female": Words("女", "Female"),
}
COLUMN_WORDS = {
    "area": Words("地区代码", "Area code"),
    "area_name": Words("地区", "Area"),
    "period": Words("时期", "Period"),
    "sex": Words("性别", "Sex"),
    "age": Words("年龄", "Age"),
    "value": Words("数值", "Value"),
    "lower": Words("下限", "Lower"),
    "upper": Words("上限", "Upper"),
    "denominator": Words("分母", "Denominator"),
    "rank": Words("位次", "Rank"),
    "rank_lower": Words("位次下限", "Rank, lower"),
    "rank_upper": Words("位次上限", "Rank, upper"),
    "note": Words("说明", "Note"),
}
_FIGURES = ("value", "lower", "upper", "denominator", "rank", "rank_lower", "rank_upper")
_MOST_NOTES = 4


def checked_rows(rows: Sequence[Row], needed: Sequence[str]) -> list[dict[str, Any]]:
    """Rows with the needed columns, figures as floats or None.

    Raises
    ------
    FiguresRefused
        If there is no row, a column is missing, or a figure is no finite number.
    """
    if not rows:
        raise FiguresRefused(
            "rows", "0 rows", "a chart has at least one row", "choose an area and period with figures",
            zh="图表至少需要一行数据；请选择有数据的地区和时期",
        )  # fmt: skip
    return [_checked_row(place, row, needed) for place, row in enumerate(rows)]


def _checked_row(place: int, row: Row, needed: Sequence[str]) -> dict[str, Any]:
    missing = [name for name in needed if name not in row]
    if missing:
        raise FiguresRefused(
            f"rows[{place}]", missing[0], "has every column that the chart shows",
            f"add the column {missing[0]}", zh=f"缺少图表所需的列；请补上 {missing[0]} 列",
        )  # fmt: skip
    read = {name: _number(f"rows[{place}].{name}", row.get(name)) for name in _FIGURES}
    lower, upper = read["lower"], read["upper"]
    if lower is not None and upper is not None and lower > upper:
        raise FiguresRefused(
            f"rows[{place}].lower", f"{lower:g}", f"is not above upper = {upper:g}",
            "exchange or compute the limits again", zh="区间下限不得高于上限；请对调或重新计算",
        )  # fmt: skip
    return {**row, **read, "note": str(row.get("note") or "")}


def _number(place: str, value: Any) -> float | None:
    if value is None:
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise FiguresRefused(
            place, repr(value), "is a finite number, or null where it is not published",
            "write null or correct it", zh="应为有限的数，不公布时为空值；请改为空值或更正",
        )  # fmt: skip
    return number


def refuse_repeats(rows: Sequence[Row], columns: Sequence[str]) -> None:
    """Refuse two rows of one place in the chart."""
    seen: dict[tuple[Any, ...], int] = {}
    for place, row in enumerate(rows):
        key = tuple(row.get(name) for name in columns)
        if key in seen:
            raise FiguresRefused(
                f"rows[{place}]", ", ".join(map(str, key)),
                f"each {', '.join(columns)} stands once; rows[{seen[key]}] has it too",
                "filter the rows to one figure for each place", zh="同一位置出现两次；请筛选为每处一个数值",
            )  # fmt: skip
        seen[key] = place


def refuse_too_many(what: Words, count: int, most: int, remedy: Words) -> None:
    """Refuse a chart with more parts than a reader can tell apart."""
    if count > most:
        raise FiguresRefused(
            what.en, count, f"one chart shows at most {most}", remedy.en,
            zh=f"一张图最多显示 {most} 个{what.zh}；{remedy.zh}",
        )  # fmt: skip


def ages_of(label: str, place: str = "age") -> tuple[int, int | None]:
    """First age and the age after the last; None where the group is open.

    >>> ages_of("0"), ages_of("0-4"), ages_of("85+")
    ((0, 1), (0, 5), (85, None))

    Raises
    ------
    FiguresRefused
        If the label is no age, group or open group.
    """
    first, dash, last = str(label).replace("–", "-").partition("-")
    start, end = first.removesuffix("+"), last if dash else first
    if not (start.isdigit() and (first.endswith("+") or end.isdigit())) or (dash and "+" in first):
        raise FiguresRefused(
            place, repr(label), "an age is written 0, 0-4 or 85+", "write whole ages, both ends included",
            zh="年龄应写作 0、0-4 或 85+；请写整岁，两端都包括在内",
        )  # fmt: skip
    return int(start), None if first.endswith("+") else int(end) + 1


def missing_notes(rows: Sequence[Row], caption: Caption, mark: str = "") -> list[str]:
    """One line for each reason why values are missing, with how many; in order of first sight.

    `mark` is how the chart shows them, such as ×.
    """
    counts: dict[str, int] = {}
    for row in rows:
        if row["value"] is None:
            reason = row.get("note") or caption.say("原因未注明", "no reason given")
            counts[reason] = counts.get(reason, 0) + 1
    lines = [
        caption.say(
            f"{mark} 未公布 {count} 处：{reason}", f"{mark} Not published, {count}: {reason}"
        ).strip()
        for reason, count in counts.items()
    ]
    if len(lines) <= _MOST_NOTES:
        return lines
    more = len(lines) - _MOST_NOTES
    return [
        *lines[:_MOST_NOTES],
        caption.say(f"另有 {more} 种原因见数据表", f"{more} more reasons: see the table"),
    ]


def table_of(
    rows: Sequence[Row], columns: Sequence[str], caption: Caption
) -> tuple[list[str], list[list[str]]]:
    """Heads and cells of the table that says what the chart shows."""
    plain = (None, "", "both", "all")  # what stands in every row of a column tells nothing
    used = [name for name in columns if any(row.get(name) not in plain for row in rows)]
    heads = [COLUMN_WORDS[name].in_language(caption.language) for name in used]
    return heads, [[_cell(name, row.get(name), caption) for name in used] for row in rows]


def _cell(name: str, value: Any, caption: Caption) -> str:
    if name == "sex":
        return SEX_WORDS[value].in_language(caption.language) if value in SEX_WORDS else str(value)
    if name == "period":
        return period_words(str(value))[caption.language == "en"]
    if name in ("denominator", "rank", "rank_lower", "rank_upper"):
        return "–" if value is None else f"{value:,.0f}"
    if name in ("value", "lower", "upper"):
        return caption.figure(value)
    return caption.say("全部年龄", "all ages") if name == "age" and value == "all" else str(value)


def value_text(row: Row, caption: Caption) -> str:
    """A value with its interval, as it is shown at the pointer and read aloud."""
    if row["value"] is None:
        return lost_text(row["note"], caption)
    text = caption.figure(row["value"])
    if row["lower"] is None or row["upper"] is None:
        return text
    between = f"{caption.figure(row['lower'])}–{caption.figure(row['upper'])}"
    return caption.say(f"{text}（{between}）", f"{text} ({between})")


def lost_text(note: str, caption: Caption) -> str:
    """What stands in place of a value that is not published."""
    return caption.say(f"未公布：{note}", f"not published: {note}").rstrip("：: ")


def area_label(row: Row) -> str:
    """The name of a row's area, its code where it has none."""
    return str(row.get("area_name") or row["area"])


def labels_of_areas(rows: Sequence[Row]) -> dict[str, str]:
    """Label of each area code, in code order; the code stands with names that occur twice.

    >>> labels_of_areas([{"area": "02", "area_name": "城关镇"}, {"area": "01", "area_name": "城关镇"}])
    {'01': '城关镇 01', '02': '城关镇 02'}
    """
    names = {
        str(row["area"]): area_label(row) for row in sorted(rows, key=lambda r: str(r["area"]))
    }
    often = [name for name in names.values() if list(names.values()).count(name) > 1]
    return {code: f"{name} {code}" if name in often else name for code, name in names.items()}


def extremes(rows: Sequence[Row], caption: Caption) -> str:
    """The lowest and highest value shown, without saying whose they are."""
    values = [row["value"] for row in rows if row["value"] is not None]
    if not values:
        return caption.say("没有可公布的数值。", "No value may be published.")
    low, high = caption.figure(min(values)), caption.figure(max(values))
    return caption.say(
        f"数值在 {low} 与 {high} {caption.unit}之间。",
        f"Values lie between {low} and {high} {caption.unit}.",
    )


def widest(texts: Sequence[str], size: float) -> float:
    """Width in pixels of the widest text."""
    return max((text_width(text, size) for text in texts), default=0.0)


def rows_of_sex(name: str, sex: str, rows: Sequence[Row]) -> list[tuple[int, int | None, Any]]:
    """Rows of one sex by age: first age, end (None: open), row; a pyramid needs some of each sex.

    Raises
    ------
    FiguresRefused
        If there is no row of the sex, or an age is no age.
    """
    found: list[tuple[int, int | None, Any]] = sorted(
        ((*ages_of(row["age"], f"{name}.age"), row) for row in rows if row["sex"] == sex),
        key=lambda one: one[0],
    )
    if not found:
        raise FiguresRefused(
            f"{name}.sex", sex, "a pyramid has rows of both sexes", f"add the rows of {sex}",
            zh="金字塔需要男女两性的数据；请补上缺少的一性",
        )  # fmt: skip
    return found
