"""The kinds of error a record can have, as bits, so that accuracy can be told by kind. Pure."""

from __future__ import annotations

from enum import IntFlag
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa


class Kind(IntFlag):
    """One bit per kind; `number_…` of births are the parents' numbers."""

    NUMBER_MISSING = 1 << 0
    NUMBER_TYPED_WRONG = 1 << 1
    NUMBER_TRUNCATED = 1 << 2
    NUMBER_SCIENTIFIC = 1 << 3
    NUMBER_OLD = 1 << 4
    NUMBER_OF_OTHER = 1 << 5
    NUMBER_OF_OTHER_WITH_BIRTH = 1 << 6
    NUMBER_SECOND_PAPER = 1 << 7
    NAME_HOMOPHONE = 1 << 8
    NAME_GLYPH = 1 << 9
    NAME_DROPPED = 1 << 10
    NAME_ADDED = 1 << 11
    NAME_FOLK_VARIANT = 1 << 12
    NAME_TRADITIONAL = 1 << 13
    NAME_FORMER = 1 << 14
    NAME_BABY = 1 << 15
    NAME_MISSING = 1 << 16
    NAME_DOT = 1 << 17
    NAME_PART_MISSING = 1 << 18
    NAME_SPELLING = 1 << 19
    BIRTH_SWAPPED = 1 << 20
    BIRTH_YEAR = 1 << 21
    BIRTH_DIGIT = 1 << 22
    BIRTH_FIRST_JANUARY = 1 << 23
    BIRTH_LUNAR = 1 << 24
    BIRTH_MONTH_ONLY = 1 << 25
    BIRTH_MISSING = 1 << 26
    SEX_WRONG = 1 << 27
    ADDRESS_OLD = 1 << 28
    AREA_RENAMED = 1 << 29
    DUPLICATE_EXACT = 1 << 30
    DUPLICATE_ALTERED = 1 << 31
    STILL_LISTED = 1 << 32
    NAMESAKE = 1 << 33
    TWIN = 1 << 34
    RARE_CHARACTER = 1 << 35
    PARENT_NUMBER_WRONG = 1 << 36


CIRCUMSTANCES = Kind.NAMESAKE | Kind.TWIN | Kind.RARE_CHARACTER
"""Not errors, but what makes a person hard to tell from another."""

NUMBER_KINDS = Kind((1 << 8) - 1)
NAME_KINDS = Kind((1 << 20) - (1 << 8))
BIRTH_KINDS = Kind((1 << 27) - (1 << 20))


_NAMES = tuple((int(kind), str(kind.name).lower()) for kind in Kind)


@cache
def kind_text(value: int) -> str:
    """Names of the bits, `;` between, '' when clean.

    >>> kind_text(Kind.NUMBER_MISSING | Kind.SEX_WRONG)
    'number_missing;sex_wrong'
    """
    return ";".join(name for bit, name in _NAMES if value & bit)


def kind_texts(values: npt.NDArray[np.uint64]) -> pa.Array:
    """Texts of a column of bits; each distinct combination is spelt once."""
    distinct, index = np.unique(values, return_inverse=True)
    texts = pa.array([kind_text(int(value)) for value in distinct], pa.string())
    return texts.take(pa.array(index.astype(np.int32)))
