"""Ages and destinations of moves."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from renkou.core.errors import FiguresRefused
from renkou.demography.forecasts.migration_patterns import spread_by_rogers_castro
from renkou.demography.levels.migration_profiles import (
    destination_shares,
    kernel_bandwidth,
    migration_rates_by_age,
)

MODEL = spread_by_rogers_castro(np.ones(2), parameters="rogers-castro")[0]


def test_bandwidth_narrows_with_moves_within_limits():
    widths = [kernel_bandwidth(moves) for moves in (0, 10, 1e3, 1e4, 1e9)]
    assert widths == sorted(widths, reverse=True)
    assert (widths[0], widths[-1]) == (6.0, 1.0)


def test_without_moves_there_are_no_rates():
    assert not migration_rates_by_age(np.zeros((2, 101)), np.ones((2, 101)), MODEL).any()


def test_one_move_has_the_ages_of_the_model():
    moves = np.zeros(101)
    moves[70] = 1
    found = migration_rates_by_age(moves, np.full(101, 50.0), MODEL)
    assert 20 <= found.argmax() <= 26


def test_many_moves_have_their_own_ages():
    moves = np.zeros(101)
    moves[30:60] = 5000
    found = migration_rates_by_age(moves, np.full(101, 1e5), MODEL)
    assert found[35:55] == pytest.approx(np.full(20, 0.05), rel=0.02)
    assert found[10] < 0.001


@given(st.lists(st.integers(0, 40), min_size=101, max_size=101))
def test_rates_times_people_give_all_moves_again(moves: list[int]):
    people = np.linspace(900, 1, 101)
    found = migration_rates_by_age(moves, people, MODEL)
    assert (found * people).sum() == pytest.approx(sum(moves))
    assert (found >= 0).all()


def test_a_model_without_moves_for_these_people_is_refused():
    with pytest.raises(FiguresRefused, match="gives moves to some of the people"):
        migration_rates_by_age([1.0, 0.0], [1.0, 0.0], [0.0, 1.0])


def test_destinations_follow_people_until_moves_are_seen():
    empty = destination_shares(np.zeros((3, 4)), [100, 300, 600], outside_share=0.4)
    assert empty[0].tolist() == pytest.approx([0, 0.2, 0.4, 0.4])
    seen = np.zeros((3, 4))
    seen[0, 1] = 1e6
    found = destination_shares(seen, [100, 300, 600], outside_share=0.4)
    assert found[0].tolist() == pytest.approx([0, 1, 0, 0], abs=1e-4)
    assert found[1].tolist() == empty[1].tolist()


def test_rows_of_destinations_add_up_and_nobody_moves_to_where_they_are():
    counts = np.full((4, 5), 3.0)  # with moves within an area, which are none
    found = destination_shares(counts, [1, 2, 3, 4])
    assert found.sum(axis=1) == pytest.approx(np.ones(4))
    assert np.diag(found).tolist() == [0, 0, 0, 0]


def test_from_the_only_area_all_go_outside():
    assert destination_shares([[0, 3]], [10]).tolist() == [[0, 1]]


def test_moves_without_a_column_for_outside_are_refused():
    with pytest.raises(FiguresRefused, match="a last column for outside"):
        destination_shares(np.ones((2, 2)), [1, 2])
