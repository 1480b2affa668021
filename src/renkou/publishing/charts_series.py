"""Figures over time, with their intervals, on a true time axis. Pure.

A point stands at the first day of its period. What is not published is a gap, named, never a zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import altair as alt

from renkou.core.errors import FiguresRefused
from renkou.core.figures import months_of, period_words
from renkou.publishing.chart_rows import (
    SEX_WORDS,
    checked_rows,
    extremes,
    labels_of_areas,
    refuse_repeats,
    refuse_too_many,
    table_of,
    value_text,
)
from renkou.publishing.chart_style import (
    BAND_OPACITY,
    DASHES,
    HAIR,
    MUTED,
    SERIES,
    SMALL,
    Caption,
    Chart,
    Picture,
    Row,
    inline,
    pictured,
    shortened,
    text_width,
    value_axis,
)
from renkou.publishing.words import Words

MOST_PANELS = 40
_WIDTH, _HEIGHT = 560, 260
_PANEL, _PANEL_HEIGHT = 180, 110
_COLUMNS = ("period", "area_name", "sex", "age", "value", "lower", "upper", "note")
_MOST_NOTES = 5
_MOST_LABELLED_GAPS = 6


def time_series(rows: Sequence[Row], caption: Caption) -> Picture:
    """One line for each area, sex and age in the rows, with the band of its interval.

    Parameters
    ----------
    rows : columns area, period, value; area_name, sex, age, lower, upper, note where there are;
        months, quarters, halves or years, of one length. Up to 6 lines share a panel; more have a
        panel each, on one scale.

    Raises
    ------
    FiguresRefused
        If periods differ in length, a line has two values of one period, or lines are over 40.
    """
    read = checked_rows(rows, ("area", "period", "value"))
    refuse_repeats(read, ("area", "sex", "age", "period"))
    step = _length_of_periods(read)
    lines = _lines(read, caption)
    refuse_too_many(
        Words("序列", "lines"), len(lines), MOST_PANELS, Words("请少选地区", "choose fewer areas")
    )
    points = _with_gaps(lines, step, caption)
    few = len(lines) <= len(SERIES)
    chart = (
        _one_panel(points, list(lines), step, caption) if few else _panels(points, step, caption)
    )
    return pictured(
        chart,
        caption,
        width=_WIDTH,
        alt_text=_words(lines, read, caption),
        table=table_of(
            sorted(read, key=lambda r: (str(r["area"]), r["period"])), _COLUMNS, caption
        ),
        notes=_gap_notes(points, caption),
    )


def _length_of_periods(rows: Sequence[Row]) -> int:
    """Months in each period of the rows: 1, 3, 6 or 12."""
    lengths: dict[int, int] = {}
    for place, row in enumerate(rows):
        first, end = months_of(str(row["period"]))
        lengths.setdefault(end - first, place)
    if len(lengths) > 1:
        place = list(lengths.values())[1]
        raise FiguresRefused(
            f"rows[{place}].period", rows[place]["period"], "periods of one chart are of one length",
            "draw months, quarters, halves and years apart",
            zh="一张图中的时期应长度一致；请将月、季、半年、年分开绘制",
        )  # fmt: skip
    return next(iter(lengths))


def _lines(rows: Sequence[Row], caption: Caption) -> dict[str, list[Row]]:
    """Rows of each line by its name: the area, and sex or age where they differ; in code order."""
    areas = labels_of_areas(rows)
    apart = {name: len({row.get(name) for row in rows}) > 1 for name in ("sex", "age")}
    lines: dict[str, list[Row]] = {}
    for row in sorted(rows, key=lambda one: str(one["area"])):
        parts = [areas[str(row["area"])]] if len(areas) > 1 or not any(apart.values()) else []
        if apart["sex"]:
            parts.append(SEX_WORDS[row["sex"]].in_language(caption.language))
        if apart["age"]:
            parts.append(str(row["age"]))
        lines.setdefault(" ".join(parts), []).append(row)
    return lines


def _with_gaps(lines: dict[str, list[Row]], step: int, caption: Caption) -> list[dict[str, Any]]:
    """A point for every period from first to last; one without a row has no value."""
    every = [months_of(str(row["period"]))[0] for rows in lines.values() for row in rows]
    points = []
    for name, rows in lines.items():
        known = {months_of(str(row["period"]))[0]: row for row in rows}
        months = range(min(every), max(every) + 1, step)
        points += _marked_alone(
            [_point(name, month, known.get(month), step, caption) for month in months]
        )
    return points


def _marked_alone(points: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Points of one line with their neighbours in time; `alone` has a value and no neighbour has."""
    marked = []
    for place, point in enumerate(points):
        near = [points[at] for at in (place - 1, place + 1) if 0 <= at < len(points)]
        alone = point["value"] is not None and all(one["value"] is None for one in near)
        ends = [one["at"] for one in [*near, point]]
        marked.append({**point, "alone": alone, "before": min(ends), "after": max(ends)})
    return marked


def _point(name: str, month: int, row: Row | None, step: int, caption: Caption) -> dict[str, Any]:
    found = row or {"value": None, "lower": None, "upper": None, "note": ""}
    absent = caption.say("没有数据", "no data")
    return {
        "line": name, "at": _instant(month), "month": month,
        "value": found["value"], "lower": found["lower"], "upper": found["upper"],
        "period": _period_text(month, step, caption),
        "text": value_text(found, caption) if row else absent,
    }  # fmt: skip


def _instant(month: int) -> float:
    """Milliseconds at the first day of a month counted from year 0."""
    return datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC).timestamp() * 1000


def _period_text(month: int, step: int, caption: Caption) -> str:
    year, part = divmod(month, 12)
    code = {12: f"{year}", 6: f"{year}-H{part // 6 + 1}", 3: f"{year}-Q{part // 3 + 1}"}
    return period_words(code.get(step, f"{year}-{part + 1:02d}"))[caption.language == "en"]


def _time_axis(points: Sequence[Row], step: int, width: int, caption: Caption) -> alt.X:
    months = sorted({point["month"] for point in points})
    room = text_width(_tick_text(months[0], step, caption), 12) + 16
    ticks = _ticks(months, step, int(width / room) + 1)
    labels = "".join(
        f"datum.value == {_instant(month):.0f} ? '{_tick_text(month, step, caption)}' : "
        for month in ticks
    )
    edge = 0.5 * (_instant(months[0] + step) - _instant(months[0])) if len(months) < 2 else 0
    return alt.X(
        "at:Q",
        title=None,
        scale=alt.Scale(nice=False, domain=[_instant(months[0]) - edge, _instant(months[-1]) + edge]),
        axis=alt.Axis(values=[_instant(month) for month in ticks], labelExpr=f"{labels}''",
                      grid=False, labelOverlap=False,
                      labelFlush=False, labelPadding=6),
    )  # fmt: skip


def _on_axis(axis: alt.X, shorthand: str) -> alt.X:
    """Another field on the same axis; without its scale the axis would reach back to the year 1970."""
    other = axis.copy(deep=False)
    other.shorthand = shorthand
    return other


def _ticks(months: Sequence[int], step: int, most: int) -> list[int]:
    """Which periods have a label: all, else those that begin a round span of years.

    >>> _ticks(range(24240, 24300, 1), 1, 6)
    [24240, 24252, 24264, 24276, 24288]
    """
    spans = [step, *(s for s in (3, 6, 12, 24, 60, 120, 240) if s > step)]
    for span in spans:
        chosen = [month for month in months if month % span == 0 or span == step]
        if min(2, len(months)) <= len(chosen) <= most:
            return chosen
    return [months[0], months[-1]]


def _tick_text(month: int, step: int, caption: Caption) -> str:
    if step in (6, 3) and caption.language == "en":
        return f"{month // 12} {'H' if step == 6 else 'Q'}{month % 12 // step + 1}"
    return _period_text(month, step, caption)


def _value_scale(points: Sequence[Row], caption: Caption, ticks: int) -> alt.Y:
    known = [p[n] for p in points for n in ("value", "lower", "upper") if p[n] is not None]
    return alt.Y(
        "value:Q", title=None, scale=alt.Scale(zero=False, nice=True),
        axis=value_axis(caption, max(known, default=0), tickCount=ticks, domain=False, ticks=False,
                        labelPadding=8),
    )  # fmt: skip


def _marks(points: Sequence[Row], x: alt.X, y: alt.Y, colour: Any, dash: Any) -> list[Chart]:
    """Band, line and points of the lines; each breaks where there is no value."""
    base = alt.Chart().encode(x=x, detail="line:N")
    layers = []
    if any(p["lower"] is not None and p["upper"] is not None for p in points):
        band = base.mark_area(opacity=BAND_OPACITY, invalid="break-paths-show-path-domains")
        layers.append(band.encode(y=y.copy(deep=False), y2="upper:Q", color=colour))
        layers[0].encoding.y.shorthand = "lower:Q"
    if any(p["alone"] and p["lower"] is not None for p in points):
        whisker = base.mark_rule(strokeWidth=1.2).transform_filter(
            "datum.alone && isValid(datum.lower)"
        )
        layers.append(whisker.encode(y="lower:Q", y2="upper:Q", color=colour))
    line = base.mark_line(strokeWidth=1.8, invalid="break-paths-show-path-domains")
    layers.append(line.encode(y=y, color=colour, **({"strokeDash": dash} if dash else {})))
    crowded = len({p["month"] for p in points}) > 40
    dots = base.mark_circle(opacity=1, size=9 if crowded else 26).transform_filter(
        "isValid(datum.value)"
    )
    tips = [alt.Tooltip(f"{name}:N", title="") for name in ("line", "period", "text")]
    return [*layers, dots.encode(y=y, color=colour, tooltip=tips)]


def _one_panel(
    points: Sequence[dict[str, Any]], names: list[str], step: int, caption: Caption
) -> Chart:
    x, y = _time_axis(points, step, _WIDTH, caption), _value_scale(points, caption, 6)
    drawn = alt.Legend(
        columns=_columns(names),
        symbolType="stroke",
        symbolStrokeWidth=2,
        symbolSize=500,
        symbolOpacity=1,
        labelLimit=240,
    )
    legend = drawn if len(names) > 1 else None
    colour = alt.Color("line:N", scale=alt.Scale(domain=names, range=list(SERIES[: len(names)])),
                       legend=legend)  # fmt: skip
    dashes = [list(dash) for dash in DASHES[: len(names)]]
    dash = alt.StrokeDash("line:N", scale=alt.Scale(domain=names, range=dashes), legend=legend)
    layers = _gap_layers(points, x, caption) + _marks(points, x, y, colour, dash)
    chart = alt.layer(*layers, data=inline(points))
    return chart.properties(width=_WIDTH, height=_HEIGHT)


def _columns(names: Sequence[str]) -> int:
    longest = max(len(name.encode()) for name in names)
    return max(1, min(len(names), int(_WIDTH / (40 + 5 * longest))))


def _gap_layers(points: Sequence[dict[str, Any]], x: alt.X, caption: Caption) -> list[Chart]:
    """A grey field where no line has a value, with the reason written in it."""
    empty = {p["month"] for p in points} - {p["month"] for p in points if p["value"] is not None}
    first = points[0]["line"]
    gaps = [
        {"at": gap["start"], "end": gap["end"], "middle": (gap["start"] + gap["end"]) / 2,
         "label": shortened(gap["text"], _HEIGHT - 20, SMALL)}
        for gap in _gaps([p for p in points if p["line"] == first])
        if {gap["first"]["month"], gap["last"]["month"]} <= empty
    ]  # fmt: skip
    if not gaps:
        return []
    field = alt.Chart(inline(gaps)).mark_rect(color=HAIR, opacity=0.7).encode(x=x, x2="end:Q")
    if len(gaps) > _MOST_LABELLED_GAPS:
        return [field]
    text = alt.Chart(inline(gaps)).mark_text(
        angle=270, align="right", baseline="middle", color=MUTED, fontSize=SMALL, y=6
    )
    return [field, text.encode(x=_on_axis(x, "middle:Q"), text="label:N")]


def _gaps(points: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Runs of periods of one line without value: from the point before to the point after."""
    runs: list[dict[str, Any]] = []
    for place, point in enumerate(points):
        if point["value"] is not None:
            continue
        before, after = points[max(place - 1, 0)], points[min(place + 1, len(points) - 1)]
        if runs and runs[-1]["last"] is before and runs[-1]["text"] == point["text"]:
            runs[-1].update(last=point, end=after["at"])
        else:
            runs.append({"first": point, "last": point, "text": point["text"],
                         "start": before["at"], "end": after["at"]})  # fmt: skip
    return runs


def _panels(points: Sequence[dict[str, Any]], step: int, caption: Caption) -> Chart:
    x, y = _time_axis(points, step, _PANEL, caption), _value_scale(points, caption, 4)
    lost = alt.Chart().transform_filter("!isValid(datum.value)").mark_rect(color=HAIR, opacity=0.8)
    layers = [
        lost.encode(x=_on_axis(x, "before:Q"), x2="after:Q"),
        *_marks(points, x, y, alt.value(SERIES[0]), None),
    ]
    panel = alt.layer(*layers).properties(width=_PANEL, height=_PANEL_HEIGHT)
    head = alt.Header(
        title=None, labelFontSize=12, labelAnchor="start", labelPadding=4, labelLimit=_PANEL
    )
    return panel.facet(
        facet=alt.Facet("line:N", sort=_names(points), header=head),
        columns=3,
        data=inline(points),
        spacing=14,
    )


def _gap_notes(points: Sequence[dict[str, Any]], caption: Caption) -> list[str]:
    """Which line has no value when, and why."""
    gaps = [
        gap for name in _names(points) for gap in _gaps([p for p in points if p["line"] == name])
    ]
    several = len(_names(points)) > 1
    notes = []
    for gap in gaps[:_MOST_NOTES]:
        first, last = gap["first"]["period"], gap["last"]["period"]
        when = first if first == last else caption.say(f"{first}至{last}", f"{first} to {last}")
        who = f"{gap['first']['line']} " if several else ""
        notes.append(caption.say(f"{who}{when}：{gap['text']}", f"{who}{when}: {gap['text']}"))
    more = len(gaps) - len(notes)
    return (
        [*notes, caption.say(f"另有 {more} 处空缺见数据表", f"{more} more gaps: see the table")]
        if more
        else notes
    )


def _names(points: Sequence[dict[str, Any]]) -> list[str]:
    return list(dict.fromkeys(point["line"] for point in points))


def _words(lines: dict[str, list[Row]], rows: Sequence[Row], caption: Caption) -> str:
    names = list(lines)
    some = names if len(names) <= 6 else [*names[:5], "…"]
    head = caption.say(
        f"时间序列图：{caption.title}，{caption.period}，{len(names)} 条线（{'、'.join(some)}）。",
        f"Time series: {caption.title}, {caption.period}; lines: {', '.join(some)}. ",
    )
    tail = ""
    if len(names) == 1:
        known = sorted((r for r in rows if r["value"] is not None), key=lambda r: r["period"])
        if known:
            ends = [
                (period_words(str(r["period"])), value_text(r, caption))
                for r in (known[0], known[-1])
            ]
            (first, start), (last, end) = ends
            tail = caption.say(
                f"{first[0]} {start}，{last[0]} {end}。", f" {first[1]} {start}, {last[1]} {end}."
            )
    return head + extremes(rows, caption) + tail
