"""Maps from a user's GeoJSON, and tiles where there is none."""

from __future__ import annotations

import json
import re

import pytest

from renkou.core.errors import FiguresRefused
from renkou.publishing.chart_media import as_svg
from renkou.publishing.charts_map import area_map
from renkou.publishing.charts_tiles import tile_grid_map
from renkou.publishing.map_shapes import shapes_of, signed_area

from .charting import a_caption, a_row, rows_in

ROWS = [a_row("510101", 5.0), a_row("510102", 9.0), a_row("510103", None, note="分母不足 30")]


def square(x, y, size=0.2):
    """A ring counter-clockwise, as RFC 7946 wants an outer one."""
    return [[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]


def feature(code, *rings, **properties):
    return {"type": "Feature", "properties": {"adcode": code, **properties},
            "geometry": {"type": "Polygon", "coordinates": list(rings)}}  # fmt: skip


def collection(turned=False, codes=(510101, 510102, 510103)):
    rings = [square(103 + 0.2 * place, 30) for place in range(len(codes))]
    rings = [ring[::-1] if turned else ring for ring in rings]
    features = [feature(code, ring) for code, ring in zip(codes, rings, strict=True)]
    return {"type": "FeatureCollection", "features": features}


def test_rings_are_turned_as_the_drawing_wants_them_however_the_file_has_them():
    hole = square(103.05, 30.05, 0.05)
    for ring, inner in ((square(103, 30), hole), (square(103, 30)[::-1], hole[::-1])):
        (shape,) = shapes_of({"features": [feature(510101, ring, inner)]})
        outer, inner_ring = shape.polygons[0]
        assert signed_area(outer) < 0 < signed_area(inner_ring)


def test_a_map_is_the_same_whichever_way_its_rings_run_and_covers_no_globe():
    one, other = (
        as_svg(area_map(ROWS, collection(turned), a_caption())) for turned in (False, True)
    )
    places = [set(re.findall(r"[ML](-?[\d.]+),(-?[\d.]+)", drawn)) for drawn in (one, other)]
    assert places[0] == places[1]
    assert max(float(x) for x, _ in places[0]) < 1000
    paths = re.findall(r'aria-roledescription="geoshape"[^>]*d="([^"]*)"', one)
    assert len(paths) >= 3
    assert all(path.count("Z") == 1 and path.count("L") <= 8 for path in paths)


def test_what_has_no_partner_is_named_on_both_sides():
    rows = [*ROWS[:2], a_row("510199", 4.0, area_name="飞地区")]
    shapes = collection(codes=(510101, 510102, 999999))
    shapes["features"][2]["properties"]["name"] = "水库"
    picture = area_map(rows, shapes, a_caption())
    assert "地图上有、数据中没有的区域 1 个：水库。" in picture.notes
    assert "数据中有、地图上没有的地区 1 个：飞地区。" in picture.notes
    assert "飞地区" in as_svg(picture)


@pytest.mark.parametrize("code", ["510101", 510101, 510101.0, "510101000000"])
def test_codes_are_matched_however_the_file_writes_them(code):
    picture = area_map(ROWS[:1], collection(codes=(code,)), a_caption())
    assert not [note for note in picture.notes if "没有的" in note]


def test_areas_are_matched_by_name_where_the_map_has_no_codes():
    shapes = collection()
    for number, one in enumerate(shapes["features"], 1):
        one["properties"] = {"name": f"地区0{number}"}
    assert not [n for n in area_map(ROWS, shapes, a_caption()).notes if "没有的" in n]
    picture = area_map(ROWS, json.dumps(shapes), a_caption(), key="name")
    assert {row["class"] for row in rows_in(picture) if "geometry" in row} >= {"无数据"}


def test_a_map_without_approval_number_says_so():
    assert any("审图号" in note for note in area_map(ROWS, collection(), a_caption()).notes)
    picture = area_map(ROWS, collection(), a_caption(), map_source="某局，川S(2024)1号")
    assert "底图：某局，川S(2024)1号" in picture.notes


def _with(path, value):
    broken = json.loads(json.dumps(collection()))
    place = broken["features"][1]
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return broken


@pytest.mark.parametrize(
    ("geojson", "place"),
    [
        ("{not json", "geojson, line 1"),
        ("[]", "geojson.features"),
        ({"type": "FeatureCollection", "features": []}, "geojson.features"),
        (_with(["properties"], None), r"features\[1\].properties"),
        (_with(["properties", "adcode"], ""), "one of the properties code, adcode"),
        (_with(["geometry"], None), r"features\[1\].geometry.type"),
        (_with(["geometry", "type"], "Point"), "Polygon or MultiPolygon"),
        (_with(["geometry", "coordinates"], []), r"features\[1\].geometry"),
        (_with(["geometry", "coordinates"], [[[1, 2], [3, 4], [1, 2]]]), "at least four points"),
        (_with(["geometry", "coordinates"], [[["a", 2]] * 4]), "at least four points"),
        (_with(["geometry", "coordinates"], [square(11_500_000, 3_500_000)]), "degrees"),
        (collection(codes=(1, 2, 3)), "at least one shape"),
    ],
)
def test_a_map_that_cannot_be_read_is_refused_with_its_place(geojson, place):
    with pytest.raises(FiguresRefused, match=place) as refused:
        area_map(ROWS, geojson, a_caption())
    assert refused.value.zh


def test_a_named_property_that_a_feature_lacks_is_refused():
    with pytest.raises(FiguresRefused, match=r"properties\.gb"):
        area_map(ROWS, collection(), a_caption(), key="gb")


def test_tiles_stand_in_code_order_under_the_area_above():
    rows = [a_row(f"5101{c:02d}10{t}", 5.0 + t) for c in (2, 1) for t in (1, 0, 2)]
    picture = tile_grid_map(rows, a_caption(), parents={"510101": "东湖区"})
    tiles = list({(row["x"], row["y"]): row for row in rows_in(picture) if "x2" in row}.values())
    places = [(tile["x"], tile["y"]) for tile in tiles]
    assert places == sorted(places, key=lambda at: (at[0] > 155, at[1], at[0]))
    assert [tile["figure"] for tile in tiles] == ["5.00", "6.00", "7.00"] * 2
    heads = {row["name"] for row in rows_in(picture) if "x2" not in row}
    assert {"东湖区", "510102"} <= heads


@pytest.mark.parametrize("count", [1, 3, 31, 150])
def test_tiles_never_cover_one_another(count):
    rows = [a_row(str(510101100 + 1000 * (k % 7) + k), float(k)) for k in range(count)]
    tiles = {(r["x"], r["y"]): r for r in rows_in(tile_grid_map(rows, a_caption())) if "x2" in r}
    assert len(tiles) == count
    places = list(tiles.values())
    for one in places:
        near = [o for o in places if o is not one and o["x"] < one["x2"] and one["x"] < o["x2"]]
        assert all(o["y2"] <= one["y"] or one["y2"] <= o["y"] for o in near)


def test_a_tile_without_value_has_a_dash_and_the_reason_below():
    picture = tile_grid_map(ROWS, a_caption())
    assert ">–<" in as_svg(picture)
    assert "未公布 1 处：分母不足 30" in picture.notes


def test_too_many_tiles_are_refused():
    with pytest.raises(FiguresRefused, match="at most 150"):
        tile_grid_map([a_row(str(510101100 + k)) for k in range(151)], a_caption())
