"""Counts by leaf of a tree of areas, where some are known only to an area above. Pure (NumPy).

Nobody vanishes: who is known only to a county is spread over its townships in proportion to the
people known there. That takes it that those whose township nobody knows live as the others do.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats, figures, not_negative


def own_counts(counts: npt.ArrayLike, codes: Sequence[str]) -> Floats:
    """What is counted in each area and in none of the areas within it.

    Parameters
    ----------
    counts : shape (areas, ...), each area with all that lies in it; differences may be negative
    codes : of the areas; what lies in an area has a code that begins with its own

    Returns
    -------
    shape (areas, ...)

    >>> own_counts([10, 3, 6], ["51", "511", "512"]).tolist()
    [1.0, 3.0, 6.0]
    """
    held = figures("counts", counts)
    own = held.copy()
    at = {code: number for number, code in enumerate(codes)}
    for code in codes:
        around = max(
            (one for one in codes if code.startswith(one) and one != code), key=len, default=""
        )
        if around:
            own[at[around]] -= held[at[code]]
    return own


def placed_counts(
    counts: npt.ArrayLike, codes: Sequence[str], leaves: Sequence[str]
) -> tuple[Floats, dict[str, float]]:
    """Counts by leaf, those known only to a larger area spread over its leaves cell by cell.

    Parameters
    ----------
    counts : shape (areas, ...), each area with all that lies in it
    codes : of the areas, see `own_counts`
    leaves : codes of the areas that everything is to be placed in

    Returns
    -------
    by leaf, shape (leaves, ...), and how many were spread from each area that had some to spread.
    A cell is spread by the leaves' own counts in that cell; where all have 0 there, by their sums
    over all cells

    >>> found, spread = placed_counts([[10.0], [3.0], [6.0]], ["51", "511", "512"], ["511", "512"])
    >>> found.ravel().round(3).tolist(), spread
    ([3.333, 6.667], {'51': 1.0})
    """
    held = not_negative("counts", counts)
    rest = own_counts(held, codes)
    if (rest < 0).any():
        at = tuple(int(one) for one in np.argwhere(rest < 0)[0])
        raise FiguresRefused(
            f"counts of {codes[at[0]]}", float(rest[at]), "short of what its parts hold together",
            "count the area together with its parts", zh="少于其各下级之和；请将下级一并统计",
        )  # fmt: skip
    return placed_own(rest, codes, leaves)


def placed_own(
    own: npt.ArrayLike, codes: Sequence[str], leaves: Sequence[str]
) -> tuple[Floats, dict[str, float]]:
    """What is counted in each area and in none within it, by leaf: see `placed_counts`.

    >>> found, spread = placed_own([[1.0], [3.0], [6.0]], ["51", "511", "512"], ["511", "512"])
    >>> found.ravel().round(3).tolist(), spread
    ([3.333, 6.667], {'51': 1.0})
    """
    held = not_negative("own", own)
    known = held[[list(codes).index(leaf) for leaf in leaves]]
    result, spread = known.copy(), {}
    for number, code in enumerate(codes):
        if code not in leaves and held[number].any():
            inside = leaves_near(code, leaves)
            result[inside] += held[number] * _shares(known[inside])
            spread[code] = float(held[number].sum())
    return result, spread


def place_shares(codes: Sequence[str], leaves: Sequence[str], people: npt.ArrayLike) -> Floats:
    """How each area's own counts are placed in leaves, in proportion to `people (leaves,)`.

    Returns
    -------
    shape (areas, leaves), rows adding up to 1

    >>> place_shares(["51", "511", "512"], ["511", "512"], [10, 30]).tolist()
    [[0.25, 0.75], [1.0, 0.0], [0.0, 1.0]]
    """
    size = not_negative("people", people)
    found = np.zeros((len(codes), len(leaves)))
    for at, code in enumerate(codes):
        inside = leaves_near(code, leaves)
        found[at, inside] = _shares(size[inside])
    return found


def leaves_near(code: str, leaves: Sequence[str]) -> list[int]:
    """Places of the leaves of an area; of the smallest area around it that has some, if it has none.

    >>> leaves_near("51", ["511", "521"]), leaves_near("512", ["511", "521"])
    ([0], [0])
    """
    while code:
        found = [number for number, leaf in enumerate(leaves) if leaf.startswith(code)]
        if found:
            return found
        code = code[:-1]
    return list(range(len(leaves)))


def _shares(weights: Floats) -> Floats:
    """Parts of each leaf, cell by cell, adding up to 1."""
    over_all = weights.sum(axis=tuple(range(1, weights.ndim)), keepdims=True)
    for instead in (np.broadcast_to(over_all, weights.shape), np.ones_like(weights)):
        weights = np.where(weights.sum(axis=0) > 0, weights, instead)
    return np.asarray(weights / weights.sum(axis=0))
