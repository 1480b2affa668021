"""PCLM: a known curve is recovered, totals are kept, refusals."""

from typing import Any

import numpy as np
import pytest

from renkou.core.errors import FiguresRefused
from renkou.demography.quality.penalized_composite_link import ungroup_pclm

AGE = np.arange(111)
STARTS = np.r_[0, 1, np.arange(5, 90, 5)]
DEATHS = 1e5 * np.exp(-(((AGE - 75) / 14) ** 2) / 2) / 35 + 800 * np.exp(-AGE / 1.2) + 5


@pytest.mark.parametrize("criterion", ["aic", "bic"])
def test_a_smooth_curve_is_recovered_and_totals_kept(criterion: Any) -> None:
    groups = np.add.reduceat(DEATHS, STARTS)
    found = ungroup_pclm(groups, STARTS, 110, criterion=criterion)
    assert np.abs(found.counts - DEATHS).sum() / DEATHS.sum() < 0.02
    assert np.abs(found.counts[40:85] / DEATHS[40:85] - 1).max() < 0.01
    again = np.add.reduceat(found.counts, STARTS)
    assert np.abs(again - groups).max() / groups.sum() < 0.001
    assert (found.counts > 0).all()
    assert found.counts.sum() == pytest.approx(groups.sum())


def test_the_open_group_is_spread_over_the_ages_it_holds() -> None:
    """85+ holds 26 ages; the shape inside it is not given to the model."""
    groups = np.add.reduceat(DEATHS, STARTS)
    found = ungroup_pclm(groups, STARTS, 110)
    assert found.ages[-1] == 110
    shape, true = found.counts[85:] / found.counts[85:].sum(), DEATHS[85:] / DEATHS[85:].sum()
    assert np.abs(shape - true).sum() < 0.1


def test_rates_are_recovered_from_deaths_and_exposure() -> None:
    mx, exposure = 0.0002 * np.exp(0.09 * AGE), 1e5 * np.exp(-AGE / 60)
    deaths = np.random.default_rng(1).poisson(np.add.reduceat(mx * exposure, STARTS))
    found = ungroup_pclm(deaths, STARTS, 110, exposure=exposure)
    assert found.rates is not None
    assert np.abs(np.log(found.rates / mx))[20:].max() < 0.05
    assert found.counts == pytest.approx(found.rates * exposure)
    assert found.effective_dimension < 4  # a line in the logarithm has two parameters
    assert any("end of the range searched" in note for note in found.notes)


def test_standard_errors_are_the_spread_over_samples() -> None:
    groups = np.add.reduceat(DEATHS, STARTS)
    rng = np.random.default_rng(2)
    fits = [ungroup_pclm(rng.poisson(groups), STARTS, 110, smoothing=300.0) for _ in range(60)]
    spread = np.std([np.log(fit.counts) for fit in fits], axis=0, ddof=1)[30:90:5]
    told = np.mean([fit.standard_error for fit in fits], axis=0)[30:90:5]
    assert told == pytest.approx(spread, rel=0.35)
    assert (told / spread).mean() == pytest.approx(1, abs=0.15)


def test_more_smoothing_means_fewer_parameters_and_a_worse_fit() -> None:
    groups = np.add.reduceat(DEATHS, STARTS)
    fits = [ungroup_pclm(groups, STARTS, 110, smoothing=value) for value in (1, 1e3, 1e6)]
    dimensions, deviances = (
        [getattr(fit, name) for fit in fits] for name in ("effective_dimension", "deviance")
    )
    assert dimensions == sorted(dimensions, reverse=True)
    assert deviances == sorted(deviances)
    assert fits[0].bic == pytest.approx(deviances[0] + np.log(len(STARTS)) * dimensions[0])


def test_groups_that_hold_nobody_give_small_positive_counts() -> None:
    groups = np.add.reduceat(DEATHS, STARTS).round()
    groups[3] = 0
    found = ungroup_pclm(groups, STARTS, 110)
    assert (found.counts > 0).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"counts": [1, 2, 3]}, "counts and ages = 3 and 4"),
        ({"counts": [1, 2, -3, 4]}, r"counts\[2\] = -3"),
        ({"counts": [0, 0, 0, 0]}, "four groups that hold somebody"),
        ({"ages": [0, 5, 5, 15]}, r"ages\[2\] = 5: ages ascend"),
        ({"last_age": 10}, "last_age = 10: the last group begins at 15"),
        ({"exposure": np.ones(3)}, "single_ages and exposure = 31 and 3"),
        ({"smoothing": 0.0}, "smoothing = 0.0: a penalty is above 0"),
        ({"criterion": "cv"}, "criterion = 'cv'"),
    ],
)
def test_refusals(change: dict[str, Any], message: str) -> None:
    given = {"counts": [4, 3, 2, 1], "ages": [0, 5, 10, 15], "last_age": 30, **change}
    with pytest.raises(FiguresRefused, match=message) as refused:
        ungroup_pclm(**given)
    assert refused.value.zh
