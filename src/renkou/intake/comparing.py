"""A delivery's rows held against the records known so far: who is who, what is new or changed. Pure.

A row with the source's own key, else with all canonical cells equal to those of a known record, is
that record. A row that was refused says nothing but that its record still stands on the list.
"""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from renkou.intake.sources import SourceSpec

PLACE = ("grid", "row", "person")
_NUMBERED = (*PLACE, "removed")


def row_key(rows: ir.Table, spec: SourceSpec, suffix: str) -> ir.StringValue:
    """What a row is known by: the source's own key where it has one, else `row_content`."""
    own = [name for name in spec.own_key if name in spec.fields]
    content = row_content(rows, spec, suffix)
    if not own:
        return content
    has_key = ibis.or_(*[rows[name + suffix].notnull() for name in own])
    return ibis.cases((has_key, ibis.literal("key:") + _text(rows, own, suffix)), else_=content)


def row_content(rows: ir.Table, spec: SourceSpec, suffix: str) -> ir.StringValue:
    """A digest of a row's role and all its canonical cells."""
    return _text(rows, spec.fields, suffix).hexdigest("md5")


def _text(rows: ir.Table, names: Sequence[str], suffix: str) -> ir.StringValue:
    parts = [rows[name + suffix].fill_null("") for name in names]
    return ibis.literal("\x1f").join([rows.role, *parts])


def known_rows(records: ir.Table, spec: SourceSpec) -> ir.Table:
    """`record_id, key, occurrence` of accepted records, for the next delivery.

    A record that stands in several deliveries is one.
    """
    rows = records.select("record_id", key=row_key(records, spec, "")).distinct()
    order = ibis.window(group_by=rows.key, order_by=rows.record_id)
    return rows.select("record_id", "key", occurrence=ibis.row_number().over(order).cast("int64"))


def numbered(rows: ir.Table, prior: ir.Table | None, first_free: int) -> ir.Table:
    """`grid, row, person, removed, record_id` of accepted rows; numbers are permanent.

    Parameters
    ----------
    rows : `outcome.verdicts`, keyed where there is a prior
    prior : `record_id, key, occurrence` of the rows known so far (see `known_rows`), or None
    first_free : the first number not yet given

    A known row keeps its number; the n-th of equal rows is the n-th of equal rows.
    """
    rows = rows.filter(rows.refused.isnull())
    if prior is None:
        return _with_fresh(rows.select(*_NUMBERED, known_id=ibis.null("int64")), first_free)
    rows = rows.select(*_NUMBERED, "key")
    order = ibis.window(group_by=rows.key, order_by=[rows[name] for name in PLACE])
    rows = rows.mutate(occurrence=ibis.row_number().over(order).cast("int64"))
    known = prior.rename(known_id="record_id", known_key="key", known_occurrence="occurrence")
    same = (rows.key == known.known_key) & (rows.occurrence == known.known_occurrence)
    return _with_fresh(rows.left_join(known, same).select(*_NUMBERED, "known_id"), first_free)


def numbered_as(rows: ir.Table, told: ir.Table, first_free: int) -> ir.Table:
    """The same where `told` (`grid, row, person, record_id`) says it; null there is a new record."""
    rows = rows.filter(rows.refused.isnull()).select(*_NUMBERED)
    told = told.rename(known_id="record_id", **{f"told_{name}": name for name in PLACE})
    same = [rows[name] == told[f"told_{name}"] for name in PLACE]
    return _with_fresh(rows.left_join(told, same).select(*_NUMBERED, "known_id"), first_free)


def _with_fresh(rows: ir.Table, first_free: int) -> ir.Table:
    order = ibis.window(group_by=rows.known_id.isnull(), order_by=[rows[name] for name in PLACE])
    fresh = ibis.row_number().over(order).cast("int64") + first_free
    return rows.select(*_NUMBERED, record_id=ibis.coalesce(rows.known_id, fresh))


def still_there(rows: ir.Table, state: ir.Table, spec: SourceSpec, numbers: ir.Table) -> ir.Table:
    """`grid, row, person, record_id` of refused rows whose record is known and not accepted anew.

    Known by the key, else by a valid id number in the same role.

    Parameters
    ----------
    rows : `outcome.verdicts`, keyed
    state : the current records of the source
    numbers : `numbered` of the accepted rows
    """
    faulty = rows.filter(rows.refused.notnull())
    state = state.anti_join(numbers, "record_id")
    known = state.select(known_id="record_id", known_key=row_key(state, spec, ""))
    found = [faulty.join(known, faulty.key == known.known_key).mutate(order=0)]
    if "id_number__key" in rows.columns:
        holders = state.select(holder_id="record_id", holder="id_key", holder_role="role")
        same = (faulty.id_number__key == holders.holder) & (faulty.role == holders.holder_role)
        held = faulty.join(holders, same).mutate(known_id=ibis._.holder_id, order=1)
        found.append(held)
    all_ = [table.select(*PLACE, "known_id", "order") for table in found]
    matches = ibis.union(*all_) if len(all_) > 1 else all_[0]
    first = ibis.window(group_by=list(PLACE), order_by=[matches.order, matches.known_id])
    matches = matches.mutate(rank=ibis.row_number().over(first))
    return matches.filter(matches["rank"] == 0).select(*PLACE, record_id="known_id")


def removed_by_number(rows: ir.Table, state: ir.Table, numbers: ir.Table) -> ir.Table:
    """`grid, row, person, record_id`: whom a removal names by number, its row being unknown else.

    Of a removal an office often writes no more than name and number: the row then has no key, or not
    all the cells of its record. Where both have a name it must be the same.
    """
    unknown = numbers.filter(numbers.removed).anti_join(state, "record_id").select(*PLACE)
    removals = rows.semi_join(unknown, PLACE)
    name = removals.name__value if "name__value" in removals.columns else ibis.null("string")
    removals = removals.select(*PLACE, "role", number=removals.id_number__key, removed_name=name)
    holders = state.select(
        known_id="record_id", holder=state.id_key, holder_role=state.role, holder_name=state.name
    )
    same = (removals.number == holders.holder) & (removals.role == holders.holder_role)
    found = removals.join(holders, same)
    named = (found.removed_name == found.holder_name).fill_null(True)
    told = numbers.filter(~numbers.removed)
    found = found.filter(named).select(*PLACE, record_id="known_id")
    return found.anti_join(told, "record_id")


def changes(
    rows: ir.Table, numbers: ir.Table, state: ir.Table | None, spec: SourceSpec, first_free: int
) -> ir.Table:
    """One row: how many accepted rows are `new`, and how many `unchanged` from the `state`."""
    told = numbers.filter(~numbers.removed)
    new = (told.record_id >= first_free).sum().fill_null(0)
    if state is None:
        return told.aggregate(total=told.count(), new=new, unchanged=ibis.literal(0))
    contents = rows.select(**{f"row_{name}": name for name in PLACE}, content="content")
    told = told.join(contents, [told[name] == contents[f"row_{name}"] for name in PLACE])
    was = state.select(was_id="record_id", was=row_content(state, spec, ""))
    told = told.left_join(was, told.record_id == was.was_id)
    return told.aggregate(
        total=told.count(),
        new=(told.record_id >= first_free).sum().fill_null(0),
        unchanged=(told.content == told.was).fill_null(False).sum().fill_null(0),
    )
