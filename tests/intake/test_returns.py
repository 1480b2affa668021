"""Faulty rows go back as a workbook, cells marked; corrections come back as a delivery of changes."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from renkou.actions.intake import list_records
from renkou.actions.list_answers import add_answers
from renkou.actions.list_returns import return_list
from renkou.actions.staff import current_actor
from renkou.actions.workspaces import Workspace
from renkou.core.errors import DataRefused, UsageError
from renkou.engines.duckdb_engine import DuckDBEngine
from renkou.engines.files import MemorySheet, open_sheets
from renkou.publishing.return_workbook import HEADER_ROW
from tests.intake.offices import add, stored, write_list, write_source

ROWS = (
    "a1,张三,11010519491231002X,女,1949-12-31,110105",
    "a2,李四,110105194912310021,男,1990.2.30,110105",
    "a3,=cmd|'x'!A0,,女,1949-12-31,110105",
    "a4,,,男,1980-01-01,110105",
)


@pytest.fixture
def office(workspace: Workspace) -> Workspace:
    write_source(workspace)
    add(workspace, write_list(workspace, *ROWS))
    return workspace


def sent(office: Workspace) -> Path:
    path = office.path / "return.xlsx"
    return_list(office, "police", path, by=current_actor(office))
    return path


def sheet_of(path: Path) -> MemorySheet:
    sheet = open_sheets(path)[0]
    assert isinstance(sheet, MemorySheet)
    return sheet


def answered(path: Path, corrections: dict[tuple[str, str], str]) -> Path:
    """The workbook with cells typed over: (text in the cell's row, column) → new text."""
    book = xlsxwriter.Workbook(path.with_name("answers.xlsx"))
    for sheet in open_sheets(path):
        assert isinstance(sheet, MemorySheet)
        page = book.add_worksheet(sheet.name)
        header = sheet.rows[HEADER_ROW] if len(sheet.rows) > HEADER_ROW else []
        for at, row in enumerate(sheet.rows):
            for column, cell in enumerate(row):
                head = header[column] if column < len(header) else ""
                typed = next(
                    (new for (w, h), new in corrections.items() if w in row and h == head), cell
                )
                page.write_string(at, column, typed if at > HEADER_ROW else cell)
    book.close()
    return path.with_name("answers.xlsx")


def test_only_rows_at_fault_are_sent_with_reasons_in_chinese(office: Workspace) -> None:
    rows = sheet_of(sent(office)).rows[HEADER_ROW + 1 :]
    assert [row[4] for row in rows] == ["3", "4", "5"]
    assert "公民身份号码：身份号码校验码错误" in rows[0][1]
    assert "出生日期：日历上没有这一天" in rows[0][1]
    assert "既无姓名也无身份号码" in rows[2][1]


def test_cells_at_fault_are_marked_and_commented(office: Workspace) -> None:
    with zipfile.ZipFile(sent(office)) as archive:
        comments = archive.read("xl/comments1.xml").decode()
        styles = archive.read("xl/styles.xml").decode()
    assert "身份号码校验码错误" in comments
    assert "FFF8CBAD" in styles


def test_nothing_in_a_list_becomes_a_formula(office: Workspace) -> None:
    with zipfile.ZipFile(sent(office)) as archive:
        sheets = [archive.read(name) for name in archive.namelist() if "worksheets/sheet" in name]
        assert b"=cmd|" in archive.read("xl/sharedStrings.xml")
    assert not any(b"<f>" in sheet for sheet in sheets)


def test_the_same_rows_give_the_same_bytes(office: Workspace) -> None:
    first = sent(office)
    content = first.read_bytes()
    first.unlink()
    assert sent(office).read_bytes() == content


def test_corrections_become_a_delivery_and_records_keep_their_numbers(office: Workspace) -> None:
    by = current_actor(office)
    path = answered(
        sent(office),
        {("李四", "出生日期"): "1990-02-28", ("李四", "公民身份号码"): "", ("a4", "姓名"): "赵六"},
    )
    report = add_answers(office, path, by=by)
    assert report.corrected == {"id_number": 1, "name": 1, "birth_date": 1}
    rows = {row["source_key"]: row for row in stored(office, report)}
    assert rows["a2"]["birth_date"] == "1990-02-28"
    assert rows["a2"]["record_id"] == 10_000_000_001
    assert rows["a4"]["name"] == "赵六"
    assert rows["a4"]["row"] == 5
    with DuckDBEngine() as engine:
        names = engine.arrow(list_records(office, engine).order_by("record_id"))["source_key"]
        assert names.to_pylist() == ["a1", "a2", "a3", "a4"]


def test_answers_added_twice_change_nothing(office: Workspace) -> None:
    by = current_actor(office)
    path = answered(sent(office), {("李四", "出生日期"): "1990-02-28"})
    add_answers(office, path, by=by)
    assert add_answers(office, path, by=by).already_added


def test_a_workbook_without_a_change_is_said_to_have_none(office: Workspace) -> None:
    with pytest.raises(UsageError, match="no cell was changed"):
        add_answers(office, sent(office), by=current_actor(office))


def test_another_workbook_is_no_answer(office: Workspace) -> None:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    book.add_worksheet().write(0, 0, "姓名")
    book.close()
    path = office.path / "x.xlsx"
    path.write_bytes(buffer.getvalue())
    with pytest.raises(DataRefused, match="renkou list return"):
        add_answers(office, path, by=current_actor(office))


def test_a_list_without_fault_sends_nothing_back(office: Workspace) -> None:
    add(office, write_list(office, ROWS[0], name="police_20250131.csv"))
    with pytest.raises(UsageError, match="no row needs correcting"):
        sent(office)


def test_an_answer_to_a_refused_row_mends_the_record_that_stayed(office: Workspace) -> None:
    add(office, write_list(office, *ROWS[:2], "a3,,,女,,", name="police_20250131.csv"))
    path = answered(sent(office), {("a3", "姓名"): "王五"})
    report = add_answers(office, path, by=current_actor(office))
    assert [row["record_id"] for row in stored(office, report)] == [10_000_000_002]
    with DuckDBEngine() as engine:
        records = engine.arrow(list_records(office, engine).order_by("record_id"))
        assert records["name"].to_pylist() == ["张三", "李四", "王五"]


def test_without_a_place_it_is_written_in_the_workspace(office: Workspace) -> None:
    by = current_actor(office)
    made = return_list(office, "police", by=by)
    assert made.path == office.path / "returns" / "police-2024-12-31.xlsx"
    assert made.path.stat().st_mode & 0o777 == 0o600
    assert made.path.parent.stat().st_mode & 0o777 == 0o700
    assert return_list(office, "police", by=by).path == made.path


def test_a_workbook_with_answers_is_not_written_over(office: Workspace) -> None:
    by = current_actor(office)
    first = return_list(office, "police", by=by).path
    first.write_bytes(b"answers typed here")
    assert return_list(office, "police", by=by).path.name == "police-2024-12-31-2.xlsx"
    assert first.read_bytes() == b"answers typed here"
