"""Spells: since when and until when a person lived, was registered and usually resided. Pure (Ibis).

Half open: `valid_to` is the first day on which it no longer holds, null while it does. `valid_from`
is null where nobody knows since when. `rule` says what the beginning rests on.
"""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from renkou.register.residence import RULE, first_day, same_place

COLUMNS = ("person_id", "kind", "value", "valid_from", "valid_to", "record_id", "rule")


def spells(people: ir.Table, keep: Sequence[str] = ()) -> ir.Table:
    """The edition's `spells` from `residence.with_residence`; `keep`: further columns."""
    dated = people.mutate(registered_on=_since_registration(people))
    parts = [_alive(dated), _registered(dated), *_usual(dated), _status(dated)]
    return ibis.union(*(rows.select(*COLUMNS, *keep) for rows in parts))


def _since_registration(people: ir.Table) -> ir.Value:
    """Since when registered there: the registration's own date, else birth.

    A date that another list put beside something else (an insurance, a marriage) is not it.
    """
    own = people.registered_date__record == people.registered_area__record
    return ibis.coalesce(own.ifelse(first_day(people.registered_date), ibis.null()), people.born_on)


def _spell(
    rows: ir.Table, kind: str, value: ir.Value, since: ir.Value, until: ir.Value,
    record: ir.Value, rule: ir.Value | str,
) -> ir.Table:  # fmt: skip
    """Rows of one kind; an end before the beginning, as errors make it, is no time at all."""
    end = (until < since).fill_null(False).ifelse(since, until)
    return rows.mutate(
        kind=ibis.literal(kind),
        value=value,
        valid_from=since,
        valid_to=end,
        record_id=record,
        rule=ibis.literal(rule) if isinstance(rule, str) else rule,
    )


def _alive(people: ir.Table) -> ir.Table:
    until = people.alive.ifelse(ibis.null("date"), people.died_on)
    record = ibis.coalesce(
        people.alive.ifelse(ibis.null("int64"), _death_record(people)),
        people.birth_date__record,
    )
    rule = ibis.cases(
        (people.alive, "birth_date"),
        (people.death_date.notnull(), "death_date"),
        else_="status_dead",
    )
    return _spell(people, "alive", ibis.literal("true"), people.born_on, until, record, rule)


def _death_record(people: ir.Table) -> ir.Value:
    return ibis.coalesce(people.death_date__record, people.status__record)


def _registered(people: ir.Table) -> ir.Table:
    rows = people.filter(people.registered_area.notnull())
    ended = ibis.coalesce(rows.left_on, rows.status__day)
    cancelled = rows.registered_now.isnull().ifelse(ended, ibis.null("date"))
    until = ibis.coalesce(rows.died_on, cancelled)
    own = (rows.registered_date__record == rows.registered_area__record).fill_null(False)
    rule = own.ifelse("registered_date", "birth_date")
    return _spell(
        rows, "registered_area", rows.registered_area, rows.registered_on, until,
        rows.registered_area__record, rule,
    )  # fmt: skip


def _usual(people: ir.Table) -> Sequence[ir.Table]:
    """Where they live, or lived until they left or died; and where before they came."""
    lived = people.filter(people.usual_area.notnull() | people.registered_area.notnull())
    place = (lived.residence_status == "temporary").ifelse(
        lived.registered_area, ibis.coalesce(lived.usual_area, lived.registered_area)
    )
    moved = lived.usual_area.notnull() & ~same_place(lived.usual_area, lived.registered_area)
    moved = moved & (lived.residence_status != "temporary")
    lived = lived.mutate(place=place, moved=moved)
    lived = lived.filter(lived.place.notnull())
    gone = lived.residence_status.isin(["left", "away"])
    until = ibis.coalesce(
        lived.died_on, gone.ifelse(ibis.coalesce(lived.left_on, lived.status__day), ibis.null())
    )
    since = lived.moved.ifelse(lived.arrived_on, lived.registered_on)
    record = lived.usual_area.notnull().ifelse(
        lived.usual_area__record, lived.registered_area__record
    )
    here = _spell(lived, "usual_area", lived.place, since, until, record, RULE)
    came = lived.filter(
        lived.moved, lived.registered_area.notnull(), lived.arrived_on > lived.registered_on
    )
    before = _spell(
        came, "usual_area", came.registered_area, came.registered_on, came.arrived_on,
        came.registered_area__record, RULE,
    )  # fmt: skip
    return [here, before]


def _status(people: ir.Table) -> ir.Table:
    rows = people.filter(people.residence_status != "unknown")
    since = ibis.cases(
        (rows.residence_status == "dead", rows.died_on),
        (
            rows.residence_status.isin(["left", "away"]),
            ibis.coalesce(rows.left_on, rows.status__day),
        ),
        (rows.residence_status == "resident", rows.registered_on),
        else_=rows.arrived_on,
    )
    gone = rows.residence_status.isin(["left", "away"])
    record = ibis.coalesce(
        (rows.residence_status == "dead").ifelse(_death_record(rows), ibis.null("int64")),
        gone.ifelse(rows.status__record, rows.usual_area__record),
        rows.usual_area__record,
        rows.registered_area__record,
    )
    return _spell(
        rows, "residence_status", rows.residence_status, since, ibis.null("date"), record, RULE
    )
