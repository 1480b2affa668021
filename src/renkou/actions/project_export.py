"""Give a projection out: workbook, Word report, charts, a pyramid that moves, and plain CSV."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from renkou.actions.project_content import content_of, history_of
from renkou.actions.project_figures import run_of
from renkou.actions.project_places import existing_project
from renkou.actions.project_stale import stale_words
from renkou.core.errors import UsageError
from renkou.core.progress import Progress, silent
from renkou.engines.documents import write_document
from renkou.engines.project_files import list_runs, read_project, read_run
from renkou.publishing.animated_pyramid import animated_pyramid
from renkou.publishing.chart_media import as_html, as_png
from renkou.publishing.projection_content import Projection, caption_for
from renkou.publishing.projection_document import word_projection
from renkou.publishing.projection_pictures import NamedPicture, drawn_chart, projection_pictures
from renkou.publishing.projection_workbook import projection_workbook

FORMATS = ("xlsx", "docx", "html", "png", "csv")
USUAL_YEARS_AHEAD = 7


def export_project(
    project: str,
    scenario: str = "medium",
    *,
    out: Path | None = None,
    formats: Sequence[str] = FORMATS,
    year: int | None = None,
    issuer: str = "",
    internal: bool = True,
    compare: Sequence[str] = (),
    workspace: Path | None = None,
    progress: Progress = silent,
) -> tuple[Path, ...]:
    """Write what a run says; the report answers for `year`, the seventh after the base if not given.

    It stands beside the runs of the scenarios named in `compare`, of all that were run where none is.

    Files go to `out`, else to `export/<scenario>` in the projection's folder; those of the same names
    are replaced.

    Raises
    ------
    UsageError
        If project, scenario, format or year is unknown.
    """
    _refuse_unknown(formats)
    place = existing_project(project, workspace)
    place.allow()
    manifest, figures, ages = run_of(place, scenario)
    compared = _compared(compare, scenario, list_runs(place.folder))
    asked = _year_asked(year, manifest["base_year"], manifest["until"])
    folder = (out or place.folder / "export" / scenario).resolve()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    steps = len(formats) + 2
    progress("预测：整理", 0, steps)
    data = read_project(place.folder)
    others = {name: read_run(place.folder, name) for name in compared}
    told = [stale_words(place, one) for one in (manifest, *(run[0] for run in others.values()))]
    manifest["notes"] = [*(one for one in told if one), *manifest["notes"]]
    made = content_of(manifest, figures, ages, data, year=asked, issuer=issuer, others=others)
    drawn: list[NamedPicture] = []
    if {"docx", "png", "html"} & set(formats):
        progress("预测：绘图", 1, steps)
        drawn = projection_pictures(made, history=history_of(data))
    files: list[Path] = []
    for number, one in enumerate(formats, start=2):
        progress(f"预测：写出 {one}", number, steps)
        files += _written(one, folder, made, drawn, figures, internal)
    place.record(action="export_project", detail=f"scenario {scenario}")
    progress("预测：完成", steps, steps)
    return tuple(files)


def _compared(compare: Sequence[str], scenario: str, ran: Sequence[str]) -> list[str]:
    """The scenarios beside that of the report."""
    for one in compare:
        if one not in ran:
            raise UsageError(
                f"--compare {one}: was not run (there are {', '.join(ran)})",
                zh=f"--compare {one}：尚未编制（已编制：{'、'.join(ran)}）",
            )
    return [one for one in compare or ran if one != scenario]


def _year_asked(year: int | None, base_year: int, until: int) -> int:
    """The year a report answers for."""
    asked = year or min(base_year + USUAL_YEARS_AHEAD, until - 1)
    if not base_year <= asked < until:
        raise UsageError(
            f"--year {asked}: the run answers for {base_year} to {until - 1}",
            zh=f"--year {asked}：该方案可回答 {base_year} 至 {until - 1} 年",
        )
    return asked


def _refuse_unknown(formats: Sequence[str]) -> None:
    for one in formats:
        if one not in FORMATS:
            raise UsageError(
                f"format {one}: there are {', '.join(FORMATS)}",
                zh=f"格式 {one}：可选 {'、'.join(FORMATS)}",
            )


def _written(
    one: str,
    folder: Path,
    made: Projection,
    drawn: Sequence[NamedPicture],
    figures: pa.Table,
    internal: bool,
) -> list[Path]:
    """The files of one format."""
    name = f"{made.info.city}人口预测_{made.info.scenario_title}"
    if one == "xlsx":
        return [write_document(folder / f"{name}.xlsx", projection_workbook(made))]
    if one == "docx":
        charts = [drawn_chart(each) for each in drawn if each.in_text]
        whole = [turn for turn in made.turning_points if turn.area == made.info.area]
        told = replace(made, turning_points=tuple(whole))  # the workbook has those of all areas
        content = word_projection(told, charts, internal=internal)
        return [write_document(folder / f"{name}.docx", content)]
    if one == "csv":
        return [_csv(folder / f"{name}.csv", figures)]
    if one == "html":
        page = write_document(folder / f"{name}_人口金字塔.html", _moving(made).encode("utf-8"))
        return [page, *_pictures(folder / "charts", drawn, one)]
    return _pictures(folder / "charts", drawn, one)


def _pictures(folder: Path, drawn: Sequence[NamedPicture], kind: str) -> list[Path]:
    folder.mkdir(exist_ok=True, mode=0o700)
    files = []
    for one in drawn:
        content = as_png(one.picture) if kind == "png" else as_html(one.picture).encode("utf-8")
        files.append(write_document(folder / f"{one.name}.{kind}", content))
    return files


def _moving(made: Projection) -> str:
    info = made.info
    rows = [row for row in made.ages if row["area"] == info.area]
    totals: list[dict[str, Any]] = []
    for year in sorted({row["year"] for row in rows}):
        found = made.figures.find("population", info.area, year, "both", "all")
        if found is not None:
            totals.append({"year": year, "low80": found.low80, "high80": found.high80})
    period = f"{info.base_year}—{info.until}年"
    caption = caption_for(info, made.measure("population"), period, title=f"{info.city}人口金字塔")
    return animated_pyramid(rows, caption, base_year=info.base_year, totals=totals)


def _csv(path: Path, figures: pa.Table) -> Path:
    """Every figure, as spreadsheets read it: with a byte order mark."""
    plain, buffer = figures, pa.BufferOutputStream()
    for at, field in enumerate(figures.schema):
        if pa.types.is_dictionary(field.type):
            plain = plain.set_column(at, field.name, pc.cast(plain[field.name], pa.string()))
    csv.write_csv(plain, buffer)
    return write_document(path, b"\xef\xbb\xbf" + buffer.getvalue().to_pybytes())
