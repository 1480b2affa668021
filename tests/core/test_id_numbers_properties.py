"""Identities of GB 11643 numbers."""

from __future__ import annotations

import datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from renkou.core.errors import UsageError
from renkou.core.id_numbers import complete, is_valid, make_numbers, masked, shorten

regions = st.integers(110_000, 659_999)
births = st.dates(datetime.date(1900, 1, 1), datetime.date(1999, 12, 31))
orders = st.integers(0, 995)  # 996 and above were kept for people over a hundred


def _made(region: int, birth: datetime.date, order: int) -> bytes:
    return make_numbers(np.array([region]), np.array([birth], "datetime64[D]"), np.array([order]))[
        0
    ]


@given(regions, births, orders)
def test_what_is_made_is_valid(region: int, birth: datetime.date, order: int) -> None:
    number = _made(region, birth, order).decode()
    assert is_valid(number)
    assert number == f"{region}{birth:%Y%m%d}{order:03}{number[-1]}"


@given(regions, births, orders)
def test_shortened_and_completed_a_number_is_itself(
    region: int, birth: datetime.date, order: int
) -> None:
    number = np.array([_made(region, birth, order)])
    assert complete(shorten(number))[0] == number[0]


@given(regions, births, orders, st.integers(0, 16), st.integers(1, 9))
def test_every_single_digit_error_is_caught(
    region: int, birth: datetime.date, order: int, place: int, shift: int
) -> None:
    number = _made(region, birth, order).decode()
    digit = (int(number[place]) + shift) % 10
    assert not is_valid(f"{number[:place]}{digit}{number[place + 1 :]}")


@given(regions, births, orders, st.integers(0, 15))
def test_every_swap_of_neighbours_is_caught(
    region: int, birth: datetime.date, order: int, place: int
) -> None:
    number = _made(region, birth, order).decode()
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert swapped == number or not is_valid(swapped)


@pytest.mark.parametrize("text", ["", "123", "11010519491231002x", "110105194912310021", "一" * 18])
def test_what_is_no_number_is_not_valid(text: str) -> None:
    assert not is_valid(text)


def test_a_date_that_does_not_exist_is_not_valid() -> None:
    body = "11010519490231002"  # 31 February
    assert not any(is_valid(body + check) for check in "0123456789X")


def test_a_masked_number_keeps_region_and_year_only() -> None:
    assert masked("11010519491231002X") == "1101051949********"
    with pytest.raises(UsageError):
        masked("123")
