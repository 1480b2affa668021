"""Checks a delivery's person cells: canonical values and the rules that cells break. Pure.

Input is the kept table of `cells.all_person_cells` over all sheets; output the same rows with, for
each field, `<field>__value` and columns `<field>__rule…` that hold a rule code or null.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

import ibis
import ibis.expr.types as ir

from renkou.core.areas import AreaDoubt, AreaIndex, resolve_all
from renkou.core.fields import FIELD, FIELD_NAMES, Kind
from renkou.intake.check_id_numbers import agreement_rules, id_number_check
from renkou.intake.cleaning import MISSING, clean_code, clean_dates, clean_name, known_codes
from renkou.intake.lookups import (
    Column,
    Columns,
    Expressions,
    FieldCheck,
    Lookups,
    Wanted,
    remembered,
    with_checks,
    with_keys,
)
from renkou.intake.rules import RULES
from renkou.intake.sources import SourceSpec

# Characters of words that stand where a name should; names with one are seen one by one.
_ODD_IN_NAMES = "之婴无未某暂宝不空待孩儿毛"


def _plain_name() -> str:
    """The pattern of two to four Chinese characters with no odd one among them.

    One pattern of ranges between the odd characters: looking for these apart would cost as much
    again, on every name of a city.
    """
    edges = sorted(map(ord, _ODD_IN_NAMES))
    starts, ends = [0x4E00, *(at + 1 for at in edges)], [*(at - 1 for at in edges), 0x9FFF]
    ranges = zip(starts, ends, strict=True)
    return f"^[{''.join(f'{chr(a)}-{chr(b)}' for a, b in ranges if a <= b)}]{{2,4}}$"


_PLAIN_NAME = _plain_name()
_AREA_RULES = {AreaDoubt.UNKNOWN: "AREA-01", AreaDoubt.AMBIGUOUS: "AREA-02"}
_OLDEST = 120
ID_FIELDS = tuple(name for name in FIELD_NAMES if FIELD[name].kind is Kind.ID_NUMBER)


@dataclass(frozen=True)
class CheckSettings:
    """What the checks of one delivery need beside its cells."""

    spec: SourceSpec
    reference_date: date
    areas: AreaIndex


def checked_cells(cells: ir.Table, settings: CheckSettings, lookups: Lookups) -> ir.Table:
    """All rows with canonical values and rules. `cells` are `keyed_cells`, kept."""
    checks = _checks(cells, settings)
    rows = _with_row_rules(with_checks(cells, checks, lookups), settings)
    keys = {name for check in checks for name in check.keys}
    kept = [
        column
        for column in rows.columns
        if _is_outcome(column) or (column in cells.columns and column not in keys)
    ]
    return rows.select(*kept)


def keyed_cells(cells: ir.Table, settings: CheckSettings) -> ir.Table:
    """The cells with what is looked up of them beside, to be kept: it is read several times."""
    return with_keys(cells, _checks(cells, settings))


def _checks(cells: ir.Table, settings: CheckSettings) -> list[FieldCheck]:
    return [_CHECKS[FIELD[name].kind](cells, name, settings) for name in settings.spec.fields]


def _is_outcome(column: str) -> bool:
    part = column.partition("__")[2]
    return column == "refused" or part in ("value", "key", "state") or part.startswith("rule")


def _id_number(cells: ir.Table, name: str, settings: CheckSettings) -> FieldCheck:
    return id_number_check(cells, name, settings.reference_date)


def _name(cells: ir.Table, name: str, settings: CheckSettings) -> FieldCheck:
    del settings
    plain = cells[name].re_search(_PLAIN_NAME).fill_null(True)
    odd = ibis.cases((plain, ""), else_=cells[name])
    wanted = Wanted(f"{name}__odd_", remembered(_names, ("clean", "found", "seen")))

    def values(rows: ir.Table) -> dict[str, ir.Value]:
        clean, seen = rows[f"{name}__odd_clean"], rows[f"{name}__odd_seen"]
        return {
            f"{name}__value": ibis.cases((seen.isnull(), rows[name]), else_=clean),
            f"{name}__rule": rows[f"{name}__odd_found"],
        }

    key = f"{name}__odd_text"
    return FieldCheck(keys={key: odd}, lookups={key: wanted}, values=values)


def _names(texts: Sequence[str]) -> dict[str, list[str | None]]:
    rows = [clean_name(text) for text in texts]
    return {
        "clean": [name for name, _ in rows],
        "found": [rule for _, rule in rows],
        "seen": ["yes"] * len(rows),
    }


def _date(cells: ir.Table, name: str, settings: CheckSettings) -> FieldCheck:
    latest = settings.reference_date
    lunar = settings.spec.calendar == "lunar" and name == "birth_date"
    read = partial(clean_dates, order=settings.spec.date_order, lunar=lunar, latest=latest)
    functions = remembered(
        lambda texts: dict(zip(("iso", "found"), read(texts), strict=True)), ("iso", "found")
    )

    def values(rows: ir.Table) -> dict[str, ir.Value]:
        iso, found = rows[f"{name}__read_iso"], rows[f"{name}__read_found"]
        future = iso > latest.isoformat()
        return {
            f"{name}__value": ibis.cases((future, ibis.null("string")), else_=iso),
            f"{name}__rule": ibis.cases((future, "DATE-04"), else_=found),
        }

    return _read(cells, name, functions, values)


def _read(
    cells: ir.Table, name: str, functions: Mapping[str, Column], values: Expressions
) -> FieldCheck:
    """The check of a field whose every cell is looked up."""
    key = f"{name}__text"
    wanted = Wanted(f"{name}__read_", functions)
    return FieldCheck({key: cells[name].fill_null("")}, {key: wanted}, values)


def _code(cells: ir.Table, name: str, settings: CheckSettings) -> FieldCheck:
    known = known_codes(name, settings.spec.codes.get(name, {}))

    def columns(texts: Sequence[str]) -> dict[str, list[str | None]]:
        found = [clean_code(text, known) for text in texts]
        return {"canonical": [code for code, _ in found], "found": [rule for _, rule in found]}

    return _looked_up(cells, name, columns)


def _area(cells: ir.Table, name: str, settings: CheckSettings) -> FieldCheck:
    def columns(texts: Sequence[str]) -> dict[str, list[str | None]]:
        codes, doubts = resolve_all(settings.areas, texts, settings.spec.within or "")
        missing = [text.strip("/ ") in MISSING or not text.strip("/ ") for text in texts]
        return {
            "canonical": [None if no else code for no, code in zip(missing, codes, strict=True)],
            "found": [
                None if no or doubt is None else _AREA_RULES[AreaDoubt(doubt)]
                for no, doubt in zip(missing, doubts, strict=True)
            ],
        }

    return _looked_up(cells, name, columns)


def _looked_up(cells: ir.Table, name: str, columns: Columns) -> FieldCheck:
    functions = remembered(columns, ("canonical", "found"))

    def values(rows: ir.Table) -> dict[str, ir.Value]:
        return {
            f"{name}__value": rows[f"{name}__read_canonical"],
            f"{name}__rule": rows[f"{name}__read_found"],
        }

    return _read(cells, name, functions, values)


def _text(cells: ir.Table, name: str, settings: CheckSettings) -> FieldCheck:
    del cells, settings

    def values(rows: ir.Table) -> dict[str, ir.Value]:
        missing = rows[name].isin(list(MISSING))
        return {f"{name}__value": ibis.cases((missing, ibis.null("string")), else_=rows[name])}

    return FieldCheck(values=values)


_CHECKS: dict[Kind, Callable[[ir.Table, str, CheckSettings], FieldCheck]] = {
    Kind.ID_NUMBER: _id_number,
    Kind.NAME: _name,
    Kind.DATE: _date,
    Kind.CODE: _code,
    Kind.AREA: _area,
    Kind.TEXT: _text,
}


def _with_row_rules(rows: ir.Table, settings: CheckSettings) -> ir.Table:
    """Rules between the cells of a row, and whether the row is accepted (`refused` is null)."""
    spec = settings.spec
    extra: dict[str, ir.Value] = {}
    if "id_number" in spec.fields:
        others = [
            rows[f"{name}__key"]
            for name in ID_FIELDS
            if name in spec.fields and name != "id_number"
        ]
        agreement = agreement_rules(
            rows["id_number__key"],
            _value(rows, spec, "birth_date"),
            _value(rows, spec, "sex"),
            others,
        )
        extra |= {f"id_number__rule_{key}": rule for key, rule in agreement.items()}
    extra |= _date_order_rules(rows, settings)
    if len(spec.persons) == 1:
        return rows.mutate(**extra, refused=_refused(rows, spec))
    rows = rows.mutate(**extra, refused=_refused(rows, spec), empty=_empty(rows, spec))
    return rows.filter(~(rows.empty & (rows.person > 0))).drop("empty")


def _value(rows: ir.Table, spec: SourceSpec, name: str) -> ir.StringColumn | None:
    return rows[f"{name}__value"] if name in spec.fields else None


def _date_order_rules(rows: ir.Table, settings: CheckSettings) -> dict[str, ir.Value]:
    """Nobody dies, marries or moves before birth; hardly anybody lives past 120."""
    spec = settings.spec
    rules: dict[str, ir.Value] = {}
    if "birth_date" not in spec.fields:
        return rules
    birth = rows["birth_date__value"]
    for name in ("death_date", "marriage_date", "divorce_date", "left_date"):
        if name in spec.fields:
            before = rows[f"{name}__value"] < birth.left(rows[f"{name}__value"].length())
            rules[f"{name}__rule_order"] = ibis.cases(
                (before, "DATE-08"), else_=ibis.null("string")
            )
    oldest = str(settings.reference_date.year - _OLDEST)
    rules["birth_date__rule_age"] = ibis.cases(
        (birth < oldest, "DATE-09"), else_=ibis.null("string")
    )
    return rules


_NEWBORN_EVIDENCE = (
    "mother_name",
    "mother_id_number",
    "father_id_number",
    "birth_certificate_number",
)


def _empty(rows: ir.Table, spec: SourceSpec) -> ir.BooleanValue:
    """Whether neither name nor number is there, nor what stands for a newborn's."""
    named = [rows[f"{n}__value"].notnull() for n in ("name", "id_number") if n in spec.fields]
    evidence = [rows[f"{n}__value"].notnull() for n in _NEWBORN_EVIDENCE if n in spec.fields]
    known = ibis.or_(*named) if named else ibis.literal(False)
    if evidence and "birth_date" in spec.fields:
        known = known | (rows["birth_date__value"].notnull() & ibis.or_(*evidence))
    return ~known


def _refused(rows: ir.Table, spec: SourceSpec) -> ir.StringValue:
    return ibis.cases(
        (rows.fault.notnull(), rows.fault),
        (_empty(rows, spec), "ROW-01"),
        else_=ibis.null("string"),
    )


def rule_columns(rows: ir.Table) -> list[tuple[str, str | None]]:
    """The columns that hold rules, each with the field it is about."""
    found: list[tuple[str, str | None]] = [("refused", None)]
    for column in rows.columns:
        name, mark, part = column.partition("__")
        if mark and part.startswith("rule"):
            found.append((column, name))
    return found


def severity(rule: str) -> str:
    """What breaking a rule does."""
    return RULES[rule].severity
