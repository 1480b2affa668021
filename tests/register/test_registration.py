"""Punctuality of registration, and which lists know of whom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from renkou.engines.engine import Engine
from renkou.register import registration
from renkou.register.tabulation import Window

HERE = "513021001001"
JAN_2024 = 2024 * 12
YEAR = Window(JAN_2024 - 1, JAN_2024 + 11)
EVENTS = pa.schema(
    [
        ("person_id", pa.int64()),
        ("kind", pa.string()),
        ("event_date", pa.string()),
        ("area", pa.string()),
    ]
)
PERSONS = pa.schema(
    [
        ("person_id", pa.int64()),
        ("sex", pa.string()),
        ("birth_date", pa.string()),
        ("id_number", pa.string()),
        ("mother_id_number", pa.string()),
        ("registered_area", pa.string()),
        ("usual_area", pa.string()),
        ("alive", pa.bool_()),
        ("lists", pa.int32()),
    ]
)
VALUES = pa.schema(
    [
        ("person_id", pa.int64()),
        ("registered_date_value", pa.string()),
        ("status_agreeing", pa.int32()),
        ("death_date_agreeing", pa.int32()),
    ]
)
KEYS = pa.schema([("person_id", pa.int64()), ("key", pa.int64())])


def _table(engine: Engine, rows: Sequence[dict[str, Any]], schema: pa.Schema) -> Any:
    return engine.table(pa.Table.from_pylist(list(rows), schema=schema))


def _keys(engine: Engine, people: int) -> Any:
    rows = [{"person_id": at, "key": 1000 + at} for at in range(1, people + 1)]
    return _table(engine, rows, KEYS)


def _events(engine: Engine, kind: str, days: Sequence[str]) -> Any:
    rows = [
        {"person_id": at, "kind": kind, "event_date": day, "area": HERE}
        for at, day in enumerate(days, start=1)
    ]
    return _table(engine, rows, EVENTS)


def _people(engine: Engine, *rows: dict[str, Any]) -> Any:
    numbered = [{"person_id": at, "lists": 1, **row} for at, row in enumerate(rows, start=1)]
    return _table(engine, numbered, PERSONS)


def test_a_birth_is_timely_when_registered_within_thirty_days(engine: Engine) -> None:
    registered = ("2024-05-01", "2024-05-31", "2024-06-01", "2024-04-30", None, "2024-05")
    days = ["2024-05-01"] * len(registered)
    values = [
        {"person_id": at, "registered_date_value": day} for at, day in enumerate(registered, 1)
    ]
    found = registration.birth_registrations(
        _events(engine, "birth", days),
        _people(engine, *[{}] * len(days)),
        _table(engine, values, VALUES),
        _keys(engine, len(days)),
        YEAR,
    )
    rows = engine.arrow(found).to_pylist()
    told = {row["timely"]: (row["count"], row["key"]) for row in rows}
    # on the day, 30 days after, in the month of birth; 31 days after; before birth and never: unknown
    assert told == {True: (3, 3009), False: (1, 1003), None: (2, 2009)}
    assert {(row["area"], row["month"]) for row in rows} == {(HERE, JAN_2024 + 4)}


def test_births_outside_the_window_are_left_out(engine: Engine) -> None:
    days = ["2023-12-31", "2024-01-01", "2024-12-31", "2025-01-01"]
    found = registration.birth_registrations(
        _events(engine, "birth", days), _people(engine, *[{}] * 4),
        _table(engine, [], VALUES), _keys(engine, 4), YEAR,
    )  # fmt: skip
    rows = engine.arrow(found).to_pylist()
    assert sorted((row["month"], row["key"]) for row in rows) == [
        (JAN_2024, 1002), (JAN_2024 + 11, 1003),
    ]  # fmt: skip
    assert {row["timely"] for row in rows} == {None}


def test_histories_are_of_the_living_who_live_somewhere(engine: Engine) -> None:
    about = {"sex": "male", "birth_date": "1990-05", "alive": True, "usual_area": HERE}
    found = registration.capture_histories(
        _people(
            engine,
            {**about, "lists": 0b101},
            {**about, "lists": 0b101, "birth_date": "1990"},
            {**about, "lists": 0b001},
            {**about, "alive": False},
            {**about, "usual_area": None},
            {**about, "lists": 0b010, "birth_date": None, "usual_area": HERE[:6],
             "registered_area": HERE},
            {**about, "lists": 0b010, "birth_date": None, "usual_area": HERE[:6],
             "registered_area": "513022001001"},
        )
    )  # fmt: skip
    rows = engine.arrow(found).to_pylist()
    told = {(row["area"], row["birth_year"], row["lists"]): row["count"] for row in rows}
    assert told == {
        (HERE, 1990, 0b101): 2,
        (HERE, 1990, 0b001): 1,
        (HERE, None, 0b010): 1,
        (HERE[:6], None, 0b010): 1,
    }


def test_births_by_lists_are_of_children_who_belong_into_the_household_register(
    engine: Engine,
) -> None:
    persons = _people(
        engine,
        {"lists": 0b01, "registered_area": HERE},
        {"lists": 0b10, "mother_id_number": "M"},  # the mother is registered here
        {"lists": 0b10, "mother_id_number": "N"},  # the mother stands in no household register
        {"lists": 0b10},
        {"lists": 0b11, "registered_area": HERE, "mother_id_number": "M"},
        {"lists": 0b01, "registered_area": HERE, "id_number": "M"},
        {"lists": 0b10, "id_number": "N"},
    )
    events = _events(engine, "birth", ["2024-02-01"] * 5)
    found = registration.births_by_lists(events, persons, _keys(engine, 7), YEAR)
    rows = engine.arrow(found).to_pylist()
    told = {(row["month"] - JAN_2024, row["lists"]): (row["count"], row["key"]) for row in rows}
    assert told == {(1, 0b01): (1, 1001), (1, 0b10): (1, 1002), (1, 0b11): (1, 1005)}


def test_deaths_by_lists_tell_who_knows_of_the_death_and_who_holds_the_dead(
    engine: Engine,
) -> None:
    persons = _people(engine, {"lists": 0b011}, {"lists": 0b111}, {"lists": 0b100})
    values = [
        {"person_id": 1, "status_agreeing": 0b001, "death_date_agreeing": 0b010},
        {"person_id": 2, "status_agreeing": None, "death_date_agreeing": 0b100},
        {"person_id": 3, "status_agreeing": None, "death_date_agreeing": None},
    ]
    events = _events(engine, "death", ["2024-02-01", "2024-02", "2023-12-31"])
    found = registration.deaths_by_lists(
        events, persons, _table(engine, values, VALUES), _keys(engine, 3), YEAR
    )
    rows = engine.arrow(found).to_pylist()
    told = {
        (row["lists"], row["known_to"]): (row["month"], row["count"], row["key"]) for row in rows
    }
    assert told == {
        (0b011, 0b011): (JAN_2024 + 1, 1, 1001),
        (0b111, 0b100): (JAN_2024 + 1, 1, 1002),
    }
