"""Values as a few classes of colour, for maps and tiles. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import altair as alt

from renkou.publishing.chart_rows import extremes
from renkou.publishing.chart_style import CLASSES, RULE, Caption, Row, figure_text, text_width

EMPTY = "#f4f4f2"


def class_breaks(values: Sequence[float], decimals: int, most: int = len(CLASSES)) -> list[float]:
    """Round limits of at most `most` classes of one width that hold all values, ascending.

    >>> class_breaks([3.2, 7.9, 11.4], 1)
    [2.0, 4.0, 6.0, 8.0, 10.0, 12.0]
    >>> class_breaks([5.0, 5.0], 0)
    [5.0, 6.0]
    """
    low, high = min(values), max(values)
    least = 10.0**-decimals
    rough = max((high - low) / most, least * 0.999)
    power = 10.0 ** math.floor(math.log10(rough))
    for step in (m * p for p in (power, 10 * power) for m in (1, 2, 2.5, 5)):
        start = math.floor(low / step + 1e-9) * step
        count = max(1, math.ceil((high - start) / step - 1e-9))
        if step >= rough * 0.999 and count <= most:
            return [round(start + number * step, 10) for number in range(count + 1)]
    return [low, high]  # pragma: no cover  # ten times the step always suffices


def class_of(value: float | None, breaks: Sequence[float]) -> int:
    """Number of the class that holds a value; -1 where there is none. The last includes its end."""
    if value is None:
        return -1
    return min(sum(value >= limit for limit in breaks[1:]), len(breaks) - 2)


def class_legend(rows: Sequence[Row], caption: Caption) -> tuple[list[float], list[str], list[str]]:
    """Limits, labels and colours of the classes; the last is what has no value."""
    values = [row["value"] for row in rows if row["value"] is not None]
    breaks = class_breaks(values, caption.decimals) if values else [0.0, 1.0]
    count = len(breaks) - 1
    shift = (len(CLASSES) - count) / max(count - 1, 1) if count > 1 else 0
    colours = [CLASSES[round(number * (1 + shift))] for number in range(count)]
    figures = [figure_text(limit, min(caption.decimals, _decimals(breaks))) for limit in breaks]
    labels = [f"{low}–{high}" for low, high in pairwise(figures)]
    return breaks, [*labels, caption.say("无数据", "no value")], [*colours, EMPTY]


def _decimals(breaks: Sequence[float]) -> int:
    return next(
        (n for n in range(6) if all(abs(round(b, n) - b) < 1e-9 for b in breaks)),
        6,
    )


def class_colour(labels: Sequence[str], colours: Sequence[str]) -> alt.Color:
    """Colour of a class by its label."""
    columns = max(2, int(520 / (42 + max(text_width(label, 12) for label in labels))))
    legend = alt.Legend(columns=columns, symbolType="square", symbolSize=160, symbolStrokeColor=RULE,
                        symbolStrokeWidth=1, labelLimit=200)  # fmt: skip
    scale = alt.Scale(domain=list(labels), range=list(colours))
    return alt.Color("class:N", scale=scale, legend=legend, sort=list(labels))


def value_map_words(kind: str, rows: Sequence[Row], caption: Caption) -> str:
    """What a map or grid of areas shows, in words."""
    head = caption.say(
        f"{kind}：{caption.title}，{caption.period}，{len(rows)} 个地区。",
        f"{kind}: {caption.title}, {caption.period}; {len(rows)} areas. ",
    )
    return head + extremes(rows, caption)
