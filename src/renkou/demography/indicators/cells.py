"""Which cells figures are made of: periods, sexes, ages; and what of a tally may be seen. Pure (NumPy).

Figures are made from what `Counting` lets out: the true counts inside the office, perturbed ones for
everybody else. Nothing here sees both.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt

from renkou.core.errors import UsageError
from renkou.core.tallies import Tally, stacked
from renkou.demography.checked import Floats
from renkou.demography.indicators.tabulated import OLDEST, Areas

SEXES = ("both", "male", "female")
MONTHS_OF = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
Span = tuple[int, int]
FIVE_YEARS: tuple[Span, ...] = (*((age, age + 4) for age in range(0, 85, 5)), (85, OLDEST))


@dataclass(frozen=True)
class Seen:
    """Counts that may be seen, and the variance of the noise in them; of one shape."""

    count: Floats
    noise: Floats

    def __getitem__(self, index: Any) -> Seen:
        return Seen(self.count[index], self.noise[index])


Counting = Callable[[Tally], Seen]
"""What of a tally may be seen."""


def true_counts(tally: Tally) -> Seen:
    """Counts as they are, for those who may see the records."""
    return Seen(tally.count.astype(np.float64), np.zeros(tally.count.shape))


@dataclass(frozen=True)
class Period:
    """A period within a tabulation: where its opening and closing stock stand among the month-ends."""

    name: str
    kind: str
    opening: int
    closing: int

    @property
    def years(self) -> float:
        """Its length."""
        return (self.closing - self.opening) / 12


def periods_within(opening: int, last: int) -> list[Period]:
    """All months, quarters, half-years and years that lie wholly in a tabulation.

    >>> [one.name for one in periods_within(2023 * 12 + 11, 2024 * 12 + 2)]
    ['2024-01', '2024-02', '2024-03', '2024-Q1']
    """
    found = []
    for kind, length in MONTHS_OF.items():
        first = -(-(opening + 1) // length) * length
        for start in range(first, last - length + 2, length):
            at = start - opening - 1
            found.append(Period(_name(start, kind, length), kind, at, at + length))
    return found


def _name(start: int, kind: str, length: int) -> str:
    year, month = divmod(start, 12)
    parts = {
        "month": f"-{month + 1:02}",
        "quarter": f"-Q{month // length + 1}",
        "half_year": f"-H{month // length + 1}",
        "year": "",
    }
    return f"{year}{parts[kind]}"


@dataclass(frozen=True)
class Tabulation:
    """Counts of an edition: what the figures are made from.

    areas : of the first axis
    opening, last : months as numbers; the populations are those at the ends of opening ... last
    stocks : by population, shape (areas, months + 1, 3, 102)
    events : by kind, shape (areas, months, 3, 102)
    punctuality : births by whether registered in time, late or on a day unknown, (areas, months, 3)
    villages : by population, codes of villages and their people, (villages, months + 1, 3 sexes)
    """

    areas: Areas
    opening: int
    last: int
    stocks: Mapping[str, Tally]
    events: Mapping[str, Tally]
    punctuality: Tally | None = None
    villages: Mapping[str, tuple[tuple[str, ...], Tally]] = field(default_factory=dict)
    _made: dict[Hashable, Tally] = field(default_factory=dict, repr=False, compare=False)
    _making: Any = field(default_factory=Lock, repr=False, compare=False)

    def once(self, name: Hashable, make: Callable[[], Tally]) -> Tally:
        """Cells made once: many figures are of the same, and the true ones of the same as the shown."""
        with self._making:
            if name not in self._made:
                self._made[name] = make()
            return self._made[name]

    def at_level(self, digits: int) -> npt.NDArray[np.int64]:
        """Places of the areas whose codes have at most so many digits."""
        return np.flatnonzero([len(code) <= digits for code in self.areas.codes])


def age_label(span: Span | None) -> str:
    """How an age group is written.

    >>> age_label((0, 4)), age_label((85, 100)), age_label((7, 7)), age_label(None)
    ('0-4', '85+', '7', 'all')
    """
    if span is None:
        return "all"
    first, last = span
    if last >= OLDEST:
        return f"{first}+"
    return str(first) if first == last else f"{first}-{last}"


def cut(tally: Tally, sexes: Sequence[str], spans: Sequence[Span | None]) -> Tally:
    """Sexes and age groups of a tally whose last axes are sex and single age; totals hold unknowns.

    Returns
    -------
    Tally of shape (..., sexes, spans)
    """
    by_sex = {"both": tally.sum(-2), "male": tally[..., 0, :], "female": tally[..., 1, :]}
    of_sexes = stacked([by_sex[sex] for sex in sexes], axis=-2)
    return stacked([_of_span(of_sexes, span) for span in spans], axis=-1)


def _of_span(tally: Tally, span: Span | None) -> Tally:
    if span is None:
        return tally.sum(-1)
    return tally[..., span[0] : min(span[1], OLDEST) + 1].sum(-1)


def joined(tally: Tally, spans: Sequence[Span]) -> Tally:
    """Several age groups as one: (..., sex, age) to (..., sex)."""
    total = _of_span(tally, spans[0])
    for span in spans[1:]:
        total = total + _of_span(tally, span)
    return total


def of_periods(events: Tally, periods: Sequence[Period]) -> Tally:
    """Events of periods from events of months (second axis)."""
    return stacked([events[:, one.opening : one.closing].sum(1) for one in periods], axis=1)


def at_ends(stock: Seen, periods: Sequence[Period]) -> Seen:
    """Populations at the ends of periods (second axis)."""
    return stock[:, [one.closing for one in periods]]


def mean_of(stock: Seen, periods: Sequence[Period]) -> Seen:
    """Mean of the populations at beginning and end.

    Where nobody came or went both carry one and the same noise, else two independent ones. The
    variance is the former's, the larger: the mean of the standard deviations, squared.
    """
    start = stock[:, [one.opening for one in periods]]
    end = at_ends(stock, periods)
    deviation = (np.sqrt(start.noise) + np.sqrt(end.noise)) / 2
    return Seen((start.count + end.count) / 2, deviation**2)


def chosen_periods(
    periods: Sequence[Period], shortest: str, wanted: Sequence[str] = ()
) -> list[Period]:
    """Periods no shorter than an indicator allows.

    Raises
    ------
    UsageError
        If a wanted period is not among them.
    """
    kinds = list(MONTHS_OF)
    allowed = [one for one in periods if kinds.index(one.kind) >= kinds.index(shortest)]
    names = {one.name for one in allowed}
    for name in wanted:
        if name not in names:
            raise UsageError(
                f"period {name}: not within the data, or too short for this indicator; "
                f"there are {', '.join(sorted(names))}",
                zh=f"时期 {name}：不在数据范围内，或短于该指标允许的时期；可选 {'、'.join(sorted(names))}",
            )
    return [one for one in allowed if not wanted or one.name in wanted]
