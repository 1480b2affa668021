"""In which years the figures of a run turn, by area. Pure (NumPy)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from renkou.demography.checked import Floats
from renkou.demography.planning.measures import Measure
from renkou.demography.planning.turning_years import turning_points, turning_years

# What planners ask the peak of; care and old age rise beyond most horizons, and say so.
TURNING = (
    ("population", "both", "all"),
    ("births", "both", "all"),
    ("entering_primary", "both", None),
    ("enrolled_primary", "both", None),
    ("enrolled_junior", "both", None),
    ("working_age", "both", "15-59"),
    ("elderly", "both", "65+"),
)


@dataclass(frozen=True)
class Turn:
    """The year in which a figure of an area is largest, in the scenario and over trajectories.

    `year` is None where it still rises at the end; `at_once` where it falls from the beginning. Limits
    hold 80 % of the trajectories: the base year stands for it or any before, the last for it or any
    after; None without trajectories.
    """

    area: int
    measure: Measure
    year: int | None
    value: float
    at_once: bool
    low80: int | None = None
    high80: int | None = None
    later: float | None = None  # share of trajectories that still rise at the end
    before: float | None = None  # share that fall from the beginning


def turns_of(
    measures: Sequence[Measure],
    values: Floats,
    drawn: Callable[[Measure], npt.NDArray[np.float32] | None],
    base_year: int,
) -> tuple[Turn, ...]:
    """Turns of every area and measure of `TURNING`.

    Parameters
    ----------
    values : shape (areas, years, measures), of the scenario
    drawn : gives the trajectories (trajectories, areas, years) of a measure, or None
    """
    found: list[Turn] = []
    for number, measure in enumerate(measures):
        if any(
            (measure.id, measure.sex) == one[:2] and one[2] in (None, measure.age)
            for one in TURNING
        ):
            found += _of_measure(measure, values[..., number], drawn(measure), base_year)
    return tuple(found)


def _of_measure(
    measure: Measure, values: Floats, drawn: npt.NDArray[np.float32] | None, base_year: int
) -> list[Turn]:
    points = turning_points(values, first_year=base_year)
    chance = None if drawn is None else turning_years(drawn, first_year=base_year)
    turns = []
    last = base_year + values.shape[-1] - 1
    for area in range(len(values)):
        rising = bool(points.still_rising[area])
        limits: dict[str, int | float | None] = {}
        if chance is not None:
            limits = {
                "low80": int(np.clip(chance.low[area], base_year, last)),
                "high80": int(np.clip(chance.high[area], base_year, last)),
                "later": float(chance.not_yet[area]),
                "before": float(chance.at_once[area]),
            }
        turns.append(
            Turn(
                area, measure, None if rising else _year(points.peak_year[area]),
                float(points.peak[area]), bool(points.falls_at_once[area]), **limits,  # type: ignore[arg-type]
            )
        )  # fmt: skip
    return turns


def _year(value: float) -> int | None:
    return int(value) if np.isfinite(value) else None
