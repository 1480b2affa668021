"""Cell keys: sums modulo 2**32, exact for unions, differences and totals of totals."""

from decimal import Decimal

import numpy as np
import pytest

from renkou.core.errors import FiguresRefused
from renkou.disclosure.cell_keys import (
    Cells,
    as_shares,
    cell_keys,
    cells,
    combine,
    tabulate_cells,
)
from tests.disclosure.draws import random_keys


def test_the_worked_example_sums_to_eight_tenths() -> None:
    keys = np.array([0.9 * 2**32, 0.3 * 2**32, 0.6 * 2**32]).astype(np.uint32)
    assert as_shares(combine(keys)) == pytest.approx(0.8, abs=1e-9)


@pytest.mark.parametrize(
    "sums",
    [
        np.array([2**40 + 5], np.int64),
        np.array([2**63 + 2**40 + 5], np.uint64),
        np.array([2**40 + 5], np.float64),
        [2**70 + 5],
        [Decimal(2**70 + 5)],
        np.array([5 - 2**32], np.int64),
        np.array([5], np.uint8),
    ],
)
def test_sums_of_every_kind_are_taken_modulo(sums: object) -> None:
    assert cell_keys(sums).tolist() == [5]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "sums", [[2.0**53], [0.5], [np.nan], ["a"], [None, 2**70], [Decimal("2.5")], [True]]
)
def test_sums_that_lost_digits_are_refused(sums: list) -> None:
    with pytest.raises(FiguresRefused, match="key_sums"):
        cell_keys(sums)


def test_records_are_tabulated_exactly() -> None:
    keys = random_keys(50_000) | np.uint32(0xF0000001)  # odd and large: floats would lose digits
    cell_of = np.arange(50_000) % 3
    table = tabulate_cells(keys, cell_of, 4)
    for cell in range(4):
        of_cell = keys[cell_of == cell]
        assert table.counts[cell] == len(of_cell)
        assert int(table.keys[cell]) == sum(of_cell.tolist()) % 2**32


def test_totals_of_totals_are_the_cell_of_everyone() -> None:
    keys = random_keys(600)
    cell_of = np.random.default_rng(2).integers(0, 24, 600)
    flat = tabulate_cells(keys, cell_of, 24)
    cube = Cells(flat.counts.reshape(2, 3, 4), flat.keys.reshape(2, 3, 4))
    everyone = tabulate_cells(keys, np.zeros(600, int), 1)
    for total in (cube.sum(2).sum(1).sum(0), cube.sum((0, 2)).sum(), cube.sum()):
        assert (int(total.counts), int(total.keys)) == (600, int(everyone.keys[0]))


def test_a_stock_follows_from_the_stock_before_and_those_who_came_and_left() -> None:
    keys = random_keys(10)
    before, came, left = (tabulate_cells(keys[part], np.zeros(n, int), 1) for part, n in (
        (slice(0, 8), 8), (slice(8, 10), 2), (slice(0, 3), 3)))  # fmt: skip
    after = before + came - left
    directly = tabulate_cells(keys[3:], np.zeros(7, int), 1)
    assert (after.counts == directly.counts).all()
    assert (after.keys == directly.keys).all()


def test_taking_away_more_people_than_there_are_is_refused() -> None:
    with pytest.raises(FiguresRefused, match=r"counts\[1\] = -1"):
        cells([3, 1], [0, 0]) - cells([1, 2], [0, 0])


def test_counts_and_keys_of_other_shapes_are_refused() -> None:
    with pytest.raises(FiguresRefused, match="counts and keys"):
        cells([1, 2], [1])
    with pytest.raises(FiguresRefused, match="record_keys and cell_of"):
        tabulate_cells(random_keys(2), [0], 1)


def test_a_cell_outside_the_table_is_refused() -> None:
    with pytest.raises(FiguresRefused, match=r"cell_of\[1\] = 2: cells are numbered 0 to 1"):
        tabulate_cells(random_keys(2), [0, 2], 2)


def test_cells_print_neither_counts_nor_keys_and_no_refusal_does() -> None:
    assert repr(cells([70707], [70707])) == "Cells()"
    with pytest.raises(FiguresRefused) as refused:
        cell_keys([70707.5])
    assert "70707" not in f"{refused.value}{refused.value.zh}"
