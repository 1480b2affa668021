"""From checked cells to the tables that rooms hand over: records, original cells, problems. Pure.

Their shapes are in `docs/reference/tables.md`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import ibis
import ibis.expr.types as ir

from renkou.core.fields import FIELD_NAMES
from renkou.intake.checks import ID_FIELDS, rule_columns
from renkou.intake.rules import RULES
from renkou.intake.sources import SourceSpec

SOURCE_SPAN = 10**10


_PLACE = ("grid", "row", "person")
_NUMBERED = (*_PLACE, "removed")


def verdicts(checked: ir.Table, spec: SourceSpec, *, keyed: bool) -> ir.Table:
    """What the checks say of each row, without its cells: the narrow table that is kept.

    Place, `removed`, `refused`, the columns of rules, what rows are held against each other by,
    and, where `keyed`, the `key` by which the next delivery knows a row again. The wide rows are
    worked out once more when they are written, which costs less than to keep them.
    """
    between = [f"{name}__value" for name in spec.own_key if name in spec.fields]
    if {"id_number", "name"} <= set(spec.fields):
        between += ["id_number__key", "name__value"]
    names = (*_PLACE, "role", "removed", *(column for column, _ in rule_columns(checked)), *between)
    key = {"key": _key(checked, spec, "__value")} if keyed else {}
    return checked.select(*dict.fromkeys(names), **key)


def numbered(rows: ir.Table, prior: ir.Table | None, first_free: int) -> ir.Table:
    """`grid, row, person, removed, record_id` of accepted rows; numbers are permanent.

    Parameters
    ----------
    rows : `verdicts`, keyed where there is a prior
    prior : `record_id, key, occurrence` of the rows known so far (see `known_rows`), or None
    first_free : the first number not yet given

    A row with the source's own key, else with all canonical cells equal to those of a known row,
    keeps that row's number; the n-th of equal rows is the n-th of equal rows.
    """
    rows = rows.filter(rows.refused.isnull())
    if prior is None:
        return _with_fresh(rows.select(*_NUMBERED, known_id=ibis.null("int64")), first_free)
    rows = rows.select(*_NUMBERED, "key")
    order = ibis.window(group_by=rows.key, order_by=[rows[name] for name in _PLACE])
    rows = rows.mutate(occurrence=ibis.row_number().over(order).cast("int64"))
    known = prior.rename(known_id="record_id", known_key="key", known_occurrence="occurrence")
    same = (rows.key == known.known_key) & (rows.occurrence == known.known_occurrence)
    return _with_fresh(rows.left_join(known, same).select(*_NUMBERED, "known_id"), first_free)


def numbered_as(rows: ir.Table, told: ir.Table, first_free: int) -> ir.Table:
    """The same where `told` (`grid, row, person, record_id`) says it; null there is a new record."""
    rows = rows.filter(rows.refused.isnull()).select(*_NUMBERED)
    told = told.rename(known_id="record_id", **{f"told_{name}": name for name in _PLACE})
    same = [rows[name] == told[f"told_{name}"] for name in _PLACE]
    return _with_fresh(rows.left_join(told, same).select(*_NUMBERED, "known_id"), first_free)


def _with_fresh(rows: ir.Table, first_free: int) -> ir.Table:
    order = ibis.window(group_by=rows.known_id.isnull(), order_by=[rows[name] for name in _PLACE])
    fresh = ibis.row_number().over(order).cast("int64") + first_free
    return rows.select(*_NUMBERED, record_id=ibis.coalesce(rows.known_id, fresh))


def kept(rows: ir.Table, numbers: ir.Table) -> ir.Table:
    """The rows that become records, with `record_id`: those numbered and not removed."""
    told = numbers.filter(~numbers.removed).drop("removed")
    told = told.rename({f"number_{name}": name for name in _PLACE})
    same = [rows[name] == told[f"number_{name}"] for name in _PLACE]
    return rows.join(told, same).drop(*(f"number_{name}" for name in _PLACE))


def known_rows(records: ir.Table, spec: SourceSpec) -> ir.Table:
    """`record_id, key, occurrence` of accepted records, for the next delivery."""
    rows = records.mutate(key=_key(records, spec, ""))
    order = ibis.window(group_by=rows.key, order_by=rows.record_id)
    return rows.select("record_id", "key", occurrence=ibis.row_number().over(order).cast("int64"))


def _key(rows: ir.Table, spec: SourceSpec, suffix: str) -> ir.StringValue:
    def text(names: Sequence[str]) -> ir.StringValue:
        parts = [rows[name + suffix].fill_null("") for name in names]
        return ibis.literal("\x1f").join([rows.role, *parts])

    cells = text(spec.fields).hexdigest("md5")
    own = [name for name in spec.own_key if name in spec.fields]
    if not own:
        return cells
    has_key = ibis.or_(*[rows[name + suffix].notnull() for name in own])
    return ibis.cases((has_key, ibis.literal("key:") + text(own)), else_=cells)


def records(
    kept: ir.Table, spec: SourceSpec, delivery: str, reference_date: date,
    places: ir.Table,
) -> ir.Table:  # fmt: skip
    """The `records` table. `places` is `grid, file, sheet`."""
    rows = kept.join(places, "grid")
    fields = {
        name: rows[f"{name}__value"] if name in spec.fields else ibis.null("string")
        for name in FIELD_NAMES
    }
    keys = {
        _key_name(name): rows[f"{name}__key"] if name in spec.fields else ibis.null("string")
        for name in ID_FIELDS
    }
    lunar = (
        ibis.cases((rows["birth_date__rule"] == "DATE-07", "lunar"), else_=ibis.null("string"))
        if "birth_date" in spec.fields
        else ibis.null("string")
    )
    return rows.select(
        record_id=rows.record_id,
        source=ibis.literal(spec.id),
        delivery=ibis.literal(delivery),
        reference_date=ibis.literal(reference_date.isoformat()).cast("date"),
        file=rows.file,
        sheet=rows.sheet,
        row=rows.row,
        role=rows.role,
        **fields,
        id_key=keys.pop("id_key"),
        id_state=rows["id_number__state"]
        if "id_number" in spec.fields
        else ibis.literal("missing"),
        **keys,
        birth_calendar=lunar,
    )


def _key_name(name: str) -> str:
    return name.replace("id_number", "id_key")


def original_cells(kept: ir.Table, spec: SourceSpec) -> ir.Table:
    """The cells of accepted rows as written: `record_id` and one column per mapped field."""
    mapped = {name for person in spec.persons for name in person.columns}
    return kept.select("record_id", *[name for name in spec.fields if name in mapped])


def refused_rows(
    verdicts: ir.Table, cells: ir.Table, spec: SourceSpec, places: ir.Table
) -> ir.Table:
    """Rows that were not accepted: where they stand, the rule, their cells as written."""
    faulty = verdicts.filter(verdicts.refused.notnull()).select(*_PLACE, rule="refused")
    faulty = faulty.rename({f"faulty_{name}": name for name in _PLACE})
    same = [cells[name] == faulty[f"faulty_{name}"] for name in _PLACE]
    rows = cells.join(faulty, same).join(places, "grid")
    mapped = {name for person in spec.persons for name in person.columns}
    return rows.select(
        "file", "sheet", "row", "role", "rule", *[name for name in spec.fields if name in mapped]
    )


def broken_rules(checked: ir.Table, spec: SourceSpec) -> ir.Table:
    """`grid, row, person, role, field, rule` of every cell and row that breaks one."""
    found = [
        _at(checked.filter(checked[column].notnull()), name, checked[column])
        for column, name in rule_columns(checked)
    ]
    return ibis.union(*found, *_between_rows(checked, spec))


def _at(rows: ir.Table, field: str | None, rule: ir.StringValue | str) -> ir.Table:
    """Rows at fault by place; `rule` is the column that holds its code, or the code."""
    code = ibis.literal(rule) if isinstance(rule, str) else rule
    return rows.select(
        "grid", "row", "person", "role", field=ibis.literal(field, "string"), rule=code
    )


def _between_rows(checked: ir.Table, spec: SourceSpec) -> list[ir.Table]:
    """What one row breaks by another: the source's key twice, one number under several names."""
    rows = checked.filter(checked.refused.isnull())
    found = []
    own = [name for name in spec.own_key if name in spec.fields]
    if own:
        missing = ibis.and_(*[rows[f"{name}__value"].isnull() for name in own])
        found.append(_at(rows.filter(missing), own[0], "ROW-04"))
        keys = ["role", *(f"{name}__value" for name in own)]
        twice = rows.filter(~missing).group_by(keys).having(ibis._.count() > 1).aggregate()
        found.append(_at(rows.semi_join(twice, keys), own[0], "ROW-03"))
    if {"id_number", "name"} <= set(spec.fields):
        named = rows.filter(rows["id_number__key"].notnull(), rows["name__value"].notnull())
        names = named.group_by("id_number__key").aggregate(
            first=named["name__value"].min(), last=named["name__value"].max()
        )
        shared = names.filter(names["first"] != names["last"])
        found.append(_at(rows.semi_join(shared, "id_number__key"), "id_number", "ID-12"))
    return found


def problems(
    broken: ir.Table, numbers: ir.Table, spec: SourceSpec, delivery: str,
    places: ir.Table, labels: ir.Table,
) -> ir.Table:  # fmt: skip
    """The `problems` table. `labels` is `grid, role, field, column`. Never a value."""
    told = numbers.drop("removed")
    rows = broken.left_join(told, list(_PLACE)).drop(*(f"{name}_right" for name in _PLACE))
    rows = rows.join(places, "grid")
    rows = rows.left_join(labels, ["grid", "role", "field"])
    severity = rows.rule.cases(
        *[(rule.code, rule.severity) for rule in RULES.values()], else_="warning"
    )
    return rows.select(
        source=ibis.literal(spec.id),
        delivery=ibis.literal(delivery),
        file=rows.file,
        sheet=rows.sheet,
        row=rows.row,
        column=rows.column,
        field=rows.field,
        role=ibis.cases((rows.field.isnull(), ibis.null("string")), else_=rows.role),
        rule=rows.rule,
        severity=severity,
        record_id=rows.record_id,
    )
