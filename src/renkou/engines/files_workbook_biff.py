"""Looks at an old workbook's records (.xls, .et) for what its reader does not tell.

Not pure: reads files. Formulas and hidden rows or columns are marked there by records of their own
([MS-XLS] 2.4.42 ColInfo, 2.4.127 Formula, 2.4.221 Row); no cell's text is looked at.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import olefile

from renkou.engines.files_workbook_xml import SheetMarks

_BOF, _EOF, _BOUND_SHEET, _FILE_PASS = 0x0809, 0x000A, 0x0085, 0x002F
_ROW, _COLUMNS, _FORMULA = 0x0208, 0x007D, 0x0006
_ROW_HIDDEN, _COLUMN_HIDDEN = 0x20, 0x01
_LAST_COLUMN = 255  # columns hidden up to the sheet's end hold nothing


def old_sheet_marks(path: Path) -> list[SheetMarks]:
    """Marks of each sheet, in the order of the book's table; nothing where they cannot be read."""
    try:
        with olefile.OleFileIO(path) as book:
            name = next((one for one in ("Workbook", "Book") if book.exists(one)), None)
            stream = book.openstream(name).read() if name else b""
        return [_marks(stream, start) for start in _sheet_starts(stream)]
    except (OSError, struct.error, ValueError, IndexError):
        return []  # whether the book is damaged its reader says


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """The records from a place on: kind and content."""
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + size]
        at += 4 + size


def _sheet_starts(stream: bytes) -> list[int]:
    """Where each sheet begins, by the book's table."""
    starts = []
    for kind, content in _records(stream, 0):
        if kind == _BOUND_SHEET:
            starts.append(struct.unpack_from("<I", content)[0])
        if kind in (_EOF, _FILE_PASS):
            break
    return starts


def _marks(stream: bytes, start: int) -> SheetMarks:
    marks = SheetMarks()
    depth = 0  # a chart within a sheet is a stream within its stream
    for kind, content in _records(stream, start):
        if kind == _BOF:
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth == 0:
                break
        elif depth == 1:
            _mark(kind, content, marks)
    return marks


def _mark(kind: int, content: bytes, marks: SheetMarks) -> None:
    if kind == _FORMULA and not marks.formulas:
        marks.formulas, marks.formula_row = True, struct.unpack_from("<H", content)[0] + 1
    elif kind == _ROW:
        marks.hidden_rows += bool(content[12] & _ROW_HIDDEN)
    elif kind == _COLUMNS:
        first, last = struct.unpack_from("<HH", content)
        if content[8] & _COLUMN_HIDDEN and last < _LAST_COLUMN:
            marks.hidden_columns += last - first + 1
