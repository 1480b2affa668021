"""The charts that a projection's documents show, drawn from its content. Pure.

charts = [drawn_chart(one) for one in projection_pictures(made, history=history)]
word_projection(made, charts)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from renkou.publishing.bulletin_content import BulletinChart
from renkou.publishing.chart_media import as_png
from renkou.publishing.chart_style import Picture, Row
from renkou.publishing.charts_area_intervals import area_intervals, intervals_span
from renkou.publishing.charts_fan import fan_chart
from renkou.publishing.charts_pyramid_years import pyramid_then_and_now
from renkou.publishing.charts_scenarios import MOST_SCENARIOS, difference_bars, scenario_lines
from renkou.publishing.projection_annex import MANY_AREAS
from renkou.publishing.projection_content import (
    Comparison,
    Projection,
    Question,
    caption_for,
    interval_note,
)
from renkou.publishing.projection_figures import ProjectedFigure
from renkou.publishing.projection_text import lowest_areas, series_words

AREAS_PER_CHART = MANY_AREAS  # as many as a printed page holds


@dataclass(frozen=True)
class NamedPicture:
    """A picture, a name for its file, and the section of the document that it belongs to.

    `in_text` is False where one of several pages shows many areas: those are looked up, not read.
    """

    name: str
    section: str
    picture: Picture
    in_text: bool = True


def projection_pictures(made: Projection, *, history: Sequence[Row] = ()) -> list[NamedPicture]:
    """Fan of the total, areas and fan of each question, pyramids, scenarios, in the order of the document.

    Parameters
    ----------
    history : rows area, year, value of the total population before the base year
    """
    return [*_total(made, history), *_questions(made), *_pyramids(made), *_scenarios(made)]


def drawn_chart(one: NamedPicture, scale: float = 2) -> BulletinChart:
    """A picture as the Word document takes it."""
    caption = one.picture.caption
    title = f"{caption.title}（{caption.period}）"
    return BulletinChart(as_png(one.picture, scale), title, one.picture.alt_text, one.section)


def _rows(found: Sequence[ProjectedFigure]) -> list[dict[str, Any]]:
    return [asdict(one) for one in found]


def _notes(made: Projection) -> list[str]:
    note = interval_note(made.info)
    return [note] if note else []


def _total(made: Projection, history: Sequence[Row]) -> Iterator[NamedPicture]:
    info = made.info
    rows = _rows(made.figures.of("population", areas=[info.area]))
    if len(rows) < 2:
        return
    past = [
        row
        for row in history
        if str(row["area"]) == info.area and int(row["year"]) < info.base_year
    ]
    first = min([int(row["year"]) for row in past], default=info.base_year)
    caption = caption_for(info, made.measure("population"), f"{first}—{info.until}年")
    picture = fan_chart(rows, caption, base_year=info.base_year, history=past,
                        scenario=info.scenario_title, notes=_notes(made))  # fmt: skip
    yield NamedPicture("总人口", "population", picture)


def _questions(made: Projection) -> Iterator[NamedPicture]:
    """Areas of each question; the fan of each measure once."""
    drawn = {("population", "both", "all")}
    for asked in dict.fromkeys(made.questions):
        yield from _areas(made, asked)
        key = (asked.measure, asked.sex, asked.age)
        if key not in drawn:
            drawn.add(key)
            yield from _fan(made, asked)


def _fan(made: Projection, asked: Question) -> Iterator[NamedPicture]:
    info, measure = made.info, made.measure(asked.measure)
    rows = _rows(made.figures.of(asked.measure, sex=asked.sex, age=asked.age, areas=[info.area]))
    if len(rows) < 2:
        return
    name = series_words(measure, asked.sex, asked.age)
    years = [row["year"] for row in rows]
    caption = caption_for(info, measure, f"{min(years)}—{max(years)}年", title=f"{info.city}{name}")
    picture = fan_chart(rows, caption, base_year=info.base_year, scenario=info.scenario_title,
                        notes=_notes(made))  # fmt: skip
    yield NamedPicture(f"{name}走势", asked.section, picture)


def _areas(made: Projection, asked: Question) -> Iterator[NamedPicture]:
    """The lowest areas in one year, on several charts of one scale where they are many."""
    info, measure = made.info, made.measure(asked.measure)
    found = made.figures.of(asked.measure, sex=asked.sex, age=asked.age, areas=lowest_areas(made),
                            year=asked.year)  # fmt: skip
    if len(found) < 2:
        return
    rows = sorted(_rows(found), key=lambda row: -(row["value"] or 0.0))
    if measure.sensitivity.value == "fertility":
        rows = _rows(found)
    span, name = intervals_span(rows), series_words(measure, asked.sex, asked.age)
    pages = [rows[at : at + AREAS_PER_CHART] for at in range(0, len(rows), AREAS_PER_CHART)]
    for at, page in enumerate(pages, start=1):
        part = f"（{at}/{len(pages)}）" if len(pages) > 1 else ""
        caption = caption_for(info, measure, measure.year_words(asked.year),
                              title=f"{info.city}各区域{name}{part}")  # fmt: skip
        picture = area_intervals(page, caption, span=span, notes=_notes(made))
        yield NamedPicture(
            f"{asked.year}年各区域{name}{part}".replace("/", "-"), asked.section, picture,
            in_text=len(pages) == 1,
        )  # fmt: skip


def _pyramids(made: Projection) -> Iterator[NamedPicture]:
    info = made.info
    own = [row for row in made.ages if str(row["area"]) == info.area]
    first, last = (
        [row for row in own if int(row["year"]) == year] for year in (info.base_year, info.until)
    )
    if not (first and last):
        return
    total = made.figures.find("population", info.area, info.until)
    caption = caption_for(info, made.measure("population"), f"{info.base_year}年初与{info.until}年初",
                          title=f"{info.city}人口年龄结构")  # fmt: skip
    picture = pyramid_then_and_now(
        first, last, caption, base_year=info.base_year, later_year=info.until,
        totals=asdict(total) if total else None, notes=_notes(made),
    )  # fmt: skip
    yield NamedPicture("人口金字塔", "ages", picture)


def _scenarios(made: Projection) -> Iterator[NamedPicture]:
    compared, info = made.comparison, made.info
    if compared is None:
        return
    rows = [row for row in compared.rows if str(row["area"]) == info.area
            and (row.get("sex") or "both") == "both" and (row.get("age") or "all") == "all"]  # fmt: skip
    if not rows:
        return
    measure = made.measure(str(rows[0]["measure"]))
    rows = [row for row in rows if row["measure"] == measure.id]
    years = [int(row["year"]) for row in rows]
    period = f"{min(years)}—{max(years)}年"
    caption = caption_for(info, measure, period, title=f"{info.city}{measure.zh}：各方案比较")
    drawn, note = _scenarios_drawn(compared)
    rows = [row for row in rows if row["scenario"] in drawn]
    picture = scenario_lines(rows, drawn, caption, base_year=info.base_year, notes=note)
    yield NamedPicture("方案比较", "comparison", picture)
    lead = next(iter(compared.titles.values()))
    for name, title in list(compared.titles.items())[1:]:
        parts = [row for row in compared.differences if row["scenario"] == name
                 and str(row["area"]) == info.area and row["measure"] == measure.id]  # fmt: skip
        if parts:
            words = f"{info.city}{measure.zh}：{title}与{lead}之差"
            yield NamedPicture(
                f"差异分解 {title}", "comparison",
                difference_bars(parts, caption_for(info, measure, period, title=words),
                                components=compared.components),
            )  # fmt: skip


def _scenarios_drawn(compared: Comparison) -> tuple[dict[str, str], list[str]]:
    """As many scenarios as lines can be told apart, and a note that names the others."""
    titles = list(compared.titles.items())
    left = "、".join(title for _, title in titles[MOST_SCENARIOS:])
    note = [f"图中只画前{MOST_SCENARIOS}个方案，未画：{left}；各方案的数见表。"] if left else []
    return dict(titles[:MOST_SCENARIOS]), note
