"""Births per woman and sex ratios at birth of every area and year of a scenario. Pure (NumPy).

A path of an area is the mean of its parts, weighed by their women aged 15-49 in the base year: each
part keeps its own level relative to that mean.
"""

from __future__ import annotations

import numpy as np

from renkou.demography.checked import Floats
from renkou.demography.forecasts.fertility_patterns import asfr_for
from renkou.demography.runs.parts import Ints, level_of, parts_of, weighted_mean, women
from renkou.demography.scenarios.assumptions import (
    FertilityAssumption,
    Scenario,
    SexRatioAssumption,
)
from renkou.demography.scenarios.project_data import ProjectData


def fertility_ahead(
    data: ProjectData, scenario: Scenario, years: Ints
) -> tuple[Floats, tuple[str, ...]]:
    """Age-specific fertility rates (leaves, years, ages), and what was assumed."""
    base, notes = data.fertility.base(data.base_year)
    level = level_of(data, "fertility")
    found = np.empty((len(data.leaves), len(years), base.shape[-1]))
    for places, part in parts_of(data, scenario.fertility):
        if part.method == "given":
            rates = data.fertility.at(years)[places]
        else:
            rates = np.repeat(base[places][:, None], len(years), axis=1)
        rates = rates * level[places, None, None]
        found[places], floored = _of_part(rates, women(data, places), part, years)
        notes = (*notes, *floored)
    return found, notes


def _of_part(
    rates: Floats, weights: Floats, part: FertilityAssumption, years: Ints
) -> tuple[Floats, tuple[str, ...]]:
    """Rates (leaves, years, ages) moved to the assumption's path, change and mean age; what was floored."""
    notes: tuple[str, ...] = ()
    tfr = rates.sum(-1)
    mean = weighted_mean(tfr, weights)
    relative = np.divide(tfr, mean, out=np.ones_like(tfr), where=mean > 0)
    if part.method == "path" and part.tfr is not None:
        tfr = relative * part.tfr.at(years)
    if part.change is not None:
        tfr = tfr + relative * part.change.at(years)
        below = int((tfr < 0).sum())
        if below:
            notes = (f"方案的生育率变动使 {below} 个区域年份的总和生育率低于 0，已取 0。",)
        tfr = np.maximum(tfr, 0)
    mean_age = part.mean_age.at(years) if part.pattern == "shifted" and part.mean_age else None
    return asfr_for(tfr, rates, mean_age=mean_age), notes


def srb_ahead(data: ProjectData, scenario: Scenario, years: Ints) -> tuple[Floats, tuple[str, ...]]:
    """Males per female birth (leaves, years), and what was assumed."""
    base, notes = data.srb.base(data.base_year)
    found = np.empty((len(data.leaves), len(years)))
    for places, part in parts_of(data, scenario.srb):
        found[places] = _srb_of_part(data, base, places, part, years)
    return found, notes


def _srb_of_part(
    data: ProjectData, base: Floats, places: Ints, part: SexRatioAssumption, years: Ints
) -> Floats:
    if part.method == "path" and part.values is not None:
        return np.repeat(part.values.at(years)[None], len(places), axis=0)
    if part.method == "given":
        return data.srb.at(years)[places]
    return np.repeat(base[places][:, None], len(years), axis=1)
