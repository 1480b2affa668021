import numpy as np
import pytest

from renkou.core.errors import FiguresRefused
from renkou.demography.trajectories.own_history import bridge_crises, innovation_variance
from renkou.demography.trajectories.pooled_processes import standard_process
from renkou.demography.trajectories.process_fits import (
    fit_deviation_process,
    fit_fertility_process,
    fit_life_expectancy_process,
    fit_migration_process,
)

YEARS = np.arange(1950, 2024)
RNG = np.random.default_rng(20241123)


def walks(shape, sigma, phi=1.0):
    """Histories that an AR(1) made: shape (..., years)."""
    level, found = np.zeros(shape[:-1]), np.empty(shape)
    for t in range(shape[-1]):
        level = phi * level + RNG.normal(0, sigma, shape[:-1])
        found[..., t] = level
    return found


def test_the_variance_that_made_a_history_is_found_again():
    tfr = 1.5 * np.exp(walks((400, 60), 0.04, phi=0.976))
    tfr = np.minimum(tfr, 2.09)  # low throughout
    found = fit_fertility_process(np.arange(60), tfr, parent=None)
    assert np.sqrt(np.mean(found.sigma**2)) == pytest.approx(0.04, rel=0.06)


def test_the_degrees_of_freedom_are_what_the_scatter_of_estimates_says():
    z = walks((4000, 41), 1.0)
    used, nothing = np.ones(z.shape, dtype=bool), np.zeros(z.shape[:-1])
    found = innovation_variance(z, used, nothing + 1, nothing, np.zeros(z.shape), lag=5)
    assert found.value.mean() == pytest.approx(1, rel=0.03)
    assert 2 / found.value.var() == pytest.approx(found.freedom[0], rel=0.12)


def test_sampling_noise_is_taken_out_and_where_it_explains_all_that_is_said():
    births = 100.0
    quiet = 1.2 * RNG.poisson(births, (300, 12)) / births
    found = fit_fertility_process(
        np.arange(12), quiet, births=np.full(quiet.shape, births), parent=None
    )
    taken = fit_fertility_process(np.arange(12), quiet, parent=None)
    assert abs(found.own_variance.mean()) < 0.15 * taken.own_variance.mean()
    assert any("sampling noise alone explains" in note for note in found.notes)
    assert (found.sigma >= 0).all()


def test_the_years_of_low_fertility_are_used_where_there_are_ten():
    tfr = np.concatenate([np.linspace(6, 2.2, 60), np.linspace(2.0, 1.5, 14)])
    found = fit_fertility_process(YEARS, tfr)
    assert found.years_used[0] == 2010
    assert "from the first with a TFR below 2.1" in found.notes[0]
    late = fit_fertility_process(YEARS[:65], tfr[:65])
    assert late.years_used[0] == 1950
    assert "fewer than ten years below 2.1" in late.notes[0]


def test_a_short_history_that_is_low_throughout_is_low():
    found = fit_fertility_process(range(2019, 2024), [1.1, 1.08, 1.05, 1.02, 1.0])
    assert len(found.years_used) == 5
    assert "below 2.1" in found.notes[0]


def test_a_famine_is_bridged_and_named():
    e0 = np.linspace(45, 75, 74) + 0.1 * np.sin(np.arange(74))
    struck = e0.copy()
    struck[9:12] -= [7, 12, 8]
    with_famine = fit_life_expectancy_process(YEARS, struck, struck + 4)
    without = fit_life_expectancy_process(YEARS, e0, e0 + 4)
    assert "crisis years bridged: 1959, 1960, 1961" in with_famine.notes
    assert with_famine.sigma == pytest.approx(without.sigma, rel=0.05)


def test_a_steady_fall_is_no_crisis():
    z = np.log(np.linspace(6, 1.5, 74))
    assert not bridge_crises(z, 0.1).crisis.any()


def test_the_correlation_of_the_sexes_is_found_again():
    common, own = walks((300, 74), 0.01), walks((2, 300, 74), 0.005)
    male, female = 120 - 45 * np.exp(-(common + own[0])), 120 - 40 * np.exp(-(common + own[1]))
    found = fit_life_expectancy_process(YEARS, male, female, parent=None)
    assert found.correlation.mean() == pytest.approx(0.8, abs=0.02)
    assert found.sigma.shape == (300, 2)


def test_the_slope_of_life_expectancy_rests_on_thirty_years_at_least():
    few = fit_life_expectancy_process(
        range(5), [75, 75.2, 75.1, 75.6, 75.9], [80, 80.1, 80.3, 80.4, 80.8]
    )
    assert few.drift_error == pytest.approx(few.sigma / np.sqrt(30))


def test_autocorrelation_of_migration_is_found_again_without_bias():
    rate = walks((600, 74), 0.002, phi=0.7)
    people = np.full(rate.shape, 1e6)
    found = fit_migration_process(YEARS, rate * people, people, parent=None)
    assert found.phi.mean() == pytest.approx(0.7, abs=0.02)
    assert found.sigma.mean() == pytest.approx(0.002, rel=0.03)
    assert found.phi.std() == pytest.approx(found.phi_error.mean(), rel=0.25)


@pytest.mark.parametrize("years", [1, 2, 3])
def test_a_history_too_short_to_tell_gives_the_parent(years):
    parent = standard_process("migration")
    found = fit_migration_process(range(years), [5.0] * years, [1000.0] * years)
    assert found.sigma <= parent.sigma
    assert found.freedom >= parent.freedom
    low = fit_fertility_process([2023], [1.0])
    assert low.sigma == standard_process("fertility").sigma
    e0 = fit_life_expectancy_process([2023], [78.0], [82.0])
    assert (e0.sigma == standard_process("life_expectancy").sigma).all()


def five_noisy_years(sigma, births):
    city = np.array([1.12, 1.08, 1.05, 1.02, 1.0])
    level = RNG.normal(0, 0.12, (2000, 1)) + walks((2000, 5), sigma, phi=0.984)
    true = city * np.exp(level)
    tfr = true * RNG.poisson(births * true) / (births * true)
    return fit_deviation_process(
        "fertility", range(2019, 2024), tfr, city, noise_variance=tfr / births
    )


def test_townships_of_few_births_get_the_published_spread_and_of_many_their_own():
    published = float(standard_process("fertility", "area").sigma)
    assert five_noisy_years(1e-6, 60).sigma.mean() == pytest.approx(published, abs=0.02)
    assert five_noisy_years(0.05, 400).sigma.mean() == pytest.approx(0.05, rel=0.2)
    assert five_noisy_years(0.05, 20_000).sigma.mean() == pytest.approx(0.05, rel=0.1)
    assert five_noisy_years(0.005, 200_000).sigma.mean() == pytest.approx(0.005, rel=0.15)


def test_deviations_of_life_expectancy_have_both_sexes():
    whole = np.full((6, 2), 79.0)
    area = whole + RNG.normal(0, 0.5, (4, 6, 2))
    found = fit_deviation_process("life_expectancy", range(6), area, whole)
    assert found.sigma.shape == (4, 2)
    own = fit_deviation_process("life_expectancy", range(6), area, whole, parent=None)
    assert own.freedom.shape == (4,)
    with pytest.raises(FiguresRefused, match="last axis of two sexes"):
        fit_deviation_process("life_expectancy", range(6), area[..., 0], whole)


def test_one_area_is_drawn_to_the_published_process():
    found = fit_deviation_process("fertility", range(5), [1.0, 1.1, 0.9, 1.0, 1.05], [1.0] * 5)
    assert found.sigma.shape == ()
    assert float(found.freedom) == pytest.approx(12)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: fit_fertility_process([2020, 2022], [1.0, 1.1]), "years follow each other"),
        (lambda: fit_fertility_process([2020, 2021], [1.0]), "years and tfr"),
        (lambda: fit_fertility_process([2020, 2021], [1.0, 0.0]), r"tfr\[1\] = 0"),
        (lambda: fit_fertility_process([2020, 2021], [1.0, 1.1], births=[5, 0]), r"births\[1\] = 0"),
        (lambda: fit_life_expectancy_process([2020], [130], [80]), "below 120 years"),
        (lambda: fit_migration_process([2020], [1], [0]), r"population\[0\] = 0"),
        (lambda: fit_migration_process([2020], [1], [9], moves=[-1]), r"moves\[0\] = -1"),
        (lambda: fit_deviation_process("births", [1], [1], [1]), "is 'fertility'"),
    ],
)  # fmt: skip
def test_a_history_that_cannot_be_read_is_refused(call, said):
    with pytest.raises(FiguresRefused, match=said) as refused:
        call()
    assert refused.value.zh
