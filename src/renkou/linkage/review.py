"""The doubtful pairs that people look at, and the links as they stand. Pure: Ibis expressions."""

from __future__ import annotations

from collections.abc import Collection

import ibis
import ibis.expr.types as ir

from renkou.linkage.clustering import with_probability
from renkou.linkage.pairs import comparison_weights

# Of a record that brought a number and was not linked to its holder, that it is the holder's after all.
_UNLIKELY_HOLDER = 0.04
# Of holders of two numbers who stand in one list side by side, that they are one after all, against those of
# whom each list knows one: second papers are seldom shown to the office that has the first.
_NAMESAKES = 0.05
NUMBER_PROBABILITY = 0.9995  # of a record under a number whose guard found nothing


def links(standing: ir.Table, members: ir.Table) -> ir.Table:
    """Links (docs/reference/tables.md): record_id, entity_id, probability, method.

    Units that are not in `members` had no pair, and are a cluster each.
    """
    units = standing.select("record_id", "unit_id", "numbered")
    met = units.left_join(members, "unit_id", rname="{name}_m")
    placed = met.mutate(node=ibis.coalesce(met.node, met.unit_id)).drop("unit_id_m")
    sizes = placed.group_by("node").agg(size=placed.count(), entity_id=placed.record_id.min())
    placed = placed.join(sizes, "node")
    alone = placed["size"] == 1
    method = ibis.cases((alone, "alone"), (placed.numbered, "number"), else_="model")
    # What no pair made is one unit by its number, or repeats another row word for word.
    known = ibis.coalesce(placed.probability, NUMBER_PROBABILITY)
    sure = placed.numbered.ifelse(NUMBER_PROBABILITY, known)
    return placed.select(
        "record_id",
        "entity_id",
        probability=alone.ifelse(1.0, sure).round(4),
        method=method,
    )


def _doubt(probability: ir.FloatingValue) -> ir.FloatingValue:
    """1 at one half, 0 at certainty."""
    return (1 - (2 * probability - 1).abs()).round(4)


def known_share(standing: ir.Table, members: ir.Table) -> ir.Table:
    """One row: `open_units` without a sure number, and how many of them were `linked`."""
    open_units = standing.filter(~standing.settled).select("unit_id").distinct()
    sizes = members.group_by("node").agg(size=members.count())
    several = members.semi_join(sizes.filter(sizes["size"] > 1), "node").select("unit_id")
    linked = open_units.semi_join(several, "unit_id")
    return open_units.agg(open_units=open_units.count()).cross_join(
        linked.agg(linked=linked.count())
    )


def odds_of_nobody(open_units: int, linked: int) -> float:
    """Odds that the person of a record without a sure number is in no other list."""
    share = linked / open_units if open_units else 0.5
    share = min(max(share, 0.05), 0.99)
    return (1 - share) / share


def unlinked_pairs(edge_table: ir.Table, nobody: float, review_from: float) -> ir.Table:
    """Pairs of clusters that fell short: node_l, node_r, probability, reason."""
    between = edge_table.filter(edge_table.probability >= review_from).drop("probability")
    known = with_probability(between, nobody)
    fits = ibis.literal(2.0) ** known.weight
    alone = fits / (nobody + fits)
    reason = (alone >= 2 * known.probability).ifelse("namesakes", "between_thresholds")
    return known.select(
        "node_l", "node_r", probability="probability", match_weight="weight", reason=reason
    )


def doubtful_merges(
    weighed: ir.Table, members: ir.Table, nobody: float, sure_from: float = 0.995
) -> ir.Table:
    """Merges that went through with less than certainty: unit pairs now in one cluster."""
    left = members.select(unit_id_l="unit_id", node_l="node", p_l="probability")
    right = members.select(unit_id_r="unit_id", node_r="node", p_r="probability")
    met = weighed.join(left, "unit_id_l").join(right, "unit_id_r")
    least = ibis.least(met.p_l, met.p_r)
    inside = met.filter((met.node_l == met.node_r) & (least < sure_from))
    odds = least / (1 - least)
    return inside.select(
        "unit_id_l", "unit_id_r", probability=odds / (nobody + odds), match_weight=inside.weight,
        reason=ibis.literal("between_thresholds"),
    )  # fmt: skip


def brought_pairs(brought: ir.Table, holders: ir.Table, members: ir.Table) -> ir.Table:
    """A record under somebody's number with another name: the pair with the holder.

    `members`: clusters; who found their person elsewhere is no question any more.
    """
    held = holders.select(number="id_key", unit_id_r="unit_id")
    sizes = members.group_by("node").agg(size=members.count())
    several = members.semi_join(sizes.filter(sizes["size"] > 1), "node")
    alone = brought.anti_join(several.select(record_id="unit_id"), "record_id")
    return alone.inner_join(held, "number").select(
        unit_id_l="record_id",
        unit_id_r="unit_id_r",
        probability=ibis.literal(_UNLIKELY_HOLDER),
        match_weight=ibis.literal(0.0),
        reason=ibis.literal("number_shared"),
    )


def two_number_pairs(standing: ir.Table, columns: Collection[str]) -> ir.Table:
    """Holders of different numbers who may be one person: second papers, or a number with its birth date.

    Alike in name, birth date and sex, or in name and address to the door.
    """
    held = standing.filter(standing.numbered & standing.name_id.notnull())
    born = held.filter(held.birth_date.length() == 10)
    # No pair is alike in a name where there is none.
    keys = ["name_id", *(c for c in ("birth_date", "sex") if c in columns)]
    by_birth = _holders_alike(born, keys)
    address = ibis.coalesce(by_birth.address == by_birth.address_r, False)
    area = ibis.coalesce(by_birth.area == by_birth.area_r, False)
    township = ibis.coalesce(by_birth.area.left(9) == by_birth.area_r.left(9), False)
    near = township | ibis.coalesce(by_birth.village == by_birth.village_r, False)
    chance = ibis.cases((address, 0.6), (area, 0.45), (near, 0.35), else_=0.2)
    doors = _holders_alike(held.filter(held.tail_id.notnull()), ["name_id", "tail_id"])
    united = ibis.union(
        by_birth.select("unit_id", "unit_id_r", probability=chance),
        doors.select("unit_id", "unit_id_r", probability=ibis.literal(0.3)),
    )
    once = united.group_by("unit_id", "unit_id_r").agg(probability=united.probability.max())
    beside = _in_one_list(once, held).select(_l="unit_id", _r="unit_id_r")
    told = once.left_join(beside, [once.unit_id == beside["_l"], once.unit_id_r == beside["_r"]])
    namesakes = told["_l"].notnull()
    return told.select(
        unit_id_l="unit_id",
        unit_id_r="unit_id_r",
        probability=namesakes.ifelse(told.probability * _NAMESAKES, told.probability),
        match_weight=ibis.literal(0.0),
        reason=ibis.literal("two_numbers"),
    )


def _in_one_list(pairs: ir.Table, standing: ir.Table) -> ir.Table:
    """Pairs of units of which one list has both: unit_id, unit_id_r."""
    shown = standing.select("unit_id", "source").distinct()
    left = pairs.select("unit_id", "unit_id_r").join(shown, "unit_id")
    right = shown.select(unit_id_r="unit_id", source="source")
    return left.semi_join(right, ["unit_id_r", "source"]).select("unit_id", "unit_id_r").distinct()


def _holders_alike(held: ir.Table, keys: list[str], cap: int = 4) -> ir.Table:
    """Pairs of units alike in `keys`, where no more than `cap` are."""
    # Most keys have one unit: they are found first, by numbers alone.
    ends = held.group_by(keys).agg(low=held.unit_id.min(), high=held.unit_id.max())
    several = held.semi_join(ends.filter(ends.low != ends.high), keys)
    units = several.group_by([*keys, "unit_id"]).agg(
        area=several.area_a.min(), address=several.tail_id.min(), village=several.locality_id.min()
    )
    sizes = units.group_by(keys).agg(size=units.count())
    few = units.semi_join(sizes.filter(sizes["size"].between(2, cap)), keys)
    return few.join(few.view(), keys, rname="{name}_r").filter(lambda t: t.unit_id < t.unit_id_r)


def representatives(standing: ir.Table, members: ir.Table) -> ir.Table:
    """node → the record that stands for it: the one under a number if any, else the first."""
    placed = standing.select("record_id", "unit_id", "numbered").join(members, "unit_id")
    return (
        placed.group_by("node")
        .agg(
            record_id=placed.record_id.min(),
            holder=placed.record_id.min(where=placed.numbered),
        )
        .select("node", record_id=ibis.coalesce(ibis._.holder, ibis._.record_id))
    )


def unit_records(standing: ir.Table) -> ir.Table:
    """unit_id → its first record."""
    return standing.group_by("unit_id").agg(record_id=standing.record_id.min())


def review_pairs(
    cluster_pairs: ir.Table,
    unit_pairs: ir.Table,
    representative: ir.Table,
    unit_record: ir.Table,
    link_table: ir.Table,
    decisions: ir.Table,
) -> ir.Table:
    """All doubtful pairs once, as records; what a reviewer has decided is left out."""
    first = representative.select(node_l="node", a="record_id")
    second = representative.select(node_r="node", b="record_id")
    of_nodes = cluster_pairs.join(first, "node_l").join(second, "node_r")
    first_unit = unit_record.select(unit_id_l="unit_id", a="record_id")
    second_unit = unit_record.select(unit_id_r="unit_id", b="record_id")
    of_units = unit_pairs.join(first_unit, "unit_id_l").join(second_unit, "unit_id_r")
    shape = ("a", "b", "probability", "match_weight", "reason")
    united = ibis.union(of_nodes.select(*shape), of_units.select(*shape))
    ordered = united.select(
        record_id_l=ibis.least(united.a, united.b),
        record_id_r=ibis.greatest(united.a, united.b),
        probability=united.probability.round(4),
        match_weight=united.match_weight.round(4),
        reason=united.reason,
    )
    once = ordered.group_by("record_id_l", "record_id_r").agg(
        probability=ordered.probability.max(),
        match_weight=ordered.match_weight.max(),
        reason=ordered.reason.min(),
    )
    open_pairs = once.anti_join(decisions, ["record_id_l", "record_id_r"])
    left = link_table.select(record_id_l="record_id", entity_id_l="entity_id")
    right = link_table.select(record_id_r="record_id", entity_id_r="entity_id")
    return (
        open_pairs.join(left, "record_id_l")
        .join(right, "record_id_r")
        .mutate(doubt=lambda t: _doubt(t.probability))
    )


def with_waterfall(pairs: ir.Table, scored: ir.Table) -> ir.Table:
    """Review pairs with one column per comparison (`name_weight`, …)."""
    weights = comparison_weights(scored)
    named = scored.select(
        low="record_id_l",
        high="record_id_r",
        **{f"{c.removeprefix('mw_')}_weight": weight.round(4) for c, weight in weights.items()},
    )
    met = pairs.left_join(
        named, (pairs.record_id_l == named.low) & (pairs.record_id_r == named.high)
    )
    return met.drop("low", "high")
