"""Every error that a user can meet has Chinese words."""

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest

from renkou.core import errors

SOURCE = Path(__file__).parents[2] / "src" / "renkou"
KINDS = {
    name
    for name, one in vars(errors).items()
    if inspect.isclass(one) and issubclass(one, errors.RenkouError)
} | {"FileRefused"}

# Errors that only a programmer meets, who calls a function of the library wrongly: in English alone.
OF_PROGRAMMERS = {
    # no command passes a subject or a pair that it did not make itself
    ("actions/audit.py", "_refuse_personal_text"): 2,
    ("actions/decisions.py", "_refuse_unusable"): 1,
    # every caller masks numbers that were checked
    ("core/id_numbers.py", "masked"): 1,
    # a second line of defence behind the triggers of the database; no action changes such rows
    ("records/models.py", "update"): 1,
    ("records/models.py", "delete"): 2,
    ("records/models.py", "save"): 1,
    # sources are files of one folder: two of one name cannot be there
    ("register/lists.py", "checked_lists"): 1,
    # made of a rule of rules.csv, whose words the command line says in Chinese
    ("engines/files.py", "unreadable"): 1,
}


def _raised_in_english(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Function and line of each error made without words in Chinese."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and _kind(node) in KINDS and not _in_chinese(node):
                    yield function.name, node.lineno


def _kind(call: ast.Call) -> str | None:
    name = call.func
    return name.id if isinstance(name, ast.Name) else getattr(name, "attr", None)


def _in_chinese(call: ast.Call) -> bool:
    said = [word.value for word in call.keywords if word.arg == "zh"]
    if _kind(call) in ("DataRefused", "FileRefused"):
        said += call.args[4:5]
    return any(not (isinstance(one, ast.Constant) and one.value is None) for one in said)


@pytest.mark.parametrize(
    "path", sorted(SOURCE.rglob("*.py")), ids=lambda path: str(path.relative_to(SOURCE))
)
def test_every_error_has_chinese_words(path: Path) -> None:
    name = str(path.relative_to(SOURCE))
    found = list(_raised_in_english(ast.parse(path.read_text("utf-8"))))
    allowed = {
        function: count for (file, function), count in OF_PROGRAMMERS.items() if file == name
    }
    for function in {one for one, _ in found} | set(allowed):
        lines = [line for one, line in found if one == function]
        assert len(lines) == allowed.get(function, 0), f"{name}, {function}: lines {lines}"


def test_an_error_without_chinese_words_is_found() -> None:
    text = "def act():\n    raise {}\n"
    for english in (
        "UsageError('a: b; c')",
        "errors.SpecError('a', zh=None)",
        "DataRefused(place, 'FILE-07', 'a', 'b')",
    ):
        assert list(_raised_in_english(ast.parse(text.format(english)))) == [("act", 2)]
    for chinese in ("UsageError('a', zh='甲')", "DataRefused(place, 'FILE-07', 'a', 'b', '甲')"):
        assert not list(_raised_in_english(ast.parse(text.format(chinese))))
