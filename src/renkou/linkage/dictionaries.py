"""Names and addresses worked out once per distinct text, as numbers, and the texts behind them. Pure.

Ibis expressions. Records hold numbers (`*_id`: a hash of the text); a dictionary of written texts turns what
a list says into them, and one of numbers (`once_each`) gives the texts back to the few that are compared
letter by letter. What each is, `features` says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import ibis
import ibis.expr.types as ir

from renkou.core.names import SEPARATOR, name_folds, name_keys, name_sounds

_TOWNSHIP = r"(?:[省州市县区旗]|^)([^省州市县区旗0-9]{1,12}?(?:街道|镇|乡|苏木))"
_VILLAGE = r"(?:街道|镇|乡|苏木)([^0-9]{1,12}?(?:社区|村|居委会|嘎查))"
_DOOR = r"(?:街道|镇|乡|苏木)(.{4,})$"
_NUMERALS = "一二三四五六七八九０１２３４５６７８９"
_TENS = ((r"(\d)十(\d)", r"\1\2"), (r"(\d)十", r"\10"), (r"十(\d)", r"1\1"), ("十", "10"))
_TO_VILLAGE = r"^.*(?:社区|村|居委会|嘎查)"
_UNIT, _MIDDLE = r"\d+单元", r"(\d+)-\d+-(\d+)"
_TWO_NUMBERS = r"(\d+)\D+(\d+)\D*$"
_TAIL = 12  # characters at the end of an address: hamlet, building, door
_LONGEST_SHORT = 4  # characters; of longer names the first part is looked at
_START = 3  # letters of a name's sound
_MARKS = r"[\s　,，.。:：;；、()（）\-—_#'\"]"

Texts = Sequence[str]
_VOID = ibis.null("string")
_NO_ID = ibis.null("int64")


def code(text: ir.StringValue) -> ir.IntegerValue:
    """A number for a text, the same for the same text; null for null."""
    return text.notnull().ifelse(text.hash(), _NO_ID)


def filled(column: ir.StringValue) -> ir.StringValue:
    """Empty text as null."""
    return column.nullif("")


def _name_columns(names: Texts) -> dict[str, list[str | None]]:
    """Every key of a column of names, worked out once."""
    keys = [key or "" for key in name_keys(names)]
    heads = [key.split(SEPARATOR)[0] if SEPARATOR in key else "" for key in keys]
    made: dict[str, Sequence[str | None]] = {
        "key": keys,
        "fold": name_folds(keys),
        "sound": name_sounds(keys),
        "head": heads,
        "head_sound": name_sounds(heads),
    }
    return {name: [value or None for value in column] for name, column in made.items()}


def name_functions() -> dict[str, Callable[[Texts], Sequence[str | None]]]:
    """One function per key, for a look-up; the work is done by whichever is called first."""
    done: dict[int, dict[str, list[str | None]]] = {}

    def column(name: str) -> Callable[[Texts], Sequence[str | None]]:
        def one(names: Texts) -> Sequence[str | None]:
            if id(names) not in done:
                done[id(names)] = _name_columns(names)
            return done[id(names)][name]

        return one

    return {name: column(name) for name in ("key", "fold", "sound", "head", "head_sound")}


def written_values(records: ir.Table, columns: Sequence[str]) -> ir.Table:
    """Every text in any of `columns`, as often as it is written: value."""
    tables = [records.select(value=records[column]) for column in columns]
    united = tables[0] if len(tables) == 1 else ibis.union(*tables)
    return united.filter(united.value.notnull())


def names(looked_up: ir.Table) -> ir.Table:
    """Written names with their texts and numbers, from a look-up of `name_functions`."""
    return looked_up.select(
        "value",
        name_id=code(looked_up.key),
        fold_id=code(looked_up.fold),
        sound_id=code(looked_up.sound),
        head_id=code(looked_up.head_sound),
        initial_id=code(looked_up.fold.substr(0, 1)),
        start_id=code(looked_up.sound.substr(0, _START)),
        pair_id=code(_of_short(looked_up.fold, looked_up.fold.left(2))),
        ends_id=code(_of_short(looked_up.fold, looked_up.fold.left(1) + looked_up.fold.right(1))),
        given_id=code(_of_short(looked_up.fold, looked_up.fold.substr(1))),
        name_key="key",
        name_fold="fold",
        name_sound="sound",
        name_head="head",
        head_sound="head_sound",
    )


def _of_short(fold: ir.StringValue, part: ir.StringValue) -> ir.StringValue:
    """Part of a name of two to four characters; null of any other."""
    return fold.length().between(2, _LONGEST_SHORT).ifelse(part, _VOID)


def addresses(values: ir.Table) -> ir.Table:
    """Written addresses with what is read in them, and numbers for it.

    Parameters
    ----------
    values : table with the column `value`, each text once
    """
    found = values.mutate(address=filled(values.value.re_replace(_MARKS, "").lower()))
    address = found.address
    township = filled(address.re_extract(_TOWNSHIP, 1))
    found = found.mutate(township=township, village=filled(address.re_extract(_VILLAGE, 1)))
    # From the township on, departments write an address alike; before it, not.
    door = filled(found.address.re_extract(_DOOR, 1))
    long = found.township.isnull() & (found.address.length() >= _TAIL)
    found = found.mutate(
        locality=found.township + found.village,
        address_tail=ibis.coalesce(
            found.township + door, long.ifelse(found.address.right(_TAIL), _VOID)
        ),
        # Edit distance over a long Chinese address costs more than all other comparisons, and tells
        # nothing that its end does not.
        address_free=found.township.isnull().ifelse(found.address, _VOID),
        address_door=_door(found.value),
    )
    return found.mutate(
        house=filled(found.address.re_extract(r"^(\d+)", 1)),
        address_id=code(found.address),
        locality_id=code(found.locality),
        tail_id=code(found.address_tail),
        door_id=code(found.address_door),
    )


def _door(address: ir.StringValue) -> ir.StringValue:
    """Group and house, or building and room, as two numbers; null where an address has fewer.

    5组90号, 5社90 and 五组90 are one door, as are 8栋3单元406 and 8-3-406, each within its village.
    """
    plain = address.translate(_NUMERALS, "1234567890123456789")
    for tens, digits in _TENS:
        plain = plain.re_replace(tens, digits)
    # What stands before the village's end may hold numerals of a name.
    place = plain.re_replace(_TO_VILLAGE, "").re_replace(_UNIT, "").re_replace(_MIDDLE, r"\1-\2")
    first, last = (place.re_extract(_TWO_NUMBERS, group) for group in (1, 2))
    return (last != "").ifelse(first + "-" + last, _VOID)


def names_of(name_texts: ir.Table, table: ir.Table) -> ir.Table:
    """The few of all names that `table` shows, once per number."""
    columns = ("name_id", "former_id", "mother_id", "father_id", "spouse_id")
    asked = ibis.union(*(table.select(name_id=c) for c in columns)).distinct()
    return name_texts.semi_join(asked, "name_id")


def addresses_of(address_texts: ir.Table, table: ir.Table) -> ir.Table:
    """The few of all addresses that `table` shows, once per number."""
    columns = ("address_id", "address_b_id")
    asked = ibis.union(*(table.select(address_id=c) for c in columns)).distinct()
    return address_texts.semi_join(asked, "address_id")


def with_name_texts(table: ir.Table, name_texts: ir.Table | None) -> ir.Table:
    """`table` with the texts of its names and former names."""
    own = ("name_key", "name_fold", "name_sound", "name_head", "head_sound")
    found = texts_behind(table, "name_id", name_texts, "name_id", {c: c for c in own})
    return texts_behind(found, "former_id", name_texts, "name_id", {"former_fold": "name_fold"})


def texts_behind(
    table: ir.Table,
    column: str,
    dictionary: ir.Table | None,
    key: str,
    made: Mapping[str, str],
) -> ir.Table:
    """`table` with the texts behind a column of numbers: `made` names them and the dictionary's columns."""
    if dictionary is None:
        return table.mutate(**dict.fromkeys(made, _VOID))
    texts = dictionary.select(_key=key, **{new: dictionary[old] for new, old in made.items()})
    return table.left_join(texts, table[column] == texts["_key"]).drop("_key")


def once_each(dictionary: ir.Table, key: str) -> ir.Table:
    """A dictionary of written texts as one of numbers: texts written apart but alike have one number."""
    asked = dictionary.filter(dictionary[key].notnull())
    texts = [c for c in asked.columns if c not in ("value", key) and not c.endswith("_id")]
    return asked.group_by(key).agg(**{c: asked[c].min() for c in texts})
