"""What an engine does for the rest of the house: the one seam between meaning and machine.

Pure packages give Ibis expressions; an `Engine` reads, keeps and writes them. `DuckDBEngine` is the
default, `SparkEngine` (extra `spark`) the second; a spec test runs the same expression on both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc


class Engine(Protocol):
    """Runs Ibis expressions; the only holder of a connection."""

    @property
    def backend(self) -> Any:
        """The Ibis backend, for what the methods below do not cover."""

    def read(self, *paths: Path) -> ir.Table:
        """Parquet files as one table (columns united by name)."""

    def table(self, rows: pa.Table) -> ir.Table:
        """An Arrow table in the engine."""

    def keep(self, expression: ir.Table) -> ir.Table:
        """Run an expression once and keep its rows under a new temporary name."""

    def view(self, expression: ir.Table) -> ir.Table:
        """Name an expression without running it, so that what builds on it is compiled alone."""

    def bind(self, name: str, expression: ir.Table) -> ir.Table:
        """Let `name` stand for these rows from now on, also in what was built on it before."""

    def prepared(self, expression: ir.Table) -> Callable[[], ir.Table]:
        """`keep`, translated once: each call runs it on what the bound names then stand for."""

    def in_any_order(self) -> AbstractContextManager[None]:
        """Kept rows need no order while this lasts: faster, for what is sorted when written."""

    def forget(self, *tables: ir.Table) -> None:
        """Drop tables made by `keep` or `table`, to give their memory back."""

    def write(self, expression: ir.Table, path: Path, *, sort_by: Sequence[str]) -> int:
        """Write rows to one Parquet file, sorted; returns the number of rows."""

    def arrow(self, expression: ir.Table) -> pa.Table:
        """The rows in memory; for small results."""


def row_count(engine: Engine, table: ir.Table) -> int:
    """How many rows a table has."""
    return int(engine.arrow(table.count().name("n").as_table())["n"][0].as_py())


def lookup(
    engine: Engine,
    column: ir.StringColumn,
    functions: Mapping[str, Callable[[Sequence[str]], Sequence[str | None]]],
) -> ir.Table:
    """A table `value, <name>…` that maps each distinct value of a column through functions.

    For work that no SQL engine does (pinyin, Chinese dates): it runs once per distinct value, on
    whole columns, and joins back, so that nothing walks rows in Python. Null is left out.
    """
    values = engine.arrow(
        column.name("value").as_table().distinct().filter(ibis._.value.notnull()).order_by("value")
    )["value"]
    texts = values.to_pylist()
    columns = {"value": values}
    for name, function in functions.items():
        columns[name] = pa.chunked_array([pa.array(function(texts), pa.string())])
    return engine.table(pa.table(columns))


Functions = Mapping[str, Callable[[Sequence[str]], Sequence[str | None]]]


def lookups(
    engine: Engine, wanted: Mapping[str, tuple[ir.StringColumn, Functions]]
) -> dict[str, ir.Table]:
    """Several lookups at once: one statement finds the distinct values, one table holds the results.

    A statement costs some milliseconds however few its rows, and a list has twenty columns. Of ''
    all is null, so that a row with nothing to look up finds a partner.
    """
    if not wanted:
        return {}
    found = engine.arrow(_distinct_values([column for column, _ in wanted.values()]))
    results = []
    for at, (_, functions) in enumerate(wanted.values()):
        texts = found.filter(pc.equal(found["lookup"], at))["value"].to_pylist()
        columns = {name: [*one(texts), None] for name, one in functions.items()}
        place = pa.repeat(pa.scalar(at, pa.int16()), len(texts) + 1)
        texts_of = {"value": [*texts, ""], **columns}
        arrays = {name: pa.array(column, pa.string()) for name, column in texts_of.items()}
        results.append(pa.table({"lookup": place, **arrays}))
    # In one piece: Spark takes over nothing that stands behind an empty chunk.
    together = pa.concat_tables(results, promote_options="default").combine_chunks()
    kept = engine.table(together)
    return {
        key: kept.filter(kept.lookup == at).select("value", *functions)
        for at, (key, (_, functions)) in enumerate(wanted.items())
    }


def _distinct_values(columns: Sequence[ir.StringColumn]) -> ir.Table:
    """`lookup` (the column's place) and `value`; null and '' are left out."""
    parts = [
        column.name("value")
        .as_table()
        .distinct()
        .filter(ibis._.value != "")
        .select("value", lookup=ibis.literal(at, "int16"))
        for at, column in enumerate(columns)
    ]
    return ibis.union(*parts) if len(parts) > 1 else parts[0]
