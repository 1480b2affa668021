"""What is given out opens, holds the numbers that `show` prints, and says where it is from."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import docx
import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from renkou.actions.project_content import _turns
from renkou.actions.project_export import export_project
from renkou.actions.project_figures import Wanted, project_figures
from renkou.actions.workspaces import Workspace
from renkou.core.errors import NotPermitted, UsageError
from tests.projects.conftest import figures_of
from tests.projects.folders import LEAVES
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


def test_a_number_is_the_same_in_show_workbook_and_report(
    city: Path, exported: Path, workbook: openpyxl.Workbook
) -> None:
    found = figures_of(city)
    shown = project_figures(str(city), "medium", Wanted("population", level="lowest", year=2032))
    plain = {row["area"]: f"{row['value']:,.0f}" for row in shown.rows}
    assert set(plain) == set(LEAVES)
    sheet = {
        str(row["区域代码"]): row
        for row in wide(workbook["总人口"])
        if (row["统计量"], row["性别"], row["年龄"]) == ("方案值", "合计", "全部")
    }
    assert {code: f"{sheet[code][2032]:,}" for code in plain} == plain  # type: ignore[index]
    # Such a table is rounded cell by cell: sums of what is printed may differ by a person or two.
    exact = {code: found.value("population", code, 2032) for code in plain}
    assert sum(exact.values()) == pytest.approx(found.value("population", "5130", 2032))
    [path] = exported.glob("*.docx")
    [births] = [
        table for table in docx.Document(str(path)).tables
        if table.rows[0].cells[0].text == "区域" and table.rows[0].cells[-1].text == "2025年"
    ]  # fmt: skip
    births_of = found.rows(measure="births", year=2032, sex="both")
    wanted = {row["area_name"]: f"{row['value']:,.0f}" for row in births_of}
    printed = {row.cells[0].text.strip("　"): row.cells[1].text for row in births.rows[1:]}
    assert printed == wanted


def test_no_cell_of_the_workbook_has_more_decimals_than_it_shows(
    workbook: openpyxl.Workbook,
) -> None:
    for sheet in workbook:
        for row in sheet.iter_rows(min_row=4):
            for cell in row:
                if isinstance(cell.value, float):
                    decimals = len(cell.number_format.partition(".")[2])
                    assert cell.value == round(cell.value, decimals), (sheet.title, cell.coordinate)


def test_a_report_answers_for_the_year_asked_with_its_interval(exported: Path) -> None:
    [path] = exported.glob("*.docx")
    document = docx.Document(str(path))
    words = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert ISSUER in words
    assert "2032年" in words
    assert "80%" in words
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert "　　高湖镇" in cells
    assert "Traceback" not in words
    assert "nan" not in " ".join(cells)


@pytest.mark.parametrize(("measure", "last"), [("births", 2054), ("population", 2055)])
def test_a_turn_in_the_last_year_of_its_measure_may_come_later(measure: str, last: int) -> None:
    row = {"measure": measure, "sex": "both", "age": "all", "area": "5130", "area_name": "云汀市",
           "year": 2048, "value": 220.0, "at_once": False, "later": 0.2, "before": 0.0,
           "year_low80": 2037, "year_high80": 2055}  # fmt: skip
    [told] = _turns({"base_year": 2025, "until": 2055, "turning_points": [row]})
    assert told.ends80 == ("2037年", f"{last}年或以后")
    [told] = _turns({"base_year": 2025, "until": 2055, "turning_points":
                     [{**row, "year_high80": last - 1}]})  # fmt: skip
    assert told.ends80 == ("2037年", f"{last - 1}年")


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
