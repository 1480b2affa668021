"""One life table for both sexes together, from the deaths of each. Pure (NumPy)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import of_one_length, starts_of_ages
from renkou.demography.mortality.ax_rules import ax_by_rules
from renkou.demography.mortality.infant_ax import InfantRule, Region
from renkou.demography.mortality.life_tables import AxRule, LifeTable, life_table, rates_from_deaths


def both_sexes_life_table(
    deaths: npt.ArrayLike,
    exposure: npt.ArrayLike,
    *,
    ages: npt.ArrayLike | None = None,
    infant_rule: InfantRule | None = "un",
    ax_rule: AxRule | None = None,
    region: Region = "west",
    radix: float = 100_000,
) -> LifeTable:
    """Life tables of males and females together.

    Deaths and exposures are added. Those who die in a group have lived there the mean of what the
    rules give for either sex, weighted by deaths, as the Human Mortality Database does for infants.

    Parameters
    ----------
    deaths, exposure : shape (..., 2, n_ages), males and then females
    others : as of `life_table`

    Returns
    -------
    LifeTable with columns of shape (..., n_ages)

    Raises
    ------
    FiguresRefused
        If the axis before ages has not two sexes, or for what `life_table_from_deaths` refuses.

    Source: Human Mortality Database, Methods Protocol, version 6, on period life tables.
    """
    rates, died, lived = rates_from_deaths(deaths, exposure)
    if rates.ndim < 2 or rates.shape[-2] != 2:
        raise FiguresRefused(
            "deaths", f"of shape {rates.shape}", "males and females stand along the axis before ages",
            "stack the two as deaths[..., 0, :] and deaths[..., 1, :]",
            zh="年龄之前的一维应依次为男、女；请按此堆叠",
        )  # fmt: skip
    starts = starts_of_ages("ages", np.arange(rates.shape[-1]) if ages is None else ages)
    of_one_length(deaths=died, ages=starts)
    width = np.append(np.diff(starts), np.inf)
    ax, notes = ax_by_rules(
        rates, starts, width, ("male", "female"), infant_rule, ax_rule, region, None
    )
    both = died.sum(axis=-2)
    weighted = np.divide((died * ax).sum(axis=-2), both, out=ax.mean(axis=-2), where=both > 0)
    weighted[..., -1] = 0  # that of the open group is 1 / mx
    table = life_table(
        both / lived.sum(axis=-2), sex="both", ages=starts, ax=weighted, radix=radix,
        infant_rule=infant_rule,
    )  # fmt: skip
    note = "Both sexes: ax is the mean of males and females, weighted by their deaths."
    return replace(table, notes=(note, *notes, table.notes[-1]))
