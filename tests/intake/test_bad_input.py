"""Bad input gets a clear error that names file, sheet, row, column and rule; nothing is lost."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
import xlwt
from msoffcrypto.format.ooxml import OOXMLFile

from renkou.actions.workspaces import Workspace
from renkou.core.errors import DataRefused, FileUnreadable, RenkouError
from renkou.engines import files_damage, files_text
from tests.intake.offices import HEADER, add, stored, write_list

ROW = "a1,张三,11010519491231002X,女,1949-12-31,110105"


def put(office: Workspace, content: bytes, name: str = "police_20241231.csv") -> Path:
    path = office.incoming / name
    path.write_bytes(content)
    return path


def refused(office: Workspace, path: Path) -> str:
    with pytest.raises(RenkouError) as caught:
        add(office, path)
    assert not list(office.lists.glob("*/*"))
    return str(caught.value)


def workbook(rows: list[list[object]], **options: object) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, **options})
    sheet = book.add_worksheet("名单")
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            sheet.write(at, column, cell)
    book.close()
    return buffer.getvalue()


TABLE: list[list[object]] = [list(HEADER.split(",")), list(ROW.split(","))]


def test_a_missing_file_is_said_to_be_missing(office: Workspace) -> None:
    with pytest.raises(FileUnreadable, match="No such file"):
        add(office, office.incoming / "police_20241231.csv")


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\n\n\n", b"  \r\n"])
def test_an_empty_file(office: Workspace, content: bytes) -> None:
    assert "(rule FILE-01)" in refused(office, put(office, content))


def test_a_file_without_a_header(office: Workspace) -> None:
    message = refused(office, put(office, "张三,男,1980\n李四,女,1990\n".encode()))
    assert "police_20241231.csv: no header row was found (rule FILE-06)" in message


def test_a_missing_required_column(office: Workspace) -> None:
    message = refused(office, put(office, "人员编号,性别\na1,男\n".encode()))
    assert "the column of name (姓名) is missing (rule FILE-07)" in message


def test_two_columns_for_one_field(office: Workspace) -> None:
    message = refused(office, put(office, "姓名,公民身份号码,身份证号\n张三,1,2\n".encode()))
    assert "id_number has two columns: 公民身份号码 (B) and 身份证号 (C) (rule FILE-08)" in message


def test_rows_of_another_encoding(office: Workspace) -> None:
    gb = f"{HEADER}\n{ROW}\n".encode("gb18030") * 3
    utf8 = "a2,欧阳修文博,,女,1949-12-31,四川省雅安市雨城区东城街道\n".encode()
    message = refused(office, put(office, gb + utf8))
    assert "police_20241231.csv row 7: " in message
    assert "(rule FILE-05)" in message


def test_a_row_with_broken_bytes_is_refused_and_kept(office: Workspace) -> None:
    good = "\n".join([HEADER, *(ROW.replace("a1", f"b{n}") for n in range(99))]).encode()
    report = add(office, put(office, good + b"\na2,\xff\xfe\xba,,\xe7\x94\xb7,1990-01-01,\n"))
    assert report.counts["records"] == 99
    assert report.problem_counts["ROW-05"] == 1
    assert stored(office, report, "refused")[0]["row"] == 101


def test_bytes_of_no_encoding(office: Workspace) -> None:
    assert "(rule FILE-05)" in refused(office, put(office, b"\xff\x80\xfe," * 400))


def test_a_corrupt_workbook(office: Workspace) -> None:
    content = workbook(TABLE)
    for broken in (content[: len(content) // 2], b"PK\x03\x04" + b"x" * 500):
        path = put(office, broken, "police_20241231.xlsx")
        assert "police_20241231.xlsx: " in refused(office, path)
        assert "(rule FILE-02)" in refused(office, path)


def test_a_web_page_that_is_called_a_workbook(office: Workspace) -> None:
    path = put(office, b"<html><table></table></html>", "police_20241231.xls")
    assert "(rule FILE-02)" in refused(office, path)


def test_a_workbook_with_a_password(office: Workspace) -> None:
    protected = io.BytesIO()
    OOXMLFile(io.BytesIO(workbook(TABLE))).encrypt("secret", protected)
    path = put(office, protected.getvalue(), "police_20241231.xlsx")
    message = refused(office, path)
    assert "protected by a password (rule FILE-03); save it without a password" in message


def test_a_zip_bomb(office: Workspace) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (80 << 20))
    path = put(office, buffer.getvalue(), "police_20241231.xlsx")
    assert "(rule FILE-04)" in refused(office, path)


def test_a_formula_is_text_in_a_csv(office: Workspace) -> None:
    report = add(office, write_list(office, ROW.replace("张三", "=cmd|' /C calc'!A0")))
    row = stored(office, report)[0]
    assert row["name"] == "=cmd|' /C calc'!A0"
    assert report.problem_counts["NAME-02"] == 1


def test_a_formula_in_a_workbook_is_never_evaluated(office: Workspace) -> None:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet()
    for column, (head, cell) in enumerate(zip(*TABLE, strict=True)):
        sheet.write(0, column, head)
        sheet.write(1, column, cell)
    sheet.write_formula(1, 1, '=HYPERLINK("http://example.org","x")', None, "张三")
    book.close()
    report = add(office, put(office, buffer.getvalue(), "police_20241231.xlsx"))
    assert stored(office, report)[0]["name"] == "张三"
    assert "FILE-16" in {note["rule"] for note in report.notes}


def test_a_full_list_with_a_header_and_no_row_closes_nothing(office: Workspace) -> None:
    message = refused(office, put(office, f"{HEADER}\n".encode()))
    assert "police_20241231.csv: there is a header and no row under it (rule FILE-20)" in message
    headed = put(office, workbook(TABLE[:1]), "police_20241231.xlsx")
    assert "sheet 名单: there is a header" in refused(office, headed)


def test_ten_thousand_columns(office: Workspace) -> None:
    content = (",".join(["姓名"] * 10_000) + "\n").encode()
    message = refused(office, put(office, content))
    assert "police_20241231.csv row 1: the row has 10000 columns" in message
    wide = workbook([["姓名"] * 600])
    assert "(rule FILE-09)" in refused(office, put(office, wide, "police_20241231.xlsx"))


def test_a_line_of_200_megabytes(office: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files_text, "CHUNK", 1 << 16)
    monkeypatch.setattr(files_text, "LONGEST_LINE", 1 << 18)
    content = f"{HEADER}\n{ROW}\na2,".encode() + b"x" * (1 << 20)
    message = refused(office, put(office, content))
    assert "police_20241231.csv row 3: the line is longer than" in message
    assert "(rule FILE-10)" in message


def test_a_first_line_without_end(office: Workspace) -> None:
    message = refused(office, put(office, b"x," * (2 << 20)))
    assert "police_20241231.csv row 1: the line is longer than" in message


def test_a_quotation_mark_that_is_never_closed(office: Workspace) -> None:
    rows = "\n".join(ROW.replace("a1", f"b{n}") for n in range(400))
    message = refused(office, put(office, f'{HEADER}\n{ROW}\na2,"张三,,,,\n{rows}\n'.encode()))
    assert "row 3: " in message
    assert "(rule FILE-11)" in message


@pytest.mark.parametrize("rows_after", [1, 30])
def test_a_quotation_mark_that_would_swallow_the_rest_of_a_short_list(
    office: Workspace, rows_after: int
) -> None:
    rows = "\n".join(ROW.replace("a1", f"b{n}") for n in range(rows_after))
    message = refused(office, put(office, f'{HEADER}\n{ROW}\n"a2,张三,,,,\n{rows}\n'.encode()))
    assert "row 3: " in message
    assert "(rule FILE-11)" in message


@pytest.mark.parametrize("between", [0, 1, 30])
@pytest.mark.parametrize("column", [1, 4])
def test_two_stray_quotation_marks_in_one_column_swallow_no_rows(
    office: Workspace, between: int, column: int
) -> None:
    cells = ROW.split(",")
    cells[column] = f'"{cells[column]}'
    stray = ",".join(cells)
    rows = [ROW, stray, *[ROW.replace("a1", f"b{n}") for n in range(between)], stray, ROW]
    content = "\n".join([HEADER, *rows, ""]).encode()
    message = refused(office, put(office, content))
    assert "row 3: " in message
    assert "(rule FILE-11)" in message


def test_a_swallowing_column_is_seen_even_where_it_is_not_read(office: Workspace) -> None:
    rows = [f"{ROW},x", f'{ROW},"x', f"{ROW},x", f'{ROW},"x', f"{ROW},x"]
    message = refused(office, put(office, "\n".join([f"{HEADER},附注", *rows, ""]).encode()))
    assert "(rule FILE-11)" in message


def test_a_cell_of_several_lines_is_no_fault(office: Workspace) -> None:
    report = add(office, write_list(office, ROW, 'a2,李四,,男,1990-01-01,"某村\n5组"', "a3,王五"))
    assert report.counts["records"] == 3


def test_a_line_of_five_megabytes_within_a_list(
    office: Workspace, capfd: pytest.CaptureFixture[str]
) -> None:
    long = "x" * 5_000_000
    message = refused(office, put(office, f"{HEADER}\n{ROW}\n{long}\n{ROW}\n".encode()))
    assert "police_20241231.csv row 3: the line is longer than" in message
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.parametrize(
    ("cell", "rule"),
    [("0000-00-00", "DATE-03"), ("2999-01-01", "DATE-03"), ("1990-02-30", "DATE-02"),
     ("昨天", "DATE-01"), ("2025-06-01", "DATE-04")],
)  # fmt: skip
def test_a_date_that_cannot_be(office: Workspace, cell: str, rule: str) -> None:
    report = add(office, write_list(office, f"a1,张三,,男,{cell},"))
    assert stored(office, report)[0]["birth_date"] is None
    problem = stored(office, report, "problems")[0]
    assert (problem["rule"], problem["severity"], problem["row"]) == (rule, "cell", 2)
    assert problem["column"] == "出生日期 (E)"
    assert stored(office, report, "original_cells")[0]["birth_date"] == cell


def test_more_cells_than_the_header(office: Workspace) -> None:
    rows = [ROW.replace("a1", f"b{n}") for n in range(5)]
    report = add(office, write_list(office, *rows, "a2,李四,,男,1990-01-01,某村,5组,后面"))
    assert report.problem_counts == {"ROW-02": 1}
    assert stored(office, report, "refused")[0]["row"] == 7


def test_a_row_with_neither_name_nor_number_is_refused_and_kept(office: Workspace) -> None:
    report = add(office, write_list(office, ROW, "a2,,,男,1990-01-01,"))
    assert stored(office, report, "refused")[0]["birth_date"] == "1990-01-01"
    assert report.counts["records"] == 1


def test_an_old_workbook_is_read_like_a_new_one(office: Workspace) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("名单")
    for at, row in enumerate(TABLE):
        for column, cell in enumerate(row):
            sheet.write(at, column, cell)
    buffer = io.BytesIO()
    book.save(buffer)
    report = add(office, put(office, buffer.getvalue(), "police_20241231.xls"))
    assert stored(office, report)[0]["id_state"] == "valid"


def test_no_message_holds_a_persons_value(office: Workspace) -> None:
    rows = "\n".join([ROW] * 400)
    message = refused(office, put(office, f'{HEADER}\n{ROW}\n"{rows}'.encode()))
    assert "张三" not in message
    assert "11010519491231002X" not in message


def test_every_refusal_is_a_data_error(office: Workspace) -> None:
    with pytest.raises((DataRefused, FileUnreadable)) as caught:
        add(office, put(office, b""))
    assert caught.value.exit_code == 1


def test_a_nul_byte_is_said_and_its_row_kept_apart(office: Workspace) -> None:
    content = "\n".join([HEADER, ROW, "a2,李\0四,,男,1990-01-01,", ROW.replace("a1", "a3"), ""])
    report = add(office, put(office, content.encode()))
    assert report.problem_counts["ROW-05"] == 1
    assert [row["row"] for row in stored(office, report, "refused")] == [3]


def test_zeros_beside_the_cells_that_are_read_are_said_too(office: Workspace) -> None:
    report = add(office, put(office, f"序号,{HEADER}\n1,{ROW}\n".encode() + b"\0" * 40))
    assert report.problem_counts == {"ROW-05": 1}
    assert [row["row"] for row in stored(office, report, "refused")] == [3]


def test_a_file_whose_end_was_never_written(office: Workspace) -> None:
    content = f"{HEADER}\n{ROW}\n{ROW}\n".encode("gb18030") + b"\0" * 4096
    message = refused(office, put(office, content))
    assert "police_20241231.csv row 4: zero bytes stand where text should" in message
    assert "(rule FILE-02)" in message


def test_nul_bytes_in_every_row(office: Workspace) -> None:
    rows = [f"a{n},张三\0\0\0\0,,男,1990-01-01," for n in range(50)]
    message = refused(office, put(office, "\n".join([HEADER, *rows, ""]).encode()))
    assert "row 2: 50 rows hold NUL bytes (first: 2, 3, 4)" in message
    assert "(rule FILE-05)" in message


def test_the_first_rows_with_broken_bytes_are_named_and_counted(office: Workspace) -> None:
    rows = [ROW.replace("a1", f"b{n}").encode() for n in range(1000)]
    for at in (10, 11, *range(40, 70)):
        rows[at] = rows[at].replace("女".encode(), b"\xc4\xd0")
    message = refused(office, put(office, b"\n".join([HEADER.encode(), *rows, b""])))
    assert "row 12: 32 rows hold bytes that are not UTF-8, which the file was read as" in message
    assert "(first: 12, 13, 42)" in message
    assert "save the whole file as CSV UTF-8" in message


def test_rows_in_two_encodings_are_told_apart_and_counted(office: Workspace) -> None:
    utf8 = [ROW.replace("a1", f"b{n}").encode() for n in range(60)]
    gb = [ROW.replace("a1", f"c{n}").encode("gb18030") for n in range(40)]
    message = refused(office, put(office, b"\n".join([HEADER.encode(), *utf8, *gb, b""])))
    assert "police_20241231.csv row 62: " in message
    assert "61 rows are in UTF-8 (first: 1, 2, 3), 40 in GB18030 (first: 62, 63, 64)" in message
    assert "(rule FILE-05)" in message
    assert "张三" not in message


def test_the_row_in_another_encoding_is_named_and_not_the_first(office: Workspace) -> None:
    rows = [HEADER.encode(), ROW.encode(), ROW.replace("a1", "a2").encode("gb18030"), b""]
    message = refused(office, put(office, b"\n".join(rows)))
    assert "police_20241231.csv row 3: 2 rows are in UTF-8 (first: 1, 2), 1 in GB18030" in message
    assert "(rule FILE-05)" in message


def test_a_mixed_row_far_down_in_a_big_file_is_named(
    office: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files_text, "CHUNK", 1 << 16)
    monkeypatch.setattr(files_text, "_WHOLLY_CHECKED", 1 << 16)
    monkeypatch.setattr(files_text, "_CHECKED_START", 1 << 15)
    monkeypatch.setattr(files_damage, "_LOOKED_AT", 1 << 16)
    gb = [f"b{n},张三,,女,1949-12-31,四川省雅安市".encode("gb18030") for n in range(9000)]
    gb[5000:8000] = ["a2,欧阳修文博,,女,1949-12-31,四川省雅安市".encode()] * 3000
    content = b"\n".join([HEADER.encode("gb18030"), *gb, b""])
    message = refused(office, put(office, content))
    chunk = -(-content.index("欧阳".encode()) // (1 << 16)) << 16  # the first that begins after it
    row = content.count(b"\n", 0, chunk) + 1
    assert f"row {row}: " in message or f"row {row + 1}: " in message
    assert "the row is in UTF-8 and rows before it in GB18030" in message


BIG5_ROW = "a1,張三,11010519491231002X,女,1949-12-31,臺北市中正區忠孝東路"


@pytest.mark.parametrize("rows", [0, 1, 50])
def test_a_file_in_big5_is_called_so(office: Workspace, rows: int) -> None:
    text = "\n".join(["人員編號,姓名,身份證號,性別,出生日期,戶籍地", *[BIG5_ROW] * rows, ""])
    message = refused(office, put(office, text.encode("big5")))
    assert "police_20241231.csv: the file seems to be in Big5" in message
    assert "(rule FILE-05)" in message
    assert "save it as CSV UTF-8" in message


@pytest.mark.parametrize("rows", [1, 50])
def test_traditional_characters_in_gb18030_are_not_taken_for_big5(
    office: Workspace, rows: int
) -> None:
    lines = [BIG5_ROW.replace("a1", f"a{n}") for n in range(rows)]
    path = put(office, "\n".join([HEADER, *lines, ""]).encode("gb18030"))
    assert stored(office, add(office, path))[0]["name"] == "張三"


@pytest.mark.parametrize("encoding", ["utf-32", "utf-32-le", "utf-32-be"])
def test_a_file_in_utf_32_is_called_so(office: Workspace, encoding: str) -> None:
    message = refused(office, put(office, f"{HEADER}\n{ROW}\n".encode(encoding)))
    assert "police_20241231.csv: the file is in UTF-32" in message
    assert "(rule FILE-05)" in message
