"""The difference of two projections is told apart without a rest."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renkou.core.errors import FiguresRefused
from renkou.demography.projection.difference import decompose_projection_difference
from renkou.demography.projection.regions import project_regions

from .test_regions_properties import inputs


def project(of):
    """People by area and year."""
    result = project_regions(
        of["population"], survival_ratio=of["mortality"], asfr=of["fertility"], srb=1.06,
        net_migration=of["migration"],
    )  # fmt: skip
    return result.population.sum(axis=(-2, -1))


def scenario(random):
    made = inputs(random)
    return {
        "fertility": made["asfr"],
        "mortality": made["survival_ratio"],
        "migration": random.uniform(0, 5, (4, 3, 2, 8)),
        "population": made["population"],
    }


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_effects_add_up_to_the_difference(seed):
    random = np.random.default_rng(seed)
    first, second = scenario(random), scenario(random)
    parts = decompose_projection_difference(project, first, second)
    np.testing.assert_allclose(parts.effects.sum(0), parts.difference, atol=1e-9)
    np.testing.assert_allclose(parts.first, project(first))
    np.testing.assert_allclose(parts.second, project(second))
    assert parts.factors[-2:] == ("population_size", "age_structure")
    assert parts.runs == 32
    back = decompose_projection_difference(project, second, first)
    np.testing.assert_allclose(back.effects, -parts.effects, atol=1e-9)


def test_what_is_the_same_in_both_has_no_effect_and_costs_no_run():
    first = scenario(np.random.default_rng(1))
    second = first | {"fertility": first["fertility"] * 1.2, "population": first["population"] * 2}
    parts = decompose_projection_difference(project, first, second)
    assert parts.runs == 4
    for factor in ("mortality", "migration", "age_structure"):
        assert not parts.effect(factor).any()
    assert (parts.effect("fertility")[:, 1:] > 0).all()
    assert (parts.effect("population_size") > 0).all()


def test_one_change_has_all_of_the_difference_and_none_has_none():
    first = scenario(np.random.default_rng(2))
    second = first | {"mortality": first["mortality"] * 0.9}
    parts = decompose_projection_difference(project, first, second)
    np.testing.assert_allclose(parts.effect("mortality"), parts.difference)
    assert decompose_projection_difference(project, first, first).runs == 1


def test_structure_alone_leaves_the_size():
    first = scenario(np.random.default_rng(3))
    older = first["population"][..., ::-1]
    parts = decompose_projection_difference(project, first, first | {"population": older})
    np.testing.assert_allclose(parts.effect("population_size"), 0, atol=1e-9)
    np.testing.assert_allclose(parts.effect("age_structure"), parts.difference, atol=1e-9)


def test_an_area_empty_in_one_base_takes_the_structure_of_the_other():
    first, second = scenario(np.random.default_rng(4)), scenario(np.random.default_rng(5))
    first["population"][0] = 0
    parts = decompose_projection_difference(project, first, second)
    np.testing.assert_allclose(parts.first[0, 0], 0)
    np.testing.assert_allclose(parts.effects.sum(0), parts.difference, atol=1e-9)
    assert parts.effect("age_structure")[0, 0] == 0
    assert "without people" in parts.notes[-1]


@pytest.mark.parametrize(
    ("change", "words"),
    [({"hope": 1}, "hope"), ({"population": np.ones((3, 2, 8))}, "same areas")],
)
def test_scenarios_that_do_not_match_are_refused(change, words):
    first = scenario(np.random.default_rng(6))
    with pytest.raises(FiguresRefused, match=words) as refused:
        decompose_projection_difference(project, first, first | change)
    assert refused.value.zh
