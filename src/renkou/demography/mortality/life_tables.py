"""Period life tables, single and abridged, of one population or of many at once. Pure (NumPy).

Death rates become probabilities by qx = n mx / (1 + (n - ax) mx), and those become survivors and
years lived; the open age group has ax = 1 / mx. What was assumed stands in the table's `notes`.

Source: Preston, Heuveline & Guillot (2001), Demography, chapter 3; conventions of the UN's World
Population Prospects and of the Human Mortality Database where they differ, by option.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import (
    Floats,
    not_negative,
    of_one_length,
    positive,
    refuse_where,
    starts_of_ages,
)
from renkou.demography.mortality.ax_rules import ax_by_rules, ax_given
from renkou.demography.mortality.infant_ax import InfantRule, Region, SexOf, female_share, one_of
from renkou.demography.mortality.old_age import close_by_kannisto

AxRule = Literal["half", "greville"]
Closing = Literal["kannisto"]
_ROWS_AT_ONCE = 1024  # so many tables of 101 ages stay in a processor's cache


@dataclass(frozen=True, eq=False)
class LifeTable:
    """Columns of shape (..., n_ages); ages and width of shape (n_ages,), the last group open."""

    ages: npt.NDArray[np.int64]
    width: Floats  # years; the last is inf
    mx: Floats  # deaths per person-year
    ax: Floats  # years lived in the group by those who die in it
    qx: Floats  # probability of dying in the group
    lx: Floats  # survivors to the first day of the group, of `radix` births
    dx: Floats  # deaths of the table
    Lx: Floats  # person-years lived in the group
    Tx: Floats  # person-years lived from there on
    ex: Floats  # years still to live
    radix: float
    notes: tuple[str, ...]

    @property
    def e0(self) -> Floats:
        """Life expectancy at the first age of the table, at birth where that is 0."""
        return self.ex[..., 0]

    @property
    def px(self) -> Floats:
        """Probability of living through the group."""
        return 1 - self.qx

    @property
    def Sx(self) -> Floats:  # noqa: N802
        """Survival ratios between groups, as a projection uses them.

        The first is from births to the first group, L0 / (n l0); then Lx / Lx-1; the last is
        T / T of the open group and the one before, for both of them together. Of an abridged table
        0 and 1-4 are joined, so that there is one ratio less. Where nobody lives in the group
        before, 0.

        Raises
        ------
        FiguresRefused
            If groups (0 and 1-4 joined) are not of one width.
        """
        return survival_ratios(self)


def life_table(
    mx: npt.ArrayLike,
    *,
    sex: SexOf,
    ages: npt.ArrayLike | None = None,
    ax: npt.ArrayLike | None = None,
    infant_rule: InfantRule | None = "un",
    ax_rule: AxRule | None = None,
    region: Region = "west",
    q0: npt.ArrayLike | None = None,
    radix: float = 100_000,
    closing: Closing | None = None,
    close_to: int = 110,
) -> LifeTable:
    """Life tables from death rates.

    Parameters
    ----------
    mx : shape (..., n_ages), deaths per person-year; the last group is open
    sex : "male", "female" or "both", or words along the last axes before ages: with
        ("male", "female") `mx` may be (areas, years, 2, ages). For "both" the rules for infants of
        the two sexes are averaged; `both_sexes_life_table` weighs them by deaths
    ages : shape (n_ages,), first ages; without them single ages from 0
    ax : shape (..., n_ages), years lived in the group by those who die in it, in place of all rules;
        that of the open group is always 1 / mx
    infant_rule : a0 (and 4a1) by "un", "hmd", "coale-demeny" or "preston"; None for no rule, so that
        a table may begin at any age
    ax_rule : the other groups by "half" the width or by "greville"; without it half for single ages,
        Greville for wider groups
    region : of Coale and Demeny's model life tables
    q0 : shape (...), probability of dying before age 1 known from elsewhere, for "coale-demeny": it
        stands in the table in place of the one that mx[..., 0] implies
    radix : births of the table: 100,000 or 1
    closing : "kannisto" to carry rates on from the open age to `close_to` (see `close_by_kannisto`)

    Raises
    ------
    FiguresRefused
        If a rate is negative, not finite, or implies a probability above 1, the open group's rate is
        0, ages have gaps or do not begin at 0 though a rule for infants is asked, or a word is unknown.

    Source: Preston, Heuveline & Guillot (2001), box 3.1, p. 49.

    >>> table = life_table([0.01, 0.02, 0.5], sex="male", ages=[0, 1, 2])
    >>> table.ex.round(3)
    array([3.913, 2.95 , 2.   ])
    """
    rates = checked_rates(mx)
    starts = _starts(ages, rates)
    closed_notes: tuple[str, ...] = ()
    if closing is not None:
        one_of("closing", closing, ("kannisto",))
        _refuse_given_ax(ax)
        closed = close_by_kannisto(rates, ages=starts, to_age=close_to)
        rates, starts, closed_notes = closed.mx, closed.ages.astype(np.float64), closed.notes
    _refuse_open_zero(rates)
    width = np.append(np.diff(starts), np.inf)
    if ax is None:
        lived, notes = ax_by_rules(rates, starts, width, sex, infant_rule, ax_rule, region, q0)
    else:
        female_share(sex, rates.shape[:-1])
        lived, notes = ax_given(ax, rates, width)
    np.divide(1, rates[..., -1], out=lived[..., -1])
    if q0 is not None:
        rates, notes = _with_infants_given(rates, lived, q0), (*notes, "q0 as given, m0 from it.")
    notes = (
        *closed_notes,
        *notes,
        f"From age {starts[-1]:.0f} the death rate is constant: ax = 1 / mx.",
    )
    return _table(rates, lived, starts, width, float(positive("radix", radix)), notes)


def life_table_from_deaths(
    deaths: npt.ArrayLike,
    exposure: npt.ArrayLike,
    *,
    sex: SexOf,
    ages: npt.ArrayLike | None = None,
    ax: npt.ArrayLike | None = None,
    infant_rule: InfantRule | None = "un",
    ax_rule: AxRule | None = None,
    region: Region = "west",
    q0: npt.ArrayLike | None = None,
    radix: float = 100_000,
    closing: Closing | None = None,
    close_to: int = 110,
) -> LifeTable:
    """Life tables from deaths and person-years; for the options see `life_table`.

    With `closing` the curve of Kannisto is fitted by likelihood, deaths being Poisson.

    Raises
    ------
    FiguresRefused
        If an exposure is 0, besides what `life_table` refuses.

    >>> table = life_table_from_deaths([10, 2, 50], [1000, 100, 100], sex="female", ages=[0, 1, 2])
    >>> table.mx
    array([0.01, 0.02, 0.5 ])
    """
    rates, died, lived = rates_from_deaths(deaths, exposure)
    notes: tuple[str, ...] = ()
    if closing is not None:
        one_of("closing", closing, ("kannisto",))
        _refuse_given_ax(ax)
        closed = close_by_kannisto(
            rates, ages=_starts(ages, rates), deaths=died, exposure=lived, to_age=close_to
        )
        rates, ages, notes = closed.mx, closed.ages, closed.notes
    table = life_table(
        rates, sex=sex, ages=ages, ax=ax, infant_rule=infant_rule, ax_rule=ax_rule, region=region,
        q0=q0, radix=radix,
    )  # fmt: skip
    return replace(table, notes=(*notes, *table.notes))


def rates_from_deaths(
    deaths: npt.ArrayLike, exposure: npt.ArrayLike
) -> tuple[Floats, Floats, Floats]:
    """Death rates with the deaths and exposures they come from, of one shape."""
    died, lived = not_negative("deaths", deaths), positive("exposure", exposure)
    of_one_length(deaths=died, exposure=lived)
    try:
        died, lived = np.broadcast_arrays(died, lived)
    except ValueError:
        raise FiguresRefused(
            "deaths and exposure", f"{died.shape} and {lived.shape}",
            "the axes before ages are the same", "give deaths and exposure of the same places",
            zh="年龄之前的各维应一致；请给出同样地区和时期的死亡人数与暴露人年",
        ) from None  # fmt: skip
    return died / lived, died, lived


def years_to_live(qx: Floats, ax: Floats, width: Floats) -> Floats:
    """ex from the oldest group down, also where nobody is left: a q + (1 - q)(n + e above).

    Parameters
    ----------
    qx, ax : shape (..., n_ages), broadcasting; ax of the open group is ex there
    width : shape (n_ages - 1,), years of the closed groups
    """
    qx, ax = np.broadcast_arrays(qx, ax)
    ex = np.empty(qx.shape)
    ex[..., -1] = ax[..., -1]
    for i in range(len(width) - 1, -1, -1):
        q = qx[..., i]
        ex[..., i] = ax[..., i] * q + (1 - q) * (width[i] + ex[..., i + 1])
    return ex


def survival_ratios(table: LifeTable) -> Floats:
    """Survival ratios of a table (see `LifeTable.Sx`)."""
    starts, Lx = table.ages, table.Lx
    width = np.diff(starts).astype(np.float64)
    if len(starts) > 3 and starts[0] == 0 and starts[1] == 1 and width[1] == width[2] - 1:
        Lx = np.concatenate([Lx[..., :1] + Lx[..., 1:2], Lx[..., 2:]], axis=-1)
        width = np.concatenate([width[2:3], width[2:]])
    refuse_where(
        "width", width, width != width[0], "survival ratios need groups of one width",
        "take single ages or groups of five years", "生存比要求各年龄组等宽；请用单岁组或五岁组",
    )  # fmt: skip
    ratios = np.zeros_like(Lx)
    ratios[..., 0] = Lx[..., 0] / (width[0] * table.lx[..., 0])
    before, last = Lx[..., :-1].copy(), Lx[..., -2] + Lx[..., -1]
    before[..., -1] = last
    np.divide(Lx[..., 1:], before, out=ratios[..., 1:], where=before > 0)
    return ratios


def checked_rates(mx: npt.ArrayLike) -> Floats:
    """Death rates; whole arrays pass by their extremes, the message is made only where one is bad."""
    try:
        rates = np.asarray(mx, dtype=np.float64)
    except (TypeError, ValueError):
        return not_negative("mx", mx)
    if rates.size and not (rates.min() >= 0 and rates.max() < np.inf):
        not_negative("mx", rates)
    if rates.ndim == 0 or rates.shape[-1] < 2 or not rates.size:
        raise FiguresRefused(
            "mx", f"of shape {rates.shape}", "a life table has at least two age groups",
            "give one death rate per age, ages last",
            zh="生命表至少需要两个年龄组；请按年龄给出死亡率，年龄在最后一维",
        )  # fmt: skip
    return rates


def _starts(ages: npt.ArrayLike | None, rates: Floats) -> Floats:
    if ages is None:
        return np.arange(rates.shape[-1], dtype=np.float64)
    starts = starts_of_ages("ages", ages)
    of_one_length(mx=rates, ages=starts)
    width = np.diff(starts)
    missing = np.concatenate([[False, False], np.diff(width) < 0])
    refuse_where(
        "ages", starts, missing, "groups do not get narrower with age: one before this is missing",
        "add the missing age, or join groups", "年龄组不应随年龄变窄，此前可能缺少一组；请补上或合并年龄组",
    )  # fmt: skip
    return starts


def _with_infants_given(rates: Floats, ax: Floats, q0: npt.ArrayLike) -> Floats:
    given = np.broadcast_to(np.asarray(q0, dtype=np.float64), rates.shape[:-1])
    rates = rates.copy()
    rates[..., 0] = given / (1 - (1 - ax[..., 0]) * given)
    return rates


def _refuse_given_ax(ax: npt.ArrayLike | None) -> None:
    if ax is not None:
        raise FiguresRefused(
            "ax", None, "cannot be given for ages that closing adds",
            "close the rates first with close_by_kannisto, or leave ax to the rules",
            zh="无法为封闭后新增的年龄给出；请先用 close_by_kannisto 封闭死亡率，或由规则确定 ax",
        )  # fmt: skip


def _refuse_open_zero(rates: Floats) -> None:
    if rates[..., -1].min() > 0:
        return
    wrong = np.zeros(rates.shape, dtype=bool)
    wrong[..., -1] = rates[..., -1] == 0
    refuse_where(
        "mx", rates, wrong, "nobody dies in the open age group, so life there has no end",
        "let the open group begin at a lower age, or close the rates with closing='kannisto'",
        "最高开放年龄组无死亡，预期寿命不存在；请降低开放组的起始年龄，或用 closing='kannisto' 封闭",
    )  # fmt: skip


def _table(
    mx: Floats, ax: Floats, starts: Floats, width: Floats, radix: float, notes: tuple[str, ...]
) -> LifeTable:
    columns = [mx, ax, *(np.empty(mx.shape) for _ in range(6))]
    flat = [column.reshape(-1, mx.shape[-1]) for column in columns]
    for start in range(0, len(flat[0]), _ROWS_AT_ONCE):
        _fill([column[start : start + _ROWS_AT_ONCE] for column in flat], width, radix)
    qx, lx, dx, Lx, Tx, ex = columns[2:]
    if not qx.max() <= 1:
        _refuse_above_one(qx, mx, ax)
    return LifeTable(starts.astype(np.int64), width, mx, ax, qx, lx, dx, Lx, Tx, ex, radix, notes)


def _fill(columns: list[Floats], width: Floats, radix: float) -> None:
    """Fill the columns of a block of tables in place.

    `n` is one number where all groups are as wide, and whole rows are computed, the open group with
    them, so that the arithmetic runs through memory without gaps; the open group is set afterwards.
    """
    mx, ax, qx, lx, dx, Lx, Tx, ex = columns
    n: Floats | float = np.append(width[:-1], width[-2])
    if (width[:-1] == width[0]).all():
        n = float(width[0])
    lost = np.subtract(n, ax, out=ex)
    np.multiply(lost, mx, out=qx)
    qx += 1
    np.divide(mx, qx, out=qx)
    if not isinstance(n, float) or n != 1:
        qx *= n
    qx[:, -1] = 1
    lx[:, 0] = radix
    np.subtract(1, qx[:, :-1], out=lx[:, 1:])
    np.multiply.accumulate(lx, axis=1, out=lx)
    np.multiply(lx, qx, out=dx)
    lost *= dx
    np.multiply(lx, n, out=Lx)
    Lx -= lost
    np.multiply(lx[:, -1], ax[:, -1], out=Lx[:, -1])
    np.add.accumulate(Lx[:, ::-1], axis=1, out=Tx[:, ::-1])
    if lx[:, -1].min() > 0:
        np.divide(Tx, lx, out=ex)
    else:
        # Nobody is left to divide by.
        ex[:] = years_to_live(qx, ax, width[:-1])


def _refuse_above_one(qx: Floats, mx: Floats, ax: Floats) -> None:
    at = tuple(np.argwhere(~(qx <= 1))[0])
    place = f"[{', '.join(map(str, at))}]"
    raise FiguresRefused(
        f"qx{place}", f"{qx[at]:.4g}", "a probability is at most 1",
        f"check mx{place} = {mx[at]:g} and ax{place} = {ax[at]:g}, or open the last group before it",
        zh=f"概率不得大于 1；请检查 mx{place} = {mx[at]:g} 与 ax{place} = {ax[at]:g}，"
        "或将开放组提前到该年龄之前",
    )  # fmt: skip
