"""Cells of a table: how many are counted, and the key that their record keys sum to. Pure (NumPy).

The key of a cell is the sum of the record keys of those counted, modulo 2**32. Sums are of whole
numbers, so the same people give the same key in any table and any order, and keys of unions and
differences follow from keys: aggregates of aggregates are exact. Who is counted twice in a cell, as
one who moved twice is among moves, gives their key twice.

Source: Thompson, Broadfoot & Elazar (2013), section 3.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from renkou.core.errors import FiguresRefused
from renkou.disclosure.whole_numbers import (
    Counts,
    Floats,
    Keys,
    counts_of,
    of_one_shape,
    refuse_where,
)

MODULUS = 2**32
_LOW_BITS = np.uint64(MODULUS - 1)


@dataclass(frozen=True, eq=False)
class Cells:
    """Counts and keys of the same cells, any shape. Neither is published, nor printed in a log.

    `+` joins cells without a person in common, `-` takes away people who are all within: a stock
    is the stock before, plus those who came, minus those who left.
    """

    counts: Counts = field(repr=False)
    keys: Keys = field(repr=False)

    def __post_init__(self) -> None:
        of_one_shape("counts", self.counts, "keys", self.keys)

    def sum(self, axis: int | tuple[int, ...] | None = None) -> Cells:
        """The totals over axes: counts added, keys combined."""
        return Cells(np.asarray(self.counts.sum(axis=axis)), combine(self.keys, axis))

    def __add__(self, other: Cells) -> Cells:
        return Cells(
            np.asarray(self.counts + other.counts), np.asarray(np.add(self.keys, other.keys))
        )

    def __sub__(self, other: Cells) -> Cells:
        counts = np.asarray(self.counts - other.counts)
        refuse_where(
            "counts", counts, counts < 0, "more people are taken away than there are",
            "take away only people who are counted in the cell", "减去的人数多于原有人数；只能减去已计入的人",
        )  # fmt: skip
        return Cells(counts, np.asarray(np.subtract(self.keys, other.keys)))


def cells(counts: npt.ArrayLike, key_sums: npt.ArrayLike) -> Cells:
    """Cells from counts and sums of record keys as an engine gives them.

    >>> cells([2], [2**32 + 7]).keys
    array([7], dtype=uint32)
    """
    return Cells(counts_of("counts", counts), cell_keys(key_sums))


def cell_keys(key_sums: npt.ArrayLike) -> Keys:
    """Sums of record keys modulo 2**32.

    Parameters
    ----------
    key_sums : whole numbers, of any size where they are Python's own integers; negative ones are
        differences

    Raises
    ------
    FiguresRefused
        If a sum is a float above 2**53: it may have lost its last digits.
    """
    sums = np.asarray(key_sums)
    if sums.dtype.kind == "f":
        refuse_where(
            "key_sums", sums, ~((np.abs(sums) < 2**53) & (sums == np.floor(sums))),
            "a sum of keys is a whole number that a float holds exactly",
            "sum the keys as integers", "密钥之和应为浮点数能精确表示的整数；请用整数求和", shown=False,
        )  # fmt: skip
        sums = sums.astype(np.int64)
    elif sums.dtype.kind == "O":
        sums = _of_any_size(sums)
    elif sums.dtype.kind not in "iu":
        raise _no_whole_numbers(sums)
    return np.asarray(sums.astype(np.uint64) & _LOW_BITS).astype(np.uint32)


def _of_any_size(sums: npt.NDArray) -> npt.NDArray[np.uint64]:
    """Engines hand over sums of over 64 bits as Python's integers or decimals."""
    try:
        within = [int(one) % MODULUS for one in sums.ravel() if int(one) == one]
    except (TypeError, ValueError, OverflowError):
        raise _no_whole_numbers(sums) from None
    if len(within) < sums.size:
        raise _no_whole_numbers(sums)
    return np.array(within, np.uint64).reshape(sums.shape)


def _no_whole_numbers(sums: npt.NDArray) -> FiguresRefused:
    return FiguresRefused(
        "key_sums", str(sums.dtype), "sums of keys are whole numbers", "sum the keys as integers",
        zh="密钥之和应为整数；请用整数求和",
    )  # fmt: skip


def combine(keys: npt.ArrayLike, axis: int | tuple[int, ...] | None = None) -> Keys:
    """Keys of totals: the sum over axes modulo 2**32.

    >>> combine(np.array([2**32 - 1, 5], np.uint32))
    array(4, dtype=uint32)
    """
    # 64 bits wrap at a multiple of 2**32, so a sum that overflows them is still right modulo 2**32.
    total = np.asarray(keys, dtype=np.uint64).sum(axis=axis, dtype=np.uint64)
    return np.asarray(total & _LOW_BITS).astype(np.uint32)


def tabulate_cells(record_keys: Keys, cell_of: npt.ArrayLike, cell_count: int) -> Cells:
    """Cells of a table from records: one key and one cell number per person.

    Parameters
    ----------
    record_keys : shape (n,)
    cell_of : shape (n,), 0 to cell_count - 1
    cell_count : how many cells the table has

    Returns
    -------
    Cells of shape (cell_count,); reshape counts and keys to the table's axes

    Raises
    ------
    FiguresRefused
        If a cell number is outside the table.
    """
    numbers = counts_of("cell_of", cell_of)
    keys = np.asarray(record_keys, dtype=np.uint32)
    of_one_shape("record_keys", keys, "cell_of", numbers)
    refuse_where(
        "cell_of", numbers, numbers >= cell_count, f"cells are numbered 0 to {cell_count - 1}",
        "count the cells of the table again", f"单元格编号应为 0 到 {cell_count - 1}；请重新计算单元格数",
    )  # fmt: skip
    counts = np.bincount(numbers, minlength=cell_count).astype(np.int64)
    # bincount adds floats: halves of 16 bits stay exact up to 2**37 records.
    low = np.bincount(numbers, keys & np.uint32(0xFFFF), cell_count).astype(np.uint64)
    high = np.bincount(numbers, keys >> np.uint32(16), cell_count).astype(np.uint64)
    return Cells(counts, combine(np.stack([low, high << np.uint64(16)]), 0))


def as_shares(keys: npt.ArrayLike) -> Floats:
    """Cell keys in [0, 1), as books on the method write them: divided by 2**32.

    >>> as_shares(np.array([2**31], np.uint32))
    array([0.5])
    """
    return np.asarray(keys, dtype=np.float64) / MODULUS
