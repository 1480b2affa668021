"""Preference for days and months of birth, against the calendar. Pure.

Within a month births fall almost evenly over days, so that a day that holds far more people than
its share was often written by a clerk rather than known. Months themselves have real seasons:
their test is reported apart, and is no sign of error by itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import chi2

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats, figures, not_negative, refuse_where

# 29 February comes 97 times in the 400 years of the Gregorian calendar.
_LEAP = 97 / 400
_LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_YEAR = 365 + _LEAP


def calendar_days() -> Floats:
    """How often each day comes in a mean Gregorian year: shape (12, 31), 0 where there is none.

    >>> float(calendar_days().sum())
    365.2425
    """
    days = (np.arange(1, 32) <= np.array(_LENGTHS)[:, None]).astype(np.float64)
    days[1, 28] = _LEAP
    return days


def birthday_counts(months: npt.ArrayLike, days: npt.ArrayLike) -> Floats:
    """People by month and day of birth, from one month and one day per person.

    Parameters
    ----------
    months : shape (n_people,), 1 to 12
    days : shape (n_people,), 1 to 31

    Returns
    -------
    shape (12, 31)

    Raises
    ------
    FiguresRefused
        If lengths differ or a month or day is none of the calendar.
    """
    month, day = _whole("months", months, 12), _whole("days", days, 31)
    if month.shape != day.shape or month.ndim != 1:
        raise FiguresRefused(
            "months and days", f"{month.shape} and {day.shape}", "one of each per person",
            "leave the same people out of both", zh="每人应各有一个月和日；请在两者中去掉相同的人",
        )  # fmt: skip
    counts = np.zeros((12, 31))
    np.add.at(counts, (month - 1, day - 1), 1)
    return counts


@dataclass(frozen=True)
class BirthdayHeaping:
    """Digit preference of birthdays; shapes (...,) unless said.

    Attributes
    ----------
    day_share, day_expected : shape (..., 31), share of people by day of the month
    month_share, month_expected : shape (..., 12)
    first, fifteenth, new_year : share born on day 1, day 15, 1 January; expected beside them
    round_days : share on days 5, 10, 15, 20, 25, 30
    last_digit : shape (..., 10), share of each last digit of the day over its expected share
    chi2, df, p_value : days within months; seasons of months do not enter
    month_chi2, month_df, month_p_value : months against their length, seasons included
    excess : share of people who would have to move to another day of their month
    excess_by_chance : what chance alone would give `excess` with so few people
    """

    people: Floats
    day_share: Floats
    day_expected: Floats
    month_share: Floats
    month_expected: Floats
    first: Floats
    first_expected: Floats
    fifteenth: Floats
    fifteenth_expected: Floats
    new_year: Floats
    new_year_expected: float
    round_days: Floats
    round_days_expected: Floats
    last_digit: Floats
    chi2: Floats
    df: int
    p_value: Floats
    month_chi2: Floats
    month_df: int
    month_p_value: Floats
    excess: Floats
    excess_by_chance: Floats
    notes: tuple[str, ...]


def birthday_heaping(counts: npt.ArrayLike) -> BirthdayHeaping:
    """Digit preference of days and months of birth, with a chi-square test against the calendar.

    Parameters
    ----------
    counts : shape (..., 12, 31), people by month and day of birth (see `birthday_counts`)

    Raises
    ------
    FiguresRefused
        If the shape is another, somebody is born on 30 February, or nobody is counted.

    Source: the calendar (Gregorian, 97 leap days in 400 years); Pearson's chi-square conditional on
    the month.
    """
    people, total = _table(counts)
    calendar = calendar_days()
    by_month = people.sum(-1)
    expected = by_month[..., None] * calendar / calendar.sum(-1)[:, None]
    month_expected = np.broadcast_to(calendar.sum(-1) / _YEAR, by_month.shape)
    days = _Days(people.sum(-2) / total[..., None], expected.sum(-2) / total[..., None])
    stat, df, p = _chi_square(people, expected)
    month_stat = _pearson(by_month, month_expected * total[..., None]).sum(-1)
    return BirthdayHeaping(
        people=total, day_share=days.share, day_expected=days.expected,
        month_share=by_month / total[..., None], month_expected=month_expected,
        first=days.share[..., 0], first_expected=days.expected[..., 0],
        fifteenth=days.share[..., 14], fifteenth_expected=days.expected[..., 14],
        new_year=people[..., 0, 0] / total, new_year_expected=1 / _YEAR,
        round_days=days.round(days.share), round_days_expected=days.round(days.expected),
        last_digit=days.last_digit(), chi2=stat, df=df, p_value=p,
        month_chi2=month_stat, month_df=11, month_p_value=np.asarray(chi2.sf(month_stat, 11)),
        excess=np.abs(people - expected).sum((-2, -1)) / 2 / total,
        # E|X - e| of a Poisson count is close to sqrt(2 e / pi)
        excess_by_chance=np.sqrt(2 * expected / np.pi).sum((-2, -1)) / 2 / total,
        notes=(
            "Expected days: even within each month as observed, 29 February 97 times in 400 years.",
            "日的期望：在各月实际人数内平均分布，2 月 29 日按 400 年 97 次计。",
            "Months differ by season as well as by error; their test is apart.",
            "各月人数既受季节影响也受差错影响，检验单独给出。",
        ),
    )  # fmt: skip


@dataclass(frozen=True)
class _Days:
    share: Floats
    expected: Floats

    def round(self, shares: Floats) -> Floats:
        return shares[..., 4::5].sum(-1)

    def last_digit(self) -> Floats:
        digit = np.arange(1, 32) % 10 == np.arange(10)[:, None]
        expected = np.where(digit, self.expected[..., None, :], 0).sum(-1)
        found = np.where(digit, self.share[..., None, :], 0).sum(-1)
        return found / expected


def _pearson(found: Floats, expected: Floats) -> Floats:
    held = expected > 0
    return np.where(held, (found - expected) ** 2 / np.where(held, expected, 1), 0)


def _chi_square(people: Floats, expected: Floats) -> tuple[Floats, int, Floats]:
    stat = _pearson(people, expected).sum((-2, -1))
    df = sum(_LENGTHS) - 12
    return stat, df, np.asarray(chi2.sf(stat, df))


def _table(counts: npt.ArrayLike) -> tuple[Floats, Floats]:
    people = not_negative("counts", counts)
    if people.shape[-2:] != (12, 31):
        raise FiguresRefused(
            "counts", people.shape, "the last two axes are 12 months and 31 days",
            "tabulate with birthday_counts", zh="最后两维应为 12 个月与 31 天；请用 birthday_counts 汇总",
        )  # fmt: skip
    none = np.broadcast_to(calendar_days() == 0, people.shape)
    refuse_where(
        "counts", people, none & (people > 0), "the calendar has no such day",
        "correct the dates first", "历法中没有这一天；请先更正日期",
    )  # fmt: skip
    by_month = people.sum(-1)
    refuse_where(
        "counts summed over days", by_month, by_month == 0, "is divided by, and so is above 0",
        "join years or areas until every month holds people",
        "用作分母，应大于 0；请合并年份或地区，使每月都有人",
    )  # fmt: skip
    return people, np.asarray(by_month.sum(-1))


def _whole(name: str, values: npt.ArrayLike, last: int) -> npt.NDArray[np.int64]:
    array = figures(name, values)
    refuse_where(
        name, array, (array != np.floor(array)) | (array < 1) | (array > last),
        f"is a whole number from 1 to {last}", "correct the date or leave the person out",
        f"应为 1 至 {last} 的整数；请更正日期或去掉该人",
    )  # fmt: skip
    return array.astype(np.int64)
