"""How far people's ages are rounded: Whipple, Myers and digit shares. Pure.

Counts are of single years of age, ages last, any leading dimensions. Nothing is smoothed or filled:
an age range that the counts do not hold is refused.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats, not_negative, refuse_where

# United Nations (1955), as in Shryock & Siegel (1973), p. 205: upper end of each class.
_QUALITY = (
    (105.0, "highly accurate"),
    (110.0, "fairly accurate"),
    (125.0, "approximate"),
    (175.0, "rough"),
    (np.inf, "very rough"),
)


def whipple_index(
    counts: npt.ArrayLike,
    *,
    digits: tuple[int, ...] = (0, 5),
    first_age: int = 0,
    ages: tuple[int, int] = (23, 62),
) -> Floats:
    """Whipple's index: people at ages that end in `digits`, per 100 expected without preference.

    100 says no preference, 500 (of two digits) that every age ends in them. Some programs print
    the ratio: 2.34 there is 234 here.

    Parameters
    ----------
    counts : shape (..., n_ages), people by single year of age
    digits : terminal digits tested; the original is 0 and 5
    first_age : the age of the first count
    ages : first and last age, both included; the original is 23 to 62, and so centred on 25 to 60

    Returns
    -------
    shape (...,)

    Raises
    ------
    FiguresRefused
        If a count is negative, the ages are not held or do not span whole decades, or are empty.

    Source: Shryock & Siegel (1973), The Methods and Materials of Demography, p. 205-206.

    >>> float(whipple_index(np.ones(100)))
    100.0
    """
    chosen, found = _range(counts, first_age, ages)
    wanted = _digits(digits)
    total = _people(chosen)
    at = np.isin(found % 10, wanted)
    return chosen[..., at].sum(-1) / total * 10 / len(wanted) * 100


def whipple_quality(index: float) -> str:
    """The United Nations' word for a Whipple's index of digits 0 and 5.

    >>> whipple_quality(100.4), whipple_quality(234.0)
    ('highly accurate', 'very rough')
    """
    return next(word for end, word in _QUALITY if index < end)


def myers_digits(counts: npt.ArrayLike, *, first_age: int = 0, start: int = 10) -> Floats:
    """Share of people by terminal digit in Myers' blended population, in per cent.

    Each digit begins ten series in turn, so that a falling population alone prefers none: ages
    from `start` are weighted 1 to 10, those from ten years later 9 to 0, over seventy years each.

    Parameters
    ----------
    counts : shape (..., n_ages), people by single year of age, to age `start` + 79 at least
    first_age : the age of the first count
    start : first age used, a multiple of ten

    Returns
    -------
    shape (..., 10), digits 0 to 9; they sum to 100

    Source: Myers (1940), Trans. Actuarial Society of America 41; Shryock & Siegel (1973), p. 206-207.
    """
    if start % 10:
        raise FiguresRefused(
            "start", start, "the blended population begins at an age ending in 0", "give 10 or 20",
            zh="混合人口应从个位为 0 的年龄开始；请给出 10 或 20",
        )  # fmt: skip
    chosen, _ = _range(counts, first_age, (start, start + 79))
    decades = chosen.reshape(*chosen.shape[:-1], 8, 10)
    digit = np.arange(10)
    early, late = decades[..., :-1, :].sum(-2), decades[..., 1:, :].sum(-2)
    blended = (digit + 1) * early + (9 - digit) * late
    return blended / _people(blended)[..., None] * 100


def myers_index(counts: npt.ArrayLike, *, first_age: int = 0, start: int = 10) -> Floats:
    """Myers' blended index: per cent of people who would have to give another last digit.

    0 says no preference, 90 that all ages end in one digit. Half the sum of the deviations of
    `myers_digits` from ten per cent.

    >>> float(myers_index(np.ones(90)))
    0.0
    """
    return np.abs(myers_digits(counts, first_age=first_age, start=start) - 10).sum(-1) / 2


def _range(
    counts: npt.ArrayLike, first_age: int, ages: tuple[int, int]
) -> tuple[Floats, npt.NDArray[np.int64]]:
    found = not_negative("counts", counts)
    low, high = ages
    held = found.shape[-1] if found.ndim else 0
    if low < first_age or high >= first_age + held:
        raise FiguresRefused(
            "ages", f"{low}-{high}",
            f"the counts hold single ages {first_age} to {first_age + held - 1}",
            "choose ages among them",
            zh=f"数据只有 {first_age}—{first_age + held - 1} 岁的单岁组；请在其中选择年龄范围",
        )  # fmt: skip
    if high < low or (high - low + 1) % 10:
        raise FiguresRefused(
            "ages", f"{low}-{high}", "each digit occurs equally often in whole decades",
            "choose a range of 10, 20, … years such as 23-62",
            zh="只有整十年的范围内各尾数出现次数相同；请选择 10、20……年的范围，如 23—62 岁",
        )  # fmt: skip
    return found[..., low - first_age : high - first_age + 1], np.arange(low, high + 1)


def _digits(digits: tuple[int, ...]) -> npt.NDArray[np.int64]:
    wanted = np.unique(np.asarray(digits, dtype=np.int64))
    if not len(wanted) or wanted.min() < 0 or wanted.max() > 9:
        raise FiguresRefused(
            "digits", digits, "terminal digits are 0 to 9", "give one or more, such as (0, 5)",
            zh="尾数应为 0—9；请给出一个或多个，如 (0, 5)",
        )  # fmt: skip
    return wanted


def _people(counts: Floats) -> Floats:
    total = np.asarray(counts.sum(-1))
    refuse_where(
        "counts summed over the ages used", total, total == 0, "is divided by, and so is above 0",
        "leave that area or period out", "用作分母，应大于 0；请去掉该地区或时期",
    )  # fmt: skip
    return total
