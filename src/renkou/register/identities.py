"""Permanent person ids: which of the previous edition's ids each cluster keeps. Pure (Ibis).

A cluster takes the previous edition's id that most of its records held, the smallest (oldest) on a
tie; each old id goes to at most one cluster. Where two clusters want one id, the one that holds
more of its records takes it, the smaller entity on a tie, and the other chooses among the ids left:
so the pairing goes in rounds, of which `mutual_choices` is one and an engine repeats it until no
overlap is left. A cluster that gets none is a new person, whose id is its smallest record number.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

# An id that was given away returns in a later generation, above all record numbers.
GENERATION = 10**15


def overlaps(links: ir.Table, old_links: ir.Table) -> ir.Table:
    """entity_id, old_person_id, record_count: how many records of an old person a cluster holds."""
    old = old_links.select("record_id", old_person_id="person_id")
    both = links.select("record_id", "entity_id").inner_join(old, "record_id")
    return both.group_by("entity_id", "old_person_id").agg(record_count=both.count())


def mutual_choices(overlap: ir.Table) -> ir.Table:
    """entity_id, old_person_id of pairs where each is the other's first choice."""
    of_entity = ibis.window(
        group_by=overlap.entity_id,
        order_by=[overlap.record_count.desc(), overlap.old_person_id],
    )
    of_old = ibis.window(
        group_by=overlap.old_person_id,
        order_by=[overlap.record_count.desc(), overlap.entity_id],
    )
    ranked = overlap.mutate(
        choice=ibis.row_number().over(of_entity), chosen=ibis.row_number().over(of_old)
    )
    first = ranked.filter(ranked.choice == 0, ranked.chosen == 0)
    return first.select("entity_id", "old_person_id")


def unsettled(overlap: ir.Table, settled: ir.Table) -> ir.Table:
    """The overlaps of clusters and old ids that are both still free."""
    return overlap.anti_join(settled, "entity_id").anti_join(settled, "old_person_id")


def person_ids(links: ir.Table, settled: ir.Table, old_ids: ir.Table) -> ir.Table:
    """entity_id, person_id of every cluster.

    Parameters
    ----------
    settled : entity_id, old_person_id; every cluster and every old id at most once
    old_ids : person_id of everyone in the previous edition

    Notes
    -----
    A new cluster's smallest record may have given its number to a person that lives on (the record
    was split off): the new person then gets that number in the next generation.
    """
    entities = links.select("entity_id").distinct().left_join(settled, "entity_id")
    generations = old_ids.group_by(entity_id=old_ids.person_id % GENERATION).agg(
        generation=(old_ids.person_id // GENERATION).cast("int64").max() + 1
    )
    known = entities.select("entity_id", "old_person_id").left_join(generations, "entity_id")
    fresh = known.entity_id + known.generation.fill_null(0) * GENERATION
    return known.select("entity_id", person_id=ibis.coalesce(known.old_person_id, fresh))


def lineage(overlap: ir.Table, ids: ir.Table, old_ids: ir.Table) -> ir.Table:
    """Records that changed person: old_person_id, new_person_id, record_count, kind."""
    new = ids.select("entity_id", new_person_id="person_id")
    return changed_hands(overlap.inner_join(new, "entity_id"), ids, old_ids)


def changed_hands(records: ir.Table, ids: ir.Table, old_ids: ir.Table) -> ir.Table:
    """Of old_person_id, new_person_id, record_count: the pairs that differ, with their kind.

    Kinds: `merge`, the old id is no more; `split`, it lives on and the new person is new; `move`,
    both persons stood before and both live on.

    Parameters
    ----------
    ids, old_ids : person_id of everyone now and before
    """
    moved = records.filter(records.old_person_id != records.new_person_id)
    living = ids.select(old_person_id="person_id", lives=ibis.literal(True))
    earlier = old_ids.select(new_person_id="person_id", stood=ibis.literal(True))
    known = moved.left_join(living, "old_person_id").drop("old_person_id_right")
    known = known.left_join(earlier, "new_person_id").drop("new_person_id_right")
    kind = ibis.cases(
        (known.lives.isnull(), "merge"), (known.stood.isnull(), "split"), else_="move"
    )
    return known.select("old_person_id", "new_person_id", "record_count", kind=kind)
