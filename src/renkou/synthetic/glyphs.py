"""Names as matrices of code points, and what can be done to all of them at once. Pure.

A column of names is a NumPy `U16` array; `codes` views it as a uint32 matrix, one row per name,
zeros behind the name's end.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from renkou.synthetic.streams import Ints, Mask
from renkou.synthetic.tables import rows

WIDTH = 16
DOT = ord("·")
_PLANE = 0x10000  # tables cover the basic plane; rarer characters map to themselves

Names = npt.NDArray[np.str_]
Codes = npt.NDArray[np.uint32]


def codes(names: Names) -> Codes:
    """A copy of names as code points, shape (n, WIDTH)."""
    return names.astype(f"U{WIDTH}").view(np.uint32).reshape(-1, WIDTH).copy()


def names_of(matrix: Codes) -> Names:
    """Names of a matrix of code points."""
    return np.ascontiguousarray(matrix).view(f"U{WIDTH}").ravel()


def lengths(matrix: Codes) -> Ints:
    """Characters of each name."""
    return (matrix != 0).sum(axis=1).astype(np.int32)


def joined(*parts: Names | str) -> Names:
    """Parts side by side; what exceeds `WIDTH` characters is cut."""
    text: Names = parts[0]  # type: ignore[assignment]
    for part in parts[1:]:
        text = np.strings.add(text, part)
    return text.astype(f"U{WIDTH}")


def dropped(matrix: Codes, position: Ints) -> Codes:
    """Names without the character at a position of each."""
    columns = np.arange(WIDTH)[None, :]
    source = np.where(columns >= position[:, None], columns + 1, columns)
    padded = np.hstack([matrix, np.zeros((len(matrix), 1), np.uint32)])
    return np.take_along_axis(padded, source, axis=1)


def added(matrix: Codes, position: Ints, character: Codes) -> Codes:
    """Names with a character put in at a position of each."""
    columns = np.arange(WIDTH)[None, :]
    source = np.where(columns > position[:, None], columns - 1, columns)
    result = np.take_along_axis(matrix, source, axis=1)
    result[np.arange(len(matrix)), position] = character
    return result


def replaced(matrix: Codes, position: Ints, table: Codes, pick: Ints) -> Codes:
    """Names with one character swapped by a table of alternatives.

    Parameters
    ----------
    matrix, position : names, and which character of each
    table : shape (65536, k): alternatives of each code point (itself where it has none)
    pick : shape (n,), which alternative
    """
    row = np.arange(len(matrix))
    old = matrix[row, position]
    known = old < _PLANE
    result = matrix.copy()
    new = table[np.where(known, old, 0), pick % table.shape[1]]
    result[row, position] = np.where(known, new, old)
    return result


def _alternatives(groups: dict[str, str], width: int) -> Codes:
    """Alternatives of each character, repeated to a fixed width."""
    table = np.repeat(np.arange(_PLANE, dtype=np.uint32)[:, None], width, axis=1)
    for character, others in groups.items():
        if others:
            table[ord(character)] = [ord(others[n % len(others)]) for n in range(width)]
    return table


@cache
def name_characters() -> str:
    """Every character that names of the city are made of."""
    given = "".join(row["characters"] for row in rows("given_names.csv"))
    surnames = "".join(row["surname"] for row in rows("surnames.csv"))
    return "".join(sorted(set(given + surnames)))


@cache
def homophones() -> Codes:
    """Characters of the same reading without tone, from names and the 3,755 common characters."""
    from pypinyin import Style, pinyin

    level_one = bytes(
        b for high in range(0xB0, 0xD8) for low in range(0xA1, 0xFF) for b in (high, low)
    )
    common = level_one.decode("gb2312", errors="ignore")
    characters = "".join(dict.fromkeys(name_characters() + common))
    readings = pinyin(list(characters), style=Style.NORMAL)
    by_reading: dict[str, str] = {}
    for character, (reading, *_) in zip(characters, readings, strict=True):
        by_reading[reading] = by_reading.get(reading, "") + character
    groups = {
        character: by_reading[reading].replace(character, "")
        for character, (reading, *_) in zip(characters, readings, strict=True)
    }
    # Characters met in names come first: a clerk writes a name, not any word.
    return _alternatives(groups, 8)


def _pair_table(name: str) -> Codes:
    groups: dict[str, str] = {}
    for row in rows(name):
        groups[row["a"]] = groups.get(row["a"], "") + row["b"]
        groups[row["b"]] = groups.get(row["b"], "") + row["a"]
    return _alternatives(groups, 4)


@cache
def look_alikes() -> Codes:
    """Characters that look alike."""
    return _pair_table("look_alikes.csv")


@cache
def folk_variants() -> Codes:
    """Characters that people use for one another in names."""
    return _pair_table("folk_variants.csv")


@cache
def traditional() -> Codes:
    """The traditional form of each character of a name, shape (65536, 1)."""
    import opencc

    characters = name_characters()
    converted = opencc.OpenCC("s2t").convert("\n".join(characters)).split("\n")
    pairs = zip(characters, converted, strict=True)
    return _alternatives({old: new for old, new in pairs if len(new) == 1 and new != old}, 1)


def changed(before: Codes, after: Codes) -> Mask:
    """Which names differ."""
    return (before != after).any(axis=1)


def insertable(rng: np.random.Generator, count: int) -> Codes:
    """Characters that a clerk adds by mistake."""
    pool = np.array([ord(c) for c in "小大子华英国明文玉春建海金晓新永志"], np.uint32)
    return pool[rng.integers(0, len(pool), count)]
