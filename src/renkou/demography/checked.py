"""Arrays as computations take them: every refusal names array, place, value, rule and remedy. Pure.

Nothing here changes a value: what cannot be used is refused, never clamped.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from renkou.core.errors import FiguresRefused

Floats = npt.NDArray[np.float64]
Sex = Literal["male", "female"]
SEXES: tuple[Sex, Sex] = ("male", "female")


def figures(name: str, values: npt.ArrayLike) -> Floats:
    """An array of finite numbers.

    Accepts lists, NumPy arrays, and columns of pandas, Polars and Arrow.

    Raises
    ------
    FiguresRefused
        If something is no number, or not finite.

    >>> figures("deaths", [1, 2])
    array([1., 2.])
    """
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise FiguresRefused(
            name, None, "holds something that is no number, or rows of unequal length",
            "give numbers in rows of one length",
            zh="含有非数字内容，或各行长度不一；请给出等长的数字",
        ) from None  # fmt: skip
    refuse_where(
        name, array, ~np.isfinite(array), "every value is a finite number",
        "fill the gap or leave that place out of every array",
        "每个值都应是有限的数；请补上缺失值，或在所有数组中去掉该位置",
    )  # fmt: skip
    return array


def not_negative(name: str, values: npt.ArrayLike) -> Floats:
    """Finite numbers of which none is below zero: counts, rates, exposures.

    >>> not_negative("mx", [0.1, -0.2])
    Traceback (most recent call last):
    renkou.core.errors.FiguresRefused: mx[1] = -0.2: no value is below 0; correct it at its source
    """
    array = figures(name, values)
    refuse_where(
        name, array, array < 0, "no value is below 0", "correct it at its source",
        "不得为负；请在数据来源处更正",
    )  # fmt: skip
    return array


def positive(name: str, values: npt.ArrayLike) -> Floats:
    """Finite numbers above zero: exposures and populations that are divided by."""
    array = not_negative(name, values)
    refuse_where(
        name, array, array == 0, "is divided by, and so is above 0",
        "join it with a neighbouring age, area or period, or leave it out",
        "用作分母，应大于 0；请与相邻的年龄、地区或时期合并，或去掉",
    )  # fmt: skip
    return array


def probabilities(name: str, values: npt.ArrayLike) -> Floats:
    """Numbers in [0, 1]."""
    array = not_negative(name, values)
    refuse_where(
        name, array, array > 1, "a probability or share is at most 1",
        "check numerator and denominator", "概率或比例不得大于 1；请检查分子与分母",
    )  # fmt: skip
    return array


def of_one_length(**arrays: Floats) -> None:
    """Refuse arrays whose last axes differ; the message names the first two that do."""
    (first, one), *others = arrays.items()
    for name, other in others:
        if one.shape[-1:] != other.shape[-1:]:
            sizes = [str(each.shape[-1]) if each.ndim else "one number" for each in (one, other)]
            raise FiguresRefused(
                f"{first} and {name}", " and ".join(sizes),
                "both have one value per place, so their last axes are of one length",
                "leave the same places out of both",
                zh="两个数组应逐位对应，最后一维长度应相同；请在两者中去掉相同的位置",
            )  # fmt: skip


def starts_of_ages(name: str, ages: npt.ArrayLike) -> Floats:
    """First ages of groups: ascending, whole, from 0 or more, at least two.

    Raises
    ------
    FiguresRefused
        If an age is not above the one before it: a gap, a repeat or a wrong order.
    """
    array = not_negative(name, ages)
    refuse_where(
        name, array, array != np.floor(array), "an age group begins at a whole age",
        "give first ages, such as 0, 1, 5, 10", "年龄组应从整岁开始；请给出起始年龄，如 0、1、5、10",
    )  # fmt: skip
    if array.ndim != 1 or len(array) < 2:
        raise FiguresRefused(
            name, array.shape, "ages are one row of at least two groups", "give first ages in a list",
            zh="年龄应为一行且至少两组；请以列表给出起始年龄",
        )  # fmt: skip
    back = np.concatenate([[False], np.diff(array) <= 0])
    refuse_where(
        name, array, back, "ages ascend without repeats", "sort the rows by age",
        "年龄应递增且不重复；请按年龄排序",
    )  # fmt: skip
    return array


def evenly_spaced(name: str, ages: npt.ArrayLike, width: int) -> Floats:
    """First ages that follow each other by `width` years without a gap."""
    array = starts_of_ages(name, ages)
    gap = np.concatenate([[False], np.diff(array) != width])
    refuse_where(
        name, array, gap, f"groups follow each other by {width} years",
        "add the missing ages or join groups", f"各组应相隔 {width} 岁；请补上缺失的年龄或合并年龄组",
    )  # fmt: skip
    return array


def sex_of(sex: str) -> Sex:
    """`male` or `female`."""
    if sex == "male":
        return "male"
    if sex == "female":
        return "female"
    raise FiguresRefused(
        "sex", repr(sex), "is 'male' or 'female'", "name one of the two",
        zh="应为 'male'（男）或 'female'（女）；请选其一",
    )  # fmt: skip


def refuse_where(
    name: str, array: Floats, wrong: npt.NDArray[np.bool_], rule: str, remedy: str, zh: str
) -> None:
    """Refuse the first place where `wrong` holds; `zh` is rule and remedy in Chinese."""
    if not wrong.any():
        return
    at = np.argwhere(wrong)[0]
    place = f"{name}[{', '.join(map(str, at))}]" if array.ndim else name
    raise FiguresRefused(place, f"{array[tuple(at)]:g}", rule, remedy, zh=zh)
