"""What a run needs of a scenario, as arrays of the areas at the foot of the tree. Pure (NumPy)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from renkou.demography.checked import Floats

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class MortalityModel:
    """Survival ratios of each year on a grid of life expectancies about the scenario's.

    mx : (schedules, years, 2, ages) of the scenario
    departures : (levels,) years of life expectancy at birth away from it, ascending, 0 among them
    survival : (schedules, years, levels, 2, ages)
    schedule : (areas,) which schedule an area has
    departure : (areas, 2) years of life expectancy by which an area lives longer or shorter
    """

    mx: Floats
    departures: Floats
    survival: Floats
    schedule: Ints
    departure: Floats

    def survival_in(self, year: int, departure: Floats) -> Floats:
        """Survival ratios of a year with life expectancies that depart from the scenario's.

        Parameters
        ----------
        departure : (trajectories, areas, 2) years of life expectancy, besides the areas' own

        Returns
        -------
        (trajectories, areas, 2, ages); a departure off the grid is taken at its end, and
        `share_beyond` says how many are
        """
        place = np.interp(
            departure + self.departure, self.departures, np.arange(len(self.departures))
        )
        below = np.minimum(place.astype(np.int64), max(len(self.departures) - 2, 0))
        _, years, levels, sexes, ages = self.survival.shape
        table = self.survival.reshape(-1, ages)
        first = (self.schedule * years + year) * levels
        rows = (first[:, None] + below) * sexes + np.arange(sexes)
        found: Floats = table.take(rows, axis=0, mode="clip")
        if levels > 1:
            above = table.take(rows + sexes, axis=0, mode="clip")
            above -= found
            above *= (place - below)[..., None]
            found += above
        return found

    def share_beyond(self, departure: Floats) -> float:
        """Share of departures (trajectories, areas, years, 2) that lie off the grid."""
        wanted = departure + self.departure[:, None, :]
        return float(((wanted < self.departures[0]) | (wanted > self.departures[-1])).mean())


@dataclass(frozen=True)
class MigrationModel:
    """How people come and go.

    out_rate : (areas, years, 2, ages) share leaving an area in a year; None without flows
    destination : (areas, areas + 1) where they go; the last column is outside all areas
    in_count : (areas, years, 2, ages) people who come from outside in a year
    net : (areas, years, 2, ages) people, in place of flows
    spread : (areas, 2, ages) shares by which a departure of an area's net migration is spread
    """

    out_rate: Floats | None = None
    destination: Floats | None = None
    in_count: Floats | None = None
    net: Floats | None = None
    spread: Floats | None = None


@dataclass(frozen=True)
class ProjectionModel:
    """A scenario as arrays; years are those from `base_year` on, sexes male and female."""

    areas: tuple[str, ...]
    base_year: int
    population: Floats  # (areas, 2, ages) on 1 January of the base year
    mortality: MortalityModel
    asfr: Floats  # (areas, years, ages)
    srb: Floats  # (areas, years)
    migration: MigrationModel
    notes: tuple[str, ...] = ()

    @property
    def years(self) -> int:
        """How many calendar years are projected."""
        return int(self.asfr.shape[-2])

    def with_parts(self, **changed: object) -> ProjectionModel:
        """The same with some of its parts taken from elsewhere."""
        return replace(self, **changed)  # type: ignore[arg-type]

    def until(self, years: int) -> ProjectionModel:
        """The first so many years of it."""
        moves = self.migration
        return replace(
            self,
            asfr=self.asfr[:, :years],
            srb=self.srb[:, :years],
            mortality=replace(
                self.mortality,
                mx=self.mortality.mx[:, :years],
                survival=self.mortality.survival[:, :years],
            ),
            migration=replace(
                moves,
                out_rate=None if moves.out_rate is None else moves.out_rate[:, :years],
                in_count=None if moves.in_count is None else moves.in_count[:, :years],
                net=None if moves.net is None else moves.net[:, :years],
            ),
        )
