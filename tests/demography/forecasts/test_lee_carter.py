"""Lee and Carter's model recovers known truth, meets its totals, and begins where it is told."""

import csv
from pathlib import Path

import numpy as np
import pytest

from renkou.core.errors import FiguresRefused
from renkou.demography.forecasts.lee_carter import (
    fit_lee_carter,
    project_lee_carter,
    random_walk,
    with_jump_off,
)
from renkou.demography.mortality.life_tables import life_table

from .schedules import AGES, BOTH, MALE, SEXES

BX = np.linspace(2, 0.2, 101)
BX /= BX.sum()


def walk(years: int = 40, seed: int = 1) -> np.ndarray:
    k = np.cumsum(-1.5 + np.random.default_rng(seed).normal(0, 1.2, years))
    return k - k.mean()


K = walk()
RATES = np.exp(np.log(MALE) + BX * K[:, None])
YEARS = np.arange(1980, 2020)


def test_the_model_that_made_the_rates_comes_back() -> None:
    found = fit_lee_carter(RATES, years=YEARS)
    np.testing.assert_allclose(found.ax, np.log(MALE), atol=1e-10)
    np.testing.assert_allclose(found.bx, BX, atol=1e-12)
    np.testing.assert_allclose(found.kt, K, atol=1e-9)
    assert found.variance_explained == pytest.approx(1)
    assert found.drift == pytest.approx((K[-1] - K[0]) / 39)


def test_drift_and_sigma_are_those_of_the_changes_of_k() -> None:
    drift, error, sigma = random_walk(K, YEARS)
    changes = np.diff(K)
    assert drift == pytest.approx(changes.mean())
    assert sigma == pytest.approx(changes.std(ddof=1))
    assert error == pytest.approx(changes.std(ddof=1) / np.sqrt(39))


def test_sigma_of_years_with_gaps_has_no_bias() -> None:
    chance = np.random.default_rng(4)
    years = np.array([1953, 1964, 1982, 1990, 2000, 2010, 2020])
    walks = np.cumsum(chance.normal(-1, 1.2, (20_000, 68)), axis=-1)[:, years - 1953]
    drift, error, sigma = random_walk(walks, years)
    assert np.mean(sigma**2) == pytest.approx(1.44, rel=0.02)
    assert drift.std() == pytest.approx(1.2 / np.sqrt(67), rel=0.02)
    assert np.sqrt((error**2).mean()) == pytest.approx(1.2 / np.sqrt(67), rel=0.02)


def test_two_sexes_are_fitted_each_alone() -> None:
    both = np.exp(np.log(BOTH) + BX * K[:, None, None])
    both[:, 1] *= np.exp(0.01 * np.sin(np.arange(40))[:, None])
    found = fit_lee_carter(both, years=YEARS, sex=SEXES)
    one = fit_lee_carter(both[:, 1], years=YEARS, sex="female")
    assert found.kt.shape == (2, 40)
    np.testing.assert_allclose(found.kt[1], one.kt, atol=1e-8)
    ahead = project_lee_carter(found, 5)
    assert ahead.shape == (5, 2, 101)
    np.testing.assert_allclose(ahead[:, 1], project_lee_carter(one, 5), rtol=1e-8)


def test_k_meets_the_life_expectancy_of_every_year() -> None:
    noisy = RATES * np.exp(np.random.default_rng(2).normal(0, 0.05, RATES.shape))
    found = fit_lee_carter(noisy, sex="male")
    modelled = np.exp(found.ax + found.bx * found.kt[:, None])
    seen, met = (life_table(mx, sex="male").e0 for mx in (noisy, modelled))
    np.testing.assert_allclose(met, seen, atol=1e-8)
    assert found.kt.sum() == pytest.approx(0, abs=1e-9)
    loose = fit_lee_carter(noisy, sex="male", adjust="none")
    rates = np.exp(loose.ax + loose.bx * loose.kt[:, None])
    assert np.abs(life_table(rates, sex="male").e0 - seen).max() > 1e-3


def test_k_meets_the_deaths_of_every_year() -> None:
    chance = np.random.default_rng(3)
    lived = np.broadcast_to(20_000 * np.exp(-0.03 * AGES), RATES.shape)
    deaths = chance.poisson(RATES * lived)
    found = fit_lee_carter(deaths / lived, exposure=lived)
    modelled = (lived * np.exp(found.ax + found.bx * found.kt[:, None])).sum(axis=-1)
    np.testing.assert_allclose(modelled, deaths.sum(axis=-1), rtol=1e-9)
    assert any("half a death" in note for note in found.notes)


def test_rates_of_0_take_the_geometric_mean_of_other_years_and_are_told() -> None:
    rates = RATES.copy()
    rates[7, 12] = 0
    found = fit_lee_carter(rates)
    assert found.notes[0].startswith("1 rates of 0 taken as the geometric mean")
    filled = rates.copy()
    filled[7, 12] = np.exp(np.delete(np.log(RATES[:, 12]), 7).mean())
    np.testing.assert_allclose(found.kt, fit_lee_carter(filled).kt, atol=1e-10)


def test_projections_begin_from_the_last_rates_or_from_the_model() -> None:
    noisy = RATES * np.exp(np.random.default_rng(5).normal(0, 0.1, RATES.shape))
    last = fit_lee_carter(noisy)
    fitted = with_jump_off(last, "fitted")
    np.testing.assert_allclose(last.mx(last.kt[-1:])[0], noisy[-1], rtol=1e-12)
    np.testing.assert_allclose(
        fitted.mx(last.kt[-1:])[0], np.exp(last.ax + last.bx * last.kt[-1]), rtol=1e-12
    )
    change = np.log(project_lee_carter(last, 10)[-1] / noisy[-1])
    np.testing.assert_allclose(change, last.bx * last.drift * 10, atol=1e-12)


def test_the_spread_of_k_holds_drift_and_yearly_changes() -> None:
    found = fit_lee_carter(RATES, years=YEARS)
    paths = found.k_trajectories(25, 40_000, np.random.default_rng(6))
    assert paths.shape == (40_000, 25)
    np.testing.assert_allclose(paths.std(axis=0), found.k_sd(np.arange(1, 26)), rtol=0.02)
    np.testing.assert_allclose(paths.mean(axis=0), found.k_ahead(np.arange(1, 26)), atol=0.2)
    h = 25
    wanted = np.sqrt(h * found.sigma**2 + h**2 * found.sigma**2 / 39)
    assert found.k_sd(h)[0] == pytest.approx(wanted)


def test_trajectories_of_k_become_rates() -> None:
    found = fit_lee_carter(np.stack([RATES, RATES * 1.1]), years=YEARS)
    paths = found.k_trajectories(8, 3, np.random.default_rng(6))
    rates = project_lee_carter(found, 8, k=paths)
    assert rates.shape == (3, 2, 8, 101)
    np.testing.assert_allclose(rates[1, 1], found.mx(paths[1])[1], rtol=1e-13)


def test_the_usa_from_three_life_tables() -> None:
    """HMD 1933, 1980, 2019 (see golden/hmd_usa_life_tables.md): plausibility, with uneven years."""
    file = Path(__file__).parents[1] / "golden" / "hmd_usa_life_tables.csv"
    with file.open(encoding="utf-8") as rows:
        read = [row for row in csv.DictReader(rows) if row["sex"] == "female"]
    rates = np.array([float(row["mx"]) for row in read]).reshape(3, -1)[:, :101]
    found = fit_lee_carter(rates, years=[1933, 1980, 2019], sex="female")
    assert found.variance_explained > 0.97
    e0 = life_table(project_lee_carter(found, 31), sex="female").e0
    assert 83 < e0[-1] < 88
    assert (np.diff(e0) > 0).all()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"mx": RATES[0]}, "axes are"),
        ({"mx": RATES[:2], "years": None}, "needs 3 years"),
        ({"years": YEARS[:-1]}, "mx has 40 years"),
        ({"years": YEARS[::-1]}, r"years\[1\] = 2018: .*ascend"),
        ({"years": YEARS + 0.5}, "years are whole"),
        ({"mx": -RATES}, "below 0"),
        ({"sex": ("male", "female")}, "2 sexes"),
        ({"adjust": "e0"}, "needs sex"),
        ({"adjust": "deaths"}, "needs exposure"),
        ({"adjust": "e00"}, "did you mean 'e0'"),
        ({"jump_off": "first"}, "jump_off"),
        ({"exposure": np.ones((3, 101))}, "is of the shape of mx"),
        ({"mx": np.broadcast_to(MALE, RATES.shape)}, "rates change over the years"),
        ({"mx": np.where(AGES == 9, 0, RATES)}, "mx at age 9"),
    ],
)
def test_what_cannot_be_fitted_is_refused(change: dict, words: str) -> None:
    with pytest.raises(FiguresRefused, match=words):
        fit_lee_carter(**{"mx": RATES, "years": YEARS, **change})


@pytest.mark.parametrize("years", [0, -3, 2.5])
def test_years_ahead_are_a_whole_number_from_1(years: float) -> None:
    with pytest.raises(FiguresRefused, match="years ahead"):
        project_lee_carter(fit_lee_carter(RATES), years)  # type: ignore[arg-type]


def test_paths_of_other_years_or_populations_are_refused() -> None:
    found = fit_lee_carter(np.stack([RATES, RATES * 1.1]))
    with pytest.raises(FiguresRefused, match="the last axis has the 4 years"):
        project_lee_carter(found, 4, k=np.zeros((2, 5)))
    with pytest.raises(FiguresRefused, match="fit the populations"):
        project_lee_carter(found, 4, k=np.zeros((3, 4)))


def test_a_k_that_does_not_exist_is_refused() -> None:
    """Young and old change against each other, so that every k has fewer years of life than one."""
    pattern = np.where(AGES < 40, 0.8, np.where(AGES < 80, -0.75, 0))
    rates = np.exp(np.log(MALE) + pattern * np.array([-3.0, 0, 3])[:, None])
    rates[1] *= 0.6
    with pytest.raises(FiguresRefused, match="no k of the model meets the life expectancy"):
        fit_lee_carter(rates, sex="male")
