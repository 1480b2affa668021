"""Sheets of the projection workbook beside areas by years: ages, schools, turning years, scenarios. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from renkou.publishing.bulletin_numbers import rounded, rounded_number
from renkou.publishing.chart_projections import value_span
from renkou.publishing.projection_content import COMPONENTS, Comparison, Projection, TurningPoint
from renkou.publishing.projection_figures import ProjectedFigure
from renkou.publishing.projection_measures import STAGES, Measure
from renkou.publishing.projection_workbook_parts import (
    HEADER_ROWS,
    MOMENTS,
    STATISTICS,
    Column,
    Styles,
    age_words,
    begin_sheet,
    end_sheet,
    name_width,
)
from renkou.publishing.statistics_words import SEX_WORDS

_BANDS = (("95%区间", "#D5E3F0"), ("80%区间", "#A9C6E0"), ("95%区间", "#D5E3F0"))
_OF_AGES = ("value", "low80", "high80")


def chart_sheet(book: Workbook, sheet: Worksheet, made: Projection, styles: Styles) -> None:
    """Total population of the whole as a native chart: bands, median and scenario."""
    found = made.figures.of("population", areas=[made.info.area])
    banded = [one for one in found if one.has_wide_interval]
    title = f"{made.info.city}总人口"
    columns = [Column("年份", 8, True), Column("方案值", 11, True)]
    if banded:
        heads = ("中位数", "95%下限", "至80%下限", "至80%上限", "至95%上限")
        columns += [Column(head, 11, True) for head in heads]
    about = (
        "绘图数据：自左起逐段累加为区间各界；基期没有不确定性的，各段为零。"
        if banded
        else "绘图数据。"
    )
    begin_sheet(sheet, title, about, columns, styles)
    for down, one in enumerate(found, start=HEADER_ROWS):
        sheet.write_number(down, 0, one.year, styles.year)
        for at, number in enumerate(_stack(one, bool(banded)), start=1):
            if number is not None:
                sheet.write_number(down, at, number, styles.number(0))
    sheet.insert_chart(
        HEADER_ROWS - 1, len(columns) + 1, _native_chart(book, sheet, made, found, banded)
    )
    end_sheet(sheet, title, 0, len(columns), 1)


def _stack(one: ProjectedFigure, banded: bool) -> list[float | None]:
    """Value, and the steps from the lowest limit up, which a stacked area adds."""
    if not banded:
        return [one.value]
    if one.low95 is None or one.low80 is None or one.high80 is None or one.high95 is None:
        return [one.value, one.value, one.value, 0.0, 0.0, 0.0]
    return [one.value, one.median, one.low95, one.low80 - one.low95, one.high80 - one.low80,
            one.high95 - one.high80]  # fmt: skip


def _native_chart(
    book: Workbook, sheet: Worksheet, made: Projection, found: Sequence[ProjectedFigure],
    banded: Sequence[ProjectedFigure],
) -> Any:  # fmt: skip
    name, first, last = sheet.get_name(), HEADER_ROWS, HEADER_ROWS + len(found) - 1
    years = [name, first, 0, last, 0]
    known = [v for one in found for v in (one.value, one.low95, one.high95) if v is not None]
    lines = book.add_chart({"type": "line"})
    series = [(1, made.info.scenario_title, {"color": "#1F4E79", "width": 2.5})]
    if banded:
        series.append((2, "中位数", {"color": "#B8541A", "width": 1.25, "dash_type": "dash"}))
    for at, label, line in series:
        lines.add_series({"name": label, "categories": years,
                          "values": [name, first, at, last, at], "line": line})  # fmt: skip
    chart = lines
    if banded:
        chart = book.add_chart({"type": "area", "subtype": "stacked"})
        chart.add_series({"name": "95%下限", "categories": years, "values": [name, first, 3, last, 3],
                          "fill": {"none": True}, "border": {"none": True}})  # fmt: skip
        for at, (label, colour) in enumerate(_BANDS, start=4):
            chart.add_series({"name": label, "categories": years,
                              "values": [name, first, at, last, at],
                              "fill": {"color": colour}, "border": {"none": True}})  # fmt: skip
        chart.combine(lines)
    low, high = value_span(known)
    font = {"name": "Microsoft YaHei", "size": 10}
    chart.set_title({"name": f"{made.info.city}总人口（{made.info.scenario_title}）",
                     "name_font": {**font, "size": 13}, "overlay": False})  # fmt: skip
    chart.set_x_axis({"num_font": font, "interval_unit": 5, "interval_tick": 5,
                      "position_axis": "on_tick"})  # fmt: skip
    chart.set_y_axis({"num_font": font, "min": low, "max": high, "num_format": "#,##0",
                      "major_gridlines": {"visible": True, "line": {"color": "#E6E9EE"}}})  # fmt: skip
    # The invisible base and the second half of the wider band would only repeat themselves.
    chart.set_legend(
        {"position": "bottom", "font": font, **({"delete_series": [0, 3]} if banded else {})}
    )
    chart.set_size({"width": 760, "height": 420})
    return chart


def ages_sheet(sheet: Worksheet, made: Projection, styles: Styles) -> None:
    """Single ages down, years across, by sex, for the areas whose ages were handed over."""
    names = made.figures.areas
    years = sorted({int(row["year"]) for row in made.ages})
    cells = {
        (str(row["area"]), row["sex"], int(row["age"]), int(row["year"])): row for row in made.ages
    }
    keys = sorted({key[:3] for key in cells}, key=lambda key: (list(names).index(key[0])
                  if key[0] in names else len(names), SEX_ORDER.get(key[1], 3), key[2]))  # fmt: skip
    oldest = max(key[2] for key in keys)
    columns = [Column("区域代码", 13), Column("区域", name_width(names.values())), Column("性别", 6),
               Column("年龄", 7), Column("统计量", 9)]  # fmt: skip
    title = f"{made.info.city}分年龄人口"
    begin_sheet(sheet, title, "单岁年龄，年初人数；最后一岁为该岁及以上。", columns, styles)
    for across, year in enumerate(years, start=len(columns)):
        sheet.write_number(2, across, year, styles.year_head)
    sheet.set_column(len(columns), len(columns) + len(years) - 1, 9)
    used = [one for one in _OF_AGES if any(row.get(one) is not None for row in made.ages)]
    down = HEADER_ROWS
    for statistic in used:
        for area, sex, age in keys:
            texts = (area, names.get(area, area), SEX_WORDS.get(sex, sex),
                     f"{age}+" if age == oldest else str(age), STATISTICS[statistic])  # fmt: skip
            for at, text in enumerate(texts):
                sheet.write_string(down, at, text, styles.text)
            for across, year in enumerate(years, start=len(columns)):
                value = cells.get((area, sex, age, year), {}).get(statistic)
                _cell(sheet, down, across, value, styles.number(0, leading=statistic == "value"))
            down += 1
    end_sheet(sheet, title, down - HEADER_ROWS, len(columns) + len(years), len(columns))


SEX_ORDER = {"both": 0, "male": 1, "female": 2}


def _cell(
    sheet: Worksheet, down: int, across: int, value: Any, style: Any, decimals: int = 0
) -> None:
    if value is None:
        sheet.write_blank(down, across, None, style)
    else:
        sheet.write_number(down, across, rounded_number(float(value), decimals), style)


def schools_sheet(sheet: Worksheet, made: Projection, styles: Styles) -> None:
    """A row for each area, school stage and year: entrants, pupils, classes, teachers with 80 %."""
    figures = made.figures
    about = [one for one in figures.measures() if one.stage]
    stages = list(dict.fromkeys(one.stage for one in about))
    kinds = list(dict.fromkeys(_kind(one) for one in about))
    found = {(one.stage, _kind(one)): one for one in about}
    columns = [Column("区域代码", 13), Column("区域", name_width(figures.areas.values())),
               Column("学段", 9), Column("年份", 7, True)]  # fmt: skip
    heads = [(kind, statistic) for kind in kinds for statistic in _OF_AGES]
    title = f"{made.info.city}学校"
    begin_sheet(
        sheet, title, "秋季开学时；下限、上限为80%区间。班级、教师按规划参数折算。", columns, styles
    )
    for across, (kind, statistic) in enumerate(heads, start=len(columns)):
        name = _kind_words(kind, about)
        text = name if statistic == "value" else f"{name}{STATISTICS[statistic][3:]}"
        sheet.write_string(2, across, text, styles.number_head)
        sheet.set_column(across, across, 11)
    down = HEADER_ROWS
    for area in figures.areas:
        for stage in stages:
            for year in figures.years:
                row = [figures.find(found[stage, kind].id, area, year) if (stage, kind) in found else None
                       for kind in kinds]  # fmt: skip
                if any(one is not None for one in row):
                    _school_row(sheet, down, (area, figures.areas[area], stage_words(stage)), year,
                                row, styles)  # fmt: skip
                    down += 1
    end_sheet(sheet, title, down - HEADER_ROWS, len(columns) + len(heads), len(columns))


def _school_row(
    sheet: Worksheet, down: int, texts: tuple[str, str, str], year: int,
    row: Sequence[ProjectedFigure | None], styles: Styles,
) -> None:  # fmt: skip
    for at, text in enumerate(texts):
        sheet.write_string(down, at, text, styles.text)
    sheet.write_number(down, 3, year, styles.year)
    numbers = [(one, statistic) for one in row for statistic in _OF_AGES]
    for across, (one, statistic) in enumerate(numbers, start=4):
        value = None if one is None else getattr(one, statistic)
        _cell(sheet, down, across, value, styles.number(0, leading=statistic == "value"))


def stage_words(stage: str) -> str:
    """The stage's name; the words themselves where it is none of ours."""
    return STAGES[stage].zh if stage in STAGES else stage


def _kind(measure: Measure) -> str:
    return measure.id.removesuffix(f"_{measure.stage}")


def _kind_words(kind: str, about: Sequence[Measure]) -> str:
    one = next(each for each in about if _kind(each) == kind)
    return one.zh.removeprefix(stage_words(one.stage))


def turning_sheet(sheet: Worksheet, made: Projection, styles: Styles) -> None:
    """The years in which something is largest, smallest or passes a mark."""
    columns = [Column("区域代码", 13), Column("区域", name_width(made.figures.areas.values())),
               Column("项目", 18), Column("性别", 6), Column("年龄", 11), Column("转折", 18),
               Column("年份", 8, True), Column("数值", 12, True), Column("80%最早", 15, True),
               Column("80%最晚", 15, True),
               Column("时点", 6), Column("说明", 40)]  # fmt: skip
    title = f"{made.info.city}转折年份"
    begin_sheet(sheet, title, "80%最早、最晚：约八成随机轨迹的转折年份在其间；年份空白的见说明。",
                columns, styles)  # fmt: skip
    for down, one in enumerate(made.turning_points, start=HEADER_ROWS):
        measure = made.measure(one.measure)
        texts = (
            one.area,
            one.area_name,
            measure.zh,
            SEX_WORDS[one.sex],
            age_words(one.age),
            one.what,
        )
        for at, text in enumerate(texts):
            sheet.write_string(down, at, text, styles.text)
        _cell(sheet, down, 6, one.year, styles.year)
        ends = ((8, one.year_low80, one.open_low), (9, one.year_high80, one.open_high))
        for at, year, is_open in ends:
            if year is not None and is_open:
                sheet.write_string(
                    down, at, f"{year}年或以{'前' if at == 8 else '后'}", styles.year
                )
            else:
                _cell(sheet, down, at, year, styles.year)
        _cell(sheet, down, 7, one.value, styles.number(measure.decimals), measure.decimals)
        sheet.write_string(down, 10, MOMENTS[measure.moment], styles.text)
        told = [one.never if one.year is None else "", _agreed(one), one.note]
        sheet.write_string(down, 11, "；".join(text for text in told if text), styles.text)
    end_sheet(sheet, title, len(made.turning_points), len(columns), 2)


def _agreed(one: TurningPoint) -> str:
    return "" if one.agreed is None else f"{rounded(100 * one.agreed, 0)}%的随机轨迹如此"


def comparison_sheet(
    sheet: Worksheet, made: Projection, compared: Comparison, styles: Styles
) -> None:
    """A row for each area, measure and year with the scenarios beside each other."""
    names = list(compared.titles)
    columns = [Column("区域代码", 13), Column("区域", name_width(made.figures.areas.values())),
               Column("项目", 18), Column("性别", 6), Column("年龄", 11),
               Column("年份", 7, True)]  # fmt: skip
    title = f"{made.info.city}方案比较"
    lead = compared.titles[names[0]]
    begin_sheet(sheet, title, f"各方案的值，及各方案与{lead}之差。", columns, styles)
    heads = [*compared.titles.values(), *(f"{compared.titles[name]}−{lead}" for name in names[1:])]
    for across, text in enumerate(heads, start=len(columns)):
        sheet.write_string(2, across, text, styles.number_head)
        sheet.set_column(across, across, 14)
    values: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in compared.rows:
        values.setdefault(_compared_key(row), {})[str(row["scenario"])] = row["value"]
    for down, (key, found) in enumerate(values.items(), start=HEADER_ROWS):
        decimals = _compared_labels(sheet, down, key, made, styles)
        first = found.get(names[0])
        numbers = [found.get(name) for name in names]
        gaps = [None if one is None or first is None else one - first for one in numbers[1:]]
        for across, value in enumerate([*numbers, *gaps], start=len(columns)):
            _cell(sheet, down, across, value, styles.number(decimals), decimals)
    end_sheet(sheet, title, len(values), len(columns) + len(heads), 3)


def _compared_key(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return (str(row["area"]), row.get("area_name") or row["area"], row["measure"],
            row.get("sex") or "both", row.get("age") or "all", int(row["year"]))  # fmt: skip


def _compared_labels(
    sheet: Worksheet, down: int, key: tuple[Any, ...], made: Projection, styles: Styles
) -> int:
    """The cells before the numbers; how many decimals these have."""
    area, name, measure, sex, age, year = key
    definition = made.measure(measure)
    texts = (area, str(name), definition.zh, SEX_WORDS[sex], age_words(age))
    for at, text in enumerate(texts):
        sheet.write_string(down, at, text, styles.text)
    sheet.write_number(down, 5, year, styles.year)
    return definition.decimals


def differences_sheet(
    sheet: Worksheet, made: Projection, compared: Comparison, styles: Styles
) -> None:
    """What each scenario's difference from the first comes from."""
    columns = [Column("方案", 16), Column("区域代码", 13),
               Column("区域", name_width(made.figures.areas.values())), Column("项目", 14),
               Column("年份", 7, True)]  # fmt: skip
    lead = next(iter(compared.titles.values()))
    title = f"{made.info.city}方案差异分解"
    begin_sheet(sheet, title, f"与{lead}之差，分解为各分项；各分项之和等于差。", columns, styles)
    heads = [
        "差",
        *(COMPONENTS[one].zh if one in COMPONENTS else one for one in compared.components),
    ]
    for across, text in enumerate(heads, start=len(columns)):
        sheet.write_string(2, across, text, styles.number_head)
        sheet.set_column(across, across, 12)
    for down, row in enumerate(compared.differences, start=HEADER_ROWS):
        measure = made.measure(str(row["measure"]))
        scenario = str(row["scenario"])
        texts = (compared.titles.get(scenario, scenario), str(row["area"]),
                 str(row.get("area_name") or row["area"]), measure.zh)  # fmt: skip
        for at, text in enumerate(texts):
            sheet.write_string(down, at, text, styles.text)
        sheet.write_number(down, 4, int(row["year"]), styles.year)
        for across, name in enumerate(("difference", *compared.components), start=len(columns)):
            _cell(sheet, down, across, row.get(name), styles.number(measure.decimals),
                  measure.decimals)  # fmt: skip
    end_sheet(sheet, title, len(compared.differences), len(columns) + len(heads), 3)
