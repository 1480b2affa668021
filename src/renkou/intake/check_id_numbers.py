"""Checks of GB 11643 identity numbers as expressions over whole columns. Pure.

Length, characters, checksum, date, region, agreement with birth date and sex are separate flags,
never one yes or no: a number that passes was typed right and may still be somebody else's.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import ibis
import ibis.expr.types as ir

from renkou.core.id_numbers import WEIGHTS
from renkou.intake.cleaning import clean_id_number, region_codes
from renkou.intake.lookups import Lookup, joined, remembered

_PLAIN = r"^[0-9]{17}[0-9X]$"
_CHECK = "10X98765432"
_EARLIEST = "1850-01-01"
STATE_RULES = {
    "length": "ID-01",
    "characters": "ID-02",
    "checksum": "ID-03",
    "date": "ID-04",
    "truncated": "ID-08",
    "certificate": "ID-11",
}


def with_id_number(table: ir.Table, name: str, lookup: Lookup, latest: date) -> ir.Table:
    """Add `<name>__value`, `__key`, `__state`, `__rule`, `__old`, `__region` for one number column.

    Parameters
    ----------
    table : kept rows with the column `name` as written, trimmed
    lookup : maps distinct values; it sees only values that are not 18 plain characters
    latest : the day the list describes; nobody is born after it
    """
    odd = table.filter(~table[name].re_search(_PLAIN))
    found = lookup(odd[name], remembered(_cleaned, ("clean", "full", "kind")))
    rows = joined(table, name, found, f"{name}__")
    clean, full, kind = (rows[f"{name}__{part}"] for part in ("clean", "full", "kind"))
    is_plain = kind.isnull() & rows[name].notnull()
    rows = rows.mutate(
        **{
            f"{name}__value": ibis.cases((is_plain, rows[name]), else_=clean),
            f"{name}__full": ibis.cases((is_plain, rows[name]), else_=full),
        }
    ).drop(f"{name}__clean")
    rows = rows.mutate(**{f"{name}__state": _state(rows, name, latest)})
    return _ruled(_with_region(rows, name, table, lookup), name).drop(f"{name}__kind")


def _cleaned(texts: Sequence[str]) -> dict[str, list[str | None]]:
    rows = [clean_id_number(text) for text in texts]
    clean, full, kind = zip(*rows, strict=True) if rows else ((), (), ())
    return {"clean": list(clean), "full": list(full), "kind": list(kind)}


def _state(rows: ir.Table, name: str, latest: date) -> ir.StringColumn:
    full, kind = rows[f"{name}__full"], rows[f"{name}__kind"]
    settled = kind.isin(["length", "characters", "truncated", "certificate"])
    wrong = ~_checksum_right(full)
    birth = birth_date_in(full)
    possible = birth.try_cast("date").notnull() & birth.between(_EARLIEST, latest.isoformat())
    return ibis.cases(
        (full.isnull() & (kind.isnull() | (kind == "missing")), "missing"),
        (settled, kind),
        (wrong & full.endswith("000"), "truncated"),
        (wrong, "checksum"),
        (~possible.fill_null(False), "date"),
        else_="valid",
    )


def _checksum_right(full: ir.StringColumn) -> ir.BooleanColumn:
    """ISO 7064 mod 11-2 by arithmetic on two halves.

    Engines divide whole numbers as doubles, which hold no more than 15 digits exactly.
    """
    total = _weighted(full.left(9), WEIGHTS[:9]) + _weighted(full.substr(9, 8), WEIGHTS[9:])
    expected = ibis.literal(_CHECK).substr(total % 11, 1)
    return (expected == full.right(1)).fill_null(False)


def _weighted(digits: ir.StringValue, weights: Sequence[int]) -> ir.IntegerValue:
    """Sum of digits times weights."""
    number, last = digits.try_cast("int64"), len(weights) - 1
    return sum(
        ((number // 10 ** (last - at)) % 10 * int(weight) for at, weight in enumerate(weights)),
        start=ibis.literal(0, "int64"),
    )


def birth_date_in(full: ir.StringColumn) -> ir.StringColumn:
    """The birth date inside a number, ISO 8601, whether it exists or not."""
    return full.substr(6, 4) + "-" + full.substr(10, 2) + "-" + full.substr(12, 2)


def _with_region(rows: ir.Table, name: str, source: ir.Table, lookup: Lookup) -> ir.Table:
    """Add `__region`: whether the region code never existed (of plain numbers)."""
    region = f"{name}__prefix"
    prefixes = source.filter(source[name].re_search(_PLAIN)).mutate(
        **{region: source[name].left(6)}
    )
    found = lookup(prefixes[region], {"known": _known_region})
    rows = rows.mutate(**{region: rows[f"{name}__full"].left(6)})
    rows = joined(rows, region, found, f"{region}__")
    return rows.drop(region).rename({f"{name}__region": f"{region}__known"})


def _known_region(texts: Sequence[str]) -> list[str | None]:
    known = region_codes()
    return ["yes" if text in known else "no" for text in texts]


def _ruled(rows: ir.Table, name: str) -> ir.Table:
    state, full = rows[f"{name}__state"], rows[f"{name}__full"]
    valid = state == "valid"
    return rows.mutate(
        **{
            f"{name}__key": ibis.cases((valid, full), else_=ibis.null("string")),
            f"{name}__rule": state.cases(*STATE_RULES.items(), else_=ibis.null("string")),
            f"{name}__rule_old": _when(valid & (rows[f"{name}__kind"] == "old"), "ID-09"),
            f"{name}__rule_region": _when(valid & (rows[f"{name}__region"] == "no"), "ID-05"),
        }
    ).drop(f"{name}__full", f"{name}__region")


def _when(condition: ir.BooleanValue, rule: str) -> ir.StringValue:
    return ibis.cases((condition, rule), else_=ibis.null("string"))


def agreement_rules(
    key: ir.StringColumn, birth: ir.StringColumn | None, sex: ir.StringColumn | None,
    others: Sequence[ir.StringColumn],
) -> dict[str, ir.StringValue]:  # fmt: skip
    """Rules of a valid number against the row's birth date, sex and other people's numbers."""
    rules: dict[str, ir.StringValue] = {}
    if birth is not None:
        rules["birth"] = _when(~birth_date_in(key).startswith(birth), "ID-06")
    if sex is not None:
        odd = key.substr(16, 1).isin(list("13579"))
        stated = sex == "male"
        rules["sex"] = _when(odd != stated, "ID-07")
    if others:
        same = ibis.or_(*[key == other for other in others])
        rules["other"] = _when(same, "ID-10")
    return rules
