"""`renkou project …` as planners type it: from init to export, in Chinese first, and for programs."""

from __future__ import annotations

import json
import pickle
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from renkou.actions.project_run_all import ScenariosNotRun
from renkou.actions.workspaces import Workspace
from renkou.cli import main
from renkou.cli.main import app
from tests.cli.test_json_page import assert_documented
from tests.projects.people import acting_as

COMMANDS = ("init", "list", "run", "show", "compare", "export")


def told(*words: str) -> Result:
    """What a command prints."""
    return CliRunner().invoke(app, ["project", *words])


def result(*words: str) -> Any:
    """What a command prints for programs, on stdout alone."""
    found = told(*words, "--json")
    assert found.exit_code == 0, found.output
    return json.loads(found.stdout)


@pytest.fixture
def in_office(office: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    monkeypatch.chdir(office.path)
    return office


@pytest.mark.parametrize("command", COMMANDS)
def test_help_is_chinese_first(command: str) -> None:
    page = told(command, "--help")
    assert page.exit_code == 0
    lines = [line.strip() for line in page.stdout.splitlines() if line.strip()]
    said = next(line for line in lines[1:])
    assert re.match(r"[\u4e00-\u9fff]", said), said
    assert re.search(r"[A-Za-z]{4}", page.stdout)


def test_the_way_of_the_how_to(own_office: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(own_office.path)
    made = told("init", "新规划", "--until", "2033")
    assert made.exit_code == 0, made.output
    assert "注意：基期人口为版本" in made.stdout
    assert "下一步：renkou project run 新规划" in made.stdout
    ran = told("run", "新规划", "--trajectories", "20")
    assert ran.exit_code == 0, ran.output
    assert "20 条随机轨迹" in ran.stdout
    shown = told("show", "新规划", "小学一年级新生", "--year", "2032", "--level", "township")
    assert shown.exit_code == 0, shown.output
    assert "单位：人；时点：秋季" in shown.stdout
    for heading in ("区域", "方案值", "中位数", "80%区间", "95%区间"):
        assert heading in shown.stdout
    assert "新规划" in told("list").stdout


def test_an_overview_names_unit_interval_and_turning_years(in_office: Workspace) -> None:
    page = told("show", "规划").stdout
    assert "括号内为 80% 区间（50 条随机轨迹）" in page
    assert "小学一年级新生" in page
    assert "老年抚养比" in page


def test_a_run_without_chance_says_so(own_city: Path) -> None:
    assert "没有随机轨迹" in told("run", str(own_city), "--trajectories", "0").stdout
    assert "没有区间" in told("show", str(own_city), "births").stdout


def test_what_stops_one_scenario_stops_no_other(own_city: Path) -> None:
    """Of `run --all` the scenario that could not be run is named with what is wrong in it."""
    totals = "{5130: {population: {2030: 20000}}, 513021: {population: {2030: 15000}},"
    totals += " 513022: {population: {2030: 9000}}}"
    (own_city / "scenarios/apart.yaml").write_text(
        f"scenario: apart\nof: medium\nbind: {totals}\n", "utf-8"
    )
    page = told("run", str(own_city), "--all", "--trajectories", "0")
    assert isinstance(page.exception, ScenariosNotRun)
    error = page.exception
    assert (error.exit_code, list(error.failed)) == (2, ["apart"])
    assert error.ran == ("constant", "high", "low", "medium", "no_migration")
    first, why = str(error).splitlines()
    assert first == "not run: apart; run: constant, high, low, medium, no_migration"
    assert "apart.yaml, bind.5130.population.2030 = 20000" in why
    assert "513021 15000 + 513022 9000 = 24000 in 2030" in why
    assert error.zh is not None
    assert error.zh.startswith("未能编制的方案：apart；已编制：constant、high")
    assert "低方案（low）" in page.stdout
    assert (own_city / "runs/low/manifest.json").is_file()
    assert not (own_city / "runs/apart").exists()
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.zh, again.exit_code) == (str(error), error.zh, 2)


def test_all_scenarios_run_one_after_the_other(own_city: Path) -> None:
    page = told("run", str(own_city), "--all", "--trajectories", "0")
    assert page.exit_code == 0, page.output
    for title in ("中方案", "高方案", "低方案", "不变方案", "无迁移方案"):
        assert title in page.stdout


def test_a_comparison_is_a_table_whose_parts_are_named(city: Path) -> None:
    page = told("compare", str(city), "medium", "high", "--year", "2030").stdout
    for word in ("中方案", "高方案", "相差", "生育", "迁移", "基期年龄结构"):
        assert word in page


def test_needs_of_many_areas_say_that_they_do_not_add_up(city: Path) -> None:
    page = told("show", str(city), "小学班级需求", "--year", "2030", "--level", "township").stdout
    assert "各区域、各年级分别进位取整" in page


def refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str
) -> tuple[int, list[str]]:
    """Exit status and lines of the message of a command that stops."""
    monkeypatch.setattr("sys.argv", ["renkou", "project", *words])
    monkeypatch.setattr("os.umask", lambda _: 0)
    with pytest.raises(SystemExit) as stopped:
        main.run()
    return int(stopped.value.code or 0), capsys.readouterr().err.strip().splitlines()


def test_refusals_are_chinese_then_english(
    city: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    status, [chinese, english] = refused(monkeypatch, capsys, "show", str(city), "小学一年级")
    assert status == 2
    assert chinese.startswith("renkou: 项目 小学一年级：没有这个项目")
    assert english.startswith("  measure 小学一年级: unknown")


@pytest.mark.parametrize(
    "words", [("show", "规划"), ("run", "规划"), ("export", "规划"), ("init", "别的")]
)
def test_carol_is_told_that_she_may_not(
    in_office: Workspace,
    words: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    acting_as("carol", monkeypatch)
    status, [chinese, english] = refused(monkeypatch, capsys, *words)
    assert status == 1
    assert "carol" in chinese
    assert "编制人口预测" in chinese
    assert "may not project population" in english


def test_what_init_prints_is_documented(csv_folder: Path, tmp_path: Path) -> None:
    made = result("init", str(tmp_path / "x"), "--from-csv", str(csv_folder), "--until", "2030")
    assert_documented("renkou project init", made)


def test_what_list_prints_is_documented(in_office: Workspace) -> None:
    assert_documented("renkou project list", result("list"))


def test_what_run_prints_is_documented(own_city: Path) -> None:
    assert_documented("renkou project run", result("run", str(own_city), "--trajectories", "4"))


def test_what_show_prints_is_documented(city: Path) -> None:
    assert_documented("renkou project show", result("show", str(city), "births"))
    assert_documented("renkou project show", result("show", str(city)))


def test_what_compare_prints_is_documented(city: Path) -> None:
    assert_documented("renkou project compare", result("compare", str(city), "medium", "high"))


def test_what_export_prints_is_documented(own_city: Path) -> None:
    found = result("export", str(own_city), "--format", "csv")
    assert_documented("renkou project export", found)
    assert all(Path(path).is_file() for path in found["files"])
