"""`renkou evaluate`, and what `renkou demo` shows at its end."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from renkou.actions.demo import DemoResult, free_folder, run_demo
from renkou.actions.reporting import WrittenReport
from renkou.cli.demo_summary import demo_summary, next_steps, open_in_browser
from renkou.cli.main import app
from renkou.core.errors import UsageError
from tests.publishing.example import example_report


@pytest.fixture
def files(tmp_path):
    links, truth = tmp_path / "links.csv", tmp_path / "truth.csv"
    links.write_text("file,row,person_id\na.csv,2,1\na.csv,3,1\n")
    truth.write_text("file,row,person,kind\na.csv,2,P,typo\na.csv,3,P,\n")
    return ["evaluate", "--links", str(links), "--truth", str(truth)]


def test_evaluate_as_json_has_the_measures_by_their_names(files):
    result = CliRunner().invoke(app, [*files, "--json"])
    assert result.exit_code == 0
    measures = json.loads(result.stdout)
    assert measures["pairs"]["f1"] == 1.0
    assert measures["persons"]["exactly_right"] == 1.0
    assert measures["by_kind"]["typo"]["recall"] == 1.0


def test_evaluate_for_people_speaks_chinese(files):
    result = CliRunner().invoke(app, files)
    assert result.exit_code == 0
    for words in ("查准率", "查全率", "完全正确", "typo"):
        assert words in result.stdout
    assert "按名册" not in result.stdout  # neither file names a list


def accuracy():
    pairs = {"precision": 0.999, "recall": 0.99, "f1": None}
    return {"pairs": pairs, "persons": {"true": 20000, "found": 20013, "exactly_right": 0.98}}


def test_the_demo_ends_with_each_list_the_accuracy_and_where_to_look(tmp_path):
    report = example_report()
    written = WrittenReport(tmp_path / "report.html", tmp_path / "report.xlsx", report)
    result = DemoResult(tmp_path, report.tables["lists"], accuracy(), written, 42.0)
    console = Console(file=io.StringIO(), width=200)
    console.print(demo_summary(result))
    text = console.file.getvalue() + next_steps(result)
    for words in ("公安户籍", "18,790", "99.90%", "20,013", "report.html", "renkou review export"):
        assert words in text


def test_the_demo_never_writes_into_a_folder_that_holds_something(tmp_path):
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(UsageError, match="not empty"):
        run_demo(tmp_path, people=2000, seed=1)


def test_a_second_demo_takes_the_next_free_folder(tmp_path):
    (tmp_path / "demo-city").mkdir()
    (tmp_path / "demo-city-2").mkdir()
    assert free_folder(tmp_path / "demo-city") == tmp_path / "demo-city-3"


def test_without_a_screen_no_browser_is_started(monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setattr("webbrowser.open", lambda address: pytest.fail("a browser was started"))
    open_in_browser(Path("/nowhere").as_uri())
