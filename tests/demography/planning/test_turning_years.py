"""Peaks, troughs and crossings of series by year, and their spread over trajectories."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from renkou.core.errors import FiguresRefused
from renkou.demography.planning.turning_years import first_crossing, turning_points, turning_years

INF = np.inf


@pytest.mark.parametrize(
    ("series", "peak_year", "falls_from", "still_rising", "falls_at_once"),
    [
        ([1, 3, 2, 1], 2026, 2027, False, False),
        ([1, 2, 3, 4], 2028, None, True, False),
        ([4, 3, 2, 1], 2025, 2026, False, True),
        ([2, 4, 3, 4], 2026, None, True, False),  # back at its peak at the end
        ([2, 4, 4, 3], 2026, 2028, False, False),  # a level summit: falls after it
        ([3, 3, 3, 3], 2025, None, True, False),
        ([1, 5, 2, np.nan], 2026, 2027, False, False),  # a flow has no last year
        ([1, 2, 5, np.nan], 2027, None, True, False),
    ],
)
def test_the_peak_of_a_series(series, peak_year, falls_from, still_rising, falls_at_once):
    found = turning_points(series, first_year=2025)
    assert found.peak_year == peak_year
    assert found.peak == np.nanmax(series)
    np.testing.assert_equal(float(found.falls_from), np.nan if falls_from is None else falls_from)
    assert (found.still_rising, found.falls_at_once) == (still_rising, falls_at_once)
    assert found.first == series[0]
    assert found.last == [one for one in series if one == one][-1]


def test_the_trough_of_a_series():
    found = turning_points([[5, 2, 3], [3, 4, 5]], first_year=2030)
    assert found.trough.tolist() == [2, 3]
    assert found.trough_year.tolist() == [2031, 2030]
    np.testing.assert_equal(found.rises_from, [2032, 2031])


def test_a_series_without_values_has_no_years():
    found = turning_points([np.nan, np.nan], first_year=2025)
    assert np.isnan([found.peak_year, found.peak, found.falls_from, found.trough_year]).all()
    assert not found.still_rising
    assert not found.falls_at_once


@given(st.lists(st.lists(st.integers(0, 5), min_size=4, max_size=4), min_size=1, max_size=6))
def test_many_series_at_once_are_as_one_by_one(rows):
    together = turning_points(rows, first_year=2025)
    for at, row in enumerate(rows):
        alone = turning_points(row, first_year=2025)
        for name in vars(together):
            np.testing.assert_equal(getattr(together, name)[at], getattr(alone, name)[()])


def test_crossings_upwards_and_downwards():
    series = [[10, 12, 15, 14], [9, 8, 7, np.nan]]
    np.testing.assert_equal(first_crossing(series, 14, first_year=2025), [2027, np.nan])
    np.testing.assert_equal(
        first_crossing(series, 8, first_year=2025, upwards=False), [np.nan, 2026]
    )
    np.testing.assert_equal(first_crossing(series, [10, 9], first_year=2025), [2025, 2025])


def test_the_turning_years_of_trajectories_are_years_that_occur():
    rows = np.zeros((10, 2, 12))
    for row in range(10):
        rows[row, 0, row + 1] = 1.0  # peaks in 2026 ... 2035
        rows[row, 1] = np.arange(12.0) if row < 3 else -np.arange(12.0)
    found = turning_years(rows, first_year=2025)
    assert (found.low[0], found.median[0], found.high[0]) == (2026, 2030, 2034)
    assert (found.within[0], found.not_yet[0], found.at_once[0]) == (1, 0, 0)
    assert (found.low[1], found.median[1], found.high[1]) == (-INF, -INF, INF)
    assert found.not_yet[1] == pytest.approx(0.3)
    assert found.at_once[1] == pytest.approx(0.7)
    troughs = turning_years(-rows, first_year=2025, peaks=False)
    np.testing.assert_array_equal(troughs.median, found.median)


def test_what_has_not_turned_is_said_in_words():
    found = turning_years([[1, 2, 3], [1, 2, 3], [3, 2, 1]], first_year=2025)
    assert found.words().endswith(
        "the end of the projection or later; 67 % have not turned by then"
    )
    assert found.words_zh() == "80% 的轨迹在期初以前至期末以后之间出现转折；67% 到期末仍未转折"


@pytest.mark.parametrize("level", [0, 1, 80])
def test_a_level_that_is_no_share_is_refused(level):
    with pytest.raises(
        FiguresRefused, match=r"level = .*lies between 0 and 1; write 0.8"
    ) as refused:
        turning_years([[1, 2]], level=level)
    assert refused.value.zh


def test_a_series_without_years_is_refused():
    with pytest.raises(FiguresRefused, match="has years on its last axis"):
        turning_points(3.0)
