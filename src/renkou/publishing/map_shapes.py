"""A user's GeoJSON as a chart can draw it: checked, matched to areas, wound as D3 wants. Pure.

D3 reads polygons on the sphere: an outer ring runs clockwise, a hole counter-clockwise, where RFC 7946
says the opposite. A ring wound the other way would cover the rest of the globe, so rings are turned.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from renkou.core.areas import short_code
from renkou.core.errors import FiguresRefused

JOINED_BY = ("code", "adcode", "area", "gb", "name")
_OPEN_RING = 4

Ring = list[list[float]]


@dataclass(frozen=True)
class Shape:
    """One area of the map: its code or name as the file has it, and its rings wound for D3."""

    key: str
    name: str
    polygons: tuple[tuple[Ring, ...], ...]

    def geometry(self) -> dict[str, Any]:
        """The shape as a GeoJSON geometry."""
        return {"type": "MultiPolygon", "coordinates": [list(rings) for rings in self.polygons]}


def shapes_of(geojson: str | Mapping[str, Any], key: str = "") -> list[Shape]:
    """Shapes of a FeatureCollection of polygons in longitude and latitude.

    Parameters
    ----------
    geojson : its text, or the object read from it
    key : the property that holds each area's code or name; where '' the first of code, adcode, area,
        gb, name that every feature has

    Raises
    ------
    FiguresRefused
        If it is no such collection, or coordinates are no degrees; names the feature.
    """
    collection = _read(geojson) if isinstance(geojson, str) else geojson
    features = collection.get("features") if isinstance(collection, Mapping) else None
    if not isinstance(features, Sequence) or isinstance(features, str) or not features:
        raise FiguresRefused(
            "geojson.features", None, "a map is a FeatureCollection with at least one feature",
            "export the areas as GeoJSON", zh="地图应为含有要素的 FeatureCollection；请将区划导出为 GeoJSON",
        )  # fmt: skip
    properties = [_properties(place, feature) for place, feature in enumerate(features)]
    chosen = key or _key_of(properties)
    return [
        Shape(_text(place, own, chosen), str(own.get("name") or ""), _polygons(place, feature))
        for place, (own, feature) in enumerate(zip(properties, features, strict=True))
    ]


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        at = f"line {error.lineno}" if isinstance(error, json.JSONDecodeError) else "text"
        raise FiguresRefused(
            f"geojson, {at}", None, "is JSON", "export the areas again, as GeoJSON in UTF-8",
            zh="不是合乎格式的 JSON；请重新导出为 UTF-8 的 GeoJSON",
        ) from None  # fmt: skip


def _properties(place: int, feature: Any) -> Mapping[str, Any]:
    found = feature.get("properties") if isinstance(feature, Mapping) else None
    if not isinstance(found, Mapping):
        raise FiguresRefused(
            f"geojson.features[{place}].properties", None, "every feature has properties",
            "add the area's code as a property", zh="每个要素应有属性；请加上区划代码",
        )  # fmt: skip
    return found


def _key_of(properties: Sequence[Mapping[str, Any]]) -> str:
    for name in JOINED_BY:
        if all(own.get(name) not in (None, "") for own in properties):
            return name
    raise FiguresRefused(
        "geojson.features", ", ".join(map(str, properties[0])) or "no property",
        f"every feature has one of the properties {', '.join(JOINED_BY)}",
        "name the property that holds the area's code",
        zh="要素缺少区划代码或名称属性；请指明哪一属性是区划代码",
    )  # fmt: skip


def _text(place: int, own: Mapping[str, Any], key: str) -> str:
    value = own.get(key)
    if value in (None, ""):
        raise FiguresRefused(
            f"geojson.features[{place}].properties.{key}", None, "every feature has the joining property",
            "fill it or name another property", zh="每个要素都应有用于对应的属性；请补上或指明另一属性",
        )  # fmt: skip
    return (
        str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()
    )


def _polygons(place: int, feature: Mapping[str, Any]) -> tuple[tuple[Ring, ...], ...]:
    where = f"geojson.features[{place}].geometry"
    geometry = feature.get("geometry")
    kind = geometry.get("type") if isinstance(geometry, Mapping) else None
    if kind not in ("Polygon", "MultiPolygon") or not isinstance(geometry, Mapping):
        raise FiguresRefused(
            f"{where}.type", kind, "an area is a Polygon or MultiPolygon", "leave out points and lines",
            zh="区域应为 Polygon 或 MultiPolygon；请去掉点和线",
        )  # fmt: skip
    coordinates = geometry.get("coordinates")
    parts: Any = [coordinates] if kind == "Polygon" else coordinates
    if not isinstance(parts, Sequence) or not parts or not all(parts):
        raise _no_ring(where, None)
    return tuple(
        tuple(
            rewound(_ring(f"{where}.coordinates", ring), outer=number == 0)
            for number, ring in enumerate(polygon)
        )
        for polygon in parts
    )


def _ring(where: str, ring: Any) -> Ring:
    try:
        points = [[float(point[0]), float(point[1])] for point in ring]
    except (TypeError, ValueError, IndexError, KeyError):
        raise _no_ring(where, None) from None
    if len(points) < _OPEN_RING or points[0] != points[-1]:
        raise _no_ring(where, f"{len(points)} points")
    for x, y in points:
        if not (abs(x) <= 180 and abs(y) <= 90):  # also refuses NaN
            raise FiguresRefused(
                where, f"{x:g}, {y:g}", "coordinates are longitude and latitude in degrees",
                "convert the map to CGCS2000 or WGS 84 degrees",
                zh="坐标应为经纬度（度）；请转换为 CGCS2000 或 WGS 84 经纬度",
            )  # fmt: skip
    return points


def _no_ring(where: str, found: str | None) -> FiguresRefused:
    return FiguresRefused(
        where, found, "a ring is at least four points, the last like the first",
        "repair the map's geometry", zh="环应至少有四个点且首尾相同；请修复地图几何",
    )  # fmt: skip


def rewound(ring: Ring, *, outer: bool) -> Ring:
    """The ring clockwise where it is outer, counter-clockwise where it is a hole.

    >>> rewound([[0, 0], [1, 0], [1, 1], [0, 0]], outer=True)
    [[0, 0], [1, 1], [1, 0], [0, 0]]
    """
    return ring if (signed_area(ring) < 0) is outer else ring[::-1]


def signed_area(ring: Ring) -> float:
    """Area in square degrees, above 0 where the ring runs counter-clockwise.

    >>> signed_area([[0, 0], [1, 0], [1, 1], [0, 0]])
    0.5
    """
    pairs = pairwise(ring)
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs) / 2


def matched(
    shapes: Sequence[Shape], areas: Mapping[str, str]
) -> tuple[list[str | None], list[str]]:
    """Code of the area of each shape, or None; and the codes that no shape has.

    A shape is matched by its code without filling zeros, else by its name where one area has it.
    """
    codes = {short_code(code): code for code in areas}
    names: dict[str, list[str]] = {}
    for code, name in areas.items():
        names.setdefault(name, []).append(code)
    found = []
    for shape in shapes:
        named = names.get(shape.key) or names.get(shape.name) or []
        found.append(codes.get(short_code(shape.key)) or (named[0] if len(named) == 1 else None))
    return found, [code for code in areas if code not in found]


def centre_of(shape: Shape) -> tuple[float, float]:
    """Longitude and latitude in the middle of the shape's largest part (centroid of its ring)."""
    ring = max((rings[0] for rings in shape.polygons), key=lambda one: abs(signed_area(one)))
    area = signed_area(ring)
    if not area:
        return ring[0][0], ring[0][1]
    x0, y0 = ring[0]
    x = y = 0.0
    for a, b in pairwise(ring):
        cross = (a[0] - x0) * (b[1] - y0) - (b[0] - x0) * (a[1] - y0)
        x += (a[0] + b[0] - 2 * x0) * cross
        y += (a[1] + b[1] - 2 * y0) * cross
    return x0 + x / (6 * area), y0 + y / (6 * area)


def extent_of(shapes: Sequence[Shape]) -> tuple[float, float, float, float]:
    """West, south, east and north of all shapes, degrees."""
    points = [point for shape in shapes for rings in shape.polygons for point in rings[0]]
    return (min(x for x, _ in points), min(y for _, y in points),
            max(x for x, _ in points), max(y for _, y in points))  # fmt: skip


def aspect_of(extent: tuple[float, float, float, float]) -> float:
    """Height over width of an extent, with degrees of longitude as short as they are there."""
    west, south, east, north = extent
    wide = (east - west) * math.cos(math.radians((south + north) / 2))
    return (north - south) / wide if wide else 1.0
