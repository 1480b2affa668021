"""Life tables where probabilities are given in place of rates. Pure (NumPy)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import (
    Floats,
    of_one_length,
    positive,
    probabilities,
    refuse_where,
    starts_of_ages,
)
from renkou.demography.mortality.ax_rules import ax_by_rules, ax_given
from renkou.demography.mortality.infant_ax import InfantRule, Region, SexOf
from renkou.demography.mortality.life_tables import AxRule, LifeTable, life_table

_STEPS, _CLOSE_ENOUGH = 200, 1e-13


def life_table_from_qx(
    qx: npt.ArrayLike,
    open_ex: npt.ArrayLike,
    *,
    sex: SexOf,
    ages: npt.ArrayLike | None = None,
    ax: npt.ArrayLike | None = None,
    infant_rule: InfantRule | None = "un",
    ax_rule: AxRule | None = None,
    region: Region = "west",
    radix: float = 100_000,
) -> LifeTable:
    """Life tables from probabilities of dying, such as those of a published or model table.

    The rules for ax need rates, and rates need ax, so that both are found in turns until they agree
    with the probabilities, as MORTPAK does.

    Parameters
    ----------
    qx : shape (..., n_ages), the last, of the open group, is 1
    open_ex : shape (...), life expectancy at the open age, which probabilities do not tell
    others : as of `life_table`

    Raises
    ------
    FiguresRefused
        If a probability is outside [0, 1] or does not end in 1, the open age has no life
        expectancy, rates and ax never agree, or for what `life_table` refuses.

    Source: United Nations (1982), Model Life Tables for Developing Countries, p. 31.

    >>> table = life_table_from_qx([0.02, 0.001, 1], 70.5, sex="male", ages=[0, 1, 2])
    >>> table.qx.round(6), table.ex.round(2)
    (array([0.02 , 0.001, 1.   ]), array([70.98, 71.43, 70.5 ]))
    """
    given = probabilities("qx", qx)
    starts = starts_of_ages("ages", np.arange(given.shape[-1]) if ages is None else ages)
    of_one_length(qx=given, ages=starts)
    _refuse_unended(given)
    width = np.append(np.diff(starts), np.inf)
    mx = np.empty(given.shape)
    mx[..., -1] = 1 / positive("open_ex", open_ex)
    if ax is not None:
        lived, _ = ax_given(ax, given, width)
        _set_rates(mx, given, lived, width)
    else:
        _rates_in_turns(mx, given, width, starts, sex, infant_rule, ax_rule, region)
    table = life_table(
        mx, sex=sex, ages=starts, ax=ax, infant_rule=infant_rule, ax_rule=ax_rule, region=region,
        radix=radix,
    )  # fmt: skip
    note = (
        "mx is found from qx as given, so that both agree with ax; ex of the open age is as given."
    )
    return replace(table, notes=(note, *table.notes))


def _rates_in_turns(
    mx: Floats, qx: Floats, width: Floats, starts: Floats, sex: SexOf, infant_rule: str | None,
    ax_rule: str | None, region: Region,
) -> None:  # fmt: skip
    """Set `mx` to the rates that the rules for ax turn into `qx`."""
    lived = np.broadcast_to(np.where(np.isfinite(width), width / 2, 0), qx.shape)
    for _ in range(_STEPS):
        _set_rates(mx, qx, lived, width)
        now, _ = ax_by_rules(mx, starts, width, sex, infant_rule, ax_rule, region, None)
        moved = np.abs(now - lived)[..., :-1].max()
        lived = now
        if moved < _CLOSE_ENOUGH:
            return
    raise FiguresRefused(
        "qx", None, f"rates and ax do not agree in {_STEPS} turns", "give ax, or ax_rule='half'",
        zh=f"死亡率与 ax 在 {_STEPS} 次迭代内未能一致；请给出 ax，或设 ax_rule='half'",
    )  # fmt: skip


def _set_rates(mx: Floats, qx: Floats, ax: Floats, width: Floats) -> None:
    n, q = width[:-1], qx[..., :-1]
    mx[..., :-1] = q / (n - (n - ax[..., :-1]) * q)


def _refuse_unended(qx: Floats) -> None:
    wrong = np.zeros(qx.shape, dtype=bool)
    wrong[..., -1] = qx[..., -1] != 1
    refuse_where(
        "qx", qx, wrong, "everybody dies in the open age group, so its probability is 1",
        "end each row with 1, and give open_ex", "开放年龄组的死亡概率应为 1；请以 1 结尾，并给出 open_ex",
    )  # fmt: skip
