"""Normal and uniform draws that do not depend on how a run is cut. Pure.

Each draw is found by its place, (seed, area, stream, year, trajectory), with the counter-based generator
Philox: the key is seed and area, the counter holds trajectory, year and stream, so that trajectories
980-999 of township 17 in 2041 are the same numbers whether one run makes them or a hundred, in any order,
with other areas or none, to 2050 or to 2100.

Trajectories 2k and 2k + 1 are mirror images: the same parameters, the opposite chance. Medians of what is
drawn are then exact for an even number of trajectories, and what is nearly linear in the draws has much
smaller Monte-Carlo error.

Source: Salmon et al. (2011), Parallel random numbers: as easy as 1, 2, 3, SC11 (Philox); Hammersley &
Morton (1956), Proc. Camb. Phil. Soc. 52:449-475 (antithetic variates).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Literal

import numpy as np
from scipy.special import ndtri

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats

Stream = Literal[
    "innovation", "second", "level", "drift", "second_drift", "mean", "variance", "phi"
]
_STREAMS: tuple[Stream, ...] = (
    "innovation", "second", "level", "drift", "second_drift", "mean", "variance", "phi",
)  # fmt: skip
_PER_COUNT = 4  # Philox gives four 64-bit words for each count
ALL = "all"  # the name of what has no parts: a nation, a city as a whole


@dataclass(frozen=True)
class Draws:
    """A cut of an endless table of chance: trajectories first .. first + count - 1, in pairs."""

    seed: int
    first: int
    count: int
    purpose: str  # one measure's chance is not another's

    def uniforms(self, area: str, stream: Stream, year: int = 0) -> Floats:
        """Uniform on (0, 1), one per pair that the cut touches."""
        start, stop = self.first // 2, (self.first + self.count + 1) // 2
        words = blake2b(f"{self.purpose}\0{area}".encode(), digest_size=8).digest()
        key = np.array([self.seed, int.from_bytes(words, "little")], dtype=np.uint64)
        counter = np.array([start // _PER_COUNT, year, _STREAMS.index(stream), 0], dtype=np.uint64)
        skip = start % _PER_COUNT
        raw = np.random.Philox(counter=counter, key=key).random_raw(stop - start + skip)[skip:]
        return np.asarray(((raw >> np.uint64(11)) + 0.5) * 2.0**-53)

    def normals(self, area: str, stream: Stream, years: int = 1) -> Floats:
        """Standard normal, mirrored: (count, years)."""
        of_pairs = np.stack([self.uniforms(area, stream, t) for t in range(years)], axis=-1)
        return self.of_trajectories(ndtri(of_pairs), mirrored=True)

    def of_trajectories(self, of_pairs: Floats, *, mirrored: bool = False) -> Floats:
        """Values of pairs (pairs, ...) set out by trajectory (count, ...); mirrored: each second turned."""
        offset = self.first % 2
        both = np.repeat(of_pairs, 2, axis=0)
        if mirrored:
            both[1::2] *= -1
        return both[offset : offset + self.count]


def draws(seed: int, first: int, count: int, purpose: str) -> Draws:
    """A checked cut.

    >>> cut = draws(1, 0, 4, "fertility")
    >>> cut.normals("all", "innovation", 2).round(3).sum(axis=0)  # mirror images
    array([0., 0.])
    """
    for name, value, least in (("seed", seed, 0), ("first", first, 0), ("trajectories", count, 1)):
        if not isinstance(value, int | np.integer) or not least <= value < 2**63:
            raise FiguresRefused(
                name, repr(value), f"is a whole number from {least} on", "give such a number",
                zh=f"应为不小于 {least} 的整数；请给出这样的数",
            )  # fmt: skip
    return Draws(int(seed), int(first), int(count), purpose)


def names_of_areas(areas: Sequence[str] | None, count: int) -> tuple[str, ...]:
    """Names under which areas draw: given ones, or their places in the row.

    Raises
    ------
    FiguresRefused
        If there are more or fewer names than areas, or one name twice: two areas would share their chance.
    """
    names = tuple(str(i) for i in range(count)) if areas is None else tuple(map(str, areas))
    if len(names) != count or len(set(names)) != count:
        raise FiguresRefused(
            "areas", f"{len(names)} names, {len(set(names))} of them different",
            f"each of {count} areas draws under a name of its own", "name every area once",
            zh=f"{count} 个区域应各有不重复的名称；请为每个区域命名一次",
        )  # fmt: skip
    return names
