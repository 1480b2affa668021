"""Population pyramid, and the surface of rates over age and calendar time (Lexis). Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import altair as alt

from renkou.core.errors import FiguresRefused
from renkou.publishing.chart_rows import (
    SEX_WORDS,
    checked_rows,
    lost_text,
    missing_notes,
    refuse_repeats,
    rows_of_sex,
    table_of,
)
from renkou.publishing.chart_style import (
    FEMALE,
    INK,
    MALE,
    MUTED,
    Caption,
    Chart,
    Picture,
    Row,
    count_axis,
    figure_text,
    inline,
    pictured,
    round_up,
    span_of_periods,
)

_WIDTH = 460
_FEW_GROUPS = 25
_COLUMNS = ("period", "area_name", "sex", "age", "value", "lower", "upper", "note")


@dataclass(frozen=True)
class _Bar:
    """One sex and age group: ages from `start` to `end`, people or share, None if not published."""

    sex: str
    label: str
    start: int
    end: int
    value: float | None
    note: str


def population_pyramid(
    rows: Sequence[Row], caption: Caption, *, outline: Sequence[Row] = (), shares: bool = False
) -> Picture:
    """Population by age and sex, men left, and a second period or area as an outline.

    Parameters
    ----------
    rows : columns sex, age, value of one period; the groups 0 and 1-4 are joined where others have
        five years; groups of unequal width are drawn in equal height, and a note says so
    outline : such rows of another period or area
    shares : draw percent of the total of both sexes instead of counts

    Raises
    ------
    FiguresRefused
        If ages leave a gap or repeat, shares are wanted of a total that is not published, or an
        outline has other groups than bars of unequal width.
    """
    read = checked_rows(rows, ("sex", "age", "value"))
    beside = checked_rows(outline, ("sex", "age", "value")) if outline else []
    bars, joined = _bars("rows", read, shares)
    lines, _ = _bars("outline", beside, shares) if beside else ([], False)
    uneven = _uneven(bars)
    if uneven:
        bars, lines = _in_equal_height(bars, lines)
    top = round_up(max((bar.value or 0 for bar in [*bars, *lines]), default=1))
    said = _names(read, beside, caption)
    chart = _pyramid_layers(bars, lines, top, said, caption, shares)
    return pictured(
        chart,
        replace(caption, unit="%", decimals=2) if shares else caption,
        width=_WIDTH,
        alt_text=_pyramid_words(bars, caption),
        table=table_of([*read, *beside], _COLUMNS, caption),
        notes=_pyramid_notes(read, joined, uneven, shares, caption),
        subtitle=_outline_words(read, beside, caption),
    )


def _pyramid_notes(
    rows: Sequence[Row], joined: bool, uneven: bool, shares: bool, caption: Caption
) -> list[str]:
    notes = missing_notes(rows, caption, "×")
    if uneven:
        notes.append(
            caption.say("年龄组宽窄不一，条形等高，请勿比较面积。",
                        "Age groups differ in width but not in height: compare lengths, not areas.")
        )  # fmt: skip
    if joined:
        notes.append(
            caption.say("0 岁与 1–4 岁合并为 0–4 岁。", "Ages 0 and 1–4 are joined to 0–4.")
        )
    if shares:
        notes.append(
            caption.say(
                "百分比以男女全部年龄之和为 100。", "Percent of all ages of both sexes together."
            )
        )
    return notes


def _bars(name: str, rows: Sequence[Row], shares: bool) -> tuple[list[_Bar], bool]:
    """Bars of both sexes from the youngest, and whether 0 and 1-4 were joined."""
    rows = [row for row in rows if row["sex"] in ("male", "female") and row["age"] != "all"]
    refuse_repeats(rows, ("sex", "age"))
    total = _total(name, rows) if shares else None
    drawn: list[_Bar] = []
    joined = False
    for sex in ("male", "female"):
        groups, was_joined = _joined_infants(_in_age_order(name, sex, rows))
        joined = joined or was_joined
        drawn += [_scaled(bar, total) for bar in groups]
    return drawn, joined


def _uneven(bars: Sequence[_Bar]) -> bool:
    return len({bar.end - bar.start for bar in bars}) > 1


def _in_equal_height(bars: Sequence[_Bar], lines: Sequence[_Bar]) -> tuple[list[_Bar], list[_Bar]]:
    """Groups of unequal width at places 0, 1, 2 …: both sexes and the outline have the same."""
    places = {bar.label: place for place, bar in enumerate(bars[: len(bars) // 2])}
    for bar in [*bars, *lines]:
        if bar.label not in places:
            raise FiguresRefused(
                "outline.age", bar.label, "an outline of unequal groups has the same groups as the bars",
                "tabulate both by the same ages", zh="年龄组宽窄不一时，轮廓应与条形同组；请按相同年龄组汇总",
            )  # fmt: skip
    moved = [
        [replace(bar, start=places[bar.label], end=places[bar.label] + 1) for bar in some]
        for some in (bars, lines)
    ]
    return moved[0], moved[1]


def _scaled(bar: _Bar, total: float | None) -> _Bar:
    if total is None or bar.value is None:
        return bar
    return replace(bar, value=100 * bar.value / total)


def _total(name: str, rows: Sequence[Row]) -> float:
    values = [row["value"] for row in rows]
    if None in values or not sum(values) > 0:
        raise FiguresRefused(
            name, None, "shares need every age of both sexes, and people in them",
            "draw counts, or join the ages that are not published",
            zh="计算百分比需要男女各年龄均已公布且合计大于 0；请改画人数，或合并未公布的年龄",
        )  # fmt: skip
    return float(sum(values))


def _in_age_order(name: str, sex: str, rows: Sequence[Row]) -> list[_Bar]:
    found = rows_of_sex(name, sex, rows)
    width = (found[-2][1] or 0) - found[-2][0] if len(found) > 1 else 5
    bars = [
        _Bar(sex, str(row["age"]), start, end or start + width, row["value"], row["note"])
        for start, end, row in found
    ]
    for before, after in pairwise(bars):
        if before.end != after.start:
            raise FiguresRefused(
                f"{name}.age ({sex})", f"{before.label}, then {after.label}",
                "age groups follow each other without a gap", "add the missing age or drop the overlap",
                zh="年龄组应首尾相接；请补上缺少的年龄或去掉重叠",
            )  # fmt: skip
    return bars


def _joined_infants(bars: list[_Bar]) -> tuple[list[_Bar], bool]:
    """Bars of one width: the groups 0 and 1-4 as one where the others have five years."""
    if len(bars) < 3 or (bars[0].end, bars[1].start, bars[1].end) != (1, 1, 5):
        return bars, False
    values = [bars[0].value, bars[1].value]
    total = None if None in values else sum(value or 0 for value in values)
    note = bars[0].note or bars[1].note
    return [_Bar(bars[0].sex, "0-4", 0, 5, total, note), *bars[2:]], True


def _names(rows: Sequence[Row], beside: Sequence[Row], caption: Caption) -> dict[str, str]:
    names = {sex: SEX_WORDS[sex].in_language(caption.language) for sex in ("male", "female")}
    return {**names, "outline": _which(beside, rows, caption)} if beside else names


def _which(rows: Sequence[Row], others: Sequence[Row], caption: Caption) -> str:
    """What tells these rows from the others: their period, else their area."""
    period, other = (
        span_of_periods(
            sorted({str(r["period"]) for r in some if r.get("period")}), caption.language
        )
        for some in (rows, others)
    )
    area = str(rows[0].get("area_name") or "") if rows else ""
    parts = [
        period if period != other else "",
        area if area != (others[0].get("area_name") or "") else "",
    ]
    return " ".join(part for part in parts if part) or caption.say("对照", "for comparison")


def _outline_words(rows: Sequence[Row], beside: Sequence[Row], caption: Caption) -> list[str]:
    if not beside:
        return []
    solid, line = _which(rows, beside, caption), _which(beside, rows, caption)
    return [caption.say(f"色块：{solid}；轮廓线：{line}", f"Bars: {solid}; outline: {line}")]


def _pyramid_layers(
    bars: Sequence[_Bar],
    lines: Sequence[_Bar],
    top: float,
    said: dict[str, str],
    caption: Caption,
    shares: bool,
) -> Chart:
    height = max(150, min(560, 18 * (len(bars) // 2) if len(bars) <= 2 * _FEW_GROUPS else 520))
    oldest = max(bar.end for bar in bars)
    y = alt.Y("start:Q", title=None, scale=alt.Scale(domain=[bars[0].start, oldest], nice=False),
              axis=_age_axis(bars, caption))  # fmt: skip
    x = alt.X("at:Q", title="%" if shares else caption.unit,
              scale=alt.Scale(domain=[-top, top], nice=False),
              axis=_sides_axis(caption, shares))  # fmt: skip
    colours = [MALE, FEMALE, INK][: len(said)]
    colour = alt.Color("sex:N", scale=alt.Scale(domain=list(said.values()), range=colours))
    drawn = [_bar_row(bar, said, caption, shares, top) for bar in bars]
    solid = (
        alt.Chart(inline(drawn), width=_WIDTH, height=height)
        .mark_rect(stroke="white", strokeWidth=0.6 if len(bars) <= 2 * _FEW_GROUPS else 0.2)
        .encode(x=x, x2=alt.X2("zero:Q"), y=y, y2="end:Q", color=colour,
                tooltip=[alt.Tooltip(f"{n}:N", title=t) for n, t in _tips(caption)])
    )  # fmt: skip
    layers = [solid]
    if lines:
        path = alt.Chart(inline(_steps(lines, said))).mark_line(strokeWidth=1.6, clip=True)
        layers.append(path.encode(x=x, y=y, order="order:O", detail="side:N", color=colour))
    missing = [row for row, bar in zip(drawn, bars, strict=True) if bar.value is None]
    if missing:
        mark = alt.Chart(inline(missing)).mark_text(text="×", color=MUTED, fontSize=12)
        layers.append(mark.encode(x="cross:Q", y=alt.Y("middle:Q", title=None)))
    return alt.layer(*layers)


def _tips(caption: Caption) -> list[tuple[str, str]]:
    return [
        ("sex", caption.say("性别", "Sex")),
        ("age", caption.say("年龄", "Age")),
        ("text", caption.say("数值", "Value")),
    ]


def _bar_row(
    bar: _Bar, said: dict[str, str], caption: Caption, shares: bool, top: float
) -> dict[str, Any]:
    sign = -1 if bar.sex == "male" else 1
    text = lost_text(bar.note, caption)
    if bar.value is not None:
        text = figure_text(bar.value, 2 if shares else caption.decimals)
    return {
        "sex": said[bar.sex], "age": bar.label, "text": text, "at": sign * (bar.value or 0), "zero": 0,
        "start": bar.start, "end": bar.end, "middle": (bar.start + bar.end) / 2, "cross": sign * 0.03 * top,
    }  # fmt: skip


def _steps(lines: Sequence[_Bar], said: dict[str, str]) -> list[dict[str, Any]]:
    """The outline as a path of steps, broken where a value is not published."""
    points = [
        {"sex": said["outline"], "side": bar.sex, "start": age,
         "at": None if bar.value is None else (-1 if bar.sex == "male" else 1) * bar.value}
        for bar in lines
        for age in (bar.start, bar.end)
    ]  # fmt: skip
    return [{**point, "order": order} for order, point in enumerate(points)]


def _age_axis(bars: Sequence[_Bar], caption: Caption) -> alt.Axis:
    half = bars[: len(bars) // 2]
    quiet: dict[str, Any] = {"domain": False, "ticks": False, "grid": False, "labelOverlap": False}
    if len(half) > _FEW_GROUPS:
        every = list(range(half[0].start, half[-1].end, 10))
        return alt.Axis(values=every, title=caption.say("年龄", "Age"), **quiet)
    labels = {(bar.start + bar.end) / 2: bar.label.replace("-", "–") for bar in half}
    chosen = "".join(f"datum.value == {at} ? '{label}' : " for at, label in labels.items())
    return alt.Axis(values=list(labels), labelExpr=f"{chosen}''", **quiet)


def _sides_axis(caption: Caption, shares: bool) -> alt.Axis:
    if shares:
        return alt.Axis(labelExpr="format(abs(datum.value), '~f')", tickCount=6, labelFlush=False)
    plain = alt.Axis(labelExpr="format(abs(datum.value), ',~f')", tickCount=6, labelFlush=False)
    if caption.decimals:
        return plain
    return count_axis(caption.language, tickCount=6, labelFlush=False)


def _pyramid_words(bars: Sequence[_Bar], caption: Caption) -> str:
    parts = [caption.say(f"人口金字塔：{caption.title}，{caption.period}。",
                         f"Population pyramid: {caption.title}, {caption.period}.")]  # fmt: skip
    for sex in ("male", "female"):
        shown = [bar for bar in bars if bar.sex == sex and bar.value is not None]
        if shown:
            top = max(shown, key=lambda bar: bar.value or 0)
            name = SEX_WORDS[sex]
            parts.append(caption.say(f"{name.zh}性人数最多的年龄组为 {top.label} 岁。",
                                     f"The largest {sex} group is aged {top.label}."))  # fmt: skip
    missing = sum(bar.value is None for bar in bars)
    if missing:
        parts.append(caption.say(f"{missing} 个年龄组未公布，以 × 标出。",
                                 f"{missing} groups are not published, marked ×."))  # fmt: skip
    return caption.say("", " ").join(parts)
