import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from renkou.demography.coverage.dual_system import dual_system_estimate
from renkou.demography.coverage.linkage_error import corrected_matches, known_rates

cell = st.integers(0, 5000)
strata = st.lists(st.tuples(st.integers(1, 5000), cell, cell), min_size=1, max_size=8)


def _lists(cells: list[tuple[int, int, int]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    both, one, other = np.array(cells, float).T
    return both + one, both + other, both


@given(strata)
def test_the_estimate_lies_in_its_interval_and_above_whom_was_seen(
    cells: list[tuple[int, int, int]],
) -> None:
    found = dual_system_estimate(*_lists(cells))
    assert (found.estimate >= found.seen - 1e-9).all()
    assert (found.lower >= found.seen).all()
    assert (found.lower <= found.upper).all()
    assert found.total_lower <= found.total_upper


@given(strata)
def test_lists_may_change_places(cells: list[tuple[int, int, int]]) -> None:
    first, second, both = _lists(cells)
    one, other = (
        dual_system_estimate(first, second, both),
        dual_system_estimate(second, first, both),
    )
    np.testing.assert_allclose(one.estimate, other.estimate)
    np.testing.assert_allclose(one.variance, other.variance)


@given(strata)
def test_strata_add_up_to_the_total(cells: list[tuple[int, int, int]]) -> None:
    found = dual_system_estimate(*_lists(cells))
    np.testing.assert_allclose(found.estimate.sum(), found.total)
    np.testing.assert_allclose(found.variance.sum(), found.total_variance)


@given(
    st.floats(10, 5000), st.floats(0, 1), st.floats(0, 0.4), st.floats(0, 0.4),
)  # fmt: skip
def test_correcting_expected_links_gives_the_matches_back(
    second: float, share: float, miss: float, false: float
) -> None:
    matches = second * share
    linked = matches * (1 - miss) + (second - matches) * false
    found = corrected_matches(linked, second, known_rates(miss, false))
    np.testing.assert_allclose(found.count, matches, atol=1e-6 * second)
    assert found.by_chance >= 0
