"""Which chart fits which indicator, curves by age, and every kind in every medium."""

from __future__ import annotations

import pytest

from renkou.core.errors import FiguresRefused, ReleaseRefused, UsageError
from renkou.core.figures import FIGURE_COLUMNS, Sensitivity
from renkou.publishing.chart_media import as_html, as_png, as_svg
from renkou.publishing.chart_registry import ChartKind, Extras, chart_for, kinds_for
from renkou.publishing.charts_age import age_curve

from .charting import a_caption, a_definition, a_row, by_age, ranked_rows, rows_in
from .test_statistical_charts_maps import collection
from .test_statistical_charts_media import in_the_browser
from .test_statistical_charts_surfaces import limits

COUNT = a_definition(id="usual_residents", denominator_zh="", denominator_en="", decimals=0, unit_zh="人",
                     unit_en="people", group="population")  # fmt: skip
RATE = a_definition()
FERTILITY = a_definition(id="tfr", zh="总和生育率", sensitivity=Sensitivity.FERTILITY)
AGES = ("0-4", "5-9", "10-14")
SHAPES = {
    ChartKind.PYRAMID: (COUNT, by_age(a0_4=(5, 4), a5_9=(6, 5), a10_14=(4, 4)), Extras()),
    ChartKind.LEXIS: (
        RATE, [a_row(period=str(y), age=a, value=y % 7 + 1.0) for y in range(2019, 2025) for a in AGES],
        Extras(),
    ),
    ChartKind.AGES: (RATE, [a_row(age=a, value=5.0 + n) for n, a in enumerate(AGES)], Extras()),
    ChartKind.SERIES: (RATE, [a_row(period=str(y)) for y in (2022, 2023, 2024)], Extras()),
    ChartKind.RANKED: (RATE, ranked_rows([5.0, 9.0, None, 7.0]), Extras(reference=7.0)),
    ChartKind.AREAS: (FERTILITY, ranked_rows([5.0, 9.0, None, 7.0]), Extras()),
    ChartKind.FUNNEL: (
        FERTILITY, [a_row(f"51010{k}", 5.0 + k, denominator=600.0 + k) for k in range(5)],
        Extras(limits=limits(500, 2000), reference=7.0),
    ),
    ChartKind.MAP: (RATE, ranked_rows([5.0, 9.0, None]), Extras(geojson=collection())),
    ChartKind.TILES: (RATE, [a_row(f"51010{k}", 5.0 + k) for k in range(5)], Extras()),
}  # fmt: skip


@pytest.mark.parametrize("kind", [kind for kind in ChartKind if kind is not ChartKind.TILES])
def test_rows_of_each_shape_are_drawn_as_what_fits_them(kind):
    definition, rows, extras = SHAPES[kind]
    assert kinds_for(definition, rows, extras)[0] == kind


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", list(ChartKind))
def test_every_kind_says_what_it_shows_in_either_language(kind, language):
    definition, rows, extras = SHAPES[kind]
    picture = chart_for(
        definition, rows, source="版本 9", language=language, kind=kind, extras=extras
    )
    drawn = as_svg(picture)
    for words in (picture.caption.base, "版本 9", picture.caption.title):
        assert words in drawn
    assert picture.caption.title in picture.alt_text
    assert f"<desc>{picture.alt_text}</desc>" in drawn
    assert len(picture.rows) == len(rows)
    assert all(len(row) == len(picture.columns) for row in picture.rows)


@pytest.mark.parametrize("kind", list(ChartKind))
def test_every_kind_becomes_a_picture_and_a_page(kind):
    definition, rows, extras = SHAPES[kind]
    picture = chart_for(definition, rows, source="版本 9", kind=kind, extras=extras)
    assert as_png(picture, 1).startswith(b"\x89PNG")
    assert picture.alt_text in as_html(picture)


@pytest.mark.browser
@pytest.mark.parametrize("kind", list(ChartKind))
def test_every_kind_says_the_same_when_the_page_comes_alive(kind, tmp_path):
    definition, rows, extras = SHAPES[kind]
    page = as_html(chart_for(definition, rows, source="版本 9", kind=kind, extras=extras))
    assert in_the_browser(page, tmp_path) == ["yes", "true", "true", "false"]


def test_fertility_is_ranked_by_no_way_round():
    rows = ranked_rows([5.0, 9.0, 7.0])
    assert ChartKind.RANKED not in kinds_for(FERTILITY, rows)
    assert ChartKind.RANKED in kinds_for(RATE, rows)
    with pytest.raises(ReleaseRefused, match="never ranked") as refused:
        chart_for(FERTILITY, rows, source="1", kind="ranked")
    assert refused.value.zh
    picture = chart_for(FERTILITY, rows, source="1")
    assert [row[0] for row in picture.rows] == ["510101", "510102", "510103"]


def test_counts_are_not_drawn_as_shades_of_a_map():
    rows, extras = ranked_rows([5.0, 9.0]), Extras(geojson=collection())
    assert ChartKind.MAP in kinds_for(RATE, rows, extras)
    assert ChartKind.MAP not in kinds_for(COUNT, rows, extras)


def test_a_kind_that_does_not_fit_is_refused_with_those_that_do():
    with pytest.raises(UsageError, match="kinds that fit: series") as refused:
        chart_for(RATE, SHAPES[ChartKind.SERIES][1], source="1", kind="lexis")
    assert "可用的图：series" in refused.value.zh


def test_areas_are_compared_in_the_latest_period_for_both_sexes():
    rows = [a_row(f"51010{k}", 5.0, period=p, sex=s)
            for k in range(3) for p in ("2023", "2024") for s in ("both", "male")]  # fmt: skip
    picture = chart_for(RATE, rows, source="1", kind="areas")
    assert picture.caption.period == "2024年"
    assert len(picture.rows) == 3


def test_two_periods_of_a_pyramid_are_bars_and_outline():
    rows = by_age(a0_4=(5, 4), a5_9=(6, 5), a10_14=(4, 4))
    earlier = [{**row, "period": "2010"} for row in rows]
    picture = chart_for(COUNT, [*rows, *earlier], source="1")
    assert "轮廓线：2010年" in as_svg(picture)


def test_rows_of_the_catalogue_are_taken_as_they_are():
    row = {**dict.fromkeys(FIGURE_COLUMNS), **a_row(), "numerator": 3, "denominator": 400}
    assert chart_for(RATE, [row], source="1").rows


def test_a_curve_by_age_breaks_where_nothing_is_published():
    rows = [a_row(age=a, value=v) for a, v in zip(AGES, (5.0, None, 7.0), strict=True)]
    rows[1]["note"] = "分母不足 30"
    picture = age_curve(rows, a_caption())
    points = {row["at"]: row["value"] for row in rows_in(picture)}
    assert points == {2.5: 5.0, 7.5: None, 12.5: 7.0}
    assert picture.notes == ("未公布 1 处：分母不足 30",)


def test_death_rates_by_age_have_a_log_axis_and_fertility_rates_have_none():
    rows = [
        a_row(age=a, value=v, lower=None, upper=None)
        for a, v in zip(AGES, (0.1, 5.0, 90.0), strict=True)
    ]
    assert age_curve(rows, a_caption()).notes == ("纵轴取对数。",)
    assert not age_curve(rows, a_caption(sensitivity=Sensitivity.FERTILITY)).notes


def test_too_many_curves_are_refused():
    rows = [a_row(f"51010{k}", age=a) for k in range(7) for a in AGES]
    with pytest.raises(FiguresRefused, match="at most 6") as refused:
        age_curve(rows, a_caption())
    assert refused.value.zh
