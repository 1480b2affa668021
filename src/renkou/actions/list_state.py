"""The current state of a source's list: its last full delivery and the changes since."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import ibis
import ibis.expr.types as ir

from renkou.engines import lists as store
from renkou.engines.engine import Engine
from renkou.engines.lists import Delivery


def current_state(lists: Path, engine: Engine, deliveries: Sequence[Delivery]) -> ir.Table:
    """The current records of one source: its last full delivery and the changes since."""
    start = max((at for at, d in enumerate(deliveries) if d.mode == "full"), default=0)
    live = deliveries[start:]
    tables = [_numbered(lists, engine, delivery, "records", at) for at, delivery in enumerate(live)]
    if len(live) == 1:
        return tables[0].drop("sequence")
    rows = ibis.union(*tables)
    closed = ibis.union(
        *[_numbered(lists, engine, delivery, "closed", at) for at, delivery in enumerate(live)]
    ).rename(closed_id="record_id", closed_at="sequence")
    newest = ibis.window(group_by=rows.record_id, order_by=ibis.desc(rows.sequence))
    rows = rows.mutate(age=ibis.row_number().over(newest))
    rows = rows.filter(rows.age == 0)
    gone = (rows.record_id == closed.closed_id) & (rows.sequence <= closed.closed_at)
    return rows.anti_join(closed, gone).drop("sequence", "age")


def _numbered(lists: Path, engine: Engine, delivery: Delivery, table: str, at: int) -> ir.Table:
    path = store.folder(lists, delivery) / f"{table}.parquet"
    return engine.read(path).mutate(sequence=ibis.literal(at, "int32"))
