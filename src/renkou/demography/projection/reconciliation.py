"""Children of the area tree made to add up to their parents, in decimals and whole persons. Pure.

Where the difference goes: births and deaths stay as they were, net migration takes what
reconciling adds or takes away, as is usual in subnational projection
(`net_migration_after_reconciling`). To bind a parent while the areas are projected is better: see
`Binding`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats, figures, not_negative, refuse_where
from renkou.demography.projection.margins import EMPTY_RULE, Margin, fit_to_margins


@dataclass(frozen=True)
class Reconciled:
    """Children that add up; `filled` cells were 0 in all children and not in the parent."""

    population: Floats
    filled: int
    notes: tuple[str, ...]


def reconcile_children(
    children: npt.ArrayLike,
    parent: npt.ArrayLike,
    *,
    by_sex: bool = True,
    ages: Sequence[int] | str | None = "single",
) -> Reconciled:
    """Children scaled so that they add up to their parent, to the rounding of the last digit.

    Parameters
    ----------
    children : shape (..., n, 2, ages)
    parent : shape (..., 2, ages), which binds every sex and age. With `ages` the first ages of
        groups (..., 2, groups), with `ages=None` (..., 2); with `by_sex=False` without the axis
        of sexes: what is bound takes one factor, what is not keeps its proportions

    Raises
    ------
    FiguresRefused
        If shapes do not fit or a value is negative.

    >>> reconcile_children([[[30.0], [20]], [[10.0], [20]]], [[44.0], [40]]).population[..., 0]
    array([[33., 20.],
           [11., 20.]])
    """
    people = not_negative("children", children)
    if people.ndim < 3 or people.shape[-2] != 2:
        raise FiguresRefused(
            "children", f"of shape {people.shape}", "has axes (..., children, 2 sexes, ages)",
            "put children before sexes, ages last",
            zh="各维应为（…，下级区域，2 个性别，年龄）；请把区域放在性别之前，年龄放在最后",
        )  # fmt: skip
    groups = tuple(ages) if ages is not None and not isinstance(ages, str) else ages
    margin = Margin(tuple(range(people.shape[-3])), not_negative("parent", parent), by_sex, groups)
    margin.cells(people.shape[-1])
    lead = np.broadcast_shapes(people.shape[:-3], margin.cells(people.shape[-1]).shape[:-3])
    fitted = fit_to_margins(np.broadcast_to(people, (*lead, *people.shape[-3:])), [margin])
    return Reconciled(fitted.population, fitted.filled, _notes(fitted.filled))


def reconcile_tree(
    population: npt.ArrayLike, codes: Sequence[str], parents: Sequence[str | None]
) -> Reconciled:
    """A whole tree of areas, from the top down: what a parent has binds its children.

    Parameters
    ----------
    population : shape (..., areas, 2, ages), parents and children alike
    codes : one per area
    parents : the code of the area above, None at the top

    Raises
    ------
    FiguresRefused
        If a code is named twice, a parent is not among the areas, or areas go round in a circle.
    """
    people = not_negative("population", population).copy()
    filled = 0
    for parent, members in _families(codes, parents):
        done = reconcile_children(people[..., members, :, :], people[..., parent, :, :])
        people[..., members, :, :] = done.population
        filled += done.filled
    return Reconciled(people, filled, _notes(filled))


def net_migration_after_reconciling(
    before: npt.ArrayLike, after: npt.ArrayLike, net_migration: npt.ArrayLike
) -> Floats:
    """The net migration with which the stocks `after` balance, births and deaths unchanged.

    Parameters
    ----------
    before, after : shape (..., years + 1, 2, ages), stocks as projected and as reconciled
    net_migration : shape (..., years, 2, ages), as projected, by age at the end of the year

    Returns
    -------
    shape (..., years, 2, ages): the given one, plus what was added at the end of the year, less
    what was added to the same people (a year younger) at its start
    """
    change = figures("after", after) - figures("before", before)
    net = figures("net_migration", net_migration) + change[..., 1:, :, :]
    net[..., 1:] -= change[..., :-1, :, :-1]
    net[..., -1] -= change[..., :-1, :, -1]
    return net


def whole_persons(values: npt.ArrayLike, total: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """Whole numbers that add up to a whole total, by the largest remainder.

    Parameters
    ----------
    values : shape (..., n), such as the townships of a city
    total : shape (...), whole

    Every value is rounded down, and the persons left go to the largest remainders (the first of
    equals), so no value moves by a person or more.

    Raises
    ------
    FiguresRefused
        If a total is not whole, or values do not add up to it but for rounding: reconcile first.

    Source: Balinski & Young (2001), Fair Representation, ch. 2 (Hamilton's method).

    >>> whole_persons([10.4, 20.4, 30.2], 61)
    array([11, 20, 30])
    """
    shares = figures("values", values)
    whole = figures("total", total)
    refuse_where(
        "total", whole, whole != np.round(whole), "printed persons are whole",
        "round the total first", "合计应为整数；请先将合计取整",
    )  # fmt: skip
    # A value of 20 may come as 19.999999999999996: the last bits are no remainder.
    down = np.floor(shares + 1e-9 * np.maximum(np.abs(shares), 1))
    left = whole - down.sum(-1)
    gap = np.abs(whole - shares.sum(-1))
    refuse_where(
        "total", whole, (left < 0) | (left > shares.shape[-1]) | (gap > 1),
        "values add up to it but for rounding", "reconcile the values with it first",
        "各值之和应等于合计（四舍五入除外）；请先使其协调一致",
    )  # fmt: skip
    order = np.argsort(-(shares - down), axis=-1, kind="stable")
    rank = np.empty_like(order)
    np.put_along_axis(rank, order, np.arange(shares.shape[-1]), axis=-1)
    result: npt.NDArray[np.int64] = (down + (rank < left[..., None])).astype(np.int64)
    return result


def whole_persons_of_tree(
    values: npt.ArrayLike, codes: Sequence[str], parents: Sequence[str | None]
) -> npt.NDArray[np.int64]:
    """Whole numbers of a tree of areas, cell by cell from the top down: printed parts add up.

    `values` (areas, ...) already add up. The top is rounded; each parent's number binds its
    children's. Add up cells for totals over ages: they then agree in every direction.
    """
    exact = figures("values", values)
    whole = np.round(exact).astype(np.int64)
    for parent, members in _families(codes, parents):
        children = np.moveaxis(exact[members], 0, -1)
        # A parent rounded one way by its own siblings shifts its children by less than a person.
        shift = (whole[parent] - exact[parent])[..., None] / len(members)
        whole[members] = np.moveaxis(_shared_out(children, shift, whole[parent]), -1, 0)
    return whole


def _shared_out(
    children: Floats, shift: Floats, total: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    people = children.sum(-1, keepdims=True)
    proportional = children * (total[..., None] / np.where(people > 0, people, 1.0))
    return whole_persons(np.where(people > 0, proportional, children + shift), total)


def _families(codes: Sequence[str], parents: Sequence[str | None]) -> list[tuple[int, list[int]]]:
    """Parents with their children's positions, every parent before its children's own."""
    place = {code: at for at, code in enumerate(codes)}
    if len(place) < len(codes) or len(parents) != len(codes):
        raise FiguresRefused(
            "codes", f"{len(codes)} codes, {len(place)} different, {len(parents)} parents",
            "every area has one code and one parent (None at the top)", "correct the list of areas",
            zh="每个区域应有一个不重复的代码和一个上级（最高级为 None）；请更正区域表",
        )  # fmt: skip
    members: dict[int, list[int]] = {}
    for at, parent in enumerate(parents):
        if parent is not None:
            members.setdefault(_place_of(parent, place), []).append(at)
    order, level = [], [at for at, parent in enumerate(parents) if parent is None]
    while level:
        order += [at for at in level if at in members]
        level = [child for at in level for child in members.get(at, ())]
    if len(order) < len(members):
        lost = next(codes[at] for at in members if at not in order)
        raise FiguresRefused(
            f"parents of {lost}", None, "the way up from an area ends at the top",
            "correct the parent", zh="从任一区域向上应能到达最高级；请更正其上级",
        )  # fmt: skip
    return [(at, members[at]) for at in order]


def _place_of(parent: str, place: dict[str, int]) -> int:
    if parent not in place:
        raise FiguresRefused(
            "parents", parent, "a parent is one of the areas", "add the area, or correct the code",
            zh="上级应在区域表中；请补上该区域或更正代码",
        )  # fmt: skip
    return place[parent]


def _notes(filled: int) -> tuple[str, ...]:
    notes = (
        "Children were scaled to their parent; births and deaths stay, net migration takes the "
        "difference.",
    )
    return (*notes, f"{filled} cells: {EMPTY_RULE}.") if filled else notes
