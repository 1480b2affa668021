"""Children by age on the day a school year begins, from stocks at 1 January. Pure (NumPy).

The school year of year Y begins after the cut-off day, the end of a month of Y (31 August in China:
Compulsory Education Law, article 11). Those aged x that day are part of two birth years: of the
children born in Y - x those born up to the cut-off (their birthday has come), of those born in
Y - x - 1 those born after it. A birth year is aged one year less at 1 January Y than it will be at
1 January Y + 1; its size on the day lies on the line between the two stocks, which lets it die and
move in between.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats, not_negative

_EVEN_MONTHS = (1.0,) * 12


def children_of_school_age(
    population: npt.ArrayLike,
    first_age: int,
    years: int = 1,
    *,
    cutoff_month: int = 8,
    births_by_month: npt.ArrayLike = _EVEN_MONTHS,
) -> Floats:
    """Children who are `first_age` to `first_age + years - 1` on the cut-off day of each year.

    Parameters
    ----------
    population : shape (..., years + 1, 2, ages), stocks at 1 January, single ages, the last open
    first_age, years : the first age, at least 1, and how many ages; one age gives a year of entry
    cutoff_month : month at whose end ages count, 8 for 31 August
    births_by_month : shape (12,), relative numbers: which part of a birth year is how old

    Returns
    -------
    shape (..., years), both sexes; value t is the school year that begins in base year + t

    Raises
    ------
    FiguresRefused
        If there are fewer than two stocks, the ages reach the open one, an age, their number or the
        month is not whole or beyond its limits, or births are not of twelve months, are all 0, or
        one of them is negative.

    >>> alike = np.full((2, 2, 10), 600.0)
    >>> children_of_school_age(alike, 6)
    array([1200.])
    """
    people = not_negative("population", population)
    first_age, years = _ages(first_age, years)
    _refuse_shape(people, first_age + years + 1)
    end = first_age + years + 1
    children = people[..., 0, :end] + people[..., 1, :end]
    before, after = stock_weights(first_age, years, end, cutoff_month, births_by_month)
    return children[..., :-1, :] @ before + children[..., 1:, :] @ after


def stock_weights(
    first_age: int,
    years: int,
    ages: int,
    cutoff_month: int = 8,
    births_by_month: npt.ArrayLike = _EVEN_MONTHS,
) -> tuple[Floats, Floats]:
    """Weights of single ages in the stock before and the stock after the cut-off day.

    Returns
    -------
    two arrays of shape (ages,)

    Raises
    ------
    FiguresRefused
        As `children_of_school_age`.

    >>> before, after = stock_weights(6, 1, 9)
    >>> (before * 9).round(6), (after * 9).round(6)
    (array([0., 0., 0., 0., 0., 2., 1., 0., 0.]), array([0., 0., 0., 0., 0., 0., 4., 2., 0.]))
    """
    first_age, years = _ages(first_age, years)
    if ages <= first_age + years:
        raise FiguresRefused(
            "ages", ages, f"include age {first_age + years}, of the oldest at the next stock",
            "give more single ages",
            zh=f"应包括下一年存量中的 {first_age + years} 岁；请给出更多的单岁年龄",
        )  # fmt: skip
    gone = _month(cutoff_month) / 12  # of the calendar year
    before, after = np.zeros(ages), np.zeros(ages)
    for age in range(first_age, first_age + years):
        before += (1 - gone) * weights_of_one_age(age, ages, cutoff_month, births_by_month)
        after += gone * weights_of_one_age(age + 1, ages, cutoff_month, births_by_month)
    return before, after


def weights_of_one_age(
    age: int,
    ages: int,
    cutoff_month: int = 8,
    births_by_month: npt.ArrayLike = _EVEN_MONTHS,
) -> Floats:
    """Weights of single ages in a stock: those who are of an age on the cut-off day of its year.

    They are one year older on the cut-off day of the year before the next stock: those of an age in a
    school year weigh as this age in the stock before it, as the next age in the stock after it.

    Returns
    -------
    shape (ages,), they sum to 1

    >>> (weights_of_one_age(6, 8) * 3).round(6)
    array([0., 0., 0., 0., 0., 2., 1., 0.])
    """
    months = _births(births_by_month)
    born = months[: _month(cutoff_month)].sum() / months.sum()  # of a birth year, by the cut-off
    weights = np.zeros(ages)
    weights[age - 1], weights[age] = born, 1 - born
    return weights


def _ages(first_age: int, years: int) -> tuple[int, int]:
    """The youngest, those of age 0 at the first stock, are aged 1 on the cut-off day or born after."""
    return (
        _whole("first_age", first_age, 1, "completed years, at least 1", "周岁，至少为 1"),
        _whole("years", years, 1, "how many ages, at least 1", "年龄个数，至少为 1"),
    )


def _month(month: int) -> int:
    """A month: at 13 shares of two birth years would leave the years between them."""
    rule, zh = "a month, 1 to 12, at whose end ages count", "月份（1 至 12）"
    return _whole("cutoff_month", month, 1, rule, zh, most=12)


def _whole(name: str, value: int, least: int, rule: str, zh: str, *, most: float = np.inf) -> int:
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | np.integer):
        raise FiguresRefused(
            name, repr(value), f"is a whole number: {rule}", "give it without decimals",
            zh=f"应为整数：{zh}；请给出整数",
        )  # fmt: skip
    if not least <= value <= most:
        raise FiguresRefused(name, value, f"is {rule}", "correct it", zh=f"应为{zh}；请更正")
    return int(value)


def _births(births_by_month: npt.ArrayLike) -> Floats:
    births = not_negative("births_by_month", births_by_month)
    if births.shape != (12,):
        raise FiguresRefused(
            "births_by_month", f"of shape {births.shape}", "has one value a month, January first",
            "give twelve numbers, or leave it out", zh="应为 12 个月的数值；请给出 12 个数，或不写",
        )  # fmt: skip
    if births.sum() == 0:
        raise FiguresRefused(
            "births_by_month", "all 0", "shares of a year's births are made of it",
            "give births by month, or leave it out",
            zh="全为 0，无法计算各月所占比例；请给出各月出生人数，或不写",
        )  # fmt: skip
    return births


def _refuse_shape(people: Floats, ages: int) -> None:
    if people.ndim < 3 or people.shape[-2] != 2:
        raise FiguresRefused(
            "population", f"shape {people.shape}", "has axes (..., years + 1, 2, ages)",
            "put men and women on the axis before ages",
            zh="各维应为 (…, 年数+1, 2, 年龄)；请把男、女放在年龄之前的一维",
        )  # fmt: skip
    if people.shape[-3] < 2:
        raise FiguresRefused(
            "population", f"{people.shape[-3]} stock",
            "the children of a school year lie between two stocks at 1 January",
            "project at least one year", zh="一个学年的学生数由前后两个 1 月 1 日的人口求得；请至少预测一年",
        )  # fmt: skip
    if people.shape[-1] <= ages:
        raise FiguresRefused(
            "population", f"{people.shape[-1]} ages", f"ages up to {ages - 1} are closed single ages",
            "give single ages up to 100+", zh=f"{ages - 1} 岁及以下应为单岁；请给出 0 至 100+ 岁单岁人口",
        )  # fmt: skip
