"""Who is young, of working age and old: shares, dependency and ageing, median age. Pure.

Populations have ages on their last axis: single years 0, 1, …, ω+ unless `ages` gives the first age
of each group; the last group is open. A part of the ages is asked for in whole ages, both ends
included ('0-14', '60+'), and must begin and end where groups do: nothing is interpolated, but for the
median age within its own group.

Source: National Bureau of Statistics, Statistical Communiqué, notes on indicators (dependency
ratios); Shryock, Siegel & associates (1973), The Methods and Materials of Demography, ch. 8.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats, not_negative, positive, refuse_where, starts_of_ages

WorkingAges = Literal["15-64", "15-59", "16-59"]
WORKING_AGES: tuple[WorkingAges, ...] = ("15-64", "15-59", "16-59")
SHARES = ("0-14", "15-59", "60+", "65+", "80+")
_SPAN = re.compile(r"(\d{1,3})(?:-(\d{1,3})|(\+))?")


@dataclass(frozen=True)
class DependencyRatios:
    """Dependents per 100 people of working age; which ages those are is part of the figure."""

    total: Floats
    young: Floats
    old: Floats
    working_ages: WorkingAges

    @property
    def label(self) -> str:
        """Which ages were divided by, in English.

        >>> dependency_ratios([20, 60, 20], ages=[0, 15, 65]).label
        'per 100 people aged 15-64'
        """
        return f"per 100 people aged {self.working_ages}"

    @property
    def label_zh(self) -> str:
        """Which ages were divided by, in Chinese.

        >>> dependency_ratios([20, 60, 20], ages=[0, 15, 65]).label_zh
        '每百名15-64岁人口'
        """
        return f"每百名{self.working_ages}岁人口"


def people_aged(population: npt.ArrayLike, span: str, ages: npt.ArrayLike | None = None) -> Floats:
    """People of some ages, summed over the last axis.

    Parameters
    ----------
    population : shape (..., n_ages)
    span : whole ages, both ends included: '7', '0-14', '65+'
    ages : shape (n_ages,), first age of each group; single years from 0 if left out

    Returns
    -------
    shape (...)

    Raises
    ------
    FiguresRefused
        If a count is negative, the ages do not match, or the span cuts a group in two.

    >>> people_aged([[10, 20, 30], [1, 2, 3]], "15+", ages=[0, 15, 65])
    array([50.,  5.])
    """
    people, starts = _by_age(population, ages)
    first, end = _bounds(span)
    begin = _edge(starts, first, span)
    stop = len(starts) if end is None else _edge(starts, end, span)
    return people[..., begin:stop].sum(axis=-1)


def age_shares(
    population: npt.ArrayLike,
    spans: Iterable[str] = SHARES,
    ages: npt.ArrayLike | None = None,
) -> dict[str, Floats]:
    """Share of each span of ages in the whole, in per cent.

    Parameters
    ----------
    population : shape (..., n_ages), not all 0
    spans : such as '0-14' and '60+'; they may overlap
    ages : shape (n_ages,), first age of each group; single years from 0 if left out

    Returns
    -------
    one array of shape (...) for each span

    >>> age_shares([20, 60, 20], ["0-14", "65+"], ages=[0, 15, 65])
    {'0-14': np.float64(20.0), '65+': np.float64(20.0)}
    """
    people, starts = _by_age(population, ages)
    whole = positive("population summed over ages", people.sum(axis=-1))
    return {span: 100 * people_aged(people, span, starts) / whole for span in spans}


def dependency_ratios(
    population: npt.ArrayLike,
    working_ages: WorkingAges = "15-64",
    ages: npt.ArrayLike | None = None,
) -> DependencyRatios:
    """Those younger and older than working age, per 100 of working age.

    Parameters
    ----------
    population : shape (..., n_ages), with somebody of working age everywhere
    working_ages : '15-64' (the official ratio), '15-59' or '16-59'
    ages : shape (n_ages,), first age of each group; single years from 0 if left out

    Raises
    ------
    FiguresRefused
        If nobody is of working age, the span is another one, or it cuts a group in two.

    >>> found = dependency_ratios([30, 60, 15], ages=[0, 15, 65])
    >>> found.total, found.young, found.old
    (np.float64(75.0), np.float64(50.0), np.float64(25.0))
    """
    if working_ages not in WORKING_AGES:
        raise FiguresRefused(
            "working_ages", repr(working_ages), f"is one of {', '.join(WORKING_AGES)}",
            "name the one that the figure is to be labelled with",
            zh=f"劳动年龄应为 {'、'.join(WORKING_AGES)} 之一；请写明所用口径",
        )  # fmt: skip
    first, end = _bounds(working_ages)
    people, starts = _by_age(population, ages)
    working = positive(f"population aged {working_ages}", people_aged(people, working_ages, starts))
    young = 100 * people_aged(people, f"0-{first - 1}", starts) / working
    old = 100 * people_aged(people, f"{end}+", starts) / working
    return DependencyRatios(young + old, young, old, working_ages)


def ageing_index(
    population: npt.ArrayLike, old_from: int = 65, ages: npt.ArrayLike | None = None
) -> Floats:
    """Old people per 100 children aged 0-14.

    Parameters
    ----------
    population : shape (..., n_ages), with children everywhere
    old_from : 65 or 60

    Returns
    -------
    shape (...)

    >>> ageing_index([20, 60, 30], ages=[0, 15, 65])
    np.float64(150.0)
    """
    people, starts = _by_age(population, ages)
    children = positive("population aged 0-14", people_aged(people, "0-14", starts))
    return 100 * people_aged(people, f"{old_from}+", starts) / children


def median_age(population: npt.ArrayLike, ages: npt.ArrayLike | None = None) -> Floats:
    """The age that half of the people have not reached, spread evenly within its group.

    Parameters
    ----------
    population : shape (..., n_ages), not all 0
    ages : shape (n_ages,), first age of each group; single years from 0 if left out

    Returns
    -------
    shape (...), exact years

    Raises
    ------
    FiguresRefused
        If it falls in the open group, whose width nobody knows.

    >>> median_age([10, 20, 10, 0], ages=[0, 10, 30, 40])
    np.float64(20.0)
    """
    people, starts = _by_age(population, ages)
    half = positive("population summed over ages", people.sum(axis=-1)) / 2
    reached = people.cumsum(axis=-1)
    group = (reached < half[..., None]).sum(axis=-1)  # the first in which half is reached
    refuse_where(
        "population", np.asarray(half), group >= len(starts) - 1,
        "the median age does not lie in the open age group (shown: half of all people)",
        "give finer ages at the end", "年龄中位数不得落在开口年龄组（所示为总人数的一半）；请把末端年龄分细",
    )  # fmt: skip
    inside = np.take_along_axis(people, group[..., None], axis=-1)[..., 0]
    before = np.take_along_axis(reached, group[..., None], axis=-1)[..., 0] - inside
    return starts[group] + (half - before) / inside * np.diff(starts)[group]


def _by_age(population: npt.ArrayLike, ages: npt.ArrayLike | None) -> tuple[Floats, Floats]:
    """Checked counts and the first age of each group, the first of all 0."""
    people = not_negative("population", population)
    found = people.shape[-1] if people.ndim else 0
    starts = starts_of_ages("ages", np.arange(found) if ages is None else ages)
    if found != len(starts):
        raise FiguresRefused(
            "population and ages", f"{found} and {len(starts)}",
            "the last axis of the population has one count per age",
            "give the first age of each group, or leave ages out for single years",
            zh="人口数组最后一维应与年龄逐位对应；请给出各组起始年龄，单岁数据可不给",
        )  # fmt: skip
    refuse_where(
        "ages", starts, (starts != 0) & (np.arange(found) == 0), "the youngest group begins at 0",
        "add the children that are missing", "最小年龄组应从 0 岁开始；请补上缺少的低龄人口",
    )  # fmt: skip
    return people, starts


def _bounds(span: str) -> tuple[int, int | None]:
    """First age of a span and the age after its last; None if it is open."""
    found = _SPAN.fullmatch(span)
    first, last, opened = found.groups() if found else ("0", "-1", None)
    if last is not None and int(last) < int(first):
        raise FiguresRefused(
            "span", repr(span), "ages are written '7', '0-14' or '65+', the lower one first",
            "write it so", zh="年龄写作 '7'、'0-14' 或 '65+'，小的在前；请照此书写",
        )  # fmt: skip
    return int(first), None if opened else int(last or first) + 1


def _edge(starts: Floats, age: int, span: str) -> int:
    """Which group begins at an age."""
    at = int(np.searchsorted(starts, age))
    if at == len(starts) or starts[at] != age:
        raise FiguresRefused(
            f"ages for {span}", age, "begins no age group of this population, and groups are not cut",
            "give single ages, or ask for ages at which groups begin and end",
            zh="人口数组中没有从这一岁开始的年龄组，年龄组不可拆分；请给出单岁人口，或按已有年龄组取段",
        )  # fmt: skip
    return at
