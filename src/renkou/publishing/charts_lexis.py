"""A surface of rates over age and calendar time, with the lives of cohorts across it. Pure.

Source of the form: Lexis (1875); Vaupel, Gambill & Yashin (1987), Thousands of Data at a Glance.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt

from renkou.core.errors import FiguresRefused
from renkou.core.figures import months_of
from renkou.publishing.chart_rows import (
    ages_of,
    checked_rows,
    extremes,
    missing_notes,
    refuse_repeats,
    refuse_too_many,
    table_of,
    value_text,
)
from renkou.publishing.chart_style import (
    INK,
    MUTED,
    Caption,
    Chart,
    Picture,
    Row,
    inline,
    pictured,
)
from renkou.publishing.words import Words

MOST_CELLS = 12_000
_LONG, _TALL = 560, 540
_SEAM = 0.05  # cells overlap a little, so that no paper shows between them
_COHORTS = 10
_ZERO = "#f7f1d5"
_COLUMNS = ("period", "area_name", "sex", "age", "value", "note")


def lexis_heat_map(rows: Sequence[Row], caption: Caption) -> Picture:
    """Rates by age and year: colour on a log scale, diagonals for cohorts ten years apart.

    Parameters
    ----------
    rows : columns period (years), age, value; note where a value is not published; one area and
        sex. What has no value is hatched; zero, which has no logarithm, has a colour of its own.

    Raises
    ------
    FiguresRefused
        If a period is no year, a cell stands twice, a rate is negative, or cells are over 12,000.
    """
    read = checked_rows(rows, ("period", "age", "value"))
    read = [row for row in read if row["age"] != "all"]
    refuse_repeats(read, ("area", "sex", "period", "age"))
    refuse_repeats(read, ("period", "age"))
    cells = _cells(read, caption)
    empty = [cell for cell in cells if cell["value"] is None]
    return pictured(
        _layers(cells, caption),
        caption,
        width=_LONG,
        alt_text=_words(cells, read, caption),
        table=table_of(read, _COLUMNS, caption),
        notes=[*_form_notes(cells, caption), *missing_notes(read, caption, "▨"),
               *_absent_notes(len(empty) - sum(r["value"] is None for r in read), caption)],
    )  # fmt: skip


def _cells(rows: Sequence[Row], caption: Caption) -> list[dict[str, Any]]:
    """Every cell of the rectangle of ages and years; one without a row has no value."""
    years = [_year(place, row) for place, row in enumerate(rows)]
    ages = sorted({ages_of(row["age"], f"rows[{place}].age") for place, row in enumerate(rows)},
                  key=lambda one: one[0])  # fmt: skip
    span = range(min(years), max(years) + 1)
    refuse_too_many(
        Words("格", "cells"), len(span) * len(ages), MOST_CELLS,
        Words("请改用年龄组或较少年份", "draw age groups or fewer years"),
    )  # fmt: skip
    known = {(year, ages_of(row["age"])): row for year, row in zip(years, rows, strict=True)}
    bounds = _bounds(ages)
    return [
        _cell(year, age, bounds[age], known.get((year, age)), caption)
        for year in span
        for age in ages
    ]


def _year(place: int, row: Row) -> int:
    first, end = months_of(str(row["period"]))
    if end - first != 12:
        raise FiguresRefused(
            f"rows[{place}].period", row["period"], "a Lexis surface has whole years",
            "give yearly rates", zh="Lexis 图以整年为单位；请给出年度数据",
        )  # fmt: skip
    value = row["value"]
    if value is not None and value < 0:
        raise FiguresRefused(
            f"rows[{place}].value", f"{value:g}", "a rate is not negative, and colour is logarithmic",
            "draw rates, not differences", zh="率不得为负，颜色取对数；请绘制率而不是差值",
        )  # fmt: skip
    return first // 12


def _bounds(
    ages: Sequence[tuple[int, int | None]],
) -> dict[tuple[int, int | None], tuple[int, int]]:
    width = (ages[-2][1] or 0) - ages[-2][0] if len(ages) > 1 else 1
    return {age: (age[0], age[1] if age[1] is not None else age[0] + max(width, 1)) for age in ages}


def _cell(
    year: int,
    age: tuple[int, int | None],
    bounds: tuple[int, int],
    row: Row | None,
    caption: Caption,
) -> dict[str, Any]:
    label = f"{age[0]}+" if age[1] is None else str(age[0])
    if age[1] is not None and age[1] - age[0] > 1:
        label = f"{age[0]}–{age[1] - 1}"
    return {
        "year": year, "after": year + 1 + _SEAM, "age": label,
        "young": bounds[0], "old": bounds[1] + _SEAM * (bounds[1] - bounds[0]),
        "value": row["value"] if row else None,
        "text": value_text(row, caption) if row else caption.say("没有数据", "no data"),
    }  # fmt: skip


def _layers(cells: Sequence[dict[str, Any]], caption: Caption) -> Chart:
    first, last = cells[0]["year"], cells[-1]["year"] + 1
    young, old = (round(one) for one in (cells[0]["young"], max(c["old"] for c in cells)))
    width, height = _size(last - first, old - young)
    x = alt.X("year:Q", title=None, scale=alt.Scale(domain=[first, last], nice=False),
              axis=alt.Axis(format="d", tickCount=max(2, int(width / 60)), tickMinStep=1, grid=False,
                            labelFlush=False))  # fmt: skip
    y = alt.Y("young:Q", title=caption.say("年龄", "Age"),
              scale=alt.Scale(domain=[young, old], nice=False),
              axis=alt.Axis(tickCount=10, tickMinStep=1, grid=False))  # fmt: skip
    base = [_rates(cells, x, y, caption), *_zeros(cells, x, y)]
    hatch = _hatching(cells)
    return alt.layer(
        *base, *([_lines(hatch, MUTED, 0.7)] if hatch else []),
        *_cohorts(first, last, young, old),
    ).properties(width=width, height=height)  # fmt: skip


def _size(years: int, ages: int) -> tuple[float, float]:
    """Width and height: one year as long on both axes, where that leaves the picture legible."""
    unit = min(_LONG / years, _TALL / ages)
    width = max(unit * years, 360.0)
    return width, min(max(unit * ages, 160.0), width)


def _rates(cells: Sequence[dict[str, Any]], x: alt.X, y: alt.Y, caption: Caption) -> Chart:
    colour = alt.Color(
        "value:Q",
        scale=alt.Scale(type="log", scheme="viridis", reverse=True, nice=False),
        legend=alt.Legend(orient="right", gradientLength=200, tickCount=5, format="~g", titleLimit=90,
                          offset=46, titleFontWeight="normal",
                          title=caption.say("对数色阶", "log scale")),
    )  # fmt: skip
    tips = [alt.Tooltip("year:Q", title=caption.say("年", "year")),
            alt.Tooltip("age:N", title=caption.say("年龄", "age")),
            alt.Tooltip("text:N", title=" ")]  # fmt: skip
    shown = [cell for cell in cells if cell["value"]]
    return (
        alt.Chart(inline(shown))
        .mark_rect(clip=True, aria=False)
        .encode(x=x, x2="after:Q", y=y, y2="old:Q", color=colour, tooltip=tips)
    )


def _zeros(cells: Sequence[dict[str, Any]], x: alt.X, y: alt.Y) -> list[Chart]:
    drawn = []
    for colour, wanted in ((_ZERO, 0), ("white", None)):
        some = [cell for cell in cells if cell["value"] == wanted]
        if some:
            mark = alt.Chart(inline(some)).mark_rect(color=colour, clip=True)
            drawn.append(
                mark.encode(
                    x=x, x2="after:Q", y=y, y2="old:Q", tooltip=alt.Tooltip("text:N", title=" ")
                )
            )
    return drawn


def _hatching(cells: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Three parallel lines across each cell without value."""
    lines = []
    for cell in (cell for cell in cells if cell["value"] is None):
        height = cell["old"] - cell["young"]
        for shift in (-0.5, 0.0, 0.5):
            start, end = max(0.0, shift), min(1.0, 1.0 + shift)
            lines.append({
                "x": cell["year"] + start, "y": cell["young"] + height * (start - shift),
                "x2": cell["year"] + end, "y2": cell["young"] + height * (end - shift),
            })  # fmt: skip
    return lines


def _lines(rows: Sequence[Row], colour: str, width: float) -> Chart:
    mark = alt.Chart(inline(rows)).mark_rule(color=colour, strokeWidth=width, clip=True)
    return mark.encode(x="x:Q", x2="x2:Q", y="y:Q", y2="y2:Q")


def _cohorts(first: int, last: int, young: int, old: int) -> list[Chart]:
    """Lives of those born at the beginning of every tenth year, as far as the picture shows them."""
    rows = []
    for born in range((first - old) // _COHORTS * _COHORTS, last, _COHORTS):
        start, end = max(first, born + young), min(last, born + old)
        if end - start >= 1:
            row = {"x": start, "y": start - born, "x2": end, "y2": end - born}
            rows.append({**row, "born": f"{born}" if end == last else ""})
    if not rows:
        return []
    names = alt.Chart(inline(rows)).mark_text(align="left", fontSize=10, color=MUTED, dx=3)
    return [_lines(rows, INK, 1.6), _lines(rows, "white", 0.8),
            names.encode(x="x2:Q", y="y2:Q", text="born:N")]  # fmt: skip


def _form_notes(cells: Sequence[dict[str, Any]], caption: Caption) -> list[str]:
    notes = [
        caption.say("斜线：每隔十年出生的人，右端为出生年份；颜色取对数。",
                    "Diagonals: people born every tenth year, named at the right; colour is logarithmic.")
    ]  # fmt: skip
    if any(cell["value"] == 0 for cell in cells):
        notes.append(caption.say("浅黄：率为 0。", "Pale yellow: a rate of 0."))
    return notes


def _absent_notes(count: int, caption: Caption) -> list[str]:
    return [caption.say(f"▨ 没有数据 {count} 格", f"▨ No data, {count} cells")] if count else []


def _words(cells: Sequence[dict[str, Any]], rows: Sequence[Row], caption: Caption) -> str:
    first, last = cells[0]["year"], cells[-1]["year"]
    young, old = cells[0]["age"], cells[-1]["age"]
    head = caption.say(
        f"Lexis 图：{caption.title}，{first}年至{last}年，{young} 至 {old} 岁。",
        f"Lexis surface: {caption.title}, {first} to {last}, ages {young} to {old}. ",
    )
    return head + extremes(rows, caption)
