"""A city of a few townships as arrays, for tests of runs."""

from __future__ import annotations

from typing import Any

import numpy as np

from renkou.demography.scenarios.project_data import (
    Flows,
    Levels,
    ProjectArea,
    ProjectData,
    Schedules,
    YearSeries,
)

AGES = np.arange(101)
YEAR = np.array([2025])


def city(leaves: int = 3, **changed: Any) -> ProjectData:
    """Rates of the whole, people of its leaves: 1,000, 2,000, ... of each age below 60 and sex."""
    codes = tuple(f"51{at:02}" for at in range(leaves))
    sizes = np.arange(1, leaves + 1) * 1000.0
    people = (
        sizes[:, None, None]
        * np.where(AGES < 60, 1.0, np.exp(-(AGES - 60) / 12.0))
        * np.ones((2, 1))
    )
    mx = 0.00004 * np.exp(0.093 * AGES) * np.array([[1.4], [1.0]])
    asfr = np.where((AGES >= 20) & (AGES < 40), 0.06, 0.0)
    levels = changed.pop("deviations", {})
    given: dict[str, Any] = {
        "base_year": 2025,
        "areas": (ProjectArea("51", "市"), *(ProjectArea(one, one, parent="51") for one in codes)),
        "leaves": codes,
        "ages": AGES,
        "population": people,
        "mortality": _of_whole("mortality", mx, leaves),
        "fertility": _of_whole("fertility", asfr, leaves),
        "srb": _of_whole("srb", np.array(1.06), leaves),
        "levels": {
            name: Levels(np.ones(leaves), np.broadcast_to(np.float64(one), leaves))
            for name, one in levels.items()
        },
    }
    return ProjectData(**{**given, **changed})


def _of_whole(name: str, values: np.ndarray, leaves: int) -> Schedules:
    return Schedules(name, {"51": YearSeries(YEAR, values[None])}, ("51",) * leaves)


def flows(leaves: int = 3, rate: float = 0.02, arrivals: float = 5.0) -> Flows:
    """Half of those who leave go outside, the others to the other leaves."""
    destination = np.full((leaves, leaves + 1), 0.5 / (leaves - 1))
    destination[:, :-1][np.eye(leaves, dtype=bool)] = 0
    destination[:, -1] = 0.5
    shape = (leaves, 2, len(AGES))
    return Flows(np.full(shape, rate), destination, np.full(shape, arrivals))
