"""The steps of one linkage, each run and kept by the engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from renkou.core.fields import FIELD_NAMES
from renkou.engines import splink_runs
from renkou.engines.engine import lookup
from renkou.linkage import (
    blocking,
    clustering,
    comparisons,
    constraints,
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
from renkou.linkage.model import Model

if TYPE_CHECKING:
    from renkou.actions.linking import Run

_EXTRA = ("given_name", "middle_name", "surname", "postcode", *feature_module.KIN_COLUMNS, "id_key")
_MAX_ROUNDS = 40
_FEWEST_LABELS = 500


def _present(run: Run, table: ir.Table, columns: list[str]) -> set[str]:
    counts = run.engine.arrow(table.agg(**{c: table[c].count() for c in columns})).to_pylist()[0]
    return feature_module.columns_in_use(counts)


def prepare(run: Run, records: ir.Table) -> tuple[ir.Table, set[str]]:
    """Kept features of all records, and the feature columns that hold values."""
    usable = [
        c for c in records.columns if c in FIELD_NAMES or c in _EXTRA or c.startswith("compare_")
    ]
    present = _present(run, records, usable)
    named = [c for c in feature_module.NAME_COLUMNS if c in present]
    names = None
    if named:
        values = feature_module.name_values(records, named)
        names = lookup(run.engine, values, feature_module.name_functions())
    trust = run.engine.table(
        pa.table(
            {
                "source": pa.array([f.source for f in run.lists], pa.string()),
                "trust": pa.array([f.trust for f in run.lists], pa.int64()),
            }
        )
    )
    made = feature_module.features(records, names, present)
    trusted = made.left_join(trust, "source", rname="{name}_t").mutate(
        trust=ibis.coalesce(ibis._.trust, 0)
    )
    features = run.engine.keep(trusted.drop(*[c for c in trusted.columns if c.endswith("_t")]))
    columns = [c for c in features.columns if c not in ("record_id", "source", "trust")]
    run.figures["records"] = float(_count(run, features))
    return features, _present(run, features, columns)


def number_pass(run: Run, features: ir.Table) -> ir.Table:
    """Kept features with unit_id, borrowed and settled."""
    keep, opaque = run.engine.keep, run.options.opaque
    groups = keep(identifier_pass.number_groups(features))
    face_table = keep(identifier_pass.faces(features, groups))
    owner_table = keep(identifier_pass.owners(face_table, opaque=opaque))
    strange = keep(identifier_pass.suspects(features, face_table, owner_table, opaque=opaque))
    if not opaque:
        strange = keep(ibis.union(strange, identifier_pass.lonely_misfits(features)))
    standing = identifier_pass.standing(features, strange, opaque=opaque)
    if _count(run, run.decisions):
        standing = constraints.without_parted(keep(standing), run.decisions)
    settled = ibis.literal(False) if opaque else standing.id_key.notnull()
    return keep(standing.mutate(settled=settled))


def kin(run: Run, standing: ir.Table) -> ir.Table:
    """Kept kin of every unit: unit_id, kin_id."""
    holder_table = run.engine.keep(kinship.holders(standing))
    named = kinship.named_kin(standing, holder_table)
    return run.engine.keep(kinship.kin(named, kinship.household_kin(standing)))


def candidates(run: Run, standing: ir.Table, kin_table: ir.Table, columns: set[str]) -> ir.Table:
    """Kept pairs of units worth comparing: unit_id_l, unit_id_r."""
    keep = run.engine.keep
    made = [keep(blocking.pairs_of_rule(standing, rule)) for rule in blocking.rules_for(columns)]
    made.append(keep(kinship.kin_candidates(kin_table, standing)))
    pairs = keep(blocking.likely_pairs(made))
    run.engine.forget(*made)
    run.figures["unit_pairs"] = float(_count(run, pairs))
    return pairs


def train(run: Run, standing: ir.Table, kin_table: ir.Table, columns: set[str]) -> Model:
    """A model trained on pairs that share a valid number, else by expectation maximisation."""
    engine, options = run.engine, run.options
    people = float(engine.arrow(standing.unit_id.nunique().as_table())[0][0].as_py())
    settings = splink_settings.splink_settings(
        comparisons.comparisons_for(columns, people, opaque=options.opaque),
        prior=min(0.5, 1 / max(people, 2.0)),
    )
    labels = None if options.opaque else _labels(run, standing)
    trained = splink_runs.train(
        engine,
        engine.keep(training.training_sample(standing, labels)),
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
    labels = run.engine.keep(training.label_pairs(standing, run.options.label_pairs))
    return labels if _count(run, labels) >= _FEWEST_LABELS else None


def _count(run: Run, table: ir.Table) -> int:
    return int(run.engine.arrow(table.count().as_table())[0][0].as_py())


def _kin_weights(
    run: Run, standing: ir.Table, kin_table: ir.Table, people: float
) -> tuple[float, float]:
    row = run.engine.arrow(training.kin_agreement(standing, kin_table)).to_pylist()[0]
    m_shared = (row["agreed"] or 0) / row["both"] if row["both"] else 0.5
    shared, none = kinship.kin_weights(m_shared, row["mean_kin"] or 0.0, people)
    return round(shared, 4), round(none, 4)


def score(run: Run, standing: ir.Table, pairs: ir.Table, model: Model) -> ir.Table:
    """Kept weights of record pairs: record_id_l/r, unit_id_l/r, match_weight, mw_*."""
    engine = run.engine
    columns = sorted({c for c in standing.columns if c in _compared(model)})
    touched = engine.keep(pair_module.touched_units(pairs))
    face_table = engine.keep(
        pair_module.unit_faces(standing.semi_join(touched, "unit_id"), columns)
    )
    record_pairs = engine.keep(pair_module.face_pairs(pairs, face_table))
    run.figures["record_pairs"] = float(engine.arrow(record_pairs.count().as_table())[0][0].as_py())
    frequencies = {
        c: engine.keep(splink_runs.term_frequencies(standing, c))
        for c in splink_runs.tf_columns(model.splink)
    }
    scored = splink_runs.score(engine, face_table, record_pairs, model.splink, frequencies)
    united = pair_module.with_units(scored, record_pairs)
    mate = pair_module.mate_weight(united, comparisons.PERSONAL, model.household_mates)
    return engine.keep(united.mutate(mate_weight=mate))


def _compared(model: Model) -> set[str]:
    names = set(model.columns)
    return {*names, "name_head", "head_sound", "former_fold", "area_b", "address_b", "birth_day",
            "address_tail", "address_free", "locality", "township", "birth_b"}  # fmt: skip


def weigh(run: Run, scored: ir.Table, kin_table: ir.Table, model: Model) -> ir.Table:
    """Kept weights of unit pairs with kin evidence: unit_id_l/r, match_weight, kin_weight, weight."""
    best = run.engine.keep(pair_module.best_of_units(scored))
    shared = kinship.shared_kin(best, kin_table)
    kin_weight = (shared.kin_shared > 0).ifelse(model.kin_shared_weight, model.kin_none_weight)
    told = shared.mutate(kin_weight=ibis.coalesce(kin_weight, 0.0))
    weight = pair_module.against_both(told.match_weight + told.kin_weight, told.mate_weight)
    # Sums of doubles depend on threads in their last digits, which must not decide a tie.
    return run.engine.keep(told.mutate(weight=weight.round(4)))


@dataclass(frozen=True)
class Clusters:
    """members: unit_id, node, probability; edges: what is left between nodes, with probability."""

    members: ir.Table
    edges: ir.Table


def cluster(run: Run, standing: ir.Table, edges: ir.Table) -> Clusters:
    """Clusters of units under all constraints."""
    keep, options = run.engine.keep, run.options
    bits = {f.source: i for i, f in enumerate(f for f in run.lists if f.free_of_duplicates)}
    together, apart = constraints.decided_units(standing, run.decisions)
    holders = None if options.opaque else keep(identifier_pass.holder_edges(standing))
    return rounds(
        run,
        keep(constraints.nodes(standing, bits, opaque=options.opaque)),
        keep(clustering.merged_edges(constraints.edges(edges, holders, together))),
        keep(apart),
    )


def rounds(run: Run, nodes: ir.Table, edges: ir.Table, apart: ir.Table) -> Clusters:
    """Rounds of `clustering` on kept tables until nothing merges."""
    keep = run.engine.keep
    members = keep(nodes.select(unit_id="node", node="node", probability=ibis.literal(1.0)))
    weighed = edges
    for number in range(_MAX_ROUNDS):
        allowed = clustering.allowed_edges(edges, nodes, apart)
        weighed = keep(clustering.with_probability(allowed))
        merges = keep(clustering.mutual_best(weighed, run.options.link_from))
        if not _count(run, merges):
            break
        run.figures["rounds"] = number + 1.0
        edges = keep(clustering.relabelled(weighed.select(edges.columns), merges))
        nodes = keep(clustering.merged_nodes(nodes, merges))
        apart = keep(clustering.relabelled_pairs(apart, merges))
        members = keep(clustering.moved_members(members, merges))
    return Clusters(members, weighed)


def review_pairs(
    run: Run,
    standing: ir.Table,
    links: ir.Table,
    clusters: Clusters,
    scored: ir.Table,
    edges: ir.Table,
) -> ir.Table:
    """Kept pairs for clerical review with their waterfall."""
    keep, members = run.engine.keep, clusters.members
    unit_pairs = [review.doubtful_merges(edges, members)]
    if not run.options.opaque:
        unit_pairs += [
            review.borrowed_pairs(standing, members),
            review.two_number_pairs(standing, standing.columns),
        ]
    found = review.review_pairs(
        review.unlinked_pairs(clusters.edges, run.options.review_from),
        keep(ibis.union(*unit_pairs) if len(unit_pairs) > 1 else unit_pairs[0]),
        keep(review.representatives(standing, members)),
        keep(review.unit_records(standing)),
        links,
        run.decisions,
    )
    return keep(review.with_waterfall(keep(found), scored))
