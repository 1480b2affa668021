"""Looks at a binary workbook's records (.xlsb) for what its reader does not tell.

Not pure: reads an open archive. How far the cells reach and where a formula stands ([MS-XLSB] 2.1.4,
2.4.289 BrtBundleSh, 2.5.4 Cell); no cell's text is looked at.
"""

from __future__ import annotations

import posixpath
import struct
import zipfile
from collections.abc import Iterator

from renkou.engines.files_workbook_xml import Cell, SheetMarks, attributes

_BUNDLE, _ROW = 0x9C, 0x00
_VALUES = range(2, 12)  # numbers, errors, texts; from 8 on results of formulas
_FORMULAS = range(8, 12)


def binary_marks(archive: zipfile.ZipFile) -> dict[str, SheetMarks]:
    """Marks of each worksheet by its name; nothing of a workbook that is not in records."""
    try:
        relations = archive.read("xl/_rels/workbook.bin.rels").decode("utf-8", "replace")
        book = archive.read("xl/workbook.bin")
        targets = {
            one.get("Id", ""): one.get("Target", "")
            for one in attributes("Relationship", relations)
        }
        members = set(archive.namelist())
        marks = {}
        for identifier, name in _sheets(book):
            member = posixpath.normpath(posixpath.join("/xl", targets.get(identifier, "")))
            if member.lstrip("/") in members:
                marks[name] = _marks(archive.read(member.lstrip("/")))
        return marks
    except (KeyError, struct.error, IndexError, UnicodeDecodeError):
        return {}  # whether the book is damaged its reader says


def _records(stream: bytes) -> Iterator[tuple[int, int]]:
    """The records: kind, and where the content begins."""
    at = 0
    while at < len(stream):
        kind, at = _number(stream, at, 2)
        size, at = _number(stream, at, 4)
        yield kind, at
        at += size


def _number(stream: bytes, at: int, most: int) -> tuple[int, int]:
    """A number of seven bits a byte, the lowest first, and where it ends."""
    number = 0
    for place in range(most):
        byte = stream[at + place]
        number |= (byte & 0x7F) << 7 * place
        if byte < 0x80:
            break
    return number, at + place + 1


def _sheets(book: bytes) -> Iterator[tuple[str, str]]:
    """The relation and the name of each sheet."""
    for kind, at in _records(book):
        if kind == _BUNDLE:
            identifier, after = _text(book, at + 8)
            yield identifier, _text(book, after)[0]


def _text(stream: bytes, at: int) -> tuple[str, int]:
    (length,) = struct.unpack_from("<I", stream, at)
    end = at + 4 + 2 * length
    return stream[at + 4 : end].decode("utf-16-le"), end


def _marks(stream: bytes) -> SheetMarks:
    marks = SheetMarks()
    row, last, widest = 0, (0, 0), (0, 0)  # column and row
    for kind, at in _records(stream):
        if kind == _ROW:
            row = int.from_bytes(stream[at : at + 4], "little") + 1
        elif kind in _VALUES:
            last = int.from_bytes(stream[at : at + 4], "little") + 1, row
            widest = max(widest, last)
            marks.values += 1
            if kind in _FORMULAS and not marks.formulas:
                marks.formulas, marks.formula_row = True, row
    if marks.values:
        marks.last, marks.widest = _cell(*last), _cell(*widest)
    return marks


def _cell(column: int, row: int) -> Cell:
    letters, rest = "", column
    while rest:
        rest, letter = divmod(rest - 1, 26)
        letters = chr(65 + letter) + letters
    return Cell(row, column, f"{letters}{row}")
