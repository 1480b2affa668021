"""What holds whatever the figures: balances, moves that cancel, parts that add up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renkou.demography.projection.individual_chance import Individuals
from renkou.demography.projection.margins import Margin, fit_to_margins
from renkou.demography.projection.reconciliation import whole_persons
from renkou.demography.projection.region_bindings import Binding
from renkou.demography.projection.regions import project_regions

seeds = st.integers(0, 2**32 - 1)


def inputs(random, lead=(), areas=4, years=3, ages=8, net=False):
    lines = random.uniform(size=(areas, areas + 1)) * (
        random.uniform(size=(areas, areas + 1)) < 0.7
    )
    lines[np.arange(areas), np.arange(areas)] = 0
    lines[:, -1] += 1e-3
    rates = random.uniform(0, 0.5, (areas, years, ages))
    rates[..., 0] = 0
    given = {
        "population": random.exponential(30, (*lead, areas, 2, ages)),
        "survival_ratio": random.uniform(0, 1, (areas, years, 2, ages)),
        "asfr": rates, "srb": random.uniform(0.9, 1.3, (areas, 1)),
        "out_rate": random.uniform(0, 1, (areas, years, 2, ages)),
        "destination": lines / lines.sum(-1, keepdims=True),
        "in_count": random.exponential(2, (areas, 1, 2, ages)),
    }  # fmt: skip
    if net:
        given["net_migration"] = random.normal(0, 30, (areas, years, 2, ages))
    return given


@settings(max_examples=40, deadline=None)
@given(seeds, st.booleans(), st.booleans(), st.booleans())
def test_balances_hold_moves_cancel_and_nobody_is_negative(seed, chance, net, bound):
    random = np.random.default_rng(seed)
    bind = [Binding((0, 1, 2), random.uniform(10, 900, 3))] if bound else []
    result = project_regions(
        **inputs(random, lead=(3,), net=net), bind=bind, randomness=random if chance else None
    )
    assert np.abs(result.balance_gap()).max() < 1e-8
    arrived = (result.total("moved_in") - result.total("from_outside")).sum(1)
    left = (result.total("moved_out") - result.total("to_outside")).sum(1)
    np.testing.assert_allclose(arrived, left, atol=1e-9, rtol=1e-6 if chance else 1e-11)
    for flow in (result.population, result.births, result.moved_in, result.moved_out):
        assert flow.min() >= 0
    assert result.deaths.min() >= -1e-9
    assert result.to_outside.max() > 0


@settings(max_examples=25, deadline=None)
@given(seeds)
def test_each_trajectory_is_what_it_is_alone(seed):
    random = np.random.default_rng(seed)
    given_ = inputs(random, lead=(2, 3))
    together = project_regions(**given_)
    alone = project_regions(**given_ | {"population": given_["population"][1, 2]})
    np.testing.assert_allclose(together.population[1, 2], alone.population, rtol=1e-12)
    assert together.population.shape == (2, 3, 4, 4, 2, 8)


@settings(max_examples=25, deadline=None)
@given(seeds)
def test_areas_that_nobody_leaves_are_projected_as_if_alone(seed):
    random = np.random.default_rng(seed)
    given_ = inputs(random) | {"out_rate": 0.0}
    together = project_regions(**given_).population
    one = {name: values[2:3] for name, values in given_.items() if name not in ("out_rate",)}
    one.pop("destination")
    np.testing.assert_allclose(together[2:3], project_regions(**one).population, rtol=1e-12)


def test_figures_do_not_depend_on_the_number_of_threads(monkeypatch):
    monkeypatch.setattr("renkou.demography.projection.regions._CELLS_AT_ONCE", 100)
    given_ = inputs(np.random.default_rng(1), lead=(9,))
    runs = [
        project_regions(**given_, randomness=np.random.default_rng(4), threads=n).population
        for n in (1, 3)
    ]
    np.testing.assert_array_equal(*runs)


@pytest.mark.parametrize("n", [0.4, 1.0, 3.0, 40.0, 2000.0])
@pytest.mark.parametrize("p", [0.0, 0.003, 0.3, 0.97, 1.0])
def test_what_happens_to_n_people_has_the_moments_of_the_binomial(n, p):
    drawn = Individuals(8).part(np.full((200, 500), n), np.array(p))
    assert drawn.min() >= 0
    assert drawn.max() <= n
    variance = n * p * (1 - p) * min(n, 1)  # less than a person: all of it or none
    sd_of_mean = np.sqrt(variance / drawn.size)
    assert abs(drawn.mean() - n * p) <= 5 * sd_of_mean + 1e-6 * n
    np.testing.assert_allclose(drawn.var(), variance, rtol=0.06, atol=1e-9)
    if variance * 1e5 > 1e4 and p != 0.5 and n >= 1:
        third = ((drawn - n * p) ** 3).mean()
        np.testing.assert_allclose(third, variance * (1 - 2 * p), rtol=0.1, atol=0.3 * variance)


def test_arrivals_have_the_variance_of_their_multinomial_numbers():
    lines = np.array([[0, 0.6, 0.3, 0.1, 0], [0.2, 0, 0.1, 0.1, 0.6], [0.3, 0.3, 0, 0.3, 0.1],
                      [1 / 3, 1 / 3, 1 / 3, 0, 0]])  # fmt: skip
    left = np.array([30.0, 5, 12, 3])
    leaving = np.broadcast_to(left[:, None, None], (20_000, 4, 2, 3)).copy()
    arrived = np.empty_like(leaving)
    gone = Individuals(2).arrivals(
        leaving, np.ascontiguousarray(lines[:, :-1].T)[None], lines[None, :, -1:], arrived
    )
    mean, variance = lines.T @ left, lines.T @ left - (lines.T**2) @ left
    np.testing.assert_allclose(arrived.mean((0, 2, 3)), mean[:-1], rtol=0.02)
    np.testing.assert_allclose(arrived.var(0).mean((1, 2)), variance[:-1], rtol=0.04)
    np.testing.assert_allclose(gone.sum(1).var(0).mean() / 3, variance[-1], rtol=0.05)
    np.testing.assert_allclose(arrived.sum((1, 3)) + gone.sum(1), leaving.sum((1, 3)))


def test_a_projection_of_individuals_has_the_variance_of_theory():
    """One area, two years, no births: those who live and stay are binomial twice over."""
    stay = 0.95 * 0.9
    result = project_regions(
        np.full((3000, 1, 2, 12), 50.0), survival_ratio=0.95, asfr=0.0, srb=1.05,
        out_rate=np.full((1, 1, 2, 12), 0.1), destination=[[0.0, 1.0]],
        in_count=np.full((1, 2, 2, 12), 4.0), randomness=np.random.default_rng(5),
    )  # fmt: skip
    first = result.population[:, 0, 1, :, 1:-1]
    np.testing.assert_allclose(first.mean(), 50 * stay + 4, rtol=2e-3)
    np.testing.assert_allclose(first.var(0).mean(), 50 * stay * (1 - stay) + 4, rtol=0.03)
    second = result.population[:, 0, 2, :, 2:-1]
    mean = first.mean()
    expected = first.var(0).mean() * stay**2 + mean * stay * (1 - stay) + 4
    np.testing.assert_allclose(second.var(0).mean(), expected, rtol=0.03)
    births = project_regions(
        np.full((3000, 1, 2, 12), 50.0), survival_ratio=1.0, srb=1.2,
        asfr=[0, 0, 0.1, *[0] * 9], randomness=np.random.default_rng(6),
    ).births[:, 0, 0]  # fmt: skip
    np.testing.assert_allclose(births.sum(-1).var(), 5, rtol=0.1)
    np.testing.assert_allclose(births.sum(0)[1] / births.sum(), 1 / 2.2, rtol=0.03)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=40))
def test_whole_persons_add_up_and_move_by_less_than_one(values):
    total = round(sum(values))
    whole = whole_persons(values, total)
    assert whole.sum() == total
    assert np.abs(whole - np.array(values)).max() <= 1 + 1e-3


@settings(max_examples=40, deadline=None)
@given(seeds)
def test_fitting_keeps_the_odds_that_no_total_touches(seed):
    random = np.random.default_rng(seed)
    table = random.uniform(0.1, 10, (3, 2, 6))
    fitted = fit_to_margins(
        table, [Margin((0, 1, 2), random.uniform(1, 90, (2, 2)), True, (0, 3))]
    ).population
    odds = [x[0, 0, 0] * x[1, 0, 2] / (x[1, 0, 0] * x[0, 0, 2]) for x in (table, fitted)]
    np.testing.assert_allclose(*odds, rtol=1e-10)
