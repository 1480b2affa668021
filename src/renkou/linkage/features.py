"""Features: what is compared, made from canonical records once. Pure: Ibis expressions.

Records hold numbers in place of long texts (`*_id`: a hash of the text), so that eight million of them
fit into memory and join fast; `with_texts` gives the texts back to the few that are compared letter by
letter. `dictionaries` works names and addresses out once per distinct text.

| column of `features` | meaning |
|---|---|
| record_id, source | the record |
| id_key | valid number of the person, or null |
| id_text | number as written (5 characters and more), valid or not |
| name_id, fold_id, sound_id | name simplified; look-alikes made one; pinyin without tone |
| head_id | of a separated name (given·father's) the first part's sound; else null |
| initial_id, start_id | first character of the folded name; first three letters of its sound |
| pair_id, ends_id, given_id | of a name of 2 to 4 characters, folded: first two, ends, all but the first |
| former_id, mother_id, father_id, spouse_id | other names, simplified |
| given, middle, surname | parts, where a list keeps them apart |
| birth_date | ISO text as complete as given |
| sex | canonical code |
| area_a, area_b | registered and usual area, the more exact of the given and what the address names |
| address_id, address_b_id | usual (else registered) and registered address, without blanks and marks |
| locality_id | names of township and village in the address |
| tail_id | the address from the township on, else its last 12 characters |
| door_id | two numbers of the address: group and house, or building and room |
| house | number with which a Latin address begins |
| phone, postcode, compare_* | other comparable columns |
| household_id | of the household in its list, or null |

| text | of |
|---|---|
| name_key, name_fold, name_sound, name_head, head_sound | name_id |
| former_fold; mother_key, father_key, spouse_key | former_id; mother_id, father_id, spouse_id |
| address_a, address_b | address_id, address_b_id |
| township, locality, address_tail | names in the address; its end |
| address_door | its two numbers |
| address_free | an address without township, to be compared by edit distance |
| birth_b | birth date in the number |
| birth_day | days since 1970 where the birth date is complete |
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import ibis
import ibis.expr.types as ir

from renkou.core.names import SEPARATOR
from renkou.linkage.dictionaries import code, filled, texts_behind, with_name_texts
from renkou.linkage.gazetteer import most_exact

NAME_COLUMNS = ("name", "former_name", "mother_name", "father_name", "spouse_name")
PART_COLUMNS = {"given_name": "given", "middle_name": "middle", "surname": "surname"}
KIN_COLUMNS = ("mother_id_key", "father_id_key", "spouse_id_key", "head_id_key")
ADDRESS_COLUMNS = ("usual_address", "registered_address")
# Texts that exist where a number does, by the names under which rules and comparisons ask for them.
TEXTS_OF: Mapping[str, tuple[str, ...]] = {
    "name_id": ("name_key", "name_fold", "name_sound"),
    "head_id": ("name_head", "head_sound"),
    "former_id": ("former_fold",),
    "mother_id": ("mother_key",),
    "father_id": ("father_key",),
    "spouse_id": ("spouse_key",),
    "address_id": ("address_a",),
    "address_b_id": ("address_b",),
    "locality_id": ("locality", "township"),
    "tail_id": ("address_tail",),
    "door_id": ("address_door",),
}
_SHORTEST_NUMBER, _STANDARD, _FULL_DATE = 5, 18, 10  # characters
_HAN = r"^[㐀-鿿]+$"

_VOID = ibis.null("string")
_NO_ID = ibis.null("int64")
_COLUMNS = (
    "id_key", "id_text", "name_id", "fold_id", "sound_id", "head_id", "initial_id", "start_id",
    "pair_id", "ends_id", "given_id", "former_id", "mother_id", "father_id", "spouse_id", "given",
    "middle", "surname", "birth_date", "sex", "area_a", "area_b", "address_id", "address_b_id",
    "locality_id", "tail_id", "door_id", "house", "phone", "postcode", "household_id",
)  # fmt: skip


def said(records: ir.Table, columns: Collection[str]) -> ir.StringValue:
    """All that records say in some columns, as one text."""
    return ibis.literal("\x1f").join([records[c].fill_null("") for c in sorted(columns)])


def with_whole_names(records: ir.Table, present: Collection[str]) -> ir.Table:
    """Records with `name` and all of `present`; where a list keeps parts, they make the name.

    Of Han characters surname and given name in one, of others given·surname.
    """
    parts = [
        ibis.coalesce(_part(records[column]), "")
        for column in ("given_name", "surname")
        if column in present
    ]
    whole = records.name if "name" in present else _VOID
    if parts:
        given, surname = parts[0], parts[-1]
        if len(parts) == 2:
            apart, together = given + SEPARATOR + surname, surname + given
            joined = together.re_search(_HAN).ifelse(together, apart)
        else:
            joined = given
        whole = ibis.coalesce(whole, filled(joined.nullif(SEPARATOR)))
    return records.mutate(name=whole)


def _part(column: ir.StringValue) -> ir.StringValue:
    return filled(column.lower().re_replace(r"[^\p{L}]", ""))


def _plain_columns(records: ir.Table, present: Collection[str]) -> dict[str, ir.Value]:
    """Features that need no look-up; those of which no list has anything are left out."""
    columns: dict[str, ir.Value] = {"record_id": records.record_id, "source": records.source}
    columns |= {c: records[c] for c in ("birth_date", "sex", "phone", "postcode") if c in present}
    columns |= {new: _part(records[old]) for old, new in PART_COLUMNS.items() if old in present}
    columns |= {c: records[c] for c in sorted(present) if c.startswith("compare_")}
    if "id_number" in present:
        long = records.id_number.length() >= _SHORTEST_NUMBER
        columns["id_text"] = long.ifelse(records.id_number, _VOID)
    if "household_key" in present:
        columns["household_id"] = code(records.source + "/" + records.household_key)
    if "id_key" in present:
        columns["id_key"] = sure_number(records.id_key)
    return columns


def sure_number(number: ir.StringValue) -> ir.StringValue:
    """The number where it is sure.

    One in eleven numbers that a spreadsheet cut passes the checksum by chance; true numbers that end so
    are rarer than cut ones, and are linked like any number that is not sure.
    """
    cut = ibis.coalesce((number.length() == _STANDARD) & number.endswith("000"), False)
    return cut.ifelse(_VOID, number)


def _birth_in_number(table: ir.Table) -> ir.StringValue:
    """Birth date in a number that is sure, or of which only the end was cut."""
    number = table.id_text
    written = number.substr(6, 4) + "-" + number.substr(10, 2) + "-" + number.substr(12, 2)
    known = table.numbered | number.endswith("000")
    usable = known & (number.length() == _STANDARD) & written.try_cast("date").notnull()
    return ibis.coalesce(usable, False).ifelse(written, _VOID)


_NAME_IDS = ("name_id", "fold_id", "sound_id", "head_id", "initial_id", "start_id", "pair_id", "ends_id",
             "given_id")  # fmt: skip
_OF_NAMES: Mapping[str, Mapping[str, str]] = {
    "name": {c: c for c in _NAME_IDS},
    "former_name": {"former_id": "name_id"},
    "mother_name": {"mother_id": "name_id"},
    "father_name": {"father_id": "name_id"},
    "spouse_name": {"spouse_id": "name_id"},
}
_ADDRESS_IDS = ("address_id", "locality_id", "tail_id", "door_id", "house", "locality", "township",
                "written_area")  # fmt: skip
_AREAS = {"_registered": "registered_area", "_usual": "usual_area"}


def _looked_up(
    table: ir.Table, column: str, dictionary: ir.Table | None, made: Mapping[str, str]
) -> ir.Table:
    """`table` with what a dictionary says of its text `column`, which goes."""
    if dictionary is None or column not in table.columns:
        return table
    found = dictionary.select(_value="value", **{new: dictionary[old] for new, old in made.items()})
    return table.left_join(found, table[column] == found["_value"]).drop(column, "_value")


def features(
    records: ir.Table,
    name_table: ir.Table | None,
    address_table: ir.Table | None,
    present: Collection[str],
) -> ir.Table:
    """Features of every record, without the columns of which no list has anything (see `completed`).

    Parameters
    ----------
    records : canonical records (docs/reference/tables.md), with `with_whole_names`
    name_table, address_table : `names` and `addresses`, or None where no list has any
    present : columns of `records` that hold any value
    """
    # The looked-up texts go under names of their own, so that no feature is taken for one.
    texts = {f"_{c}": records[c] for c in NAME_COLUMNS if c in present}
    if places := [records[c] for c in ADDRESS_COLUMNS if c in present]:
        # Where people live first: a newcomer's registered address is often no more than a county.
        texts["_address"] = ibis.coalesce(*places)
    if "registered_address" in present:
        texts["_address_b"] = records.registered_address
    areas: dict[str, ir.Value] = {n: records[old] for n, old in _AREAS.items() if old in present}
    if "usual_address" in present:
        areas["_lives"] = records.usual_address.notnull()
    table = records.select(**_plain_columns(records, present), **texts, **areas)
    for column, made in _OF_NAMES.items():
        table = _looked_up(table, f"_{column}", name_table, made)
    table = _looked_up(table, "_address", address_table, {c: c for c in _ADDRESS_IDS})
    other = {"address_b_id": "address_id", "written_area_b": "written_area"}
    table = _looked_up(table, "_address_b", address_table, other)
    return _with_areas(table)


def _with_areas(table: ir.Table) -> ir.Table:
    """`table` with area_a and area_b, from codes and from what addresses name."""
    read = ("written_area", "written_area_b", "locality", "township", *_AREAS, "_lives")
    said = {c: table[c] if c in table.columns else _VOID for c in read}
    usual = said["_usual"]
    if "_lives" in table.columns:
        usual = table["_lives"].ifelse(most_exact(usual, said["written_area"]), usual)
    registered = most_exact(said["_registered"], said["written_area_b"])
    area = ibis.coalesce(registered, usual, said["locality"], said["township"])
    return table.mutate(area_a=area, area_b=usual).drop(*(c for c in read if c in table.columns))


def with_numbers(table: ir.Table) -> ir.Table:
    """`table` with the columns that the identifier pass changes."""
    lacking = [c for c in ("id_key", "id_text", "birth_date") if c not in table.columns]
    return table.mutate(**dict.fromkeys(lacking, _VOID))


def completed(table: ir.Table) -> ir.Table:
    """`table` with every column of features; null costs no memory where it is written as null."""
    lacking = [c for c in _COLUMNS if c not in table.columns]
    return table.mutate(**{c: _NO_ID if c.endswith("_id") else _VOID for c in lacking})


def relatives(records: ir.Table, present: Collection[str]) -> ir.Table | None:
    """Numbers of others in a row: record_id, number; None where no list has any."""
    sides = [
        records.filter(records[c].notnull()).select("record_id", number=c)
        for c in KIN_COLUMNS
        if c in present
    ]
    if not sides:
        return None
    return sides[0] if len(sides) == 1 else ibis.union(*sides)


def with_texts(
    table: ir.Table, name_texts: ir.Table | None, address_texts: ir.Table | None
) -> ir.Table:
    """`table` with the texts behind its numbers, birth_b and birth_day; for records that are compared.

    The dictionaries are those of `once_each`.
    """
    day = table.birth_date.try_cast("date").epoch_seconds() // 86400
    full = table.birth_date.length() == _FULL_DATE
    dated = table.mutate(birth_day=full.ifelse(day, _NO_ID), birth_b=_birth_in_number(table))
    found = with_name_texts(dated, name_texts)
    for kin in ("mother", "father", "spouse"):
        found = texts_behind(found, f"{kin}_id", name_texts, "name_id", {f"{kin}_key": "name_key"})
    read = {c: c for c in ("township", "locality", "address_tail", "address_door", "address_free")}
    found = texts_behind(
        found, "address_id", address_texts, "address_id", {"address_a": "address", **read}
    )
    return texts_behind(
        found, "address_b_id", address_texts, "address_id", {"address_b": "address"}
    )


def columns_in_use(counts: Mapping[str, int]) -> set[str]:
    """Columns of which any record holds a value, with the texts that hang on them."""
    used = {column for column, count in counts.items() if count}
    return used | {text for column in used for text in TEXTS_OF.get(column, ())}
