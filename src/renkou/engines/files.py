"""Opens list files: any CSV or workbook becomes sheets of text cells. Not pure: reads files.

A sheet shows its first rows (to find the header in) and loads the columns asked for, so that a
column that is refused is never kept anywhere. Rows are numbered as a spreadsheet counts them.
"""

from __future__ import annotations

import stat
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from renkou.core.errors import DataRefused, FileUnreadable, Place, system_words_zh
from renkou.core.progress import Progress

HEAD_ROWS = 60
WIDEST = 500


class FileRefused(DataRefused, FileUnreadable):
    """A file breaks a rule that makes it unreadable as a list."""


@dataclass(frozen=True)
class SheetNote:
    """Something about a sheet that its reader should know, by rule code."""

    rule: str
    row: int | None = None
    detail: str | None = None


class Sheet(Protocol):
    """One grid of text cells."""

    file: str
    name: str | None
    merges: list[tuple[int, int, int, int]]
    notes: list[SheetNote]

    @property
    def head(self) -> list[list[str]]:
        """The first rows."""

    def load(self, columns: Sequence[int], progress: Progress) -> pa.Table:
        """Columns `row` (int32), `fault` (rule code or null) and `c<n>` for the numbers asked.

        Cells have no blanks at their ends (of any kind); a blank cell is null.
        """


@dataclass
class MemorySheet:
    """A sheet whose rows are already in memory, as a workbook's are."""

    file: str
    name: str | None
    rows: list[list[str]]
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    notes: list[SheetNote] = field(default_factory=list)

    @property
    def head(self) -> list[list[str]]:
        """The first rows."""
        return self.rows[:HEAD_ROWS]

    def load(self, columns: Sequence[int], progress: Progress) -> pa.Table:
        """The columns asked for, see `Sheet.load`."""
        del progress
        count = len(self.rows)
        table = {
            "row": pa.array(range(1, count + 1), pa.int32()),
            "fault": pa.nulls(count, pa.string()),
        }
        for at in columns:
            table[f"c{at}"] = pa.array([row[at].strip() or None for row in self.rows], pa.string())
        return pa.table(table)


def unreadable(place: Place, rule: str, reason: str, remedy: str) -> FileRefused:
    """The error of a file that cannot be read."""
    return FileRefused(place, rule, reason, remedy)


_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def refuse_pipes(path: Path) -> None:
    """A pipe or a device is no file: reading it may never end. Whether it is there is not asked.

    Raises
    ------
    FileUnreadable
        If it is neither a file nor a folder.
    """
    try:
        kind = stat.S_IFMT(path.stat().st_mode)
    except OSError:
        return
    if kind not in (stat.S_IFREG, stat.S_IFDIR):
        raise FileUnreadable(
            f"{path.name}: not a regular file but a pipe or a device; give a file",
            zh=f"{path.name}：不是普通文件，而是管道或设备；请提供文件",
        )


def open_sheets(path: Path) -> Sequence[Sheet]:
    """The sheets of a list file; what a file is, its first bytes say and not its name.

    Raises
    ------
    FileRefused
        With the rule (FILE-01 … FILE-11) that the file breaks.
    """
    from renkou.engines.files_csv import CsvSheet
    from renkou.engines.files_workbook import workbook_sheets

    refuse_pipes(path)
    try:
        with path.open("rb") as stream:
            start = stream.read(8)
    except OSError as error:
        reason = error.strerror or "it cannot be opened"
        raise FileUnreadable(
            f"{path.name}: {reason}; check the path and permissions",
            zh=f"{path.name}：文件打不开（{system_words_zh(error)}）；请核对路径和权限",
        ) from None
    if not start:
        raise unreadable(
            Place(path.name), "FILE-01", "the file is empty", "ask the department for it again"
        )
    if start.startswith(_ZIP) or start == _OLE:
        return workbook_sheets(path, is_zip=start.startswith(_ZIP))
    if path.suffix.lower() in {".xlsx", ".xls", ".et", ".xlsm", ".xlsb", ".ods"}:
        return _disguised(path, start)
    return [CsvSheet(path)]


def _disguised(path: Path, start: bytes) -> Sequence[Sheet]:
    """A text table named like a workbook is read as text; anything else is refused."""
    from renkou.engines.files_csv import CsvSheet

    if b"\0" in start or start.lstrip().startswith(b"<"):
        raise unreadable(
            Place(path.name),
            "FILE-02",
            "the file is no workbook, or is damaged",
            "open it in Excel or WPS and save it again as .xlsx",
        )
    return [CsvSheet(path)]
