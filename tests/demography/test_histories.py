import numpy as np
import pytest

from renkou.core.errors import FiguresRefused
from renkou.demography.coverage.histories import capture_histories

LISTS = ("police", "insurance", "audit")


def test_rows_of_a_stratum_are_added_and_strata_sorted() -> None:
    found = capture_histories(
        [3, 3, 7, 4], [10, 5, 2, 1], LISTS,
        {"area": ["b", "b", "a", "b"], "sex": ["male", "male", "female", "male"]},
    )  # fmt: skip
    assert found.by == ("area", "sex")
    assert found.strata == (("a", "female"), ("b", "male"))
    assert found.counts[1, 3] == 15
    assert found.counts[1, 4] == 1
    assert found.counts[0, 7] == 2


def test_strata_join_over_a_column() -> None:
    found = capture_histories(
        [1, 1, 2], [1, 2, 4], LISTS, {"area": ["a", "b", "b"], "age": [0, 0, 1]}
    )
    joined = found.over("area")
    assert joined.strata == (("a",), ("b",))
    assert joined.counts[1].tolist() == [0, 2, 4, 0, 0, 0, 0, 0]
    assert found.over().counts.sum() == 7


def test_unions_of_lists_make_a_dual_system() -> None:
    found = capture_histories([1, 2, 3, 4, 5, 7], [10, 20, 30, 4, 5, 6], LISTS)
    first, second, both = found.pair(["police", "insurance"], ["audit"])
    assert (first[0], second[0], both[0]) == (71, 15, 11)


def test_people_in_none_of_the_kept_lists_are_left_out() -> None:
    found = capture_histories([1, 4], [10, 4], LISTS).kept(
        {"police": ["police"], "insurance": ["insurance"]}
    )
    assert found.counts.tolist() == [[0, 10, 0, 0]]


@pytest.mark.parametrize(
    ("masks", "counts", "match"),
    [([0], [1], r"masks\[0\] = 0"), ([8], [1], r"masks\[0\] = 8"), ([1, 2], [1], "counts"),
     ([1], [-1], r"counts\[0\] = -1")],
)  # fmt: skip
def test_what_is_no_history_is_refused(masks: list[int], counts: list[int], match: str) -> None:
    with pytest.raises(FiguresRefused, match=match):
        capture_histories(masks, counts, LISTS)


def test_unknown_lists_and_too_few_lists_are_refused() -> None:
    found = capture_histories([1], [1], LISTS)
    with pytest.raises(FiguresRefused, match="school"):
        found.mask_of("school")
    with pytest.raises(FiguresRefused, match="2 to 12"):
        capture_histories([1], [1], ["police"])


def test_counts_are_kept() -> None:
    rng = np.random.default_rng(1)
    masks, counts, area = rng.integers(1, 8, 500), rng.integers(0, 9, 500), rng.integers(0, 20, 500)
    found = capture_histories(masks, counts, LISTS, {"area": area})
    assert found.counts.sum() == counts.sum()
    assert found.over().counts[0].tolist() == np.bincount(masks, counts, 8).tolist()
