"""Paths of years as a part of a scenario needs them: from the base year to the last year. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from renkou.demography.scenarios import limits
from renkou.demography.scenarios.settings import Key, Limits, SettingsReader
from renkou.demography.scenarios.year_paths import YearPath

Fields = dict[str, Any]


@dataclass(frozen=True)
class Frame:
    """What a scenario is checked against; None: not known yet, and not checked."""

    until: int | None = None
    base_year: int | None = None
    areas: Collection[str] | None = None


def covering_path(
    reader: SettingsReader, frame: Frame, key: Key, value: object, limit: Limits
) -> YearPath | None:
    """A linear path, or one number, that has a value for every year of the scenario."""
    path = reader.path(key, value, limit)
    if path is None or path.flat:
        return path
    first, last = path.years[0], path.years[-1]
    if frame.base_year is not None and first > frame.base_year:
        reader.note(
            (*key, str(first)), None, f"the path begins after the base year {frame.base_year}",
            f"name a value for {frame.base_year} too",
            f"路径起于基期 {frame.base_year} 之后；请补上 {frame.base_year} 年的值",
        )  # fmt: skip
    if frame.until is not None and last < frame.until - 1:
        reader.note(
            (*key, str(last)), None,
            f"the path ends before {frame.until - 1}, the last year of a scenario until 1 January "
            f"{frame.until}", f"name a value for {frame.until} too",
            f"方案到 {frame.until} 年 1 月 1 日为止，路径却止于 {last} 年；请补上 {frame.until} 年的值",
        )  # fmt: skip
    return path


def change_path(reader: SettingsReader, key: Key, value: object) -> YearPath | None:
    """Changes that hold from a named year until the next; before the first one nothing changes."""
    path = reader.path(key, value, limits.TFR_CHANGE, held=True)
    return path if path is None or path.flat else replace(path, before=0.0)


def check_changed_tfr(
    reader: SettingsReader, frame: Frame, key: Key, tfr: YearPath | None, change: YearPath | None
) -> None:
    """The path with its change stays between 0 and 12 wherever either turns."""
    if tfr is None or change is None:
        return
    turns = {*tfr.years, *change.years, *(year - 1 for year in change.years)}
    last = frame.until or max(turns)
    years = np.array(sorted(year for year in turns if tfr.covers(year, year) and year <= last))
    if not years.size:
        return
    sums = tfr.at(years) + change.at(years)
    wrong = (sums < limits.TFR.low) | (sums > limits.TFR.high)
    if wrong.any():
        year, found = int(years[wrong][0]), round(float(sums[wrong][0]), 4)
        reader.note(
            (*key, "tfr_change"), found, f"the path with its change leaves 0 to 12 in {year}",
            "make the change smaller", f"加减之后 {year} 年的总和生育率超出 0 至 12；请减小增减量",
        )  # fmt: skip
