"""Which leaves each assumption of a scenario holds for. Pure (NumPy)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from renkou.demography.checked import Floats
from renkou.demography.scenarios.assumptions import Assumption
from renkou.demography.scenarios.project_data import ProjectData

Ints = npt.NDArray[np.int64]
A = TypeVar("A", bound=Assumption)
CHILDBEARING = slice(15, 50)


def parts_of(data: ProjectData, assumption: A) -> Iterator[tuple[Ints, A]]:
    """Places of leaves, and the assumption that holds for them: that of the nearest area around."""
    whose: dict[str, list[int]] = {}
    for at, leaf in enumerate(data.leaves):
        nearest = next((code for code in data.ancestry(leaf) if code in assumption.areas), "")
        whose.setdefault(nearest, []).append(at)
    for area, places in whose.items():
        own: A = assumption.areas.get(area, assumption)  # type: ignore[assignment]
        yield np.array(places, np.int64), own


def level_of(data: ProjectData, measure: str) -> Floats:
    """Each leaf's level relative to the area it takes its rates from: (leaves,), 1 where none is known."""
    found = data.levels.get(measure)
    return np.ones(len(data.leaves)) if found is None else found.ratio


def weighted_mean(values: Floats, weights: Floats) -> Floats:
    """Mean over the first axis; where nobody is there to weigh by, all count alike.

    >>> weighted_mean(np.array([1.0, 2.0]), np.array([3.0, 1.0]))
    array(1.25)
    """
    used = weights if weights.sum() > 0 else np.ones_like(weights)
    return np.tensordot(used / used.sum(), values, axes=(0, 0))


def women(data: ProjectData, places: Ints) -> Floats:
    """Women aged 15-49 in the base year (both sexes together where the data have one sex axis)."""
    return data.population[places, -1, CHILDBEARING].sum(-1)
