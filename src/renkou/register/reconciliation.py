"""How each list compares with the register: repeats, gaps, strays, differences. Pure (Ibis).

duplicates   people who stand in the list more than once (counted: the further records)
lacking      people in other lists whom this one should hold: it holds at least half of those
             of the same county, year of birth and origin (registered here or elsewhere)
only_here    people whom no other list holds
differing    people of whom the list says otherwise than the register, per field
"""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from renkou.register.survivorship import CHOSEN_FIELDS

# Cells that no two lists could share: a list's own keys, and relations within its own households.
NOT_COMPARED = ("household_key", "relationship", "registered_date")
COMPARED_FIELDS = tuple(name for name in CHOSEN_FIELDS if name not in NOT_COMPARED)
# A list should hold those of whose like it holds this share.
EXPECTED_SHARE = 0.5
SMALLEST_CELL = 10
CASES = ("area", "source", "kind", "person_id", "field")
_TOWNSHIP_DIGITS = 9
_COUNTY_DIGITS = 6


def compared_people(persons: ir.Table) -> ir.Table:
    """What comparison needs of each person: area (township), like, lists (mask), alive."""
    place = ibis.coalesce(persons.registered_area, persons.usual_area)
    code = place.re_search("^[0-9]{6,}$").ifelse(
        place.substr(0, _TOWNSHIP_DIGITS), ibis.null("string")
    )
    elsewhere = persons.registered_area.substr(0, 4) != persons.usual_area.substr(0, 4)
    origin = elsewhere.fill_null(False).ifelse("elsewhere", "here")
    return persons.select(
        "person_id", "lists", "alive", area=code, like=persons.birth_date.substr(0, 4) + origin
    )


def differing_cells(values: ir.Table, people: ir.Table) -> ir.Table:
    """person_id, area, field, differing (mask): the values from which some list differs."""
    parts = []
    for name in COMPARED_FIELDS:
        rows = values.filter(values[f"{name}_differing"] != 0)
        mask = rows[f"{name}_differing"]
        parts.append(rows.select("person_id", field=ibis.literal(name), differing=mask))
    return ibis.union(*parts).inner_join(people.select("person_id", "area"), "person_id")


def repeated(links: ir.Table) -> ir.Table:
    """person_id, source, further: how many further records a list has of one person."""
    counts = links.group_by("person_id", "source").agg(further=links.count() - 1)
    return counts.filter(counts.further > 0)


def expected_lists(people: ir.Table, list_count: int) -> ir.Table:
    """county, like, expected (mask): the lists that hold half of the living of that kind or more."""
    living = people.filter(people.alive, people.like.notnull(), people.area.notnull())
    held = {f"held_{bit}": (living.lists >> bit & 1).sum() for bit in range(list_count)}
    cells = living.group_by(_county(living.area), "like").agg(people=living.count(), **held)
    expected = ibis.literal(0, "int64")
    for bit in range(list_count):
        enough = cells[f"held_{bit}"] >= cells.people * EXPECTED_SHARE
        expected = expected + (enough.cast("int64") << bit)
    return cells.filter(cells.people >= SMALLEST_CELL).select("county", "like", expected=expected)


def _county(area: ir.Value) -> ir.Value:
    return area.substr(0, _COUNTY_DIGITS).name("county")


def cases(
    people: ir.Table,
    differing: ir.Table,
    repeats: ir.Table,
    expected: ir.Table,
    sources: Sequence[str],
) -> ir.Table:
    """The edition's `reconciliation_cases`."""
    places = people.select("person_id", "area")
    twice = repeats.inner_join(places, "person_id").mutate(kind=ibis.literal("duplicates"))
    rows = [_case(twice.mutate(field=ibis.null("string")))]
    alive = people.filter(people.alive)
    due = alive.mutate(_county(alive.area)).left_join(expected, ["county", "like"])
    due = due.mutate(lacks=due.expected.fill_null(0) - (due.expected.fill_null(0) & due.lists))
    for bit, source in enumerate(sources):
        named = {"source": ibis.literal(source), "field": ibis.null("string")}
        lacking = due.filter(due.lacks >> bit & 1 == 1)
        alone = people.filter(people.lists == 1 << bit)
        other = differing.filter(differing.differing >> bit & 1 == 1)
        rows += [
            _case(lacking.mutate(kind=ibis.literal("lacking"), **named)),
            _case(alone.mutate(kind=ibis.literal("only_here"), **named)),
            _case(other.mutate(kind=ibis.literal("differing"), source=ibis.literal(source))),
        ]
    return ibis.union(*rows)


def _case(rows: ir.Table) -> ir.Table:
    return rows.select(*CASES)


def reconciliation(
    people: ir.Table, links: ir.Table, repeats: ir.Table, found: ir.Table
) -> ir.Table:
    """The edition's `reconciliation`: area, source, kind, field, count."""
    places = people.select("person_id", "area")
    accepted = links.select("person_id", "source").inner_join(places, "person_id")
    accepted = accepted.group_by("area", "source").agg(count=accepted.count())
    further = repeats.inner_join(places, "person_id")
    further = further.group_by("area", "source").agg(count=further.further.sum().cast("int64"))
    others = found.filter(found.kind != "duplicates")
    others = others.group_by("area", "source", "kind", "field").agg(count=others.count())
    none = ibis.null("string")
    return ibis.union(
        accepted.select("area", "source", "count", kind=ibis.literal("accepted"), field=none),
        further.select("area", "source", "count", kind=ibis.literal("duplicates"), field=none),
        others.select("area", "source", "count", "kind", "field"),
    ).select("area", "source", "kind", "field", "count")
