"""The workbook holds what the page holds, as numbers and text, never as formulas."""

from __future__ import annotations

import dataclasses
import io
import re
import zipfile

import pytest
from python_calamine import CalamineWorkbook

from renkou.publishing.report_tables import TABLES
from renkou.publishing.report_workbook import report_workbook

from .example import example_report


@pytest.fixture(scope="module")
def written():
    return report_workbook(example_report())


def test_every_table_has_a_sheet_with_a_heading_row_and_all_its_rows(written):
    report = example_report()
    book = CalamineWorkbook.from_filelike(io.BytesIO(written))
    assert book.sheet_names[0] == "概况"
    assert book.sheet_names[-1] == "说明"
    for table, name in zip(TABLES, book.sheet_names[1:-1], strict=True):
        rows = book.get_sheet_by_name(name).to_python()
        assert rows[0] == [column.title.zh for column in table.columns]
        assert len(rows) - 1 == len(report.tables[table.name])


def test_counts_are_numbers(written):
    book = CalamineWorkbook.from_filelike(io.BytesIO(written))
    row = book.get_sheet_by_name("各地人口").to_python()[1]
    assert row[2:] == [6400.0, 7302.0, 902.0]


def test_the_headings_stay_in_sight(written):
    with zipfile.ZipFile(io.BytesIO(written)) as parts:
        assert 'state="frozen"' in parts.read("xl/worksheets/sheet2.xml").decode()


def test_a_cell_that_looks_like_a_formula_stays_text():
    report = example_report()
    rows = [{"list": "=cmd|' /C calc'!A0", "topic": "@x", "files": 1, "columns": 1}]
    data = report_workbook(
        dataclasses.replace(report, tables={**report.tables, "refused_columns": rows})
    )
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        sheets = [parts.read(name).decode() for name in parts.namelist() if "sheets/" in name]
    assert not any(re.search(r"<f[ >]", sheet) for sheet in sheets)


def test_the_same_report_gives_the_same_bytes(written):
    assert report_workbook(example_report()) == written
