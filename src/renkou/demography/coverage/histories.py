"""Capture histories: how many people stand in which combination of lists, by stratum. Pure.

A combination is a bit mask, bit i for list i, as in the editions' `lists`. The combination 0 (in no
list) is what one wants to know, so that its count is empty here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats, not_negative, refuse_where

MOST_LISTS = 12


@dataclass(frozen=True)
class CaptureHistories:
    """Counts by stratum and combination of lists.

    `counts` has the shape (strata, 2 ** lists), position m for the mask m, position 0 empty;
    `strata` gives each row's values of the columns `by`.
    """

    lists: tuple[str, ...]
    counts: Floats
    by: tuple[str, ...] = ()
    strata: tuple[tuple[object, ...], ...] = ((),)

    def mask_of(self, *names: str) -> int:
        """The bits of some lists.

        >>> CaptureHistories(("police", "audit"), np.zeros((1, 4))).mask_of("audit")
        2
        """
        unknown = [name for name in names if name not in self.lists]
        if unknown:
            raise FiguresRefused(
                "lists", unknown[0], f"is one of {', '.join(self.lists)}", "name a list of the table",
                zh=f"应为以下名册之一：{'、'.join(self.lists)}；请给出表中的名册",
            )  # fmt: skip
        return sum(1 << self.lists.index(name) for name in names)

    def kept(self, groups: Mapping[str, Sequence[str]]) -> CaptureHistories:
        """The same people seen through other lists: each a union of some of these.

        People in none of them are left out. `kept({"registers": ["police", "school"], "audit":
        ["audit"]})` makes a dual system of five lists.
        """
        masks = np.arange(self.counts.shape[1])
        bits = [(masks & self.mask_of(*members)) > 0 for members in groups.values()]
        new = sum(
            (bit.astype(np.int64) << i for i, bit in enumerate(bits)), np.zeros(len(masks), int)
        )
        counts = np.zeros((len(self.counts), 1 << len(groups)))
        np.add.at(counts.T, new, self.counts.T)
        counts[:, 0] = 0
        return CaptureHistories(tuple(groups), counts, self.by, self.strata)

    def pair(self, first: Sequence[str], second: Sequence[str]) -> tuple[Floats, Floats, Floats]:
        """People in any of the first lists, in any of the second, and in both, by stratum."""
        two = self.kept({"first": first, "second": second}).counts
        return two[:, 1] + two[:, 3], two[:, 2] + two[:, 3], two[:, 3]

    def over(self, *by: str) -> CaptureHistories:
        """Strata joined over all columns but those named."""
        at = [self.by.index(name) for name in by]
        keys = [tuple(stratum[i] for i in at) for stratum in self.strata]
        order = {key: row for row, key in enumerate(dict.fromkeys(keys))}
        counts = np.zeros((len(order), self.counts.shape[1]))
        np.add.at(counts, [order[key] for key in keys], self.counts)
        return CaptureHistories(self.lists, counts, by, tuple(order))


def capture_histories(
    masks: npt.ArrayLike,
    counts: npt.ArrayLike,
    lists: Sequence[str],
    by: Mapping[str, npt.ArrayLike] | None = None,
) -> CaptureHistories:
    """A table of people by combination of lists and stratum, as coverage estimates take it.

    Parameters
    ----------
    masks : shape (rows,), whole numbers, bit i set where the people stand in `lists[i]`
    counts : shape (rows,), people of the row; rows alike in all else are added
    lists : names in the order of the bits
    by : columns of shape (rows,) that make the strata, such as area, sex and age group

    Raises
    ------
    FiguresRefused
        If a mask has a bit for no list, or is 0: whom no list knows cannot be counted.

    >>> found = capture_histories([1, 2, 3], [5, 4, 20], ["police", "audit"])
    >>> found.counts
    array([[ 0.,  5.,  4., 20.]])
    """
    mask, count = not_negative("masks", masks), not_negative("counts", counts)
    columns = {name: np.asarray(column) for name, column in (by or {}).items()}
    _refuse_ragged(mask, {"counts": count, **columns})
    _refuse_masks(mask, lists)
    names, rows = _numbered(columns, len(mask))
    table = np.zeros((len(names), 1 << len(lists)))
    np.add.at(table, (rows, mask.astype(np.int64)), count)
    return CaptureHistories(tuple(lists), table, tuple(columns), names)


def _refuse_ragged(mask: Floats, others: Mapping[str, npt.NDArray[np.generic]]) -> None:
    for name, column in others.items():
        if column.shape != mask.shape or mask.ndim != 1:
            raise FiguresRefused(
                name, column.shape, f"has one value per mask, shape {mask.shape}",
                "give columns of one table", zh="每个组合应有一个值；请给出同一张表的各列",
            )  # fmt: skip


def _refuse_masks(mask: Floats, lists: Sequence[str]) -> None:
    if not 2 <= len(lists) <= MOST_LISTS or len(set(lists)) < len(lists):
        raise FiguresRefused(
            "lists", len(lists), f"are 2 to {MOST_LISTS} different lists", "join lists or name others",
            zh=f"应为 2 至 {MOST_LISTS} 份不同的名册；请合并名册或另行指定",
        )  # fmt: skip
    refuse_where(
        "masks", mask, (mask < 1) | (mask >= 1 << len(lists)) | (mask != np.floor(mask)),
        "has a bit for some of the lists and for nothing else", "leave out people in none of them",
        "应表示至少一份所列名册；请去掉不在任何名册的人",
    )  # fmt: skip


def _numbered(
    columns: Mapping[str, npt.NDArray[np.generic]], length: int
) -> tuple[tuple[tuple[object, ...], ...], npt.NDArray[np.int64]]:
    """The strata in ascending order and each row's number among them."""
    number = np.zeros(length, np.int64)
    values = []
    for column in columns.values():
        found, code = np.unique(column, return_inverse=True)
        values.append(found)
        number = number * max(len(found), 1) + code
    used, row = np.unique(number, return_inverse=True)
    names = []
    for code in used.tolist():
        parts: list[object] = []
        for found in reversed(values):
            code, at = divmod(code, len(found))
            parts.append(found[at].item() if hasattr(found[at], "item") else found[at])
        names.append(tuple(reversed(parts)))
    return tuple(names) or ((),), row
