"""One projected measure in one year, area by area: dots with their 80 % and 95 % intervals. Pure.

Areas stand from the highest value down, births and fertility in the order given. Each row ends in its
figures, so that the chart can be read as a table.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt

from renkou.core.figures import Sensitivity
from renkou.publishing.chart_projections import (
    QUANTILES,
    projected_rows,
    projected_table,
    value_span,
    with_interval,
)
from renkou.publishing.chart_rows import labels_of_areas, refuse_repeats, refuse_too_many
from renkou.publishing.chart_style import (
    BLUE,
    INK,
    Caption,
    Chart,
    Picture,
    Row,
    inline,
    pictured,
    shortened,
    value_axis,
)
from renkou.publishing.words import Words

MOST_AREAS = 150
_WIDTH, _LABEL, _FEW = 330, 150, 30
_THIN, _THICK = "#7f9cba", "#5288b8"
_TABLE = ("area_name", "value", *QUANTILES)


def area_intervals(
    rows: Sequence[Row],
    caption: Caption,
    *,
    span: tuple[float, float] | None = None,
    notes: Sequence[str] = (),
) -> Picture:
    """Dot, thick 80 % and thin 95 % interval for each area, with the figures beside them.

    Parameters
    ----------
    rows : columns area, value of one measure and year; area_name, median, low80, high80, low95,
        high95 where there are; without the whole, whose value would press the parts together
    span : ends of the axis, so that several charts of one measure share it; else from the rows

    Raises
    ------
    FiguresRefused
        If an area stands twice, there are over 150, or rows are at fault; see `projected_rows`.
    """
    read = projected_rows(rows, ("area", "value"))
    refuse_repeats(read, ("area",))
    refuse_too_many(
        Words("区域", "areas"), len(read), MOST_AREAS,
        Words("请选上一级区域的范围", "choose the areas of one parent"),
    )  # fmt: skip
    ranked = caption.sensitivity is not Sensitivity.FERTILITY
    shown = sorted(read, key=_highest_first) if ranked else read
    return pictured(
        _drawn(shown, caption, span or intervals_span(read)),
        caption,
        width=_LABEL + _WIDTH + 150,
        alt_text=_words(shown, caption, ranked),
        table=projected_table(shown, _TABLE, caption),
        notes=[*_order_notes(ranked, caption), *notes],
        subtitle=_key(read, caption),
    )


def intervals_span(rows: Sequence[Row]) -> tuple[float, float]:
    """Round ends of an axis that holds every value and interval."""
    known = [row.get(name) for row in rows for name in ("value", *QUANTILES)]
    return value_span([float(one) for one in known if one is not None] or [0.0, 1.0])


def _highest_first(row: Row) -> tuple[bool, float]:
    return row["value"] is None, -(row["value"] or 0.0)


def _drawn(rows: Sequence[Row], caption: Caption, span: tuple[float, float]) -> Chart:
    labels = {code: shortened(text, _LABEL, 12) for code, text in labels_of_areas(rows).items()}
    cells = [_cell(row, labels, caption) for row in rows]
    step = alt.Step(24 if len(cells) <= _FEW else 16)
    x = alt.X("value:Q", title=None, scale=alt.Scale(domain=list(span), nice=False),
              axis=value_axis(caption, span[1], tickCount=5, labelFlush=False))  # fmt: skip
    base = alt.Chart(inline(cells), width=_WIDTH, height=step).encode(y=_rows_axis(cells))
    layers = []
    for level, colour, thick in (("95", _THIN, 1.4), ("80", _THICK, 4.5)):
        some = base.transform_filter(f"isValid(datum.low{level}) && isValid(datum.high{level})")
        rule = some.mark_rule(color=colour, strokeWidth=thick)
        if any(row[f"low{level}"] is not None for row in rows):
            layers.append(rule.encode(x=alt.X(f"low{level}:Q"), x2=f"high{level}:Q"))
    tips = [alt.Tooltip(f"{name}:N", title="") for name in ("label", "text")]
    dots = base.mark_circle(color=BLUE, size=64, opacity=1, stroke="white", strokeWidth=1)
    layers.append(dots.transform_filter("isValid(datum.value)").encode(x=x, tooltip=tips))
    figures = base.mark_text(align="left", baseline="middle", color=INK, fontSize=12, dx=8)
    layers.append(figures.encode(x=alt.value(_WIDTH), text="text:N"))
    return alt.layer(*layers)


def _cell(row: Row, labels: dict[str, str], caption: Caption) -> dict[str, Any]:
    return {
        "area": str(row["area"]), "label": labels[str(row["area"])], "value": row["value"],
        **{name: row[name] for name in QUANTILES if name != "median"},
        "text": with_interval(row, caption),
    }  # fmt: skip


def _rows_axis(cells: Sequence[dict[str, Any]]) -> alt.Y:
    order = [cell["area"] for cell in cells]
    chosen = "".join(f"datum.value == '{cell['area']}' ? {cell['label']!r} : " for cell in cells)
    axis = alt.Axis(domain=False, ticks=False, labelColor=INK, labelExpr=f"{chosen}''", labelLimit=0,
                    labelOverlap=False, grid=True, labelPadding=6)  # fmt: skip
    return alt.Y("area:N", sort=order, scale=alt.Scale(domain=order), title=None, axis=axis)


def _key(rows: Sequence[Row], caption: Caption) -> list[str]:
    if not any(row["low80"] is not None for row in rows):
        return []
    thin = any(row["low95"] is not None for row in rows)
    zh = "点：方案值；粗线：80%区间" + ("；细线：95%区间" if thin else "")
    en = "dot: scenario; thick line: 80 % interval" + ("; thin line: 95 %" if thin else "")
    return [caption.say(zh, en)]


def _order_notes(ranked: bool, caption: Caption) -> list[str]:
    if ranked:
        return [
            caption.say("按方案值从高到低排列；区间重叠的，先后不能判定。",
                        "From the highest value down; where intervals overlap, the order is not known.")
        ]  # fmt: skip
    return [caption.say("按区域既定顺序排列，不是排名。", "In the order of the areas: no ranking.")]


def _words(rows: Sequence[Row], caption: Caption, ranked: bool) -> str:
    head = caption.say(
        f"点与区间图：{caption.title}，{caption.period}，{len(rows)} 个区域。",
        f"Dots with intervals: {caption.title}, {caption.period}; {len(rows)} areas. ",
    )
    known = [row for row in rows if row["value"] is not None]
    if not (ranked and known):
        return head
    high, low = ((str(r.get("area_name") or r["area"]), with_interval(r, caption))
                 for r in (known[0], known[-1]))  # fmt: skip
    return head + caption.say(
        f"最高为{high[0]} {high[1]}，最低为{low[0]} {low[1]}。",
        f"Highest: {high[0]} {high[1]}; lowest: {low[0]} {low[1]}.",
    )
