"""What a statistician does: build the figures of an edition, list the catalogue, look figures up.

statistics/<edition>/
  manifest.json       months, settings, what was computed, seconds
  figures.parquet     what may be published: perturbed, with reasons where something is kept back
  internal.parquet    true counts, for those who may see the records; every look is in the audit
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from renkou.actions.audit import record_event
from renkou.actions.code_words import area_names
from renkou.actions.coverage_estimates import (
    completeness_block,
    coverage_blocks,
    estimated_coverage,
    with_coverage,
)
from renkou.actions.edition_tables import SealedEdition, open_edition
from renkou.actions.editions import edition_folder
from renkou.actions.figure_tables import figure_table, reasons_against
from renkou.actions.office_areas import office_areas
from renkou.actions.staff import require
from renkou.actions.statistics_settings import (
    StatisticsSettings,
    disclosure_secret,
    statistics_settings,
)
from renkou.actions.tabulating import CountedEdition, counted_edition
from renkou.actions.workspaces import Workspace
from renkou.core.areas import short_code
from renkou.core.errors import UsageError
from renkou.core.figures import months_of
from renkou.core.permissions import Permission
from renkou.core.progress import Progress, silent
from renkou.core.tallies import Tally
from renkou.demography.indicators import of_people
from renkou.demography.indicators.blocks import Block
from renkou.demography.indicators.catalogue import catalogue, indicator_of
from renkou.demography.indicators.cells import Counting, Seen, true_counts
from renkou.demography.indicators.computing import figure_blocks
from renkou.demography.indicators.work import Work
from renkou.demography.register_coverage import RegisterCoverage
from renkou.disclosure.cell_keys import cell_keys
from renkou.disclosure.perturbation import noise_variance, perturb
from renkou.disclosure.perturbation_table import PerturbationTable
from renkou.engines.duckdb_engine import DuckDBEngine
from renkou.register.tabulation import Window

FIGURES, INTERNAL, MANIFEST = "figures.parquet", "internal.parquet", "manifest.json"
MONTHS = 60
_STAGES = 3


@dataclass(frozen=True)
class BuiltStatistics:
    """Where the figures of an edition lie, and what they are."""

    folder: Path
    manifest: Mapping[str, Any]


def statistics_folder(workspace: Workspace) -> Path:
    """Where the figures of all editions lie."""
    return workspace.path / "statistics"


def build_statistics(
    workspace: Workspace,
    *,
    by: str,
    edition_id: str | None = None,
    first: str | None = None,
    last: str | None = None,
    progress: Progress = silent,
) -> BuiltStatistics:
    """Compute the whole catalogue from an edition (the newest, without an id).

    `first` and `last` are months such as '2020-01'; without them, the sixty months before the
    edition's day. Figures of the same edition that were built before are replaced.

    Raises
    ------
    NotPermitted
        If the role of `by` does not include building statistics.
    UsageError
        If there is no edition, or the months are none.
    """
    require(workspace, by, Permission.BUILD_STATISTICS)
    begun = time.perf_counter()
    settings = statistics_settings(workspace)
    secret = disclosure_secret(workspace, statistics_folder(workspace))
    with DuckDBEngine(scratch=workspace.scratch) as engine:
        edition = open_edition(workspace, edition_id, engine)
        as_of = str(edition.manifest["as_of"])
        window = window_of(as_of, first, last, known_until(edition.manifest, settings.lists))
        counted = counted_edition(edition, office_areas(workspace), window, secret, progress)
    progress("统计：计算指标", 0, _STAGES)
    true, published, notes = _figures(
        counted, settings, int(str(edition.manifest["as_of"])[:4]), area_names(workspace)
    )
    progress("统计：写入数据", 1, _STAGES)
    manifest = {
        "edition": edition.id,
        "as_of": str(edition.manifest["as_of"]),
        "first": _month_name(window.opening + 1),
        "last": _month_name(window.last),
        "figures": published.num_rows,
        "kept_back": int(pc.sum(pc.is_null(published["value"])).as_py() or 0),
        "lists": dict(settings.lists),
        "notes": notes,
        "seconds": round(time.perf_counter() - begun, 1),
    }
    folder = _written(workspace, edition, true, published, manifest)
    record_event(workspace, by=by, action="build_statistics", subject=f"edition:{edition.id}")
    progress("统计：写入数据", _STAGES, _STAGES)
    return BuiltStatistics(folder, manifest)


def known_until(manifest: Mapping[str, Any], lists: Mapping[str, str]) -> str | None:
    """The day up to which the lists of births and deaths tell of events; None where none is named.

    An edition may be of a later day than its newest births: months after them would look childless.
    """
    deliveries = manifest["inputs"]["deliveries"]
    days = [
        max(str(one["reference_date"]) for one in deliveries if one["source"] == lists[part])
        for part in ("births", "deaths")
        if any(one["source"] == lists.get(part) for one in deliveries)
    ]
    return min(days, default=None)


def window_of(as_of: str, first: str | None, last: str | None, known: str | None = None) -> Window:
    """The months to count, as numbers: sixty that end before the edition's day, where none are named.

    Where the lists of events end earlier (`known`), so do the months.

    >>> window_of("2024-12-31", None, None) == Window(2019 * 12 + 11, 2024 * 12 + 11)
    True
    >>> window_of("2025-06-29", "2024-01", None) == Window(2023 * 12 + 11, 2025 * 12 + 4)
    True
    """
    newest = _last_whole_month(min(as_of, known or as_of))
    end = months_of(last)[1] - 1 if last else newest
    opening = months_of(first)[0] - 1 if first else end - MONTHS
    if end > newest:
        day = min(as_of, known or as_of)
        raise UsageError(
            f"--to {last}: the edition and its lists of births and deaths tell of days up to {day}; "
            "name a month that had ended by then",
            zh=f"--to {last}：该版本及其出生、死亡名册只反映到 {day} 的情况；请指定在此之前已结束的月份",
        )
    if opening >= end:
        raise UsageError(
            f"--from {first}: is after --to {last or _month_name(end)}; name an earlier month",
            zh=f"--from {first}：晚于 --to {last or _month_name(end)}；请指定更早的月份",
        )
    return Window(opening, end)


def _last_whole_month(as_of: str) -> int:
    """The last month that has ended on a day, or ends with it."""
    day = np.datetime64(as_of, "D")
    month = day.astype("datetime64[M]")
    ends = day == (month + 1).astype("datetime64[D]") - 1
    return int(month.astype(np.int64)) + 1970 * 12 - (not ends)


def _month_name(number: int) -> str:
    year, month = divmod(number, 12)
    return f"{year}-{month + 1:02}"


def _figures(
    counted: CountedEdition, settings: StatisticsSettings, year: int, names: Mapping[str, str]
) -> tuple[pa.Table, pa.Table, list[str]]:
    """The true figures, those that may be published, and what is to be said of them."""
    every, table = catalogue(), settings.perturbation
    coverage, notes = estimated_coverage(counted, settings, year)
    true = _blocks(counted, settings, coverage, true_counts)
    seen = _blocks(counted, settings, coverage, lambda one: perturbed(one, table))
    shown = [
        reasons_against(before, after, every[after.indicator].definition)
        for before, after in zip(true, seen, strict=True)
    ]
    nothing = [np.zeros(one.value.shape, np.int8) for one in true]
    return figure_table(true, nothing, names), figure_table(seen, shown, names), notes


def _blocks(
    counted: CountedEdition,
    settings: StatisticsSettings,
    coverage: RegisterCoverage | None,
    counting: Counting,
) -> list[Block]:
    """Figures of all indicators, those of coverage and completeness among them."""
    every = catalogue()
    usual = counted.counts.stocks["usual"].count
    residents = float(usual[:, -1].sum(axis=(-1, -2)).max())
    blocks = [
        with_coverage(one, coverage, residents) if one.indicator in _WITH_COVERAGE else one
        for one in figure_blocks(every.values(), counted.counts, counting)
    ]
    if coverage is not None and residents:
        ratio = coverage.people.estimate / residents
        estimated = every["usual_residents_estimated"]
        work = Work(estimated, counted.counts, counting)
        blocks += [with_coverage(one, coverage, residents, ratio) for one in of_people.stock(work)]
    for one in every.values():
        if one.compute["kind"] == "completeness":
            kind = one.compute["of"]
            blocks += completeness_block(counted, settings, kind, one.id, counting)
    named = {
        one.compute["of"]: one.id for one in every.values() if one.compute["kind"] == "coverage"
    }
    return blocks + coverage_blocks(counted, coverage, named)


_WITH_COVERAGE = ("usual_residents", "mean_population")


def perturbed(tally: Tally, table: PerturbationTable) -> Seen:
    """Counts as they may be published, with the variance of their noise."""
    counts = perturb(tally.count, cell_keys(tally.key), table)
    return Seen(counts.astype(np.float64), noise_variance(counts, table))


def _written(
    workspace: Workspace,
    edition: SealedEdition,
    true: pa.Table,
    published: pa.Table,
    manifest: Mapping[str, Any],
) -> Path:
    """Write aside, then let the folder appear by one rename."""
    folder = statistics_folder(workspace) / edition.id
    aside = folder.with_name(f".building-{edition.id}")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True, mode=0o700)
    for name, table in ((FIGURES, published), (INTERNAL, true)):
        parquet.write_table(table, aside / name, compression="zstd")
    text = json.dumps(manifest, ensure_ascii=False, indent=1)
    (aside / MANIFEST).write_text(text + "\n", encoding="utf-8")
    for path in aside.iterdir():
        path.chmod(0o600)
    shutil.rmtree(folder, ignore_errors=True)
    aside.rename(folder)
    return folder


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
        If indicator, area or period are not among the figures; the nearest or all are named.
    """
    require(workspace, by, Permission.READ_REPORT)
    built = built_statistics(workspace, edition_id)
    indicator = indicator_of(wanted.indicator)
    path = built.folder / FIGURES
    if internal_reason is not None:
        require(workspace, by, Permission.READ_TRUE_COUNTS)
        record_event(
            workspace, by=by, action="read_true_counts",
            subject=f"indicator:{indicator.id}", reason=internal_reason,
        )  # fmt: skip
        path = built.folder / INTERNAL
    rows = parquet.read_table(path, filters=[("indicator", "=", indicator.id)])
    return _chosen(rows, wanted, area_names(workspace))


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
