"""Survival ratios from a grid are those of exact life tables to 1e-5, and nothing is clamped."""

import numpy as np
import pytest

from renkou.core.errors import FiguresRefused
from renkou.demography.forecasts.relational_mortality import mortality_for_e0
from renkou.demography.forecasts.survival_grids import survival_at, survival_family
from renkou.demography.mortality.life_tables import life_table

from .schedules import BOTH, SEXES


def exact(standard: np.ndarray, e0: np.ndarray) -> np.ndarray:
    return life_table(mortality_for_e0(standard, e0, sex=SEXES).mx, sex=SEXES).Sx


def test_the_error_against_exact_life_tables_is_below_1e_5() -> None:
    family = survival_family(BOTH)
    e0 = np.random.default_rng(5).uniform(55, 84, (40, 12, 2))
    off = np.abs(survival_at(family, e0) - exact(BOTH, e0)).max()
    assert off < 1e-5, f"largest difference {off:.3g}"
    assert off <= family.interpolation_error < 1e-5


def test_levels_of_the_grid_are_exact() -> None:
    grid = np.array([70.0, 72.0, 74.0])
    family = survival_family(BOTH, grid)
    found = survival_at(family, np.stack([grid, grid], axis=-1))
    np.testing.assert_allclose(found, exact(BOTH, np.stack([grid, grid], axis=-1)), atol=1e-12)


def test_each_year_may_have_its_own_standard() -> None:
    standards = np.stack([BOTH, BOTH * 0.9, BOTH * 0.8])
    family = survival_family(standards, np.arange(70, 80, 0.1))
    assert family.survival_ratio.shape == (3, 100, 2, 101)
    e0 = np.random.default_rng(6).uniform(71, 79, (5, 4, 3, 2))
    found = survival_at(family, e0)
    np.testing.assert_allclose(found, exact(standards, e0), atol=1e-4)
    room = np.empty(found.shape)
    assert survival_at(family, e0, out=room) is room
    np.testing.assert_array_equal(room, found)


def test_one_e0_serves_every_year_of_a_family() -> None:
    family = survival_family(np.stack([BOTH, BOTH * 0.9]), np.arange(70, 80, 0.5))
    assert survival_at(family, [75.0, 76.0]).shape == (2, 2, 101)


def test_the_slope_is_taken() -> None:
    plain, steep = (survival_family(BOTH, [74.0, 75.0, 76.0], beta=b) for b in (1.0, [1.2, 1.1]))
    assert np.abs(plain.survival_ratio - steep.survival_ratio).max() > 1e-3


@pytest.mark.parametrize("e0", [[69.9, 75], [75, 80.1]])
def test_an_e0_outside_the_grid_is_refused(e0: list[float]) -> None:
    family = survival_family(BOTH, np.arange(70, 80.05, 0.1))
    with pytest.raises(FiguresRefused, match=r"levels of the family are 70.00 to 80.00"):
        survival_at(family, e0)


def test_e0_without_both_sexes_or_years_that_fit_is_refused() -> None:
    family = survival_family(np.stack([BOTH, BOTH]), [70.0, 75.0, 80.0])
    for wrong in ([75.0], np.full((3, 2), 75.0), 75.0):
        with pytest.raises(FiguresRefused, match="its axes are those of the family"):
            survival_at(family, wrong)


@pytest.mark.parametrize("grid", [[70.0, 71, 73], [72.0, 71, 70], [70.0], [[70.0, 71]]])
def test_a_grid_that_is_not_even_is_refused(grid: list[float]) -> None:
    with pytest.raises(FiguresRefused, match="e0_grid"):
        survival_family(BOTH, grid)


def test_a_standard_of_one_sex_is_refused() -> None:
    with pytest.raises(FiguresRefused, match="male, female"):
        survival_family(BOTH[0])
