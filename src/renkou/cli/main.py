"""The command line: `renkou NOUN VERB`. Results go to stdout, progress and errors to stderr."""

from __future__ import annotations

import importlib
import importlib.metadata
import os
import sys
import traceback
from pathlib import Path
from typing import Annotated

import typer

from renkou.cli.error_text import in_both_languages
from renkou.core.errors import RenkouError

app = typer.Typer(
    help="人口：把各部门互不一致的名册，合成一份可以信赖的人口登记册。\n\n"
    "From departmental lists that disagree to a population register you can trust.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["--help", "-h"]},
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

# module, attribute, name of the command or of the group of commands
_COMMANDS = (
    ("workspace_commands", "init", "init"),
    ("synth", "synth", "synth"),
    ("report_commands", "demo", "demo"),
    ("source_commands", "source_app", "source"),
    ("list_commands", "list_app", "list"),
    ("edition_commands", "edition_app", "edition"),
    ("person_commands", "person_app", "person"),
    ("review_commands", "review_app", "review"),
    ("report_commands", "report", "report"),
    ("workspace_commands", "staff_app", "staff"),
    ("workspace_commands", "audit_app", "audit"),
    ("report_commands", "evaluate", "evaluate"),
    ("link_command", "link", "link"),
)


def _mount() -> None:
    for module, attribute, name in _COMMANDS:
        try:
            found = getattr(importlib.import_module(f"renkou.cli.{module}"), attribute)
        except ModuleNotFoundError as error:
            if error.name != f"renkou.cli.{module}":
                raise
            continue
        if isinstance(found, typer.Typer):
            app.add_typer(found, name=name)
        else:
            app.command(name)(found)


_mount()


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(importlib.metadata.version("renkou"))
        raise typer.Exit


@app.callback()
def _renkou(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    del version  # its callback has answered already


def run() -> None:
    """Run a command. Exit 0 success, 1 data refused, 2 wrong usage."""
    os.umask(0o077)  # every file a command makes is for its owner only
    try:
        app()
    except RenkouError as error:
        typer.echo(f"renkou: {in_both_languages(error)}", err=True)
        sys.exit(error.exit_code)
    except OSError as error:  # a full disk, a folder without permission
        typer.echo(f"renkou: {error.filename or 'file'}: {error.strerror or error}", err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        typer.echo(
            "renkou: 已中止，没有留下做了一半的内容\n  stopped; nothing half-done was kept",
            err=True,
        )
        sys.exit(130)
    except Exception as error:
        if os.environ.get("RENKOU_TRACEBACK"):
            raise
        typer.echo(f"renkou: {_unexpected(error)}", err=True)
        sys.exit(1)


def _unexpected(error: Exception) -> str:
    """An error nobody foresaw, told without its message: that may hold a person's value."""
    ours = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if "renkou" in Path(frame.filename).parts
    ]
    place = f"{Path(ours[-1].filename).name} line {ours[-1].lineno}" if ours else "a library"
    return (
        f"unexpected {type(error).__name__} in {place}; please report this line. "
        "RENKOU_TRACEBACK=1 shows all of it, which may hold personal data"
    )
