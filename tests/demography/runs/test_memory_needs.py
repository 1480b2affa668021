"""A run that does not fit is refused before it begins, with a number of trajectories that would."""

from __future__ import annotations

import pytest

from renkou.core.errors import FiguresRefused
from renkou.demography.runs.area_tree import area_tree
from renkou.demography.runs.memory_needs import MemoryNeeds, memory_needs, refuse_beyond
from tests.demography.runs.cities import city

NEEDS = MemoryNeeds(scenario=1_000_000_000, chunk=500_000_000, tables=100_000_000, each=10_000_000)


def needs_of(leaves: int, until: int = 2055, measures: int = 150) -> MemoryNeeds:
    data = city(leaves)
    return memory_needs(data, area_tree(data), until, measures)


def test_what_fits_is_not_refused() -> None:
    refuse_beyond(NEEDS, 50, 2_000_000_000)


def test_what_does_not_fit_is_told_with_what_would() -> None:
    with pytest.raises(
        FiguresRefused, match=r"trajectories = 51: .*2\.0 GB.*--trajectories 50"
    ) as told:
        refuse_beyond(NEEDS, 51, 2_000_000_000)
    assert "请用 --trajectories 50" in str(told.value.zh)
    refuse_beyond(NEEDS, NEEDS.trajectories_within(2_000_000_000), 2_000_000_000)


def test_where_no_trajectory_fits_the_scenario_alone_is_offered() -> None:
    with pytest.raises(FiguresRefused, match=r"choose --trajectories 0"):
        refuse_beyond(NEEDS, 1000, 1_200_000_000)
    refuse_beyond(NEEDS, 0, 1_200_000_000)


@pytest.mark.parametrize("trajectories", [0, 1000])
def test_where_the_scenario_does_not_fit_either_no_number_is_offered(trajectories: int) -> None:
    with pytest.raises(FiguresRefused, match="even without trajectories") as told:
        refuse_beyond(NEEDS, trajectories, 900_000_000)
    assert "即使不作随机轨迹也放不下" in str(told.value.zh)


def test_trajectories_kept_grow_with_areas_and_years() -> None:
    small, more, longer = needs_of(10), needs_of(100), needs_of(10, until=2085)
    assert more.each > 5 * small.each
    assert longer.each == pytest.approx(small.each * 61 / 31)
    assert small.of(2000) - small.of(1000) == 1000 * small.each


def test_a_province_of_townships_with_a_thousand_trajectories_takes_tens_of_gigabytes() -> None:
    """Measured: 100 areas with 200 trajectories 0.70 GB, 1,000 with 20 1.45 GB."""
    assert 20e9 < needs_of(1000).of(1000) < 40e9
    assert 0.7e9 < needs_of(100).of(200) < 1.4e9
    assert 1.45e9 < needs_of(1000).of(20) < 2.9e9
