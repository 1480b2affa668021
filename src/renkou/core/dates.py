"""Reads dates as Chinese offices write them. Pure.

`parse_date` returns the ISO form as complete as the source wrote it and what was remarkable about
it; it never raises. Lunar dates are converted with `lunardate` (years 1900 to 2099).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

from lunardate import LunarDate

EARLIEST_YEAR = 1850
LATEST_YEAR = 2100
_EXCEL_EPOCH = date(1899, 12, 30)


class Remark(StrEnum):
    """What was remarkable about a date; the first four leave no value."""

    UNREADABLE = "unreadable"
    NO_SUCH_DAY = "no_such_day"
    YEAR_OUT_OF_BOUNDS = "year_out_of_bounds"
    PARTIAL = "partial"
    TWO_DIGIT_YEAR = "two_digit_year"
    ORDER_INFERRED = "order_inferred"
    LUNAR = "lunar"


@dataclass(frozen=True)
class ParsedDate:
    """A date as ISO 8601 (`2012-03-05`, `2012-03`, `2012`) or None, with a remark or None."""

    value: str | None
    remark: Remark | None = None

    @property
    def lunar(self) -> bool:
        """Whether the source wrote a lunar date."""
        return self.remark is Remark.LUNAR


@dataclass(frozen=True)
class _Parts:
    year: int
    month: int | None = None
    day: int | None = None
    leap: bool = False
    remark: Remark | None = None


_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {
    "〇": 0, "○": 0, "O": 0, "o": 0, "Ο": 0, "◯": 0, "两": 2, "元": 1,
    "壹": 1, "贰": 2, "叁": 3, "肆": 4, "伍": 5, "陆": 6, "柒": 7, "捌": 8, "玖": 9,
}  # fmt: skip
_NUMERAL = "零一二三四五六七八九〇○Οo◯两壹贰叁肆伍陆柒捌玖"
_TENS = {"十": 10, "拾": 10, "廿": 20, "卄": 20, "卅": 30}
_MONTHS = {"正": 1, "冬": 11, "腊": 12}
_ENGLISH = {
    name: at for at, name in enumerate(re.findall("...", "janfebmaraprmayjunjulaugsepoctnovdec"), 1)
}
_CALENDAR = re.compile(
    r"[(\[]?(?:(农历|阴历|旧历|古历|夏历|lunar)|公历|阳历|新历|西历|solar)[)\]:]?"
)
_LUNAR_WORDS = re.compile(r"正月|冬月|腊月|闰|初[一二三四五六七八九十]|廿|卅")
_TIME = re.compile(
    r"[T\s]\s*(?:上午|下午)?\d{1,2}[:时]\d{1,2}(?:[:分]\d{1,2}(?:\.\d+)?秒?)?(?:Z|[+-]\d\d:?\d\d)?$"
)
_CHINESE = re.compile(
    rf"(民国)?([{_NUMERAL}\d元]{{1,4}}|[{_NUMERAL}十]{{1,4}})年"
    rf"(?:(闰?)([正冬腊]|[{_NUMERAL}十拾\d]{{1,3}})月(?:份)?"
    rf"(?:([初{_NUMERAL}十拾廿卅卄\d]{{1,3}})[日号]?)?)?"
)
_SEPARATED = re.compile(
    r"(\d{1,4})[-/.,、。\\ 年]+(\d{1,2})(?:[-/.,、。\\ 月]+(\d{1,4})[日号.]?|月?份?)"
)
_ENGLISH_DATE = re.compile(
    r"(?:(\d{1,2})[-/ ])?([a-z]{3})[a-z]*\.?[-/ ,]+(?:(\d{1,2})[, ]+)?(\d{2,4})", re.I
)


def parse_date(
    text: str, *, order: str = "ymd", lunar: bool = False, latest: date = date(2100, 12, 31)
) -> ParsedDate:
    """Read one date.

    Parameters
    ----------
    text : as written
    order : which way numerals go where the year is last: `dmy`, `mdy`, or `ymd` (infer)
    lunar : whether a date is lunar that does not say which calendar it is in
    latest : the day the list describes; decides the century of two-digit years

    >>> parse_date("二〇一二年三月五日").value, parse_date("2012.03").value
    ('2012-03-05', '2012-03')
    >>> parse_date("农历1965年八月十五")
    ParsedDate(value='1965-09-10', remark=<Remark.LUNAR: 'lunar'>)
    """
    return _parse(text, order, lunar, latest)


@lru_cache(maxsize=200_000)
def _parse(text: str, order: str, lunar: bool, latest: date) -> ParsedDate:
    plain = unicodedata.normalize("NFKC", text).strip().strip("'\"`")
    plain, lunar = _calendar(plain, lunar)
    plain = _TIME.sub("", plain).strip()
    parts = _read(plain, order, latest)
    return ParsedDate(None, Remark.UNREADABLE) if parts is None else _checked(parts, lunar)


def _calendar(plain: str, lunar: bool) -> tuple[str, bool]:
    word = _CALENDAR.search(plain)
    if word:
        return _CALENDAR.sub("", plain).strip(), word[1] is not None
    return plain, lunar or bool(_LUNAR_WORDS.search(plain))


def _read(plain: str, order: str, latest: date) -> _Parts | None:
    if re.fullmatch(r"\d+(?:\.0+)?", plain):
        return _digits(plain.split(".")[0], latest)
    serial = re.fullmatch(r"(\d{5})\.\d+", plain)
    if serial:
        return _serial(int(serial[1]))
    chinese = _CHINESE.fullmatch(plain)
    if chinese:
        return _chinese(chinese, latest)
    separated = _SEPARATED.fullmatch(plain)
    if separated:
        return _separated(separated, order, latest)
    english = _ENGLISH_DATE.fullmatch(plain)
    return _english(english, latest) if english else None


def _digits(digits: str, latest: date) -> _Parts | None:
    size = len(digits)
    if size in (8, 14):
        return _Parts(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    if size == 6:
        year, month = int(digits[:4]), int(digits[4:])
        if EARLIEST_YEAR <= year <= latest.year and month <= 12:
            return _Parts(year, month)
        return _century(int(digits[:2]), latest, int(digits[2:4]), int(digits[4:]))
    if size == 4:
        return _Parts(int(digits))
    return _serial(int(digits)) if size == 5 else None


def _serial(days: int) -> _Parts:
    """A spreadsheet's day number."""
    day = _EXCEL_EPOCH + timedelta(days=days)
    return _Parts(day.year, day.month, day.day)


def _century(
    year: int, latest: date, month: int | None, day: int | None, *, leap: bool = False
) -> _Parts:
    """A two-digit year: this century unless that lies after `latest`."""
    full = 2000 + year if 2000 + year <= latest.year else 1900 + year
    return _Parts(full, month, day, leap, Remark.TWO_DIGIT_YEAR)


def _chinese(found: re.Match[str], latest: date) -> _Parts | None:
    republic, year_text, leap, month_text, day_text = found.groups()
    year = _year_number(year_text)
    month = _number(month_text) if month_text else None
    day = _number(day_text) if day_text else None
    if year is None or (month_text and month is None) or (day_text and day is None):
        return None
    if republic:
        return _Parts(1911 + year, month, day, bool(leap))
    if len(year_text) <= 2:
        return _century(year, latest, month, day, leap=bool(leap))
    return _Parts(year, month, day, bool(leap))


def _year_number(text: str) -> int | None:
    if "十" in text:
        return _number(text)
    digits = [int(c) if c.isdigit() and c.isascii() else _DIGITS.get(c) for c in text]
    if any(digit is None for digit in digits):
        return None
    return int("".join(str(digit) for digit in digits))


def _number(text: str) -> int | None:
    """A Chinese or Arabic number below 100, with lunar words (正 腊 初五 廿三)."""
    text = text.removeprefix("初")
    if text in _MONTHS:
        return _MONTHS[text]
    if text.isascii() and text.isdigit():
        return int(text)
    total, unit = 0, 0
    for character in text:
        if character in _TENS:
            total += _TENS[character] * (unit or 1) if character in "十拾" else _TENS[character]
            unit = 0
        elif character in _DIGITS:
            unit = unit * 10 + _DIGITS[character]
        else:
            return None
    return total + unit


def _separated(found: re.Match[str], order: str, latest: date) -> _Parts | None:
    first, second, third = found.groups()
    if third is None:
        return _two_parts(first, second, latest)
    if len(first) >= 3:
        return _Parts(int(first), int(second), int(third)) if len(third) <= 2 else None
    if len(third) >= 3:
        return _year_last(int(first), int(second), int(third), order)
    if order != "ymd":
        year = _century(int(third), latest, None, None).year
        parts = _year_last(int(first), int(second), year, order)
        return _Parts(parts.year, parts.month, parts.day, remark=Remark.TWO_DIGIT_YEAR)
    return _century(int(first), latest, int(second), int(third))


def _two_parts(first: str, second: str, latest: date) -> _Parts | None:
    if len(first) == 4:
        return _Parts(int(first), int(second))
    return _century(int(first), latest, int(second), None) if len(first) == 2 else None


def _year_last(first: int, second: int, year: int, order: str) -> _Parts:
    if order == "dmy" or (order == "ymd" and first > 12):
        return _Parts(year, second, first)
    inferred = order == "ymd" and second <= 12 and first != second
    return _Parts(year, first, second, remark=Remark.ORDER_INFERRED if inferred else None)


def _english(found: re.Match[str], latest: date) -> _Parts | None:
    before, name, after, year = found.groups()
    month = _ENGLISH.get(name.lower())
    if month is None or (before and after):
        return None
    day = int(before or after) if before or after else None
    if len(year) == 2:
        return _century(int(year), latest, month, day)
    return _Parts(int(year), month, day)


def _checked(parts: _Parts, lunar: bool) -> ParsedDate:
    if not EARLIEST_YEAR <= parts.year <= LATEST_YEAR:
        return ParsedDate(None, Remark.YEAR_OUT_OF_BOUNDS)
    if parts.month in (None, 0) and parts.day in (None, 0):
        return ParsedDate(f"{parts.year:04}", Remark.PARTIAL)
    if parts.day in (None, 0):
        # A lunar month spans two solar ones, so of a lunar month only the year is known.
        return ParsedDate(f"{parts.year:04}", Remark.PARTIAL) if lunar else _month_only(parts)
    try:
        if lunar:
            return ParsedDate(_solar(parts).isoformat(), Remark.LUNAR)
        return ParsedDate(
            date(parts.year, parts.month or 0, parts.day or 0).isoformat(), parts.remark
        )
    except ValueError:
        return ParsedDate(None, Remark.NO_SUCH_DAY)


def _month_only(parts: _Parts) -> ParsedDate:
    if not 1 <= (parts.month or 0) <= 12:
        return ParsedDate(None, Remark.NO_SUCH_DAY)
    if (parts.year, parts.month, parts.day) == (1900, 1, 0):  # a spreadsheet's day nought
        return ParsedDate(None, Remark.UNREADABLE)
    return ParsedDate(f"{parts.year:04}-{parts.month:02}", Remark.PARTIAL)


def _solar(parts: _Parts) -> date:
    month, day = parts.month or 0, parts.day or 0
    try:
        return LunarDate(parts.year, month, day, parts.leap).to_solar_date()
    except ValueError:
        if day != 30:
            raise
        # Families keep the 30th of a month that had 29 days: the last day of the month is meant.
        return LunarDate(parts.year, month, 29, parts.leap).to_solar_date()


_IN_FILE_NAME = re.compile(
    r"(?<!\d)((?:19|20)\d\d)[-_.年]?(0[1-9]|1[0-2]|[1-9](?!\d))[-_.月]?(0[1-9]|[12]\d|3[01]|[1-9](?!\d))日?(?!\d)"
)
_MONTH_IN_NAME = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_.年]?(0[1-9]|1[0-2]|[1-9](?=月))月?(?!\d)")


def date_in_text(text: str) -> date | None:
    """The first day named in a file name or title; of a month alone its last day.

    >>> date_in_text("police_20241231.csv"), date_in_text("截至2024年6月30日")
    (datetime.date(2024, 12, 31), datetime.date(2024, 6, 30))
    """
    for found in _IN_FILE_NAME.finditer(text):
        try:
            return date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            continue
    month = _MONTH_IN_NAME.search(text)
    if month is None:
        return None
    year, number = int(month[1]), int(month[2])
    return date(year + number // 12, number % 12 + 1, 1) - timedelta(days=1)
