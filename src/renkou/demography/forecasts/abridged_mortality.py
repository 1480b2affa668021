"""Death rates of abridged ages (0, 1-4, 5-9, …) by single age. Pure (NumPy, SciPy).

A cubic spline of the logarithm of the death rate runs over the square root of age, which stretches
childhood, where rates fall fast; its points are moved until every group loses exactly the people that
the abridged life table loses there. Survivors at the first age of every group are so those of the
abridged table, rates are above 0 and smooth from group to group. An open group that begins at 95 or
later bends the end of the curve: its rate stands 2.5 years above its first age.

Source: our own; in the manner of splines constrained to group totals, as in Schmertmann (2014),
Calibrated spline estimation of detailed fertility schedules, Revista Brasileira de Estudos de
População 31(2), 291-307.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.interpolate import CubicSpline

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats, positive, starts_of_ages
from renkou.demography.mortality.infant_ax import SexOf, andreev_kingkade_a0, female_share
from renkou.demography.mortality.life_tables import life_table

_ROUNDS, _CLOSE = 100, 1e-13
# Few of those above 100 are above 104; of those above 85 most are, and their rate says little of 86.
_OLD, _ABOVE = 95, 2.5


@dataclass(frozen=True, eq=False)
class SingleAgeMortality:
    """Death rates by single age from 0, the last group open."""

    mx: Floats  # shape (..., n_single_ages)
    notes: tuple[str, ...]


def graduate_abridged_mx(
    mx: npt.ArrayLike, *, sex: SexOf, ages: npt.ArrayLike
) -> SingleAgeMortality:
    """Single-age death rates from rates of 0, 1-4, 5-9 and so on.

    Parameters
    ----------
    mx : shape (..., n_groups), deaths per person-year; the last group is open and keeps its rate
    sex : as of `life_table`; decides the years that infants live who die
    ages : shape (n_groups,), first ages 0, 1, 5, 10, …

    Raises
    ------
    FiguresRefused
        If a rate is 0 or no number, groups are not 0, 1-4, 5-9 and so on, or fewer than six are
        closed.

    >>> found = graduate_abridged_mx(
    ...     [0.02, 0.002, 0.001, 0.001, 0.002, 0.004, 0.008, 0.02], sex="male",
    ...     ages=[0, 1, 5, 10, 15, 20, 25, 30])
    >>> found.mx[[0, 1, 4, 12, 30]].round(4)
    array([0.02  , 0.0028, 0.0014, 0.001 , 0.02  ])
    """
    starts = starts_of_ages("ages", ages)
    _refuse_other_groups(starts)
    rates = positive("mx", mx)
    table = life_table(rates, sex=sex, ages=starts)
    lost = -np.diff(np.log(table.lx[..., 1:]), axis=-1)
    hazard = _spline_hazard(lost, starts[1:], np.log(rates[..., -1:]))
    single = np.empty((*rates.shape[:-1], int(starts[-1]) + 1))
    single[..., 1:-1] = 2 * np.tanh(hazard / 2)  # deaths halfway through the year
    single[..., 0], single[..., -1] = _infants(table.qx[..., 0], sex), rates[..., -1]
    return SingleAgeMortality(single, (
        "Single ages by a spline of log death rates that keeps the survivors of every abridged group.",
        "The open age group keeps its death rate.",
        *table.notes,
    ))  # fmt: skip


def _spline_hazard(lost: Floats, bounds: Floats, last: Floats) -> Floats:
    """Hazards summed over each single year, adding to `lost` (..., groups) within each group.

    `last`, shape (..., 1), is the logarithm of the open group's rate.
    """
    width = np.diff(bounds).astype(int)
    middle = np.sqrt((bounds[:-1] + bounds[1:]) / 2)
    years = np.sqrt(np.arange(bounds[0], bounds[-1]) + 0.5)
    first = np.concatenate([[0], np.cumsum(width)[:-1]])
    level = np.log(lost / width)
    end = last[..., : int(bounds[-1] >= _OLD)]
    if end.size:
        middle = np.append(middle, np.sqrt(bounds[-1] + _ABOVE))
    for _ in range(_ROUNDS):
        points = np.concatenate([level, end], axis=-1)
        hazard = np.exp(CubicSpline(middle, points, axis=-1, bc_type="natural")(years))
        off = lost / np.add.reduceat(hazard, first, axis=-1)
        if np.abs(off - 1).max() < _CLOSE:
            break
        level = level + np.log(off)
    # What rounding leaves after the last round.
    result: Floats = hazard * np.repeat(off, width, axis=-1)
    return result


def _infants(q0: Floats, sex: SexOf) -> Floats:
    """The infants' rate whose a0 by the UN's lines gives q0."""
    female, m0 = female_share(sex, q0.shape), q0
    for _ in range(12):
        male = andreev_kingkade_a0(m0, "male")
        a0 = male + (andreev_kingkade_a0(m0, "female") - male) * female
        m0 = q0 / (1 - (1 - a0) * q0)
    return m0


def _refuse_other_groups(starts: Floats) -> None:
    wanted = np.concatenate([[0, 1], np.arange(5, 5 * (len(starts) - 1), 5)])
    if len(starts) < 8 or (starts != wanted).any():
        raise FiguresRefused(
            "ages", ", ".join(f"{age:.0f}" for age in starts),
            "groups begin at 0, 1, 5, 10 and so on, six of them closed from age 1 at least",
            "join or split groups to these",
            zh="各组应从 0、1、5、10 等岁开始，1 岁起至少有六个封闭组；请合并或拆分年龄组",
        )  # fmt: skip
