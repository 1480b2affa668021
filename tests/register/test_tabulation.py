"""An edition as counts: who is counted where, in which month, and at which age."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pyarrow as pa

from renkou.engines.engine import Engine
from renkou.register import tabulation
from renkou.register.tabulation import Window

HOME, NEXT, FAR = "513021001001", "513021002001", "513022001001"  # two townships, another county
CITY_A, CITY_B = HOME[:6], FAR[:6]
OUTSIDE = "440101001001"
JAN_2024 = 2024 * 12
YEAR = Window(JAN_2024 - 1, JAN_2024 + 11)  # 2024

PERSONS = pa.schema(
    [
        ("person_id", pa.int64()),
        ("sex", pa.string()),
        ("birth_date", pa.string()),
        ("id_number", pa.string()),
        ("mother_id_number", pa.string()),
        ("birth_certificate_number", pa.string()),
    ]
)
SPELLS = pa.schema(
    [
        ("person_id", pa.int64()),
        ("kind", pa.string()),
        ("value", pa.string()),
        ("valid_from", pa.date32()),
        ("valid_to", pa.date32()),
    ]
)
EVENTS = pa.schema([("person_id", pa.int64()), ("kind", pa.string()), ("event_date", pa.string())])
KEYS = pa.schema([("person_id", pa.int64()), ("key", pa.int64())])
Row = Mapping[str, Any]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def lives(person: int, area: str, since: str | None = None, until: str | None = None) -> Row:
    return _spell(person, "usual_area", area, since, until)


def registered(person: int, area: str, since: str | None = None, until: str | None = None) -> Row:
    return _spell(person, "registered_area", area, since, until)


def _spell(person: int, kind: str, area: str, since: str | None, until: str | None) -> Row:
    return {
        "person_id": person, "kind": kind, "value": area,
        "valid_from": _day(since), "valid_to": _day(until),
    }  # fmt: skip


def event(person: int, kind: str, on: str) -> Row:
    return {"person_id": person, "kind": kind, "event_date": on}


def someone(person: int, born: str | None = "1990-05-05", **cells: Any) -> Row:
    return {"person_id": person, "sex": "female", "birth_date": born, **cells}


class Register:
    """Tables of an engine; the record key of person n is 1000 + n."""

    def __init__(
        self,
        engine: Engine,
        people: Sequence[Row],
        spells: Sequence[Row],
        events: Sequence[Row] = (),
    ) -> None:
        def table(rows: Sequence[Row], schema: pa.Schema) -> Any:
            return engine.table(pa.Table.from_pylist([dict(one) for one in rows], schema=schema))

        keys = [{"person_id": one["person_id"], "key": 1000 + one["person_id"]} for one in people]
        self.engine = engine
        self.persons, self.spells = table(people, PERSONS), table(spells, SPELLS)
        self.events, self.keys = table(events, EVENTS), table(keys, KEYS)
        self.people = tabulation.people_counted(self.persons, self.keys)

    def residents(
        self, window: Window = YEAR, districts: Sequence[str] = (), flag: str = "count"
    ) -> dict[str, list[int]]:
        """People at the end of each month by area, the opening first."""
        stays = tabulation.usual_residents(self.spells, self.people, districts)
        changes = tabulation.population_changes(stays, window, "apart", "floating")
        rows = self.engine.arrow(changes).to_pylist()
        for row in rows:  # one person a cell: the key says who it is, and goes with the count
            if abs(row["count"]) == 1:
                assert 1000 <= abs(row["key"]) < 1100
                assert (row["count"] > 0) == (row["key"] > 0)
        return _running(rows, window, flag)

    def on_record(self, window: Window = YEAR) -> dict[str, list[int]]:
        """Registered people at the end of each month by area."""
        spells = tabulation.registered_people(self.spells, self.people)
        rows = self.engine.arrow(tabulation.population_changes(spells, window)).to_pylist()
        return _running(rows, window, "count")

    def counted(self, kind: str, base: str = "usual", window: Window = YEAR) -> list[tuple]:
        """Events as (area, month of 2024, age, count, key)."""
        found = tabulation.event_counts(self.events, self.spells, self.persons, self.people, window)
        rows = [
            (row["area"], row["month"] - JAN_2024 + 1, row["age"], row["count"], row["key"])
            for row in self.engine.arrow(found).to_pylist()
            if (row["kind"], row["base"]) == (kind, base)
        ]
        return sorted(rows, key=str)


def _running(rows: Sequence[Row], window: Window, flag: str) -> dict[str, list[int]]:
    months = range(window.opening, window.last + 1)
    found = {
        area: [
            sum(row[flag] for row in rows if row["area"] == area and row["month"] <= month)
            for month in months
        ]
        for area in sorted({row["area"] for row in rows})
    }
    return {area: stock for area, stock in found.items() if any(stock)}


def test_people_are_counted_at_the_ends_of_the_months_in_which_they_lived_there(
    engine: Engine,
) -> None:
    quarter = Window(JAN_2024 - 1, JAN_2024 + 2)
    cases = {
        1: (None, None, [1, 1, 1, 1]),  # nobody knows since when
        2: ("2023-12-31", None, [1, 1, 1, 1]),
        3: ("2024-01-01", None, [0, 1, 1, 1]),
        4: ("2024-01-31", "2024-02-01", [0, 1, 0, 0]),
        5: ("2024-02-01", "2024-02-29", [0, 0, 0, 0]),  # within a month: there at the end of none
        6: (None, "2024-01-31", [1, 0, 0, 0]),
        7: ("2024-03-31", None, [0, 0, 0, 1]),
        8: ("2024-04-01", None, [0, 0, 0, 0]),  # after the window
        9: ("2010-01-01", "2023-12-31", [0, 0, 0, 0]),  # gone before its opening
        10: (None, "2024-04-01", [1, 1, 1, 1]),
    }
    areas = {person: f"513021{person:03}001" for person in cases}
    register = Register(
        engine,
        [someone(person) for person in cases],
        [lives(person, areas[person], *ends) for person, (*ends, _) in cases.items()],
    )
    expected = {areas[at]: stock for at, (*_, stock) in cases.items() if any(stock)}
    assert register.residents(quarter) == expected


def test_nobody_is_counted_before_birth_and_a_year_alone_counts_as_july(engine: Engine) -> None:
    register = Register(
        engine,
        [someone(1, "2024-02-29"), someone(2, "2024"), someone(3, None), someone(4, "2024-11")],
        [lives(1, HOME, "2024-02-29"), lives(2, NEXT, "2024-01-01"), lives(3, FAR),
         lives(4, OUTSIDE)],
    )  # fmt: skip
    assert register.residents() == {
        HOME: [0, 0, *[1] * 11],
        NEXT: [*[0] * 7, *[1] * 6],
        FAR: [1] * 13,
        OUTSIDE: [*[0] * 11, 1, 1],
    }


def test_a_place_known_to_the_county_is_made_finer_by_the_registration_alone(
    engine: Engine,
) -> None:
    register = Register(
        engine,
        [someone(at) for at in (1, 2, 3)],
        [
            lives(1, CITY_A), registered(1, HOME),  # of that county: counted at home
            lives(2, CITY_A), registered(2, FAR),  # of another: the county is all that is known
            lives(3, CITY_A),
        ],
    )  # fmt: skip
    assert register.residents() == {CITY_A: [2] * 13, HOME: [1] * 13}
    assert register.residents(flag="apart") == {CITY_A: [2] * 13}


def test_living_apart_and_floating(engine: Engine) -> None:
    register = Register(
        engine,
        [someone(at) for at in range(1, 6)],
        [
            lives(1, HOME), registered(1, HOME),
            lives(2, HOME[:9] + "002"), registered(2, HOME),  # another village of the township
            lives(3, NEXT), registered(3, HOME),  # another township of the district
            lives(4, FAR), registered(4, HOME),  # another county
            lives(5, OUTSIDE),  # registered nowhere here
        ],
    )  # fmt: skip
    here = [1] * 13
    assert register.residents(flag="apart") == {NEXT: here, FAR: here, OUTSIDE: here}
    assert register.residents(flag="floating") == {NEXT: here, FAR: here, OUTSIDE: here}
    # moves within the districts of a city are no floating, be it within one or between two
    one = register.residents(flag="floating", districts=[CITY_A])
    assert one == {FAR: here, OUTSIDE: here}
    both = register.residents(flag="floating", districts=[CITY_A, CITY_B])
    assert both == {OUTSIDE: here}


def test_districts_of_two_cities_do_not_make_one(engine: Engine) -> None:
    other = "513121001001"
    register = Register(engine, [someone(1)], [lives(1, other), registered(1, HOME)])
    found = register.residents(flag="floating", districts=[CITY_A, other[:6]])
    assert found == {other: [1] * 13}


def test_registered_people_are_counted_where_they_are_registered(engine: Engine) -> None:
    register = Register(
        engine,
        [someone(1), someone(2)],
        [lives(1, FAR), registered(1, HOME, "2000-01-01", "2024-06-15"), lives(2, HOME)],
    )
    assert register.on_record() == {HOME: [*[1] * 6, *[0] * 7]}


AGES = (
    ("1990-05-05", "2024-05-04", 33),
    ("1990-05-05", "2024-05-05", 34),
    ("2000-02-29", "2024-02-28", 23),
    ("2000-02-29", "2024-02-29", 24),
    ("1990-05", "2024-05-14", 33),  # a month alone counts as its 15th day
    ("1990-05", "2024-05-15", 34),
    ("1990-05", "2024-05", 34),
    ("1990", "2024-06-30", 33),  # a year alone as its first of July
    ("1990", "2024-07-01", 34),
    ("1990", "2024", 34),
    (None, "2024-05-05", None),
    ("2025-01-01", "2024-05-05", None),  # an error makes no age
)


def test_the_age_at_death_of_partial_dates(engine: Engine) -> None:
    register = Register(
        engine,
        [someone(at, born) for at, (born, _, _) in enumerate(AGES)],
        [lives(at, f"513021{at:03}001") for at in range(len(AGES))],
        [event(at, "death", on) for at, (_, on, _) in enumerate(AGES)],
    )
    found = {area: (age, count, key) for area, _, age, count, key in register.counted("death")}
    expected = {f"513021{at:03}001": (age, 1, 1000 + at) for at, (_, _, age) in enumerate(AGES)}
    assert found == expected


def test_events_of_the_months_before_and_after_the_window_are_left_out(engine: Engine) -> None:
    days = ("2023-12-31", "2024-01-01", "2024-12-31", "2025-01-01")
    people = range(1, len(days) + 1)
    register = Register(
        engine,
        [someone(at) for at in people],
        [lives(at, HOME) for at in people],
        [event(at, "death", day) for at, day in zip(people, days, strict=True)],
    )
    assert [(month, key) for _, month, _, _, key in register.counted("death")] == [
        (1, 1002), (12, 1003),
    ]  # fmt: skip


def test_equal_events_are_added_with_their_keys(engine: Engine) -> None:
    register = Register(
        engine,
        [someone(at) for at in (1, 2, 3)],
        [lives(at, HOME) for at in (1, 2, 3)],
        [event(at, "death", "2024-06-01") for at in (1, 2, 3)],
    )
    assert register.counted("death") == [(HOME, 6, 34, 3, 3006)]


def test_the_dead_are_counted_where_they_lived_and_where_they_were_registered(
    engine: Engine,
) -> None:
    register = Register(
        engine,
        [someone(1)],
        [
            lives(1, HOME, "1990-05-05", "2024-02-01"),
            lives(1, FAR, "2024-02-01", "2024-08-08"),
            registered(1, HOME, "1990-05-05", "2024-08-08"),
        ],
        [event(1, "death", "2024-08-08")],
    )
    assert register.counted("death") == [(FAR, 8, 34, 1, 1001)]
    assert register.counted("death", "registered") == [(HOME, 8, 34, 1, 1001)]
    # and their stay ends in that month: those who died are in no stock after it
    assert register.residents() == {HOME: [1, 1, *[0] * 11], FAR: [0, 0, *[1] * 6, *[0] * 5]}


def test_who_had_left_before_they_died_died_elsewhere(engine: Engine) -> None:
    register = Register(
        engine,
        [someone(1)],
        [lives(1, HOME, None, "2024-02-01")],
        [event(1, "death", "2024-08-08")],
    )
    assert register.counted("death") == []


def test_births_are_counted_where_the_child_lived_first(engine: Engine) -> None:
    def child(person: int, **cells: Any) -> Row:
        return someone(person, "2024-03-10", **cells)

    register = Register(
        engine,
        [child(1), child(2), child(3), child(4, birth_certificate_number="A1"), child(5)],
        [
            lives(1, HOME, "2024-03-10"), registered(1, FAR),
            lives(2, HOME, "2024-09-09"),  # 183 days after birth
            lives(3, HOME, "2024-09-10"),  # 184: brought here later
            lives(4, HOME, "2024-12-01"),  # but this one was born here, as a list of births says
            lives(5, HOME, "2024-03-10", "2024-05-01"), lives(5, NEXT, "2024-05-01"),
        ],
        [event(at, "birth", "2024-03-10") for at in range(1, 6)],
    )  # fmt: skip
    [(area, month, age, count, key)] = register.counted("birth")
    assert (area, month, age, count) == (HOME, 3, None, 4)  # nobody knows their mothers
    assert key == 1001 + 1002 + 1004 + 1005
    [(area, *_, count, key)] = register.counted("birth", "registered")
    assert (area, count, key) == (FAR, 1, 1001)


def test_a_child_is_born_in_the_month_in_which_the_stocks_begin_to_count_it(
    engine: Engine,
) -> None:
    born = ("2024", "2024-03", "2024-03-10", "2023", "2025")
    people = range(1, len(born) + 1)
    register = Register(
        engine,
        [someone(at, day) for at, day in zip(people, born, strict=True)],
        [
            lives(at, HOME, f"{day}-01-01"[:10] if len(day) == 4 else f"{day}-01"[:10])
            for at, day in zip(people, born, strict=True)
        ],
        [event(at, "birth", day) for at, day in zip(people, born, strict=True)],
    )
    assert [(month, key) for _, month, _, _, key in register.counted("birth")] == [
        (3, 1002 + 1003), (7, 1001),
    ]  # fmt: skip
    assert register.residents() == {HOME: [1, 1, 1, 3, 3, 3, 3, *[4] * 6]}


def test_the_age_of_the_mother_is_that_of_the_one_bearer_of_her_number(engine: Engine) -> None:
    def child(person: int, mother: str | None) -> Row:
        return someone(person, "2024-03-10", mother_id_number=mother)

    register = Register(
        engine,
        [
            someone(1, "1990-03-11", id_number="M1"),
            someone(2, "1980-01-01", id_number="M2"),
            someone(3, "1970-01-01", id_number="M2"),  # two people bear it: whose is it?
            child(4, "M1"), child(5, "M2"), child(6, "M3"), child(7, None),
        ],
        [lives(at, HOME, "2024-03-10") for at in (4, 5, 6, 7)],
        [event(at, "birth", "2024-03-10") for at in (4, 5, 6, 7)],
    )  # fmt: skip
    found = {age: count for _, _, age, count, _ in register.counted("birth")}
    assert found == {33: 1, None: 3}


def _summed(rows: Sequence[tuple], prefix: str) -> tuple[int, int]:
    inside = [row for row in rows if row[0].startswith(prefix)]
    return sum(row[3] for row in inside), sum(row[4] for row in inside)


def test_a_move_between_two_places_leaves_one_and_crosses_no_border_around_both(
    engine: Engine,
) -> None:
    register = Register(
        engine,
        [someone(1), someone(2), someone(3)],
        [
            lives(1, HOME, "1990-05-05", "2024-04-04"), lives(1, NEXT, "2024-04-04"),
            lives(2, HOME, "1990-05-05", "2024-04-04"), lives(2, FAR, "2024-04-04"),
            lives(3, HOME, "2024-04-04"),  # from nobody knows where
        ],
        [event(at, "move_in", "2024-04-04") for at in (1, 2, 3)],
    )  # fmt: skip
    came, went = register.counted("move_in"), register.counted("move_out")
    by_area = {
        "5130": ((1, 1003), (0, 0)),
        CITY_A: ((1, 1003), (1, 1002)),
        CITY_B: ((1, 1002), (0, 0)),
        HOME[:9]: ((1, 1003), (2, 2003)),
        NEXT[:9]: ((1, 1001), (0, 0)),
    }
    assert {area: (_summed(came, area), _summed(went, area)) for area in by_area} == by_area


def test_who_only_stays_elsewhere_for_a_while_has_not_moved(engine: Engine) -> None:
    register = Register(
        engine,
        [someone(1), someone(2)],
        [lives(1, HOME), lives(2, HOME, "1990-05-05")],
        [event(1, "move_in", "2024-04-04"), event(2, "move_out", "2024-11-11")],
    )
    assert register.counted("move_in") == register.counted("move_out") == []


def test_who_leaves_the_register_is_counted_where_they_lived(engine: Engine) -> None:
    register = Register(
        engine, [someone(1)], [lives(1, HOME, None, "2024-05-06")],
        [event(1, "move_out", "2024-05-06")],
    )  # fmt: skip
    assert register.counted("move_out") == [(HOME, 5, 34, 1, 1001)]
    assert register.residents() == {HOME: [*[1] * 5, *[0] * 8]}


def test_marriages_are_counted_where_people_lived_on_that_day(engine: Engine) -> None:
    register = Register(
        engine,
        [someone(1)],
        [lives(1, HOME, None, "2024-04-04"), lives(1, FAR, "2024-04-04")],
        [event(1, "marriage", "2024-03")],
    )
    assert register.counted("marriage") == [(HOME, 3, 33, 1, 1001)]


def test_people_in_is_people_out_and_births_less_deaths_and_net_moves(engine: Engine) -> None:
    """The balance of each area and month, where every day is known."""
    people = [someone(1), someone(2), someone(3), someone(4, "2024-03-10"), someone(5), someone(6)]
    spells = [
        lives(1, HOME, "1990-05-05"),
        lives(2, HOME, "1990-05-05", "2024-02-10"), lives(2, FAR, "2024-02-10"),
        lives(3, NEXT, "2024-06-06"),
        lives(4, HOME, "2024-03-10"),
        lives(5, FAR, "1990-05-05", "2024-09-09"),
        lives(6, NEXT, "1990-05-05", "2024-10-10"),
    ]  # fmt: skip
    events = [
        event(2, "move_in", "2024-02-10"), event(3, "move_in", "2024-06-06"),
        event(4, "birth", "2024-03-10"), event(5, "death", "2024-09-09"),
        event(6, "move_out", "2024-10-10"),
    ]  # fmt: skip
    register = Register(engine, people, spells, events)
    stocks = register.residents()
    flows = [
        (sign, register.counted(kind))
        for kind, sign in (("birth", 1), ("death", -1), ("move_in", 1), ("move_out", -1))
    ]
    for prefix in ("5130", CITY_A, CITY_B, HOME[:9], NEXT[:9]):
        inside = [stock for area, stock in stocks.items() if area.startswith(prefix)]
        first, last = sum(one[0] for one in inside), sum(one[-1] for one in inside)
        change = sum(sign * _summed(rows, prefix)[0] for sign, rows in flows)
        assert last == first + change, prefix
