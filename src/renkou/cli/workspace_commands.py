"""`renkou init`: make a folder a workspace."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from renkou.actions.workspaces import init_workspace


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder; made if need be.")],
) -> None:
    """Make DIR a workspace: folders, office database, and you as its first officer."""
    workspace = init_workspace(folder)
    typer.echo(f"工作区已就绪：{workspace.path}")
    typer.echo(f"下一步：把名册放进 {workspace.incoming}，然后运行 renkou source draft FILE")
