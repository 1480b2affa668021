"""What a model is trained on. Pure: Ibis expressions and rules as data.

Records of different lists that share a valid number and passed the guard are known to be one person:
from them m is counted, without expectation maximisation. Where numbers are missing or opaque, EM runs on
the blocking rules below.
"""

from __future__ import annotations

from collections.abc import Collection

import ibis
import ibis.expr.types as ir

from renkou.linkage.comparisons import comparisons_for

# Between them every comparison is free in at least one rule of each set. No rule may be shared by a whole
# household (an address, a surname), or EM takes the household for the person.
_EM_RULES_PARTS = (
    ("given", "surname"),
    ("surname", "birth_date"),
    ("given", "birth_date"),
    ("given", "address_a"),
    ("id_text",),
)
_EM_RULES_WHOLE = (("name_key", "birth_date"), ("name_key", "area_a"), ("name_key", "address_a"),
                   ("birth_date", "address_a"), ("birth_date", "area_a"), ("id_text",))  # fmt: skip


def em_rules(columns: Collection[str]) -> tuple[str, ...]:
    """Blocking rules for expectation maximisation, each of which leaves something to be trained."""
    rules = _EM_RULES_PARTS if "given" in columns else _EM_RULES_WHOLE
    compared = [comparison.needs for comparison in comparisons_for(columns, 2)]
    usable = [
        rule
        for rule in rules
        if set(rule) <= set(columns) and any(not set(rule) & set(needs) for needs in compared)
    ]
    return tuple(" and ".join(f"l.{c} = r.{c}" for c in rule) for rule in usable)


def _spread(column: ir.IntegerColumn) -> ir.IntegerValue:
    """A number that sorts as if at random, the same on every engine."""
    return (column % 1_000_003) * 7919 % 1_000_003


def label_pairs(standing: ir.Table, most: int) -> ir.Table:
    """Pairs of different lists that share a valid number: record_id_l, record_id_r; at most `most`."""
    held = standing.filter(standing.numbered).select("unit_id", "record_id", "source")
    sizes = held.group_by("unit_id").agg(size=held.count()).filter(ibis._.size.between(2, 8))
    # One unit in so many is enough; the choice depends on ids alone, so that it can be repeated.
    chosen = sizes.order_by(_spread(sizes.unit_id), sizes.unit_id).limit(most)
    kept = held.semi_join(chosen, "unit_id")
    other = kept.view()
    met = kept.join(other, "unit_id", rname="{name}_r").filter(
        lambda t: (t.record_id < t.record_id_r) & (t.source != t.source_r)
    )
    return (
        met.select(record_id_l="record_id", record_id_r="record_id_r")
        .order_by("record_id_l", "record_id_r")
        .limit(most)
    )


def training_sample(standing: ir.Table, labels: ir.Table | None, most: int = 400_000) -> ir.Table:
    """Records to train on: those of the labels, else a spread of all.

    The birth date in the number is hidden: two records of one number would agree on it always, which is
    not how often people's stated dates agree.
    """
    table = standing.mutate(numbered=ibis.literal(False))
    if labels is None:
        return table.order_by(_spread(table.record_id), table.record_id).limit(most)
    ids = ibis.union(
        labels.select(record_id="record_id_l"), labels.select(record_id="record_id_r")
    ).distinct()
    return table.semi_join(ids, "record_id")


def kin_agreement(standing: ir.Table, kin: ir.Table, most: int = 50_000) -> ir.Table:
    """One row: `both`, `agreed`, `mean_kin`.

    Of units with records in two households or with named kin, the share where two lists tell of the same
    kin: a kin that two records of the unit both show.
    """
    shown = standing.filter(standing.household_id.notnull() & standing.numbered)
    units = shown.group_by("unit_id").agg(lists=shown.source.nunique()).filter(ibis._.lists > 1)
    chosen = units.order_by(_spread(units.unit_id), units.unit_id).limit(most).select("unit_id")
    member = shown.semi_join(chosen, "unit_id").select("unit_id", "source", "household_id")
    others = shown.select("household_id", kin_id="unit_id")
    seen = member.join(others, "household_id").filter(lambda t: t.unit_id != t.kin_id)
    by_kin = seen.group_by("unit_id", "kin_id").agg(lists=seen.source.nunique())
    known = seen.group_by("unit_id").agg(lists=seen.source.nunique()).filter(ibis._.lists > 1)
    agreed = by_kin.filter(by_kin.lists > 1).select("unit_id").distinct()
    degrees = kin.group_by("unit_id").agg(size=kin.count())
    return (
        known.agg(both=known.count())
        .cross_join(known.semi_join(agreed, "unit_id").agg(agreed=ibis._.count()))
        .cross_join(degrees.agg(mean_kin=degrees["size"].mean()))
    )


def household_mates(standing: ir.Table, cap: int = 12) -> ir.Table:
    """One row, `mates`: how many others of its list share a record's household or address, on average."""
    place = ibis.coalesce(standing.household_id, standing.address_id)
    placed = standing.select("source", place=place).filter(ibis._.place.notnull())
    sizes = placed.group_by("source", "place").agg(size=placed.count())
    small = sizes.filter(sizes["size"] <= cap)
    others = (small["size"] * (small["size"] - 1)).sum() / small["size"].sum()
    return small.agg(mates=others)
