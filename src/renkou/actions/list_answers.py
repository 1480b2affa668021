"""Reads a returned workbook: the rows whose cells were corrected become a delivery of changes."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from renkou.actions.answer_sheets import Answers, not_sent_out, read_answers
from renkou.actions.intake import load_source
from renkou.actions.list_accepting import Acceptance, accept
from renkou.actions.list_reading import CheckedDelivery, Note, OpenDelivery, area_index, judged
from renkou.actions.list_reports import ListReport, report_of
from renkou.actions.list_returns import NOT_RETURNED, mapped_fields
from renkou.actions.workspaces import Workspace
from renkou.core.errors import UsageError
from renkou.core.fields import FIELD, FIELD_NAMES
from renkou.core.permissions import Permission
from renkou.core.progress import silent
from renkou.engines import lists as store
from renkou.engines.duckdb_engine import DuckDBEngine
from renkou.engines.engine import Engine
from renkou.engines.lists import Delivery
from renkou.intake.checks import CheckSettings
from renkou.intake.sources import SourceSpec, parse_source


def add_answers(workspace: Workspace, path: Path, *, by: str) -> ListReport:
    """Read a returned workbook; rows with changed cells become a delivery of changes.

    Raises
    ------
    DataRefused
        If the file is no return workbook, or not the one that was sent out (`read_answers`).
    UsageError
        If it answers no delivery of this workspace, or nothing was changed.
    """
    from renkou.actions.audit import record_event
    from renkou.actions.staff import require

    require(workspace, by, Permission.ADD_LIST)
    answers = read_answers(path)
    delivery = _answered(workspace, answers)
    text = (store.folder(workspace.lists, delivery) / "source.toml").read_text("utf-8")
    load_source(workspace, delivery.source)  # the source still exists
    spec = dataclasses.replace(parse_source(text, delivery.source), mode="changes")
    facts = [store.file_facts(path)]
    digest = store.delivery_digest(facts, text, delivery.day)
    with store.writing(workspace.lists):
        before = store.deliveries(workspace.lists, delivery.source)
        same = next((one for one in before if one.digest == digest), None)
        if same:
            return report_of(same, already_added=True)
        with DuckDBEngine(scratch=workspace.scratch) as engine:
            changed = _changed_rows(engine, workspace, delivery, answers, spec)
            checked, numbers = _checked(engine, workspace, delivery, spec, changed, answers.notes)
            acceptance = Acceptance(workspace, engine, before, facts, digest, text, silent)
            added = accept(acceptance, checked, engine.table(numbers))
    subject = f"list:{delivery.source}/{added.id}"
    record_event(workspace, by=by, action="list_answers_added", subject=subject)
    return dataclasses.replace(report_of(added), corrected=_corrected(changed))


def _answered(workspace: Workspace, answers: Answers) -> Delivery:
    found = store.deliveries(workspace.lists, answers.source)
    for delivery in found:
        if delivery.id == answers.delivery:
            return delivery
    raise UsageError(
        f"{answers.file}: answers {answers.source} {answers.delivery}, which this workspace does "
        "not have; is it another workspace's?",
        zh=f"{answers.file}：答复的是 {answers.source} {answers.delivery}，本工作区没有这次报送；"
        "请确认是否属于另一个工作区",
    )


@dataclass(frozen=True)
class _ChangedRow:
    record_id: int | None
    place: Mapping[str, Any]
    cells: Mapping[str, str | None]
    fields: Sequence[str]  # those whose cell is another now


def _corrected(changed: Sequence[_ChangedRow]) -> dict[str, int]:
    """How many cells of each field were changed."""
    counts = Counter(name for row in changed for name in row.fields)
    return {name: counts[name] for name in FIELD_NAMES if counts[name]}


def _changed_rows(
    engine: Engine, workspace: Workspace, delivery: Delivery, answers: Answers, spec: SourceSpec
) -> list[_ChangedRow]:
    """The rows in which a cell differs from what was stored."""
    known = _stored_rows(engine, store.folder(workspace.lists, delivery))
    changed = []
    for key, answered in answers.rows.items():
        if key not in known:
            raise not_sent_out(answered.place)
        record_id, row = known[key]
        cells = {name: answered.cells.get(name, row.get(name)) for name in mapped_fields(spec)}
        fields = [name for name in cells if cells[name] != row.get(name)]
        if fields:
            changed.append(_ChangedRow(record_id, row, cells, fields))
    if not changed:
        raise UsageError(
            f"{answers.file}: no cell was changed; nothing to add",
            zh=f"{answers.file}：没有改动任何单元格，无须添加",
        )
    return changed


def _stored_rows(engine: Engine, folder: Path) -> dict[str, tuple[int | None, dict[str, Any]]]:
    records = engine.read(folder / "records.parquet").select(
        "record_id", "file", "sheet", "row", "role"
    )
    cells = engine.read(folder / "original_cells.parquet")
    problems = engine.read(folder / "problems.parquet")
    sent = problems.filter(problems.rule.notin(NOT_RETURNED), problems.record_id.notnull())
    rows = records.semi_join(sent, "record_id").join(cells, "record_id")
    known = {
        str(row["record_id"]): (row["record_id"], row) for row in engine.arrow(rows).to_pylist()
    }
    refused = engine.arrow(engine.read(folder / "refused.parquet")).to_pylist()
    return known | {f"R{at}": (row.get("record_id"), row) for at, row in enumerate(refused, 1)}


def _checked(
    engine: Engine, workspace: Workspace, delivery: Delivery, spec: SourceSpec,
    changed: Sequence[_ChangedRow], notes: Sequence[Note],
) -> tuple[CheckedDelivery, pa.Table]:  # fmt: skip
    """The changed rows as a checked delivery, at the places where the rows first stood."""
    files = sorted({(row.place["file"], row.place["sheet"]) for row in changed}, key=str)
    grids = {place: at for at, place in enumerate(files)}
    raw = engine.table(_cells_table(changed, grids, spec))
    settings = CheckSettings(spec, delivery.day, area_index(workspace.areas, delivery.day))
    cells, verdicts = judged(engine, raw, settings, keyed=False)
    places = engine.table(
        pa.table(
            {
                "grid": pa.array(range(len(files)), pa.int32()),
                "file": pa.array([file for file, _ in files], pa.string()),
                "sheet": pa.array([sheet for _, sheet in files], pa.string()),
            }
        )
    )
    pairs = _pairs(spec)
    labels = engine.table(
        pa.table(
            {
                "grid": pa.array([at for at in grids.values() for _ in pairs], pa.int32()),
                "role": [role for _ in grids for role, _ in pairs],
                "field": [name for _ in grids for _, name in pairs],
                "column": [FIELD[name].zh for _ in grids for _, name in pairs],
            }
        )
    )
    opened = OpenDelivery(spec, delivery.day, [], notes)
    found = CheckedDelivery(opened, cells, verdicts, places, labels)
    return found, _numbers(changed, grids, spec)


def _pairs(spec: SourceSpec) -> list[tuple[str, str]]:
    return [(person.role, name) for person in spec.persons for name in person.columns]


def _person_number(spec: SourceSpec, role: str) -> int:
    return next((at for at, person in enumerate(spec.persons) if person.role == role), 0)


def _keys(
    changed: Sequence[_ChangedRow], grids: Mapping[tuple[str, str | None], int], spec: SourceSpec
) -> dict[str, pa.Array]:
    return {
        "grid": pa.array([grids[r.place["file"], r.place["sheet"]] for r in changed], pa.int32()),
        "row": pa.array([r.place["row"] for r in changed], pa.int32()),
        "person": pa.array([_person_number(spec, r.place["role"]) for r in changed], pa.int32()),
    }


def _cells_table(
    changed: Sequence[_ChangedRow], grids: Mapping[tuple[str, str | None], int], spec: SourceSpec
) -> pa.Table:
    constants = {person.role: person.constants for person in spec.persons}
    cells = {
        name: pa.array(
            [r.cells.get(name) or constants[r.place["role"]].get(name) for r in changed],
            pa.string(),
        )
        for name in spec.fields
    }
    return pa.table(
        {
            **_keys(changed, grids, spec),
            "role": pa.array([r.place["role"] for r in changed], pa.string()),
            "fault": pa.nulls(len(changed), pa.string()),
            "removed": pa.array([False] * len(changed), pa.bool_()),
            **cells,
        }
    )


def _numbers(
    changed: Sequence[_ChangedRow], grids: Mapping[tuple[str, str | None], int], spec: SourceSpec
) -> pa.Table:
    numbers = pa.array([row.record_id for row in changed], pa.int64())
    return pa.table({**_keys(changed, grids, spec), "record_id": numbers})
