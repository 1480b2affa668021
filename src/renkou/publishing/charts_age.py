"""Figures by age, with their intervals: a curve for each area, sex or period. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import altair as alt

from renkou.core.figures import Sensitivity, period_words
from renkou.publishing.chart_rows import (
    SEX_WORDS,
    ages_of,
    checked_rows,
    extremes,
    labels_of_areas,
    missing_notes,
    refuse_repeats,
    refuse_too_many,
    table_of,
    value_text,
)
from renkou.publishing.chart_style import (
    BAND_OPACITY,
    DASHES,
    SERIES,
    Caption,
    Chart,
    Picture,
    Row,
    inline,
    pictured,
    text_width,
    value_axis,
)
from renkou.publishing.words import Words

_WIDTH, _HEIGHT = 560, 280
_WIDE_RANGE = 50
_COLUMNS = ("period", "area_name", "sex", "age", "value", "lower", "upper", "note")


def age_curve(rows: Sequence[Row], caption: Caption) -> Picture:
    """Values in the middle of their age groups; on a log scale where they span a factor of 50
    (fertility never: its curve is read by its area).

    Parameters
    ----------
    rows : columns area, age, value; period, sex, lower, upper, note where there are; up to 6 curves

    Raises
    ------
    FiguresRefused
        If a curve has two values of one age, or there are over 6 curves.
    """
    read = [row for row in checked_rows(rows, ("area", "age", "value")) if row["age"] != "all"]
    read = checked_rows(read, ("age",))
    refuse_repeats(read, ("area", "sex", "period", "age"))
    points = _points(read, caption)
    names = list(dict.fromkeys(point["line"] for point in points))
    refuse_too_many(
        Words("曲线", "curves"), len(names), len(SERIES),
        Words("请少选地区、性别或时期", "choose fewer areas, sexes or periods"),
    )  # fmt: skip
    logarithmic = caption.sensitivity is not Sensitivity.FERTILITY and _is_logarithmic(points)
    about = (
        [caption.say("纵轴取对数。", "The vertical axis is logarithmic.")] if logarithmic else []
    )
    return pictured(
        _layers(points, names, logarithmic, caption),
        caption,
        width=_WIDTH,
        alt_text=_words(points, names, read, caption),
        table=table_of(read, _COLUMNS, caption),
        notes=[*about, *missing_notes(read, caption)],
    )


def _points(rows: Sequence[Row], caption: Caption) -> list[dict[str, Any]]:
    """One point for each row, curve by curve, from the youngest age."""
    apart = [n for n in ("area", "sex", "period") if len({row.get(n) for row in rows}) > 1]
    areas = labels_of_areas(rows)
    points = []
    for place, row in enumerate(rows):
        start, end = ages_of(row["age"], f"rows[{place}].age")
        points.append({
            "line": " ".join(_part(name, row, areas, caption) for name in apart) or areas[str(row["area"])],
            "at": (start + (end if end is not None else start + 5)) / 2,
            "age": str(row["age"]).replace("-", "–"),
            "value": row["value"], "lower": row["lower"], "upper": row["upper"],
            "text": value_text(row, caption),
        })  # fmt: skip
    return sorted(points, key=lambda point: point["at"])


def _part(name: str, row: Row, areas: dict[str, str], caption: Caption) -> str:
    if name == "area":
        return areas[str(row["area"])]
    if name == "period":
        return period_words(str(row["period"]))[caption.language == "en"]
    return SEX_WORDS[row["sex"]].in_language(caption.language)


def _is_logarithmic(points: Sequence[dict[str, Any]]) -> bool:
    shown = [p[n] for p in points for n in ("value", "lower", "upper") if p[n] is not None]
    return bool(shown) and min(shown) > 0 and max(shown) / min(shown) > _WIDE_RANGE


def _layers(
    points: Sequence[dict[str, Any]], names: Sequence[str], logarithmic: bool, caption: Caption
) -> Chart:
    x = alt.X("at:Q", title=caption.say("年龄", "Age"), scale=alt.Scale(zero=False, nice=False),
              axis=alt.Axis(grid=False, tickMinStep=1, tickCount=10, labelFlush=False))  # fmt: skip
    y, scale = _value_axis(points, logarithmic, caption)
    columns = max(1, int(_WIDTH / (60 + max(text_width(name, 12) for name in names))))
    legend = alt.Legend(columns=columns, symbolType="stroke", symbolStrokeWidth=2, symbolSize=500,
                        symbolOpacity=1, labelLimit=260) if len(names) > 1 else None  # fmt: skip
    domain = list(names)
    colour = alt.Color(
        "line:N", scale=alt.Scale(domain=domain, range=list(SERIES[: len(names)])), legend=legend
    )
    dashes = [list(dash) for dash in DASHES[: len(names)]]
    dash = alt.StrokeDash("line:N", legend=legend, scale=alt.Scale(domain=domain, range=dashes))
    base = alt.Chart(inline(points), width=_WIDTH, height=_HEIGHT).encode(x=x, detail="line:N")
    tips = [alt.Tooltip(f"{name}:N", title=" ") for name in ("line", "age", "text")]
    dots = base.mark_circle(opacity=1, size=20).transform_filter("isValid(datum.value)")
    layers = [
        base.mark_line(strokeWidth=1.8, invalid="break-paths-show-path-domains")
        .encode(y=y, color=colour, strokeDash=dash),
        dots.encode(y=y, color=colour, tooltip=tips),
    ]  # fmt: skip
    if any(p["lower"] is not None and p["upper"] is not None for p in points):
        band = base.mark_area(opacity=BAND_OPACITY, invalid="break-paths-show-path-domains")
        low = alt.Y("lower:Q", title=None, scale=scale)
        layers.insert(0, band.encode(y=low, y2="upper:Q", color=colour))
    return alt.layer(*layers)


def _value_axis(
    points: Sequence[dict[str, Any]], logarithmic: bool, caption: Caption
) -> tuple[alt.Y, alt.Scale]:
    shown = [p[n] for p in points for n in ("value", "lower", "upper") if p[n] is not None]
    quiet: dict[str, Any] = {"domain": False, "ticks": False, "labelPadding": 8}
    scale = alt.Scale(zero=True)
    if logarithmic:
        low, high = min(shown), max(shown)
        powers = [
            10.0**n for n in range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
        ]
        scale = alt.Scale(type="log", domain=[low / 1.25, high * 1.25], nice=False)
        quiet["values"] = [power for power in powers if low / 1.25 <= power <= high * 1.25]
    axis = value_axis(caption, max(shown, default=0), tickCount=6, **quiet)
    return alt.Y("value:Q", title=None, scale=scale, axis=axis), scale


def _words(
    points: Sequence[dict[str, Any]], names: Sequence[str], rows: Sequence[Row], caption: Caption
) -> str:
    young, old = points[0]["age"], points[-1]["age"]
    head = caption.say(
        f"分年龄曲线：{caption.title}，{caption.period}，{young} 至 {old} 岁，"
        f"{len(names)} 条曲线（{'、'.join(names)}）。",
        f"Curve by age: {caption.title}, {caption.period}, ages {young} to {old}; "
        f"curves: {', '.join(names)}. ",
    )
    return head + extremes(rows, caption)
