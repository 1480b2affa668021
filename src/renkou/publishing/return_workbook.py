"""The workbook that goes back to a department: rows at fault, cells marked, reasons in Chinese. Pure.

Answers are typed over the cells; the row's number in the first column ties them to the record. All
cells are text and are written as text, so that nothing in a list can become a formula.
"""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

SHEET, ABOUT_SHEET = "需核对的行", "_renkou"
KEY_COLUMN, REASON_COLUMN = "编号", "问题"
PLACE_COLUMNS = ("文件", "工作表", "行号", "人物")
HEADER_ROW = 3  # from 0: title, instructions and a key to colours stand above
ROWS_PER_SHEET = 50_000
MOST_COMMENTS = 20_000  # a spreadsheet with more opens slowly; the reason column has them all
_REASON_WIDTH, _LINE_HEIGHT = 48, 15  # in half-width characters; in points
_COLOURS = {"refused": "#F4B6B0", "cell": "#F8CBAD", "warning": "#FFF2CC"}
_MEANINGS = {"refused": "整行未接收", "cell": "内容无法采用", "warning": "请核对"}
_INSTRUCTIONS = (
    "请直接在有颜色的单元格中改正，改完原样交回；不用改的保持不动。请勿改动“编号”列。"
    "单元格批注和“问题”列写明了原因。"
)


@dataclass(frozen=True)
class Fault:
    """One broken rule: of a field, or of the whole row where field is None."""

    field: str | None
    severity: str
    reason: str


@dataclass(frozen=True)
class ReturnRow:
    """A row at fault: its key, its place, its cells as written and what is wrong."""

    key: str
    place: tuple[str, str, int, str]
    cells: Mapping[str, str | None]
    faults: Sequence[Fault] = field(default_factory=list)


@dataclass(frozen=True)
class ReturnList:
    """All rows at fault of one delivery; `fields` are names with their Chinese labels, in order."""

    source: str
    name: str
    delivery: str
    reference_date: str
    fields: Mapping[str, str]
    rows: Sequence[ReturnRow]


class _Formats:
    """Cell formats by severity."""

    def __init__(self, book: Workbook) -> None:
        base = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "vcenter"}
        text = {**base, "num_format": "@"}
        self.title = book.add_format({**base, "bold": True, "font_size": 14})
        self.quiet = book.add_format({**base, "font_color": "#5B6674"})
        self.head = book.add_format({**base, "bold": True, "bottom": 1, "text_wrap": True})
        self.text = book.add_format(text)
        self.reason = book.add_format({**text, "font_color": "#8C1C13", "text_wrap": True})
        self.marked: dict[str, Format] = {
            severity: book.add_format({**text, "bg_color": colour, "border": 1})
            for severity, colour in _COLOURS.items()
        }


def return_workbook(returned: ReturnList) -> bytes:
    """The workbook's bytes; the same rows give the same bytes."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
               "strings_to_numbers": False}  # fmt: skip
    book = xlsxwriter.Workbook(buffer, options)
    day = datetime.fromisoformat(returned.reference_date).replace(tzinfo=UTC)
    book.set_properties({"title": f"{returned.name}核对", "created": day.replace(tzinfo=None)})
    formats = _Formats(book)
    comments = 0
    for start in range(0, max(len(returned.rows), 1), ROWS_PER_SHEET):
        number = start // ROWS_PER_SHEET
        sheet = book.add_worksheet(SHEET if number == 0 else f"{SHEET}{number + 1}")
        rows = returned.rows[start : start + ROWS_PER_SHEET]
        _head(sheet, returned, formats)
        for at, row in enumerate(rows, HEADER_ROW + 1):
            comments += _write_row(sheet, at, row, returned, formats, comments < MOST_COMMENTS)
        sheet.autofilter(HEADER_ROW, 0, HEADER_ROW + len(rows), len(_columns(returned)) - 1)
    _about(book.add_worksheet(ABOUT_SHEET), returned)
    book.close()
    return buffer.getvalue()


def _columns(returned: ReturnList) -> list[str]:
    return [KEY_COLUMN, REASON_COLUMN, *PLACE_COLUMNS, *returned.fields.values()]


def _head(sheet: Worksheet, returned: ReturnList, formats: _Formats) -> None:
    title = f"{returned.name}（截至 {returned.reference_date}）：需核对 {len(returned.rows):,} 行"
    sheet.write_string(0, 0, title, formats.title)
    sheet.write_string(1, 0, _INSTRUCTIONS, formats.quiet)
    for at, severity in enumerate(_COLOURS):
        sheet.write_string(2, at + 1, _MEANINGS[severity], formats.marked[severity])
    for at, column in enumerate(_columns(returned)):
        sheet.write_string(HEADER_ROW, at, column, formats.head)
    sheet.freeze_panes(HEADER_ROW + 1, 2)
    sheet.set_column(0, 0, 13)
    sheet.set_column(1, 1, _REASON_WIDTH)
    sheet.set_column(2, 5, 9)
    sheet.set_column(6, 5 + len(returned.fields), 20)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0, HEADER_ROW)


def _write_row(
    sheet: Worksheet, at: int, row: ReturnRow, returned: ReturnList, formats: _Formats,
    with_comments: bool,
) -> int:  # fmt: skip
    """Write one row; returns how many comments were added."""
    reasons = "；".join(dict.fromkeys(_reason(fault, returned) for fault in row.faults))
    sheet.write_string(at, 0, row.key, formats.text)
    sheet.write_string(at, 1, reasons, formats.reason)
    # Not every program grows a row to its text.
    sheet.set_row(at, _LINE_HEIGHT * max(1, math.ceil(2 * len(reasons) / (_REASON_WIDTH - 4))))
    for column, value in enumerate(row.place, 2):
        sheet.write_string(at, column, str(value), formats.quiet)
    comments = 0
    for column, name in enumerate(returned.fields, 2 + len(PLACE_COLUMNS)):
        faults = [fault for fault in row.faults if fault.field == name]
        _write_cell(sheet, at, column, row.cells.get(name), faults, formats)
        if faults and with_comments:
            sheet.write_comment(at, column, "；".join(fault.reason for fault in faults))
            comments += 1
    return comments


def _write_cell(
    sheet: Worksheet, at: int, column: int, text: str | None, faults: Sequence[Fault],
    formats: _Formats,
) -> None:  # fmt: skip
    worst = next((s for s in _COLOURS if any(fault.severity == s for fault in faults)), None)
    form = formats.marked[worst] if worst else formats.text
    if text is None:
        sheet.write_blank(at, column, None, form)
    else:
        sheet.write_string(at, column, text, form)


def _reason(fault: Fault, returned: ReturnList) -> str:
    label = returned.fields.get(fault.field or "")
    return f"{label}：{fault.reason}" if label else fault.reason


def _about(sheet: Worksheet, returned: ReturnList) -> None:
    """What the answers belong to, for reading them back."""
    for at, text in enumerate((returned.source, returned.delivery, *returned.fields)):
        sheet.write_string(at, 0, text)
    sheet.hide()
