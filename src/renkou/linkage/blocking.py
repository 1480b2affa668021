"""Candidate pairs: which records are worth comparing. Pure: Ibis expressions.

A rule is a key; two records that share it are a candidate pair. A key that more than `cap` records
share tells nothing and is left out, so that cost stays flat as lists grow; other rules find those
pairs. Pairs that the identifier already settles (both sides hold a valid number) are never made.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir


@dataclass(frozen=True)
class BlockingRule:
    """A key over feature columns; null where any part is null."""

    name: str
    needs: tuple[str, ...]
    key: Callable[[ir.Table], ir.StringValue]
    cap: int = 60
    alone: bool = True  # whether sharing this key is enough, or a second one must be shared


def _year(t: ir.Table) -> ir.StringValue:
    return t.birth_date.substr(0, 4)


def _digits(t: ir.Table, start: int, length: int) -> ir.StringValue:
    """Part of a number, null where it is shorter."""
    enough = t.id_text.length() >= start + length
    return enough.ifelse(t.id_text.substr(start, length), ibis.null("string"))


def _tail(t: ir.Table, length: int) -> ir.StringValue:
    return t.id_text.right(length)


RULES: tuple[BlockingRule, ...] = (
    BlockingRule("name and birth date", ("name_sound", "birth_date"),
                 lambda t: t.name_sound + t.birth_date),
    BlockingRule("folded name and birth year", ("name_fold", "birth_date"),
                 lambda t: t.name_fold + _year(t), 40),
    BlockingRule("name and birthday", ("name_sound", "birth_date"),
                 lambda t: t.name_sound + t.birth_date.substr(5).nullif(""), 40),
    BlockingRule("name and township", ("name_sound", "area_a"),
                 lambda t: t.name_sound + t.area_a.substr(0, 9), 40, alone=False),
    BlockingRule("name and other township", ("name_sound", "area_b"),
                 lambda t: t.name_sound + t.area_b.substr(0, 9), 40, alone=False),
    BlockingRule("birth date, sex and township", ("birth_date", "sex", "area_a"),
                 lambda t: t.birth_date + t.sex + t.area_a.substr(0, 9), 30, alone=False),
    BlockingRule("birth date, sex and other township", ("birth_date", "sex", "area_b"),
                 lambda t: t.birth_date + t.sex + t.area_b.substr(0, 9), 30, alone=False),
    BlockingRule("name and village", ("name_sound", "locality"), lambda t: t.name_sound + t.locality),
    BlockingRule("birth date, sex and village", ("birth_date", "sex", "locality"),
                 lambda t: t.birth_date + t.sex + t.locality, alone=False),
    BlockingRule("birth date and first part of the name", ("birth_date", "head_sound"),
                 lambda t: t.birth_date + ibis.coalesce(t.head_sound, t.name_sound)),
    BlockingRule("birth date, sex and first character", ("birth_date", "sex", "name_fold"),
                 lambda t: t.birth_date + t.sex + t.name_fold.substr(0, 1), 40),
    BlockingRule("birth date and mother", ("birth_date", "mother_key"),
                 lambda t: t.birth_date + t.mother_key),
    BlockingRule("name and spouse", ("name_fold", "spouse_key"),
                 lambda t: t.name_fold.substr(0, 1) + t.spouse_key, 20),
    BlockingRule("name and mother", ("name_fold", "mother_key"),
                 lambda t: t.name_fold + t.mother_key, 20),
    BlockingRule("number: region and birth", ("id_text",), lambda t: _digits(t, 0, 14)),
    BlockingRule("number: birth and order", ("id_text",), lambda t: _digits(t, 6, 11)),
    BlockingRule("number: end", ("id_text",), lambda t: _tail(t, 9), 40),
    BlockingRule("number: region and end", ("id_text",),
                 lambda t: t.id_text.substr(0, 6) + _tail(t, 4), alone=False),
    BlockingRule("phone", ("phone",), lambda t: t.phone, 20),
    BlockingRule("address and birth year", ("address_tail", "birth_date"),
                 lambda t: t.address_tail + _year(t), 20),
    BlockingRule("address and name", ("address_tail", "name_sound"),
                 lambda t: t.address_tail + t.name_sound.substr(0, 3), 20, alone=False),
    BlockingRule("both names, in either order", ("given", "surname"),
                 lambda t: ibis.least(t.given, t.surname) + ibis.greatest(t.given, t.surname)),
    BlockingRule("surname and birth date", ("surname", "birth_date"),
                 lambda t: t.surname + t.birth_date),
    BlockingRule("given name and birth date", ("given", "birth_date"),
                 lambda t: t.given + t.birth_date),
    BlockingRule("surname and address", ("surname", "address_a"), lambda t: t.surname + t.address_a),
    BlockingRule("given name and address", ("given", "address_a"), lambda t: t.given + t.address_a),
    BlockingRule("surname, initial and postcode", ("surname", "given", "postcode"),
                 lambda t: t.surname + t.given.substr(0, 1) + t.postcode),
    BlockingRule("given name and postcode", ("given", "postcode"), lambda t: t.given + t.postcode, 30),
    BlockingRule("surname and house number", ("surname", "address_a"),
                 lambda t: t.surname + t.address_a.re_extract(r"^(\d+)", 1).nullif(""), 40),
    BlockingRule("birth date and postcode", ("birth_date", "postcode"),
                 lambda t: t.birth_date + t.postcode, 30),
    BlockingRule("whole number", ("id_text",), lambda t: t.id_text),
)  # fmt: skip


def rules_for(columns: Collection[str]) -> list[BlockingRule]:
    """Rules whose columns hold values."""
    return [rule for rule in RULES if set(rule.needs) <= set(columns)]


def pairs_of_rule(features: ir.Table, rule: BlockingRule) -> ir.Table:
    """Candidate pairs of one rule: unit_id_l, unit_id_r, alone.

    `settled` units hold a number that nothing overrides; two of them are never paired.
    """
    keyed = features.select("unit_id", "settled", key=rule.key(features)).filter(
        ibis._.key.notnull()
    )
    open_keys = keyed.filter(~keyed.settled).select("key").distinct()
    units = keyed.semi_join(open_keys, "key").distinct()
    sizes = units.group_by("key").agg(size=units.count())
    few = units.semi_join(sizes.filter(sizes["size"].between(2, rule.cap)), "key")
    met = few.filter(~few.settled).join(few.view(), "key", rname="{name}_r")
    other = (met.unit_id != met.unit_id_r) & (met.settled_r | (met.unit_id < met.unit_id_r))
    return met.filter(other).select(
        unit_id_l="unit_id", unit_id_r="unit_id_r", alone=ibis.literal(rule.alone)
    )


def likely_pairs(tables: Sequence[ir.Table]) -> ir.Table:
    """Pairs that share a key which is enough alone, or two keys: unit_id_l, unit_id_r."""
    united = tables[0] if len(tables) == 1 else ibis.union(*tables)
    found = united.group_by("unit_id_l", "unit_id_r").agg(
        keys=united.count(), alone=united.alone.max()
    )
    return found.filter(found.alone | (found["keys"] > 1)).select("unit_id_l", "unit_id_r")
