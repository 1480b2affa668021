"""From checked cells to the tables that rooms hand over: records, original cells, problems. Pure.

Their shapes are in `docs/reference/tables.md`.
"""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from renkou.core.fields import FIELD_NAMES
from renkou.intake.checks import ID_FIELDS, rule_columns
from renkou.intake.comparing import PLACE, row_content, row_key
from renkou.intake.rules import RULES
from renkou.intake.sources import SourceSpec

SOURCE_SPAN = 10**10


def verdicts(checked: ir.Table, spec: SourceSpec, *, keyed: bool) -> ir.Table:
    """What the checks say of each row, without the cells as written, to be kept.

    Place, `role`, `removed`, canonical values, states and rules and, where `keyed`, the `key` that
    a known row is found by and its `content`.
    """
    names = [name for name in checked.columns if name not in spec.fields and name != "fault"]
    told: dict[str, ir.Value] = {}
    if keyed:
        told["key"] = row_key(checked, spec, "__value")
        told["content"] = row_content(checked, spec, "__value")
    return checked.select(*names, **told)


def kept(rows: ir.Table, numbers: ir.Table) -> ir.Table:
    """The rows that become records, with `record_id`: those numbered and not removed."""
    told = numbers.filter(~numbers.removed).drop("removed")
    told = told.rename({f"number_{name}": name for name in PLACE})
    same = [rows[name] == told[f"number_{name}"] for name in PLACE]
    return rows.join(told, same).drop(*(f"number_{name}" for name in PLACE))


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
    verdicts: ir.Table, cells: ir.Table, spec: SourceSpec, places: ir.Table,
    carried: ir.Table | None = None,
) -> ir.Table:  # fmt: skip
    """Rows that were not accepted: where they stand, the rule, their cells as written.

    `record_id` is that of the record which stays as it was (`comparing.still_there`), or null.
    """
    faulty = verdicts.filter(verdicts.refused.notnull()).select(*PLACE, rule="refused")
    if carried is None:
        faulty = faulty.mutate(record_id=ibis.null("int64"))
    else:
        faulty = faulty.left_join(carried, list(PLACE)).select(*PLACE, "rule", "record_id")
    faulty = faulty.rename({f"faulty_{name}": name for name in PLACE})
    same = [cells[name] == faulty[f"faulty_{name}"] for name in PLACE]
    rows = cells.join(faulty, same).join(places, "grid")
    mapped = {name for person in spec.persons for name in person.columns}
    return rows.select(
        *("file", "sheet", "row", "role", "rule", "record_id"),
        *[name for name in spec.fields if name in mapped],
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
    rows = broken.left_join(told, list(PLACE)).drop(*(f"{name}_right" for name in PLACE))
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
