"""Rates of published counts, and intervals that hold the noise."""

import numpy as np
import pytest

from renkou.core.errors import FiguresRefused
from renkou.disclosure.perturbation import perturb
from renkou.disclosure.perturbation_table import perturbation_table
from renkou.disclosure.published_rates import interval_with_noise, published_rates
from renkou.disclosure.release_rules import Reason
from tests.disclosure.draws import random_keys

TABLE = perturbation_table()


def test_a_rate_is_published_numerator_over_published_denominator() -> None:
    found = published_rates([12, 0, 4], [1000, 40, 29.5], TABLE, per=1000)
    assert found.rate[:2].tolist() == [12, 0]
    assert np.isnan(found.rate[2])
    assert np.isnan(found.noise_variance[2])
    assert found.reason.tolist() == [0, 0, Reason.RATE_DENOMINATOR]


def test_the_stated_variance_is_that_of_the_noise() -> None:
    draws, births, women = 40_000, 40, 60
    above = perturb(np.full(draws, births), random_keys(draws, 1), TABLE)
    below = perturb(np.full(draws, women), random_keys(draws, 2), TABLE)
    found = published_rates(above, below, TABLE)
    assert found.noise_variance.mean() == pytest.approx(found.rate.var(), rel=0.05)


def test_an_interval_that_holds_the_noise_covers_and_one_without_does_not() -> None:
    # Deaths ~ Poisson(8) with noise of variance 2: mean ± 1.96 sd of the wrong variance is too narrow.
    table = perturbation_table(4, 3.0)
    draws = 40_000
    deaths = np.random.default_rng(4).poisson(40, draws)
    shown = perturb(deaths, random_keys(draws), table).astype(float)
    half = 1.96 * np.sqrt(shown)
    wide = interval_with_noise(shown, shown - half, shown + half, np.full(draws, 3.0))
    plain = ((shown - half <= 40) & (shown + half >= 40)).mean()
    covered = ((wide.lower <= 40) & (wide.upper >= 40)).mean()
    assert plain < 0.944
    assert covered == pytest.approx(0.95, abs=0.01)
    assert covered > plain


def test_without_noise_an_interval_is_as_it_was() -> None:
    found = interval_with_noise([5.0, np.nan], [2.0, np.nan], [11.0, np.nan], [0.0, np.nan])
    assert found.lower[0] == pytest.approx(2)
    assert found.upper[0] == pytest.approx(11)
    assert np.isnan(found.lower[1])
    assert found.notes == ()


def test_a_bound_under_zero_is_told() -> None:
    found = interval_with_noise([3.0], [0.5], [8.0], [2.0])
    assert found.lower.tolist() == [0]
    assert found.notes == ("1 lower bounds fell under 0 and stand at it",)


def test_bounds_on_the_wrong_side_are_refused() -> None:
    with pytest.raises(FiguresRefused, match=r"lower\[0\] = 4.0: is at most the value"):
        interval_with_noise([3.0], [4.0], [5.0], [1.0])
    with pytest.raises(FiguresRefused, match=r"upper\[0\] = 2.0: is at least the value"):
        interval_with_noise([3.0], [1.0], [2.0], [1.0])


def test_counts_that_were_not_perturbed_whole_are_refused() -> None:
    with pytest.raises(FiguresRefused, match=r"numerators\[0\] = 2.5"):
        published_rates([2.5], [40], TABLE)
    with pytest.raises(FiguresRefused, match="numerators and denominators"):
        published_rates([2, 3], [40], TABLE)
