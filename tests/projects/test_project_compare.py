"""Two scenarios side by side: parts of the difference add up to it, and fall where they belong."""

from __future__ import annotations

from pathlib import Path

import pytest

from renkou.actions.project_compare import Compared, compare_scenarios
from renkou.actions.workspaces import Workspace
from renkou.core.errors import NotPermitted, UsageError
from tests.projects.conftest import UNTIL, figures_of
from tests.projects.folders import BASE
from tests.projects.people import acting_as

FERTILITY, MORTALITY, MIGRATION, SIZE, STRUCTURE = range(5)


@pytest.fixture(scope="module")
def births(city: Path) -> Compared:
    """People under medium and high."""
    return compare_scenarios(str(city), "medium", "high")


def test_the_parts_add_up_to_the_difference(births: Compared) -> None:
    for row in births.rows:
        assert sum(row["effects"]) == pytest.approx(row["difference"], abs=1e-9)
        assert row["second"] - row["first"] == pytest.approx(row["difference"], abs=1e-9)


def test_scenarios_that_differ_in_fertility_differ_by_it_alone(births: Compared) -> None:
    last = births.rows[-1]
    assert last["year"] == UNTIL
    assert last["effects"][FERTILITY] == pytest.approx(last["difference"], abs=1e-9)
    assert last["difference"] > 100
    assert births.components == ("生育", "死亡", "迁移", "基期人数", "基期年龄结构")


def test_the_values_are_those_of_the_runs(city: Path, births: Compared) -> None:
    medium, high = figures_of(city), figures_of(city, "high")
    for row in births.rows:
        of = ("population", "5130", row["year"])
        assert row["first"] == pytest.approx(medium.value(*of), rel=1e-9)
        assert row["second"] == pytest.approx(high.value(*of), rel=1e-9)


def test_the_other_way_round_is_the_same_with_its_sign_changed(
    city: Path, births: Compared
) -> None:
    back = compare_scenarios(str(city), "high", "medium")
    for one, other in zip(births.rows, back.rows, strict=True):
        assert other["effects"] == pytest.approx([-each for each in one["effects"]], abs=1e-9)


def test_moves_alone_make_the_difference_to_no_migration(city: Path) -> None:
    found = compare_scenarios(
        str(city), "medium", "no_migration", measure="小学一年级新生", area="高湖镇", year=2033
    )
    [row] = found.rows
    assert (found.area_name, row["year"]) == ("高湖镇", 2033)
    assert row["effects"][MIGRATION] == pytest.approx(row["difference"], abs=1e-9)
    assert row["difference"] != 0


def test_two_changes_are_told_apart(own_city: Path) -> None:
    (own_city / "scenarios/both.yaml").write_text(
        "scenario: both\nof: high\nmigration: none\n", "utf-8"
    )
    [row] = compare_scenarios(str(own_city), "medium", "both", year=UNTIL).rows
    assert row["effects"][FERTILITY] > 50
    assert abs(row["effects"][MIGRATION]) > 50
    assert row["effects"][MORTALITY] == pytest.approx(0, abs=1e-9)
    assert sum(row["effects"]) == pytest.approx(row["difference"], abs=1e-9)


def test_flows_end_the_year_before_the_last_stock(city: Path) -> None:
    found = compare_scenarios(str(city), "medium", "high", measure="births")
    assert found.rows[-1]["year"] == UNTIL - 1
    with pytest.raises(UsageError, match=f"both scenarios have {BASE} to {UNTIL - 1}") as told:
        compare_scenarios(str(city), "medium", "high", measure="births", year=UNTIL)
    assert "两个方案都有的年份" in str(told.value.zh)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({"second": "hihg"}, "scenario hihg: the project has"),
        ({"measure": "brths"}, "nearest: .*births"),
        ({"area": "高胡镇"}, "nearest: 高湖镇"),
    ],
)
def test_what_is_not_there_is_named(city: Path, words: dict[str, str], told: str) -> None:
    second = words.pop("second", "high")
    with pytest.raises(UsageError, match=told):
        compare_scenarios(str(city), "medium", second, **words)


def test_carol_may_not_compare(office: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    acting_as("carol", monkeypatch)
    with pytest.raises(NotPermitted, match="carol"):
        compare_scenarios("规划", "medium", "high", workspace=office.path)
