"""Paths of named years: linear or held, never drawn out beyond what was named."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from renkou.core.errors import FiguresRefused
from renkou.demography.scenarios.year_paths import YearPath, year_path

PATHS = st.dictionaries(st.integers(1950, 2100), st.floats(-5, 12), min_size=2, max_size=6)


@given(PATHS)
def test_a_path_goes_through_the_values_named_and_stays_between_them(values):
    path = year_path(values)
    assert np.allclose(path.at(path.years), path.values)
    every = path.at(range(path.years[0], path.years[-1] + 1))
    assert every.min() >= min(values.values()) - 1e-9
    assert every.max() <= max(values.values()) + 1e-9


@given(PATHS)
def test_a_held_path_takes_no_other_values_than_those_named(values):
    path = year_path(values, held=True)
    assert set(path.at(range(path.years[0], 2200))) <= set(map(float, values.values()))


def test_the_shape_of_the_years_is_kept():
    assert year_path({2025: 1, 2035: 2}).at([[2025, 2030], [2035, 2026]]).shape == (2, 2)
    assert year_path(1.5).at(2300) == 1.5


@pytest.mark.parametrize(("year", "named"), [(2024, 2024), (2036, 2036)])
def test_years_beyond_the_named_ones_are_refused(year, named):
    with pytest.raises(FiguresRefused, match=f"{named}: the path runs from 2025 to 2035") as told:
        year_path({2025: 1, 2035: 2}).at([2030, year])
    assert "路径只覆盖 2025 至 2035 年" in told.value.zh


def test_before_a_change_nothing_changes():
    change = YearPath((2030,), (0.2,), held=True, before=0.0)
    assert change.at([2025, 2029, 2030, 2090]).tolist() == [0, 0, 0.2, 0.2]
    assert change.covers(1900, 2300)


def test_a_held_path_without_a_value_before_begins_with_its_first_year():
    with pytest.raises(FiguresRefused, match="2029: the path runs from 2030"):
        YearPath((2030,), (0.2,), held=True).at([2029, 2031])
