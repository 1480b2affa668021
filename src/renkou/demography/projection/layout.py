"""How the arrays of a projection lie: axes that agree, and a batch along one axis. Pure (NumPy).

Nothing is copied for the sake of a batch: an array that all rows share stays one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats

Shape = tuple[int, ...]
_ZH = {"years": "年份", "sexes": "性别"}


@dataclass(frozen=True, eq=False)
class Rows:
    """An array whose first axis is the batch, or a single row that all of the batch share."""

    values: Floats  # (own rows, ...)
    index: npt.NDArray[np.intp] | None  # which own row each row of the batch takes; None: as it is

    def of(self, block: slice) -> Floats:
        """The rows of a block; one where all share it."""
        if len(self.values) == 1:
            return self.values
        return self.values[block] if self.index is None else self.values[self.index[block]]


def numbers(name: str, values: npt.ArrayLike) -> Floats:
    """Numbers, not yet looked at one by one."""
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise FiguresRefused(
            name, None, "holds something that is no number, or rows of unequal length",
            "give numbers in rows of one length",
            zh="含有非数字内容，或各行长度不一；请给出等长的数字",
        ) from None  # fmt: skip


def with_axes(name: str, array: Floats, axes: Sequence[str]) -> Floats:
    """Refuse an array that has fewer axes than it needs."""
    if array.ndim < len(axes) or not array.size:
        raise FiguresRefused(
            name, f"of shape {array.shape}", f"has the axes (..., {', '.join(axes)}), none empty",
            "give the missing axes, of size 1 where there is one of the kind",
            zh=f"应具有 (..., {', '.join(axes)}) 各维，且不为空；请补上缺少的维，只有一个时长度为 1",
        )  # fmt: skip
    return array


def same_axis(axis: str, sizes: dict[str, int], exactly: Sequence[str] = ()) -> int:
    """The size that arrays agree on along an axis; 1 broadcasts, save for those named."""
    agreed, by = 1, ""
    for name, size in sizes.items():
        if size == 1 and name not in exactly:
            continue
        if by and size != agreed:
            raise FiguresRefused(
                f"{by} and {name}", f"{agreed} and {size} on the axis of {axis}",
                f"the axes of {axis} are of one size", f"give the same {axis} in both",
                zh=f"{_ZH[axis]}维的长度应相同；请在两者中给出相同的{_ZH[axis]}",
            )  # fmt: skip
        agreed, by = size, name
    return agreed


def batch_of(given: dict[str, tuple[Floats, int]]) -> Shape:
    """The batch that arrays share; each is given with the number of its own last axes."""
    leads = [(name, array.shape[: array.ndim - own]) for name, (array, own) in given.items()]
    for place, (name, lead) in enumerate(leads):
        for other, theirs in leads[:place]:
            _refuse_unlike(other, theirs, name, lead)
    return np.broadcast_shapes(*(lead for _, lead in leads))


def _refuse_unlike(name: str, one: Shape, other: str, two: Shape) -> None:
    for back in range(1, min(len(one), len(two)) + 1):
        if one[-back] != two[-back] and 1 not in (one[-back], two[-back]):
            raise FiguresRefused(
                f"{name} and {other}", f"{one[-back]} and {two[-back]} on batch axis {-back}",
                "leading axes are of one size or 1, so that they broadcast",
                "give as many areas, scenarios or trajectories in both, or put in an axis of size 1",
                zh=f"前置维（批次维 {-back}）的长度应相同或为 1；请使两者的区域、方案或轨迹数一致，"
                "或插入长度为 1 的维",
            )  # fmt: skip


def as_rows(array: Floats, own: int, batch: Shape) -> Rows:
    """Lay the batch out along one axis without copying what rows share."""
    lead, tail = array.shape[: array.ndim - own], array.shape[array.ndim - own :]
    shared = zip(lead, array.strides, strict=False)
    if all(size == 1 or stride == 0 for size, stride in shared):
        return Rows(array[(0,) * len(lead)][None], None)
    count = int(np.prod(lead, dtype=np.int64))
    values = array.reshape((count, *tail))
    if lead == batch:
        return Rows(values, None)
    return Rows(values, np.broadcast_to(np.arange(count).reshape(lead), batch).ravel())
