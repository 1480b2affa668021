"""Several areas: who leaves one arrives in another or outside."""

from __future__ import annotations

import numpy as np
import pytest

from renkou.core.errors import FiguresRefused
from renkou.demography.projection.cohort_component import project_cohort_component
from renkou.demography.projection.regions import project_regions

AGES, AREAS, YEARS = 60, 3, 4
DESTINATION = np.array([[0, 0.5, 0.2, 0.3], [0.6, 0, 0.4, 0], [0.1, 0.1, 0, 0.8]])


def three_areas(**other):
    random = np.random.default_rng(7)
    fertility = np.zeros((AREAS, YEARS, AGES))
    fertility[..., 15:50] = random.uniform(0.02, 0.1, (AREAS, YEARS, 35))
    given = {
        "population": random.uniform(50, 500, (AREAS, 2, AGES)),
        "survival_ratio": random.uniform(0.9, 1, (AREAS, YEARS, 2, AGES)),
        "asfr": fertility,
        "srb": random.uniform(1.02, 1.2, (AREAS, YEARS)),
        "out_rate": random.uniform(0, 0.1, (AREAS, YEARS, 2, AGES)),
        "destination": DESTINATION,
        "in_count": random.uniform(0, 3, (AREAS, YEARS, 2, AGES)),
    }
    return given | other


def one_year_by_hand(given, stock, year):
    """The same in plain loops, written from the conventions."""
    end = np.zeros_like(stock)
    for a in range(AREAS):
        S = given["survival_ratio"][a, year]
        for s in range(2):
            for x in range(1, AGES):
                end[a, s, x] = stock[a, s, x - 1] * S[s, x]
            end[a, s, -1] = (stock[a, s, -2] + stock[a, s, -1]) * S[s, -1]
        women = (stock[a, 1] + end[a, 1]) / 2
        births = (women * given["asfr"][a, year]).sum()
        girls = births / (1 + given["srb"][a, year])
        end[a, 0, 0], end[a, 1, 0] = (births - girls) * S[0, 0], girls * S[1, 0]
    leaving = end * given["out_rate"][:, year]
    arriving = np.zeros_like(end)
    for origin in range(AREAS):
        for destination in range(AREAS):
            arriving[destination] += leaving[origin] * DESTINATION[origin, destination]
    return end - leaving + arriving + given["in_count"][:, year]


def test_it_is_what_plain_loops_give():
    given = three_areas()
    result = project_regions(**given)
    stock = given["population"]
    for year in range(YEARS):
        stock = one_year_by_hand(given, stock, year)
        np.testing.assert_allclose(result.population[:, year + 1], stock, rtol=1e-12)


def test_the_balance_of_every_area_holds_and_moves_inside_cancel():
    result = project_regions(**three_areas())
    assert np.abs(result.balance_gap()).max() < 1e-9
    inside_in = result.total("moved_in") - result.total("from_outside")
    inside_out = result.total("moved_out") - result.total("to_outside")
    np.testing.assert_allclose(inside_in.sum(0), inside_out.sum(0), rtol=1e-12)


def test_flows_without_ages_are_the_sums_over_ages():
    whole, less = (project_regions(**three_areas(), flows_by_age=keep) for keep in (True, False))
    for flow in ("deaths", "moved_in", "moved_out"):
        np.testing.assert_allclose(getattr(less, flow), getattr(whole, flow).sum(-1), rtol=1e-12)
    np.testing.assert_array_equal(less.population, whole.population)


def test_a_cell_that_net_migration_would_turn_negative_is_set_to_0_and_listed():
    net = np.zeros((AREAS, YEARS, 2, AGES))
    net[1, 2, 0, 30] = -10_000
    result = project_regions(**three_areas(net_migration=net))
    assert result.population[1, 3, 0, 30] == 0
    [index] = result.floors.index
    assert tuple(index) == (1, 2, 0, 30)
    assert result.floors.would_be[0] < -9_000
    assert any("1 cells would have turned negative" in note for note in result.notes)
    assert np.abs(result.balance_gap()).max() < 1e-9


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"survival_ratio": np.full((2, YEARS, 2, AGES), 0.9)}, "3 and 2 areas"),
        ({"survival_ratio": np.full((AREAS, 3, 2, AGES), 0.9)}, "years"),
        ({"srb": 105.0}, "divide by 100"),
        ({"srb": 0.0}, "above 0"),
        ({"out_rate": 1.5}, r"out_rate.* = 1.5"),
        ({"survival_ratio": 1.01}, r"survival_ratio.* = 1.01"),
        ({"population": -np.ones((AREAS, 2, AGES))}, "population"),
        ({"population": np.ones((AREAS, 3, AGES))}, "2 sexes"),
        ({"destination": DESTINATION * 0.9}, "add up to 1"),
        ({"destination": np.eye(3, 4)}, "diagonal"),
        ({"destination": DESTINATION * [[1], [0], [1]]}, "adding up to 0"),
        ({"destination": DESTINATION[:, :3]}, "column for outside"),
        ({"destination": None}, "given together"),
        ({"threads": 0}, "at least one"),
        ({"asfr": np.full(AGES, 0.1)}, "newborn"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(change, words):
    with pytest.raises(FiguresRefused, match=words) as refused:
        project_regions(**three_areas(**change))
    assert refused.value.zh


def test_individuals_have_the_variance_of_their_chance():
    stock = np.full((4000, 1, 2, AGES), 40.0)
    result = project_regions(
        stock, survival_ratio=0.98, asfr=0.0, srb=1.05, randomness=np.random.default_rng(3)
    )
    survivors = result.population[:, 0, 1, :, 1:-1]
    np.testing.assert_allclose(survivors.mean(), 40 * 0.98, rtol=1e-3)
    np.testing.assert_allclose(survivors.var(), 40 * 0.98 * 0.02, rtol=0.02)


def test_areas_without_moves_are_what_the_kernel_of_one_area_gives():
    given = three_areas(out_rate=None, destination=None, in_count=None)
    net = np.random.default_rng(9).uniform(-5, 5, (AREAS, YEARS, 2, AGES))
    together = project_regions(**given, net_migration=net)
    alone = project_cohort_component(
        given["population"], survival_ratio=given["survival_ratio"], asfr=given["asfr"],
        srb=given["srb"], net_migration=net,
    )  # fmt: skip
    np.testing.assert_allclose(together.population, alone.population, rtol=1e-12)
    np.testing.assert_allclose(together.births, alone.births, rtol=1e-12)
    np.testing.assert_allclose(together.deaths, alone.cohort_deaths, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(together.net_migration, net, atol=1e-9)


def test_an_area_that_nobody_leaves_needs_no_destinations():
    stays = three_areas()["out_rate"] * np.array([1, 0, 1])[:, None, None, None]
    result = project_regions(
        **three_areas(out_rate=stays, destination=DESTINATION * [[1], [0], [1]])
    )
    assert not result.moved_out[1].any()
    assert result.moved_in[1].any()


def test_who_arrives_and_leaves_outside_is_told_by_area():
    result = project_regions(**three_areas(in_count=None))
    assert not result.from_outside.any()
    share = DESTINATION[:, -1, None, None]
    np.testing.assert_allclose(result.to_outside, result.moved_out.sum(-1) * share, atol=1e-9)
    assert not result.to_outside[1].any()
