"""The projection's workbook, read back as a spreadsheet program would; and what its content refuses."""

from __future__ import annotations

import io
from dataclasses import replace

import openpyxl
import pytest

from renkou.core.errors import FiguresRefused
from renkou.publishing.projection_content import Assumption, Question, TurningPoint, projection
from renkou.publishing.projection_measures import Measure
from renkou.publishing.projection_workbook import projection_workbook

from .projection_example import CITY, INFO, a_projection, figures

SOME = tuple(row for row in figures() if row["area"] in (CITY, f"{CITY}100", f"{CITY}108"))
MADE = a_projection(figures=SOME)


@pytest.fixture(scope="module")
def book():
    return openpyxl.load_workbook(io.BytesIO(projection_workbook(MADE)))


def lines(sheet):
    return [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]


def test_the_sheets_are_those_that_have_rows(book):
    assert book.sheetnames == ["说明", "总人口", "总人口图", "年龄组", "人口变动", "规划指标", "分年龄",
                               "学校", "转折年份", "比较", "差异分解"]  # fmt: skip
    bare = projection(INFO, [row for row in SOME if row["measure"] == "population"])
    names = openpyxl.load_workbook(io.BytesIO(projection_workbook(bare))).sheetnames
    assert names == ["说明", "总人口", "总人口图", "年龄组"]


def test_the_first_sheet_tells_scenario_assumptions_floors_and_links(book):
    said = [str(cell.value) for row in book["说明"].iter_rows() for cell in row if cell.value]
    for words in ("中方案", "人口登记册版本2024-12", "2025年 1.10，2035年 1.07，2055年 1.06", "2026-11-01",
                  "高山彝族乡 2051年 女 99岁：应为 −0.3人，改为 0 人"):  # fmt: skip
        assert words in said
    links = {cell.hyperlink.location.split("!")[0].strip("'")
             for row in book["说明"].iter_rows() for cell in row if cell.hyperlink}  # fmt: skip
    assert links == set(book.sheetnames) - {"说明"}


def test_the_total_has_areas_by_years_with_every_quantile(book):
    sheet = book["总人口"]
    head = [cell.value for cell in sheet[3]]
    assert head[:4] == ["区域代码", "区域", "层级", "项目"]
    assert head[9:] == list(range(2025, 2056))
    found = {(row[0], row[4], row[8]): row[9:] for row in lines(sheet)}
    wanted = MADE.figures.find("population", CITY, 2040)
    at = 2040 - 2025
    assert found[CITY, "合计", "方案值"][at] == wanted.value
    assert found[CITY, "合计", "80%下限"][at] == wanted.low80
    assert found[CITY, "合计", "95%上限"][at] == wanted.high95
    assert found[CITY, "合计", "80%下限"][0] is None  # nothing is uncertain in the base year
    assert len(found) == 3 * 3 * 6


def test_sheets_are_frozen_filtered_and_print_one_page_across_with_heads(book):
    for name in book.sheetnames[1:]:
        sheet = book[name]
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.page_setup.paperSize == (8 if sheet.max_column > 30 else 9)
        assert sheet.print_title_rows == "$1:$3"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToWidth in (None, 1)  # one is not written
        assert sheet.freeze_panes is not None
        if name != "总人口图":
            assert sheet.auto_filter.ref is not None
    assert book["总人口"].freeze_panes == "J4"
    assert book["总人口"]["J4"].number_format == "#,##0"
    share = next(
        row for row in book["年龄组"].iter_rows(min_row=4) if row[3].value == "65岁及以上人口占比"
    )
    assert share[9].number_format == "#,##0.0"


def test_ages_are_single_by_sex_and_year(book):
    found = {(row[0], row[2], row[3], row[4]): row[5:] for row in lines(book["分年龄"])}
    held = {(row["sex"], row["age"], row["year"]): row["value"] for row in MADE.ages}
    assert found[CITY, "男", "30", "方案值"][5] == held["male", 30, 2030]
    assert found[CITY, "女", "100+", "方案值"][0] == held["female", 100, 2025]
    assert len(found) == 2 * 101 * 3


def test_schools_have_a_row_for_each_area_stage_and_year(book):
    sheet = book["学校"]
    head = [cell.value for cell in sheet[3]]
    assert head[4:7] == ["入学新生", "入学新生下限", "入学新生上限"]
    assert {head[7], head[10], head[13]} == {"在校学生", "班级", "教师"}
    row = next(row for row in lines(sheet) if row[:4] == [f"{CITY}100", "城关街道", "小学", 2032])
    wanted = MADE.figures.find("entering_primary", f"{CITY}100", 2032)
    assert row[4:7] == [wanted.value, wanted.low80, wanted.high80]


def test_the_native_chart_stacks_the_band_on_its_lower_limit(book):
    first = next(row for row in lines(book["总人口图"]) if row[0] == 2040)
    one = MADE.figures.find("population", CITY, 2040)
    assert first[1] == one.value
    assert sum(first[3:7]) == one.high95
    assert sum(first[3:5]) == one.low80
    assert len(book["总人口图"]._charts) == 1


def test_scenarios_stand_beside_each_other_and_parts_sum_to_the_difference(book):
    row = lines(book["比较"])[-1]
    assert row[7] - row[6] == row[10]
    for row in lines(book["差异分解"]):
        assert sum(row[6:]) == row[5]
    turned = lines(book["转折年份"])
    assert [row[6] for row in turned] == [2025, 2031, None]


def test_turning_years_after_the_end_are_told_as_such():
    turns = [
        TurningPoint(CITY, "云川县", "births", "最高", 2048, 220.0, year_low80=2037,
                     year_high80=2054, open_high=True),
        TurningPoint(CITY, "云川县", "population", "最高", None, agreed=0.974),
    ]  # fmt: skip
    made = a_projection(figures=SOME, turning_points=turns)
    sheet = openpyxl.load_workbook(io.BytesIO(projection_workbook(made)))["转折年份"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]
    assert rows[0][6:10] == [2048, 220, 2037, "2054年或以后"]
    assert rows[1][6] is None
    assert rows[1][11] == "到期末仍在上升；97%的随机轨迹如此"


def test_text_is_never_a_formula():
    evil = '=HYPERLINK("x")'
    rows = [{**row, "area_name": evil} for row in SOME if row["measure"] == "population"]
    made = projection(replace(INFO, title=evil), rows, notes=[evil], floors=[evil],
                      assumptions=[Assumption("fertility", evil, evil, evil, evil)],
                      turning_points=[TurningPoint(CITY, evil, "population", evil, 2030)])  # fmt: skip
    for sheet in openpyxl.load_workbook(io.BytesIO(projection_workbook(made))):
        for row in sheet.iter_rows():
            assert all(cell.data_type != "f" for cell in row)


def test_the_same_projection_is_the_same_bytes():
    bare = projection(INFO, [row for row in SOME if row["measure"] == "births"])
    assert projection_workbook(bare) == projection_workbook(bare)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"measure": "joy"}, r"figures\[0\].measure = joy"),
        ({"sex": "男"}, "sex is both, male or female"),
        ({"age": "old"}, "sex is both, male or female"),
        ({"value": float("nan")}, "is a finite number"),
        ({"low80": 9.0, "high80": 8.0}, "is not above high80"),
        ({"low80": 1.0, "low95": 2.0}, "is not above low80"),
    ],
)
def test_rows_at_fault_are_refused(change, message):
    with pytest.raises(FiguresRefused, match=message) as refused:
        projection(INFO, [{**SOME[0], **change}])
    assert refused.value.zh


def test_content_that_does_not_hang_together_is_refused():
    with pytest.raises(FiguresRefused, match="stands once"):
        projection(INFO, [SOME[0], SOME[0]])
    with pytest.raises(FiguresRefused, match="at least one figure"):
        projection(INFO, [])
    short = {name: value for name, value in SOME[0].items() if name != "median"}
    with pytest.raises(FiguresRefused, match="add median"):
        projection(INFO, [short])
    with pytest.raises(FiguresRefused, match=r"info.area = 99"):
        projection(replace(INFO, area="99"), SOME)
    with pytest.raises(FiguresRefused, match=r"questions\[0\]"):
        projection(INFO, SOME, questions=[Question("population", 2090)])
    with pytest.raises(FiguresRefused, match="measure = joy"):
        MADE.measure("joy")


def test_a_measure_of_ones_own_is_taken():
    mine = Measure("joy", "笑声", "Laughs", "次", "laughs")
    made = projection(INFO, [{**SOME[0], "measure": "joy"}], measures=[mine])
    assert made.figures.measures() == [mine]
