"""Dated events of persons: births, deaths, moves and marriages. Pure (Ibis)."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from renkou.register.survivorship import certainty

# kind, the field that dates it, the field that places it
_KINDS = (
    ("birth", "birth_date", "registered_area"),
    ("death", "death_date", "usual_area"),
    ("move_in", "arrived_date", "usual_area"),
    ("move_out", "left_date", "usual_area"),
    ("marriage", "marriage_date", "registered_area"),
)


def events(chosen: ir.Table, list_count: int, keep: Sequence[str] = ()) -> ir.Table:
    """The edition's `events`: kind, event_date as complete as known, area, record, certainty.

    The area is where the person is now known to be registered (births, marriages) or to have lived
    (deaths, moves), which for births long ago need not be where it happened.
    """
    parts = []
    for kind, name, place in _KINDS:
        rows = chosen.filter(chosen[name].notnull())
        other = "usual_area" if place == "registered_area" else "registered_area"
        parts.append(
            rows.select(
                "person_id",
                *keep,
                kind=ibis.literal(kind),
                event_date=rows[name],
                area=ibis.coalesce(rows[place], rows[other]),
                record_id=rows[f"{name}__record"],
                certainty=certainty(rows, name, list_count),
            )
        )
    return ibis.union(*parts)
