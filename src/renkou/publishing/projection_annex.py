"""Figures of many small areas as tables to look up: one for each question, its key years. Pure.

A text that holds every township of a city is read by nobody: where the lowest areas are many, the
text tells the whole and the areas between, and these tables stand behind the signature.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from renkou.publishing.bulletin_content import Annex, Table
from renkou.publishing.bulletin_numbers import in_table
from renkou.publishing.projection_content import Projection, Question
from renkou.publishing.projection_text import LEVEL_NAMES, indented_name, lowest_areas, series_words

MANY_AREAS = 40  # more than a printed page holds
_YEARS_AHEAD = (5, 10, 20)


def areas_in_text(made: Projection) -> list[str]:
    """Codes of the areas that the text's own tables show: without the lowest where those are many."""
    lowest = set(lowest_areas(made))
    many = len(lowest) > MANY_AREAS
    return [code for code in made.figures.areas if not (many and code in lowest)]


def lowest_name(made: Projection) -> str:
    """What the lowest areas are called together.

    >>> from types import SimpleNamespace as Of
    >>> figures = Of(levels={"51": "prefecture", "510121100": "township"})
    >>> lowest_name(Of(figures=figures, info=Of(area="51")))
    '乡镇（街道）'
    """
    levels = {made.figures.levels[code] for code in lowest_areas(made)}
    return LEVEL_NAMES.get(levels.pop(), "区域") if len(levels) == 1 else "区域"


def projection_annex(
    made: Projection, label: Callable[[], str], interval: Callable[..., str]
) -> Annex | None:
    """Tables of all areas: people, then each question; None where the text holds them.

    Parameters
    ----------
    label : the next table's number
    interval : the ends of an interval as printed, from low, high and measure
    """
    if len(areas_in_text(made)) == len(made.figures.areas):
        return None
    asked = [Question("population", year) for year in _years_asked(made)]
    tables = []
    for one in dict.fromkeys([*asked, *made.questions]):
        rows = tuple(_rows(made, one, interval))
        if len(rows) > 1:
            tables.append(_table(made, one, rows, label()))
    return Annex(f"各{lowest_name(made)}主要数字", tuple(tables))


def _years_asked(made: Projection) -> list[int]:
    """The year that the questions are of, where they agree."""
    years = {one.year for one in made.questions}
    return sorted(years) if len(years) == 1 else [made.info.base_year]


def _key_years(made: Projection, asked: Question) -> list[int]:
    """The first year, that of the question, five, ten and twenty years on, and the last."""
    known = made.figures.years_of(asked.measure, asked.sex, asked.age)
    first, last = known[0], known[-1]
    wanted = {first, asked.year, last, *(first + ahead for ahead in _YEARS_AHEAD)}
    return [year for year in known if year in wanted]


def _rows(
    made: Projection, asked: Question, interval: Callable[..., str]
) -> Iterator[tuple[str, ...]]:
    figures, measure = made.figures, made.measure(asked.measure)
    years = _key_years(made, asked)
    for area in figures.areas:
        found = {
            year: figures.find(asked.measure, area, year, asked.sex, asked.age) for year in years
        }
        if not any(found.values()):
            continue
        cells = []
        for year, one in found.items():
            cells.append(in_table(one.value if one else None, measure.decimals))
            if year == asked.year:
                ends = (one.low80, one.high80) if one else (None, None)
                cells.append(interval(*ends, measure))
        yield (indented_name(area, made), *cells)


def _table(made: Projection, asked: Question, rows: Sequence[tuple[str, ...]], label: str) -> Table:
    measure, header = made.measure(asked.measure), ["区域"]
    for year in _key_years(made, asked):
        header.append(f"{year}年")
        if year == asked.year:
            header.append("80%区间")
    words = {"start": "各年1月1日", "year": "各年全年", "autumn": "各年秋季"}[measure.moment]
    name = series_words(measure, asked.sex, asked.age)
    notes = (
        f"{words}；{made.info.scenario_title}；80%区间为{asked.year}年的；缩进的区域是其上一级的一部分。",
    )
    return Table(label, f"各{lowest_name(made)}{name}", measure.unit_zh, tuple(header), tuple(rows),
                 compact=True, notes=notes)  # fmt: skip
