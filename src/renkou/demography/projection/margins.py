"""Populations of areas fitted to totals that bind: iterative proportional fitting. Pure.

Each bound total multiplies the cells it is made of by one factor, in turn, until all hold. Of all
tables with these totals the result is the one nearest to the given table in relative entropy:
the ratios of cells that no total touches apart stay as they were.

Source: Deming & Stephan (1940), Annals of Mathematical Statistics 11, 427-444; Bishop, Fienberg &
Holland (1975), Discrete Multivariate Analysis, section 3.5.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats, refuse_where

_CLOSE = 1e-13
_ROUNDS = 2000
EMPTY_RULE = (
    "where a total above 0 binds cells that are all 0, it is spread over them in proportion to "
    "each area's people of those sexes, evenly over ages (evenly over areas where there are none)"
)


@dataclass(frozen=True)
class Margin:
    """What some areas must add up to.

    `areas` are positions. `target` has shape (...), with `by_sex` (..., 2), with `ages`, the first
    ages of groups, (..., groups) after that; `ages="single"` binds every age. NaN does not bind.
    """

    areas: tuple[int, ...]
    target: Floats
    by_sex: bool = False
    ages: tuple[int, ...] | str | None = None

    def groups(self, ages: int) -> npt.NDArray[np.int64]:
        """First ages of the groups among `ages`."""
        if self.ages is None:
            return np.zeros(1, dtype=np.int64)
        return np.arange(ages) if isinstance(self.ages, str) else np.asarray(self.ages)

    def cells(self, ages: int) -> Floats:
        """The target as (..., 1, sexes, groups)."""
        target = np.asarray(self.target, dtype=np.float64)
        own = int(self.by_sex) + int(self.ages is not None)
        lead, rest = target.shape[: target.ndim - own], target.shape[target.ndim - own :]
        expected = (2,) * self.by_sex + (len(self.groups(ages)),) * (self.ages is not None)
        if rest != expected:
            raise FiguresRefused(
                "target", f"of shape {target.shape}", f"has last axes {expected}",
                "give a value per sex and age group that binds, in that order",
                zh="末几维应与约束的性别和年龄组一致；请按性别、年龄组的顺序给出",
            )  # fmt: skip
        sexes, groups = (2 if self.by_sex else 1), (rest[-1] if self.ages is not None else 1)
        return target.reshape((*lead, 1, sexes, groups))


@dataclass(frozen=True)
class Fitted:
    """A table whose totals hold, and how many cells had to be filled because they were empty."""

    population: Floats
    filled: int


def fit_to_margins(population: Floats, margins: Sequence[Margin]) -> Fitted:
    """`population` (..., areas, 2, ages) with every margin met to rounding.

    Raises
    ------
    FiguresRefused
        If a target is negative, of the wrong shape, or the targets contradict one another.

    >>> two = np.array([[[1.0, 3], [1, 3]], [[2.0, 2], [2, 2]]])
    >>> fit_to_margins(two, [Margin((0, 1), np.array(32.0))]).population.sum()
    np.float64(32.0)
    """
    fitted, filled = population.copy(), 0
    for margin in margins:
        _refuse_negative(margin)
    margins = _taken_apart(margins)
    if len(margins) == 1 or _are_apart(margins):
        for margin in margins:
            filled += _scale(fitted, margin)
        return Fitted(fitted, filled)
    for _ in range(_ROUNDS):
        worst = max(_distance(fitted, margin) for margin in margins)
        if worst <= _CLOSE:
            return Fitted(fitted, filled)
        for margin in margins:
            filled += _scale(fitted, margin)
    if worst > 1e-9:
        raise FiguresRefused(
            "margins", f"apart by a share of {worst:.3g} after {_ROUNDS} rounds",
            "totals that bind the same people agree with one another",
            "make the parts of each total add up to it, or bind fewer of them",
            zh="约束同一人群的各总数应相互一致；请使各部分之和等于其总数，或减少约束",
        )  # fmt: skip
    return Fitted(fitted, filled)


def _refuse_negative(margin: Margin) -> None:
    target = np.asarray(margin.target, dtype=np.float64)
    refuse_where(
        "target", target, target < 0, "no population is below 0", "correct it at its source",
        "人口不得为负；请在数据来源处更正",
    )  # fmt: skip


def _taken_apart(margins: Sequence[Margin]) -> Sequence[Margin]:
    """Totals of areas within areas as totals of areas apart: of the larger, what the smaller leave.

    The result is the same and comes at once: rounds come near it by the share that is left alone,
    and where that is a hundredth or less two thousand are not enough. Totals of other kinds (by sex,
    by age, areas that overlap, contradictions, years of some trajectories alone) are left to rounds.
    """
    if any(one.by_sex or one.ages is not None or np.isnan(one.target).any() for one in margins):
        return margins
    apart: list[Margin] = []
    for margin in sorted(margins, key=lambda one: len(one.areas)):
        areas, target = set(margin.areas), np.asarray(margin.target, dtype=np.float64)
        for smaller in [one for one in apart if areas & set(one.areas)]:
            if not set(smaller.areas) <= areas:
                return margins
            areas -= set(smaller.areas)
            target = target - smaller.target
        if not areas or (target <= 0).any():
            return margins
        apart.append(Margin(tuple(sorted(areas)), target))
    return apart


def _are_apart(margins: Sequence[Margin]) -> bool:
    areas = [area for margin in margins for area in margin.areas]
    return len(areas) == len(set(areas))


def _sums(members: Floats, margin: Margin) -> Floats:
    """(..., 1, sexes, groups) of members (..., areas, 2, ages)."""
    by_group = np.add.reduceat(members, margin.groups(members.shape[-1]), axis=-1)
    by_group = by_group.sum(-3, keepdims=True)
    return by_group if margin.by_sex else by_group.sum(-2, keepdims=True)


def _distance(population: Floats, margin: Margin) -> float:
    target = margin.cells(population.shape[-1])
    gap = np.abs(_sums(population[..., list(margin.areas), :, :], margin) - target)
    return float(np.nanmax(gap / np.maximum(target, 1), initial=0.0))


def _scale(population: Floats, margin: Margin) -> int:
    """Multiply the cells of each total by its factor, in place; returns the cells filled."""
    at, ages = list(margin.areas), population.shape[-1]
    members, target = population[..., at, :, :], margin.cells(ages)
    sums = _sums(members, margin)
    width = np.diff([*margin.groups(ages), ages])
    empty = (sums <= 0) & (target > 0)
    filled = 0
    if empty.any():
        where = np.broadcast_to(np.repeat(empty, width, axis=-1), members.shape)
        filled = int(where.sum())
        members = np.where(where, _shares(members, margin), members)
        sums = _sums(members, margin)
    factor = np.where(np.isnan(target), 1.0, target / np.where(sums > 0, sums, 1.0))
    population[..., at, :, :] = members * np.repeat(factor, width, axis=-1)
    return filled


def _shares(members: Floats, margin: Margin) -> Floats:
    """What empty cells are filled with before scaling: each area's people of those sexes."""
    people = members.sum(-1, keepdims=True)
    if not margin.by_sex:
        people = people.sum(-2, keepdims=True)
    none = people.sum(-3, keepdims=True) <= 0
    return np.where(none, 1.0, people)
