"""Who comes and goes in every area and year of a scenario. Pure (NumPy)."""

from __future__ import annotations

import numpy as np

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats
from renkou.demography.forecasts.migration_patterns import spread_by_rogers_castro
from renkou.demography.runs.model import MigrationModel
from renkou.demography.runs.parts import Ints, level_of, parts_of
from renkou.demography.scenarios.assumptions import MigrationAssumption, Scenario
from renkou.demography.scenarios.project_data import ProjectData

_NEARLY_NOTHING = 1e-3


def migration_ahead(
    data: ProjectData, scenario: Scenario, years: Ints
) -> tuple[MigrationModel, tuple[str, ...]]:
    """Moves of a scenario, and what was assumed.

    Raises
    ------
    FiguresRefused
        If a method asks for what the project's files do not hold, or only a part of the areas is
        projected by flows: a move has two ends.
    """
    parts = list(parts_of(data, scenario.migration))
    methods = {part.method for _, part in parts}
    if methods == {"flows"}:
        return _flows(data, scenario, years), ()
    if "flows" in methods:
        raise FiguresRefused(
            "migration.areas", "flows", "flows hold for all areas or for none: a move has two ends",
            "take flows for the whole, or another method for all",
            zh="流动（flows）须对全部区域一并采用，因一次迁移涉及两地；请统一方法",
        )  # fmt: skip
    if methods == {"none"}:
        return MigrationModel(spread=_shares(data)), ()
    net = np.zeros((len(data.leaves), len(years), *data.population.shape[1:]))
    notes: list[str] = []
    for places, part in parts:
        if part.method != "none":
            net[places], said = _net(data, places, part, years)
            notes += said
    return MigrationModel(net=net, spread=_shares(data)), tuple(notes)


def _flows(data: ProjectData, scenario: Scenario, years: Ints) -> MigrationModel:
    flows = data.flows
    if flows is None:
        raise FiguresRefused(
            "migration.method", "flows", "needs moves_out.csv, destinations.csv and moves_in.csv",
            "add them, or choose net, rogers_castro, given or none",
            zh="需要 moves_out.csv、destinations.csv 和 moves_in.csv；请补充，或改用其他方法",
        )  # fmt: skip
    level = np.ones((len(data.leaves), len(years)))
    for places, part in parts_of(data, scenario.migration):
        if part.level is not None:
            level[places] = part.level.at(years)
    out = flows.out_rate * level_of(data, "moves_out")[:, None, None]
    came = flows.in_count * level_of(data, "moves_in")[:, None, None]
    return MigrationModel(
        out_rate=out[:, None] * level[:, :, None, None],  # above 1 the projection refuses it
        destination=flows.destination,
        in_count=came[:, None] * level[:, :, None, None],
        spread=_shares(data),
    )


def _net(
    data: ProjectData, places: Ints, part: MigrationAssumption, years: Ints
) -> tuple[Floats, tuple[str, ...]]:
    """Net migrants (leaves, years, 2, ages) under one assumption that is neither flows nor none."""
    if part.method == "rogers_castro":
        return _by_rogers_castro(data, places, part, years), ()
    if data.migration is None:
        raise FiguresRefused(
            "migration.method", part.method, "needs migration.csv",
            "add it, or choose rogers_castro or none",
            zh="需要 migration.csv；请补充，或改用 rogers_castro 或 none",
        )  # fmt: skip
    if part.method == "given":
        return data.migration.at(years)[places], ()
    base, notes = data.migration.base(data.base_year)
    total = base[places].sum()
    if abs(total) < _NEARLY_NOTHING * np.abs(base[places]).sum() or total == 0:
        raise FiguresRefused(
            "migration.csv", f"{total:g}", "its ages cannot carry another total: they sum to nearly 0",
            "choose rogers_castro",
            zh="各年龄净迁移合计接近 0，无法按其年龄结构分配新的总数；请改用 rogers_castro",
        )  # fmt: skip
    share = base[places] / total
    return share[:, None] * _path(part).at(years)[:, None, None], notes


def _by_rogers_castro(
    data: ProjectData, places: Ints, part: MigrationAssumption, years: Ints
) -> Floats:
    total = _path(part).at(years)
    share = 0.5 if part.male_share is None else part.male_share
    people = data.population[places].sum((-2, -1))
    by_area = people / people.sum()
    of_sexes = total[:, None] * np.array([share, 1 - share])
    spread = spread_by_rogers_castro(of_sexes, ages=data.ages, parameters=part.parameters or None)
    return by_area[:, None, None, None] * spread


def _path(part: MigrationAssumption):  # type: ignore[no-untyped-def]
    if part.net is None:
        raise FiguresRefused(
            "migration.net", None, "a number of people a year is needed for this method",
            "write net: {2025: 100, 2055: 80}",
            zh="该方法需要每年净迁入人数；请写 net: {2025: 100, 2055: 80}",
        )  # fmt: skip
    return part.net


def _shares(data: ProjectData) -> Floats:
    """By which a departure of an area's net migration is spread over sexes and ages.

    As rates by Rogers and Castro would move the people of the whole: an age at which hardly anybody lives
    gives hardly anybody, where a share of persons by age would take who is not there.
    """
    rates = spread_by_rogers_castro(np.full(2, 0.5), ages=data.ages)
    moved = rates * data.population.sum(axis=0)
    ages = moved / moved.sum() if moved.sum() > 0 else rates
    return np.broadcast_to(ages, data.population.shape)
