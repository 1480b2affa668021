"""What each list says of a person, one row per person with a column per list and field. Pure (Ibis).

Of one list its newest record that holds the field speaks. Most people stand in a list once: all
that a list says of them is of one record, so its number and day stand once per list. Those who
repeat in some list are told apart (`repeaters`) and worked out with a record and a day per field,
because one field may speak from the newest record and another from an older one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

_COMPLETED = {"id_number", "mother_id_number", "father_id_number", "spouse_id_number"}
FIRST_DAY = "1900-01-01"


@dataclass(frozen=True)
class Voice:
    """One list, and the fields that its records hold."""

    source: str
    fields: tuple[str, ...]


def numbered_links(links: ir.Table) -> ir.Table:
    """Links (with source and reference_date) and their `ordinal`: within person and list, newest
    first, from 1."""
    newest = ibis.window(
        group_by=[links.person_id, links.source],
        order_by=[links.reference_date.desc(), links.record_id],
    )
    return links.mutate(ordinal=(ibis.row_number().over(newest) + 1).cast("int32"))


def repeaters(numbered: ir.Table) -> ir.Table:
    """person_id of those who stand in some list more than once; of `numbered_links`."""
    return numbered.filter(numbered.ordinal == 2).select("person_id").distinct()


def voices_present(records: ir.Table, fields: Sequence[str]) -> ir.Table:
    """One row per source, and per field how many records hold it."""
    held = {name: records[name].count() for name in fields}
    return records.group_by("source").agg(**held)


def numbered_records(records: ir.Table, numbered: ir.Table, fields: Sequence[str]) -> ir.Table:
    """The records of `numbered_links` (person_id, ordinal) with `fields`, and the `day` of each.

    Numbers of people are completed where they are valid (`id_key`), so that 15 and 18 digits agree.
    """
    told = numbered.select("record_id", "person_id", "ordinal")
    joined = records.inner_join(told, "record_id")
    cells = {name: joined[name] for name in fields}
    for name in _COMPLETED & set(fields):
        cells[name] = ibis.coalesce(joined[name.replace("number", "key")], joined[name])
    return joined.select(
        "person_id",
        "record_id",
        "ordinal",
        day=joined.reference_date.delta(ibis.date(FIRST_DAY), unit="day").cast("int64"),
        valid=joined.id_key.notnull(),
        **cells,
    )


def joined_repeats(numbered: ir.Table, fields: Sequence[str]) -> ir.Table:
    """One list's `numbered_records` as a row per person, with a record and a day for each field.

    Columns `<field>`, `<field>_record`, `<field>_day`, and `valid` of the identity number.
    """
    cells: dict[str, ir.Value] = {}
    for name in fields:
        parts = {name: name, f"{name}_record": "record_id", f"{name}_day": "day"}
        parts |= {"valid": "valid"} if name == "id_number" else {}
        held = numbered[name].notnull()
        cells |= {
            column: numbered[part].argmin(numbered.ordinal, where=held)
            for column, part in parts.items()
        }
    return numbered.group_by("person_id").agg(**cells)


def spread(
    people: ir.Table, told: Mapping[str, ir.Table], voices: Sequence[Voice], repeated: bool = False
) -> ir.Table:
    """`people` with the columns of each voice, named `<column>@<source>`.

    `told` gives each list's row per person: `numbered_records` of people who repeat in no list, or
    `joined_repeats`.
    """
    wide = people
    for voice in voices:
        mine = told[voice.source]
        end = f"@{voice.source}"
        names = _columns(voice, repeated)
        mine = mine.select(**{name + end: mine[name] for name in ("person_id", *names)})
        wide = wide.left_join(mine, wide["person_id"] == mine["person_id" + end])
    return wide.drop(*(f"person_id@{voice.source}" for voice in voices))


def _columns(voice: Voice, repeated: bool) -> list[str]:
    names = [*voice.fields]
    if repeated:
        names += [f"{name}_{part}" for name in voice.fields for part in ("record", "day")]
    else:
        names += ["record_id", "day"]
    return names + (["valid"] if "id_number" in voice.fields else [])
