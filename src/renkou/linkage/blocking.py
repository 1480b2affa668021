"""Candidate pairs: which records are worth comparing. Pure: Ibis expressions.

A rule is a key; two units that share it may be one person. Of n units that share a key each other one
can be the person with a chance of about 1 / (n - 1), so that is what sharing the key is worth; a key
that more than `CAP` share is worth next to nothing and is left out. A pair is compared where the worth
of all its keys together is enough: cost per record stays flat as lists grow, and a common key still
counts beside others. Pairs that the identifier already settles (both sides hold a valid number) are
never made.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

CAP = 12  # units that may share a key
# Worths of keys in millionths, since sums of whole numbers do not hang on their order: what a key is worth at
# most, what a pair needs to be compared, and what a pair of one person has where no row of it has two errors.
WHOLE, HALF, ENOUGH, SURE = 1_000_000, 500_000, 250_000, 4_000_000

Key = Callable[[ir.Table], tuple[ir.Value, ...]]


@dataclass(frozen=True)
class BlockingRule:
    """A key over feature columns, of one or more parts; null where any part is null.

    `worth`: of sharing it with nobody else; half where a household or a township shares it.
    """

    name: str
    needs: tuple[str, ...]
    key: Key
    worth: int = WHOLE


def _year(t: ir.Table) -> ir.StringValue:
    return t.birth_date.substr(0, 4)


def _township(area: ir.StringColumn) -> ir.StringValue:
    return area.substr(0, 9)


def _digits(t: ir.Table, start: int, length: int) -> ir.StringValue:
    """Part of a number, null where it is shorter."""
    enough = t.id_text.length() >= start + length
    return enough.ifelse(t.id_text.substr(start, length), ibis.null("string"))


def _tail(t: ir.Table, length: int) -> ir.StringValue:
    return t.id_text.right(length)


def _first_part(t: ir.Table) -> ir.IntegerValue:
    return ibis.coalesce(t.head_id, t.sound_id)


RULES: tuple[BlockingRule, ...] = (
    BlockingRule("name and birth date", ("name_sound", "birth_date"),
                 lambda t: (t.sound_id, t.birth_date)),
    BlockingRule("folded name and birth year", ("name_fold", "birth_date"),
                 lambda t: (t.fold_id, _year(t))),
    BlockingRule("name and birthday", ("name_sound", "birth_date"),
                 lambda t: (t.sound_id, t.birth_date.substr(5).nullif(""))),
    BlockingRule("name and township", ("name_sound", "area_a"),
                 lambda t: (t.sound_id, _township(t.area_a)), HALF),
    BlockingRule("name and other township", ("name_sound", "area_b"),
                 lambda t: (t.sound_id, _township(t.area_b)), HALF),
    BlockingRule("birth date, sex and township", ("birth_date", "sex", "area_a"),
                 lambda t: (t.birth_date, t.sex, _township(t.area_a)), HALF),
    BlockingRule("birth date, sex and other township", ("birth_date", "sex", "area_b"),
                 lambda t: (t.birth_date, t.sex, _township(t.area_b)), HALF),
    BlockingRule("name and village", ("name_sound", "locality"),
                 lambda t: (t.sound_id, t.locality_id)),
    BlockingRule("birth date, sex and village", ("birth_date", "sex", "locality"),
                 lambda t: (t.birth_date, t.sex, t.locality_id), HALF),
    BlockingRule("birth date and first part of the name", ("birth_date", "head_sound"),
                 lambda t: (t.birth_date, _first_part(t))),
    BlockingRule("birth date, sex and first character", ("birth_date", "sex", "name_fold"),
                 lambda t: (t.birth_date, t.sex, t.initial_id)),
    BlockingRule("birth date and mother", ("birth_date", "mother_key"),
                 lambda t: (t.birth_date, t.mother_id)),
    BlockingRule("name and spouse", ("name_fold", "spouse_key"),
                 lambda t: (t.initial_id, t.spouse_id)),
    BlockingRule("name and mother", ("name_fold", "mother_key"),
                 lambda t: (t.fold_id, t.mother_id)),
    BlockingRule("number: region and birth", ("id_text",), lambda t: (_digits(t, 0, 14),)),
    BlockingRule("number: birth and order", ("id_text",), lambda t: (_digits(t, 6, 11),)),
    BlockingRule("number: end", ("id_text",), lambda t: (_tail(t, 9),)),
    BlockingRule("number: region and end", ("id_text",),
                 lambda t: (t.id_text.substr(0, 6), _tail(t, 4)), HALF),
    BlockingRule("phone", ("phone",), lambda t: (t.phone,)),
    BlockingRule("address and birth year", ("address_tail", "birth_date"),
                 lambda t: (t.tail_id, _year(t))),
    BlockingRule("address and name", ("address_tail", "name_sound"),
                 lambda t: (t.tail_id, t.start_id), HALF),
    BlockingRule("both names, in either order", ("given", "surname"),
                 lambda t: (ibis.least(t.given, t.surname), ibis.greatest(t.given, t.surname))),
    BlockingRule("surname and birth date", ("surname", "birth_date"),
                 lambda t: (t.surname, t.birth_date)),
    BlockingRule("given name and birth date", ("given", "birth_date"),
                 lambda t: (t.given, t.birth_date)),
    BlockingRule("surname and address", ("surname", "address_a"),
                 lambda t: (t.surname, t.address_id)),
    BlockingRule("given name and address", ("given", "address_a"),
                 lambda t: (t.given, t.address_id)),
    BlockingRule("surname, initial and postcode", ("surname", "given", "postcode"),
                 lambda t: (t.surname, t.given.substr(0, 1), t.postcode)),
    BlockingRule("given name and postcode", ("given", "postcode"), lambda t: (t.given, t.postcode)),
    BlockingRule("surname and house number", ("surname", "address_a"),
                 lambda t: (t.surname, t.house)),
    BlockingRule("birth date and postcode", ("birth_date", "postcode"),
                 lambda t: (t.birth_date, t.postcode)),
    BlockingRule("whole number", ("id_text",), lambda t: (t.id_text,)),
)  # fmt: skip


# Within a village a part of the name is a key: of two errors in a row the other part stands.
_VILLAGE_KEYS: tuple[tuple[str, tuple[str, ...], Key], ...] = (
    ("birth year and start of the name", ("birth_date",), lambda t: (_year(t), t.start_id)),
    ("name, or its first part", (), lambda t: (_first_part(t),)),
    ("first two characters", (), lambda t: (t.pair_id,)),
    ("first and last character", (), lambda t: (t.ends_id,)),
    ("all but the first character", (), lambda t: (t.given_id,)),
    ("door", ("address_door",), lambda t: (t.door_id,)),
)


def _village_rule(name: str, needs: tuple[str, ...], key: Key, area: str) -> BlockingRule:
    return BlockingRule(
        f"{name}, sex and {area}",
        ("name_fold", "sex", area, *needs),
        lambda t: (*key(t), t.sex, t[area]),
        HALF,
    )


# For units that nothing else found: see `wanting`.
LATE_RULES: tuple[BlockingRule, ...] = tuple(
    _village_rule(*told, area) for told in _VILLAGE_KEYS for area in ("area_a", "area_b")
)


def rules_for(
    columns: Collection[str], rules: Sequence[BlockingRule] = RULES
) -> list[BlockingRule]:
    """Rules whose columns hold values."""
    return [rule for rule in rules if set(rule.needs) <= set(columns)]


def _parts(rule: BlockingRule, features: ir.Table) -> dict[str, ir.Value]:
    return {f"key_{i}": part for i, part in enumerate(rule.key(features))}


def keyed(features: ir.Table, rule: BlockingRule) -> ir.Table:
    """Units by key, once for each record that shows it: key_…, unit_id, settled."""
    parts = _parts(rule, features)
    return features.select("unit_id", "settled", **parts).drop_null(list(parts))


def comparable_units(shown: ir.Table) -> ir.Table:
    """Units of `keyed`, each once, by keys that an open unit shows.

    `settled` units hold a number that nothing overrides; two of them are never paired.
    """
    parts = [column for column in shown.columns if column.startswith("key_")]
    open_units = shown.filter(~shown.settled).distinct()
    settled = shown.filter(shown.settled).semi_join(open_units, parts)
    return ibis.union(open_units, settled.distinct())


def units_of_rule(features: ir.Table, rule: BlockingRule) -> ir.Table:
    """Units by key, where any of them is open: key_…, unit_id, settled."""
    return comparable_units(keyed(features, rule))


def sharing(features: ir.Table, sought: ir.Table, rule: BlockingRule) -> ir.Table:
    """`keyed` units whose key some `sought` records show."""
    shown = keyed(features, rule)
    keys = [column for column in shown.columns if column.startswith("key_")]
    return shown.semi_join(keyed(sought, rule).select(*keys).distinct(), keys)


def for_wanting(shown: ir.Table, units: ir.Table) -> ir.Table:
    """`comparable_units` as if only `units` (unit_id) were open."""
    sought = shown.semi_join(units, "unit_id").mutate(settled=ibis.literal(False))
    others = shown.anti_join(units, "unit_id").mutate(settled=ibis.literal(True))
    return comparable_units(ibis.union(sought, others))


def pairs_of_rule(units: ir.Table, rule: BlockingRule) -> ir.Table:
    """Candidate pairs of one rule from its kept `units_of_rule`: unit_id_l, unit_id_r, worth."""
    parts = [column for column in units.columns if column.startswith("key_")]
    sizes = units.group_by(parts).agg(size=units.count())
    few = units.inner_join(sizes.filter(sizes["size"].between(2, CAP)), parts)
    right = units.select(*parts, unit_id_r="unit_id", settled_r="settled")
    met = few.filter(~few.settled).inner_join(right, parts)
    once = (met.unit_id != met.unit_id_r) & (met.settled_r | (met.unit_id < met.unit_id_r))
    return met.filter(once).select(
        unit_id_l="unit_id",
        unit_id_r="unit_id_r",
        worth=(rule.worth / (met["size"] - 1)).cast("int32"),
    )


def likely_pairs(tables: Sequence[ir.Table]) -> ir.Table:
    """Pairs whose keys are worth enough together: unit_id_l, unit_id_r, worth."""
    united = tables[0] if len(tables) == 1 else ibis.union(*tables)
    found = united.group_by("unit_id_l", "unit_id_r").agg(worth=united.worth.sum().cast("int32"))
    return found.filter(found.worth >= ENOUGH)


def with_late(found: ir.Table, late: Sequence[ir.Table]) -> ir.Table:
    """`likely_pairs` found, and those of late rules, each pair once: unit_id_l, unit_id_r."""
    pair = ["unit_id_l", "unit_id_r"]
    known = found.select(*pair)
    if not late:
        return known
    # An open unit that is not wanting stands on the right here, and may have stood on the left there.
    turned = found.select(unit_id_l="unit_id_r", unit_id_r="unit_id_l")
    new = likely_pairs(late).select(*pair)
    return ibis.union(known, new.anti_join(known, pair).anti_join(turned, pair))


def wanting(features: ir.Table, pairs: ir.Table) -> ir.Table:
    """Features of open units that no pair of `likely_pairs` has as good as found.

    A row without two errors shares several keys with its person and nobody else.
    """
    sure = pairs.filter(pairs.worth >= SURE)
    placed = ibis.union(sure.select(unit_id="unit_id_l"), sure.select(unit_id="unit_id_r"))
    return features.filter(~features.settled).anti_join(placed.distinct(), "unit_id")
