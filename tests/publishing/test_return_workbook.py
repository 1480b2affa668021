"""The workbook that goes back to a department can be read and printed."""

from __future__ import annotations

import io

import openpyxl

from renkou.publishing.return_workbook import Fault, ReturnList, ReturnRow, return_workbook


def test_reasons_wrap_and_a_page_is_as_wide_as_the_list():
    faults = [Fault("name", "cell", "姓名栏填的是占位文字"), Fault(None, "refused", "该行没有姓名")]
    row = ReturnRow("7", ("名册.xlsx", "甲村", 12, "本人"), {"name": "无"}, faults)
    returned = ReturnList("police", "公安户籍人口", "d", "2024-12-31", {"name": "姓名"}, [row])
    sheet = openpyxl.load_workbook(io.BytesIO(return_workbook(returned))).worksheets[0]
    assert sheet["B5"].value == "姓名：姓名栏填的是占位文字；该行没有姓名"
    assert sheet["B5"].alignment.wrap_text
    assert sheet.page_setup.orientation == "landscape"
    assert int(sheet.page_setup.fitToHeight) == 0
    assert sheet.print_title_rows in ("1:4", "$1:$4")


def test_a_row_is_as_high_as_its_reasons():
    faults = [Fault("name", "warning", "姓名含有不应出现的字符" * 5)]
    row = ReturnRow("7", ("名册.xlsx", "甲村", 12, "本人"), {"name": "无"}, faults)
    returned = ReturnList("police", "公安户籍人口", "d", "2024-12-31", {"name": "姓名"}, [row])
    sheet = openpyxl.load_workbook(io.BytesIO(return_workbook(returned))).worksheets[0]
    assert sheet.row_dimensions[5].height == 45
