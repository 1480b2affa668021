"""The table of persons, and the table of where each of their values comes from. Pure (Ibis)."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from renkou.register.survivorship import CHOSEN_FIELDS, PERSON_FIELDS, PROVENANCE

NO_COUNTY = "000000"
_COUNTY_DIGITS = 6


def part_of(registered_area: ir.Value, usual_area: ir.Value) -> ir.Value:
    """The county whose file holds a person: of the registered area, else of the usual one."""
    return ibis.coalesce(_county(registered_area), _county(usual_area), NO_COUNTY)


def _county(area: ir.Value) -> ir.Value:
    known = area.re_search(f"^[0-9]{{{_COUNTY_DIGITS},}}$")
    return known.ifelse(area.substr(0, _COUNTY_DIGITS), ibis.null("string"))


def membership(links: ir.Table) -> ir.Table:
    """Per person: record_count, list_count, and the probability that all its records are one's.

    That probability is the smallest of its links'.
    """
    return links.group_by("person_id").agg(
        record_count=links.count().cast("int32"),
        list_count=links.source.nunique().cast("int32"),
        probability=links.probability.min(),
    )


def persons(chosen: ir.Table) -> ir.Table:
    """The edition's `persons` from chosen values that carry the columns of a person as a whole."""
    return chosen.select(
        "person_id",
        *PERSON_FIELDS,
        "residence_status",
        "alive",
        "household_id",
        "record_count",
        "list_count",
        "probability",
    )


def values(chosen: ir.Table) -> ir.Table:
    """The edition's `values`: one row per person, per field `_record _rule _agreeing _differing`."""
    return chosen.select(
        "person_id",
        **{
            f"{name}_{part}": chosen[f"{name}__{part}"]
            for name in CHOSEN_FIELDS
            for part in PROVENANCE
        },
    )
