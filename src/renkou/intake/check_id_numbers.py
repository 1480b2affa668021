"""Checks of GB 11643 identity numbers over whole columns. Pure.

Length, characters, checksum, date, region, agreement with birth date and sex are separate flags,
never one yes or no: a number that passes was typed right and may still be somebody else's.

A plain number is taken apart into region, birth date and order: each has few distinct values, which
Python judges once; the checksum is the sum of the three parts' shares, modulo 11. Numbers of any
other look are few and judged one by one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import partial

import ibis
import ibis.expr.types as ir

from renkou.core.id_numbers import WEIGHTS, is_valid
from renkou.intake.cleaning import clean_id_number, region_codes
from renkou.intake.lookups import Column, FieldCheck, Lookup, prefixed, remembered

_DIGITS = re.compile("[0-9]+X?")
_PLAIN = r"^[0-9]{17}[0-9X]$"
_EARLIEST = date(1850, 1, 1)
_ODD_COLUMNS = ("clean", "key", "state", "rule")
STATE_RULES = {
    "length": "ID-01",
    "characters": "ID-02",
    "checksum": "ID-03",
    "date": "ID-04",
    "truncated": "ID-08",
    "certificate": "ID-11",
}


def id_number_check(cells: ir.Table, name: str, lookup: Lookup, latest: date) -> FieldCheck:
    """The check of one column of numbers: `<name>__value`, `__key`, `__state`, `__rule…`.

    Parameters
    ----------
    cells : kept rows with the column `name` as written, trimmed
    latest : the day the list describes; nobody is born after it
    """
    odd = cells.filter(~cells[name].re_search(_PLAIN))
    judged = remembered(partial(_judged, latest=latest), _ODD_COLUMNS)
    keys: dict[str, ir.Value] = {}
    lookups = {name: prefixed(lookup(odd[name], judged), f"{name}__odd_")}
    for part, (start, length, functions) in _parts(latest).items():
        key = f"{name}__{part}_text"
        keys[key] = cells[name].substr(start, length)
        found = lookup(cells[name].substr(start, length), functions)
        lookups[key] = prefixed(found, f"{name}__{part}_")
    return FieldCheck(keys, lookups, partial(_values, name=name), partial(_rules, name=name))


def _parts(latest: date) -> dict[str, tuple[int, int, dict[str, Column]]]:
    """Start, length and judgement of each part of a number."""
    return {
        "region": (0, 6, remembered(_regions, ("sum", "known"))),
        "birth": (6, 8, remembered(partial(_births, latest=latest), ("sum", "possible"))),
        "order": (14, 4, remembered(_orders, ("sum", "zeros"))),
    }


def _share(text: str, start: int) -> str | None:
    """What some digits add to the checksum, modulo 11; the check character has weight 1."""
    if not _DIGITS.fullmatch(text):  # part of an odd number, which is judged as a whole
        return None
    weights = [*map(int, WEIGHTS), 1]
    values = (10 if digit == "X" else int(digit) for digit in text)
    return str(sum(value * weights[start + at] for at, value in enumerate(values)) % 11)


def _regions(texts: Sequence[str]) -> dict[str, list[str | None]]:
    known = region_codes()
    return {
        "sum": [_share(text, 0) for text in texts],
        "known": ["yes" if text in known else "no" for text in texts],
    }


def _births(texts: Sequence[str], latest: date) -> dict[str, list[str | None]]:
    return {
        "sum": [_share(text, 6) for text in texts],
        "possible": ["yes" if _possible(text, latest) else "no" for text in texts],
    }


def _possible(text: str, latest: date) -> bool:
    try:
        return _EARLIEST <= date(int(text[:4]), int(text[4:6]), int(text[6:])) <= latest
    except ValueError:
        return False


def _orders(texts: Sequence[str]) -> dict[str, list[str | None]]:
    return {
        "sum": [_share(text, 14) for text in texts],
        "zeros": ["yes" if text.endswith("000") else "no" for text in texts],
    }


def _judged(texts: Sequence[str], latest: date) -> dict[str, list[str | None]]:
    """Numbers that are not 18 plain characters, one by one."""
    rows = [_judge(text, latest) for text in texts]
    return {name: [row[at] for row in rows] for at, name in enumerate(_ODD_COLUMNS)}


def _judge(text: str, latest: date) -> tuple[str | None, str | None, str, str | None]:
    clean, full, kind = clean_id_number(text)
    if full is None:
        return clean, None, kind, STATE_RULES.get(kind)
    if not _possible(full[6:14], latest):
        return clean, None, "date", "ID-04"
    if not is_valid(full):
        return clean, None, "checksum", "ID-03"
    return clean, full, "valid", "ID-09" if kind == "old" else None


def _values(rows: ir.Table, name: str) -> dict[str, ir.Value]:
    """Value and state from the judgement of odd numbers and of plain ones' parts."""

    def part(suffix: str) -> ir.StringColumn:
        return rows[f"{name}__{suffix}"]

    shares = [part(f"{p}_sum").cast("int32") for p in ("region", "birth", "order")]
    right = (shares[0] + shares[1] + shares[2]) % 11 == 1
    odd = part("odd_state")
    state = ibis.cases(
        (odd.notnull(), odd),
        (rows[name].isnull(), "missing"),
        (~right & (part("order_zeros") == "yes"), "truncated"),
        (~right, "checksum"),
        (part("birth_possible") == "no", "date"),
        else_="valid",
    )
    value = ibis.cases((odd.isnull(), rows[name]), else_=part("odd_clean"))
    return {f"{name}__value": value, f"{name}__state": state}


def _rules(rows: ir.Table, name: str) -> dict[str, ir.Value]:
    state, odd = rows[f"{name}__state"], rows[f"{name}__odd_state"]
    valid = odd.isnull() & (state == "valid")
    plain_rule = state.cases(*STATE_RULES.items(), else_=ibis.null("string"))
    return {
        f"{name}__key": ibis.cases((valid, rows[name]), else_=rows[f"{name}__odd_key"]),
        f"{name}__rule": ibis.cases((odd.isnull(), plain_rule), else_=rows[f"{name}__odd_rule"]),
        f"{name}__rule_region": _when(valid & (rows[f"{name}__region_known"] == "no"), "ID-05"),
    }


def _when(condition: ir.BooleanValue, rule: str) -> ir.StringValue:
    return ibis.cases((condition, rule), else_=ibis.null("string"))


def birth_date_in(full: ir.StringColumn) -> ir.StringColumn:
    """The birth date inside a number, ISO 8601, whether it exists or not."""
    return full.substr(6, 4) + "-" + full.substr(10, 2) + "-" + full.substr(12, 2)


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
        wrong = (odd & (sex == "female")) | (~odd & (sex == "male"))
        rules["sex"] = _when(wrong, "ID-07")
    if others:
        rules["other"] = _when(ibis.or_(*[key == other for other in others]), "ID-10")
    return rules
