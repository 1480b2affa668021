"""What a year asks for in classes, teachers, places and beds, by area, as tables of the report. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from renkou.publishing.bulletin_content import Table
from renkou.publishing.bulletin_numbers import in_table
from renkou.publishing.projection_annex import areas_in_text
from renkou.publishing.projection_content import Projection
from renkou.publishing.projection_figures import ProjectedFigure
from renkou.publishing.projection_measures import STAGES
from renkou.publishing.projection_text import indented_name

_BEDS = ("maternity_beds", "childcare_places", "care_beds", "nursing_beds")
_ROUNDED_UP = (
    "按规划参数折算，各区域分别进位取整，下级之和可多于上级；缩进的区域是其上一级的一部分。"
)
_TABLES = (
    ("班级", tuple(f"classes_{stage}" for stage in STAGES)),
    ("教职工", tuple(f"teachers_{stage}" for stage in STAGES)),
    ("床位和托位", _BEDS),
)


def needs_tables(made: Projection, year: int, label: Callable[[], str]) -> Iterator[Table]:
    """Classes, teachers, and beds of the year: a table each that has figures.

    Parameters
    ----------
    label : the next table's number
    """
    for name, wanted in _TABLES:
        known = {one.id for one in made.figures.measures()}
        used = [one for one in wanted if one in known and _whole(made, one, year) is not None]
        if used:
            yield _table(made, year, name, used, label())


def _whole(made: Projection, measure: str, year: int) -> float | None:
    found = _find(made, measure, made.info.area, year)
    return found.value if found else None


def _find(made: Projection, measure: str, area: str, year: int) -> ProjectedFigure | None:
    """The figure of both sexes, of the ages that the measure is of: beds for people of 60 and over."""
    ages = [age for _, sex, age in made.figures.series(measure) if sex == "both"]
    return made.figures.find(measure, area, year, "both", ages[0]) if ages else None


def _table(made: Projection, year: int, name: str, used: Sequence[str], label: str) -> Table:
    rows = []
    for area in areas_in_text(made):
        found = [_find(made, one, area, year) for one in used]
        if any(found):
            cells = [in_table(one.value if one else None, 0) for one in found]
            rows.append((indented_name(area, made), *cells))
    measures = [made.measure(one) for one in used]
    units = dict.fromkeys(one.unit_zh for one in measures)
    header = [one.zh.removesuffix("需求").replace("需求（", "（") for one in measures]
    return Table(label, f"{made.info.city}{year}年{name}需求", "、".join(units), ("区域", *header),
                 tuple(rows), notes=(_ROUNDED_UP,))  # fmt: skip
