"""From pairs of units to pairs of faces to be scored, and back. Pure: Ibis expressions."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

import ibis
import ibis.expr.types as ir

# Most bits that birth date and number can tell against a household member, who may be a twin with the next
# number.
_TWIN_BITS = {"birth_date": 6.0, "id_number": 8.0}


def records_of(pairs: ir.Table) -> ir.Table:
    """Every record of any pair: record_id."""
    return ibis.union(
        pairs.select(record_id="record_id_l"), pairs.select(record_id="record_id_r")
    ).distinct()


def touched_units(pairs: ir.Table) -> ir.Table:
    """Every unit of any pair: unit_id."""
    return ibis.union(
        pairs.select(unit_id="unit_id_l"), pairs.select(unit_id="unit_id_r")
    ).distinct()


_FACE = ("name_id", "birth_date", "sex", "area_a", "address_id", "phone", "given", "surname",
         "id_text")  # fmt: skip


def unit_faces(standing: ir.Table, used: Collection[str]) -> ir.Table:
    """Records that show each face of each unit first.

    Records of a unit alike in what weighs most are one face, so that no pair is scored twice. `used` are
    the feature columns that hold values.
    """
    face = [c for c in _FACE if c in used]
    first = standing.group_by(["unit_id", *face]).agg(record_id=standing.record_id.min())
    return standing.semi_join(first, "record_id")


def frequencies(standing: ir.Table, column: str) -> ir.Table:
    """Share of each value of a column among records that have one: column, tf."""
    known = standing.filter(standing[column].notnull())
    counts = known.group_by(column).agg(n=known.count())
    total = counts.n.sum().over()
    return counts.select(column, tf=(counts.n / total).cast("float64"))


def comparison_weights(scored: ir.Table) -> dict[str, ir.FloatingValue]:
    """Weight of each comparison in bits: `mw_<comparison>` with its term-frequency part."""
    names = [c for c in scored.columns if c.startswith("mw_") and not c.startswith("mw_tf_")]
    return {
        c: scored[c] + scored["mw_tf_" + c[3:]] if "mw_tf_" + c[3:] in scored.columns else scored[c]
        for c in names
    }


def mate_weight(scored: ir.Table, personal: Sequence[str], mates: float) -> ir.FloatingValue:
    """Match weight against another member of the household, in bits.

    Members of a household share surname, address, area and kin, so that these tell a person from
    strangers but not from a brother. Against a household member only what is personal counts (given
    name, birth date, sex, number), and there are `mates` of them. A shared birth date counts for less:
    the other may be a twin.
    """
    total: ir.FloatingValue = ibis.literal(-math.log2(mates))
    for name in personal:
        if f"mw_{name}" in scored.columns:
            weight = scored[f"mw_{name}"]
            most = _TWIN_BITS.get(name)
            total = total + (weight if most is None else ibis.least(weight, most))
    return total


def against_both(stranger: ir.FloatingValue, mate: ir.FloatingValue) -> ir.FloatingValue:
    """Weight against a stranger or a household member: the odds against either add up.

    -log2(2^-stranger + 2^-mate), written so that neither power overflows.
    """
    gap = ibis.least((stranger - mate).abs(), 60.0)
    return ibis.least(stranger, mate) - (1 + ibis.literal(2.0) ** (-gap)).log2()


def best_of_units(scored: ir.Table, personal: Sequence[str], mates: float) -> ir.Table:
    """The best face pair of each unit pair: unit_id_l, unit_id_r, match_weight, mate_weight.

    `scored` is read once and never kept: it is the widest table of a linkage.
    """
    weights = scored.select("unit_id_l", "unit_id_r", "match_weight", **comparison_weights(scored))
    told = weights.mutate(mate_weight=mate_weight(weights, personal, mates))
    return told.group_by("unit_id_l", "unit_id_r").agg(
        match_weight=told.match_weight.max(), mate_weight=told.mate_weight.max()
    )
