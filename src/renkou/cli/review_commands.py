"""`renkou review`: doubtful pairs go out as a file and come back as decisions."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from renkou.actions.workspaces import find_workspace
from renkou.cli.options import JsonOption, WorkspaceOption, print_json

review_app = typer.Typer(
    help="人工复核：导出待复核记录对，收回判定。\n\n"
    "Doubtful pairs: export them to be answered, take the answers back.",
    no_args_is_help=True,
)


@review_app.command("export")
def export(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="写到哪里：.xlsx 供人填写，也可用 .csv、.json。 "
            "Where to write: .xlsx for people, .csv, .json.",
        ),
    ],
    share: Annotated[
        float | None,
        typer.Option(
            help="导出多少对，占本版记录数的比例，如 0.005。 "
            "How many pairs, as a share of the edition's records: 0.005."
        ),
    ] = None,
    limit: Annotated[
        int | None, typer.Option(help="最多导出多少对。 How many pairs at most.")
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """导出最新版本中最拿不准的记录对，供人工填写判定。

    Write the most doubtful pairs of the newest edition to a file that people answer.
    """
    from renkou.actions.review import export_review
    from renkou.actions.staff import current_actor

    office = find_workspace(workspace)
    made = export_review(office, file, by=current_actor(office), share=share, limit=limit)
    if as_json:
        print_json(vars(made))
        return
    typer.echo(
        f"已写出 {made.pairs} 对（版本 {made.edition} 共有 {made.waiting} 对待复核）：{made.path}"
    )
    typer.echo(f"填好“判定”列后运行：renkou review import {file}")


@review_app.command("import")
def import_(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="填好判定的文件。 The answered file.")
    ],
    replace: Annotated[
        bool,
        typer.Option(
            "--replace",
            help="以这些判定取代原有判定。 Let these answers supersede earlier decisions.",
        ),
    ] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """收回填好的判定；以后每次编制都按判定执行。

    Take the answers of FILE as decisions; they bind every later build.
    """
    from renkou.actions.review_answers import import_review
    from renkou.actions.staff import current_actor

    office = find_workspace(workspace)
    found = import_review(office, file, by=current_actor(office), replace=replace)
    if as_json:
        print_json(vars(found))
    else:
        typer.echo(
            f"采纳 {found.taken} 对；此前已有相同判定 {found.known} 对；"
            f"不确定 {found.unsure} 对；未填 {found.blank} 对"
        )
        if found.taken:
            typer.echo("下一次 renkou edition build 即按这些判定执行")
    for conflict in found.conflicts:
        typer.echo(f"与已有判定不符，未采纳（--replace 可改判）：{conflict}", err=True)
    if found.conflicts:
        raise typer.Exit(1)
