"""Rates, moves and levels of one city and its leaves, from the counts of an edition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.stats import poisson

from renkou.actions.project_edition_counts import Ints, LeafCounts, MoveRows, Tree
from renkou.actions.project_edition_moves import (
    LeafMoves,
    MoveWindow,
    city_flows,
    leaf_moves,
    move_windows,
    net_of_leaves,
)
from renkou.actions.project_edition_notes import (
    NO_MOVES,
    Note,
    notes_on_balance,
    notes_on_fertility,
    notes_on_mortality,
    notes_on_moves,
    notes_on_recent_births,
    of_levels,
)
from renkou.actions.project_edition_rates import (
    RATE_YEARS,
    city_fertility,
    city_mortality,
    city_sex_ratio,
    completeness,
    fertility_levels,
    known_years,
    lived_by_the_dead,
    mortality_levels,
)
from renkou.actions.statistics_settings import StatisticsSettings
from renkou.actions.tabulating import CountedEdition
from renkou.demography.checked import Floats
from renkou.demography.forecasts.migration_patterns import spread_by_rogers_castro
from renkou.demography.forecasts.standard_schedules import (
    national_history,
    standard_fertility_pattern,
    standard_mortality,
)
from renkou.demography.indicators.cells import Counting
from renkou.demography.levels.placing import place_shares
from renkou.demography.scenarios.project_data import Flows, Levels, YearSeries

_SCHEDULE = "rogers-castro"
_FAR_FEWER, _BY_CHANCE = 0.75, 0.01
_OFF_BY_SHARE, _OFF_BY_ERRORS = 0.0025, 2.0
_SEEN_IN_GROWTH = 6  # counts whose noise is in it: people, births and deaths, each at two ends


_Windows = tuple[MoveWindow, MoveWindow]


@dataclass(frozen=True)
class EditionRead:
    """What was read of an edition.

    counts : as they may be seen; counted, moves : true ones, of which `counting` tells what may be
    known : last month, as a number, that the list of each kind of events tells of
    """

    edition: str
    as_of: str
    tree: Tree
    counts: LeafCounts
    counted: CountedEdition
    moves: MoveRows
    known: Mapping[str, int]
    settings: StatisticsSettings
    counting: Counting

    @property
    def base_month(self) -> int:
        """The December before the base year."""
        return self.counted.counts.last


@dataclass(frozen=True)
class TopInputs:
    """Schedules of one city by year, levels and flows of its leaves, history, and notes."""

    mortality: YearSeries
    fertility: YearSeries
    srb: YearSeries
    levels: Mapping[str, Levels]
    flows: Flows | None
    history: Mapping[str, YearSeries]
    notes: tuple[Note, ...]


def inputs_of_top(top: str, read: EditionRead) -> TopInputs:
    """Everything that is estimated for one city, its leaves among themselves."""
    places, number = read.tree.leaves_in(top), read.tree.tops.index(top)
    name = next(area.name for area in read.tree.areas if area.code == top)
    births = _births(read, number, places, name)
    deaths = _deaths(read, number, places, name)
    moves = _moves(read, places)
    levels = {**births.levels, **deaths.levels, **moves.levels}
    levels = levels if len(places) > 1 else {}
    told = [of_levels({key: one.ratio for key, one in levels.items()})] if levels else []
    return TopInputs(
        mortality=deaths.schedules["mortality"],
        fertility=births.schedules["fertility"],
        srb=births.schedules["srb"],
        levels=levels,
        flows=moves.flows,
        history={**births.history, **deaths.history, **moves.history, **_people(read, places)},
        notes=(*deaths.notes, *births.notes, *moves.notes, *told),
    )


@dataclass(frozen=True)
class _Part:
    """What one kind of events gives."""

    schedules: Mapping[str, YearSeries]
    levels: Mapping[str, Levels]
    history: Mapping[str, YearSeries]
    notes: list[Note]
    flows: Flows | None = None


def _deaths(read: EditionRead, number: int, places: Ints, name: str) -> _Part:
    counts = read.counts
    deaths, lived = counts.tops.deaths[number], counts.tops.exposure[number]
    known = known_years(deaths.sum(axis=(1, 2)))
    complete = completeness(read.counted, read.settings, "death", counts.years, read.counting)
    share = np.ones(len(counts.years)) if complete is None else complete
    lived, raised = lived_by_the_dead(deaths, lived * share[:, None, None])
    years = counts.years[-known:]
    standard = standard_mortality(years).mx
    found = city_mortality(deaths[-known:], lived[-known:], standard)
    recent = years[-len(found.mx) :]
    history = {
        f"e0_{sex}": YearSeries(years, found.yearly_e0[:, at])
        for at, sex in enumerate(("male", "female"))
    }
    told = None if complete is None else complete[-len(recent) :]
    return _Part(
        {"mortality": YearSeries(recent, found.mx)},
        {"mortality": mortality_levels(counts, places, found.mx)},
        history,
        notes_on_mortality(name, found.e0[-1], found.error[-1], recent.tolist(), told, raised),
    )


def _births(read: EditionRead, number: int, places: Ints, name: str) -> _Part:
    counts = read.counts
    by_sex, women = counts.tops.births[number], counts.tops.exposure[number, :, 1]
    known = known_years(by_sex.sum(axis=(1, 2)))
    complete = completeness(read.counted, read.settings, "birth", counts.years, read.counting)
    share = np.ones(len(counts.years)) if complete is None else complete
    years = counts.years[-known:]
    national = standard_fertility_pattern(years[-RATE_YEARS:]).shares.mean(axis=0)
    found = city_fertility(by_sex.sum(axis=1)[-known:], (women * share[:, None])[-known:], national)
    recent = years[-RATE_YEARS:]
    asfr = found.asfr[-len(recent) :]
    usual = national_history()
    srb = city_sex_ratio(by_sex, float(np.interp(years[-1], usual.year, usual.srb)))
    return _Part(
        {
            "fertility": YearSeries(recent, asfr),
            "srb": YearSeries(recent[-1:], np.array([srb[0]])),
        },
        {"fertility": fertility_levels(counts, places, asfr)},
        {"tfr": YearSeries(years, found.raw)},
        [
            *notes_on_fertility(
                name,
                found.tfr[-1],
                found.error[-1],
                years.tolist(),
                counts.without_mothers_age,
                srb,
                complete,
            ),
            *_recent_births(counts.last_births, counts.usual_births),
        ],
    )


def _recent_births(last: float, usual: float) -> list[Note]:
    """Whether the last three months have far fewer births than those of the year before."""
    few = last < _FAR_FEWER * usual and poisson.cdf(last, usual) < _BY_CHANCE
    return notes_on_recent_births(last, usual) if few else []


def _moves(read: EditionRead, places: Ints) -> _Part:
    counts, areas = read.counts, read.counted.counts.areas
    leaves = [read.tree.leaves[at] for at in places]
    top = read.tree.top_of[places[0]]
    rows = read.moves.within([code.startswith(top) for code in areas.codes])
    people = counts.stock[places, -1].sum(axis=(1, 2))
    place = place_shares(areas.codes, leaves, people)
    windows = move_windows(read.known, read.base_month, rows, read.counting)
    moves = leaf_moves(rows, place, windows, read.counting)
    if not moves.between.any() and not moves.arrivals.any():
        return _Part({}, {}, {}, [NO_MOVES])
    flows, levels = city_flows(
        moves, counts, places, spread_by_rogers_castro(np.ones(2), parameters=_SCHEDULE)
    )
    notes = [*notes_on_moves(moves, read.base_month), *_balance(read, places, moves)]
    return _Part({}, levels, _net_history(read, rows, windows), notes, flows)


def _balance(read: EditionRead, places: Ints, moves: LeafMoves) -> list[Note]:
    """Leaves, and their city, whose moves disagree with what births and deaths leave of growth."""
    window = moves.arrivals_window
    opening = read.counted.counts.opening
    ends = read.counts.beyond[places][:, [window.opening - opening, window.last - opening]]
    by_stock = _with_total(np.diff(ends)[:, 0] / window.years)
    by_flows = _with_total(net_of_leaves(moves))
    people = _with_total(read.counts.stock[places, -1].sum(axis=(1, 2)))
    noise = _SEEN_IN_GROWTH * read.settings.variance / window.years**2
    by_chance = np.sqrt((np.abs(by_flows) + np.abs(by_stock)) / window.years + noise)
    gap = np.abs(by_flows - by_stock)
    off = gap > _OFF_BY_SHARE * people + _OFF_BY_ERRORS * by_chance
    order = np.flatnonzero(off)[np.argsort(-gap[off])]
    names = {area.code: area.name for area in read.tree.areas}
    codes = [*(read.tree.leaves[at] for at in places), read.tree.top_of[places[0]]]
    return notes_on_balance([names[codes[at]] for at in order], by_flows[order], by_stock[order])


def _with_total(values: Floats) -> Floats:
    return np.append(values, values.sum())


def _net_history(read: EditionRead, rows: MoveRows, windows: _Windows) -> dict[str, YearSeries]:
    """Net moves with outside in the whole years that the lists tell of, the last five."""
    last = min(one.last for one in windows)
    years = read.counts.years[read.counts.years * 12 + 11 <= last][-RATE_YEARS:]
    if not len(years):
        return {}
    at = rows.month // 12 - years[0]
    inside = (at >= 0) & (at < len(years))
    came, left = (
        read.counting(rows.tally(inside & one, (at,), (len(years),))).count
        for one in (rows.origin < 0, rows.goal < 0)
    )
    return {"net_migration": YearSeries(years, np.asarray(came - left))}


def _people(read: EditionRead, places: Ints) -> dict[str, YearSeries]:
    """People on 1 January of each year up to the base year."""
    counts = read.counts
    years = np.append(counts.years, counts.years[-1] + 1)
    return {"population": YearSeries(years, counts.stock[places].sum(axis=(0, 2, 3)))}
