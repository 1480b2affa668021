"""Moves by origin and goal: each told once, the same ones that the tabulation counts."""

from __future__ import annotations

from collections import Counter
from typing import Any

from renkou.engines.engine import Engine
from renkou.register import tabulation
from renkou.register.flows import COLUMNS, moves_by_origin_and_goal
from renkou.register.tabulation import Window

from .test_tabulation import (
    FAR,
    HOME,
    JAN_2024,
    NEXT,
    OUTSIDE,
    YEAR,
    Register,
    event,
    lives,
    registered,
    someone,
)

Told = tuple[Any, ...]


def _flows(register: Register, window: Window = YEAR) -> list[Told]:
    """Moves as (origin, goal, month of 2024, sex, age, count)."""
    found = moves_by_origin_and_goal(register.events, register.spells, register.people, window)
    table = register.engine.arrow(found)
    assert tuple(table.column_names) == COLUMNS
    rows = table.to_pylist()
    return sorted(
        (
            (one["origin"], one["goal"], one["month"] - JAN_2024 + 1, one["sex"], one["age"], one["count"])
            for one in rows
        ),
        key=str,
    )  # fmt: skip


def test_a_move_between_townships_has_both_ends(engine: Engine) -> None:
    register = Register(
        engine,
        [someone(1, "1990-05-05")],
        [lives(1, HOME, until="2024-03-01"), lives(1, NEXT, "2024-03-01")],
        [event(1, "move_in", "2024-03-01")],
    )
    assert _flows(register) == [(HOME, NEXT, 3, "female", 33, 1)]


def test_who_comes_from_outside_has_no_origin_and_who_leaves_no_goal(engine: Engine) -> None:
    register = Register(
        engine,
        [someone(1, "2000-01-01"), someone(2, None), someone(3, "2000-12-31")],
        [lives(1, HOME, "2024-02-01"), lives(2, FAR, until="2024-12-31"), lives(3, HOME, "2024-02-01")],
        [event(1, "move_in", "2024-02"), event(2, "move_out", "2024-12-31"), event(3, "move_in", "2024-02")],
    )  # fmt: skip
    assert _flows(register) == [
        (FAR, None, 12, "female", None, 1),
        (None, HOME, 2, "female", 23, 1),
        (None, HOME, 2, "female", 24, 1),
    ]


def test_people_alike_are_counted_together(engine: Engine) -> None:
    people = range(1, 5)
    register = Register(
        engine,
        [someone(one, "1990-05-05", sex="male") for one in people],
        [lives(one, HOME, "2024-06-01") for one in people],
        [event(one, "move_in", "2024-06-01") for one in people],
    )
    assert _flows(register) == [(None, HOME, 6, "male", 34, 4)]


def test_keys_of_those_counted_together_add_up(engine: Engine) -> None:
    register = Register(
        engine,
        [someone(one, "1990-05-05") for one in (1, 2, 3)],
        [lives(one, HOME, "2024-06-01") for one in (1, 2, 3)],
        [event(one, "move_in", "2024-06-01") for one in (1, 3)],
    )
    keys = {
        row["person_id"]: row["key"] for row in register.engine.arrow(register.people).to_pylist()
    }
    found = moves_by_origin_and_goal(register.events, register.spells, register.people, YEAR)
    [row] = register.engine.arrow(found).to_pylist()
    assert (row["count"], row["key"]) == (2, keys[1] + keys[3])


def test_what_is_no_move_is_told_nowhere(engine: Engine) -> None:
    register = Register(
        engine,
        [someone(one) for one in (1, 2, 3, 4)],
        [
            lives(1, HOME, "2024-02-01"),  # came, but the event is of another day
            lives(2, HOME, "2024-02-01"),  # a death is no move
            lives(3, HOME, "2023-12-31"),  # before the months asked for
            lives(4, HOME, "2024-02-01", "2024-02-01"),  # no time at all
        ],
        [
            event(1, "move_in", "2024-03-01"), event(2, "death", "2024-02-01"),
            event(3, "move_in", "2023-12-31"), event(4, "move_in", "2024-02-01"),
        ],
    )  # fmt: skip
    assert _flows(register) == []


def test_a_departure_on_the_day_of_arrival_elsewhere_is_one_move(engine: Engine) -> None:
    register = Register(
        engine,
        [someone(1, "1990-05-05")],
        [lives(1, HOME, until="2024-03-01"), lives(1, FAR, "2024-03-01")],
        [event(1, "move_in", "2024-03-01"), event(1, "move_out", "2024-03-01")],
    )
    assert _flows(register) == [(HOME, FAR, 3, "female", 33, 1)]


def test_sums_by_place_are_those_of_the_tabulation(engine: Engine) -> None:
    places = [HOME, NEXT, FAR, OUTSIDE, HOME[:6]]
    people, spells, events = [], [], []
    for one in range(1, 41):
        origin, goal = places[one % 5], places[(one * 3 + 1) % 5]
        day = f"2024-{one % 12 + 1:02}-15"
        people.append(someone(one, f"{1950 + one}-06-01"))
        kind = one % 3
        if kind == 0 and origin != goal:  # from one place of the register to another
            spells += [lives(one, origin, until=day), lives(one, goal, day)]
            events.append(event(one, "move_in", day))
        elif kind == 1:
            spells.append(lives(one, goal, day))
            events.append(event(one, "move_in", day))
        else:
            spells += [lives(one, origin, until=day), registered(one, origin)]
            events.append(event(one, "move_out", day))
    register = Register(engine, people, spells, events)
    flows = _flows(register)
    came, left = Counter[str](), Counter[str]()
    for origin, goal, *_, count in flows:
        came[goal or "outside"] += count
        left[origin or "outside"] += count
    for kind, by_flows in (("move_in", came), ("move_out", left)):
        by_tabulation = Counter[str]()
        for area, _, _, count, _ in register.counted(kind):
            by_tabulation[area] += count
        # The tabulation takes inner moves off the smallest area around both ends, the flows do not.
        for area in (HOME, NEXT, FAR, OUTSIDE):
            assert by_flows[area] == by_tabulation[area] > 0, (kind, area)


def test_the_window_is_that_of_months(engine: Engine) -> None:
    register = Register(
        engine,
        [someone(1)],
        [lives(1, HOME, "2024-06-01")],
        [event(1, "move_in", "2024-06-01")],
    )
    assert _flows(register, tabulation.Window(JAN_2024 + 5, JAN_2024 + 11)) == []
    assert len(_flows(register, tabulation.Window(JAN_2024 + 4, JAN_2024 + 5))) == 1
