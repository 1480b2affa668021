"""Accepts a checked delivery: permanent record ids, tables on disk, all or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir

from renkou.actions.list_reading import CheckedDelivery
from renkou.actions.list_reports import plain_note, problem_counts_of, refused_columns
from renkou.actions.list_state import current_state
from renkou.actions.workspaces import Workspace
from renkou.core.errors import WorkspaceError
from renkou.core.progress import Progress
from renkou.engines import lists as store
from renkou.engines.engine import Engine
from renkou.engines.lists import Delivery
from renkou.intake import outcome
from renkou.intake.sources import SourceSpec


@dataclass(frozen=True)
class Acceptance:
    """What accepting a delivery needs beside its checked cells."""

    workspace: Workspace
    engine: Engine
    before: Sequence[Delivery]
    files: list[dict[str, Any]]
    digest: str
    source_toml: str
    progress: Progress

    @property
    def source_number(self) -> int:
        """The source's number, by order of first acceptance."""
        if self.before:
            return self.before[0].source_number
        return _next_source_number(self.workspace.lists)

    @property
    def first_free(self) -> int:
        """The first record number not yet given."""
        start = self.source_number * outcome.SOURCE_SPAN
        return max([delivery.next_record_id for delivery in self.before], default=start)


def accept(
    acceptance: Acceptance, checked: CheckedDelivery, numbers: ir.Table | None = None
) -> Delivery:
    """Store a checked delivery; it appears whole or not at all.

    `numbers` (`grid, row, person, record_id`) says which records the rows are, where that is known.
    """
    opened = checked.opened
    spec, day, before = opened.spec, opened.reference_date, acceptance.before
    name = _delivery_name(day, before)
    acceptance.progress("存储", 0, None)
    try:
        with store.aside(acceptance.workspace.lists, spec.id, name) as folder:
            written = _write_tables(acceptance, checked, numbers, folder, name)
            delivery = Delivery(
                id=name, source=spec.id, source_number=acceptance.source_number,
                sequence=1 + max([d.sequence for d in before], default=0),
                reference_date=day.isoformat(), mode=spec.mode, digest=acceptance.digest,
                files=acceptance.files, refused_columns=refused_columns(opened.notes),
                notes=[plain_note(note) for note in opened.notes], fields=list(spec.fields), **written,
            )  # fmt: skip
            store.write_delivery(folder, delivery, acceptance.source_toml)
    except OSError as error:
        raise WorkspaceError(
            f"{spec.id}: the delivery could not be written ({error.strerror or error}); "
            "nothing of it was kept: free some room on the disk and add it again"
        ) from error
    return delivery


def _write_tables(
    acceptance: Acceptance, checked: CheckedDelivery, numbers: ir.Table | None, folder: Path,
    name: str,
) -> dict[str, Any]:  # fmt: skip
    """Write all tables of a delivery; returns what `delivery.json` says of them."""
    engine, first_free = acceptance.engine, acceptance.first_free
    numbered = engine.keep(_numbered(acceptance, checked, numbers))
    broken = engine.keep(outcome.broken_rules(checked.verdicts, checked.opened.spec))
    tables = _tables(acceptance, checked, numbered, broken, name)
    counts = {
        table: engine.write(expression, folder / f"{table}.parquet", sort_by=keys)
        for table, (expression, keys) in tables.items()
    }
    highest = engine.arrow(numbered.aggregate(highest=numbered.record_id.max()))
    last = highest["highest"][0].as_py() or 0
    problem_counts = problem_counts_of(engine, broken)
    engine.forget(numbered, broken, checked.verdicts, checked.cells)
    return {
        "counts": counts,
        "problem_counts": problem_counts,
        "next_record_id": max(first_free, last + 1),
    }


def _numbered(
    acceptance: Acceptance, checked: CheckedDelivery, numbers: ir.Table | None
) -> ir.Table:
    spec = checked.opened.spec
    if numbers is not None:
        return outcome.numbered_as(checked.verdicts, numbers, acceptance.first_free)
    prior = _known_rows(acceptance.workspace, acceptance.engine, spec, acceptance.before)
    return outcome.numbered(checked.verdicts, prior, acceptance.first_free)


def _tables(
    acceptance: Acceptance, checked: CheckedDelivery, numbers: ir.Table, broken: ir.Table, name: str
) -> dict[str, tuple[ir.Table, list[str]]]:
    """The tables of a delivery with the columns that each is sorted by."""
    spec, day = checked.opened.spec, checked.opened.reference_date
    kept = outcome.kept(checked.checked, numbers)
    cells = outcome.kept(checked.cells, numbers)
    closed = _closed(acceptance.workspace, acceptance.engine, numbers, spec, acceptance.before)
    problems = outcome.problems(broken, numbers, spec, name, checked.places, checked.labels)
    refused = outcome.refused_rows(checked.verdicts, checked.cells, spec, checked.places)
    return {
        "records": (outcome.records(kept, spec, name, day, checked.places), ["record_id"]),
        "original_cells": (outcome.original_cells(cells, spec), ["record_id"]),
        "problems": (problems, ["file", "sheet", "row", "role", "rule", "column"]),
        "refused": (refused, ["file", "sheet", "row", "role"]),
        "closed": (closed, ["record_id"]),
    }


def _known_rows(
    workspace: Workspace, engine: Engine, spec: SourceSpec, before: Sequence[Delivery]
) -> ir.Table | None:
    """What the next delivery's rows are compared with; None before the first."""
    if not before:
        return None
    if not spec.own_key:
        return outcome.known_rows(current_state(workspace.lists, engine, before), spec)
    paths = [store.folder(workspace.lists, d) / "records.parquet" for d in before]
    return outcome.known_rows(engine.read(*paths), spec)


def _closed(
    workspace: Workspace, engine: Engine, rows: ir.Table, spec: SourceSpec,
    before: Sequence[Delivery],
) -> ir.Table:  # fmt: skip
    """The records that this delivery closes: absent from a full one, removed in one of changes."""
    if spec.mode == "changes":
        return rows.filter(rows.removed).select("record_id")
    if not before:
        return rows.filter(ibis.literal(False)).select("record_id")
    state = current_state(workspace.lists, engine, before)
    return state.anti_join(rows, "record_id").select("record_id")


def _delivery_name(day: date, before: Iterable[Delivery]) -> str:
    taken = {delivery.id for delivery in before}
    names = (day.isoformat() if n == 1 else f"{day.isoformat()}-{n}" for n in range(1, 10_000))
    return next(name for name in names if name not in taken)


def _next_source_number(lists: Path) -> int:
    sources = store.sources_with_lists(lists)
    return 1 + max((store.deliveries(lists, s)[0].source_number for s in sources), default=0)
