"""Funnel plot: each area's value against its size, with the limits that chance allows. Pure.

Nothing is ranked: the table and the notes name areas in the official order of codes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import numpy as np

from renkou.core.errors import FiguresRefused
from renkou.publishing.chart_labels import Label, placed_labels
from renkou.publishing.chart_rows import (
    checked_rows,
    labels_of_areas,
    missing_notes,
    refuse_repeats,
    table_of,
    value_text,
)
from renkou.publishing.chart_style import (
    INK,
    MUTED,
    SAND,
    SMALL,
    Caption,
    Chart,
    Picture,
    Row,
    count_axis,
    figure_text,
    inline,
    pictured,
    value_axis,
)

LIMITS = ("lower_95", "upper_95", "lower_998", "upper_998")
INSIDE, BEYOND, FAR = "#6b7a8c", "#b8651b", "#8c1c13"
_WIDTH, _HEIGHT = 560, 340
_WIDE_RANGE = 12
_COLUMNS = ("area", "area_name", "period", "sex", "value", "denominator", "note")
_MOST_NAMED = 20


@dataclass(frozen=True)
class _Frame:
    """The part of the plane that is drawn, in the units of the data."""

    low: float
    high: float
    bottom: float
    top: float
    logarithmic: bool

    def pixel(self, denominator: float, value: float) -> tuple[float, float]:
        across = [
            math.log(v) if self.logarithmic else v for v in (self.low, denominator, self.high)
        ]
        x = (across[1] - across[0]) / (across[2] - across[0]) * _WIDTH
        return x, _HEIGHT * (self.top - value) / (self.top - self.bottom)


def funnel_plot(
    rows: Sequence[Row], limits: Sequence[Row], caption: Caption, *, reference: float
) -> Picture:
    """Values against denominators, a reference line, and the curves of 95 and 99.8 %.

    Parameters
    ----------
    rows : columns area, value, denominator; area_name, note where there are; one row for an area
    limits : columns denominator, lower_95, upper_95, lower_998, upper_998: points of the curves,
        at the areas' own denominators or any others that span them; between them straight lines
    reference : the value that all areas are compared with, in the unit of the values

    Raises
    ------
    FiguresRefused
        If an area stands twice, a denominator is not above 0, or the curves leave areas out.
    """
    read = checked_rows(rows, ("area", "value", "denominator"))
    refuse_repeats(read, ("area",))
    read = sorted(read, key=lambda row: str(row["area"]))
    curve = _curve(limits)
    shown = [row for row in read if row["value"] is not None]
    _refuse_outside(shown, curve)
    points = _classed(shown, curve, labels_of_areas(read), caption)
    frame = _frame(points, curve, reference)
    notes = [*_outside_notes(points, caption), *_limit_notes(reference, caption)]
    return pictured(
        _layers(points, curve, reference, frame, caption),
        caption,
        width=_WIDTH,
        alt_text=_words(points, reference, caption),
        table=table_of(read, _COLUMNS, caption),
        notes=[*notes, *missing_notes(read, caption)],
    )


def _curve(limits: Sequence[Row]) -> list[dict[str, float]]:
    """Points of the limits by denominator, each once."""
    points: dict[float, dict[str, float]] = {}
    for place, row in enumerate(limits):
        try:
            point = {name: float(row[name]) for name in ("denominator", *LIMITS)}
        except (KeyError, TypeError, ValueError):
            point = {}
        if not point or not all(math.isfinite(value) for value in point.values()):
            raise FiguresRefused(
                f"limits[{place}]", None, f"has numbers in denominator, {', '.join(LIMITS)}",
                "compute the limits of every denominator", zh="控制限各列应为数字；请为每个分母计算控制限",
            )  # fmt: skip
        points[point["denominator"]] = point
    return [points[at] for at in sorted(points)]


def _refuse_outside(rows: Sequence[Row], curve: Sequence[dict[str, float]]) -> None:
    if not rows or not curve:
        raise FiguresRefused(
            "rows" if not rows else "limits", 0, "a funnel has areas with values, and limits",
            "add them", zh="漏斗图需要有数值的地区和控制限；请补上",
        )  # fmt: skip
    low, high = curve[0]["denominator"], curve[-1]["denominator"]
    for place, row in enumerate(rows):
        size = row["denominator"]
        if size is None or size <= 0 or not low <= size <= high:
            raise FiguresRefused(
                f"rows[{place}].denominator", size,
                f"is above 0 and within the limits' {low:g} to {high:g}",
                "extend the limits or leave the area out",
                zh="分母应大于 0 并在控制限范围内；请扩展控制限或去掉该地区",
            )  # fmt: skip


def _classed(
    rows: Sequence[Row],
    curve: Sequence[dict[str, float]],
    labels: dict[str, str],
    caption: Caption,
) -> list[dict[str, Any]]:
    """Points with their class: 0 within 95 %, 1 between 95 and 99.8 %, 2 beyond."""
    sizes = np.array([row["denominator"] for row in rows])
    values = np.array([row["value"] for row in rows])
    at = np.array([point["denominator"] for point in curve])
    low, high, lowest, highest = (
        np.interp(sizes, at, [point[name] for point in curve]) for name in LIMITS
    )
    classes = ((values < low) | (values > high)).astype(int) + (
        (values < lowest) | (values > highest)
    )
    names = _class_names(caption)
    return [
        {"name": labels[str(row["area"])], "denominator": row["denominator"], "value": row["value"],
         "class": int(kind), "where": names[int(kind)], "above": bool(row["value"] > top),
         "text": value_text(row, caption), "size": figure_text(row["denominator"], 0)}
        for row, kind, top in zip(rows, classes, high, strict=True)
    ]  # fmt: skip


def _class_names(caption: Caption) -> list[str]:
    return [
        caption.say("95% 界内", "within 95 %"),
        caption.say("95% 与 99.8% 之间", "between 95 and 99.8 %"),
        caption.say("99.8% 界外", "beyond 99.8 %"),
    ]


def _frame(
    points: Sequence[dict[str, Any]], curve: Sequence[dict[str, float]], reference: float
) -> _Frame:
    sizes = [point["denominator"] for point in points]
    logarithmic = max(sizes) / min(sizes) > _WIDE_RANGE
    if logarithmic:
        low, high = min(sizes) / 1.2, max(sizes) * 1.2
    else:
        edge = 0.06 * (max(sizes) - min(sizes)) or 0.1 * max(sizes)
        low, high = max(0.0, min(sizes) - edge), max(sizes) + edge
    near = [p for p in curve if low <= p["denominator"] <= high]
    values = [p["value"] for p in points] + [p[n] for p in near for n in LIMITS] + [reference]
    edge = 0.06 * (max(values) - min(values)) or 1.0
    bottom = min(values) - edge
    return _Frame(
        low, high, 0.0 if min(values) >= 0 > bottom else bottom, max(values) + edge, logarithmic
    )


def _layers(
    points: Sequence[dict[str, Any]],
    curve: Sequence[dict[str, float]],
    reference: float,
    frame: _Frame,
    caption: Caption,
) -> Chart:
    kind: Any = "log" if frame.logarithmic else "linear"
    x = alt.X("denominator:Q", title=caption.say("分母（人或人年）", "denominator (people or person-years)"),
              scale=alt.Scale(type=kind, domain=[frame.low, frame.high], nice=False),
              axis=count_axis(caption.language, tickCount=5, grid=False, labelOverlap=True))  # fmt: skip
    y = alt.Y("value:Q", title=None, scale=alt.Scale(domain=[frame.bottom, frame.top], nice=False),
              axis=value_axis(caption, frame.top, tickCount=6, domain=False, ticks=False))  # fmt: skip
    names = _class_names(caption)
    colour = alt.Color("where:N", scale=alt.Scale(domain=names, range=[INSIDE, BEYOND, FAR]),
                       legend=alt.Legend(symbolOpacity=1, labelLimit=240))  # fmt: skip
    shape = alt.Shape(
        "where:N", scale=alt.Scale(domain=names, range=["circle", "triangle-up", "diamond"])
    )
    tips = [alt.Tooltip(f"{n}:N", title=t) for n, t in (("name", ""), ("text", ""), ("size", "n"))]
    marks = alt.Chart(inline(points)).mark_point(filled=True, size=58, opacity=1)
    line = alt.Chart(inline([{"value": reference}])).mark_rule(color=SAND, strokeWidth=1.6)
    return alt.layer(
        *_limit_lines(curve, x, y), line.encode(y=y),
        marks.encode(x=x, y=y, color=colour, shape=shape, tooltip=tips),
        *_label_layers(_named(points, frame)),
    ).properties(width=_WIDTH, height=_HEIGHT)  # fmt: skip


def _limit_lines(curve: Sequence[dict[str, float]], x: alt.X, y: alt.Y) -> list[Chart]:
    long = [
        {"denominator": point["denominator"], "value": point[name], "limit": name}
        for name in LIMITS
        for point in curve
    ]
    base = alt.Chart(inline(long)).encode(x=x, y=y, detail="limit:N")
    return [
        base.transform_filter(f"indexof(datum.limit, '_{level}') >= 0")
        .mark_line(color=MUTED, strokeWidth=1.3, strokeDash=dash, clip=True)
        for level, dash in (("95", [4, 3]), ("998", [1, 0]))
    ]  # fmt: skip


def _named(points: Sequence[dict[str, Any]], frame: _Frame) -> list[Label]:
    """Names of the points outside the limits that find room, those furthest out first."""
    outside = sorted((p for p in points if p["class"]), key=lambda p: -p["class"])
    inside = [frame.pixel(p["denominator"], p["value"]) for p in points if not p["class"]]
    at = [frame.pixel(p["denominator"], p["value"]) for p in outside]
    found = placed_labels([p["name"] for p in outside], at, inside, (_WIDTH, _HEIGHT))
    return [label for label in found if label]


def _label_layers(labels: Sequence[Label]) -> list[Chart]:
    """Texts at their pixels, on a white rim that keeps them legible where they cross a curve."""
    drawn = []
    for align in ("left", "right", "center"):
        rows = [label._asdict() for label in labels if label.align == align]
        for rim in (True, False) if rows else ():
            mark = alt.Chart(inline(rows)).mark_text(
                align=align, baseline="middle", fontSize=SMALL, color="white" if rim else INK,
                stroke="white" if rim else None, strokeWidth=3 if rim else 0,
            )  # fmt: skip
            drawn.append(
                mark.encode(x=alt.X("x:Q", scale=None), y=alt.Y("y:Q", scale=None), text="text:N")
            )
    return drawn


def _outside_notes(points: Sequence[dict[str, Any]], caption: Caption) -> list[str]:
    notes = []
    for above, zh, en in ((True, "高于", "Above"), (False, "低于", "Below")):
        names = [p["name"] for p in points if p["class"] and p["above"] is above]
        if names:
            more = caption.say("等", " …") if len(names) > _MOST_NAMED else ""
            some = caption.say("、", ", ").join(names[:_MOST_NAMED])
            notes.append(
                caption.say(f"{zh} 95% 界的 {len(names)} 个地区（按代码）：{some}{more}。",
                            f"{en} the 95 % limits, {len(names)} areas by code: {some}{more}.")
            )  # fmt: skip
    return notes


def _limit_notes(reference: float, caption: Caption) -> list[str]:
    value = caption.figure(reference)
    return [
        caption.say(
            f"横线：参照值 {value} {caption.unit}；虚线：95% 界；实线：99.8% 界。界内的差别可由偶然造成。",
            f"Level line: reference {value} {caption.unit}; dashed: 95 % limits; solid: 99.8 %. "
            "Differences within the limits may be chance.",
        )
    ]


def _words(points: Sequence[dict[str, Any]], reference: float, caption: Caption) -> str:
    far, near = (sum(p["class"] == kind for p in points) for kind in (2, 1))
    value = caption.figure(reference)
    return caption.say(
        f"漏斗图：{caption.title}，{caption.period}，{len(points)} 个地区，参照值 {value} {caption.unit}；"
        f"{near} 个地区在 95% 与 99.8% 界之间，{far} 个在 99.8% 界外。",
        f"Funnel plot: {caption.title}, {caption.period}; {len(points)} areas, reference {value} "
        f"{caption.unit}; {near} areas between the 95 and 99.8 % limits, {far} beyond.",
    )
