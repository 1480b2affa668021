"""What rows of a delivery of changes say, and whom their removals end; on every engine."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from renkou.core.errors import Place
from renkou.engines.engine import Engine
from renkou.intake import comparing
from renkou.intake.cells import all_person_cells
from renkou.intake.columns import resolve
from renkou.intake.headers import find_header
from renkou.intake.sources import parse_source
from tests.intake.test_changes import READ

HEADER = ["人员编号", "姓名", "身份证号", "性别", "出生日期", "户籍地", "变更类型"]
WORDS = ["注销", " 变更 ", "D", "", None, "去向不明"]


def test_a_row_leaves_stays_or_is_refused_by_its_word(engine: Engine) -> None:
    spec, header = parse_source(READ, "police"), find_header([HEADER, ["a", "张三"] + [""] * 5])
    assert header is not None
    table: dict[str, Any] = {
        "grid": pa.array([0] * len(WORDS), pa.int32()),
        "row": pa.array(range(2, len(WORDS) + 2), pa.int32()),
        "fault": pa.nulls(len(WORDS), pa.string()),
        **{f"c{at}": pa.array(["甲"] * len(WORDS), pa.string()) for at in range(6)},
        "c6": pa.array(WORDS, pa.string()),
    }
    resolution = resolve(header, spec, Place("a.csv"))
    cells = all_person_cells(engine.table(pa.table(table)), spec, resolution)
    rows = engine.arrow(cells.select("row", "removed", "fault").order_by("row")).to_pylist()
    assert [row["removed"] for row in rows] == [True, False, True, False, False, False]
    assert [row["fault"] for row in rows] == [None] * 5 + ["ROW-06"]


def test_a_removal_ends_the_record_of_its_number_and_name(engine: Engine) -> None:
    """Rows: known by key; by number; under another name; without a name; of another role; told too."""
    state = engine.table(
        pa.table(
            {
                "record_id": [1, 2, 3, 4, 5, 6],
                "id_key": ["A", "B", "C", "D", "E", "F"],
                "role": ["self"] * 6,
                "name": ["甲", "乙", "丙", "丁", "戊", "己"],
            }
        )
    )
    at = {"grid": pa.array([0] * 7, pa.int32()), "row": pa.array(range(7), pa.int32())}
    at["person"] = pa.array([0] * 7, pa.int32())
    rows = engine.table(
        pa.table(
            {
                **at,
                "role": ["self"] * 4 + ["wife"] + ["self"] * 2,
                "id_number__key": ["A", "B", "C", "D", "E", "F", "F"],
                "name__value": pa.array(["甲", "乙", "别人", None, "戊", "己", "己"], pa.string()),
            }
        )
    )
    numbers = engine.table(
        pa.table({**at, "removed": [True] * 6 + [False], "record_id": [1, 92, 93, 94, 95, 96, 6]})
    )
    found = comparing.removed_by_number(rows, state, numbers).order_by("row")
    told = [(row["row"], row["record_id"]) for row in engine.arrow(found).to_pylist()]
    assert told == [(1, 2), (3, 4)]
