"""Birthdays against the calendar: cases, calibration, refusals."""

import numpy as np
import pytest

from renkou.core.errors import FiguresRefused
from renkou.demography.quality.birthday_heaping import (
    birthday_counts,
    birthday_heaping,
    calendar_days,
)


def _people(n: int, seed: int) -> np.ndarray:
    days = calendar_days().ravel()
    return np.random.default_rng(seed).multinomial(n, days / days.sum()).reshape(12, 31)


def test_birthdays_as_the_calendar_has_them_prefer_nothing() -> None:
    found = birthday_heaping(calendar_days() * 400)
    assert found.people == pytest.approx(146097)
    assert found.chi2 == pytest.approx(0, abs=1e-9)
    assert found.p_value == pytest.approx(1)
    assert found.excess == pytest.approx(0, abs=1e-12)
    assert found.last_digit == pytest.approx(1)
    assert found.month_chi2 == pytest.approx(0, abs=1e-9)
    assert found.first == pytest.approx(12 / 365.2425)
    assert found.new_year == pytest.approx(found.new_year_expected)


def test_birthdays_at_random_are_called_heaped_as_often_as_the_level_says() -> None:
    p = birthday_heaping(np.array([_people(20_000, seed) for seed in range(300)])).p_value
    assert 0.02 <= (p < 0.05).mean() <= 0.09


def test_what_chance_gives_as_excess_is_foretold() -> None:
    found = birthday_heaping(np.array([_people(20_000, seed) for seed in range(50)]))
    assert found.excess.mean() == pytest.approx(found.excess_by_chance.mean(), rel=0.03)


def test_people_written_down_as_born_on_the_first_are_found() -> None:
    people = calendar_days() * 1000
    moved = people[:, 1:].sum(1) * 0.1
    people[:, 1:] *= 0.9
    people[:, 0] += moved
    found = birthday_heaping(people)
    assert found.excess == pytest.approx(moved.sum() / people.sum())
    assert found.p_value < 1e-9
    assert found.first > 3 * found.first_expected
    assert np.argmax(found.last_digit) == 1
    assert found.month_p_value == pytest.approx(1)


def test_seasons_of_months_are_no_preference_of_days() -> None:
    season = 1 + 0.2 * np.cos(np.arange(12) * np.pi / 6)[:, None]
    found = birthday_heaping(calendar_days() * 1000 * season)
    assert found.p_value == pytest.approx(1)
    assert found.month_p_value < 1e-9


def test_round_days_and_the_fifteenth() -> None:
    people = calendar_days() * 100
    people[:, 14] *= 2
    found = birthday_heaping(people)
    assert found.fifteenth > 1.8 * found.fifteenth_expected
    assert found.round_days > found.round_days_expected
    assert found.day_share.sum() == pytest.approx(1)
    assert found.day_expected.sum() == pytest.approx(1)


def test_dates_are_tabulated() -> None:
    counts = birthday_counts([1, 1, 12], [1, 1, 31])
    assert counts[0, 0] == 2
    assert counts[11, 30] == 1
    assert counts.sum() == 3


def test_refusals() -> None:
    with pytest.raises(FiguresRefused, match=r"days\[1\] = 32: is a whole number from 1 to 31"):
        birthday_counts([1, 1], [1, 32])
    with pytest.raises(FiguresRefused, match="months and days"):
        birthday_counts([1, 1], [1])
    with pytest.raises(FiguresRefused, match="12 months and 31 days"):
        birthday_heaping(np.ones((31, 12)))
    impossible = calendar_days()
    impossible[1, 29] = 1
    with pytest.raises(FiguresRefused, match=r"counts\[1, 29\] = 1: the calendar has no such day"):
        birthday_heaping(impossible)
    empty = calendar_days()
    empty[5] = 0
    with pytest.raises(FiguresRefused, match=r"counts summed over days\[5\] = 0"):
        birthday_heaping(empty)
