"""One cell far from all others makes no program unfold what lies between; nothing hangs."""

from __future__ import annotations

import os
import re
import struct
import subprocess
import sys
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
import xlsxwriter

from renkou.core.errors import DataRefused, FileUnreadable
from renkou.engines import files_workbook
from renkou.engines.files import MemorySheet, open_sheets

TABLE = (("姓名", "性别"), ("张三", "男"))


def book_with(path: Path, far: Mapping[tuple[int, int], str | None]) -> Path:
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("名单")
    coloured = book.add_format({"bg_color": "#FFFF00"})
    for at, row in enumerate(TABLE):
        sheet.write_row(at, 0, row)
    for (row, column), text in far.items():
        if text is None:
            sheet.write_blank(row, column, None, coloured)
        else:
            sheet.write_string(row, column, text)
    book.close()
    return path


def rewritten(path: Path, pattern: bytes, new: bytes) -> Path:
    """The workbook with its worksheet's XML written as another program would."""
    with zipfile.ZipFile(path) as old:
        members = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            changed = re.sub(pattern, new, content) if "worksheets/" in name else content
            archive.writestr(name, changed)
    return path


FAR = [
    ((1_048_575, 16_383), "XFD1048576"),
    ((1_048_575, 59), "BH1048576"),
    ((1, 600), "WC2"),
]


# A fault here ends the process or takes gigabytes: it is shown in a process of its own.
@pytest.mark.parametrize(("at", "cell"), FAR)
def test_a_far_cell_is_refused_before_anything_is_unfolded(
    tmp_path: Path, at: tuple[int, int], cell: str
) -> None:
    path = book_with(tmp_path / "a.xlsx", {at: " "})
    script = (
        "import resource; resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))\n"
        "import sys, pathlib\n"
        "from renkou.core.errors import DataRefused\n"
        "from renkou.engines.files import open_sheets\n"
        "try:\n    open_sheets(pathlib.Path(sys.argv[1]))\n"
        "except DataRefused as error:\n    print(error)\n    print(error.zh)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-500:]
    assert f"a.xlsx sheet 名单 row {at[0] + 1}, {cell}: " in done.stdout
    assert "(rule FILE-09)" in done.stdout
    assert f"第 {at[0] + 1} 行 {cell}：" in done.stdout
    assert "删除" in done.stdout


@pytest.mark.parametrize(
    ("pattern", "new"),
    [
        (rb"<(/?)(\w)", rb"<\1x:\2"),
        (rb'<c r="([A-Z]+\d+)"', rb'<c s="0" r="\1"'),
        (rb'<c r="([A-Z]+\d+)"', rb"<c r='\1'"),
    ],
)
def test_a_far_cell_is_seen_however_it_is_written(
    tmp_path: Path, pattern: bytes, new: bytes
) -> None:
    path = rewritten(book_with(tmp_path / "a.xlsx", {(1_048_575, 59): "x"}), pattern, new)
    if b"x:" in new:
        path = rewritten(path, rb"xmlns=", rb"xmlns:x=")
    with pytest.raises(DataRefused, match="BH1048576"):
        open_sheets(path)


@pytest.mark.parametrize("chunk", [37, 64, 101])
def test_a_far_cell_is_seen_wherever_a_piece_of_the_file_ends(
    tmp_path: Path, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("renkou.engines.files_workbook_xml._CHUNK", chunk)
    path = book_with(tmp_path / "a.xlsx", {(1_048_575, 59): "x"})
    with pytest.raises(DataRefused, match="BH1048576"):
        open_sheets(path)


def test_the_column_that_stands_apart_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files_workbook, "LARGEST_SPARSE", 1_000)
    cells: dict[tuple[int, int], str | None] = {(row, 0): "x" for row in range(2, 200)}
    with pytest.raises(DataRefused, match="row 3, OK3: "):
        open_sheets(book_with(tmp_path / "a.xlsx", cells | {(2, 400): "x"}))


@pytest.mark.parametrize("form", [rb"<c \1/>", rb"<c \1></c>"])
def test_coloured_cells_far_away_are_no_content(tmp_path: Path, form: bytes) -> None:
    path = book_with(tmp_path / "a.xlsx", {(1_048_575, 16_383): None, (5, 700): None})
    sheet = open_sheets(rewritten(path, rb"<c ([^>]*)/>", form))[0]
    assert isinstance(sheet, MemorySheet)
    assert sheet.rows == [list(row) for row in TABLE]


def test_a_list_with_many_blank_cells_is_no_stray_cell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files_workbook, "LARGEST_SPARSE", 1_000)
    path = book_with(
        tmp_path / "a.xlsx", {(row, column): "x" for row in range(2, 200) for column in (0, 1, 20)}
    )
    sheet = open_sheets(path)[0]
    assert isinstance(sheet, MemorySheet)
    assert len(sheet.rows) == 200


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "a.parquet"])
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / name)
    (tmp_path / f"link-{name}").symlink_to(tmp_path / name)
    for path in (tmp_path / name, tmp_path / f"link-{name}"):
        with pytest.raises(FileUnreadable, match="not a regular file") as caught:
            open_sheets(path)
        assert "不是普通文件" in str(caught.value.zh)


def test_a_device_is_refused(tmp_path: Path) -> None:
    (tmp_path / "zero.csv").symlink_to("/dev/zero")
    with pytest.raises(FileUnreadable, match="not a regular file"):
        open_sheets(tmp_path / "zero.csv")


def test_a_folder_and_a_missing_file_are_called_so(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable) as caught:
        open_sheets(tmp_path)
    assert "是文件夹" in str(caught.value.zh)
    with pytest.raises(FileUnreadable) as caught:
        open_sheets(tmp_path / "nowhere.csv")
    assert "没有这个文件" in str(caught.value.zh)


def record(kind: int, content: bytes) -> bytes:
    """A record of the binary workbook."""
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    return head + bytes([len(content)]) + content


def wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def binary_book(path: Path, cells: Sequence[tuple[int, int, str | None]]) -> Path:
    """A workbook in records (.xlsb) with one sheet; blank cells have no text."""
    rows = b""
    for row, column, text in cells:
        rows += record(0, struct.pack("<I", row) + bytes(13))
        at = struct.pack("<II", column, 0)
        rows += {None: record(1, at), "=": record(8, at + wide("x") + bytes(10))}.get(
            text, record(6, at + wide(text or ""))
        )
    sheet = record(0x81, b"") + record(0x94, bytes(16)) + record(0x91, b"") + rows
    bundle = record(0x9C, struct.pack("<II", 0, 1) + wide("rId1") + wide("名单"))
    book = record(0x83, b"") + record(0x8F, b"") + bundle + record(0x90, b"") + record(0x84, b"")
    relation = (
        '<Relationships><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/'
        'officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.bin"/></Relationships>'
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/_rels/workbook.bin.rels", relation)
        archive.writestr("xl/workbook.bin", book)
        archive.writestr("xl/worksheets/sheet1.bin", sheet + record(0x92, b"") + record(0x82, b""))
    return path


def test_a_far_cell_of_a_binary_workbook_is_refused(tmp_path: Path) -> None:
    near: list[tuple[int, int, str | None]] = [(0, 0, "姓名"), (1, 0, "张三")]
    for far, name in (((1_048_575, 59), "BH1048576"), ((3, 600), "WC4")):
        with pytest.raises(DataRefused, match=rf"{name}: .*FILE-09"):
            open_sheets(binary_book(tmp_path / "a.xlsb", [*near, (*far, "x")]))
    sheet = open_sheets(binary_book(tmp_path / "a.xlsb", [*near, (1_048_575, 59, None)]))[0]
    assert isinstance(sheet, MemorySheet)
    assert sheet.rows == [["姓名"], ["张三"]]


def test_a_formula_of_a_binary_workbook_is_told(tmp_path: Path) -> None:
    path = binary_book(tmp_path / "a.xlsb", [(0, 0, "姓名"), (2, 0, "=")])
    sheet = open_sheets(path)[0]
    assert [(note.rule, note.row) for note in sheet.notes] == [("FILE-16", 3)]
