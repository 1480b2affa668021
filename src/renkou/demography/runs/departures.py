"""How trajectories depart from a scenario. Pure (NumPy)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from renkou.demography.checked import Floats
from renkou.demography.projection.region_inputs import ValuesByYear
from renkou.demography.runs.model import ProjectionModel
from renkou.demography.scenarios.project_data import Coverage
from renkou.demography.trajectories.base_error import base_population_draws


@dataclass(frozen=True)
class Departures:
    """Trajectories stand on the first axis of each array; None where a part has no chance in it.

    tfr : (n, areas or 1, years), ratio to the scenario's
    e0 : (n, areas or 1, years, 2), years of life expectancy beyond the scenario's
    net : (n, areas, years), people beyond the scenario's net migration
    leaving, arriving : (n, areas), ratios to the scenario's rates of leaving and people who arrive
    coverage : true people per person of the base, with their interval: drawn chunk by chunk
    individuals : whether births, deaths and moves of persons are drawn too
    """

    trajectories: int
    seed: int
    tfr: Floats | None = None
    e0: Floats | None = None
    net: Floats | None = None
    leaving: Floats | None = None
    arriving: Floats | None = None
    coverage: Coverage | None = None
    individuals: bool = True
    parts: Sequence[str] = ()  # what varies, in words: 生育水平, 预期寿命
    notes: tuple[str, ...] = ()

    @property
    def reach(self) -> float:
        """The largest departure of life expectancy, in years."""
        return 0.0 if self.e0 is None else float(np.abs(self.e0).max())

    def model_for(self, model: ProjectionModel, rows: slice) -> dict[str, Any]:
        """What a projection of some of the trajectories takes, by the names of its arguments."""
        count = len(range(*rows.indices(self.trajectories)))
        areas, years = len(model.areas), model.years
        e0 = self.e0[rows] if self.e0 is not None else np.zeros((count, 1, years, 2))
        e0 = np.broadcast_to(e0, (count, areas, years, 2))
        people = np.broadcast_to(model.population, (count, *model.population.shape))
        if self.coverage is not None:
            people = self._true_people(model, rows.start, count)
        asfr = np.broadcast_to(model.asfr, (count, *model.asfr.shape))
        if self.tfr is not None:
            asfr = asfr * self.tfr[rows][..., None]
        return {
            "population": people,
            "survival_ratio": ValuesByYear(
                (*e0.shape[:-1], 2, model.population.shape[-1]),
                lambda some, year: model.mortality.survival_in(year, e0[some, :, year]),
            ),
            "asfr": asfr,
            "srb": np.broadcast_to(model.srb, (count, *model.srb.shape)),
            **self._moves(model, rows),
        }

    def _true_people(self, model: ProjectionModel, first: int, count: int) -> Floats:
        """Draws of the base; `model.population` is the middle already, so ratios are taken about 1."""
        assert self.coverage is not None  # noqa: S101
        middle = _shared(self.coverage.ratio)
        return base_population_draws(
            model.population,
            np.ones(middle.shape),
            np.minimum(_shared(self.coverage.low / self.coverage.ratio), 1),
            np.maximum(_shared(self.coverage.high / self.coverage.ratio), 1),
            trajectories=count, seed=self.seed, first=first,
            areas=model.areas if len(middle) > 1 else None,
        )  # fmt: skip

    def _moves(self, model: ProjectionModel, rows: slice) -> dict[str, Any]:
        moves = model.migration
        found: dict[str, Any] = {}
        if moves.out_rate is not None and moves.in_count is not None:
            rate = _varied(moves.out_rate, self.leaving, rows)
            found = {
                "out_rate": rate if self.leaving is None else np.minimum(rate, 1),
                "destination": moves.destination,
                "in_count": _varied(moves.in_count, self.arriving, rows),
            }
        net: Floats | ValuesByYear | None = moves.net
        if self.net is not None and moves.spread is not None:
            net = _net_by_year(moves.net, self.net[rows], moves.spread)
        if net is not None:
            found["net_migration"] = net
        return found


def _varied(values: Floats, ratio: Floats | None, rows: slice) -> Floats:
    """Values (areas, years, 2, ages) times ratios of trajectories; of like years one is kept."""
    if ratio is None:
        return values
    alike = bool((values == values[:, :1]).all())
    kept = values[:, :1] if alike else values
    return np.asarray(ratio[rows][..., None, None, None] * kept)


def _net_by_year(net: Floats | None, beyond: Floats, spread: Floats) -> ValuesByYear:
    """Net migration of a scenario, if any, and people beyond it (trajectories, areas, years)."""

    def in_year(some: slice, year: int) -> Floats:
        found: Floats = beyond[some, :, year, None, None] * spread
        if net is not None:
            found += net[:, year]
        return found

    return ValuesByYear((*beyond.shape, *spread.shape[1:]), in_year)


def _shared(values: Floats) -> Floats:
    """Values (areas, 2, ages) with axes of one value drawn together: one ratio has one draw."""
    for axis in range(values.ndim):
        first = values.take([0], axis)
        if (values == first).all():
            values = first
    return values
