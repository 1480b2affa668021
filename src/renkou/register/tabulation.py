"""An edition as counts: who came into and went out of each population, month by month. Pure (Ibis).

Every count travels with the sum of the record keys of those counted (`*_key`), so that whatever is
made of it can be perturbed alike wherever it appears. A month is a number: year x 12 + month - 1.

A population at the end of a month is the changes up to it. Someone whose month of birth is b has
completed (m - b) // 12 years at the end of month m, so that a population by month of birth is one by
age in every later month without looking at the people again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import ibis
import ibis.expr.types as ir

from renkou.register.residence import first_day, same_place

UNKNOWN_MONTH = -1
BORN_HERE_WITHIN_DAYS = 183
COUNTY_DIGITS = 6
_TIERS = (9, 6, 4)  # digits of townships, counties, prefectures


class Window(NamedTuple):
    """The months of a tabulation, as numbers: the one whose end opens it, and its last."""

    opening: int
    last: int


def month_number(day: ir.Value) -> ir.Value:
    """The month of a day; null where the day is unknown."""
    return (day.year() * 12 + day.month() - 1).cast("int32")


def month_of_birth(text: ir.Value) -> ir.Value:
    """The month of a partial ISO date; July where only the year is known, -1 where nothing is."""
    year, month = text.substr(0, 4).try_cast("int32"), text.substr(5, 2).try_cast("int32")
    return ibis.coalesce(year * 12 + month - 1, year * 12 + 6, UNKNOWN_MONTH).cast("int32")


def people_counted(persons: ir.Table, keys: ir.Table) -> ir.Table:
    """What counting needs of each person: sex, month of birth, record key (`keys`: person_id, key)."""
    told = persons.select(
        "person_id", "sex", "birth_date", birth_month=month_of_birth(persons.birth_date)
    )
    return told.inner_join(keys, "person_id")


def usual_residents(spells: ir.Table, people: ir.Table, districts: Sequence[str]) -> ir.Table:
    """One row per stay: area, sex, birth_month, key, from_month, until_month, apart, floating.

    Where a list names only the county, and the person is registered in it, the stay is counted where
    they are registered: their township is not known to be another.

    `apart`: lives outside the township of registration (人户分离), or registered nowhere here;
    `floating`: that, but for moves between districts (`districts`: codes of 市辖区) of one prefecture.
    """
    registered = _registered(spells).select("person_id", home="value")
    stays = spells.filter(spells.kind == "usual_area").left_join(registered, "person_id")
    finer = stays.home.startswith(stays.value).fill_null(False)
    apart = stays.home.isnull() | ~same_place(stays.value, stays.home)
    within_city = _between_districts(stays.value, stays.home, districts)
    placed = stays.mutate(
        area=finer.ifelse(stays.home, stays.value), apart=apart, floating=apart & ~within_city
    )
    return _dated(placed, people, "apart", "floating")


def registered_people(spells: ir.Table, people: ir.Table) -> ir.Table:
    """One row per registration: area, sex, birth_month, key, from_month, until_month."""
    return _dated(_registered(spells).mutate(area=ibis._.value), people)


def _registered(spells: ir.Table) -> ir.Table:
    return spells.filter(spells.kind == "registered_area")


def _between_districts(here: ir.Value, home: ir.Value, districts: Sequence[str]) -> ir.Value:
    if not districts:
        return ibis.literal(False)
    both = [place.substr(0, COUNTY_DIGITS).isin(list(districts)) for place in (here, home)]
    return (both[0] & both[1] & (here.substr(0, 4) == home.substr(0, 4))).fill_null(False)


def _dated(spells: ir.Table, people: ir.Table, *flags: str) -> ir.Table:
    """Spells with the person's sex, month of birth and key, and the months of their ends."""
    told = spells.select("person_id", "area", "valid_from", "valid_to", *flags)
    rows = told.inner_join(people, "person_id")
    since = ibis.coalesce(month_number(rows.valid_from), rows.birth_month)
    return rows.select(
        "area", "sex", "birth_month", "key", *flags,
        from_month=ibis.greatest(since, rows.birth_month),
        until_month=month_number(rows.valid_to),
    )  # fmt: skip


def population_changes(stays: ir.Table, window: Window, *flags: str) -> ir.Table:
    """Changes of a population in the months of a window, its opening stock as changes of `opening`.

    Columns: area, sex, birth_month, month, count, key, and per flag `<flag>`, `<flag>_key`. Who
    comes and goes within a month was there at the end of none, and is not counted.
    """
    since = ibis.greatest(stays.from_month, window.opening)
    rows = stays.mutate(since=since)
    rows = rows.filter(rows.since <= window.last, (rows.until_month > rows.since).fill_null(True))
    came = rows.mutate(month=rows.since, sign=ibis.literal(1, "int64"))
    went = rows.filter(rows.until_month <= window.last)
    went = went.mutate(month=went.until_month, sign=ibis.literal(-1, "int64"))
    names = ("area", "sex", "birth_month", "key", "month", "sign", *flags)
    both = ibis.union(came.select(*names), went.select(*names))
    counted = {"count": both.sign.sum(), "key": (both.sign * both.key).sum()}
    for flag in flags:
        counted[flag] = both[flag].ifelse(both.sign, 0).sum()
        counted[f"{flag}_key"] = both[flag].ifelse(both.sign * both.key, 0).sum()
    return both.group_by("area", "sex", "birth_month", "month").agg(
        **{name: value.cast("int64") for name, value in counted.items()}
    )


def event_counts(
    events: ir.Table,
    spells: ir.Table,
    persons: ir.Table,
    people: ir.Table,
    window: Window,
    keep: Callable[[ir.Table], ir.Table] = lambda rows: rows,
) -> ir.Table:
    """Events of usual residents and registered people: base, kind, area, month, sex, age, count, key.

    `age` is the completed age of the deceased, the mover or the married; of a birth, the mother's
    (null where she is not known). `base` is `usual` or `registered`: whose event it is, and where.
    The counts of moves are for sums over all places of an area (see `_moves`): some are below 0.
    `keep` may run an expression once and keep its rows: the events and their people's stays are a
    tenth of all, and are looked at five times.
    """
    dated = keep(dated_events(events, people, window))
    stays = keep(usual_stays(spells.semi_join(dated, "person_id")))
    placed = ibis.union(
        _placed(_births_here(dated, stays, persons), "usual"),
        _placed(_where_living(dated, stays), "usual"),
        _moves(dated, stays),
        _placed(_where_registered(dated, spells), "registered"),
    )
    aged = _with_ages(placed, persons)
    return aged.group_by("base", "kind", "area", "month", "sex", "age").agg(
        count=aged.sign.sum().cast("int64"), key=(aged.sign * aged.key).sum().cast("int64")
    )


_OF_EVENTS = ("person_id", "kind", "event_date", "day", "month", "sex", "birth_date", "key")


def dated_events(events: ir.Table, people: ir.Table, window: Window) -> ir.Table:
    """Events of a window with their first possible day, their month, and the person's sex and key."""
    told = events.select("person_id", "kind", "event_date", day=first_day(events.event_date))
    born = month_of_birth(told.event_date)  # as in the stocks: July where only the year is known
    told = told.mutate(month=(told.kind == "birth").ifelse(born, month_number(told.day)))
    inside = told.filter(told.month > window.opening, told.month <= window.last)
    return inside.inner_join(people, "person_id").select(*_OF_EVENTS)


def _placed(rows: ir.Table, base: str, sign: int = 1) -> ir.Table:
    told = {"base": ibis.literal(base), "sign": ibis.literal(sign, "int64")}
    return rows.select(*_OF_EVENTS, "area", **told)


def _births_here(dated: ir.Table, stays: ir.Table, persons: ir.Table) -> ir.Table:
    """Births to women who live here, at the child's first usual area.

    A child with a birth certificate of one of the lists was born here; of others, those who lived
    here half a year after birth. Who came later was not.
    """
    births = dated.filter(dated.kind == "birth")
    certified = persons.filter(persons.birth_certificate_number.notnull()).select("person_id")
    first = _first_usual(stays)
    rows = births.inner_join(first, "person_id")
    rows = rows.left_join(certified.mutate(certified=ibis.literal(True)), "person_id")
    soon = rows.since <= rows.day + ibis.interval(days=BORN_HERE_WITHIN_DAYS)
    return rows.filter(rows.certified.fill_null(False) | soon.fill_null(False))


def usual_stays(spells: ir.Table) -> ir.Table:
    """person_id, valid_from, valid_to, area: usual areas as finely as the registration tells.

    See `usual_residents`.
    """
    home = _registered(spells).select("person_id", home="value")
    rows = spells.filter(spells.kind == "usual_area").left_join(home, "person_id")
    finer = rows.home.startswith(rows.value).fill_null(False)
    return rows.select(
        "person_id", "valid_from", "valid_to", area=finer.ifelse(rows.home, rows.value)
    )


def _first_usual(rows: ir.Table) -> ir.Table:
    """person_id, area and since when of the first place where somebody usually lived."""
    begun = ibis.coalesce(rows.valid_from, ibis.date("9999-12-31"))
    return (
        rows.mutate(begun=begun)
        .group_by("person_id")
        .agg(area=ibis._.area.argmin(ibis._.begun), since=ibis._.valid_from.min())
    )


def _where_living(dated: ir.Table, stays: ir.Table) -> ir.Table:
    """Deaths and marriages at the usual area of that day."""
    dated = dated.filter(dated.kind.isin(["death", "marriage"]))
    rows = dated.inner_join(stays, "person_id")
    begun = (rows.valid_from <= rows.day).fill_null(True)
    not_over = (rows.valid_to >= rows.day).fill_null(True)
    there = rows.filter(begun & not_over)
    since = ibis.coalesce(there.valid_from, ibis.date("0001-01-01"))
    found = (
        there.mutate(since=since)
        .group_by("person_id", "kind", "event_date")
        .agg(area=ibis._.area.argmax(ibis._.since))
    )
    return dated.inner_join(found, ["person_id", "kind", "event_date"])


def _moves(dated: ir.Table, stays: ir.Table) -> ir.Table:
    """Moves that began or ended usual residence, at the place they led to or from.

    Who comes from another place of the register also moves out of that one. Such a move counts -1 at
    the smallest area that holds both ends: summed over its places, an area has only those who crossed
    its border. Who stays elsewhere for less than half a year has not moved.
    """
    came, went = arrivals_and_departures(dated, stays)
    inside = came.mutate(area=_common_area(came.goal, came.origin))
    inside = inside.filter(inside.area.notnull())
    as_out = {"kind": ibis.literal("move_out")}
    return ibis.union(
        _placed(came.mutate(area=came.goal), "usual"),
        _placed(came.filter(came.origin.notnull()).mutate(area=ibis._.origin, **as_out), "usual"),
        _placed(inside, "usual", -1),
        _placed(inside.mutate(**as_out), "usual", -1),
        _placed(went.mutate(area=went.origin), "usual"),
    )


def arrivals_and_departures(dated: ir.Table, stays: ir.Table) -> tuple[ir.Table, ir.Table]:
    """Moves in with `goal` and `origin` (null where it is in no list), and moves out with `origin`.

    Those that began or ended usual residence on their day; stays without a day are none.
    """
    lasting = stays.filter((stays.valid_to > stays.valid_from).fill_null(True))
    begun = lasting.select("person_id", day="valid_from", goal="area")
    ended = lasting.select("person_id", day="valid_to", origin="area")
    came = dated.filter(dated.kind == "move_in").inner_join(begun, ["person_id", "day"])
    came = came.left_join(ended, ["person_id", "day"]).drop("person_id_right", "day_right")
    return came, dated.filter(dated.kind == "move_out").inner_join(ended, ["person_id", "day"])


def _common_area(one: ir.Value, other: ir.Value) -> ir.Value:
    """The smallest area above villages that holds two places; null where there is none."""
    return ibis.cases(
        *(
            ((one.substr(0, size) == other.substr(0, size)) & (one.length() >= size), one.substr(0, size))
            for size in _TIERS
        ),
        else_=ibis.null("string"),
    )  # fmt: skip


def _where_registered(dated: ir.Table, spells: ir.Table) -> ir.Table:
    """Births and deaths of registered people, where they are or were registered."""
    rows = dated.filter(dated.kind.isin(["birth", "death"]))
    return rows.inner_join(_registered(spells).select("person_id", area="value"), "person_id")


def _with_ages(rows: ir.Table, persons: ir.Table) -> ir.Table:
    births = rows.filter(rows.kind == "birth").select("person_id")
    whose = persons.select("person_id", "mother_id_number").semi_join(births, "person_id")
    mothers = _birth_dates_by_number(
        persons.semi_join(whose, persons.id_number == whose.mother_id_number)
    )
    rows = rows.left_join(whose, "person_id").drop("person_id_right")
    rows = rows.left_join(mothers, rows.mother_id_number == mothers.number)
    born = (rows.kind == "birth").ifelse(rows.mothers_birth, rows.birth_date)
    age = completed_years(born, rows.event_date)
    return rows.mutate(age=(age >= 0).ifelse(age, ibis.null("int32")))


def _birth_dates_by_number(persons: ir.Table) -> ir.Table:
    """The birth date under each identity number that one person bears."""
    known = persons.filter(persons.id_number.notnull(), persons.birth_date.notnull())
    grouped = known.group_by("id_number").agg(
        mothers_birth=known.birth_date.min(), bearers=known.count()
    )
    return grouped.filter(grouped.bearers == 1).select("mothers_birth", number="id_number")


def completed_years(born: ir.Value, on: ir.Value) -> ir.Value:
    """Completed years between two partial ISO dates; a month alone counts as its 15th day."""
    years = on.substr(0, 4).try_cast("int32") - born.substr(0, 4).try_cast("int32")
    not_yet = (_day_of_year(on) < _day_of_year(born)).cast("int32")
    return (years - not_yet).cast("int32")


def _day_of_year(text: ir.Value) -> ir.Value:
    """Month and day as text that sorts; the middle where they are unknown."""
    return ibis.cases(
        (text.length() == 10, text.substr(5, 5)),
        (text.length() == 7, text.substr(5, 2) + "-15"),
        else_="07-01",
    )
