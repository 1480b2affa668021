"""`renkou source`: how each department's lists are read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from renkou.actions.workspaces import find_workspace
from renkou.cli.options import JsonOption, WorkspaceOption, print_json

source_app = typer.Typer(
    help="来源：名册由谁保管、依据什么、如何读取。\n\n"
    "Sources: who keeps a list, under which law, and how its files are read.",
    no_args_is_help=True,
)


@source_app.command("draft")
def draft(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="该来源的一份名册。 A list of the source.")
    ],
    source: Annotated[
        str | None,
        typer.Option(
            "--source",
            metavar="ID",
            help="来源的代号，不写则自动推定。 The source's id; else guessed.",
        ),
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="替换同名的来源。 Replace the source of that id.")
    ] = False,
    show: Annotated[
        bool, typer.Option("--print", help="只显示草稿，不写文件。 Print the draft; write nothing.")
    ] = False,
    workspace: WorkspaceOption = None,
) -> None:
    """起草来源：推定文件各列含义，写出来源配置，并说明没有把握之处。

    Guess how FILE is read, write sources/ID.toml, and say what was unsure.
    """
    from renkou.actions.sources import draft_source, keep_draft

    drafted = draft_source(file, source)
    if show:
        typer.echo(drafted.toml)
    else:
        path = keep_draft(find_workspace(workspace), drafted, replace=replace)
        typer.echo(f"已写出来源配置：{path}")
    for doubt in drafted.doubts:
        typer.echo(f"  ？{doubt}", err=show)
    if not show:
        typer.echo(f"核对后运行：renkou list check {file} --source {drafted.source}")


@source_app.command("list")
def list_(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """列出工作区的各个来源。

    List the sources of the workspace.
    """
    from renkou.actions.intake import list_sources

    specs = list_sources(find_workspace(workspace))
    if as_json:
        keys = ("id", "name", "department", "legal_basis", "purpose", "free_of_duplicates", "mode")
        print_json([{key: getattr(spec, key) for key in keys} for spec in specs])
        return
    if not specs:
        typer.echo("还没有来源；运行 renkou source draft FILE")
    for spec in specs:
        typer.echo(f"{spec.id}\t{spec.name}\t{spec.department}\t{' '.join(spec.files)}")
