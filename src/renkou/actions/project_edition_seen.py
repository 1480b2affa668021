"""Counts of an edition as a projection may hold them: perturbed like those that statistics publish.

Small cells are perturbed one by one, and so are the groups that statistics publish of them: five-year
ages, sexes, all people. Groups are known better than the sum of their cells, so cells are scaled to
them from the top down. Nothing here is nearer to the truth than its parts, all of which may be seen.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from renkou.core.tallies import Tally, stacked
from renkou.demography.checked import Floats
from renkou.demography.indicators.cells import FIVE_YEARS, Counting
from renkou.demography.indicators.tabulated import UNKNOWN_AGE

_GROUPS = (*(slice(first, last + 1) for first, last in FIVE_YEARS), slice(UNKNOWN_AGE, None))


def parent_places(codes: Sequence[str]) -> list[int]:
    """The place of the smallest area around each area; -1 where there is none.

    >>> parent_places(["5130", "513021", "513021001", "5131"])
    [-1, 0, 1, -1]
    """
    at = {code: number for number, code in enumerate(codes)}
    around = (
        max((a for a in at if c.startswith(a) and a != c), key=len, default="") for c in codes
    )
    return [at.get(one, -1) for one in around]


def own_tally(tally: Tally, codes: Sequence[str]) -> Tally:
    """Who is counted in each area (first axis) and in none of the areas within it."""
    own = Tally(tally.count.copy(), tally.key.copy())
    for at, parent in enumerate(parent_places(codes)):
        if parent >= 0:
            own.count[parent] -= tally.count[at]
            own.key[parent] -= tally.key[at]
    return own


def own_totals(tally: Tally, codes: Sequence[str], counting: Counting) -> Floats:
    """People of each area known to be in none of its parts, by which areas have their published totals.

    Parameters
    ----------
    tally : shape (areas, ...), each area with all that lies in it

    Returns
    -------
    same shape. An area without parts has what is published of it. Another has what its published total
    leaves, and nobody where nobody is seen to be known to it alone: its parts then add up to a little
    more or less than is published of it, since each was perturbed by itself
    """
    alone, published = counting(own_tally(tally, codes)).count, counting(tally).count
    parents = np.array(parent_places(codes))
    own, whole = published.copy(), published.copy()
    for at in sorted(range(len(codes)), key=lambda one: -len(codes[one])):
        inside = np.flatnonzero(parents == at)
        if len(inside):
            below = whole[inside].sum(axis=0)
            own[at] = np.where(alone[at] > 0, np.maximum(published[at] - below, 0), 0)
            whole[at] = below + own[at]
    return own


def seen_cells(tally: Tally, counting: Counting, totals: Floats | None = None) -> Floats:
    """Cells by sex and single age, unknowns among them, adding up to what is seen of their total.

    Parameters
    ----------
    tally : shape (..., 3, 102)
    totals : shape (...,), to scale to; those seen of the tally, if left out

    Returns
    -------
    same shape, no whole numbers
    """
    if totals is None:
        totals = counting(tally.sum(-1).sum(-1)).count
    of_groups = stacked([tally[..., one].sum(-1) for one in _GROUPS], axis=-1)
    by_sex = scaled_to(counting(tally.sum(-1)).count, totals)
    by_group = scaled_to(counting(of_groups).count, by_sex)
    cells = counting(tally).count
    parts = [scaled_to(cells[..., one], by_group[..., at]) for at, one in enumerate(_GROUPS)]
    return np.concatenate(parts, axis=-1)


def scaled_to(parts: Floats, whole: Floats) -> Floats:
    """Parts (last axis) that add up to their whole, in the proportions seen.

    Where all parts are seen as 0 and the whole is not, it is divided as in all rows together; evenly,
    where those have none either.

    >>> scaled_to(np.array([[3.0, 9.0], [0.0, 0.0]]), np.array([10.0, 4.0])).tolist()
    [[2.5, 7.5], [1.0, 3.0]]
    """
    together = np.broadcast_to(parts.reshape(-1, parts.shape[-1]).sum(axis=0), parts.shape)
    for instead in (together, np.ones_like(parts)):
        parts = np.where(parts.sum(axis=-1, keepdims=True) > 0, parts, instead)
    return np.asarray(parts * (whole / parts.sum(axis=-1))[..., None])
