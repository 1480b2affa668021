"""`renkou project …`: the population ahead, with intervals, by area; answers for schools and care."""

from __future__ import annotations

from typing import Annotated

import typer

from renkou.cli.options import JsonOption, WorkspaceOption, print_json
from renkou.cli.progress import progress_bars
from renkou.cli.project_options import (
    AgeOption,
    AreaOption,
    BaseYearOption,
    CompareOption,
    EditionOption,
    EveryOption,
    FolderOption,
    FormatsOption,
    IssuerOption,
    LevelOption,
    LocationOption,
    MarkOption,
    MeasureArgument,
    OutOption,
    ProjectArgument,
    QuestionYearOption,
    ScenarioOption,
    SeedOption,
    SexOption,
    TitleOption,
    TrajectoriesOption,
    UntilOption,
    WppOption,
    YearOption,
)
from renkou.cli.project_tables import (
    print_comparison,
    print_figures,
    print_made,
    print_overview,
    print_projects,
    print_ran,
    print_stale,
)

project_app = typer.Typer(
    help="预测：各区域未来人口及其区间，学校、产科、养老等规划数字。\n\n"
    "Projection: the population ahead with intervals, and answers for schools, maternity and care.",
    no_args_is_help=True,
)


@project_app.command("init")
def init(
    project: ProjectArgument,
    edition: EditionOption = None,
    from_csv: FolderOption = None,
    from_wpp: WppOption = None,
    location: LocationOption = None,
    base_year: BaseYearOption = None,
    until: UntilOption = None,
    title: TitleOption = "",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """新建预测：从版本、CSV 文件夹或联合国文件取得基期人口和各种率，并写出可修改的方案。

    Make a projection from an edition, a folder of CSV files or the UN's files, with scenarios to edit.
    """
    from renkou.actions.project_init import Origin, init_project

    origin = Origin(edition, from_csv, tuple(from_wpp or ()), location)
    with progress_bars(quiet=as_json) as progress:
        made = init_project(
            project, origin, base_year=base_year, until=until, title=title, workspace=workspace,
            progress=progress,
        )  # fmt: skip
    if as_json:
        print_json(made.as_json())
        return
    print_made(made)


@project_app.command("list")
def list_projects(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """列出工作区中的预测及其已编制的方案。

    List the projections of a workspace and the scenarios that were run.
    """
    from renkou.actions.project_figures import projects

    found = projects(workspace)
    if as_json:
        print_json(found)
        return
    print_projects(found)


@project_app.command("run")
def run(
    project: ProjectArgument,
    scenario: ScenarioOption = "medium",
    every: EveryOption = False,
    trajectories: TrajectoriesOption = None,
    seed: SeedOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """编制一个方案（或全部方案）：各区域逐年人口、规划数字及其区间。

    Run a scenario, or all: people by area and year, planning figures, and their intervals.
    """
    from renkou.actions.project_run import Ran, run_project, scenario_names
    from renkou.actions.project_run_all import run_each

    def one(name: str) -> Ran:
        with progress_bars(quiet=as_json) as progress:
            ran = run_project(
                project, name, trajectories=trajectories, seed=seed, workspace=workspace,
                progress=progress,
            )  # fmt: skip
        if not as_json:
            print_ran(ran)
        return ran

    if not every:
        ran, error = [one(scenario)], None
    else:
        ran, error = run_each(scenario_names(project, workspace=workspace), one)
    if as_json:
        print_json([each.manifest for each in ran])
    if error:
        raise error


@project_app.command("show")
def show(
    project: ProjectArgument,
    measure: MeasureArgument = None,
    scenario: ScenarioOption = "medium",
    area: AreaOption = None,
    level: LevelOption = None,
    year: YearOption = None,
    sex: SexOption = "both",
    age: AgeOption = "all",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """查看预测结果：概要，或某一项目在各区域、各年的数字及其区间。

    Show results: an overview, or a measure by area and year with its intervals.
    """
    from renkou.actions.project_figures import Wanted, overview, project_figures

    if measure is None:
        found = overview(project, scenario, area=area, workspace=workspace)
        if as_json:
            print_json(found.as_json())
            return
        print_overview(found)
        return
    wanted = Wanted(measure, area, level, year, sex, age)
    shown = project_figures(project, scenario, wanted, workspace=workspace)
    if as_json:
        page = {"measure": vars(shown.measure), "figures": shown.rows, "stale": shown.stale}
        print_json(page)
        return
    print_figures(shown)


@project_app.command("compare")
def compare(
    project: ProjectArgument,
    first: Annotated[str, typer.Argument(metavar="SCENARIO", help="方案，如 medium。 A scenario.")],
    second: Annotated[
        str, typer.Argument(metavar="OTHER", help="另一方案，如 high。 Another scenario.")
    ],
    measure: Annotated[
        str,
        typer.Option(
            "--measure", metavar="MEASURE", help="比较哪个项目，缺省为总人口。 Which measure."
        ),
    ] = "population",
    area: AreaOption = None,
    year: YearOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """比较两个方案，并把差别分解为生育、死亡、迁移和年龄结构的作用。

    Compare two scenarios; the difference is decomposed into fertility, mortality, migration and base.
    """
    from renkou.actions.project_compare import compare_scenarios
    from renkou.actions.project_stale import stale_runs

    with progress_bars(quiet=as_json) as progress:
        found = compare_scenarios(
            project, first, second, measure=measure, area=area, year=year, workspace=workspace,
            progress=progress,
        )  # fmt: skip
    stale = stale_runs(project, (first, second), workspace=workspace)
    if as_json:
        print_json({**found.as_json(), "stale": stale})
        return
    print_comparison(found)
    print_stale(stale, compared=True)


@project_app.command("export")
def export(
    project: ProjectArgument,
    scenario: ScenarioOption = "medium",
    out: OutOption = None,
    formats: FormatsOption = "xlsx,docx,html,png,csv",
    year: QuestionYearOption = None,
    issuer: IssuerOption = "",
    internal: MarkOption = True,
    compare: CompareOption = "",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """导出 Excel 数据、Word 报告、图和可播放的人口金字塔网页。

    Export a workbook, a Word report, charts and an animated pyramid as a web page.
    """
    from renkou.actions.project_export import export_project
    from renkou.actions.project_stale import stale_runs

    wanted, beside = _listed(formats), _listed(compare)
    with progress_bars(quiet=as_json) as progress:
        files = export_project(
            project, scenario, out=out, formats=wanted, year=year, issuer=issuer,
            internal=internal, compare=beside, workspace=workspace, progress=progress,
        )  # fmt: skip
    names = (scenario, *beside) if beside else ()
    stale = stale_runs(project, names, workspace=workspace)
    if as_json:
        print_json({"files": [str(one) for one in files], "stale": stale})
        return
    for path in files:
        typer.echo(str(path))
    print_stale(stale)


def _listed(text: str) -> tuple[str, ...]:
    """The names in a list with commas."""
    return tuple(one.strip() for one in text.split(",") if one.strip())
