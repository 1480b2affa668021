"""What every kind of indicator is computed from, and the frame of its figures. Pure (NumPy)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from renkou.core.areas import LEVEL_DIGITS
from renkou.core.tallies import Tally
from renkou.demography.checked import Floats
from renkou.demography.indicators.blocks import Block
from renkou.demography.indicators.catalogue import Indicator
from renkou.demography.indicators.cells import (
    Counting,
    Period,
    Seen,
    Span,
    Tabulation,
    age_label,
    at_ends,
    chosen_periods,
    cut,
    joined,
    mean_of,
    of_periods,
    periods_within,
)

BOTH = ("both",)
COUNTY_DIGITS = LEVEL_DIGITS["county"]
MANY_UNPLACED = 1.01


@dataclass(frozen=True)
class Work:
    """One indicator over the areas and periods for which it is made."""

    indicator: Indicator
    tabulation: Tabulation
    counting: Counting
    digits: int | None = None  # of the lowest areas, where they are others than the indicator's
    shortest: str | None = None

    @cached_property
    def places(self) -> npt.NDArray[np.int64]:
        """Of the tabulation's areas, those the indicator is published for."""
        return self.tabulation.at_level(self.digits or self.indicator.digits)

    @cached_property
    def periods(self) -> list[Period]:
        """From the shortest the indicator allows."""
        every = periods_within(self.tabulation.opening, self.tabulation.last)
        return chosen_periods(every, self.shortest or self.indicator.shortest)

    @property
    def sexes(self) -> tuple[str, ...]:
        """Both together; and each, where the indicator is made by sex."""
        return ("both", "male", "female") if self.indicator.compute.get("sexes") else BOTH

    def stock(self, name: str) -> Tally:
        """A population at all month-ends, of the indicator's areas."""
        return self.tabulation.stocks[name][self.places]

    def seen_events(self, name: str, sexes: Sequence[str], spans: Sequence[Span | None]) -> Seen:
        """Events of the periods as they may be seen: (areas, periods, sexes, spans)."""
        # Cut before summed: of a hundred ages a few groups are left to add up.
        months = cut(self.tabulation.events[name][self.places], sexes, spans)
        return self.counting(of_periods(months, self.periods))

    def seen_stock(self, name: str, sexes: Sequence[str], spans: Sequence[Span | None]) -> Seen:
        """A population at all month-ends as it may be seen: (areas, months + 1, sexes, spans)."""
        cells = self.tabulation.once(
            ("stock", name, len(self.places), tuple(sexes), tuple(spans)),
            lambda: cut(self.stock(name), sexes, spans),
        )
        return self.counting(cells)

    def ends(self, name: str, sexes: Sequence[str], spans: Sequence[Span | None]) -> Seen:
        """A population at the ends of the periods."""
        return at_ends(self.seen_stock(name, sexes, spans), self.periods)

    def means(self, name: str, sexes: Sequence[str], spans: Sequence[Span | None]) -> Seen:
        """Mean populations of the periods."""
        return mean_of(self.seen_stock(name, sexes, spans), self.periods)

    def bases(self, name: str, sexes: Sequence[str], spans: Sequence[Span | None]) -> Seen:
        """Mean populations that rates are divided by.

        Of some people only the county is known. Their births and deaths are mostly known by township,
        so townships alone would have too few people: they are raised by what their county has more.
        """
        mean, raised = self.means(name, sexes, spans), self.raised[..., None, None]
        return Seen(mean.count * raised, mean.noise * raised**2)

    @cached_property
    def raised(self) -> Floats:
        """County's usual residents / those of its townships: (areas, periods); 1 of other areas."""
        people = self.means("usual", BOTH, [None]).count[..., 0, 0]
        codes = [self.tabulation.areas.codes[at] for at in self.places]
        factors = np.ones(people.shape)
        townships: dict[str, list[int]] = {}
        for at, code in enumerate(codes):
            if len(code) > COUNTY_DIGITS:
                townships.setdefault(code[:COUNTY_DIGITS], []).append(at)
        for county, code in enumerate(codes):
            inside = townships.get(code)
            if inside:
                placed = people[inside].sum(axis=0)
                whole = np.maximum(people[county], placed)
                factors[inside] = np.divide(
                    whole, placed, out=np.ones_like(placed), where=placed > 0
                )
        return factors

    @property
    def unplaced(self) -> npt.NDArray[np.bool_]:
        """Where more than a hundredth of a county's people are in none of its townships."""
        return np.asarray(self.raised > MANY_UNPLACED)[..., None, None]

    def means_joined(self, name: str, sex: int, spans: Sequence[Span]) -> Seen:
        """Mean populations of age groups taken as one: (areas, periods, 1, 1)."""
        seen = self.counting(joined(self.stock(name), spans)[..., sex])
        mean = mean_of(seen, self.periods)
        return Seen(mean.count[..., None, None], mean.noise[..., None, None])

    def ends_joined(self, name: str, spans: Sequence[Span], sexes: Sequence[str]) -> Seen:
        """Populations of age groups taken as one at the ends of periods: (areas, periods, sexes, 1)."""
        whole = joined(self.stock(name), spans)
        by_sex = {"both": whole.sum(-1), "male": whole[..., 0], "female": whole[..., 1]}
        parts = [at_ends(self.counting(by_sex[sex]), self.periods) for sex in sexes]
        count, noise = (
            np.stack([getattr(one, what) for one in parts], axis=-1)[..., None]
            for what in ("count", "noise")
        )
        return Seen(count, noise)

    @cached_property
    def years(self) -> Floats:
        """Lengths of the periods, shaped for (areas, periods, sexes, ages)."""
        return np.array([one.years for one in self.periods])[:, None, None]

    def block(
        self,
        figures: tuple[Floats, Floats, Floats],
        numerator: Floats,
        denominator: Floats | float,
        spans: Sequence[Span | None] = (None,),
        sexes: Sequence[str] | None = None,
        notes: tuple[str, ...] = (),
    ) -> Block:
        """Value and limits with numerator and denominator, under the names of their cells."""
        value, lower, upper = figures
        return Block(
            self.indicator.id,
            tuple(self.tabulation.areas.codes[at] for at in self.places),
            tuple(one.name for one in self.periods),
            tuple(self.sexes if sexes is None else sexes),
            tuple(age_label(one) for one in spans),
            value, lower, upper, numerator, np.asarray(denominator, np.float64), notes,
            unplaced=self.unplaced,
        )  # fmt: skip
