"""An area's fertility by age and year, and its sex ratio at birth."""

from __future__ import annotations

import numpy as np
import pytest

from renkou.core.errors import FiguresRefused
from renkou.demography.forecasts.standard_schedules import standard_fertility_pattern
from renkou.demography.levels.fertility_level import fertility_beside_national, local_level
from renkou.demography.levels.sex_ratio_level import steadied_sex_ratio

NATIONAL = standard_fertility_pattern(2022).shares
WOMEN = np.full(101, 100.0)


def test_rates_give_all_births_again():
    births = np.zeros(101)
    births[[14, 20, 27, 33, 52]] = [1, 9, 20, 8, 1]
    found = fertility_beside_national(births, WOMEN, NATIONAL)
    assert (found.asfr * WOMEN).sum() == pytest.approx(births.sum())
    assert (found.asfr[:15] == 0).all()
    assert (found.asfr[50:] == 0).all()


def test_few_births_keep_the_national_pattern_and_many_have_their_own():
    old = np.zeros(101)
    old[40] = 1.0
    few = fertility_beside_national(old * 2, WOMEN, NATIONAL).asfr
    many = fertility_beside_national(old * 50_000, WOMEN * 1e6, NATIONAL).asfr
    usual = NATIONAL[15:50] / NATIONAL[15:50].sum()
    assert np.abs(few[15:50] / few.sum() - usual).sum() < 0.25
    assert many[38:45].sum() / many.sum() > 0.6


def test_the_national_pattern_itself_comes_back():
    of_mothers = np.where((np.arange(101) >= 15) & (np.arange(101) < 50), NATIONAL, 0)
    found = fertility_beside_national(of_mothers * 1e7, WOMEN * 1e5, NATIONAL)
    assert found.factor == pytest.approx(np.ones(7), rel=1e-2)
    assert found.asfr[15:50] == pytest.approx(NATIONAL[15:50], rel=1e-2)


def test_births_in_rows_are_refused():
    with pytest.raises(FiguresRefused, match="one row by single age of mother"):
        fertility_beside_national(np.ones((2, 101)), WOMEN, NATIONAL)


def test_no_births_are_refused():
    with pytest.raises(FiguresRefused, match="at least one event"):
        fertility_beside_national(np.zeros(101), WOMEN, NATIONAL)


def _by_matrices(values: np.ndarray, errors: np.ndarray, step: float) -> tuple:
    """The same model solved at once: levels minimise squared misfits and squared steps."""
    years = len(values)
    walk = np.diff(np.eye(years), axis=0)
    precision = np.diag(errors**-2) + walk.T @ walk / step**2
    return np.linalg.solve(precision, values * errors**-2), np.sqrt(
        np.diag(np.linalg.inv(precision))
    )


def test_levels_are_those_of_the_whole_system_solved_at_once():
    random = np.random.default_rng(3)
    values, errors = random.normal(0, 1, 9), random.uniform(0.1, 2, 9)
    level, error = local_level(values, errors, 0.4)
    expected = _by_matrices(values, errors, 0.4)
    assert level == pytest.approx(expected[0])
    assert error == pytest.approx(expected[1])


def test_a_single_year_is_itself():
    level, error = local_level([0.7], [0.2], 0.1)
    assert (level[0], error[0]) == (0.7, 0.2)


def test_an_error_of_zero_is_refused():
    with pytest.raises(FiguresRefused, match=r"errors\[1\] = 0"):
        local_level([1.0, 1.0], [0.1, 0.0], 0.1)


def test_few_births_keep_the_national_sex_ratio_and_many_their_own():
    assert steadied_sex_ratio(0, 0, 1.1)[0] == pytest.approx(1.1)
    assert steadied_sex_ratio(12, 8, 1.1)[0] == pytest.approx(1.1, abs=0.01)
    assert steadied_sex_ratio(600_000, 500_000, 1.1)[0] == pytest.approx(1.2, abs=0.001)


def test_a_sex_ratio_per_hundred_is_refused():
    with pytest.raises(FiguresRefused, match=r"national = 110.0: .*divide by 100"):
        steadied_sex_ratio(10, 10, 110)
