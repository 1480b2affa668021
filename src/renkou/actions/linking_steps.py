"""The steps of one linkage, each run and kept by the engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from renkou.actions.linking_records import READ, Prepared, present_columns
from renkou.actions.linking_run import Run
from renkou.engines import splink_runs
from renkou.engines.engine import row_count
from renkou.linkage import (
    blocking,
    clustering,
    comparisons,
    constraints,
    dictionaries,
    identifier_pass,
    kinship,
    review,
    splink_settings,
    training,
)
from renkou.linkage import features as feature_module
from renkou.linkage import (
    pairs as pair_module,
)
from renkou.linkage.blocking import BlockingRule
from renkou.linkage.model import Model

_MAX_ROUNDS = 40
_FEWEST_LABELS = 500


def _trust(run: Run, records: ir.Table) -> ir.Value:
    told = [(records.source == one.source, ibis.literal(one.trust, "int64")) for one in run.lists]
    return ibis.cases(*told, else_=0) if told else ibis.literal(0, "int64")


@dataclass(frozen=True)
class Standing:
    """How records stand after the identifier pass: see `identifier_pass`."""

    records: ir.Table
    brought: ir.Table
    holders: ir.Table
    columns: set[str]  # features that hold values


def number_pass(run: Run, prepared: Prepared) -> Standing:
    """Kept units, and what is known of the numbers."""
    keep, opaque = run.keep, run.options.opaque
    told = feature_module.completed(prepared.identity)
    identity = keep(told.mutate(trust=_trust(run, told)).select(identifier_pass.IDENTITY))
    groups = keep(identifier_pass.number_groups(identity))
    faces = identifier_pass.faces(identity, groups)
    face_table = keep(dictionaries.with_name_texts(faces, prepared.names))
    owner_table = keep(identifier_pass.owners(face_table, opaque=opaque))
    strange = keep(identifier_pass.suspects(identity, face_table, owner_table, opaque=opaque))
    if not opaque:
        strange = keep(ibis.union(strange, identifier_pass.lonely_misfits(identity)))
    parted = constraints.parted(identity, strange, run.decisions)
    brought = keep(identifier_pass.brought(identity, strange, keep(parted)))
    holders = keep(identifier_pass.holders(identity, brought))
    run.engine.forget(identity, groups, face_table, owner_table)
    free = [one.source for one in run.lists if one.free_of_duplicates]
    read = [c for c in prepared.records.columns if c in READ or c.startswith("compare_")]
    repeats = identifier_pass.repeated_rows(prepared.records, read, free, run.decisions)
    told = feature_module.with_numbers(prepared.features)
    standing = identifier_pass.standing(told, brought, holders, keep(repeats), opaque=opaque)
    records = feature_module.completed(keep(standing)).drop("id_key")
    run.figures["records"] = float(row_count(run.engine, records))
    asked = [c for c in records.columns if c not in ("record_id", "source")]
    columns = present_columns(run, records, asked) | (
        {"id_key"} if row_count(run.engine, holders) else set()
    )
    return Standing(records, brought, holders, columns)


def kin(run: Run, prepared: Prepared, standing: Standing) -> ir.Table:
    """Kept kin of every unit: unit_id, kin_id."""
    # An opaque number tells of no relation.
    brought = standing.brought.filter(ibis.literal(not run.options.opaque))
    named = kinship.named_kin(prepared.relatives, standing.records, brought, standing.holders)
    return run.keep(kinship.kin(named, kinship.household_kin(standing.records)))


def pairs_of(
    run: Run, rules: Sequence[BlockingRule], units: Callable[[BlockingRule], ir.Table]
) -> list[ir.Table]:
    """Kept pairs of each rule from its `units`."""
    made = []
    for rule in rules:
        table = run.keep(units(rule))
        made.append(run.keep(blocking.pairs_of_rule(table, rule)))
        run.engine.forget(table)
    return made


def candidates(run: Run, standing: Standing, kin_table: ir.Table) -> ir.Table:
    """Kept pairs of units worth comparing: unit_id_l, unit_id_r."""
    keep, records = run.keep, standing.records
    rules = blocking.rules_for(standing.columns)
    made = pairs_of(run, rules, lambda rule: blocking.units_of_rule(records, rule))
    made.append(keep(kinship.kin_candidates(kin_table, records)))
    found = keep(blocking.likely_pairs(made))
    run.engine.forget(*made)
    sought = keep(blocking.wanting(records, found))
    units = keep(sought.select("unit_id").distinct())
    late = pairs_of(
        run,
        blocking.rules_for(standing.columns, blocking.LATE_RULES),
        lambda rule: blocking.for_wanting(blocking.sharing(records, sought, rule), units),
    )
    pairs = keep(blocking.with_late(found, late))
    run.engine.forget(found, sought, units, *late)
    run.figures["unit_pairs"] = float(row_count(run.engine, pairs))
    return pairs


def train(run: Run, prepared: Prepared, facts: Standing, kin_table: ir.Table) -> Model:
    """A model trained on pairs that share a valid number, else by expectation maximisation."""
    engine, options, standing, columns = run.engine, run.options, facts.records, facts.columns
    people = float(engine.arrow(standing.unit_id.nunique().as_table())[0][0].as_py())
    settings = splink_settings.splink_settings(
        comparisons.comparisons_for(columns, people, opaque=options.opaque),
        prior=min(0.5, 1 / max(people, 2.0)),
    )
    labels = None if options.opaque else _labels(run, standing)
    sample = run.keep(training.training_sample(standing, labels))
    trained = splink_runs.train(
        engine,
        # What is drawn from the sample hangs on its order.
        run.keep(prepared.with_texts(run, sample).order_by("record_id")),
        settings,
        labels=labels,
        em_rules=() if labels is not None else training.em_rules(columns),
        seed=options.seed,
        u_pairs=options.u_pairs,
    )
    shared, none = _kin_weights(run, standing, kin_table, people)
    mates = engine.arrow(training.household_mates(standing)).to_pylist()[0]["mates"]
    # Without households or addresses nothing is known: take a family of four.
    mates = 3.0 if mates is None else round(min(max(mates, 1 / people), 10.0), 6)
    return Model(trained, shared, none, mates, tuple(sorted(columns)))


def _labels(run: Run, standing: ir.Table) -> ir.Table | None:
    """Kept pairs known by their numbers, or None where they are too few to count from."""
    labels = run.keep(training.label_pairs(standing, run.options.label_pairs))
    return labels if row_count(run.engine, labels) >= _FEWEST_LABELS else None


def _kin_weights(
    run: Run, standing: ir.Table, kin_table: ir.Table, people: float
) -> tuple[float, float]:
    row = run.engine.arrow(training.kin_agreement(standing, kin_table)).to_pylist()[0]
    m_shared = (row["agreed"] or 0) / row["both"] if row["both"] else 0.5
    shared, none = kinship.kin_weights(m_shared, row["mean_kin"] or 0.0, people)
    return round(shared, 4), round(none, 4)


@dataclass(frozen=True)
class Scoring:
    """How pairs are scored: the model, and how frequent each text is among all records."""

    run: Run
    prepared: Prepared
    standing: Standing
    model: Model
    frequencies: Mapping[str, ir.Table]

    def faces(self, records: ir.Table) -> ir.Table:
        """Kept records with all that the model reads."""
        table = records
        for column, shares in self.frequencies.items():
            known = shares.select(_value=_number_of(column), **{f"tf_{column}": "tf"})
            met = table.left_join(known, table[_number_of(column)] == known["_value"])
            table = met.drop("_value")
        narrow = self.run.keep(table)
        made = self.prepared.with_texts(self.run, narrow)
        self.run.engine.forget(narrow)
        return made

    def scored(self, faces: ir.Table, pairs: ir.Table, key: str) -> ir.Table:
        """Weights of kept pairs, not yet run."""
        return splink_runs.scored(self.run.engine, faces, pairs, self.model.splink, key)


def _number_of(column: str) -> str:
    """The feature that stands for a text."""
    return "name_id" if column == "name_key" else column


def scoring(
    run: Run,
    prepared: Prepared,
    standing: Standing,
    model: Model,
    counted: ir.Table | None = None,
) -> Scoring:
    """How pairs are scored under a model; `counted` are all records, where `standing` has only some."""
    everyone = standing.records if counted is None else counted
    frequencies = {
        column: run.keep(pair_module.frequencies(everyone, _number_of(column)))
        for column in splink_runs.tf_columns(model.splink)
    }
    return Scoring(run, prepared, standing, model, frequencies)


def score(how: Scoring, pairs: ir.Table) -> ir.Table:
    """Kept weights of unit pairs: unit_id_l/r, match_weight, mate_weight."""
    run = how.run
    touched = run.keep(pair_module.touched_units(pairs))
    known = how.standing.records.semi_join(touched, "unit_id")
    faces = how.faces(pair_module.unit_faces(known, how.standing.columns))
    run.figures["faces"] = float(row_count(run.engine, faces))
    weights = how.scored(faces, pairs, "unit_id")
    best = pair_module.best_of_units(weights, comparisons.PERSONAL, how.model.household_mates)
    kept = run.keep(best)
    run.engine.forget(touched, faces)
    return kept


def weigh(run: Run, best: ir.Table, kin_table: ir.Table, model: Model) -> ir.Table:
    """Kept weights of unit pairs with kin evidence: unit_id_l/r, match_weight, kin_weight, weight."""
    shared = kinship.shared_kin(best, kin_table)
    kin_weight = (shared.kin_shared > 0).ifelse(model.kin_shared_weight, model.kin_none_weight)
    told = shared.mutate(kin_weight=ibis.coalesce(kin_weight, 0.0))
    weight = pair_module.against_both(told.match_weight + told.kin_weight, told.mate_weight)
    # Sums of doubles depend on threads in their last digits, which must not decide a tie.
    return run.keep(told.mutate(weight=weight.round(4)))


@dataclass(frozen=True)
class Clusters:
    """members: unit_id, node, probability of units that have an edge; edges: what is left between nodes."""

    members: ir.Table
    edges: ir.Table


def cluster(run: Run, standing: Standing, edges: ir.Table) -> Clusters:
    """Clusters of units under all constraints."""
    keep, options = run.keep, run.options
    bits = {f.source: i for i, f in enumerate(f for f in run.lists if f.free_of_duplicates)}
    together, apart = constraints.decided_units(standing.records, run.decisions)
    holders = None
    if not options.opaque:
        holders = keep(identifier_pass.holder_edges(standing.brought, standing.holders))
    merged = keep(clustering.merged_edges(constraints.edges(edges, holders, together)))
    # Units without an edge are a cluster each, and are nobody's rivals.
    met = ibis.union(merged.select(unit_id="node_l"), merged.select(unit_id="node_r")).distinct()
    tied = standing.records.semi_join(keep(met), "unit_id")
    nodes = constraints.nodes(tied, bits, opaque=options.opaque)
    return rounds(run, keep(nodes), merged, keep(apart))


def rounds(run: Run, nodes: ir.Table, edges: ir.Table, apart: ir.Table) -> Clusters:
    """Rounds of `clustering` on kept tables until nothing merges."""
    keep = run.keep
    members = keep(nodes.select(unit_id="node", node="node", probability=ibis.literal(1.0)))
    weighed = edges
    for number in range(_MAX_ROUNDS):
        allowed = clustering.allowed_edges(edges, nodes, apart)
        weighed = keep(clustering.with_probability(allowed))
        merges = keep(clustering.mutual_best(weighed, run.options.link_from))
        if not row_count(run.engine, merges):
            break
        run.figures["rounds"] = number + 1.0
        edges = keep(clustering.relabelled(weighed.select(edges.columns), merges))
        nodes = keep(clustering.merged_nodes(nodes, merges))
        apart = keep(clustering.relabelled_pairs(apart, merges))
        members = keep(clustering.moved_members(members, merges))
    return Clusters(members, weighed)


def review_pairs(
    how: Scoring,
    links: ir.Table,
    clusters: Clusters,
    edges: ir.Table,
    known_share: ir.Table | None = None,
) -> ir.Table:
    """Kept pairs for clerical review with their waterfall.

    `known_share`: `review.known_share` of all records, where the standing has only some.
    """
    run, facts, standing = how.run, how.standing, how.standing.records
    keep, members = run.keep, clusters.members
    if known_share is None:
        known_share = review.known_share(standing, members)
    nobody = review.odds_of_nobody(**run.engine.arrow(known_share).to_pylist()[0])
    unit_pairs = [review.doubtful_merges(edges, members, nobody)]
    if not run.options.opaque:
        unit_pairs += [
            review.brought_pairs(facts.brought, facts.holders, members),
            review.two_number_pairs(standing, facts.columns),
        ]
    found = keep(
        review.review_pairs(
            review.unlinked_pairs(clusters.edges, nobody, run.options.review_from),
            keep(ibis.union(*unit_pairs) if len(unit_pairs) > 1 else unit_pairs[0]),
            keep(review.representatives(standing, members)),
            keep(review.unit_records(standing)),
            links,
            run.decisions,
        )
    )
    faces = how.faces(standing.semi_join(keep(pair_module.records_of(found)), "record_id"))
    return run.engine.keep(review.with_waterfall(found, how.scored(faces, found, "record_id")))
