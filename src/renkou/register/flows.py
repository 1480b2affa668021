"""Moves of an edition by origin and destination. Pure (Ibis).

A move is what `tabulation` counts as one: an arrival or departure that begins or ends usual residence
on its day. Here each is told once, with both its ends, so that what leaves one place for another
arrives there; where an end lies in no list it is null, which is outside or nowhere known.
"""

from __future__ import annotations

from collections.abc import Callable

import ibis
import ibis.expr.types as ir

from renkou.register import tabulation
from renkou.register.tabulation import Window, completed_years

COLUMNS = ("origin", "goal", "month", "sex", "age", "count")


def moves_by_origin_and_goal(
    events: ir.Table,
    spells: ir.Table,
    people: ir.Table,
    window: Window,
    keep: Callable[[ir.Table], ir.Table] = lambda rows: rows,
) -> ir.Table:
    """Moves of usual residence: origin, goal (area codes, null outside), month, sex, age, count.

    `people` as `tabulation.people_counted` gives them; `keep` may run an expression once and keep its
    rows. `age` is the completed age on the day of the move, null where unknown. Moves within a place
    (origin and goal alike) are among them; leave them out once places are joined to areas.
    """
    moved = events.filter(events.kind.isin(["move_in", "move_out"]))
    dated = keep(tabulation._dated_events(moved, people, window))
    stays = tabulation._usual(spells.semi_join(dated, "person_id"))
    stays = keep(stays.filter((stays.valid_to > stays.valid_from).fill_null(True)))
    begun = stays.select("person_id", day="valid_from", goal="area")
    ended = stays.select("person_id", day="valid_to", origin="area")
    came = dated.filter(dated.kind == "move_in").inner_join(begun, ["person_id", "day"])
    came = came.left_join(ended, ["person_id", "day"]).drop("person_id_right", "day_right")
    went = dated.filter(dated.kind == "move_out").inner_join(ended, ["person_id", "day"])
    # Who arrives elsewhere on the day of leaving is told by the arrival.
    gone = went.anti_join(came, ["person_id", "day"]).mutate(goal=ibis.null("string"))
    both = ibis.union(_told(came), _told(gone))
    return both.group_by("origin", "goal", "month", "sex", "age").agg(
        count=both.count().cast("int64")
    )


def _told(rows: ir.Table) -> ir.Table:
    age = completed_years(rows.birth_date, rows.event_date)
    known = (age >= 0).ifelse(age, ibis.null("int32"))
    return rows.select("origin", "goal", "month", "sex", age=known)
