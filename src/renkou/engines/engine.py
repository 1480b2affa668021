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
