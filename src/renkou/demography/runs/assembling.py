"""A scenario and a project's data become the arrays of a run. Pure (NumPy)."""

from __future__ import annotations

import numpy as np

from renkou.demography.runs.fertility_ahead import fertility_ahead, srb_ahead
from renkou.demography.runs.migration_ahead import migration_ahead
from renkou.demography.runs.model import ProjectionModel
from renkou.demography.runs.mortality_ahead import mortality_ahead
from renkou.demography.scenarios.assumptions import Scenario
from renkou.demography.scenarios.project_data import ProjectData


def model_of(data: ProjectData, scenario: Scenario) -> ProjectionModel:
    """The scenario of a project as arrays.

    Raises
    ------
    FiguresRefused
        If the scenario asks for what the data do not hold.
    """
    years = np.arange(data.base_year, scenario.until)
    asfr, of_fertility = fertility_ahead(data, scenario, years)
    srb, of_srb = srb_ahead(data, scenario, years)
    mortality, of_mortality = mortality_ahead(data, scenario, years)
    migration, of_migration = migration_ahead(data, scenario, years)
    return ProjectionModel(
        areas=data.leaves,
        base_year=data.base_year,
        population=data.population,
        mortality=mortality,
        asfr=asfr,
        srb=srb,
        migration=migration,
        notes=tuple(
            dict.fromkeys([*data.notes, *of_fertility, *of_srb, *of_mortality, *of_migration])
        ),
    )
