"""The command line: `renkou NOUN VERB`. Results go to stdout, progress and errors to stderr."""

from __future__ import annotations

import importlib
import importlib.metadata
import io
import os
import sys
from typing import Annotated, NoReturn

import typer
from typer.exceptions import TyperException

from renkou.cli.error_text import (
    in_both_languages,
    of_the_system,
    of_the_unforeseen,
    of_wrong_words,
)
from renkou.cli.start import INTERRUPTED, STOPPED
from renkou.core.errors import RenkouError

app = typer.Typer(
    help="人口：把各部门互不一致的名册，合成一份可以信赖的人口登记册。\n\n"
    "From departmental lists that disagree to a population register you can trust. "
    "Every command's own --help is in English too.",
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
    ("stats_commands", "stats_app", "stats"),
    ("project_commands", "project_app", "project"),
    ("serve_command", "serve", "serve"),
    ("workspace_commands", "staff_app", "staff"),
    ("workspace_commands", "audit_app", "audit"),
    ("report_commands", "evaluate", "evaluate"),
    ("link_command", "link", "link"),
)


def _mount() -> None:
    for module, attribute, name in _COMMANDS:
        found = getattr(importlib.import_module(f"renkou.cli.{module}"), attribute)
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
            "--version",
            callback=_print_version,
            is_eager=True,
            help="显示程序版本号。 Print the version.",
        ),
    ] = False,
) -> None:
    del version  # its callback has answered already


def run() -> None:
    """Run a command. Exit 0 success, 1 data refused, 2 wrong usage."""
    os.umask(0o077)  # every file a command makes is for its owner only
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal of another encoding shows `?`
            stream.reconfigure(errors="replace")
    try:
        code = app(prog_name="renkou", standalone_mode=False)
        if code == INTERRUPTED:
            _stop(STOPPED, code)
        sys.exit(code)
    except RenkouError as error:
        _stop(f"renkou: {in_both_languages(error)}", error.exit_code)
    except TyperException as error:
        _stop(of_wrong_words(error), error.exit_code)
    except OSError as error:
        _stop(of_the_system(error), 1)
    except KeyboardInterrupt:
        _stop(STOPPED, INTERRUPTED)
    except typer.Abort:  # a question that nobody answered
        _stop(STOPPED, 1)
    except Exception as error:
        if os.environ.get("RENKOU_TRACEBACK"):
            raise
        _stop(of_the_unforeseen(error), 1)


def _stop(said: str, exit_code: int) -> NoReturn:
    typer.echo(said, err=True)
    sys.exit(exit_code)
