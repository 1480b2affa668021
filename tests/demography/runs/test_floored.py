"""Cells of trajectories that were set to 0: all are kept, in the order of trajectories."""

from __future__ import annotations

import numpy as np

from renkou.demography.projection.regions import FlooredCells
from renkou.demography.runs.floored import floors_of_chunk, floors_of_run


def cells(*rows: tuple[int, ...], would_be: list[float]) -> FlooredCells:
    return FlooredCells(np.array(rows, np.int64).reshape(-1, 5), np.array(would_be))


def test_chunks_come_in_the_order_of_trajectories() -> None:
    late = floors_of_chunk(cells((0, 2, 29, 1, 100), (3, 0, 1, 0, 7), would_be=[-0.5, -2.0]), 20)
    early = floors_of_chunk(cells((4, 1, 3, 0, 30), would_be=[-1.0]), 0)
    found = floors_of_run({20: late, 0: early})
    assert found.trajectory.tolist() == [4, 20, 23]
    assert found.area.tolist() == [1, 2, 0]
    assert found.year.tolist() == [3, 29, 1]
    assert found.sex.tolist() == [0, 1, 0]
    assert found.age.tolist() == [30, 100, 7]
    assert found.would_be.tolist() == [-1.0, -0.5, -2.0]
    assert found.worst(2).tolist() == [2, 0]
    assert found.worst(9).tolist() == [2, 0, 1]


def test_where_nothing_was_floored_there_is_nothing() -> None:
    nothing = floors_of_run({})
    assert len(nothing) == 0
    assert nothing.worst(5).tolist() == []
    assert len(floors_of_run({0: floors_of_chunk(cells(would_be=[]), 0)})) == 0
