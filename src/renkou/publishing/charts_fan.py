"""Fan chart: what was, the scenario, and the bands that chance leaves around it. Pure.

Every line and band is named where it ends, with its last value; there is no legend.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt

from renkou.publishing.chart_projections import (
    QUANTILES,
    base_year_layers,
    base_year_words,
    end_labels,
    interval_text,
    projected_rows,
    projected_table,
    rounded_ends,
    span_axis,
    title_of_panel,
    value_span,
    with_interval,
    year_axis,
)
from renkou.publishing.chart_rows import area_label, labels_of_areas, refuse_too_many
from renkou.publishing.chart_style import (
    BLUE,
    INK,
    MUTED,
    Caption,
    Chart,
    Picture,
    Row,
    inline,
    pictured,
    shortened,
)
from renkou.publishing.words import Words

MOST_PANELS = 40
_WIDTH, _HEIGHT, _LABELS = 540, 300, 130
_PANEL, _PANEL_HEIGHT, _COLUMNS = 205, 110, 3
_MEDIAN = "#b8541a"
BAND_95, BAND_80 = "#d5e3f0", "#a9c6e0"
_TABLE = ("area_name", "year", "value", *QUANTILES)


def fan_chart(
    rows: Sequence[Row],
    caption: Caption,
    *,
    base_year: int,
    history: Sequence[Row] = (),
    scenario: str = "",
    notes: Sequence[str] = (),
) -> Picture:
    """The scenario, the median and the 80 % and 95 % bands over the years, after what was.

    Parameters
    ----------
    rows : columns area, year, value of one measure, sex and age; area_name, median, low80, high80,
        low95, high95 where there are. Several areas have a small chart each: counts on scales of
        their own, everything else on one scale.
    base_year : the last year that is known; it is marked
    history : columns area, year, value of the years before
    scenario : name of the scenario at its line, such as 中方案

    Raises
    ------
    FiguresRefused
        If there are over 40 areas, or rows are at fault; see `projected_rows`.
    """
    read = projected_rows(rows, ("area", "year", "value"))
    past = projected_rows(history, ("area", "year", "value")) if history else []
    codes = list(dict.fromkeys(str(row["area"]) for row in read))
    refuse_too_many(
        Words("区域", "areas"), len(codes), MOST_PANELS,
        Words("请分成几张图，或改画一个年份的各区域", "draw several charts, or all areas in one year"),
    )  # fmt: skip
    said = scenario or caption.say("方案", "scenario")
    if len(codes) == 1:
        chart, width = _one_fan(read, past, base_year, said, caption), _WIDTH + _LABELS
    else:
        chart = _panels(codes, read, past, base_year, caption)
        width = _COLUMNS * (_PANEL + 60)
    return pictured(
        chart,
        caption,
        width=width,
        alt_text=_words(codes, read, base_year, said, caption),
        table=projected_table(read, _TABLE[len(codes) == 1 :], caption),
        notes=[*_band_notes(read, codes, caption), *notes],
        subtitle=_panel_words(codes, base_year if past else None, said, caption),
    )


def _layers(
    rows: Sequence[Row], past: Sequence[Row], years: Sequence[int], span: tuple[float, float],
    caption: Caption, ticks: int,
) -> list[Chart]:  # fmt: skip
    """Bands, median, scenario and history, the wider band below."""
    x = alt.X("year:Q", scale=alt.Scale(domain=[min(years), max(years)], nice=False),
              axis=year_axis(years, caption, ticks))  # fmt: skip
    y = alt.Y("value:Q", scale=alt.Scale(domain=list(span), nice=False, zero=False), title=None,
              axis=span_axis(span, caption))  # fmt: skip
    data = alt.Chart(inline([_point(row, caption) for row in rows]))
    # One layer holds the axes for all: Altair copies them with every layer that has them.
    tips = [alt.Tooltip("text:N", title="")]
    layers = [data.mark_circle(size=60, opacity=0).encode(x=x, y=y, tooltip=tips)]
    for low, high, colour in (("low95", "high95", BAND_95), ("low80", "high80", BAND_80)):
        if any(row[low] is not None and row[high] is not None for row in rows):
            band = data.mark_area(color=colour, opacity=1)
            layers.append(band.encode(x="year:Q", y=f"{low}:Q", y2=f"{high}:Q"))
    layers.append(data.mark_line(color=BLUE, strokeWidth=2.2).encode(x="year:Q", y="value:Q"))
    if any(row["median"] is not None for row in rows):  # above, as the two may lie on each other
        dashes = data.mark_line(color=_MEDIAN, strokeDash=[5, 4], strokeWidth=1.3)
        layers.append(dashes.encode(x="year:Q", y="median:Q"))
    if past:
        known = alt.Chart(inline([_point(row, caption) for row in past]))
        line = known.mark_line(color=INK, strokeWidth=2.2)
        layers.append(line.encode(x="year:Q", y="value:Q"))
    return layers


def _point(row: Row, caption: Caption) -> dict[str, Any]:
    text = with_interval(row, caption)
    return {
        "year": row["year"], "value": row["value"], **{name: row[name] for name in QUANTILES},
        "text": caption.say(f"{row['year']}年 {text}", f"{row['year']}: {text}"),
    }  # fmt: skip


def _joined(rows: Sequence[Row], base_year: int) -> list[dict[str, Any]]:
    """Rows by year; bands open at the base year's value where nothing is uncertain there."""
    by_year = sorted((dict(row) for row in rows), key=lambda row: row["year"])
    first = by_year[0]
    bare = all(first[name] is None for name in QUANTILES)
    if first["year"] == base_year and bare and len(by_year) > 1:
        for name in QUANTILES:
            first[name] = first["value"] if by_year[1][name] is not None else None
    return by_year


def _known(rows: Sequence[Row]) -> list[float]:
    return [row[name] for row in rows for name in ("value", *QUANTILES) if row[name] is not None]


def _one_fan(
    rows: Sequence[Row], past: Sequence[Row], base_year: int, scenario: str, caption: Caption
) -> Chart:
    lines, before = _joined(rows, base_year), sorted(past, key=lambda row: row["year"])
    before = [*before, lines[0]] if before and before[-1]["year"] < lines[0]["year"] else before
    years = [row["year"] for row in [*before, *lines]]
    span = value_span([*_known(rows), *_known(before)])
    layers = _layers(lines, before, years, span, caption, 8)
    if min(years) <= base_year <= max(years):
        near_end = base_year > min(years) + 0.7 * (max(years) - min(years))
        layers += base_year_layers(base_year, caption, at_end=near_end)
    labels = end_labels(_ends(lines[-1], scenario, caption), max(years), span, _HEIGHT)
    chart = alt.layer(*layers, *labels)
    return chart.properties(width=_WIDTH, height=_HEIGHT)


def _ends(last: Row, scenario: str, caption: Caption) -> list[tuple[float, str, str, bool]]:
    """What stands right of the last year: each line and band with its value there."""
    entries = []
    if last["value"] is not None:
        text = f"{scenario} {caption.figure(last['value'])}"
        entries.append((last["value"], text, BLUE, True))
    if last["median"] is not None:
        said = caption.say("中位数", "median")
        text = f"{said} {caption.figure(last['median'])}"
        entries.append((last["median"], text, _MEDIAN, False))
    for level in ("80", "95"):
        low, high = last[f"low{level}"], last[f"high{level}"]
        if low is None or high is None:
            continue
        words = (Words("上限", "upper"), Words("下限", "lower"))
        ends = reversed(rounded_ends(low, high, caption.decimals))
        for value, end, side in zip((high, low), ends, words, strict=True):
            text = caption.say(
                f"{level}%{side.zh} {caption.figure(end)}",
                f"{level} % {side.en} {caption.figure(end)}",
            )
            entries.append((value, text, MUTED, False))
    return entries


def _panels(
    codes: Sequence[str], rows: Sequence[Row], past: Sequence[Row], base_year: int, caption: Caption
) -> Chart:
    names = labels_of_areas(rows)
    shared = value_span([*_known(rows), *_known(past)]) if caption.decimals else None
    panels = [
        _panel(names[code], *_of_area(code, rows, past), base_year, shared, caption)
        for code in codes
    ]
    return alt.concat(*panels, columns=_COLUMNS, spacing={"row": 18, "column": 26})


def _of_area(
    code: str, rows: Sequence[Row], past: Sequence[Row]
) -> tuple[list[Row], list[Row]]:  # fmt: skip
    return [r for r in rows if str(r["area"]) == code], [r for r in past if str(r["area"]) == code]


def _panel(
    name: str, rows: Sequence[Row], past: Sequence[Row], base_year: int,
    shared: tuple[float, float] | None, caption: Caption,
) -> Chart:  # fmt: skip
    lines, before = _joined(rows, base_year), sorted(past, key=lambda row: row["year"])
    before = [*before, lines[0]] if before and before[-1]["year"] < lines[0]["year"] else before
    years = [row["year"] for row in [*before, *lines]]
    span = shared or value_span([*_known(rows), *_known(before)])
    layers = _layers(lines, before, years, span, caption, 4)
    if min(years) < base_year <= max(years):
        layers += base_year_layers(base_year, caption, labelled=False)
    last = lines[-1]
    words = caption.say(
        f"{last['year']}年 {with_interval(last, caption)}",
        f"{last['year']}: {with_interval(last, caption)}",
    )
    title = title_of_panel(shortened(name, _PANEL, 13), words)
    return alt.layer(*layers).properties(width=_PANEL, height=_PANEL_HEIGHT, title=title)


def _panel_words(
    codes: Sequence[str], marked: int | None, scenario: str, caption: Caption
) -> list[str]:
    """What the lines of small charts are, as there is no room for labels in each."""
    if len(codes) == 1:
        return []
    zh = [f"实线：{scenario}", "虚线：中位数", "深色带：80%区间", "浅色带：95%区间"]
    en = [f"line: {scenario}", "dashes: median", "dark band: 80 %", "light band: 95 %"]
    if marked is not None:
        zh.append(f"竖线：{base_year_words(marked, caption)}")
        en.append(f"vertical line: {base_year_words(marked, caption)}")
    if not caption.decimals:
        zh.append("各图纵轴不同")
        en.append("each chart has its own scale")
    return [caption.say("；".join(zh), "; ".join(en))]


def _band_notes(rows: Sequence[Row], codes: Sequence[str], caption: Caption) -> list[str]:
    notes = []
    if len(codes) == 1 and value_span(_known(rows))[0] > 0:
        notes.append(caption.say("纵轴不从零起。", "The vertical axis does not begin at zero."))
    if not any(row["low80"] is not None for row in rows):
        notes.append(
            caption.say("此方案没有计算区间。", "This scenario was run without intervals.")
        )
    return notes


def _words(
    codes: Sequence[str], rows: Sequence[Row], base_year: int, scenario: str, caption: Caption
) -> str:
    head = caption.say(
        f"扇形图：{caption.title}，{caption.period}，{base_year_words(base_year, caption)}，{scenario}。",
        f"Fan chart: {caption.title}, {caption.period}; {base_year_words(base_year, caption)}, "
        f"{scenario}. ",
    )
    if len(codes) > 1:
        names = [area_label(next(r for r in rows if str(r["area"]) == code)) for code in codes]
        some = names if len(names) <= 6 else [*names[:5], "…"]
        return head + caption.say(
            f"{len(codes)} 个区域：{'、'.join(some)}。", f"{len(codes)} areas: {', '.join(some)}."
        )
    first, last = (pick(rows, key=lambda row: row["year"]) for pick in (min, max))
    wide = interval_text(last["low95"], last["high95"], caption)
    tail = caption.say(f"，95% {wide}", f", 95 % {wide}") if wide else ""
    return head + caption.say(
        f"{first['year']}年 {with_interval(first, caption)}，"
        f"{last['year']}年 {with_interval(last, caption)}{tail}。",
        f"{first['year']}: {with_interval(first, caption)}; "
        f"{last['year']}: {with_interval(last, caption)}{tail}.",
    )
