"""What is given out opens, adds up in whole persons, and says where it is from."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import docx
import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from renkou.actions.project_export import export_project
from renkou.actions.workspaces import Workspace
from renkou.core.errors import NotPermitted, UsageError
from tests.projects.conftest import UNTIL, figures_of
from tests.projects.folders import AREAS, LEAVES
from tests.projects.people import acting_as, events_of

ISSUER = "云汀市发展和改革局"


@pytest.fixture(scope="module")
def exported(city: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything but pictures as PNG."""
    out = tmp_path_factory.mktemp("export") / "out"
    formats = ("xlsx", "docx", "html", "csv")
    files = export_project(str(city), out=out, formats=formats, year=2032, issuer=ISSUER)
    assert all(path.is_file() for path in files)
    return out


@pytest.fixture(scope="module")
def workbook(exported: Path) -> openpyxl.Workbook:
    """The workbook, opened."""
    [path] = exported.glob("*.xlsx")
    return openpyxl.load_workbook(path)


def wide(sheet: Worksheet) -> list[dict[str, object]]:
    """Rows below the header row of a sheet."""
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    at = next(number for number, row in enumerate(rows) if row[0] == "区域代码")
    return [dict(zip(rows[at], row, strict=True)) for row in rows[at + 1 :] if row[0]]


def test_a_workbook_says_what_it_is_from(workbook: openpyxl.Workbook) -> None:
    told = {row[0].value: row[1].value for row in workbook["说明"].iter_rows(max_col=2)}
    assert told["编制单位"] == ISSUER
    assert told["数据来源"] == "CSV 文件夹 city"
    assert told["方案"] == "中方案"


def test_whole_persons_add_up_over_areas(workbook: openpyxl.Workbook) -> None:
    rows = [
        row
        for row in wide(workbook["总人口"])
        if (row["统计量"], row["性别"], row["年龄"]) == ("方案值", "合计", "全部")
    ]
    years = [key for key in rows[0] if str(key).isdigit()]
    assert len(rows) == len(AREAS)
    assert len(years) == UNTIL - 2025 + 1
    by_area = {row["区域代码"]: row for row in rows}
    for year in years:
        for area in ("5130", "513021", "513022"):
            parts = [by_area[code][year] for code, _, _, parent in AREAS if parent == area]
            assert all(value == round(value) for value in parts)
            assert by_area[area][year] == sum(parts)


def test_whole_persons_are_beside_the_figures_of_the_run(
    city: Path, workbook: openpyxl.Workbook
) -> None:
    found = figures_of(city)
    for row in wide(workbook["总人口"]):
        if (row["统计量"], row["性别"], row["年龄"]) == ("方案值", "合计", "全部"):
            true = found.value("population", str(row["区域代码"]), 2032)
            assert abs(row[2032] - true) < 2  # type: ignore[operator]


def test_a_report_answers_for_the_year_asked_with_its_interval(exported: Path) -> None:
    [path] = exported.glob("*.docx")
    document = docx.Document(str(path))
    words = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert ISSUER in words
    assert "2032年" in words
    assert "80%" in words
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert "高湖镇" in cells
    assert "Traceback" not in words
    assert "nan" not in " ".join(cells)


def test_a_csv_is_every_figure_of_the_run(city: Path, exported: Path) -> None:
    [path] = exported.glob("*.csv")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    found = figures_of(city)
    assert len(rows) == found.table.num_rows
    sums: dict[str, float] = defaultdict(float)
    for row in rows:
        if (row["measure"], row["sex"], row["age"], row["year"]) == (
            "births",
            "both",
            "all",
            "2030",
        ):
            sums["leaves" if row["area"] in LEAVES else row["area"]] += float(row["value"])
    assert sums["leaves"] == pytest.approx(sums["5130"])


def test_the_pyramid_that_moves_needs_no_network(exported: Path) -> None:
    [path] = exported.glob("*人口金字塔.html")
    page = path.read_text("utf-8")
    assert "<script" in page
    assert 'src="http' not in page
    assert "云汀市" in page
    assert list((exported / "charts").glob("*.html"))


def test_files_are_for_the_office_alone(exported: Path) -> None:
    [path] = exported.glob("*.xlsx")
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({"formats": ("pdf",)}, "format pdf: there are xlsx"),
        ({"year": 2070}, "--year 2070: the run answers for 2025 to 2034"),
        ({"scenario": "low"}, "low: was not run"),
        ({"compare": ("hihg",)}, "--compare hihg: was not run"),
    ],
)
def test_what_is_not_there_is_refused(
    city: Path, tmp_path: Path, words: dict[str, object], told: str
) -> None:
    with pytest.raises(UsageError, match=told):
        export_project(str(city), out=tmp_path / "out", **words)  # type: ignore[arg-type]
    assert not (tmp_path / "out").exists()


def test_bobs_export_is_put_down_and_carols_refused(
    own_office: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    acting_as("bob", monkeypatch)
    [path] = export_project("规划", formats=("csv",), workspace=own_office.path)
    assert path.parent == own_office.path / "projections/规划/export/medium"
    [event] = events_of(own_office, "export_project", "projection:规划")
    assert (event.actor.username, event.reason) == ("bob", "scenario medium")
    acting_as("carol", monkeypatch)
    with pytest.raises(NotPermitted, match="carol"):
        export_project("规划", formats=("csv",), workspace=own_office.path)
