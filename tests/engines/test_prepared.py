"""What is prepared once runs on whatever the names that it was built on stand for."""

from __future__ import annotations

import pyarrow as pa

from renkou.engines.duckdb_engine import DuckDBEngine
from renkou.engines.engine import Engine


def _rows(engine: Engine, *numbers: int):
    return engine.table(pa.table({"number": pa.array(numbers, pa.int64())}))


def test_a_prepared_expression_follows_its_bound_name(engine: Engine) -> None:
    here = engine.bind("here", _rows(engine, 1, 2))
    doubled = engine.prepared(here.select(number=here.number * 2))
    assert sorted(engine.arrow(doubled())["number"].to_pylist()) == [2, 4]
    engine.bind("here", _rows(engine, 5))
    assert engine.arrow(doubled())["number"].to_pylist() == [10]


def test_what_is_kept_stays_when_the_name_is_bound_anew(engine: Engine) -> None:
    here = engine.bind("there", _rows(engine, 1))
    kept = engine.prepared(here)()
    engine.bind("there", _rows(engine, 2))
    assert engine.arrow(kept)["number"].to_pylist() == [1]


def test_order_is_kept_again_after_a_pass_that_needs_none() -> None:
    with DuckDBEngine() as engine:
        with engine.in_any_order():
            assert not _keeps_order(engine)
        assert _keeps_order(engine)


def _keeps_order(engine: DuckDBEngine) -> bool:
    asked = "SELECT current_setting('preserve_insertion_order')"
    return bool(engine.backend.con.execute(asked).fetchone()[0])
