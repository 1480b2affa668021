"""Standard errors of the rates that a projection starts from, out of a project's table. Pure."""

from __future__ import annotations

import numpy as np

from renkou.demography.scenarios import limits
from renkou.demography.scenarios.grids import Ground
from renkou.demography.scenarios.problems import Problem
from renkou.demography.scenarios.tables import Table, TableReader

ERROR_MEASURES = ("tfr", "e0_male", "e0_female", "moves_out", "moves_in")


def errors_of(
    table: Table | None, ground: Ground, problems: list[Problem]
) -> dict[str, dict[str, float]]:
    """By measure and area: the standard error of the rates of that area and all that lie in it.

    Of life expectancies in years, of the others of the logarithm.
    """
    if table is None:
        return {}
    reader = TableReader(table, problems)
    area = reader.areas(ground.codes, known_in=ground.known_in)
    measure = reader.words("measure", ERROR_MEASURES)
    value = reader.numbers("deviation", limits.ANY)
    for at, name in enumerate(ERROR_MEASURES):
        limit = limits.ERRORS[name]
        beyond = (measure == at) & ((value < limit.low) | (value > limit.high))
        reader.note("deviation", beyond, limit.rule, limit.remedy, limit.zh)
    both = np.stack([area, measure], axis=1)
    again = np.ones(len(both), dtype=np.bool_)
    again[np.unique(both, axis=0, return_index=True)[1]] = False
    reader.note(
        "area", again, "has an error of the same measure twice", "keep one of the rows",
        "同一区域同一指标重复出现；请只留一行",
    )  # fmt: skip
    if not reader.sound:
        return {}
    return {
        name: {ground.codes[area[row]]: float(value[row]) for row in np.flatnonzero(measure == at)}
        for at, name in enumerate(ERROR_MEASURES)
        if (measure == at).any()
    }
