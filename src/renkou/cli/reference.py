"""The reference page of all commands, made from the commands themselves.

`make fix` writes it to docs/reference/commands.md; a test holds both equal, and that nothing lacks
help.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from enum import Enum
from typing import Any

import typer.main

from renkou.cli.main import app

_HEAD = """# Commands

Made from the commands themselves by `make fix`; do not edit.

Results go to stdout, progress and errors to stderr. Exit code 0: done; 1: data, files or a permission
refused; 2: wrong usage. Commands act on the workspace that the current folder lies in, or on the one
that `--workspace DIR` names. Help, results and errors speak Chinese first; errors and help say it in
English below or after.
"""


def commands(command: Any = None, name: str = "renkou") -> Iterator[tuple[str, Any]]:
    """Every command that does something, by its full name, in the order of the help."""
    command = command or typer.main.get_command(app)
    inner = getattr(command, "commands", None)
    if inner is None:
        yield name, command
    else:
        for word, below in inner.items():
            yield from commands(below, f"{name} {word}")


def commands_page() -> str:
    """docs/reference/commands.md."""
    sections = [_section(name, command) for name, command in commands()]
    return "\n".join([_HEAD, *sections])


def _section(name: str, command: Any) -> str:
    parameters = [one for one in command.params if one.name != "help"]
    arguments = [one for one in parameters if one.param_type_name == "argument"]
    needed = [_spelling(one).replace("\\|", "|") for one in parameters if _is_required_option(one)]
    usage = " ".join([name, *map(_argument_usage, arguments), *needed, "[OPTIONS]"])
    rows = [f"| `{_spelling(one)}` | {_help(one)} |" for one in parameters]
    table = ["| | |", "|---|---|", *rows, ""] if rows else []
    return "\n".join([f"## {name}", "", f"`{usage}`", "", _text(command.help), "", *table])


def _is_required_option(parameter: Any) -> bool:
    """Whether a command fails without it; what is asked for where it is not given may be left out."""
    option = parameter.param_type_name == "option"
    return option and bool(parameter.required) and not parameter.prompt


def _argument_usage(argument: Any) -> str:
    word = _word(argument)
    word += "..." if argument.nargs != 1 and not word.endswith("...") else ""
    return word if argument.required else f"[{word}]"


def _spelling(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return _word(parameter)
    names = ", ".join([*parameter.opts, *parameter.secondary_opts])
    if parameter.is_flag:
        return names
    return f"{names} {_word(parameter)}"


def _word(parameter: Any) -> str:
    """What stands for a value: the word that the command gives it, its choices, or its type."""
    if parameter.metavar:
        return str(parameter.metavar)
    if parameter.param_type_name == "argument":
        return str(parameter.name.upper())
    kind = parameter.type_descriptor.annotation
    if isinstance(kind, type) and issubclass(kind, Enum):
        return "\\|".join(one.value for one in kind)
    return {"int": "N", "float": "X", "str": "TEXT"}.get(kind.__name__, kind.__name__.upper())


def _help(parameter: Any) -> str:
    text = _text(parameter.help) + (" **必填 required**" if _is_required_option(parameter) else "")
    default = parameter.default
    plain = isinstance(default, str | int | float) and not isinstance(default, bool)
    return f"{text} (default {default})" if plain and default != "" else text


def _text(text: str | None) -> str:
    return " ".join((text or "").split()).replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(commands_page())
