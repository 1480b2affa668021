"""Brass's model fitted to deaths: known levels are found again, and few deaths leave the standard."""

from __future__ import annotations

import numpy as np
import pytest

from renkou.core.errors import FiguresRefused
from renkou.demography.forecasts.standard_schedules import standard_mortality
from renkou.demography.levels.brass_fit import brass_level
from renkou.demography.mortality.life_tables import life_table

STANDARD = standard_mortality([2022, 2023]).mx[:, 0]  # (years, ages), males


def _moved(level: float, slope: float, sex: str = "male") -> np.ndarray:
    """Death rates whose survivors stand to the standard's as the model says, by survivors alone."""
    table = life_table(STANDARD, sex=sex)
    survivors = table.lx / table.radix
    with np.errstate(divide="ignore"):
        logit = np.log((1 - survivors) / survivors) / 2
    moved = 1 / (1 + np.exp(2 * (level + slope * logit)))
    dying = 1 - moved[:, 1:] / moved[:, :-1]
    closed = dying / (1 - (1 - table.ax[:, :-1]) * dying)
    last = STANDARD[:, -1:] * closed[:, -1:] / STANDARD[:, -2:-1]
    return np.concatenate([closed, last], axis=1)


@pytest.mark.parametrize(("level", "slope"), [(0.0, 1.0), (0.2, 1.0), (-0.3, 1.1), (0.5, 0.9)])
def test_a_known_level_and_slope_are_found_again(level, slope):
    lived = np.full((2, 101), 1e8)
    true = _moved(level, slope)
    found = brass_level(true * lived, lived, STANDARD, sex="male")
    assert found.level == pytest.approx(level, abs=1e-4)
    assert found.slope == pytest.approx(slope, abs=1e-4)
    assert found.mx == pytest.approx(true, rel=1e-3)
    assert found.e0 == pytest.approx(life_table(true, sex="male").e0, abs=1e-3)


def test_without_deaths_and_people_the_standard_stays():
    nothing = np.zeros((2, 101))
    found = brass_level(nothing, nothing, STANDARD, sex="male")
    assert found.mx == pytest.approx(STANDARD, rel=1e-9)
    assert found.level_error == pytest.approx(0.3)
    assert found.slope_error == pytest.approx(0.1)


def test_errors_are_those_of_repeated_counting():
    random = np.random.default_rng(8)
    lived = np.full((300, 2, 101), 400.0) * np.exp(-np.arange(101) / 40)
    true = _moved(0.1, 1.0)
    died = random.poisson(true * lived).astype(float)
    found = brass_level(died, lived, STANDARD, sex="male")
    e0 = life_table(true, sex="male").e0
    inside = np.abs(found.e0 - e0) < 1.96 * found.e0_error
    assert 0.93 < inside.mean() < 0.99  # a little wide: the prior lies where the truth is


def test_many_at_once_are_as_each_by_itself():
    lived = np.full((2, 2, 101), 1000.0)
    died = lived * np.stack([_moved(0.1, 1.0), _moved(-0.1, 1.0)])
    both = brass_level(died, lived, STANDARD, sex="male")
    for at in range(2):
        alone = brass_level(died[at], lived[at], STANDARD, sex="male")
        assert both.mx[at] == pytest.approx(alone.mx, rel=1e-7)
        assert both.e0_error[at] == pytest.approx(alone.e0_error, rel=1e-6)


def test_four_times_the_deaths_of_the_standard_still_give_a_table():
    lived = np.full((1, 101), 1000.0)
    died = lived * np.minimum(STANDARD[:1] * 4, 1.9)
    found = brass_level(died, lived, STANDARD[:1], sex="male")
    assert found.e0[0] == pytest.approx(life_table(died / lived, sex="male").e0[0], abs=8)


def test_deaths_that_no_life_table_has_are_refused():
    lived = np.full((1, 101), 100.0)
    with pytest.raises(FiguresRefused, match="Brass's level found no place to rest"):
        brass_level(lived * 0.5, lived, STANDARD[:1], sex="male")


def test_deaths_where_nobody_lived_are_refused():
    lived, died = np.ones((1, 101)), np.zeros((1, 101))
    lived[0, 7], died[0, 7] = 0, 1
    with pytest.raises(FiguresRefused, match=r"deaths\[0, 7\] = 1: nobody lived there"):
        brass_level(died, lived, STANDARD[:1], sex="male")


@pytest.mark.parametrize("size", [0.5, 20, 1000])
def test_a_level_is_found_for_counts_of_every_size(size):
    random = np.random.default_rng(1)
    people = size * np.exp(-np.arange(101) / 60) * np.ones((200, 2, 1))
    lived = random.poisson(people) / 2
    died = random.poisson(STANDARD * lived * random.choice([0.5, 1, 3], (200, 1, 1))).astype(float)
    lived = np.maximum(lived, died / 2)
    for one in range(0, 200, 10):  # each by itself: one that rests does not wait for others
        brass_level(died[one], lived[one], STANDARD, sex="male")
    assert np.isfinite(brass_level(died, lived, STANDARD, sex="male").e0).all()
