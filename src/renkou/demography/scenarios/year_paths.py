"""A path of named years: {2025: 1.05, 2035: 1.10, 2055: 1.20}. Pure (NumPy).

Between named years the path is linear (TFR, e0, sex ratio at birth), or each value holds until the
next named year (the steps by which variants are shifted). Before the first named year and after the
last one of a linear path there is no value: whoever asks is refused, nothing is drawn out in silence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats


@dataclass(frozen=True)
class YearPath:
    """Values at named years, ascending.

    `held` says that a value holds until the next named year, and the last one for good; else the
    path is linear between them. `before` stands before the first named year, where it is given.
    `flat` says that one value stands for all years.
    """

    years: tuple[int, ...]
    values: tuple[float, ...]
    held: bool = False
    flat: bool = False
    before: float | None = None

    def covers(self, first: int, last: int) -> bool:
        """Whether every year from `first` to `last` has a value."""
        begins = self.before is not None or self.years[0] <= first
        ends = self.held or self.years[-1] >= last
        return self.flat or (begins and ends)

    def at(self, years: npt.ArrayLike) -> Floats:
        """Values at years, in the shape of `years`.

        Raises
        ------
        FiguresRefused
            If a year lies before the first named one, or after the last one of a linear path.

        >>> YearPath((2025, 2035), (1.0, 1.2)).at([2025, 2030, 2035])
        array([1. , 1.1, 1.2])
        >>> YearPath((2024, 2029), (-0.25, -0.4), held=True).at([2028, 2029, 2090])
        array([-0.25, -0.4 , -0.4 ])
        """
        asked = np.asarray(years, dtype=np.int64)
        if self.flat:
            return np.full(asked.shape, self.values[0])
        if asked.size and not self.covers(int(asked.min()), int(asked.max())):
            self._refuse(asked)
        found = self._held(asked) if self.held else np.interp(asked, self.years, self.values)
        if self.before is not None:
            found = np.where(asked < self.years[0], self.before, found)
        return np.asarray(found, dtype=np.float64)

    def _held(self, asked: npt.NDArray[np.int64]) -> Floats:
        at = np.searchsorted(self.years, asked, side="right") - 1
        return np.asarray(self.values, dtype=np.float64)[np.maximum(at, 0)]

    def _refuse(self, asked: npt.NDArray[np.int64]) -> None:
        early = self.before is None and asked.min() < self.years[0]
        raise FiguresRefused(
            "year", int(asked.min() if early else asked.max()),
            f"the path runs from {self.years[0]} to {self.years[-1]}",
            "name a value for that year",
            zh=f"路径只覆盖 {self.years[0]} 至 {self.years[-1]} 年；请补上该年的值",
        )  # fmt: skip


def year_path(values: Mapping[int, float] | float, *, held: bool = False) -> YearPath:
    """A path of a mapping from years, or of one number for all years.

    >>> year_path({2035: 1.2, 2025: 1.0}).years
    (2025, 2035)
    >>> year_path(1.06).at([2025, 2100])
    array([1.06, 1.06])
    """
    if isinstance(values, Mapping):
        years = tuple(sorted(values))
        return YearPath(years, tuple(float(values[year]) for year in years), held)
    return YearPath((0,), (float(values),), flat=True)
