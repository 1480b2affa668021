"""The report's charts: one Altair definition for page (SVG) and documents (PNG). Pure.

Charts hold their own rows; text sizes are those of the printed page at the chart's natural width.
"""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt

from renkou.publishing.chart_media import as_png, svg
from renkou.publishing.chart_style import (
    BLUE,
    FADED,
    FEMALE,
    INK,
    MALE,
    MUTED,
    SAND,
    Chart,
    count_axis,
    house_style,
    inline,
    round_up,
)
from renkou.publishing.report_tables import EditionReport, Row
from renkou.publishing.words import SEXES, Words

__all__ = [
    "certainty_bars",
    "method_strip",
    "overlap_picture",
    "png",
    "population_bars",
    "pyramid",
    "svg",
]

METHOD_COLOURS = ("#1f4e79", "#5d8ab5", "#b8893b", "#8c1c13", "#b7bec8")
COLUMN_WIDTH = 380
MOST_SETS = 14
FEW_AREAS = 6

png = as_png


def pyramid(ages: Sequence[Row], language: str) -> Chart:
    """Population pyramid, male left; `ages` from youngest: age_group, male, female."""
    labels = {sex: words.in_language(language) for sex, words in SEXES.items()}
    rows = [
        {"age": row["age_group"], "sex": labels[sex], "people": row[sex], "at": sign * row[sex]}
        for row in ages
        for sex, sign in (("male", -1), ("female", 1))
    ]
    order = [row["age_group"] for row in reversed(ages)]
    top = round_up(max((row["people"] for row in rows), default=1))
    bars = (
        alt.Chart(inline(rows), width=COLUMN_WIDTH, height=17 * max(len(order), 1))
        .mark_bar(height={"band": 0.86})
        .encode(
            x=alt.X(
                "at:Q",
                title=Words("人", "people").in_language(language),
                scale=alt.Scale(domain=[-top, top]),
                axis=count_axis(language, tickCount=6),
            ),
            y=alt.Y("age:N", sort=order, title=None, axis=alt.Axis(domain=False, ticks=False)),
            color=alt.Color(
                "sex:N", scale=alt.Scale(domain=list(labels.values()), range=[MALE, FEMALE])
            ),
        )
    )
    middle = alt.Chart(inline([{"zero": 0}])).mark_rule(color="white", size=1.5).encode(x="zero:Q")
    return house_style(bars + middle)


def population_bars(areas: Sequence[Row], language: str) -> Chart:
    """Registered and usual-resident population of each area, paired bars."""
    names = {
        "registered_population": Words("户籍人口", "Registered").in_language(language),
        "usual_resident_population": Words("常住人口", "Usual-resident").in_language(language),
    }
    rows = [
        {"area": _said(row["area"], language), "base": label, "people": row[base]}
        for row in areas
        for base, label in names.items()
    ]
    bases = list(names.values())
    base = alt.Chart(inline(rows), width=COLUMN_WIDTH - 60).encode(
        x=alt.X("people:Q", title=None, axis=count_axis(language, tickCount=4)),
        y=alt.Y(
            "area:N",
            sort=[_said(row["area"], language) for row in areas],
            title=None,
            axis=alt.Axis(domain=False, ticks=False, labelColor=INK),
            scale=alt.Scale(paddingInner=0.35),
        ),
        yOffset=alt.YOffset("base:N", sort=bases),
    )
    colour = alt.Color("base:N", sort=bases, scale=alt.Scale(domain=bases, range=[SAND, BLUE]))
    bars = base.mark_bar().encode(color=colour)
    figures = base.mark_text(align="left", dx=4, fontSize=11, color=MUTED).encode(
        text=alt.Text("people:Q", format=",")
    )
    roomy = len(areas) <= FEW_AREAS
    return house_style((bars + figures).properties(height=alt.Step(24 if roomy else 15)))


def certainty_bars(bands: Sequence[Row], language: str) -> Chart:
    """Records by probability of belonging, on a square-root scale so that small bands show."""
    rows = [{"band": row["band"], "records": row["records"]} for row in bands]
    base = alt.Chart(inline(rows), width=COLUMN_WIDTH - 80, height=alt.Step(26)).encode(
        y=alt.Y(
            "band:N",
            sort=[row["band"] for row in rows],
            title=None,
            axis=alt.Axis(domain=False, ticks=False, labelColor=INK),
        ),
        x=alt.X(
            "records:Q",
            scale=alt.Scale(type="sqrt"),
            title=Words("记录（平方根刻度）", "records (square-root scale)").in_language(language),
            axis=count_axis(language, tickCount=4),
        ),
    )
    bars = base.mark_bar(color=BLUE, height={"band": 0.72})
    figures = base.mark_text(align="left", dx=4, fontSize=11, color=MUTED).encode(
        text=alt.Text("records:Q", format=",")
    )
    return house_style(bars + figures)


def method_strip(methods: Sequence[Row], language: str) -> Chart:
    """One bar of all records, divided by the ground on which each was joined."""
    rows = [
        {"method": _said(row["method"], language), "records": row["records"], "order": order}
        for order, row in enumerate(methods)
    ]
    colour = alt.Color(
        "method:N",
        sort=[row["method"] for row in rows],
        scale=alt.Scale(range=list(METHOD_COLOURS)),
        legend=alt.Legend(columns=3),
    )
    strip = (
        alt.Chart(inline(rows), width=COLUMN_WIDTH, height=34)
        .mark_bar(stroke="white")
        .encode(
            x=alt.X("records:Q", stack="normalize", title=None, axis=alt.Axis(format="%")),
            color=colour,
            order="order:Q",
        )
    )
    return house_style(strip)


def overlap_picture(report: EditionReport, language: str) -> Chart:
    """Which lists people stand in: a column for each combination, a dot for each list in it."""
    sizes = [{"list": _said(row["list"], language), "people": row["people"]}
             for row in report.list_sizes]  # fmt: skip
    order = [row["list"] for row in sizes]
    sets = [
        {
            "rank": rank,
            "people": row["people"],
            "members": [_said(m, language) for m in row["members"]],
        }
        for rank, row in enumerate(report.overlap_sets[:MOST_SETS])
    ]
    above = _set_bars(sets, language)
    below = alt.hconcat(_set_dots(sets, order), _list_bars(sizes, order, language), spacing=8)
    return house_style(alt.vconcat(above, below, spacing=4))


def _said(text: Words | str, language: str) -> str:
    return text.in_language(language) if isinstance(text, Words) else text


_SET_STEP = 45


def _set_x() -> alt.X:
    return alt.X("rank:O", axis=None, scale=alt.Scale(paddingInner=0.3, paddingOuter=0.2))


def _set_bars(sets: Sequence[Row], language: str) -> Chart:
    base = alt.Chart(inline(sets), width=_SET_STEP * len(sets), height=150).encode(
        x=_set_x(),
        y=alt.Y(
            "people:Q",
            title=Words("人数", "people").in_language(language),
            axis=count_axis(language, tickCount=4, domain=False, ticks=False),
        ),
    )
    figures = base.mark_text(dy=-7, fontSize=11).encode(text=alt.Text("people:Q", format=","))
    return base.mark_bar(color=BLUE) + figures


def _set_dots(sets: Sequence[Row], order: list[str]) -> Chart:
    cells = [
        {"rank": row["rank"], "list": name, "member": name in row["members"]}
        for row in sets
        for name in order
    ]
    spans = [_span(row, order) for row in sets]
    rows = alt.Y(
        "list:N",
        sort=order,
        scale=alt.Scale(domain=order),
        title=None,
        axis=alt.Axis(domain=False, ticks=False, labelColor=INK, grid=False),
    )
    width, height = _SET_STEP * len(sets), 26 * len(order)
    dots = (
        alt.Chart(inline(cells), width=width, height=height)
        .mark_circle(size=110, opacity=1)
        .encode(
            x=_set_x(),
            y=rows,
            color=alt.condition("datum.member", alt.value(BLUE), alt.value(FADED)),
        )
    )
    lines = (
        alt.Chart(inline(spans))
        .mark_rule(color=BLUE, size=2.5)
        .encode(x=_set_x(), y=alt.Y("first:N", sort=order), y2="last:N")
    )
    return dots + lines


def _span(row: Row, order: list[str]) -> Row:
    places = sorted(order.index(name) for name in row["members"] if name in order) or [0]
    return {"rank": row["rank"], "first": order[places[0]], "last": order[places[-1]]}


def _list_bars(sizes: Sequence[Row], order: list[str], language: str) -> Chart:
    base = alt.Chart(inline(sizes), width=225, height=26 * len(order)).encode(
        y=alt.Y("list:N", sort=order, axis=None),
        x=alt.X(
            "people:Q",
            title=Words("名册中的人数", "people in the list").in_language(language),
            axis=count_axis(language, tickCount=3),
            scale=alt.Scale(domainMax=1.3 * max((row["people"] for row in sizes), default=1)),
        ),
    )
    figures = base.mark_text(align="left", dx=4, fontSize=11, color=MUTED).encode(
        text=alt.Text("people:Q", format=",")
    )
    return base.mark_bar(color=SAND, height={"band": 0.6}) + figures
