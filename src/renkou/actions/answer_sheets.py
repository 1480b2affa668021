"""What a returned workbook says, row by row; refuses one that is not as it was sent out.

A cell's place is known by the words of its header and the number of its row, so a column that is
gone, or a number that stands twice, would erase or mistake what nobody meant to change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from renkou.actions.list_reading import Note
from renkou.core.errors import DataRefused, Place
from renkou.core.fields import FIELD
from renkou.engines.files import MemorySheet, open_sheets
from renkou.intake.columns import refusal
from renkou.publishing.return_workbook import ABOUT_SHEET, HEADER_ROW, KEY_COLUMN

_HEADER = HEADER_ROW + 1  # as a spreadsheet counts


@dataclass(frozen=True)
class AnsweredRow:
    """Where a row stands, and its cells by field; null where a cell is blank."""

    place: Place
    cells: Mapping[str, str | None]


@dataclass(frozen=True)
class Answers:
    """What a returned workbook says: source, delivery, rows by their key, notes on its sheets."""

    file: str
    source: str
    delivery: str
    rows: Mapping[str, AnsweredRow]
    notes: Sequence[Note]


def read_answers(path: Path) -> Answers:
    """The rows of a returned workbook.

    Raises
    ------
    DataRefused
        FILE-06 no return workbook; FILE-07 a column that was sent out is missing; FILE-08 it stands
        twice; FILE-16 a formula; ROW-03 a key on two rows; ROW-04 a row without a key.
    """
    sheets = {sheet.name: sheet for sheet in open_sheets(path) if isinstance(sheet, MemorySheet)}
    about = sheets.pop(ABOUT_SHEET, None)
    if about is None or len(about.rows) < 3:
        raise refusal(
            Place(path.name), "FILE-06", "it is no workbook written by `renkou list return`"
        )
    source, delivery, *fields = [row[0] for row in about.rows]
    labels = {FIELD[name].zh: name for name in fields if name in FIELD}
    rows: dict[str, AnsweredRow] = {}
    for sheet in filter(_holds_anything, sheets.values()):
        _refuse_formulas(sheet)
        _add_rows(sheet, labels, rows)
    notes = [
        Note(one.rule, sheet.file, sheet.name, None, one.detail)
        for sheet in sheets.values()
        for one in sheet.notes
    ]
    return Answers(path.name, source, delivery, rows, notes)


def _holds_anything(sheet: MemorySheet) -> bool:
    return any(any(row) for row in sheet.rows)


def _add_rows(sheet: MemorySheet, labels: Mapping[str, str], rows: dict[str, AnsweredRow]) -> None:
    places = _columns(sheet, labels)
    for number, row in enumerate(sheet.rows[_HEADER:], _HEADER + 1):
        key = row[places[KEY_COLUMN]].strip()
        cells = {name: row[places[word]].strip() or None for word, name in labels.items()}
        place = Place(sheet.file, sheet.name, number, KEY_COLUMN)
        if key:
            if key in rows:
                raise _twice(place, rows[key].place)
            rows[key] = AnsweredRow(place, cells)
        elif any(cells.values()):
            raise not_sent_out(place)


def _columns(sheet: MemorySheet, labels: Mapping[str, str]) -> dict[str, int]:
    """Where the key and each field that was sent out stand."""
    header = [cell.strip() for cell in sheet.rows[HEADER_ROW]] if len(sheet.rows) >= _HEADER else []
    if KEY_COLUMN not in header:
        raise _other_sheet(Place(sheet.file, sheet.name, _HEADER))
    for word in (KEY_COLUMN, *labels):
        if header.count(word) != 1:
            raise _not_once(Place(sheet.file, sheet.name, _HEADER), word, header.count(word))
    return {word: header.index(word) for word in (KEY_COLUMN, *labels)}


def _other_sheet(place: Place) -> DataRefused:
    return DataRefused(
        place,
        "FILE-06",
        f"the column {KEY_COLUMN} does not stand in this row, as it did when sent out",
        "delete rows inserted above the header and sheets added to the workbook",
        f"这一行应是表头，却没有“{KEY_COLUMN}”列；请删除表头上方插入的行，或另加的工作表",
    )


def _not_once(place: Place, word: str, count: int) -> DataRefused:
    remedy = "put the header and its column back as they were sent; leave cells as they are instead"
    remedy_zh = "请照发出时的样子恢复表头和该列；不用改的单元格保持原样即可，不要删列或改列名"
    if count:
        reason, zh = f"the column {word} stands {count} times", f"“{word}”列出现 {count} 次"
        return DataRefused(place, "FILE-08", reason, remedy, f"{zh}；{remedy_zh}")
    reason, zh = f"the column {word} that was sent out is missing", f"缺少发出时的列“{word}”"
    return DataRefused(place, "FILE-07", reason, remedy, f"{zh}；{remedy_zh}")


def _refuse_formulas(sheet: MemorySheet) -> None:
    found = next((note for note in sheet.notes if note.rule == "FILE-16"), None)
    if found:
        raise DataRefused(
            Place(sheet.file, sheet.name, found.row),
            "FILE-16",
            "a cell holds a formula, whose value may be missing or another one",
            "copy the cells with formulas and paste them as values",
            "单元格含公式，其结果可能缺失或已变；请复制含公式的单元格，粘贴为数值",
        )


def _twice(place: Place, first: Place) -> DataRefused:
    where = f"sheet {first.sheet} row {first.row}"
    return DataRefused(
        place,
        "ROW-03",
        f"the row has the same number as {where}",
        "keep one of the two rows; new people belong in the next list",
        f"与{_where_zh(place, first)}编号相同；请只保留一行，新增的人请报在下一次名册中",
    )


def _where_zh(place: Place, first: Place) -> str:
    sheet = "" if first.sheet == place.sheet else f"工作表“{first.sheet}”"
    return f"{sheet}第 {first.row} 行"


def not_sent_out(place: Place) -> DataRefused:
    """The error of a row whose number is missing or was never sent out."""
    return DataRefused(
        place,
        "ROW-04",
        "the row has no number, or one that was not sent out",
        "put its number back as it was sent, or delete the row; new people belong in the next list",
        "该行没有编号，或编号不是发出时的；请恢复原编号或删除该行，新增的人请报在下一次名册中",
    )
