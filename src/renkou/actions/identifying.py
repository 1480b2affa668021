"""Give clusters their permanent ids: repeats the register's round of choices until all is settled."""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from renkou.engines.engine import Engine, row_count
from renkou.register import identities

_OLD_LINKS = pa.schema([("record_id", pa.int64()), ("person_id", pa.int64())])


@dataclass(frozen=True)
class Identified:
    """ids: entity_id, person_id; lineage: docs/reference/tables.md."""

    ids: ir.Table
    lineage: ir.Table


def identified(
    engine: Engine, links: ir.Table, old_links: ir.Table, old_people: ir.Table
) -> Identified:
    """The person id of every cluster, given who held which record in the previous edition."""
    overlap = engine.keep(identities.overlaps(links, old_links))
    settled = engine.keep(identities.mutual_choices(overlap))
    rest = engine.keep(identities.unsettled(overlap, settled))
    while row_count(engine, rest):
        more = engine.keep(identities.mutual_choices(rest))
        settled = engine.keep(ibis.union(settled, more))
        rest = engine.keep(identities.unsettled(rest, more))
    ids = engine.keep(identities.person_ids(links, settled, old_people))
    moved = engine.keep(identities.lineage(overlap, ids, old_people))
    engine.forget(overlap, settled, rest)
    return Identified(ids, moved)


def no_history(engine: Engine) -> tuple[ir.Table, ir.Table]:
    """Links and people of a register that has no edition yet."""
    nothing = engine.table(_OLD_LINKS.empty_table())
    return nothing, nothing.select("person_id")
