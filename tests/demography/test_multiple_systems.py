import numpy as np
import pytest

from renkou.core.errors import FiguresRefused
from renkou.demography.coverage.dual_system import dual_system_estimate
from renkou.demography.coverage.log_linear import fit_models, hierarchical_models, model_of
from renkou.demography.coverage.multiple_systems import (
    log_linear_estimate,
    multiple_systems_estimate,
)
from renkou.demography.coverage.sample_coverage import (
    chao_lower_bound,
    coverage_estimators,
    sample_coverage_estimate,
)

HEPATITIS = [0, 69, 55, 21, 63, 17, 18, 28]  # Chao et al. (2001), table II: lists P, Q, E


def _expected(size: float, *chances: float) -> np.ndarray:
    """Expected counts of independent lists."""
    masks = np.arange(1 << len(chances))[:, None] >> np.arange(len(chances)) & 1
    return size * np.prod(np.where(masks, chances, 1 - np.array(chances)), axis=1)


def test_independent_lists_give_the_population_back() -> None:
    found = log_linear_estimate(_expected(5000, 0.6, 0.7, 0.5))
    assert found.total == pytest.approx(5000)


def test_two_lists_are_lincoln_and_petersen() -> None:
    found = log_linear_estimate([0, 30, 80, 870])
    plain = dual_system_estimate(900, 950, 870, method="lincoln_petersen")
    assert found.total == pytest.approx(plain.total)
    assert found.total_variance == pytest.approx(plain.total_variance)


def test_dependent_lists_mislead_two_and_not_three_with_their_interaction() -> None:
    first, second = _expected(600, 0.9, 0.9, 0.5), _expected(400, 0.3, 0.3, 0.5)
    table = first + second  # the third list knows everybody alike
    two = dual_system_estimate(
        table[[1, 3, 5, 7]].sum(), table[[2, 3, 6, 7]].sum(), table[[3, 7]].sum()
    )
    assert two.total < 900
    assert log_linear_estimate(table, [(0, 1)]).total == pytest.approx(1000)
    assert multiple_systems_estimate(table, independent=[2]).total == pytest.approx(1000, abs=2)


def test_strata_are_fitted_apart_and_add_up() -> None:
    one, other = _expected(800, 0.6, 0.7, 0.5), _expected(300, 0.4, 0.8, 0.6)
    both = multiple_systems_estimate([one, other], average=False)
    assert both.estimate == pytest.approx([800, 300], rel=1e-3)
    assert both.total == pytest.approx(both.estimate.sum())


def test_lists_that_never_meet_are_no_obstacle() -> None:
    table = _expected(5000, 0.6, 0.5, 0.5, 0.7)
    never = [m for m in range(16) if m & 3 == 3]
    table[never] = 0  # lists 0 and 1 exclude each other
    found = multiple_systems_estimate(table, independent=[3])
    assert any("hold nobody" in note for note in found.notes)
    assert np.isfinite(found.total)
    # As one list of two kinds of people they are independent of the fourth.
    union, audit = table[[m for m in range(16) if m & 7]].sum(), table[8:].sum()
    assert found.total == pytest.approx(union * audit / table[[9, 10, 12, 13, 14]].sum(), rel=0.01)


def test_a_model_that_the_cells_cannot_tell_is_left_out_and_noted() -> None:
    table = np.array([[0, 10, 12, 5, 9, 0, 0, 0.0]])  # list 2 meets no other
    fits = fit_models(table, [frozenset(), model_of([(0, 1), (0, 2), (1, 2)], 3)])
    assert fits.identified.tolist() == [[True, False]]
    assert any("left out" in note for note in multiple_systems_estimate(table).notes)
    with pytest.raises(FiguresRefused, match="cells tell"):
        log_linear_estimate(table, [(0, 1), (0, 2), (1, 2)])


def test_a_list_that_holds_everybody_still_leaves_an_interval() -> None:
    found = multiple_systems_estimate([0] * 8 + [60, 30, 22, 12, 13, 10, 5, 1])
    assert found.seen == 153
    assert found.upper > 153
    assert any("were added" in note for note in found.notes)


def test_models_that_disagree_are_noted() -> None:
    assert any("differ widely" in note for note in multiple_systems_estimate(HEPATITIS).notes)


def test_the_best_model_alone_has_all_the_weight() -> None:
    found = multiple_systems_estimate(HEPATITIS, average=False, criterion="bic")
    assert [model.weight for model in found.models] == [1.0]


def test_averaging_adds_what_models_disagree_by() -> None:
    fits = fit_models(np.array([HEPATITIS], float), hierarchical_models(3))
    weight = np.exp(-0.5 * (fits.aic[0] - fits.aic.min()))
    weight /= weight.sum()
    mean = fits.missed[0] @ weight
    apart = (fits.missed[0] - mean) ** 2 @ weight
    found = multiple_systems_estimate(HEPATITIS)
    assert apart > 1
    assert found.total_variance == pytest.approx(fits.variance[0] @ weight + apart)
    assert found.variance[0] == pytest.approx(found.total_variance)


def test_hierarchical_models_hold_every_part_of_their_interactions() -> None:
    for model in hierarchical_models(4, 3):
        for term in model:
            if term.bit_count() == 3:
                assert {term & ~(1 << i) for i in range(4) if term >> i & 1} <= model


@pytest.mark.parametrize("interactions", [[(0, 1, 2)], [(1,)], [(0, 5)]])
def test_interactions_that_no_data_can_tell_are_refused(
    interactions: list[tuple[int, ...]],
) -> None:
    with pytest.raises(FiguresRefused, match="interactions"):
        log_linear_estimate(HEPATITIS, interactions)


@pytest.mark.parametrize(
    ("counts", "match"),
    [
        ([0, 1, 2, 3], "at least 3 lists"),
        ([0, 1, 2, 3, 4, 5], "2 \\*\\* lists"),
        ([[0] * 8], "somebody stands"),
        ([0, -1, 2, 3, 4, 5, 6, 7], r"counts\[1\] = -1"),
    ],
)
def test_tables_that_are_none_are_refused(counts: list[float], match: str) -> None:
    with pytest.raises(FiguresRefused, match=match):
        multiple_systems_estimate(counts)


def test_too_many_models_are_refused() -> None:
    with pytest.raises(FiguresRefused, match="models are compared"):
        multiple_systems_estimate(np.ones(64), highest_order=2)


def test_sample_coverage_of_the_hepatitis_lists() -> None:
    # By hand: 1 - (69/135 + 55/122 + 63/126) / 3, and the estimators from it.
    coverage, high, low = coverage_estimators(np.array([HEPATITIS], float))
    assert coverage[0] == pytest.approx(0.5127, abs=5e-5)
    assert high[0] == pytest.approx(140 / (3 * coverage[0] - 1.39385), rel=1e-3)
    assert sample_coverage_estimate(HEPATITIS).estimate == pytest.approx(low)
    assert any("low coverage" in note for note in sample_coverage_estimate(HEPATITIS).notes)


def test_sample_coverage_of_independent_lists() -> None:
    found = sample_coverage_estimate(_expected(5000, 0.6, 0.7, 0.5))
    assert found.total == pytest.approx(5000, rel=0.01)


def test_sample_coverage_takes_three_lists_only() -> None:
    with pytest.raises(FiguresRefused, match="three lists"):
        sample_coverage_estimate(np.ones(16))


def test_the_lower_bound_stays_below_where_people_differ() -> None:
    table = _expected(600, 0.5, 0.5, 0.5) + _expected(400, 0.1, 0.1, 0.1)
    found = chao_lower_bound(table)
    assert found.total < 1000
    assert found.total > log_linear_estimate(table).total
    assert "lower bound" in found.notes[0]
