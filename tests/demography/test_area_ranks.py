import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from renkou.core.errors import FiguresRefused, ReleaseRefused
from renkou.core.figures import Sensitivity
from renkou.demography.areas.area_ranks import (
    STRETCHED,
    TIED,
    RankIntervals,
    ranks_with_intervals,
    refuse_ranking,
)


def _ranked(count: object, exposure: object, **options: object) -> RankIntervals:
    given = {"sensitivity": Sensitivity.ORDINARY, "seed": 1, "draws": 400, **options}
    return ranks_with_intervals(count, exposure, **given)  # type: ignore[arg-type]


def test_fertility_and_the_sex_ratio_at_birth_are_never_ranked() -> None:
    with pytest.raises(ReleaseRefused) as refused:
        _ranked([90, 20], [1000, 1000], sensitivity=Sensitivity.FERTILITY)
    assert "never ranked nor set as targets" in str(refused.value)
    assert "funnel plot" in str(refused.value)
    assert refused.value.zh is not None
    assert "不得排名" in refused.value.zh


@pytest.mark.parametrize("sensitivity", [Sensitivity.ORDINARY, Sensitivity.HEALTH])
def test_other_indicators_may_be_ranked(sensitivity: Sensitivity) -> None:
    refuse_ranking(sensitivity)
    assert _ranked([90, 20], [1000, 1000], sensitivity=sensitivity).rank.tolist() == [1, 2]


def test_areas_far_apart_have_one_rank_and_alike_ones_have_many() -> None:
    found = _ranked([9000, 2000, 2010, 100], [10_000] * 4)
    assert found.rank.tolist() == [1, 3, 2, 4]
    assert found.lower.tolist() == found.joint_lower.tolist() == [1, 2, 2, 4]
    assert found.upper.tolist() == found.joint_upper.tolist() == [1, 3, 3, 4]
    assert found.notes == ()


def test_the_lowest_may_be_first() -> None:
    found = _ranked([9000, 2000, 100], [10_000] * 3, first="lowest")
    assert found.rank.tolist() == found.joint_lower.tolist() == [3, 2, 1]
    assert found.upper.tolist() == found.joint_upper.tolist() == [3, 2, 1]


def test_areas_of_one_rate_share_their_rank() -> None:
    found = _ranked([20, 10, 10, 0], [100] * 4)
    assert found.rank.tolist() == [1, 2, 2, 4]
    assert TIED in found.notes


def test_an_interval_that_leaves_out_the_rank_is_stretched_and_says_so() -> None:
    count = np.full(300, 100)
    count[0] = 101  # first by a hair among three hundred alike
    found = _ranked(count, np.full(300, 1000.0), draws=200)
    assert found.lower[0] == found.rank[0] == 1
    assert STRETCHED in found.notes


def test_one_seed_gives_one_answer() -> None:
    count, exposure = np.arange(5, 45), np.full(40, 1000.0)
    one, same, other = (_ranked(count, exposure, seed=seed) for seed in (3, 3, 4))
    assert (one.lower == same.lower).all()
    assert ((one.lower != other.lower) | (one.upper != other.upper)).any()


def test_noise_of_disclosure_control_widens_rank_intervals() -> None:
    count, exposure = np.array([20, 30, 40, 50]), np.full(4, 1000.0)
    plain, noisy = _ranked(count, exposure), _ranked(count, exposure, noise_variance=400)
    assert (noisy.rank == plain.rank).all()
    assert (noisy.upper - noisy.lower).sum() > (plain.upper - plain.lower).sum()
    wide, narrow = (each.joint_upper - each.joint_lower for each in (noisy, plain))
    assert wide.sum() > narrow.sum()


def test_drawing_in_parts_changes_no_shape() -> None:
    count = np.random.default_rng(2).poisson(50, (3, 2, 60))
    found = _ranked(count, np.full(60, 1000.0), draws=1001)
    assert found.lower.shape == found.joint_upper.shape == (3, 2, 60)


def test_intervals_hold_the_true_ranks_jointly_as_often_as_they_say() -> None:
    random = np.random.default_rng(11)
    truth = np.linspace(0.01, 0.03, 12)
    exposure = random.uniform(2000, 20_000, 12)
    count = random.poisson(truth * exposure, (200, 12))
    found = _ranked(count, exposure, draws=500)
    true_rank = np.arange(12, 0, -1)
    jointly = ((found.joint_lower <= true_rank) & (true_rank <= found.joint_upper)).all(axis=-1)
    assert jointly.mean() >= 0.93
    each = (found.lower <= true_rank) & (true_rank <= found.upper)
    assert each.mean() >= 0.90


def test_steadied_rates_are_ranked_by_their_posterior() -> None:
    count, exposure = [3, 300, 200, 100], [50, 10_000, 10_000, 10_000]
    raw, steadied = _ranked(count, exposure), _ranked(count, exposure, steadied="moments")
    assert raw.rank[0] == 1
    assert steadied.upper[0] >= raw.rank[0]
    assert "empirical-Bayes" in steadied.method
    with pytest.raises(FiguresRefused, match="areas vary no more than chance"):
        _ranked([10, 20, 30], [100, 200, 300], steadied="moments")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"count": [1, -1]}, "count[1] = -1"),
        ({"exposure": [5, 0]}, "exposure[1] = 0"),
        ({"count": [1], "exposure": [5]}, "count = 1 area"),
        ({"count": [1, 2, 3]}, "count and exposure = 3 and 2"),
        ({"first": "best"}, "first = 'best'"),
        ({"draws": 10}, "draws = 10"),
        ({"level": 95}, "level = 95"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name_place_and_value(
    options: dict[str, object], said: str
) -> None:
    given = {"count": [1, 2], "exposure": [5, 5], **options}
    with pytest.raises(FiguresRefused) as refused:
        _ranked(given.pop("count"), given.pop("exposure"), **given)
    assert said in str(refused.value)
    assert refused.value.zh


@given(
    arrays(np.int64, 9, elements=st.integers(0, 60)),
    arrays(np.float64, 9, elements=st.floats(100, 1e4)),
    st.sampled_from(["highest", "lowest"]),
)
def test_every_interval_holds_its_rank_and_lies_among_the_areas(
    count: np.ndarray, exposure: np.ndarray, first: str
) -> None:
    found = _ranked(count, exposure, first=first, draws=200)
    assert ((found.lower <= found.rank) & (found.rank <= found.upper)).all()
    assert ((found.joint_lower <= found.rank) & (found.rank <= found.joint_upper)).all()
    assert (np.minimum(found.lower, found.joint_lower) >= 1).all()
    assert (np.maximum(found.upper, found.joint_upper) <= 9).all()


@given(arrays(np.int64, 6, elements=st.integers(0, 60)), st.permutations(range(6)))
def test_the_order_of_areas_moves_ranks_with_them(count: np.ndarray, order: list[int]) -> None:
    exposure = np.linspace(100.0, 600, 6)
    found, other = _ranked(count, exposure), _ranked(count[order], exposure[order])
    assert (found.rank[order] == other.rank).all()
