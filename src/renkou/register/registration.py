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


def events_by_lists(events: ir.Table, persons: ir.Table, window: Window) -> ir.Table:
    """Births and deaths by the set of lists in which the person stands: kind, month, lists, count."""
    told = events.filter(events.kind.isin(["birth", "death"])).select(
        "person_id", "kind", month=month_number(first_day(events.event_date))
    )
    inside = told.filter(told.month > window.opening, told.month <= window.last)
    rows = inside.inner_join(persons.select("person_id", "lists"), "person_id")
    return rows.group_by("kind", "month", "lists").agg(count=rows.count().cast("int64"))
