"""Rows of a table as arrays without holes: by area and year, by sex and age. Pure (NumPy)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from renkou.demography.checked import Floats
from renkou.demography.scenarios.project_data import Integers, ProjectArea, YearSeries
from renkou.demography.scenarios.tables import BLANK, TableReader

_YEARS = 10_000
_SEXES = ("male", "female")


@dataclass(frozen=True)
class Ground:
    """What all tables of a project share once its population is known."""

    areas: tuple[ProjectArea, ...]
    leaves: tuple[str, ...]
    ancestry: Mapping[str, tuple[str, ...]]
    omega: int
    base_year: int
    population: Floats
    known_in: str = "areas.csv"

    @property
    def codes(self) -> tuple[str, ...]:
        """Codes of all areas, parents first."""
        return tuple(area.code for area in self.areas)


def series_by_area(
    reader: TableReader, codes: Sequence[str], area: Integers, year: Integers | None,
    inner: Integers, inner_size: int, values: Floats, *, holes: bool = False,
) -> dict[str, YearSeries]:  # fmt: skip
    """Values (years, inner) of each area that has rows.

    `inner` is the place of a row within `inner_size` cells (sex × age). Notes cells that stand
    twice, and cells that are missing unless `holes` may be there (then they are NaN).
    """
    years = np.zeros_like(area) if year is None else year
    pairs, row_of = np.unique(area * _YEARS + years, return_inverse=True)
    cell = row_of * inner_size + inner
    reader.note(
        "area", _again(cell), "the same area, year, sex and age stand here again",
        "keep one of the rows", "同一区域、年份、性别和年龄重复出现；请只留一行",
    )  # fmt: skip
    flat = np.full(len(pairs) * inner_size, np.nan)
    flat[cell] = values
    dense = flat.reshape(len(pairs), inner_size)
    if not holes:
        _note_missing(reader, codes, pairs, dense, with_year=year is not None)
    owners = pairs // _YEARS
    starts = np.flatnonzero(np.diff(owners, prepend=-1))
    parts = np.split(np.arange(len(pairs)), starts[1:])
    return {
        codes[int(owners[part[0]])]: YearSeries(pairs[part] % _YEARS, dense[part])
        for part in parts if part.size
    }  # fmt: skip


def _again(cell: Integers) -> np.ndarray:
    """Rows whose cell was met in a row before."""
    again = np.ones(len(cell), dtype=np.bool_)
    again[np.unique(cell, return_index=True)[1]] = False
    return again


def _note_missing(
    reader: TableReader, codes: Sequence[str], pairs: Integers, dense: Floats, *, with_year: bool
) -> None:
    missing = np.isnan(dense)
    if not missing.any():
        return
    pair, inner = (int(one) for one in np.argwhere(missing)[0])
    what = [f"area {codes[int(pairs[pair] // _YEARS)]}"]
    if with_year:
        what.append(f"year {pairs[pair] % _YEARS}")
    if dense.shape[1] > 1:
        ages = dense.shape[1] // 2
        what += [_SEXES[inner // ages], f"age {inner % ages}"]
    more = int(missing.sum()) - 1
    rest, rest_zh = (f" (and {more} more)", f"（另缺 {more} 行）") if more else ("", "")
    reader.note_file(
        ", ".join(what), f"has no row{rest}", "add a row; write 0 where there are none",
        f"缺少这一行{rest_zh}；请补上，没有则写 0",
    )  # fmt: skip


def sources_of_leaves(
    reader: TableReader, ground: Ground, series: Mapping[str, object]
) -> tuple[str, ...]:
    """For each leaf the nearest area around it that has rows; notes leaves that have none."""
    found = [
        next((code for code in ground.ancestry[leaf] if code in series), "")
        for leaf in ground.leaves
    ]
    without = [leaf for leaf, source in zip(ground.leaves, found, strict=True) if not source]
    if without:
        more = len(without) - 1
        rest, rest_zh = (
            (f" (nor {more} other areas)", f"（另有 {more} 个区域）") if more else ("", "")
        )
        reader.note_file(
            f"area {without[0]}", f"has no rows, nor has any area around it{rest}",
            "add rows for it or for an area that it lies in",
            f"该区域及其上级均无数据{rest_zh}；请为它或其上级补充",
        )  # fmt: skip
    return tuple(found)


def check_years(reader: TableReader, series: Mapping[str, YearSeries], base_year: int) -> None:
    """From the base year on, the years of an area follow each other."""
    for code, one in series.items():
        ahead = one.years[one.years >= base_year]
        begun = ahead.size and one.years[0] < base_year and ahead[0] > base_year
        gaps = np.flatnonzero(np.diff(ahead) > 1)
        if begun or gaps.size:
            missing = base_year if begun else int(ahead[gaps[0]]) + 1
            reader.note_file(
                f"area {code}, year {missing}", "has no rows, but later years have",
                "add its rows, or leave the later years out",
                "缺少该年而有更晚年份的数据；请补上该年，或删去更晚的年份",
            )  # fmt: skip


def single_ages(reader: TableReader, first: Integers, last: Integers, remedy: str, zh: str) -> None:
    """Notes groups of ages: this needs single ones."""
    group = (last != BLANK) & (last > first)
    rule = "is a group of ages, where single ages are needed"
    reader.note("age", group, rule, remedy, f"是年龄组，这里需要单岁；{zh}")
    if goes_by_five(first) and not group.any():
        reader.note_file("age", "goes by five years, where single ages are needed", remedy,
                         f"年龄以五岁为间隔，这里需要单岁；{zh}")  # fmt: skip


def goes_by_five(first: Integers) -> bool:
    """Whether ages are 0, 5, 10, … (or 0, 1, 5, …): first ages of groups, written without their end.

    >>> goes_by_five(np.array([15, 20, 25, 30])), goes_by_five(np.array([15, 16, 17, 18]))
    (True, False)
    """
    starts = set(np.unique(first).tolist()) - {BLANK}
    return len(starts) > 3 and all(age % 5 == 0 or age == 1 for age in starts)


def last_age(
    reader: TableReader, codes: Sequence[str], area: Integers, first: Integers, last: Integers,
    omega: int | None = None,
) -> int:  # fmt: skip
    """The open age, the same for all areas (and equal to `omega` where given); notes others."""
    ends = np.full(len(codes), BLANK)
    np.maximum.at(ends, area, first)
    there = ends[ends != BLANK]
    often = np.bincount(there)[::-1]  # of ages equally common the highest
    common = len(often) - 1 - int(often.argmax()) if omega is None else omega
    wrong = (ends[area] != common) & (first == ends[area])
    if wrong.any():
        at = int(np.argmax(wrong))
        reader.note(
            "age", wrong,
            f"area {codes[int(area[at])]} ends at age {ends[area][at]}, where {common} is the open age",
            f"make all files end at the same open age, such as {common}+, joining what is above",
            f"区域 {codes[int(area[at])]} 止于 {ends[area][at]} 岁，而最后的开口年龄组应为 {common} 岁"
            "及以上；请统一所有文件的开口年龄组，并合并更高年龄",
        )  # fmt: skip
    early = (last == BLANK) & (first < ends[area])
    reader.note(
        "age", early, "is an open group, but older ages follow", "leave one of the two out",
        "是开口年龄组，其后却还有更高年龄；请去掉其中之一",
    )  # fmt: skip
    return common


def nearest_rows(
    ground: Ground, series: Mapping[str, YearSeries], otherwise: Callable[[str], Floats]
) -> Floats:
    """Values (leaves, inner) without years: of the nearest area with rows, else `otherwise`."""
    rows = []
    for leaf in ground.leaves:
        code = next((one for one in ground.ancestry[leaf] if one in series), None)
        rows.append(otherwise(leaf) if code is None else series[code].values[0])
    return np.stack(rows)
