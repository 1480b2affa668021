"""The report as a workbook in Chinese: headline figures, a sheet for each table, notes. Pure.

Text is written as text: what stands in a file of others can never become a formula.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from renkou.publishing.report_tables import TABLES, Column, EditionReport, ReportTable, Row
from renkou.publishing.words import Words

_FONT = "Microsoft YaHei"
_NUMBER_FORMATS = {"count": "#,##0", "share": "0.00%", "change": '+#,##0;"−"#,##0;0', "text": "@"}
_SHEET_NAMES = {
    "lists": "各名册",
    "counties": "各县区各名册",
    "fields": "内容不符项目",
    "rules": "问题",
    "refused_columns": "未接收的列",
    "overlap": "名册重合",
    "population": "各地人口",
    "ages": "年龄性别",
    "certainty": "归属概率",
    "methods": "归属依据",
    "reviews": "待复核",
    "changes": "与上一版本相比",
}
_NOTES = (
    "内部资料。表中数目未作统计保密处理，小数目可能使个人可辨，只供本单位核对数据之用；"
    "对外发布须另经保密处理。",
    "户籍人口：户口登记在该地的在世人员。常住人口：按常住规则认定居住在该地的在世人员。"
    "两种口径不可混用。",
    "归属由模型推定，难免有错：人数正确并不表示每条归属都正确，错并与漏并可能相互抵消。",
)


class _Formats:
    """The cell formats of one workbook."""

    def __init__(self, book: Workbook) -> None:
        base = {"font_name": _FONT, "font_size": 10, "valign": "vcenter"}
        line = {**base, "bottom": 4, "bottom_color": "#C9CED6"}
        self.title = book.add_format({**base, "bold": True, "font_size": 14})
        self.quiet = book.add_format({**base, "font_color": "#5B6674", "text_wrap": True})
        self.seal = book.add_format({**base, "bold": True, "font_color": "#8C1C13"})
        heads = {**base, "bold": True, "top": 2, "bottom": 1, "text_wrap": True}
        self.heads = {
            form: book.add_format({**heads, "align": "left" if form == "text" else "right"})
            for form in _NUMBER_FORMATS
        }
        self.stated = book.add_format({**line, "align": "right"})
        self.cells = {
            form: book.add_format({**line, "num_format": pattern})
            for form, pattern in _NUMBER_FORMATS.items()
        }


def report_workbook(report: EditionReport) -> bytes:
    """The workbook's bytes; the same report gives the same bytes."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(buffer, options)
    # The edition's own time, so that a report written twice is the same file.
    book.set_properties({"title": _title(report), "created": _built_at(report)})
    formats = _Formats(book)
    _headline_sheet(book.add_worksheet("概况"), report, formats)
    for table in TABLES:
        _table_sheet(book, table, report, formats)
    _notes_sheet(book.add_worksheet("说明"), formats)
    book.close()
    return buffer.getvalue()


def _title(report: EditionReport) -> str:
    return f"{report.city}人口登记册编制报告（{report.edition}）"


def _built_at(report: EditionReport) -> datetime:
    return datetime.fromisoformat(report.built_at).replace(tzinfo=None)


def _headline_sheet(sheet: Worksheet, report: EditionReport, formats: _Formats) -> None:
    head = report.headline
    figures: Sequence[tuple[str, Any, str]] = (
        ("基准日期", report.reference_date, "text"),
        ("编制时间", report.built_at, "text"),
        ("上一版本", report.previous or "无（首个版本）", "text"),
        ("名册份数", head.lists, "count"),
        ("接收记录", head.records, "count"),
        ("退回行数", head.refused, "count"),
        ("登记册人数（含已故、迁出）", head.persons, "count"),
        ("户籍人口", head.registered_population, "count"),
        ("常住人口", head.usual_resident_population, "count"),
        ("户数", head.households, "count"),
        ("归属概率不低于 0.99 的记录占比", head.sure_share, "share"),
        ("待人工复核的记录对", head.review_pairs, "count"),
    )
    sheet.write_string(0, 0, _title(report), formats.title)
    sheet.write_string(1, 0, "内部资料，不得外传", formats.seal)
    sheet.set_row(0, 26)
    sheet.set_column(0, 0, 36)
    sheet.set_column(1, 1, 20)
    for at, (label, value, form) in enumerate(figures, start=3):
        sheet.write_string(at, 0, label, formats.cells["text"])
        _write(sheet, at, 1, value, formats.stated if form == "text" else formats.cells[form])
    sheet.hide_gridlines(2)


def _table_sheet(
    book: Workbook, table: ReportTable, report: EditionReport, formats: _Formats
) -> None:
    """Headings in row 1, so that the sheet sorts, filters and pivots as it is."""
    sheet = book.add_worksheet(_SHEET_NAMES[table.name])
    rows = report.tables[table.name]
    for at, column in enumerate(table.columns):
        sheet.write_string(0, at, column.title.zh, formats.heads[column.form])
        sheet.set_column(at, at, _width(column, rows))
        cell = formats.cells[column.form]
        for down, row in enumerate(rows, start=1):
            _write(sheet, down, at, row[column.name], cell)
    sheet.freeze_panes(1, 1)
    if rows:
        sheet.autofilter(0, 0, len(rows), len(table.columns) - 1)
    _print_setup(sheet, table, report)


def _print_setup(sheet: Worksheet, table: ReportTable, report: EditionReport) -> None:
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_header(f"&L{_plain(table.title.zh)}&R内部资料")
    sheet.set_footer(f"&L{_plain(_title(report))}&R&P / &N")


def _plain(text: str) -> str:
    """Text for a header, where an ampersand is a command."""
    return text.replace("&", "&&")


def _notes_sheet(sheet: Worksheet, formats: _Formats) -> None:
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 96)
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.write_string(0, 0, "说明", formats.title)
    for down, note in enumerate(_NOTES, start=1):
        sheet.write_string(down, 1, note, formats.quiet)
        sheet.set_row(down, 34)
    noted = [table for table in TABLES if table.note]
    for down, table in enumerate(noted, start=len(_NOTES) + 2):
        sheet.write_string(down, 0, _SHEET_NAMES[table.name], formats.quiet)
        sheet.write_string(down, 1, table.note.zh if table.note else "", formats.quiet)
        sheet.set_row(down, 48)


def _write(sheet: Worksheet, row: int, column: int, value: Any, form: Format) -> None:
    value = value.zh if isinstance(value, Words) else value
    if value is None:
        sheet.write_blank(row, column, None, form)
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value, form)
    else:
        sheet.write_string(row, column, str(value), form)


def _width(column: Column, rows: Sequence[Row]) -> float:
    """Room for the widest of the first rows; a Chinese character takes two places."""
    texts = [column.title.zh, *(_shown(row[column.name]) for row in rows[:200])]
    return min(60.0, 4 + max(sum(2 if ord(c) > 0x2E7F else 1 for c in text) for text in texts))


def _shown(value: Any) -> str:
    return value.zh if isinstance(value, Words) else str(value)
