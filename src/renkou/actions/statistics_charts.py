"""The charts of a statistical publication, from figures that may be published."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from renkou.core.areas import LEVEL_DIGITS
from renkou.core.figures import Definition, Sensitivity, months_of
from renkou.demography.areas.area_ranks import ranks_with_intervals
from renkou.demography.areas.funnel_plots import LEVELS, funnel_limits
from renkou.demography.indicators.catalogue import catalogue
from renkou.demography.indicators.cells import FIVE_YEARS, age_label
from renkou.publishing.chart_style import Caption, Picture, caption_of
from renkou.publishing.charts_comparison import area_bars, ranked_bars
from renkou.publishing.charts_funnel import funnel_plot
from renkou.publishing.charts_lexis import lexis_heat_map
from renkou.publishing.charts_map import area_map
from renkou.publishing.charts_population import population_pyramid
from renkou.publishing.charts_series import time_series
from renkou.publishing.charts_tiles import MOST_TILES, tile_grid_map
from renkou.publishing.words import Words

Row = Mapping[str, Any]
_SEED = 20_20  # of the draws behind rank intervals: the same figures have the same picture
_CURVE_POINTS = 60
_FIVE = {age_label(span) for span in FIVE_YEARS}
FEWEST_IN_A_SERIES = 3


@dataclass(frozen=True)
class Drawing:
    """One chart of a publication: the name of its file, and the part of a bulletin it belongs to."""

    name: str
    section: str
    picture: Picture


@dataclass(frozen=True)
class Publication:
    """What charts are drawn of: figures of one area, what lies in it, and a period.

    rows : of `core.figures.FIGURE_COLUMNS`; names : of areas by code; geojson : a map of the user's
    """

    rows: Sequence[Row]
    area: str
    period: str
    source: str
    names: Mapping[str, str]
    language: str = "zh"
    geojson: str | None = None
    by_indicator: dict[str, list[Row]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for row in self.rows:
            self.by_indicator.setdefault(row["indicator"], []).append(row)

    def of(self, indicator: str, **wanted: Any) -> list[Row]:
        """Rows of an indicator with these values in their columns; a collection allows any of its own."""
        return [
            row
            for row in self.by_indicator.get(indicator, [])
            if all(
                row[name] in value if isinstance(value, set) else row[name] == value
                for name, value in wanted.items()
            )
        ]

    def caption(
        self, indicator: str, rows: Sequence[Row], title: Words | None = None, *, drawn: bool = True
    ) -> Caption:
        """Title, base, period and interval of a chart; no interval where none is `drawn`."""
        place = self.names.get(self.area, "")
        found = caption_of(definition_of(indicator), rows, self.source, self.language, place)
        if title is not None:
            said = title.in_language(self.language)
            joint = ": " if self.language == "en" else ""
            found = replace(found, title=f"{place}{joint}{said}")
        return found if drawn else replace(found, interval="")

    @property
    def level_below(self) -> str:
        """The tier of the areas that are compared: townships of a small city, else counties."""
        return "county" if len(self.area) < LEVEL_DIGITS["county"] else "township"

    def like_period(self) -> set[str]:
        """All periods as long as this one: halves of a half, years of a year."""
        start, end = months_of(self.period)
        lengths = {row["period"] for row in self.by_indicator.get("usual_residents", [])}
        return {one for one in lengths if months_of(one)[1] - months_of(one)[0] == end - start}


def definition_of(indicator: str) -> Definition:
    """What the catalogue says of an indicator."""
    return catalogue()[indicator].definition


def drawings(published: Publication) -> list[Drawing]:
    """Every chart for which there are figures."""
    makers: Sequence[tuple[str, str, Callable[[Publication], Picture | None]]] = (
        ("人口金字塔", "structure", pyramid),
        ("常住人口走势", "population", people_over_time),
        ("出生率走势", "births", lambda one: series(one, "birth_rate")),
        ("死亡率走势", "deaths", lambda one: series(one, "death_rate")),
        ("死亡率漏斗图", "areas", funnel),
        ("年龄别死亡率", "deaths", lexis),
        ("各地出生率", "areas", lambda one: compared(one, "birth_rate")),
        ("各地65岁及以上人口占比", "areas", lambda one: compared(one, "share_65")),
        ("各乡镇老龄化程度", "areas", mapped),
    )
    made = ((name, section, make(published)) for name, section, make in makers)
    return [Drawing(name, section, picture) for name, section, picture in made if picture]


def pyramid(published: Publication) -> Picture | None:
    """Usual residents by age and sex at the end of the period, and five years before as an outline."""
    wanted = {"area": published.area, "sex": {"male", "female"}, "age": _FIVE}
    rows = published.of("usual_residents", period=published.period, **wanted)
    if not rows:
        return None
    earlier = sorted(published.like_period())[0]
    outline = published.of("usual_residents", period=earlier, **wanted)
    drawn = outline if earlier != published.period else []
    title = Words("人口年龄性别构成", "population by age and sex")
    caption = published.caption("usual_residents", rows, title, drawn=False)
    return population_pyramid(rows, caption, outline=drawn)


def people_over_time(published: Publication) -> Picture | None:
    """Usual residents, as estimated with their interval where an audit allows it, else as registered."""
    estimated = series(published, "usual_residents_estimated")
    return estimated or series(published, "usual_residents")


def series(published: Publication, indicator: str) -> Picture | None:
    """One indicator of the area in all periods of the same length."""
    rows = published.of(
        indicator, area=published.area, sex="both", age="all", period=published.like_period()
    )
    if len(rows) < FEWEST_IN_A_SERIES:
        return None
    told = definition_of(indicator)
    title = Words(f"{told.zh}变化", f"{told.en} over time")
    return time_series(rows, published.caption(indicator, rows, title))


def lexis(published: Publication) -> Picture | None:
    """Death rates by age and year."""
    rows = published.of("age_specific_death_rate", area=published.area, sex="both")
    known = [row for row in rows if row["value"] is not None]
    # Where most of the plane would be blank there is nothing to see.
    if len({row["period"] for row in known}) < FEWEST_IN_A_SERIES or len(known) < len(rows) / 2:
        return None
    return lexis_heat_map(rows, published.caption("age_specific_death_rate", rows))


def _areas_below(published: Publication, indicator: str, level: str) -> list[Row]:
    rows = published.of(indicator, level=level, period=published.period, sex="both", age="all")
    # Areas of former times have nobody, and need no dot.
    return [row for row in rows if row["value"] is not None or (row["denominator"] or 0) > 0]


def compared(published: Publication, indicator: str) -> Picture | None:
    """Areas with intervals: ranked where the indicator may be, else in the order of their codes."""
    rows = _areas_below(published, indicator, published.level_below)
    if len(rows) < 2:
        return None
    whole = published.of(
        indicator, area=published.area, period=published.period, sex="both", age="all"
    )
    reference = whole[0]["value"] if whole else None
    told = definition_of(indicator)
    title = Words(f"各县区{told.zh}", f"{told.en} by county")
    if published.level_below == "township":
        title = Words(f"各乡镇街道{told.zh}", f"{told.en} by township")
    caption = published.caption(indicator, rows, title)
    if definition_of(indicator).sensitivity is Sensitivity.FERTILITY:
        return area_bars(rows, caption, reference=reference)
    return ranked_bars(_with_ranks(rows, indicator), caption, reference=reference)


def _with_ranks(rows: Sequence[Row], indicator: str) -> list[Row]:
    known = [row for row in rows if row["value"] is not None and row["denominator"]]
    found = ranks_with_intervals(
        [row["numerator"] for row in known], [row["denominator"] for row in known],
        sensitivity=definition_of(indicator).sensitivity, seed=_SEED,
    )  # fmt: skip
    ranked = [
        {**row, "rank": int(rank), "rank_lower": int(lower), "rank_upper": int(upper)}
        for row, rank, lower, upper in zip(known, found.rank, found.lower, found.upper, strict=True)
    ]
    return [*ranked, *(row for row in rows if row["value"] is None)]


def funnel(published: Publication) -> Picture | None:
    """Death rates of townships against the area's own, with the limits of chance."""
    rows = [row for row in _areas_below(published, "death_rate", "township") if row["denominator"]]
    whole = published.of(
        "death_rate", area=published.area, period=published.period, sex="both", age="all"
    )
    if len(rows) < FEWEST_IN_A_SERIES or not whole or not whole[0]["value"]:
        return None
    reference = whole[0]["value"]
    start, end = months_of(published.period)
    years = (end - start) / 12
    sizes = [row["denominator"] for row in rows]
    curve = np.geomspace(min(sizes), max(sizes), _CURVE_POINTS)
    lower, upper = funnel_limits(curve * years, reference / 1000, levels=LEVELS)
    names = ("95", "998")
    limits = [
        {"denominator": float(size)}
        | {f"lower_{name}": 1000 * float(lower[at, place]) for at, name in enumerate(names)}
        | {f"upper_{name}": 1000 * float(upper[at, place]) for at, name in enumerate(names)}
        for place, size in enumerate(curve)
    ]
    title = Words("各乡镇街道死亡率（漏斗图）", "death rates of townships, funnel plot")
    caption = published.caption("death_rate", rows, title)
    return funnel_plot(rows, limits, caption, reference=reference)


def mapped(published: Publication) -> Picture | None:
    """Share of the aged by township, on the user's map where there is one, else as tiles."""
    rows = _areas_below(published, "share_65", "township")
    if len(rows) < FEWEST_IN_A_SERIES:
        return None
    if len(rows) > MOST_TILES:
        rows = _areas_below(published, "share_65", "county")
    title = Words("65岁及以上人口占比的分布", "share aged 65 and over, map")
    caption = published.caption("share_65", rows, title, drawn=False)
    if published.geojson is not None:
        return area_map(rows, published.geojson, caption)
    return tile_grid_map(rows, caption, parents=published.names)
