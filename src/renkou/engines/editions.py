"""The files of an edition: built aside, digested, sealed by one rename, locked against a second build.

    editions/
      .lock                     who builds now (held by the operating system: it dies with its holder)
      .building-<id>/           an edition in the making; swept away by the next build
      <id>/                     a sealed edition; nothing edits it
        manifest.json           inputs, versions, settings, digests, seconds and rows per stage
        model.json              the saved linkage model
        <table>/area=<county>.parquet, sorted by the table's key

Files of areas without change are hard links to those of the edition before.
"""

from __future__ import annotations

import fcntl
import getpass
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from renkou.core.errors import EditionDamaged, WorkspaceError

MANIFEST = "manifest.json"
MANIFEST_DIGEST = "manifest.sha256"
MODEL = "model.json"
_BUILDING = ".building-"


@dataclass(frozen=True)
class WrittenFile:
    """One file of an edition as its manifest names it."""

    rows: int
    bytes: int
    sha256: str
    rows_digest: str


def part_path(table: str, part: str) -> str:
    """Where a table's rows of one county lie, relative to the edition."""
    return f"{table}/area={part}.parquet"


def part_of_path(path: str) -> str:
    """The county whose rows a file holds.

    >>> part_of_path("persons/area=330106.parquet")
    '330106'
    """
    return path.rpartition("=")[2].removesuffix(".parquet")


def described(path: Path) -> WrittenFile:
    """Rows, size and digests of a Parquet file."""
    return WrittenFile(
        rows=pq.read_metadata(path).num_rows,
        bytes=path.stat().st_size,
        sha256=file_digest(path),
        rows_digest=rows_digest(path),
    )


def file_digest(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def rows_digest(path: Path) -> str:
    """SHA-256 of a Parquet file's rows in their order, whatever wrote them and however packed."""
    digest = hashlib.sha256()
    # Of a hundred columns, threads cost five times what they save.
    table = pq.read_table(path, partitioning=None, use_threads=False, pre_buffer=False)
    for name, column in zip(table.column_names, table.columns, strict=True):
        digest.update(f"{name}:{column.type}:{len(column)}:{column.null_count}\n".encode())
        if column.null_count == len(column):
            continue
        for array in _plain(column):
            for buffer in array.buffers():
                if buffer is not None:
                    digest.update(memoryview(buffer))
    return digest.hexdigest()


def _plain(column: pa.ChunkedArray) -> Iterator[pa.Array]:
    """A column as arrays whose buffers depend on its values alone: validity, then values."""
    column = column.combine_chunks()
    if isinstance(column, pa.ChunkedArray):
        column = pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)
    yield pc.is_valid(column).cast(pa.uint8())
    if pa.types.is_null(column.type):
        return
    if column.null_count:
        column = pc.fill_null(column, pa.scalar(_zero(column.type), column.type))
    yield column.cast(pa.uint8()) if pa.types.is_boolean(column.type) else column


def _zero(kind: pa.DataType) -> Any:
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return ""
    return False if pa.types.is_boolean(kind) else 0


def table_digest(files: Mapping[str, WrittenFile]) -> str:
    """One digest for a table: of its files' row digests in the order of their paths."""
    text = "\n".join(f"{path} {files[path].rows_digest}" for path in sorted(files))
    return hashlib.sha256(text.encode()).hexdigest()


def sealed_editions(editions: Path) -> list[str]:
    """The ids of all sealed editions, oldest first."""
    if not editions.is_dir():
        return []
    found = (path for path in editions.iterdir() if not path.name.startswith("."))
    return sorted(path.name for path in found if (path / MANIFEST).is_file())


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a sealed edition.

    Raises
    ------
    EditionDamaged
        If it is missing or no JSON.
    """
    try:
        return json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise EditionDamaged(
            f"{folder / MANIFEST}: cannot be read ({type(error).__name__}); restore the edition "
            "from a backup, or move its folder away and build again",
            zh=f"{folder / MANIFEST}：无法读取（{type(error).__name__}）；请从备份恢复该版本，"
            "或移走其文件夹后重新编制",
        ) from None


@contextmanager
def building_lock(editions: Path) -> Iterator[None]:
    """Hold the right to build; the second who asks is refused and told who holds it.

    The operating system keeps the lock and drops it when its holder dies, however it dies, so a
    dead process's lock needs no cleaning.
    """
    editions.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(editions / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _held_by(editions / ".lock") from None
        os.ftruncate(handle, 0)
        os.pwrite(handle, json.dumps(_holder()).encode(), 0)
        yield
    finally:
        os.close(handle)


def _holder() -> dict[str, Any]:
    return {
        "user": getpass.getuser(),
        "pid": os.getpid(),
        "host": os.uname().nodename,
        "since": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _held_by(lock: Path) -> WorkspaceError:
    try:
        held = json.loads(lock.read_text(encoding="utf-8"))
        who = f"{held['user']} (process {held['pid']} on {held['host']}, since {held['since']})"
        zh = f"{held['user']}（{held['host']} 上的进程 {held['pid']}，始于 {held['since']}）"
    except (OSError, ValueError, KeyError):
        who, zh = "another process", "另一进程"
    return WorkspaceError(
        f"{lock.parent}: {who} is building an edition; wait until it is done",
        zh=f"{lock.parent}：{zh}正在编制版本；请等它完成后再试",
    )


def sweep_unfinished(editions: Path) -> int:
    """Remove what builds that died left behind; only under the lock. Returns how many."""
    left = [path for path in editions.iterdir() if path.name.startswith(_BUILDING)]
    for path in left:
        shutil.rmtree(path)
    return len(left)


def begin(editions: Path, edition_id: str) -> Path:
    """A fresh folder to build an edition in."""
    folder = editions / f"{_BUILDING}{edition_id}"
    folder.mkdir(mode=0o700)
    return folder


def reuse(old: Path, new: Path) -> None:
    """Let `new` be the same file as `old`: a hard link, or a copy where the disk has none."""
    new.parent.mkdir(exist_ok=True, mode=0o700)
    new.unlink(missing_ok=True)
    try:
        new.hardlink_to(old)
    except OSError:
        shutil.copy2(old, new)


def seal(folder: Path, manifest: Mapping[str, Any]) -> Path:
    """Write the manifest, make all durable and let the edition appear under its id by one rename."""
    text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True, default=str)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")
    digest = file_digest(folder / MANIFEST)
    (folder / MANIFEST_DIGEST).write_text(f"{digest}  {MANIFEST}\n", encoding="ascii")
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o700 if path.is_dir() else 0o600)
        _to_disk(path)
    sealed = folder.with_name(folder.name.removeprefix(_BUILDING))
    folder.rename(sealed)
    _to_disk(sealed.parent)
    return sealed


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class Damage(NamedTuple):
    """One file that is not as it was sealed, and what is wrong with it in both languages."""

    file: str
    en: str
    zh: str


def damage(folder: Path) -> list[Damage]:
    """What of a sealed edition no longer is as its manifest says: one per file."""
    if not _manifest_is_whole(folder):
        en = f"altered or missing (it no longer matches {MANIFEST_DIGEST})"
        return [Damage(MANIFEST, en, f"被改动或缺失（与 {MANIFEST_DIGEST} 不符）")]
    told = manifest_files(read_manifest(folder))
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    there -= {MANIFEST, MANIFEST_DIGEST}
    found = [Damage(path, "missing", "缺失") for path in sorted(set(told) - there)]
    strange = sorted(there - set(told))
    found += [Damage(path, "not part of the edition", "不属于该版本") for path in strange]
    for path in sorted(there & set(told)):
        if file_digest(folder / path) != told[path]:
            found.append(Damage(path, "altered", "被改动"))
    return found


def prove_whole(folder: Path) -> None:
    """Prove that an edition is as it was sealed.

    Raises
    ------
    EditionDamaged
        Naming every file that was altered, is missing or does not belong.
    """
    found = damage(folder)
    if found:
        raise EditionDamaged(
            f"edition {folder.name} is not as it was sealed; restore it from a backup, or move "
            "its folder out of the workspace and build again:\n  "
            + "\n  ".join(f"{one.file}: {one.en}" for one in found),
            zh=f"版本 {folder.name} 与封存时不一致；请从备份恢复，或把其文件夹移出工作区后重新编制：\n  "
            + "\n  ".join(f"{one.file}：{one.zh}" for one in found),
        )


def _manifest_is_whole(folder: Path) -> bool:
    try:
        told = (folder / MANIFEST_DIGEST).read_bytes()
        return told == f"{file_digest(folder / MANIFEST)}  {MANIFEST}\n".encode()
    except OSError:
        return False


def manifest_files(manifest: Mapping[str, Any]) -> dict[str, str]:
    """Path and SHA-256 of every file that a manifest names."""
    files = {
        path: file["sha256"]
        for table in manifest["tables"].values()
        for path, file in table["files"].items()
    }
    return files | manifest.get("other_files", {})
