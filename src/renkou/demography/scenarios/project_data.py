"""What a projection starts from: people of a base year, rates by year, moves. Pure (NumPy).

Areas stand in a tree; people are counted in its leaves. Rates may be known of an ancestor only: a
series keeps them once per area that has rows, and says for each leaf whose rows it takes, so that
thousands of counties with the rates of their province take no more memory than the province.
Sexes are male, female; ages single from 0, the last one open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class ProjectArea:
    """One area: `parent` is '' at the top."""

    code: str
    name: str
    level: str = ""
    parent: str = ""


@dataclass(frozen=True)
class YearSeries:
    """Values of one area by year: `years` ascending, `values (years, ...)`."""

    years: Integers
    values: Floats


@dataclass(frozen=True)
class Schedules:
    """Rates or counts by year: of which areas, and whose rows each leaf takes.

    by_area : series of each area that has rows
    source_of : for each leaf, the area whose rows it takes (itself or its nearest ancestor)
    """

    name: str
    by_area: Mapping[str, YearSeries]
    source_of: tuple[str, ...]

    def at(self, years: npt.ArrayLike) -> Floats:
        """Values of every leaf: shape (leaves, years, ...).

        Raises
        ------
        FiguresRefused
            If an area that a leaf takes its rows from has none of a year.
        """
        asked = np.asarray(years, dtype=np.int64).ravel()
        found = {code: self._rows(code, asked) for code in dict.fromkeys(self.source_of)}
        return np.stack([found[code] for code in self.source_of])

    def of_sources(self, years: npt.ArrayLike) -> tuple[Floats, Integers]:
        """Values (sources, years, ...) of the areas rows are taken from, and each leaf's source."""
        asked = np.asarray(years, dtype=np.int64).ravel()
        codes = list(dict.fromkeys(self.source_of))
        at = np.array([codes.index(code) for code in self.source_of], dtype=np.int64)
        return np.stack([self._rows(code, asked) for code in codes]), at

    def base(self, year: int) -> tuple[Floats, tuple[str, ...]]:
        """Values of every leaf (leaves, ...) in a year, or the nearest one before, else after it.

        The second value says in sentences which areas have rows of another year than asked for.
        """
        found, notes = {}, []
        for code in dict.fromkeys(self.source_of):
            series = self.by_area[code]
            at = max(int(np.searchsorted(series.years, year, side="right")) - 1, 0)
            found[code] = series.values[at]
            if series.years[at] != year:
                notes.append(
                    f"{self.name} of {code}: {year} takes the values of {series.years[at]}."
                )
        return np.stack([found[code] for code in self.source_of]), tuple(notes)

    def covers(self, first: int, last: int) -> bool:
        """Whether every leaf has values of every year from `first` to `last`."""
        asked = np.arange(first, last + 1)
        return all(np.isin(asked, self.by_area[code].years).all() for code in set(self.source_of))

    def _rows(self, code: str, asked: Integers) -> Floats:
        series = self.by_area[code]
        at = np.searchsorted(series.years, asked)
        there = series.years[np.minimum(at, len(series.years) - 1)] == asked
        if not there.all():
            raise FiguresRefused(
                f"{self.name} of {code}", int(asked[~there][0]), "has no values of that year",
                "add its rows, or choose a method that needs none",
                zh="没有该年的数据；请补充，或改用不需要逐年数据的方法",
            )  # fmt: skip
        return series.values[at]


@dataclass(frozen=True)
class Levels:
    """How each leaf differs from the area it takes its rates from.

    ratio : shape (leaves,); deviation : shape (leaves,), standard error of the log of the ratio
    """

    ratio: Floats
    deviation: Floats


@dataclass(frozen=True)
class Flows:
    """Moves by origin and destination, a year.

    out_rate : (leaves, 2, ages), share of those alive at the end of the year who leave
    destination : (leaves, leaves + 1), rows sum to 1, the last column is outside all areas
    in_count : (leaves, 2, ages), people who come from outside
    """

    out_rate: Floats
    destination: Floats
    in_count: Floats


@dataclass(frozen=True)
class Coverage:
    """True people per person of the base with a 95 % interval: each (leaves, 2, ages)."""

    ratio: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, kw_only=True)
class ProjectData:
    """A project's data.

    areas : parents before their parts
    leaves : codes of the areas in which people are counted, in the order of the arrays' first axis
    ages : 0, 1, ..., the last one open
    population : (leaves, 2, ages), at 1 January of `base_year`
    mortality : central death rates mx (2, ages) by year
    fertility : births per woman and year (ages,) by year, 0 outside the ages of mothers
    srb : males per female birth by year
    migration : net migrants (2, ages), persons, by year; None where the project has none
    levels : by measure: fertility, mortality, moves_out, moves_in
    errors : standard errors of the rates of the base by measure (tfr, moves_out, moves_in: of the
        logarithm; e0_male, e0_female: years), by area: all that lie in it err together
    history : by measure (tfr, e0_male, e0_female, net_migration, population), by area
    notes : what was assumed while the files were read, a sentence each (`Note`, with its Chinese)
    """

    base_year: int
    areas: tuple[ProjectArea, ...]
    leaves: tuple[str, ...]
    ages: Integers
    population: Floats
    mortality: Schedules
    fertility: Schedules
    srb: Schedules
    migration: Schedules | None = None
    levels: Mapping[str, Levels] = field(default_factory=dict)
    errors: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    flows: Flows | None = None
    history: Mapping[str, Mapping[str, YearSeries]] = field(default_factory=dict)
    coverage: Coverage | None = None
    name: str = ""
    title: str = ""
    settings: Mapping[str, object] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @cached_property
    def by_code(self) -> dict[str, ProjectArea]:
        """Areas by their codes."""
        return {area.code: area for area in self.areas}

    def ancestry(self, code: str) -> tuple[str, ...]:
        """An area's code, then its parent's, up to the top."""
        found = [code]
        while parent := self.by_code[found[-1]].parent:
            found.append(parent)
        return tuple(found)

    @cached_property
    def leaves_of(self) -> dict[str, Integers]:
        """For each area, the places of its leaves on the first axis; a leaf has itself."""
        found: dict[str, list[int]] = {area.code: [] for area in self.areas}
        for at, leaf in enumerate(self.leaves):
            for code in self.ancestry(leaf):
                found[code].append(at)
        return {code: np.array(places, dtype=np.int64) for code, places in found.items()}

    def total(self, values: Floats, code: str) -> Floats:
        """Sum over the leaves of an area of values (leaves, ...)."""
        return values[self.leaves_of[code]].sum(axis=0)
