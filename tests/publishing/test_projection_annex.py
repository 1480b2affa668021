"""Where townships are many, the text tells the whole and an annex behind the signature the townships."""

from __future__ import annotations

import io
from functools import cache

import docx
import pytest

from renkou.publishing.chart_projections import rounded_ends
from renkou.publishing.projection_annex import MANY_AREAS, areas_in_text
from renkou.publishing.projection_document import word_projection

from .projection_example import CITY, a_projection


@cache
def made(count):
    return a_projection(count)


@cache
def written(count):
    return word_projection(made(count))


@pytest.fixture
def document():
    return docx.Document(io.BytesIO(written(MANY_AREAS + 1)))


def test_as_many_areas_as_a_page_holds_stay_in_the_text():
    assert len(areas_in_text(made(MANY_AREAS))) == MANY_AREAS + 1
    assert areas_in_text(made(MANY_AREAS + 1)) == [CITY]
    few = docx.Document(io.BytesIO(written(MANY_AREAS)))
    assert not [one for one in few.paragraphs if one.text.startswith("附件")]


def test_the_annex_is_named_above_the_signature_and_begins_a_page(document):
    said = [one.text for one in document.paragraphs]
    named, mark = said.index("附件：各乡镇（街道）主要数字"), said.index("附件")
    assert named < said.index("云川县统计局") < mark
    assert document.paragraphs[mark].paragraph_format.page_break_before
    assert said[mark + 1] == "各乡镇（街道）主要数字"
    assert any(one.startswith("各乡镇（街道）的主要数字见附件") for one in said[:named])


def test_the_annex_has_people_and_every_question_of_each_township(document):
    projected = made(MANY_AREAS + 1)
    annex = [one for one in document.tables if len(one.rows) > MANY_AREAS]
    assert len(annex) == 1 + len(set(projected.questions))
    asked = projected.questions[0]
    cells = [[cell.text for cell in row.cells] for row in annex[1].rows]
    assert len(cells) == 1 + 1 + MANY_AREAS + 1
    assert cells[0][:6] == ["区域", "2025年", "2030年", "2032年", "80%区间", "2035年"]
    code, name = list(projected.figures.areas.items())[1]
    one = projected.figures.find(asked.measure, code, 2032)
    low, high = rounded_ends(one.low80, one.high80, 0)
    assert [cells[2][at] for at in (0, 3, 4)] == [
        f"　{name}",
        f"{one.value:,.0f}",
        f"{low:,}—{high:,}",
    ]
    assert cells[1][0] == "云川县"


def test_the_same_projection_with_an_annex_is_the_same_bytes():
    again = word_projection(a_projection(MANY_AREAS + 1))
    assert again == written(MANY_AREAS + 1)
