"""Three or more lists whose links are not all right. Pure.

A record that was not linked to its person stands as a person of its own in one list; a record of
somebody in one list alone that was linked to another person makes that person stand in one list more.
The model is fitted to people, and what is counted follows from them by these two errors.

Sources: Ding & Fienberg (1994), Survey Methodology 20, 149-158, for two lists; Fienberg & Ding (1996),
Multiple sample estimation of population in the presence of matching error, Bureau of the Census, for
three; Thompson & Baker (1981), Applied Statistics 30, 125-131, for the composite link.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats
from renkou.demography.coverage.linkage_error import LinkageRates
from renkou.demography.coverage.log_linear import Mixing
from renkou.demography.coverage.multiple_systems import (
    Criterion,
    MultipleSystems,
    checked_histories,
    multiple_systems_estimate,
)

_MOST_LISTS = 6


def linkage_mixing(counts: npt.ArrayLike, miss: npt.ArrayLike, false: npt.ArrayLike) -> Mixing:
    """What links made with errors turn people into.

    Parameters
    ----------
    counts : shape (2 ** lists,), the table as linked: who is there to be taken for another
    miss : shape (lists,), chance of a record to stand apart from its person's other records
    false : shape (lists,), chance of somebody in this list alone to be taken for somebody of others

    >>> mixing = linkage_mixing([0, 50, 60, 890], [0, 0.02], [0, 0])
    >>> mixing.expected @ [50, 60, 890]
    array([ 67.8,  77.8, 872.2])
    """
    table = np.asarray(counts, float)
    lists = len(table).bit_length() - 1
    misses = np.broadcast_to(np.asarray(miss, float), lists)
    falses = np.broadcast_to(np.asarray(false, float), lists)
    expected = np.zeros((len(table), len(table)))
    products = np.zeros((len(table), len(table), len(table)))
    for history in range(1, len(table)):
        for chance, entries in _outcomes(history, table, misses, falses):
            seen = np.zeros(len(table))
            for mask, number in entries:
                seen[mask] += number
            expected[:, history] += chance * seen
            products[:, :, history] += chance * np.outer(seen, seen)
    return Mixing(expected[1:, 1:], products[1:, 1:, 1:])


def _outcomes(
    history: int, table: Floats, miss: Floats, false: Floats
) -> Iterable[tuple[float, list[tuple[int, int]]]]:
    """Ways in which a person of a history may be linked: the chance, and the entries that come of it."""
    bits = [i for i in range(history.bit_length()) if history >> i & 1]
    if len(bits) == 1:
        others = [m for m in range(1, len(table)) if not m & history]
        there = table[others].sum()
        taken = false[bits[0]] if there else 0.0
        yield 1 - taken, [(history, 1)]
        for mask in others:
            # Taken for that person: one entry less of theirs, one of both together.
            yield (taken * table[mask] / there if there else 0.0), [(mask, -1), (mask | history, 1)]
        return
    for apart in itertools.chain.from_iterable(
        itertools.combinations(bits, n) for n in range(len(bits) + 1)
    ):
        alone = sum(1 << i for i in apart)
        chance = float(np.prod([miss[i] if i in apart else 1 - miss[i] for i in bits]))
        rest = [(history & ~alone, 1)] if history & ~alone else []
        yield chance, rest + [(1 << i, 1) for i in apart]


def multiple_systems_with_linkage_error(
    counts: npt.ArrayLike,
    rates: LinkageRates,
    *,
    independent: Iterable[int] = (),
    highest_order: int = 2,
    criterion: Criterion = "aic",
    average: bool = True,
    level: float = 0.95,
) -> MultipleSystems:
    """Population size from three or more lists whose links were made with known rates of error.

    Parameters
    ----------
    counts : as in `multiple_systems_estimate`, as they were linked
    rates : of each list, arrays of shape (lists,) (`linkage_rates([..], ..)`); a list whose links
        are taken to be right has known rates of 0
    others : as in `multiple_systems_estimate`

    The uncertainty of each rate is added to each side of the interval by what the estimate becomes
    with the rate at its limits (as in `dual_system_with_linkage_error`).

    Raises
    ------
    FiguresRefused
        As `multiple_systems_estimate`, and if there is not one rate per list.
    """
    table = checked_histories(counts, least=3)
    lists = table.shape[1].bit_length() - 1
    miss, false = (_per_list(rate, lists) for rate in (rates.miss_rate, rates.false_link_rate))
    pooled = table.sum(axis=0)
    chosen = frozenset(independent)

    def estimated(miss: Floats, false: Floats) -> MultipleSystems:
        return multiple_systems_estimate(
            table, independent=chosen, highest_order=highest_order, criterion=criterion,
            average=average, level=level, mixing=linkage_mixing(pooled, miss, false),
        )  # fmt: skip

    found = estimated(miss, false)
    moved = []
    for position, (rate, limits) in enumerate(
        zip((miss, false), _limits(rates, level), strict=True)
    ):
        for one in np.flatnonzero(limits[1] > limits[0]):
            ends = []
            for limit in limits:
                other = rate.copy()
                other[one] = limit[one]
                ends.append(estimated(*((other, false) if position == 0 else (miss, other))))
            moved.append(ends)
    return _widened(found, moved, miss, false)


def _per_list(rate: Floats, lists: int) -> Floats:
    if rate.shape not in ((), (1,), (lists,)):
        raise FiguresRefused(
            "rates", rate.shape, f"there is one rate for each of the {lists} lists",
            "give 0 for lists whose links are right", zh="每份名册应有一个率；关联无误的名册请给 0",
        )  # fmt: skip
    if lists > _MOST_LISTS:
        raise FiguresRefused(
            "lists", lists, f"at most {_MOST_LISTS} with linkage errors", "join lists of one office",
            zh=f"含关联误差时最多 {_MOST_LISTS} 份名册；请合并同一部门的名册",
        )  # fmt: skip
    return np.broadcast_to(rate, lists).copy()


def _limits(
    rates: LinkageRates, level: float
) -> tuple[tuple[Floats, Floats], tuple[Floats, Floats]]:
    low, high, other_low, other_high = (np.atleast_1d(limit) for limit in rates.limits(level))
    return (low, high), (other_low, other_high)


def _widened(
    found: MultipleSystems, moved: list[list[MultipleSystems]], miss: Floats, false: Floats
) -> MultipleSystems:
    """The interval with what each rate's limits make of the estimate, to the side it moves it."""
    down, up = (found.estimate - found.lower) ** 2, (found.upper - found.estimate) ** 2
    total_down, total_up = (
        (found.total - found.total_lower) ** 2,
        (found.total_upper - found.total) ** 2,
    )
    variance, total_variance = found.variance.copy(), found.total_variance
    for ends in moved:
        parts = np.array([end.estimate - found.estimate for end in ends])
        whole = np.array([end.total - found.total for end in ends])
        down, up = down + parts.min(axis=0) ** 2, up + parts.max(axis=0) ** 2
        total_down, total_up = total_down + whole.min() ** 2, total_up + whole.max() ** 2
        variance = variance + (np.ptp(parts, axis=0) / 4) ** 2
        total_variance += float((np.ptp(whole) / 4) ** 2)
    note = (
        f"Links corrected for miss rates of {miss.max():.2%} and false-link rates of {false.max():.2%} at "
        f"most. 关联已按最高 {miss.max():.2%} 的漏关联率和 {false.max():.2%} 的误关联率校正。"
    )
    changed = {
        "variance": variance, "lower": found.estimate - np.sqrt(down),
        "upper": found.estimate + np.sqrt(up), "total_variance": total_variance,
        "total_lower": found.total - float(np.sqrt(total_down)),
        "total_upper": found.total + float(np.sqrt(total_up)), "notes": (*found.notes, note),
        "method": f"{found.method}, links corrected",
    }  # fmt: skip
    return MultipleSystems(**{**found.__dict__, **changed})
