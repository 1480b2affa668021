"""Single ages from abridged death rates keep the survivors of the abridged table."""

import numpy as np
import pytest

from renkou.core.errors import FiguresRefused
from renkou.demography.forecasts.abridged_mortality import graduate_abridged_mx
from renkou.demography.mortality.life_tables import life_table

from .schedules import BOTH, SEXES

STARTS = np.array([0, 1, *range(5, 101, 5)])


def abridged(single: np.ndarray, sex: object) -> np.ndarray:
    table = life_table(single, sex=sex)
    died, lived = (np.add.reduceat(each, STARTS, axis=-1) for each in (table.dx, table.Lx))
    return died / lived


def test_survivors_at_the_bounds_of_groups_are_kept() -> None:
    rates = abridged(BOTH, SEXES)
    wide = life_table(rates, sex=SEXES, ages=STARTS)
    found = graduate_abridged_mx(rates, sex=SEXES, ages=STARTS)
    table = life_table(found.mx, sex=SEXES)
    np.testing.assert_allclose(table.lx[:, STARTS], wide.lx, rtol=1e-10)
    assert found.mx.shape == (2, 101)
    np.testing.assert_allclose(table.e0, wide.e0, atol=0.02)
    np.testing.assert_array_equal(found.mx[:, -1], rates[:, -1])


def test_a_known_curve_comes_back() -> None:
    """A curve to age 120, so that the open group has the rate of those who live there."""
    ages = np.arange(121)
    whole = np.where(ages == 0, 0.012, 0.00008 * np.exp(0.084 * ages) + 0.0003)
    found = graduate_abridged_mx(abridged(whole, "male"), sex="male", ages=STARTS).mx
    off = np.abs(found / whole[:101] - 1)[10:100].max()
    assert off < 0.015, f"largest difference {off:.4f}"


def test_leading_axes_are_taken_together() -> None:
    rates = abridged(BOTH, SEXES)
    many = np.stack([rates, rates * 1.1, rates * 0.7])
    found = graduate_abridged_mx(many, sex=SEXES, ages=STARTS).mx
    one = graduate_abridged_mx(many[2], sex=SEXES, ages=STARTS).mx
    np.testing.assert_allclose(found[2], one, rtol=1e-11)


@pytest.mark.parametrize("ages", [STARTS[1:], np.arange(0, 100, 5), [0, 1, 5, 10]])
def test_other_groups_are_refused(ages: np.ndarray) -> None:
    with pytest.raises(FiguresRefused, match="groups begin at 0, 1, 5, 10"):
        graduate_abridged_mx(np.full(len(ages), 0.01), sex="male", ages=ages)


def test_a_rate_of_0_is_refused() -> None:
    rates = abridged(BOTH[0], "male")
    rates[3] = 0
    with pytest.raises(FiguresRefused, match=r"mx\[3\] = 0"):
        graduate_abridged_mx(rates, sex="male", ages=STARTS)
