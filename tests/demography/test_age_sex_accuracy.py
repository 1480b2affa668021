"""United Nations scores: cases, identities, refusals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from renkou.core.errors import FiguresRefused
from renkou.demography.quality.age_sex_accuracy import (
    age_ratio_score,
    age_ratios,
    age_sex_accuracy,
    sex_ratio_score,
    sex_ratios,
)


def test_a_straight_line_of_ages_and_one_sex_ratio_score_0() -> None:
    women = np.linspace(1000, 100, 15)
    scores = age_sex_accuracy(1.05 * women, women)
    assert scores.joint_score == pytest.approx(0, abs=1e-9)
    assert sex_ratios(1.05 * women, women) == pytest.approx(105)


def test_one_group_too_large_shows_in_itself_and_its_neighbours() -> None:
    assert age_ratios([100, 100, 150, 100, 100]) == pytest.approx([80, 150, 80])
    assert age_ratio_score([100, 100, 150, 100, 100]) == pytest.approx(30)
    assert sex_ratio_score([100, 150, 100], [100, 100, 100]) == pytest.approx(50)


def test_the_number_of_groups_is_said_and_may_be_chosen() -> None:
    people = np.arange(1.0, 19.0) ** 2
    few, cut = (
        age_sex_accuracy(people, people, n_groups=15),
        age_sex_accuracy(people[:15], people[:15]),
    )
    assert few.joint_score == pytest.approx(cut.joint_score)
    assert few.notes[0] == "Scores use the first 15 five-year groups."


@given(arrays(np.float64, (2, 15), elements=st.floats(1, 1e6)), st.floats(0.1, 10))
def test_size_does_not_matter_and_the_joint_is_the_weighted_sum(
    people: np.ndarray, factor: float
) -> None:
    scores = age_sex_accuracy(people[0], people[1])
    larger = age_sex_accuracy(people[0] * factor, people[1] * factor)
    assert larger.joint_score == pytest.approx(scores.joint_score, rel=1e-6, abs=1e-7)
    joint = (
        scores.age_ratio_score_male
        + scores.age_ratio_score_female
        + 3 * sex_ratio_score(people[0], people[1])
    )
    assert scores.joint_score == pytest.approx(joint)


def test_areas_are_scored_at_once() -> None:
    people = np.random.default_rng(2).uniform(10, 90, (2, 4, 15))
    scores = age_sex_accuracy(people[0], people[1])
    alone = age_sex_accuracy(people[0, 2], people[1, 2])
    assert scores.joint_score.shape == (4,)
    assert scores.joint_score[2] == pytest.approx(alone.joint_score)


def test_refusals() -> None:
    with pytest.raises(FiguresRefused, match="an age ratio needs a group on either side"):
        age_ratios([1, 2])
    with pytest.raises(FiguresRefused, match=r"mean of neighbouring counts\[0\] = 0"):
        age_ratios([0, 2, 0])
    with pytest.raises(FiguresRefused, match=r"females\[1\] = 0"):
        sex_ratio_score([1, 2], [1, 0])
    with pytest.raises(FiguresRefused, match="males and females = 3 and 4"):
        age_sex_accuracy([1, 2, 3], [1, 2, 3, 4])
    with pytest.raises(FiguresRefused, match="n_groups = 5"):
        age_sex_accuracy([1, 2, 3], [1, 2, 3], n_groups=5)
