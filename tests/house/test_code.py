"""What STYLE of the house can be counted: sizes and docstring examples."""

import ast
import doctest
import importlib
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "renkou"
MODULES = sorted(path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts)
PURE = (
    "core", "intake", "linkage", "register", "demography", "disclosure", "synthetic", "publishing",
)  # fmt: skip
LONGEST_FUNCTION, LONGEST_MODULE = 40, 400


def _name(path: Path) -> str:
    return str(path.relative_to(SOURCE))


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_no_function_or_module_is_too_long(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) < LONGEST_MODULE
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            docstring = node.body[0] if ast.get_docstring(node) else None
            said = (docstring.end_lineno or 0) - docstring.lineno + 1 if docstring else 0
            length = (node.end_lineno or 0) - node.lineno + 1 - said
            assert length <= LONGEST_FUNCTION, f"{node.name}: {length} lines"


@pytest.mark.parametrize(
    "path",
    [
        p
        for p in MODULES
        if p.relative_to(SOURCE).parts[0] in PURE and ">>>" in p.read_text("utf-8")
    ],
    ids=_name,
)
def test_examples_in_docstrings_hold(path: Path) -> None:
    name = ".".join(path.relative_to(SOURCE.parent).with_suffix("").parts)
    assert doctest.testmod(importlib.import_module(name)).failed == 0
