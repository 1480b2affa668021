"""What binds clustering: numbers, lists free of duplicates, reviewers' decisions. Pure."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

NUMBER_CLASS = "#"


def nodes(standing: ir.Table, bits: Mapping[str, int], *, opaque: bool) -> ir.Table:
    """Nodes before the first round: one per unit.

    node, number (of the unit that holds one), lists (a bit per list free of duplicates), exclusive: the
    class of nodes of which a record can belong to one only, '#' for all that hold a sure number, else the
    list free of duplicates.
    """
    source = standing.source
    branches = [(source == name, ibis.literal(1 << bit, "int64")) for name, bit in bits.items()]
    bit_value = ibis.cases(*branches, else_=0) if branches else ibis.literal(0, "int64")
    tagged = standing.mutate(
        bit=bit_value.cast("int64"),
        free=(bit_value != 0).ifelse(source, ibis.null("string")),
    )
    grouped = tagged.group_by("unit_id").agg(
        numbered=tagged.numbered.any(),
        lists=tagged.bit.bit_or(),
        free=tagged.free.min(),
        **({"sources": tagged.source.nunique()} if opaque else {}),
    )
    # An opaque number binds only where two lists confirm it: one list alone may have mistyped it.
    sure = grouped.numbered & (grouped.sources >= 2) if opaque else grouped.numbered
    # A number has one unit, which is quicker to compare than the number.
    number = sure.ifelse(grouped.unit_id, ibis.null("int64"))
    return grouped.select(
        node="unit_id",
        number=number,
        lists="lists",
        exclusive=number.notnull().ifelse(NUMBER_CLASS, grouped.free),
    )


def decided_units(standing: ir.Table, decisions: ir.Table) -> tuple[ir.Table, ir.Table]:
    """Units that a reviewer put together, and those kept apart: node_l, node_r each."""
    left = standing.select(record_id_l="record_id", unit_l="unit_id")
    right = standing.select(record_id_r="record_id", unit_r="unit_id")
    met = decisions.join(left, "record_id_l").join(right, "record_id_r")
    pairs = met.select(
        node_l=ibis.least(met.unit_l, met.unit_r),
        node_r=ibis.greatest(met.unit_l, met.unit_r),
        same="same",
    ).filter(ibis._.node_l != ibis._.node_r)
    return (
        pairs.filter(pairs.same).select("node_l", "node_r").distinct(),
        pairs.filter(~pairs.same).select("node_l", "node_r").distinct(),
    )


def parted(identity: ir.Table, strange: ir.Table, decisions: ir.Table) -> ir.Table:
    """Records that a reviewer keeps apart from another under the same number, and that lose it: record_id.

    Of the two, the one of the list less trusted with numbers (else the later) is set free.
    """
    held = identity.filter(identity.id_key.notnull()).anti_join(strange, "record_id")
    left = held.select(record_id_l="record_id", key_l="id_key", trust_l="trust")
    right = held.select(record_id_r="record_id", key_r="id_key", trust_r="trust")
    met = decisions.filter(~decisions.same).join(left, "record_id_l").join(right, "record_id_r")
    same_number = met.filter(met.key_l == met.key_r)
    freed = (same_number.trust_l < same_number.trust_r).ifelse(
        same_number.record_id_l, same_number.record_id_r
    )
    return same_number.select(record_id=freed).distinct()


def edges(weighed: ir.Table, holders: ir.Table | None, together: ir.Table) -> ir.Table:
    """Edges before the first round: scored unit pairs, holders of brought numbers, reviewers' 'same'."""
    scored = _edges(weighed.select("unit_id_l", "unit_id_r", "weight"))
    if holders is not None:
        own = _edges(holders)
        # What the number tells of a suspect and its holder stands in place of a comparison of names.
        scored = ibis.union(scored.anti_join(own, ["node_l", "node_r"]), own)
    decided = together.mutate(
        weight_sum=ibis.literal(0.0),
        weight_count=ibis.literal(1, "int64"),
        bound=ibis.literal(True),
    )
    return ibis.union(scored, decided)


def _edges(weighed: ir.Table) -> ir.Table:
    return weighed.select(
        node_l=ibis.least(weighed.unit_id_l, weighed.unit_id_r),
        node_r=ibis.greatest(weighed.unit_id_l, weighed.unit_id_r),
        weight_sum=weighed.weight,
        weight_count=ibis.literal(1, "int64"),
        bound=ibis.literal(False),
    )
