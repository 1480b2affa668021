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
    """The current records of one source: its last full delivery and the changes since.

    A delivery's rows stand unless a later one has them too, or it or a later one closes them.
    """
    start = max((at for at, d in enumerate(deliveries) if d.mode == "full"), default=0)
    live = deliveries[start:]
    records = [_table(lists, engine, delivery, "records") for delivery in live]
    if len(live) == 1:
        return records[0]
    closed = [_table(lists, engine, delivery, "closed").select("record_id") for delivery in live]
    standing = []
    for at, rows in enumerate(records):
        later = [table.select("record_id") for table in records[at + 1 :]]
        standing.append(rows.anti_join(ibis.union(*closed[at:], *later), "record_id"))
    return ibis.union(*standing)


def _table(lists: Path, engine: Engine, delivery: Delivery, table: str) -> ir.Table:
    return engine.read(store.folder(lists, delivery) / f"{table}.parquet")
