"""Many columns are looked up in one go, and a row with nothing to look up finds a partner."""

from __future__ import annotations

import pyarrow as pa

from renkou.engines.engine import Engine, lookups


def test_each_column_has_its_own_functions_and_blank_is_null(engine: Engine) -> None:
    rows = engine.table(pa.table({"a": ["x", "x", "", "y"], "b": ["x", "", "", ""]}))
    found = lookups(
        engine,
        {
            "a": (rows.a, {"upper": lambda texts: [text.upper() for text in texts]}),
            "b": (rows.b, {"twice": lambda texts: [text * 2 for text in texts]}),
        },
    )
    said = {
        name: {tuple(row.values()) for row in engine.arrow(table).to_pylist()}
        for name, table in found.items()
    }
    assert said == {
        "a": {("x", "X"), ("y", "Y"), ("", None)},
        "b": {("x", "xx"), ("", None)},
    }


def test_nothing_to_look_up_asks_nothing(engine: Engine) -> None:
    assert lookups(engine, {}) == {}
