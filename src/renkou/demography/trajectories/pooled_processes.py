"""Processes where there is no history of one's own. Pure. Their sources stand in `processes`."""

from __future__ import annotations

import numpy as np

from renkou.core.errors import FiguresRefused
from renkou.demography.trajectories.processes import (
    Process,
    constant_process,
    yearly_autoregression,
)
from renkou.demography.trajectories.working_scales import measure_of

_LOW_FERTILITY_PHI = yearly_autoregression(0.8859, 0.1016)[0]

POOLED_FERTILITY = constant_process(
    "fertility", 0.051, freedom=10.0, phi=_LOW_FERTILITY_PHI, phi_error=0.015, mean_error=0.15,
    notes=("pooled from twelve countries, 1950-2023 (WPP 2024); φ published for low fertility",),
)  # fmt: skip
POOLED_LIFE_EXPECTANCY = constant_process(
    "life_expectancy", (0.0095, 0.0095), freedom=6.0, phi=1.0, drift_error=0.0017, correlation=0.8,
    notes=("pooled from twelve countries, 1950-2023 (WPP 2024)",),
)  # fmt: skip
POOLED_MIGRATION = constant_process(
    "migration", 0.00053, freedom=1.0, phi=0.7, phi_error=0.3, mean_error=0.00086,
    notes=("pooled from twelve countries, 1950-2023 (WPP 2024)",),
)  # fmt: skip

_AREA_PHI, _AREA_SIGMA = yearly_autoregression(0.92464, 0.04522)
_AREA_E0_PHI, _AREA_E0_SIGMA = yearly_autoregression(0.95, float(np.sqrt(0.0482 + 0.0154 * 4.5)))

AREA_FERTILITY = constant_process(
    "fertility", _AREA_SIGMA, freedom=8.0, phi=_AREA_PHI,
    notes=("published for subnational areas (Ševčíková, Raftery & Gerland 2018)",),
)  # fmt: skip
AREA_LIFE_EXPECTANCY = constant_process(
    "life_expectancy",
    (_AREA_E0_SIGMA / 42,) * 2,
    freedom=8.0,
    phi=_AREA_E0_PHI,
    correlation=0.9,
    notes=("published for subnational areas (Ševčíková & Raftery 2021), at e0 = 78",),
)
AREA_MIGRATION = constant_process(
    "migration",
    0.002,
    freedom=2.0,
    phi=0.8,
    phi_error=0.2,
    mean_error=0.002,
    notes=("no published value: a weak guess of two per thousand a year",),
)

_STANDARD = {
    "nation": (POOLED_FERTILITY, POOLED_LIFE_EXPECTANCY, POOLED_MIGRATION),
    "area": (AREA_FERTILITY, AREA_LIFE_EXPECTANCY, AREA_MIGRATION),
}


def standard_process(measure: str, of: str = "nation") -> Process:
    """The process that stands in where there is no history.

    Parameters
    ----------
    measure : 'fertility', 'life_expectancy' or 'migration'
    of : 'nation' (a nation, a province or a city as a whole) or 'area' (how a part strays from its whole)

    >>> round(float(standard_process("fertility").phi), 4)
    0.9761
    """
    name = measure_of(measure)
    if of not in _STANDARD:
        raise FiguresRefused(
            "of", repr(of), "is 'nation' or 'area'", "name one of the two",
            zh="应为 'nation'（整体）或 'area'（整体中的区域）；请选其一",
        )  # fmt: skip
    return next(each for each in _STANDARD[of] if each.measure == name)
