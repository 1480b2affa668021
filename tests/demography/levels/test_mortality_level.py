"""Own mortality beside a standard: many deaths speak for themselves, few for the standard."""

from __future__ import annotations

import numpy as np
import pytest

from renkou.demography.forecasts.standard_schedules import standard_mortality
from renkou.demography.levels.mortality_level import mortality_beside_standard
from renkou.demography.mortality.life_tables import life_table

STANDARD = standard_mortality([2022, 2023]).mx[:, 1]  # (years, ages), females
PEOPLE = np.exp(-np.arange(101) / 45) * np.ones((2, 1))
BUMP = np.where((np.arange(101) >= 15) & (np.arange(101) < 35), 2.5, 1.0)


def test_a_large_city_keeps_the_ages_of_its_own_deaths():
    lived = PEOPLE * 1e7
    true = STANDARD * 1.3 * BUMP
    found = mortality_beside_standard(true * lived, lived, STANDARD, sex="female")
    inner = [20, 25, 30, 50, 60, 70, 80]
    assert found.mx[:, inner] == pytest.approx(true[:, inner], rel=0.05)
    assert found.e0 == pytest.approx(life_table(true, sex="female").e0, abs=0.15)
    assert (found.e0_error < 0.1).all()
    assert (found.brass.mx[:, 25] < true[:, 25] * 0.8).all()  # the model alone has no such bump


def test_a_small_place_has_the_ages_of_the_standard():
    lived = PEOPLE * 20
    found = mortality_beside_standard(STANDARD * BUMP * lived, lived, STANDARD, sex="female")
    assert np.abs(np.log(found.mx / found.brass.mx)).max() < 0.1
    assert (found.e0_error > 0.5).all()


def test_all_deaths_are_expected_again_where_they_are_many():
    random = np.random.default_rng(2)
    lived = PEOPLE * 1e6
    died = random.poisson(STANDARD * BUMP[::-1] * lived).astype(float)
    found = mortality_beside_standard(died, lived, STANDARD, sex="female")
    assert (found.mx * lived).sum() == pytest.approx(died.sum(), rel=0.001)


def test_without_people_the_standard_stays_and_is_not_certain():
    nothing = np.zeros((2, 101))
    found = mortality_beside_standard(nothing, nothing, STANDARD, sex="female")
    assert found.mx == pytest.approx(STANDARD)
    assert found.factor.tolist() == [1.0] * 21
    assert (found.e0_error > 1).all()


def test_errors_cover_the_truth_of_a_place_with_its_own_pattern():
    random = np.random.default_rng(4)
    lived = PEOPLE * 400
    inside = []
    for _ in range(60):
        pattern = np.repeat(random.lognormal(0, 0.15, 21), 5)[:101]
        true = STANDARD * pattern
        died = random.poisson(true * lived).astype(float)
        found = mortality_beside_standard(died, lived, STANDARD, sex="female")
        inside.append(np.abs(found.e0 - life_table(true, sex="female").e0) < 1.96 * found.e0_error)
    assert 0.9 < np.mean(inside) <= 1
