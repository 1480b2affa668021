"""Deliveries on disk: Parquet files and `delivery.json` in one folder each. Not pure.

    lists/<source>/<delivery>/records.parquet, original_cells.parquet, problems.parquet,
                              refused.parquet, closed.parquet, source.toml, delivery.json

A delivery is written aside and appears by one rename; nothing edits it afterwards.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from renkou.core.errors import WorkspaceError
from renkou.engines.disk_errors import as_os_errors
from renkou.engines.files import refuse_pipes

TABLES = ("records", "original_cells", "problems", "refused", "closed")
_ASIDE = ".aside-"


@dataclass(frozen=True)
class Delivery:
    """What `delivery.json` says: where a delivery came from and what became of it."""

    id: str
    source: str
    source_number: int
    sequence: int
    reference_date: str
    mode: str
    digest: str
    next_record_id: int
    files: list[dict[str, Any]]
    counts: dict[str, int]
    problem_counts: dict[str, int]
    refused_columns: list[dict[str, Any]]
    notes: list[dict[str, Any]]
    fields: list[str] = field(default_factory=list)

    @property
    def day(self) -> date:
        """The day it describes."""
        return date.fromisoformat(self.reference_date)


def deliveries(lists: Path, source: str) -> list[Delivery]:
    """The deliveries of a source by reference date and order of acceptance.

    Raises
    ------
    WorkspaceError
        If a delivery's own description is missing or cannot be read.
    """
    found = [_described(home) for home in _folders(lists / source)]
    return sorted(found, key=lambda delivery: (delivery.reference_date, delivery.sequence))


def _described(home: Path) -> Delivery:
    path = home / "delivery.json"
    try:
        return Delivery(**json.loads(path.read_text("utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        raise WorkspaceError(
            f"{path}: missing or damaged; restore it from a backup",
            zh=f"{path}：文件缺失或已损坏；请从备份恢复",
        ) from None


def sources_with_lists(lists: Path) -> list[str]:
    """The ids of sources that have a delivery."""
    return sorted(home.name for home in _folders(lists) if _folders(home))


def _folders(path: Path) -> list[Path]:
    """The folders in a folder, but hidden ones (those are not yet, or never were, accepted).

    One that cannot be read is an error: `glob` would pass over it, and an edition be built without
    the list.
    """
    try:
        inside = [one for one in path.iterdir() if not one.name.startswith(".")]
    except FileNotFoundError:
        return []
    return sorted(one for one in inside if stat.S_ISDIR(one.stat().st_mode))


def folder(lists: Path, delivery: Delivery) -> Path:
    """Where a delivery lies."""
    return lists / delivery.source / delivery.id


@contextmanager
def writing(lists: Path) -> Iterator[None]:
    """Hold the lists for one writer; a second waits for nothing and is refused."""
    lists.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (lists / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise WorkspaceError(
                "another process is adding a list; wait until it has finished",
                zh="另一进程正在添加名册；请等它完成后再试",
            ) from None
        yield


@contextmanager
def aside(lists: Path, source: str, delivery: str) -> Iterator[Path]:
    """A folder beside the final one; it takes its place when the block ends well.

    What an interrupted run left behind is removed first.
    """
    home = lists / source
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    for left in home.glob(f"{_ASIDE}*"):
        shutil.rmtree(left)
    path = home / f"{_ASIDE}{delivery}"
    path.mkdir(mode=0o700)
    try:
        with as_os_errors():
            yield path
        _settle(path)
        path.rename(home / delivery)
    except BaseException:
        shutil.rmtree(path, ignore_errors=True)
        raise


def _settle(path: Path) -> None:
    """Owner-only files whose bytes are on the disk before the folder gets its name."""
    for file in path.iterdir():
        file.chmod(0o600)
        with file.open("rb") as stream:
            os.fsync(stream.fileno())


def write_delivery(path: Path, delivery: Delivery, source_toml: str) -> None:
    """Write the two descriptions beside the tables."""
    text = json.dumps(asdict(delivery), ensure_ascii=False, indent=1, sort_keys=True)
    (path / "delivery.json").write_text(text + "\n", "utf-8")
    (path / "source.toml").write_text(source_toml, "utf-8")


def file_facts(path: Path) -> dict[str, Any]:
    """Name, size and digest of a delivered file."""
    refuse_pipes(path)
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return {"name": path.name, "bytes": path.stat().st_size, "sha256": digest}


def delivery_digest(
    files: Sequence[Mapping[str, Any]], source_toml: str, reference_date: date
) -> str:
    """What makes a delivery the same delivery: its files' contents, day and source rules."""
    parts = [source_toml, reference_date.isoformat(), *sorted(file["sha256"] for file in files)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
