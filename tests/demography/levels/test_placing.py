"""Nobody vanishes who is known to a county or to neither sex, and nobody is invented."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from renkou.core.errors import FiguresRefused
from renkou.demography.levels.placing import leaves_near, own_counts, place_shares, placed_counts
from renkou.demography.levels.unknown_cells import known_sex_and_age

CODES = ["51", "5101", "510101", "510102", "5102", "510201"]
LEAVES = ["510101", "510102", "510201"]


def _tree(own: list[int]) -> np.ndarray:
    """Counts of areas with all that lies in them, from what each has of its own."""
    return np.array(
        [
            sum(n for n, inner in zip(own, CODES, strict=True) if inner.startswith(code))
            for code in CODES
        ],
        float,
    )


def test_own_counts_are_what_no_part_holds():
    assert own_counts(_tree([1, 2, 3, 4, 5, 6]), CODES).tolist() == [1, 2, 3, 4, 5, 6]


def test_people_of_a_county_go_to_its_own_townships_by_their_people():
    found, spread = placed_counts(_tree([0, 14, 3, 4, 0, 6])[:, None], CODES, LEAVES)
    assert found.ravel().tolist() == [3 + 6, 4 + 8, 6]
    assert spread == {"5101": 14.0}


def test_a_cell_that_is_empty_everywhere_is_spread_by_all_people():
    counts = np.array([[12.0, 8.0], [1.0, 0.0], [3.0, 0.0]])
    found, _ = placed_counts(counts, ["51", "511", "512"], ["511", "512"])
    assert found.tolist() == [[3.0, 2.0], [9.0, 6.0]]


def test_where_nobody_is_known_at_all_parts_are_equal():
    found, _ = placed_counts([[8.0], [0.0], [0.0]], ["51", "511", "512"], ["511", "512"])
    assert found.ravel().tolist() == [4.0, 4.0]


def test_a_county_without_townships_gives_its_people_to_its_neighbours():
    assert leaves_near("5109", LEAVES) == [0, 1, 2]
    assert leaves_near("510109", LEAVES) == [0, 1]


def test_an_area_with_fewer_people_than_its_parts_is_refused():
    with pytest.raises(FiguresRefused, match=r"counts of 51 = -1.0: short of what its parts hold"):
        placed_counts([2.0, 3.0], ["51", "511"], ["511"])


def test_shares_of_places_add_up_to_one():
    shares = place_shares(CODES, LEAVES, [10, 30, 60])
    assert shares[0].tolist() == pytest.approx([0.1, 0.3, 0.6])
    assert shares[1].tolist() == [0.25, 0.75, 0]
    assert shares[4].tolist() == [0, 0, 1]


own = st.lists(st.integers(0, 50), min_size=6, max_size=6)


@given(own, own)
def test_placing_keeps_every_total(first: list[int], second: list[int]):
    counts = np.stack([_tree(first), _tree(second)], axis=1)
    found, spread = placed_counts(counts, CODES, LEAVES)
    assert found.sum(axis=0) == pytest.approx(counts[0])
    assert (found >= counts[[2, 3, 5]] - 1e-9).all()
    assert sum(spread.values()) == pytest.approx(
        sum(first + second) - found_own(first) - found_own(second)
    )


def found_own(of: list[int]) -> int:
    return of[2] + of[3] + of[5]


cells = st.lists(st.integers(0, 9), min_size=12, max_size=12)


@given(cells)
def test_spreading_unknowns_keeps_the_total_and_lowers_no_cell(values: list[int]):
    counts = np.array(values, float).reshape(3, 4)
    found = known_sex_and_age(counts)
    assert found.sum() == pytest.approx(counts.sum())
    assert (found >= counts[:2, :3]).all()


def test_unknown_age_follows_the_ages_of_the_same_sex():
    counts = [[1, 3, 8], [5, 5, 0], [0, 0, 0]]
    assert known_sex_and_age(counts).tolist() == [[3, 9], [5, 5]]


def test_unknown_sex_follows_the_sexes_of_the_same_age():
    counts = [[1, 2, 0], [3, 2, 0], [4, 1, 0]]
    assert known_sex_and_age(counts).tolist() == [[2, 2.5], [6, 2.5]]


def test_a_place_with_nobody_known_follows_all_places():
    counts = [[[0, 0, 4], [0, 0, 0], [0, 0, 0]], [[1, 3, 0], [2, 2, 0], [0, 0, 0]]]
    assert known_sex_and_age(counts)[0].tolist() == [[1, 3], [0, 0]]
    other = known_sex_and_age(counts, like=[[1, 1], [1, 1]])
    assert other[0].tolist() == [[2, 2], [0, 0]]


def test_counts_without_a_place_for_the_unknown_are_refused():
    with pytest.raises(FiguresRefused, match="male, female, unknown"):
        known_sex_and_age(np.ones((2, 5)))
