"""Doubtful pairs as a workbook for a clerk: two lines per pair, one dropdown to answer. Pure.

The two records stand one above the other, so that characters and digits align; cells that differ
are coloured. The answer and remark stand left, frozen, and stay in sight while one scrolls. A hidden
sheet holds the record numbers; `pair_key` ties each visible pair to it.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from renkou.publishing.review_tables import (
    ANSWERS,
    NUMBER_FIELDS,
    ROLES,
    ReviewPair,
    ReviewRecord,
    agreement,
    field_label,
    pair_key,
    shown_cells,
    used_fields,
    weights_text,
)

SHEET, KEY_SHEET = "待复核", "_keys"
KEY_COLUMN, ANSWER_COLUMN, REMARK_COLUMN = "编号", "判定", "备注"
KEY_HEADINGS = ("key", "record_id_l", "record_id_r", "edition", "edition_digest")
HEADER_ROW = 2  # from 0: two lines of title and instructions stand above
_OF_PAIR = ((KEY_COLUMN, 13), (ANSWER_COLUMN, 10), (REMARK_COLUMN, 18), ("疑点", 18),
            ("同一人概率", 8), ("依据（比对权重）", 50))  # fmt: skip
_OF_RECORD = (
    ("来源", 18),
    ("基准日期", 12),
    ("文件", 24),
    ("工作表", 14),
    ("行号", 7),
    ("人物", 7),
)
_WIDTHS = {"id_number": 21, "name": 14, "birth_date": 12, "registered_address": 30,
           "usual_address": 30, "registered_area": 24, "usual_area": 24, "sex": 6, "phone": 16}  # fmt: skip
_INSTRUCTIONS = (
    "每对两行，请在“判定”列选择：同一人、不同人、不确定；说明可写入“备注”。"
    "橙色为两行不一致，灰色为一方缺失或写得较粗。请勿改动“编号”。可只判一部分，填好后原样交回。"
)
_COLOURS = {"differs": "#F8CBAD", "missing": "#EDEDED", "coarser": "#EDEDED"}
_WIDEST = 48  # of a column that is as wide as what it holds


class _Formats:
    """Cell formats by kind of agreement and line of the pair."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[tuple[str, bool, bool], Format] = {}
        base = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "vcenter"}
        self._base = {**base, "num_format": "@"}
        self.title = book.add_format({**base, "bold": True, "font_size": 14})
        self.quiet = book.add_format({**base, "font_color": "#5B6674"})
        self.head = book.add_format(
            {**base, "bold": True, "top": 2, "bottom": 1, "text_wrap": True}
        )
        wrapped = {**self._base, "text_wrap": True, "bottom": 2, "bottom_color": "#8497B0"}
        self.pair = book.add_format(wrapped)
        self.answer = book.add_format({**wrapped, "bg_color": "#FFF9DB", "bold": True})

    def cell(self, kind: str, *, last: bool, number: bool) -> Format:
        """The format of a record's cell."""
        if (kind, last, number) not in self._made:
            style = dict(self._base)
            if kind in _COLOURS:
                style["bg_color"] = _COLOURS[kind]
            if number:
                style["font_name"] = "Consolas"  # digits of both lines align
            if last:
                style |= {"bottom": 2, "bottom_color": "#8497B0"}
            self._made[kind, last, number] = self._book.add_format(style)
        return self._made[kind, last, number]


def review_workbook(pairs: Sequence[ReviewPair], *, edition: str, edition_digest: str) -> bytes:
    """The workbook's bytes; the same pairs give the same bytes."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(buffer, options)
    book.set_properties({"title": f"待复核 {edition}", "created": datetime(2000, 1, 1, tzinfo=UTC)})
    fields = used_fields(pairs)
    sheet = book.add_worksheet(SHEET)
    formats = _Formats(book)
    lines = [_line(record, cells, fields) for pair in pairs for record, cells in _sides(pair)]
    _headings(
        sheet,
        _columns(fields, lines),
        formats,
        f"待复核的记录对 · 版本 {edition} · {len(pairs)} 对",
    )
    for number, pair in enumerate(pairs):
        key = pair_key(number + 1, edition_digest, pair.left.record_id, pair.right.record_id)
        row = HEADER_ROW + 1 + 2 * number
        _write_pair(sheet, row, key, pair, formats)
        for at in (0, 1):
            line = lines[2 * number + at]
            _write_line(sheet, row + at, line, _kinds(pair, fields), formats, last=at == 1)
    _answer_list(sheet, len(pairs))
    _key_sheet(book.add_worksheet(KEY_SHEET), pairs, edition, edition_digest)
    book.close()
    return buffer.getvalue()


def _columns(fields: Sequence[str], lines: Sequence[Sequence[str]]) -> list[tuple[str, int]]:
    """Headings and widths: of a record's columns wide enough for what they hold."""
    headings = [*_OF_RECORD, *((field_label(field), _WIDTHS.get(field, 12)) for field in fields)]
    held = zip(*lines, strict=True) if lines else ((),) * len(headings)
    fitted = [
        (text, min(_WIDEST, max([least, *map(_width, cells)])))
        for (text, least), cells in zip(headings, held, strict=True)
    ]
    return [*_OF_PAIR, *fitted]


def _width(text: str) -> int:
    """The columns that a text takes: of a Chinese character two."""
    return 2 + sum(2 if ord(character) > 0xFF else 1 for character in text)


def _headings(
    sheet: Worksheet, columns: Sequence[tuple[str, int]], formats: _Formats, title: str
) -> None:
    sheet.write_string(0, 0, title, formats.title)
    sheet.write_string(1, 0, _INSTRUCTIONS, formats.quiet)
    sheet.set_row(HEADER_ROW, 30)
    for column, (text, width) in enumerate(columns):
        sheet.set_column(column, column, width)
        sheet.write_string(HEADER_ROW, column, text, formats.head)
    sheet.freeze_panes(HEADER_ROW + 1, 3)
    sheet.set_landscape()
    sheet.set_paper(8)  # A3: on two sheets side by side what is printed can be read
    sheet.fit_to_pages(2, 0)
    sheet.repeat_rows(HEADER_ROW)
    sheet.repeat_columns(0)


def _sides(pair: ReviewPair) -> list[tuple[ReviewRecord, Mapping[str, str]]]:
    return list(zip((pair.left, pair.right), shown_cells(pair), strict=True))


def _line(record: ReviewRecord, cells: Mapping[str, str], fields: Sequence[str]) -> list[str]:
    """What stands of one record, in the order of the columns."""
    role = ROLES.get(record.role, record.role)
    day, sheet = record.reference_date, record.sheet or ""
    place = [record.list_name, day, record.file, sheet, str(record.row), role]
    return [*place, *(cells[field] for field in fields)]


def _kinds(pair: ReviewPair, fields: Sequence[str]) -> list[tuple[str, bool]]:
    """How the two records agree in each column, and whether it holds a number."""
    left, right = pair.left.codes, pair.right.codes
    found = [
        (agreement(field, left.get(field), right.get(field)), field in NUMBER_FIELDS)
        for field in fields
    ]
    return [*[("same", False)] * len(_OF_RECORD), *found]


def _write_pair(sheet: Worksheet, row: int, key: str, pair: ReviewPair, formats: _Formats) -> None:
    texts = (key, "", "", pair.reason, f"{pair.probability:.1%}", weights_text(pair.weights))
    for column, text in enumerate(texts):
        style = formats.answer if column in (1, 2) else formats.pair
        sheet.merge_range(row, column, row + 1, column, "", style)
        sheet.write_string(row, column, text, style)


def _write_line(
    sheet: Worksheet, row: int, texts: Sequence[str], kinds: Sequence[tuple[str, bool]],
    formats: _Formats, *, last: bool,
) -> None:  # fmt: skip
    cells = zip(texts, kinds, strict=True)
    for column, (text, (kind, number)) in enumerate(cells, len(_OF_PAIR)):
        sheet.write_string(row, column, text, formats.cell(kind, last=last, number=number))


def _answer_list(sheet: Worksheet, count: int) -> None:
    if count:
        sheet.data_validation(
            HEADER_ROW + 1,
            1,
            HEADER_ROW + 2 * count,
            1,
            {
                "validate": "list",
                "source": list(ANSWERS),
                "error_title": "判定",
                "error_message": "请从列表中选择：同一人、不同人、不确定",
            },
        )


def _key_sheet(
    sheet: Worksheet, pairs: Sequence[ReviewPair], edition: str, edition_digest: str
) -> None:
    sheet.very_hidden()
    for column, text in enumerate(KEY_HEADINGS):
        sheet.write_string(0, column, text)
    for number, pair in enumerate(pairs, 1):
        left, right = pair.left.record_id, pair.right.record_id
        key = pair_key(number, edition_digest, left, right)
        # As text: a spreadsheet keeps 15 digits of a number.
        for column, text in enumerate((key, str(left), str(right), edition, edition_digest)):
            sheet.write_string(number, column, text)
