"""Moves of an edition by origin and destination. Pure (Ibis).

A move is what `tabulation` counts as one: an arrival or departure that begins or ends usual residence
on its day. Here each is told once, with both its ends, so that what leaves one place for another
arrives there; where an end lies in no list it is null, which is outside or nowhere known.
"""

from __future__ import annotations

from collections.abc import Callable

import ibis
import ibis.expr.types as ir

from renkou.register.tabulation import (
    Window,
    arrivals_and_departures,
    completed_years,
    dated_events,
    usual_stays,
)

COLUMNS = ("origin", "goal", "month", "sex", "age", "count", "key")


def moves_by_origin_and_goal(
    events: ir.Table,
    spells: ir.Table,
    people: ir.Table,
    window: Window,
    keep: Callable[[ir.Table], ir.Table] = lambda rows: rows,
) -> ir.Table:
    """Moves of usual residence: origin, goal (area codes, null outside), month, sex, age, count, key.

    `key` is the sum of the record keys of those who moved. `people` as `tabulation.people_counted`
    gives them; `keep` may run an expression once and keep its rows. `age` is the completed age on the
    day of the move, null where unknown. Moves within a place (origin and goal alike) are among them;
    leave them out once places are joined to areas.
    """
    moved = events.filter(events.kind.isin(["move_in", "move_out"]))
    dated = keep(dated_events(moved, people, window))
    stays = keep(usual_stays(spells.semi_join(dated, "person_id")))
    came, went = arrivals_and_departures(dated, stays)
    # Who arrives elsewhere on the day of leaving is told by the arrival.
    gone = went.anti_join(came, ["person_id", "day"]).mutate(goal=ibis.null("string"))
    both = ibis.union(_told(came), _told(gone))
    return both.group_by("origin", "goal", "month", "sex", "age").agg(
        count=both.count().cast("int64"), key=both.key.sum().cast("int64")
    )


def _told(rows: ir.Table) -> ir.Table:
    age = completed_years(rows.birth_date, rows.event_date)
    known = (age >= 0).ifelse(age, ibis.null("int32"))
    return rows.select("origin", "goal", "month", "sex", "key", age=known)
