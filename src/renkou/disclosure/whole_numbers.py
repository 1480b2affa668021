"""Counts, keys and ids as disclosure control takes them: whole numbers, refused by place. Pure.

Nothing here changes a value: what is no whole number is refused, never rounded.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from renkou.core.errors import FiguresRefused

Counts = npt.NDArray[np.int64]
Keys = npt.NDArray[np.uint32]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


def counts_of(name: str, values: npt.ArrayLike) -> Counts:
    """Whole numbers of people, none below 0.

    >>> counts_of("counts", [3, -1])
    Traceback (most recent call last):
    renkou.core.errors.FiguresRefused: counts[1] = -1: people are counted in whole numbers of 0 or \
more; correct it at its source
    """
    array = np.asarray(values)
    if array.dtype.kind not in "iub":
        array = _numbers(name, array)
        refuse_where(name, array, ~(array == np.floor(array)), *_WHOLE)
    refuse_where(name, array, array < 0, *_WHOLE)
    return array.astype(np.int64)


_WHOLE = (
    "people are counted in whole numbers of 0 or more",
    "correct it at its source",
    "人数应为不小于 0 的整数；请在数据来源处更正",
)


def ids_of(name: str, values: npt.ArrayLike) -> Counts:
    """Permanent numbers of persons or households; a message names the place, never the number."""
    array = np.asarray(values)
    if array.dtype.kind not in "iu":
        array = _numbers(name, array)
        refuse_where(name, array, ~(array == np.floor(array)), *_AN_ID, shown=False)
    refuse_where(name, array, array < 0, *_AN_ID, shown=False)
    return array.astype(np.int64)


_AN_ID = (
    "permanent ids are whole numbers of 0 or more", "take the ids of an edition's persons",
    "编号应为不小于 0 的整数；请使用版本中的人员编号",
)  # fmt: skip


def amounts_of(name: str, values: npt.ArrayLike) -> Floats:
    """Finite numbers of 0 or more: person-years, money."""
    array = _numbers(name, np.asarray(values))
    refuse_where(
        name, array, ~(np.isfinite(array) & (array >= 0)),
        "is a finite number of 0 or more", "correct it at its source",
        "应为不小于 0 的有限数；请在数据来源处更正",
    )  # fmt: skip
    return array


def of_one_shape(
    first_name: str, first: npt.NDArray, second_name: str, second: npt.NDArray
) -> None:
    """Refuse two arrays whose places do not correspond."""
    if first.shape != second.shape:
        raise FiguresRefused(
            f"{first_name} and {second_name}", f"{first.shape} and {second.shape}",
            "both have one value per cell, so their shapes are equal",
            "tabulate both over the same cells",
            zh="两个数组应逐格对应，形状应相同；请按相同的单元格汇总两者",
        )  # fmt: skip


def refuse_where(
    name: str, array: npt.NDArray, wrong: Flags, rule: str, remedy: str, zh: str,
    *, shown: bool = True,
) -> None:  # fmt: skip
    """Refuse the first place where `wrong` holds; `zh` is rule and remedy in Chinese.

    Ids and keys are not `shown`: they are of persons.
    """
    if not wrong.any():
        return
    at = np.argwhere(wrong)[0]
    place = f"{name}[{', '.join(map(str, at))}]" if array.ndim else name
    value = f"{array[tuple(at)]}" if shown else None
    raise FiguresRefused(place, value, rule, remedy, zh=zh)


def _numbers(name: str, array: npt.NDArray) -> Floats:
    try:
        return array.astype(np.float64)
    except (TypeError, ValueError):
        raise FiguresRefused(
            name, None, "holds something that is no number", "give numbers only",
            zh="含有非数字内容；请只给出数字",
        ) from None  # fmt: skip
