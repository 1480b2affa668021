"""Children of the area tree add up to their parents."""

from __future__ import annotations

import numpy as np
import pytest

from renkou.core.errors import FiguresRefused
from renkou.demography.projection.margins import Margin, fit_to_margins
from renkou.demography.projection.reconciliation import (
    net_migration_after_reconciling,
    reconcile_children,
    reconcile_tree,
    whole_persons,
    whole_persons_of_tree,
)
from renkou.demography.projection.region_bindings import Binding
from renkou.demography.projection.regions import project_regions

from .test_regions import AGES, AREAS, YEARS, three_areas

CODES = ("city", "east", "west", "east-1", "east-2", "west-1", "west-1-1")
PARENTS = (None, "city", "city", "east", "east", "west", "west-1")


def people(*shape):
    return np.random.default_rng(11).uniform(1, 100, shape)


def test_a_cell_of_no_child_is_spread_by_the_people_of_that_sex():
    children = np.array([[[0.0, 30], [5, 5]], [[0.0, 10], [5, 5]]])
    done = reconcile_children(children, [[8.0, 40], [10, 10]])
    np.testing.assert_allclose(done.population[:, 0, 0], [6, 2])
    assert done.filled == 2
    assert "all 0" in done.notes[-1]


def test_children_without_anybody_share_a_parent_evenly():
    done = reconcile_children(np.zeros((2, 2, 3)), np.full((2, 3), 4.0))
    np.testing.assert_array_equal(done.population, 2.0)


def test_totals_alone_keep_the_ages_of_each_child():
    children = people(3, 2, 10)
    done = reconcile_children(children, 900.0, by_sex=False, ages=None).population
    np.testing.assert_allclose(done.sum(), 900)
    np.testing.assert_allclose(done / children, 900 / children.sum())


def test_age_groups_bind_their_own_ages_only():
    children = people(3, 2, 10)
    parent = np.array([[100.0, np.inf], [120, 80]])
    parent[0, 1] = children[:, 0, 5:].sum()
    done = reconcile_children(children, parent, ages=(0, 5)).population
    np.testing.assert_allclose(done[:, 0, :5].sum(), 100)
    np.testing.assert_allclose(done[:, 0, 5:], children[:, 0, 5:])
    np.testing.assert_allclose(done[:, 1, 5:].sum(), 80)


def test_totals_that_cross_are_met_together():
    table = people(4, 2, 10)
    wanted = people(4, 2, 10)
    margins = [Margin((0, 1, 2, 3), wanted.sum(0), by_sex=True, ages="single")]
    margins += [Margin((area,), wanted[area].sum()) for area in range(4)]
    fitted = fit_to_margins(table, margins).population
    np.testing.assert_allclose(fitted.sum(0), wanted.sum(0), rtol=1e-11)
    np.testing.assert_allclose(fitted.sum((1, 2)), wanted.sum((1, 2)), rtol=1e-11)


def test_totals_that_contradict_one_another_are_refused():
    margins = [Margin((0, 1), np.array(100.0)), Margin((0,), np.array(60.0))]
    margins.append(Margin((1,), np.array(60.0)))
    with pytest.raises(FiguresRefused, match="agree with one another") as refused:
        fit_to_margins(people(2, 2, 3), margins)
    assert refused.value.zh


def test_a_tree_adds_up_on_every_level():
    done = reconcile_tree(people(7, 2, 10), CODES, PARENTS).population
    np.testing.assert_allclose(done[1] + done[2], done[0], rtol=1e-13)
    np.testing.assert_allclose(done[3] + done[4], done[1], rtol=1e-13)
    np.testing.assert_allclose(done[5], done[2], rtol=1e-13)
    np.testing.assert_allclose(done[6], done[5], rtol=1e-13)
    np.testing.assert_array_equal(done[0], people(7, 2, 10)[0])


@pytest.mark.parametrize(
    ("codes", "parents", "words"),
    [
        (("a", "a"), (None, "a"), "one code"),
        (("a", "b"), (None, "c"), "one of the areas"),
        (("a", "b", "c"), (None, "c", "b"), "ends at the top"),
    ],
)
def test_a_tree_that_is_none_is_refused(codes, parents, words):
    with pytest.raises(FiguresRefused, match=words) as refused:
        reconcile_tree(np.ones((len(codes), 2, 3)), codes, parents)
    assert refused.value.zh


def test_the_balance_holds_after_reconciling():
    result = project_regions(**three_areas())
    net = result.moved_in - result.moved_out
    parent = result.population.sum(0) * np.linspace(1, 1.2, YEARS + 1)[:, None, None]
    after = np.moveaxis(
        reconcile_children(np.moveaxis(result.population, 0, 1), parent).population, 1, 0
    )
    adjusted = net_migration_after_reconciling(result.population, after, net)
    aged = np.zeros_like(result.deaths)
    aged[..., 1:] = after[:, :-1, :, :-1]
    aged[..., -1] += after[:, :-1, :, -1]
    aged[..., 0] = result.births
    np.testing.assert_allclose(aged - result.deaths + adjusted, after[:, 1:], rtol=1e-10)


def test_whole_persons_give_the_last_ones_to_the_largest_remainders():
    np.testing.assert_array_equal(whole_persons([1.5, 2.5, 3.0], 7), [2, 2, 3])
    np.testing.assert_array_equal(whole_persons([[0.4, 0.6], [0.5, 0.5]], [1, 1]), [[0, 1], [1, 0]])


@pytest.mark.parametrize(("total", "words"), [(7.5, "whole"), (12, "add up")])
def test_a_total_that_is_not_theirs_is_refused(total, words):
    with pytest.raises(FiguresRefused, match=words) as refused:
        whole_persons([1.5, 2.5, 3.0], total)
    assert refused.value.zh


def test_printed_townships_add_up_to_the_printed_city():
    exact = reconcile_tree(people(7, 2, 10), CODES, PARENTS).population
    printed = whole_persons_of_tree(exact, CODES, PARENTS)
    np.testing.assert_array_equal(printed[0], np.round(exact[0]))
    np.testing.assert_array_equal(printed[3] + printed[4], printed[1])
    np.testing.assert_array_equal(printed[1] + printed[2], printed[0])
    assert np.abs(printed - exact).max() < 3


def test_a_parent_binds_while_its_areas_are_projected():
    total = np.array([np.nan, 8000.0, np.nan, 9000.0])
    result = project_regions(**three_areas(bind=[Binding((0, 2), total)]))
    bound = result.population[[0, 2]].sum((0, 2, 3))
    np.testing.assert_allclose(bound[[2, 4]], [8000, 9000], rtol=1e-13)
    free = project_regions(**three_areas()).population
    np.testing.assert_allclose(result.population[:, 1], free[:, 1])
    assert np.abs(result.balance_gap()).max() < 1e-9
    assert "bound in 2 years" in result.notes[1]


def test_sexes_and_ages_bind_too_with_trajectories():
    target = people(5, YEARS, 2, AGES) * 10
    given = three_areas(population=people(5, AREAS, 2, AGES))
    result = project_regions(**given, bind=[Binding((0, 1, 2), target, True, "single")])
    np.testing.assert_allclose(result.population[:, :, 1:].sum(1), target, rtol=1e-12)


@pytest.mark.parametrize(
    ("binding", "words"),
    [
        (Binding((0, 3), np.ones(YEARS)), "positions"),
        (Binding((0, 0), np.ones(YEARS)), "each once"),
        (Binding((0,), np.ones(3)), "each of the 4 years"),
        (Binding((0,), np.ones((2, YEARS))), "leading dimensions"),
        (Binding((0,), -np.ones(YEARS)), "below 0"),
        (Binding((0,), np.ones((YEARS, 3)), ages=(0, 5)), "last axes"),
    ],
)
def test_bindings_that_do_not_fit_are_refused(binding, words):
    with pytest.raises(FiguresRefused, match=words) as refused:
        project_regions(**three_areas(bind=[binding]))
    assert refused.value.zh


def test_totals_within_totals_hold_however_little_is_left_for_the_rest():
    """Rounds alone come near by the share of the rest: here a ten-thousandth."""
    people = np.random.default_rng(4).uniform(1, 9, (3, 4, 2, 5))
    margins = [
        Margin((0, 1, 2, 3), np.array(20000.0)), Margin((1, 2), np.array(19998.0)),
        Margin((2,), np.array(12000.0)),
    ]  # fmt: skip
    found = fit_to_margins(people, margins).population
    sums = found.sum((-2, -1))
    np.testing.assert_allclose(sums.sum(-1), 20000, rtol=1e-12)
    np.testing.assert_allclose(sums[:, 1:3], [[7998, 12000]] * 3, rtol=1e-12)
    rest = [0, 3]
    np.testing.assert_allclose(
        found[:, rest] / sums[:, rest].sum(1)[:, None, None, None],
        people[:, rest] / people[:, rest].sum((1, 2, 3))[:, None, None, None],
    )


def test_totals_within_totals_are_what_rounds_come_to():
    people = np.random.default_rng(5).uniform(1, 9, (4, 2, 5))
    whole, part = Margin((0, 1, 2, 3), np.array(900.0)), Margin((1, 2), np.array(300.0))
    by_rounds = people.copy()
    for _ in range(200):
        for margin in (whole, part):
            at = list(margin.areas)
            by_rounds[at] *= margin.target / by_rounds[at].sum()
    np.testing.assert_allclose(
        fit_to_margins(people, [whole, part]).population, by_rounds, rtol=1e-10
    )
