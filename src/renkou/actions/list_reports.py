"""What checking or adding a delivery found, for people and programs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir

from renkou.actions.list_reading import CheckedDelivery, Note, OpenDelivery
from renkou.engines.engine import Engine
from renkou.engines.lists import Delivery


@dataclass(frozen=True)
class ListReport:
    """What checking or adding a delivery found."""

    source: str
    delivery: str | None
    reference_date: date
    files: list[str]
    counts: dict[str, int]
    problem_counts: dict[str, int]
    refused_columns: list[dict[str, Any]]
    notes: list[dict[str, Any]]
    already_added: bool = False
    mode: str = "full"
    examples: list[dict[str, Any]] = field(default_factory=list)
    corrected: dict[str, int] = field(default_factory=dict)  # cells that answers changed, by field


def row_counts(engine: Engine, checked: ir.Table) -> dict[str, int]:
    """How many rows would be accepted as records and refused; removals are neither."""
    accepted = checked.refused.isnull() & ~checked.removed
    row = engine.arrow(
        checked.aggregate(records=accepted.sum(), refused=checked.refused.notnull().sum())
    ).to_pylist()[0]
    return {name: int(count or 0) for name, count in row.items()}


def problem_counts_of(engine: Engine, broken: ir.Table) -> dict[str, int]:
    """How often each rule is broken."""
    counts = engine.arrow(broken.group_by("rule").aggregate(count=broken.count()).order_by("rule"))
    return {row["rule"]: int(row["count"]) for row in counts.to_pylist()}


def problem_examples(
    engine: Engine, broken: ir.Table, checked: CheckedDelivery, per_rule: int = 3
) -> list[dict[str, Any]]:
    """Where the first few problems of each rule stand; never a value."""
    order = ibis.window(group_by=broken.rule, order_by=[broken.grid, broken.row, broken.person])
    first = broken.mutate(place=ibis.row_number().over(order))
    first = first.filter(first.place < per_rule).join(checked.places, "grid")
    first = first.left_join(checked.labels, ["grid", "role", "field"])
    rows = first.order_by("rule", "place").select("rule", "file", "sheet", "row", "column")
    return engine.arrow(rows).to_pylist()


def refused_columns(notes: Iterable[Note]) -> list[dict[str, Any]]:
    """How many columns of which refused topic each sheet held; never their words."""
    counts: dict[tuple[str, str | None, str | None], int] = {}
    for note in notes:
        if note.rule == "FILE-13":
            key = (note.file, note.sheet, note.detail)
            counts[key] = counts.get(key, 0) + 1
    return [
        {"file": file, "sheet": sheet, "topic": topic, "columns": count}
        for (file, sheet, topic), count in counts.items()
    ]


def plain_note(note: Note) -> dict[str, Any]:
    """A note as JSON; the words of a refused column are left out."""
    column = None if note.rule == "FILE-13" else note.column
    return {
        "rule": note.rule, "file": note.file, "sheet": note.sheet, "column": column,
        "detail": note.detail,
    }  # fmt: skip


def report_on(
    opened: OpenDelivery, files: Sequence[Path], counts: dict[str, int],
    problem_counts: dict[str, int], examples: list[dict[str, Any]],
) -> ListReport:  # fmt: skip
    """The report of a delivery that was only checked."""
    return ListReport(
        source=opened.spec.id,
        delivery=None,
        reference_date=opened.reference_date,
        files=[path.name for path in files],
        counts=counts,
        problem_counts=problem_counts,
        refused_columns=refused_columns(opened.notes),
        notes=[plain_note(note) for note in opened.notes],
        mode=opened.spec.mode,
        examples=examples,
    )


def report_of(delivery: Delivery, *, already_added: bool = False) -> ListReport:
    """The report of an accepted delivery."""
    return ListReport(
        source=delivery.source,
        delivery=delivery.id,
        reference_date=delivery.day,
        files=[file["name"] for file in delivery.files],
        counts=delivery.counts,
        problem_counts=delivery.problem_counts,
        refused_columns=delivery.refused_columns,
        notes=delivery.notes,
        already_added=already_added,
        mode=delivery.mode,
    )
