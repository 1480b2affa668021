"""Ratios of areas: drawn to the whole as far as chance blurs them, with honest errors."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from renkou.core.errors import FiguresRefused
from renkou.demography.levels.area_ratios import steadied_area_ratios


def test_many_events_keep_their_own_ratio_and_few_do_not():
    found = steadied_area_ratios([80_000, 120_000, 1], [100_000, 100_000, 2], spread=0.25)
    assert found.ratio[:2] == pytest.approx([0.8, 1.2], abs=0.001)
    assert found.deviation[:2] == pytest.approx(1 / np.sqrt([80_000, 120_000]), rel=0.01)
    assert found.raw[2] == pytest.approx(0.5, rel=0.01)
    assert 0.8 < found.ratio[2] < 1
    assert found.deviation[2] > 0.15


def test_areas_without_events_stay_near_the_whole():
    found = steadied_area_ratios([0, 500, 520], [1, 500, 500])
    assert 0.8 < found.ratio[0] < 1


def test_alike_areas_are_not_alike_for_certain():
    found = steadied_area_ratios([100] * 5, [100] * 5)
    assert found.ratio == pytest.approx(np.ones(5))
    assert (found.deviation > 0.03).all()


def test_only_proportions_of_the_expected_count():
    one = steadied_area_ratios([5, 20, 30], [10, 20, 30])
    other = steadied_area_ratios([5, 20, 30], [1, 2, 3])
    assert one.ratio == pytest.approx(other.ratio)


def test_leading_axes_are_tables_of_their_own():
    events, expected = np.array([[5, 20, 30], [9, 9, 9]]), np.array([10.0, 20.0, 30.0])
    both = steadied_area_ratios(events, expected)
    for at in range(2):
        alone = steadied_area_ratios(events[at], expected)
        assert both.ratio[at] == pytest.approx(alone.ratio)
        assert both.deviation[at] == pytest.approx(alone.deviation)


def test_true_ratios_are_covered_as_often_as_promised():
    random = np.random.default_rng(5)
    true = random.gamma(1 / 0.2**2, 0.2**2, (400, 12))
    expected = np.array([5, 10, 20, 30, 40, 60, 80, 100, 150, 200, 400, 800.0])
    seen = random.poisson(true * expected)
    found = steadied_area_ratios(seen, expected, spread=0.25)
    # Of the whole as it was seen: its own chance is in all ratios alike.
    relative = true * expected.sum() / (true * expected).sum(axis=1, keepdims=True)
    inside = np.abs(np.log(found.ratio / relative)) < 1.96 * found.deviation
    assert 0.92 < inside.mean() < 0.97


@given(st.lists(st.integers(0, 200), min_size=2, max_size=8).filter(sum))
def test_the_whole_stays_what_it_was(events: list[int]):
    expected = np.arange(1.0, len(events) + 1)
    found = steadied_area_ratios(events, expected)
    share = expected / expected.sum()
    assert (found.ratio * share).sum() == pytest.approx(1)
    assert (found.deviation > 0).all()


def test_no_event_anywhere_is_refused():
    with pytest.raises(FiguresRefused, match="at least one event"):
        steadied_area_ratios([0, 0], [1, 2])


def test_an_area_of_which_nothing_is_expected_is_refused():
    with pytest.raises(FiguresRefused, match=r"expected\[1\] = 0"):
        steadied_area_ratios([1, 2], [1, 0])
