"""Fans, areas with intervals, pyramids of two years, scenarios compared: what their drawings hold."""

from __future__ import annotations

from dataclasses import asdict, replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renkou.core.errors import FiguresRefused
from renkou.core.figures import Sensitivity
from renkou.publishing.chart_media import as_svg
from renkou.publishing.chart_projections import (
    LINE_OF_TEXT,
    rounded_ends,
    rounding_unit,
    span_ticks,
    spread_apart,
    value_span,
)
from renkou.publishing.chart_style import contrast
from renkou.publishing.charts_area_intervals import area_intervals
from renkou.publishing.charts_fan import fan_chart
from renkou.publishing.charts_pyramid_years import five_year_ages, pyramid_then_and_now
from renkou.publishing.charts_scenarios import (
    _COMPONENTS,
    _OTHER,
    MOST_SCENARIOS,
    difference_bars,
    scenario_lines,
)
from renkou.publishing.projection_content import Comparison, caption_for
from renkou.publishing.projection_figures import ProjectionFigures
from renkou.publishing.projection_measures import MEASURES
from renkou.publishing.projection_pictures import projection_pictures

from .charting import a_caption, rows_in
from .projection_example import BASE, CITY, HISTORY, INFO, a_projection, ages, comparison, figures

FIGURES = ProjectionFigures(figures(), MEASURES)


def rows(measure, **chosen):
    return [asdict(one) for one in FIGURES.of(measure, **chosen)]


def a_row(area="01", year=2030, value=100.0, spread=10.0, **changes):
    limits = {"low80": value - spread, "high80": value + spread, "low95": value - 2 * spread,
              "high95": value + 2 * spread, "median": value}  # fmt: skip
    return {
        "area": area,
        "area_name": f"镇{area}",
        "year": year,
        "value": value,
        **limits,
        **changes,
    }


def counts(title="人数", **changes):
    return a_caption(title=title, unit="人", decimals=0, interval="", **changes)


def texts_of(picture):
    return {row["text"] for row in rows_in(picture) if "text" in row}


@pytest.fixture(scope="module")
def fan():
    caption = caption_for(INFO, MEASURES["population"], "2010—2055年")
    return fan_chart(rows("population", areas=[CITY]), caption, base_year=BASE, history=HISTORY,
                     scenario="中方案")  # fmt: skip


def test_a_fan_names_every_line_and_band_where_it_ends(fan):
    last = FIGURES.find("population", CITY, 2055)
    low, high = rounded_ends(last.low80, last.high80, 0)
    labels = texts_of(fan)
    assert {f"中方案 {last.value:,.0f}", f"中位数 {last.median:,.0f}"} <= labels
    assert {f"80%下限 {low:,}", f"80%上限 {high:,}"} <= labels
    assert "基期 2025年初" in labels
    assert '"legend": {"' not in fan.chart.to_json()
    assert "role-legend" not in as_svg(fan)


def test_a_fan_has_two_bands_and_begins_with_what_was(fan):
    layers = fan.chart.to_dict()["vconcat"][0]["vconcat"][0]["layer"]
    ends = [(one["encoding"]["y"]["field"], one["encoding"]["y2"]["field"])
            for one in layers if one["mark"]["type"] == "area"]  # fmt: skip
    assert ends == [("low95", "high95"), ("low80", "high80")]  # the wider lies below
    assert min(row["year"] for row in rows_in(fan) if "year" in row) == 2010
    # At the base year nothing is uncertain: the bands open from the value.
    first = next(r for r in rows_in(fan) if r.get("year") == BASE and r.get("low95") is not None)
    assert first["low95"] == first["high95"] == first["value"]


def test_the_labels_of_a_fan_do_not_cover_one_another(fan):
    low, high = value_span([row["value"] for row in rows_in(fan) if row.get("value")])
    places = sorted(row["at"] for row in rows_in(fan) if "bold" in row)
    assert len(places) == 6
    apart = [(b - a) * 300 / (high - low) for a, b in pairwise(places)]
    assert min(apart) > LINE_OF_TEXT - 3


def test_several_areas_have_a_chart_each_with_their_figures_in_the_title():
    points = ((2025, 90.0), (2026, 100.0))
    some = [a_row(area, year, value) for area in ("01", "02") for year, value in points]
    picture = fan_chart(some, counts(), base_year=2025, scenario="中方案")
    panels = picture.chart.to_dict()["vconcat"][0]["vconcat"][0]["concat"]
    assert [panel["title"]["text"] for panel in panels] == ["镇01", "镇02"]
    assert panels[0]["title"]["subtitle"] == ["2026年 100（80% 90–110）"]
    assert "各图纵轴不同" in " ".join(picture.chart.to_dict()["vconcat"][0]["title"]["subtitle"])


def test_a_run_without_chance_is_a_line_and_says_so():
    bare = [{"area": "01", "year": year, "value": float(year)} for year in (2025, 2026)]
    picture = fan_chart(bare, counts(), base_year=2025)
    assert "此方案没有计算区间。" in picture.notes
    assert '"type": "area"' not in picture.chart.to_json()


def test_english_is_said_on_request():
    picture = fan_chart([a_row(year=y) for y in (2025, 2026)], counts(language="en"), base_year=2025,
                        scenario="medium")  # fmt: skip
    assert {"medium 100", "80 % lower 90", "base: 1 January 2025"} <= texts_of(picture)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([a_row(low80=70.0, low95=80.0)], "limits stand in the order"),
        ([a_row(high95=float("inf"))], r"rows\[0\].high95"),
        ([a_row(), a_row()], "stands once"),
        ([a_row(f"{at:02d}") for at in range(41)], "at most 40"),
        ([], "at least one row"),
    ],
)
def test_a_fan_refuses_rows_it_cannot_draw(given, message):
    with pytest.raises(FiguresRefused, match=message) as refused:
        fan_chart(given, counts(), base_year=2030)
    assert refused.value.zh


def test_areas_stand_from_the_highest_down_and_end_in_their_figures():
    some = [a_row("01", value=50.0), a_row("02", value=80.0), a_row("03", value=60.0)]
    picture = area_intervals(some, counts())
    assert [line[0] for line in picture.rows] == ["镇02", "镇03", "镇01"]
    assert "80（80% 70–90）" in texts_of(picture)
    assert any("先后不能判定" in note for note in picture.notes)


def test_births_are_never_sorted_by_value():
    caption = replace(counts(), sensitivity=Sensitivity.FERTILITY)
    picture = area_intervals([a_row("01", value=50.0), a_row("02", value=80.0)], caption)
    assert [line[0] for line in picture.rows] == ["镇01", "镇02"]
    assert "不是排名" in " ".join(picture.notes)
    assert "最高" not in picture.alt_text


def test_an_area_stands_once_and_not_too_many_do():
    with pytest.raises(FiguresRefused, match="stands once"):
        area_intervals([a_row(), a_row(year=2031)], counts())
    with pytest.raises(FiguresRefused, match="at most 150"):
        area_intervals([a_row(f"{at:03d}") for at in range(151)], counts())


def of_year(year):
    return [row for row in ages() if row["year"] == year]


def test_a_pyramid_of_two_years_states_the_totals_and_marks_the_interval():
    total = asdict(FIGURES.find("population", CITY, 2045))
    caption = caption_for(INFO, MEASURES["population"], "2025年初与2045年初")
    picture = pyramid_then_and_now(of_year(2025), of_year(2045), caption, base_year=2025, later_year=2045,
                                   totals=total)  # fmt: skip
    sums = {sex: [sum(r["value"] for r in of_year(y) if r["sex"] == sex) for y in (2025, 2045)]
            for sex in ("male", "female")}  # fmt: skip
    spec = picture.chart.to_dict()["vconcat"][0]
    sides = spec["vconcat"][0]["hconcat"]
    titles = [side["title"]["text"] for side in sides]
    assert titles == [f"{word} {sums[sex][0]:,.0f} → {sums[sex][1]:,.0f}"
                      for word, sex in (("男", "male"), ("女", "female"))]  # fmt: skip
    said = " ".join(spec["title"]["subtitle"])
    assert f"{sums['male'][1] + sums['female'][1]:,.0f}（80% " in said
    assert "细横线：80%区间" in said
    kinds = [layer["mark"]["type"] for layer in sides[0]["layer"]]
    assert kinds == ["rect", "rule", "line"]
    assert sides[0]["layer"][0]["encoding"]["x"]["scale"]["domain"][1] == 0  # men to the left


def test_five_year_ages_add_up_and_have_no_intervals():
    groups = five_year_ages(of_year(2045))
    assert sum(one["value"] for one in groups) == sum(one["value"] for one in of_year(2045))
    picture = pyramid_then_and_now(five_year_ages(of_year(2025)), groups, counts(), base_year=2025,
                                   later_year=2045)  # fmt: skip
    side = picture.chart.to_dict()["vconcat"][0]["vconcat"][0]["hconcat"][1]
    assert [layer["mark"]["type"] for layer in side["layer"]] == ["rect", "line"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda some: [r for r in some if r["sex"] == "male"], "both sexes"),
        (lambda some: [r for r in some if r["age"] != 7], "without a gap"),
        (lambda some: [r for r in some if r["age"] < 100], "same groups"),
        (lambda some: [*some, some[0]], "stands once"),
    ],
)
def test_a_pyramid_refuses_ages_that_do_not_fit(change, message):
    with pytest.raises(FiguresRefused, match=message) as refused:
        pyramid_then_and_now(of_year(2025), change(of_year(2045)), counts(), base_year=2025,
                             later_year=2045)  # fmt: skip
    assert refused.value.zh


def test_scenarios_are_named_where_they_end():
    compared = comparison()
    picture = scenario_lines(compared.rows, compared.titles, counts(), base_year=BASE)
    ends = {row["scenario"]: row["value"] for row in compared.rows if row["year"] == 2055}
    wanted = {f"{title} {ends[name]:,.0f}" for name, title in compared.titles.items()}
    assert wanted <= texts_of(picture)
    assert picture.columns == ("年份", *compared.titles.values())
    with pytest.raises(FiguresRefused, match="has a title"):
        scenario_lines(compared.rows, {"medium": "中方案"}, counts(), base_year=BASE)


def test_of_many_scenarios_the_first_are_drawn_and_the_others_named():
    names = [f"plan_{at}" for at in range(MOST_SCENARIOS + 2)]
    some = [row for row in comparison().rows if row["scenario"] == "medium"]
    many = Comparison(
        {name: f"自拟{at}" for at, name in enumerate(names)},
        [{**row, "scenario": name} for name in names for row in some],
    )
    made = a_projection(figures=figures(), comparison=many, questions=[], ages=())
    [picture] = [one.picture for one in projection_pictures(made) if one.section == "comparison"]
    assert len(picture.columns) == 1 + MOST_SCENARIOS
    assert any("未画：自拟6、自拟7" in note for note in picture.notes)


def test_a_difference_is_stacked_from_components_that_sum_to_it():
    parts = [row for row in comparison().differences if row["scenario"] == "no_migration"]
    picture = difference_bars(parts, counts())
    last = parts[-1]
    pieces = [row for row in rows_in(picture) if row.get("right") == 2055.42]
    above = max(row["high"] for row in pieces)
    below = min(row["low"] for row in pieces)
    assert above + below == pytest.approx(last["difference"])
    assert f"合计 +{last['difference']:,.0f}" in texts_of(picture)
    assert "死亡" not in " ".join(texts_of(picture))  # it is zero in every year
    with pytest.raises(FiguresRefused, match="is the sum of") as refused:
        difference_bars([{**parts[-1], "fertility": 0}], counts())
    assert "各分项之和" in refused.value.zh


def test_the_colours_of_components_are_read_as_text():
    colours = [*(colour for _, colour in _COMPONENTS.values()), *_OTHER]
    assert min(contrast(colour, "#ffffff") for colour in colours) >= 4.4


many = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=12)


@given(many)
def test_places_spread_apart_keep_their_order_and_distance(places):
    moved = spread_apart(places, 5, -1e7, 1e7)
    order = sorted(range(len(places)), key=lambda at: places[at])
    inline = [moved[at] for at in order]
    assert all(b - a >= 5 - 1e-6 for a, b in pairwise(inline))
    assert sum(moved) == pytest.approx(sum(places), rel=1e-6, abs=1e-3)  # moved as little as may be


@given(many)
def test_an_axis_holds_all_values_between_round_ends(values):
    low, high = span = value_span(values)
    room = 1e-6 * (high - low)
    assert low - room <= min(values)
    assert max(values) <= high + room
    ticks = span_ticks(span)
    assert 2 <= len(ticks) <= 12
    assert (ticks[0], ticks[-1]) == (pytest.approx(low), pytest.approx(high))


@given(st.floats(0, 1e7), st.floats(0.5, 1e6), st.integers(0, 3))
def test_the_ends_of_an_interval_move_by_half_their_unit_at_most(low, width, decimals):
    unit = rounding_unit(low, low + width, decimals)
    ends = rounded_ends(low, low + width, decimals)
    assert abs(ends[0] - low) <= unit / 2 + 1e-6
    assert abs(ends[1] - low - width) <= unit / 2 + 1e-6
    assert unit <= max(width / 10, 10.0**-decimals) + 1e-9
