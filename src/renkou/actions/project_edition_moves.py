"""Moves between the leaves of a tree and with outside, as rates, destinations and arrivals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.stats import poisson

from renkou.actions.project_edition_counts import Ints, LeafCounts, MoveRows
from renkou.actions.project_edition_rates import levels_beside
from renkou.actions.project_edition_seen import scaled_to, seen_cells
from renkou.demography.checked import Floats
from renkou.demography.indicators.cells import Counting
from renkou.demography.indicators.tabulated import AGE_CELLS, SEX_CELLS
from renkou.demography.levels.migration_profiles import destination_shares, migration_rates_by_age
from renkou.demography.levels.unknown_cells import known_sex_and_age
from renkou.demography.scenarios.project_data import Flows, Levels

MONTHS = 36
MOVES_SPREAD = 0.5
_HEAPED_SHARE, _HEAPED_TIMES, _FEWEST_HEAPED = 0.2, 5.0, 20
_BY_CHANCE = 0.001


@dataclass(frozen=True)
class MoveWindow:
    """The months, as numbers, whose moves are counted: those after `opening` up to `last`."""

    opening: int
    last: int

    @property
    def years(self) -> float:
        """Their length."""
        return (self.last - self.opening) / 12

    def holds(self, month: Ints) -> np.ndarray:
        """Which months lie within."""
        return (month > self.opening) & (month <= self.last)


@dataclass(frozen=True)
class LeafMoves:
    """Moves of leaves per year, each kind over its own window.

    between : (leaves, leaves + 1), from row to column, the last column outside; the diagonal is 0
    arrivals : (leaves,), from outside
    leaving_by_age, arriving_by_age : (2, ages)
    arrivals_window, departures_window : of moves that lists of arrivals, and of departures, tell
    heaped : the share of moves that one month holds, and that month, where it is far too many
    """

    between: Floats
    arrivals: Floats
    leaving_by_age: Floats
    arriving_by_age: Floats
    arrivals_window: MoveWindow
    departures_window: MoveWindow
    heaped: tuple[float, int] | None


def move_windows(
    known: Mapping[str, int], base_month: int, rows: MoveRows, counting: Counting
) -> tuple[MoveWindow, MoveWindow]:
    """Three years of arrivals and of departures, up to where their lists tell of them.

    `known`: last months of the lists that settings name. A list that none names may still end
    before: months with far fewer moves than before are not counted either.
    """
    arriving = rows.goal >= 0
    windows = []
    for kind, which in (("moves_in", arriving), ("moves_out", ~arriving)):
        end = min(known.get(kind, base_month), base_month)
        before = _by_month(rows, which, MoveWindow(end - 2 * MONTHS, end), counting)
        end -= silent_months(before)
        windows.append(MoveWindow(end - MONTHS, end))
    return windows[0], windows[1]


def _by_month(rows: MoveRows, which: np.ndarray, window: MoveWindow, counting: Counting) -> Floats:
    """Moves of each month of a window."""
    length = window.last - window.opening
    at = rows.month - window.opening - 1
    return counting(rows.tally(which & window.holds(rows.month), (at,), (length,))).count


def silent_months(months: Floats) -> int:
    """How many of the last months have, beyond chance, fewer than half the moves of those before.

    `months`: moves of the months of six years

    >>> silent_months(np.where(np.arange(72) < 62, 10.0, 0.0))
    10
    """
    found = 0
    for silent in range(1, MONTHS + 1):
        half = months[MONTHS - silent : -silent].mean() / 2
        if (
            months[-silent] < half
            and poisson.cdf(months[-silent:].sum(), silent * half) < _BY_CHANCE
        ):
            found = silent
    return found


def leaf_moves(
    rows: MoveRows, place: Floats, windows: tuple[MoveWindow, MoveWindow], counting: Counting
) -> LeafMoves:
    """Moves by leaf; what is known only to an area above is placed by `place (areas, leaves)`."""
    came, left = windows
    inside = np.where(rows.goal >= 0, came.holds(rows.month), left.holds(rows.month))
    inside &= (rows.origin >= 0) | (rows.goal >= 0)
    between = _between(rows, inside, place, windows, counting)
    apart = (1 - place @ place.T)[rows.origin, rows.goal] > 0  # else nobody left a leaf
    among = inside & (rows.origin >= 0) & (rows.goal >= 0) & apart
    inner = known_sex_and_age(_by_age(rows, among, counting))
    outward = _by_age(rows, inside & (rows.goal < 0), counting) / left.years
    inward = _by_age(rows, inside & (rows.origin < 0), counting) / came.years
    # Ages are those of all moves between places, and there are as many as leave a leaf.
    leavers = np.divide(inner, inner.sum(), out=np.zeros_like(inner), where=inner > 0)
    return LeafMoves(
        between[:-1],
        between[-1, :-1],
        known_sex_and_age(outward) + leavers * between[:-1, :-1].sum(),
        known_sex_and_age(inward),
        came,
        left,
        _heaped(rows, came, counting),
    )


def _between(
    rows: MoveRows,
    inside: np.ndarray,
    place: Floats,
    windows: tuple[MoveWindow, MoveWindow],
    counting: Counting,
) -> Floats:
    """Moves a year from leaf to leaf, the last row and column outside: who stays in one has not moved."""
    areas, leaves = place.shape
    came, left = windows
    # The place -1 is the last one.
    counted = rows.tally(inside, (rows.origin, rows.goal), (areas + 1, areas + 1))
    inner = counted[:, :-1]
    within = scaled_to(counting(inner).count, counting(inner.sum(-1)).count) / came.years
    outward = counting(counted[:, -1]).count / left.years
    shares = np.zeros((areas + 1, leaves + 1))
    shares[:areas, :leaves], shares[-1, -1] = place, 1.0
    found = shares.T @ np.column_stack([within, outward]) @ shares
    found[np.arange(leaves), np.arange(leaves)] = 0.0
    return np.asarray(found)


def _by_age(rows: MoveRows, which: np.ndarray, counting: Counting) -> Floats:
    """Moves by sex and age, unknowns among them."""
    return seen_cells(rows.tally(which, (rows.sex, rows.age), (SEX_CELLS, AGE_CELLS)), counting)


def _heaped(rows: MoveRows, window: MoveWindow, counting: Counting) -> tuple[float, int] | None:
    """One month with far too many moves: a date that a list puts where none is known."""
    months = _by_month(rows, rows.goal >= 0, window, counting)
    most = int(months.argmax())
    usual = np.median(months)
    if months[most] < _FEWEST_HEAPED or months[most] < _HEAPED_TIMES * usual:
        return None
    share = float(months[most] / months.sum())
    return (share, window.opening + 1 + most) if share >= _HEAPED_SHARE else None


def city_flows(
    moves: LeafMoves, counts: LeafCounts, places: Ints, model: Floats
) -> tuple[Flows, Mapping[str, Levels]]:
    """Flows of the leaves of a city, and how the leaves stand to it.

    The flows are the city's: one rate of leaving by sex and age, arrivals from outside in proportion
    to people. The levels of leaves multiply both.
    """
    people = counts.exposure[places, -(MONTHS // 12) :].mean(axis=1)
    size = people.sum(axis=(1, 2))
    whole = people.sum(axis=0)
    out_rate = migration_rates_by_age(moves.leaving_by_age, whole, model)
    arriving = migration_rates_by_age(moves.arriving_by_age, np.ones_like(whole), model)
    leavers = (people * out_rate).sum(axis=(1, 2))
    years = MONTHS / 12
    levels = {
        "moves_out": levels_beside(
            moves.between.sum(axis=1) * years, leavers * years, MOVES_SPREAD
        ),
        "moves_in": levels_beside(moves.arrivals * years, size, MOVES_SPREAD),
    }
    share = size / size.sum()
    flows = Flows(
        np.broadcast_to(out_rate, (len(places), *out_rate.shape)),
        destination_shares(moves.between * years, size),
        arriving * share[:, None, None],
    )
    return flows, levels


def net_of_leaves(moves: LeafMoves) -> Floats:
    """Net moves a year by leaf: from outside and other leaves, less those who left."""
    inner = moves.between[:, :-1]
    return np.asarray(moves.arrivals + inner.sum(axis=0) - moves.between.sum(axis=1))
