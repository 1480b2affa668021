"""Areas beside each other: dots with intervals, in code order or by rank. Pure.

Ranks are shown only with their intervals, and never of births, fertility or the sex ratio at birth.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt

from renkou.core.errors import FiguresRefused, ReleaseRefused
from renkou.core.figures import Sensitivity
from renkou.publishing.chart_rows import (
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
    BLUE,
    INK,
    MUTED,
    SAND,
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
_WIDTH, _RANKS = 330, 120
_LABEL = 150
_COLUMNS = ("area", "area_name", "period", "sex", "value", "lower", "upper", "rank", "rank_lower",
            "rank_upper", "note")  # fmt: skip
_FEW = 30
WHISKER, RANK_SPAN = "#6f8cab", "#7f8c9a"


def area_bars(rows: Sequence[Row], caption: Caption, *, reference: float | None = None) -> Picture:
    """One dot with its interval for each area, in the official order of codes.

    Parameters
    ----------
    rows : columns area, value; area_name, lower, upper, note where there are; one row for an area
    reference : a value for all together, drawn as a line

    Raises
    ------
    FiguresRefused
        If an area stands twice, or there are over 150.
    """
    read = _areas(rows)
    return _drawn(read, caption, reference, ranked=False)


def ranked_bars(
    rows: Sequence[Row], caption: Caption, *, reference: float | None = None
) -> Picture:
    """Areas from the highest value down, each with the interval of its value and of its rank.

    Parameters
    ----------
    rows : as for `area_bars`, with rank, rank_lower and rank_upper of each value

    Raises
    ------
    ReleaseRefused
        If the indicator is of births, fertility or the sex ratio at birth; `area_bars` shows it.
    FiguresRefused
        If a value has no rank interval.
    """
    if caption.sensitivity is Sensitivity.FERTILITY:
        raise ReleaseRefused(
            f"{caption.title}: births, fertility and the sex ratio at birth are never ranked; "
            "show the areas in code order (area_bars)",
            zh=f"{caption.title}：出生、生育和出生性别比不得排名；请按行政区划代码顺序显示（area_bars）",
        )
    read = _areas(rows)
    _refuse_bare_ranks(read)
    shown = sorted((r for r in read if r["value"] is not None), key=lambda r: r["rank"])
    return _drawn(
        [*shown, *(r for r in read if r["value"] is None)], caption, reference, ranked=True
    )


def _areas(rows: Sequence[Row]) -> list[dict[str, Any]]:
    read = checked_rows(rows, ("area", "value"))
    refuse_repeats(read, ("area",))
    refuse_too_many(
        Words("地区", "areas"),
        len(read),
        MOST_AREAS,
        Words("请选上一级地区的范围", "choose the areas of one parent"),
    )
    return sorted(read, key=lambda row: str(row["area"]))


def _refuse_bare_ranks(rows: Sequence[Row]) -> None:
    for place, row in enumerate(rows):
        ranks = [row["rank"], row["rank_lower"], row["rank_upper"]]
        if row["value"] is not None and None in ranks:
            raise FiguresRefused(
                f"rows[{place}].rank_lower", row["area"], "a rank is shown only with its interval",
                "compute rank, rank_lower and rank_upper, or use area_bars",
                zh="位次须连同其区间一起显示；请计算 rank、rank_lower、rank_upper，或改用 area_bars",
            )  # fmt: skip


def _drawn(
    rows: Sequence[dict[str, Any]], caption: Caption, reference: float | None, *, ranked: bool
) -> Picture:
    labels = {code: shortened(text, _LABEL, 12) for code, text in labels_of_areas(rows).items()}
    cells = [_cell(row, labels, caption) for row in rows]
    dots = _dots(cells, caption, reference)
    chart = alt.hconcat(dots, _rank_spans(cells, caption), spacing=14) if ranked else dots
    return pictured(
        chart,
        caption,
        width=int(_LABEL + _WIDTH + (_RANKS if ranked else 0)),
        alt_text=_words(rows, caption, ranked),
        table=table_of(rows, _COLUMNS, caption),
        notes=[*_rank_notes(ranked, caption), *missing_notes(rows, caption, "×"),
               *_reference_notes(reference, caption)],
    )  # fmt: skip


def _cell(row: Row, labels: dict[str, str], caption: Caption) -> dict[str, Any]:
    return {
        "area": str(row["area"]), "label": labels[str(row["area"])],
        "value": row["value"], "lower": row["lower"], "upper": row["upper"],
        "rank": row["rank"], "rank_lower": row["rank_lower"], "rank_upper": row["rank_upper"],
        "text": value_text(row, caption), "figure": caption.figure(row["value"]), "mark": "×",
    }  # fmt: skip


def _rows_axis(cells: Sequence[dict[str, Any]], shown: bool) -> alt.Y:
    order = [cell["area"] for cell in cells]
    chosen = "".join(f"datum.value == '{cell['area']}' ? {cell['label']!r} : " for cell in cells)
    axis = alt.Axis(domain=False, ticks=False, labelColor=INK, labelExpr=f"{chosen}''", labelLimit=0,
                    labelOverlap=False, grid=True, labelPadding=6)  # fmt: skip
    return alt.Y("area:N", sort=order, scale=alt.Scale(domain=order), title=None, axis=axis if shown else
                 alt.Axis(domain=False, ticks=False, labels=False, grid=True))  # fmt: skip


def _step(cells: Sequence[dict[str, Any]]) -> alt.Step:
    return alt.Step(22 if len(cells) <= _FEW else 16)


def _dots(cells: Sequence[dict[str, Any]], caption: Caption, reference: float | None) -> Chart:
    known = [c[n] for c in cells for n in ("value", "lower", "upper") if c[n] is not None]
    low, high = (
        min([*known, *_one(reference)], default=0.0),
        max([*known, *_one(reference)], default=1.0),
    )
    edge = (high - low) * 0.06 or abs(high) * 0.1 or 1.0
    floor = 0.0 if 0 <= low < 0.35 * high else low - edge
    x = alt.X("value:Q", title=caption.unit, scale=alt.Scale(domain=[floor, high + edge], nice=False),
              axis=value_axis(caption, high, tickCount=5, labelFlush=False, grid=False))  # fmt: skip
    y = _rows_axis(cells, shown=True)
    base = alt.Chart(inline(cells), width=_WIDTH, height=_step(cells)).encode(y=y)
    tips = [alt.Tooltip("label:N", title=""), alt.Tooltip("text:N", title="")]
    drawn = base.transform_filter("isValid(datum.value)")
    spans = drawn.transform_filter("isValid(datum.lower) && isValid(datum.upper)")
    layers = [
        spans.mark_rule(color=WHISKER, strokeWidth=2.2).encode(
            x=alt.X("lower:Q", title=None), x2="upper:Q", tooltip=tips),
        drawn.mark_circle(color=BLUE, size=52, opacity=1).encode(x=x, tooltip=tips),
        base.transform_filter("!isValid(datum.value)").mark_text(align="left", color=MUTED, x=4, fontSize=11)
        .encode(text=alt.Text("mark:N"), tooltip=tips),
    ]  # fmt: skip
    if reference is not None:
        line = alt.Chart(inline([{"at": reference}])).mark_rule(
            color=SAND, strokeWidth=1.5, strokeDash=[5, 3]
        )
        layers.insert(0, line.encode(x=alt.X("at:Q", title=None)))
    return alt.layer(*layers)


def _one(value: float | None) -> list[float]:
    return [] if value is None else [value]


def _rank_spans(cells: Sequence[dict[str, Any]], caption: Caption) -> Chart:
    ranks = [c["rank_upper"] for c in cells if c["rank_upper"] is not None]
    last = max(ranks, default=1.0)
    x = alt.X("rank_lower:Q", title=caption.say("位次及其区间", "rank and its interval"),
              scale=alt.Scale(domain=[0.5, last + 0.5], nice=False),
              axis=alt.Axis(tickCount=4, tickMinStep=1, format="d", grid=False))  # fmt: skip
    tips = [alt.Tooltip(f"{n}:N", title=t) for n, t in (("label", ""), ("rank", "rank"))]
    base = alt.Chart(inline([cell for cell in cells if cell["rank"] is not None]), width=_RANKS,
                     height=_step(cells)).encode(y=_rows_axis(cells, shown=False), tooltip=tips)  # fmt: skip
    span = base.mark_rule(color=RANK_SPAN, strokeWidth=6, strokeCap="round").encode(
        x=x, x2="rank_upper:Q"
    )
    dot = base.mark_tick(color=INK, thickness=2, height=10).encode(x=alt.X("rank:Q"))
    return alt.layer(span, dot)


def _rank_notes(ranked: bool, caption: Caption) -> list[str]:
    if not ranked:
        return [
            caption.say(
                "按行政区划代码顺序排列，不是排名。",
                "In the order of area codes, which is no ranking.",
            )
        ]
    return [caption.say("位次区间：95%；区间重叠的地区，先后不能判定。",
                        "Rank intervals: 95 %; where they overlap, the order is not known.")]  # fmt: skip


def _reference_notes(reference: float | None, caption: Caption) -> list[str]:
    if reference is None:
        return []
    value = caption.figure(reference)
    return [
        caption.say(
            f"虚线：全部地区合计 {value}{caption.unit}。",
            f"Dashed line: all areas together, {value} {caption.unit}.",
        )
    ]


def _words(rows: Sequence[Row], caption: Caption, ranked: bool) -> str:
    how = caption.say("按位次排列，附位次区间", "by rank, with rank intervals")
    if not ranked:
        how = caption.say("按代码顺序排列", "in code order")
    head = caption.say(
        f"点与区间图：{caption.title}，{caption.period}，{len(rows)} 个地区，{how}。",
        f"Dots with intervals: {caption.title}, {caption.period}; {len(rows)} areas, {how}. ",
    )
    return head + extremes(rows, caption)
