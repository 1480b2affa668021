"""Rogers and Castro's curve, totals spread by it, and the curve fitted."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renkou.core.errors import FiguresRefused
from renkou.demography.forecasts.migration_fits import fit_rogers_castro
from renkou.demography.forecasts.migration_patterns import (
    migration_schedule,
    migration_schedules,
    rogers_castro,
    spread_by_rogers_castro,
)

SEVEN = {
    "a1": 0.02,
    "alpha1": 0.1,
    "a2": 0.06,
    "alpha2": 0.1,
    "mu2": 20,
    "lambda2": 0.4,
    "c": 0.003,
}
ELEVEN = {**SEVEN, "a3": 0.01, "alpha3": 0.4, "mu3": 65, "lambda3": 0.3}
THIRTEEN = {**ELEVEN, "a4": 0.0005, "lambda4": 0.04}


def test_the_curve_is_the_sum_of_its_terms() -> None:
    found = rogers_castro(30.0, THIRTEEN)
    terms = (
        0.02 * np.exp(-3) + 0.06 * np.exp(-1 - np.exp(-4)) + 0.003
        + 0.01 * np.exp(14 - np.exp(10.5)) + 0.0005 * np.exp(1.2)
    )  # fmt: skip
    assert found == pytest.approx(terms, rel=1e-14)


def test_a_term_left_out_is_0_and_so_is_c() -> None:
    assert rogers_castro([5.0], {"a1": 2.0, "alpha1": 0.1})[0] == pytest.approx(2 * np.exp(-0.5))
    assert rogers_castro([5.0], {"c": 2.0})[0] == 2


def test_ages_far_below_the_peak_do_not_overflow() -> None:
    assert rogers_castro([0.0], {"a2": 1, "alpha2": 0.1, "mu2": 60, "lambda2": 2})[0] == 0


@pytest.mark.parametrize("name", migration_schedules())
def test_every_schedule_spreads_totals_exactly(name: str) -> None:
    total = np.array([[1200.0, -800.0], [0.0, 35.5]])
    found = spread_by_rogers_castro(total, parameters=name)
    assert found.shape == (2, 2, 101)
    np.testing.assert_allclose(found.sum(axis=-1), total, atol=1e-9)
    assert (found[0, 0] > 0).all()
    assert (found[0, 1] < 0).all()
    assert 14 < found[0, 0].argmax() < 30
    assert migration_schedule(name).source


def test_totals_of_both_sexes_are_shared_as_the_schedule_has_them() -> None:
    found = spread_by_rogers_castro([100_000.0, -1.0], parameters="un-male-labour", by_sex=False)
    np.testing.assert_allclose(found.sum(axis=(-2, -1)), [100_000, -1])
    # The UN's sheet has 65,517 males among 100,000.
    assert found[0, 0].sum() == pytest.approx(65_517, rel=0.002)


def test_five_year_groups_are_sums_of_single_ages() -> None:
    single = spread_by_rogers_castro([1000.0, 900.0], np.arange(105), "un-family")
    groups = spread_by_rogers_castro([1000.0, 900.0], np.arange(0, 105, 5), "un-family")
    np.testing.assert_allclose(groups, single.reshape(2, 21, 5).sum(axis=-1), rtol=1e-12)


def test_people_draw_departures_to_where_they_live() -> None:
    people = np.ones((2, 101)) * 1000
    people[:, 60:] = 1
    found = spread_by_rogers_castro([-500.0, -400.0], people=people)
    np.testing.assert_allclose(found.sum(axis=-1), [-500, -400])
    even = spread_by_rogers_castro([-500.0, -400.0])
    np.testing.assert_allclose(found[:, 70] / found[:, 20], even[:, 70] / even[:, 20] / 1000)
    many = np.broadcast_to(people, (7, 2, 101))
    assert spread_by_rogers_castro(np.full((7, 2), 5.0), people=many).shape == (7, 2, 101)


def test_own_parameters_for_both_sexes_or_each() -> None:
    one = spread_by_rogers_castro([1.0, 1.0], parameters=SEVEN)
    two = spread_by_rogers_castro([1.0, 1.0], parameters=(SEVEN, {**SEVEN, "mu2": 30}))
    np.testing.assert_array_equal(one[0], two[0])
    assert two[1].argmax() > one[1].argmax()


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=2), st.sampled_from(migration_schedules())
)
def test_any_total_comes_back(total: list[float], name: str) -> None:
    found = spread_by_rogers_castro(total, parameters=name)
    np.testing.assert_allclose(found.sum(axis=-1), total, rtol=1e-12, atol=1e-300)


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({**SEVEN, "alpha_2": 0.1}, "did you mean alpha2"),
        ({"a1": 0.1}, "alpha1.*is needed for the term of children"),
        ({}, "there are none"),
        ({**SEVEN, "c": -1.0}, "at no age below 0"),
        ({"a4": 1, "lambda4": 50}, "without end"),
        ({**SEVEN, "c": float("nan")}, "finite"),
    ],
)
def test_parameters_that_make_no_curve_are_refused(parameters: dict, words: str) -> None:
    with pytest.raises(FiguresRefused, match=words):
        rogers_castro(np.arange(101), parameters)


def test_totals_names_and_people_that_do_not_fit_are_refused() -> None:
    with pytest.raises(FiguresRefused, match="the last axis is male, female"):
        spread_by_rogers_castro([1.0, 2.0, 3.0])
    with pytest.raises(FiguresRefused, match="did you mean 'un-family'"):
        spread_by_rogers_castro([1.0, 2.0], parameters="un-famly")
    with pytest.raises(FiguresRefused, match=r"people = of shape \(50,\)"):
        spread_by_rogers_castro([1.0, 2.0], people=np.ones(50))
    with pytest.raises(FiguresRefused, match="total and people"):
        spread_by_rogers_castro(np.ones((3, 2)), people=np.ones((4, 2, 101)))
    with pytest.raises(FiguresRefused, match="nobody"):
        spread_by_rogers_castro([1.0, 2.0], people=np.zeros((2, 101)))
    with pytest.raises(FiguresRefused, match="1 sets"):
        spread_by_rogers_castro([1.0, 2.0], parameters=(SEVEN,))


@pytest.mark.parametrize(("profile", "told"), [(7, SEVEN), (11, ELEVEN), (13, THIRTEEN)])
def test_a_fit_recovers_known_truth(profile: int, told: dict) -> None:
    x = np.arange(90.0)
    found = fit_rogers_castro(rogers_castro(x, told), profile=profile)
    assert set(found.parameters) == set(told)
    np.testing.assert_allclose(found.fitted, rogers_castro(x, told), rtol=0, atol=2e-5)
    assert found.explained > 0.9999
    assert found.parameters["mu2"] == pytest.approx(20, abs=0.05)


def test_a_fit_of_noisy_rates_is_near_the_truth() -> None:
    x = np.arange(85.0)
    truth = rogers_castro(x, SEVEN)
    seen = np.random.default_rng(1).poisson(truth * 20_000) / 20_000
    found = fit_rogers_castro(seen)
    assert np.abs(found.fitted - truth).max() < 0.002
    assert found.parameters["mu2"] == pytest.approx(20, abs=0.5)


def test_groups_of_five_are_given_by_their_middles() -> None:
    x = np.arange(0, 85, 5) + 2.5
    found = fit_rogers_castro(rogers_castro(x, SEVEN), ages=x)
    assert found.parameters["lambda2"] == pytest.approx(0.4, abs=0.01)


def test_a_term_that_the_rates_do_not_have_is_noted() -> None:
    flat = fit_rogers_castro(np.full(60, 0.01))
    assert flat.fitted == pytest.approx(np.full(60, 0.01))


def test_rates_that_cannot_be_fitted_are_refused() -> None:
    with pytest.raises(FiguresRefused, match="7, 9, 11 or 13"):
        fit_rogers_castro(np.ones(50), profile=8)  # type: ignore[arg-type]
    with pytest.raises(FiguresRefused, match="7 parameters need one row of more ages"):
        fit_rogers_castro(np.ones(7))
    with pytest.raises(FiguresRefused, match="somebody moves"):
        fit_rogers_castro(np.zeros(50))
    with pytest.raises(FiguresRefused, match=r"rates\[3\] = -1"):
        fit_rogers_castro(np.where(np.arange(50) == 3, -1, 1))
    with pytest.raises(FiguresRefused, match="ages ascend"):
        fit_rogers_castro(np.ones(50), ages=np.arange(50)[::-1])
    with pytest.raises(FiguresRefused, match="rates and ages"):
        fit_rogers_castro(np.ones(50), ages=np.arange(49))
