"""Scenarios side by side, and what makes one differ from another. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from renkou.core.errors import FiguresRefused
from renkou.publishing.chart_projections import (
    base_year_layers,
    end_labels,
    projected_rows,
    projected_table,
    span_axis,
    value_span,
    year_axis,
)
from renkou.publishing.chart_rows import refuse_repeats, refuse_too_many
from renkou.publishing.chart_style import (
    DASHES,
    INK,
    RULE,
    SERIES,
    Caption,
    Chart,
    Picture,
    Row,
    inline,
    pictured,
)
from renkou.publishing.words import Words

MOST_SCENARIOS = len(SERIES)
_WIDTH, _HEIGHT, _LABELS = 540, 300, 150
_COMPONENTS: Mapping[str, tuple[Words, str]] = {
    "fertility": (Words("生育", "fertility"), "#1f4e79"),
    "srb": (Words("出生人口性别比", "sex ratio at birth"), "#00796b"),
    "mortality": (Words("死亡", "mortality"), "#5b6674"),
    "migration": (Words("迁移", "migration"), "#c2571a"),
    "structure": (Words("年龄结构", "age structure"), "#8a6d00"),
    "base": (Words("基期人口", "base population"), "#6b6f00"),
    "interaction": (Words("交互", "interaction"), "#8c1c5a"),
}
_OTHER = ("#2e6e2e", "#4a4a8c", "#7a3b3b")


def scenario_lines(
    rows: Sequence[Row],
    titles: Mapping[str, str],
    caption: Caption,
    *,
    base_year: int,
    notes: Sequence[str] = (),
) -> Picture:
    """One line for each scenario of one measure and area, named where it ends.

    Parameters
    ----------
    rows : columns scenario, year, value of one area, measure, sex and age
    titles : names of the scenarios by id, in the order in which they are told apart; the first leads

    Raises
    ------
    FiguresRefused
        If a scenario has no title, there are over six, or rows are at fault.
    """
    read = projected_rows([{**row, "area": row.get("scenario")} for row in rows],
                          ("scenario", "year", "value"))  # fmt: skip
    refuse_too_many(Words("方案", "scenarios"), len({row["scenario"] for row in read}), MOST_SCENARIOS,
                    Words("请少选方案", "choose fewer"))  # fmt: skip
    for place, row in enumerate(read):
        if row["scenario"] not in titles:
            raise FiguresRefused(
                f"rows[{place}].scenario", row["scenario"], "a scenario has a title",
                "give its title", zh="方案没有名称；请给出名称",
            )  # fmt: skip
    return pictured(
        _lines(read, titles, caption, base_year),
        caption,
        width=_WIDTH + _LABELS,
        alt_text=_line_words(read, titles, caption),
        table=_scenario_table(read, titles, caption),
        notes=[*_zero_note(read, caption), *notes],
    )


def _lines(
    rows: Sequence[Row], titles: Mapping[str, str], caption: Caption, base_year: int
) -> Chart:
    years = sorted({row["year"] for row in rows})
    span = value_span([row["value"] for row in rows if row["value"] is not None])
    used = [name for name in titles if any(row["scenario"] == name for row in rows)]
    x = alt.X("year:Q", scale=alt.Scale(domain=[years[0], years[-1]], nice=False),
              axis=year_axis(years, caption, 8))  # fmt: skip
    y = alt.Y("value:Q", title=None, scale=alt.Scale(domain=list(span), nice=False, zero=False),
              axis=span_axis(span, caption))  # fmt: skip
    layers, ends = [], []
    for at, name in reversed(list(enumerate(used))):
        own = [row for row in rows if row["scenario"] == name]
        data = [_point(row, titles[name], caption) for row in own]
        line = alt.Chart(inline(data)).mark_line(
            color=SERIES[at], strokeDash=list(DASHES[at]), strokeWidth=2.6 if at == 0 else 1.8
        )
        layers.append(line.encode(x=x if at == 0 else "year:Q", y=y if at == 0 else "value:Q"))
        dots = alt.Chart(inline(data)).mark_circle(size=50, opacity=0)
        tips = [alt.Tooltip("text:N", title="")]
        layers.append(dots.encode(x="year:Q", y="value:Q", tooltip=tips))
        last = max(own, key=lambda row: row["year"])
        text = f"{titles[name]} {caption.figure(last['value'])}"
        ends.append((last["value"], text, SERIES[at], at == 0))
    if years[0] <= base_year <= years[-1]:
        layers += base_year_layers(base_year, caption)
    labels = end_labels(ends, years[-1], span, _HEIGHT)
    chart = alt.layer(*layers, *labels)
    return chart.properties(width=_WIDTH, height=_HEIGHT)


def _point(row: Row, title: str, caption: Caption) -> dict[str, Any]:
    text = f"{title} {row['year']}: {caption.figure(row['value'])}"
    return {"year": row["year"], "value": row["value"], "text": text}


def _zero_note(rows: Sequence[Row], caption: Caption) -> list[str]:
    if value_span([row["value"] for row in rows if row["value"] is not None])[0] <= 0:
        return []
    return [caption.say("纵轴不从零起。", "The vertical axis does not begin at zero.")]


def _scenario_table(
    rows: Sequence[Row], titles: Mapping[str, str], caption: Caption
) -> tuple[list[str], list[list[str]]]:
    used = [name for name in titles if any(row["scenario"] == name for row in rows)]
    values = {(row["year"], row["scenario"]): row["value"] for row in rows}
    years = sorted({row["year"] for row in rows})
    heads = [caption.say("年份", "Year"), *(titles[name] for name in used)]
    cells = [[str(y), *(caption.figure(values.get((y, name))) for name in used)] for y in years]
    return heads, cells


def _line_words(rows: Sequence[Row], titles: Mapping[str, str], caption: Caption) -> str:
    last = max(row["year"] for row in rows)
    ends = [
        f"{titles[row['scenario']]} {caption.figure(row['value'])}"
        for row in rows
        if row["year"] == last
    ]
    return caption.say(
        f"方案比较图：{caption.title}，{caption.period}。{last}年：{'，'.join(ends)}。",
        f"Scenarios compared: {caption.title}, {caption.period}. {last}: {', '.join(ends)}.",
    )


def difference_bars(
    rows: Sequence[Row],
    caption: Caption,
    *,
    components: Sequence[str] = ("fertility", "mortality", "migration", "structure"),
    notes: Sequence[str] = (),
) -> Picture:
    """The difference of two scenarios by year: bars of its components, a line for their sum.

    Parameters
    ----------
    rows : columns year, difference and one for each component, of two scenarios, one area and measure
    components : columns whose sum is the difference, drawn in this order from zero outwards

    Raises
    ------
    FiguresRefused
        If the components of a year do not sum to its difference (within half a unit for each).
    """
    read = projected_rows([{**row, "value": row.get("difference")} for row in rows],
                          ("year", *components))  # fmt: skip
    refuse_repeats(read, ("year",))
    read.sort(key=lambda row: row["year"])
    for place, row in enumerate(read):
        _refuse_sum(place, row, components, caption)
    used = [name for name in components if any(row[name] for row in read)]
    heads, cells = projected_table(read, ("year", "value"), caption)
    names = [component_words(name, caption) for name in used]
    return pictured(
        _bars(read, used, caption),
        caption,
        width=_WIDTH + _LABELS,
        alt_text=_difference_words(read, used, caption),
        table=(
            [heads[0], caption.say("差", "Difference"), *names],
            [[*line, *(caption.figure(row[name]) for name in used)]
             for line, row in zip(cells, read, strict=True)],
        ),
        notes=list(notes),
    )  # fmt: skip


def component_words(name: str, caption: Caption) -> str:
    """A component's name; the key itself where it is not known."""
    if name not in _COMPONENTS:
        return name
    return _COMPONENTS[name][0].in_language(caption.language)


def _colour(name: str, at: int) -> str:
    return _COMPONENTS[name][1] if name in _COMPONENTS else _OTHER[at % len(_OTHER)]


def _refuse_sum(place: int, row: Row, components: Sequence[str], caption: Caption) -> None:
    total = sum(float(row[name]) for name in components)
    room = 0.5 * (len(components) + 1) * 10.0**-caption.decimals
    if row["value"] is None or abs(total - row["value"]) > room:
        raise FiguresRefused(
            f"rows[{place}].difference", row["value"],
            f"is the sum of {', '.join(components)} = {total:g}", "name every component",
            zh="差应等于各分项之和；请列出全部分项",
        )  # fmt: skip


def _bars(rows: Sequence[Row], used: Sequence[str], caption: Caption) -> Chart:
    pieces = [piece for row in rows for piece in _stack(row, used, caption)]
    ends = [p[end] for p in pieces for end in ("low", "high")]
    span = value_span([*ends, *(row["value"] for row in rows), 0.0])
    years = [row["year"] for row in rows]
    x = alt.X("left:Q", axis=year_axis(years, caption, 8),
              scale=alt.Scale(domain=[years[0] - 0.5, years[-1] + 0.5], nice=False))  # fmt: skip
    y = alt.Y("low:Q", title=None, axis=span_axis(span, caption),
              scale=alt.Scale(domain=list(span), nice=False, zero=False))  # fmt: skip
    bars = alt.Chart(inline(pieces)).mark_rect(stroke="white", strokeWidth=0.4)
    tips = [alt.Tooltip("text:N", title="")]
    colour = alt.Color("colour:N", scale=None, legend=None)
    zero = alt.Chart(inline([{"zero": 0}])).mark_rule(color=RULE).encode(y="zero:Q")
    total = alt.Chart(inline([{"left": r["year"], "low": r["value"]} for r in rows]))
    layers = [
        bars.encode(x=x, x2="right:Q", y=y, y2="high:Q", color=colour, tooltip=tips),
        zero,
        total.mark_line(color=INK, strokeWidth=1.6, point={"color": INK, "size": 18})
        .encode(x="left:Q", y="low:Q"),
    ]  # fmt: skip
    labels = end_labels(_last_labels(rows[-1], used, caption), years[-1] + 0.5, span, _HEIGHT)
    chart = alt.layer(*layers, *labels)
    return chart.properties(width=_WIDTH, height=_HEIGHT)


def _stack(row: Row, used: Sequence[str], caption: Caption) -> list[dict[str, Any]]:
    """Components of one year, gains stacked above zero and losses below."""
    above = below = 0.0
    pieces = []
    for at, name in enumerate(used):
        value = float(row[name])
        start = above if value >= 0 else below
        if value >= 0:
            above += value
        else:
            below += value
        words = f"{row['year']} {component_words(name, caption)} {caption.figure(value)}"
        pieces.append({
            "left": row["year"] - 0.42, "right": row["year"] + 0.42, "low": min(start, start + value),
            "high": max(start, start + value), "colour": _colour(name, at), "text": words,
            "name": name,
        })  # fmt: skip
    return pieces


def _last_labels(
    row: Row, used: Sequence[str], caption: Caption
) -> list[tuple[float, str, str, bool]]:
    """Each component beside its piece of the last year, and their sum."""
    entries = [
        ((piece["low"] + piece["high"]) / 2,
         f"{component_words(piece['name'], caption)} {_signed(row[piece['name']], caption)}",
         piece["colour"], False)
        for piece in _stack(row, used, caption)
    ]  # fmt: skip
    text = f"{caption.say('合计', 'difference')} {_signed(row['value'], caption)}"
    return [*entries, (row["value"], text, INK, True)]


def _signed(value: float, caption: Caption) -> str:
    text = caption.figure(value)
    return f"+{text}" if value > 0 and text.strip("0.,") else text


def _difference_words(rows: Sequence[Row], used: Sequence[str], caption: Caption) -> str:
    last = rows[-1]
    parts = [f"{component_words(name, caption)} {_signed(last[name], caption)}" for name in used]
    return caption.say(
        f"差异分解图：{caption.title}，{caption.period}。{last['year']}年相差 "
        f"{_signed(last['value'], caption)}：{'，'.join(parts)}。",
        f"Difference by component: {caption.title}, {caption.period}. {last['year']}: "
        f"{_signed(last['value'], caption)}: {', '.join(parts)}.",
    )
