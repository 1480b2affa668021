"""What changed between two editions: who came, went, was joined or split, and which values. Pure."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from renkou.register.identities import changed_hands
from renkou.register.persons import part_of
from renkou.register.survivorship import PERSON_FIELDS

COMPARED = (*PERSON_FIELDS, "residence_status", "alive", "household_id")


def people_in_and_out(before: ir.Table, after: ir.Table) -> ir.Table:
    """area (county), kind (`in`, `out`), people: ids that only one of the editions has."""
    came = after.anti_join(before, "person_id")
    went = before.anti_join(after, "person_id")
    rows = ibis.union(*(_placed(table, kind) for table, kind in ((came, "in"), (went, "out"))))
    return rows.group_by("area", "kind").agg(people=rows.count())


def _placed(persons: ir.Table, kind: str) -> ir.Table:
    area = part_of(persons.registered_area, persons.usual_area)
    return persons.select(area=area, kind=ibis.literal(kind))


def changed_people(before: ir.Table, after: ir.Table) -> ir.Table:
    """area (county, as after), people, and per field of `COMPARED` how many have another value."""
    old = before.select("person_id", **{f"{name}__old": before[name] for name in COMPARED})
    both = after.inner_join(old, "person_id")
    both = both.mutate(area=part_of(both.registered_area, both.usual_area))
    differs = {name: ~both[name].identical_to(both[f"{name}__old"]) for name in COMPARED}
    counts = {name: one.cast("int64").sum().cast("int64") for name, one in differs.items()}
    return both.group_by("area").agg(people=both.count(), **counts)


def moved_records(
    before: ir.Table, after: ir.Table, old_people: ir.Table, people: ir.Table
) -> ir.Table:
    """Records that changed person, per pair of persons: as the edition's `lineage`.

    Parameters
    ----------
    before, after : links
    old_people, people : persons before and after
    """
    old = before.select("record_id", old_person_id="person_id")
    both = after.select("record_id", new_person_id="person_id").inner_join(old, "record_id")
    pairs = both.group_by("old_person_id", "new_person_id").agg(record_count=both.count())
    return changed_hands(pairs, people, old_people)
