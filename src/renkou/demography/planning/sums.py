"""Sums over ages that all planning measures are made of, in few matrix products. Pure (NumPy).

First five-year groups, the single ages that no group is made of, school ages and care need, by one
product over ages; then spans of ages as sums of those.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from renkou.demography.checked import SEXES, Floats
from renkou.demography.planning.measures import (
    ELDERLY_SPANS,
    FIVE_YEARS,
    SHARE_SPANS,
    WORKING_SPANS,
    five_year_spans,
)
from renkou.demography.planning.parameters import PlanningParameters, Stage
from renkou.demography.planning.school import stock_weights, weights_of_one_age
from renkou.demography.planning.working_ages import TRACKS, statutory_working_share

_SPANS = ("all", "15-49", *WORKING_SPANS, *ELDERLY_SPANS, *SHARE_SPANS)
_BANDS = ((0, 25), (25, 50), (50, 75), (75, None), (50, None), (0, None))  # narrow ones first
_FIRST_WORKING_AGE = 16  # Labour Law, article 15
_BY_SEX = {
    "care": {"care any": "care.any_prevalence", "care severe": "care.severe_prevalence"},
    "households": {"heads": "households.headship"},
}


@dataclass(frozen=True)
class AgeSums:
    """People by spans of ages, of school age, with care need: (..., years + 1) each."""

    rows: Mapping[str, int]
    table: Floats  # shape (n_rows, ..., years + 1, 2)
    shares: Mapping[str, Floats]  # by retirement track, shape (years + 1, ages)
    gone: float  # of a calendar year when the school year begins

    def people(self, span: str, sex: str = "both") -> Floats:
        """People of a span of ages, or with care need, or heads of households."""
        if sex == "both":
            both: Floats = self._row(span, "male")[..., 0] + self._row(span, "female")[..., 1]
            return both
        return self._row(span, sex)[..., 0 if sex == "male" else 1]

    def of_school_age(self, stage: str) -> Floats:
        """Children of a stage on the cut-off day of each year."""
        before, after = (self.people(f"{side} {stage}") for side in ("before", "after"))
        found: Floats = before[..., :-1] + after[..., 1:]
        return found

    def of_grades(self, stage: Stage) -> Iterator[Floats]:
        """Children of each grade of a stage on the cut-off day of each year, youngest first."""
        now = self.people(f"aged {stage.first_age}")
        for age in range(stage.first_age, stage.first_age + stage.years):
            then = self.people(f"aged {age + 1}")
            children: Floats = (1 - self.gone) * now[..., :-1]
            children += self.gone * then[..., 1:]
            yield children
            now = then

    def statutory(self, track: str) -> Floats:
        """People from 16 to the statutory age of retirement, which differs by year and month."""
        share, sex = self.shares[track], "male" if track == "men" else "female"
        found = self.people(f"full {track}", sex)
        for age in _changing(share):
            found = found + share[:, age] * self.people(f"{age}", sex)
        return found

    def _row(self, span: str, sex: str) -> Floats:
        at = self.rows.get(span)
        return self.table[self.rows[f"{span} {sex}"] if at is None else at]


@dataclass(frozen=True)
class SumPlan:
    """Which sums some groups of measures need: made once, used on block after block."""

    names: tuple[str, ...]
    bands: tuple[tuple[slice, slice, Floats], ...]  # ages, rows, weights of shape (rows, ages)
    spans: Floats  # shape (n_spans, n_weighted): what is summed of that
    shares: Mapping[str, Floats]
    gone: float

    def of(self, people: Floats) -> AgeSums:
        """The sums of people of shape (..., years + 1, 2, ages)."""
        cells, count = people.reshape(-1, people.shape[-1]), self.spans.shape[1]
        table = np.empty((len(self.names), len(cells)))
        for band, rows_of_band, weights in self.bands:
            np.matmul(weights, cells[:, band].T, out=table[rows_of_band])
        np.matmul(self.spans, table[:count], out=table[count:])
        rows = {name: row for row, name in enumerate(self.names)}
        return AgeSums(rows, table.reshape(-1, *people.shape[:-1]), self.shares, self.gone)


def plan_sums(
    ages: int,
    parameters: PlanningParameters,
    years: npt.NDArray[np.int64],
    groups: Collection[str],
) -> SumPlan:
    """The sums over single ages that some groups of measures need in some years."""
    shares: dict[str, Floats] = {}
    composed = {span: _ages_of(span, ages) for span in dict.fromkeys(_SPANS)}
    if "working" in groups:
        shares = {track: _shares(track, ages, parameters, years) for track in TRACKS}
        composed |= {f"full {track}": np.all(one == 1, axis=0) for track, one in shares.items()}
    weights = _weights(ages, parameters, groups)
    singles = {age for span in composed.values() for age in _left_over(span)}
    singles |= {age for share in shares.values() for age in _changing(share)}
    weights |= {f"{age}": _ages_of(f"{age}", ages).astype(float) for age in sorted(singles)}
    names = sorted(weights, key=lambda name: _band(weights[name]))
    spans = np.array([_made_of(span, names) for span in composed.values()])
    bands = tuple(_in_bands([weights[name] for name in names]))
    gone = parameters.number("school.cutoff_month") / 12
    return SumPlan((*names, *composed), bands, spans, shares, gone)


def _in_bands(weights: list[Floats]) -> Iterator[tuple[slice, slice, Floats]]:
    """Weights in the order of their bands, each band with the ages that it touches only."""
    bands = [_band(one) for one in weights]
    for band in sorted(set(bands)):
        first, count = bands.index(band), bands.count(band)
        part = slice(*_BANDS[band])
        matrix = np.stack([one[part] for one in weights[first : first + count]])
        yield part, slice(first, first + count), matrix


def _band(weight: Floats) -> int:
    """The narrowest band of ages that holds all weight."""
    touched = np.flatnonzero(weight)
    first, last = (touched[0], touched[-1]) if len(touched) else (0, 0)
    return next(
        at for at, (low, high) in enumerate(_BANDS) if low <= first and (not high or last < high)
    )


def _weights(
    ages: int, parameters: PlanningParameters, groups: Collection[str]
) -> dict[str, Floats]:
    weights = {span: _ages_of(span, ages).astype(float) for span in five_year_spans(ages)}
    weights["0-2"] = _ages_of("0-2", ages).astype(float)
    if "school" in groups:
        weights |= dict(_school_weights(ages, parameters))
    for group, schedules in _BY_SEX.items():
        for name, parameter in schedules.items() if group in groups else ():
            schedule = parameters.by_age(parameter, ages)
            if schedule is not None:
                weights |= {f"{name} {sex}": schedule[row] for row, sex in enumerate(SEXES)}
    return weights


def _school_weights(ages: int, parameters: PlanningParameters) -> Iterator[tuple[str, Floats]]:
    month = int(parameters.number("school.cutoff_month"))
    births = parameters.months("school.births_by_month")
    for stage in parameters.stages:
        both = stock_weights(stage.first_age, stage.years, ages, month, births)
        for side, weight in zip(("before", "after"), both, strict=True):
            yield f"{side} {stage.name}", weight
        for age in range(stage.first_age, stage.first_age + stage.years + 1):
            yield f"aged {age}", weights_of_one_age(age, ages, month, births)


def _ages_of(span: str, ages: int) -> npt.NDArray[np.bool_]:
    """Which single ages a span holds: 'all', '7', '0-14', '65+'."""
    age = np.arange(ages)
    if span == "all":
        return age >= 0
    if span.endswith("+"):
        return age >= int(span[:-1])
    first, _, last = span.partition("-")
    return (age >= int(first)) & (age <= int(last or first))


def _left_over(inside: npt.NDArray[np.bool_]) -> list[int]:
    """Ages of a span whose five-year group is not wholly inside."""
    groups = np.arange(len(inside)) // FIVE_YEARS
    whole = [bool(inside[groups == group].all()) for group in range(groups[-1] + 1)]
    return [int(age) for age in np.flatnonzero(inside) if not whole[groups[age]]]


def _made_of(inside: npt.NDArray[np.bool_], rows: list[str]) -> Floats:
    """Which rows add up to a span."""
    single = {f"{age}" for age in _left_over(inside)}
    spans = five_year_spans(len(inside))
    whole = {
        span for span in spans if inside[_ages_of(span, len(inside))].all() and span not in single
    }
    return np.array([float(row in single | whole) for row in rows])


def _shares(
    track: str, ages: int, parameters: PlanningParameters, years: npt.NDArray[np.int64]
) -> Floats:
    rule = {
        key: int(parameters.number(f"retirement.{track}.{key}"))
        for key in ("age", "final_age", "months_per_step")
    }
    start = int(parameters.number("retirement.start_year"))
    return statutory_working_share(
        years, ages, from_age=_FIRST_WORKING_AGE, start_year=start, **rule
    )


def _changing(share: Floats) -> list[int]:
    """Ages that work in some years or months and not in others."""
    return [
        int(age) for age in np.flatnonzero(np.any(share > 0, axis=0) & np.any(share < 1, axis=0))
    ]
