"""`renkou stats …`: the catalogue, figures with intervals, and what is said of what is not there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from typer.testing import CliRunner

from renkou.actions.workspaces import Workspace
from renkou.cli.main import app
from renkou.core.errors import UsageError
from renkou.core.figures import FIGURE_COLUMNS
from renkou.demography.indicators.catalogue import catalogue
from tests.offices import opened


@pytest.fixture
def office(counted_office: Workspace) -> Iterator[Workspace]:
    """An office with figures."""
    with opened(counted_office):
        yield counted_office


def run(*words: str) -> Any:
    return CliRunner().invoke(app, ["stats", *words])


def test_the_list_names_every_indicator_with_base_and_interval() -> None:
    told = run("list")
    assert told.exit_code == 0
    for one in catalogue().values():
        assert one.id in told.stdout
    for words in ("常住人口", "泊松", "口径", "最低层级"):
        assert words in told.stdout


def test_the_list_as_json_is_the_catalogue() -> None:
    rows = json.loads(run("list", "--json").stdout)
    assert [row["id"] for row in rows] == list(catalogue())
    by_id = {row["id"]: row for row in rows}
    assert by_id["birth_rate"]["sensitivity"] == "fertility"
    assert by_id["total_fertility_rate"]["shortest_period"] == "year"


def test_a_figure_is_shown_with_its_interval_and_base(office: Workspace) -> None:
    told = run("show", "出生率", "--workspace", str(office.path))
    assert told.exit_code == 0, told.output
    for words in ("Crude birth rate", "口径：常住人口", "区间：", "95%区间", "2024"):
        assert words in told.stdout


def test_without_more_words_city_and_counties_of_the_last_year_are_shown(
    office: Workspace,
) -> None:
    told = run("show", "birth_rate", "--json", "--workspace", str(office.path))
    found = json.loads(told.stdout)
    assert found["definition"]["id"] == "birth_rate"
    assert {row["period"] for row in found["figures"]} == {"2024"}
    assert {row["level"] for row in found["figures"]} <= {"prefecture", "county"}
    assert {tuple(row) for row in found["figures"]} == {FIGURE_COLUMNS}
    for row in found["figures"]:
        assert row["value"] is None or row["lower"] <= row["value"] <= row["upper"]


def test_figures_are_chosen_by_area_period_sex_and_age(office: Workspace) -> None:
    words = ("--period", "2024-H1", "--sex", "female", "--age", "65-69", "--level", "county")
    told = run("show", "usual_residents", *words, "--json", "--workspace", str(office.path))
    rows = json.loads(told.stdout)["figures"]
    assert {(row["period"], row["sex"], row["age"], row["level"]) for row in rows} == {
        ("2024-H1", "female", "65-69", "county")
    }
    area = rows[0]["area_name"]
    told = run("show", "births", "--area", area, "--json", "--workspace", str(office.path))
    assert {row["area_name"] for row in json.loads(told.stdout)["figures"]} == {area}


def test_true_counts_say_that_they_are_not_for_publication(office: Workspace) -> None:
    told = run("show", "births", "--internal", "核对年报", "--workspace", str(office.path))
    assert told.exit_code == 0, told.output
    assert "不得公布" in told.stdout


@pytest.mark.parametrize(
    ("words", "zh", "en"),
    [
        (("show", "birthrate"), "是否指 birth_rate", "did you mean birth_rate"),
        (("show", "births", "--area", "没有这个镇"), "areas.csv 中没有", "not in areas.csv"),
        (("show", "births", "--period", "2024-13"), "不是年、半年、季或月", "is no year, half"),
        (("show", "births", "--period", "2019"), "可选", "no such figures"),
        (("show", "births", "--internal", ""), "理由为空", "the reason is empty"),
        (("show", "births", "--edition", "0009"), "0009", "0009"),
        (("build", "--from", "2030-01"), "晚于", "is after"),
        (("build", "--to", "2030-01"), "2024-12-31", "days up to"),
        (("export", "--format", "odt"), "格式 odt", "format odt"),
        (("export", "--period", "2019"), "时期 2019", "period 2019"),
    ],
)
def test_what_is_wrong_is_said_in_both_languages(
    office: Workspace, words: tuple[str, ...], zh: str, en: str
) -> None:
    told = run(*words, "--workspace", str(office.path))
    assert isinstance(told.exception, UsageError), told.output
    assert zh in told.exception.zh
    assert en in str(told.exception)


def test_before_a_build_the_command_is_named(workspace: Workspace) -> None:
    told = run("show", "births", "--workspace", str(workspace.path))
    assert isinstance(told.exception, UsageError)
    assert "renkou stats build" in told.exception.zh
