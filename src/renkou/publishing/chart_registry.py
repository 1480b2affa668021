"""Which chart fits which indicator and rows, and one function that draws it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from renkou.core.errors import ReleaseRefused, UsageError
from renkou.core.figures import Definition, Sensitivity, months_of
from renkou.publishing.chart_rows import checked_rows
from renkou.publishing.chart_style import Caption, Picture, Row, caption_of
from renkou.publishing.charts_age import age_curve
from renkou.publishing.charts_comparison import area_bars, ranked_bars
from renkou.publishing.charts_funnel import funnel_plot
from renkou.publishing.charts_lexis import lexis_heat_map
from renkou.publishing.charts_map import area_map
from renkou.publishing.charts_population import population_pyramid
from renkou.publishing.charts_series import MOST_PANELS, time_series
from renkou.publishing.charts_tiles import MOST_TILES, tile_grid_map

_FEW_AGES, _FEW_YEARS, _FEW_TILES, _MOST_CURVES = 3, 5, 3, 6


class ChartKind(StrEnum):
    """Kinds of chart by the word that a command line takes."""

    PYRAMID = "pyramid"
    LEXIS = "lexis"
    AGES = "ages"
    SERIES = "series"
    RANKED = "ranked"
    AREAS = "areas"
    FUNNEL = "funnel"
    MAP = "map"
    TILES = "tiles"


@dataclass(frozen=True)
class Extras:
    """What some charts need beside rows; the defaults leave those charts out."""

    geojson: str | Mapping[str, Any] | None = None
    map_key: str = ""
    map_source: str = ""
    parents: Mapping[str, str] | None = None
    limits: Sequence[Row] = ()
    reference: float | None = None


def kinds_for(
    definition: Definition, rows: Sequence[Row], extras: Extras | None = None
) -> tuple[ChartKind, ...]:
    """Kinds of chart that these rows of an indicator can be drawn as, the best first.

    Fertility is never among the ranked, whatever the rows hold.
    """
    given = extras or Extras()
    read = checked_rows(rows, ("area", "period", "sex", "age", "value"))
    kinds = [*_by_age(definition, read), *_by_area(definition, read, given)]
    return tuple(dict.fromkeys(kinds))


def _by_age(definition: Definition, rows: Sequence[Row]) -> list[ChartKind]:
    ages = [row for row in rows if row["age"] != "all"]
    if len({row["age"] for row in ages}) < _FEW_AGES:
        return []
    areas, periods, sexes = (len({row[name] for row in ages}) for name in ("area", "period", "sex"))
    kinds = []
    both_sides = {"male", "female"} <= {row["sex"] for row in ages}
    if _is_count(definition) and both_sides and areas == 1 and periods <= 2:
        kinds.append(ChartKind.PYRAMID)
    if (
        areas == sexes == 1
        and periods >= _FEW_YEARS
        and _yearly(ages)
        and not _is_count(definition)
    ):
        kinds.append(ChartKind.LEXIS)
    if areas * periods * sexes <= _MOST_CURVES:
        kinds.append(ChartKind.AGES)
    return kinds


def _by_area(definition: Definition, rows: Sequence[Row], given: Extras) -> list[ChartKind]:
    rows = [row for row in rows if row["age"] == "all"]
    if not rows:
        return []
    areas, periods = (len({row[name] for row in rows}) for name in ("area", "period"))
    lines = len({(row["area"], row["sex"]) for row in rows})
    kinds = []
    if periods > 1 and lines <= MOST_PANELS and len({_months(row) for row in rows}) == 1:
        kinds.append(ChartKind.SERIES)
    latest = _latest(rows)
    if given.limits and given.reference is not None and any(row["denominator"] for row in latest):
        kinds.append(ChartKind.FUNNEL)
    if given.geojson is not None and not _is_count(definition):
        kinds.append(ChartKind.MAP)
    ranks = all(r["value"] is None or r["rank_lower"] is not None for r in latest)
    if ranks and areas > 1 and definition.sensitivity is not Sensitivity.FERTILITY:
        kinds.append(ChartKind.RANKED)
    kinds.append(ChartKind.AREAS)
    if _FEW_TILES <= areas <= MOST_TILES:
        kinds.append(ChartKind.TILES)
    return kinds


def _is_count(definition: Definition) -> bool:
    return not definition.denominator_en and definition.decimals == 0


def _months(row: Row) -> int:
    first, end = months_of(str(row["period"]))
    return end - first


def _yearly(rows: Sequence[Row]) -> bool:
    return all(_months(row) == 12 for row in rows)


def _latest(rows: Sequence[Row]) -> list[Row]:
    """Rows of the last period, of both sexes together where those are given."""
    last = max((str(row["period"]) for row in rows), key=lambda one: months_of(one)[1])
    some = [row for row in rows if str(row["period"]) == last and row["age"] == "all"]
    return [row for row in some if row["sex"] == "both"] or some


def chart_for(
    definition: Definition,
    rows: Sequence[Row],
    *,
    source: str,
    language: str = "zh",
    area: str = "",
    kind: str = "",
    extras: Extras | None = None,
) -> Picture:
    """The chart of an indicator's rows: the kind that fits best, or the kind that is asked for.

    Parameters
    ----------
    rows : of one indicator, with the columns of `FIGURE_COLUMNS`
    source : source and edition, as it stands under the chart
    area : name that begins the title; '' where areas are compared
    kind : a word of `ChartKind`; '' for the first of `kinds_for`
    extras : map, limits of a funnel, names of parents

    Raises
    ------
    ReleaseRefused
        If a ranking of births, fertility or the sex ratio at birth is asked for.
    UsageError
        If the rows cannot be drawn as the kind; names those that fit.
    """
    given = extras or Extras()
    if kind == ChartKind.RANKED and definition.sensitivity is Sensitivity.FERTILITY:
        raise ReleaseRefused(
            f"{definition.id}: births, fertility and the sex ratio at birth are never ranked; "
            f"ask for {ChartKind.AREAS}",
            zh=f"{definition.id}：出生、生育和出生性别比不得排名；请改用 {ChartKind.AREAS}",
        )
    kinds = kinds_for(definition, rows, given)
    if not kinds or (kind and kind not in kinds):
        fitting = ", ".join(kinds) or "none"
        raise UsageError(
            f"chart {kind or 'of'} {definition.id}: these rows do not fit it; kinds that fit: {fitting}",
            zh=f"{definition.id} 的数据不能画成 {kind or '图'}；可用的图：{fitting}",
        )
    chosen = ChartKind(kind) if kind else kinds[0]
    drawn = _rows_for(chosen, checked_rows(rows, ("area",)))
    caption = caption_of(definition, drawn, source, language, area)
    return _MAKERS[chosen](drawn, caption, given)


def _rows_for(kind: ChartKind, rows: Sequence[Row]) -> list[Row]:
    if kind in (ChartKind.PYRAMID, ChartKind.LEXIS, ChartKind.AGES):
        return [row for row in rows if row["age"] != "all"]
    if kind is ChartKind.SERIES:
        return [row for row in rows if row["age"] == "all"]
    return _latest([row for row in rows if row["age"] == "all"])


def _pyramid(rows: Sequence[Row], caption: Caption, given: Extras) -> Picture:
    """The later period as bars, the earlier, where there is one, as the outline."""
    periods = sorted({str(row["period"]) for row in rows})
    bars, line = ([r for r in rows if str(r["period"]) == p] for p in (periods[-1], periods[0]))
    return population_pyramid(bars, caption, outline=line if len(periods) > 1 else ())


_MAKERS: Mapping[ChartKind, Callable[[Sequence[Row], Caption, Extras], Picture]] = {
    ChartKind.PYRAMID: _pyramid,
    ChartKind.LEXIS: lambda rows, caption, _: lexis_heat_map(rows, caption),
    ChartKind.AGES: lambda rows, caption, _: age_curve(rows, caption),
    ChartKind.SERIES: lambda rows, caption, _: time_series(rows, caption),
    ChartKind.RANKED: lambda rows, caption, x: ranked_bars(rows, caption, reference=x.reference),
    ChartKind.AREAS: lambda rows, caption, x: area_bars(rows, caption, reference=x.reference),
    ChartKind.FUNNEL: lambda rows, caption, x: funnel_plot(
        rows, x.limits, caption, reference=x.reference or 0.0
    ),
    ChartKind.MAP: lambda rows, caption, x: area_map(
        rows, x.geojson or "", caption, key=x.map_key, map_source=x.map_source
    ),
    ChartKind.TILES: lambda rows, caption, x: tile_grid_map(rows, caption, parents=x.parents),
}
