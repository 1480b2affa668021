"""Household and parents as evidence. Pure: Ibis expressions.

Two records that name the same mother, or live in households with the same other members, are likelier
to be one person. Every unit (records already known to be one person) has kin: units named in its rows
by number, units in its households, and the owner of a number it wrongly brought.
"""

from __future__ import annotations

import math

import ibis
import ibis.expr.types as ir

_YEARS_APART = 2
KIN_WORTH = 500_000  # of sharing kin, in millionths, as in `blocking`
HOUSEHOLD_CAP = 12  # larger 'households' are dormitories and barracks


def named_kin(
    relatives: ir.Table | None, standing: ir.Table, brought: ir.Table, holder_table: ir.Table
) -> ir.Table:
    """kin by number written in a row: unit_id, kin_id, in both directions.

    A number that a record wrongly brought is most often a relative's.
    """
    named = brought.select(unit_id="record_id", number="number")
    if relatives is not None:
        units = standing.select("record_id", "unit_id")
        written = relatives.inner_join(units, "record_id").select("unit_id", "number")
        named = ibis.union(named, written)
    met = named.inner_join(holder_table.select(number="id_key", kin_id="unit_id"), "number")
    forth = met.select("unit_id", "kin_id")
    return ibis.union(forth, met.select(unit_id="kin_id", kin_id="unit_id"))


def household_kin(standing: ir.Table) -> ir.Table:
    """kin by standing in one household of one list: unit_id, kin_id."""
    member = standing.filter(standing.household_id.notnull()).select("household_id", "unit_id")
    sizes = member.group_by("household_id").agg(size=member.count())
    small = sizes.filter((sizes.size > 1) & (sizes.size <= HOUSEHOLD_CAP))
    kept = member.semi_join(small, "household_id")
    return kept.join(kept.view(), "household_id", rname="{name}_r").select(
        "unit_id", kin_id="unit_id_r"
    )


def kin(named: ir.Table, households: ir.Table) -> ir.Table:
    """unit_id, kin_id once each, nobody their own kin."""
    united = ibis.union(named, households)
    return united.filter(united.unit_id != united.kin_id).distinct()


def kin_candidates(kin_table: ir.Table, standing: ir.Table, cap: int = 20) -> ir.Table:
    """Pairs of an open unit and units that share kin with it: unit_id_l, unit_id_r, worth.

    Most are its brothers and mothers; those of the other sex or born years apart are left out.
    """
    degrees = kin_table.group_by("kin_id").agg(size=kin_table.count())
    open_units = standing.filter(~standing.settled).select("unit_id").distinct()
    asked = kin_table.semi_join(open_units, "unit_id")
    few = degrees.filter(degrees["size"] <= cap).semi_join(asked, "kin_id")
    right = kin_table.semi_join(few, "kin_id").select(kin_id="kin_id", unit_id_r="unit_id")
    met = asked.semi_join(few, "kin_id").join(right, "kin_id")
    pairs = met.filter(met.unit_id != met.unit_id_r).select("unit_id", "unit_id_r").distinct()
    person = standing.group_by("unit_id").agg(
        sex=standing.sex.min(),
        year=standing.birth_date.substr(0, 4).try_cast("int32").min(),
        settled=standing.settled.max(),
    )
    known = pairs.join(person, "unit_id").join(
        person.rename({f"{c}_r": c for c in person.columns}), "unit_id_r"
    )
    alike = ibis.coalesce(known.sex == known.sex_r, True) & ibis.coalesce(
        (known.year - known.year_r).abs() <= _YEARS_APART, True
    )
    once = known.settled_r | (known.unit_id < known.unit_id_r)
    return known.filter(alike & once).select(
        unit_id_l="unit_id", unit_id_r="unit_id_r", worth=ibis.literal(KIN_WORTH, "int32")
    )


def shared_kin(pairs: ir.Table, kin_table: ir.Table) -> ir.Table:
    """Pairs with `kin_shared`: how many kin both have, 0 where both have some, null where one has none."""
    sides = pairs.select("unit_id_l", "unit_id_r")
    left = sides.join(kin_table, sides.unit_id_l == kin_table.unit_id).select(
        "unit_id_l", "unit_id_r", "kin_id"
    )
    right = kin_table.select(other_id="unit_id", other_kin="kin_id")
    met = left.join(right, [left.unit_id_r == right.other_id, left.kin_id == right.other_kin])
    counts = met.group_by("unit_id_l", "unit_id_r").agg(shared=met.count())
    has = kin_table.select(has_id="unit_id").distinct()
    has_r = has.view()
    known = (
        pairs.left_join(counts, ["unit_id_l", "unit_id_r"], rname="{name}_c")
        .left_join(has, ibis._.unit_id_l == has.has_id)
        .left_join(has_r, ibis._.unit_id_r == has_r.has_id, rname="{name}_other")
    )
    both = known.has_id.notnull() & known.has_id_other.notnull()
    shared = both.ifelse(ibis.coalesce(known.shared, 0), ibis.null("int64"))
    return known.mutate(kin_shared=shared).select(*pairs.columns, "kin_shared")


def kin_weights(m_shared: float, mean_kin: float, people: float) -> tuple[float, float]:
    """Match weights (log2 m/u) of sharing kin and of sharing none though both have some.

    Parameters
    ----------
    m_shared : share of true pairs with kin on both sides that share any, in (0, 1)
    mean_kin : mean number of kin of a unit
    people : number of units; two strangers share a given kin with chance mean_kin / people
    """
    m = min(max(m_shared, 0.01), 0.99)
    u = min(max(mean_kin, 0.1) / max(people, 2.0), 0.5)
    # Lists tell of different kin (a mother here, a spouse there), so that sharing none says little.
    return math.log2(m / u), max(math.log2((1 - m) / (1 - u)), -1.0)


def kin_of(
    units: ir.Table,
    relatives: ir.Table | None,
    standing: ir.Table,
    brought: ir.Table,
    holder_table: ir.Table,
) -> ir.Table:
    """`kin` that holds all kin of some units; of others only a part.

    Parameters
    ----------
    units : unit_id
    brought : record_id, number
    """
    mine = standing.semi_join(units, "unit_id")
    numbers = holder_table.semi_join(units, "unit_id").select(number="id_key")

    def told(table: ir.Table) -> ir.Table:
        rows = table.select("record_id", "number")
        return ibis.union(
            rows.semi_join(mine, "record_id"), rows.semi_join(numbers, "number")
        ).distinct()

    named = named_kin(
        told(relatives) if relatives is not None else None,
        standing,
        told(brought),
        holder_table,
    )
    doors = mine.filter(mine.household_id.notnull()).select("household_id").distinct()
    return kin(named, household_kin(standing.semi_join(doors, "household_id")))
