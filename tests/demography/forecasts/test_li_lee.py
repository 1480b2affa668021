"""Li and Lee's common factor: truth comes back, populations do not part for ever."""

import numpy as np
import pytest

from renkou.core.errors import FiguresRefused
from renkou.demography.forecasts.lee_carter import fit_lee_carter, project_lee_carter
from renkou.demography.forecasts.li_lee import fit_li_lee, project_li_lee

from .schedules import BOTH

YEARS = np.arange(1960, 2020)
COMMON = np.linspace(2, 0.2, 101) / np.linspace(2, 0.2, 101).sum()
OWN = np.linspace(0.2, 2, 101) / np.linspace(0.2, 2, 101).sum()


def own_factor(kept: float, sigma: float, seed: int) -> np.ndarray:
    chance, k = np.random.default_rng(seed), np.zeros(60)
    for t in range(1, 60):
        k[t] = kept * k[t - 1] + chance.normal(0, sigma)
    return k - k.mean()


K = np.cumsum(-2 + np.random.default_rng(1).normal(0, 1, 60))
K -= K.mean()
K1 = own_factor(0.7, 1.0, 2)
# Two populations that stray to either side of the common course.
MX = np.exp(np.log(BOTH)[:, None] + COMMON * K[:, None] + np.stack([K1, -K1])[..., None] * OWN)


def test_the_factors_that_made_the_rates_come_back() -> None:
    found = fit_li_lee(MX, years=YEARS)
    np.testing.assert_allclose(found.ax, np.log(BOTH), atol=1e-9)
    np.testing.assert_allclose(found.common_bx, COMMON, atol=1e-10)
    np.testing.assert_allclose(found.common_kt, K, atol=1e-8)
    np.testing.assert_allclose(found.bx, np.stack([OWN, OWN]), atol=1e-9)
    np.testing.assert_allclose(found.kt, np.stack([K1, -K1]), atol=1e-8)
    np.testing.assert_allclose(found.explained, 1)
    assert (found.explained_by_common < found.explained).all()
    assert found.drift == pytest.approx((K[-1] - K[0]) / 59)


def test_the_return_is_that_of_least_squares() -> None:
    found = fit_li_lee(MX, years=YEARS)
    slope, constant = np.polyfit(K1[:-1], K1[1:], 1)
    np.testing.assert_allclose(found.kept, slope, rtol=1e-6)
    assert found.mean[0] == pytest.approx(constant / (1 - slope), rel=1e-6)
    off = K1[1:] - constant - slope * K1[:-1]
    assert found.own_sigma[0] == pytest.approx(np.sqrt((off**2).sum() / 57), rel=1e-6)


def test_projections_begin_from_the_last_rates_and_do_not_part() -> None:
    found = fit_li_lee(MX, years=YEARS)
    far = project_li_lee(found, 400)
    assert far.shape == (2, 400, 101)
    ratio = np.log(far[0] / far[1])
    np.testing.assert_allclose(ratio[-1], ratio[-2], atol=1e-9)
    first = np.exp(
        np.log(MX[:, -1]) + COMMON * found.drift
        + found.bx * (found.own_ahead(1) - found.kt[:, -1:])
    )  # fmt: skip
    np.testing.assert_allclose(far[:, 0], first, rtol=1e-9)


def test_lee_and_carter_alone_would_part() -> None:
    parting = MX * np.exp(np.stack([-0.01, 0.01])[:, None] * np.arange(60))[..., None]
    alone = project_lee_carter(fit_lee_carter(parting), 200)
    assert abs(np.log(alone[0, -1] / alone[1, -1])).mean() > 2


def test_areas_and_sexes_are_one_group() -> None:
    sexes = np.stack([MX, MX[::-1] * 0.9]).transpose(0, 2, 1, 3)
    found = fit_li_lee(sexes, years=YEARS, two_sexes=True, weights=[[3, 3], [1, 1]])
    assert found.kt.shape == (2, 2, 60)
    assert project_li_lee(found, 7).shape == (2, 7, 2, 101)
    common, own = found.trajectories(7, 5, np.random.default_rng(1))
    assert project_li_lee(found, 7, common, own).shape == (5, 2, 7, 2, 101)


def test_the_spread_of_trajectories_is_the_one_told() -> None:
    found = fit_li_lee(MX, years=YEARS)
    common, own = found.trajectories(30, 30_000, np.random.default_rng(5))
    h = np.arange(1, 31)
    np.testing.assert_allclose(common.std(axis=0), found.common_sd(h), rtol=0.03)
    np.testing.assert_allclose(own.std(axis=0), found.own_sd(h), rtol=0.03)
    np.testing.assert_allclose(own.mean(axis=0), found.own_ahead(h), atol=0.05)


def test_a_population_that_does_not_return_is_noted() -> None:
    trend = 0.1 * 1.08 ** np.arange(60)
    parting = MX * np.exp(np.stack([trend, -trend])[..., None] * OWN)
    found = fit_li_lee(parting, years=YEARS)
    assert (np.abs(found.kept) <= 0.98).all()
    assert "do not return" in found.notes[-1]


def test_weights_draw_the_common_factor() -> None:
    one = fit_li_lee(MX, weights=[1, 0])
    np.testing.assert_allclose(one.explained_by_common[0], 1, atol=0.02)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"mx": MX[:1]}, "two or more"),
        ({"mx": MX[0]}, "axes are"),
        ({"two_sexes": True}, "axes are"),
        ({"years": np.append(YEARS[:-1], 2030)}, "years follow each other"),
        ({"mx": MX[:, :3], "years": None}, "needs 4 years"),
        ({"weights": [1, 1, 1]}, "one for each population"),
        ({"weights": [0, 0]}, "some above 0"),
        ({"mx": np.broadcast_to(BOTH[:, None], MX.shape)}, "rates change"),
        ({"mx": -MX}, "below 0"),
    ],
)
def test_what_cannot_be_fitted_is_refused(change: dict, words: str) -> None:
    with pytest.raises(FiguresRefused, match=words):
        fit_li_lee(**{"mx": MX, "years": YEARS, **change})


def test_paths_that_do_not_fit_are_refused() -> None:
    found = fit_li_lee(MX)
    with pytest.raises(FiguresRefused, match="years ahead"):
        project_li_lee(found, 0)
    with pytest.raises(FiguresRefused, match="end with the 4 years"):
        project_li_lee(found, 4, np.zeros(5))
    with pytest.raises(FiguresRefused, match="end with the 4 years"):
        project_li_lee(found, 4, None, np.zeros((3, 4)))
