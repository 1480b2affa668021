"""A workbook as offices keep it: titles, merged headers, a sheet per village, totals, footers."""

from __future__ import annotations

import io
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter
import xlwt

from renkou.actions.workspaces import Workspace
from renkou.engines.files import MemorySheet, open_sheets
from tests.intake.offices import add, stored, write_source

ROSTER = """
[source]
department = "百丈镇"
legal_basis = "x"
purpose = "x"
[[persons]]
role = "self"
[persons.columns]
household_key = "户号"
name = "姓名"
id_number = "身份证号"
birth_date = "出生日期"
mother_name = "母亲/姓名"
mother_id_number = "母亲/身份证号"
usual_area = { parts = ["@file", "@sheet"] }
"""
AREAS = """code,name,level,parent,valid_from,valid_to,successor
511803101,百丈镇,township,,,,
511803101201,新民村村委会,village,511803101,,,
511803101202,老河村村委会,village,511803101,,,
"""


def village(book: xlsxwriter.Workbook, name: str, people: list[list[object]]) -> None:
    sheet = book.add_worksheet(name)
    day = book.add_format({"num_format": "yyyy/m/d"})
    sheet.merge_range(0, 0, 0, 6, f"百丈镇{name}人口登记表")
    sheet.write(1, 0, "填报单位：百丈镇人民政府")
    sheet.write(1, 5, "填报日期：2024年6月30日")
    for column, head in enumerate(["序号", "户号", "姓名", "身份证号", "出生日期"]):
        sheet.merge_range(2, column, 3, column, head)
    sheet.merge_range(2, 5, 2, 6, "母亲")
    sheet.write(3, 5, "姓名")
    sheet.write(3, 6, "身份证号")
    at = 4
    for person in people:
        for column, cell in enumerate(person):
            if isinstance(cell, date):
                sheet.write_datetime(at, column, datetime(cell.year, cell.month, cell.day), day)
            else:
                sheet.write(at, column, cell)
        at += 1
    sheet.merge_range(4, 1, 5, 1, "H1")
    sheet.write(at, 0, "小计")
    sheet.write(at, 2, f"{len(people)}人")
    sheet.write(at + 2, 0, "填表人：某某")
    sheet.write(at + 2, 3, "审核人：某某")


@pytest.fixture
def roster(workspace: Workspace) -> Path:
    write_source(workspace, ROSTER, "roster")
    workspace.areas.write_text(AREAS, "utf-8")
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    people: list[list[object]] = [
        [1, "H1", "张三", "11010519491231002X", date(1949, 12, 31), "王芳", ""],
        [2, "", "李四", 110105194912310021, 20120305, "", ""],
        [3, "H2", "王五", 110105491231002, 2012.03, "", ""],
    ]
    village(book, "新民村", people)
    village(book, "老河村", people[:2])
    book.add_worksheet("说明").write(0, 0, "本表由各村填报，数据截至六月底。")
    book.close()
    path = workspace.incoming / "百丈镇_20240630.xlsx"
    path.write_bytes(buffer.getvalue())
    return path


def test_people_are_read_and_nothing_else(workspace: Workspace, roster: Path) -> None:
    report = add(workspace, roster, source="roster")
    rows = stored(workspace, report)
    assert [(row["sheet"], row["row"], row["name"]) for row in rows] == [
        ("新民村", 5, "张三"), ("新民村", 6, "李四"), ("新民村", 7, "王五"),
        ("老河村", 5, "张三"), ("老河村", 6, "李四"),
    ]  # fmt: skip
    assert "FILE-12" in {note["rule"] for note in report.notes}


def test_a_cell_merged_downwards_holds_for_each_of_its_rows(
    workspace: Workspace, roster: Path
) -> None:
    rows = stored(workspace, add(workspace, roster, source="roster"))
    assert [row["household_key"] for row in rows] == ["H1", "H1", "H2", "H1", "H1"]


def test_numbers_and_dates_of_cells_are_read_as_they_show(
    workspace: Workspace, roster: Path
) -> None:
    rows = stored(workspace, add(workspace, roster, source="roster"))
    assert [row["birth_date"] for row in rows[:3]] == ["1949-12-31", "2012-03-05", "2012-03"]
    assert [row["id_state"] for row in rows[:3]] == ["valid", "truncated", "valid"]
    assert rows[1]["id_number"] == "110105194912310000"
    assert rows[2]["id_key"] == "11010519491231002X"


def test_the_group_above_says_whose_column_it_is(workspace: Workspace, roster: Path) -> None:
    rows = stored(workspace, add(workspace, roster, source="roster"))
    assert rows[0]["mother_name"] == "王芳"


def test_file_and_sheet_say_the_village(workspace: Workspace, roster: Path) -> None:
    rows = stored(workspace, add(workspace, roster, source="roster"))
    assert {row["sheet"]: row["usual_area"] for row in rows} == {
        "新民村": "511803101201", "老河村": "511803101202",
    }  # fmt: skip


def test_an_old_workbook_shows_the_same_cells(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("名单")
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    sheet.write_merge(0, 0, 0, 2, "标题")
    for column, cell in enumerate(["张三", date(1949, 12, 31), 110105491231002]):
        sheet.write(1, column, cell, day if column == 1 else xlwt.Style.default_style)
    book.save(tmp_path / "a.xls")
    read = open_sheets(tmp_path / "a.xls")[0]
    assert isinstance(read, MemorySheet)
    assert read.rows[1] == ["张三", "1949-12-31", "110105491231002"]
    assert read.merges == [(0, 0, 0, 2)]


def test_hidden_columns_and_rows_are_read_and_told(roster: Path, workspace: Workspace) -> None:
    path = workspace.incoming / "百丈镇.xlsx"
    book = xlsxwriter.Workbook(path)
    village(book, "新民村", [[1, "H1", "张三", "11010519491231002X", "1949-12-31", "", ""]] * 3)
    shown = book.add_worksheet("老河村")
    for column, head in enumerate(["户号", "姓名", "身份证号"]):
        shown.write(0, column, head)
        shown.write(1, column, "x")
    first = book.get_worksheet_by_name("新民村")
    first.set_column(3, 4, None, None, {"hidden": True})
    first.set_row(5, None, None, {"hidden": True})
    book.close()
    report = add(workspace, path, source="roster", reference_date=date(2024, 6, 30))
    told = [note for note in report.notes if note["rule"] == "FILE-18"]
    assert [(note["sheet"], note["detail"]) for note in told] == [("新民村", "2 列、1 行")]
    assert len(stored(workspace, report)) == 4


@pytest.mark.parametrize("name", ["百丈镇.xls", "百丈镇.et"])
def test_hidden_parts_of_an_old_workbook_are_read_and_told(
    roster: Path, workspace: Workspace, name: str
) -> None:
    book = xlwt.Workbook()
    for village_name in ("新民村", "老河村"):
        sheet = book.add_sheet(village_name)
        for column, head in enumerate(["户号", "姓名", "身份证号"]):
            sheet.write(0, column, head)
            for row in (1, 2, 3):
                sheet.write(row, column, "x")
    shown, hidden = book.get_sheet("新民村"), book.get_sheet("老河村")
    hidden.visibility = 1
    shown.row(2).hidden = True
    shown.col(0).hidden = shown.col(2).hidden = True
    shown.write(3, 4, xlwt.Formula('"x"'))
    book.save(str(workspace.incoming / name))
    path = workspace.incoming / name
    report = add(workspace, path, source="roster", reference_date=date(2024, 6, 30))
    told = {(note["rule"], note["sheet"], note["detail"]) for note in report.notes}
    assert ("FILE-18", "新民村", "2 列、1 行") in told
    assert ("FILE-16", "新民村", None) in told
    assert ("FILE-17", "老河村", None) in told
    assert not {("FILE-18", "老河村"), ("FILE-16", "老河村")} & {one[:2] for one in told}
    assert report.counts["records"] == 6
