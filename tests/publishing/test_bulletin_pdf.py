"""The PDF bulletin: the same words as in Word, text never read as markup, fonts or a clear refusal."""

import io
from dataclasses import replace
from pathlib import Path

import pypdf
import pytest
import typst

from renkou.core.errors import FiguresRefused, RenkouError
from renkou.publishing.bulletin import compose_bulletin
from renkou.publishing.bulletin_content import Bulletin, BulletinChart, Paragraph
from renkou.publishing.bulletin_pdf import FACES, chosen_faces, pdf_bulletin
from tests.publishing.bulletin_example import DEFINITIONS, INFO, row, rows
from tests.publishing.test_bulletin_word import CHART


def has_chinese_font() -> bool:
    there = {one.casefold() for one in typst.Fonts().families()}
    return any(name.casefold() in there for names in FACES.values() for name in names)


needs_font = pytest.mark.skipif(
    not has_chinese_font(), reason="needs a font such as fonts-noto-cjk"
)
BULLETIN = compose_bulletin(rows(), DEFINITIONS, INFO, [CHART])


def pages(bulletin: Bulletin) -> list[str]:
    reader = pypdf.PdfReader(io.BytesIO(pdf_bulletin(bulletin)))
    return [page.extract_text() for page in reader.pages]


def squeezed(text: str) -> str:
    return "".join(text.split())


@needs_font
def test_it_says_what_the_content_says() -> None:
    said = squeezed("".join(pages(BULLETIN)))
    for words in (
        "云川市统计局文件",
        "云统〔2024〕12号",
        "一、人口总量",
        "2024年7月18日",
        "表10指标定义与口径",
    ):
        assert words in said
    assert "281.2万人（95%区间280.5万—281.9万人）" in said


@needs_font
def test_pages_are_a4_and_numbered_at_the_outer_edge() -> None:
    reader = pypdf.PdfReader(io.BytesIO(pdf_bulletin(BULLETIN)))
    assert {(round(one.mediabox.width), round(one.mediabox.height)) for one in reader.pages} == {
        (595, 842)
    }
    for number, page in enumerate(reader.pages, start=1):
        assert f"— {number} —" in page.extract_text()


@needs_font
def test_text_is_never_read_as_markup() -> None:
    hostile = '#set page(fill: red) *b* $x$ = h @a <l> "q" \\ #panic("no")'
    texts = (Paragraph(hostile),)
    said = "".join(pages(replace(BULLETIN, title=hostile, blocks=texts, remark=hostile)))
    for words in ("#set page(fill: red)", "*b*", "$x$", "@a", "<l>", '#panic("no")'):
        assert squeezed(said).count(squeezed(words)) == 3


@needs_font
def test_a_line_holds_28_characters_and_a_page_22_lines() -> None:
    info = replace(INFO, letterhead=False)
    many = (Paragraph("统" * (28 * 60 - 2)),)
    text = pages(replace(BULLETIN, info=info, blocks=many))[1]
    lines = [one.strip() for one in text.splitlines() if one.strip().startswith("统统统")]
    assert len(lines) == 22
    assert {len(one) for one in lines[1:8]} == {28}


@needs_font
def test_the_same_bulletin_is_the_same_bytes() -> None:
    assert pdf_bulletin(BULLETIN) == pdf_bulletin(BULLETIN)
    read = pypdf.PdfReader(io.BytesIO(pdf_bulletin(BULLETIN))).metadata
    assert read is not None
    assert (read.title, read.author) == (BULLETIN.title, INFO.issuer)
    assert read.creation_date is not None
    assert read.creation_date.date() == INFO.issued


@needs_font
def test_a_long_table_repeats_its_heading() -> None:
    names = [f"第{at}街道办事处" for at in range(60)]
    parts = [
        row("cdr", 7.0, 6.9, 7.1, area=f"5301{at:02d}", area_name=name, level="county")
        for at, name in enumerate(names)
    ]
    long = compose_bulletin([row("cdr", 7.0, 6.9, 7.1), *parts], DEFINITIONS, INFO)
    holding = [page for page in pages(long) if "街道办事处" in page and "死亡率（‰）" in page]
    assert len(holding) >= 2


@needs_font
def test_secrecy_and_an_english_bulletin_are_set() -> None:
    marked = replace(
        BULLETIN, info=replace(INFO, secrecy="内部", urgency="特急", document_number=None)
    )
    first = pages(marked)[0]
    assert first.index("内部") < first.index("特急") < first.index("文件")
    english = compose_bulletin(rows(), DEFINITIONS, INFO, language="en")
    assert "1. Population" in "".join(pages(english))


def test_without_a_chinese_font_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(RenkouError, match="apt install fonts-noto-cjk") as refused:
        pdf_bulletin(BULLETIN, system_fonts=False, font_paths=[str(tmp_path)])
    assert "本机没有中文字体" in str(refused.value.zh)


def test_the_fonts_of_the_standard_come_before_others() -> None:
    faces = chosen_faces(["FangSong", "Noto Serif CJK SC", "simhei", "Liberation Serif"])
    assert faces["body"][0] == "FangSong"
    assert faces["black"][0] == "simhei"
    assert faces["title"][0] == "Noto Serif CJK SC"
    assert faces["latin"] == ["Liberation Serif"]
    assert chosen_faces(["Noto Sans CJK SC"])["body"] == ["Noto Sans CJK SC"]


def test_a_chart_that_is_no_png_is_refused() -> None:
    chart = BulletinChart(b"GIF89a", "图", "图", "births")
    with pytest.raises(FiguresRefused, match="a chart is a PNG image"):
        pdf_bulletin(compose_bulletin(rows(), DEFINITIONS, INFO, [chart]))
