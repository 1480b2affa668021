"""Brass's relational model: what is asked is met, what cannot be reached is refused."""

import numpy as np
import pytest

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats
from renkou.demography.forecasts.relational_mortality import (
    _Standard,
    mortality_for_e0,
    reachable_e0,
)
from renkou.demography.forecasts.standard_schedules import standard_mortality
from renkou.demography.mortality.life_tables import life_table

from .schedules import BOTH, FEMALE, MALE, SEXES


def test_the_standards_own_e0_gives_the_standard_back() -> None:
    table = life_table(BOTH, sex=SEXES)
    found = mortality_for_e0(BOTH, table.e0, sex=SEXES)
    np.testing.assert_allclose(found.mx, BOTH, rtol=1e-9)
    np.testing.assert_allclose(found.alpha, 0, atol=1e-10)


@pytest.mark.parametrize("beta", [0.8, 1.0, 1.25])
def test_logits_are_moved_by_alpha_and_stretched_by_beta(beta: float) -> None:
    found = mortality_for_e0(MALE, 65.0, sex="male", beta=beta)
    own, moved = (life_table(mx, sex="male", radix=1).lx[1:] for mx in (MALE, found.mx))
    logit = [np.log((1 - lx) / lx) / 2 for lx in (own, moved)]
    np.testing.assert_allclose(logit[1], found.alpha + beta * logit[0], atol=1e-9)


@pytest.mark.parametrize("beta", [0.8, 1.25])
def test_the_open_group_is_the_integral_of_the_relation(beta: float) -> None:
    found = mortality_for_e0(FEMALE, 70.0, sex="female", beta=beta)
    last = life_table(FEMALE, sex="female", radix=1).lx[-1]
    alive = last * np.exp(-FEMALE[-1] * np.arange(0, 60, 1e-4))
    odds = np.exp(-2 * found.alpha) * (alive / (1 - alive)) ** beta
    moved = odds / (1 + odds)
    assert found.mx[-1] == pytest.approx(moved[0] / np.trapezoid(moved, dx=1e-4), rel=1e-6)


def test_one_standard_serves_paths_of_areas_and_years() -> None:
    e0 = np.random.default_rng(3).uniform(55, 84, (7, 30, 2))
    found = mortality_for_e0(BOTH, e0, sex=SEXES)
    assert found.mx.shape == (7, 30, 2, 101)
    np.testing.assert_allclose(life_table(found.mx, sex=SEXES).e0, e0, atol=1e-9, rtol=0)


def test_rates_rise_with_age_and_males_stay_above_females_at_long_lives() -> None:
    standard = BOTH * [[0.6], [0.55]]
    found = mortality_for_e0(standard, [88.0, 90.0], sex=SEXES).mx
    assert (np.diff(found[:, 1:], axis=-1) > 0).all()
    assert (found[0, 1:] > found[1, 1:]).all()


def test_many_rows_are_solved_block_by_block() -> None:
    e0 = np.linspace(50, 80, 5000)
    found = mortality_for_e0(MALE, e0, sex="male")
    assert (np.diff(found.alpha) < 0).all()
    np.testing.assert_allclose(life_table(found.mx, sex="male").e0, e0, atol=1e-9, rtol=0)


def test_what_the_standard_cannot_reach_is_refused_with_its_reach() -> None:
    low, high = reachable_e0(MALE, sex="male")
    mortality_for_e0(MALE, [low + 1e-6, high - 1e-6], sex="male")
    with pytest.raises(
        FiguresRefused, match=rf"e0\[1, 0\] = 120: .* {low:.2f} to {high:.2f}"
    ) as told:
        mortality_for_e0(MALE, [[60, 70], [120, 70]], sex="male")
    assert f"{high:.2f}" in told.value.zh
    with pytest.raises(FiguresRefused, match=r"^e0 = 3: "):
        mortality_for_e0(MALE, 3, sex="male")


def test_long_lives_of_which_most_lies_in_the_open_group_are_found() -> None:
    """Newton's method alone jumps to and fro here: all from 100.5 to 101.45 years once failed."""
    ages = np.arange(101)
    standard = 0.0002 * np.exp(0.085 * np.maximum(ages - 20, 0)) + 0.006 * (ages == 0)
    e0 = np.arange(100.4, 101.6, 0.005)
    found = mortality_for_e0(standard, e0, sex="female")
    np.testing.assert_allclose(life_table(found.mx, sex="female").e0, e0, atol=1e-9, rtol=0)


@pytest.mark.parametrize("sex", SEXES)
def test_all_that_is_reached_of_a_country_of_long_lives_is_found(sex: str) -> None:
    """Of China's standard of 2024 100.6 to 102.5 years, within its reach, once failed."""
    standard = standard_mortality(2024).mx[SEXES.index(sex)]
    low, high = reachable_e0(standard, sex=sex)
    e0 = np.linspace(low, high, 3001)
    found = mortality_for_e0(standard, e0, sex=sex)
    # The UN's lines for a0 leave a step of .0002 years of those who die as infants.
    np.testing.assert_allclose(life_table(found.mx, sex=sex).e0, e0, atol=1e-5, rtol=0)
    assert (np.diff(found.alpha) < 0).all()


@pytest.mark.parametrize("beta", [0.8, 1.0])
def test_a_standard_of_which_nobody_lives_to_the_end_keeps_to_it(beta: float) -> None:
    standard = np.where(np.arange(101) >= 96, 2.0, MALE)
    found = mortality_for_e0(standard, [50, 75], sex="male", beta=beta)
    np.testing.assert_allclose(life_table(found.mx, sex="male").e0, [50, 75], atol=1e-9, rtol=0)
    np.testing.assert_array_equal(found.mx[:, 96:100], 2)
    np.testing.assert_allclose(found.mx[:, 100], 2 * beta)


@pytest.mark.parametrize("beta", [0.8, 1.0, 1.25])
def test_the_slope_is_that_of_life_expectancy(beta: float) -> None:
    """Also where odds are the standard's, and the closed form is 0 / 0."""
    at = np.append(np.linspace(-5, 5, 41), [0, 1e-6])
    lx = life_table(FEMALE, sex="female", radix=1).lx
    rows = len(at)
    standard = _Standard(
        np.tile(lx, (rows, 1)), np.full(rows, FEMALE[-1]), np.full(rows, beta), np.ones(rows)
    )

    def e0(log_odds: Floats) -> Floats:
        odds = np.exp(log_odds)
        return standard.e0(odds, standard.survivors(odds))

    _, slope = standard.e0_and_slope(np.exp(at), standard.survivors(np.exp(at)))
    # a0 is taken as it is: its own change is a few thousandths of the slope.
    np.testing.assert_allclose(slope, (e0(at + 1e-4) - e0(at - 1e-4)) / 2e-4, rtol=0.02)


def test_the_place_of_a_refusal_is_right_beyond_the_first_block() -> None:
    e0 = np.full((3, 1000), 70.0)
    e0[2, 345] = 130
    with pytest.raises(FiguresRefused, match=r"e0\[2, 345\] = 130"):
        mortality_for_e0(MALE, e0, sex="male")


def test_shapes_that_do_not_broadcast_are_refused_with_both() -> None:
    with pytest.raises(FiguresRefused, match=r"standard_mx \(2,\), e0 \(3,\)"):
        mortality_for_e0(BOTH, [70, 71, 72], sex=SEXES)


@pytest.mark.parametrize(("e0", "beta", "word"), [(np.nan, 1, "e0"), (70, 0, "beta"), (0, 1, "e0")])
def test_figures_that_are_none_are_refused(e0: float, beta: float, word: str) -> None:
    with pytest.raises(FiguresRefused, match=word):
        mortality_for_e0(MALE, e0, sex="male", beta=beta)


def test_notes_say_what_was_assumed() -> None:
    notes = " ".join(mortality_for_e0(MALE, 70, sex="male").notes)
    assert "Brass" in notes
    assert "Open age group" in notes
