"""What `renkou list` says of a delivery: what changes, what stays, what is still to be filled in."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from renkou.actions.list_reports import report_of
from renkou.actions.workspaces import Workspace
from renkou.cli.list_commands import _lines
from renkou.cli.main import app
from renkou.engines import lists as store
from tests.intake.offices import LI, POLICE, WANG, ZHANG, add, write_list, write_source


@pytest.fixture
def office(workspace: Workspace) -> Workspace:
    write_source(workspace)
    add(workspace, write_list(workspace, ZHANG, LI, WANG))
    return workspace


def run(office: Workspace, command: str, path: Path) -> str:
    arguments = ["list", command, str(path), "--source", "police", "--workspace", str(office.path)]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.parametrize("command", ["check", "add"])
def test_checking_and_adding_say_what_changes(office: Workspace, command: str) -> None:
    rows = (ZHANG, "a2,,,男,,", "a4,赵六,,男,1980,")
    said = run(office, command, write_list(office, *rows, name="police_20250131.csv"))
    assert "接收 2 条，退回 1 行，不再在册 1 条" in said
    assert "与现有名册相比：新增 1 条，变更 0 条，未变 1 条，不再在册 1 条" in said
    assert "被退回的行中有 1 条原有记录，保持原样，未注销" in said


@pytest.mark.parametrize("command", ["check", "add"])
def test_an_unfilled_source_is_told_with_its_keys(office: Workspace, command: str) -> None:
    write_source(office, POLICE.replace("政务数据共享条例", "待填"))
    said = run(office, command, write_list(office, ZHANG, name="police_20250131.csv"))
    assert "FILE-19" in said
    assert "legal_basis" in said


def test_a_delivery_of_before_says_nothing_of_changes(office: Workspace) -> None:
    (delivery,) = store.deliveries(office.lists, "police")
    for name in ("new", "changed", "unchanged", "carried"):
        del delivery.counts[name]
    delivery.counts["closed"] = 2
    assert not any("相比" in line for line in _lines(report_of(delivery)))


def test_a_source_that_is_not_there_is_refused_and_not_shown_empty(office: Workspace) -> None:
    place = ["--workspace", str(office.path), "--json"]
    assert CliRunner().invoke(app, ["list", "show", "police", *place]).exit_code == 0
    told = CliRunner().invoke(app, ["list", "show", "polise", *place])
    assert "no source polise" in str(told.exception)


def test_all_files_go_by_their_own_source_and_date(office: Workspace) -> None:
    words = ["list", "add", "--all", "--date", "2025-01-31", "--workspace", str(office.path)]
    assert "--date" in str(CliRunner().invoke(app, words).exception)
