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
    typer.Option(
        "--edition",
        metavar="ID",
        help="版本编号，缺省为最新一版。 The edition; without it, the newest.",
    ),
]
DemoFolderOption = Annotated[
    Path | None,
    typer.Option(
        "--dir",
        metavar="DIR",
        help="新建的工作区，缺省为 demo-city、demo-city-2 等。 "
        "The workspace to make; without it, demo-city, or demo-city-2 and so on.",
    ),
]
ServeOption = Annotated[
    bool | None,
    typer.Option(
        "--serve/--no-serve",
        help="在本机显示报告，按 Ctrl-C 结束；缺省仅在终端中。 "
        "Serve the report on this machine until Ctrl-C; by default only on a terminal.",
    ),
]


def report(
    edition: EditionOption = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="DIR",
            help="报告写到哪个文件夹，缺省为 reports/ID。 The folder to write to; without it, reports/ID.",
        ),
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """生成版本的报告：一个网页和一个工作簿。

    Write what came of an edition as one HTML page and a workbook.
    """
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
            help="真值文件，Parquet 或 CSV。 "
            "Parquet or CSV with file, row, person (and source, sheet, role, kind).",
        ),
    ],
    links: Annotated[
        Path | None,
        typer.Option(
            "--links",
            metavar="FILE",
            help="评价 renkou link 的 links.csv，而不是版本。 "
            "Judge a links.csv of `renkou link`, not an edition.",
        ),
    ] = None,
    edition: EditionOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """对照已知真值，评价版本或 links.csv 的记录归属。

    Judge the links of an edition, or of links.csv, against a known truth.
    """
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
        int,
        typer.Option("--people", min=2000, help="虚构城市的人口数。 People in the fictional city."),
    ] = 20_000,
    seed: Annotated[
        int,
        typer.Option(
            "--seed", help="随机种子，决定城市的每个字节。 Decides every byte of the city."
        ),
    ] = 1,
    folder: DemoFolderOption = None,
    open_page: Annotated[
        bool,
        typer.Option("--open/--no-open", help="用浏览器打开报告。 Open the report in a browser."),
    ] = True,
    serve: ServeOption = None,
) -> None:
    """演示：虚构一座城市，走完名册、检查、关联、版本、报告全程。

    Make a fictional city and run it all: lists, checks, links, an edition, a report.
    """
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
