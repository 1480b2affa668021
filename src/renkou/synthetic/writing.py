"""Columns of text, as offices write them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from renkou.core.id_numbers import Bytes, digits
from renkou.synthetic.areas import AreaTree
from renkou.synthetic.calendar import day_texts
from renkou.synthetic.draft import FULL, MISSING, MONTH_ONLY, Draft
from renkou.synthetic.glyphs import Names
from renkou.synthetic.homes import DOORS, GROUPS
from renkou.synthetic.kinds import Kind
from renkou.synthetic.numbering import region_texts
from renkou.synthetic.streams import Ints, Mask

ETHNICITIES = {1: "汉族", 3: "回族", 5: "维吾尔族", 6: "苗族", 15: "土家族"}


def texts(values: Names | Bytes) -> pa.Array:
    """NumPy text or bytes as Arrow text; empty is null."""
    empty = "" if values.dtype.kind == "U" else b""
    array = pa.array(values, mask=values == empty)
    return array if array.type == pa.string() else array.cast(pa.string())


def coded(index: npt.NDArray[np.integer], words: Sequence[str | None]) -> pa.Array:
    """The word of each code."""
    return pa.array(words, pa.string()).take(pa.array(index.astype(np.int32)))


def serials(values: Ints, width: int, prefix: str = "") -> pa.Array:
    """Numbers with zeros in front, after a prefix."""
    body = np.ascontiguousarray(digits(values, width)).view(f"S{width}").ravel()
    array = pa.array(body).cast(pa.string())
    return joined(prefix, array) if prefix else array


def joined(*parts: pa.Array | str) -> pa.Array:
    """Parts side by side; null where any is null."""
    scalars = [pa.scalar(part) if isinstance(part, str) else part for part in parts]
    return pc.binary_join_element_wise(*scalars, "")


def where(mask: Mask, yes: pa.Array | str | None, no: pa.Array | str | None) -> pa.Array:
    """`yes` where the mask holds, else `no`."""
    sides = [pa.scalar(side, pa.string()) if side is None or isinstance(side, str) else side
             for side in (yes, no)]  # fmt: skip
    return pc.if_else(pa.array(mask), *sides)


def sexes(draft: Draft, words: tuple[str, str] = ("男", "女")) -> pa.Array:
    """The sex column."""
    return coded(draft.sex, words)


def ethnicities(draft: Draft, words: dict[int, str] | None = None) -> pa.Array:
    """The ethnicity column."""
    words = words or ETHNICITIES
    table = [words.get(code) for code in range(max(words) + 1)]
    return coded(draft.city.people.ethnicity[draft.person], table)


@cache
def _doors(urban: bool) -> pa.Array:
    def text(group: int, number: int) -> str:
        if urban:
            return f"{group}栋{number // 56 + 1}单元{number % 56 // 2 + 1}{number % 2 + 1:02}室"
        return f"{group}组{number + 1}号"

    return pa.array([text(g, n) for g in range(GROUPS) for n in range(DOORS)])


def addresses(
    tree: AreaTree, village: Ints, door: Ints, *, from_level: str = "prefecture",
    old_name: Mask | None = None,
) -> pa.Array:  # fmt: skip
    """Whole addresses, from a level of the tree down to the door."""
    places = tree.village_texts(from_level=from_level).take(pa.array(village))
    if old_name is not None and old_name.any():
        former = tree.village_texts(from_level=from_level, old=True).take(pa.array(village))
        places = where(old_name, former, places)
    urban = tree.village_urban[village]
    at = pa.array(door)
    return joined(places, where(urban, _doors(True).take(at), _doors(False).take(at)))


def usual_addresses(draft: Draft, *, from_level: str = "prefecture") -> pa.Array:
    """The usual address as this list has it; some still name a village as it was before 2019."""
    renamed = np.isin(draft.village, list(draft.city.tree.old_names))
    old_name = renamed & (draft.rng.random(len(draft)) < 0.3)
    draft.mark(old_name, Kind.AREA_RENAMED)
    return addresses(
        draft.city.tree, draft.village, draft.door, from_level=from_level, old_name=old_name
    )


def registered_places(draft: Draft) -> pa.Array:
    """Province to county of people registered outside; the city's own places for the others."""
    homes, person = draft.city.homes, draft.person
    own = draft.city.tree.village_texts(from_level="county")
    own = own.take(pa.array(homes.registered_on(draft.day)[person].astype(np.int32)))
    return where(homes.region[person] > 0, _outside(draft), own)


def _outside(draft: Draft) -> pa.Array:
    """The registered county of each row as text; of no meaning for those registered here."""
    known = region_texts()
    regions, index = np.unique(draft.city.homes.region[draft.person], return_inverse=True)
    return coded(index, [known.get(int(code), "不详") for code in regions])


def registered_addresses(draft: Draft) -> pa.Array:
    """The draft's own address, or the county outside for those who are registered there."""
    inside = addresses(draft.city.tree, draft.village, draft.door)
    return where(draft.city.homes.region[draft.person] > 0, _outside(draft), inside)


def birth_dates(draft: Draft, form: str, month_form: str) -> pa.Array:
    """The birth date column; only the month, or nothing, where that is all that is known."""
    whole = day_texts(draft.birth, form)
    month = where(draft.birth_extent == MONTH_ONLY, day_texts(draft.birth, month_form), whole)
    return where(draft.birth_extent == MISSING, None, month)


_MESSY = ("dots", "slashes", "digits", "words", "iso", "chinese", "serial")
_MESSY_SHARES = (0.34, 0.18, 0.18, 0.12, 0.1, 0.02, 0.06)
_MESSY_MONTHS = ("month_dots", "month_words", "month_iso", "year")


def messy_birth_dates(draft: Draft, clerk: Ints) -> tuple[pa.Array, Mask]:
    """Birth dates in as many forms as there are clerks, and which are numbers in Excel.

    Each clerk has a habit and leaves it in one row of ten.
    """
    rng = draft.rng
    habits = rng.choice(len(_MESSY), int(clerk.max(initial=0)) + 1, p=_MESSY_SHARES)
    own = rng.choice(len(_MESSY), len(draft), p=_MESSY_SHARES)
    form = np.where(rng.random(len(draft)) < 0.9, habits[clerk], own)
    result = day_texts(draft.birth, _MESSY[0])
    for number, name in enumerate(_MESSY[1:], 1):
        result = where(form == number, day_texts(draft.birth, name), result)
    said = draft.lunar & (rng.random(len(draft)) < 0.5)  # half of the lunar dates say so
    lunar_form = np.where(form % 2 == 0, "lunar_bracket", "lunar_words")
    for name in ("lunar_bracket", "lunar_words"):
        result = where(said & (lunar_form == name), day_texts(draft.birth, name), result)
    months = rng.integers(0, len(_MESSY_MONTHS), len(draft))
    partial = draft.birth_extent == MONTH_ONLY
    for number, name in enumerate(_MESSY_MONTHS):
        result = where(partial & (months == number), day_texts(draft.birth, name), result)
    blanks = coded(rng.integers(0, 4, len(draft)), ["不详", "-", None, "无"])
    result = where(draft.birth_extent == MISSING, blanks, result)
    is_number = (_MESSY.index("serial") == form) & (draft.birth_extent == FULL) & ~said
    return result, is_number


def phones(draft: Draft, owner: Ints | None = None) -> pa.Array:
    """Mobile numbers of the people themselves or of others (parents); a fifth are not known.

    Numbers begin 100, which no operator gives out.
    """
    owner = draft.person if owner is None else owner
    number = (owner.astype(np.int64) * 7919 + 12_345_678) % 100_000_000
    unknown = (draft.rng.random(len(draft)) < 0.2) | (owner < 0)
    return where(unknown, None, serials(number, 8, "100"))


def townships(draft: Draft) -> pa.Array:
    """County and township of the draft's address, as one text."""
    tree = draft.city.tree
    names = [tree.county_names[county] + name
             for county, name in zip(tree.township_county, tree.township_names, strict=True)]  # fmt: skip
    return coded(tree.village_township[draft.village], names)


def relatives_names(draft: Draft, relative: Ints) -> pa.Array:
    """Names of relatives (mother, father, head); null where nobody is known."""
    return texts(np.where(relative >= 0, draft.city.names.name[relative], ""))


def numbers_as_cells(draft: Draft) -> tuple[pa.Array, Mask]:
    """The number column of a workbook, and which cells Excel keeps as numbers (the truncated).

    Typed by hand: x for X, blanks before or between the parts, full-width digits, an apostrophe.
    None of these is an error: reading must see through them.
    """
    array = texts(draft.number)
    chance = draft.rng.random(len(draft))
    array = where(chance < 0.3, pc.utf8_lower(array), array)
    grouped = joined(pc.utf8_slice_codeunits(array, 0, 6), " ",
                     pc.utf8_slice_codeunits(array, 6, 14), " ",
                     pc.utf8_slice_codeunits(array, 14))  # fmt: skip
    whole = pc.equal(pc.binary_length(array), 18).fill_null(False)
    array = where((chance > 0.99) & np.asarray(whole), grouped, array)
    array = where((chance > 0.985) & (chance <= 0.99), joined(" ", array), array)
    array = where((chance > 0.98) & (chance <= 0.985), joined("'", array), array)
    wide = (chance > 0.978) & (chance <= 0.98)
    array = where(wide, _full_width(draft, wide), array)
    is_number = draft.has(Kind.NUMBER_TRUNCATED)
    return where(is_number, texts(draft.number), array), is_number


def _full_width(draft: Draft, rows: Mask) -> pa.Array:
    """Numbers of some rows in full-width characters; null elsewhere."""
    result = np.zeros(len(draft), "U20")
    points = draft.number[rows].astype("U20").view(np.uint32).reshape(-1, 20)
    result[rows] = np.where(points > 0, points + 0xFEE0, 0).astype(np.uint32).view("U20").ravel()
    return texts(result)
