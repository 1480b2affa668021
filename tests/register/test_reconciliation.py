"""What each list lacks, repeats, holds alone and says otherwise."""

from __future__ import annotations

import pyarrow as pa

from renkou.engines.engine import Engine
from renkou.register import reconciliation as told

AREA = "110101001"


def _people(engine: Engine, masks: list[int]):
    rows = {
        "person_id": list(range(len(masks))),
        "registered_area": [AREA + "001"] * len(masks),
        "usual_area": [None] * len(masks),
        "birth_date": ["1990-01-01"] * len(masks),
        "lists": masks,
        "alive": [True] * len(masks),
    }
    kinds = {"usual_area": pa.string()}
    arrays = {name: pa.array(cells, kinds.get(name)) for name, cells in rows.items()}
    return told.compared_people(engine.table(pa.table(arrays)))


def _lacking(engine: Engine, masks: list[int]) -> list[tuple[str, int]]:
    people = _people(engine, masks)
    none = pa.schema(
        [("person_id", pa.int64()), ("area", pa.string()), ("field", pa.string()),
         ("differing", pa.int32())]
    )  # fmt: skip
    twice = pa.schema([("person_id", pa.int64()), ("source", pa.string()), ("further", pa.int64())])
    found = told.cases(
        people,
        engine.table(none.empty_table()),
        engine.table(twice.empty_table()),
        told.expected_lists(people, 2),
        ["police", "school"],
    )
    rows = engine.arrow(found.filter(found.kind == "lacking")).to_pylist()
    return sorted((row["source"], row["person_id"]) for row in rows)


def test_a_list_lacks_those_whose_like_it_mostly_holds(engine: Engine) -> None:
    masks = [0b11] * 6 + [0b01] * 6  # police holds all, school exactly half
    assert _lacking(engine, masks) == [("school", person) for person in range(6, 12)]


def test_a_list_that_holds_less_than_half_is_not_expected_to(engine: Engine) -> None:
    assert _lacking(engine, [0b11] * 5 + [0b01] * 7) == []


def test_nothing_is_expected_where_there_are_too_few_to_tell(engine: Engine) -> None:
    assert _lacking(engine, [0b11] * 8 + [0b01]) == []


def test_counts_are_of_records_persons_and_cells(engine: Engine) -> None:
    people = _people(engine, [0b11, 0b01])
    links = pa.table(
        {"person_id": [0, 0, 0, 1], "source": ["police", "police", "school", "police"]}
    )
    linked = engine.table(links)
    repeats = told.repeated(linked)
    differing = engine.table(
        pa.table({"person_id": [0], "area": [AREA], "field": ["name"],
                  "differing": pa.array([0b10], pa.int32())})
    )  # fmt: skip
    found = told.cases(
        people, differing, repeats, told.expected_lists(people, 2), ["police", "school"]
    )
    counted = told.reconciliation(people, linked, repeats, found)
    rows = {
        (row["source"], row["kind"], row["field"]): row["count"]
        for row in engine.arrow(counted).to_pylist()
    }
    assert rows == {
        ("police", "accepted", None): 3,
        ("school", "accepted", None): 1,
        ("police", "duplicates", None): 1,
        ("police", "only_here", None): 1,
        ("school", "differing", "name"): 1,
    }
