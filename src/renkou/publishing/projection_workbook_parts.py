"""Cell formats, sheets of areas by years, and print setup of the projection workbook. Pure.

A sheet of figures has one row for each area, measure and statistic and one column for each year, so
that a filter leaves any table that is wanted. Text is written as text, never as formula.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from renkou.publishing.bulletin_layout import ems
from renkou.publishing.bulletin_numbers import rounded_number
from renkou.publishing.bulletin_tables import age_word
from renkou.publishing.projection_figures import ProjectedFigure, ProjectionFigures, SeriesKey
from renkou.publishing.projection_measures import Measure
from renkou.publishing.statistics_words import LEVEL_WORDS, SEX_WORDS

STATISTICS = {
    "value": "方案值", "median": "中位数", "low80": "80%下限", "high80": "80%上限", "low95": "95%下限",
    "high95": "95%上限",
}  # fmt: skip
MOMENTS = {"start": "年初", "year": "全年", "autumn": "秋季"}
_FONT = "Microsoft YaHei"
_A3, _A4 = 8, 9
_MOST_COLUMNS_ON_A4 = 16  # of numbers; thirty years are wider, and read on A3
HEADER_ROWS = 3


class Styles:
    """The cell formats of one workbook, made as they are needed."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._numbers: dict[tuple[int, bool], Format] = {}
        base = {"font_name": _FONT, "font_size": 10, "valign": "vcenter"}
        self._line = {**base, "bottom": 4, "bottom_color": "#C9CED6"}
        head = {**base, "bold": True, "bottom": 1, "text_wrap": True, "bg_color": "#EEF2F7"}
        self.title = book.add_format({**base, "bold": True, "font_size": 14})
        self.quiet = book.add_format({**base, "font_color": "#5B6674"})
        self.prose = book.add_format({**base, "text_wrap": True, "valign": "top"})
        self.link = book.add_format({**base, "font_color": "#1F5FA8", "underline": 1})
        self.section = book.add_format({**base, "bold": True, "font_size": 11, "bottom": 1})
        self.head = book.add_format({**head, "align": "left"})
        self.number_head = book.add_format({**head, "align": "right"})
        self.year_head = book.add_format({**head, "align": "right", "num_format": "0"})
        self.text = book.add_format({**self._line, "num_format": "@"})
        self.wrapped = book.add_format({**self._line, "text_wrap": True, "valign": "top"})
        self.year = book.add_format({**self._line, "num_format": "0", "align": "right"})

    def number(self, decimals: int, *, leading: bool = False) -> Format:
        """The format for values with so many decimals; the scenario's own are bold."""
        key = (decimals, leading)
        if key not in self._numbers:
            pattern = f"#,##0.{'0' * decimals}" if decimals else "#,##0"
            self._numbers[key] = self._book.add_format(
                {**self._line, "num_format": pattern, "bold": leading}
            )
        return self._numbers[key]


@dataclass(frozen=True)
class Column:
    """A column: its head, its width in characters, whether numbers stand in it."""

    head: str
    width: float
    number: bool = False


def begin_sheet(
    sheet: Worksheet, title: str, about: str, columns: Sequence[Column], styles: Styles
) -> None:
    """Title, one line of explanation and the heads of the label columns."""
    sheet.set_row(0, 24)
    sheet.write_string(0, 0, title, styles.title)
    sheet.write_string(1, 0, about, styles.quiet)
    sheet.set_row(2, 30)
    for at, column in enumerate(columns):
        sheet.set_column(at, at, column.width)
        sheet.write_string(2, at, column.head, styles.number_head if column.number else styles.head)


def end_sheet(sheet: Worksheet, title: str, rows: int, columns: int, labels: int) -> None:
    """Frozen panes, a filter over all columns, one page across with heads on each."""
    sheet.freeze_panes(HEADER_ROWS, labels)
    if rows:
        sheet.autofilter(HEADER_ROWS - 1, 0, HEADER_ROWS - 1 + rows, columns - 1)
    wide = columns > labels + _MOST_COLUMNS_ON_A4
    print_setup(sheet, title, repeated=HEADER_ROWS, paper=_A3 if wide else _A4)


def print_setup(sheet: Worksheet, title: str, *, repeated: int = 0, paper: int = _A4) -> None:
    """Landscape, as wide as the page, heads on every page, page numbers."""
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.set_paper(paper)
    sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    if repeated:
        sheet.repeat_rows(0, repeated - 1)
    sheet.set_header(f"&L{title.replace('&', '&&')}")
    sheet.set_footer("&R&P / &N")


def name_width(names: Iterable[str], least: float = 10.0, most: float = 28.0) -> float:
    """Characters that a column of names needs."""
    return min(most, max([least, *(2.1 * ems(name) + 2 for name in names)]))


def figures_sheet(
    sheet: Worksheet, title: str, figures: ProjectionFigures, series: Sequence[SeriesKey],
    styles: Styles,
) -> None:  # fmt: skip
    """Areas, measures and statistics down, years across: scenario values first, then quantiles."""
    measures = [figures.measure(key[0]) for key in series]
    columns = [
        Column("区域代码", 13), Column("区域", name_width(figures.areas.values())), Column("层级", 6),
        Column("项目", name_width([one.zh for one in measures], 12)), Column("性别", 6),
        Column("年龄", name_width([age_words(key[2]) for key in series], 8)), Column("单位", 7),
        Column("时点", 6), Column("统计量", 9),
    ]  # fmt: skip
    about = "方案值是本方案不计随机性的结果；各统计量可用筛选按钮选取；空白表示没有这一数值。"
    begin_sheet(sheet, title, about, columns, styles)
    years = _years(figures, series)
    for across, year in enumerate(years, start=len(columns)):
        sheet.write_number(2, across, year, styles.year_head)
    widest = max((abs(one.high95 or one.value or 0) for one in figures), default=0.0)
    sheet.set_column(
        len(columns), len(columns) + len(years) - 1, max(7.5, len(f"{widest:,.0f}") + 1.5)
    )
    down = HEADER_ROWS
    for key, statistic, found in _lines(figures, series, years):
        measure = figures.measure(key[0])
        one = next(figure for figure in found if figure is not None)
        for at, text in enumerate(_labels(one, measure, statistic)):
            sheet.write_string(down, at, text, styles.text)
        _numbers(sheet, down, len(columns), found, statistic, measure, styles)
        down += 1
    end_sheet(sheet, title, down - HEADER_ROWS, len(columns) + len(years), len(columns))


Line = tuple[SeriesKey, str, list[ProjectedFigure | None]]


def _lines(
    figures: ProjectionFigures, series: Sequence[SeriesKey], years: Sequence[int]
) -> Iterable[Line]:
    """Rows that hold any number: of each series the scenario for all areas, then each quantile."""
    for key in series:
        measure, sex, age = key
        by_area = {
            area: [figures.find(measure, area, year, sex, age) for year in years]
            for area in figures.areas
        }
        for statistic in STATISTICS:
            for found in by_area.values():
                if any(one is not None and getattr(one, statistic) is not None for one in found):
                    yield key, statistic, found


def _years(figures: ProjectionFigures, series: Sequence[SeriesKey]) -> list[int]:
    wanted = set(series)
    return sorted({one.year for one in figures if (one.measure, one.sex, one.age) in wanted})


def age_words(age: str) -> str:
    """An age as the workbook says it: 全部, 0—4岁, 65岁及以上."""
    return "全部" if age == "all" else age_word(age, "zh")


def _labels(one: ProjectedFigure, measure: Measure, statistic: str) -> list[str]:
    return [
        one.area, one.area_name, LEVEL_WORDS.get(one.level, one.level), measure.zh,
        SEX_WORDS[one.sex], age_words(one.age), measure.unit_zh, MOMENTS[measure.moment],
        STATISTICS[statistic],
    ]  # fmt: skip


def _numbers(
    sheet: Worksheet, down: int, start: int, found: Sequence[ProjectedFigure | None],
    statistic: str, measure: Measure, styles: Styles,
) -> None:  # fmt: skip
    style = styles.number(measure.decimals, leading=statistic == "value")
    for across, one in enumerate(found, start=start):
        value = getattr(one, statistic) if one is not None else None
        if value is None:
            sheet.write_blank(down, across, None, style)
        else:
            sheet.write_number(down, across, rounded_number(value, measure.decimals), style)
