"""Areas side by side, and the watch over the sex ratio at birth: of areas only, never of a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute as pc
from pyarrow import parquet

from renkou.actions.staff import require
from renkou.actions.statistics_figures import (
    FIGURES,
    Wanted,
    built_statistics,
    figures_of,
    usual_choice,
)
from renkou.actions.statistics_settings import statistics_settings
from renkou.actions.workspaces import Workspace
from renkou.core.errors import UsageError
from renkou.core.figures import Sensitivity, months_of
from renkou.core.permissions import Permission
from renkou.demography.areas.area_ranks import ranks_with_intervals
from renkou.demography.areas.funnel_plots import funnel_plot
from renkou.demography.areas.small_areas import empirical_bayes_rates
from renkou.demography.areas.srb_charts import sex_ratio_chart
from renkou.demography.areas.srb_watch import watch_sex_ratios
from renkou.demography.indicators.catalogue import indicator_of
from renkou.disclosure.perturbation import noise_variance
from renkou.engines.documents import write_document
from renkou.publishing.chart_media import as_html, as_png, as_svg
from renkou.publishing.chart_style import Caption, Picture, span_of_periods
from renkou.publishing.charts_series import time_series

_SEED = 20_20
_WATCHED_BY = {"half_year": 6, "year": 12}
_RATES = ("rate", "age_specific_rate", "deaths_per_birth")
_RATIOS = ("ratio", "sex_ratio", "sex_ratio_of_events")


@dataclass(frozen=True)
class Comparison:
    """Areas of one tier and period beside each other.

    rows : area, area_name, value, lower, upper, steadied, funnel (''; 'high', 'low' beyond 95 %;
        'very high', 'very low' beyond 99.8 %), rank, rank_lower, rank_upper (null of fertility)
    """

    indicator: str
    period: str
    reference: float
    rows: tuple[dict[str, Any], ...]
    left_out: tuple[dict[str, Any], ...]


def compare_areas(
    workspace: Workspace,
    indicator: str,
    *,
    by: str,
    level: str,
    period: str | None = None,
    edition_id: str | None = None,
) -> Comparison:
    """Areas of a tier with intervals, funnel limits and, where allowed, ranks with rank intervals.

    Raises
    ------
    UsageError
        If the indicator is no rate, share or ratio of counts, or fewer than two areas have a figure.
    """
    one = indicator_of(indicator)
    kind = one.compute["kind"]
    if kind != "share" and kind not in _RATES + _RATIOS:
        raise UsageError(
            f"indicator {one.id}: is no rate, share or ratio of counts, so that chance between areas "
            "cannot be told apart; compare its intervals with `renkou stats show`",
            zh=f"指标 {one.definition.zh}：不是率、比例或人数之比，无法区分地区差异与偶然；"
            "请用 renkou stats show 比较区间",
        )
    wanted = Wanted(one.id, level=level, period=period)
    found = figures_of(workspace, wanted, by=by, edition_id=edition_id)
    rows = [
        row
        for row in usual_choice(found, wanted).to_pylist()
        if row["sex"] == "both" and row["age"] == "all"
    ]
    known = [row for row in rows if row["value"] is not None and row["denominator"]]
    if len(known) < 2:
        raise UsageError(
            f"indicator {one.id}: fewer than two areas of level {level} have a figure that may be "
            "published; take larger areas or a longer period",
            zh=f"指标 {one.definition.zh}：{level} 层级有可公布数字的地区不足两个；请改用更高层级或更长时期",
        )
    left_out = [row for row in rows if row["value"] is None]
    table = statistics_settings(workspace).perturbation
    counts = np.array([row["numerator"] for row in known])
    noise = noise_variance(np.rint(np.abs(counts)).astype(np.int64), table)
    return _compared(known, left_out, one.definition.sensitivity, kind, noise)


def _compared(
    known: Sequence[dict[str, Any]],
    left_out: Sequence[dict[str, Any]],
    sensitivity: Sensitivity,
    kind: str,
    noise: np.ndarray,
) -> Comparison:
    start, end = months_of(known[0]["period"])
    years = (end - start) / 12 if kind in _RATES else 1.0
    counts = np.array([row["numerator"] for row in known])
    exposure = np.array([row["denominator"] for row in known]) * years
    if kind in _RATIOS:  # a : b varies by chance in both, as its share a / (a + b) does
        exposure = exposure + counts
    per = 1000.0 if kind in _RATES else 100.0
    funnel = funnel_plot(
        counts, exposure, kind="rate" if kind in _RATES else "share", per=1, noise_variance=noise
    )
    steadied = empirical_bayes_rates(counts, exposure, per=1, noise_variance=noise).steadied
    steadied, reference = (
        per * (one / (1 - one) if kind in _RATIOS else one)
        for one in (steadied, np.squeeze(funnel.reference))
    )
    told = {
        "steadied": steadied.tolist(),
        "funnel": [_beyond(*pair) for pair in funnel.outside.T.tolist()],
        **_ranks(counts, exposure, sensitivity, noise),
    }
    rows = tuple(
        {
            **{name: row[name] for name in ("area", "area_name", "value", "lower", "upper")},
            **{name: column[at] for name, column in told.items()},
        }
        for at, row in enumerate(known)
    )
    return Comparison(
        known[0]["indicator"], known[0]["period"], float(reference), rows, tuple(left_out)
    )


def _beyond(inner: int, outer: int) -> str:
    word = {-1: "low", 0: "", 1: "high"}
    return f"very {word[outer]}" if outer else word[inner]


def _ranks(
    counts: np.ndarray, exposure: np.ndarray, sensitivity: Sensitivity, noise: np.ndarray
) -> dict[str, list[int | None]]:
    """Ranks with their intervals; none of fertility, which is never ranked."""
    names = ("rank", "rank_lower", "rank_upper")
    if sensitivity is Sensitivity.FERTILITY:
        return {name: [None] * len(counts) for name in names}
    found = ranks_with_intervals(
        counts, exposure, sensitivity=sensitivity, seed=_SEED, noise_variance=noise
    )
    ranks = (found.rank, found.lower, found.upper)
    return {name: column.tolist() for name, column in zip(names, ranks, strict=True)}


@dataclass(frozen=True)
class Watch:
    """The sex ratio at birth of areas and periods, tested together.

    rows : area, area_name, period, births, sex_ratio, lower, upper, p_value, adjusted_p, found,
        excess_boys, band, signal (of the CUSUM)
    """

    rows: tuple[dict[str, Any], ...]
    method: str
    notes: tuple[str, ...]


def watch_sex_ratio_at_birth(
    workspace: Workspace, *, by: str, kind: str = "half_year", edition_id: str | None = None
) -> Watch:
    """Test the sex ratio at birth of every county and period, with false discoveries held down.

    Raises
    ------
    NotPermitted
        If the role of `by` does not include reading reports.
    """
    require(workspace, by, Permission.READ_REPORT)
    built = built_statistics(workspace, edition_id)
    rows = parquet.read_table(built.folder / FIGURES, filters=[("indicator", "=", "births")])
    rows = rows.filter(pc.equal(rows["level"].cast("string"), "county")).to_pylist()
    if kind not in _WATCHED_BY:
        raise UsageError(
            f"--by {kind}: is {' or '.join(_WATCHED_BY)}; shorter periods have too few births",
            zh=f"--by {kind}：只能是 {' 或 '.join(_WATCHED_BY)}；更短的时期出生数过少",
        )
    months = _WATCHED_BY[kind]
    cells = {
        (row["area"], row["period"], row["sex"]): row
        for row in rows
        if months_of(row["period"])[1] - months_of(row["period"])[0] == months
    }
    areas = sorted({area for area, _, _ in cells})
    periods = sorted({period for _, period, _ in cells})
    names = {row["area"]: row["area_name"] for row in rows}
    boys, girls, births = (
        np.array([[_count(cells.get((area, period, sex))) for period in periods] for area in areas])
        for sex in ("male", "female", "both")
    )
    return _watched(areas, periods, names, boys, girls, births)


def _count(row: Mapping[str, Any] | None) -> float:
    """Births that may be published; where none may, none are tested."""
    return float(row["value"]) if row and row["value"] is not None else 0.0


def _watched(
    areas: Sequence[str],
    periods: Sequence[str],
    names: Mapping[str, str],
    boys: np.ndarray,
    girls: np.ndarray,
    births: np.ndarray,
) -> Watch:
    if not areas or not (boys + girls).sum(axis=1).all():
        raise UsageError(
            "sex ratio at birth: some county has no births that may be published; build statistics of "
            "more months, or use years",
            zh="出生人口性别比：有的县区没有可公布的出生数；请编制更长时期的统计数据，或改用年度",
        )
    watch = watch_sex_ratios(boys, girls)
    chart = sex_ratio_chart(boys, girls, seed=_SEED)
    rows = tuple(
        {
            "area": area,
            "area_name": names[area],
            "period": period,
            "births": int(births[a, p]),
            "sex_ratio": _number(watch.sex_ratio[a, p]),
            "lower": _number(watch.interval.lower[a, p]),
            "upper": _number(watch.interval.upper[a, p]),
            "p_value": _number(watch.p_value[a, p]),
            "adjusted_p": _number(watch.adjusted_p[a, p]),
            "found": bool(watch.found[a, p]),
            "excess_boys": float(chart.excess_boys[a, p]),
            "band": float(chart.band[a, p]),
            "signal": bool(chart.signal[a, p]),
        }
        for a, area in enumerate(areas)
        for p, period in enumerate(periods)
    )
    return Watch(rows, watch.method, (*watch.notes, *chart.notes))


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def cumulative_picture(watch: Watch, source: str) -> Picture:
    """Boys beyond what 106 to 100 would give, summed from the first period, with the band of chance."""
    rows = [
        {**row, "value": row["excess_boys"], "lower": -row["band"], "upper": row["band"],
         "sex": "both", "age": "all", "note": ""}
        for row in watch.rows
    ]  # fmt: skip
    caption = Caption(
        title="各县区出生男婴累计多于预期数",
        unit="人",
        base="常住人口中的出生",
        period=span_of_periods(sorted({row["period"] for row in rows}), "zh"),
        source=source,
        sensitivity=Sensitivity.FERTILITY,
        interval="阴影为不存在选择时（每百名女婴106名男婴）各时点的95%范围；只说明地区，不说明任何人、家庭或机构",
        decimals=0,
    )
    return time_series(rows, caption)


def write_picture(picture: Picture, path: Path) -> Path:
    """A chart as PNG, SVG or HTML, as its file is called.

    Raises
    ------
    UsageError
        If the file is called otherwise.
    """
    makers = {
        ".png": lambda: as_png(picture),
        ".svg": lambda: as_svg(picture).encode("utf-8"),
        ".html": lambda: as_html(picture).encode("utf-8"),
    }
    make = makers.get(path.suffix.lower())
    if make is None:
        raise UsageError(
            f"{path}: a chart is written as .png, .svg or .html; name the file so",
            zh=f"{path}：图可写成 .png、.svg 或 .html；请按此命名",
        )
    return write_document(path, make())
