"""How soon and how completely births and deaths are registered, and in which lists people stand.
Pure (Ibis)."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from renkou.register.residence import first_day
from renkou.register.tabulation import Window, month_number

TIMELY_DAYS = 30
"""A birth is to be registered within a month (Regulations on Household Registration, article 7)."""


def birth_registrations(
    events: ir.Table, persons: ir.Table, values: ir.Table, keys: ir.Table, window: Window
) -> ir.Table:
    """Births by area of registration, month and punctuality.

    Columns: area, month, timely (whether registered within `TIMELY_DAYS`; null where no day of
    registration is known), count, key. A registration dated before the birth is no day known.
    """
    births = events.filter(events.kind == "birth").select(
        "person_id", "area", day=first_day(events.event_date)
    )
    births = births.mutate(month=month_number(births.day))
    births = births.filter(births.month > window.opening, births.month <= window.last)
    told = values.select("person_id", registered_on=first_day(values.registered_date_value))
    rows = births.inner_join(keys, "person_id").left_join(told, "person_id")
    late = rows.registered_on.delta(rows.day, unit="day")
    timely = (late >= 0).ifelse(late <= TIMELY_DAYS, ibis.null("boolean"))
    counted = rows.mutate(timely=timely)
    return counted.group_by("area", "month", "timely").agg(
        count=counted.count().cast("int64"), key=counted.key.sum().cast("int64")
    )


def capture_histories(persons: ir.Table) -> ir.Table:
    """Living usual residents by the set of lists that hold them.

    Columns: area, sex, birth_year (null where unknown), lists (mask as in `persons`), count.
    """
    alive = persons.filter(persons.alive, persons.usual_area.notnull())
    finer = alive.registered_area.startswith(alive.usual_area).fill_null(False)
    rows = alive.select(
        "sex", "lists",
        area=finer.ifelse(alive.registered_area, alive.usual_area),
        birth_year=alive.birth_date.substr(0, 4).try_cast("int32"),
    )  # fmt: skip
    return rows.group_by("area", "sex", "birth_year", "lists").agg(count=rows.count().cast("int64"))


def births_by_lists(
    events: ir.Table, persons: ir.Table, keys: ir.Table, window: Window
) -> ir.Table:
    """Births of children who belong into the household register, by the set of lists that hold them.

    A child belongs there who stands in it, or whose mother (by her number) is registered here. Of a
    child whose mother nobody knows it cannot be said, and it is left out.

    Columns: month, lists (mask), count, key.
    """
    told = persons.select("person_id", "lists", "registered_area", "mother_id_number")
    here = persons.filter(persons.registered_area.notnull(), persons.id_number.notnull())
    mothers = here.select(number="id_number").distinct()
    rows = _months(events, "birth", window).inner_join(told, "person_id")
    rows = rows.left_join(mothers, rows.mother_id_number == mothers.number)
    rows = rows.filter(rows.registered_area.notnull() | rows.number.notnull())
    return _by_lists(rows, keys)


def deaths_by_lists(
    events: ir.Table, persons: ir.Table, values: ir.Table, keys: ir.Table, window: Window
) -> ir.Table:
    """Deaths by the set of lists that know of the death: month, known_to (mask), lists, count, key.

    `lists` is the mask of those that hold the person at all: a list can only know of its own.
    """
    told = persons.select("person_id", "lists")
    known = values.select(
        "person_id",
        known_to=ibis.coalesce(values.status_agreeing, 0)
        | ibis.coalesce(values.death_date_agreeing, 0),
    )
    rows = _months(events, "death", window).inner_join(told, "person_id")
    return _by_lists(rows.inner_join(known, "person_id"), keys, "known_to")


def _months(events: ir.Table, kind: str, window: Window) -> ir.Table:
    rows = events.filter(events.kind == kind).select(
        "person_id", month=month_number(first_day(events.event_date))
    )
    return rows.filter(rows.month > window.opening, rows.month <= window.last)


def _by_lists(rows: ir.Table, keys: ir.Table, *masks: str) -> ir.Table:
    keyed = rows.select("person_id", "month", "lists", *masks).inner_join(keys, "person_id")
    return keyed.group_by("month", "lists", *masks).agg(
        count=keyed.count().cast("int64"), key=keyed.key.sum().cast("int64")
    )
