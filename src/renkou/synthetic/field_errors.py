"""What goes wrong with names, birth dates, sexes and addresses. Pure."""

from __future__ import annotations

import numpy as np

from renkou.synthetic import glyphs
from renkou.synthetic.calendar import day, from_parts, lunar_days, parts
from renkou.synthetic.draft import MISSING, MONTH_ONLY, Draft
from renkou.synthetic.glyphs import DOT, Codes
from renkou.synthetic.kinds import BIRTH_KINDS, CIRCUMSTANCES, NAME_KINDS, Kind
from renkou.synthetic.streams import Ints, Mask

_FORMER_NAME_LISTS = ("insurance", "marriages", "deaths")
_LUNAR_BORN_BEFORE = day(1975, 1, 1)
_DOTS = np.array([ord(c) for c in "•・･‧∙．.。、- "] + [0], np.uint32)  # 0: no dot at all
_HOW = (Kind.NAME_HOMOPHONE, Kind.NAME_GLYPH, Kind.NAME_FOLK_VARIANT, Kind.NAME_TRADITIONAL,
        Kind.NAME_DROPPED, Kind.NAME_ADDED)  # fmt: skip
_HOW_SHARES = np.array([0.38, 0.22, 0.1, 0.1, 0.12, 0.08])


def spoil_names(draft: Draft) -> None:
    """Former names first (offices share them), then slips of the pen; separated names apart."""
    separated = glyphs.codes(draft.name)
    separated_rows = (separated == DOT).any(axis=1)
    _former_names(draft, separated_rows)
    _slips(draft, draft.hit(draft.difficulty.name_changed, ~separated_rows))
    _separated_names(draft, draft.hit(draft.difficulty.name_separator, separated_rows))


def _former_names(draft: Draft, separated: Mask) -> None:
    """Two thirds of the people with a former name are known by it to the slow offices."""
    former = draft.city.names.former[draft.person]
    known = (former != "") & ~separated & (draft.person % 3 > 0)
    if draft.source not in _FORMER_NAME_LISTS:
        known &= draft.rng.random(len(draft)) < draft.difficulty.name_changed / 100
    draft.name[known] = former[known]
    draft.mark(known, Kind.NAME_FORMER)


def _slips(draft: Draft, rows: Mask) -> None:
    """One slip per struck name; a slip that changes nothing is tried again in another way."""
    pending = np.flatnonzero(rows & ~draft.has(NAME_KINDS))
    for attempt in range(6):
        shares = _HOW_SHARES if attempt < 5 else np.array([0, 0, 0, 0, 0, 1.0])
        drawn = draft.rng.choice(len(_HOW), len(pending), p=shares)
        before = glyphs.codes(draft.name[pending])
        after = _slipped(draft.rng, before, drawn)
        done = glyphs.changed(before, after)
        draft.name[pending[done]] = glyphs.names_of(after[done])
        flags = np.array([int(kind) for kind in _HOW], np.uint64)
        draft.kinds[pending[done]] |= flags[drawn[done]]
        pending = pending[~done]


def _slipped(rng: np.random.Generator, names: Codes, how: Ints) -> Codes:
    count = len(names)
    length = glyphs.lengths(names)
    anywhere = (rng.random(count) * length).astype(np.int32)
    given = np.minimum(1 + (rng.random(count) * (length - 1)).astype(np.int32), length - 1)
    place = np.where(rng.random(count) < 0.85, given, anywhere)
    pick = rng.integers(0, 8, count)
    result = names.copy()
    tables = (glyphs.homophones, glyphs.look_alikes, glyphs.folk_variants, glyphs.traditional)
    for kind, table in enumerate(tables):
        own = how == kind
        # Folk variants are of surnames mostly; the other tables of any character.
        position = np.zeros(own.sum(), np.int32) if kind == 2 else place[own]
        result[own] = glyphs.replaced(names[own], position, table(), pick[own])
    short = (how == 4) & (length > 2)
    result[short] = glyphs.dropped(names[short], np.maximum(place[short], 1))
    longer = (how == 5) & (length < 4)
    inserted = glyphs.insertable(rng, int(longer.sum()))
    result[longer] = glyphs.added(names[longer], np.maximum(place[longer], 1), inserted)
    return result


def _separated_names(draft: Draft, rows: Mask) -> None:
    """Another dot, a part left out, or another spelling."""
    draw = draft.rng.random(len(draft))
    part = rows & (draw < 0.2)
    spelling = rows & (draw >= 0.2) & (draw < 0.45)
    dot = rows & (draw >= 0.45)
    draft.name[part] = draft.city.names.given[draft.person[part]]
    draft.name[spelling] = draft.city.names.other_spelling[draft.person[spelling]]
    draft.mark(part, Kind.NAME_PART_MISSING)
    draft.mark(spelling, Kind.NAME_SPELLING)
    other_dot = dot | (spelling & (draft.rng.random(len(draft)) < 0.4))
    draft.name[other_dot] = glyphs.names_of(_other_dots(draft, other_dot))
    draft.mark(other_dot, Kind.NAME_DOT)


def _other_dots(draft: Draft, rows: Mask) -> Codes:
    """Names with the separator written otherwise, or left out."""
    matrix = glyphs.codes(draft.name[rows])
    dots = _DOTS[draft.rng.integers(0, len(_DOTS), len(matrix))]
    at = np.argmax(matrix == DOT, axis=1).astype(np.int32)
    has = (matrix == DOT).any(axis=1)
    replaced = np.where((matrix == DOT) & (dots != 0)[:, None], dots[:, None], matrix)
    gone = has & (dots == 0)
    replaced[gone] = glyphs.dropped(matrix[gone], at[gone])
    return replaced


def spoil_births(draft: Draft) -> None:
    """Lunar birthdays, wrong dates, dates of which only the month is known."""
    rates = draft.difficulty
    clean = ~draft.has(BIRTH_KINDS | Kind.NUMBER_OF_OTHER_WITH_BIRTH)
    lunar = draft.hit(rates.birth_lunar, clean & (draft.birth < _LUNAR_BORN_BEFORE))
    draft.birth[lunar] = lunar_days(draft.birth[lunar])
    draft.lunar |= lunar
    draft.mark(lunar, Kind.BIRTH_LUNAR)
    wrong = np.flatnonzero(draft.hit(rates.birth_wrong, clean & ~lunar))
    _wrong_dates(draft, wrong)
    partial = draft.hit(rates.birth_partial)
    missing = partial & (draft.rng.random(len(draft)) < 0.3)
    month = partial & ~missing
    draft.birth_extent[month], draft.birth_extent[missing] = MONTH_ONLY, MISSING
    draft.mark(month, Kind.BIRTH_MONTH_ONLY)
    draft.mark(missing, Kind.BIRTH_MISSING)


def _wrong_dates(draft: Draft, rows: Ints) -> None:
    """Day and month swapped (where that is a date), year off by one, a digit wrong, 1 January."""
    year, month, of_month = parts(draft.birth[rows])
    how = draft.rng.choice(4, len(rows), p=[0.25, 0.3, 0.25, 0.2])
    swappable = (of_month <= 12) & (of_month != month)
    how = np.where((how == 0) & ~swappable, 1, how)
    first = (month == 1) & (of_month == 1)
    how = np.where((how == 3) & first, 1, how)
    off = np.where(draft.rng.random(len(rows)) < 0.5, 1, -1)
    # A wrong digit: ten days or, seldomer, ten years away.
    decade = (how == 2) & (draft.rng.random(len(rows)) < 0.3)
    ten_days = (how == 2) & ~decade
    shifted = np.where(of_month > 10, of_month - 10, np.minimum(of_month + 10, 28))
    new_year = year + np.where(how == 1, off, 0) + np.where(decade, -10, 0)
    new_month = np.where(how == 0, of_month, np.where(how == 3, 1, month))
    new_day = np.where(
        how == 0, month, np.where(how == 3, 1, np.where(ten_days, shifted, of_month))
    )
    days = from_parts(new_year, new_month, new_day)
    changed = days != draft.birth[rows]
    draft.birth[rows] = days
    flags = [Kind.BIRTH_SWAPPED, Kind.BIRTH_YEAR, Kind.BIRTH_DIGIT, Kind.BIRTH_FIRST_JANUARY]
    marks = np.array([int(flag) for flag in flags], np.uint64)[how]
    draft.kinds[rows[changed]] |= marks[changed]


def spoil_sexes(draft: Draft) -> None:
    """The other sex."""
    wrong = draft.hit(draft.difficulty.sex_wrong)
    draft.sex[wrong] = 1 - draft.sex[wrong]
    draft.mark(wrong, Kind.SEX_WRONG)


def spoil_addresses(draft: Draft) -> None:
    """An old or another address in place of the true one."""
    homes, person = draft.city.homes, draft.person
    old = draft.hit(draft.difficulty.address_old)
    # A second entry differs in something; where nothing else did, in its address.
    untouched = draft.kinds & ~np.uint64(CIRCUMSTANCES) == np.uint64(Kind.DUPLICATE_ALTERED)
    old |= untouched
    draft.village[old] = homes.former_village[person[old]]
    draft.door[old] = homes.former_door[person[old]]
    draft.mark(old, Kind.ADDRESS_OLD)


def spoil_all_but_numbers(draft: Draft) -> None:
    """Names, birth dates, sexes and addresses."""
    spoil_names(draft)
    spoil_births(draft)
    spoil_sexes(draft)
    spoil_addresses(draft)
