"""Up to when the lists tell of births, deaths, moves and marriages: later months are unknown, not empty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from renkou.core.figures import months_of
from renkou.demography.indicators.blocks import Block
from renkou.demography.indicators.catalogue import Indicator

# Which list of statistics.toml tells of which events.
LIST_OF_EVENTS = {
    "births": "births",
    "deaths": "deaths",
    "moves_in": "newcomers",
    "moves_out": "household_register",
    "marriages": "marriages",
}


def known_until(manifest: Mapping[str, Any], lists: Mapping[str, str]) -> str | None:
    """The day up to which the lists of births and deaths tell of events; None where none is named.

    An edition may be of a later day than its newest births: months after them would look childless.
    """
    days = [_last_day(manifest, lists.get(part)) for part in ("births", "deaths")]
    return min((day for day in days if day), default=None)


def _last_day(manifest: Mapping[str, Any], source: str | None) -> str | None:
    """The newest reference date of a list in an edition."""
    deliveries = manifest["inputs"]["deliveries"]
    return max(
        (str(one["reference_date"]) for one in deliveries if one["source"] == source), default=None
    )


def last_months(manifest: Mapping[str, Any], lists: Mapping[str, str]) -> dict[str, int]:
    """The last whole month, as a number, that the list of each kind of events covers.

    Kinds whose list nobody named are left out: of them nothing is known to be missing.
    """
    days = {kind: _last_day(manifest, lists.get(part)) for kind, part in LIST_OF_EVENTS.items()}
    return {kind: last_whole_month(day) for kind, day in days.items() if day}


def last_whole_month(as_of: str) -> int:
    """The last month that has ended on a day, or ends with it.

    >>> divmod(last_whole_month("2023-11-30"), 12), divmod(last_whole_month("2023-11-29"), 12)
    ((2023, 10), (2023, 9))
    """
    day = np.datetime64(as_of, "D")
    month = day.astype("datetime64[M]")
    ends = day == (month + 1).astype("datetime64[D]") - 1
    return int(month.astype(np.int64)) + 1970 * 12 - (not ends)


def uncovered(block: Block, indicator: Indicator, known: Mapping[str, int]) -> Block:
    """A block that says of which periods its list does not tell to the end."""
    kinds = {str(indicator.compute.get(name)) for name in ("of", "less")}
    last = [known[kind] for kind in kinds if kind in known]
    if not last:
        return block
    beyond = np.array([months_of(period)[1] - 1 > min(last) for period in block.periods])
    return replace(block, uncovered=beyond[:, None, None])
