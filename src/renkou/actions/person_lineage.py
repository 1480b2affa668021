"""What became of a person id that an edition does not have: the merge and split log tells."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from renkou.actions.workspaces import Workspace
from renkou.core.errors import EditionDamaged, UsageError
from renkou.engines.editions import sealed_editions

Heir = tuple[int, int]  # person id, records


def table_rows(
    folder: Path, table: str, column: str, value: Any, relation: str = "=="
) -> list[dict[str, Any]]:
    """The rows of an edition's table with this value; row groups that cannot hold it are not read."""
    rows: list[dict[str, Any]] = []
    for path in sorted((folder / table).glob("*.parquet")):
        rows += _read(path, [(column, relation, value)]).to_pylist()
    return rows


def _read(path: Path, filters: list[tuple[str, str, Any]]) -> pa.Table:
    try:
        return pq.read_table(path, partitioning=None, filters=filters)
    except (OSError, pa.ArrowException) as error:
        raise EditionDamaged(
            f"{path}: cannot be read ({type(error).__name__}); "
            "`renkou edition verify` says what of the edition was altered",
            zh=f"{path}：无法读取；可用 renkou edition verify 查出该版本哪些文件被改动",
        ) from None


def no_such_person(workspace: Workspace, folder: Path, person_id: int) -> UsageError:
    """The error of an edition without this person: merged into whom, first known when, or never."""
    editions = [workspace.editions / name for name in sealed_editions(workspace.editions)]
    at = editions.index(folder)
    merged = _merged(editions[: at + 1], person_id)
    if merged:
        return _into(folder, person_id, *merged)
    later = next((one for one in editions[at + 1 :] if _has(one, person_id)), None)
    if later:
        return UsageError(
            f"edition {folder.name} has no person {person_id} yet; the id is first in edition "
            f"{later.name}: `renkou person show {person_id} --as-of {later.name}`",
            zh=f"版本 {folder.name} 中还没有人员编号 {person_id}，它最早见于版本 {later.name}；"
            f"请用 renkou person show {person_id} --as-of {later.name} 查看",
        )
    return UsageError(
        f"no edition up to the newest has a person {person_id}; `renkou person find` finds an id by "
        "the identity number",
        zh=f"各版本中都没有人员编号 {person_id}；可用 renkou person find 按公民身份号码查编号",
    )


def _has(folder: Path, person_id: int) -> bool:
    return bool(table_rows(folder, "persons", "person_id", person_id))


def _merged(editions: list[Path], person_id: int) -> tuple[Path, list[Heir]] | None:
    """The edition that ended an id, and who has its records in the last of these editions."""
    for at in range(len(editions) - 1, -1, -1):
        rows = table_rows(editions[at], "lineage", "old_person_id", person_id)
        ended = [(row["new_person_id"], row["record_count"]) for row in rows]
        if ended and all(row["kind"] == "merge" for row in rows):
            heirs = sorted(set(_standing(editions[at + 1 :], ended)), key=lambda one: -one[1])
            return editions[at], heirs
    return None


def _standing(later: list[Path], heirs: list[Heir]) -> list[Heir]:
    """The heirs, each that a later edition merged as well replaced by its own."""
    found: list[Heir] = []
    for heir in heirs:
        again = _merged(later, heir[0])
        found += again[1] if again else [heir]
    return found


def _into(folder: Path, person_id: int, ended_in: Path, heirs: list[Heir]) -> UsageError:
    ids = [str(one) for one, _ in heirs]
    first, as_of = ids[0], f"--as-of {folder.name}"
    return UsageError(
        f"edition {folder.name} has no person {person_id}: edition {ended_in.name} merged the id into "
        f"{' and '.join(ids)}; `renkou person show {first} {as_of}`",
        zh=f"版本 {folder.name} 中没有人员编号 {person_id}：该编号在版本 {ended_in.name} 中"
        f"已并入 {'、'.join(ids)}；请用 renkou person show {first} {as_of} 查看",
    )
