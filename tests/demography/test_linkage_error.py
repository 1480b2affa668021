import numpy as np
import pytest

from renkou.core.errors import FiguresRefused
from renkou.demography.coverage.dual_system import chapman_variance, dual_system_estimate
from renkou.demography.coverage.linkage_error import (
    corrected_matches,
    dual_system_with_linkage_error,
    known_rates,
    linkage_rates,
)


def test_without_errors_it_is_the_plain_dual_system() -> None:
    found = dual_system_with_linkage_error([900, 80], [950, 90], [870, 75], known_rates(0, 0))
    plain = dual_system_estimate([900, 80], [950, 90], [870, 75])
    np.testing.assert_allclose(found.estimate, plain.estimate)
    np.testing.assert_allclose(found.variance, plain.variance)


def test_missed_matches_lower_the_estimate_and_false_links_raise_it() -> None:
    plain = dual_system_estimate(900, 950, 850).total
    assert dual_system_with_linkage_error(900, 950, 850, known_rates(0.02, 0)).total < plain
    assert dual_system_with_linkage_error(900, 950, 850, known_rates(0, 0.05)).total > plain


def test_uncertain_rates_make_the_interval_wider() -> None:
    sure = dual_system_with_linkage_error(900, 950, 850, known_rates(0.02, 0.01))
    unsure = dual_system_with_linkage_error(900, 950, 850, known_rates(0.02, 0.01, 1e-4, 1e-4))
    assert unsure.total_variance > sure.total_variance
    assert unsure.total_upper > sure.total_upper


def test_shared_rates_do_not_average_out_over_strata() -> None:
    rates = known_rates(0.02, 0.0, 1e-4, 0.0)
    one = dual_system_with_linkage_error(9000, 9500, 8500, rates)
    parts = dual_system_with_linkage_error([900] * 10, [950] * 10, [850] * 10, rates)
    chance = chapman_variance(np.array(900.0), np.array(950.0), np.array(850 / 0.98)) * 10
    assert parts.total_variance > 2 * chance
    assert parts.total_variance == pytest.approx(one.total_variance, rel=0.01)


def test_the_variance_is_that_of_repeated_samples() -> None:
    rng, size = np.random.default_rng(5), 4000
    cells = rng.multinomial(3000, [0.81, 0.09, 0.09, 0.01], size).astype(float)
    linked = rng.binomial(cells[:, 0].astype(int), 0.97) + rng.binomial(
        cells[:, 2].astype(int), 0.02
    )
    missed, false = rng.binomial(800, 0.03, size), rng.binomial(300, 0.02, size)
    found = dual_system_with_linkage_error(
        cells[:, 0] + cells[:, 1], cells[:, 0] + cells[:, 2], linked,
        linkage_rates(np.full(size, 800), missed, np.full(size, 300), false),
    )  # fmt: skip
    assert np.mean(found.estimate) == pytest.approx(3000, rel=0.002)
    assert np.var(found.estimate) == pytest.approx(np.mean(found.variance), rel=0.1)
    assert 0.92 < np.mean((found.lower <= 3000) & (found.upper >= 3000)) < 0.97


def test_a_sample_without_errors_is_no_proof() -> None:
    assert linkage_rates(500, 0, 100, 0).miss_variance > 0


@pytest.mark.parametrize(
    ("rates", "place"),
    [((10, 11, 5, 0), "matches_missed"), ((10, 1, 0, 0), "strangers_linked")],
)
def test_errors_beyond_the_sample_are_refused(rates: tuple[int, ...], place: str) -> None:
    with pytest.raises(FiguresRefused, match=place):
        linkage_rates(*rates)


def test_useless_links_are_refused() -> None:
    with pytest.raises(FiguresRefused, match=r"miss_rate \+ false_link_rate = 1"):
        corrected_matches(5, 10, known_rates(0.5, 0.5))


def test_a_rate_above_one_is_refused() -> None:
    with pytest.raises(FiguresRefused, match="miss_rate"):
        known_rates(1.2, 0)


def test_more_links_than_people_are_refused() -> None:
    with pytest.raises(FiguresRefused, match=r"linked\[1\] = 11"):
        corrected_matches([5, 11], [10, 10], known_rates(0.1, 0))


def test_fewer_links_than_false_links_alone_are_refused() -> None:
    with pytest.raises(FiguresRefused, match="false links alone"):
        corrected_matches(1, 100, known_rates(0.1, 0.1))


def test_matches_beyond_a_list_are_not_cut_and_noted() -> None:
    # Cut, they would make sums over many small strata too high.
    found = corrected_matches(100, 100, known_rates(0.05, 0))
    assert found.count == pytest.approx(100 / 0.95)
    assert any("more than a list holds" in note for note in found.notes)
    whole = dual_system_with_linkage_error(95, 100, 95, known_rates(0.05, 0))
    assert any("more than a list holds" in note for note in whole.notes)
    assert whole.total == pytest.approx(96 * 101 / 101 - 1)


def test_limits_of_rates_follow_the_sample_or_the_variance() -> None:
    counted = linkage_rates(1000, 20, 100, 0).limits(0.95)
    given = known_rates(0.02, 0.0, 0.02 * 0.98 / 1000, 0.0).limits(0.95)
    np.testing.assert_allclose(counted[:2], given[:2], rtol=1e-6)
    assert counted[2] == 0 < counted[3]
    assert given[2:] == (0, 0)
    assert known_rates(0.0, 0.0, 1e-6, 0.0).limits(0.95)[1] > 0
