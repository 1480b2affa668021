"""Pieces of Word's format that python-docx has no words for: fonts, borders, fields, fixed bytes. Pure.

Lengths are in points unless named otherwise; sizes follow GB/T 9704-2012.
"""

from __future__ import annotations

import io
import zipfile
from typing import Any
from xml.sax.saxutils import quoteattr

from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt

LATIN = "Times New Roman"
TITLE_FONT, BODY_FONT, BLACK_FONT, KAI_FONT, SONG_FONT = (
    "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体",
)  # fmt: skip
# What a machine without the fonts of the standard takes instead, the nearest first.
_INSTEAD = {
    TITLE_FONT: "方正小标宋_GBK,华文中宋,宋体,Noto Serif CJK SC",
    BODY_FONT: "仿宋,华文仿宋,FangSong,Noto Serif CJK SC",
    BLACK_FONT: "SimHei,Noto Sans CJK SC",
    KAI_FONT: "楷体,华文楷体,KaiTi,Noto Serif CJK SC",
    SONG_FONT: "SimSun,Noto Serif CJK SC",
}
_EARLIEST = (1980, 1, 1, 0, 0, 0)  # a zip archive knows no earlier day; ours tells none
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def element(tag: str, **attributes: object) -> Any:
    """An element of the w: namespace with its attributes."""
    made = OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), str(value))
    return made


def run_properties(
    east: str, size: float, *, bold: bool = False, colour: str = "000000", squeeze: float = 0
) -> Any:
    """Properties of a run or style: East Asian font, size, colour, points between characters."""
    made = OxmlElement("w:rPr")
    made.append(element("rFonts", ascii=LATIN, hAnsi=LATIN, eastAsia=east, cs=LATIN))
    if bold:
        made.append(element("b"))
    made.append(element("color", val=colour))
    if squeeze:
        made.append(element("spacing", val=round(squeeze * 20)))
    for name in ("sz", "szCs"):
        made.append(element(name, val=round(size * 2)))
    return made


def set_style_font(style: Any, properties: Any) -> None:
    """Give a style exactly these run properties: none of the template's theme remains."""
    for old in style.element.findall(qn("w:rPr")):
        style.element.remove(old)
    style.element.append(properties)


def east_asian(run: Any) -> Any:
    """Mark a run as Chinese, so that quotation marks and dashes come from the Chinese font."""
    properties = run._element.get_or_add_rPr()
    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = element("rFonts")
        properties.insert(0, fonts)
    fonts.set(qn("w:hint"), "eastAsia")
    return run


def first_line_of_two_characters(paragraph_format: Any, size: float) -> None:
    """Indent the first line by two characters, in characters and in points for other programs."""
    indent = paragraph_format.element.get_or_add_pPr().get_or_add_ind()
    indent.set(qn("w:firstLineChars"), "200")
    indent.set(qn("w:firstLine"), str(round(2 * size * 20)))


def bottom_line(paragraph: Any, *, colour: str, width: float, distance: float) -> None:
    """A line below a paragraph, as wide as the text area."""
    borders = element("pBdr")
    borders.append(
        element("bottom", val="single", sz=round(width * 8), space=round(distance), color=colour)
    )
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(
        borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def page_number(paragraph: Any) -> None:
    """— 1 — : the number of the page between two dashes."""
    east_asian(paragraph.add_run("— "))
    run = paragraph.add_run()
    for kind in ("begin", None, "end"):
        if kind:
            run._r.append(element("fldChar", fldCharType=kind))
        else:
            code = element("instrText")
            code.text = "PAGE"
            run._r.append(code)
    east_asian(paragraph.add_run(" —"))


def three_lines(table: Any, widths: list[float], padding: float) -> None:
    """Thick lines above and below, no others; columns of fixed width."""
    properties = table._tbl.tblPr
    for name in ("w:tblBorders", "w:tblLayout", "w:tblCellMar", "w:tblW"):
        for old in properties.findall(qn(name)):
            properties.remove(old)
    properties.append(element("tblW", w=round(sum(widths) * 20), type="dxa"))
    borders = element("tblBorders")
    for side in ("top", "bottom"):
        borders.append(element(side, val="single", sz=12, space=0, color="000000"))
    margins = element("tblCellMar")
    for side in ("left", "right"):
        margins.append(element(side, w=round(padding * 20), type="dxa"))
    for made in (borders, element("tblLayout", type="fixed"), margins):
        properties.append(made)
    _order(properties)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Pt(width)
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Pt(width)


_ORDER = (
    "tblStyle", "tblpPr", "tblOverlap", "bidiVisual", "tblStyleRowBandSize", "tblStyleColBandSize",
    "tblW", "jc", "tblCellSpacing", "tblInd", "tblBorders", "shd", "tblLayout", "tblCellMar", "tblLook",
)  # fmt: skip


def _order(properties: Any) -> None:
    """Put a table's properties into the order that the schema asks for."""
    places = {qn(f"w:{name}"): at for at, name in enumerate(_ORDER)}
    properties[:] = sorted(properties, key=lambda one: places.get(one.tag, len(places)))


def whole_row(row: Any, *, repeated: bool = False) -> None:
    """Keep a row on one page; the header row comes again on every page."""
    properties = row._tr.get_or_add_trPr()
    properties.append(element("cantSplit"))
    if repeated:
        properties.append(element("tblHeader"))


def line_below_cells(row: Any) -> None:
    """The thin line between header and body."""
    for cell in row.cells:
        borders = element("tcBorders")
        borders.append(element("bottom", val="single", sz=6, space=0, color="000000"))
        cell._tc.get_or_add_tcPr().append(borders)


def describe_picture(shape: Any, title: str, alt: str) -> None:
    """The text that is read to those who cannot see a picture."""
    shape._inline.docPr.set("title", title)
    shape._inline.docPr.set("descr", alt)


def name_fonts_to_fall_back_on(document: Document) -> None:
    """Write into the font table what stands in where a font of the standard is missing."""
    fonts = "".join(
        f"<w:font w:name={quoteattr(name)}><w:altName w:val={quoteattr(instead)}/>"
        '<w:charset w:val="86"/><w:family w:val="auto"/><w:pitch w:val="variable"/></w:font>'
        for name, instead in _INSTEAD.items()
    )
    text = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:fonts xmlns:w="{_W}">{fonts}</w:fonts>'
    for part in document.part.package.iter_parts():
        if part.partname == "/word/fontTable.xml":
            part._blob = text.encode()


def fixed_bytes(document: Document) -> bytes:
    """The file; the same document gives the same bytes, since the archive tells no time."""
    buffer, out = io.BytesIO(), io.BytesIO()
    document.save(buffer)
    with zipfile.ZipFile(buffer) as made, zipfile.ZipFile(out, "w") as fixed:
        for entry in made.infolist():
            info = zipfile.ZipInfo(entry.filename, _EARLIEST)
            info.compress_type = zipfile.ZIP_DEFLATED
            fixed.writestr(info, made.read(entry))
    return out.getvalue()
