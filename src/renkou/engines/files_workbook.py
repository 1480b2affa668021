"""Reads workbooks (.xlsx, .xls, .et where readable) into text cells. Not pure: reads files.

Formulas are never evaluated: the value that the workbook holds is read. Numbers show the 15 digits
that a spreadsheet keeps, so that an id number typed as a number is seen to be cut.
"""

from __future__ import annotations

import datetime
import zipfile
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import python_calamine as calamine

from renkou.core.errors import Place
from renkou.engines.files import WIDEST, FileRefused, MemorySheet, SheetNote, unreadable
from renkou.engines.files_workbook_biff import old_sheet_marks
from renkou.engines.files_workbook_xlsb import binary_marks
from renkou.engines.files_workbook_xml import SheetMarks, sheet_marks

LARGEST_UNPACKED = 2 << 30
LARGEST_RATIO = 400
SMALL_ENOUGH = 64 << 20
LARGEST_SPARSE = 30_000_000  # cells: a million rows of 29 columns
_LEAST_FILLED = 1 / 20
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_TIME_END = " 00:00:00"


def workbook_sheets(path: Path, *, is_zip: bool) -> list[MemorySheet]:
    """The sheets of a workbook.

    Raises
    ------
    FileRefused
        FILE-02 damaged, FILE-03 password, FILE-04 unpacks to too much, FILE-09 too many columns.
    """
    marks: dict[str, SheetMarks] = {}
    if is_zip:
        marks = _checked_zip(path)
        for name, one in marks.items():
            _refuse_far_cells(Place(path.name, name), one)
    else:
        _check_ole(path)
    try:
        with calamine.CalamineWorkbook.from_path(path) as workbook:
            sheets = [_sheet(path.name, workbook, meta) for meta in workbook.sheets_metadata]
    except calamine.PasswordError:
        raise _protected(path) from None
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise _damaged(path) from error
    if not is_zip:
        marks = _marks_by_order(sheets, old_sheet_marks(path))
    for sheet in sheets:
        sheet.notes += marks.get(sheet.name or "", SheetMarks()).notes()
    return sheets


def _marks_by_order(
    sheets: Sequence[MemorySheet], marks: Sequence[SheetMarks]
) -> dict[str, SheetMarks]:
    """Marks by the sheets' names; none where they are not of the same sheets."""
    if len(sheets) != len(marks):
        return {}
    return {sheet.name or "": one for sheet, one in zip(sheets, marks, strict=True)}


def _damaged(path: Path) -> FileRefused:
    return unreadable(
        Place(path.name),
        "FILE-02",
        "the workbook is damaged or of an unknown kind",
        "open it in Excel or WPS and save it again as .xlsx",
    )


def _protected(path: Path) -> FileRefused:
    return unreadable(
        Place(path.name),
        "FILE-03",
        "the workbook is protected by a password",
        "save it without a password",
    )


def _check_ole(path: Path) -> None:
    with path.open("rb") as stream:
        start = stream.read(8 << 20)
    if _ENCRYPTED in start:
        raise _protected(path)


def _checked_zip(path: Path) -> dict[str, SheetMarks]:
    """Refuse a damaged archive or a bomb; returns what the worksheets' XML says beside cells."""
    try:
        with zipfile.ZipFile(path) as archive:
            _check_sizes(path, archive.infolist())
            return sheet_marks(archive) or binary_marks(archive)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError) as error:
        raise _damaged(path) from error
    except RuntimeError:  # zipfile says so of an encrypted member
        raise _protected(path) from None


def _check_sizes(path: Path, members: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(member.file_size for member in members)
    packed = max(sum(member.compress_size for member in members), 1)
    bomb = unpacked > SMALL_ENOUGH and unpacked > packed * LARGEST_RATIO
    if unpacked > LARGEST_UNPACKED or bomb or len(members) > 10_000:
        raise unreadable(
            Place(path.name),
            "FILE-04",
            f"the workbook unpacks to {unpacked >> 20} MB, {unpacked // packed} times its size",
            "do not open it; ask the department what it is",
        )


def _refuse_far_cells(place: Place, marks: SheetMarks) -> None:
    """The reader unfolds a sheet up to its last row and column: one stray cell fills all memory."""
    if marks.columns > WIDEST and marks.widest:
        far, reason = marks.widest, f"the sheet has {marks.columns} columns, more than {WIDEST}"
        zh = f"工作表有 {marks.columns} 列，超过 {WIDEST} 列，最右的内容在 {far.name}"
    elif marks.last and marks.unfolded > LARGEST_SPARSE and marks.filled < _LEAST_FILLED:
        far = marks.last if marks.rows > marks.values else marks.widest or marks.last
        reason = f"{marks.values} filled cells reach over {marks.unfolded} cells"
        zh = (
            f"只有 {marks.values} 个单元格有内容，范围却达 {marks.unfolded} 格，最远的在 {far.name}"
        )
    else:
        return
    remedy = "delete this cell, or the whole rows and columns that stand apart, and save it again"
    zh += "；请删除该单元格，或右侧、下方与名册无关的整行整列后另存"
    raise FileRefused(
        Place(place.file, place.sheet, far.row, far.name), "FILE-09", reason, remedy, zh
    )


def _sheet(file: str, workbook: Any, meta: calamine.SheetMetadata) -> MemorySheet:
    if meta.typ != calamine.SheetTypeEnum.WorkSheet:
        return MemorySheet(file, meta.name, [])
    sheet = workbook.get_sheet_by_name(meta.name)
    if sheet.total_width > WIDEST:
        raise unreadable(
            Place(file, meta.name),
            "FILE-09",
            f"the sheet has {sheet.total_width} columns, more than {WIDEST}",
            "delete the empty columns to the right and save it again",
        )
    rows = [
        [cell if type(cell) is str else _text(cell) for cell in row]
        for row in sheet.to_python(skip_empty_area=False)
    ]
    merges = [
        (top, left, bottom, right)
        for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
    ]
    _fill_down(rows, merges)
    hidden = meta.visible != calamine.SheetVisibleEnum.Visible
    notes = [SheetNote("FILE-17")] if hidden else []
    return MemorySheet(file, meta.name, rows, merges, notes)


def _fill_down(rows: list[list[str]], merges: list[tuple[int, int, int, int]]) -> None:
    """Give each row of a cell merged downwards its text: it means 'the same household'.

    Header rows are left alone: a cell merged over header rows holds no digits but a word, and the
    header is found before any body row is read.
    """
    for top, left, bottom, right in merges:
        if left == right and left < len(rows[0]) and top < len(rows):
            for row in range(top + 1, min(bottom + 1, len(rows))):
                rows[row][left] = rows[row][left] or rows[top][left]


def _text(cell: Any) -> str:
    """A cell as a spreadsheet shows it."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return _number_text(cell)
    if isinstance(cell, datetime.datetime):
        return cell.isoformat(" ").removesuffix(_TIME_END)
    return str(cell)


def _number_text(number: float) -> str:
    """A number with the 15 digits that a spreadsheet keeps, never in scientific form."""
    text = f"{number:.15g}"
    return f"{Decimal(text):f}" if "e" in text else text
