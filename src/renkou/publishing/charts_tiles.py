"""Areas as a compact grid of tiles, grouped by the area above, where there is no map. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from renkou.core.areas import short_code
from renkou.publishing.chart_classes import (
    class_colour,
    class_legend,
    class_of,
    value_map_words,
)
from renkou.publishing.chart_rows import (
    checked_rows,
    labels_of_areas,
    missing_notes,
    refuse_repeats,
    refuse_too_many,
    table_of,
    value_text,
)
from renkou.publishing.chart_style import (
    INK,
    RULE,
    Caption,
    Chart,
    Picture,
    Row,
    ink_on,
    inline,
    pictured,
    shortened,
)
from renkou.publishing.words import Words

MOST_TILES = 150
_ACROSS = 8
_WIDE, _TALL, _GAP, _HEAD, _BETWEEN = 72, 40, 3, 20, 12
_PAGE = _ACROSS * (_WIDE + _GAP) + _BETWEEN
_COLUMNS = ("area", "area_name", "period", "sex", "value", "lower", "upper", "note")


def tile_grid_map(
    rows: Sequence[Row], caption: Caption, *, parents: Mapping[str, str] | None = None
) -> Picture:
    """Values as coloured tiles, grouped by the area above and in code order within it.

    Parameters
    ----------
    rows : columns area, value; area_name, lower, upper, note where there are; one row for an area,
        at most 150
    parents : name of each area above by its code; its code stands where it is left out

    Raises
    ------
    FiguresRefused
        If an area stands twice or there are too many for one picture.
    """
    read = checked_rows(rows, ("area", "value"))
    refuse_repeats(read, ("area",))
    refuse_too_many(
        Words("地区", "areas"), len(read), MOST_TILES,
        Words("请选上一级地区的范围", "choose the areas of one parent"),
    )  # fmt: skip
    read = sorted(read, key=lambda row: str(row["area"]))
    tiles, heads, size = _laid_out(read, parents or {}, caption)
    return pictured(
        _drawn(tiles, heads, size, read, caption),
        caption,
        width=max(int(size[0]), 320),
        alt_text=value_map_words(caption.say("方格图", "Tile grid"), read, caption),
        table=table_of(read, _COLUMNS, caption),
        notes=[caption.say("方格按行政区划代码排列，不表示位置和大小。",
                           "Tiles stand in code order; their place and size mean nothing."),
               *missing_notes(read, caption)],
    )  # fmt: skip


def parent_code(code: str) -> str:
    """Code of the area above; '' above a province.

    >>> [parent_code(c) for c in ("510101102", "510101", "5101", "51")]
    ['510101', '5101', '51', '']
    """
    short = short_code(code)
    return short[: {12: 9, 9: 6, 6: 4, 4: 2}.get(len(short), 0)]


def _laid_out(
    rows: Sequence[dict[str, Any]], parents: Mapping[str, str], caption: Caption
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], tuple[float, float]]:
    """Tiles and heads with their places in pixels, and the size of the whole."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(parent_code(str(row["area"])), []).append(row)
    headed = len(groups) > 1
    labels = labels_of_areas(rows)
    tiles: list[dict[str, Any]] = []
    heads: list[dict[str, Any]] = []
    left = top = shelf = 0.0
    for code, group in groups.items():
        across = _columns(len(group), headed)
        if left and left + across * (_WIDE + _GAP) > _PAGE:
            left, top, shelf = 0.0, top + shelf + _BETWEEN, 0.0
        if headed:
            name = shortened(parents.get(code) or code, across * (_WIDE + _GAP) - 4, 12)
            heads.append({"x": left, "y": top + _HEAD / 2, "name": name})
        for number, row in enumerate(group):
            x = left + number % across * (_WIDE + _GAP)
            y = top + number // across * (_TALL + _GAP) + (_HEAD if headed else 0)
            tiles.append(_tile(row, x, y, labels, caption))
        left += across * (_WIDE + _GAP) + _BETWEEN
        shelf = max(shelf, tiles[-1]["y2"] - top)
    return tiles, heads, (max(tile["x2"] for tile in tiles), max(tile["y2"] for tile in tiles))


def _columns(count: int, headed: bool) -> int:
    """Tiles across in a group: nearly square as drawn, and the whole page where it is the only one."""
    wanted = math.ceil(math.sqrt(count * (1.0 if headed else 1.4)))
    return min(_ACROSS, max(2, wanted) if headed else max(3, wanted))


def _tile(
    row: Row, x: float, y: float, labels: Mapping[str, str], caption: Caption
) -> dict[str, Any]:
    name = str(row.get("area_name") or row["area"])
    return {
        "x": x, "x2": x + _WIDE, "y": y, "y2": y + _TALL, "middle": x + _WIDE / 2,
        "name_y": y + 13, "value_y": y + 29, "value": row["value"], "name": shortened(name, _WIDE - 4, 11),
        "figure": caption.figure(row["value"]), "full": labels[str(row["area"])],
        "text": value_text(row, caption),
    }  # fmt: skip


def _drawn(
    tiles: Sequence[dict[str, Any]],
    heads: Sequence[dict[str, Any]],
    size: tuple[float, float],
    rows: Sequence[Row],
    caption: Caption,
) -> Chart:
    breaks, labels, colours = class_legend(rows, caption)
    filled = []
    for tile in tiles:
        number = class_of(tile["value"], breaks)
        filled.append({**tile, "class": labels[number], "ink": ink_on(colours[number])})
    place = {"x": alt.X("x:Q", scale=alt.Scale(domain=[0, size[0]], nice=False), axis=None),
             "y": alt.Y("y:Q", scale=alt.Scale(domain=[size[1], 0], nice=False), axis=None)}  # fmt: skip
    tips = [alt.Tooltip("full:N", title=" "), alt.Tooltip("text:N", title=" ")]
    boxes = (
        alt.Chart(inline(filled))
        .mark_rect(stroke=RULE, strokeWidth=0.6)
        .encode(**place, x2="x2:Q", y2="y2:Q", color=class_colour(labels, colours), tooltip=tips)
    )
    layers = [boxes]
    for ink in dict.fromkeys(tile["ink"] for tile in filled):
        some = alt.Chart(inline([tile for tile in filled if tile["ink"] == ink]))
        layers += [
            _texts(some, "name_y", "name", 11, ink),
            _texts(some, "value_y", "figure", 12, ink),
        ]
    if heads:
        head = alt.Chart(inline(heads)).mark_text(
            align="left", fontSize=12, color=INK, fontWeight="bold"
        )
        layers.append(head.encode(**place, text="name:N"))
    return alt.layer(*layers).properties(width=size[0], height=size[1])


def _texts(base: Chart, y: str, field: str, size: int, ink: str) -> Chart:
    mark = base.mark_text(fontSize=size, color=ink)
    x, y_of = alt.X("middle:Q", axis=None), alt.Y(f"{y}:Q", axis=None)
    return mark.encode(x=x, y=y_of, text=f"{field}:N")
