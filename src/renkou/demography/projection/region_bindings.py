"""What groups of areas must add up to in given years; net migration takes the difference. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats


@dataclass(frozen=True)
class Binding:
    """The stock that areas must add up to at the end of each year of a projection.

    `areas` are their positions. `population` (..., years) holds totals; with `by="cells"` it is
    (..., years, 2, ages). A year of NaN is not bound. The areas' cells are scaled
    by one factor (of the total, or of the cell), so the difference falls to each in proportion to
    its people.
    """

    areas: tuple[int, ...]
    population: Floats
    by: str = "total"

    @property
    def note(self) -> str:
        """What was assumed, in words."""
        what = "total" if self.by == "total" else "population of each sex and age"
        return (
            f"The {what} of {len(self.areas)} areas is bound in "
            f"{int(np.isfinite(self.population).any() and self._years())} years; net migration of "
            "each area takes the difference in proportion to its people."
        )

    def _years(self) -> int:
        own = self.population if self.by == "total" else self.population[..., 0, 0]
        return int(np.isfinite(own.reshape(-1, own.shape[-1])).any(0).sum())


def bind_stock(
    stock: Floats, bindings: Sequence[Binding], rows: slice, year: int
) -> npt.NDArray[np.float64]:
    """`stock` (rows, areas, 2, ages) scaled so that every binding of the year holds."""
    bound = stock.copy()
    for each in bindings:
        if each.by != "total":
            raise FiguresRefused("by", each.by, "is total", "bind totals", zh="目前只支持总数")
        target = each.population[..., year]
        target = target[rows] if target.ndim and len(target) > 1 else target.reshape(-1)
        members = bound[:, list(each.areas)]
        factor = np.where(np.isfinite(target), target / members.sum(axis=(1, 2, 3)), 1.0)
        bound[:, list(each.areas)] = members * factor[:, None, None, None]
    return bound
