"""What compiled draws promise: mean, variance and third moment of the binomial, sums kept, ends kept."""

from __future__ import annotations

import numba
import numpy as np
import pytest

from renkou.demography.projection import compiled_draws

CELLS = 400_000


KEY = np.uint64(20_261_124)


@pytest.mark.parametrize(
    ("people", "probability"), [(1.0, 0.3), (7.0, 0.5), (40.0, 0.02), (2500.0, 0.9), (3.0, 0.999)]
)
def test_parts_have_three_moments_of_the_binomial(people: float, probability: float) -> None:
    drawn = np.empty(CELLS)
    compiled_draws.draw_parts(np.full(CELLS, people), np.full(CELLS, probability), KEY, drawn)
    variance = people * probability * (1 - probability)
    third = variance * (1 - 2 * probability)
    departure = drawn - people * probability
    error = np.sqrt(variance / CELLS)
    assert abs(departure.mean()) < 5 * error
    assert np.mean(departure**2) == pytest.approx(variance, rel=0.05)
    assert np.mean(departure**3) == pytest.approx(
        third, abs=0.1 * variance**1.5 + 0.05 * abs(third)
    )
    assert drawn.min() >= 0
    assert drawn.max() <= people


def test_less_than_one_person_is_all_there_or_all_gone() -> None:
    drawn = np.empty(CELLS)
    compiled_draws.draw_parts(np.full(CELLS, 0.25), np.full(CELLS, 0.4), KEY, drawn)
    assert set(np.unique(drawn.round(12))) == {0.0, 0.25}
    assert drawn.mean() == pytest.approx(0.1, rel=0.02)


def test_survivors_take_the_ratio_of_the_age_they_reach() -> None:
    start, ratio = np.array([[10.0, 20.0, 30.0, 40.0]]), np.array([[0.5, 1.0, 0.0, 1.0]])
    older = np.full((1, 4), -1.0)
    compiled_draws.draw_survivors(start, ratio, KEY, older)
    assert older.tolist() == [[-1.0, 10.0, 0.0, 70.0]]


@pytest.mark.parametrize("mean", [0.0, 0.3, 6.0, 800.0])
def test_newcomers_have_the_variance_of_poisson_numbers(mean: float) -> None:
    entering, total = np.full((4, CELLS // 4), 2.0), np.empty((4, CELLS // 40))
    compiled_draws.draw_newcomers(np.full((1, CELLS // 4), mean), KEY, 10, entering, total)
    drawn = entering - 2
    assert drawn.mean() == pytest.approx(mean, rel=0.02)
    assert drawn.var() == pytest.approx(mean, rel=0.05)
    assert drawn.min() >= -1e-12
    assert total == pytest.approx(drawn.reshape(4, -1, 10).sum(-1))


def test_who_leaves_is_no_longer_there() -> None:
    stock, out = np.full((2, CELLS // 2), 30.0), np.empty((2, CELLS // 2))
    compiled_draws.draw_leavers(stock, np.full((1, CELLS // 2), 0.2), KEY, out)
    assert stock + out == pytest.approx(30)
    assert out.mean() == pytest.approx(6, rel=0.01)
    assert out.var() == pytest.approx(30 * 0.2 * 0.8, rel=0.02)
    assert abs(np.corrcoef(out[0], out[1])[0, 1]) < 0.01


def test_uniform_numbers_are_those_of_the_published_generator() -> None:
    """The first number of SplitMix64 from seed 0 is 0xE220A8397B1DCDAF (Vigna, splitmix64.c)."""
    expected = np.array([0xE220A8397B1DCDAF], np.uint64).view(np.int64)[0] * 2.0**-63
    assert compiled_draws._uniform(np.uint64(0), 1) == expected


@pytest.mark.parametrize(("places", "rounds"), [(3, 4), (60, 1)])
def test_arrivals_add_up_and_have_the_variance_asked_for(places: int, rounds: int) -> None:
    share = np.random.default_rng(2).dirichlet(np.ones(places))
    mean = np.repeat(200 * share[:, None], 20_000, axis=1)[None]
    drawn = np.empty_like(mean)
    compiled_draws.draw_arrivals(mean, (1 - share)[None], KEY, rounds, drawn)
    assert drawn.sum(axis=1) == pytest.approx(mean.sum(axis=1))
    assert drawn.min() >= 0
    well_filled = share * 200 > 3  # below, numbers cut off at 0 lose some variance
    wanted = 200 * share * (1 - share)
    assert drawn[0].var(axis=1)[well_filled] == pytest.approx(wanted[well_filled], rel=0.08)


def test_nobody_arrives_where_nobody_was_bound_to_come() -> None:
    mean = np.zeros((1, 4, 5))
    drawn = np.full_like(mean, 9.0)
    compiled_draws.draw_arrivals(mean, np.ones((1, 4)), KEY, 4, drawn)
    assert (drawn == 0).all()


def test_a_service_that_may_write_nowhere_compiles_each_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compile_ = numba.njit

    def without_cache(function: object, **options: object) -> object:
        if options.get("cache"):
            raise RuntimeError("cannot cache function: no locator available")
        return compile_(function, **options)

    monkeypatch.setattr(numba, "njit", without_cache)
    assert compiled_draws._compiled(lambda x: x + 1)(1) == 2
