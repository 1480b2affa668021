"""Workbooks that came back otherwise than they were sent: nothing is erased, nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from renkou.actions.list_answers import add_answers
from renkou.actions.list_returns import return_list
from renkou.actions.staff import current_actor
from renkou.actions.workspaces import Workspace
from renkou.core.errors import DataRefused, Place
from renkou.publishing.return_workbook import HEADER_ROW, SHEET
from tests.intake.offices import add, stored, write_list, write_source

ROWS = (
    "a1,张三,11010519491231002X,女,1949-12-31,110105",
    "a2,李四,,男,1990.2.30,110105",
    "a3,王五,,男,1990.2.30,110105",
)
FIRST = HEADER_ROW + 2  # the row of a2, from 1

Edit = Callable[[Any], None]


@pytest.fixture
def returned(workspace: Workspace) -> Path:
    write_source(workspace)
    add(workspace, write_list(workspace, *ROWS))
    return return_list(workspace, "police", by=current_actor(workspace)).path


def column(sheet: Any, head: str) -> int:
    return next(int(cell.column) for cell in sheet[HEADER_ROW + 1] if cell.value == head)


def edited(path: Path, edit: Edit) -> Path:
    book = openpyxl.load_workbook(path)
    edit(book[SHEET])
    book.save(path)
    return path


def refused(workspace: Workspace, path: Path, edit: Edit) -> DataRefused:
    with pytest.raises(DataRefused) as caught:
        add_answers(workspace, edited(path, edit), by=current_actor(workspace))
    assert len(list((workspace.lists / "police").iterdir())) == 1
    return caught.value


def mend(sheet: Any) -> None:
    sheet.cell(FIRST, column(sheet, "出生日期")).value = "1990-02-28"


def without_names(sheet: Any) -> None:
    mend(sheet)
    sheet.delete_cols(column(sheet, "姓名"))


def with_another_word_for_names(sheet: Any) -> None:
    mend(sheet)
    sheet.cell(HEADER_ROW + 1, column(sheet, "姓名")).value = "名字"


@pytest.mark.parametrize("edit", [without_names, with_another_word_for_names])
def test_a_column_that_did_not_come_back_erases_nothing(
    workspace: Workspace, returned: Path, edit: Edit
) -> None:
    error = refused(workspace, returned, edit)
    assert error.rule == "FILE-07"
    assert error.place == _place(returned, HEADER_ROW + 1)
    assert "缺少发出时的列“姓名”" in str(error.zh)
    assert "the column 姓名 that was sent out is missing" in str(error)


def test_a_row_inserted_above_the_header_is_named(workspace: Workspace, returned: Path) -> None:
    error = refused(workspace, returned, lambda sheet: sheet.insert_rows(1))
    assert (error.rule, error.place) == ("FILE-06", _place(returned, HEADER_ROW + 1))
    assert "请删除表头上方插入的行" in str(error.zh)


def test_an_empty_sheet_that_was_added_is_passed_over(workspace: Workspace, returned: Path) -> None:
    book = openpyxl.load_workbook(returned)
    mend(book[SHEET])
    book.create_sheet("Sheet1")
    book.save(returned)
    report = add_answers(workspace, returned, by=current_actor(workspace))
    assert report.corrected == {"birth_date": 1}


def test_two_columns_of_one_name_are_refused(workspace: Workspace, returned: Path) -> None:
    def edit(sheet: Any) -> None:
        mend(sheet)
        sheet.cell(HEADER_ROW + 1, sheet.max_column + 1).value = "姓名"

    error = refused(workspace, returned, edit)
    assert (error.rule, error.place) == ("FILE-08", _place(returned, HEADER_ROW + 1))


def test_a_field_that_was_not_sent_out_keeps_its_value(
    workspace: Workspace, returned: Path
) -> None:
    book = openpyxl.load_workbook(returned)
    mend(book[SHEET])
    book[SHEET].delete_cols(column(book[SHEET], "姓名"))
    about = book["_renkou"]
    about.delete_rows(next(row for row in range(1, 20) if about.cell(row, 1).value == "name"))
    book.save(returned)
    report = add_answers(workspace, returned, by=current_actor(workspace))
    assert [row["name"] for row in stored(workspace, report)] == ["李四"]
    assert report.corrected == {"birth_date": 1}


def copied(sheet: Any, *, key: bool) -> None:
    """The first row once more at the end, with another name."""
    last = sheet.max_row + 1
    for at in range(1, sheet.max_column + 1):
        sheet.cell(last, at).value = sheet.cell(FIRST, at).value
    sheet.cell(last, column(sheet, "姓名")).value = "赵六"
    if not key:
        sheet.cell(last, 1).value = None


def test_a_number_on_two_rows_is_refused(workspace: Workspace, returned: Path) -> None:
    error = refused(workspace, returned, lambda sheet: copied(sheet, key=True))
    assert (error.rule, error.place) == ("ROW-03", _place(returned, FIRST + 2, "编号"))
    assert f"与第 {FIRST} 行编号相同" in str(error.zh)
    assert "赵六" not in str(error)


def test_a_row_typed_without_a_number_is_refused(workspace: Workspace, returned: Path) -> None:
    error = refused(workspace, returned, lambda sheet: copied(sheet, key=False))
    assert (error.rule, error.place) == ("ROW-04", _place(returned, FIRST + 2, "编号"))
    assert "赵六" not in str(error)


def test_a_number_that_was_not_sent_out_is_named_by_its_place(
    workspace: Workspace, returned: Path
) -> None:
    def edit(sheet: Any) -> None:
        sheet.cell(FIRST, 1).value = "填表人：赵六"

    error = refused(workspace, returned, edit)
    assert (error.rule, error.place) == ("ROW-04", _place(returned, FIRST, "编号"))
    assert "赵六" not in str(error)
    assert "赵六" not in str(error.zh)


def test_a_formula_is_no_answer(workspace: Workspace, returned: Path) -> None:
    def edit(sheet: Any) -> None:
        mend(sheet)
        sheet.cell(FIRST + 1, column(sheet, "姓名")).value = '=B1&"x"'

    error = refused(workspace, returned, edit)
    assert (error.rule, error.place) == ("FILE-16", _place(returned, FIRST + 1))
    assert "粘贴为数值" in str(error.zh)


def test_hidden_rows_of_answers_are_told(workspace: Workspace, returned: Path) -> None:
    def edit(sheet: Any) -> None:
        mend(sheet)
        sheet.row_dimensions[FIRST + 1].hidden = True

    report = add_answers(workspace, edited(returned, edit), by=current_actor(workspace))
    assert [(note["rule"], note["sheet"], note["detail"]) for note in report.notes] == [
        ("FILE-18", SHEET, "1 行")
    ]


def _place(path: Path, row: int, head: str | None = None) -> Place:
    return Place(path.name, SHEET, row, head)
