"""DuckDB as the engine: one connection, a memory limit, a folder to spill to."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from renkou.core.errors import WorkspaceError

# Names and addresses fill a dictionary that is then thrown away; nothing here asks a bloom filter.
_PARQUET = (
    "COMPRESSION zstd, COMPRESSION_LEVEL 1, DICTIONARY_SIZE_LIMIT 4096, WRITE_BLOOM_FILTER false"
)


class DuckDBEngine:
    """An in-memory DuckDB database that spills to `scratch` when memory runs short.

    With `joins_as_written` the right side of a join is the one held in memory, whatever DuckDB
    guesses of their sizes.
    """

    def __init__(
        self,
        *,
        scratch: Path | None = None,
        memory_limit: str = "6GB",
        threads: int | None = None,
        joins_as_written: bool = False,
    ) -> None:
        settings: dict[str, Any] = {
            "memory_limit": memory_limit,
            "autoinstall_known_extensions": False,
        }
        if scratch is not None:
            settings["temp_directory"] = str(scratch)
        if threads is not None:
            settings["threads"] = threads
        if joins_as_written:
            settings["disabled_optimizers"] = "join_order,build_side_probe_side"
        self._backend = ibis.duckdb.connect(**settings)
        self._numbers = itertools.count(1)
        self._files: list[Path] = []

    @property
    def backend(self) -> Any:
        """The Ibis DuckDB backend (`.con` is the DuckDB connection)."""
        return self._backend

    def _fresh_name(self) -> str:
        return f"kept_{next(self._numbers)}"

    def read(self, *paths: Path) -> ir.Table:
        """Parquet files as one table (columns united by name)."""
        self._files += paths
        return self._backend.read_parquet([str(path) for path in paths], union_by_name=True)

    def table(self, rows: pa.Table) -> ir.Table:
        """An Arrow table in the engine."""
        return self._backend.create_table(self._fresh_name(), rows)

    def keep(self, expression: ir.Table) -> ir.Table:
        """Run an expression once and keep its rows under a new temporary name."""
        return self._backend.create_table(self._fresh_name(), expression)

    def view(self, expression: ir.Table) -> ir.Table:
        """Name an expression without running it, so that what builds on it is compiled alone."""
        return self._backend.create_view(self._fresh_name(), expression)

    def bind(self, name: str, expression: ir.Table) -> ir.Table:
        """Let `name` stand for these rows from now on, also in what was built on it before."""
        return self._backend.create_view(name, expression, overwrite=True)

    def prepared(self, expression: ir.Table) -> Callable[[], ir.Table]:
        """`keep`, translated once: each call runs it on what the bound names then stand for."""
        query = self._backend.compile(expression)

        def keep_again() -> ir.Table:
            name = self._fresh_name()
            self._backend.con.execute(f"CREATE TABLE {name} AS {query}")
            return self._backend.table(name)

        return keep_again

    @contextmanager
    def in_any_order(self) -> Iterator[None]:
        """Kept rows need no order while this lasts: faster, for what is sorted when written."""
        self._backend.con.execute("SET preserve_insertion_order = false")
        try:
            yield
        finally:
            self._backend.con.execute("SET preserve_insertion_order = true")

    def forget(self, *tables: ir.Table) -> None:
        """Drop tables made by `keep` or `table`, to give their memory back."""
        for table in tables:
            self._backend.drop_table(table.op().name, force=True)

    def write(self, expression: ir.Table, path: Path, *, sort_by: Sequence[str]) -> int:
        """Write rows to one Parquet file, sorted; returns the number of rows."""
        query = ibis.to_sql(expression.order_by(list(sort_by)), dialect="duckdb")
        target = str(path).replace("'", "''")
        copied = self._backend.con.execute(
            f"COPY ({query}) TO '{target}' (FORMAT parquet, {_PARQUET})"
        ).fetchall()
        return int(copied[0][0])

    def arrow(self, expression: ir.Table) -> pa.Table:
        """The rows in memory; for small results."""
        return self._backend.to_pyarrow(expression)

    def close(self) -> None:
        """Close the connection; kept tables are gone."""
        self._backend.disconnect()

    def __enter__(self) -> DuckDBEngine:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
        if isinstance(error, duckdb.Error):
            _tell_of_damage(self._files, error)


def _tell_of_damage(files: Iterable[Path], error: duckdb.Error) -> None:
    """Name the file that DuckDB could not read: its own words name none, or a person's value."""
    for path in dict.fromkeys(files):
        try:
            for _ in pq.ParquetFile(path).iter_batches():
                pass
        except (OSError, pa.ArrowException):
            raise WorkspaceError(
                f"{path}: missing or damaged; restore it from a backup",
                zh=f"{path}：文件缺失或已损坏；请从备份恢复",
            ) from error
