"""Spark as the engine, for a province that outgrows one machine (extra `spark`, Java 17).

The same expressions run here as on DuckDB; a spec test runs each on both.
"""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from types import TracebackType
from typing import Any
from uuid import uuid4

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import DataFrame, SparkSession


def local_session(*, scratch: Path, memory: str = "4g", threads: int | None = None) -> SparkSession:
    """A Spark on this machine; a cluster's own session can be given to `SparkEngine` instead."""
    settings = {
        "spark.driver.memory": memory,
        "spark.local.dir": str(scratch),
        "spark.sql.warehouse.dir": str(scratch / "warehouse"),
        "spark.sql.shuffle.partitions": str(2 * (threads or os.cpu_count() or 1)),
        "spark.sql.execution.arrow.pyspark.enabled": "true",
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.log.level": "ERROR",
    }
    builder = SparkSession.builder.appName("renkou").master(f"local[{threads or '*'}]")
    for key, value in settings.items():
        builder = builder.config(key, value)
    return builder.getOrCreate()


class SparkEngine:
    """Runs expressions in one Spark session."""

    def __init__(self, session: SparkSession) -> None:
        self._session = session
        self._backend = ibis.pyspark.connect(session)
        self._prefix = f"kept_{uuid4().hex[:8]}"
        self._numbers = itertools.count(1)

    @property
    def backend(self) -> Any:
        """The Ibis PySpark backend."""
        return self._backend

    def read(self, *paths: Path) -> ir.Table:
        """Parquet files as one table (columns united by name)."""
        reader = self._session.read.option("mergeSchema", "true")
        return self._view(reader.parquet(*[str(path) for path in paths]))

    def table(self, rows: pa.Table) -> ir.Table:
        """An Arrow table in the engine."""
        return self._view(self._session.createDataFrame(rows))

    def keep(self, expression: ir.Table) -> ir.Table:
        """Run an expression once and keep its rows under a new temporary name."""
        return self._view(self._frame(expression).localCheckpoint(eager=True))

    def view(self, expression: ir.Table) -> ir.Table:
        """Name an expression without running it, so that what builds on it is compiled alone."""
        return self._backend.create_view(self._fresh_name(), expression)

    def bind(self, name: str, expression: ir.Table) -> ir.Table:
        """Let `name` stand for these rows from now on, also in what was built on it before."""
        return self._backend.create_view(f"{self._prefix}_{name}", expression, overwrite=True)

    def prepared(self, expression: ir.Table) -> Callable[[], ir.Table]:
        """`keep`; Spark reads what the bound names stand for at each call."""
        return lambda: self.keep(expression)

    def in_any_order(self) -> AbstractContextManager[None]:
        """Nothing to do: Spark keeps no order."""
        return nullcontext()

    def forget(self, *tables: ir.Table) -> None:
        """Drop tables made by `keep` or `table`; Spark frees their rows when nothing reads them."""
        for table in tables:
            self._session.catalog.dropTempView(table.op().name)

    def write(self, expression: ir.Table, path: Path, *, sort_by: Sequence[str]) -> int:
        """Write rows to one Parquet file, sorted as DuckDB sorts (null last); returns how many."""
        frame = self._frame(expression)
        keys = [frame[name].asc_nulls_last() for name in sort_by]
        folder = path.with_name(f"{path.name}.spark")
        one = frame.repartition(1).sortWithinPartitions(*keys)
        one.write.mode("overwrite").option("compression", "zstd").parquet(str(folder))
        (part,) = folder.glob("part-*.parquet")
        part.replace(path)
        shutil.rmtree(folder)
        return int(pq.read_metadata(path).num_rows)

    def arrow(self, expression: ir.Table) -> pa.Table:
        """The rows in memory; for small results."""
        return self._frame(expression).toArrow().cast(expression.schema().to_pyarrow())

    def close(self) -> None:
        """Forget the views; the session is its owner's to stop."""
        for view in self._session.catalog.listTables():
            if view.name.startswith(self._prefix):
                self._session.catalog.dropTempView(view.name)

    def _frame(self, expression: ir.Table) -> DataFrame:
        view = self._backend.create_view(self._fresh_name(), expression)
        return self._session.table(view.op().name)

    def _view(self, frame: DataFrame) -> ir.Table:
        name = self._fresh_name()
        frame.createOrReplaceTempView(name)
        return self._backend.table(name)

    def _fresh_name(self) -> str:
        return f"{self._prefix}_{next(self._numbers)}"

    def __enter__(self) -> SparkEngine:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
