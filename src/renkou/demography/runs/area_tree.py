"""The tree of a project's areas, as what sums its foot. Pure (NumPy)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from renkou.demography.checked import Floats
from renkou.demography.scenarios.project_data import ProjectArea, ProjectData


@dataclass(frozen=True)
class AreaTree:
    """Areas, parents before their parts, and which of those at the foot lie in each.

    within : (areas of the tree, areas at the foot) 1 where one lies in the other, else 0
    """

    areas: tuple[ProjectArea, ...]
    within: Floats

    @property
    def codes(self) -> tuple[str, ...]:
        """Codes of the areas of the tree."""
        return tuple(area.code for area in self.areas)

    @property
    def above(self) -> npt.NDArray[np.int64]:
        """Places of the areas that others lie in, and of the first one."""
        return np.flatnonzero((self.within.sum(-1) > 1) | (np.arange(len(self.areas)) == 0))

    def summed(self, values: Floats, axis: int = 0) -> Floats:
        """Sums over the tree of what stands at its foot, along one axis.

        >>> tree = AreaTree((), np.array([[1.0, 1.0], [1.0, 0.0]]))
        >>> tree.summed(np.array([[2.0, 3.0], [4.0, 5.0]]))
        array([[6., 8.],
               [2., 3.]])
        """
        # Slices, not a matrix product: most areas are leaves, and products start threads of their own.
        moved = np.moveaxis(values, axis, 0)
        shape = (*values.shape[:axis], len(self.within), *values.shape[axis + 1 :])
        found = np.empty(shape, values.dtype)
        total = np.moveaxis(found, axis, 0)
        for row, inside in enumerate(self.within > 0):
            places = np.flatnonzero(inside)
            if len(places) == 1:
                total[row] = moved[places[0]]
            else:
                run = places[-1] - places[0] + 1 == len(places)
                chosen = moved[places[0] : places[-1] + 1] if run else moved[places]
                total[row] = chosen.sum(axis=0)
        return found


def area_tree(data: ProjectData) -> AreaTree:
    """The tree of a project; an area whose only part is a leaf stands in it beside that leaf."""
    within = np.zeros((len(data.areas), len(data.leaves)))
    for row, area in enumerate(data.areas):
        within[row, data.leaves_of[area.code]] = 1
    held = within.sum(-1) > 0
    kept = tuple(area for area, there in zip(data.areas, held, strict=True) if there)
    return AreaTree(kept, within[held])
