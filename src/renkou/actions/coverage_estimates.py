"""How well an edition's lists cover the people, by the audit among them; and its figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from renkou.actions.statistics_settings import StatisticsSettings
from renkou.actions.tabulating import CountedEdition
from renkou.core.areas import LEVEL_DIGITS
from renkou.core.errors import FiguresRefused, SpecError
from renkou.core.tallies import Tally
from renkou.demography.coverage.dual_system import dual_system_estimate
from renkou.demography.coverage.linkage_error import LinkageRates, linkage_rates
from renkou.demography.coverage.register_coverage import (
    DESIGN_EFFECT,
    LookedUp,
    RegisterCoverage,
    register_coverage,
)
from renkou.demography.indicators.blocks import Block
from renkou.demography.indicators.cells import Counting, Period, of_periods, periods_within

_VILLAGE = LEVEL_DIGITS["village"]
FEWEST_MET = 5  # with fewer people met, a village was not visited: its people were met elsewhere
_AGES = ((0, 14), (15, 44), (45, 64), (65, 200))
_EVENT_LISTS = ("births", "deaths")
NO_AUDIT = (
    "没有可用的独立抽查，常住人口不附覆盖率区间：请在 statistics.toml 的 [lists] 中写明 audit"
)
NOT_LOOKED_UP = (
    "未提供抽查村中登记人员的核实结果，无法估计误登，常住人口不附覆盖率区间："
    "请在 statistics.toml 中写明 [looked_up]"
)
NO_RATES = "未提供抽查与名册之间关联的错漏率，按关联无误计算：请在 statistics.toml 中写明 [links]"


@dataclass(frozen=True)
class _Audited:
    """People by village and stratum as `register_coverage` takes them."""

    listed_in_area: npt.NDArray[np.int64]
    listed: npt.NDArray[np.int64]
    met: npt.NDArray[np.int64]
    met_and_listed: npt.NDArray[np.int64]


def estimated_coverage(
    counted: CountedEdition, settings: StatisticsSettings
) -> tuple[RegisterCoverage | None, list[str]]:
    """Coverage by the audit of the edition, and what is to be said of it; None without an audit."""
    name = settings.lists.get("audit")
    if name is None:
        return None, [NO_AUDIT]
    audit = _bit(counted, "audit", name)
    if not settings.looked_up:
        return None, [NOT_LOOKED_UP]
    told = settings.looked_up
    effect = told.get("design_effect", DESIGN_EFFECT)
    looked_up = LookedUp(int(told["checked"]), int(told["wrong"]), effect)
    notes, rates = ([] if settings.links else [NO_RATES]), _rates(settings)
    for strata in _stratifications(counted.histories, counted.counts.last // 12):
        found = _audited(counted, settings, audit, strata)
        if found is None:
            return None, [NO_AUDIT]
        villages = len(counted.counts.villages["usual"][0])
        try:
            coverage = register_coverage(
                **vars(found),
                looked_up=looked_up,
                rates=rates,
                villages_in_area=villages,
            )
        except FiguresRefused:  # too few were met in a stratum: coarser ones may do
            continue
        return coverage, [*notes, *coverage.notes]
    return None, [NO_AUDIT]


def _bit(counted: CountedEdition, part: str, name: str) -> int:
    if name not in counted.lists:
        raise SpecError(
            f"statistics.toml: lists.{part} names {name}, which is no list of the edition; "
            f"there are {', '.join(counted.lists)}",
            zh=f"statistics.toml：lists.{part} 写的 {name} 不是该版本的名册；"
            f"现有 {'、'.join(counted.lists)}",
        )
    return counted.lists.index(name)


def _rates(settings: StatisticsSettings) -> LinkageRates | None:
    if not settings.links:
        return None
    told = settings.links
    return linkage_rates(
        told["matches_checked"], told["matches_missed"],
        told["strangers_checked"], told["strangers_linked"],
    )  # fmt: skip


def _stratifications(histories: pa.Table, year: int) -> Iterator[npt.NDArray[np.int64]]:
    """Strata of the rows from fine to coarse: sex by age, sex, all together."""
    sex = np.where(np.asarray(histories["sex"].to_pylist()) == "female", 1, 0)
    born = pc.fill_null(histories["birth_year"], year - 40).to_numpy()
    group = np.searchsorted([last for _, last in _AGES], year - born)
    yield sex * len(_AGES) + np.clip(group, 0, len(_AGES) - 1)
    yield sex
    yield np.zeros_like(sex)


def _audited(
    counted: CountedEdition,
    settings: StatisticsSettings,
    audit: int,
    strata: npt.NDArray[np.int64],
) -> _Audited | None:
    rows = counted.histories
    mask, count = rows["lists"].to_numpy(), rows["count"].to_numpy()
    departments = _departments(counted, settings, audit)
    held = sum((mask >> bit & 1 for bit in departments), np.zeros_like(mask))
    met, listed = mask >> audit & 1 == 1, held >= 1
    area = rows["area"].combine_chunks().dictionary_encode()
    codes, place = area.dictionary.to_pylist(), area.indices.to_numpy(zero_copy_only=False)
    village = _visited(codes, place, np.where(met, count, 0))
    if village.max() < 1:
        return None
    here = counted.counts.areas.unit_numbers(codes)[place] >= 0
    shape = (int(village.max()) + 1, int(strata.max()) + 1)

    def counts(who: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
        chosen = (village >= 0) & who
        found = np.zeros(shape, np.int64)
        np.add.at(found, (village[chosen], strata[chosen]), count[chosen])
        return found

    everywhere = np.bincount(strata[here & listed], count[here & listed], shape[1])
    return _Audited(
        everywhere.astype(np.int64), counts(listed), counts(met), counts(met & listed)
    )  # fmt: skip


def _visited(
    codes: list[str], place: npt.NDArray[np.int64], met: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """The number of the visited village of each row, -1 for rows of other places."""
    by_place = np.bincount(place, met, len(codes))
    is_village = np.array([len(code or "") == _VILLAGE for code in codes])
    visited = np.flatnonzero(is_village & (by_place >= FEWEST_MET))
    number = np.full(len(codes), -1)
    number[visited] = np.arange(len(visited))
    return number[place]


def _departments(counted: CountedEdition, settings: StatisticsSettings, audit: int) -> list[int]:
    """Bits of the lists that say who is there now; a birth or marriage long ago says nothing of it."""
    if settings.present:
        return [_bit(counted, "present", name) for name in settings.present]
    events = {settings.lists.get(part) for part in _EVENT_LISTS}
    return [bit for bit, name in enumerate(counted.lists) if bit != audit and name not in events]


def coverage_blocks(
    counted: CountedEdition, coverage: RegisterCoverage | None, wanted: Mapping[str, str]
) -> list[Block]:
    """Undercoverage and overcoverage of the city in the last year, in per cent.

    `wanted`: indicator id by `under` and `over`.
    """
    years = [one for one in _periods(counted) if one.kind == "year"]
    top = _top(counted)
    if coverage is None or not years or top is None:
        return []
    figures = {"under": coverage.undercoverage, "over": coverage.overcoverage}
    # Without the counts behind them: those are true ones, and of the city's total there are others.
    return [
        _single(
            wanted[which], top, years[-1],
            *(100 * value for value in (one.estimate, one.lower, one.upper)), np.nan, np.nan,
        )
        for which, one in figures.items()
    ]  # fmt: skip


def _single(indicator: str, area: str, period: Period, *figures: float) -> Block:
    value, lower, upper, numerator, denominator = (np.full((1, 1, 1, 1), one) for one in figures)
    return Block(
        indicator, (area,), (period.name,), ("both",), ("all",),
        value, lower, upper, numerator, denominator,
    )  # fmt: skip


def _periods(counted: CountedEdition) -> list[Period]:
    return periods_within(counted.counts.opening, counted.counts.last)


def _top(counted: CountedEdition) -> str | None:
    """The one largest area."""
    codes = counted.counts.areas.codes
    largest = [code for code in codes if len(code) == min(map(len, codes))]
    return largest[0] if len(largest) == 1 else None


def estimated_people(block: Block, coverage: RegisterCoverage, register_count: float) -> Block:
    """The register's people times what coverage says of them, with its limits."""
    people = coverage.people
    value, lower, upper = (
        np.rint(block.value * limit / register_count)
        for limit in (people.estimate, people.lower, people.upper)
    )
    return replace(block, value=value, lower=lower, upper=upper)


def completeness_block(
    counted: CountedEdition,
    settings: StatisticsSettings,
    kind: str,
    indicator: str,
    counting: Counting,
) -> list[Block]:
    """Share of the births or deaths of each year that the list of record holds, by a dual system."""
    top, years = _top(counted), [one for one in _periods(counted) if one.kind == "year"]
    bits = _two_lists(counted, settings, kind)
    if bits is None or top is None or not years:
        return []
    rows = counted.births if kind == "birth" else counted.deaths
    first, second = _who_is_in(rows, kind, *bits)
    of_record, of_other, both = (
        _seen(counted, rows, years, counting, who) for who in (first, second, first & second)
    )
    known = (both > 0) & (both <= np.minimum(of_record, of_other))
    figures = [np.full((1, len(years), 1, 1), np.nan) for _ in range(5)]
    if known.any():
        found = dual_system_estimate(of_record[known], of_other[known], both[known])
        for array, size in zip(figures, (found.estimate, found.upper, found.lower), strict=False):
            array[0, known, 0, 0] = 100 * np.minimum(of_record[known] / size, 1)
        figures[4][0, known, 0, 0] = found.estimate
    figures[3][0, :, 0, 0] = of_record
    value, lower, upper, numerator, denominator = figures
    return [
        Block(
            indicator, (top,), tuple(one.name for one in years), ("both",), ("all",),
            value, lower, upper, numerator, denominator,
        )
    ]  # fmt: skip


_PARTS = {"birth": ("household_register", "births"), "death": ("deaths", "household_register")}


def _two_lists(
    counted: CountedEdition, settings: StatisticsSettings, kind: str
) -> tuple[int, int] | None:
    """Bits of the list of record and of the one it is held against; None where one is not named."""
    names = [settings.lists.get(part) for part in _PARTS[kind]]
    if None in names:
        return None
    record, other = (
        _bit(counted, part, str(name)) for part, name in zip(_PARTS[kind], names, strict=True)
    )
    return record, other


def _who_is_in(
    rows: pa.Table, kind: str, record: int, other: int
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Which rows the list of record knows of, and which the other one."""
    knows = rows["lists"] if kind == "birth" else rows["known_to"]
    mask = knows.to_numpy().astype(np.int64)
    first, second = mask >> record & 1 == 1, mask >> other & 1 == 1
    if kind == "death":
        # A household register can only tell of the death of somebody whom it holds.
        held = rows["lists"].to_numpy() >> other & 1 == 1
        return first & held, second & held
    return first, second


def _seen(
    counted: CountedEdition,
    rows: pa.Table,
    years: list[Period],
    counting: Counting,
    who: npt.NDArray[np.bool_],
) -> npt.NDArray[np.float64]:
    """Events of years as they may be seen."""
    months = counted.counts.last - counted.counts.opening
    at = rows["month"].to_numpy()[who] - counted.counts.opening - 1
    count, key = np.zeros((1, months), np.int64), np.zeros((1, months), np.uint64)
    np.add.at(count[0], at, rows["count"].to_numpy()[who])
    np.add.at(key[0], at, rows["key"].to_numpy()[who].astype(np.uint64))
    return counting(of_periods(Tally(count, key), years)).count[0]
