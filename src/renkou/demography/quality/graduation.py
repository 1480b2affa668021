"""Five-year groups into single ages by Sprague and Beers, and Spencer's moving average. Pure.

The formulas may give negative people where groups change abruptly: these are returned and
counted in the notes, never set to 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats, not_negative, refuse_where
from renkou.demography.quality.graduation_multipliers import (
    UNDER_TEN,
    Multipliers,
    splitting_matrix,
)

# Spencer (1904): both formulas keep a cubic as it is and remove waves of five years
_SPENCER = {
    15: np.array([-3, -6, -5, 3, 21, 46, 67, 74, 67, 46, 21, 3, -5, -6, -3]) / 320,
    21: np.array([-1, -3, -5, -5, -2, 6, 18, 33, 47, 57, 60, 57, 47, 33, 18, 6, -2, -5, -5, -3, -1])
    / 350,
}


@dataclass(frozen=True)
class Graduated:
    """People by single age; the last is the open group where there was one."""

    counts: Floats  # shape (..., n_single_ages)
    ages: Floats
    notes: tuple[str, ...]


def graduate_sprague(
    counts: npt.ArrayLike, *, first_age: int = 0, open_group: bool = True
) -> Graduated:
    """Single ages by Sprague's osculatory formula; each group keeps its total exactly.

    Parameters
    ----------
    counts : shape (..., n_groups), people by five-year group, five closed groups at least
    first_age : of the first group
    open_group : whether the last group is open, and stays as it is

    Raises
    ------
    FiguresRefused
        If a count is negative or fewer than five groups are closed.

    Source: Sprague (1880), J. Inst. Actuaries 22; Shryock & Siegel (1973), table C-2.

    >>> graduate_sprague([100, 90, 80, 70, 60, 500]).counts[[0, 10, 25]].round(2)
    array([ 20.8,  16.8, 500. ])
    """
    return _split("sprague", counts, first_age, open_group)


def graduate_beers(
    counts: npt.ArrayLike,
    *,
    method: Literal["ordinary", "modified"] = "ordinary",
    age0: npt.ArrayLike | None = None,
    first_age: int = 0,
    open_group: bool = True,
) -> Graduated:
    """Single ages by Beers' formulas; 'modified' smooths more.

    Parameters
    ----------
    counts : shape (..., n_groups), people by five-year group, five closed groups at least
    method : 'ordinary' keeps each group's total, 'modified' only the total of all
    age0 : shape (...,), people under one year where known (part of the first group): ages 2 to 8
        are then refitted by Johnson's adjustment, which keeps the totals of 0-4 and 5-9
    first_age : of the first group, 0 if `age0` is given
    open_group : whether the last group is open, and stays as it is

    Raises
    ------
    FiguresRefused
        If a count is negative, fewer than five groups are closed, or `age0` exceeds the first group.

    Source: Beers (1944, 1945), Record of the American Institute of Actuaries 33 and 34; Shryock &
    Siegel (1973), tables C-3 and C-4; the adjustment is that of the US Census Bureau's sheet BEERSP.
    """
    names: dict[str, Multipliers] = {"ordinary": "beers-ordinary", "modified": "beers-modified"}
    if method not in names:
        raise FiguresRefused(
            "method", repr(method), "is 'ordinary' or 'modified'", "name one of the two",
            zh="应为 'ordinary'（普通）或 'modified'（修匀）；请选其一",
        )  # fmt: skip
    found = _split(names[method], counts, first_age, open_group)
    if age0 is None:
        return found
    if first_age:
        raise FiguresRefused(
            "first_age", first_age, "`age0` is part of the group 0-4", "give groups from age 0",
            zh="给出 0 岁人数时应从 0—4 岁组开始；请从 0 岁给出各组",
        )  # fmt: skip
    return _under_ten(found, not_negative("counts", counts), not_negative("age0", age0))


def spencer(counts: npt.ArrayLike, *, terms: Literal[15, 21] = 21) -> Floats:
    """Spencer's moving average of 21 or 15 terms: removes digit preference, keeps any cubic.

    Parameters
    ----------
    counts : shape (..., n_ages), people or rates by single age, at least `terms`
    terms : 21 smooths more and is usual for ages in censuses, 15 loses fewer ages at the ends

    Returns
    -------
    shape (..., n_ages), NaN at the first and last ten (of 21) or seven ages, which have no full window

    Raises
    ------
    FiguresRefused
        If a count is negative or there are too few.

    Source: Spencer (1904), J. Inst. Actuaries 38; Roger, Waltisperger & Corbille-Guitton (1981), Les
    structures par sexe et âge en Afrique (GDA/IREDA), p. 373-377.

    >>> spencer(np.arange(21.0) ** 3).round(6)[10]
    np.float64(1000.0)
    """
    if terms not in _SPENCER:
        raise FiguresRefused(
            "terms", terms, "is 15 or 21", "choose one of the two", zh="应为 15 或 21；请选其一"
        )
    people = not_negative("counts", counts)
    if not people.ndim or people.shape[-1] < terms:
        raise FiguresRefused(
            "counts", people.shape, f"the average takes {terms} ages", f"give {terms} single ages",
            zh=f"该移动平均需 {terms} 个年龄；请给出 {terms} 个以上单岁数据",
        )  # fmt: skip
    windows = np.lib.stride_tricks.sliding_window_view(people, terms, axis=-1)
    smooth = np.full_like(people, np.nan)
    smooth[..., terms // 2 : -(terms // 2)] = windows @ _SPENCER[terms]
    return smooth


def _split(name: Multipliers, counts: npt.ArrayLike, first_age: int, open_group: bool) -> Graduated:
    people = not_negative("counts", counts)
    closed = people[..., :-1] if open_group and people.ndim else people
    if not people.ndim or closed.shape[-1] < 5:
        raise FiguresRefused(
            "counts", people.shape, "the formula takes five closed groups", "give more groups",
            zh="该公式至少需要五个封闭的五岁组；请给出更多年龄组",
        )  # fmt: skip
    single = closed @ splitting_matrix(name, closed.shape[-1]).T
    if open_group:
        single = np.concatenate([single, people[..., -1:]], axis=-1)
    return _noted(single, first_age, _TOTALS[name])


_TOTALS = {
    "sprague": (),
    "beers-ordinary": (),
    "beers-modified": (
        "Beers' modified formula smooths: it keeps the total of all groups, not that of each.",
        "Beers 修匀公式只保持总数，不保持各组合计。",
    ),
}


def _noted(single: Floats, first_age: int, notes: tuple[str, ...]) -> Graduated:
    ages = np.arange(single.shape[-1], dtype=np.float64) + first_age
    below = single < 0
    if below.any():
        where = (
            f"{below.sum()} single ages, the first of them age {ages[np.argwhere(below)[0][-1]]:g}"
        )
        notes = (
            *notes,
            f"The formula gives negative people at {where}; they are left as they are.",
            f"公式在 {below.sum()} 个单岁组给出负数，未作改动。",
        )
    return Graduated(single, ages, notes)


def _under_ten(found: Graduated, groups: Floats, age0: Floats) -> Graduated:
    single = found.counts.copy()
    age1 = single[..., 1].copy()
    later = groups[..., 0] - age0 - age1
    refuse_where(
        "counts of 0-4 less ages 0 and 1", np.asarray(later), np.asarray(later < 0),
        "ages 2 to 4 hold somebody", "check age0 against the first group",
        "2—4 岁应有人；请核对 0 岁人数与 0—4 岁组",
    )  # fmt: skip
    parts = np.stack(
        [age1, later, single[..., 5:9].sum(-1), single[..., 9], single[..., 10]], axis=-1
    )
    single[..., 0] = age0
    single[..., 2:9] = parts @ UNDER_TEN.T
    notes = (
        *found.notes,
        "Age 0 is as given; ages 2 to 8 are refitted by Johnson's adjustment.",
        "0 岁按所给人数；2—8 岁按 Johnson 调整重新分配。",
    )
    return _noted(single, 0, notes)
