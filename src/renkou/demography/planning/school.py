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
        If there are fewer than two stocks, or the ages reach the open one.

    >>> alike = np.full((2, 2, 10), 600.0)
    >>> children_of_school_age(alike, 6)
    array([1200.])
    """
    people = not_negative("population", population)
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

    >>> before, after = stock_weights(6, 1, 9)
    >>> (before * 9).round(6), (after * 9).round(6)
    (array([0., 0., 0., 0., 0., 2., 1., 0., 0.]), array([0., 0., 0., 0., 0., 0., 4., 2., 0.]))
    """
    gone = cutoff_month / 12  # of the calendar year
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
    months = np.asarray(births_by_month, dtype=np.float64)
    born = months[:cutoff_month].sum() / months.sum()  # of a birth year, by the cut-off
    weights = np.zeros(ages)
    weights[age - 1], weights[age] = born, 1 - born
    return weights


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
