import numpy as np
import pytest

from renkou.core.errors import FiguresRefused
from renkou.demography.coverage.linkage_error import LinkageRates, known_rates, linkage_rates
from renkou.demography.coverage.linked_histories import (
    linkage_mixing,
    multiple_systems_with_linkage_error,
)
from renkou.demography.coverage.log_linear import fit_models, model_of
from renkou.demography.coverage.multiple_systems import multiple_systems_estimate


def _expected(size: float, *chances: float) -> np.ndarray:
    masks = np.arange(1 << len(chances))[:, None] >> np.arange(len(chances)) & 1
    table = size * np.prod(np.where(masks, chances, 1 - np.array(chances)), axis=1)
    table[0] = 0
    return table


def _of_third(miss: float, false: float, checked: int) -> LinkageRates:
    return linkage_rates(
        [10**9, 10**9, checked],
        [0, 0, miss * checked],
        [10**9, 10**9, checked],
        [0, 0, false * checked],
    )


def test_a_missed_link_makes_two_entries_and_a_false_one_makes_one_of_two() -> None:
    mixing = linkage_mixing([0, 50, 60, 890], [0, 0.02], [0, 0.1])
    assert mixing.expected[:, 2] == pytest.approx([0.02, 0.02, 0.98])
    # 60 in the second list alone: a tenth is taken for one of the 50 of the first.
    assert mixing.expected[:, 1] == pytest.approx([-0.1, 0.9, 0.1])


def test_right_links_change_nothing() -> None:
    table = _expected(3000, 0.6, 0.5, 0.7)
    mixing = linkage_mixing(table, [0, 0, 0], [0, 0, 0])
    assert mixing.expected == pytest.approx(np.eye(7))
    models = [frozenset(), model_of([(0, 1)], 3)]
    mixed, plain = fit_models(table[None], models, mixing), fit_models(table[None], models)
    np.testing.assert_allclose(mixed.missed, plain.missed, rtol=1e-6)
    np.testing.assert_allclose(mixed.variance, plain.variance, rtol=1e-4)


def test_the_population_comes_back_from_what_wrong_links_made_of_it() -> None:
    table = _expected(5000, 0.6, 0.5, 0.7)
    mixing = linkage_mixing(table, [0, 0, 0.03], [0, 0, 0.02])
    linked = np.concatenate([[0], mixing.expected @ table[1:]])
    assert multiple_systems_estimate(linked, independent=[0, 1, 2]).total > 5100
    found = multiple_systems_with_linkage_error(linked, known_rates([0, 0, 0.03], [0, 0, 0.02]))
    assert found.total == pytest.approx(5000, rel=2e-3)


def test_intervals_hold_the_truth_though_links_are_wrong() -> None:
    rng, held, naive = np.random.default_rng(3), 0, 0
    full = _expected(1500, 0.9, 0.8, 0.95)
    full[0] = 1500 - full.sum()
    for _ in range(20):
        table = rng.multinomial(1500, full / 1500).astype(float)
        table[0] = 0
        for history in (5, 6, 7):
            apart = rng.binomial(int(table[history]), 0.02)
            table[history] -= apart
            table[history - 4] += apart
            table[4] += apart
        rates = _of_third(rng.binomial(1000, 0.02) / 1000, 0, 1000)
        found = multiple_systems_with_linkage_error(table, rates, independent=[2])
        held += found.total_lower <= 1500 <= found.total_upper
        plain = multiple_systems_estimate(table, independent=[2])
        naive += plain.total_lower <= 1500 <= plain.total_upper
    assert held >= 17
    assert naive < 8


def test_uncertain_rates_widen_the_interval() -> None:
    table = _expected(3000, 0.6, 0.5, 0.7)
    sure = multiple_systems_with_linkage_error(table, known_rates([0, 0, 0.02], [0, 0, 0]))
    unsure = multiple_systems_with_linkage_error(
        table, known_rates([0, 0, 0.02], [0, 0, 0], [0, 0, 1e-4], [0, 0, 0])
    )
    assert unsure.total == pytest.approx(sure.total)
    assert unsure.total_upper > sure.total_upper
    assert unsure.total_lower < sure.total_lower
    assert "2.00%" in unsure.notes[-1]


def test_one_rate_per_list_is_wanted() -> None:
    with pytest.raises(FiguresRefused, match="one rate for each of the 3 lists"):
        multiple_systems_with_linkage_error(
            _expected(900, 0.6, 0.5, 0.7), known_rates([0, 0], [0, 0])
        )
