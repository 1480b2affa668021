"""Charts show what they are given, in either language."""

from __future__ import annotations

import re

import pytest

from renkou.publishing.charts import overlap_picture, png, population_bars, pyramid, svg
from renkou.publishing.words import Words

from .example import example_report


def test_men_stand_left_and_women_right():
    chart = pyramid([{"age_group": "0–4", "male": 3, "female": 2}], "zh").to_dict()
    values = next(rows for rows in chart["datasets"].values() if len(rows) == 2)
    assert {row["sex"]: row["at"] for row in values} == {"男": -3, "女": 2}


@pytest.mark.parametrize(("language", "word"), [("zh", "常住人口"), ("en", "Usual-resident")])
def test_both_bases_are_named_in_the_legend(language, word):
    assert word in svg(population_bars(example_report().tables["population"], language), "p")


@pytest.mark.parametrize(("language", "word"), [("zh", "未能对应"), ("en", "Area not resolved")])
def test_people_of_no_known_area_have_a_bar_of_their_own(language, word):
    unresolved = Words("未能对应", "Area not resolved")
    rows = [{"area": unresolved, "registered_population": 5, "usual_resident_population": 4}]
    assert word in svg(population_bars(rows, language), "p")


def test_ids_of_two_charts_on_one_page_differ():
    first, second = (svg(overlap_picture(example_report(), "zh"), name) for name in "ab")
    ids = [set(re.findall(r'id="([^"]+)"', drawn)) for drawn in (first, second)]
    assert not ids[0] & ids[1]


def test_a_list_that_stands_in_no_set_is_still_shown():
    assert "抽样核查" in svg(overlap_picture(example_report(), "zh"), "o")


def test_the_same_chart_makes_a_picture_for_documents():
    assert png(overlap_picture(example_report(), "zh"), 1).startswith(b"\x89PNG")
