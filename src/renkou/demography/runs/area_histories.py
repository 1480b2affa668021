"""How areas stray from their whole: fitted to histories of their own where files give them. Pure (NumPy)."""

from __future__ import annotations

from dataclasses import fields, replace
from functools import reduce
from typing import Any

import numpy as np

from renkou.demography.checked import Floats
from renkou.demography.runs.model import ProjectionModel
from renkou.demography.runs.parts import Ints
from renkou.demography.scenarios.notes import Note
from renkou.demography.scenarios.project_data import ProjectData
from renkou.demography.trajectories.pooled_processes import AREA_MIGRATION
from renkou.demography.trajectories.process_fits import fit_deviation_process
from renkou.demography.trajectories.processes import Process

FEWEST_YEARS, FEWEST_AREAS = 4, 2
_NET, _PEOPLE = "net_migration", "population"


def area_migration_process(
    data: ProjectData, model: ProjectionModel
) -> tuple[Process, tuple[Note, ...]]:
    """Of each leaf beside the whole, one parameter for each leaf where any has a history.

    Leaves with net migration and people of four following years that they share are fitted side by side,
    beside their sum; their variances are drawn to what they have in common, and that to the default
    (`fit_deviation_process`). Chance of single movers is taken out. Other leaves have the default.
    """
    places = _with_history(data)
    years = _shared_years(data, places)
    if len(places) < FEWEST_AREAS or len(years) < FEWEST_YEARS:
        return AREA_MIGRATION, ()
    net, people = (_values(data, measure, places, years) for measure in (_NET, _PEOPLE))
    noise = moves_of_leaves(model)[places, None] / people**2
    found = fit_deviation_process(
        "migration", years, net / people, net.sum(axis=0) / people.sum(axis=0), noise_variance=noise
    )
    return _among_all(found, places, len(data.leaves)), (_note(found, places, years),)


def _with_history(data: ProjectData) -> Ints:
    both = [data.history.get(one, {}) for one in (_NET, _PEOPLE)]
    return np.flatnonzero([all(leaf in one for one in both) for leaf in data.leaves])


def _shared_years(data: ProjectData, places: Ints) -> Ints:
    """The last run of following years that all have."""
    series = [
        data.history[measure][data.leaves[at]].years for at in places for measure in (_NET, _PEOPLE)
    ]
    if not series:
        return np.array([], np.int64)
    years = reduce(np.intersect1d, series)
    if not len(years):
        return years
    begins = np.flatnonzero(np.diff(years, prepend=years[0] - 2) != 1)[-1]
    return years[begins:]


def _values(data: ProjectData, measure: str, places: Ints, years: Ints) -> Floats:
    """(leaves with a history, years)."""
    found = []
    for at in places:
        one = data.history[measure][data.leaves[at]]
        found.append(one.values[np.searchsorted(one.years, years)])
    return np.stack(found)


def moves_of_leaves(model: ProjectionModel) -> Floats:
    """Who comes to and leaves each leaf in the first year: (leaves,); 0 without flows."""
    moves = model.migration
    if moves.out_rate is None or moves.in_count is None or moves.destination is None:
        return np.zeros(len(model.areas))
    left = (moves.out_rate[:, 0] * model.population).sum((-2, -1))
    return np.asarray(left + left @ moves.destination[:, :-1] + moves.in_count[:, 0].sum((-2, -1)))


def _among_all(found: Process, places: Ints, leaves: int) -> Process:
    """The same with the default for leaves without a history."""
    told: dict[str, Any] = {}
    for one in fields(AREA_MIGRATION):
        default = getattr(AREA_MIGRATION, one.name)
        if isinstance(default, np.ndarray | np.floating):
            values = np.full(leaves, default, np.float64)
            values[places] = getattr(found, one.name)
            told[one.name] = values
    return replace(AREA_MIGRATION, **told, years_used=found.years_used, notes=found.notes)


def _note(found: Process, places: Ints, years: Ints) -> Note:
    low, high = 1000 * found.sigma.min(), 1000 * found.sigma.max()
    return Note(
        f"How areas' migration strays is fitted to {years[0]}-{years[-1]} of {len(places)} areas: "
        f"{low:.1f} to {high:.1f} per thousand a year, drawn to each other and to the default.",
        f"各地区净迁移的波动按 {len(places)} 个区域 {years[0]}—{years[-1]} 年的历史拟合，并向各区域共同水平和"
        f"缺省值收缩：每年 {low:.1f}—{high:.1f} ‰。",
    )
