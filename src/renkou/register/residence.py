"""Usual residence, decided from the evidence by a dated, named rule. Pure (Ibis).

The rule `census-2020` is the official definition (National Bureau of Statistics, seventh census):
a usual resident of a place is registered there and lives there, or has lived there for more than
six months though registered elsewhere, or is registered there and away for less than six months.

Evidence is the chosen usual area and the day of its record, the days of arrival and departure, and
the chosen status. Someone of whom nothing but a registration is known counts as living where
registered. What the rule makes of it stands in `residence_status`:

    resident         registered here and living here
    from_elsewhere   living here for more than six months, registered elsewhere or nowhere known
    temporary        elsewhere for less than six months: usual residence is where registered
    away             registered here, away for more than six months, present place unknown
    left             left the place where they lived, present place unknown
    dead             dead
    unknown          neither a registration nor a place is known
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from renkou.register.survivorship import DEAD, overruled

RULE = "census-2020"
_MONTHS = 6


def first_day(text: ir.Value) -> ir.Value:
    """The first day of a partial ISO date; null where it is none."""
    whole = ibis.cases(
        (text.length() == 10, text),
        (text.length() == 7, text + "-01"),
        (text.length() == 4, text + "-01-01"),
    )
    return whole.try_cast("date")


def with_residence(chosen: ir.Table) -> ir.Table:
    """`chosen` with alive, died_on, registered_now, residence_status, usual_now and since when.

    Adds `born_on`, `died_on`, `arrived_on`, `left_on` (days), `alive`, `registered_now` (null
    once the registration is cancelled), `usual_now`, `residence_status`. Where a date of death is
    known, a `status` that says otherwise becomes `dead`, on the word of that date's record.
    """
    chosen = _with_known_deaths(chosen)
    dated = chosen.mutate(
        born_on=first_day(chosen.birth_date),
        died_on=_died_on(chosen),
        arrived_on=first_day(chosen.arrived_date),
        left_on=first_day(chosen.left_date),
        gone=chosen.status.isin(["left", "cancelled"]).fill_null(False),
        alive=~((chosen.status == DEAD).fill_null(False) | chosen.death_date.notnull()),
    )
    dated = dated.mutate(
        registered_now=(dated.status == "cancelled")
        .fill_null(False)
        .ifelse(ibis.null("string"), dated.registered_area),
        here_again=dated.arrived_on > dated.left_on,
    )
    known = dated.mutate(residence_status=_status(dated))
    living = known.residence_status
    usual = ibis.cases(
        (living.isin(["dead", "left", "away", "unknown"]), ibis.null("string")),
        (living == "temporary", known.registered_now),
        else_=ibis.coalesce(known.usual_area, known.registered_now),
    )
    return known.mutate(usual_now=usual)


def _with_known_deaths(chosen: ir.Table) -> ir.Table:
    unheard = (chosen.death_date.notnull() & (chosen.status != DEAD)).fill_null(False)
    told = overruled(chosen.status__told, chosen.death_date__told)
    return chosen.mutate(
        status=unheard.ifelse(DEAD, chosen.status),
        status__record=unheard.ifelse(chosen.death_date__record, chosen.status__record),
        status__told=unheard.ifelse(told, chosen.status__told),
    )


def _died_on(chosen: ir.Table) -> ir.Value:
    """The day of death; where only the status says so, the day by which it was known."""
    by = (chosen.status == DEAD).ifelse(chosen.status__day, ibis.null("date"))
    return ibis.coalesce(first_day(chosen.death_date), by)


def _status(dated: ir.Table) -> ir.Value:
    elsewhere = dated.usual_area.notnull() & ~same_place(dated.usual_area, dated.registered_now)
    half_a_year = dated.arrived_on + ibis.interval(months=_MONTHS)
    short_stay = (half_a_year.cast("date") > dated.usual_area__day).fill_null(False)
    left = (dated.left_on.notnull() & ~dated.here_again.fill_null(False)) | dated.gone
    soon_back = (dated.left_on + ibis.interval(months=_MONTHS)).cast("date") > dated.status__day
    registered = dated.registered_now.notnull()
    return ibis.cases(
        (~dated.alive, "dead"),
        (left & elsewhere, "left"),
        (left & registered & soon_back.fill_null(False), "temporary"),
        (left & registered, "away"),
        (left, "left"),
        (elsewhere & short_stay, "temporary"),
        (elsewhere, "from_elsewhere"),
        (registered, "resident"),
        else_="unknown",
    )


def same_place(one: ir.Value, other: ir.Value) -> ir.Value:
    """Whether two area codes are of one township, as far as both are known."""
    one, other = one.substr(0, 9), other.substr(0, 9)
    return (one.startswith(other) | other.startswith(one)).fill_null(False)
