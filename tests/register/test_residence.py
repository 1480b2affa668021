"""The residence rule, a person for each line of its table."""

from __future__ import annotations

import datetime
from typing import Any

import pyarrow as pa
import pytest

from renkou.engines.engine import Engine
from renkou.register.residence import with_residence
from renkou.register.spells import spells
from renkou.register.survivorship import MOST_LISTS, RULES, provenance

HERE, THERE = "110101001001", "110102001001"
DAY = datetime.date(2024, 6, 30)
_TEXT = [
    "birth_date",
    "death_date",
    "status",
    "registered_area",
    "registered_date",
    "usual_area",
    "arrived_date",
    "left_date",
]
_RECORDS = [f"{name}__record" for name in _TEXT]
SCHEMA = pa.schema(
    [
        ("person_id", pa.int64()),
        *((name, pa.string()) for name in _TEXT),
        *((name, pa.int64()) for name in _RECORDS),
        ("status__told", pa.int64()),
        ("death_date__told", pa.int64()),
        ("status__day", pa.date32()),
        ("usual_area__day", pa.date32()),
        ("registered_area__day", pa.date32()),
    ]
)


def _people(engine: Engine, **cells: Any) -> Any:
    days = {f"{name}__day": DAY for name in ("status", "usual_area", "registered_area")}
    records = {f"{name}__record": 7 for name in _TEXT if name in cells}
    row = {"person_id": 1, **days, **records, **cells}
    return with_residence(engine.table(pa.Table.from_pylist([row], schema=SCHEMA)))


@pytest.mark.parametrize(
    ("status", "usual", "cells"),
    [
        ("resident", HERE, {"registered_area": HERE}),
        ("resident", HERE, {"registered_area": HERE[:9], "usual_area": HERE}),
        ("from_elsewhere", THERE, {"registered_area": HERE, "usual_area": THERE}),
        ("from_elsewhere", THERE, {"usual_area": THERE}),
        # 30 December and six months is 30 June, the day of the record; 1 January is not yet
        ("from_elsewhere", THERE,
         {"registered_area": HERE, "usual_area": THERE, "arrived_date": "2023-12-30"}),
        ("temporary", HERE,
         {"registered_area": HERE, "usual_area": THERE, "arrived_date": "2024-01-01"}),
        ("temporary", None, {"usual_area": THERE, "arrived_date": "2024-06"}),
        ("left", None,
         {"registered_area": HERE, "usual_area": THERE, "left_date": "2024-01-05"}),
        ("away", None, {"registered_area": HERE, "left_date": "2023-06-01"}),
        ("temporary", HERE, {"registered_area": HERE, "left_date": "2024-06-01"}),
        ("dead", None, {"registered_area": HERE, "death_date": "2020"}),
        ("dead", None, {"registered_area": HERE, "status": "dead"}),
        ("unknown", None, {"birth_date": "1990"}),
        ("left", None, {"registered_area": HERE, "status": "cancelled"}),
    ],
)  # fmt: skip
def test_the_rule_line_by_line(
    engine: Engine, status: str, usual: str | None, cells: dict[str, str]
) -> None:
    [row] = engine.arrow(_people(engine, **cells)).to_pylist()
    assert (row["residence_status"], row["usual_now"]) == (status, usual)


def test_a_date_of_death_speaks_for_the_status_that_other_lists_have_not_mended(
    engine: Engine,
) -> None:
    said = {"status": "present", "status__told": 0b001, "status__record": 5}
    died = {"death_date": "2020-02-03", "death_date__told": 0b110 + (0b100 << MOST_LISTS)}
    people = _people(engine, registered_area=HERE, death_date__record=9, **said, **died)
    told = people.mutate(**provenance(people, "status"))
    [row] = engine.arrow(told).to_pylist()
    assert (row["status"], row["residence_status"], row["alive"]) == ("dead", "dead", False)
    assert (row["record"], RULES[row["rule"]]) == (9, "completeness")
    # the list that says when they died is right; the one that still shows them is not
    assert (row["agreeing"], row["differing"]) == (0b010, 0b001)
    ends = {row["kind"]: row for row in engine.arrow(spells(people)).to_pylist()}
    assert (ends["residence_status"]["record_id"], ends["alive"]["record_id"]) == (9, 9)


def test_who_is_dead_by_status_alone_is_so_by_that_record(engine: Engine) -> None:
    people = _people(engine, birth_date="1930", status="dead", status__record=5)
    told = {row["kind"]: row["record_id"] for row in engine.arrow(spells(people)).to_pylist()}
    assert told == {"alive": 5, "residence_status": 5}


def test_spells_say_where_someone_lived_before_they_came(engine: Engine) -> None:
    people = _people(
        engine, birth_date="1990-05-05", registered_area=HERE, usual_area=THERE,
        arrived_date="2015-03",
    )  # fmt: skip
    rows = engine.arrow(spells(people).order_by("kind", "valid_from")).to_pylist()
    told = [
        (row["kind"], row["value"], str(row["valid_from"]), str(row["valid_to"])) for row in rows
    ]
    assert told == [
        ("alive", "true", "1990-05-05", "None"),
        ("registered_area", HERE, "1990-05-05", "None"),
        ("residence_status", "from_elsewhere", "2015-03-01", "None"),
        ("usual_area", HERE, "1990-05-05", "2015-03-01"),
        ("usual_area", THERE, "2015-03-01", "None"),
    ]


def test_all_spells_of_the_dead_end_when_they_died(engine: Engine) -> None:
    people = _people(
        engine, birth_date="1930", death_date="2020-02-03", registered_area=HERE, usual_area=HERE
    )
    rows = engine.arrow(spells(people)).to_pylist()
    ends = {row["kind"]: str(row["valid_to"]) for row in rows}
    assert ends.pop("residence_status") == "None"  # they stay dead
    assert set(ends.values()) == {"2020-02-03"}


def test_a_death_before_birth_leaves_no_time_lived(engine: Engine) -> None:
    people = _people(engine, birth_date="2000-01-01", death_date="1990-01-01")
    [alive] = [row for row in engine.arrow(spells(people)).to_pylist() if row["kind"] == "alive"]
    assert alive["valid_from"] == alive["valid_to"]
