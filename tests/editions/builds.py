"""Editions built from small tables: linkage is a test double that joins records by `id_key`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from renkou.actions.building import Inputs, Linked, Options, build_edition
from renkou.actions.edition_tables import DECISIONS
from renkou.core.id_numbers import is_valid
from renkou.engines.duckdb_engine import DuckDBEngine
from renkou.register.lists import RegisterList
from tests.register.tables import REVIEW_PAIRS, records_table


def joined_by_number(engine: DuckDBEngine, records: Any) -> Linked:
    """One entity per valid number; a record without one stands alone."""
    key = ibis.coalesce(records.id_key, records.record_id.cast("string"))
    keyed = records.select("record_id", key=key)
    same = ibis.window(group_by=keyed.key)
    links = keyed.select(
        "record_id",
        entity_id=keyed.record_id.min().over(same),
        probability=ibis.literal(1.0),
        method=ibis.literal("number"),
    )
    return Linked(engine.keep(links), engine.table(REVIEW_PAIRS.empty_table()), {"model": "none"})


def build(
    editions: Path,
    rows: Sequence[Mapping[str, Any]],
    lists: Sequence[RegisterList] = (),
    decisions: Sequence[Mapping[str, Any]] = (),
    **options: Any,
) -> dict[str, Any]:
    """Build the next edition of these records."""
    with DuckDBEngine(scratch=editions.parent / "scratch") as engine:
        records = engine.table(records_table([dict(row) for row in rows]))
        sources = sorted(
            {row["source"]: row["record_id"] for row in rows}.items(), key=lambda x: x[1]
        )
        known = {one.source: one for one in lists}
        inputs = Inputs(
            records=records,
            lists=[known.get(name, RegisterList(name)) for name, _ in sources],
            decisions=pa.Table.from_pylist([dict(one) for one in decisions], schema=DECISIONS),
            link=lambda saved, before: joined_by_number(engine, records),
        )
        return build_edition(editions, engine, lambda: inputs, Options(by="tester", **options))


def numbers(count: int) -> list[str]:
    """Valid identity numbers of fictional people."""
    found = (f"11010119{50 + at % 50}0101{at:03d}" for at in range(count))
    return [next(body + last for last in "0123456789X" if is_valid(body + last)) for body in found]


def rows_of(editions: Path, edition: str, name: str) -> list[dict[str, Any]]:
    """A table of an edition (its id or number), in the order of its files."""
    [folder] = editions.glob(f"{edition[:4]}-*")
    paths = sorted((folder / name).glob("*.parquet"))
    return [row for path in paths for row in pq.read_table(path, partitioning=None).to_pylist()]
