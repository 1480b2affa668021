"""The Word bulletin: page, fonts, tables, page numbers, signature, fixed bytes."""

import io
import struct
import zipfile
import zlib
from dataclasses import replace

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from renkou.core.errors import FiguresRefused
from renkou.publishing.bulletin import compose_bulletin
from renkou.publishing.bulletin_content import BulletinChart
from renkou.publishing.bulletin_layout import TABLE_SIZES, TEXT_WIDTH, columns_of, signature_indents
from renkou.publishing.bulletin_word import word_bulletin
from tests.publishing.bulletin_example import DEFINITIONS, INFO, rows


def png(width: int = 6, height: int = 4) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    lines = zlib.compress(b"".join(b"\0" + b"\x80" * width for _ in range(height)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", lines) + chunk(b"IEND", b"")


CHART = BulletinChart(png(), "人口金字塔（2024年6月末）", "各年龄男女人数", "structure")
BULLETIN = compose_bulletin(rows(), DEFINITIONS, INFO, [CHART])
BYTES = word_bulletin(BULLETIN)


@pytest.fixture
def document() -> docx.document.Document:
    return docx.Document(io.BytesIO(BYTES))


def test_the_page_has_the_text_area_of_the_standard(document: docx.document.Document) -> None:
    page = document.sections[0]
    assert (round(page.page_width.mm), round(page.page_height.mm)) == (210, 297)
    across = page.page_width - page.left_margin - page.right_margin
    down = page.page_height - page.top_margin - page.bottom_margin
    assert across == pytest.approx(Mm(156), abs=Pt(0.1))
    assert down == pytest.approx(Mm(225), abs=Pt(0.1))
    assert (round(page.top_margin.mm), round(page.left_margin.mm)) == (37, 28)


def test_styles_have_the_fonts_sizes_and_lines_of_the_standard(
    document: docx.document.Document,
) -> None:
    wanted = {
        "Title": ("方正小标宋简体", 22), "Normal": ("仿宋_GB2312", 16), "Heading 1": ("黑体", 16),
        "Heading 2": ("楷体_GB2312", 16),
    }  # fmt: skip
    for name, (font, size) in wanted.items():
        style = document.styles[name]
        fonts = style.element.rPr.find(qn("w:rFonts"))
        assert fonts.get(qn("w:eastAsia")) == font
        assert fonts.get(qn("w:eastAsiaTheme")) is None
        assert style.font.size == Pt(size)
    assert document.styles["Normal"].paragraph_format.line_spacing == pytest.approx(
        Pt(28.95), abs=Pt(0.1)
    )
    body = next(one for one in document.paragraphs if one.text.startswith("2024年6月末"))
    assert body._p.pPr.ind.get(qn("w:firstLineChars")) == "200"


def test_the_letterhead_is_red_above_a_red_line_and_may_be_left_out(
    document: docx.document.Document,
) -> None:
    head, number = document.paragraphs[:2]
    assert head.text == "云川市统计局文件"
    assert str(head.runs[0].font.color.rgb) == "FF0000"
    assert number.text == "云统〔2024〕12号"
    line = number._p.pPr.find(qn("w:pBdr")).find(qn("w:bottom"))
    assert line.get(qn("w:color")) == "FF0000"
    marked = replace(INFO, secrecy="内部", urgency="特急")
    first = docx.Document(io.BytesIO(word_bulletin(replace(BULLETIN, info=marked)))).paragraphs
    assert [one.text for one in first[:2]] == ["内部", "特急"]
    plain = replace(BULLETIN, info=replace(INFO, letterhead=False))
    opening = docx.Document(io.BytesIO(word_bulletin(plain))).paragraphs[0]
    assert (opening.text, opening.style.name) == (BULLETIN.title, "Title")


def test_page_numbers_stand_at_the_outer_edge(document: docx.document.Document) -> None:
    assert document.settings.odd_and_even_pages_header_footer
    section = document.sections[0]
    odd, even = section.footer.paragraphs[0], section.even_page_footer.paragraphs[0]
    assert (odd.alignment, even.alignment) == (2, 0)
    for paragraph in (odd, even):
        assert paragraph.text == "—  —"
        assert "PAGE" in paragraph._p.xml
        assert paragraph.runs[0].font.size == Pt(14)


def test_tables_repeat_their_heading_break_no_row_and_have_three_lines(
    document: docx.document.Document,
) -> None:
    assert len(document.tables) == 10
    for table in document.tables:
        first, *others = table.rows
        assert first._tr.trPr.find(qn("w:tblHeader")) is not None
        assert all(one._tr.trPr.find(qn("w:cantSplit")) is not None for one in table.rows)
        assert all(one._tr.trPr.find(qn("w:tblHeader")) is None for one in others)
        borders = table._tbl.tblPr.find(qn("w:tblBorders"))
        assert {one.tag for one in borders} == {qn("w:top"), qn("w:bottom")}
        assert table._tbl.tblPr.find(qn("w:tblStyle")) is None
        widths = [column.width for column in table.columns]
        assert sum(widths) == pytest.approx(Pt(TEXT_WIDTH), abs=Pt(1))


def test_no_number_of_a_table_needs_two_lines() -> None:
    for table in (one for one in BULLETIN.blocks if hasattr(one, "header") and not one.wide_text):
        columns = columns_of(table)
        assert columns.size in TABLE_SIZES[:3]
        for cells in table.rows:
            for text, width in zip(cells[1:], columns.widths[1:], strict=True):
                assert len(text) * columns.size / 2 < width + columns.size


def test_captions_stay_with_their_tables_and_charts(document: docx.document.Document) -> None:
    captions = [one for one in document.paragraphs if one.style.name == "Caption"]
    above = [one for one in captions if one.text.startswith("表")]
    assert len(above) == 10
    assert all(one.paragraph_format.keep_with_next for one in above)
    picture = next(one for one in document.paragraphs if one._p.xpath(".//w:drawing"))
    assert picture.paragraph_format.keep_with_next
    described = document.inline_shapes[0]._inline.docPr
    assert described.get("descr") == "各年龄男女人数"
    assert document.inline_shapes[0].width <= Mm(156)


def test_a_tall_chart_fits_the_page() -> None:
    tall = compose_bulletin(rows(), DEFINITIONS, INFO, [replace(CHART, png=png(4, 40))])
    shape = docx.Document(io.BytesIO(word_bulletin(tall))).inline_shapes[0]
    assert shape.height <= Mm(171)
    assert shape.height / shape.width == pytest.approx(10, rel=0.01)


def test_issuer_and_date_stand_as_the_standard_asks(document: docx.document.Document) -> None:
    signed = next(at for at, one in enumerate(document.paragraphs) if one.text == "云川市统计局")
    day, remark = document.paragraphs[signed + 1 : signed + 3]
    assert (day.text, remark.text) == ("2024年7月18日", "（联系方式：0870-5550123）")
    assert day.paragraph_format.right_indent == Pt(32)
    # 6 characters end 4.5 from the right, so begin at 10.5; the date, 6.5 wide, begins 2 further in
    assert signature_indents("云川市统计局", "2024年7月18日") == (4.5, 2.0)
    assert signature_indents("云川市卫生健康委员会办公室统计处", "2024年7月18日") == (2.0, 9.5)


def test_the_same_bulletin_is_the_same_bytes_and_tells_the_day_of_issue() -> None:
    assert word_bulletin(BULLETIN) == BYTES
    with zipfile.ZipFile(io.BytesIO(BYTES)) as archive:
        assert {one.date_time for one in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        fonts = archive.read("word/fontTable.xml").decode()
    assert '<w:font w:name="仿宋_GB2312"><w:altName w:val="仿宋,' in fonts
    core = docx.Document(io.BytesIO(BYTES)).core_properties
    assert (core.title, core.author) == (BULLETIN.title, "云川市统计局")
    assert core.created.date() == core.modified.date() == INFO.issued


def test_a_chart_that_is_no_png_is_refused() -> None:
    svg = compose_bulletin(rows(), DEFINITIONS, INFO, [replace(CHART, png=b"<svg/>")])
    with pytest.raises(FiguresRefused, match=r"图1 = 人口金字塔.*: a chart is a PNG image"):
        word_bulletin(svg)


def test_an_english_bulletin_is_written_too() -> None:
    english = compose_bulletin(rows(), DEFINITIONS, INFO, language="en")
    document = docx.Document(io.BytesIO(word_bulletin(english)))
    texts = [one.text for one in document.paragraphs]
    assert document.styles["Heading 1"].font.bold
    assert "1. Population" in texts
    assert "18 July 2024" in texts


def test_where_nobody_is_named_to_ask_nothing_stands_below_the_date() -> None:
    silent = compose_bulletin(rows(), DEFINITIONS, replace(INFO, contact=""))
    texts = [one.text for one in docx.Document(io.BytesIO(word_bulletin(silent))).paragraphs]
    assert "联系方式" not in "".join(texts)
    assert texts[-1] == silent.date_text
