"""Linking what a delivery touches gives what linking everything gives, and leaves the rest alone."""

from __future__ import annotations

import random
from typing import Any

import pyarrow as pa
import pytest

from renkou.actions import linking
from renkou.actions.linking_touched import Earlier
from renkou.engines.duckdb_engine import DuckDBEngine
from renkou.linkage.model import LinkResult, ListFacts
from tests.linkage.rows import number, records

LISTS = [ListFacts("police", free_of_duplicates=True, trust=3), ListFacts("insurance", trust=2),
         ListFacts("school", trust=1)]  # fmt: skip
PEOPLE = 160
Row = dict[str, Any]


def town(seed: int = 4) -> list[Row]:
    """Three lists of the same people, one in six records with an error or without its number."""
    chance = random.Random(seed)
    rows: list[Row] = []
    for at in range(PEOPLE):
        sex = chance.choice(["male", "female"])
        born = (
            f"{chance.randint(1950, 2015)}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}"
        )
        name = chance.choice("王李张刘陈杨赵黄周吴") + "".join(
            chance.choices("伟芳娜敏静强磊军洋勇艳杰娟涛超明霞平刚桂", k=2)
        )
        order = f"{at % 100:02d}{chance.choice('13579' if sex == 'male' else '02468')}"
        true = {"name": name, "sex": sex, "birth_date": born, "id": number(born, order),
                "registered_area": f"5130210010{at % 7:02d}", "household_key": f"h{at // 3}"}  # fmt: skip
        for source in ("police", "insurance", "school"):
            row = {**true, "source": source}
            if source != "police" and chance.random() < 0.3:
                row.pop("id")
            if source != "police" and chance.random() < 0.15:
                row["name"] = name[:2]
            rows.append(row)
    return rows


ROWS = town()


@pytest.fixture(scope="module")
def before():
    """The town linked with training, and the engine that holds it."""
    with DuckDBEngine() as engine:
        yield engine, linking.link_records(engine, engine.table(records(*ROWS)), LISTS)


def again(
    before: tuple[DuckDBEngine, LinkResult],
    table: pa.Table,
    altered: list[int],
    decisions: pa.Table | None = None,
    old_decisions: pa.Table | None = None,
) -> LinkResult:
    """The table linked as far as it is touched, under the model of before."""
    engine, first = before
    nothing = linking.DECISIONS.empty_table()
    earlier = Earlier(
        first.links.rename(person_id="entity_id"),
        first.review_pairs,
        engine.table(old_decisions or nothing),
        engine.table(pa.table({"record_id": pa.array(altered, pa.int64())})),
    )
    made = engine.table(table)
    return linking.link_records(engine, made, LISTS, decisions, first.model, earlier=earlier)


def all_anew(
    before: tuple[DuckDBEngine, LinkResult], table: pa.Table, decisions: pa.Table | None = None
) -> LinkResult:
    """The table linked whole, under the model of before."""
    engine, first = before
    return linking.link_records(engine, engine.table(table), LISTS, decisions, first.model)


def links(engine: DuckDBEngine, found: LinkResult) -> dict[int, tuple[Any, ...]]:
    rows = engine.arrow(found.links.select("record_id", "entity_id", "probability", "method"))
    return {row["record_id"]: tuple(row.values())[1:] for row in rows.to_pylist()}


def pairs(engine: DuckDBEngine, found: LinkResult) -> list[Row]:
    return engine.arrow(found.review_pairs.order_by("record_id_l", "record_id_r")).to_pylist()


def persons(told: dict[int, tuple[Any, ...]]) -> dict[int, tuple[Any, ...]]:
    """Links without their probabilities: those hang on how frequent names are among all records."""
    return {at: (entity, method) for at, (entity, _, method) in told.items()}


def beside(told: dict[int, tuple[Any, ...]], altered: list[int]) -> set[int]:
    """All records of the people who hold one of these."""
    people = {told[at][0] for at in altered}
    return {at for at, (entity, *_) in told.items() if entity in people}


def asked(
    engine: DuckDBEngine, found: LinkResult, near: set[int], *, at_all: bool = False
) -> set[tuple[int, int]]:
    """The review pairs with any of these records that are in doubt, or asked at all."""
    doubtful = (row for row in pairs(engine, found) if at_all or 0.01 < row["probability"] < 0.99)
    shown = {(row["record_id_l"], row["record_id_r"]) for row in doubtful}
    return {pair for pair in shown if near & set(pair)}


def altered_town(changes: dict[int, Row]) -> pa.Table:
    """The town where records (by id, from 1) say something else; ids beyond its end are new."""
    rows = [{**row, **changes.get(at, {})} for at, row in enumerate(ROWS, 1)]
    rows += [changes[at] for at in sorted(changes) if at > len(ROWS)]
    return records(*rows)


def decided(left: int, right: int, same: bool) -> pa.Table:
    rows = [{"record_id_l": left, "record_id_r": right, "same": same}]
    return pa.Table.from_pylist(rows, schema=linking.DECISIONS)


def test_where_nothing_is_touched_all_stays(before):
    engine, first = before
    found = again(before, records(*ROWS), [])
    assert found.figures["core_records"] == 0
    assert links(engine, found) == links(engine, first)
    assert pairs(engine, found) == pairs(engine, first)


def test_a_new_record_joins_its_person_and_a_stranger_stands_alone(before):
    engine = before[0]
    end = len(ROWS)
    table = altered_town(
        {end + 1: {**ROWS[9], "source": "births"},
         end + 2: {"source": "births", "name": "欧阳青禾", "sex": "female", "birth_date": "1991-11-30"}}
    )  # fmt: skip
    found, whole = again(before, table, []), all_anew(before, table)
    told = links(engine, found)
    assert told[end + 1][0] == told[10][0]
    assert told[end + 2][1:] == (1.0, "alone")
    assert persons(told) == persons(links(engine, whole))


@pytest.mark.parametrize("seed", range(3))
def test_what_is_touched_is_linked_as_if_all_were_linked_anew(before, seed):
    engine, first = before
    chance = random.Random(seed)
    altered = sorted(chance.sample(range(1, len(ROWS) + 1), 8))
    changes: dict[int, Row] = {}
    for at in altered:
        other = ROWS[chance.randrange(len(ROWS))]
        changes[at] = chance.choice(
            [
                {"id": None, "id_number": None, "id_key": None},
                {"id": other.get("id")},
                {"name": other["name"]},
                {"birth_date": ROWS[at - 1]["birth_date"][:7]},
                {**other, "source": ROWS[at - 1]["source"]},
            ]
        )
    table = altered_town(changes)
    found, whole = again(before, table, altered), all_anew(before, table)
    assert 0 < found.figures["core_records"] < len(ROWS) / 5
    assert "core_records" not in whole.figures
    told = links(engine, found)
    assert persons(told) == persons(links(engine, whole))
    others = set(told) - beside(told, altered) - beside(links(engine, first), altered)
    stood = persons(links(engine, first))
    assert {at: persons(told)[at] for at in others} == {at: stood[at] for at in others}
    near = beside(told, altered)
    assert asked(engine, whole, near) <= asked(engine, found, near, at_all=True)


def test_people_who_lost_a_record_are_linked_anew(before):
    engine = before[0]
    table = records(*ROWS).slice(1)
    found, whole = again(before, table, []), all_anew(before, table)
    assert found.figures["core_records"] >= 2
    assert persons(links(engine, found)) == persons(links(engine, whole))


def test_a_word_parts_people_and_taken_back_joins_them(before):
    engine = before[0]
    same = links(engine, before[1])
    assert same[1][0] == same[2][0], "the police and the insurance know one person"
    apart = decided(1, 2, same=False)
    told = links(engine, again(before, records(*ROWS), [], decisions=apart))
    assert told[1][0] != told[2][0]
    assert persons(told) == persons(links(engine, all_anew(before, records(*ROWS), apart)))
    taken_back = again(before, records(*ROWS), [], old_decisions=apart)
    assert links(engine, taken_back) == same


def test_where_most_is_touched_all_is_linked(before):
    found = again(before, records(*ROWS), list(range(1, len(ROWS) + 1)))
    assert "core_records" not in found.figures
