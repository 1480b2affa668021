"""The journal of the audit: a file beside the database that is only ever appended to.

One line per event: its number and its digest. Who may change the database alone cannot take back what the
journal holds, the newest event included.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from renkou.core.errors import WorkspaceError

Line = tuple[int, str]
_LONGEST_LINE = 128  # a number of 64 bits, a blank, 64 digits


def append_to_journal(path: Path, lines_after: Callable[[int], Iterable[Line]]) -> int:
    """Add what the journal lacks, on the disk before this returns; the number of the last line before.

    Parameters
    ----------
    lines_after : the events after a number, ascending; called while the file is locked, so that
        processes that write at once neither double nor drop a line
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "r+b") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        last = _last_number(stream, path)
        text = "".join(f"{number} {digest}\n" for number, digest in lines_after(last))
        stream.write(text.encode("ascii"))
        stream.flush()
        os.fsync(stream.fileno())
    return last


def journal_lines(path: Path) -> Iterator[Line]:
    """Numbers and digests, as they were written.

    Raises
    ------
    WorkspaceError
        Naming the first line that is none.
    """
    with path.open(encoding="ascii", errors="replace") as stream:
        for at, line in enumerate(stream, start=1):
            number, _, digest = line.rstrip("\n").partition(" ")
            if not (number.isdigit() and len(digest) == 64 and line.endswith("\n")):
                raise _damaged(path, f"line {at}", f"第 {at} 行")
            yield int(number), digest


def _last_number(stream: BinaryIO, path: Path) -> int:
    """Read from the end: the journal grows for years, and every event comes here."""
    size = stream.seek(0, os.SEEK_END)
    if not size:
        return 0
    stream.seek(max(0, size - _LONGEST_LINE - 1))
    end = stream.read()
    number, _, digest = end[end.rfind(b"\n", 0, len(end) - 1) + 1 :].partition(b" ")
    if not (number.isdigit() and len(digest) == 65 and digest.endswith(b"\n")):
        raise _damaged(path, "the last line", "最后一行")
    return int(number)


def _damaged(path: Path, place: str, place_zh: str) -> WorkspaceError:
    return WorkspaceError(
        f"{path}, {place}: no number and digest of an audit event; the journal was altered or cut "
        "off: compare with a backup, and put that in its place",
        zh=f"{path} {place_zh}：不是审计记录的编号和摘要，日志被改动或截断；请与备份对照并恢复",
    )
