"""Text tables of every encoding and shape become cells, rows counted as a spreadsheet counts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from renkou.core.errors import FileUnreadable
from renkou.core.progress import silent
from renkou.engines.duckdb_engine import DuckDBEngine
from renkou.engines.files import open_sheets
from renkou.engines.files_csv import CsvSheet
from renkou.engines.plain_tables import plain_table

TEXT = "姓名,性别,住址\n张三,男,某路1号\n李四,女,某路2号\n"


def sheet_of(tmp_path: Path, content: bytes) -> CsvSheet:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    sheet = open_sheets(path)[0]
    assert isinstance(sheet, CsvSheet)
    return sheet


def rows_of(sheet: CsvSheet) -> list[tuple[Any, ...]]:
    table = sheet.load(range(sheet.width), silent).sort_by("row").to_pylist()
    return [(row["row"], *(row[f"c{at}"] for at in range(sheet.width))) for row in table]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"]
)
def test_every_encoding_of_offices_is_read(tmp_path: Path, encoding: str) -> None:
    rows = rows_of(sheet_of(tmp_path, TEXT.encode(encoding)))
    assert rows[1] == (2, "张三", "男", "某路1号")


@pytest.mark.parametrize("mark", [",", "\t", ";", "|"])
def test_every_delimiter_is_found(tmp_path: Path, mark: str) -> None:
    rows = rows_of(sheet_of(tmp_path, TEXT.replace(",", mark).encode()))
    assert rows[2] == (3, "李四", "女", "某路2号")


def test_characters_that_the_codec_leaves_private_are_repaired(tmp_path: Path) -> None:
    sheet = sheet_of(tmp_path, "姓名,性别\n".encode("gb18030") + b"\xfe\x59,1\n" * 2)
    assert rows_of(sheet)[1] == (2, "龴", "1")


def test_rare_characters_survive(tmp_path: Path) -> None:
    sheet = sheet_of(tmp_path, "姓名,性别\n𠀀三,男\n".encode("gb18030"))
    assert rows_of(sheet)[1] == (2, "𠀀三", "男")


def test_rows_are_counted_as_a_spreadsheet_counts_them(tmp_path: Path) -> None:
    text = '标题\r\n姓名,性别,住址\r\n\r\n张三,男,"上\r\n下"\r\n合计\r\n李四,女,x\r\n'
    rows = rows_of(sheet_of(tmp_path, text.encode()))
    assert [(row[0], row[1]) for row in rows] == [
        (1, "标题"), (2, "姓名"), (3, None), (4, "张三"), (5, "合计"), (6, "李四"),
    ]  # fmt: skip
    assert rows[3][3] == "上\r\n下"


def test_blanks_at_the_ends_of_cells_are_gone_and_blank_cells_null(tmp_path: Path) -> None:
    sheet = sheet_of(tmp_path, "姓名,性别,住址\n　张三 ,\u00a0,a b\n李四 , ,\n".encode())
    assert rows_of(sheet)[1:] == [(2, "张三", None, "a b"), (3, "李四", None, None)]


def test_a_lone_quotation_mark_inside_a_cell_is_text(tmp_path: Path) -> None:
    assert rows_of(sheet_of(tmp_path, '姓名,性别\n张"三,男\n'.encode()))[1] == (2, '张"三', "男")


def test_only_the_columns_asked_for_are_loaded(tmp_path: Path) -> None:
    table = sheet_of(tmp_path, TEXT.encode()).load([0, 2], silent)
    assert table.column_names == ["row", "fault", "c0", "c2"]


def test_trailing_separators_do_not_refuse_a_row(tmp_path: Path) -> None:
    rows = rows_of(sheet_of(tmp_path, "姓名,性别\n张三,男,,\n李四,女\n王五,男\n".encode()))
    assert rows[1] == (2, "张三", "男")


def test_a_table_that_is_called_a_workbook_is_read_as_text(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes(TEXT.replace(",", "\t").encode("gbk"))
    assert open_sheets(path)[0].head[1] == ["张三", "男", "某路1号"]


def test_a_truth_in_another_encoding_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "truth.csv"
    path.write_bytes("file,row,人员\na.csv,2,甲\n".encode("gb18030"))
    with DuckDBEngine() as engine, pytest.raises(FileUnreadable, match="CSV file in UTF-8"):
        plain_table(engine, path)
