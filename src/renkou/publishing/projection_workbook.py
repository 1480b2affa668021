"""A projection as a workbook in Chinese: what it assumes, people, schools, planning, turning years. Pure.

Sheets without rows are left out. Text is written as text, never as formula.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import datetime, time

import xlsxwriter
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from renkou.publishing.bulletin_layout import ems
from renkou.publishing.projection_content import COMPONENTS, Projection, interval_note
from renkou.publishing.projection_figures import SeriesKey
from renkou.publishing.projection_sheets import (
    ages_sheet,
    chart_sheet,
    comparison_sheet,
    differences_sheet,
    schools_sheet,
    turning_sheet,
)
from renkou.publishing.projection_workbook_parts import Styles, figures_sheet, print_setup

_ABOUT = "说明"
_READING = (
    ("方案值与中位数", "方案值按所列假定逐年推算，不含随机性；中位数和区间来自随机轨迹，二者可以略有出入。"),
    ("区间", "80%区间：在所列不确定性之内，约十次有八次落在其中；95%区间更宽。区间不包括行政区划调整、"
             "政策的重大变化等未列入的因素。"),
    ("取整", "各数由未取整的结果分别四舍五入，未作机械调整：同一个数在各处都相同，"
             "分项之和与合计可能相差一两个单位；CSV 不取整，区域之和严格相等。班级、床位等在各区域进位。"),
    ("相加", "只有方案值可以相加；中位数和区间的上下限不能相加。"),
    ("时点", "年初为当年1月1日的存量；全年为当年1月1日至12月31日的发生数；秋季为当年9月开学时。"),
    ("生育", "生育水平、出生人数与出生人口性别比不排名，不作为任何区域或单位的考核目标。"),
)  # fmt: skip


def projection_workbook(made: Projection) -> bytes:
    """The workbook's bytes; the same projection gives the same bytes."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(buffer, options)
    info = made.info
    created = datetime.combine(info.issued, time())
    book.set_properties({"title": info.title, "author": info.issuer, "created": created})
    styles = Styles(book)
    sheets = _sheets(made)
    _about(book.add_worksheet(_ABOUT), made, [(name, what) for name, what, _ in sheets], styles)
    for name, _, write in sheets:
        write(book, book.add_worksheet(name), styles)
    book.close()
    return buffer.getvalue()


Writer = Callable[[Workbook, Worksheet, Styles], None]


def _sheets(made: Projection) -> list[tuple[str, str, Writer]]:
    """Name, what it holds and writer of each sheet that has rows."""
    figures, found = made.figures, []
    for name, what, series in _figure_sheets(made):
        if series:
            write = _figures_writer(made, f"{made.info.city}{name}", series)
            found.append((name, what, write))
    chart: list[tuple[str, str, Writer]] = []
    if figures.of("population", areas=[made.info.area]):
        chart = [
            ("总人口图", "总人口与区间的图，附绘图数据", lambda b, s, f: chart_sheet(b, s, made, f))
        ]
    found[1:1] = chart
    if made.ages:
        found.append(("分年龄", "单岁年龄、性别、年份的人数",
                      lambda _, s, f: ages_sheet(s, made, f)))  # fmt: skip
    if any(one.stage for one in figures.measures()):
        found.append(("学校", "各区域各学段的入学、在校、班级、教师",
                      lambda _, s, f: schools_sheet(s, made, f)))  # fmt: skip
    if made.turning_points:
        found.append(("转折年份", "各项目的最高、最低和转折年份",
                      lambda _, s, f: turning_sheet(s, made, f)))  # fmt: skip
    compared = made.comparison
    if compared is not None:
        found.append(("比较", "各方案并列", lambda _, s, f: comparison_sheet(s, made, compared, f)))
        if compared.differences:
            found.append(("差异分解", "方案之差按生育、死亡、迁移、年龄结构分解",
                          lambda _, s, f: differences_sheet(s, made, compared, f)))  # fmt: skip
    return found


def _figures_writer(made: Projection, title: str, series: Sequence[SeriesKey]) -> Writer:
    return lambda _, sheet, styles: figures_sheet(sheet, title, made.figures, series, styles)


def _figure_sheets(made: Projection) -> list[tuple[str, str, list[SeriesKey]]]:
    """The series of each sheet of figures, in the order of the rows."""
    figures = made.figures
    groups: dict[str, list[SeriesKey]] = {"total": [], "ages": [], "change": [], "planning": []}
    for key in figures.series():
        measure, age = figures.measure(key[0]), key[2]
        if measure.stage:
            continue
        if measure.group == "population":
            groups["total" if age == "all" else "ages"].append(key)
        elif measure.group == "structure":
            groups["ages"].append(key)
        else:
            groups["change" if measure.group in ("change", "rates") else "planning"].append(key)
    return [
        ("总人口", "各区域各年人口与区间", groups["total"]),
        ("年龄组", "各区域各年分年龄组人口与构成", groups["ages"]),
        ("人口变动", "出生、死亡、迁移及生育、寿命水平", groups["change"]),
        ("规划指标", "劳动力、老年照护、床位等", groups["planning"]),
    ]


def _about(
    sheet: Worksheet, made: Projection, sheets: Sequence[tuple[str, str]], styles: Styles
) -> None:
    for at, width in enumerate((18, 16, 62, 40, 12)):
        sheet.set_column(at, at, width)
    info = made.info
    sheet.set_row(0, 26)
    sheet.write_string(0, 0, info.title, styles.title)
    facts = [
        ("方案", info.scenario_title), ("基期", f"{info.base_year}年初（{info.base}）"),
        ("预测至", f"{info.until}年初"), ("数据来源", info.made_from), ("编制单位", info.issuer),
        ("编制日期", f"{info.issued:%Y-%m-%d}"), ("区间方法", interval_note(info) or "本方案没有计算区间。"),
        ("联系方式", info.contact),
    ]  # fmt: skip
    down = _prose(sheet, 2, [one for one in facts if one[1]], styles)
    down = _assumptions(sheet, down + 1, made, styles)
    parts = (
        ("怎样读", _READING),
        ("方法与局限", [("", text) for text in made.method]),
        ("须知", [("", text) for text in made.notes]),
        ("改为零的数", [("", text) for text in made.floors]),
    )
    for head, lines in parts:
        if lines:
            sheet.merge_range(down + 1, 0, down + 1, 4, "", styles.section)
            sheet.write_string(down + 1, 0, head, styles.section)
            down = _prose(sheet, down + 2, lines, styles)
    _contents(sheet, down + 1, sheets, styles)
    print_setup(sheet, info.title)


def _prose(
    sheet: Worksheet, down: int, lines: Sequence[tuple[str, str]], styles: Styles
) -> int:  # fmt: skip
    for label, text in lines:
        sheet.set_row(down, 16 * (1 + int(ems(text) / 64)))
        sheet.write_string(down, 0, label, styles.prose)
        sheet.merge_range(down, 1, down, 4, "", styles.prose)
        sheet.write_string(down, 1, text, styles.prose)
        down += 1
    return down


def _assumptions(sheet: Worksheet, down: int, made: Projection, styles: Styles) -> int:
    if not made.assumptions:
        return down
    sheet.merge_range(down, 0, down, 4, "", styles.section)
    sheet.write_string(down, 0, f"{made.info.scenario_title}的假定", styles.section)
    down += 1
    for at, head in enumerate(("分项", "范围", "假定", "来源", "日期")):
        sheet.write_string(down, at, head, styles.head)
    for one in made.assumptions:
        down += 1
        component = COMPONENTS[one.component].zh if one.component in COMPONENTS else one.component
        texts = (component, one.area, one.text, one.source, one.date)
        lines = max(
            1 + int(ems(text) / room) for text, room in zip(texts, (8, 7, 29, 18, 6), strict=True)
        )
        sheet.set_row(down, 16 * lines)
        for at, text in enumerate(texts):
            sheet.write_string(down, at, text, styles.wrapped)
    return down + 1


def _contents(
    sheet: Worksheet, down: int, sheets: Sequence[tuple[str, str]], styles: Styles
) -> None:
    sheet.merge_range(down, 0, down, 4, "", styles.section)
    sheet.write_string(down, 0, "工作表", styles.section)
    for name, what in sheets:
        down += 1
        sheet.write_url(down, 0, f"internal:'{name}'!A1", styles.link, name)
        sheet.merge_range(down, 1, down, 4, "", styles.prose)
        sheet.write_string(down, 1, what, styles.prose)
