"""The workbook of figures, read back as a spreadsheet program would."""

import io
from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import date

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from renkou.core.errors import FiguresRefused
from renkou.core.figures import FIGURE_COLUMNS, Definition
from renkou.publishing import statistics_workbook as module
from renkou.publishing.statistics_words import COLUMN_MEANINGS, DEFINITION_LABELS
from renkou.publishing.statistics_workbook import WorkbookInfo, statistics_workbook
from tests.publishing.bulletin_example import DEFINITIONS, row, rows

INFO = WorkbookInfo(
    "云川市人口统计数据", "人口登记册版本2024-06", "云川市统计局", date(2024, 7, 18), "0870-5550123"
)
BYTES = statistics_workbook(rows(), DEFINITIONS, INFO)


def read(data: bytes) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


@pytest.fixture
def book() -> Workbook:
    return read(BYTES)


def texts(book: Workbook, sheet: str) -> str:
    return "\n".join(
        str(cell.value) for line in book[sheet].iter_rows() for cell in line if cell.value
    )


def test_sheets_stand_in_the_order_of_the_definitions(book: Workbook) -> None:
    assert book.sheetnames == ["说明", "目录", *(one.zh for one in DEFINITIONS), "数据", "指标定义"]


def test_the_first_sheet_tells_source_base_intervals_and_disclosure(book: Workbook) -> None:
    said = texts(book, "说明")
    for words in (
        "人口登记册版本2024-06", "2023年上半年至2024年上半年（共2个时期）", "约有95%的区间包含真值",
        "随机扰动", "可能不等", "不排名",
    ):  # fmt: skip
        assert words in said
    assert "每张工作表至多" not in said


def test_the_contents_link_to_every_sheet(book: Workbook) -> None:
    links = [line[0].hyperlink for line in book["目录"].iter_rows(min_row=2)]
    places = {one.location.split("!")[0].strip("'") for one in links}
    assert places == set(book.sheetnames) - {"说明", "目录"}


def test_an_indicator_has_areas_down_and_periods_across_with_intervals(book: Workbook) -> None:
    sheet = book["出生率"]
    assert sheet["A1"].value == "出生率"
    assert "口径：常住人口" in sheet["A2"].value
    assert [cell.value for cell in sheet[3]][2:6:3] == ["2023年上半年", "2024年上半年"]
    assert [cell.value for cell in sheet[4]] == ["区划代码", "地区"] + ["值", "下限", "上限"] * 2
    assert [cell.value for cell in sheet[5]] == [
        "5301",
        "云川市",
        5.77,
        5.64,
        5.9,
        5.43,
        5.31,
        5.55,
    ]
    assert sheet["C5"].number_format == "#,##0.00"
    assert book["户籍人口"]["C5"].number_format == "#,##0"


def test_sex_and_age_have_columns_only_where_they_differ(book: Workbook) -> None:
    assert [cell.value for cell in book["常住人口"][4]][:4] == ["区划代码", "地区", "性别", "年龄"]
    assert [cell.value for cell in book["平均预期寿命"][4]][:3] == ["区划代码", "地区", "性别"]
    ages = [line[3].value for line in book["常住人口"].iter_rows(min_row=5, max_row=24)]
    assert ages[:3] == ["总计", "0—4岁", "5—9岁"]
    assert ages[18] == "85岁及以上"


def test_what_is_not_published_has_a_mark_and_a_footnote(book: Workbook) -> None:
    sheet = book["婴儿死亡率"]
    assert sheet["C5"].value == "…①"
    assert "…①：不予公布，分母不足30" in texts(book, "婴儿死亡率")
    assert sheet["F5"].value == 3.1


def test_the_tidy_sheet_holds_every_figure(book: Workbook) -> None:
    lines = list(book["数据"].iter_rows(values_only=True))
    assert lines[0] == FIGURE_COLUMNS
    wanted = {_rounded(each.values()) for each in rows()}
    assert {_rounded(one) for one in lines[1:]} == wanted


def _rounded(cells: Iterable[object]) -> tuple[object, ...]:
    """Cells as a spreadsheet keeps them: 15 digits, nothing for an empty text."""
    return tuple(round(one, 9) if isinstance(one, float) else one or None for one in cells)


def test_every_field_of_a_definition_and_every_column_has_a_word() -> None:
    assert set(DEFINITION_LABELS) == {one.name for one in fields(Definition)}
    assert set(COLUMN_MEANINGS) == set(FIGURE_COLUMNS)
    sheet = read(BYTES)["指标定义"]
    assert {cell.value for cell in sheet[1]} == set(DEFINITION_LABELS.values())
    assert sheet.max_row == 1 + len(DEFINITIONS)


def test_sheets_are_frozen_and_print_across_with_their_headings(book: Workbook) -> None:
    sheet = book["出生率"]
    assert sheet.freeze_panes == "C5"
    assert sheet.page_setup.orientation == "landscape"
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
    assert (sheet.print_title_rows, sheet.print_title_cols) == ("$1:$4", "$A:$B")


def test_many_rows_go_on_in_further_sheets() -> None:
    parts = read(statistics_workbook(rows(), DEFINITIONS, INFO, rows_per_sheet=30))
    assert {"常住人口(1)", "常住人口(2)", "数据(1)", "数据(2)"} <= set(parts.sheetnames)
    assert "常住人口" not in parts.sheetnames
    assert "每张工作表至多30行" in texts(parts, "说明")
    held = [parts[name].max_row - 1 for name in parts.sheetnames if name.startswith("数据")]
    assert sum(held) == len(rows())
    assert max(held) == 30


def test_a_large_workbook_holds_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MANY", 10)
    large = statistics_workbook(rows(), DEFINITIONS, INFO)
    assert large == statistics_workbook(rows(), DEFINITIONS, INFO)
    for sheet in read(BYTES):
        again = read(large)[sheet.title]
        assert list(again.iter_rows(values_only=True)) == list(sheet.iter_rows(values_only=True))


def test_text_never_becomes_a_formula_and_names_of_sheets_stay_apart() -> None:
    odd = replace(DEFINITIONS[0], id="odd", zh="比率[1/2]：" + "很长" * 20)
    same = replace(DEFINITIONS[0], id="same", zh="数据")
    made = [row("odd", 5.0, area_name="=1+1"), row("same", 5.0)]
    book = read(statistics_workbook(made, [odd, same], INFO))
    name = book.sheetnames[2]
    assert len(name) <= 31
    assert not set(name) & set("[]:*?/\\")
    assert book[name]["B5"].value == "=1+1"
    assert book[name]["B5"].data_type == "s"
    assert "数据_same" in book.sheetnames


def test_the_same_figures_are_the_same_bytes() -> None:
    assert statistics_workbook(rows(), DEFINITIONS, INFO) == BYTES
    assert read(BYTES).properties.created.date() == INFO.issued


def test_figures_at_fault_are_refused() -> None:
    with pytest.raises(FiguresRefused, match="every indicator has a definition"):
        statistics_workbook([row("tfr", 1.0)], DEFINITIONS, INFO)
