import numpy as np
import pytest

from renkou.core.errors import FiguresRefused
from renkou.demography.coverage.residency_index import (
    expected_overcoverage,
    residency_index_by_year,
    residency_model,
    residents_by_index,
    sign_weights,
)


def test_a_silent_resident_stays_one_year_and_no_longer() -> None:
    index = residency_index_by_year(np.zeros((3, 1)), [1.0])
    assert residents_by_index(index).tolist() == [True, False, False]


def test_a_newcomer_with_full_signs_becomes_a_resident_in_the_sixth_year() -> None:
    index = residency_index_by_year(np.ones((7, 1)), [1.0], start=0.0)
    assert index == pytest.approx(1 - 0.8 ** np.arange(1, 8))
    assert residents_by_index(index).argmax() == 5


def test_constant_signs_lead_to_their_own_sum() -> None:
    index = residency_index_by_year(np.ones((200, 2)), [0.3, 0.4], start=0.1)
    assert index[-1] == pytest.approx(0.7)


def test_people_and_years_keep_their_axes_and_signs_count_up_to_a_full_year() -> None:
    signs = np.zeros((4, 5, 3))
    signs[1] = 1
    index = residency_index_by_year(signs, [1, 1, 1], start=[0, 1, 1, 0])
    assert index.shape == (4, 5)
    assert index[1].tolist() == [1] * 5  # three full signs are no more than a full year
    assert index.min() >= 0


def test_a_sign_that_tells_residents_apart_weighs_most() -> None:
    rng = np.random.default_rng(2)
    here = rng.random(4000) < 0.8
    signs = np.column_stack([
        rng.random(4000) < np.where(here, 0.9, 0.1), rng.random(4000) < np.where(here, 0.5, 0.4),
        rng.random(4000) < np.where(here, 0.1, 0.3),
    ])  # fmt: skip
    weights = sign_weights(signs, here)
    assert weights[0] > weights[1] > weights[2] == 0


def test_the_model_gives_shares_back_and_a_sure_sign_stays_finite() -> None:
    signs = np.repeat([[0], [1]], [200, 800], axis=0)
    here = np.concatenate([np.ones(50), np.zeros(150), np.ones(800)])
    found = residency_model(signs, here).chances([[0], [1]])
    assert found[0] == pytest.approx(0.25, abs=0.01)
    assert 0.99 < found[1] < 1


def test_without_the_prior_it_is_maximum_likelihood() -> None:
    rng = np.random.default_rng(3)
    signs = (rng.random((3000, 2)) < 0.5).astype(float)
    here = rng.random(3000) < 1 / (1 + np.exp(-(-1 + signs @ np.array([2.0, 1.0]))))
    found = residency_model(signs, here, prior=0.0)
    chance = found.chances(signs)
    # The score is zero: fitted and observed residents agree for each sign.
    assert chance.sum() == pytest.approx(here.sum())
    assert signs.T @ chance == pytest.approx(signs.T @ here)


def test_expected_overcoverage_holds_the_truth() -> None:
    rng, held = np.random.default_rng(9), 0
    for _ in range(200):
        here = rng.random(6000) < 0.9
        signs = rng.random((6000, 2)) < np.where(here, 0.8, 0.15)[:, None]
        sample = rng.permutation(6000)[:800]
        rest = np.setdiff1d(np.arange(6000), sample)
        found = expected_overcoverage(residency_model(signs[sample], here[sample]), signs[rest])
        held += found.lower <= (~here[rest]).sum() <= found.upper
    assert 0.91 <= held / 200 <= 0.99


@pytest.mark.parametrize(
    ("stability", "signs_rate"), [(0.9, 0.2), (1.0, 0.0), (-0.1, 0.5)],
)  # fmt: skip
def test_an_index_that_could_leave_its_range_is_refused(
    stability: float, signs_rate: float
) -> None:
    with pytest.raises(FiguresRefused, match="stability"):
        residency_index_by_year(np.ones((2, 1)), [1.0], stability=stability, signs_rate=signs_rate)


def test_refusals() -> None:
    with pytest.raises(FiguresRefused, match="signs and weights"):
        residency_index_by_year(np.ones((2, 1)), [1.0, 1.0])
    with pytest.raises(FiguresRefused, match="start"):
        residency_index_by_year(np.ones((2, 1)), [1.0], start=2.0)
    with pytest.raises(FiguresRefused, match=r"resident\[0\] = 0.5"):
        sign_weights([[1], [0]], [0.5, 1])
    with pytest.raises(FiguresRefused, match="residents and others"):
        residency_model([[1], [0]], [1, 1])
    with pytest.raises(FiguresRefused, match="same people"):
        residency_model([[1], [0]], [1])
    with pytest.raises(FiguresRefused, match="more often of residents"):
        sign_weights([[0], [1]], [1, 0])
