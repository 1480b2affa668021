"""Which value the register keeps: each step of the rule, told from the next."""

from __future__ import annotations

from typing import Any

import ibis
import pyarrow as pa

from renkou.engines.engine import Engine
from renkou.register.lists import RegisterList
from renkou.register.survivorship import RULES, chosen_values, completed, provenance
from renkou.register.voices import (
    Voice,
    joined_repeats,
    numbered_links,
    numbered_records,
    repeaters,
    spread,
)

from .tables import record, records_table

FIELDS = ("id_number", "name", "birth_date", "usual_area", "phone", "status")
POLICE, HEALTH, SCHOOL, ROSTER = (
    RegisterList("police", authority={"name": 90, "status": 90}),
    RegisterList("health"),
    RegisterList("school"),
    RegisterList("roster"),
)
LISTS = (POLICE, HEALTH, SCHOOL, ROSTER)
ZHANG = "11010119900101123"


def _chosen(engine: Engine, *rows: dict[str, Any]) -> dict[str, tuple]:
    """All records are one person; per field: value, list, rule, agreeing, differing."""
    records = engine.table(records_table(rows))
    links = records.select(
        "record_id", "source", "reference_date", person_id=ibis.literal(1, "int64")
    )
    numbered = engine.keep(numbered_links(links))
    found = _chosen_as(engine, records, numbered, rows, repeated=True)
    if not engine.arrow(repeaters(numbered)).num_rows:
        assert found == _chosen_as(engine, records, numbered, rows, repeated=False)
    return found


def _chosen_as(
    engine: Engine, records: Any, links: Any, rows: tuple[dict[str, Any], ...], repeated: bool
) -> dict[str, tuple]:
    voices = [
        Voice(source, tuple(name for name in FIELDS if any(row.get(name) for row in mine)))
        for source in sorted({row["source"] for row in rows})
        for mine in [[row for row in rows if row["source"] == source]]
    ]
    told = {
        voice.source: numbered_records(
            records.filter(records.source == voice.source), links, voice.fields
        )
        for voice in voices
    }
    if repeated:
        told = {one.source: joined_repeats(told[one.source], one.fields) for one in voices}
    people = engine.table(pa.table({"person_id": [1]}))
    wide = spread(people, told, voices, repeated)
    chosen = completed(
        engine.keep(chosen_values(wide, voices, LISTS, FIELDS, ["person_id"], repeated)), FIELDS
    )
    columns = {
        f"{name}_{part}": value
        for name in FIELDS
        for part, value in provenance(chosen, name).items()
    }
    [row] = engine.arrow(chosen.select(*FIELDS, **columns)).to_pylist()
    return {name: (row[name], *_told(row, name)) for name in FIELDS}


def _told(row: dict[str, Any], name: str) -> tuple[str | None, int | None, int | None]:
    rule = row[f"{name}_rule"]
    masks = row[f"{name}_agreeing"], row[f"{name}_differing"]
    return (None if rule is None else RULES[rule], *masks)


def test_every_step_of_the_rule_in_its_turn(engine: Engine) -> None:
    chosen = _chosen(
        engine,
        record("police", 0, name="张伟", birth_date="1990-01", usual_area="110101"),
        record("health", 0, name="张玮", birth_date="1990-01-02", usual_area="110101001001"),
        record("school", 0, name="张玮", birth_date="1990-01-02", phone="139"),
        record("roster", 0, day="2024-12-31", phone="138", usual_area="110102001001"),
    )
    assert chosen["name"] == ("张伟", "authority", 0b0001, 0b0110)
    # the complete date beats the month, which agrees with it as far as it goes
    assert chosen["birth_date"] == ("1990-01-02", "agreed", 0b0111, 0)
    # two villages differ; the county that one of them lies in speaks for it
    assert chosen["usual_area"] == ("110101001001", "agreement", 0b0011, 0b1000)
    assert chosen["phone"] == ("138", "newest", 0b1000, 0b0100)
    assert chosen["id_number"] == (None, None, None, None)


def test_a_valid_number_beats_a_wrong_one_of_more_lists(engine: Engine) -> None:
    valid = next(ZHANG + last for last in "0123456789X" if "id_key" in record(
        "police", 0, id_number=ZHANG + last))  # fmt: skip
    wrong = ZHANG + ("0" if valid[-1] != "0" else "1")
    chosen = _chosen(
        engine,
        record("health", 0, id_number=wrong),
        record("school", 0, id_number=wrong),
        record("roster", 0, day="2020-01-01", id_number=valid),
    )
    assert chosen["id_number"] == (valid, "completeness", 0b1000, 0b0110)


def test_of_one_list_the_newest_record_that_holds_the_field_speaks(engine: Engine) -> None:
    chosen = _chosen(
        engine,
        record("roster", 0, day="2024-06-30", name="李娜"),
        record("roster", 1, day="2024-01-31", name="李哪", phone="137"),
        record("health", 0, day="2023-01-01", name="李娜"),
    )
    assert chosen["name"] == ("李娜", "agreed", 0b1010, 0)
    assert chosen["phone"] == ("137", "only", 0b1000, 0)


def test_all_else_equal_the_list_accepted_first_speaks(engine: Engine) -> None:
    chosen = _chosen(engine, record("school", 0, phone="135"), record("health", 0, phone="136"))
    assert chosen["phone"] == ("136", "order", 0b0010, 0b0100)


def test_nobody_comes_back_from_the_dead_by_a_list_that_has_not_heard(engine: Engine) -> None:
    chosen = _chosen(
        engine,
        record("police", 0, day="2024-12-31", status="present"),
        record("health", 0, status="dead"),
        record("school", 0, day="2024-12-31", status="left"),
    )
    assert chosen["status"] == ("dead", "completeness", 0b010, 0b101)
    living = _chosen(
        engine, record("police", 0, status="present"), record("school", 0, status="left")
    )
    assert living["status"] == ("present", "authority", 0b001, 0b100)
