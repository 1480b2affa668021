"""Survival ratios straight from death rates, without the other columns of a life table. Pure (NumPy).

In a stationary population of rates mx, groups n years wide and ax years lived by those who die,

    nLx = n lx / (1 + (n - ax) mx)     and     lx+n / lx = (1 - ax mx) / (1 + (n - ax) mx),

so that lx drops out of the ratio of two neighbouring nLx, and one division per cell is left:

    Lx / Lx-n = (1 - ax-n mx-n) / (1 + (n - ax) mx).

Of those alive in a group the share ax mx dies before its next birthday that leads out of the group.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats
from renkou.demography.mortality.infant_ax import InfantRule, Region, SexOf, infant_a0
from renkou.demography.mortality.life_tables import checked_rates, life_table

_HIGHEST_RATE = 2  # at which everybody has died when half a year of each is lived


class Survival(NamedTuple):
    """What a projection needs of a life table: both of shape (..., n_ages), 0 and 1-4 joined."""

    ratio: Floats  # from births to the first group, then from the group before to this one
    leaving_deaths: Floats  # share of those alive in a group who die before they would leave it


def survival_ratios_from_mx(
    mx: npt.ArrayLike,
    *,
    sex: SexOf,
    step: int = 1,
    open_group: bool = True,
    infant_rule: InfantRule = "un",
    region: Region = "west",
) -> Floats:
    """Survival ratios as `life_table(mx, ...).Sx` gives them, several times as fast.

    Parameters
    ----------
    mx : shape (..., n_ages), deaths per person-year: single ages from 0, or with `step=5` ages 0,
        1, 5, 10, ...
    sex : "male", "female", "both", or words along the last axes before ages
    open_group : whether the last rate is of an open group; else it is of one age like the others

    Returns
    -------
    shape (..., n_ages), with `step=5` one less. The first is from births to the first group; the
    last, where it is open, serves the two last groups together

    Raises
    ------
    FiguresRefused
        If a rate is negative, not finite, implies a probability above 1, or is 0 in the open group.

    Source: Preston, Heuveline & Guillot (2001), Demography, box 6.1 and section 3.2.

    >>> survival_ratios_from_mx([0.01, 0.001, 0.002, 0.5], sex="female").round(4)
    array([0.9914, 0.9982, 0.9985, 0.6664])
    """
    refuse_step(step)
    return survival_from_mx(checked_rates(mx), sex, step, open_group, infant_rule, region).ratio


def refuse_step(step: int) -> None:
    """Steps are of one year or of five."""
    if step not in (1, 5):
        raise FiguresRefused(
            "step", step, "a step is 1 or 5 years, as wide as an age group",
            "give single ages with step=1, or groups of five years with step=5",
            zh="步长应为 1 年或 5 年，并与年龄组等宽；请用单岁组（step=1）或五岁组（step=5）",
        )  # fmt: skip


def survival_from_mx(
    mx: Floats, sex: SexOf, step: int, open_group: bool, infant_rule: InfantRule, region: Region
) -> Survival:
    """Ratios and shares of checked rates."""
    if step == 1:
        return _of_single_ages(mx, sex, open_group, infant_rule, region)
    return _of_wide_groups(mx, sex, step, open_group, infant_rule, region)


def refuse_impossible_rates(
    mx: Floats, sex: SexOf, open_group: bool, infant_rule: InfantRule, region: Region
) -> None:
    """Rates by single ages that imply a probability above 1, or an open group where nobody dies.

    Half a year lived by those who die allows no rate above 2; where one is higher the whole life table
    is made, which says which it is, or lets infants pass, who live less than half a year.
    """
    closed = mx[..., :-1] if open_group else mx
    if closed.max() <= _HIGHEST_RATE and (not open_group or mx[..., -1].min() > 0):
        return
    if not open_group:
        mx = np.concatenate([mx, np.ones_like(mx[..., :1])], axis=-1)
    life_table(mx, sex=sex, infant_rule=infant_rule, region=region)


def _of_single_ages(
    mx: Floats, sex: SexOf, open_group: bool, infant_rule: InfantRule, region: Region
) -> Survival:
    refuse_impossible_rates(mx, sex, open_group, infant_rule, region)
    a0 = infant_a0(mx[..., 0], sex, infant_rule, region, None)
    leaving = mx * 0.5
    ratio = leaving + 1
    ratio[..., 0] += (0.5 - a0) * mx[..., 0]
    leaving[..., 0] = a0 * mx[..., 0]
    stay = 1 - leaving[..., :-1]
    np.divide(1, ratio[..., 0], out=ratio[..., 0])
    np.divide(stay, ratio[..., 1:], out=ratio[..., 1:])
    if open_group:
        last = stay[..., -1]
        np.divide(last, last + mx[..., -1], out=ratio[..., -1])
    return Survival(ratio, leaving)


def _of_wide_groups(
    mx: Floats, sex: SexOf, step: int, open_group: bool, infant_rule: InfantRule, region: Region
) -> Survival:
    ages = np.array([0, 1, *range(step, step * (mx.shape[-1] - 1), step)])
    if not open_group:
        # The last group is closed: an open one of the same rate is put above it.
        above = np.where(mx[..., -1:] > 0, mx[..., -1:], 1)
        mx = np.concatenate([mx, above], axis=-1)
        ages = np.append(ages, ages[-1] + step)
    table = life_table(mx, sex=sex, ages=ages, infant_rule=infant_rule, region=region)
    ratio = table.Sx
    lived = np.concatenate([table.Lx[..., :1] + table.Lx[..., 1:2], table.Lx[..., 2:]], axis=-1)
    leaving = np.zeros_like(lived)
    alive = lived[..., :-1] > 0
    np.divide(step * table.lx[..., 2:], lived[..., :-1], out=leaving[..., :-1], where=alive)
    np.subtract(1, leaving[..., :-1], out=leaving[..., :-1])
    if not open_group:
        ratio = ratio[..., :-1].copy()
        np.divide(lived[..., -2], lived[..., -3], out=ratio[..., -1], where=lived[..., -3] > 0)
        leaving = leaving[..., :-1]
    return Survival(ratio, leaving)
