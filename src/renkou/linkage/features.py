"""Features: what is compared, made from canonical records once. Pure: Ibis expressions.

One row per record. Names enter as keys looked up per distinct name (`renkou.core.names`).

| column | meaning |
|---|---|
| record_id, source | the record |
| id_key | valid number of the person, or null |
| id_text | number as written (5 characters and more), valid or not |
| name_key, name_fold, name_sound | simplified; look-alikes made one; pinyin without tone |
| name_head, head_sound | of a separated name (given·father's) the first part; else null |
| former_fold | former name, folded |
| given, middle, surname | parts, where a list keeps them apart |
| birth_date, birth_day | ISO text as complete as given; days since 1970 where complete |
| sex | canonical code |
| area_a, area_b | registered and usual area (a is whichever there is, or the names in the address) |
| township, locality | names in the address: of the township, and with the village's |
| birth_b | birth date in the number |
| address_a, address_b | usual (else registered) and registered address, without blanks and marks |
| address_free | an address without township, to be compared by edit distance |
| address_tail | the address from the township on, else its last 12 characters |
| phone, postcode, mother_key, father_key, spouse_key, compare_* | other comparable columns |
| household | text that members of one household of one list share, or null |
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import ibis
import ibis.expr.types as ir

from renkou.core.names import SEPARATOR, name_folds, name_keys, name_sounds

NAME_COLUMNS = ("name", "former_name", "mother_name", "father_name", "spouse_name")
PART_COLUMNS = {"given_name": "given", "middle_name": "middle", "surname": "surname"}
KIN_COLUMNS = ("mother_id_key", "father_id_key", "spouse_id_key", "head_id_key")
_TOWNSHIP = r"(?:[省州市县区旗]|^)([^省州市县区旗0-9]{1,12}?(?:街道|镇|乡|苏木))"
_VILLAGE = r"(?:街道|镇|乡|苏木)([^0-9]{1,12}?(?:社区|村|居委会|嘎查))"
_DOOR = r"(?:街道|镇|乡|苏木)(.{4,})$"
_GB11643 = r"^[0-9]{17}[0-9X]$"
_SHORTEST_NUMBER, _FULL_DATE = 5, 10  # characters
_TAIL = 12  # characters at the end of an address: hamlet, building, door
_MARKS = r"[\s　,，.。:：;；、()（）\-—_#'\"]"

Texts = Sequence[str]


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


def _filled(column: ir.StringColumn) -> ir.StringColumn:
    """Empty text as null."""
    return column.nullif("")


def name_values(records: ir.Table, columns: Sequence[str]) -> ir.StringColumn:
    """Every name written in any of `columns`, one column, for the look-up of keys."""
    tables = [records.select(value=records[column]) for column in columns]
    united = tables[0] if len(tables) == 1 else ibis.union(*tables)
    return united.value


def _address_key(column: ir.StringColumn) -> ir.StringColumn:
    return _filled(column.re_replace(_MARKS, "").lower())


Text = Callable[[str], ir.StringColumn]
_VOID = ibis.null("string")


def _plain_columns(records: ir.Table, present: set[str]) -> dict[str, ir.Value]:
    """Features that need no look-up."""

    def text(column: str) -> ir.StringColumn:
        return records[column] if column in present else _VOID

    birth, number = text("birth_date"), text("id_number")
    day = birth.try_cast("date").epoch_seconds() // 86400
    columns: dict[str, ir.Value] = {
        "record_id": records.record_id,
        "source": records.source,
        "id_text": (number.length() >= _SHORTEST_NUMBER).ifelse(number, _VOID),
        "birth_date": birth,
        "birth_day": (birth.length() == _FULL_DATE).ifelse(day, ibis.null("int64")),
        "sex": text("sex"),
        "phone": text("phone"),
        "postcode": text("postcode"),
        "household": records.source + "/" + text("household_key"),
        **_number_columns(text),
        **_place_columns(text),
    }
    for old, new in PART_COLUMNS.items():
        columns[new] = _filled(text(old).lower().re_replace(r"[^\p{L}]", ""))
    columns.update({c: records[c] for c in sorted(present) if c.startswith("compare_")})
    return columns | {c: text(c) for c in KIN_COLUMNS}


def _number_columns(text: Text) -> dict[str, ir.Value]:
    """The number where it is sure, and the birth date in it."""
    number = text("id_key")
    standard = number.re_search(_GB11643)
    # One in eleven numbers that a spreadsheet cut passes the checksum by chance; true numbers that end so
    # are rarer than cut ones, and are linked like any number that is not sure.
    cut = ibis.coalesce(standard & number.endswith("000"), False)
    birth = number.substr(6, 4) + "-" + number.substr(10, 2) + "-" + number.substr(12, 2)
    return {"id_key": cut.ifelse(_VOID, number), "birth_b": standard.ifelse(birth, _VOID)}


def _place_columns(text: Text) -> dict[str, ir.Value]:
    """Areas and addresses; where a list gives no area, the names in the address stand for it."""
    # Where people live first: a newcomer's registered address is often no more than a county.
    usual, registered = text("usual_address"), text("registered_address")
    address = _address_key(ibis.coalesce(usual, registered))
    township = _filled(address.re_extract(_TOWNSHIP, 1))
    village = _filled(address.re_extract(_VILLAGE, 1))
    locality = township + village
    # From the township on, departments write an address alike; before it, not.
    door = _filled(address.re_extract(_DOOR, 1))
    tail = (township.isnull() & (address.length() >= _TAIL)).ifelse(address.right(_TAIL), _VOID)
    area = ibis.coalesce(text("registered_area"), text("usual_area"), locality, township)
    return {
        "area_a": area,
        "area_b": text("usual_area"),
        "address_a": address,
        "address_b": _address_key(registered),
        "address_tail": ibis.coalesce(township + door, tail),
        # Edit distance over a long Chinese address costs more than all other comparisons, and tells nothing
        # that its end does not.
        "address_free": township.isnull().ifelse(address, _VOID),
        "township": township,
        "locality": locality,
    }


def features(records: ir.Table, names: ir.Table | None, present: set[str]) -> ir.Table:
    """Features of every record.

    Parameters
    ----------
    records : canonical records (docs/reference/tables.md)
    names : look-up of `name_functions` by `value`, or None where no list has whole names
    present : columns of `records` that hold any value
    """
    table = records.select(
        **_plain_columns(records, present),
        **{f"_{c}": records[c] for c in NAME_COLUMNS if c in present},
    )
    wanted = {
        "name": {"name_key": "key", "name_fold": "fold", "name_sound": "sound",
                 "name_head": "head", "head_sound": "head_sound"},
        "former_name": {"former_fold": "fold"},
        "mother_name": {"mother_key": "key"},
        "father_name": {"father_key": "key"},
        "spouse_name": {"spouse_key": "key"},
    }  # fmt: skip
    for column, made in wanted.items():
        if names is None or column not in present:
            table = table.mutate(**dict.fromkeys(made, _VOID))
            continue
        looked_up = names.select(_value="value", **{new: names[old] for new, old in made.items()})
        table = table.left_join(looked_up, table[f"_{column}"] == looked_up["_value"]).drop(
            f"_{column}", "_value"
        )
    return _with_latin_whole_name(table) if "given_name" in present else table


def _with_latin_whole_name(table: ir.Table) -> ir.Table:
    """Where a list keeps parts, the whole name for the guard is given·surname."""
    whole = ibis.coalesce(table.given, "") + ibis.coalesce(table.surname, "")
    return table.mutate(
        name_key=ibis.coalesce(table.name_key, _filled(whole)),
        name_fold=ibis.coalesce(table.name_fold, _filled(whole)),
        name_sound=ibis.coalesce(table.name_sound, _filled(whole)),
        name_head=ibis.coalesce(table.name_head, table.given),
        head_sound=ibis.coalesce(table.head_sound, table.given),
    )


def columns_in_use(counts: Mapping[str, int]) -> set[str]:
    """Columns of which any record holds a value."""
    return {column for column, count in counts.items() if count}
