"""Reads a returned workbook: the rows whose cells were corrected become a delivery of changes."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from renkou.actions.intake import load_source
from renkou.actions.list_accepting import Acceptance, accept
from renkou.actions.list_reading import CheckedDelivery, OpenDelivery, area_index, judged
from renkou.actions.list_reports import ListReport, report_of
from renkou.actions.list_returns import NOT_RETURNED, mapped_fields
from renkou.actions.workspaces import Workspace
from renkou.core.errors import Place, UsageError
from renkou.core.fields import FIELD, FIELD_NAMES
from renkou.core.permissions import Permission
from renkou.core.progress import silent
from renkou.engines import lists as store
from renkou.engines.duckdb_engine import DuckDBEngine
from renkou.engines.engine import Engine
from renkou.engines.files import MemorySheet, open_sheets
from renkou.engines.lists import Delivery
from renkou.intake.checks import CheckSettings
from renkou.intake.columns import refusal
from renkou.intake.sources import SourceSpec, parse_source
from renkou.publishing.return_workbook import ABOUT_SHEET, HEADER_ROW, KEY_COLUMN


def add_answers(workspace: Workspace, path: Path, *, by: str) -> ListReport:
    """Read a returned workbook; rows with changed cells become a delivery of changes.

    Raises
    ------
    DataRefused
        FILE-06 if the file is no return workbook.
    UsageError
        If it answers no delivery of this workspace, or nothing was changed.
    """
    from renkou.actions.audit import record_event
    from renkou.actions.staff import require

    require(workspace, by, Permission.ADD_LIST)
    answers = _read_answers(path)
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
            checked, numbers = _checked(engine, workspace, delivery, spec, changed)
            acceptance = Acceptance(workspace, engine, before, facts, digest, text, silent)
            added = accept(acceptance, checked, engine.table(numbers))
    subject = f"list:{delivery.source}/{added.id}"
    record_event(workspace, by=by, action="list_answers_added", subject=subject)
    return dataclasses.replace(report_of(added), corrected=_corrected(changed))


@dataclass(frozen=True)
class _Answers:
    """What a returned workbook says: source, delivery and rows of cells by field, with their key."""

    file: str
    source: str
    delivery: str
    rows: Mapping[str, Mapping[str, str]]


def _read_answers(path: Path) -> _Answers:
    sheets = {sheet.name: sheet for sheet in open_sheets(path) if isinstance(sheet, MemorySheet)}
    about = sheets.pop(ABOUT_SHEET, None)
    if about is None or len(about.rows) < 3:
        raise refusal(
            Place(path.name), "FILE-06", "it is no workbook written by `renkou list return`"
        )
    source, delivery, *fields = [row[0] for row in about.rows]
    labels = {FIELD[name].zh: name for name in fields if name in FIELD}
    rows: dict[str, dict[str, str]] = {}
    for sheet in sheets.values():
        rows |= _rows_of_sheet(sheet, labels)
    return _Answers(path.name, source, delivery, rows)


def _rows_of_sheet(sheet: MemorySheet, labels: Mapping[str, str]) -> dict[str, dict[str, str]]:
    header = sheet.rows[HEADER_ROW] if len(sheet.rows) > HEADER_ROW else []
    if KEY_COLUMN not in header:
        raise refusal(
            Place(sheet.file, sheet.name), "FILE-06", f"the column {KEY_COLUMN} is missing"
        )
    places = {labels[text]: at for at, text in enumerate(header) if text in labels}
    key = header.index(KEY_COLUMN)
    return {
        row[key].strip(): {name: row[at].strip() for name, at in places.items()}
        for row in sheet.rows[HEADER_ROW + 1 :]
        if row[key].strip()
    }


def _answered(workspace: Workspace, answers: _Answers) -> Delivery:
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
    engine: Engine, workspace: Workspace, delivery: Delivery, answers: _Answers, spec: SourceSpec
) -> list[_ChangedRow]:
    """The rows in which a cell differs from what was stored."""
    known = _stored_rows(engine, store.folder(workspace.lists, delivery))
    changed = []
    for key, answered in answers.rows.items():
        if key not in known:
            raise refusal(
                Place(answers.file), "ROW-04", f"the row with {KEY_COLUMN} {key} was not sent out"
            )
        record_id, row = known[key]
        cells = {name: answered.get(name) or None for name in mapped_fields(spec)}
        fields = [name for name in cells if name in answered and cells[name] != row[name]]
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
    changed: Sequence[_ChangedRow],
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
    opened = OpenDelivery(spec, delivery.day, [])
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
