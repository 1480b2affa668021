"""What the charts of projections share: rows read, figures in words, labels kept apart. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import altair as alt

from renkou.core.errors import FiguresRefused
from renkou.publishing.chart_rows import checked_rows, refuse_repeats
from renkou.publishing.chart_style import INK, MUTED, SMALL, Caption, Chart, Row, inline, value_axis
from renkou.publishing.words import Words

QUANTILES = ("median", "low80", "high80", "low95", "high95")
LINE_OF_TEXT = 15  # pixels that a label of one line needs
_TEXT_SHIFT = 8
COLUMN_WORDS = {
    "area_name": Words("区域", "Area"), "year": Words("年份", "Year"), "value": Words("方案值", "Scenario"),
    "median": Words("中位数", "Median"), "low80": Words("80%下限", "80 % lower"),
    "high80": Words("80%上限", "80 % upper"), "low95": Words("95%下限", "95 % lower"),
    "high95": Words("95%上限", "95 % upper"), "sex": Words("性别", "Sex"), "age": Words("年龄", "Age"),
}  # fmt: skip


def projected_rows(rows: Sequence[Row], needed: Sequence[str]) -> list[dict[str, Any]]:
    """Rows of one measure with value and quantiles as floats or None, in the order given.

    Raises
    ------
    FiguresRefused
        If there is no row, a column is missing, a figure is not finite, limits stand in disorder,
        or an area, year, sex and age stand twice.
    """
    read = checked_rows(rows, needed)
    for place, row in enumerate(read):
        for name in QUANTILES:
            row[name] = _finite(f"rows[{place}].{name}", row.get(name))
        _refuse_disorder(place, row)
        if "year" in row:
            row["year"] = int(row["year"])
    refuse_repeats(read, ("area", "year", "sex", "age"))
    return read


def _finite(place: str, value: Any) -> float | None:
    if value is None:
        return None
    if not math.isfinite(float(value)):
        raise FiguresRefused(
            place, repr(value), "is a finite number, or null", "write null or compute it again",
            zh="应为有限的数或空值；请改正",
        )  # fmt: skip
    return float(value)


def _refuse_disorder(place: int, row: Row) -> None:
    ends = [row[name] for name in ("low95", "low80", "high80", "high95") if row[name] is not None]
    if ends != sorted(ends):
        raise FiguresRefused(
            f"rows[{place}]", ends, "limits stand in the order low95, low80, high80, high95",
            "compute the limits again", zh="区间上下限颠倒，或80%区间超出95%区间；请重新计算",
        )  # fmt: skip


def rounding_unit(low: float, high: float, decimals: int) -> float:
    """What the ends of an interval are rounded to: a hundredth to a tenth of its width.

    >>> rounding_unit(1101.2, 1369.8, 0), rounding_unit(20480, 20531, 0), rounding_unit(43.12, 47.2, 1)
    (10, 1, 0.1)
    """
    least = 10.0**-decimals
    width = high - low
    unit = 10.0 ** (math.floor(math.log10(width)) - 1) if width > 0 else least
    unit = max(unit, least)
    return int(unit) if unit >= 1 else round(unit, decimals)


def rounded_ends(low: float, high: float, decimals: int) -> tuple[float, float]:
    """The ends of an interval with no more digits than its width carries, rounded to the nearest.

    >>> rounded_ends(1101.2, 1369.8, 0), rounded_ends(43.12, 47.2, 1)
    ((1100, 1370), (43.1, 47.2))
    """
    unit = rounding_unit(low, high, decimals)
    if unit >= 1:
        return round(low / unit) * unit, round(high / unit) * unit
    return round(low, decimals), round(high, decimals)


def interval_text(low: float | None, high: float | None, caption: Caption) -> str:
    """An interval as charts print it, '' where there is none."""
    if low is None or high is None:
        return ""
    ends = rounded_ends(low, high, caption.decimals)
    joint = caption.say("至", " to ") if ends[0] < 0 else "–"
    return joint.join(caption.figure(one) for one in ends)


def with_interval(row: Row, caption: Caption) -> str:
    """A value with its 80 % interval: 1,234（80% 1,100–1,370）."""
    value = caption.figure(row["value"])
    interval = interval_text(row["low80"], row["high80"], caption)
    if not interval:
        return value
    return caption.say(f"{value}（80% {interval}）", f"{value} (80 % {interval})")


def spread_apart(places: Sequence[float], least: float, low: float, high: float) -> list[float]:
    """Places moved as little as keeps neighbours `least` apart, within low and high where they fit.

    >>> spread_apart([10, 12, 50], 10, 0, 100)
    [6.0, 16.0, 50.0]
    >>> spread_apart([99, 100], 10, 0, 100.0)
    [90.0, 100.0]
    """
    order = sorted(range(len(places)), key=lambda at: places[at])
    # Blocks that touch are centred on the mean of what they hold (pool adjacent violators).
    blocks: list[list[float]] = []  # mean place of the first line, how many lines
    for at in order:
        blocks.append([float(places[at]), 1])
        while len(blocks) > 1 and blocks[-2][0] + least * blocks[-2][1] > blocks[-1][0]:
            (start, count), (later, more) = blocks[-2:]
            mean = (start * count + (later - least * count) * more) / (count + more)
            blocks[-2:] = [[mean, count + more]]
    moved = [start + least * step for start, count in blocks for step in range(int(count))]
    moved = _within(moved, least, low, high)
    found = [0.0] * len(places)
    for at, place in zip(order, moved, strict=True):
        found[at] = place
    return found


def _within(ascending: list[float], least: float, low: float, high: float) -> list[float]:
    """Ascending places pushed below `high` and then above `low`, still `least` apart."""
    low, high, ends = float(low), float(high), list(ascending)
    for at in range(len(ends) - 1, -1, -1):
        ends[at] = min(ends[at], high if at == len(ends) - 1 else ends[at + 1] - least)
    for at in range(len(ends)):
        ends[at] = max(ends[at], low if at == 0 else ends[at - 1] + least)
    return ends


def value_span(values: Sequence[float]) -> tuple[float, float]:
    """A round axis that holds the values, from zero where they are near enough to it.

    >>> value_span([120, 900]), value_span([132000, 186000]), value_span([-40, 10])
    ((0.0, 1000.0), (120000.0, 200000.0), (-40.0, 10.0))
    """
    low, high = min(values), max(values)
    if 0 <= low < 0.35 * high:
        low = 0.0
    least = 1e-6 * max(abs(low), abs(high))
    if high - low <= least:
        low, high = low - abs(low) / 2, high + (abs(high) / 2 or 1.0)
    step = _step(high - low)
    span = _rounded_out(low, high, step)
    while _step(span[1] - span[0]) > step:  # a rounded span may ask for longer steps, never shorter
        step = _step(span[1] - span[0])
        span = _rounded_out(low, high, step)
    return span


def _rounded_out(low: float, high: float, step: float) -> tuple[float, float]:
    return math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step


def span_ticks(span: tuple[float, float]) -> list[float]:
    """Round values along an axis, both ends among them.

    >>> span_ticks((0.0, 1000.0)), span_ticks((10.0, 35.0))
    ([0.0, 200.0, 400.0, 600.0, 800.0, 1000.0], [10.0, 15.0, 20.0, 25.0, 30.0, 35.0])
    """
    low, high = span
    step = _step(high - low)
    count = round((high - low) / step)
    return [round(low + step * number, 12) for number in range(count + 1)]


def span_axis(span: tuple[float, float], caption: Caption) -> alt.Axis:
    """The axis of values with a tick at each of `span_ticks`; Vega drops some beyond its own count."""
    ticks = span_ticks(span)
    widest = max(abs(span[0]), abs(span[1]))
    return value_axis(caption, widest, values=ticks, tickCount=len(ticks), labelOverlap=False)


def _step(width: float) -> float:
    power: float = 10.0 ** math.floor(math.log10(width / 4))
    return next(
        step * power for step in (1, 2, 2.5, 5, 10) if step * power >= width / 5 * (1 - 1e-9)
    )


def end_labels(
    entries: Sequence[tuple[float, str, str, bool]],
    at_year: float,
    span: tuple[float, float],
    height: float,
) -> list[Chart]:
    """Layers of labels right of the last year, each at its value, kept apart.

    Parameters
    ----------
    entries : value, text, colour, whether bold
    span, height : the vertical axis in values and in pixels
    """
    low, high = span
    scale = (high - low) / height
    pixels = [(value - low) / scale for value, *_ in entries]
    apart = spread_apart(pixels, LINE_OF_TEXT, 0, height)
    rows = [
        {
            "at_year": at_year,
            "at": low + place * scale,
            "text": text,
            "colour": colour,
            "bold": bold,
        }
        for place, (_, text, colour, bold) in zip(apart, entries, strict=True)
    ]
    layers = []
    for bold in (False, True):
        some = [row for row in rows if row["bold"] == bold]
        if some:
            mark = alt.Chart(inline(some)).mark_text(
                align="left", baseline="middle", dx=_TEXT_SHIFT, fontSize=12 if bold else SMALL,
                fontWeight="bold" if bold else "normal", limit=0,
            )  # fmt: skip
            layers.append(
                mark.encode(x="at_year:Q", y=alt.Y("at:Q"), text="text:N",
                            color=alt.Color("colour:N", scale=None, legend=None))
            )  # fmt: skip
    return layers


def base_year_layers(
    base_year: int, caption: Caption, *, labelled: bool = True, at_end: bool = False
) -> list[Chart]:
    """A dotted line at the base year with its name, which stands left of it near the chart's end."""
    mark = alt.Chart(inline([{"base": base_year, "text": base_year_words(base_year, caption)}]))
    rule = mark.mark_rule(color=MUTED, strokeDash=[2, 3], strokeWidth=1).encode(x="base:Q")
    if not labelled:
        return [rule]
    text = mark.mark_text(align="right" if at_end else "left", baseline="top", dx=-5 if at_end else 5,
                          y=1, color=MUTED, fontSize=SMALL)  # fmt: skip
    return [rule, text.encode(x="base:Q", text="text:N")]


def base_year_words(base_year: int, caption: Caption) -> str:
    """The base year as charts mark it."""
    return caption.say(f"基期 {base_year}年初", f"base: 1 January {base_year}")


def year_axis(years: Sequence[int], caption: Caption, most: int) -> alt.Axis:
    """Whole years, at most so many of them."""
    first, last = min(years), max(years)
    step = next(s for s in (1, 2, 5, 10, 20, 25, 50, 100) if (last - first) / s <= most - 1)
    round_years = [year for year in range(first, last + 1) if year % step == 0]
    inner = [y for y in round_years if min(y - first, last - y) >= 0.6 * step]
    ticks = [first, *inner, last] if last > first else [first]
    return alt.Axis(
        values=ticks, tickCount=len(ticks), format="d", grid=False, title=None, labelColor=MUTED
    )


def title_of_panel(name: str, words: str) -> alt.TitleParams:
    """Name of a small chart over its one line of words."""
    return alt.TitleParams(
        name, subtitle=[words], anchor="start", fontSize=13, subtitleFontSize=SMALL, color=INK,
        subtitleColor=MUTED, offset=4, subtitlePadding=2,
    )  # fmt: skip


def projected_table(
    rows: Sequence[Row], columns: Sequence[str], caption: Caption
) -> tuple[list[str], list[list[str]]]:
    """Heads and cells of the table that says what a chart of projections shows."""
    used = [name for name in columns if any(row.get(name) is not None for row in rows)]
    heads = [COLUMN_WORDS[name].in_language(caption.language) for name in used]
    return heads, [[_cell(name, row.get(name), caption) for name in used] for row in rows]


def _cell(name: str, value: Any, caption: Caption) -> str:
    if name in ("value", *QUANTILES):
        return caption.figure(value)
    return str(value)
