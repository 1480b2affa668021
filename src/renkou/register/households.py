"""Households: who lives under one household key, and who heads them. Pure (Ibis).

A person's household is that of the list that won the field `household_key` (by default the police
register, which has the most authority over it). Its id is the smallest record number among the
records that put its members there, so that it stays while that record stays.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

# Record numbers of source k lie in k·10^10 … (k+1)·10^10 - 1 (docs/reference/tables.md).
RECORDS_PER_SOURCE = 10**10


def household_ids(people: ir.Table) -> ir.Table:
    """person_id, household_id of those who have a household.

    `people` has person_id, household_key and household_key__record. A key is unique within the
    list of the record that holds it.
    """
    keyed = people.filter(people.household_key.notnull()).select(
        "person_id",
        "household_key",
        record=people.household_key__record,
        list_number=people.household_key__record // RECORDS_PER_SOURCE,
    )
    same = ibis.window(group_by=[keyed.list_number, keyed.household_key])
    return keyed.select("person_id", household_id=keyed.record.min().over(same))


def households(members: ir.Table) -> ir.Table:
    """One row per household: area, address, head and size.

    `members` are persons with a household_id; `relationship_at_home` and `address_at_home` are of
    the record that puts the person in the household. Area and address are the head's, else those of the
    member with the smallest person id; of several heads the one with the smallest person id counts.
    The head of a household that names none is null.
    """
    is_head = (members.relationship_at_home == "head").fill_null(False)
    first = is_head.ifelse(0, 1) * 10**17 + members.person_id
    keyed = members.mutate(first=first)
    found = keyed.group_by("household_id").agg(
        registered_area=keyed.registered_area.argmin(keyed.first),
        address=keyed.address_at_home.argmin(keyed.first),
        head_person_id=keyed.person_id.min(where=keyed.relationship_at_home == "head"),
        size=keyed.count(),
    )
    return found.select("household_id", "registered_area", "address", "head_person_id", "size")
