"""Identities of Whipple and Myers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from renkou.demography.quality.age_heaping import myers_digits, myers_index, whipple_index

COUNTS = arrays(np.float64, 100, elements=st.floats(0.01, 1e6))


@given(COUNTS, st.floats(0.01, 1000))
def test_size_does_not_matter(counts: np.ndarray, factor: float) -> None:
    assert whipple_index(counts * factor) == pytest.approx(whipple_index(counts))
    assert myers_index(counts * factor) == pytest.approx(myers_index(counts), abs=1e-9)


@given(COUNTS)
def test_the_ten_digits_average_100_and_myers_shares_sum_to_100(counts: np.ndarray) -> None:
    each = [whipple_index(counts, digits=(digit,)) for digit in range(10)]
    assert np.mean(each) == pytest.approx(100)
    assert myers_digits(counts).sum() == pytest.approx(100)
    assert 0 <= myers_index(counts) <= 90 + 1e-9
