"""`renkou stats …`: figures of the population with their base and interval."""

from __future__ import annotations

import re

import rich.table
import typer
from rich.text import Text

from renkou.cli.options import JsonOption, WorkspaceOption, print_json, wide_console
from renkou.cli.progress import progress_bars
from renkou.cli.stats_options import (
    AgeOption,
    AreaOption,
    BulletinAreaOption,
    BulletinPeriodOption,
    ChartOption,
    CompareLevelOption,
    ComparePeriodOption,
    ContactOption,
    EditionOption,
    FirstMonthOption,
    FormatsOption,
    IndicatorArgument,
    InternalOption,
    IssuerOption,
    KindOption,
    LanguageOption,
    LastMonthOption,
    LevelOption,
    MapOption,
    NewestEditionOption,
    NumberOption,
    OutOption,
    PeriodOption,
    SexOption,
)
from renkou.cli.stats_tables import (
    GROUPS,
    KINDS,
    LEVELS,
    in_chinese,
    print_comparison,
    print_definition,
    print_figures,
    print_watch,
)

stats_app = typer.Typer(
    help="统计：人口指标及其区间，可公布的与内部的。\n\n"
    "Statistics: indicators of the population with intervals, for publication and for the office.",
    no_args_is_help=True,
)


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
        typer.echo(f"注意：{in_chinese(note)}")
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
        method = re.split("[：（，；]", told.interval_zh)[0]
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
    from renkou.actions.statistics_figures import Wanted, figures_of, usual_choice
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
    print_definition(definition, internal is not None)
    print_figures(shown, definition.decimals)


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


@stats_app.command("compare")
def compare(
    indicator: IndicatorArgument,
    level: CompareLevelOption = "county",
    period: ComparePeriodOption = None,
    edition: EditionOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """比较同级地区：区间、漏斗图界限、平滑后的率；可排名的附名次区间。

    Compare areas of a tier: intervals, funnel limits, steadied rates, and rank intervals where ranks may be.
    """
    from dataclasses import asdict

    from renkou.actions.staff import current_actor
    from renkou.actions.statistics_compare import compare_areas
    from renkou.actions.workspaces import find_workspace
    from renkou.demography.indicators.catalogue import indicator_of

    place = find_workspace(workspace)
    found = compare_areas(
        place, indicator, by=current_actor(place), level=level, period=period, edition_id=edition
    )
    if as_json:
        print_json(asdict(found))
        return
    definition = indicator_of(indicator).definition
    print_definition(definition, False)
    typer.echo(
        f"  时期：{found.period}；参照值（各地合计）：{found.reference:,.{definition.decimals}f}"
    )
    print_comparison(found, definition.decimals)


@stats_app.command("watch")
def watch(
    kind: KindOption = "half_year",
    chart: ChartOption = None,
    edition: EditionOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """出生人口性别比监测：各县区各时期一并检验，控制误报；只说地区，不涉及任何人、家庭或机构。

    Watch the sex ratio at birth of counties, with false discoveries controlled; of areas, never of people.
    """
    from dataclasses import asdict

    from renkou.actions.staff import current_actor
    from renkou.actions.statistics_compare import (
        cumulative_picture,
        watch_sex_ratio_at_birth,
        write_picture,
    )
    from renkou.actions.statistics_figures import built_statistics
    from renkou.actions.workspaces import find_workspace

    place = find_workspace(workspace)
    found = watch_sex_ratio_at_birth(place, by=current_actor(place), kind=kind, edition_id=edition)
    if chart:
        source = f"人口登记册 {built_statistics(place, edition).folder.name} 版"
        write_picture(cumulative_picture(found, source), chart)
    if as_json:
        print_json(asdict(found))
        return
    print_watch(found)
