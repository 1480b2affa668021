"""From a grid to records: which rows are people, and which number each keeps; on every engine."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from renkou.core.areas import AreaIndex
from renkou.core.errors import Place
from renkou.engines.engine import Engine, lookups
from renkou.intake import comparing, outcome
from renkou.intake.cells import all_person_cells, body_rows
from renkou.intake.checks import CheckSettings, checked_cells, keyed_cells
from renkou.intake.columns import resolve
from renkou.intake.headers import find_header
from renkou.intake.sources import SourceSpec, parse_source

SPEC = """
[source]
department = "x"
legal_basis = "x"
purpose = "x"
[[persons]]
role = "husband"
[persons.columns]
name = "男方/姓名"
birth_date = "男方/出生日期"
[[persons]]
role = "wife"
[persons.columns]
name = "女方/姓名"
usual_area = { parts = ["镇", "村"] }
"""
ROWS = [
    ["某县婚姻登记名单", "", "", "", ""],
    ["男方", "", "女方", "镇", "村"],
    ["姓名", "出生日期", "姓名", "", ""],
    ["张三", "1980-01-01", "李四", "甲镇", "一村"],
    ["", "", "", "", ""],
    ["小 计", "1对", "", "", ""],
    ["姓名", "出生日期", "姓名", "", ""],
    ["王五", "1981-01-01", "", "甲镇", ""],
    ["填表人：某某", "", "审核人：某某", "", ""],
]


def checked(engine: Engine, rows: list[list[str]]) -> tuple[ir.Table, SourceSpec]:
    spec = parse_source(SPEC, "marriages")
    header = find_header(rows)
    assert header is not None
    resolution = resolve(header, spec, Place("m.csv"))
    table: dict[str, Any] = {
        "grid": pa.array([0] * len(rows), pa.int32()),
        "row": pa.array(range(1, len(rows) + 1), pa.int32()),
        "fault": pa.nulls(len(rows), pa.string()),
    }
    for at in range(5):
        table[f"c{at}"] = pa.array([row[at] or None for row in rows], pa.string())
    grid = engine.table(pa.table(table).slice(header.last_row))
    body = body_rows(grid, header, resolution)
    settings = CheckSettings(spec, date(2024, 12, 31), AreaIndex([], date(2024, 12, 31)))
    cells = engine.keep(keyed_cells(all_person_cells(body, spec, resolution), settings))
    return engine.keep(checked_cells(cells, settings, partial(lookups, engine))), spec


def places(engine: Engine) -> ir.Table:
    return engine.table(
        pa.table(
            {
                "grid": pa.array([0], pa.int32()),
                "file": pa.array(["m.csv"]),
                "sheet": pa.array([None], pa.string()),
            }
        )
    )


def records(
    engine: Engine, rows: list[list[str]], prior: ir.Table | None = None, first_free: int = 100
) -> ir.Table:
    found, spec = checked(engine, rows)
    verdicts = engine.keep(outcome.verdicts(found, spec, keyed=prior is not None))
    numbers = engine.keep(comparing.numbered(verdicts, prior, first_free))
    kept = outcome.kept(found, numbers)
    return engine.keep(outcome.records(kept, spec, "d1", date(2024, 12, 31), places(engine)))


def test_titles_blanks_totals_repeated_headers_and_footers_are_no_people(engine: Engine) -> None:
    rows = engine.arrow(records(engine, ROWS).order_by("record_id")).to_pylist()
    assert [(row["row"], row["role"], row["name"]) for row in rows] == [
        (4, "husband", "张三"), (4, "wife", "李四"), (8, "husband", "王五"),
    ]  # fmt: skip
    assert [row["record_id"] for row in rows] == [100, 101, 102]


def test_columns_of_an_area_are_joined_and_a_missing_part_left_out(engine: Engine) -> None:
    rows = engine.arrow(records(engine, ROWS).order_by("record_id")).to_pylist()
    assert [row["usual_area"] for row in rows] == [None, "甲镇/一村", None]


def test_equal_rows_keep_their_numbers_in_the_next_delivery(engine: Engine) -> None:
    first = records(engine, ROWS)
    prior = comparing.known_rows(first, parse_source(SPEC, "marriages"))
    moved = [*ROWS[:3], ["赵六", "1990-01-01", "", "", ""], *ROWS[3:]]
    rows = engine.arrow(records(engine, moved, prior, 103)).to_pylist()
    numbers = {row["name"]: row["record_id"] for row in rows}
    assert numbers == {"赵六": 103, "张三": 100, "李四": 101, "王五": 102}


def test_what_is_new_changed_and_still_there_is_counted(engine: Engine) -> None:
    spec = parse_source(SPEC, "marriages")
    first = records(engine, ROWS)
    state = engine.keep(first.mutate(id_key=ibis.null("string")))
    found, _ = checked(engine, [*ROWS[:4], ["赵六", "1990-01-01", "", "", ""]])
    verdicts = engine.keep(outcome.verdicts(found, spec, keyed=True))
    prior = comparing.known_rows(first, spec)
    numbers = engine.keep(comparing.numbered(verdicts, prior, 103))
    told = engine.arrow(comparing.changes(verdicts, numbers, state, spec, 103)).to_pylist()
    assert told == [{"total": 3, "new": 1, "unchanged": 2}]
    faulty = engine.keep(verdicts.mutate(refused=ibis.literal("ROW-05")))
    nobody = engine.keep(numbers.filter(numbers.record_id < 0))
    there = comparing.still_there(faulty, state, spec, nobody)
    assert sorted(engine.arrow(there)["record_id"].to_pylist()) == [100, 101]
