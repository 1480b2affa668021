"""A statistical bulletin of an area and period, from published figures: which parts, in which order. Pure.

The content comes first and knows no file format; `bulletin_word` and `bulletin_pdf` set it. Parts follow
the groups of the definitions, so that an indicator added to the catalogue appears by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from renkou.core.errors import FiguresRefused
from renkou.core.figures import Definition, period_words
from renkou.publishing.bulletin_content import (
    SECTIONS,
    Block,
    Bulletin,
    BulletinChart,
    BulletinInfo,
    Chart,
    Heading,
    Language,
    Paragraph,
    Table,
    label,
)
from renkou.publishing.bulletin_figures import Figure, Figures
from renkou.publishing.bulletin_notes import notes, remark
from renkou.publishing.bulletin_tables import (
    age_table,
    area_tables,
    definition_table,
    parts_of,
    summary_table,
)
from renkou.publishing.bulletin_text import Change, ChineseText, may_be_compared, year_before
from renkou.publishing.bulletin_text_en import EnglishText
from renkou.publishing.words import LANGUAGES, Words

_TITLE = Words("{city}{period}人口统计公报", "Population Statistics of {city}, {period}")
_SEE = Words("（见{label}）", " (see {label})")
_SUMMARY = Words("{city}{section}主要指标（{period}）", "{section} of {city}, {period}")
_BY_AGE = Words("{city}分年龄{{names}}（{period}）", "{{names}} of {city} by age, {period}")
_BY_AREA = Words("{city}分地区{{names}}（{period}）", "{{names}} by area of {city}, {period}")
_DEFINITIONS = Words("指标定义与口径", "Definitions and bases of the indicators")
# What a printed bulletin tells by area, by the ids of the catalogue; the workbook has everything.
AREA_INDICATORS = (
    "usual_residents", "registered_population", "share_floating", "share_0_14", "share_65", "births",
    "birth_rate", "sex_ratio_at_birth", "deaths", "death_rate", "natural_increase_rate",
    "life_expectancy",
)  # fmt: skip
_SENTENCES_PER_PARAGRAPH = 3
_TEXTS: dict[str, ChineseText | EnglishText] = {"zh": ChineseText(), "en": EnglishText()}
_NUMERALS = "一二三四五六七八九十"


def compose_bulletin(
    rows: Iterable[Mapping[str, Any]],
    definitions: Sequence[Definition],
    info: BulletinInfo,
    charts: Sequence[BulletinChart] = (),
    language: Language = "zh",
    *,
    area_indicators: Sequence[str] = AREA_INDICATORS,
) -> Bulletin:
    """The bulletin of `info.area` and `info.period`, with sentences, tables and charts in place.

    Parameters
    ----------
    rows : published figures with the columns of `renkou.core.figures.FIGURE_COLUMNS`; those of the
        year before are compared with where they are among them
    definitions : of every indicator in the rows, in the order in which they are to be told
    area_indicators : which are told by area; the others are for the workbook. All, where the figures
        have none of them

    Raises
    ------
    FiguresRefused
        If rows are at fault (see `Figures`), the area or period has none, a chart belongs to no
        part, or the language is unknown.
    """
    if language not in LANGUAGES:
        raise FiguresRefused(
            "language", repr(language), "is 'zh' or 'en'", "name one of the two",
            zh="应为 'zh'（中文）或 'en'（英文）；请选其一",
        )  # fmt: skip
    figures = rows if isinstance(rows, Figures) else Figures(rows, definitions)
    _refuse_absent(figures, info)
    _refuse_misplaced(charts)
    writer = _Writer(figures, info, charts, language, area_indicators)
    title = _TITLE.in_language(language).format(city=info.city, period=writer.period)
    blocks = tuple(writer.blocks())
    return Bulletin(info, language, title, blocks, remark(info, language))


def _refuse_absent(figures: Figures, info: BulletinInfo) -> None:
    if not any(one.area == info.area for one in figures):
        raise FiguresRefused(
            "info.area", repr(info.area), "the bulletin's area has figures",
            "give the code that stands in the column area, or add its rows",
            zh="公报所述地区没有数值；请填写 area 列中的区划代码，或补上该地区的行",
        )  # fmt: skip
    if not any(one.area == info.area and one.period == info.period for one in figures):
        known = ", ".join(figures.periods())
        raise FiguresRefused(
            "info.period", repr(info.period), "the bulletin's period has figures of its area",
            f"compute that period, or take one of {known}",
            zh=f"该时期没有数值；请先计算该时期的指标，或改用已有时期：{known}",
        )  # fmt: skip


def _refuse_misplaced(charts: Sequence[BulletinChart]) -> None:
    for at, chart in enumerate(charts):
        if chart.section not in SECTIONS:
            raise FiguresRefused(
                f"charts[{at}].section", repr(chart.section), f"is one of {', '.join(SECTIONS)}",
                "name the part that it belongs to", zh="应为公报的一个部分；请改为上列之一",
            )  # fmt: skip


class _Writer:
    """Writes the parts one after another and numbers tables and charts as they come."""

    def __init__(
        self, figures: Figures, info: BulletinInfo, charts: Sequence[BulletinChart],
        language: Language, area_indicators: Sequence[str],
    ) -> None:  # fmt: skip
        self.area_indicators = frozenset(area_indicators)
        self.figures, self.info, self.charts = figures, info, charts
        self.language: Language = language
        self.text = _TEXTS[language]
        self.period = period_words(info.period)[1 if language == "en" else 0]
        self.parts = [code for code, _ in parts_of(figures, info.area, info.period)]
        self.tables = self.drawn = self.sections = 0

    def blocks(self) -> Iterator[Block]:
        """The whole body."""
        for name in SECTIONS:
            body = list(self._body(name))
            if body:
                self.sections += 1
                yield Heading(self._numbered(SECTIONS[name].in_language(self.language)))
                yield from body

    def _numbered(self, text: str) -> str:
        if self.language == "en":
            return f"{self.sections}. {text}"
        return f"{_NUMERALS[self.sections - 1]}、{text}"

    def _body(self, name: str) -> Iterator[Block]:
        if name == "areas":
            yield from self._areas()
        elif name == "notes":
            yield from self._notes()
        else:
            yield from self._indicators(name)
        for chart in self.charts:
            if chart.section == name:
                self.drawn += 1
                number = f"{label('chart', self.language)}{self.drawn}"
                yield Chart(number, chart.caption, chart.png, chart.alt)

    def _of_section(self, name: str) -> list[Definition]:
        return [one for one in self.figures.used_definitions() if section_of(one) == name]

    def _now(self, definition: Definition) -> Figure | None:
        return self.figures.find(definition.id, self.info.area, self.info.period)

    def _indicators(self, name: str) -> Iterator[Block]:
        definitions = self._of_section(name)
        told = [(one, now) for one in definitions if (now := self._now(one)) is not None]
        section = SECTIONS[name].in_language(self.language)
        caption = self._caption(_SUMMARY, section=section)
        table = summary_table(
            self.tables + 1, caption, self.figures, definitions, self.info.area, self.info.period,
            self.language,
        )  # fmt: skip
        yield from self._paragraphs(told, table)
        if table is not None:
            self.tables += 1
            yield table
        yield from self._age_tables(self._with_ages(name))

    def _with_ages(self, name: str) -> list[Definition]:
        """Indicators by age: those of the population stand with its structure."""
        if name == "population":
            return []
        more = self._of_section("population") if name == "structure" else []
        return [*more, *self._of_section(name)]

    def _age_tables(self, definitions: Sequence[Definition]) -> Iterator[Table]:
        for definition in definitions:
            table = age_table(
                self.tables + 1, self._caption(_BY_AGE), self.figures, definition, self.info.area,
                self.info.period, self.language,
            )  # fmt: skip
            if table is not None:
                self.tables += 1
                yield table

    def _caption(self, words: Words, **more: str) -> str:
        return words.in_language(self.language).format(
            city=self.info.city, period=self.period, **more
        )

    def _paragraphs(
        self, told: Sequence[tuple[Definition, Figure]], table: Table | None
    ) -> Iterator[Paragraph]:
        """A few sentences each, all of one time."""
        chunks = list(self._chunks(told))
        for at, chunk in enumerate(chunks):
            sentences = [self._sentence(*one) for one in chunk]
            opening = self.text.opening(chunk[0][0], self.info.city, self.info.period)
            see = self._see(table) if at == len(chunks) - 1 else ""
            yield Paragraph(self.text.paragraph(opening, sentences, see))

    def _chunks(
        self, told: Sequence[tuple[Definition, Figure]]
    ) -> Iterator[list[tuple[Definition, Figure]]]:
        for _, same in groupby(told, key=lambda one: self.text.when(one[0], self.info.period)):
            several = list(same)
            for at in range(0, len(several), _SENTENCES_PER_PARAGRAPH):
                yield several[at : at + _SENTENCES_PER_PARAGRAPH]

    def _see(self, table: Table | None) -> str:
        words = _SEE.in_language(self.language)
        return words.format(label=table.label) if table else ""

    def _sentence(self, definition: Definition, now: Figure) -> str:
        parts = [self.text.statement(definition, now)]
        if now.value is not None:
            parts += self._compared(definition, now)
        male, female = (
            self.figures.find(definition.id, self.info.area, self.info.period, sex)
            for sex in ("male", "female")
        )
        if male is not None and female is not None:
            parts.append(self.text.by_sex(definition, male, female))
        return self.text.sentence(parts)

    def _compared(self, definition: Definition, now: Figure) -> list[str]:
        earlier = year_before(self.info.period)
        before = self.figures.find(definition.id, self.info.area, earlier)
        change = Change.between(now, before)
        if change is not None:
            return [self.text.change(definition, change)]
        if before is not None:
            return [self.text.not_compared(definition, now.period, before)]
        return []

    def _areas(self) -> Iterator[Block]:
        definitions = self._of_areas()
        tables = list(
            area_tables(
                self.tables + 1, self._caption(_BY_AREA), self.figures, definitions,
                self.info.area, self.info.city, self.info.period, self.language,
            )
        )  # fmt: skip
        if not tables:
            return
        first, last = tables[0].label, tables[-1].label
        yield Paragraph(self.text.areas_opening(len(self.parts), first, last))
        yield from self._comparisons([one for one in definitions if may_be_compared(one)])
        self.tables += len(tables)
        yield from tables

    def _of_areas(self) -> list[Definition]:
        """The indicators told by area: the chosen ones where the figures have any of them."""
        used = [one for one in self.figures.used_definitions() if self._of_parts(one)]
        return [one for one in used if one.id in self.area_indicators] or used

    def _comparisons(self, definitions: Sequence[Definition]) -> Iterator[Paragraph]:
        alike = []
        for definition in definitions:
            now, found = self._now(definition), self._of_parts(definition)
            if now is None or now.value is None or not any(one.has_interval for one in found):
                continue
            said = self.text.compared_areas(definition, now, found)
            if said:
                yield Paragraph(said)
            else:
                alike.append(definition)
        if alike:
            yield Paragraph(self.text.none_apart(alike, self.info.city))

    def _of_parts(self, definition: Definition) -> list[Figure]:
        period = self.info.period
        found = (self.figures.find(definition.id, code, period) for code in self.parts)
        return [one for one in found if one is not None]

    def _notes(self) -> Iterator[Block]:
        used = self.figures.used_definitions()
        self.tables += 1
        table = definition_table(
            self.tables, _DEFINITIONS.in_language(self.language), used, self.language
        )
        now = (one for one in self.figures if one.period == self.info.period)
        outside = any(one.is_outside for one in now)
        for text in notes(self.info, used, table.label, self.language, outside=outside):
            yield Paragraph(text)
        yield table


def section_of(definition: Definition) -> str:
    """The part of the bulletin that tells an indicator; of an unknown group the last but one."""
    return definition.group if definition.group in SECTIONS else "quality"
