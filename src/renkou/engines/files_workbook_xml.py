"""Looks at a workbook's worksheets for what its reader does not tell: formulas, hidden parts.

Not pure: reads an open archive. Only tags are looked at, never a cell's text.
"""

from __future__ import annotations

import html
import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from renkou.engines.files import SheetNote

_CHUNK = 1 << 20
_START = 1 << 12
_FORMULA = re.compile(rb"<f[ >]")
_PREFIXED_FORMULA = re.compile(rb"<\w+:f[ >]")
_PREFIXED = re.compile(rb"<\w+:worksheet\b")
_HIDDEN = re.compile(rb"<(?:\w+:)?(col|row)\b([^>]*)\bhidden=[\"'](?:1|true)[\"']([^>]*)>")
_FROM, _TO = re.compile(rb"\bmin=[\"'](\d+)"), re.compile(rb"\bmax=[\"'](\d+)")
# Excel hides everything to the right of a list by one tag that reaches to the last column.
_LAST_COLUMN = 16_384


@dataclass
class SheetMarks:
    """What stands beside the cells of one worksheet."""

    formulas: bool = False
    hidden_columns: int = 0
    hidden_rows: int = 0

    def notes(self) -> list[SheetNote]:
        """The marks as notes."""
        notes = [SheetNote("FILE-16")] if self.formulas else []
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
        one.get("Id", ""): one.get("Target", "") for one in _attributes("Relationship", relations)
    }
    return {
        sheet.get("name", ""): posixpath.normpath(
            posixpath.join("/xl", targets.get(sheet.get("r:id", ""), ""))
        ).lstrip("/")
        for sheet in _attributes("sheet", book)
    }


def _attributes(tag: str, text: str) -> Iterator[dict[str, str]]:
    """The attributes of each such tag. No parser: nothing in a stranger's XML is to be expanded."""
    for found in re.finditer(rf"<(?:\w+:)?{tag}\s([^>]*)>", text):
        pairs = re.findall(r"""([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""", found[1])
        yield {name: html.unescape(double or single) for name, double, single in pairs}


def _marks(archive: zipfile.ZipFile, member: str) -> SheetMarks:
    marks = SheetMarks()
    formula = _FORMULA
    for at, text in enumerate(_whole_tags(archive, member)):
        if at == 0 and _PREFIXED.search(text[:_START]):
            formula = _PREFIXED_FORMULA
        marks.formulas = marks.formulas or bool(formula.search(text))
        if b"hidden=" in text:
            _count_hidden(text, marks)
    return marks


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
