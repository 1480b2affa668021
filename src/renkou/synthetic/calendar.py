"""Days of the fictional city, and how offices write them. Pure.

A day is an int32 count from 1970-01-01. Texts are looked up in tables of all days from 1900, since
formatting a few ten thousand days once is cheaper than millions of dates.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from renkou.core.id_numbers import year_month_day
from renkou.synthetic.streams import Ints

FIRST_DAY = -25567  # 1900-01-01
LAST_DAY = 20819  # 2026-12-31
NEVER = 100_000  # a day that no list reaches

_CHINESE = str.maketrans("0123456789", "〇一二三四五六七八九")
_TENS = ("", "十", "二十", "三十")


def day(year: int, month: int, day_of_month: int) -> int:
    """One date as a day number.

    >>> day(1970, 1, 2)
    1
    """
    return (datetime.date(year, month, day_of_month) - datetime.date(1970, 1, 1)).days


END = day(2024, 12, 31)  # the last day of the city's history


def as_dates(days: Ints) -> npt.NDArray[np.datetime64]:
    """Day numbers as datetime64[D]."""
    return days.astype("datetime64[D]")


def parts(days: Ints) -> tuple[npt.NDArray[np.int64], ...]:
    """Year, month and day of the month of day numbers."""
    return year_month_day(as_dates(days))


def from_parts(year: Ints, month: Ints, day_of_month: Ints) -> Ints:
    """Day numbers; a day beyond its month's end becomes the month's last."""
    months = (year.astype(np.int64) - 1970) * 12 + month - 1
    first = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    following = (months + 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return np.minimum(first + day_of_month - 1, following - 1).astype(np.int32)


def _chinese_number(value: int) -> str:
    tens, ones = divmod(value, 10)
    ten = "十" if tens == 1 else _TENS[tens]
    return ten + ("" if ones == 0 else str(ones).translate(_CHINESE))


def _chinese(date: datetime.date) -> str:
    year = str(date.year).translate(_CHINESE)
    return f"{year}年{_chinese_number(date.month)}月{_chinese_number(date.day)}日"


_FORMS: dict[str, Callable[[datetime.date], str]] = {
    "iso": lambda d: d.isoformat(),
    "digits": lambda d: f"{d.year}{d.month:02}{d.day:02}",
    "short": lambda d: f"{d.year % 100:02}{d.month:02}{d.day:02}",
    "dots": lambda d: f"{d.year}.{d.month}.{d.day}",
    "slashes": lambda d: f"{d.year}/{d.month}/{d.day}",
    "words": lambda d: f"{d.year}年{d.month}月{d.day}日",
    "chinese": _chinese,
    "lunar_words": lambda d: f"农历{d.year}年{d.month}月{d.day}日",
    "lunar_bracket": lambda d: f"{d.year}.{d.month}.{d.day}（农历）",
    "month_iso": lambda d: f"{d.year}-{d.month:02}",
    "month_dots": lambda d: f"{d.year}.{d.month:02}",
    "month_words": lambda d: f"{d.year}年{d.month}月",
    "year": lambda d: str(d.year),
    "serial": lambda d: str((d - datetime.date(1899, 12, 30)).days),
}


@cache
def _texts(form: str) -> pa.StringArray:
    first = datetime.date(1900, 1, 1)
    days = (first + datetime.timedelta(n) for n in range(LAST_DAY - FIRST_DAY + 1))
    return pa.array([_FORMS[form](date) for date in days], pa.string())


def day_texts(days: Ints, form: str = "iso") -> pa.StringArray:
    """Days as an office writes them; null where the day is out of reach (`NEVER`)."""
    index = np.clip(days, FIRST_DAY, LAST_DAY) - FIRST_DAY
    outside = (days < FIRST_DAY) | (days > LAST_DAY)
    return _texts(form).take(pa.array(index, mask=outside))


@cache
def _lunar_days() -> Ints:
    """The lunar date of each day, read as if it were a solar date (clamped to its month)."""
    from lunardate import LunarDate

    first = datetime.date(1901, 1, 1)
    offset = (first - datetime.date(1900, 1, 1)).days
    count = day(1975, 1, 1) - day(1901, 1, 1)
    convert = LunarDate.from_solar_date
    lunar = [convert(d.year, d.month, d.day)
             for d in (first + datetime.timedelta(n) for n in range(count))]  # fmt: skip
    year, month, of_month = (
        np.array([getattr(date, name) for date in lunar], np.int32)
        for name in ("year", "month", "day")
    )
    days = np.arange(FIRST_DAY, LAST_DAY + 1, dtype=np.int32)
    days[offset : offset + count] = from_parts(year, month, of_month)
    return days


def lunar_days(days: Ints) -> Ints:
    """The lunar birthday of people born 1901-1974, as it is told: usually 20 to 50 days earlier.

    >>> str(as_dates(lunar_days(np.array([day(1960, 3, 5)], np.int32)))[0])
    '1960-02-08'
    """
    return _lunar_days()[np.clip(days, FIRST_DAY, LAST_DAY) - FIRST_DAY]
