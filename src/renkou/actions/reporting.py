"""Report what came of an edition: `renkou report` writes a page and a workbook."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from renkou.actions import report_edition, report_lists
from renkou.actions.audit import record_event
from renkou.actions.code_words import area_names
from renkou.actions.edition_tables import SealedEdition, edition_before, open_edition
from renkou.actions.intake import list_sources
from renkou.actions.report_edition import Names
from renkou.actions.staff import require
from renkou.actions.workspaces import Workspace
from renkou.core.permissions import Permission
from renkou.core.progress import Progress, silent
from renkou.engines.documents import write_document
from renkou.engines.duckdb_engine import DuckDBEngine
from renkou.intake.sources import SourceSpec
from renkou.publishing.page import report_page
from renkou.publishing.report_tables import EditionReport, Headline, Row
from renkou.publishing.report_workbook import report_workbook

PAGE, WORKBOOK = "report.html", "report.xlsx"
_STAGES = ("清点名册", "清点人口", "绘图成页", "写工作簿")
MOST_SETS_LISTED = 60


@dataclass(frozen=True)
class WrittenReport:
    """Where the report lies, and what it says."""

    page: Path
    workbook: Path
    report: EditionReport


def write_report(
    workspace: Workspace,
    *,
    by: str,
    edition_id: str | None = None,
    out: Path | None = None,
    progress: Progress = silent,
) -> WrittenReport:
    """Write the page and the workbook of an edition (the newest, without an id).

    They go to `out`, else to `reports/<edition>` in the workspace; older ones there are replaced.

    Raises
    ------
    NotPermitted
        If the role of `by` does not include reading reports.
    """
    require(workspace, by, Permission.READ_REPORT)

    def stage(number: int) -> None:
        progress(f"报告：{_STAGES[number]}", number, len(_STAGES))

    with DuckDBEngine(scratch=workspace.scratch) as engine:
        edition = open_edition(workspace, edition_id, engine)
        stage(0)
        report = edition_report(workspace, edition)
    folder = (out or workspace.path / "reports" / edition.id).resolve()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    stage(2)
    page = write_document(folder / PAGE, report_page(report).encode())
    stage(3)
    workbook = write_document(folder / WORKBOOK, report_workbook(report))
    record_event(workspace, by=by, action="write_report", subject=f"edition:{edition.id}")
    progress(f"报告：{_STAGES[-1]}", len(_STAGES), len(_STAGES))
    return WrittenReport(page, workbook, report)


def edition_report(workspace: Workspace, edition: SealedEdition) -> EditionReport:
    """All that the report of an edition says."""
    specs = {one.id: one for one in list_sources(workspace)}
    names = Names({one.id: one.name for one in specs.values()}, area_names(workspace))
    sets, sizes = report_edition.overlap(edition, names)
    listed = _list_tables(workspace, edition, specs, names)
    people = report_edition.people_tables(edition, names)
    return EditionReport(
        city=city_name(workspace),
        edition=edition.id,
        previous=edition.manifest["previous"],
        reference_date=str(edition.manifest["as_of"]),
        built_at=_local_time(edition.manifest["built_at"]),
        version=importlib.metadata.version("renkou"),
        headline=_headline(edition, names, listed["lists"]),
        tables={
            **listed,
            **people,
            "overlap": report_edition.overlap_rows(sets)[:MOST_SETS_LISTED],
            "changes": report_edition.changes(edition, edition_before(edition), names),
        },
        list_sizes=sizes,
        overlap_sets=sets,
    )


def _list_tables(
    workspace: Workspace, edition: SealedEdition, specs: Mapping[str, SourceSpec], names: Names
) -> dict[str, list[Row]]:
    folders = report_lists.deliveries(edition, workspace.lists)
    problems = report_lists.problem_rows(edition, folders)
    compared = report_lists.comparison(edition, folders, names)
    return {
        "lists": report_lists.lists_table(edition, compared, folders, problems, specs, names),
        "counties": report_lists.counties_table(edition, compared, names),
        "fields": report_lists.fields_table(compared, names),
        "rules": report_lists.rules_table(problems, folders, names),
        "refused_columns": report_lists.refused_columns(folders, names),
    }


def _headline(edition: SealedEdition, names: Names, lists: list[Row]) -> Headline:
    whole = report_edition.headline_figures(edition, names)
    return Headline(
        lists=len(lists),
        records=whole["records"],
        persons=whole["persons"],
        registered_population=whole["registered_population"],
        usual_resident_population=whole["usual_resident_population"],
        households=whole["households"],
        sure_share=whole["sure"] / whole["records"] if whole["records"] else 0.0,
        review_pairs=whole["review_pairs"],
        refused=sum(row["refused"] for row in lists),
    )


def _local_time(moment: str) -> str:
    return datetime.fromisoformat(moment).astimezone().strftime("%Y-%m-%d %H:%M")


def city_name(workspace: Workspace) -> str:
    """The largest area of the office's tree where there is one such, else the folder's name."""
    names = area_names(workspace)
    shortest = min((len(code) for code in names), default=0)
    top = [name for code, name in names.items() if len(code) == shortest]
    prefectures = [name for code, name in names.items() if len(code) == 4]
    for candidates in (prefectures, top):
        if len(candidates) == 1:
            return candidates[0]
    return workspace.path.name
