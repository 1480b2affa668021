"""How far the levels that rates start from may be off: drawn once, kept along a trajectory. Pure (NumPy).

Two parts. The rates of a whole have an error that all that lies in it shares (errors.csv: a city's life
expectancy is known to a year). Beside the whole each leaf has a level of its own, known as well as its
births, deaths or moves tell (`deviation` of levels.csv).

Levels of leaves are told beside a whole whose events are counted: where every leaf of it has an error, own
errors leave its events unchanged. They are drawn as independent normal ones given that Σ wᵢ eᵢ = 0, w the
expected events: e - d²w (w·e) / Σ d²w². The error of the whole would otherwise count twice.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from renkou.demography.checked import SEXES, Floats
from renkou.demography.mortality.life_tables import life_table
from renkou.demography.scenarios.assumptions import UncertaintySettings
from renkou.demography.scenarios.project_data import ProjectData
from renkou.demography.trajectories.counter_draws import draws

STEP = 0.05  # of log death rates, between the life tables that years are read off
_HIGHEST = 1.9  # deaths per person-year of a closed age: more would be a probability above 1


def shared_errors(
    data: ProjectData, measure: str, wanted: UncertaintySettings, *, otherwise: Floats | None = None
) -> Floats:
    """Errors of the rates of wholes, shared by all that lie in them: (trajectories, leaves).

    Parameters
    ----------
    measure : as errors.csv names it; the nearest area around a leaf that has a row counts
    otherwise : (trajectories,), of leaves around which none has
    """
    given = data.errors.get(measure, {})
    cut = draws(wanted.seed, 0, wanted.trajectories, f"error of {measure}")
    found = np.zeros((wanted.trajectories, len(data.leaves)))
    if otherwise is not None:
        found[:] = otherwise[:, None]
    for code, places in _around(data, list(given)).items():
        found[:, places] = given[code] * cut.normals(code, "level")
    return found


def _around(data: ProjectData, codes: Sequence[str]) -> dict[str, list[int]]:
    """For each area, the places of the leaves of which it is the nearest around."""
    found: dict[str, list[int]] = {}
    for place, leaf in enumerate(data.leaves):
        nearest = next((code for code in data.ancestry(leaf) if code in codes), None)
        if nearest is not None:
            found.setdefault(nearest, []).append(place)
    return found


def own_errors(
    data: ProjectData, measure: str, events: Floats, wanted: UncertaintySettings
) -> Floats:
    """Errors of the logarithm of leaves' own levels: (trajectories, leaves).

    Parameters
    ----------
    measure : as levels.csv names it: fertility, mortality, moves_out, moves_in
    events : (leaves,), a year's births, deaths or moves that their rates lead to expect
    """
    level = data.levels.get(measure)
    if level is None or not level.deviation.any():
        return np.zeros((wanted.trajectories, len(data.leaves)))
    cut = draws(wanted.seed, 0, wanted.trajectories, measure)
    error = np.concatenate([cut.normals(leaf, "level") for leaf in data.leaves], axis=1)
    error *= level.deviation
    sources = (data.mortality if measure == "mortality" else data.fertility).source_of
    for code in dict.fromkeys(sources):
        places = np.flatnonzero([one == code for one in sources])
        error[:, places] = beside_the_whole(
            error[:, places], level.deviation[places], events[places]
        )
    return error


def beside_the_whole(error: Floats, deviation: Floats, events: Floats) -> Floats:
    """Errors of parts (n, parts) that leave the events of their whole as they are; see the module.

    Where a part is known for certain, the others are no remainder of a counted whole, and stay as they are.

    >>> beside_the_whole(np.array([[0.3, 0.1]]), np.array([0.1, 0.1]), np.array([50.0, 50.0]))
    array([[ 0.1, -0.1]])
    """
    if len(deviation) < 2 or (deviation[events > 0] == 0).any() or not events.any():
        return error
    pull = deviation**2 * events
    return np.asarray(error - np.outer(error @ events, pull / (pull @ events)))


def years_of_life(mx: Floats, ratio: Floats, error: Floats, source_of: Sequence[str]) -> Floats:
    """Years of life expectancy that an error of log death rates brings: (trajectories, leaves, 2).

    e0(mx × ratio × exp(error)) - e0(mx × ratio), read off life tables at steps of 0.05.

    Parameters
    ----------
    mx : (leaves, 2, ages), of the area each leaf takes its rates from
    ratio : (leaves,), the leaf's level beside it
    error : (trajectories, leaves)
    source_of : the area of each leaf
    """
    found = np.zeros((*error.shape, len(SEXES)))
    for code in dict.fromkeys(source_of):
        places = np.flatnonzero([one == code for one in source_of])
        found[:, places] = _of_one_source(mx[places[0]], np.log(ratio[places]), error[:, places])
    return found


def _of_one_source(mx: Floats, level: Floats, error: Floats) -> Floats:
    wanted = level + error
    lowest = np.floor(min(wanted.min(), level.min()) / STEP)
    highest = np.ceil(max(wanted.max(), level.max()) / STEP)
    grid: Floats = np.arange(lowest, highest + 1) * STEP
    rates = mx * np.exp(grid)[:, None, None]
    # Nobody lives to feel it: only ages near 100 come there, and only under errors of a log above 1.
    rates[..., :-1] = np.minimum(rates[..., :-1], np.maximum(_HIGHEST, mx[..., :-1]))
    e0 = life_table(rates, sex=SEXES).e0
    moved = [np.interp(wanted, grid, of) - np.interp(level, grid, of) for of in e0.T]
    return np.stack(moved, axis=-1)


def errors_of_life_expectancy(
    data: ProjectData, people: Floats, wanted: UncertaintySettings
) -> Floats:
    """Years by which leaves' life expectancy in the base year may be off: (trajectories, leaves, 2)."""
    mx = data.mortality.base(data.base_year)[0]
    level = data.levels.get("mortality")
    ratio = np.ones(len(data.leaves)) if level is None else level.ratio
    deaths = (people * mx).sum((-2, -1)) * ratio
    own = own_errors(data, "mortality", deaths, wanted)
    shared = [shared_errors(data, f"e0_{sex}", wanted) for sex in SEXES]
    found = np.stack(shared, axis=-1)
    if own.any():
        found += years_of_life(mx, ratio, own, data.mortality.source_of)
    return found
