"""Options that many commands share, so that each reads and is documented alike."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import rich.console
import typer

WorkspaceOption = Annotated[
    Path | None,
    typer.Option(
        "--workspace",
        metavar="DIR",
        help="要操作的工作区，缺省为当前文件夹所在的工作区。 "
        "The workspace to act on; without it, the one that the current folder lies in.",
    ),
]
JsonOption = Annotated[
    bool,
    typer.Option(
        "--json",
        help="以 JSON 输出结果，供程序读取。 Print the result as JSON, for programs to read.",
    ),
]


def print_json(result: Any) -> None:
    """A result on stdout as JSON; dates and paths as text. Where stdout cannot spell it: escaped."""
    text = json.dumps(result, ensure_ascii=False, indent=2, default=str)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        text = json.dumps(result, indent=2, default=str)
    typer.echo(text)


def wide_console() -> rich.console.Console:
    """Stdout for tables; piped into a file they are not cut to the width of a screen."""
    console = rich.console.Console(highlight=False)
    return console if console.is_terminal else rich.console.Console(highlight=False, width=160)
