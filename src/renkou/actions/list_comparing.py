"""Holds a checked delivery against the list as it stands: numbers, what is new, changed, gone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import ibis
import ibis.expr.types as ir

from renkou.actions.list_reading import CheckedDelivery
from renkou.actions.list_state import current_state
from renkou.engines import lists as store
from renkou.engines.engine import Engine
from renkou.engines.lists import Delivery
from renkou.intake import comparing
from renkou.intake.sources import SourceSpec


@dataclass(frozen=True)
class Compared:
    """The record number of each accepted row, and what the delivery does to the list.

    `carried` (`grid, row, person, record_id`) are refused rows whose record stays as it was; None
    where there is none. `closed` are the numbers of records that are no longer on the list.
    """

    numbers: ir.Table
    closed: ir.Table
    carried: ir.Table | None
    state: ir.Table | None
    counts: dict[str, int]


def compare(
    engine: Engine, lists: Path, checked: CheckedDelivery, before: Sequence[Delivery],
    first_free: int, told: ir.Table | None = None,
) -> Compared:  # fmt: skip
    """Number the accepted rows and find what changes.

    `told` (`grid, row, person, record_id`) says which records the rows are, where that is known.
    """
    spec, verdicts = checked.opened.spec, checked.verdicts
    state = current_state(lists, engine, before) if before else None
    if told is not None:
        numbers = engine.keep(comparing.numbered_as(verdicts, told, first_free))
        return Compared(numbers, _removed(numbers), None, state, {})
    prior = _known_rows(engine, lists, spec, before, state)
    numbers = engine.keep(comparing.numbered(verdicts, prior, first_free))
    carried = _carried(engine, verdicts, state, spec, numbers)
    ended = engine.keep(_ended(verdicts, numbers, state)) if spec.mode == "changes" else None
    closed = engine.keep(_closed(numbers, state, carried, ended))
    row = comparing.changes(verdicts, numbers, state, spec, first_free)
    found = {name: int(count or 0) for name, count in engine.arrow(row).to_pylist()[0].items()}
    counts = {
        "new": found["new"],
        "changed": found["total"] - found["new"] - found["unchanged"],
        "unchanged": found["unchanged"],
        "closed": _rows(engine, closed),
        "carried": _records(engine, carried) if carried is not None else 0,
    }
    if ended is not None:
        named = _rows(engine, ended.select(*comparing.PLACE).distinct())
        counts["removals"] = _rows(engine, numbers.filter(numbers.removed))
        counts["removals_of_nobody"] = counts["removals"] - named
    return Compared(numbers, closed, carried, state, counts)


def _known_rows(
    engine: Engine, lists: Path, spec: SourceSpec, before: Sequence[Delivery],
    state: ir.Table | None,
) -> ir.Table | None:  # fmt: skip
    """What rows are compared with; None before the first delivery.

    A source's own key means the same record for ever; equal cells do while it is on the list.
    """
    if state is None:
        return None
    if not spec.own_key:
        return comparing.known_rows(state, spec)
    paths = [store.folder(lists, delivery) / "records.parquet" for delivery in before]
    return comparing.known_rows(engine.read(*paths), spec)


def _carried(
    engine: Engine, verdicts: ir.Table, state: ir.Table | None, spec: SourceSpec,
    numbers: ir.Table,
) -> ir.Table | None:  # fmt: skip
    if state is None or spec.mode != "full":
        return None
    carried = engine.keep(comparing.still_there(verdicts, state, spec, numbers))
    return carried if _rows(engine, carried) else None


def _closed(
    numbers: ir.Table, state: ir.Table | None, carried: ir.Table | None, ended: ir.Table | None
) -> ir.Table:
    """The records that a delivery closes: absent from a full one, `ended` by one of changes."""
    if ended is not None:
        return ended.select("record_id").distinct()
    if state is None:
        return numbers.filter(ibis.literal(False)).select("record_id")
    gone = state.anti_join(numbers, "record_id").select("record_id")
    return gone if carried is None else gone.anti_join(carried, "record_id")


def _ended(verdicts: ir.Table, numbers: ir.Table, state: ir.Table | None) -> ir.Table:
    """`grid, row, person, record_id`: the removals of a delivery, and the records they end."""
    columns = (*comparing.PLACE, "record_id")
    removals = numbers.filter(numbers.removed).select(*columns)
    if state is None:
        return removals.filter(ibis.literal(False))
    known = removals.semi_join(state, "record_id")
    if "id_number__key" not in verdicts.columns:
        return known
    return ibis.union(known, comparing.removed_by_number(verdicts, state, numbers).select(*columns))


def _removed(numbers: ir.Table) -> ir.Table:
    return numbers.filter(numbers.removed).select("record_id")


def _rows(engine: Engine, table: ir.Table) -> int:
    return int(engine.arrow(table.aggregate(count=table.count()))["count"][0].as_py())


def _records(engine: Engine, table: ir.Table) -> int:
    return _rows(engine, table.select("record_id").distinct())


def with_carried_records(records: ir.Table, compared: Compared) -> ir.Table:
    """The records of a delivery, and those that stay as they were."""
    if compared.carried is None or compared.state is None:
        return records
    stay = compared.state.semi_join(compared.carried, "record_id")
    return ibis.union(records, stay.select(*records.columns))


def with_carried_cells(
    engine: Engine, lists: Path, cells: ir.Table, compared: Compared, before: Sequence[Delivery]
) -> ir.Table:
    """The original cells of a delivery, and those of the records that stay as they were."""
    if compared.carried is None or compared.state is None:
        return cells
    stay = compared.state.semi_join(compared.carried, "record_id").select("record_id", "delivery")
    parts = [cells]
    for delivery in before:
        was = engine.read(store.folder(lists, delivery) / "original_cells.parquet")
        of_it = stay.filter(stay.delivery == delivery.id)
        columns = {
            name: was[name] if name in was.columns else ibis.null("string").name(name)
            for name in cells.columns
        }
        parts.append(was.semi_join(of_it, "record_id").select(**columns))
    return ibis.union(*parts)
