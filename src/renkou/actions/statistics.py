"""Build the figures of an edition: the whole catalogue, true and as it may be published."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
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
    estimated_people,
)
from renkou.actions.edition_tables import SealedEdition, open_edition
from renkou.actions.event_lists import (
    known_until,
    last_months,
    last_whole_month,
    uncovered,
)
from renkou.actions.figure_tables import figure_table, reasons_against
from renkou.actions.office_areas import office_areas
from renkou.actions.staff import require
from renkou.actions.statistics_figures import (
    FIGURES,
    INTERNAL,
    MANIFEST,
    BuiltStatistics,
    statistics_folder,
)
from renkou.actions.statistics_settings import (
    StatisticsSettings,
    disclosure_secret,
    refuse_another_release,
    statistics_settings,
)
from renkou.actions.tabulating import CountedEdition, counted_edition
from renkou.actions.workspaces import Workspace
from renkou.core.errors import UsageError
from renkou.core.figures import months_of
from renkou.core.permissions import Permission
from renkou.core.progress import Progress, silent
from renkou.core.tallies import Tally
from renkou.demography.coverage.register_coverage import RegisterCoverage
from renkou.demography.indicators import of_people
from renkou.demography.indicators.blocks import Block
from renkou.demography.indicators.catalogue import catalogue
from renkou.demography.indicators.cells import Counting, Seen, true_counts
from renkou.demography.indicators.computing import figure_blocks
from renkou.demography.indicators.work import Work
from renkou.disclosure.cell_keys import cell_keys
from renkou.disclosure.perturbation import noise_variance, perturb
from renkou.disclosure.perturbation_table import PerturbationTable
from renkou.engines.duckdb_engine import DuckDBEngine
from renkou.register.tabulation import Window

MONTHS = 60
_STAGES = 3


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
    refuse_another_release(secret, settings, statistics_folder(workspace))
    with DuckDBEngine(scratch=workspace.scratch) as engine:
        edition = open_edition(workspace, edition_id, engine)
        as_of = str(edition.manifest["as_of"])
        window = window_of(as_of, first, last, known_until(edition.manifest, settings.lists))
        counted = counted_edition(edition, office_areas(workspace), window, secret, progress)
    progress("统计：计算指标", 0, _STAGES)
    known = last_months(edition.manifest, settings.lists)
    true, published, notes = _figures(counted, settings, known, area_names(workspace))
    progress("统计：写入数据", 1, _STAGES)
    manifest = {
        "edition": edition.id,
        "as_of": as_of,
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


def window_of(as_of: str, first: str | None, last: str | None, known: str | None = None) -> Window:
    """The months to count, as numbers: sixty that end before the edition's day, where none are named.

    Where the lists of events end earlier (`known`), so do the months.

    >>> window_of("2024-12-31", None, None) == Window(2019 * 12 + 11, 2024 * 12 + 11)
    True
    >>> window_of("2025-06-29", "2024-01", None) == Window(2023 * 12 + 11, 2025 * 12 + 4)
    True
    """
    newest = last_whole_month(min(as_of, known or as_of))
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


def _month_name(number: int) -> str:
    year, month = divmod(number, 12)
    return f"{year}-{month + 1:02}"


def _figures(
    counted: CountedEdition,
    settings: StatisticsSettings,
    known: Mapping[str, int],
    names: Mapping[str, str],
) -> tuple[pa.Table, pa.Table, list[str]]:
    """The true figures, those that may be published, and what is to be said of them."""
    every, table = catalogue(), settings.perturbation
    coverage, notes = estimated_coverage(counted, settings)
    countings = (true_counts, lambda one: perturbed(one, table))
    with ThreadPoolExecutor(len(countings)) as both:
        true, seen = both.map(
            lambda one: _blocks(counted, settings, coverage, known, one), countings
        )
    shown = [
        reasons_against(before, after, every[after.indicator].definition)
        for before, after in zip(true, seen, strict=True)
    ]
    nothing = [np.zeros(one.value.shape, np.int8) for one in true]
    digits = {one.id: one.definition.decimals for one in every.values()}
    return (
        figure_table(true, nothing, names, digits),
        figure_table(seen, shown, names, digits),
        notes,
    )


def _blocks(
    counted: CountedEdition,
    settings: StatisticsSettings,
    coverage: RegisterCoverage | None,
    known: Mapping[str, int],
    counting: Counting,
) -> list[Block]:
    """Figures of all indicators, those of coverage and completeness among them."""
    every = catalogue()
    # The city's people as they may be seen: by the true number its ratio would give that away.
    of_areas = counted.counts.stocks["usual"][:, -1].sum(-1).sum(-1)
    residents = float(counting(of_areas).count.max())
    blocks = [
        uncovered(one, every[one.indicator], known)
        for one in figure_blocks(every.values(), counted.counts, counting)
    ]
    if coverage is not None and residents:
        work = Work(every["usual_residents_estimated"], counted.counts, counting)
        for stock in of_people.stock(work):
            blocks.append(estimated_people(stock, coverage, residents))
    for one in every.values():
        if one.compute["kind"] == "completeness":
            kind = one.compute["of"]
            blocks += completeness_block(counted, settings, kind, one.id, counting)
    named = {
        one.compute["of"]: one.id for one in every.values() if one.compute["kind"] == "coverage"
    }
    return blocks + coverage_blocks(counted, coverage, named)


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
    tables = {aside / FIGURES: published, aside / INTERNAL: true}
    with ThreadPoolExecutor(len(tables)) as both:
        for made in [both.submit(parquet.write_table, one, path) for path, one in tables.items()]:
            made.result()
    text = json.dumps(manifest, ensure_ascii=False, indent=1)
    (aside / MANIFEST).write_text(text + "\n", encoding="utf-8")
    for path in aside.iterdir():
        path.chmod(0o600)
    shutil.rmtree(folder, ignore_errors=True)
    aside.rename(folder)
    return folder
