"""Checks of GB 11643 identity numbers over whole columns. Pure.

Length, characters, checksum, date, region, agreement with birth date and sex are separate flags,
never one yes or no: a number that passes was typed right and may still be somebody else's.

A plain number's checksum is arithmetic on its three parts (region, birth date, order) as whole
numbers. Numbers of any other look are few: Python judges their distinct values.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Sequence
from datetime import date
from functools import partial

import ibis
import ibis.expr.types as ir

from renkou.core.id_numbers import WEIGHTS, is_valid
from renkou.intake.cleaning import clean_id_number, region_codes
from renkou.intake.lookups import FieldCheck, Wanted, remembered

_PLAIN = r"^[0-9]{17}[0-9X]$"
_EARLIEST = date(1850, 1, 1)
_ODD_COLUMNS = ("clean", "key", "state", "rule")
_NOT_NEGATIVE = 11 * 10**8  # the shares of eight digits stay within
_IMPOSSIBLE = 16  # added to the checksum of a number with an impossible birth date
_PARTS = ((0, 6), (6, 8), (14, 3))  # start and length of region, birth date and order
STATE_RULES = {
    "length": "ID-01",
    "characters": "ID-02",
    "checksum": "ID-03",
    "date": "ID-04",
    "truncated": "ID-08",
    "certificate": "ID-11",
}


def id_number_check(cells: ir.Table, name: str, latest: date) -> FieldCheck:
    """The check of one column of numbers: `<name>__value`, `__key`, `__state`, `__rule…`.

    Parameters
    ----------
    cells : rows with the column `name` as written, trimmed
    latest : the day the list describes; nobody is born after it
    """
    number = cells[name]
    plain = number.re_search(_PLAIN).fill_null(True)
    judged = remembered(partial(_judged, latest=latest), _ODD_COLUMNS)
    odd, region = f"{name}__odd_text", f"{name}__region_text"
    return FieldCheck(
        keys={
            odd: ibis.cases((plain, ""), else_=number),
            region: number.substr(0, 6).fill_null(""),
            f"{name}__sum": checksum(number)
            + (~_possible_birth(number, latest)).cast("int32") * _IMPOSSIBLE,
        },
        lookups={
            odd: Wanted(f"{name}__odd_", judged),
            region: Wanted(f"{name}__region_", {"known": _known_regions}),
        },
        values=partial(_values, name=name),
        rules=partial(_rules, name=name),
    )


def _known_regions(texts: Sequence[str]) -> list[str | None]:
    known = region_codes()
    return ["yes" if text in known else "no" for text in texts]


def checksum(number: ir.StringColumn) -> ir.IntegerValue:
    """The weighted sum of the 18 characters, modulo 11: 1 where the check character is right."""
    shares = [_share(number, start, length) for start, length in _PARTS]
    last = number.substr(17, 1)
    check = ibis.cases((last == "X", 10), else_=last.try_cast("int32").fill_null(0))
    return (functools.reduce(operator.add, shares) + check + _NOT_NEGATIVE) % 11


def _share(number: ir.StringColumn, start: int, length: int) -> ir.IntegerValue:
    """What some digits add to the checksum, up to multiples of 11; between ±6·10^length.

    Ten is -1 modulo 11, so a digit's share follows from what is left of the part modulo powers of
    ten, without taking digits out one by one: with a[k] = part mod 10^k, digit k times 10^k is
    a[k+1] - a[k], and 10^-k is (-1)^k.
    """
    part = number.substr(start, length).try_cast("int32")
    signed = [int(WEIGHTS[start + length - 1 - k]) * (-1) ** k for k in range(length)]
    steps = [(a - b + 5) % 11 - 5 for a, b in zip(signed, [*signed[1:], 0], strict=True)]
    left = [part % 10 ** (k + 1) for k in range(length - 1)] + [part]
    return functools.reduce(operator.add, map(operator.mul, left, steps))


def _possible(text: str, latest: date) -> bool:
    try:
        return _EARLIEST <= date(int(text[:4]), int(text[4:6]), int(text[6:])) <= latest
    except ValueError:
        return False


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
    if kind == "old":
        return clean, full, "valid", "ID-09"
    if not is_valid(full):
        return clean, None, "checksum", "ID-03"
    return clean, full, "valid", None


def _values(rows: ir.Table, name: str) -> dict[str, ir.Value]:
    """Value and state, of odd numbers as judged."""
    number, odd = rows[name], rows[f"{name}__odd_state"]
    sum_ = rows[f"{name}__sum"]
    right = sum_ % _IMPOSSIBLE == 1
    state = ibis.cases(
        (odd.notnull(), odd),
        (number.isnull(), "missing"),
        (~right & number.endswith("000"), "truncated"),
        (~right, "checksum"),
        (sum_ >= _IMPOSSIBLE, "date"),
        else_="valid",
    )
    value = ibis.cases((odd.isnull(), number), else_=rows[f"{name}__odd_clean"])
    return {f"{name}__value": value, f"{name}__state": state}


def _possible_birth(number: ir.StringColumn, latest: date) -> ir.BooleanValue:
    """Whether the birth date in plain numbers is on the calendar and within bounds."""
    birth = birth_date_in(number)
    bounds = (birth >= _EARLIEST.isoformat()) & (birth <= latest.isoformat())
    return bounds & birth.try_cast("date").notnull()


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
