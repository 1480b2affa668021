"""A life expectancy reached along the decline of mortality by age."""

import numpy as np
import pytest

from renkou.core.errors import FiguresRefused
from renkou.demography.forecasts.mortality_decline import mortality_by_decline
from renkou.demography.forecasts.relational_mortality import mortality_for_e0
from renkou.demography.forecasts.standard_schedules import national_history, standard_mortality
from renkou.demography.forecasts.survival_grids import survival_at, survival_family
from renkou.demography.mortality.life_tables import life_table

from .schedules import BOTH, FEMALE, SEXES


def person_years(mx: np.ndarray, age: int) -> np.ndarray:
    return life_table(mx, sex=SEXES).Lx[..., age:].sum(axis=-1)


def test_the_bases_own_e0_gives_the_base_back() -> None:
    e0 = life_table(BOTH, sex=SEXES).e0
    found = mortality_by_decline(BOTH, e0, sex=SEXES)
    np.testing.assert_allclose(found.mx, BOTH, rtol=1e-9)
    np.testing.assert_allclose(found.alpha, 0, atol=1e-10)


def test_paths_of_areas_and_years_have_the_e0_asked() -> None:
    e0 = np.random.default_rng(1).uniform(66, 93, (5, 9, 2))
    found = mortality_by_decline(BOTH, e0, sex=SEXES)
    np.testing.assert_allclose(life_table(found.mx, sex=SEXES).e0, e0, atol=1e-8)
    assert np.abs(found.alpha).max() < 0.6


def test_the_oldest_of_the_nation_in_2050_are_found_where_a_fixed_pattern_misses_them() -> None:
    base, then = standard_mortality([2022, 2050]).mx
    e0 = national_history().e0[2050 - 1950]
    moved, fixed = (f(base, e0, sex=SEXES).mx for f in (mortality_by_decline, mortality_for_e0))
    for age, near, far in ((80, 0.01, 0.03), (90, 0.04, 0.14)):
        wanted = person_years(then, age).sum()
        assert abs(person_years(moved, age).sum() / wanted - 1) < near
        assert 1 - person_years(fixed, age).sum() / wanted > far


def test_beyond_the_pattern_its_end_holds_and_brass_goes_on() -> None:
    found = mortality_by_decline(BOTH, [50.0, 52.0], sex=SEXES)
    low = mortality_by_decline(BOTH, [64.0, 68.0], sex=SEXES)
    again = mortality_for_e0(low.mx, [50.0, 52.0], sex=SEXES)
    np.testing.assert_allclose(found.mx[:, :90], again.mx[:, :90], rtol=0.02)


def test_sexes_together_take_the_mean_of_the_patterns() -> None:
    found = mortality_by_decline(FEMALE, [70.0, 80.0], sex="both")
    np.testing.assert_allclose(life_table(found.mx, sex="both").e0, [70, 80], atol=1e-8)


@pytest.mark.parametrize("n_ages", [91, 111])
def test_other_open_ages_are_taken(n_ages: int) -> None:
    ages = np.arange(n_ages)
    base = 0.0002 + 0.00008 * np.exp(0.084 * ages)
    found = mortality_by_decline(base, 80.0, sex="female")
    assert found.mx.shape == (n_ages,)
    assert life_table(found.mx, sex="female").e0 == pytest.approx(80, abs=1e-8)


def test_what_cannot_be_reached_is_refused() -> None:
    with pytest.raises(FiguresRefused, match=r"e0\[1\] = 140"):
        mortality_by_decline(BOTH, [70.0, 140.0], sex=SEXES)
    with pytest.raises(FiguresRefused, match=r"base_mx \(2,\), e0 \(3,\)"):
        mortality_by_decline(BOTH, [70.0, 71, 72], sex=SEXES)


def test_a_family_may_decline_along_the_pattern() -> None:
    family = survival_family(BOTH, np.arange(68, 90, 0.1), pattern="declining")
    e0 = np.random.default_rng(2).uniform(68, 89, (30, 2))
    exact = life_table(mortality_by_decline(BOTH, e0, sex=SEXES).mx, sex=SEXES).Sx
    off = np.abs(survival_at(family, e0) - exact).max()
    assert off < 5e-5, f"largest difference {off:.3g}"
    assert (
        np.abs(
            family.survival_ratio - survival_family(BOTH, np.arange(68, 90, 0.1)).survival_ratio
        ).max()
        > 0.01
    )


def test_a_declining_family_takes_no_slope_and_only_known_words() -> None:
    with pytest.raises(FiguresRefused, match="is 1 where the pattern declines"):
        survival_family(BOTH, [70.0, 71.0], beta=1.1, pattern="declining")
    with pytest.raises(FiguresRefused, match="did you mean 'declining'"):
        survival_family(BOTH, [70.0, 71.0], pattern="declined")  # type: ignore[arg-type]
