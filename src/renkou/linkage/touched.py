"""Linking what a delivery touches, beside people who stand as the edition before has them. Pure.

The *core* are records that are new, altered or newly decided on, all records of their people, and all
records under their numbers, again and again until nothing more comes in. Only the core is linked anew:
with itself, and with the people that share keys with it. Each of those is one unit, as it was. So an
answer hangs on the edition before, and nobody changes whom the delivery does not touch.

Ibis expressions. `known` is the narrow table that most of them read: record_id, id_key, birth_date, sex,
and person_id, method, probability of the edition before (null for a new record).
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from renkou.linkage import identifier_pass
from renkou.linkage.blocking import BlockingRule, keyed, sharing
from renkou.linkage.features import sure_number
from renkou.linkage.pairs import records_of


def known(records: ir.Table, old_links: ir.Table) -> ir.Table:
    """What is known of every record: see the module."""
    now = records.select("record_id", "birth_date", "sex", id_key=sure_number(records.id_key))
    old = old_links.select("record_id", "person_id", "method", "probability")
    return now.left_join(old, "record_id").drop("record_id_right")


def seeds(known_table: ir.Table, old_links: ir.Table, altered: ir.Table) -> ir.Table:
    """The core's beginning: record_id of what is `altered`, and of people who lost a record."""
    new = known_table.filter(known_table.person_id.isnull())
    gone = old_links.anti_join(known_table, "record_id").select("person_id").distinct()
    bereft = known_table.semi_join(gone, "person_id")
    return ibis.union(
        new.select("record_id"), bereft.select("record_id"), altered.select("record_id")
    ).distinct()


def newly_decided(decisions: ir.Table, old_decisions: ir.Table) -> ir.Table:
    """record_id of pairs that a reviewer decided, decided otherwise or took back since."""
    shape = ("record_id_l", "record_id_r", "same")
    new, old = decisions.select(*shape), old_decisions.select(*shape)
    return records_of(ibis.union(new.anti_join(old, shape), old.anti_join(new, shape)))


def grown(core: ir.Table, known_table: ir.Table) -> ir.Table:
    """`core` with all records of its people and under its numbers: record_id."""
    mine = known_table.semi_join(core, "record_id")
    people = mine.filter(mine.person_id.notnull()).select("person_id").distinct()
    numbers = mine.filter(mine.id_key.notnull()).select("id_key").distinct()
    return ibis.union(
        core.select("record_id"),
        known_table.semi_join(people, "person_id").select("record_id"),
        known_table.semi_join(numbers, "id_key").select("record_id"),
    ).distinct()


def brought(rest: ir.Table, decisions: ir.Table) -> ir.Table:
    """Records of the rest that show another's number: record_id, number, parted.

    The edition before tells: a record that shows a number and was linked by the model has no claim to it,
    and one that stands alone has none to a number that others show, or that contradicts its birth date.
    """
    shown = rest.filter(rest.id_key.notnull())
    alone = shown.filter(shown.method == "alone")
    others = shown.filter(shown.method != "alone").select("id_key").distinct()
    out = ibis.union(
        shown.filter(shown.method == "model").select("record_id"),
        alone.semi_join(others, "id_key").select("record_id"),
        identifier_pass.lonely_misfits(alone),
    ).distinct()
    apart = records_of(decisions.filter(~decisions.same))
    parted = apart.select("record_id", parted=ibis.literal(True))
    met = shown.semi_join(out, "record_id").left_join(parted, "record_id")
    return met.select("record_id", number="id_key", parted=ibis.coalesce(met.parted, False))


def holders(rest: ir.Table, brought_table: ir.Table, units: ir.Table) -> ir.Table:
    """Whose the numbers of the rest are: id_key, unit_id."""
    held = rest.filter(rest.id_key.notnull()).anti_join(brought_table, "record_id")
    placed = held.inner_join(units, "record_id")
    return placed.group_by("id_key").agg(unit_id=placed.unit_id.min())


def units(rest: ir.Table, brought_table: ir.Table) -> ir.Table:
    """Units of the rest, one for each person: record_id, unit_id, numbered."""
    strange = brought_table.select(_strange="record_id")
    met = rest.left_join(strange, rest.record_id == strange["_strange"])
    holds = met.id_key.notnull() & met["_strange"].isnull()
    people = met.group_by("person_id").agg(unit_id=met.record_id.min(), numbered=holds.max())
    return (
        rest.select("record_id", "person_id")
        .inner_join(people, "person_id")
        .select("record_id", "unit_id", "numbered")
    )


def standing(features: ir.Table, brought_table: ir.Table, unit_table: ir.Table) -> ir.Table:
    """Features of the rest as `identifier_pass.standing` gives them, with the rest's own units."""
    marked = identifier_pass.without_brought(features, brought_table, opaque=False).drop("id_key")
    placed = marked.inner_join(unit_table, "record_id")
    return placed.mutate(settled=placed.numbered)


def shown_near(core: ir.Table, rest: ir.Table, rule: BlockingRule) -> ir.Table:
    """`blocking.keyed` units of the keys that the core shows."""
    return ibis.union(keyed(core, rule), sharing(rest, core, rule))


def lonely(rest: ir.Table, unit_table: ir.Table) -> ir.Table:
    """Units of the rest that hold no number and found nobody: unit_id."""
    alone = rest.filter(rest.method == "alone").select("record_id")
    open_units = unit_table.filter(~unit_table.numbered)
    return open_units.semi_join(alone, "record_id").select("unit_id")


def of_core(pairs: ir.Table, core_units: ir.Table) -> ir.Table:
    """Pairs of units of which one at least is in the core."""
    left = core_units.select(unit_id_l="unit_id")
    right = core_units.select(unit_id_r="unit_id")
    inside = pairs.semi_join(left, "unit_id_l")
    return ibis.union(inside, pairs.anti_join(left, "unit_id_l").semi_join(right, "unit_id_r"))


def alike(core: ir.Table, rest: ir.Table, keys: list[str]) -> ir.Table:
    """Units of the rest that hold a number and agree with the core in `keys`: unit_id."""
    shown = core.filter(core.numbered).select(*keys).drop_null().distinct()
    return rest.filter(rest.numbered).semi_join(shown, keys).select("unit_id").distinct()


def found_share(rest: ir.Table) -> ir.Table:
    """What `review.known_share` counts, of the rest: open_units, linked."""
    linked = rest.filter(rest.method == "model")
    alone = rest.filter((rest.method == "alone") & rest.id_key.isnull())
    return (
        linked.agg(linked=linked.count())
        .cross_join(alone.agg(alone=alone.count()))
        .select("linked", open_units=ibis._.linked + ibis._.alone)
    )


def links(
    afresh: ir.Table, known_table: ir.Table, unit_table: ir.Table, core: ir.Table
) -> ir.Table:
    """Links of all records: as they were, but for the core and for those that joined it.

    Parameters
    ----------
    afresh : `review.links` of the core and of the units compared with it
    unit_table : `units` of the rest
    core : record_id
    """
    rest = known_table.inner_join(unit_table, "record_id")
    stood = rest.anti_join(afresh, "record_id").select(
        "record_id", entity_id="unit_id", probability="probability", method="method"
    )
    new = afresh.semi_join(core, "record_id")
    old = rest.select("record_id", old_probability="probability", old_method="method")
    compared = afresh.inner_join(old, "record_id")
    # Who stood with others before stands by the same word; who was alone may have found somebody.
    alone = compared.old_method == "alone"
    kept = compared.select(
        "record_id",
        "entity_id",
        probability=alone.ifelse(compared.probability, compared.old_probability),
        method=alone.ifelse(compared.method, compared.old_method),
    )
    return ibis.union(stood, new, kept)


def standing_pairs(
    old: ir.Table, found: ir.Table, core: ir.Table, link_table: ir.Table, decisions: ir.Table
) -> ir.Table:
    """Review pairs of the edition before that do not concern the core, shaped as those `found`."""
    pair = ["record_id_l", "record_id_r"]
    stood = (
        old.anti_join(core.select(record_id_l="record_id"), "record_id_l")
        .anti_join(core.select(record_id_r="record_id"), "record_id_r")
        .anti_join(found, pair)
        .anti_join(decisions, pair)
        .drop("entity_id_l", "entity_id_r")
    )
    left = link_table.select(record_id_l="record_id", entity_id_l="entity_id")
    right = link_table.select(record_id_r="record_id", entity_id_r="entity_id")
    placed = stood.join(left, "record_id_l").join(right, "record_id_r")
    lacking = {c: ibis.null(found[c].type()) for c in found.columns if c not in placed.columns}
    return placed.mutate(**lacking).select(*found.columns)
