"""The level k of a year at which Lee and Carter's model meets its deaths or life expectancy. Pure."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats
from renkou.demography.mortality.infant_ax import SexOf
from renkou.demography.mortality.life_tables import life_table

_ROUNDS, _CLOSE, _STEP = 60, 1e-10, 1e-4


def k_for_deaths(deaths: Floats, exposure: Floats, ax: Floats, bx: Floats, kt: Floats) -> Floats:
    """k of shape (..., years) with Σ exposure exp(a + b k) = Σ deaths, from kt by Newton's method."""

    def off(k: Floats) -> tuple[Floats, Floats]:
        each = exposure * np.exp(ax[..., None, :] + bx[..., None, :] * k[..., None])
        total = deaths.sum(axis=-1)
        slope = (each * bx[..., None, :]).sum(axis=-1) / total
        return each.sum(axis=-1) / total - 1, slope

    return _solved(off, kt, "deaths")


def k_for_e0(rates: Floats, ax: Floats, bx: Floats, kt: Floats, sex: SexOf) -> Floats:
    """k of shape (..., years) whose rates have the life expectancy of the rates seen."""
    words = np.asarray(sex, dtype=object)[..., None] if not isinstance(sex, str) else sex
    asked = life_table(rates, sex=words).e0

    def e0(k: Floats) -> Floats:
        modelled = np.exp(ax[..., None, :] + bx[..., None, :] * k[..., None])
        try:
            return life_table(modelled, sex=words).e0
        except FiguresRefused:  # a level on the way has rates that no life table can hold
            raise _unmet("kt", float(np.abs(k).max()), "life expectancy") from None

    def off(k: Floats) -> tuple[Floats, Floats]:
        found = e0(k)
        return found - asked, (e0(k + _STEP) - found) / _STEP

    return _solved(off, kt, "life expectancy")


def _solved(off: Callable[[Floats], tuple[Floats, Floats]], kt: Floats, what: str) -> Floats:
    """A root by Newton's method; half a step where a step makes it worse."""
    k = kt.copy()
    error, slope = off(k)
    # No step is longer than the years differ, so that the way stays among rates that could be.
    reach = float(np.ptp(kt)) or 1.0
    for _ in range(_ROUNDS):
        if np.abs(error).max() < _CLOSE:
            return k
        step = np.clip(-error / np.where(slope == 0, 1, slope), -reach, reach)
        further, further_slope = off(k + step)
        for _ in range(20):
            worse = ~(np.abs(further) <= np.abs(error))
            if not worse.any():
                break
            step = np.where(worse, step / 2, step)
            further, further_slope = off(k + step)
        k, error, slope = k + step, further, further_slope
    at = tuple(np.argwhere(~(np.abs(error) < _CLOSE))[0])
    raise _unmet(f"kt[{', '.join(map(str, at))}]", float(k[at]), what)


def _unmet(place: str, k: float, what: str) -> FiguresRefused:
    return FiguresRefused(
        place, f"{k:.4g}", f"no k of the model meets the {what} of every year",
        "set adjust='none', or join ages so that rates fall at most of them",
        zh="模型中没有能与各年合计相符的 k；请设 adjust='none'，或合并年龄使多数年龄的死亡率下降",
    )  # fmt: skip
