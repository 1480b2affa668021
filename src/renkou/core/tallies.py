"""Counts of people that carry the sums of their record keys. Pure (NumPy).

A tally's key is what makes the same people come out as the same published number wherever they are
counted: it adds and subtracts as the counts do, modulo 2^32.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from renkou.core.errors import FiguresRefused

_KEY_BITS = np.uint64(0xFFFFFFFF)


@dataclass(frozen=True)
class Tally:
    """People counted cell by cell.

    count : int64, any shape
    key : uint64, the same shape; sums of record keys, of which the lowest 32 bits count
    """

    count: npt.NDArray[np.int64]
    key: npt.NDArray[np.uint64]

    def __post_init__(self) -> None:
        if self.count.shape != self.key.shape:
            raise FiguresRefused(
                "tally", f"{self.count.shape} and {self.key.shape}",
                "counts and keys are of one shape", "sum them over the same cells",
                zh="人数与密钥和的形状应相同；请按相同单元格求和",
            )  # fmt: skip

    @property
    def cell_keys(self) -> npt.NDArray[np.uint32]:
        """Sums of record keys modulo 2^32."""
        return (self.key & _KEY_BITS).astype(np.uint32)

    def sum(self, axis: int) -> Tally:
        """Over one axis, which is gone afterwards."""
        return Tally(self.count.sum(axis=axis), self.key.sum(axis=axis))

    def __getitem__(self, index: Any) -> Tally:
        return Tally(self.count[index], self.key[index])

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.count + other.count, self.key + other.key)

    def __sub__(self, other: Tally) -> Tally:
        return Tally(self.count - other.count, self.key - other.key)


def stacked(tallies: Sequence[Tally], axis: int) -> Tally:
    """Tallies of one shape along a new axis."""
    return Tally(
        np.stack([one.count for one in tallies], axis=axis),
        np.stack([one.key for one in tallies], axis=axis),
    )
