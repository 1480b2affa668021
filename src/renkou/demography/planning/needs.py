"""What people need, from how many they are: classes, teachers, beds, places, caregivers. Pure (NumPy).

Needs are rounded up in each area, so those of a county are at least, and mostly less than, the sum of
its townships'. They never fall as the people they are made of grow, so a quantile over trajectories may
be taken first and the need after: the need of the quantile is the quantile of the need. Not so of
classes that are rounded up in each grade: they are counted in each trajectory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import numpy.typing as npt

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats, not_negative, positive, probabilities
from renkou.demography.planning.measures import Measure
from renkou.demography.planning.parameter_rules import STAGES
from renkou.demography.planning.parameters import PlanningParameters

_HAIR = 1e-9  # relative; what arithmetic adds to a whole number is no further class
DAYS_OF_A_YEAR = 365
_SOURCES = {
    "maternity_beds": (("births_in_facilities", "all"),),
    "childcare_places": (("population", "all"),),
    "care_beds": (("elderly", "60+"),),
    "nursing_beds": (("elderly", "60+"),),
    "caregivers": (("care_need", "60+"), ("care_need_severe", "60+")),
}


def rounded_up(need: npt.ArrayLike) -> Floats:
    """Whole units that meet a need.

    >>> rounded_up([90 / 45, 90.1 / 45, 0.0])
    array([2., 3., 0.])
    """
    exact = np.asarray(need, dtype=np.float64)
    whole: Floats = np.ceil(exact * (1 - _HAIR))
    return whole


def maternity_beds(
    births: npt.ArrayLike,
    *,
    stay: npt.ArrayLike,
    occupancy: npt.ArrayLike,
    facility_share: npt.ArrayLike = 1.0,
    peak_factor: npt.ArrayLike = 1.0,
) -> Floats:
    """Beds that births need: births x share in facilities x stay x peak / (365 x occupancy).

    Parameters
    ----------
    births : shape (...), a year's
    stay : days in bed for a birth
    occupancy : share of bed-days that are to be used
    peak_factor : births of the busiest month over those of the average month

    Returns
    -------
    shape (...), not rounded; a birth of several children counts each

    >>> maternity_beds(7300, stay=5, occupancy=0.8)
    np.float64(125.0)
    """
    in_facilities = not_negative("births", births) * probabilities("facility_share", facility_share)
    used = positive("occupancy", probabilities("occupancy", occupancy))
    bed_days = in_facilities * not_negative("stay", stay) * not_negative("peak_factor", peak_factor)
    beds: Floats = bed_days / (DAYS_OF_A_YEAR * used)
    return beds


def classes_by_grade(
    grades: Iterable[Floats], class_size: npt.ArrayLike, participation: npt.ArrayLike = 1.0
) -> Floats:
    """Classes where each grade has its own: rounded up in each.

    Parameters
    ----------
    grades : children of each grade, shape (...) each
    class_size, participation : broadcast against them

    Returns
    -------
    shape (...)

    >>> classes_by_grade(np.array([14.0, 46.0, 0.0]), 45)
    array(3.)
    """
    per_child = np.asarray(participation, dtype=np.float64) / positive("class_size", class_size)
    return np.asarray(sum(rounded_up(children * per_child) for children in grades))


def teachers(
    pupils: Floats, classes: Floats, stage: str, number: Callable[[str], Floats]
) -> Floats:
    """Teachers of a stage, not rounded: by pupils, but no class has fewer than its least."""
    by_pupils = pupils / number(f"school.{stage}.pupils_per_teacher")
    return np.maximum(by_pupils, classes * number(f"school.{stage}.teachers_per_class"))


def sources_of(measure: Measure) -> tuple[tuple[str, str, str], ...]:
    """Keys of the measures that a need is made of; none for what is counted of single ages.

    >>> from renkou.demography.planning.measures import PLANNING_MEASURES
    >>> [sources_of(one) for one in PLANNING_MEASURES if one.id == "care_beds"]
    [(('elderly', 'both', '60+'),)]
    """
    if not measure.need:
        return ()
    if measure.group == "school":
        what, _, stage = measure.id.partition("_")
        pupils = (f"enrolled_{stage}", "both", measure.age)
        if not measure.by_grade:
            return (pupils,)
        return (pupils, (f"classes_{stage}", "both", measure.age)) if what == "teachers" else ()
    return tuple((id_, "both", age) for id_, age in _SOURCES[measure.id])


def planning_needs(
    measures: Sequence[Measure],
    values: npt.ArrayLike,
    wanted: Sequence[Measure],
    *,
    base_year: int,
    parameters: PlanningParameters,
) -> Floats:
    """Needs from a table of people, or from quantiles of it.

    Parameters
    ----------
    measures : what stands on the last axis of values
    values : shape (..., years, n_measures), in base_year and the years after it
    wanted : measures of need, such as `care_beds`; not those by grade

    Returns
    -------
    shape (..., years, n_wanted), rounded up

    Raises
    ------
    FiguresRefused
        If the table lacks the people that a need is made of, or a need is made of single grades.
    """
    table = np.asarray(values, dtype=np.float64)
    at = {one.key: place for place, one in enumerate(measures)}
    years = base_year + np.arange(table.shape[-2])

    def people(measure: Measure) -> list[Floats]:
        if measure.by_grade:
            raise FiguresRefused(
                "wanted", measure.id, "is rounded up in each grade, not made of all pupils",
                "take it from planning_table, or set classes_by_grade to false",
                zh="按各年级分别取整，不能由学生总数求得；请直接用 planning_table，"
                "或将 classes_by_grade 设为 false",
            )  # fmt: skip
        missing = [key for key in sources_of(measure) if key not in at]
        if missing:
            raise FiguresRefused(
                "measures", None, f"{measure.id} is made of {missing[0]}, which the table lacks",
                "ask for it as well", zh=f"计算 {measure.id} 需要指标 {missing[0]}；请一并计算",
            )  # fmt: skip
        return [table[..., at[key]] for key in sources_of(measure)]

    def number(name: str) -> Floats:
        return parameters.over(name, years)

    found = [rounded_up(_need(one, people(one), number)) for one in wanted]
    return np.stack(found, axis=-1) if found else np.empty((*table.shape[:-1], 0))


def _need(measure: Measure, people: list[Floats], number: Callable[[str], Floats]) -> Floats:
    """The need itself, not rounded."""
    what, _, stage = measure.id.partition("_")
    if stage in STAGES:
        classes = people[0] / number(f"school.{stage}.class_size")
        if what == "classes":
            return classes
        return teachers(people[0], rounded_up(classes), stage, number)
    if measure.id == "maternity_beds":
        days = number("maternity.stay") * number("maternity.peak_factor") / DAYS_OF_A_YEAR
        return people[0] * days / number("maternity.occupancy")
    if measure.id == "childcare_places":
        return people[0] * number("childcare.places_per_1000") / 1000
    if measure.id == "caregivers":
        cared_for, severe = people
        carers = severe / number("care.severe_per_caregiver")
        carers = carers + (cared_for - severe) / number("care.partial_per_caregiver")
        return carers * number("care.paid_share")
    beds = people[0] * number("care.beds_per_1000") / 1000
    return beds * number("care.nursing_bed_share") if measure.id == "nursing_beds" else beds
