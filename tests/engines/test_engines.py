"""What an engine promises, on DuckDB and on Spark."""

from datetime import date
from pathlib import Path

import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from renkou.engines.engine import Engine, lookup

ROWS = pa.table(
    {
        "record_id": pa.array([3, 1, 2], pa.int64()),
        "name": ["李四", "张三", None],
        "born": [date(1990, 1, 2), None, date(2001, 12, 31)],
        "mother_id": pa.array([None, 10**12 + 1, None], pa.int64()),
    }
)


def test_a_table_comes_back_as_it_went_in(engine: Engine) -> None:
    back = engine.arrow(engine.table(ROWS).order_by("record_id"))
    assert back.to_pylist() == ROWS.sort_by("record_id").to_pylist()
    assert back.schema.field("mother_id").type == pa.int64()


def test_kept_rows_stay_when_what_they_came_from_is_forgotten(engine: Engine) -> None:
    table = engine.table(ROWS)
    kept = engine.keep(table.filter(table.name.notnull()))
    engine.forget(table)
    assert engine.arrow(kept.count().name("n").as_table())["n"].to_pylist() == [2]


def test_written_rows_are_one_sorted_file(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    assert engine.write(engine.table(ROWS), path, sort_by=["mother_id", "record_id"]) == 3
    assert pq.read_table(path)["record_id"].to_pylist() == [1, 2, 3]  # null sorts last
    assert list(tmp_path.iterdir()) == [path]


def test_files_are_united_by_the_names_of_their_columns(engine: Engine, tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": [1], "b": ["x"]}), tmp_path / "1.parquet")
    pq.write_table(pa.table({"b": ["y"], "c": [2.5]}), tmp_path / "2.parquet")
    table = engine.read(tmp_path / "1.parquet", tmp_path / "2.parquet").order_by("b")
    assert engine.arrow(table.select("a", "b", "c")).to_pylist() == [
        {"a": 1, "b": "x", "c": None},
        {"a": None, "b": "y", "c": 2.5},
    ]


def test_an_impossible_date_is_null_and_stops_nothing(engine: Engine) -> None:
    table = engine.table(pa.table({"written": ["2001-02-28", "2001-02-30", "x"]}))
    dates = table.select(date=table.written.try_cast("date")).order_by(ibis.desc("date"))
    found = engine.arrow(dates)["date"].to_pylist()
    assert sorted(found, key=str) == sorted([date(2001, 2, 28), None, None], key=str)


def test_a_lookup_maps_each_distinct_value_once(engine: Engine) -> None:
    seen: list[str] = []

    def doubled(values: list[str]) -> list[str | None]:
        seen.extend(values)
        return [value * 2 for value in values]

    table = engine.table(pa.table({"name": ["b", "a", "b", None]}))
    found = engine.arrow(lookup(engine, table.name, {"twice": doubled}).order_by("value"))
    assert seen == ["a", "b"]
    assert found.to_pylist() == [{"value": "a", "twice": "aa"}, {"value": "b", "twice": "bb"}]
