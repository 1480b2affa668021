"""People whose sex or age is unknown are spread over those who are known. Pure (NumPy).

Nobody vanishes and nobody is invented: totals stay what they were. Each unknown is divided in
proportion to the known people of the same kind, which takes it that the two are alike.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats, not_negative


def known_sex_and_age(counts: npt.ArrayLike, like: npt.ArrayLike | None = None) -> Floats:
    """People by sex and age, those of unknown sex or age spread in proportion to the known.

    Parameters
    ----------
    counts : shape (..., 3, ages + 1): male, female, unknown; ages and, last, unknown
    like : shape broadcasting to (..., 2, ages), people to spread by where a place itself has nobody
        known of that sex or age; all places together, if left out

    Returns
    -------
    shape (..., 2, ages)

    >>> known_sex_and_age([[2, 0, 1], [2, 0, 0], [1, 0, 0]])
    array([[3.5, 0. ],
           [2.5, 0. ]])
    """
    every = _with_unknowns(counts)
    known = every[..., :2, :-1]
    together = known.reshape(-1, *known.shape[-2:]).sum(axis=0)
    model = together if like is None else not_negative("like", like)
    no_age = _shared(every[..., :2, -1:], known, model, (-1,))
    no_sex = _shared(every[..., 2:, :-1], known, model, (-2,))
    neither = _shared(every[..., 2:, -1:], known, model, (-2, -1))
    return np.asarray(known + no_age + no_sex + neither)


def _with_unknowns(counts: npt.ArrayLike) -> Floats:
    every = not_negative("counts", counts)
    if every.ndim < 2 or every.shape[-2] != 3 or every.shape[-1] < 2:
        raise FiguresRefused(
            "counts", every.shape, "the last axes are male, female, unknown, and ages with unknown",
            "add a place for unknown sex and one for unknown age, 0 where there is none",
            zh="最后两维应为男、女、不详和各年龄加不详；没有不详者时填 0",
        )  # fmt: skip
    return every


def _shared(unknown: Floats, known: Floats, model: Floats, axes: tuple[int, ...]) -> Floats:
    """Unknown people by the known ones along axes; by the model, then evenly, where there is none."""
    weights = known
    for instead in (np.broadcast_to(model, known.shape), np.ones_like(known)):
        weights = np.where(weights.sum(axis=axes, keepdims=True) > 0, weights, instead)
    return np.asarray(unknown * weights / weights.sum(axis=axes, keepdims=True))
