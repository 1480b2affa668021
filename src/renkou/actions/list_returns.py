"""Sends a list's faulty rows back as a workbook; `list_answers` reads the corrections."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from renkou.actions.workspaces import Workspace
from renkou.core.errors import UsageError
from renkou.core.fields import FIELD, FIELD_NAMES
from renkou.core.permissions import Permission
from renkou.engines import lists as store
from renkou.engines.documents import refuse_to_overwrite, write_document
from renkou.engines.duckdb_engine import DuckDBEngine
from renkou.engines.engine import Engine
from renkou.engines.lists import Delivery
from renkou.intake.rules import RULES
from renkou.intake.sources import SourceSpec, parse_source
from renkou.publishing.return_workbook import (
    Fault,
    ReturnList,
    ReturnRow,
    return_workbook,
)

# What intake settled by itself, or the source must, and no department need look at.
NOT_RETURNED = ("DATE-05", "DATE-06", "DATE-07", "DATE-10", "ID-09", "NAME-03", "ROW-06")
_ROLES = {"self": "本人", "husband": "男方", "wife": "女方", "mother": "母亲", "father": "父亲",
          "spouse": "配偶", "head": "户主", "child": "子女"}  # fmt: skip


@dataclass(frozen=True)
class Returned:
    """What was written: where, and how many rows and faults."""

    path: Path
    delivery: str
    rows: int
    faults: int


def return_list(
    workspace: Workspace, source: str, path: Path | None = None, *, by: str
) -> Returned:
    """Write the faulty rows of a source's newest delivery as a workbook to send back.

    Without `path` it goes to the workspace's `returns/`, over no other workbook.

    Raises
    ------
    UsageError
        If the source has no delivery, nothing is to be returned, or the file exists already.
    """
    from renkou.actions.audit import record_event
    from renkou.actions.staff import require

    require(workspace, by, Permission.ADD_LIST)
    if path:
        refuse_to_overwrite(path)
    delivery = _newest(workspace, source)
    folder = store.folder(workspace.lists, delivery)
    spec = parse_source((folder / "source.toml").read_text("utf-8"), source)
    with DuckDBEngine(scratch=workspace.scratch) as engine:
        rows = _rows_at_fault(engine, folder)
    if not rows:
        raise UsageError(
            f"{source} {delivery.id}: no row needs correcting; nothing was written",
            zh=f"{source} {delivery.id}：没有需要更正的行，未生成退回工作簿",
        )
    fields = {name: FIELD[name].zh for name in mapped_fields(spec)}
    returned = ReturnList(source, spec.name, delivery.id, delivery.reference_date, fields, rows)
    content = return_workbook(returned)
    path = path or _free_path(workspace, f"{source}-{delivery.id}", content)
    write_document(path, content)
    record_event(workspace, by=by, action="list_returned", subject=f"list:{source}/{delivery.id}")
    return Returned(path, delivery.id, len(rows), sum(len(row.faults) for row in rows))


def _free_path(workspace: Workspace, name: str, content: bytes) -> Path:
    """Where nothing stands yet, or the same: answers may have been typed into an older workbook."""
    workspace.returns.mkdir(mode=0o700, exist_ok=True)
    numbered = (f"{name}.xlsx" if n == 1 else f"{name}-{n}.xlsx" for n in itertools.count(1))
    paths = (workspace.returns / one for one in numbered)
    return next(path for path in paths if not path.exists() or path.read_bytes() == content)


def _newest(workspace: Workspace, source: str) -> Delivery:
    deliveries = store.deliveries(workspace.lists, source)
    if not deliveries:
        raise UsageError(
            f"{source}: no list was added yet; `renkou list show` says what was",
            zh=f"{source}：还没有添加过名册；renkou list show 可看已添加的名册",
        )
    return deliveries[-1]


def mapped_fields(spec: SourceSpec) -> list[str]:
    """The fields that a source has columns for, in their order."""
    mapped = {name for person in spec.persons for name in person.columns}
    return [name for name in FIELD_NAMES if name in mapped]


def _rows_at_fault(engine: Engine, folder: Path) -> list[ReturnRow]:
    problems = engine.read(folder / "problems.parquet")
    problems = problems.filter(problems.rule.notin(NOT_RETURNED))
    faults: dict[tuple[Any, ...], list[Fault]] = {}
    for one in engine.arrow(problems.order_by("rule", "field")).to_pylist():
        key = (one["file"], one["sheet"], one["row"], one["role"] if one["record_id"] else None)
        fault = Fault(one["field"], one["severity"], RULES[one["rule"]].zh)
        faults.setdefault(key, []).append(fault)
    rows = _accepted_rows(engine, folder, faults) + _refused_rows(engine, folder, faults)
    return sorted(rows, key=lambda row: row.place)


def _accepted_rows(
    engine: Engine, folder: Path, faults: Mapping[tuple[Any, ...], Sequence[Fault]]
) -> list[ReturnRow]:
    problems = engine.read(folder / "problems.parquet")
    problems = problems.filter(problems.rule.notin(NOT_RETURNED), problems.record_id.notnull())
    records = engine.read(folder / "records.parquet").select(
        "record_id", "file", "sheet", "row", "role"
    )
    cells = engine.read(folder / "original_cells.parquet")
    rows = records.semi_join(problems, "record_id").join(cells, "record_id").order_by("record_id")
    return [
        ReturnRow(
            str(row["record_id"]),
            _place(row),
            row,
            faults.get((row["file"], row["sheet"], row["row"], row["role"]), []),
        )
        for row in engine.arrow(rows).to_pylist()
    ]


def _refused_rows(
    engine: Engine, folder: Path, faults: Mapping[tuple[Any, ...], Sequence[Fault]]
) -> list[ReturnRow]:
    rows = engine.arrow(engine.read(folder / "refused.parquet")).to_pylist()
    return [
        ReturnRow(
            f"R{at}",
            _place(row),
            row,
            faults.get((row["file"], row["sheet"], row["row"], None), []),
        )
        for at, row in enumerate(rows, 1)
        if row["rule"] not in NOT_RETURNED
    ]


def _place(row: Mapping[str, Any]) -> tuple[str, str, int, str]:
    return row["file"], row["sheet"] or "", row["row"], _ROLES.get(row["role"], row["role"])
