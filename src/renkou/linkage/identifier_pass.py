"""The identifier pass: who holds a number, and who only brings somebody else's. Pure.

Records with one valid number are one person unless a guard says otherwise: a valid number can be
the mother's, the spouse's, the householder's or the row above's, and then often brings its birth
date. Of each number the face (name, birth date, sex) that fits the number best and that most lists
know is its owner; records whose name is not compatible with the owner's are *suspects*: their number
is kept as a hint of kinship and they are linked without it.
"""

from __future__ import annotations

from collections.abc import Collection

import ibis
import ibis.expr.types as ir

from renkou.linkage.features import said
from renkou.linkage.pairs import records_of

IDENTITY = ("record_id", "source", "trust", "id_key", "name_id", "sound_id", "former_id", "initial_id",
            "birth_date", "sex")  # fmt: skip
_FACE = ("id_key", "name_id", "former_id", "birth_date", "sex")


def birth_in_number(id_key: ir.StringColumn) -> ir.StringColumn:
    """ISO birth date written in an 18-character number."""
    return id_key.substr(6, 4) + "-" + id_key.substr(10, 2) + "-" + id_key.substr(12, 2)


def sex_in_number(id_key: ir.StringColumn) -> ir.StringColumn:
    """`male` where the 17th character is odd, else `female`."""
    return id_key.substr(16, 1).isin(["1", "3", "5", "7", "9"]).ifelse("male", "female")


def _whole(column: ir.BooleanValue) -> ir.IntegerValue:
    return ibis.coalesce(column, False).cast("int32")


def fits_number(table: ir.Table) -> ir.IntegerValue:
    """How well birth date (2) and sex (1) stand in the number, 0 to 3; a missing one counts as fitting."""
    birth = table.birth_date.isnull() | birth_in_number(table.id_key).startswith(table.birth_date)
    sex = table.sex.isnull() | (table.sex == sex_in_number(table.id_key))
    return 2 * _whole(birth) + _whole(sex)


def _near(left: ir.StringValue, right: ir.StringValue, share: float) -> ir.BooleanValue:
    longer = ibis.greatest(left.length(), right.length())
    return left.levenshtein(right) <= share * longer


def compatible_names(left: ir.Table, right: ir.Table) -> ir.BooleanValue:
    """Whether two names can be one person's: variants, sounds, a former name, one character, a part.

    A shared surname alone is not enough (it is what a father's number on a child's row shows), nor is
    one of two characters.
    """
    lengths = ibis.greatest(left.name_fold.length(), right.name_fold.length())
    same = (
        (left.name_fold == right.name_fold)
        | (left.name_sound == right.name_sound)
        | ibis.coalesce(left.former_fold == right.name_fold, False)
        | ibis.coalesce(right.former_fold == left.name_fold, False)
    )
    # A list that leaves the father's part out leaves the separator out with it.
    separated = left.head_sound.notnull() | right.head_sound.notnull()
    first_l = ibis.coalesce(left.head_sound, left.name_sound)
    first_r = ibis.coalesce(right.head_sound, right.name_sound)
    heads = separated & ibis.coalesce(_near(first_l, first_r, 0.34), False)
    # Brothers' and sisters' names are one character apart too, but not their birth dates and sex.
    han = (
        lengths.between(3, 4)
        & one_character_apart(left.name_fold, right.name_fold)
        & _near_births(left.birth_date, right.birth_date)
        & ibis.coalesce(left.sex == right.sex, True)
    )
    unseparated = (
        (left.name_head.isnull() | right.name_head.isnull())
        & (lengths >= 4)
        & (ibis.least(left.name_fold.length(), right.name_fold.length()) >= 2)
        & (
            _near(left.name_sound, right.name_sound, 0.3)
            | left.name_sound.startswith(right.name_sound)
            | right.name_sound.startswith(left.name_sound)
        )
    )
    return left.name_fold.isnull() | right.name_fold.isnull() | same | heads | han | unseparated


def _near_births(left: ir.StringValue, right: ir.StringValue) -> ir.BooleanValue:
    """Whether two birth dates, as complete as given, can be one: a year or two characters apart at most."""
    years = (left.left(4).try_cast("int32") - right.left(4).try_cast("int32")).abs()
    part = left.startswith(right) | right.startswith(left)
    return ibis.coalesce((years <= 1) | part | (left.levenshtein(right) <= 2), True)


def one_character_apart(left: ir.StringValue, right: ir.StringValue) -> ir.BooleanValue:
    """Whether two names of at most four characters differ in one: another, one more or one less.

    They do when they agree before some place and after it. DuckDB counts edit distance in bytes (three to
    a Han character) and Spark in characters, so it is written out.
    """
    longer = ibis.greatest(left.length(), right.length())
    shorter = ibis.least(left.length(), right.length())
    agreed = [
        (longer > before)
        & (left.left(before) == right.left(before))
        & (left.right(longer - 1 - before) == right.right(longer - 1 - before))
        for before in range(4)
    ]
    return (longer - shorter <= 1) & (longer <= 4) & (agreed[0] | agreed[1] | agreed[2] | agreed[3])


def half_compatible_names(left: ir.Table, right: ir.Table) -> ir.BooleanValue:
    """One of two characters alike: enough where birth date and sex both fit the number."""
    short = ibis.greatest(left.name_fold.length(), right.name_fold.length()) == 2
    half = (left.name_fold.left(1) == right.name_fold.left(1)) | (
        left.name_fold.right(1) == right.name_fold.right(1)
    )
    return ibis.coalesce(short & half, False)


def number_groups(features: ir.Table) -> ir.Table:
    """Numbers held under more than one name: id_key."""
    holders = features.filter(features.id_key.notnull())
    grouped = holders.group_by("id_key").agg(
        low=holders.sound_id.min(), high=holders.sound_id.max()
    )
    return grouped.filter(grouped.low != grouped.high).select("id_key")


def faces(features: ir.Table, groups: ir.Table) -> ir.Table:
    """Distinct faces under each number of `groups`, with how many records and lists show them."""
    holders = features.semi_join(groups, "id_key")
    return holders.group_by(list(_FACE)).agg(
        face=holders.record_id.min(),
        record_count=holders.count(),
        list_count=holders.source.nunique(),
        trust=holders.trust.max(),
    )


def owners(face_table: ir.Table, *, opaque: bool) -> ir.Table:
    """The owner face of each number: id_key and the owner's face columns.

    `face_table` is that of `faces` with the texts of its names (`dictionaries.with_name_texts`).

    Support counts every face under the number whose name is compatible, so that one person's spellings
    stand together.
    """
    other = face_table.view()
    met = face_table.join(other, face_table.id_key == other.id_key, rname="{name}_o")
    pairs = met.filter(_compatible_columns(met))
    support = pairs.group_by("face").agg(
        support=pairs.list_count_o.sum(), records=pairs.record_count_o.sum()
    )
    scored = face_table.join(support, "face")
    fit = ibis.literal(3) if opaque else fits_number(scored)
    ranked = scored.mutate(
        place=ibis.row_number().over(
            group_by="id_key",
            order_by=[
                ibis.desc(fit),
                ibis.desc(scored.support),
                ibis.desc(scored.trust),
                ibis.desc(scored.records),
                scored.face,
            ],
        )
    )
    return ranked.filter(ranked.place == 0).drop("place", "support", "records")


class _Side:
    """Columns of a joined table under one suffix, read as if they were a table's own."""

    def __init__(self, table: ir.Table, suffix: str) -> None:
        self._table, self._suffix = table, suffix

    def __getattr__(self, name: str) -> ir.Value:
        return self._table[name + self._suffix]


def _compatible_columns(joined: ir.Table, suffix: str = "_o") -> ir.BooleanValue:
    return compatible_names(_Side(joined, ""), _Side(joined, suffix))


def suspects(
    features: ir.Table, face_table: ir.Table, owner_table: ir.Table, *, opaque: bool
) -> ir.Table:
    """Records whose name is not compatible with that of their number's owner: record_id."""
    met = face_table.join(owner_table, "id_key", rname="{name}_o")
    half = half_compatible_names(_Side(met, ""), _Side(met, "_o"))
    if not opaque:
        half = half & (fits_number(met) == 3)
    strange = met.filter(~(_compatible_columns(met) | half)).select(*_FACE)
    few = features.semi_join(strange.select("id_key").distinct(), "id_key")
    conditions = [few[c].identical_to(strange[c]) for c in _FACE]
    return few.semi_join(strange, conditions).select("record_id")


def lonely_misfits(features: ir.Table) -> ir.Table:
    """Records alone under a number that plainly contradicts their own birth date: record_id.

    A lunar date, a swap or a wrong digit is no contradiction; another year is, and so is another day
    together with the other sex.
    """
    holders = features.filter(features.id_key.notnull())
    alone = holders.group_by("id_key").agg(records=holders.count())
    single = holders.semi_join(alone.filter(alone.records == 1), "id_key")
    stated = single.birth_date.substr(0, 4).try_cast("int32")
    years = (stated - single.id_key.substr(6, 4).try_cast("int32")).abs()
    other_day = ~birth_in_number(single.id_key).startswith(single.birth_date)
    contradicts = (years >= 2) | (other_day & (single.sex != sex_in_number(single.id_key)))
    return single.filter(contradicts).select("record_id")


def brought(identity: ir.Table, strange: ir.Table, parted: ir.Table) -> ir.Table:
    """Records without a claim to the number they show: record_id, number, parted, and what they say of it.

    Parameters
    ----------
    strange : record_id of suspects and misfits
    parted : record_id of those that a reviewer keeps apart from another under the number
    """
    out = ibis.union(
        strange.select("record_id", parted=ibis.literal(False)),
        parted.anti_join(strange, "record_id").select("record_id", parted=ibis.literal(True)),
    ).distinct()
    return identity.inner_join(out, "record_id").select(
        "record_id",
        "parted",
        number="id_key",
        initial_id="initial_id",
        birth_date="birth_date",
        sex="sex",
    )


def holders(identity: ir.Table, brought_table: ir.Table) -> ir.Table:
    """Whose a number is: id_key, unit_id (its smallest record), initial_id."""
    held = identity.filter(identity.id_key.notnull()).anti_join(brought_table, "record_id")
    return held.group_by("id_key").agg(
        unit_id=held.record_id.min(), initial_id=held.initial_id.min()
    )


def without_brought(features: ir.Table, brought_table: ir.Table, *, opaque: bool) -> ir.Table:
    """Features where a suspect has no number, and no birth date where that is the number's.

    An opaque number stays to be compared, since nothing in it says whose it is.
    """
    out = brought_table.select(out_id="record_id", parted="parted")
    met = features.left_join(out, features.record_id == out.out_id)
    void = ibis.null("string")
    strange, parted = met.out_id.notnull(), ibis.coalesce(met.parted, False)
    told = (
        ibis.literal(False)
        if opaque
        else strange & ~parted & ibis.coalesce(met.birth_date == birth_in_number(met.id_key), False)
    )
    return met.mutate(
        id_key=strange.ifelse(void, met.id_key),
        id_text=(parted if opaque else strange).ifelse(void, met.id_text),
        birth_date=told.ifelse(void, met.birth_date),
    ).drop("out_id", "parted")


_PLACES = (
    "registered_address",
    "usual_address",
    "registered_area",
    "usual_area",
    "phone",
    "postcode",
)


def repeated_rows(
    records: ir.Table, read: Collection[str], free: Collection[str], decisions: ir.Table
) -> ir.Table:
    """Rows without a valid number that repeat another of their list word for word: record_id, first.

    They are one person from the start where they say enough: a name, a whole birth date and a place. A
    hundred copies of a row would otherwise be too common to be compared with one another.

    Parameters
    ----------
    records : with the columns `read`
    free : lists free of duplicates, where rows alike are two people
    decisions : records that a reviewer keeps apart from any are left alone
    """
    words = [c for c in read if c not in ("id_key", "household_key")]
    places = [records[c].notnull() for c in _PLACES if c in words]
    if "birth_date" not in words or not places:
        return records.filter(ibis.literal(False)).select("record_id", first="record_id")
    told = records.name.notnull() & (records.birth_date.length() == 10) & ibis.or_(*places)
    if "id_key" in records.columns:
        told = told & records.id_key.isnull()
    if free:
        told = told & ~records.source.isin(list(free))
    apart = records_of(decisions.filter(~decisions.same))
    rows = records.filter(told).anti_join(apart, "record_id")
    alike = rows.select("record_id", "source", said=said(rows, words))
    same = ibis.window(group_by=[alike.source, alike.said])
    counted = alike.select(
        "record_id", first=alike.record_id.min().over(same), rows=alike.count().over(same)
    )
    return counted.filter(counted.rows > 1).select("record_id", "first")


def standing(
    features: ir.Table,
    brought_table: ir.Table,
    holder_table: ir.Table,
    repeats: ir.Table,
    *,
    opaque: bool,
) -> ir.Table:
    """Features with unit_id (the group a record starts in), numbered and settled, in place of id_key."""
    marked = without_brought(features, brought_table, opaque=opaque)
    units = holder_table.select(_number="id_key", holder="unit_id")
    placed = marked.left_join(units, marked.id_key == units["_number"]).drop("_number")
    again = repeats.select(_repeat="record_id", first="first")
    placed = placed.left_join(again, placed.record_id == again["_repeat"])
    numbered = placed.holder.notnull()
    return placed.mutate(
        unit_id=ibis.coalesce(placed.holder, placed["first"], placed.record_id),
        numbered=numbered,
        settled=ibis.literal(False) if opaque else numbered,
    ).drop("id_key", "holder", "_repeat", "first")


# Bits for 'it is the holder under another name' against 'somebody else's record, of whom no other list
# knows'. Nearly everybody is in some other list, so that a stranger's record mostly finds its person, and
# one that finds nobody and agrees with the number in birth date and sex is mostly the holder's.
_HOLDER_FITS, _HOLDER_SURNAME, _HOLDER_MISFITS = -0.5, 4.5, -4.0


def holder_edges(brought_table: ir.Table, holder_table: ir.Table) -> ir.Table:
    """Suspects and the holders of the numbers they brought: unit_id_l, unit_id_r, weight."""
    suspect = brought_table.select(
        "number", unit_id_l="record_id", initial_s="initial_id", sex="sex", birth="birth_date"
    )
    holder = holder_table.select(number="id_key", unit_id_r="unit_id", initial_h="initial_id")
    met = suspect.inner_join(holder, "number")
    # Another's number brings that one's birth date or none: a date near it is the same with a slip.
    near = birth_in_number(met.number).levenshtein(met.birth) <= 2
    same_year = met.number.substr(6, 4) == met.birth.left(4)
    birth = ibis.coalesce(near | same_year, True)
    fits = birth & ibis.coalesce(met.sex == sex_in_number(met.number), True)
    surname = ibis.coalesce(met.initial_s == met.initial_h, False)
    told = _HOLDER_FITS + _whole(surname) * _HOLDER_SURNAME
    return met.select("unit_id_l", "unit_id_r", weight=fits.ifelse(told, _HOLDER_MISFITS))
