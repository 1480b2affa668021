"""One round of clustering under constraints; an engine repeats it until nothing merges. Pure.

Connected components chain errors. Here every cluster proposes to its best partner, and two clusters
merge when each is the other's best: the order in which Kruskal's algorithm would take the edges, many
at a time. A merge is refused for good where it would put two valid numbers, or two records of a list
that declares itself free of duplicates, into one person, or where a reviewer said 'different'; a
reviewer's 'same' is taken first and overrides the other constraints.

Candidates that exclude one another share the probability: a record that fits two namesakes equally
well belongs to each with at most one half, and goes to review.

nodes: node int64, number int64 or null, lists int64 (bit per list free of duplicates)
edges: node_l, node_r int64 (l < r), weight_sum float64, weight_count int64, bound bool
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

MEAN_CAP = 40.0  # bits; keeps 2^weight finite


def merged_edges(edges: ir.Table) -> ir.Table:
    """Edges between the same two nodes as one: weights averaged, `bound` if any is."""
    return edges.group_by("node_l", "node_r").agg(
        weight_sum=edges.weight_sum.sum(),
        weight_count=edges.weight_count.sum(),
        bound=edges.bound.max(),
    )


def allowed_edges(edges: ir.Table, nodes: ir.Table, apart: ir.Table) -> ir.Table:
    """Edges that break no constraint, with `weight` and each side's exclusive class.

    `apart` (node_l, node_r) are pairs that a reviewer keeps apart.
    """
    left = nodes.select(node_l="node", number_l="number", lists_l="lists", class_l="exclusive")
    right = nodes.select(node_r="node", number_r="number", lists_r="lists", class_r="exclusive")
    met = edges.join(left, "node_l").join(right, "node_r")
    clash = ((met.lists_l & met.lists_r) != 0) | ibis.coalesce(met.number_l != met.number_r, False)
    kept = met.filter(met.bound | ~clash).anti_join(apart, ["node_l", "node_r"])
    weight = ibis.least(kept.weight_sum / kept.weight_count, MEAN_CAP)
    return kept.mutate(weight=kept.bound.ifelse(MEAN_CAP, weight))


def with_probability(edges: ir.Table, nobody: float = 1.0) -> ir.Table:
    """Edges with `probability`: own odds against the odds of everything it excludes, and of nobody.

    `nobody`: odds that a record's person is in no other list. While clusters are made they are even, which
    errs on the side of caution; for a reviewer they are what was then found.
    """
    odds = edges.mutate(odds=ibis.literal(2.0) ** edges.weight)
    forward = odds.select(side="node_l", exclusive="class_r", odds="odds")
    backward = odds.select(side="node_r", exclusive="class_l", odds="odds")
    rivals = ibis.union(forward, backward).filter(ibis._.exclusive.notnull())
    totals = rivals.group_by("side", "exclusive").agg(total=rivals.odds.sum())
    again = totals.view()
    met = odds.left_join(
        totals, (odds.node_l == totals.side) & (odds.class_r == totals.exclusive)
    ).left_join(
        again,
        (ibis._.node_r == again.side) & (ibis._.class_l == again.exclusive),
        rname="{name}_again",
    )
    most = ibis.greatest(
        met.odds, ibis.coalesce(met.total, 0.0), ibis.coalesce(met.total_again, 0.0)
    )
    share = (met.odds / (nobody + most)).round(6)
    return met.mutate(probability=met.bound.ifelse(1.0, share)).select(
        *edges.columns, "probability"
    )


def mutual_best(edges: ir.Table, threshold: float) -> ir.Table:
    """Merges of this round: old (the larger node), new (the smaller), probability.

    Ties are broken by the ids, so that the order of edges is total and some pair is always mutual.
    """
    able = edges.filter(edges.probability >= threshold)
    columns = {"weight": able.weight, "low": able.node_l, "high": able.node_r}
    sides = ibis.union(
        able.select(side="node_l", probability="probability", bound="bound", **columns),
        able.select(side="node_r", probability="probability", bound="bound", **columns),
    )
    order = [ibis.desc(sides.bound), ibis.desc(sides.weight), sides.low, sides.high]
    first = sides.mutate(place=ibis.row_number().over(group_by="side", order_by=order)).filter(
        ibis._.place == 0
    )
    agreed = first.group_by("low", "high").agg(
        votes=first.count(), probability=first.probability.max()
    )
    return agreed.filter(agreed.votes == 2).select(old="high", new="low", probability="probability")


def relabelled(edges: ir.Table, merges: ir.Table) -> ir.Table:
    """Edges after the merges, l < r, edges inside a node gone, parallel ones made one."""
    left = merges.select(node_l="old", new_l="new")
    right = merges.select(node_r="old", new_r="new")
    met = edges.left_join(left, "node_l", rname="{name}_a").left_join(
        right, "node_r", rname="{name}_b"
    )
    first = ibis.coalesce(met.new_l, met.node_l)
    second = ibis.coalesce(met.new_r, met.node_r)
    moved = met.select(
        node_l=ibis.least(first, second),
        node_r=ibis.greatest(first, second),
        weight_sum="weight_sum",
        weight_count="weight_count",
        bound="bound",
    )
    return merged_edges(moved.filter(moved.node_l != moved.node_r))


def relabelled_pairs(pairs: ir.Table, merges: ir.Table) -> ir.Table:
    """Pairs kept apart, after the merges."""
    left = merges.select(node_l="old", new_l="new")
    right = merges.select(node_r="old", new_r="new")
    met = pairs.left_join(left, "node_l", rname="{name}_a").left_join(
        right, "node_r", rname="{name}_b"
    )
    first = ibis.coalesce(met.new_l, met.node_l)
    second = ibis.coalesce(met.new_r, met.node_r)
    return met.select(
        node_l=ibis.least(first, second), node_r=ibis.greatest(first, second)
    ).distinct()


def merged_nodes(nodes: ir.Table, merges: ir.Table) -> ir.Table:
    """Nodes after the merges; a number or class that either had, the lists of both."""
    moves = merges.select(node="old", new="new")
    met = nodes.left_join(moves, "node", rname="{name}_m")
    moved = met.mutate(node=ibis.coalesce(met.new, met.node))
    return moved.group_by("node").agg(
        number=moved.number.min(),
        exclusive=moved.exclusive.min(),
        lists=moved.lists.bit_or(),
    )


def moved_members(members: ir.Table, merges: ir.Table) -> ir.Table:
    """unit_id → node after the merges, with the least probability of a merge on the way."""
    moves = merges.select(node="old", new="new", merge_probability="probability")
    met = members.left_join(moves, "node", rname="{name}_m")
    return met.select(
        unit_id="unit_id",
        node=ibis.coalesce(met.new, met.node),
        probability=ibis.least(met.probability, ibis.coalesce(met.merge_probability, 1.0)),
    )
