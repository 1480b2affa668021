"""Figures of one indicator as arrays, before they become rows. Pure (NumPy)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from renkou.demography.checked import Floats
from renkou.demography.rates.intervals import Interval

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Block:
    """Figures of an indicator, all of shape (areas, periods, sexes, ages); NaN where there is none.

    people : whom rules of sparse tables count, where that is not the numerator: of a difference, the
        smaller of the two counts
    uncovered : bool, where the list that tells of such events ends before the period does
    unplaced : bool, where people of whom only the county is known are missing
    """

    indicator: str
    areas: tuple[str, ...]
    periods: tuple[str, ...]
    sexes: tuple[str, ...]
    ages: tuple[str, ...]
    value: Floats
    lower: Floats
    upper: Floats
    numerator: Floats
    denominator: Floats
    notes: tuple[str, ...] = field(default=())
    people: Floats | None = None
    uncovered: Flags | None = None
    unplaced: Flags | None = None

    def __post_init__(self) -> None:
        shape = (len(self.areas), len(self.periods), len(self.sexes), len(self.ages))
        for name in ("value", "lower", "upper", "numerator", "denominator"):
            array = np.broadcast_to(getattr(self, name), shape)
            object.__setattr__(self, name, array)
        for name in ("people", "uncovered", "unplaced"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, np.broadcast_to(getattr(self, name), shape))


NONE = np.array(np.nan)


def where_possible(
    possible: npt.NDArray[np.bool_],
    arrays: Sequence[Floats],
    compute: Callable[..., tuple[Floats, Interval]],
) -> tuple[Floats, Floats, Floats]:
    """Value and limits where a computation can be made, NaN elsewhere.

    Parameters
    ----------
    possible : bool, any shape
    arrays : of that shape; handed to `compute` as their places where it is possible
    compute : gives value and interval
    """
    found = [np.full(possible.shape, np.nan) for _ in range(3)]
    if possible.any():
        value, interval = compute(
            *(np.broadcast_to(one, possible.shape)[possible] for one in arrays)
        )
        for array, part in zip(found, (value, interval.lower, interval.upper), strict=True):
            array[possible] = part
    return found[0], found[1], found[2]
