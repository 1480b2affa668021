"""All planning measures of many projections at once. Pure (NumPy).

Sums over ages are one matrix product, so a thousand trajectories of a city's townships take seconds;
ratios follow from the sums. Where a measure has no value there is NaN: flows and school years in the
last year, and ratios without people to divide by.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats, not_negative
from renkou.demography.planning.measures import Measure, five_year_spans, planning_measures
from renkou.demography.planning.needs import (
    classes_by_grade,
    planning_needs,
    rounded_up,
    sources_of,
    teachers,
)
from renkou.demography.planning.parameters import PlanningParameters
from renkou.demography.planning.sums import AgeSums, plan_sums

_OLDEST_SPAN = 80
_CELLS_OF_A_BLOCK = 1_500_000


@dataclass(frozen=True)
class _Projections:
    """What measures are computed from; people and flows have axes (..., years + 1 or years)."""

    sums: AgeSums
    population: Floats
    births: Floats | None
    deaths: Floats | None
    years: npt.NDArray[np.int64]  # of the stocks
    parameters: PlanningParameters

    def over(self, name: str, flows: bool = False) -> Floats:
        return self.parameters.over(name, self.years[:-1] if flows else self.years)


def planning_table(
    population: npt.ArrayLike,
    births: npt.ArrayLike | None = None,
    deaths: npt.ArrayLike | None = None,
    *,
    base_year: int,
    parameters: PlanningParameters | None = None,
    only: Collection[str] | None = None,
    needs: bool = True,
    out: npt.NDArray[Any] | None = None,
) -> tuple[tuple[Measure, ...], Floats]:
    """Planning measures of areas, scenarios, trajectories, whatever the leading axes are.

    Parameters
    ----------
    population : shape (..., years + 1, 2, ages), men first, single ages, the last open, such as 100+;
        at 1 January of base_year and the years after it
    births, deaths : shape (..., years, 2) or (..., years, 2, ages), of calendar years; without them
        what needs them is NaN
    parameters : the packaged ones if left out
    only : ids or groups of measures, such as 'school' or 'population'; all if left out
    needs : False leaves out beds, places and caregivers, and classes and teachers where they are not
        rounded up by grade: they can be made from quantiles of the rest by `planning_needs`
    out : shape of the values, where to write them, in any precision; quickest where each measure has
        memory of its own: `np.moveaxis(np.empty((n_measures, ..., years + 1)), 0, -1)`

    Returns
    -------
    the measures, and values of shape (..., years + 1, n_measures) in base_year + 0, 1, ...

    Raises
    ------
    FiguresRefused
        If shapes do not belong together, a count is negative or no number, or `only` names nothing.

    >>> people = np.full((2, 2, 101), 100.0)
    >>> measures, values = planning_table(people, base_year=2025, only=["entering_primary"])
    >>> measures[0].zh, values[:, 0]
    ('小学一年级新生', array([200.,  nan]))
    """
    people = _checked_population(population)
    chosen = parameters or PlanningParameters.default()
    every = planning_measures(chosen, people.shape[-1])
    asked = _asked(every, only, needs)
    plan = PlanningTable(asked, chosen, people.shape[-1], base_year, people.shape[-3] - 1)
    return tuple(asked), plan.of(people, births, deaths, out=out)


class PlanningTable:
    """Measures planned once for tables of block after block of projections."""

    def __init__(
        self, asked: Sequence[Measure], parameters: PlanningParameters, ages: int, base_year: int,
        years: int,
    ) -> None:  # fmt: skip
        """`asked` are some of `planning_measures(parameters, ages)`, `years` those projected."""
        self.asked, self.parameters = tuple(asked), parameters
        self.years = base_year + np.arange(years + 1)
        kept = {one.key for one in asked}
        keys = kept | {key for one in asked for key in sources_of(one)}
        every = planning_measures(parameters, ages)
        self.computed = [one for one in every if one.key in keys]
        order = [one.key for one in self.computed]
        self.rows_asked = [order.index(one.key) for one in asked]
        groups = {one.group for one in self.computed}
        self.sums = plan_sums(ages, parameters, self.years, groups)

    def of(
        self, population: npt.ArrayLike, births: npt.ArrayLike | None = None,
        deaths: npt.ArrayLike | None = None, *, out: npt.NDArray[Any] | None = None,
    ) -> Floats:  # fmt: skip
        """Values of what was asked, (..., years + 1, n_measures); see `planning_table`."""
        people = _checked_population(population)
        flows = [_flow(name, one, people) for name, one in (("births", births), ("deaths", deaths))]
        asked = self.rows_asked
        table = _room(out, (*people.shape[:-2], len(asked)))
        leading = (1,) * (people.ndim == 3)
        parts = [
            None if one is None else one.reshape(leading + one.shape) for one in (people, *flows)
        ]
        into = np.moveaxis(table, -1, 0).reshape((len(asked), *leading, *people.shape[:-2]))
        size = max(1, _CELLS_OF_A_BLOCK // max(1, len(self.sums.names) * math.prod(into.shape[2:])))
        room = np.empty((len(self.computed), min(size, into.shape[1]), *into.shape[2:]))
        with np.errstate(divide="ignore", invalid="ignore"):  # a ratio without people is NaN
            for start in range(0, into.shape[1], size):
                part, *events = (
                    None if one is None else one[start : start + size] for one in parts
                )
                assert part is not None  # noqa: S101
                sums = self.sums.of(part)
                given = _Projections(sums, part, events[0], events[1], self.years, self.parameters)
                rows = room[:, : len(part)]
                _fill(rows, self.computed, given)
                for target, place in zip(into[:, start : start + size], asked, strict=True):
                    target[...] = rows[place]
        return table


def _room(out: npt.NDArray[Any] | None, shape: tuple[int, ...]) -> npt.NDArray[Any]:
    """Where values go: one stretch of memory for each measure, unless the caller has a place."""
    if out is None:
        return np.moveaxis(np.empty((shape[-1], *shape[:-1])), 0, -1)
    if out.shape != shape:
        raise FiguresRefused(
            "out", f"shape {out.shape}", f"values are of shape {shape}", "make room of that shape",
            zh=f"结果的形状为 {shape}；请按此形状准备数组",
        )  # fmt: skip
    return out


def _fill(rows: Floats, measures: list[Measure], given: _Projections) -> None:
    """One row of memory for each measure, so that each is written and read in one sweep."""
    for row, measure in zip(rows, measures, strict=True):
        if not measure.need:
            found = _COMPUTED[_way(measure)](measure, given)
            row[..., : found.shape[-1]] = found
            row[..., found.shape[-1] :] = np.nan
    at = {one.key: row for row, one in zip(rows, measures, strict=True)}
    for measure in measures:
        if measure.by_grade:
            found = _by_grade(measure, [at[key] for key in sources_of(measure)], given)
            at[measure.key][..., : found.shape[-1]] = found
            at[measure.key][..., found.shape[-1] :] = np.nan
    wanted = [place for place, one in enumerate(measures) if one.need and not one.by_grade]
    needed = planning_needs(
        measures, np.moveaxis(rows, 0, -1), [measures[place] for place in wanted],
        base_year=int(given.years[0]), parameters=given.parameters,
    )  # fmt: skip
    for number, place in enumerate(wanted):
        rows[place] = needed[..., number]


def _by_grade(measure: Measure, made_of: list[Floats], given: _Projections) -> Floats:
    """Classes of each grade, or the teachers of pupils and those classes."""
    what, _, name = measure.id.partition("_")
    if what == "teachers":
        pupils, classes = made_of
        return rounded_up(teachers(pupils, classes, name, given.over))
    stage = next(one for one in given.parameters.stages if one.name == name)
    size = given.over(f"school.{name}.class_size", flows=True)
    rate = given.over(f"school.{name}.participation", flows=True)
    return classes_by_grade(given.sums.of_grades(stage), size, rate)


def _way(measure: Measure) -> str:
    """How a measure is computed: by its id, or by its group where all of it is alike."""
    if measure.group == "school":
        return "school"
    return measure.id if measure.id in _COMPUTED else "people"


def _people(measure: Measure, given: _Projections) -> Floats:
    return given.sums.people(measure.age, measure.sex)


def _statutory(measure: Measure, given: _Projections) -> Floats:
    track = measure.id.removeprefix("working_age_statutory").lstrip("_")
    women = given.sums.statutory(track or "men")
    return women + given.sums.statutory("men") if measure.sex == "both" else women


def _age_share(measure: Measure, given: _Projections) -> Floats:
    return 100 * given.sums.people(measure.age) / given.sums.people("all")


def _dependency(measure: Measure, given: _Projections) -> Floats:
    first, last = (int(age) for age in measure.age.split("-"))
    young, old = given.sums.people(f"0-{first - 1}"), given.sums.people(f"{last + 1}+")
    part = {"total": young + old, "young": young, "old": old}[
        measure.id.removeprefix("dependency_")
    ]
    return 100 * part / given.sums.people(measure.age)


def _ageing_index(_: Measure, given: _Projections) -> Floats:
    return 100 * given.sums.people("65+") / given.sums.people("0-14")


def _sex_ratio(_: Measure, given: _Projections) -> Floats:
    return 100 * given.sums.people("all", "male") / given.sums.people("all", "female")


def _median_age(_: Measure, given: _Projections) -> Floats:
    """As `median_age`, but NaN where that refuses; by five-year groups first, for speed."""
    people, sums = given.population, given.sums
    half = sums.people("all") / 2
    after, reached = np.zeros(half.shape), np.zeros(half.shape)
    group = np.zeros(half.shape, dtype=np.int64)
    for span in five_year_spans(people.shape[-1])[:-1]:
        after = after + sums.people(span)
        lower = after < half
        group += lower
        reached = np.where(lower, after, reached)
        if not lower.any():
            break
    cells, ages = people.ravel(), people.shape[-1]
    start = 2 * ages * np.arange(half.size).reshape(half.shape) + 5 * group
    ages_inside = start[..., None] + np.arange(5)
    inside = np.take(cells, ages_inside, mode="clip")
    inside += np.take(cells, ages_inside + ages, mode="clip")
    up_to = reached[..., None] + inside.cumsum(axis=-1)
    year = (up_to < half[..., None]).sum(axis=-1, keepdims=True)
    last, own = (
        np.take_along_axis(one, np.minimum(year, 4), -1)[..., 0] for one in (up_to, inside)
    )
    age = 5 * group + year[..., 0] + (half - last + own) / own
    found: Floats = np.where(5 * group < ages - 1, age, np.nan)
    return found


def _events(measure: Measure, given: _Projections) -> Floats:
    found = given.births if measure.id == "births" else given.deaths
    if found is None:
        return np.empty((*given.population.shape[:-3], 0))
    return _of_sex(found, measure.sex)


def _of_sex(found: Floats, sex: str) -> Floats:
    if sex == "both":
        total: Floats = found[..., 0] + found[..., 1]
        return total
    return found[..., ("male", "female").index(sex)]


def _change(measure: Measure, given: _Projections) -> Floats:
    total = given.sums.people("all")
    change = np.diff(total, axis=-1)
    if measure.id == "population_change":
        return change
    if given.births is None or given.deaths is None:
        return change[..., :0]
    increase = _of_sex(given.births, "both") - _of_sex(given.deaths, "both")
    if measure.id == "net_migration":
        return change - increase
    if measure.id == "natural_increase":
        return increase
    return 1000 * increase / _mean(total)


def _crude_rate(measure: Measure, given: _Projections) -> Floats:
    events = given.births if measure.id == "birth_rate" else given.deaths
    if events is None:
        return np.empty((*given.population.shape[:-3], 0))
    return 1000 * _of_sex(events, "both") / _mean(given.sums.people("all"))


def _mean(total: Floats) -> Floats:
    middle: Floats = (total[..., :-1] + total[..., 1:]) / 2
    return middle


def _births_in_facilities(_: Measure, given: _Projections) -> Floats:
    if given.births is None:
        return np.empty((*given.population.shape[:-3], 0))
    return _of_sex(given.births, "both") * given.over("maternity.facility_share", flows=True)


def _school(measure: Measure, given: _Projections) -> Floats:
    what, _, name = measure.id.partition("_")
    if what == "entering":
        stage = next(one for one in given.parameters.stages if one.name == name)
        found = next(given.sums.of_grades(stage))
    else:
        found = given.sums.of_school_age(name)
    if what == "children":
        return found
    return found * given.over(f"school.{name}.participation", flows=True)


def _care(measure: Measure, given: _Projections) -> Floats:
    name = "any" if measure.id == "care_need" else "severe"
    return given.sums.people(f"care {name}", measure.sex)


def _households(measure: Measure, given: _Projections) -> Floats:
    heads = given.sums.people("heads")
    return heads if measure.id == "households" else given.sums.people("all") / heads


_COMPUTED: Mapping[str, Callable[[Measure, _Projections], Floats]] = {
    "people": _people, "working_age_statutory": _statutory,
    "working_age_statutory_women_50": _statutory, "working_age_statutory_women_55": _statutory,
    "age_share": _age_share, "dependency_total": _dependency, "dependency_young": _dependency,
    "dependency_old": _dependency, "ageing_index": _ageing_index, "sex_ratio": _sex_ratio,
    "median_age": _median_age, "births": _events, "deaths": _events, "natural_increase": _change,
    "net_migration": _change, "population_change": _change, "natural_increase_rate": _change,
    "birth_rate": _crude_rate, "death_rate": _crude_rate,
    "births_in_facilities": _births_in_facilities, "school": _school,
    "care_need": _care, "care_need_severe": _care,
    "households": _households, "household_size": _households,
}  # fmt: skip


def _asked(every: tuple[Measure, ...], only: Collection[str] | None, needs: bool) -> list[Measure]:
    known = {one.id for one in every} | {one.group for one in every}
    for name in only or ():
        if name not in known:
            raise FiguresRefused(
                "only", repr(name), "names a measure or a group of measures",
                f"name one of {', '.join(sorted(known))}",
                zh=f"没有这个指标或指标组；可用：{'、'.join(sorted(known))}",
            )  # fmt: skip
    wanted = [one for one in every if only is None or {one.id, one.group} & set(only)]
    return [one for one in wanted if needs or not one.need or one.by_grade]


def _checked_population(population: npt.ArrayLike) -> Floats:
    people = np.ascontiguousarray(population, dtype=np.float64)
    ages = people.shape[-1] if people.ndim else 0
    if people.ndim < 3 or people.shape[-2] != 2 or ages <= _OLDEST_SPAN or (ages - 1) % 5:
        raise FiguresRefused(
            "population", f"shape {people.shape}",
            "has axes (..., years + 1, 2, ages) with single ages to an open one such as 100+",
            "give men and women on the axis before ages, and an open age that is a multiple of 5, at "
            "least 80", zh="各维应为 (…, 年数+1, 2, 年龄)，单岁至 100+ 一类的开口年龄；"
            "请把男、女放在年龄之前一维，开口年龄应为 5 的倍数且不小于 80",
        )  # fmt: skip
    if not people.min(initial=0.0) >= 0:  # one sweep; NaN fails it as well
        not_negative("population", people)
    return people


def _flow(name: str, events: npt.ArrayLike | None, people: Floats) -> Floats | None:
    if events is None:
        return None
    found = not_negative(name, events)
    whole = (*people.shape[:-3], people.shape[-3] - 1, 2)
    if found.shape == (*whole, people.shape[-1]):
        by_sex: Floats = found.sum(axis=-1)
        return by_sex
    if found.shape != whole:
        raise FiguresRefused(
            name, f"shape {found.shape}", f"is of shape {whole}, one year fewer than the stocks",
            "give the events of each year between two stocks, men and women on the last axis",
            zh=f"形状应为 {whole}，年数比人口少一年；请按年、分性别给出事件数",
        )  # fmt: skip
    return found
