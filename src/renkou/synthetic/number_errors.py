"""What goes wrong with identity numbers. Pure. Arrays are `S20` byte strings."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from renkou.core.id_numbers import Bytes, shorten
from renkou.synthetic.calendar import day
from renkou.synthetic.draft import Draft
from renkou.synthetic.kinds import NUMBER_KINDS, Kind
from renkou.synthetic.streams import Ints, Mask

WIDTH = 20
_LENGTH = 18
_ZERO = ord("0")
_LAST_OLD_BIRTH = day(1999, 9, 30)
# Offices that know some people by their second paper; the others know them by the first.
_SECOND_PAPER_LISTS = ("insurance", "marriages", "deaths", "newcomers")
_CHILD_YEARS = 16

Characters = npt.NDArray[np.uint8]


def characters(numbers: Bytes) -> Characters:
    """A copy of numbers as characters, shape (n, 20)."""
    return numbers.astype(f"S{WIDTH}").view(np.uint8).reshape(-1, WIDTH).copy()


def numbers_of(matrix: Characters) -> Bytes:
    """Numbers of a matrix of characters."""
    return np.ascontiguousarray(matrix).view(f"S{WIDTH}").ravel()


def typed_wrong(rng: np.random.Generator, numbers: Bytes) -> Bytes:
    """A digit replaced, two neighbours swapped or a digit lost."""
    matrix = characters(numbers)
    row = np.arange(len(matrix))
    how = rng.random(len(matrix))
    position = rng.integers(0, _LENGTH - 1, len(matrix))
    digit = (matrix[row, position] - _ZERO + rng.integers(1, 10, len(matrix))) % 10 + _ZERO
    right = position + 1
    # Swapping equal neighbours changes nothing: those get a wrong digit instead.
    swapped = (how > 0.5) & (how <= 0.75) & (matrix[row, position] != matrix[row, right])
    lost = how > 0.75
    wrong = ~swapped & ~lost
    result = matrix.copy()
    result[row[wrong], position[wrong]] = digit[wrong]
    result[row[swapped], position[swapped]] = matrix[row[swapped], right[swapped]]
    result[row[swapped], right[swapped]] = matrix[row[swapped], position[swapped]]
    columns = np.minimum(np.arange(WIDTH) + (np.arange(WIDTH) >= position[lost, None]), WIDTH - 1)
    result[lost] = np.take_along_axis(matrix[lost], columns, axis=1)
    return numbers_of(result)


def truncated(numbers: Bytes) -> Bytes:
    """Fifteen digits and three zeros, as Excel keeps a number typed as a number."""
    matrix = characters(numbers)
    matrix[:, 15:18] = _ZERO
    return numbers_of(matrix)


def scientific(numbers: Bytes) -> Bytes:
    """`5.13022E+17`, as Excel shows it and saves it to text."""
    matrix = characters(numbers)
    result = np.zeros_like(matrix)
    result[:, 0], result[:, 1] = matrix[:, 0], ord(".")
    result[:, 2:7] = matrix[:, 1:6]
    result[:, 7:11] = np.frombuffer(b"E+17", np.uint8)
    return numbers_of(result)


def intact(draft: Draft) -> Mask:
    """Rows whose number is there and right so far."""
    return ~draft.has(NUMBER_KINDS) & (draft.number != b"")


def spoil_numbers(draft: Draft) -> None:
    """All errors of the number column, each row at most one."""
    _second_papers(draft)
    _numbers_of_others(draft)
    rates = draft.difficulty
    missing = draft.hit(rates.number_missing, intact(draft))
    draft.number[missing] = b""
    draft.mark(missing, Kind.NUMBER_MISSING)
    wrong = draft.hit(rates.number_typed_wrong, intact(draft))
    draft.number[wrong] = typed_wrong(draft.rng, draft.number[wrong])
    draft.mark(wrong, Kind.NUMBER_TYPED_WRONG)
    old = draft.hit(rates.number_old, intact(draft) & (draft.birth <= _LAST_OLD_BIRTH))
    old &= draft.city.people.birth[draft.person] > day(1900, 1, 1)
    draft.number[old] = shorten(draft.number[old])
    draft.mark(old, Kind.NUMBER_OLD)
    cut = draft.hit(rates.number_truncated, intact(draft))
    shown = cut & (draft.rng.random(len(draft)) < 0.3)
    cut &= ~shown
    draft.number[cut] = truncated(draft.number[cut])
    draft.number[shown] = scientific(draft.number[shown])
    draft.mark(cut, Kind.NUMBER_TRUNCATED)
    draft.mark(shown, Kind.NUMBER_SCIENTIFIC)


def _second_papers(draft: Draft) -> None:
    if draft.source not in _SECOND_PAPER_LISTS:
        return
    city, person = draft.city, draft.person
    second = (city.second_number[person] != b"") & (person % 3 > 0)
    draft.number[second] = city.second_number[person[second]]
    draft.birth[second] = city.second_birth[person[second]]
    draft.mark(second, Kind.NUMBER_SECOND_PAPER)


def _numbers_of_others(draft: Draft) -> None:
    """Mother's, father's, spouse's or the row above's number; half bring their birth date."""
    rates, rng, city = draft.difficulty, draft.rng, draft.city
    child = draft.day - draft.birth < _CHILD_YEARS * 365
    hit = draft.hit(rates.child_number_of_other, child & intact(draft))
    hit |= draft.hit(rates.number_of_other, ~child & intact(draft))
    rows = np.flatnonzero(hit)
    other = _other_person(draft, rows, child)
    differs = (other >= 0) & (other != draft.person[rows])
    rows, other = rows[differs], other[differs]
    draft.number[rows] = city.number[other]
    brought = rng.random(len(rows)) < 0.5
    draft.birth[rows[brought]] = city.people.birth[other[brought]]
    draft.kinds[rows] |= np.where(
        brought, np.uint64(Kind.NUMBER_OF_OTHER_WITH_BIRTH), np.uint64(Kind.NUMBER_OF_OTHER)
    )


def _other_person(draft: Draft, rows: Ints, child: Mask) -> Ints:
    """Whose number a row got."""
    families = draft.city.families
    person = draft.person[rows]
    above = draft.person[np.maximum(rows - 1, 0)]
    chance = draft.rng.random(len(rows))
    parent = np.where(chance < 0.35, families.mother[person], families.father[person])
    spouse = np.where(chance < 0.6, families.spouse[person], -1)
    nearest = np.where(child[rows] & (chance < 0.7), parent, spouse)
    return np.where(nearest >= 0, nearest, above).astype(np.int32)


def relatives_numbers(draft: Draft, relative: Ints, percent_missing: float) -> Bytes:
    """The numbers of relatives (mother, father, head) as this list has them, `S20`.

    They are as often wrong as the list's own numbers; rows where one is wrong are marked.
    """
    rates, rng = draft.difficulty, draft.rng
    known = relative >= 0
    numbers = np.where(known, draft.city.number[relative], b"").astype(f"S{WIDTH}")
    numbers[draft.hit(percent_missing)] = b""
    present = numbers != b""
    wrong = draft.hit(rates.number_typed_wrong, present)
    numbers[wrong] = typed_wrong(rng, numbers[wrong])
    cut = draft.hit(rates.number_truncated, present & ~wrong)
    numbers[cut] = truncated(numbers[cut])
    other = draft.hit(rates.number_of_other, present & ~wrong & ~cut)
    spouse = np.where(known, draft.city.families.spouse[relative], -1)
    other &= spouse >= 0
    numbers[other] = draft.city.number[spouse[other]]
    draft.mark(wrong | cut | other, Kind.PARENT_NUMBER_WRONG)
    return numbers
