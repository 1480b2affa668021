"""Brass-Trussell: several areas at once, refusals."""

import numpy as np
import pytest

from renkou.core.errors import FiguresRefused
from renkou.demography.quality.child_mortality import child_mortality_brass_trussell

WOMEN = np.array([2695.0, 2095, 1828, 1605, 1362, 1128, 930])
BORN = np.array([557.0, 2633, 4757, 6085, 6722, 6367, 5276])
DEAD = np.array([40.0, 130, 312, 435, 636, 686, 689])


def test_areas_are_estimated_at_once_and_size_does_not_matter() -> None:
    women, born, dead = (np.stack([part, 3 * part]) for part in (WOMEN, BORN, DEAD))
    found = child_mortality_brass_trussell(women, born, dead)
    assert found.qx.shape == (2, 7)
    assert found.qx[0] == pytest.approx(found.qx[1])
    assert (np.diff(found.years_ago) > 0).all()
    assert found.child_ages == (1, 2, 3, 5, 10, 15, 20)


def test_mortality_follows_the_share_dead() -> None:
    whole = child_mortality_brass_trussell(WOMEN, BORN, DEAD)
    half = child_mortality_brass_trussell(WOMEN, BORN, DEAD / 2)
    assert half.qx == pytest.approx(whole.qx / 2)
    assert half.years_ago == pytest.approx(whole.years_ago)


def test_refusals() -> None:
    with pytest.raises(FiguresRefused, match=r"children_dead\[0\] = 600: no more children died"):
        child_mortality_brass_trussell(WOMEN, BORN, np.r_[600, DEAD[1:]])
    with pytest.raises(FiguresRefused, match=r"women\[2\] = 0"):
        child_mortality_brass_trussell(np.r_[WOMEN[:2], 0, WOMEN[3:]], BORN, DEAD)
    with pytest.raises(FiguresRefused, match="ages_15_to_49 and women = 7 and 6"):
        child_mortality_brass_trussell(WOMEN[:6], BORN[:6], DEAD[:6])
