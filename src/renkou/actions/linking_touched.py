"""Linking what a delivery touches: the steps of `linking_steps` on the core and its neighbours.

What the core is, and why the rest may stand, is told in `renkou.linkage.touched`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import ibis
import ibis.expr.types as ir

from renkou.actions import linking_steps as steps
from renkou.actions.linking_records import Prepared, prepare
from renkou.actions.linking_run import Run
from renkou.engines.engine import row_count
from renkou.linkage import blocking, features, kinship, review, touched
from renkou.linkage import pairs as pair_module
from renkou.linkage.blocking import BlockingRule
from renkou.linkage.model import LinkResult, Model

# A core larger than this share of the records is no quicker to link than all of them.
_LARGEST_CORE = 0.2
_MOST_STEPS = 30


@dataclass(frozen=True)
class Earlier:
    """What the edition before says: its links, review pairs and decisions, and what differs since.

    `altered`: record_id of records that say something else than they did. `review_pairs`: None where
    there were none.
    """

    links: ir.Table
    review_pairs: ir.Table | None
    decisions: ir.Table
    altered: ir.Table


def link_touched(
    run: Run, records: ir.Table, model: Model, earlier: Earlier, stage: Callable[[int], None]
) -> LinkResult | None:
    """Link what was touched, under a saved model; None where that is too much of the whole."""
    stage(0)
    known = run.keep(touched.known(records, earlier.links))
    core = _core(run, known, earlier)
    if core is None:
        run.clear()
        return None
    prepared = prepare(run, records)
    stage(1)
    facts = _Facts(run, prepared, known, core, model)
    stage(2)
    pairs, kin_table = _candidates(facts)
    scope = _scope(facts, pairs)
    stage(4)
    how = steps.scoring(run, prepared, scope, model, counted=facts.everyone)
    edges = steps.weigh(run, steps.score(how, pairs), kin_table, model)
    stage(5)
    clusters = steps.cluster(run, scope, edges)
    stage(6)
    afresh = run.keep(review.links(scope.records, clusters.members))
    links = run.engine.keep(touched.links(afresh, known, facts.units, core))
    share = touched.found_share(known.anti_join(core, "record_id"))
    found = steps.review_pairs(how, links, clusters, edges, share)
    if earlier.review_pairs is not None:
        older = touched.standing_pairs(earlier.review_pairs, found, core, links, run.decisions)
        found = run.engine.keep(ibis.union(run.kept_too(found), older))
    run.clear()
    return LinkResult(links, found, model, run.figures)


def _core(run: Run, known: ir.Table, earlier: Earlier) -> ir.Table | None:
    """Kept record_id of the core, or None where it is too large or does not come to an end."""
    altered = ibis.union(earlier.altered, touched.newly_decided(run.decisions, earlier.decisions))
    core = run.keep(touched.seeds(known, earlier.links, altered).semi_join(known, "record_id"))
    most = _LARGEST_CORE * row_count(run.engine, known)
    before = -1
    for _ in range(_MOST_STEPS):
        size = row_count(run.engine, core)
        if size > most:
            break
        if size == before:
            run.figures["core_records"] = float(size)
            return core
        before, core = size, run.keep(touched.grown(core, known))
    return None


class _Facts:
    """How all records stand: the core after an identifier pass of its own, the rest as it was."""

    def __init__(
        self, run: Run, prepared: Prepared, known: ir.Table, core: ir.Table, model: Model
    ) -> None:
        keep = run.keep
        self.run, self.prepared = run, prepared
        self.core = steps.number_pass(run, prepared.only(run, core))
        rest = known.anti_join(core, "record_id")
        self.brought = keep(touched.brought(rest, run.decisions))
        self.units = keep(touched.units(rest, self.brought))
        told = features.with_numbers(prepared.but(core).features)
        stood = keep(touched.standing(told, self.brought, self.units))
        prepared.forget_written(run)
        self.rest = features.completed(stood).select(self.core.records.columns)
        self.everyone = ibis.union(self.core.records, self.rest)
        held = touched.holders(rest, self.brought, self.units)
        self.holders = keep(ibis.union(self.core.holders.select("id_key", "unit_id"), held))
        self.lonely = touched.lonely(rest, self.units)
        self.columns = set(model.columns)
        self.core_units = keep(self.core.records.select("unit_id").distinct())


def _candidates(facts: _Facts) -> tuple[ir.Table, ir.Table]:
    """Kept pairs with the core, and kept kin of their units."""
    run, core, rest = facts.run, facts.core.records, facts.rest
    keep = run.keep

    def near(rule: BlockingRule) -> ir.Table:
        return touched.shown_near(core, rest, rule)

    rules = blocking.rules_for(facts.columns)
    made = steps.pairs_of(run, rules, lambda rule: blocking.comparable_units(near(rule)))
    closest = _kin_of(facts, facts.core_units)
    beyond = _kin_of(facts, keep(closest.select(unit_id="kin_id").distinct()))
    kin_table = keep(ibis.union(closest, beyond).distinct())
    known = facts.everyone.semi_join(kin_table, "unit_id")
    made.append(keep(kinship.kin_candidates(kin_table, known)))
    found = keep(blocking.likely_pairs(made))
    sought = blocking.wanting(core, found).select("unit_id")
    units = keep(ibis.union(sought, facts.lonely).distinct())
    late = blocking.rules_for(facts.columns, blocking.LATE_RULES)
    later = steps.pairs_of(run, late, lambda rule: blocking.for_wanting(near(rule), units))
    likely = blocking.with_late(found, later)
    pairs = keep(touched.of_core(likely, facts.core_units))
    run.figures["unit_pairs"] = float(row_count(run.engine, pairs))
    partners = keep(pair_module.touched_units(pairs))
    kin_table = keep(ibis.union(kin_table, _kin_of(facts, partners)).distinct())
    run.engine.forget(found, units, *made, *later)
    return pairs, kin_table


def _kin_of(facts: _Facts, units: ir.Table) -> ir.Table:
    shown = [facts.core.brought, facts.brought]
    brought = ibis.union(*(table.select("record_id", "number") for table in shown))
    return facts.run.keep(
        kinship.kin_of(units, facts.prepared.relatives, facts.everyone, brought, facts.holders)
    )


def _scope(facts: _Facts, pairs: ir.Table) -> steps.Standing:
    """The core and all that it is compared with, as the steps of a whole linkage take it."""
    core, rest = facts.core.records, facts.rest
    partners = [pair_module.touched_units(pairs)]
    for keys in (["name_id", "birth_date"], ["name_id", "tail_id"]):
        partners.append(touched.alike(core, rest, keys))
    units = facts.run.keep(ibis.union(*partners).distinct())
    records = facts.run.keep(ibis.union(core, rest.semi_join(units, "unit_id")))
    return replace(facts.core, records=records, columns=facts.columns)
