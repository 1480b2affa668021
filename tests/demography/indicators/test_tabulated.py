"""Populations by age follow from changes by month of birth, whoever comes and goes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from renkou.core.errors import FiguresRefused
from renkou.core.tallies import Tally, stacked
from renkou.demography.indicators import tabulated
from renkou.demography.indicators.tabulated import AGE_CELLS, OLDEST, UNKNOWN_AGE, Rows

OPENING, LAST = 24000, 24007
AREAS = tabulated.areas_of(["5130", "513021", "513021001", "513022"])


@st.composite
def stays(draw):
    """Unit, sex, month of birth (-1 unknown), month of coming, month of leaving, record key."""
    birth = draw(st.one_of(st.just(-1), st.integers(OPENING - 1300, LAST)))
    came = draw(st.integers(max(OPENING, birth), LAST))
    left = draw(st.one_of(st.none(), st.integers(came + 1, LAST + 3)))
    unit, sex = draw(st.integers(-1, 3)), draw(st.integers(0, 2))
    return unit, sex, birth, came, left, draw(st.integers(0, 2**32 - 1))


def _rows(people):
    changes = []
    for unit, sex, birth, came, left, key in people:
        changes.append((unit, came, sex, birth, 1, key))
        if left is not None and left <= LAST:
            changes.append((unit, left, sex, birth, -1, -key))
    columns = np.array(changes, np.int64).reshape(-1, 6).T
    return Rows(*columns)


def _by_hand(people):
    count = np.zeros((4, LAST - OPENING + 1, 3, AGE_CELLS), np.int64)
    keys = [[0] * count[0].size for _ in range(4)]
    for unit, sex, birth, came, left, key in people:
        for month in range(came, LAST + 1 if left is None else min(left, LAST + 1)):
            age = UNKNOWN_AGE if birth < 0 else min((month - birth) // 12, OLDEST)
            for area, code in enumerate(AREAS.codes):
                if unit >= 0 and AREAS.units[unit].startswith(code):
                    at = (month - OPENING, sex, age)
                    count[area][at] += 1
                    keys[area][np.ravel_multi_index(at, count[area].shape)] += key
    return count, np.array([[one % 2**32 for one in of] for of in keys]).reshape(count.shape)


@given(st.lists(stays(), max_size=12))
def test_populations_are_those_counted_one_by_one_and_so_are_their_keys(people):
    found = tabulated.populations_by_month(_rows(people), AREAS, OPENING, LAST)
    count, key = _by_hand(people)
    assert (found.count == count).all()
    assert (found.cell_keys == key).all()


@given(st.lists(stays(), max_size=12))
def test_totals_are_the_populations_without_their_ages(people):
    whole = tabulated.populations_by_month(_rows(people), AREAS, OPENING, LAST).sum(-1)
    found = tabulated.totals_by_month(_rows(people), AREAS, OPENING, LAST)
    assert (found.count == whole.count).all()
    assert (found.cell_keys == whole.cell_keys).all()


@given(st.lists(stays(), max_size=8), st.sets(st.integers(OPENING, LAST), min_size=1))
def test_months_may_be_asked_for_alone(people, months):
    every = tabulated.populations_by_month(_rows(people), AREAS, OPENING, LAST)
    wanted = sorted(months)
    some = tabulated.populations_by_month(_rows(people), AREAS, OPENING, LAST, wanted)
    assert (some.count == every.count[:, [one - OPENING for one in wanted]]).all()


def test_a_year_is_completed_in_the_month_of_birth() -> None:
    born = OPENING - 11
    rows = _rows([(2, 0, born, OPENING, None, 5)])
    [ages] = np.argwhere(
        tabulated.populations_by_month(rows, AREAS, OPENING, OPENING + 1).count[2, :, 0] > 0
    )[:, 1][None].tolist()
    assert ages == [0, 1]


def test_the_oldest_and_the_unknown_have_cells_of_their_own() -> None:
    old, ancient, unknown = OPENING - 12 * 100, OPENING - 12 * 115, -1
    rows = _rows([(2, 1, birth, OPENING, None, 1) for birth in (old, ancient, unknown)])
    found = tabulated.populations_by_month(rows, AREAS, OPENING, OPENING).count[2, 0, 1]
    assert (found[OLDEST], found[UNKNOWN_AGE], found.sum()) == (2, 1, 3)


def test_events_fall_into_months_sexes_and_ages_and_into_the_areas_around() -> None:
    rows = Rows(*np.array([
        # unit, month, sex, age, count, key
        (2, OPENING + 1, 0, 5, 2, 20),
        (2, LAST, 1, 130, 1, 9),
        (3, LAST, 2, -1, 1, 7),
        (-1, LAST, 0, 5, 1, 8),
    ]).T)  # fmt: skip
    found = tabulated.events_by_month(rows, AREAS, OPENING, LAST)
    assert found.count[2, 0, 0, 5] == 2
    assert found.count[1, -1, 1, OLDEST] == 1
    assert found.count[3, -1, 2, UNKNOWN_AGE] == 1
    assert found.count.sum(axis=(1, 2, 3)).tolist() == [4, 3, 3, 1]
    assert found.cell_keys.sum(axis=(1, 2, 3)).tolist() == [36, 29, 29, 7]


def test_moves_within_an_area_are_taken_off_it() -> None:
    moved = Rows(*np.array([(2, LAST, 0, 5, 1, 3), (1, LAST, 0, 5, -1, -3)]).T)
    found = tabulated.events_by_month(moved, AREAS, OPENING, LAST)
    assert found.count.sum(axis=(1, 2, 3)).tolist() == [0, 0, 1, 0]
    assert found.cell_keys.sum(axis=(1, 2, 3)).tolist() == [0, 0, 3, 0]


def test_punctuality_has_three_answers() -> None:
    told = np.array([(2, LAST, 2, late, 1, 1) for late in (0, 0, 1, -1)])
    found = tabulated.punctuality_by_month(Rows(*told.T), AREAS, OPENING, LAST)
    assert found.count[0, -1].tolist() == [2, 1, 1]


@pytest.mark.parametrize(
    ("place", "unit"),
    [
        ("513021001009", "513021001"),
        ("513021009001", "513021"),
        ("513021", "513021"),
        ("513099", "5130"),
        ("440101", None),
        (None, None),
        ("", None),
    ],
)
def test_a_place_is_counted_in_the_smallest_area_that_holds_it(place, unit) -> None:
    [at] = AREAS.unit_numbers([place])
    assert (AREAS.units[at] if at >= 0 else None) == unit


def test_nobody_anywhere_is_no_error() -> None:
    none = Rows(*(np.empty(0, np.int64) for _ in range(6)))
    assert tabulated.populations_by_month(none, AREAS, OPENING, LAST).count.sum() == 0
    assert tabulated.totals_by_month(none, AREAS, OPENING, LAST).count.sum() == 0
    assert tabulated.events_by_month(none, AREAS, OPENING, LAST).count.sum() == 0


def test_words_for_sex() -> None:
    assert tabulated.sex_numbers(["male", "female", None, "other"]).tolist() == [0, 1, 2, 2]


def test_tallies_add_and_subtract_with_their_keys() -> None:
    one = Tally(np.array([2, 3]), np.array([2**32 - 1, 7], np.uint64))
    other = Tally(np.array([1, 1]), np.array([5, 9], np.uint64))
    assert (one + other).cell_keys.tolist() == [4, 16]
    assert (one - other).cell_keys.tolist() == [2**32 - 6, 2**32 - 2]
    assert (one - other + other).cell_keys.tolist() == one.cell_keys.tolist()
    assert stacked([one, other], axis=0).sum(1).count.tolist() == [5, 2]
    assert one[1:].count.tolist() == [3]


def test_a_tally_of_two_shapes_is_refused() -> None:
    with pytest.raises(FiguresRefused, match="one shape"):
        Tally(np.zeros(2, np.int64), np.zeros(3, np.uint64))
