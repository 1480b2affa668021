"""A bulletin as a Word document in the layout of GB/T 9704-2012 (党政机关公文格式). Pure.

A4 with a text area of 156 by 225 mm, 22 lines of 28 characters; title in 二号小标宋, text in 三号仿宋,
headings in 黑体 and 楷体, page numbers at the outer edge, tables with three lines.
"""

from __future__ import annotations

import io
from datetime import datetime, time
from typing import Any

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.shared import Mm, Pt

from renkou.publishing import bulletin_layout as layout
from renkou.publishing import bulletin_word_parts as parts
from renkou.publishing.bulletin_content import (
    Annex,
    Block,
    Bulletin,
    Chart,
    Heading,
    Paragraph,
    Table,
)
from renkou.publishing.words import Words

_RED = "FF0000"
_CENTRE, _RIGHT, _LEFT, _BOTH = (
    WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.LEFT,
    WD_ALIGN_PARAGRAPH.JUSTIFY,
)  # fmt: skip
_UNIT = Words("单位：{unit}", "Unit: {unit}")
_ANNEX = Words("附件：", "Annex: ")
_ISSUED_AS = Words("{issuer}文件", "{issuer}")


def word_bulletin(bulletin: Bulletin, annex: Annex | None = None) -> bytes:
    """The document's bytes; the same bulletin gives the same bytes.

    An annex is named above the signature and follows on a page of its own (GB/T 9704-2012, 7.3.4, 7.3.7).

    Raises
    ------
    FiguresRefused
        If a chart is not a PNG image.
    """
    document = docx.Document()
    _page(document)
    _styles(document, bold=bulletin.language == "en")
    _footers(document)
    if bulletin.info.letterhead:
        _letterhead(document, bulletin)
    _paragraph(document, bulletin.title, "Title")
    for block in bulletin.blocks:
        _block(document, block, bulletin)
    if annex:
        named = _paragraph(document, _ANNEX.in_language(bulletin.language) + annex.title)
        parts.first_line_of_two_characters(named.paragraph_format, layout.BODY_SIZE)
        named.paragraph_format.space_before = Pt(layout.LINE)
    _signature(document, bulletin)
    if annex:
        _annex(document, annex, bulletin)
    _properties(document, bulletin)
    parts.name_fonts_to_fall_back_on(document)
    return parts.fixed_bytes(document)


def _page(document: Document) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(layout.TOP_MM), Mm(layout.BOTTOM_MM)
    section.left_margin, section.right_margin = Mm(layout.LEFT_MM), Mm(layout.RIGHT_MM)
    section.footer_distance = Mm(layout.BOTTOM_MM - 7 - 5)  # 一字线 stands 7 mm below the text area
    document.settings.odd_and_even_pages_header_footer = True


def _styles(document: Document, *, bold: bool) -> None:
    """The styles; `bold` where headings are in Latin letters, which have no 黑体."""
    styles = document.styles
    size = layout.BODY_SIZE
    body = parts.run_properties(parts.BODY_FONT, size, squeeze=layout.SQUEEZE)
    _style(styles["Normal"], body, line=layout.LINE, align=_BOTH)
    for name, font in (("Heading 1", parts.BLACK_FONT), ("Heading 2", parts.KAI_FONT)):
        heading = parts.run_properties(font, size, bold=bold)
        _style(styles[name], heading, line=layout.LINE, align=_LEFT)
        styles[name].paragraph_format.keep_with_next = True
        parts.first_line_of_two_characters(styles[name].paragraph_format, size)
    _style(
        styles["Title"], parts.run_properties(parts.TITLE_FONT, layout.TITLE_SIZE), line=36,
        align=_CENTRE, before=2 * layout.LINE, after=layout.LINE,
    )  # fmt: skip
    _remove_borders(styles["Title"])
    _style(
        styles["Caption"],
        parts.run_properties(parts.BLACK_FONT, 12, bold=bold),
        line=20,
        align=_CENTRE,
    )
    for name, points in (("Table text", layout.TABLE_SIZES[0]), ("Table note", 9.0)):
        made = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        made.base_style = styles["Normal"]
        _style(made, parts.run_properties(parts.SONG_FONT, points), line=None, align=_LEFT)


def _style(
    style: Any, properties: Any, *, line: float | None, align: Any, before: float = 0,
    after: float = 0,
) -> None:  # fmt: skip
    parts.set_style_font(style, properties)
    form = style.paragraph_format
    form.space_before, form.space_after, form.alignment = Pt(before), Pt(after), align
    if line is None:
        form.line_spacing = 1.0
    else:
        form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(line)
    form.widow_control = True


def _remove_borders(style: Any) -> None:
    for border in style.element.xpath("./w:pPr/w:pBdr"):
        border.getparent().remove(border)


def _footers(document: Document) -> None:
    section = document.sections[0]
    for footer, align in ((section.footer, _RIGHT), (section.even_page_footer, _LEFT)):
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        paragraph.style = document.styles["Normal"]
        form = paragraph.paragraph_format
        form.alignment, form.line_spacing = align, 1.0
        form.right_indent = form.left_indent = Pt(layout.PAGE_NUMBER_SIZE)
        parts.page_number(paragraph)
        for run in paragraph.runs:
            _set_run(run, parts.SONG_FONT, layout.PAGE_NUMBER_SIZE)


def _set_run(run: Any, font: str, size: float, *, colour: str = "000000") -> None:
    properties = run._element.get_or_add_rPr()
    properties[:] = list(parts.run_properties(font, size, colour=colour))
    parts.east_asian(run)


def _paragraph(document: Document, text: str, style: str = "Normal") -> Any:
    paragraph = document.add_paragraph(style=document.styles[style])
    parts.east_asian(paragraph.add_run(text))
    return paragraph


def _letterhead(document: Document, bulletin: Bulletin) -> None:
    """Secrecy and urgency at the left, the issuer in red, the number, a red line."""
    info = bulletin.info
    marks = [one for one in (info.secrecy, info.urgency) if one]
    for mark in marks:
        _set_run(_paragraph(document, mark).runs[0], parts.BLACK_FONT, layout.BODY_SIZE)
    name = _ISSUED_AS.in_language(bulletin.language).format(issuer=info.issuer)
    size = layout.letterhead_size(name)
    head = _paragraph(document, name)
    _set_run(head.runs[0], parts.TITLE_FONT, size, colour=_RED)
    form = head.paragraph_format
    form.alignment, form.line_spacing = _CENTRE, Pt(size * 1.25)
    form.space_before = Pt(max(0.0, layout.LETTERHEAD_MM * layout.MM - len(marks) * layout.LINE))
    number = _paragraph(document, info.document_number or "")
    number.paragraph_format.alignment = _CENTRE
    number.paragraph_format.space_before = Pt(2 * layout.LINE if info.document_number else 0)
    parts.bottom_line(number, colour=_RED, width=1.5, distance=4 * layout.MM)


def _block(document: Document, block: Block, bulletin: Bulletin) -> None:
    if isinstance(block, Heading):
        _paragraph(document, block.text, f"Heading {block.level}")
    elif isinstance(block, Paragraph):
        paragraph = _paragraph(document, block.text)
        parts.first_line_of_two_characters(paragraph.paragraph_format, layout.BODY_SIZE)
    elif isinstance(block, Table):
        _table(document, block, bulletin)
    else:
        _chart(document, block)


def _table(document: Document, table: Table, bulletin: Bulletin) -> None:
    caption = _paragraph(document, f"{table.label}  {table.caption}", "Caption")
    caption.paragraph_format.keep_with_next = True
    caption.paragraph_format.space_before = Pt(10)
    if table.unit:
        unit = _UNIT.in_language(bulletin.language).format(unit=table.unit)
        line = _paragraph(document, unit, "Table text")
        line.paragraph_format.alignment, line.paragraph_format.keep_with_next = _RIGHT, True
    columns = layout.columns_of(table)
    grid = document.add_table(rows=1 + len(table.rows), cols=len(table.header))
    grid.autofit = False
    for at, (row, cells) in enumerate(zip(grid.rows, (table.header, *table.rows), strict=True)):
        kept = _kept_with_next(at, len(table.rows))
        _row(document, row, cells, table, columns.size, heading=at == 0, kept=kept)
        parts.whole_row(row, repeated=at == 0)
    parts.three_lines(grid, list(columns.widths), layout.PADDING)
    parts.line_below_cells(grid.rows[0])
    _table_notes(document, table)


def _kept_with_next(at: int, rows: int) -> bool:
    """Whether a row stays on the page of the next: no page begins or ends with one lone row."""
    if at == rows:
        return False
    return rows <= layout.KEPT_WHOLE or at <= 1 or at == rows - 1


def _row(
    document: Document, row: Any, texts: tuple[str, ...], table: Table, size: float, *,
    heading: bool, kept: bool,
) -> None:  # fmt: skip
    for at, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
        paragraph = cell.paragraphs[0]
        paragraph.style = document.styles["Table text"]
        run = paragraph.add_run(text)
        _set_run(run, parts.BLACK_FONT if heading else parts.SONG_FONT, size)
        form = paragraph.paragraph_format
        of_text = at < table.text_columns
        form.alignment = _CENTRE if heading else (_LEFT if of_text else _RIGHT)
        form.space_before = form.space_after = Pt(0 if table.compact else 2)
        if table.compact:
            form.line_spacing_rule = WD_LINE_SPACING.EXACTLY
            form.line_spacing = Pt(layout.COMPACT_LINE)
        form.keep_with_next = kept
        cell.vertical_alignment = 1  # middle


def _table_notes(document: Document, table: Table) -> None:
    for text in table.notes:
        _paragraph(document, text, "Table note").paragraph_format.space_before = Pt(3)
    gap = _paragraph(document, "", "Table note")
    gap.paragraph_format.space_after = Pt(4)


def _chart(document: Document, chart: Chart) -> None:
    width, height = layout.chart_size(chart)
    paragraph = document.add_paragraph(style=document.styles["Table text"])
    form = paragraph.paragraph_format
    form.alignment, form.keep_with_next, form.space_before = _CENTRE, True, Pt(10)
    picture = io.BytesIO(chart.png)
    shape = paragraph.add_run().add_picture(picture, width=Mm(width), height=Mm(height))
    parts.describe_picture(shape, chart.caption, chart.alt)
    caption = _paragraph(document, f"{chart.label}  {chart.caption}", "Caption")
    caption.paragraph_format.space_after = Pt(10)


def _signature(document: Document, bulletin: Bulletin) -> None:
    """Issuer and date at the right, and the remark in brackets below them."""
    ems = layout.signature_indents(bulletin.info.issuer, bulletin.date_text)
    for at, (text, indent) in enumerate(
        zip((bulletin.info.issuer, bulletin.date_text), ems, strict=True)
    ):
        form = _paragraph(document, text).paragraph_format
        form.alignment, form.right_indent = _RIGHT, Pt(indent * layout.BODY_SIZE)
        form.space_before, form.keep_with_next = Pt(0 if at else layout.LINE), True
    if not bulletin.remark:
        return
    remark = _paragraph(document, bulletin.remark)
    parts.first_line_of_two_characters(remark.paragraph_format, layout.BODY_SIZE)


def _annex(document: Document, annex: Annex, bulletin: Bulletin) -> None:
    """附件 in 黑体 at the upper left of a new page, then its title in the middle."""
    mark = _paragraph(document, _ANNEX.in_language(bulletin.language).strip("：: "))
    _set_run(mark.runs[0], parts.BLACK_FONT, layout.BODY_SIZE)
    mark.paragraph_format.page_break_before = True
    _paragraph(document, annex.title, "Title").paragraph_format.space_before = Pt(layout.LINE)
    for block in annex.blocks:
        _block(document, block, bulletin)


def _properties(document: Document, bulletin: Bulletin) -> None:
    core, info = document.core_properties, bulletin.info
    core.title, core.author, core.last_modified_by = bulletin.title, info.issuer, info.issuer
    core.subject, core.keywords = f"{info.city} {info.period}", info.edition
    core.language = "zh-CN" if bulletin.language == "zh" else "en"
    core.comments, core.revision = "", 1
    core.created = core.modified = datetime.combine(info.issued, time())
