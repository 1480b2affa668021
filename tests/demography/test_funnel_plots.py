import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from renkou.core.errors import FiguresRefused
from renkou.demography.areas.funnel_plots import (
    AT_THE_EDGE,
    NOT_OVERDISPERSED,
    OWN_REFERENCE,
    funnel_limits,
    funnel_plot,
)

COUNTS, EXPOSURES = [5, 60, 10, 12], [1000, 2000, 500, 1500]


def test_limits_are_interpolated_quantiles_of_the_poisson_distribution() -> None:
    lower, upper = funnel_limits(1000, 0.01, levels=(0.95,))
    for found, p in ((lower, 0.025), (upper, 0.975)):
        count = stats.poisson.ppf(p, 10)
        part = (stats.poisson.cdf(count, 10) - p) / stats.poisson.pmf(count, 10)
        assert found[0] == pytest.approx((count - part) / 1000)


def test_limits_of_shares_are_those_of_the_binomial_distribution() -> None:
    lower, upper = funnel_limits(200, 0.3, kind="share", levels=(0.998,))
    for found, p in ((lower, 0.001), (upper, 0.999)):
        count = stats.binom.ppf(p, 200, 0.3)
        part = (stats.binom.cdf(count, 200, 0.3) - p) / stats.binom.pmf(count, 200, 0.3)
        assert found[0] == pytest.approx((count - part) / 200)


def test_the_lower_limit_of_a_few_expected_events_is_0() -> None:
    lower, _ = funnel_limits([10, 10_000], 0.01)
    assert lower[:, 0].tolist() == [0, 0]
    assert (lower[:, 1] > 0).all()


def test_points_are_within_below_or_above_each_level() -> None:
    found = funnel_plot(COUNTS, EXPOSURES, 0.01)
    assert found.levels == (0.95, 0.998)
    assert found.value.tolist() == [5, 30, 20, 8]
    assert found.outside.tolist() == [[0, 1, 1, 0], [0, 1, 0, 0]]
    assert funnel_plot([0, 5], [1000, 500], 0.01).outside.tolist() == [[-1, 0], [-1, 0]]
    assert found.reference == 10
    assert found.notes == ()


def test_without_a_reference_areas_are_compared_with_all_of_them() -> None:
    found = funnel_plot([COUNTS, [1, 2, 3, 4]], EXPOSURES)
    assert found.reference[:, 0] == pytest.approx([1000 * 87 / 5000, 1000 * 10 / 5000])
    assert found.notes == (OWN_REFERENCE,)


def test_overdispersion_by_a_factor_worked_by_hand() -> None:
    found = funnel_plot(
        COUNTS, EXPOSURES, 0.01, overdispersion="multiplicative", winsorised=0, per=1
    )
    z = (np.sqrt(np.divide(COUNTS, EXPOSURES)) - 0.1) * 2 * np.sqrt(EXPOSURES)
    assert found.dispersion == pytest.approx((z**2).mean())
    half = 1.959964 * np.sqrt((z**2).mean()) / (2 * np.sqrt(EXPOSURES))
    assert found.upper[0] == pytest.approx((0.1 + half) ** 2, rel=1e-6)
    assert found.lower[0] == pytest.approx(np.maximum(0.1 - half, 0) ** 2, rel=1e-6)
    assert found.notes == (AT_THE_EDGE,)


def test_overdispersion_by_a_variance_worked_by_hand() -> None:
    found = funnel_plot(COUNTS, EXPOSURES, 0.01, overdispersion="additive", winsorised=0, per=1)
    weight = 4 * np.array(EXPOSURES, dtype=float)
    z2 = (np.sqrt(np.divide(COUNTS, EXPOSURES)) - 0.1) ** 2 * weight
    tau2 = (z2.sum() - 3) / (weight.sum() - (weight**2).sum() / weight.sum())
    assert found.between_variance == pytest.approx(tau2)
    high = 0.1 + 1.959964 * np.sqrt(1 / weight + tau2)
    assert found.upper[0] == pytest.approx(high**2, rel=1e-6)


def test_the_variance_between_areas_is_found_again() -> None:
    random = np.random.default_rng(4)
    exposure = random.uniform(1000, 50_000, 4000)
    rate = random.normal(0.1, 0.01, 4000) ** 2  # on the square-root scale, tau = 0.01
    found = funnel_plot(random.poisson(rate * exposure), exposure, 0.01,
                        overdispersion="additive", winsorised=0)  # fmt: skip
    assert np.sqrt(found.between_variance) == pytest.approx(0.01, rel=0.05)
    assert np.abs(found.outside[0]).mean() == pytest.approx(0.05, abs=0.01)


def test_no_more_than_chance_leaves_the_limits_exact() -> None:
    count, exposure = [10, 20, 31], [1000, 2000, 3000]
    plain = funnel_plot(count, exposure, 0.01)
    for how in ("multiplicative", "additive"):
        found = funnel_plot(count, exposure, 0.01, overdispersion=how)
        assert (found.upper == plain.upper).all()
        assert found.notes == (NOT_OVERDISPERSED,)
        assert found.between_variance == 0


def test_winsorising_takes_the_pull_out_of_an_outlier() -> None:
    count, exposure = np.array([10] * 19 + [200]), np.full(20, 1000.0)
    assert funnel_plot(count, exposure, 0.01, winsorised=0).dispersion > 5
    assert funnel_plot(count, exposure, 0.01, winsorised=0.1).dispersion < 0.01


def test_shares_are_widened_on_the_arcsine_scale() -> None:
    found = funnel_plot([10, 90, 50, 20], [100] * 4, 0.5, kind="share",
                        overdispersion="additive", per=100)  # fmt: skip
    assert (found.upper <= 100).all()
    assert (found.lower >= 0).all()
    assert found.lower + found.upper == pytest.approx(100)  # around a half they mirror each other


def test_noise_of_disclosure_control_widens_the_limits() -> None:
    plain = funnel_plot(COUNTS, EXPOSURES, 0.01, per=1)
    noisy = funnel_plot(COUNTS, EXPOSURES, 0.01, per=1, noise_variance=4)
    added = (noisy.upper[0] - 0.01) ** 2 - (plain.upper[0] - 0.01) ** 2
    assert added == pytest.approx((1.959964 * 2 / np.array(EXPOSURES)) ** 2, rel=1e-5)
    assert (noisy.lower <= plain.lower).all()
    assert noisy.notes == (AT_THE_EDGE,)
    even = funnel_plot([20, 20], [1000, 1000], 0.01, winsorised=0, noise_variance=10)
    assert even.dispersion == pytest.approx(
        funnel_plot([20, 20], [1000, 1000], 0.01, winsorised=0).dispersion / 2
    )  # noise of as much as the ten that are expected doubles their variance


@given(st.floats(1, 1e6), st.floats(1e-4, 0.5), st.sampled_from(["rate", "share"]))
def test_limits_enclose_the_reference_and_narrow_with_size(
    size: float, reference: float, kind: str
) -> None:
    sizes = np.floor([size, 100 * size])
    lower, upper = funnel_limits(sizes, reference, kind=kind)
    assert (lower[1] <= lower[0]).all()
    assert (upper[0] <= upper[1]).all()
    if size * reference > 5:
        assert (lower < reference).all()
        assert (upper > reference).all()
        assert (np.diff(upper - lower, axis=-1) < 0).all()


def test_about_one_area_in_twenty_is_outside_by_chance() -> None:
    means = np.linspace(20, 400, 300)
    lower, upper = funnel_limits(means, 1.0, levels=(0.95,))
    outcomes = np.arange(700)
    chance = stats.poisson.pmf(outcomes, means[:, None])
    rates = outcomes / means[:, None]
    outside = (rates < lower[0][:, None]) | (rates > upper[0][:, None])
    assert abs((chance * outside).sum(axis=-1).mean() - 0.05) < 0.005


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: funnel_plot([1, -1], [5, 5], 0.1), "count[1] = -1"),
        (lambda: funnel_plot([1, 1], [5, 0], 0.1), "exposure[1] = 0"),
        (lambda: funnel_plot([1, 1], [5, 5, 5], 0.1), "count and exposure = 2 and 3"),
        (lambda: funnel_plot([1, 1], [5, 5], 0), "reference = 0"),
        (lambda: funnel_plot([0, 0], [5, 5]), "count summed over areas[0] = 0"),
        (lambda: funnel_plot([1, 6], [5, 5], 0.1, kind="share"), "count[1] = 6"),
        (lambda: funnel_plot([1, 2], [5, 5], 1.1, kind="share"), "reference = 1.1"),
        (lambda: funnel_plot([1, 2], [5, 5.5], 0.1, kind="share"), "exposure[1] = 5.5"),
        (lambda: funnel_plot([1, 2], [5, 5], 0.1, kind="ratio"), "kind = 'ratio'"),
        (lambda: funnel_plot([1, 2], [5, 5], 0.1, overdispersion="some"),
         "overdispersion = 'some'"),
        (lambda: funnel_plot([1, 2], [5, 5], 0.1, noise_variance=-1), "noise_variance = -1"),
        (lambda: funnel_plot([1, 2], [5, 5], 0.1, winsorised=0.5), "winsorised = 0.5"),
        (lambda: funnel_plot([1, 2], [5, 5], 0.1, levels=(95,)), "level = 95"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_by_name_place_and_value(call: object, said: str) -> None:
    with pytest.raises(FiguresRefused) as refused:
        call()  # type: ignore[operator]
    assert said in str(refused.value)
    assert refused.value.zh
