"""Published counts: the true count and its cell key, looked up in a perturbation table. Pure (NumPy).

Every figure is perturbed on its own, totals too: published figures may not add, and the page says
so in the words of `PUBLIC_NOTE`.

Source: Thompson, Broadfoot & Elazar (2013); lookup as in R's cellKey.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from renkou.core.errors import FiguresRefused
from renkou.disclosure.cell_keys import MODULUS, Cells
from renkou.disclosure.perturbation_table import PerturbationTable
from renkou.disclosure.whole_numbers import Counts, Floats, counts_of, of_one_shape

# What a page with published counts says; it names no parameter.
PUBLIC_NOTE = (
    "为保护个人信息，人数均经过小幅随机扰动，各项之和可能与合计不等；同一人群在所有表中的数字相同。",
    "To protect people, counts carry a small random change, so figures may not add to their totals; "
    "the same people have the same figure in every table.",
)


def perturb(counts: npt.ArrayLike, keys: npt.ArrayLike, table: PerturbationTable) -> Counts:
    """The counts to publish.

    Parameters
    ----------
    counts : any shape, true counts
    keys : the same shape, cell keys (`cell_keys.cell_keys`)

    Returns
    -------
    the same shape, int64: zero stays zero, 1 and 2 never come out

    Raises
    ------
    FiguresRefused
        If a count is negative, a key is no 32-bit number, or the shapes differ.

    >>> from renkou.disclosure.perturbation_table import perturbation_table
    >>> keys = np.array([0.9, 0.3, 0.6]) * 2**32
    >>> key = np.uint32(int(keys.sum()) % 2**32)  # .8
    >>> perturb(3, key, perturbation_table())
    array(4)
    """
    true = counts_of("counts", counts)
    found = np.asarray(keys)
    of_one_shape("counts", true, "keys", found)
    _refuse_other_than_keys(found)
    thresholds, shifts = table.lookup
    rows = np.minimum(true, table.top)
    at = np.searchsorted(thresholds, rows * (2 * MODULUS) + found.astype(np.int64))
    return np.asarray(true + shifts[at])


def perturb_with_totals(cells: Cells, table: PerturbationTable, axis: int = -1) -> Counts:
    """Published counts with their total at the end of an axis, perturbed on its own.

    Returns
    -------
    int64, one longer along `axis`; the last is no sum of the published cells before it
    """
    total = cells.sum(axis)
    parts = perturb(cells.counts, cells.keys, table)
    whole = perturb(total.counts, total.keys, table)
    return np.concatenate([parts, np.expand_dims(whole, axis)], axis=axis)


def noise_variance(published: npt.ArrayLike, table: PerturbationTable) -> Floats:
    """Variance of the noise in published counts, for their intervals; any shape.

    It follows from the published count alone: from the true one it would tell what that was. At 0
    and 3 it is that of the rows 1 and 2, the largest that may lie behind.
    """
    counts = counts_of("published", published)
    variances = table.published_variances
    return np.asarray(variances[np.minimum(counts, len(variances) - 1)])


def _refuse_other_than_keys(keys: npt.NDArray) -> None:
    whole = keys.dtype.kind in "iu"
    if not whole or (keys.size and (int(keys.min()) < 0 or int(keys.max()) >= MODULUS)):
        raise FiguresRefused(
            "keys", str(keys.dtype), "a cell key is a whole number of 32 bits",
            "take sums of record keys modulo 2**32 with `cell_keys`",
            zh="单元格密钥应为 32 位整数；请用 cell_keys 对密钥之和取模",
        )  # fmt: skip
