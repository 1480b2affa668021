"""Days of the fictional city, and how offices write them. Pure.

A day is an int32 count from 1970-01-01. Texts are looked up in tables of all days from 1900, since
formatting a few ten thousand days once is cheaper than millions of dates.
"""

from __future__ import annotations

import datetime
import re
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from renkou.core.id_numbers import year_month_day
from renkou.synthetic.streams import Ints

FIRST_DAY = -25567  # 1900-01-01
LAST_DAY = 20819  # 2026-12-31
NEVER = 100_000  # a day that no list reaches


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


# Tokens: Y year, y its last two digits, M month, D day of the month (MM and DD with zeros in
# front), 年月日 in Chinese numerals where the token is Z, z and x.
_FORMS = {
    "iso": "Y-MM-DD",
    "digits": "YMMDD",
    "short": "yMMDD",
    "dots": "Y.M.D",
    "slashes": "Y/M/D",
    "words": "Y年M月D日",
    "chinese": "Z年z月x日",
    "lunar_words": "农历Y年M月D日",
    "lunar_bracket": "Y.M.D（农历）",
    "month_iso": "Y-MM",
    "month_dots": "Y.MM",
    "month_words": "Y年M月",
    "year": "Y",
}
_EXCEL_ZERO = -25569  # 1899-12-30
_NUMERALS = str.maketrans("0123456789", "〇一二三四五六七八九")
_TENS = ("", "十", "二十", "三十")


def _chinese_number(value: int) -> str:
    """Up to 39 in Chinese numerals.

    >>> _chinese_number(21), _chinese_number(10)
    ('二十一', '十')
    """
    tens, ones = divmod(value, 10)
    return _TENS[tens] + (str(ones).translate(_NUMERALS) if ones else "")


@cache
def _tokens() -> dict[str, pa.Array]:
    """The text of each token for each day."""
    year, month, of_month = parts(np.arange(FIRST_DAY, LAST_DAY + 1, dtype=np.int32))
    years = range(int(year.max()) + 1)
    words = {
        "Y": (year, [str(y) for y in years]),
        "y": (year, [f"{y % 100:02}" for y in years]),
        "Z": (year, [str(y).translate(_NUMERALS) for y in years]),
        "MM": (month, [f"{n:02}" for n in range(13)]),
        "M": (month, [str(n) for n in range(13)]),
        "z": (month, [_chinese_number(n) for n in range(13)]),
        "DD": (of_month, [f"{n:02}" for n in range(32)]),
        "D": (of_month, [str(n) for n in range(32)]),
        "x": (of_month, [_chinese_number(n) for n in range(32)]),
    }
    return {token: pa.array(text).take(pa.array(at)) for token, (at, text) in words.items()}


@cache
def _texts(form: str) -> pa.Array:
    """The text of each day in one form."""
    if form == "serial":
        return pa.array(np.arange(FIRST_DAY, LAST_DAY + 1) - _EXCEL_ZERO).cast(pa.string())
    pieces = re.findall("MM|DD|.", _FORMS[form])
    known = _tokens()
    return pc.binary_join_element_wise(*(known.get(p, pa.scalar(p)) for p in pieces), "")


def day_texts(days: Ints, form: str = "iso") -> pa.Array:
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
