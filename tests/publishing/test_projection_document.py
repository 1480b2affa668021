"""The projection as a Word document: answers first, with their intervals; tables, charts, the mark."""

from __future__ import annotations

import io
from dataclasses import replace

import docx
import pytest
from docx.shared import Mm

from renkou.publishing.bulletin_content import BulletinChart
from renkou.publishing.chart_projections import rounded_ends
from renkou.publishing.projection_content import Question
from renkou.publishing.projection_document import word_projection
from renkou.publishing.projection_needs import needs_tables
from renkou.publishing.projection_pictures import AREAS_PER_CHART, drawn_chart, projection_pictures
from renkou.publishing.projection_text import answer, turning_sentence

from .projection_example import CITY, HISTORY, INFO, TURNING, a_projection, figures
from .test_bulletin_word import png

MADE = a_projection()
ENTRANTS = Question("entering_primary", 2032)
CHARTS = [
    BulletinChart(png(), "总人口走势", "说明", "population"),
    BulletinChart(png(), "各乡镇新生", "说明", ENTRANTS.section),
    BulletinChart(png(), "另一张图", "说明", "elsewhere"),
]
BYTES = word_projection(MADE, CHARTS, internal=True)


@pytest.fixture
def document():
    return docx.Document(io.BytesIO(BYTES))


def texts(document):
    return [one.text for one in document.paragraphs]


def test_an_answer_says_how_many_how_sure_since_when_and_where():
    one = MADE.figures.find("entering_primary", CITY, 2032)
    first = MADE.figures.find("entering_primary", CITY, 2025)
    low, high = rounded_ends(one.low80, one.high80, 0)
    said = answer(ENTRANTS, MADE)
    assert said.startswith(
        f"2032年秋季云川县小学入学新生约{one.value:,.0f}人（80%区间{low:,}—{high:,}人，95%区间"
    )
    assert f"比2025年秋季的{first.value:,.0f}人减少{first.value - one.value:,.0f}人（下降" in said
    assert "9个乡镇（街道）中，最多的是城关街道，" in said
    assert "最少的是高山彝族乡，" in said


def test_births_are_answered_without_naming_the_highest():
    said = answer(Question("births", 2032), MADE)
    assert "出生人数约" in said
    assert "最多" not in said


def test_a_share_changes_by_percentage_points():
    said = answer(Question("share_65", 2045), MADE)
    assert "65岁及以上人口占比约" in said
    assert said.count("个百分点") == 1


def test_a_run_without_chance_does_not_say_about():
    bare = [
        {**row, **dict.fromkeys(("median", "low80", "high80", "low95", "high95"))}
        for row in figures()
    ]
    made = a_projection(figures=bare)
    said = answer(ENTRANTS, made)
    assert "约" not in said
    assert "区间" not in said


def test_turning_years_are_told_with_their_spread_or_that_there_is_none():
    said = [turning_sentence(one, MADE) for one in TURNING]
    assert (
        said[1]
        == "云川县小学入学新生最高出现在2031年秋季，为2,870人；约八成的随机轨迹在2030年至2032年之间到顶。"
    )
    assert said[2] == "城关街道总人口到期末仍在下降（2055年前未出现）。"
    late = replace(TURNING[1], year_high80=2054, open_high=True)
    assert turning_sentence(late, MADE).endswith("在2030年至2054年或以后之间到顶。")
    most = replace(TURNING[2], what="最高", agreed=0.974, note="")
    assert turning_sentence(most, MADE) == "城关街道总人口到期末仍在上升；97%的随机轨迹如此。"


def test_the_answers_come_first(document):
    said = texts(document)
    assert said[:3] == ["内部资料", INFO.title, "一、主要结论"]
    assert said[3] == f"1. {answer(ENTRANTS, MADE)}"
    heads = [one.text for one in document.paragraphs if one.style.name == "Heading 1"]
    assert heads == ["一、主要结论", "二、总人口", "三、分区域结果", "四、转折年份", "五、方案比较",
                     "六、假定", "七、方法与局限"]  # fmt: skip


def test_every_question_has_a_table_by_township(document):
    table = document.tables[1]
    cells = [[cell.text for cell in row.cells] for row in table.rows]
    assert cells[0] == ["区域", "中方案", "80%区间", "95%区间", "2025年秋季"]
    assert [row[0] for row in cells[1:4]] == ["云川县", "　城关街道", "　东门街道"]
    one = MADE.figures.find("entering_primary", f"{CITY}100", 2032)
    low, high = rounded_ends(one.low80, one.high80, 0)
    assert cells[2][1:3] == [f"{one.value:,.0f}", f"{low:,}—{high:,}"]
    # total; classes, teachers, beds; scenarios, assumptions
    assert len(document.tables) == 1 + len(MADE.questions) + 3 + 2


def test_classes_teachers_and_beds_have_tables_of_the_year_asked(document):
    [classes] = [
        table for table in document.tables if table.rows[0].cells[1].text == "幼儿园班级"
    ]  # fmt: skip
    cells = [[cell.text for cell in row.cells] for row in classes.rows]
    assert cells[0] == ["区域", "幼儿园班级", "小学班级", "初中班级", "高中班级"]
    one = MADE.figures.find("classes_primary", f"{CITY}100", 2032)
    assert cells[2][0] == "　城关街道"
    assert cells[2][2] == f"{one.value:,.0f}"
    said = [one.text for one in document.paragraphs]
    assert "（五）2032年规划需求" in said
    assert any("下级之和可多于上级" in one for one in said)


def test_charts_stand_in_their_sections_and_none_is_lost(document):
    said = texts(document)
    places = [said.index(one) for one in ("图1  总人口走势", "图2  各乡镇新生", "图3  另一张图")]
    assert places == sorted(places)
    assert said.index("三、分区域结果") > places[0]
    assert len(document.inline_shapes) == 3


def test_floors_and_assumptions_are_told(document):
    assert any("计算结果为负的数已改为零：高山彝族乡 2051年" in one for one in texts(document))
    assert "省中方案" in [cell.text for cell in document.tables[-1].columns[3].cells]


def test_the_mark_and_the_letterhead_are_options():
    plain = docx.Document(io.BytesIO(word_projection(MADE)))
    assert texts(plain)[0] == INFO.title
    sent = docx.Document(io.BytesIO(word_projection(MADE, internal=True, letterhead=True)))
    assert texts(sent)[:2] == ["内部资料", "云川县统计局文件"]
    assert sent.sections[0].page_width == pytest.approx(Mm(210), abs=Mm(1))


def test_the_same_projection_is_the_same_bytes():
    assert word_projection(MADE, CHARTS, internal=True) == BYTES


def test_the_pictures_are_those_that_the_content_asks_for():
    few = a_projection(questions=[ENTRANTS], comparison=None, ages=())
    made = projection_pictures(few, history=HISTORY)
    assert [(one.name, one.section) for one in made] == [
        ("总人口", "population"), ("2032年各区域小学入学新生", ENTRANTS.section),
        ("小学入学新生走势", ENTRANTS.section),
    ]  # fmt: skip
    chart = drawn_chart(made[1], 1)
    assert chart.png.startswith(b"\x89PNG")
    assert (chart.caption, chart.section) == (
        "云川县各区域小学入学新生（2032年秋季）",
        ENTRANTS.section,
    )


def test_many_areas_are_drawn_on_several_charts_of_one_scale():
    wanted = ("entering_primary",)
    rows = [row for row in figures() if row["measure"] in wanted and row["year"] in (2025, 2032)]
    more = [{**row, "area": f"{row['area']}{at:02d}"} for at in range(6) for row in rows
            if row["level"] == "township"]  # fmt: skip
    top = [row for row in rows if row["level"] == "county"]
    made = a_projection(figures=[*top, *more], questions=[ENTRANTS], comparison=None, ages=(),
                        turning_points=())  # fmt: skip
    pages = [one for one in projection_pictures(made) if "各区域" in one.name]
    assert len(pages) == -(-54 // AREAS_PER_CHART)
    spans = [one.picture.chart.to_dict()["vconcat"][0]["vconcat"][0]["layer"] for one in pages]
    domains = {tuple(layer["encoding"]["x"]["scale"]["domain"]) for layers in spans for layer in layers
               if "scale" in layer["encoding"]["x"]}  # fmt: skip
    assert len(domains) == 1


def test_a_document_number_and_contact_are_signed(document):
    numbered = a_projection(questions=[])
    numbered = replace(numbered, info=replace(INFO, document_number="云统〔2026〕8号"))
    sent = docx.Document(io.BytesIO(word_projection(numbered, letterhead=True)))
    assert "云统〔2026〕8号" in texts(sent)
    assert texts(document)[-1] == "（联系方式：0870-5550123）"


def test_beds_of_an_age_stand_in_the_table_of_beds():
    beds = [{**row, "measure": "maternity_beds", "age": "60+"} for row in figures()
            if row["measure"] == "care_need"]  # fmt: skip
    some = [row for row in figures() if row["measure"] == "population"]
    made = a_projection(figures=[*some, *beds], questions=[], comparison=None, turning_points=())
    [table] = needs_tables(made, 2032, lambda: "表1")
    one = made.figures.find("maternity_beds", CITY, 2032, "both", "60+")
    assert table.rows[0] == ("云川县", f"{one.value:,.0f}")
