"""Cells of trajectories that would have turned negative; kept small, there may be millions. Pure (NumPy)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from renkou.demography.projection.regions import FlooredCells

_FIELDS = {
    "trajectory": np.int32,
    "area": np.int32,
    "year": np.int16,
    "sex": np.int8,
    "age": np.int16,
}


@dataclass(frozen=True)
class TrajectoryFloors:
    """One entry per cell.

    area : place among the areas at the foot; year : of the flow, 0 the base year; sex : 0 male
    would_be : people, below 0
    """

    trajectory: npt.NDArray[np.int32]
    area: npt.NDArray[np.int32]
    year: npt.NDArray[np.int16]
    sex: npt.NDArray[np.int8]
    age: npt.NDArray[np.int16]
    would_be: npt.NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.would_be)

    def worst(self, count: int) -> npt.NDArray[np.int64]:
        """Places of the lowest, the lowest first."""
        count = min(count, len(self))
        if not count:
            return np.zeros(0, np.int64)
        found = np.argpartition(self.would_be, count - 1)[:count]
        return np.asarray(found[np.argsort(self.would_be[found], kind="stable")], np.int64)


def floors_of_chunk(floors: FlooredCells, first: int) -> TrajectoryFloors:
    """Floors of a chunk of trajectories; `index` has trajectory, area, year, sex, age; its first is `first`.

    >>> cells = FlooredCells(np.array([[1, 4, 0, 1, 90]]), np.array([-0.5]))
    >>> found = floors_of_chunk(cells, 20)
    >>> int(found.trajectory[0]), int(found.age[0])
    (21, 90)
    """
    index = floors.index.reshape(-1, floors.index.shape[-1])[:, -len(_FIELDS) :]
    columns = {name: index[:, at].astype(kind) for at, (name, kind) in enumerate(_FIELDS.items())}
    columns["trajectory"] += np.int32(first)
    return TrajectoryFloors(**columns, would_be=floors.would_be.astype(np.float32))


def floors_of_run(chunks: Mapping[int, TrajectoryFloors]) -> TrajectoryFloors:
    """Floors of all chunks, by the first trajectory of each: in the order of trajectories."""
    nothing = FlooredCells(np.empty((0, len(_FIELDS)), dtype=np.int64), np.empty(0))
    parts = [chunks[first] for first in sorted(chunks)] or [floors_of_chunk(nothing, 0)]
    names = (*_FIELDS, "would_be")
    return TrajectoryFloors(
        **{name: np.concatenate([getattr(one, name) for one in parts]) for name in names}
    )
