"""Figures as a workbook in Chinese: how to read it, contents, a sheet for each indicator, tidy rows. Pure.

People read the wide sheets (areas by periods, each value with its interval); programs read the sheet
数据, whose columns are `renkou.core.figures.FIGURE_COLUMNS`. Text is written as text, never as formula.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, time
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from renkou.core.figures import FIGURE_COLUMNS, Definition, Sensitivity, period_words
from renkou.publishing.bulletin_figures import SEXES, Figure, Figures, age_order
from renkou.publishing.bulletin_layout import ems
from renkou.publishing.bulletin_tables import age_word
from renkou.publishing.statistics_words import (
    COLUMN_MEANINGS,
    DEFINITION_LABELS,
    HOW_TO_READ,
    LEVEL_WORDS,
    SENSITIVITY_WORDS,
    SEX_WORDS,
)

ROWS_PER_SHEET = 100_000  # a sheet holds ten times as many, but no program opens that quickly
_MANY = 50_000  # figures from which on the workbook is written through temporary files
_FONT = "Microsoft YaHei"
_COLUMNS_PER_PAGE = 18  # of numbers; more are printed on pages side by side
_HEADER_ROWS = 4  # title, unit and base, periods, value and interval
_LONGEST_SHEET_NAME = 31
_NOT_IN_SHEET_NAMES = str.maketrans("[]:*?/\\'", "（） ×？／＼’")
_MARKS = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_ABOUT, _CONTENTS, _DATA, _DEFINITIONS = "说明", "目录", "数据", "指标定义"

RowKey = tuple[str, str, str, str]  # area, its name, sex, age


@dataclass(frozen=True)
class WorkbookInfo:
    """What the first sheet says of the whole."""

    title: str  # 云川市人口统计数据
    source: str  # 人口登记册版本2024-06
    issuer: str
    issued: date
    contact: str = ""


class _Formats:
    """The cell formats of one workbook, made as they are needed."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._numbers: dict[int, Format] = {}
        self._base = {"font_name": _FONT, "font_size": 10, "valign": "vcenter"}
        self._line = {**self._base, "bottom": 4, "bottom_color": "#C9CED6"}
        self.title = book.add_format({**self._base, "bold": True, "font_size": 14})
        self.quiet = book.add_format({**self._base, "font_color": "#5B6674"})
        self.prose = book.add_format({**self._base, "text_wrap": True, "valign": "top"})
        head = {**self._base, "bold": True, "bottom": 1, "text_wrap": True}
        self.head = book.add_format({**head, "align": "left"})
        self.number_head = book.add_format({**head, "align": "right"})
        self.period = book.add_format({**head, "align": "center", "top": 2, "bottom": 4})
        self.text = book.add_format({**self._line, "num_format": "@"})
        self.wrapped = book.add_format({**self._line, "text_wrap": True, "valign": "top"})
        self.missing = book.add_format({**self._line, "align": "right", "font_color": "#5B6674"})
        self.link = book.add_format({**self._line, "font_color": "#1F5FA8", "underline": 1})
        self.plain = book.add_format({**self._base})

    def number(self, decimals: int) -> Format:
        """The format for values with so many decimals."""
        if decimals not in self._numbers:
            pattern = f"#,##0.{'0' * decimals}" if decimals else "#,##0"
            self._numbers[decimals] = self._book.add_format({**self._line, "num_format": pattern})
        return self._numbers[decimals]


@dataclass(frozen=True)
class _Sheet:
    """One sheet of an indicator: its name and the rows that it holds."""

    name: str
    definition: Definition
    rows: Sequence[RowKey]
    part: int
    parts: int


def statistics_workbook(
    rows: Iterable[Mapping[str, Any]],
    definitions: Sequence[Definition],
    info: WorkbookInfo,
    *,
    rows_per_sheet: int = ROWS_PER_SHEET,
) -> bytes:
    """The workbook's bytes; the same figures give the same bytes.

    Parameters
    ----------
    rows : published figures with the columns of `renkou.core.figures.FIGURE_COLUMNS`
    rows_per_sheet : where a sheet would hold more, it goes on in another of the same name

    Raises
    ------
    FiguresRefused
        If rows are at fault; see `renkou.publishing.bulletin_figures.Figures`.
    """
    figures = rows if isinstance(rows, Figures) else Figures(rows, definitions)
    many = len(figures) > _MANY
    options = {"strings_to_formulas": False, "strings_to_urls": False}
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {**options, "constant_memory" if many else "in_memory": True}
    )
    book.set_properties(
        {
            "title": info.title,
            "author": info.issuer,
            "created": datetime.combine(info.issued, time()),
        }
    )
    formats = _Formats(book)
    sheets = _sheets(figures, rows_per_sheet)
    tidy = _split(sorted(figures, key=_tidy_order), rows_per_sheet)
    names = [_numbered(_DATA, at, len(tidy)) for at in range(1, len(tidy) + 1)]
    _about(book.add_worksheet(_ABOUT), info, figures, formats, rows_per_sheet)
    _contents(book.add_worksheet(_CONTENTS), sheets, names, formats)
    for sheet in sheets:
        _indicator(book.add_worksheet(sheet.name), sheet, figures, formats)
    for name, part in zip(names, tidy, strict=True):
        _tidy(book.add_worksheet(name), part, figures, formats)
    _definitions(book.add_worksheet(_DEFINITIONS), figures.used_definitions(), formats)
    book.close()
    return buffer.getvalue()


def _tidy_order(figure: Figure) -> tuple[str, str, str, int, tuple[int, float]]:
    return (
        figure.indicator, figure.area, figure.period, SEXES.index(figure.sex), age_order(figure.age),
    )  # fmt: skip


def _split(rows: Sequence[Any], most: int) -> list[Sequence[Any]]:
    return [rows[at : at + most] for at in range(0, len(rows), most)]


def _numbered(name: str, at: int, of: int) -> str:
    """The name of a sheet that is one of several: 出生率(2)."""
    ending = f"({at})" if of > 1 else ""
    return f"{name[: _LONGEST_SHEET_NAME - len(ending)]}{ending}"


def _sheets(figures: Figures, most: int) -> list[_Sheet]:
    """The sheets of all indicators, in the order of their definitions, under names not used twice."""
    taken = {_ABOUT, _CONTENTS, _DATA, _DEFINITIONS}
    keys: dict[str, set[RowKey]] = {}
    for one in figures:
        key = (one.area, one.area_name, one.sex, one.age)
        keys.setdefault(one.indicator, set()).add(key)
    sheets = []
    for definition in figures.used_definitions():
        name = definition.zh.translate(_NOT_IN_SHEET_NAMES)[:_LONGEST_SHEET_NAME]
        if name.casefold() in taken:
            name = f"{name[: _LONGEST_SHEET_NAME - 1 - len(definition.id)]}_{definition.id}"
        taken.add(name.casefold())
        parts = _split(sorted(keys[definition.id], key=_row_order), most)
        sheets += [
            _Sheet(_numbered(name, at, len(parts)), definition, part, at, len(parts))
            for at, part in enumerate(parts, start=1)
        ]
    return sheets


def _row_order(key: RowKey) -> tuple[str, str, int, tuple[int, float]]:
    area, name, sex, age = key
    return area, name, SEXES.index(sex), age_order(age)


def _about(
    sheet: Worksheet, info: WorkbookInfo, figures: Figures, formats: _Formats, most: int
) -> None:
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 92)
    sheet.set_row(0, 26)
    sheet.write_string(0, 0, info.title, formats.title)
    bases = dict.fromkeys(one.base_zh for one in figures.used_definitions())
    periods = figures.periods()
    first, last = (period_words(one)[0] for one in (periods[0], periods[-1]))
    facts = [
        ("数据来源", info.source), ("发布单位", info.issuer), ("发布日期", f"{info.issued:%Y-%m-%d}"),
        ("时期", f"{first}至{last}（共{len(periods)}个时期）" if first != last else first),
        ("口径", "、".join(bases)), ("联系方式", info.contact),
    ]  # fmt: skip
    lines = [one for one in facts if one[1]] + list(HOW_TO_READ)
    if len(figures) > most:
        lines.append(("分表", f"每张工作表至多{most}行，超出部分续在同名加编号的工作表中。"))
    lines += [(f"数据列 {name}", COLUMN_MEANINGS[name]) for name in FIGURE_COLUMNS]
    for down, (label, text) in enumerate(lines, start=2):
        sheet.set_row(down, 16 * (1 + int(ems(text) / 46)))
        sheet.write_string(down, 0, label, formats.prose)
        sheet.write_string(down, 1, text, formats.prose)
    _print_setup(sheet, info.title)


def _contents(
    sheet: Worksheet, sheets: Sequence[_Sheet], data: Sequence[str], formats: _Formats
) -> None:
    columns = (("工作表", 34), ("指标", 34), ("单位", 12), ("口径", 22), ("行数", 10))
    for at, (label, width) in enumerate(columns):
        sheet.set_column(at, at, width)
        sheet.write_string(0, at, label, formats.head)
    for down, one in enumerate(sheets, start=1):
        sheet.write_url(down, 0, f"internal:'{one.name}'!A1", formats.link, one.name)
        facts = (one.definition.zh, one.definition.unit_zh, one.definition.base_zh)
        for at, text in enumerate(facts, start=1):
            sheet.write_string(down, at, text, formats.text)
        sheet.write_number(down, 4, len(one.rows), formats.number(0))
    for down, name in enumerate((*data, _DEFINITIONS), start=len(sheets) + 1):
        sheet.write_url(down, 0, f"internal:'{name}'!A1", formats.link, name)
    sheet.freeze_panes(1, 0)
    _print_setup(sheet, _CONTENTS, repeated=1)


class _Grid:
    """The columns of an indicator's sheet, and the marks of its reasons."""

    def __init__(self, sheet: _Sheet, figures: Figures) -> None:
        own = figures.of_indicator(sheet.definition.id)
        known = {one.period for one in own}
        self.periods = [one for one in figures.periods() if one in known]
        self.measures = ["值", "下限", "上限"] if any(one.has_interval for one in own) else ["值"]
        self.by_sex = any(one.sex != "both" for one in own)
        self.by_age = any(one.age != "all" for one in own)
        reasons = dict.fromkeys(one.note for one in own if one.value is None)
        self.marks = {reason: _mark(at) for at, reason in enumerate(reasons)}
        remarks = dict.fromkeys(one.note for one in own if one.value is not None and one.note)
        self.remarks = list(remarks)

    @property
    def labels(self) -> list[tuple[str, float]]:
        """Heading and width of the columns before the first period."""
        sex = [("性别", 8.0)] if self.by_sex else []
        age = [("年龄", 13.0)] if self.by_age else []
        return [("区划代码", 14.0), ("地区", 22.0), *sex, *age]

    def words(self, key: RowKey) -> list[str]:
        """The cells before the first period."""
        area, name, sex, age = key
        words = [area, name]
        words += [SEX_WORDS[sex]] if self.by_sex else []
        return words + ([age_word(age, "zh")] if self.by_age else [])


def _mark(at: int) -> str:
    return _MARKS[at] if at < len(_MARKS) else f"({at + 1})"


def _indicator(sheet: Worksheet, one: _Sheet, figures: Figures, formats: _Formats) -> None:
    grid, definition = _Grid(one, figures), one.definition
    labels, wide = grid.labels, len(grid.measures)
    for at, (_, width) in enumerate(labels):
        sheet.set_column(at, at, width)
    sheet.set_column(len(labels), len(labels) + wide * len(grid.periods), 12)
    more = f"（第{one.part}部分，共{one.parts}部分）" if one.parts > 1 else ""
    sheet.set_row(0, 24)
    sheet.set_row(1, 18)
    sheet.write_string(0, 0, f"{definition.zh}{more}", formats.title)
    unit = f"单位：{definition.unit_zh or '无'}；口径：{definition.base_zh}；区间：{definition.interval_zh}"
    sheet.write_string(1, 0, unit, formats.quiet)
    _headings(sheet, grid, formats)
    for down, key in enumerate(one.rows, start=_HEADER_ROWS):
        for at, text in enumerate(grid.words(key)):
            sheet.write_string(down, at, text, formats.text)
        area, _, sex, age = key
        for at, period in enumerate(grid.periods):
            found = figures.find(definition.id, area, period, sex, age)
            _value(sheet, down, len(labels) + wide * at, found, grid, definition, formats)
    for down, note in enumerate(_footnotes(grid), start=_HEADER_ROWS + len(one.rows) + 1):
        sheet.write_string(down, 0, note, formats.quiet)
    sheet.freeze_panes(_HEADER_ROWS, len(labels))
    across = -(-wide * len(grid.periods) // _COLUMNS_PER_PAGE)
    _print_setup(sheet, definition.zh, repeated=_HEADER_ROWS, columns=len(labels), across=across)


def _headings(sheet: Worksheet, grid: _Grid, formats: _Formats) -> None:
    """Two rows: the periods over their columns, then what each column holds."""
    labels, wide = grid.labels, len(grid.measures)
    for at in range(len(labels)):
        sheet.write_blank(2, at, None, formats.period)
    for at, period in enumerate(grid.periods):
        first, words = len(labels) + wide * at, period_words(period)[0]
        if wide > 1:
            sheet.merge_range(2, first, 2, first + wide - 1, words, formats.period)
        else:
            sheet.write_string(2, first, words, formats.period)
    for at, (label, _) in enumerate(labels):
        sheet.write_string(3, at, label, formats.head)
    for at in range(len(grid.periods)):
        for across, measure in enumerate(grid.measures):
            sheet.write_string(3, len(labels) + wide * at + across, measure, formats.number_head)


def _value(
    sheet: Worksheet, row: int, column: int, figure: Figure | None, grid: _Grid,
    definition: Definition, formats: _Formats,
) -> None:  # fmt: skip
    """The value and its interval; where it is not published, a mark that a footnote explains."""
    number = formats.number(definition.decimals)
    if figure is None:
        cells: list[float | None] = [None] * len(grid.measures)
    else:
        cells = [figure.value, figure.lower, figure.upper][: len(grid.measures)]
    for across, cell in enumerate(cells):
        if cell is not None:
            sheet.write_number(row, column + across, cell, number)
        elif across == 0 and figure is not None:
            sheet.write_string(row, column, f"…{grid.marks[figure.note]}", formats.missing)
        else:
            sheet.write_blank(row, column + across, None, number)


def _footnotes(grid: _Grid) -> Iterator[str]:
    for reason, mark in grid.marks.items():
        yield f"…{mark}：不予公布，{reason}"
    for remark in grid.remarks:
        yield f"注：{remark}"
    if "下限" in grid.measures:
        yield "下限、上限为95%区间的两端。"
    yield "数值经保密扰动处理，合计与分项之和可能不等；地区按区划代码排列，不分先后。"


def _tidy(sheet: Worksheet, rows: Sequence[Figure], figures: Figures, formats: _Formats) -> None:
    sheet.set_column(0, len(FIGURE_COLUMNS) - 1, 14)
    for at, name in enumerate(FIGURE_COLUMNS):
        sheet.write_string(0, at, name, formats.head)
    for down, one in enumerate(rows, start=1):
        for at, name in enumerate(FIGURE_COLUMNS):
            cell = getattr(one, name)
            if isinstance(cell, str):
                sheet.write_string(down, at, cell)
            elif cell is not None:
                sheet.write_number(down, at, cell)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(rows), len(FIGURE_COLUMNS) - 1)
    _print_setup(sheet, _DATA, repeated=1)


def _definitions(sheet: Worksheet, definitions: Sequence[Definition], formats: _Formats) -> None:
    names = sorted((one.name for one in fields(Definition)), key=lambda one: one.endswith("en"))
    for at, name in enumerate(names):
        sheet.set_column(at, at, 34 if "formula" in name or "interval" in name else 18)
        sheet.write_string(0, at, DEFINITION_LABELS[name], formats.head)
    for down, definition in enumerate(definitions, start=1):
        for at, name in enumerate(names):
            cell = getattr(definition, name)
            if isinstance(cell, int):
                sheet.write_number(down, at, cell, formats.wrapped)
            else:
                sheet.write_string(down, at, _said(name, cell), formats.wrapped)
    sheet.freeze_panes(1, 2)
    _print_setup(sheet, _DEFINITIONS, repeated=1, columns=2, across=2)


def _said(name: str, cell: str) -> str:
    """A cell of a definition, codes in words."""
    if name == "sensitivity":
        return SENSITIVITY_WORDS[Sensitivity(cell)]
    return LEVEL_WORDS.get(cell, cell) if name == "lowest_level" else cell


def _print_setup(
    sheet: Worksheet, title: str, *, repeated: int = 0, columns: int = 0, across: int = 1
) -> None:
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(across, 0)
    if repeated:
        sheet.repeat_rows(0, repeated - 1)
    if columns:
        sheet.repeat_columns(0, columns - 1)
    sheet.set_header(f"&L{title.replace('&', '&&')}")
    sheet.set_footer("&R&P / &N")
