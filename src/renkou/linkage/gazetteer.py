"""Area codes of places that addresses name, learned from lists that keep both. Pure: Ibis expressions.

One department writes a village's code, another its name. Where most of the rows that name a place have
one code, the name is as good as the code, and rows of the other department can be compared by area.
"""

from __future__ import annotations

from collections.abc import Collection

import ibis
import ibis.expr.types as ir

# How a list keeps a code and the address that it is of.
_TOGETHER = (("registered_area", "registered_address"), ("usual_area", "usual_address"))
_VILLAGE, _TOWNSHIP = 12, 9  # digits
_FEWEST_ROWS, _SHARE = 3, 0.8
_MOST_WITNESSES = 500_000


def witnesses(
    records: ir.Table, addresses: ir.Table, present: Collection[str], rows: int
) -> ir.Table | None:
    """Places named beside a code: code, locality, township; None where no list keeps both.

    Parameters
    ----------
    records : canonical records
    addresses : `dictionaries.addresses`
    present : columns of `records` that hold any value
    rows : how many records there are; of very many, some are asked
    """
    some = records.filter(records.record_id % max(1, rows // _MOST_WITNESSES) == 0)
    sides = [
        some.filter(some[area].length() >= _TOWNSHIP).select(code=area, value=address)
        for area, address in _TOGETHER
        if {area, address} <= set(present)
    ]
    if not sides:
        return None
    told = sides[0] if len(sides) == 1 else ibis.union(*sides)
    return told.inner_join(addresses, "value").select("code", "locality", "township")


def _learned(told: ir.Table, place: str, digits: int) -> ir.Table:
    """Code of each place by name: place, code."""
    known = told.filter(told[place].notnull() & (told.code.length() >= digits))
    counts = known.group_by(place, code=known.code.left(digits)).agg(rows=known.count())
    by_place = ibis.window(group_by=place)
    sure = (counts.rows >= _FEWEST_ROWS) & (
        counts.rows >= _SHARE * counts.rows.sum().over(by_place)
    )
    return counts.filter(sure).select(_place=place, _code="code")


def with_areas(addresses: ir.Table, told: ir.Table | None = None) -> ir.Table:
    """`addresses` with the code of the place they name, or null: written_area. `told`: `witnesses`."""
    if told is None:
        return addresses.mutate(written_area=ibis.null("string"))
    found = addresses
    for place, digits in (("locality", _VILLAGE), ("township", _TOWNSHIP)):
        codes = _learned(told, place, digits).rename({f"{place}_code": "_code"})
        found = found.left_join(codes, found[place] == codes["_place"]).drop("_place")
    area = ibis.coalesce(found.locality_code, found.township_code)
    return found.mutate(written_area=area).drop("locality_code", "township_code")


def most_exact(given: ir.StringValue, written: ir.StringValue) -> ir.StringValue:
    """A given code, or the one learned where there is none or it begins with what is given."""
    exact = given.isnull() | ibis.coalesce(written.startswith(given), False)
    return ibis.coalesce(exact.ifelse(written, given), given)
