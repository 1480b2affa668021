"""The base as it truly is: the register's people times how many true ones stand behind each. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from renkou.demography.runs.parts import CHILDBEARING
from renkou.demography.scenarios.project_data import ProjectData, Schedules, YearSeries


def with_true_base(data: ProjectData) -> tuple[ProjectData, tuple[str, ...]]:
    """People times the coverage ratio; rates that were events per counted person, divided by it.

    Rates of an edition have the register's people below them, so that births, deaths and departures stay
    what was counted. Departures too: who is registered and long gone cannot leave once more, and arrivals
    are counts of the same lists, so that net migration would lean to one side were only one of the two
    to follow the ratio. (Where the register misses people instead, neither holds the moves of those missed.)
    Rates of other files are taken as they are.
    """
    if data.coverage is None:
        return data, ()
    ratio = data.coverage.ratio
    people = data.population * ratio
    found = replace(data, population=people)
    whole = people.sum() / data.population.sum()
    note = f"基期人口按覆盖率校正：登记每 1 人对应实际 {whole:.4f} 人"
    if "edition" not in data.settings:
        return found, (f"{note}。",)
    women = people[:, 1, CHILDBEARING].sum() / data.population[:, 1, CHILDBEARING].sum()
    return (
        replace(
            found,
            fertility=_divided(data.fertility, float(women)),
            mortality=_divided(data.mortality, float(whole)),
            flows=None
            if data.flows is None
            else replace(data.flows, out_rate=data.flows.out_rate / ratio),
        ),
        (f"{note}；生育率、死亡率和迁出率的分母相应校正，出生、死亡和迁出人数不变。",),
    )


def _divided(rates: Schedules, by: float) -> Schedules:
    series: Mapping[str, YearSeries] = {
        code: YearSeries(one.years, np.asarray(one.values / by))
        for code, one in rates.by_area.items()
    }
    return replace(rates, by_area=series)
