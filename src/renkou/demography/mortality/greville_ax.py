"""Years lived in groups of several ages by those who die there, from the slope of mortality. Pure.

In a wide group deaths lie later than halfway where rates rise steeply. Greville (1943) finds how
much from the rates of the groups on either side; the UN uses it from age 15 (MORTPAK, WPP 2019).
"""

from __future__ import annotations

import numpy as np

from renkou.demography.checked import Floats

FIRST_AGE = 15
LOWEST_FROM_AGE = 35  # above it ax may not fall below what a death rate of 1 a year would give


def greville_ax(mx: Floats, ages: Floats, width: Floats) -> tuple[Floats, tuple[str, ...]]:
    """ax of every group: Greville's from age 15 where neighbours are as wide, else half the width.

    n/2 - n²/12 (m - k), where k is the growth of the death rate per year of age between the groups
    on either side; the last closed group takes k of the group before it, as MORTPAK does, since the
    open group has no midpoint. A value that the formula cannot give, or gives outside the group, is
    half the width, and is noted.

    Parameters
    ----------
    mx : shape (..., n_ages), deaths per person-year
    ages, width : shape (n_ages,), first ages and years; the last group is open

    Source: United Nations (1982), Model Life Tables for Developing Countries, p. 31; the lowest value
    above age 35 is that of MORTPAK LIFTB as the UN uses it since 2012.
    """
    ax = np.broadcast_to(np.where(np.isfinite(width), width / 2, 0.0), mx.shape).copy()
    used = _groups_of_the_formula(ages, width)
    if not used.any():
        return ax, ()
    n = width[used]
    growth = _growth(mx, width)[..., used]
    found = n / 2 - n**2 / 12 * (mx[..., used] - growth)
    lowest = np.where(ages[used] > LOWEST_FROM_AGE, 1 - n / np.expm1(n), 0.0)
    without = ~np.isfinite(found)
    raised = (found < lowest) & (lowest > 0)
    beyond = ~without & ~raised & ((found <= 0) | (found >= n))
    kept = np.where(raised, lowest, found)
    ax[..., used] = np.where(without | beyond, n / 2, kept)
    return ax, _notes(ages[used], width[used], without, raised, beyond)


def _groups_of_the_formula(ages: Floats, width: Floats) -> np.ndarray:
    """Closed groups from age 15 whose closed neighbours are as wide; the first and open ones never."""
    used = np.zeros(len(ages), dtype=bool)
    used[1:-1] = (ages[1:-1] >= FIRST_AGE) & (width[1:-1] > 1) & (width[:-2] == width[1:-1])
    used[1:-2] &= width[2:-1] == width[1:-2]
    used[-2] &= len(ages) > 3 and bool(width[-4] == width[-3])
    return used


def _growth(mx: Floats, width: Floats) -> Floats:
    """Yearly growth of the death rate around each group; not finite beside a rate of 0."""
    growth = np.full(mx.shape, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(mx)
        growth[..., 1:-2] = (logs[..., 2:-1] - logs[..., :-3]) / (2 * width[1:-2])
    growth[..., -2] = growth[..., -3]
    return growth


def _notes(
    ages: Floats, width: Floats, without: np.ndarray, raised: np.ndarray, beyond: np.ndarray
) -> tuple[str, ...]:
    said = (
        (without, "Greville's formula has no value beside a rate of 0: half the width is taken"),
        (raised, "Greville's ax is below that of a death rate of 1 a year: that value is taken"),
        (beyond, "Greville's ax lies outside the group: half the width is taken"),
    )
    return tuple(f"{words} in {_where(ages, width, at)}." for at, words in said if at.any())


def _where(ages: Floats, width: Floats, at: np.ndarray) -> str:
    places = np.count_nonzero(at)
    groups = at.reshape(-1, at.shape[-1]).any(axis=0)
    named = ", ".join(
        f"{a:.0f}-{a + n - 1:.0f}" for a, n in zip(ages[groups], width[groups], strict=True)
    )
    return f"{places} place{'' if places == 1 else 's'} (ages {named})"
