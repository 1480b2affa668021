"""The table of persons, and the table of where each of their values comes from. Pure (Ibis)."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from renkou.register.survivorship import CHOSEN_FIELDS, PERSON_FIELDS, mask_size, provenance

NO_COUNTY = "000000"
_COUNTY_DIGITS = 6


def part_of(registered_area: ir.Value, usual_area: ir.Value) -> ir.Value:
    """The county whose file holds a person: of the registered area, else of the usual one."""
    return ibis.coalesce(_county(registered_area), _county(usual_area), NO_COUNTY)


def _county(area: ir.Value) -> ir.Value:
    known = area.re_search(f"^[0-9]{{{_COUNTY_DIGITS},}}$")
    return known.ifelse(area.substr(0, _COUNTY_DIGITS), ibis.null("string"))


def membership(links: ir.Table, sources: Sequence[str]) -> ir.Table:
    """Per person: record_count, list_count, lists (mask), and the probability of being one person.

    That probability is the smallest of its links'.
    """
    bit = links.source.cases(*((name, 1 << at) for at, name in enumerate(sources)), else_=0)
    counted = links.mutate(bit=bit.cast("int64"))
    people = counted.group_by("person_id").agg(
        record_count=counted.count().cast("int32"),
        lists=counted.bit.bit_or(),
        probability=counted.probability.min(),
    )
    return people.mutate(list_count=mask_size(people.lists, len(sources)).cast("int32"))


def persons(people: ir.Table, keep: Sequence[str] = ()) -> ir.Table:
    """The edition's `persons` from chosen values with residence (`residence.with_residence`).

    `registered_area` and `usual_area` are what the residence rule makes of the evidence; the cells
    themselves, with where they come from, are in `values` and in the records. `keep` names further
    columns to pass on.
    """
    decided = {
        "registered_area": people.registered_now,
        "usual_area": people.usual_now,
        "residence_status": people.residence_status,
        "alive": people.alive,
    }
    fields = {name: people[name] for name in PERSON_FIELDS if name not in decided}
    told = ("household_id", "record_count", "list_count", "lists", "probability", *keep)
    return people.select("person_id", **fields, **decided, **{name: people[name] for name in told})


# Chosen cells that `persons` does not hold, or not as they were chosen.
ONLY_IN_VALUES = tuple(
    name
    for name in CHOSEN_FIELDS
    if name not in PERSON_FIELDS or name in ("registered_area", "usual_area")
)


def values(chosen: ir.Table, keep: Sequence[str] = ()) -> ir.Table:
    """The edition's `values`: one row per person, per field `_record _rule _agreeing _differing`.

    The value itself stands in `persons`; of the fields that `persons` lacks or decides otherwise,
    in `<field>_value`.
    """
    return chosen.select(
        "person_id",
        *keep,
        **{f"{name}_value": chosen[name] for name in ONLY_IN_VALUES},
        **{
            f"{name}_{part}": value
            for name in CHOSEN_FIELDS
            for part, value in provenance(chosen, name).items()
        },
    )
