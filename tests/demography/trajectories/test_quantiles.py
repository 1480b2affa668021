import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from renkou.core.errors import FiguresRefused
from renkou.demography.trajectories.quantiles import quantile_error, trajectory_quantiles

values = arrays(
    np.float64, array_shapes(min_dims=1, max_dims=3, max_side=9), elements=st.floats(-1e6, 1e6)
)


@settings(max_examples=80)
@given(values, st.lists(st.floats(0, 1), min_size=1, max_size=5))
def test_quantiles_are_those_of_numpy(array, levels):
    expected = np.quantile(array, levels, axis=0)
    assert trajectory_quantiles(array, levels) == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_many_cells_are_cut_into_blocks_and_single_precision_stays():
    array = np.random.default_rng(1).normal(size=(101, 5000)).astype(np.float32)
    found = trajectory_quantiles(array, (0.1, 0.9))
    assert found.dtype == np.float32
    assert found == pytest.approx(np.quantile(array, (0.1, 0.9), axis=0), abs=1e-6)


def test_what_is_no_number_stays_none():
    found = trajectory_quantiles([[1.0, np.nan], [2.0, 5.0]], (0.5,))
    assert found[0, 0] == 1.5
    assert np.isnan(found[0, 1])


def test_the_input_is_left_as_it_was():
    array = np.array([[3.0], [1.0], [2.0]])
    trajectory_quantiles(array)
    assert array.ravel().tolist() == [3, 1, 2]


def test_the_error_is_the_scatter_of_quantiles_between_runs():
    runs = np.random.default_rng(2).normal(size=(1000, 400))
    scatter = trajectory_quantiles(runs, (0.025, 0.1, 0.5)).std(axis=1)
    said = quantile_error(runs, (0.025, 0.1, 0.5)).mean(axis=1)
    assert said == pytest.approx(scatter, rel=0.15)


@pytest.mark.parametrize(
    ("levels", "said"), [((1.5,), "at most 1"), ((-0.1,), "below 0"), ([[0.1]], "one row")]
)
def test_levels_that_are_none_are_refused(levels, said):
    with pytest.raises(FiguresRefused, match=said):
        trajectory_quantiles([1.0, 2.0], levels)


def test_no_trajectory_is_refused():
    with pytest.raises(FiguresRefused, match="at least one trajectory") as refused:
        trajectory_quantiles(np.empty((0, 3)))
    assert refused.value.zh
