"""What an edition takes over from the one before: who is unchanged, and who is no longer listed. Pure.

A person is unchanged when every record of theirs is of the same delivery as before (what a delivery
says of a record never changes), is still theirs with the same probability and method, and their
household kept its id. Everyone else is worked out anew. A person
whose records have all been closed is carried on with what was last known: absence from a list never
deletes anybody.
"""

from __future__ import annotations

import datetime

import ibis
import ibis.expr.types as ir

UNLISTED = "unlisted"
_LINK = ("record_id", "person_id", "probability", "method", "delivery")
_LASTING = ("registered_area", "usual_area", "residence_status")


def changed_people(old_links: ir.Table, links: ir.Table) -> ir.Table:
    """person_id of everyone who holds a record that is new, altered, gained or lost."""
    old, new = old_links.select(*_LINK), links.select(*_LINK)
    lost = old.anti_join(new, _LINK).select("person_id")
    gained = new.anti_join(old, _LINK).select("person_id")
    return ibis.union(lost, gained).distinct()


def moved_home(old_persons: ir.Table, base: ir.Table) -> ir.Table:
    """person_id of those who are in both editions, in another household."""
    old = old_persons.select("person_id", old_household="household_id")
    both = base.select("person_id", "household_id").inner_join(old, "person_id")
    return both.filter(~both.household_id.identical_to(both.old_household)).select("person_id")


def carried_people(old_values: ir.Table, base: ir.Table, lineage: ir.Table) -> ir.Table:
    """person_id of those who have no record any more and were not merged into another person."""
    gone = old_values.select("person_id").anti_join(base, "person_id")
    merged = lineage.select(person_id="old_person_id").distinct()
    return gone.anti_join(merged, "person_id")


def carried_persons(old: ir.Table) -> ir.Table:
    """Rows of `persons` of people who stand in no list any more: in no population, not deleted."""
    none = {name: ibis.null("string") for name in ("registered_area", "usual_area")}
    return old.mutate(
        **none,
        residence_status=old.alive.ifelse(UNLISTED, "dead"),
        household_id=ibis.null("int64"),
        record_count=ibis.literal(0, "int32"),
        list_count=ibis.literal(0, "int32"),
        lists=ibis.literal(0, "int64"),
    ).select(*old.columns)


def carried_spells(old: ir.Table, as_of: datetime.date) -> ir.Table:
    """Their spells: what lasted when they were last listed ends at this edition."""
    lasting = old.kind.isin(_LASTING) & old.valid_to.isnull()
    end = ibis.greatest(ibis.date(as_of.isoformat()), old.valid_from)
    return old.mutate(valid_to=lasting.ifelse(end, old.valid_to)).select(*old.columns)
