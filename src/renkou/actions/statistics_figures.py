"""Figures of an edition that were built, looked up: what may be published, and the true counts.

statistics/<edition>/
  manifest.json       months, settings, what was computed, seconds
  figures.parquet     what may be published: perturbed, with reasons where something is kept back
  internal.parquet    true counts, for those who may see the records; every look is in the audit
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from renkou.actions.audit import record_event
from renkou.actions.code_words import area_names
from renkou.actions.editions import edition_folder
from renkou.actions.staff import require
from renkou.actions.workspaces import Workspace
from renkou.core.areas import short_code
from renkou.core.errors import UsageError
from renkou.core.figures import months_of
from renkou.core.permissions import Permission
from renkou.demography.indicators.catalogue import indicator_of

FIGURES, INTERNAL, MANIFEST = "figures.parquet", "internal.parquet", "manifest.json"


@dataclass(frozen=True)
class BuiltStatistics:
    """Where the figures of an edition lie, and what they are."""

    folder: Path
    manifest: Mapping[str, Any]


def statistics_folder(workspace: Workspace) -> Path:
    """Where the figures of all editions lie."""
    return workspace.path / "statistics"


@dataclass(frozen=True)
class Wanted:
    """Which figures are asked for; what is left out is not chosen by."""

    indicator: str
    area: str | None = None
    level: str | None = None
    period: str | None = None
    sex: str | None = None
    age: str | None = None


def built_statistics(workspace: Workspace, edition_id: str | None = None) -> BuiltStatistics:
    """The figures of an edition, without an id of the newest that has any.

    Raises
    ------
    UsageError
        If none were built.
    """
    folders = statistics_folder(workspace)
    if edition_id is None:
        built = sorted(path.parent.name for path in folders.glob(f"[!.]*/{MANIFEST}"))
        name = built[-1] if built else ""
    else:
        name = edition_folder(workspace, edition_id).name
    folder = folders / name
    if not name or not (folder / MANIFEST).is_file():
        raise UsageError(
            f"{workspace.path} has no statistics{f' of edition {name}' if name else ''} yet; "
            "run `renkou stats build`",
            zh=f"{workspace.path} 还没有{f'版本 {name} 的' if name else ''}统计数据；"
            "请运行 renkou stats build",
        )
    return BuiltStatistics(folder, json.loads((folder / MANIFEST).read_text(encoding="utf-8")))


def figures_of(
    workspace: Workspace,
    wanted: Wanted,
    *,
    by: str,
    edition_id: str | None = None,
    internal_reason: str | None = None,
) -> pa.Table:
    """The figures asked for, as they may be published.

    With `internal_reason` the true counts: only for roles that may see the records, and audited.

    Raises
    ------
    NotPermitted
        If the role of `by` may not read them.
    UsageError
        If indicator, area or period are not among the figures (the nearest or all are named), or
        the reason says nothing.
    """
    require(workspace, by, Permission.READ_REPORT)
    built = built_statistics(workspace, edition_id)
    indicator = indicator_of(wanted.indicator)
    path = built.folder / FIGURES
    if internal_reason is not None:
        require(workspace, by, Permission.READ_TRUE_COUNTS)
        _refuse_no_reason(internal_reason)
        record_event(
            workspace, by=by, action="read_true_counts",
            subject=f"indicator:{indicator.id}", reason=internal_reason,
        )  # fmt: skip
        path = built.folder / INTERNAL
    rows = parquet.read_table(path, filters=[("indicator", "=", indicator.id)])
    if not rows.num_rows:
        raise _none_of(indicator.id)
    return _chosen(rows, wanted, area_names(workspace))


def _none_of(indicator: str) -> UsageError:
    return UsageError(
        f"indicator {indicator}: the statistics have no figure of it; build them of more months, or "
        "name the lists it needs in statistics.toml",
        zh=f"指标 {indicator}：统计数据中没有；请编制更长时期的统计数据，或在 statistics.toml 中写明所需名册",
    )


def _refuse_no_reason(reason: str) -> None:
    if not reason.strip():
        raise UsageError(
            "--internal: the reason is empty; say what the true counts are needed for",
            zh="--internal：理由为空；请写明为何需要未经扰动的数字",
        )


def _chosen(rows: pa.Table, wanted: Wanted, names: Mapping[str, str]) -> pa.Table:
    area = None if wanted.area is None else area_code(wanted.area, names)
    if wanted.period:
        months_of(wanted.period)  # what is no period at all is said to be none
    told = {"area": area, "level": wanted.level, "period": wanted.period,
            "sex": wanted.sex, "age": wanted.age}  # fmt: skip
    for column, value in told.items():
        if value is None:
            continue
        kept = rows.filter(pc.equal(rows[column].cast(pa.string()), value))
        if not kept.num_rows:
            raise _not_there(column, value, rows)
        rows = kept
    return rows


def area_code(word: str, names: Mapping[str, str]) -> str:
    """An area by its code or its name, which may stand for one area only."""
    if word.isdigit():
        return short_code(word)
    codes = [code for code, name in names.items() if name == word]
    if len(codes) == 1:
        return codes[0]
    if codes:
        raise UsageError(
            f"area {word}: {len(codes)} areas are called so; give a code: {', '.join(codes[:8])}",
            zh=f"地区 {word}：有 {len(codes)} 个同名地区；请给出代码：{'、'.join(codes[:8])}",
        )
    raise UsageError(
        f"area {word}: not in areas.csv; give a name or a code from there",
        zh=f"地区 {word}：areas.csv 中没有；请给出其中的名称或代码",
    )


def usual_choice(rows: pa.Table, wanted: Wanted) -> pa.Table:
    """What people mean who do not say all: city and counties, the last year, both sexes, all ages.

    What was said, and what leaves nothing, is not chosen by.
    """
    if wanted.area is None and wanted.level is None:
        upper = pc.less_equal(pc.utf8_length(rows["area"].cast(pa.string())), _COUNTY_DIGITS)
        rows = _if_any(rows, upper)
    if wanted.period is None:
        rows = _if_any(rows, pc.equal(rows["period"].cast(pa.string()), _newest(rows)))
    for column, usual in (("sex", "both"), ("age", "all")):
        if getattr(wanted, column) is None and wanted.area is None:
            rows = _if_any(rows, pc.equal(rows[column].cast(pa.string()), usual))
    return rows


_COUNTY_DIGITS = 6


def _if_any(rows: pa.Table, kept: pa.ChunkedArray) -> pa.Table:
    chosen = rows.filter(kept)
    return chosen if chosen.num_rows else rows


def _newest(rows: pa.Table) -> str:
    """The last whole year, where there is none the last half, quarter or month."""
    names = rows["period"].cast(pa.string()).unique().to_pylist()
    return max(names, key=lambda name: (months_of(name)[1] - months_of(name)[0], name))


_COLUMNS_ZH = {"area": "地区", "level": "层级", "period": "时期", "sex": "性别", "age": "年龄"}
_MOST_NAMED = 12


def _not_there(column: str, value: str, rows: pa.Table) -> UsageError:
    there: Sequence[str] = sorted(set(rows[column].cast(pa.string()).unique().to_pylist()))
    some = there if len(there) <= _MOST_NAMED else [*there[:5], "…", *there[-5:]]
    return UsageError(
        f"{column} {value}: no such figures of this indicator; there are {', '.join(some)}",
        zh=f"{_COLUMNS_ZH[column]} {value}：该指标没有这样的数据；可选 {'、'.join(some)}",
    )
