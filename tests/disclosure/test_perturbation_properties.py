"""Identities of keys and published counts."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from renkou.disclosure.cell_keys import Cells, combine, tabulate_cells
from renkou.disclosure.perturbation import perturb
from renkou.disclosure.perturbation_table import perturbation_table
from renkou.disclosure.record_keys import record_keys
from tests.disclosure.draws import SECRET

TABLE = perturbation_table()
KEYS = arrays.arrays(np.uint32, st.integers(1, 40))


def _everyone(keys: np.ndarray) -> Cells:
    return tabulate_cells(keys, np.zeros(len(keys), int), 1)


@given(st.lists(st.integers(0, 10**15), min_size=1, max_size=30, unique=True), st.randoms())
def test_the_order_of_persons_is_irrelevant(ids: list[int], chance) -> None:
    other = list(ids)
    chance.shuffle(other)
    one, two = (_everyone(record_keys(SECRET, order)) for order in (ids, other))
    assert perturb(one.counts, one.keys, TABLE) == perturb(two.counts, two.keys, TABLE)


@given(KEYS, KEYS, KEYS)
def test_combining_is_associative_and_taking_away_undoes_adding(
    a: np.ndarray, b: np.ndarray, c: np.ndarray
) -> None:
    whole = combine(np.concatenate([a, b, c]))
    left = combine(np.stack([combine(np.concatenate([a, b])), combine(c)]))
    right = combine(np.stack([combine(a), combine(np.concatenate([b, c]))]))
    assert whole == left == right
    back = (_everyone(a) + _everyone(b)) - _everyone(b)
    assert back.keys[0] == combine(a)
    assert back.counts[0] == len(a)


@given(
    st.integers(0, 10**12),
    st.integers(0, 2**32 - 1),
    st.integers(3, 9),
    st.floats(0.2, 2.5),
)
def test_a_published_count_is_near_and_never_one_or_two(
    count: int, key: int, largest: int, variance: float
) -> None:
    published = int(perturb(count, key, perturbation_table(largest, variance)))
    assert published not in (1, 2)
    assert published >= 0
    assert abs(published - count) <= largest
    assert count or published == 0


@given(KEYS)
def test_many_cells_at_once_are_as_each_alone(keys: np.ndarray) -> None:
    counts = np.arange(len(keys)) % 11
    together = perturb(counts, keys, TABLE)
    alone = [int(perturb(n, k, TABLE)) for n, k in zip(counts, keys, strict=True)]
    assert together.tolist() == alone
