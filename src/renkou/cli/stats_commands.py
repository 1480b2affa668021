"""`renkou stats …`: figures of the population with their base and interval."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import rich.table
import typer
from rich.text import Text

from renkou.cli.options import JsonOption, WorkspaceOption, print_json, wide_console
from renkou.cli.progress import progress_bars

stats_app = typer.Typer(
    help="统计：人口指标及其区间，可公布的与内部的。\n\n"
    "Statistics: indicators of the population with intervals, for publication and for the office.",
    no_args_is_help=True,
)
EditionOption = Annotated[
    str | None,
    typer.Option(
        "--edition",
        metavar="ID",
        help="版本编号，缺省为有统计数据的最新一版。 "
        "The edition; without it, the newest that has statistics.",
    ),
]
NewestEditionOption = Annotated[
    str | None,
    typer.Option(
        "--edition",
        metavar="ID",
        help="版本编号，缺省为最新一版。 The edition; without it, the newest.",
    ),
]
FirstMonthOption = Annotated[
    str | None,
    typer.Option(
        "--from",
        metavar="YYYY-MM",
        help="从哪个月起，缺省为最近六十个月。 First month; without it, the last sixty months.",
    ),
]
LastMonthOption = Annotated[
    str | None,
    typer.Option(
        "--to",
        metavar="YYYY-MM",
        help="到哪个月止，缺省为版本基准日之前。 Last month; without it, the edition's last.",
    ),
]
IndicatorArgument = Annotated[
    str,
    typer.Argument(metavar="INDICATOR", help="指标的编号或中文名。 Its id or its Chinese name."),
]
AreaOption = Annotated[
    str | None,
    typer.Option(
        "--area",
        metavar="AREA",
        help="地区的代码或名称。 Code or name of an area; without it, city and counties.",
    ),
]
PeriodOption = Annotated[
    str | None,
    typer.Option(
        "--period",
        metavar="PERIOD",
        help="时期，如 2024、2024-H1、2024-Q3、2024-03；缺省为最近一年。 "
        "The period; without it, the last year.",
    ),
]
LevelOption = Annotated[
    str | None,
    typer.Option(
        "--level",
        metavar="LEVEL",
        help="层级：prefecture、county、township、village。 Tier of areas.",
    ),
]
SexOption = Annotated[
    str | None,
    typer.Option("--sex", metavar="SEX", help="性别：both、male、female。 Sex."),
]
AgeOption = Annotated[
    str | None,
    typer.Option("--age", metavar="AGE", help="年龄组，如 all、0-4、85+。 Age group."),
]
InternalOption = Annotated[
    str | None,
    typer.Option(
        "--internal",
        metavar="REASON",
        help="查看未经扰动的数字，须写明理由，并记入审计。 "
        "The true counts, for a reason that goes into the audit; not for publication.",
    ),
]
OutOption = Annotated[
    Path | None,
    typer.Option(
        "--out",
        metavar="DIR",
        help="写到哪个文件夹，缺省为 statistics/ID/export。 "
        "The folder to write to; without it, statistics/ID/export.",
    ),
]
BulletinPeriodOption = Annotated[
    str | None,
    typer.Option(
        "--period",
        metavar="PERIOD",
        help="公报的时期，缺省为最近半年。 The period; without it, the last half-year.",
    ),
]
BulletinAreaOption = Annotated[
    str | None,
    typer.Option(
        "--area",
        metavar="AREA",
        help="地区的代码或名称，缺省为全市。 Code or name of the area; without it, the city.",
    ),
]
FormatsOption = Annotated[
    str | None,
    typer.Option(
        "--format",
        metavar="LIST",
        help="格式，逗号分隔：docx、pdf、xlsx、sdmx、png、svg、html；缺省为全部。 "
        "Formats, with commas between; without it, all.",
    ),
]
IssuerOption = Annotated[
    str, typer.Option("--issuer", metavar="NAME", help="发文机关。 The issuing office.")
]
ContactOption = Annotated[
    str,
    typer.Option("--contact", metavar="TEXT", help="联系方式。 Whom to ask, and how."),
]
NumberOption = Annotated[
    str,
    typer.Option(
        "--number",
        metavar="TEXT",
        help="发文字号，如 云统〔2025〕3号。 Number of the document.",
    ),
]
MapOption = Annotated[
    Path | None,
    typer.Option(
        "--map",
        metavar="FILE",
        help="本地地图（GeoJSON）；没有则用方格图。 A map of the areas; without it, tiles.",
    ),
]
LanguageOption = Annotated[
    bool,
    typer.Option("--english/--chinese", help="公报和图用英文或中文。 Language of the texts."),
]
GROUPS = {
    "population": "人口总量",
    "structure": "人口结构",
    "births": "出生与生育",
    "deaths": "死亡与寿命",
    "migration": "迁移流动",
    "families": "婚姻",
    "quality": "登记质量",
}
LEVELS = {"prefecture": "市", "county": "县区", "township": "乡镇街道", "village": "村社区"}
SEXES = {"both": "合计", "male": "男", "female": "女"}
KINDS = {"month": "月", "quarter": "季", "half_year": "半年", "year": "年"}
_MOST_ROWS = 60


@stats_app.command("build")
def build(
    edition: NewestEditionOption = None,
    first: FirstMonthOption = None,
    last: LastMonthOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """从一个版本编制全部指标，附区间，并作保密扰动。

    Compute the whole catalogue from an edition, with intervals, perturbed for publication.
    """
    from renkou.actions.staff import current_actor
    from renkou.actions.statistics import build_statistics
    from renkou.actions.workspaces import find_workspace

    place = find_workspace(workspace)
    with progress_bars(quiet=as_json) as progress:
        built = build_statistics(
            place, by=current_actor(place), edition_id=edition, first=first, last=last,
            progress=progress,
        )  # fmt: skip
    told = built.manifest
    if as_json:
        print_json({"folder": built.folder, **told})
        return
    typer.echo(
        f"版本 {told['edition']} 的统计数据：{told['first']} 至 {told['last']}，"
        f"{told['figures']:,} 个数字，其中 {told['kept_back']:,} 个按规则不公布或无法计算；"
        f"用时 {told['seconds']:.0f} 秒"
    )
    for note in told["notes"]:
        typer.echo(f"注意：{note}")
    typer.echo("查看：renkou stats list；renkou stats show 常住人口；导出：renkou stats export")


@stats_app.command("list")
def list_indicators(as_json: JsonOption = False) -> None:
    """列出指标目录：名称、口径、区间方法、最低公布层级。

    List the catalogue: names, bases, interval methods, lowest published areas.
    """
    from dataclasses import asdict

    from renkou.demography.indicators.catalogue import catalogue

    found = catalogue().values()
    if as_json:
        print_json([{**asdict(one.definition), "shortest_period": one.shortest} for one in found])
        return
    table = rich.table.Table("编号", "指标", "单位", "口径", "最低层级", "最短时期", "区间")
    group = ""
    for one in found:
        told = one.definition
        if told.group != group:
            group = told.group
            table.add_section()
            table.add_row(Text(GROUPS[group], style="bold"))
        method = told.interval_zh.split("：")[0].split("（")[0]
        table.add_row(
            told.id, told.zh, told.unit_zh, told.base_zh, LEVELS[told.lowest_level],
            KINDS[one.shortest], method,
        )  # fmt: skip
    wide_console().print(table)


@stats_app.command("show")
def show(
    indicator: IndicatorArgument,
    area: AreaOption = None,
    period: PeriodOption = None,
    level: LevelOption = None,
    sex: SexOption = None,
    age: AgeOption = None,
    internal: InternalOption = None,
    edition: EditionOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """查看一个指标的数字，附区间、分子、分母和不公布的理由。

    Show the figures of an indicator with intervals, numerators, denominators and reasons.
    """
    from renkou.actions.staff import current_actor
    from renkou.actions.statistics import Wanted, figures_of, usual_choice
    from renkou.actions.workspaces import find_workspace
    from renkou.demography.indicators.catalogue import indicator_of

    place = find_workspace(workspace)
    wanted = Wanted(indicator, area, level, period, sex, age)
    rows = figures_of(
        place, wanted, by=current_actor(place), edition_id=edition, internal_reason=internal
    )
    shown = usual_choice(rows, wanted).to_pylist()
    definition = indicator_of(indicator).definition
    if as_json:
        print_json({"definition": vars(definition), "figures": shown})
        return
    _print_definition(definition, internal is not None)
    _print_figures(shown, definition.decimals)


def _print_definition(definition: Any, internal: bool) -> None:
    told = (
        ("口径", definition.base_zh),
        ("公式", definition.formula_zh),
        ("单位", definition.unit_zh),
        ("区间", definition.interval_zh),
        ("依据", definition.source),
    )
    mark = "（内部：未经扰动，不得公布）" if internal else ""
    typer.echo(f"{definition.zh} {definition.en}{mark}")
    for label, text in told:
        typer.echo(f"  {label}：{text}")


def _print_figures(rows: list[dict[str, Any]], decimals: int) -> None:
    headings = ("地区", "时期", "性别", "年龄", "数值", "95%区间", "分子", "分母", "说明")
    right = {"数值", "95%区间", "分子", "分母"}
    table = rich.table.Table()
    for heading in headings:
        table.add_column(heading, justify="right" if heading in right else "left")
    for row in rows[:_MOST_ROWS]:
        age = "全部" if row["age"] == "all" else row["age"]
        table.add_row(
            row["area_name"], row["period"], SEXES[row["sex"]], age, _said(row["value"], decimals),
            _interval(row, decimals), _said(row["numerator"], 0), _said(row["denominator"], 0),
            row["note"],
        )  # fmt: skip
    wide_console().print(table)
    if len(rows) > _MOST_ROWS:
        typer.echo(
            f"共 {len(rows):,} 行，只显示前 {_MOST_ROWS} 行；可用 --area、--period 缩小，或用 --json"
        )


def _said(value: float | None, decimals: int) -> str:
    return "–" if value is None else f"{value:,.{decimals}f}"


def _interval(row: dict[str, Any], decimals: int) -> str:
    if row["lower"] is None or row["upper"] is None:
        return "–"
    return f"{_said(row['lower'], decimals)} – {_said(row['upper'], decimals)}"


@stats_app.command("export")
def export(
    out: OutOption = None,
    period: BulletinPeriodOption = None,
    area: BulletinAreaOption = None,
    formats: FormatsOption = None,
    issuer: IssuerOption = "",
    contact: ContactOption = "",
    number: NumberOption = "",
    geojson: MapOption = None,
    english: LanguageOption = False,
    edition: EditionOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """导出统计公报（Word、PDF）、数据表、图和 SDMX；只含可公布的数字。

    Export a bulletin (Word, PDF), a workbook, charts and SDMX-CSV; only what may be published.
    """
    from renkou.actions.staff import current_actor
    from renkou.actions.statistics_export import FORMATS, Letterhead, export_statistics
    from renkou.actions.workspaces import find_workspace

    place = find_workspace(workspace)
    wanted = tuple(one.strip() for one in formats.split(",")) if formats else FORMATS
    with progress_bars(quiet=as_json) as progress:
        made = export_statistics(
            place, by=current_actor(place), out=out, edition_id=edition, area=area, period=period,
            formats=wanted, head=Letterhead(issuer, contact, number), geojson=geojson,
            language="en" if english else "zh", progress=progress,
        )  # fmt: skip
    if as_json:
        print_json({"area": made.area, "period": made.period, "files": made.files})
        return
    for path in made.files:
        typer.echo(str(path))
