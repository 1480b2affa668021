"""Give statistics out: a bulletin in Word and PDF, a workbook, charts, SDMX-CSV."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from renkou.actions.audit import record_event
from renkou.actions.code_words import area_names
from renkou.actions.staff import require
from renkou.actions.statistics_charts import Drawing, Publication, drawings
from renkou.actions.statistics_figures import FIGURES, BuiltStatistics, area_code, built_statistics
from renkou.actions.workspaces import Workspace
from renkou.core.errors import FileUnreadable, UsageError
from renkou.core.figures import months_of, period_words
from renkou.core.permissions import Permission
from renkou.core.progress import Progress, silent
from renkou.demography.indicators.catalogue import catalogue
from renkou.engines.documents import write_document
from renkou.publishing.bulletin import compose_bulletin
from renkou.publishing.bulletin_content import BulletinChart, BulletinInfo
from renkou.publishing.bulletin_pdf import pdf_bulletin
from renkou.publishing.bulletin_word import word_bulletin
from renkou.publishing.chart_media import as_html, as_png, as_svg
from renkou.publishing.sdmx_csv import sdmx_csv
from renkou.publishing.statistics_workbook import WorkbookInfo, statistics_workbook

FORMATS = ("docx", "pdf", "xlsx", "sdmx", "png", "svg", "html")
# What a bulletin tells, of some fifty indicators; the workbook has them all.
IN_BULLETIN = (
    "usual_residents", "usual_residents_estimated", "registered_population", "living_apart",
    "floating_population", "share_floating", "share_0_14", "share_15_59", "share_60", "share_65",
    "dependency_15_64", "dependency_old_15_64", "median_age", "sex_ratio", "births", "birth_rate",
    "total_fertility_rate", "sex_ratio_at_birth", "natural_increase_rate", "deaths", "death_rate",
    "standardised_death_rate", "infant_mortality", "life_expectancy", "moves_in", "moves_out",
    "net_migration", "marriages", "birth_registration_timeliness",
    "birth_registration_completeness", "death_registration_completeness", "undercoverage",
    "overcoverage",
)  # fmt: skip
_COUNTY_DIGITS, _TOWNSHIP_DIGITS = 6, 9


@dataclass(frozen=True)
class Letterhead:
    """What a bulletin says of the office that gives it out; '' where nothing is said."""

    issuer: str = ""
    contact: str = ""
    document_number: str = ""
    issued: date | None = None


@dataclass(frozen=True)
class Exported:
    """What was written, and the area and period it is about."""

    files: tuple[Path, ...]
    area: str
    period: str


def export_statistics(
    workspace: Workspace,
    *,
    by: str,
    out: Path | None = None,
    edition_id: str | None = None,
    area: str | None = None,
    period: str | None = None,
    formats: Sequence[str] = FORMATS,
    head: Letterhead | None = None,
    geojson: Path | None = None,
    language: str = "zh",
    progress: Progress = silent,
) -> Exported:
    """Write a publication of an area and period: by default the city, and the last half-year.

    They go to `out`, else to `reports/<edition>/statistics` in the workspace; files of the same names
    are replaced. Only what may be published is in them.

    Raises
    ------
    NotPermitted
        If the role of `by` does not include reading reports.
    UsageError
        If a format, the area or the period is unknown.
    """
    require(workspace, by, Permission.READ_REPORT)
    _refuse_unknown(formats)
    built = built_statistics(workspace, edition_id)
    names = area_names(workspace)
    code = area_code(area, names) if area else _top(built)
    rows, when = _rows(built, code, period)
    published = Publication(
        rows, code, when, _source(built, language), names, language, _map_text(geojson)
    )
    folder = (out or workspace.path / "reports" / built.folder.name / "statistics").resolve()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    steps = len(formats) + 1
    progress("统计：绘图", 0, steps)
    charts = drawings(published) if set(formats) - {"xlsx", "sdmx"} else []
    made: list[Path] = []
    for number, one in enumerate(formats, start=1):
        progress(f"统计：写出 {one}", number, steps)
        made += _written(one, folder, published, built, charts, head or Letterhead())
    record_event(
        workspace, by=by, action="export_statistics", subject=f"edition:{built.folder.name}"
    )
    progress("统计：完成", steps, steps)
    return Exported(tuple(made), code, when)


def _refuse_unknown(formats: Sequence[str]) -> None:
    for one in formats:
        if one not in FORMATS:
            raise UsageError(
                f"format {one}: there are {', '.join(FORMATS)}",
                zh=f"格式 {one}：可选 {'、'.join(FORMATS)}",
            )


def _map_text(path: Path | None) -> str | None:
    if path is None:
        return None
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise FileUnreadable(
            f"{path}: cannot be read as a map ({type(error).__name__}); give a GeoJSON file in UTF-8",
            zh=f"{path}：无法作为地图读取（{type(error).__name__}）；请提供 UTF-8 编码的 GeoJSON 文件",
        ) from None


def _top(built: BuiltStatistics) -> str:
    """The one largest area of the figures."""
    areas = (
        parquet.read_table(built.folder / FIGURES, columns=["area"])["area"].unique().to_pylist()
    )
    shortest = min(map(len, areas))
    largest = [one for one in areas if len(one) == shortest]
    if len(largest) > 1:
        raise UsageError(
            f"area: the office has {len(largest)} largest areas ({', '.join(sorted(largest)[:8])}); "
            "name one with --area",
            zh=f"地区：本单位有 {len(largest)} 个最高层级的地区（{'、'.join(sorted(largest)[:8])}）；"
            "请用 --area 指定一个",
        )
    return str(largest[0])


def _rows(
    built: BuiltStatistics, area: str, period: str | None
) -> tuple[list[dict[str, Any]], str]:
    """Figures of the area and what lies in it, down to townships, without single ages; and the period."""
    table = parquet.read_table(built.folder / FIGURES)
    codes = table["area"].cast("string")
    inside = pc.and_(
        pc.starts_with(codes, area), pc.less_equal(pc.utf8_length(codes), _TOWNSHIP_DIGITS)
    )
    known = table.filter(inside)
    if not known.num_rows:
        raise UsageError(
            f"area {area}: has no figures; `renkou stats show usual_residents` shows which have",
            zh=f"地区 {area}：没有统计数据；可用 renkou stats show 常住人口 查看有数据的地区",
        )
    when = period or _newest_half(known["period"].unique().to_pylist())
    months_of(when)
    wanted = _periods(known["period"].unique().to_pylist(), when)
    if when not in wanted:
        raise UsageError(
            f"period {when}: not among the figures; build statistics with --from and --to that hold it",
            zh=f"时期 {when}：不在统计数据范围内；请用 --from、--to 重新编制",
        )
    rows = known.filter(pc.is_in(known["period"].cast("string"), pa.array(wanted)))
    single = pc.match_substring_regex(rows["age"].cast("string"), r"^(\d+|100\+)$")
    return rows.filter(pc.invert(single)).to_pylist(), when


def _newest_half(periods: Sequence[str]) -> str:
    halves = [one for one in periods if "-H" in one]
    return max(halves or periods)


def _periods(known: Sequence[str], when: str) -> list[str]:
    """Periods as long as the one wanted, and whole years, up to its end."""
    start, end = months_of(when)
    return [
        one
        for one in known
        if months_of(one)[1] <= end and months_of(one)[1] - months_of(one)[0] in (end - start, 12)
    ]


def _source(built: BuiltStatistics, language: str) -> str:
    edition = built.folder.name
    return (
        f"Population register, edition {edition}"
        if language == "en"
        else f"人口登记册 {edition} 版"
    )


def _written(
    one: str,
    folder: Path,
    published: Publication,
    built: BuiltStatistics,
    charts: Sequence[Drawing],
    head: Letterhead,
) -> list[Path]:
    """The files of one format."""
    if one in ("docx", "pdf"):
        return [_bulletin(one, folder, published, built, charts, head)]
    if one == "xlsx":
        return [_workbook(folder, published, head)]
    if one == "sdmx":
        return [_sdmx(folder, published)]
    return _charts(one, folder, charts)


def _bulletin(
    one: str,
    folder: Path,
    published: Publication,
    built: BuiltStatistics,
    charts: Sequence[Drawing],
    head: Letterhead,
) -> Path:
    city = published.names.get(published.area, published.area)
    info = BulletinInfo(
        issuer=head.issuer or f"{city}统计局",
        area=published.area,
        city=city,
        period=published.period,
        edition=built.folder.name,
        issued=head.issued or date.today(),
        contact=head.contact,
        document_number=head.document_number or None,
    )
    # A bulletin compares counties; townships are in the workbook.
    wanted = _COUNTY_DIGITS if len(published.area) < _COUNTY_DIGITS else _TOWNSHIP_DIGITS
    told = _with_year_before(published, wanted)
    pictures = [
        BulletinChart(
            as_png(drawn.picture),
            drawn.picture.caption.title,
            drawn.picture.alt_text,
            drawn.section,
        )
        for drawn in charts
    ]
    language: Any = published.language
    bulletin = compose_bulletin(told, _definitions(told), info, pictures, language)
    content = word_bulletin(bulletin) if one == "docx" else pdf_bulletin(bulletin)
    return write_document(folder / f"{city}人口统计公报_{published.period}.{one}", content)


def _with_year_before(published: Publication, digits: int) -> list[Mapping[str, Any]]:
    """Figures of the period and of the same one a year before; of years, for what has no shorter ones."""
    year = int(published.period[:4])
    rest = published.period[4:]
    periods = {published.period, f"{year - 1}{rest}"}
    rows = [
        row
        for row in published.rows
        if len(row["area"]) <= digits and row["indicator"] in IN_BULLETIN
    ]
    return [row for row in rows if row["period"] in periods]


def _definitions(rows: Sequence[Mapping[str, Any]]) -> list[Any]:
    there = {row["indicator"] for row in rows}
    return [one.definition for one in catalogue().values() if one.id in there]


def _workbook(folder: Path, published: Publication, head: Letterhead) -> Path:
    city = published.names.get(published.area, published.area)
    info = WorkbookInfo(
        title=f"{city}{period_words(published.period)[0]}人口统计数据",
        source=published.source,
        issuer=head.issuer or f"{city}统计局",
        issued=head.issued or date.today(),
        contact=head.contact,
    )
    rows = published.rows
    content = statistics_workbook(rows, _definitions(rows), info)
    return write_document(folder / f"{city}人口统计数据_{published.period}.xlsx", content)


def _sdmx(folder: Path, published: Publication) -> Path:
    text = sdmx_csv(published.rows, _definitions(published.rows))
    return write_document(folder / f"figures_{published.period}.sdmx.csv", text.encode("utf-8"))


def _charts(one: str, folder: Path, charts: Sequence[Drawing]) -> list[Path]:
    place = folder / "charts"
    place.mkdir(exist_ok=True, mode=0o700)
    made = []
    for drawn in charts:
        if one == "png":
            content = as_png(drawn.picture)
        elif one == "svg":
            content = as_svg(drawn.picture).encode("utf-8")
        else:
            content = as_html(drawn.picture).encode("utf-8")
        made.append(write_document(place / f"{drawn.name}.{one}", content))
    return made
