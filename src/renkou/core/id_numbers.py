"""Citizen identity numbers (GB 11643): check characters, making, 15 and 18 characters. Pure.

Arrays of numbers are NumPy byte strings (`S18`): six of region, eight of birth date, three of order
(odd male, even female), one check character. `intake` checks whole lists with Ibis expressions of
its own; this is the same rule for arrays and single numbers.

Source: GB 11643-1999; ISO 7064 mod 11-2.
"""

from __future__ import annotations

import datetime

import numpy as np
import numpy.typing as npt

from renkou.core.errors import UsageError

WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2], dtype=np.int32)
CHECK_CHARACTERS = np.frombuffer(b"10X98765432", dtype=np.uint8)
_ZERO = ord("0")
# 18 for order codes 996-999 (people over a hundred when numbers were completed), else 19.
CENTENARIAN_ORDER = 996

Bytes = npt.NDArray[np.bytes_]


def digits(values: npt.NDArray[np.integer], width: int) -> npt.NDArray[np.uint8]:
    """Decimal digits of numbers as characters, shape (n, width), zeros in front.

    >>> digits(np.array([7, 42]), 3).tobytes()
    b'007042'
    """
    powers = 10 ** np.arange(width - 1, -1, -1, dtype=np.int64)
    return (values.astype(np.int64)[:, None] // powers % 10 + _ZERO).astype(np.uint8)


def check_characters(body: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """The 18th character of each row of 17 digit characters, shape (n,).

    >>> chr(check_characters(np.frombuffer(b"11010519491231002", np.uint8)[None, :])[0])
    'X'
    """
    total = (body.astype(np.int32) - _ZERO) @ WEIGHTS
    return CHECK_CHARACTERS[total % 11]


def make_numbers(
    region: npt.NDArray[np.integer],
    birth: npt.NDArray[np.datetime64],
    order: npt.NDArray[np.integer],
) -> Bytes:
    """Numbers of 18 characters.

    Parameters
    ----------
    region : shape (n,), six-digit region codes
    birth : shape (n,), datetime64[D]
    order : shape (n,), 0 to 999; odd for males

    >>> make_numbers(np.array([110105]), np.array(["1949-12-31"], "datetime64[D]"), np.array([2]))
    array([b'11010519491231002X'], dtype='|S18')
    """
    year, month, day = year_month_day(birth)
    body = np.hstack(
        [digits(region, 6), digits(year * 10000 + month * 100 + day, 8), digits(order, 3)]
    )
    whole = np.hstack([body, check_characters(body)[:, None]])
    return np.ascontiguousarray(whole).view("S18").ravel()


def year_month_day(
    days: npt.NDArray[np.datetime64],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Calendar years, months (1-12) and days (1-31) of datetime64[D]."""
    months = days.astype("datetime64[M]")
    year = months.astype("datetime64[Y]").astype(np.int64) + 1970
    month = months.astype(np.int64) % 12 + 1
    return year, month, (days - months.astype("datetime64[D]")).astype(np.int64) + 1


def shorten(numbers: Bytes) -> Bytes:
    """The 15-digit form used before 1999: no century, no check character.

    >>> shorten(np.array([b"11010519491231002X"]))
    array([b'110105491231002'], dtype='|S15')
    """
    characters = numbers.astype("S18").view(np.uint8).reshape(-1, 18)
    short = np.hstack([characters[:, :6], characters[:, 8:17]])
    return np.ascontiguousarray(short).view("S15").ravel()


def complete(numbers: Bytes) -> Bytes:
    """The 18-character form of 15-digit numbers.

    >>> complete(np.array([b"110105491231002"]))
    array([b'11010519491231002X'], dtype='|S18')
    """
    characters = numbers.astype("S15").view(np.uint8).reshape(-1, 15)
    order = (characters[:, 12:].astype(np.int32) - _ZERO) @ np.array([100, 10, 1])
    century = digits(np.where(order >= CENTENARIAN_ORDER, 18, 19), 2)
    body = np.hstack([characters[:, :6], century, characters[:, 6:]])
    whole = np.hstack([body, check_characters(body)[:, None]])
    return np.ascontiguousarray(whole).view("S18").ravel()


def is_valid(number: str) -> bool:
    """Whether 18 characters have the right form, check character and a date that exists.

    A valid number was typed right; it may still be somebody else's.

    >>> is_valid("11010519491231002X"), is_valid("110105194912310021"), is_valid("")
    (True, False, False)
    """
    body, check = number[:17], number[17:]
    if len(number) != 18 or not (body.isascii() and body.isdigit()):
        return False
    characters = np.frombuffer(body.encode("ascii"), np.uint8)[None, :]
    if chr(check_characters(characters)[0]) != check:
        return False
    try:
        datetime.date(int(body[6:10]), int(body[10:12]), int(body[12:14]))
    except ValueError:
        return False
    return True


def masked(number: str) -> str:
    """A number as it may be shown: region and year of birth stay, the rest is stars.

    >>> masked("11010519491231002X")
    '1101051949********'
    """
    if len(number) < 10:
        raise UsageError("a number to mask has fewer than 10 characters; give the whole number")
    return number[:10] + "*" * (len(number) - 10)
