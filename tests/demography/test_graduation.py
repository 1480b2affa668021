"""Splitting groups and smoothing ages: identities, cases, refusals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from renkou.core.errors import FiguresRefused
from renkou.demography.quality.graduation import graduate_beers, graduate_sprague, spencer
from renkou.demography.quality.graduation_multipliers import splitting_matrix

GROUPS = arrays(np.float64, 18, elements=st.floats(0, 1e6))


@given(GROUPS)
def test_sprague_and_ordinary_beers_keep_every_group_and_the_open_one(groups: np.ndarray) -> None:
    for found in (graduate_sprague(groups), graduate_beers(groups)):
        totals = found.counts[:-1].reshape(17, 5).sum(1)
        assert totals == pytest.approx(groups[:-1], abs=1e-6)
        assert found.counts[-1] == groups[-1]
        assert found.ages[-1] == 85


@given(GROUPS)
def test_modified_beers_keeps_the_total(groups: np.ndarray) -> None:
    found = graduate_beers(groups, method="modified")
    assert found.counts.sum() == pytest.approx(groups.sum(), abs=1e-4)
    assert any("not that of each" in note for note in found.notes)


@pytest.mark.parametrize("name", ["sprague", "beers-ordinary", "beers-modified"])
def test_even_ages_stay_even_and_both_ends_mirror(name: str) -> None:
    matrix = splitting_matrix(name, 9)  # type: ignore[arg-type]
    assert matrix.sum(1) == pytest.approx(0.2, abs=1e-12)
    assert matrix == pytest.approx(matrix[::-1, ::-1])


def test_a_straight_line_is_found_again() -> None:
    single = 1000.0 - 10 * np.arange(50)
    groups = single.reshape(10, 5).sum(1)
    assert graduate_sprague(groups, open_group=False).counts == pytest.approx(single, abs=0.3)
    assert graduate_beers(groups, open_group=False).counts == pytest.approx(single, abs=0.3)


def test_areas_are_split_at_once() -> None:
    groups = np.random.default_rng(3).uniform(50, 100, (2, 4, 10))
    both = graduate_sprague(groups).counts
    assert both.shape == (2, 4, 46)
    assert both[1, 2] == pytest.approx(graduate_sprague(groups[1, 2]).counts)
    first = graduate_beers(groups, age0=groups[..., 0] / 5)
    alone = graduate_beers(groups[0, 3], age0=groups[0, 3, 0] / 5)
    assert first.counts[0, 3] == pytest.approx(alone.counts)


def test_johnsons_adjustment_keeps_0_to_4_and_5_to_9() -> None:
    groups = np.array([752124.0, 582662, 463534, 369976, 286946, 235867, 199561])
    found = graduate_beers(groups, age0=184499)
    assert found.counts[0] == 184499
    totals = found.counts[:10].reshape(2, 5).sum(1)
    assert totals == pytest.approx(groups[:2], rel=2e-4)
    assert any("Johnson" in note for note in found.notes)


def test_negative_people_are_left_and_told() -> None:
    found = graduate_sprague([1000, 0, 0, 0, 1000, 1000, 0])
    assert (found.counts < 0).any()
    assert any("negative people" in note and "age 7" in note for note in found.notes)
    assert not graduate_sprague([100] * 7).notes


@pytest.mark.parametrize("terms", [15, 21])
def test_spencer_keeps_a_cubic_and_removes_waves_of_five_years(terms: int) -> None:
    age = np.arange(60.0)
    cubic = 1e5 - 100 * age + age**2 + 0.1 * age**3
    middle = slice(terms // 2, -(terms // 2))
    assert spencer(cubic, terms=terms)[middle] == pytest.approx(cubic[middle])  # type: ignore[arg-type]
    heaped = cubic + 5000 * (age % 5 == 0)
    smooth = spencer(heaped, terms=terms)[middle]  # type: ignore[arg-type]
    assert smooth == pytest.approx(cubic[middle] + 1000, abs=1e-6)


def test_refusals() -> None:
    with pytest.raises(FiguresRefused, match="five closed groups"):
        graduate_sprague([1, 2, 3, 4, 5])
    with pytest.raises(FiguresRefused, match=r"counts\[1\] = -2"):
        graduate_sprague([1, -2, 3, 4, 5, 6])
    with pytest.raises(FiguresRefused, match="method = 'smooth'"):
        graduate_beers([1] * 7, method="smooth")  # type: ignore[arg-type]
    with pytest.raises(FiguresRefused, match="first_age = 5"):
        graduate_beers([1] * 7, age0=1, first_age=5)
    with pytest.raises(FiguresRefused, match="ages 2 to 4 hold somebody"):
        graduate_beers([10] * 7, age0=9)
    with pytest.raises(FiguresRefused, match="terms = 5"):
        spencer(np.ones(30), terms=5)  # type: ignore[arg-type]
    with pytest.raises(FiguresRefused, match="the average takes 21 ages"):
        spencer(np.ones(20))
