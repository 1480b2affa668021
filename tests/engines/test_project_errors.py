"""errors.csv: how well the rates of a projection's base are known."""

from __future__ import annotations

from pathlib import Path

import pytest

from renkou.demography.scenarios.problems import ProjectDataRefused
from renkou.engines.project_files import read_project, write_project
from tests.engines.project_folder import Rows, tree, write

HEAD: list[object] = ["area", "measure", "deviation"]


def with_errors(rows: Rows) -> dict[str, Rows]:
    return {**tree(), "errors": [HEAD, *rows]}


def test_errors_are_read_by_measure_and_area_and_written_as_they_were(tmp_path: Path) -> None:
    rows: Rows = [["5101", "e0_male", 0.56], ["5101", "tfr", 0.03], ["510102", "tfr", 0.2]]
    data = read_project(write(tmp_path / "a", with_errors(rows)), base_year=2025)
    assert data.errors == {"tfr": {"5101": 0.03, "510102": 0.2}, "e0_male": {"5101": 0.56}}
    again = read_project(write_project(tmp_path / "b", data, scenarios={}))
    assert again.errors == data.errors


def test_without_the_table_nothing_is_said(tmp_path: Path) -> None:
    data = read_project(write(tmp_path / "a", tree()), base_year=2025)
    assert data.errors == {}
    folder = write_project(tmp_path / "b", data, scenarios={})
    assert not (folder / "errors.csv").exists()


@pytest.mark.parametrize(
    ("row", "said", "zh"),
    [
        (["5101", "e0_male", -1], "0 to 20", "0 至 20 岁"),
        (["5101", "tfr", 6], "from 0 to 5", "0 至 5"),
        (["5109", "tfr", 0.1], "is no area", "不在"),
        (["5101", "e0_males", 0.1], "is no known word", "取值不对"),
        (["5101", "moves_in", "?"], "is no number", "不是数字"),
    ],
)
def test_what_is_wrong_is_told_with_its_row(
    tmp_path: Path, row: list[object], said: str, zh: str
) -> None:
    rows: Rows = [["5101", "e0_female", 0.5], row]
    with pytest.raises(ProjectDataRefused) as told:
        read_project(write(tmp_path / "a", with_errors(rows)), base_year=2025)
    assert said in str(told.value)
    assert "errors.csv line 3" in str(told.value)
    assert zh in str(told.value.zh)


def test_one_measure_of_an_area_twice_is_refused(tmp_path: Path) -> None:
    rows: Rows = [["5101", "tfr", 0.1], ["510101", "tfr", 0.1], ["5101", "tfr", 0.2]]
    with pytest.raises(ProjectDataRefused, match="the same measure twice"):
        read_project(write(tmp_path / "a", with_errors(rows)), base_year=2025)
