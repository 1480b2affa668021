"""What groups of areas must add up to in the years of a projection. Pure.

Binding while the projection runs is better than reconciling afterwards: next year's births,
deaths and moves come from the people there then are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats
from renkou.demography.projection.margins import EMPTY_RULE, Margin, fit_to_margins


@dataclass(frozen=True)
class Binding:
    """The stock that areas add up to at the end of each year of a projection.

    `areas` are positions of areas. `population` has shape (..., years); with `by_sex`
    (..., years, 2); with `ages`, the first ages of groups or "single", (..., years, [2,] groups).
    A year of NaN is not bound. Births and deaths stay what rates make of the people at the start
    of the year: net migration takes the difference, each cell in proportion to its people.
    """

    areas: tuple[int, ...]
    population: Floats
    by_sex: bool = False
    ages: tuple[int, ...] | str | None = None

    @property
    def note(self) -> str:
        """What was assumed, in words."""
        what = "population" + " by sex" * self.by_sex + " by age" * (self.ages is not None)
        return (
            f"The {what} of {len(self.areas)} areas together is bound in {self._years_bound()} "
            "years: net migration takes the difference, each cell in proportion to its people; "
            f"{EMPTY_RULE}."
        )

    @property
    def _own(self) -> int:
        """Axes after the years."""
        return int(self.by_sex) + int(self.ages is not None)

    def _years_bound(self) -> int:
        bound = np.isfinite(self.population)
        axes = tuple(axis for axis in range(bound.ndim) if axis != bound.ndim - 1 - self._own)
        return int(bound.any(axis=axes).sum())

    def of_year(self, year: int, rows: slice, lead: tuple[int, ...]) -> Margin | None:
        """The margin of some rows of the leading dimensions; None where nothing is bound."""
        one: Floats = np.take(self.population, year, axis=self.population.ndim - 1 - self._own)
        if not np.isfinite(one).any():
            return None
        own = one.shape[one.ndim - self._own :]
        if one.ndim > self._own:
            one = np.broadcast_to(one, (*lead, *own)).reshape((-1, *own))[rows]
        return Margin(self.areas, one, self.by_sex, self.ages)


def check_bindings(
    bindings: Sequence[Binding], areas: int, years: int, lead: Sequence[int]
) -> None:
    """Refuse areas that are not there, years too few, leading dimensions that do not fit."""
    for each in bindings:
        wrong = [area for area in each.areas if not 0 <= area < areas]
        if wrong or len(set(each.areas)) < len(each.areas) or not each.areas:
            raise FiguresRefused(
                "bind.areas", each.areas, f"names positions from 0 to {areas - 1}, each once",
                "give the places of the areas in population",
                zh=f"应为 0 到 {areas - 1} 的位置且不重复；请给出各区域在人口数组中的位置",
            )  # fmt: skip
        shape = each.population.shape
        at = len(shape) - 1 - each._own
        if at < 0 or shape[at] != years:
            raise FiguresRefused(
                "bind.population", f"of shape {shape}",
                f"has one value for the end of each of the {years} years, NaN where free",
                "put years before sexes and ages",
                zh=f"应有 {years} 个年末值，不约束的为 NaN；请把年份放在性别、年龄之前",
            )  # fmt: skip
        try:
            fits = np.broadcast_shapes(shape[:at], tuple(lead)) == tuple(lead)
        except ValueError:
            fits = False
        if not fits:
            raise FiguresRefused(
                "bind.population and population", f"{shape[:at]} and {tuple(lead)}",
                "leading dimensions are equal, or 1", "give the same trajectories and scenarios",
                zh="前面各维（方案、轨迹）应相同或为 1；请给出相同的方案和轨迹",
            )  # fmt: skip


def bind_stock(
    stock: Floats, bindings: Sequence[Binding], rows: slice, lead: tuple[int, ...], year: int
) -> Floats:
    """`stock` (rows, areas, 2, ages) with every binding of the year met."""
    found = (each.of_year(year, rows, lead) for each in bindings)
    margins = [each for each in found if each is not None]
    return fit_to_margins(stock, margins).population if margins else stock
