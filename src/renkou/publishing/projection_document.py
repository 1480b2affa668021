"""A projection as a Word document in Chinese, set as GB/T 9704-2012 asks: answers come first. Pure."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import docx

from renkou.core.figures import Sensitivity
from renkou.publishing import bulletin_layout as layout
from renkou.publishing import bulletin_word_parts as parts
from renkou.publishing.bulletin_content import (
    Block,
    Bulletin,
    BulletinChart,
    BulletinInfo,
    Chart,
    Heading,
    Paragraph,
    Table,
)
from renkou.publishing.bulletin_numbers import in_table, rounded
from renkou.publishing.bulletin_word import word_bulletin
from renkou.publishing.chart_projections import rounded_ends
from renkou.publishing.projection_annex import areas_in_text, lowest_name, projection_annex
from renkou.publishing.projection_content import (
    COMPONENTS,
    Projection,
    Question,
    interval_note,
)
from renkou.publishing.projection_figures import ProjectedFigure
from renkou.publishing.projection_measures import Measure
from renkou.publishing.projection_needs import needs_tables
from renkou.publishing.projection_text import (
    answer,
    comparison_sentences,
    indented_name,
    series_words,
    turning_sentence,
)

INTERNAL = "内部资料"
_NUMERALS = "一二三四五六七八九十"
_STEP, _MOST_YEARS = 5, 8
_MOST_FLOORS = 20
_HOW_SURE = (
    "文中“约”字后的数字是{scenario}的结果；括号内为区间：约十次有八次落在80%区间之内，约二十次有十九次"
    "落在95%区间之内。区间的界限按其宽度取整。"
)
_SEE_ANNEX = "各{areas}的主要数字见附件；逐年数字、95%区间和各{areas}的图，见随附的工作簿和图。"
_PART_OF = "缩进的区域是其上一级的一部分，不能与上一级相加。"
_NO_INTERVALS = "本方案没有计算区间，文中各数是{scenario}所列假定之下的结果，不是对未来的断言。"


def word_projection(
    made: Projection,
    charts: Sequence[BulletinChart] = (),
    *,
    internal: bool = False,
    letterhead: bool = False,
) -> bytes:
    """The document's bytes; the same projection gives the same bytes.

    Parameters
    ----------
    charts : drawn elsewhere (see `projection_pictures`); `section` is population, ages, comparison
        or the section of a question; a chart of any other stands after those of the questions
    internal : whether 内部资料 stands above everything
    letterhead : whether the issuer stands in red above the title, as on a document that is sent out

    Raises
    ------
    FiguresRefused
        If a chart is not a PNG image.
    """
    info = made.info
    about = BulletinInfo(
        info.issuer, info.area, info.city, f"{info.base_year}—{info.until}年", info.made_from,
        info.issued, info.contact, info.document_number,
        secrecy=INTERNAL if internal and letterhead else None, letterhead=letterhead,
    )  # fmt: skip
    remark = f"（联系方式：{info.contact}）" if info.contact else ""
    setting = _Setting(made, charts)
    blocks = tuple(setting.blocks())
    annex = projection_annex(made, setting.next_label, _interval)
    document = word_bulletin(Bulletin(about, "zh", info.title, blocks, remark), annex)
    return _marked(document) if internal and not letterhead else document


def _marked(document: bytes) -> bytes:
    """The document with 内部资料 at its upper left."""
    opened = docx.Document(io.BytesIO(document))
    mark = opened.paragraphs[0].insert_paragraph_before(style=opened.styles["Normal"])
    run = parts.east_asian(mark.add_run(INTERNAL))
    properties = run._element.get_or_add_rPr()
    properties[:] = list(parts.run_properties(parts.BLACK_FONT, layout.BODY_SIZE))
    return parts.fixed_bytes(opened)


@dataclass
class _Setting:
    """The parts of one document in their order, tables and charts numbered as they come."""

    made: Projection
    charts: Sequence[BulletinChart]
    tables_before: Iterator[int] = field(default_factory=lambda: count(1))
    charts_before: Iterator[int] = field(default_factory=lambda: count(1))

    def next_label(self) -> str:
        """The number of the next table."""
        return f"表{next(self.tables_before)}"

    def blocks(self) -> Iterator[Block]:
        """Everything below the title."""
        sections = [one for one in self._sections() if one[1]]
        for at, (name, blocks) in enumerate(sections):
            yield Heading(f"{_NUMERALS[at]}、{name}")
            yield from blocks

    def _sections(self) -> Iterator[tuple[str, list[Block]]]:
        yield "主要结论", list(self._answers())
        yield "总人口", list(self._population())
        yield "分区域结果", list(self._by_area())
        yield "年龄结构", list(self._charts("ages"))
        yield "转折年份", list(self._turning())
        yield "方案比较", list(self._comparison())
        yield "假定", list(self._assumptions())
        yield "方法与局限", list(self._method())

    def _answers(self) -> Iterator[Block]:
        for at, one in enumerate(self.made.questions, start=1):
            yield Paragraph(f"{at}. {answer(one, self.made)}")
        info = self.made.info
        said = _HOW_SURE if info.trajectories else _NO_INTERVALS
        yield Paragraph(said.format(scenario=info.scenario_title) + interval_note(info))

    def _population(self) -> Iterator[Block]:
        figures, info = self.made.figures, self.made.info
        years = key_years(figures.years_of("population"), info.base_year)
        if not years:
            return
        rows = []
        for area in areas_in_text(self.made):
            found = [figures.find("population", area, year) for year in years]
            if any(found):
                cells = [in_table(one.value if one else None, 0) for one in found]
                rows.append((indented_name(area, self.made), *cells, _change(found)))
        label = self.next_label()
        header = ("区域", *(f"{year}年" for year in years), "增减（%）")
        yield Table(label, f"{info.city}总人口（{info.scenario_title}）", "人", header, tuple(rows),
                    notes=(f"各年1月1日的人口；增减为{years[-1]}年比{years[0]}年。{_PART_OF}",))  # fmt: skip
        yield from self._charts("population")

    def _by_area(self) -> Iterator[Block]:
        if self._many():
            yield Paragraph(_SEE_ANNEX.format(areas=lowest_name(self.made)))
        for at, asked in enumerate(self._asked_by_area()):
            measure = self.made.measure(asked.measure)
            name = f"{measure.year_words(asked.year)}{series_words(measure, asked.sex, asked.age)}"
            yield Heading(f"（{_numeral(at + 1)}）{name}", 2)
            if len(areas_in_text(self.made)) > 1:
                yield self._area_table(asked, measure, name)
            yield from self._charts(asked.section)
        yield from self._needs()
        shown = {
            "population",
            "ages",
            "comparison",
            *(one.section for one in self._asked_by_area()),
        }
        for section in dict.fromkeys(one.section for one in self.charts):
            if section not in shown:
                yield from self._charts(section)

    def _needs(self) -> Iterator[Block]:
        """Classes, teachers and beds of the year that is asked about."""
        years = [one.year for one in self.made.questions]
        tables = list(needs_tables(self.made, years[0], self.next_label)) if years else []
        if tables:
            yield Heading(f"（{_numeral(len(self._asked_by_area()) + 1)}）{years[0]}年规划需求", 2)
            yield from tables

    def _many(self) -> bool:
        """Whether the lowest areas are too many for the text."""
        return len(areas_in_text(self.made)) < len(self.made.figures.areas)

    def _asked_by_area(self) -> list[Question]:
        """Questions of which more than the whole is known, each once."""
        figures = self.made.figures
        return [
            one
            for one in dict.fromkeys(self.made.questions)
            if len(figures.of(one.measure, sex=one.sex, age=one.age, year=one.year)) > 1
        ]

    def _area_table(self, asked: Question, measure: Measure, name: str) -> Table:
        figures, info = self.made.figures, self.made.info
        found = figures.of(asked.measure, sex=asked.sex, age=asked.age, year=asked.year,
                           areas=areas_in_text(self.made))  # fmt: skip
        header = ["区域", info.scenario_title, "80%区间", "95%区间"]
        kept = (
            2 + any(one.has_interval for one in found) + any(one.has_wide_interval for one in found)
        )
        first = figures.years_of(asked.measure, asked.sex, asked.age)[0]
        compared = first != asked.year
        header = header[:kept] + ([f"{measure.year_words(first)}"] if compared else [])
        rows = []
        for one in found:
            before = figures.find(asked.measure, one.area, first, asked.sex, asked.age)
            cells = [
                indented_name(one.area, self.made),
                in_table(one.value, measure.decimals),
                *_intervals(one, measure),
            ][:kept]
            known = (
                [in_table(before.value if before else None, measure.decimals)] if compared else []
            )
            rows.append((*cells, *known))
        notes = (
            ("区域按既定顺序排列，不是排名。",)
            if measure.sensitivity is Sensitivity.FERTILITY
            else ()
        )
        return Table(self.next_label(), f"{info.city}{name}", measure.unit_zh, tuple(header),
                     tuple(rows), notes=notes)  # fmt: skip

    def _turning(self) -> Iterator[Block]:
        for one in self.made.turning_points:
            yield Paragraph(turning_sentence(one, self.made))

    def _comparison(self) -> Iterator[Block]:
        compared = self.made.comparison
        if compared is None:
            return
        for text in comparison_sentences(self.made):
            yield Paragraph(text)
        rows = [row for row in compared.rows if str(row["area"]) == self.made.info.area
                and (row.get("sex") or "both") == "both" and (row.get("age") or "all") == "all"]  # fmt: skip
        if rows:
            yield self._comparison_table(rows[0]["measure"], rows)
        yield from self._charts("comparison")

    def _comparison_table(self, name: str, rows: Sequence[Mapping[str, Any]]) -> Table:
        compared, measure = self.made.comparison, self.made.measure(name)
        values = {
            (row["scenario"], int(row["year"])): row["value"]
            for row in rows
            if row["measure"] == name
        }  # fmt: skip
        years = key_years(sorted({year for _, year in values}), self.made.info.base_year)
        titles = compared.titles if compared else {}
        cells = tuple(
            (title, *(in_table(values.get((key, year)), measure.decimals) for year in years))
            for key, title in titles.items()
        )
        header = ("方案", *(f"{year}年" for year in years))
        return Table(self.next_label(), f"各方案{self.made.info.city}{measure.zh}",
                     measure.unit_zh, header, cells)  # fmt: skip

    def _assumptions(self) -> Iterator[Block]:
        rows = tuple(
            (COMPONENTS[one.component].zh if one.component in COMPONENTS else one.component, one.area,
             one.text, one.source, one.date)
            for one in self.made.assumptions
        )  # fmt: skip
        if rows:
            title = f"{self.made.info.scenario_title}的假定"
            yield Table(self.next_label(), title, "",
                        ("分项", "范围", "假定", "来源", "日期"), rows, text_columns=5,
                        wide_text=True)  # fmt: skip

    def _method(self) -> Iterator[Block]:
        made, info = self.made, self.made.info
        texts = [
            f"本预测以{info.base_year}年1月1日{info.base}为基期，据{info.made_from}。",
            *made.method,
            *made.notes,
        ]
        for at, text in enumerate(texts, start=1):
            yield Paragraph(f"{at}. {text}")
        if made.floors:
            more = len(made.floors) - _MOST_FLOORS
            tail = f"；其余{more}条见工作簿“说明”" if more > 0 else ""
            yield Paragraph(
                f"{len(texts) + 1}. 计算结果为负的数已改为零："
                f"{'；'.join(made.floors[:_MOST_FLOORS])}{tail}。"
            )

    def _charts(self, section: str) -> Iterator[Chart]:
        for one in self.charts:
            if one.section == section:
                yield Chart(f"图{next(self.charts_before)}", one.caption, one.png, one.alt)


def key_years(years: Sequence[int], base_year: int) -> list[int]:
    """The base year, every fifth or tenth year after it, and the last: as many as a page holds.

    >>> key_years(range(2025, 2056), 2025), key_years(range(2024, 2041), 2024)
    ([2025, 2030, 2035, 2040, 2045, 2050, 2055], [2024, 2029, 2034, 2040])
    """
    if not years:
        return []
    first, last = max(base_year, min(years)), max(years)
    step = _STEP
    while (last - first) / step > _MOST_YEARS - 1:
        step += _STEP
    inner = [year for year in range(first, last, step) if last - year > step / 2]
    return [year for year in dict.fromkeys([first, *inner, last]) if year in years]


def _numeral(number: int) -> str:
    """A whole number up to 99 in Chinese.

    >>> _numeral(3), _numeral(12), _numeral(20)
    ('三', '十二', '二十')
    """
    tens, ones = divmod(number, 10)
    head = "" if not tens else "十" if tens == 1 else f"{_NUMERALS[tens - 1]}十"
    return head + (_NUMERALS[ones - 1] if ones else "")


def _change(found: Sequence[ProjectedFigure | None]) -> str:
    first, last = found[0], found[-1]
    if first is None or last is None or not first.value or last.value is None:
        return "…"
    return rounded(100 * (last.value / first.value - 1), 1)


def _intervals(one: ProjectedFigure, measure: Measure) -> list[str]:
    pairs = ((one.low80, one.high80), (one.low95, one.high95))
    return [_interval(low, high, measure) for low, high in pairs]


def _interval(low: float | None, high: float | None, measure: Measure) -> str:
    if low is None or high is None:
        return "…"
    ends = rounded_ends(low, high, measure.decimals)
    joint = "至" if ends[0] < 0 else "—"
    return joint.join(rounded(one, measure.decimals, thousands=True) for one in ends)
