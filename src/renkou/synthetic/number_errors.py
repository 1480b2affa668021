"""What goes wrong with identity numbers. Pure. Arrays are `S20` byte strings."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from renkou.core.id_numbers import Bytes, shorten
from renkou.synthetic.calendar import day
from renkou.synthetic.draft import Draft
from renkou.synthetic.kinds import Kind
from renkou.synthetic.streams import Floats, Ints, Mask

WIDTH = 20
_LENGTH = 18
_ZERO = ord("0")
_FIRST_OLD_BIRTH, _LAST_OLD_BIRTH = day(1900, 1, 1), day(1999, 9, 30)
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


_KINDS = (
    Kind.NUMBER_MISSING, Kind.NUMBER_TYPED_WRONG, Kind.NUMBER_OLD, Kind.NUMBER_TRUNCATED,
    Kind.NUMBER_OF_OTHER,
)  # fmt: skip


def spoil_numbers(draft: Draft) -> None:
    """All errors of the number column, each row at most one; second papers come before."""
    _second_papers(draft)
    which = draft.strike(_rates(draft))
    missing, wrong, old, cut, other = (which == at for at in range(len(_KINDS)))
    draft.number[missing] = b""
    draft.number[wrong] = typed_wrong(draft.rng, draft.number[wrong])
    draft.number[old] = shorten(draft.number[old])
    for rows, kind in zip((missing, wrong, old), _KINDS[:3], strict=True):
        draft.mark(rows, kind)
    _truncate(draft, cut)
    _numbers_of_others(draft, np.flatnonzero(other))


def _rates(draft: Draft) -> Floats:
    """Per cent of each error in each row, shape (n, 5)."""
    rates, births = draft.difficulty, draft.city.people.birth[draft.person]
    old = (draft.birth <= _LAST_OLD_BIRTH) & (births > _FIRST_OLD_BIRTH)
    of_other = np.where(_children(draft), rates.child_number_of_other, rates.number_of_other)
    constant = (rates.number_missing, rates.number_typed_wrong, 0.0, rates.number_truncated, 0.0)
    percents = np.tile(np.array(constant), (len(draft), 1))
    percents[:, 2], percents[:, 4] = np.where(old, rates.number_old, 0.0), of_other
    return percents


def _children(draft: Draft) -> Mask:
    return draft.day - draft.city.people.birth[draft.person] < _CHILD_YEARS * 365


def _truncate(draft: Draft, rows: Mask) -> None:
    """Two thirds end in zeros, a third is in scientific notation."""
    shown = rows & (draft.rng.random(len(draft)) < 0.3)
    cut = rows & ~shown
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


def _numbers_of_others(draft: Draft, rows: Ints) -> None:
    """Mother's, father's, spouse's or the row above's number; half bring their birth date."""
    city = draft.city
    other = _other_person(draft, rows, _children(draft))
    differs = (other >= 0) & (other != draft.person[rows])
    rows, other = rows[differs], other[differs]
    draft.number[rows] = city.number[other]
    brought = draft.rng.random(len(rows)) < 0.5
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
