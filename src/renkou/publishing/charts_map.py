"""A value of each area on the user's own map. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from renkou.core.errors import FiguresRefused
from renkou.publishing.chart_classes import class_colour, class_legend, class_of, value_map_words
from renkou.publishing.chart_labels import centred_labels
from renkou.publishing.chart_rows import (
    checked_rows,
    labels_of_areas,
    missing_notes,
    refuse_repeats,
    table_of,
    value_text,
)
from renkou.publishing.chart_style import (
    MUTED,
    Caption,
    Chart,
    Picture,
    Row,
    ink_on,
    inline,
    pictured,
)
from renkou.publishing.map_shapes import (
    Shape,
    aspect_of,
    centre_of,
    extent_of,
    matched,
    shapes_of,
)

_WIDTH = 560
_COLUMNS = ("area", "area_name", "period", "sex", "value", "lower", "upper", "note")
_MOST_NAMED, _MOST_LABELLED = 8, 60


def area_map(
    rows: Sequence[Row],
    geojson: str | Mapping[str, Any],
    caption: Caption,
    *,
    key: str = "",
    map_source: str = "",
) -> Picture:
    """Values as classes of colour on the user's own map.

    Parameters
    ----------
    rows : columns area, value; area_name, lower, upper, note where there are; one row for an area
    geojson : a FeatureCollection of polygons, in degrees: its text or the object read from it
    key : property that holds the area's code or name; found by itself where ''
    map_source : source and approval number (审图号) of the map, shown under it

    What has no partner, on the map or in the rows, is named in the notes.

    Raises
    ------
    FiguresRefused
        If the map cannot be read, an area stands twice, or no shape has an area of the rows.
    """
    read = _areas(rows)
    shapes = shapes_of(geojson, key)
    codes, without = matched(shapes, {str(r["area"]): str(r.get("area_name") or "") for r in read})
    if not any(codes):
        raise FiguresRefused(
            "geojson", ", ".join(shape.key for shape in shapes[:3]),
            "at least one shape has the code or name of an area",
            "name the property that holds the code", zh="地图与数据没有共同的地区；请指明存放区划代码的属性",
        )  # fmt: skip
    notes = [*_unmatched(shapes, codes, without, labels_of_areas(read), caption),
             *_map_notes(map_source, caption), *missing_notes(read, caption)]  # fmt: skip
    return pictured(
        _map(shapes, codes, read, caption),
        caption,
        width=_WIDTH,
        alt_text=value_map_words(caption.say("地图", "Map"), read, caption),
        table=table_of(read, _COLUMNS, caption),
        notes=notes,
    )


def _areas(rows: Sequence[Row]) -> list[dict[str, Any]]:
    read = checked_rows(rows, ("area", "value"))
    refuse_repeats(read, ("area",))
    return sorted(read, key=lambda row: str(row["area"]))


def _map(
    shapes: Sequence[Shape], codes: Sequence[str | None], rows: Sequence[Row], caption: Caption
) -> Chart:
    extent = extent_of(shapes)
    height = min(max(_WIDTH * aspect_of(extent), 220), 620)
    breaks, labels, colours = class_legend(rows, caption)
    by_code = {str(row["area"]): row for row in rows}
    names = labels_of_areas(rows)
    features = [
        _feature(shape, by_code.get(code or ""), names.get(code or ""), caption)
        for shape, code in zip(shapes, codes, strict=True)
    ]
    for feature in features:
        number = class_of(feature["value"], breaks)
        feature.update({"class": labels[number], "ground": colours[number]})
    projection = alt.Projection(**_projection(extent))
    tips = [alt.Tooltip("name:N", title=" "), alt.Tooltip("text:N", title=" ")]
    drawn = (
        alt.Chart(inline(features))
        .mark_geoshape(stroke="white", strokeWidth=0.8)
        .encode(color=class_colour(labels, colours), tooltip=tips)
    )
    edges = alt.Chart(inline(features)).mark_geoshape(filled=False, stroke=MUTED, strokeWidth=0.5)
    texts = _names_on_map(shapes, features, extent, height)
    return alt.layer(drawn, edges, *texts).properties(
        width=_WIDTH, height=height, projection=projection
    )


def _feature(shape: Shape, row: Row | None, name: str | None, caption: Caption) -> dict[str, Any]:
    text = value_text(row, caption) if row else caption.say("数据中没有", "not in the data")
    return {
        "type": "Feature", "geometry": shape.geometry(), "name": name or shape.name or shape.key,
        "text": text, "value": row["value"] if row else None,
    }  # fmt: skip


def _projection(extent: tuple[float, float, float, float]) -> dict[str, Any]:
    """Equal areas with the least distortion for the extent: a cone, or near the equator a cylinder."""
    west, south, east, north = extent
    middle, sixth = (west + east) / 2, (north - south) / 6
    if abs(south + north) < 4:  # the cone would be a cylinder
        return {"type": "equalEarth", "rotate": [-middle, 0, 0]}
    return {"type": "conicEqualArea", "rotate": [-middle, 0, 0],
            "parallels": [south + sixth, north - sixth]}  # fmt: skip


def _names_on_map(
    shapes: Sequence[Shape],
    features: Sequence[Mapping[str, Any]],
    extent: tuple[float, float, float, float],
    height: float,
) -> list[Chart]:
    """Names that find room in the middle of their shapes; the others are at the pointer."""
    if len(shapes) > _MOST_LABELLED:
        return []
    west, south, east, north = extent
    centres = [centre_of(shape) for shape in shapes]
    pixels = [((x - west) / ((east - west) or 1) * _WIDTH, (north - y) / ((north - south) or 1) * height)
              for x, y in centres]  # fmt: skip
    found = centred_labels([f["name"] for f in features], pixels, (_WIDTH, height))
    rows = [
        {"longitude": x, "latitude": y, "name": feature["name"], "ground": feature["ground"]}
        for (x, y), feature, free in zip(centres, features, found, strict=True)
        if free
    ]
    return [layer for ground in dict.fromkeys(row["ground"] for row in rows)
            for layer in _names_on(ground, [row for row in rows if row["ground"] == ground])]  # fmt: skip


def _names_on(ground: str, rows: Sequence[dict[str, Any]]) -> list[Chart]:
    """Names on shapes of one colour, with a rim of it where they reach over the border."""
    texts = []
    for rim in (True, False):
        mark = alt.Chart(inline(rows)).mark_text(
            fontSize=11, color=ground if rim else ink_on(ground), stroke=ground if rim else None,
            strokeWidth=3 if rim else 0,
        )  # fmt: skip
        texts.append(mark.encode(longitude="longitude:Q", latitude="latitude:Q", text="name:N"))
    return texts


def _unmatched(
    shapes: Sequence[Shape],
    codes: Sequence[str | None],
    without: Sequence[str],
    names: Mapping[str, str],
    caption: Caption,
) -> list[str]:
    strange = [
        shape.name or shape.key for shape, code in zip(shapes, codes, strict=True) if not code
    ]
    notes = []
    if strange:
        some = _some(strange, caption)
        notes.append(caption.say(f"地图上有、数据中没有的区域 {len(strange)} 个：{some}。",
                                 f"On the map but not in the data, {len(strange)}: {some}."))  # fmt: skip
    if without:
        some = _some([names[code] for code in without], caption)
        notes.append(caption.say(f"数据中有、地图上没有的地区 {len(without)} 个：{some}。",
                                 f"In the data but not on the map, {len(without)}: {some}."))  # fmt: skip
    return notes


def _some(names: Sequence[str], caption: Caption) -> str:
    more = caption.say("等", " …") if len(names) > _MOST_NAMED else ""
    return caption.say("、", ", ").join(names[:_MOST_NAMED]) + more


def _map_notes(map_source: str, caption: Caption) -> list[str]:
    if map_source:
        return [caption.say(f"底图：{map_source}", f"Map: {map_source}")]
    return [caption.say("底图由使用者提供，未注明来源与审图号；公开前请补上。",
                        "The map has no source or approval number: add both before publishing.")]  # fmt: skip
