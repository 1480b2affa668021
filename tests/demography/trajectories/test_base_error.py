import numpy as np
import pytest

from renkou.core.errors import FiguresRefused
from renkou.demography.trajectories.base_error import base_population_draws

PEOPLE = np.arange(1.0, 7.0).reshape(2, 3) * 100


def test_median_and_ends_of_the_interval_are_those_given():
    found = base_population_draws(PEOPLE, 1.03, 1.01, 1.08, trajectories=20_000) / PEOPLE
    assert np.quantile(found[:, 0, 0], (0.025, 0.5, 0.975)) == pytest.approx(
        [1.01, 1.03, 1.08], abs=0.002
    )
    assert found == pytest.approx(np.broadcast_to(found[:, :1, :1], found.shape))


def test_ratios_by_sex_and_age_err_together_only_in_part():
    ratio = np.full((2, 3), 1.02)
    found = base_population_draws(
        PEOPLE, ratio, ratio - 0.02, ratio + 0.02, correlation=0.3, trajectories=20_000
    )
    logs = np.log(found / PEOPLE).reshape(len(found), -1)
    between = np.corrcoef(logs.T)[~np.eye(6, dtype=bool)]
    assert between == pytest.approx(np.full(30, 0.3), abs=0.03)


def test_areas_keep_their_draws_in_chunks_and_alone():
    people = np.stack([PEOPLE, 2 * PEOPLE, 3 * PEOPLE])
    ratio = np.array([1.0, 1.1, 1.2])[:, None, None]
    options = {"seed": 9}
    whole = base_population_draws(
        people, ratio, ratio - 0.1, ratio + 0.1, areas="abc", trajectories=20, **options
    )
    part = base_population_draws(
        people[1:],
        ratio[1:],
        ratio[1:] - 0.1,
        ratio[1:] + 0.1,
        areas="bc",
        first=5,
        trajectories=15,
        **options,
    )
    assert part == pytest.approx(whole[5:, 1:])
    assert whole.shape == (20, 3, 2, 3)


def test_a_ratio_that_is_certain_changes_nothing_else():
    assert base_population_draws(PEOPLE, 1.0, 1.0, 1.0, trajectories=2) == pytest.approx(
        np.stack([PEOPLE] * 2)
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"low": 1.05}, "low = 1.05: the interval holds the ratio"),
        ({"high": 1.0}, "high = 1: the interval holds the ratio"),
        ({"ratio": 0.0}, "ratio = 0: is divided by"),
        ({"ratio": [1.03] * 4, "low": 1, "high": 2}, "spreads over a population of shape"),
        ({"correlation": 1.5}, "correlation = 1.5: lies between 0 and 1"),
        ({"population": -PEOPLE}, "no value is below 0"),
    ],
)
def test_ratios_that_make_no_interval_are_refused(change, said):
    given = {"population": PEOPLE, "ratio": 1.03, "low": 1.01, "high": 1.08} | change
    with pytest.raises(FiguresRefused, match=said) as refused:
        base_population_draws(**given)
    assert refused.value.zh
