"""Looks at a workbook's worksheets for what its reader does not tell: formulas, hidden parts.

Also how far the cells reach, before anything is unfolded. Not pure: reads an open archive. Only tags
are looked at, never a cell's text.
"""

from __future__ import annotations

import html
import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from renkou.engines.files import SheetNote

_CHUNK = 1 << 20
_START = 1 << 12
_OVERLAP = 1 << 10  # a cell's tag and what follows it may stand in two pieces
_FORMULA = re.compile(rb"<f[ >]")
_PREFIXED_FORMULA = re.compile(rb"<\w+:f[ >]")
_PREFIXED = re.compile(rb"<(\w+:)worksheet\b")
_CELL = re.compile(rb" r=[\"']([A-Z]*)(\d+)[\"']")
# Cells beyond column Z that hold something; up to there no sheet is wide.
_FAR_COLUMN = re.compile(rb" r=[\"']([A-Z]{2,3})\d+[\"'][^>]*(?<!/)>\s*<(?:\w+:)?(?:v|is|f)\b(?!/)")
_NARROW = 26
_HIDDEN = re.compile(rb"<(?:\w+:)?(col|row)\b([^>]*)\bhidden=[\"'](?:1|true)[\"']([^>]*)>")
_FROM, _TO = re.compile(rb"\bmin=[\"'](\d+)"), re.compile(rb"\bmax=[\"'](\d+)")
# Excel hides everything to the right of a list by one tag that reaches to the last column.
_LAST_COLUMN = 16_384


class Cell(NamedTuple):
    """A cell's row and column, from 1, and its name."""

    row: int
    column: int
    name: str


@dataclass
class SheetMarks:
    """What stands beside the cells of one worksheet, and how far they reach."""

    formulas: bool = False
    formula_row: int | None = None  # of the first one
    hidden_columns: int = 0
    hidden_rows: int = 0
    values: int = 0  # how many cells hold something, more or less
    last: Cell | None = None  # the last cell that holds something
    seen: Cell | None = None  # the last cell or row that was met
    widest: Cell | None = None  # the rightmost of those beyond column Z

    @property
    def rows(self) -> int:
        """How many rows the sheet unfolds to."""
        return self.last.row if self.last else 0

    @property
    def columns(self) -> int:
        """How many columns the sheet unfolds to, at least 26."""
        return self.widest.column if self.widest else _NARROW

    @property
    def unfolded(self) -> int:
        """How many cells the sheet unfolds to."""
        return self.rows * self.columns

    @property
    def filled(self) -> float:
        """The share of these cells that hold something."""
        return self.values / max(self.unfolded, 1)

    def notes(self) -> list[SheetNote]:
        """The marks as notes."""
        notes = [SheetNote("FILE-16", self.formula_row)] if self.formulas else []
        parts = [
            f"{count} {unit}"
            for count, unit in ((self.hidden_columns, "列"), (self.hidden_rows, "行"))
            if count
        ]
        return notes + ([SheetNote("FILE-18", detail="、".join(parts))] if parts else [])


def sheet_marks(archive: zipfile.ZipFile) -> dict[str, SheetMarks]:
    """Marks of each worksheet by its name; nothing of a workbook that is not in XML."""
    members = set(archive.namelist())
    return {
        name: _marks(archive, member)
        for name, member in _worksheets(archive).items()
        if member in members
    }


def _worksheets(archive: zipfile.ZipFile) -> dict[str, str]:
    """The archive's member of each sheet name."""
    try:
        relations = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
        book = archive.read("xl/workbook.xml").decode("utf-8", "replace")
    except KeyError:
        return {}
    targets = {
        one.get("Id", ""): one.get("Target", "") for one in attributes("Relationship", relations)
    }
    return {
        sheet.get("name", ""): posixpath.normpath(
            posixpath.join("/xl", targets.get(sheet.get("r:id", ""), ""))
        ).lstrip("/")
        for sheet in attributes("sheet", book)
    }


def attributes(tag: str, text: str) -> Iterator[dict[str, str]]:
    """The attributes of each such tag. No parser: nothing in a stranger's XML is to be expanded."""
    for found in re.finditer(rf"<(?:\w+:)?{tag}\s([^>]*)>", text):
        pairs = re.findall(r"""([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""", found[1])
        yield {name: html.unescape(double or single) for name, double, single in pairs}


def _marks(archive: zipfile.ZipFile, member: str) -> SheetMarks:
    marks = SheetMarks()
    formula, prefix, before = _FORMULA, b"", b""
    for at, piece in enumerate(_whole_tags(archive, member)):
        if at == 0 and (named := _PREFIXED.search(piece[:_START])):
            formula, prefix = _PREFIXED_FORMULA, named[1]
        text = before + piece
        if not marks.formulas and (formula_at := formula.search(text)):
            cell = _cell_before(text, formula_at.start())
            marks.formulas, marks.formula_row = True, cell.row if cell else None
        if b"hidden=" in piece:
            _count_hidden(piece, marks)
        _reach(text, len(before), prefix, marks)
        before = text[-_OVERLAP:]
    return marks


def _reach(text: bytes, fresh: int, prefix: bytes, marks: SheetMarks) -> None:
    """Take note how far the cells of a piece reach; what is fresh of it begins at `fresh`."""
    ends = [b"</" + prefix + tag for tag in (b"v>", b"is>")]
    marks.values += sum(text.count(end, fresh) for end in ends)
    last = max(text.rfind(end, fresh) for end in ends)
    if last >= 0:
        marks.last = _cell_before(text, last) or marks.seen
    marks.seen = _cell_before(text, len(text)) or marks.seen
    far = max(map(_column, set(_FAR_COLUMN.findall(text))), default=0)
    if far > marks.columns:
        name = next(one for one in _FAR_COLUMN.finditer(text) if _column(one[1]) == far)
        marks.widest = _cell_before(text, name.start() + 1)


def _cell_before(text: bytes, end: int) -> Cell | None:
    """The last cell (or row, of column 0) that begins before a place in the text."""
    found = _CELL.match(text, max(text.rfind(b" r=", 0, end + 2), 0))
    if not found:
        return None
    return Cell(int(found[2]), _column(found[1]), (found[1] + found[2]).decode())


def _column(letters: bytes) -> int:
    """A column's number from 1; 0 where no letter stands.

    >>> _column(b"XFD")
    16384
    """
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _whole_tags(archive: zipfile.ZipFile, member: str) -> Iterator[bytes]:
    """The member in pieces that end with a tag."""
    with archive.open(member) as stream:
        tail = b""
        while chunk := stream.read(_CHUNK):
            whole, end, rest = (tail + chunk).rpartition(b">")
            yield whole + end
            tail = rest


def _count_hidden(text: bytes, marks: SheetMarks) -> None:
    for kind, before, after in _HIDDEN.findall(text):
        if kind == b"row":
            marks.hidden_rows += 1
            continue
        first, last = (one.search(before + after) for one in (_FROM, _TO))
        if first and last and int(last[1]) < _LAST_COLUMN:
            marks.hidden_columns += int(last[1]) - int(first[1]) + 1
