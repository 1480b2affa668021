"""What a scenario assumes, each part named, dated and with its source. Pure.

A scenario is made of a settings file by `reading.scenario_from`; nothing here is checked again.
Areas may have assumptions of their own: `part.of(codes)` takes an area's code and those of what it
lies in, nearest first, and gives the assumption that holds for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, Self

from renkou.demography.scenarios.year_paths import YearPath

FertilityMethod = Literal["path", "constant", "given"]
MortalityMethod = Literal["target_e0", "lee_carter", "constant", "given"]
MigrationMethod = Literal["flows", "net", "rogers_castro", "none", "given"]
SexRatioMethod = Literal["path", "constant", "given"]


@dataclass(frozen=True, kw_only=True)
class Assumption:
    """What every assumption has: its source, the day it was made, a note, and areas of their own."""

    source: str = ""
    date: str = ""
    note: str = ""
    areas: Mapping[str, Self] = field(default_factory=dict)

    def of(self, codes: Iterable[str]) -> Self:
        """The assumption for an area: of the first of `codes` that has one of its own, else this.

        >>> own = FertilityAssumption(method="constant")
        >>> whole = FertilityAssumption(method="given", areas={"5101": own})
        >>> whole.of(["510101", "5101", "51"]).method, whole.of(["5102", "51"]).method
        ('constant', 'given')
        """
        return next((self.areas[code] for code in codes if code in self.areas), self)


@dataclass(frozen=True, kw_only=True)
class FertilityAssumption(Assumption):
    """Total fertility rate by year, and how births spread over ages of mothers.

    method : path (`tfr` by year), constant (rates of the base year), given (rates of each year in
        the project's files)
    change : children per woman added to what the method gives, by year; held from year to year
    pattern : own (age pattern of the base, or of each year where given) or shifted (its mean age
        moved to `mean_age`)
    """

    method: FertilityMethod = "constant"
    tfr: YearPath | None = None
    change: YearPath | None = None
    pattern: Literal["own", "shifted"] = "own"
    mean_age: YearPath | None = None


@dataclass(frozen=True, kw_only=True)
class SexRatioAssumption(Assumption):
    """Males per female birth by year; constant is that of the base year, given that of the files."""

    method: SexRatioMethod = "constant"
    values: YearPath | None = None


@dataclass(frozen=True, kw_only=True)
class MortalityAssumption(Assumption):
    """Death rates ahead.

    method : target_e0 (life expectancy by year, ages by a relational model), lee_carter (fitted to
        the project's years from `fit_from` on), constant (rates of the base year), given (rates of
        each year in the project's files)
    """

    method: MortalityMethod = "constant"
    e0_male: YearPath | None = None
    e0_female: YearPath | None = None
    fit_from: int | None = None


@dataclass(frozen=True, kw_only=True)
class MigrationAssumption(Assumption):
    """Moves ahead.

    method : flows (rates of leaving, destinations and arrivals of the project's files, times
        `level`), net (persons a year in `net`, spread by the ages of the project's migration.csv),
        rogers_castro (`net` spread by a Rogers-Castro schedule of `parameters`), none (no moves
        between areas or with outside), given (net migrants of each year in the project's files)
    male_share : share of males in the net; None: as in the files, or one half
    parameters : a schedule's name, one set of parameters, or those of (male, female); None: the
        standard of `forecasts.migration_patterns`
    """

    method: MigrationMethod = "none"
    net: YearPath | None = None
    level: YearPath | None = None
    male_share: float | None = None
    parameters: (
        str | Mapping[str, float] | tuple[Mapping[str, float], Mapping[str, float]] | None
    ) = None


@dataclass(frozen=True)
class UncertaintySettings:
    """How chance is drawn: how many trajectories (0: none), from which seed, and what is uncertain.

    base : the coverage of the base population; individuals : births, deaths and moves of persons.
    """

    trajectories: int = 0
    seed: int = 1
    base: bool = True
    individuals: bool = True


@dataclass(frozen=True)
class Binding:
    """Totals of an area at 1 January of named years that its parts must add up to."""

    area: str
    measure: Literal["population"]
    years: tuple[int, ...]
    values: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A whole scenario. `until` is the last 1 January; `of` names the scenario it was made from."""

    name: str
    title: str = ""
    until: int
    fertility: FertilityAssumption = FertilityAssumption()
    srb: SexRatioAssumption = SexRatioAssumption()
    mortality: MortalityAssumption = MortalityAssumption()
    migration: MigrationAssumption = MigrationAssumption()
    bind: tuple[Binding, ...] = ()
    uncertainty: UncertaintySettings = UncertaintySettings()
    of: str | None = None
    note: str = ""

    def parts(self) -> Iterator[tuple[str, str, Assumption]]:
        """Every assumption as (part, area or '', assumption), for lists of sources in reports."""
        for part in ("fertility", "srb", "mortality", "migration"):
            whole: Assumption = getattr(self, part)
            yield part, "", whole
            for area, own in whole.areas.items():
                yield part, area, own
