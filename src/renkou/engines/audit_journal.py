"""The journal of the audit: a file beside the database that is only ever appended to.

One line per event: its number and its digest. Who may change the database alone cannot take back what the
journal holds, the newest event included.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from renkou.core.errors import WorkspaceError

Line = tuple[int, str]


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
        last = _last_number(stream.read(), path)
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
                raise _damaged(path, at)
            yield int(number), digest


def _last_number(content: bytes, path: Path) -> int:
    if not content:
        return 0
    begins = content.rfind(b"\n", 0, len(content) - 1) + 1
    number, _, digest = content[begins:].partition(b" ")
    if not (number.isdigit() and len(digest) == 65 and digest.endswith(b"\n")):
        raise _damaged(path, content.count(b"\n", 0, begins) + 1)
    return int(number)


def _damaged(path: Path, line: int) -> WorkspaceError:
    return WorkspaceError(
        f"{path}, line {line}: no number and digest of an audit event; the journal was altered or cut "
        "off: compare with a backup, and put that in its place",
        zh=f"{path} 第 {line} 行：不是审计记录的编号和摘要，日志被改动或截断；请与备份对照并恢复",
    )
