"""Random streams: the seed and a name decide every number. Pure.

Each part of the city draws from a stream of its own, so that adding draws to one part leaves the
others as they were.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.integer[Any]]
Floats = npt.NDArray[np.floating[Any]]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Streams:
    """All random numbers of one city."""

    seed: int

    def of(self, name: str) -> np.random.Generator:
        """A fresh generator for one purpose.

        >>> Streams(7).of("ages").integers(1000) == Streams(7).of("ages").integers(1000)
        np.True_
        """
        sequence = np.random.SeedSequence([self.seed, zlib.crc32(name.encode())])
        return np.random.Generator(np.random.SFC64(sequence))


def draw_weighted(rng: np.random.Generator, weights: Floats, count: int) -> Ints:
    """Indices drawn with the given weights, shape (count,)."""
    edges = np.cumsum(weights, dtype=np.float64)
    drawn = np.searchsorted(edges, rng.random(count) * edges[-1], side="right")
    return np.minimum(drawn, len(weights) - 1).astype(np.int32)


def choose_exactly(rng: np.random.Generator, weights: Floats, count: int) -> Ints:
    """`count` different indices, the likelier the larger their weight (Efraimidis & Spirakis)."""
    with np.errstate(divide="ignore"):
        keys = rng.exponential(size=len(weights)) / weights
    count = min(count, int((weights > 0).sum()))
    if count == 0:
        return np.zeros(0, np.int32)
    return np.sort(np.argpartition(keys, count - 1)[:count]).astype(np.int32)


def group_starts(keys: Ints, size: int) -> npt.NDArray[np.int64]:
    """Where each key's run begins in `np.argsort(keys, kind='stable')`, shape (size + 1,)."""
    return np.concatenate([[0], np.cumsum(np.bincount(keys, minlength=size))])
