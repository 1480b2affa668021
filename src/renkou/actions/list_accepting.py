"""Accepts a checked delivery: permanent record ids, tables on disk, all or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import ibis.expr.types as ir

from renkou.actions.list_comparing import (
    Compared,
    compare,
    with_carried_cells,
    with_carried_records,
)
from renkou.actions.list_reading import CheckedDelivery
from renkou.actions.list_reports import plain_note, problem_counts_of, refused_columns
from renkou.actions.workspaces import Workspace
from renkou.core.errors import WorkspaceError, system_words_zh
from renkou.core.progress import Progress
from renkou.engines import lists as store
from renkou.engines.engine import Engine
from renkou.engines.lists import Delivery
from renkou.intake import outcome


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
            "nothing of it was kept: free some room on the disk and add it again",
            zh=f"{spec.id}：本次报送无法写入（{system_words_zh(error)}），一点也没有保留；"
            "请腾出磁盘空间后重新添加",
        ) from error
    return delivery


def _write_tables(
    acceptance: Acceptance, checked: CheckedDelivery, numbers: ir.Table | None, folder: Path,
    name: str,
) -> dict[str, Any]:  # fmt: skip
    """Write all tables of a delivery; returns what `delivery.json` says of them."""
    engine, first_free, spec = acceptance.engine, acceptance.first_free, checked.opened.spec
    lists = acceptance.workspace.lists
    compared = compare(engine, lists, checked, acceptance.before, first_free, numbers)
    broken = engine.keep(outcome.broken_rules(checked.verdicts, spec))
    tables = _tables(acceptance, checked, compared, broken, name)
    counts = {
        table: engine.write(expression, folder / f"{table}.parquet", sort_by=keys)
        for table, (expression, keys) in tables.items()
    } | compared.counts
    counts["records"] -= counts.get("carried", 0)
    highest = engine.arrow(compared.numbers.aggregate(highest=compared.numbers.record_id.max()))
    last = highest["highest"][0].as_py() or 0
    problem_counts = problem_counts_of(engine, broken)
    engine.forget(compared.numbers, broken, checked.verdicts, checked.cells)
    return {
        "counts": counts,
        "problem_counts": problem_counts,
        "next_record_id": max(first_free, last + 1),
    }


def _tables(
    acceptance: Acceptance, checked: CheckedDelivery, compared: Compared, broken: ir.Table,
    name: str,
) -> dict[str, tuple[ir.Table, list[str]]]:  # fmt: skip
    """The tables of a delivery with the columns that each is sorted by."""
    spec, day = checked.opened.spec, checked.opened.reference_date
    numbers, places = compared.numbers, checked.places
    kept = outcome.kept(checked.verdicts, numbers)
    records = with_carried_records(outcome.records(kept, spec, name, day, places), compared)
    cells = with_carried_cells(
        acceptance.engine, acceptance.workspace.lists,
        outcome.original_cells(outcome.kept(checked.cells, numbers), spec), compared,
        acceptance.before,
    )  # fmt: skip
    problems = outcome.problems(broken, numbers, spec, name, places, checked.labels)
    refused = outcome.refused_rows(checked.verdicts, checked.cells, spec, places, compared.carried)
    return {
        "records": (records, ["record_id"]),
        "original_cells": (cells, ["record_id"]),
        "problems": (problems, ["file", "sheet", "row", "role", "rule", "column"]),
        "refused": (refused, ["file", "sheet", "row", "role"]),
        "closed": (compared.closed, ["record_id"]),
    }


def _delivery_name(day: date, before: Iterable[Delivery]) -> str:
    taken = {delivery.id for delivery in before}
    names = (day.isoformat() if n == 1 else f"{day.isoformat()}-{n}" for n in range(1, 10_000))
    return next(name for name in names if name not in taken)


def _next_source_number(lists: Path) -> int:
    sources = store.sources_with_lists(lists)
    return 1 + max((store.deliveries(lists, s)[0].source_number for s in sources), default=0)
