"""Documents for people: written whole or not at all, and for their owner only. Not pure."""

from __future__ import annotations

import os
from pathlib import Path

from renkou.core.errors import UsageError


def write_document(path: Path, content: bytes) -> Path:
    """Write a file aside and let it appear under its name by one rename."""
    aside = path.with_name(f".{path.name}.part")
    try:
        handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as opened:
            opened.write(content)
        aside.replace(path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
    return path


def refuse_to_overwrite(path: Path) -> None:
    """A file that people fill in may hold their answers already.

    Raises
    ------
    UsageError
        If there is a file of this name.
    """
    if path.exists():
        raise UsageError(
            f"{path}: exists already and may hold answers; name another file, or move it away",
            zh=f"{path}：文件已存在，其中可能有填好的内容；请另起文件名，或先把它移走",
        )
