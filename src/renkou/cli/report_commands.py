"""`renkou report`, `renkou evaluate`, `renkou demo`: see what came of the lists."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from renkou.cli.accuracy_tables import accuracy_tables
from renkou.cli.options import JsonOption, WorkspaceOption, print_json
from renkou.cli.progress import progress_bars

EditionOption = Annotated[
    str | None,
    typer.Option("--edition", metavar="ID", help="The edition; without it, the newest."),
]


def report(
    edition: EditionOption = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="DIR", help="The folder to write to; without it, reports/ID."
        ),
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write what came of an edition as one HTML page and a workbook."""
    from renkou.actions.reporting import write_report
    from renkou.actions.staff import current_actor
    from renkou.actions.workspaces import find_workspace

    with progress_bars(quiet=as_json) as progress:
        place = find_workspace(workspace)
        actor = current_actor(place)
        written = write_report(place, by=actor, edition_id=edition, out=out, progress=progress)
    if as_json:
        print_json({"page": written.page, "workbook": written.workbook})
        return
    typer.echo(f"报告：{written.page}")
    typer.echo(f"工作簿：{written.workbook}")


def evaluate(
    truth: Annotated[
        Path,
        typer.Option(
            "--truth",
            metavar="FILE",
            help="Parquet or CSV with file, row, person (and source, sheet, role, kind).",
        ),
    ],
    links: Annotated[
        Path | None,
        typer.Option(
            "--links", metavar="FILE", help="Judge a links.csv of `renkou link`, not an edition."
        ),
    ] = None,
    edition: EditionOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Judge the links of an edition, or of links.csv, against a known truth."""
    from renkou.actions.evaluating import evaluate_edition, evaluate_links
    from renkou.actions.workspaces import find_workspace

    with progress_bars(quiet=as_json) as progress:
        if links is not None:
            result = evaluate_links(links, truth, progress)
        else:
            result = evaluate_edition(find_workspace(workspace), truth, edition, progress)
    if as_json:
        print_json(result)
    else:
        Console().print(accuracy_tables(result))


def demo(
    people: Annotated[
        int, typer.Option("--people", min=2000, help="People in the fictional city.")
    ] = 20_000,
    seed: Annotated[int, typer.Option("--seed", help="Decides every byte of the city.")] = 1,
    folder: Annotated[
        Path | None,
        typer.Option(
            "--dir",
            metavar="DIR",
            help="The workspace to make; without it, demo-city, or demo-city-2 and so on.",
        ),
    ] = None,
    open_page: Annotated[
        bool, typer.Option("--open/--no-open", help="Open the report in a browser.")
    ] = True,
    serve: Annotated[
        bool | None,
        typer.Option(
            "--serve/--no-serve",
            help="Serve the report on this machine until Ctrl-C; by default only on a terminal.",
        ),
    ] = None,
) -> None:
    """Make a fictional city and run it all: lists, checks, links, an edition, a report."""
    from renkou.actions.demo import free_folder, run_demo
    from renkou.cli.demo_summary import demo_summary, next_steps, open_in_browser, serve_report

    with progress_bars() as progress:
        place = folder or free_folder(Path("demo-city"))
        result = run_demo(place, people=people, seed=seed, progress=progress)
    Console().print(demo_summary(result))
    typer.echo("\n" + next_steps(result))
    interactive = sys.stdin.isatty() and sys.stdout.isatty()
    wanted = interactive if serve is None else serve
    if wanted:
        serve_report(result.report.page, open_page=open_page)
    elif open_page:
        open_in_browser(result.report.page.as_uri())
