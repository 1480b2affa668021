"""docs/reference/json.md names every key that the commands print, and no other."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from renkou.actions.workspaces import Workspace
from renkou.cli.main import app
from tests.editions.builds import rows_of
from tests.intake.offices import LI, ZHANG, add, write_list, write_source
from tests.offices import copied, opened

PAGE = (Path(__file__).parents[2] / "docs/reference/json.md").read_text("utf-8")
SECTIONS = dict(re.findall(r"^## `(renkou [a-z ]+) --json`$(.*?)(?=^## |\Z)", PAGE, re.M | re.S))
Key = tuple[str, ...]


def documented(command: str) -> dict[Key, bool]:
    """The keys that a section names, and whether they are always there."""
    rows = re.findall(r"^\| (`.+?`) \| (.+) \|$", SECTIONS[command], re.M)
    return {
        tuple(key.split(".")): "†" not in meaning
        for keys, meaning in rows
        for key in re.findall(r"`([^`]+)`", keys)
    }


def printed(value: Any, at: Key = ()) -> Iterator[Key]:
    """The keys of a result: of empty lists and tables the key itself."""
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from printed(inner, (*at, name))
    elif isinstance(value, list):
        inside = (*at[:-1], f"{at[-1] if at else ''}[]")
        yield inside
        for member in value:
            if isinstance(member, dict):
                yield from printed(member, inside)
    else:
        yield at


def fits(pattern: Key, key: Key) -> bool:
    pairs = zip(pattern, key, strict=False)
    return len(pattern) == len(key) and all(said in ("*", name) for said, name in pairs)


def assert_documented(command: str, result: Any) -> None:
    said, keys = documented(command), set(printed(result))
    lists = {key for key in keys if any(other[: len(key)] == key for other in keys - {key})}
    unknown = {key for key in keys - lists if not any(fits(one, key) for one in said)}
    assert not unknown, "not in docs/reference/json.md"
    gone = {one for one, always in said.items() if always and not any(fits(one, k) for k in keys)}
    assert not gone, "in docs/reference/json.md, but not printed"


def run(office: Workspace, *words: str) -> Any:
    told = CliRunner().invoke(app, [*words, "--workspace", str(office.path), "--json"])
    assert told.exit_code == 0, told.output
    return json.loads(told.stdout)


def test_an_edition_is_printed_as_documented(demo_workspace: Workspace) -> None:
    assert_documented("renkou edition build", run(demo_workspace, "edition", "show"))


def test_a_build_prints_what_showing_does(workspace: Workspace) -> None:
    write_source(workspace)
    add(workspace, write_list(workspace, ZHANG, LI))
    built = run(workspace, "edition", "build")
    assert built == run(workspace, "edition", "show")
    said = documented("renkou edition build")
    assert all(
        any(fits(one, key) for one in said) for key in printed(built) if key[-1][-2:] != "[]"
    )


def test_an_evaluation_is_printed_as_documented(demo_workspace: Workspace) -> None:
    truth = str(demo_workspace.path / "truth.parquet")
    assert_documented("renkou evaluate", run(demo_workspace, "evaluate", "--truth", truth))


def test_a_person_is_printed_as_documented(demo_workspace: Workspace) -> None:
    persons = rows_of(demo_workspace.editions, "0001", "persons")
    housed = next(row for row in persons if row["household_id"])
    result = run(demo_workspace, "person", "show", str(housed["person_id"]))
    assert_documented("renkou person show", result)


@pytest.mark.parametrize("name", ["police_20241231.csv", "marriages_01.xlsx"])
def test_a_check_is_printed_as_documented(demo_workspace: Workspace, name: str) -> None:
    path = demo_workspace.incoming / name
    assert_documented("renkou list check", run(demo_workspace, "list", "check", str(path)))


def test_lists_are_printed_as_documented(demo_workspace: Workspace) -> None:
    for report in run(demo_workspace, "list", "show"):
        assert_documented("renkou list check", report)


@pytest.fixture
def counted(counted_office: Workspace) -> Iterator[Workspace]:
    with opened(counted_office):
        yield counted_office


def test_indicators_are_printed_as_documented() -> None:
    told = CliRunner().invoke(app, ["stats", "list", "--json"])
    assert_documented("renkou stats list", json.loads(told.stdout))


def test_figures_are_printed_as_documented(counted: Workspace) -> None:
    for indicator in ("usual_residents", "birth_rate", "life_expectancy"):
        assert_documented("renkou stats show", run(counted, "stats", "show", indicator))


def test_an_export_is_printed_as_documented(counted: Workspace, tmp_path: Path) -> None:
    words = ("export", "--format", "sdmx", "--out", str(tmp_path))
    assert_documented("renkou stats export", run(counted, "stats", *words))


def test_a_build_of_statistics_is_printed_as_documented(
    counted_office: Workspace, tmp_path: Path
) -> None:
    with opened(copied(counted_office, tmp_path / "office")) as own:
        assert_documented("renkou stats build", run(own, "stats", "build", "--from", "2024-12"))
