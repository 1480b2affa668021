"""`renkou list`: check, add and show departments' lists; send them back and read the answers."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from renkou.actions.workspaces import find_workspace
from renkou.cli.options import JsonOption, WorkspaceOption, print_json
from renkou.cli.progress import progress_bars
from renkou.core.errors import UsageError

if TYPE_CHECKING:
    from renkou.actions.list_reports import ListReport

list_app = typer.Typer(
    help="名册：检查、添加、查看、退回更正。\n\nLists of departments: check, add, show, send back.",
    no_args_is_help=True,
)

SourceOption = Annotated[
    str | None,
    typer.Option("--source", metavar="ID", help="文件所属的来源。 The source the file comes from."),
]
DateOption = Annotated[
    datetime | None,
    typer.Option(
        "--date",
        formats=["%Y-%m-%d"],
        metavar="YYYY-MM-DD",
        help="名册的基准日期。 The day the list describes.",
    ),
]
EverythingOption = Annotated[
    bool,
    typer.Option(
        "--all",
        help="按各来源的文件名规则，添加 incoming/ 中的全部文件。 "
        "Add all files in incoming/ by the sources' patterns.",
    ),
]


@list_app.command("check")
def check(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="同一份名册的文件。 Files of one list.")
    ],
    source: SourceOption = None,
    date: DateOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """试查名册：列出添加时会发现的问题，不存储。

    Say what adding FILE would find; nothing is stored.
    """
    from renkou.actions.intake import check_list, source_for

    office = find_workspace(workspace)
    with progress_bars(quiet=as_json) as progress:
        spec = source_for(office, files, source)
        day = date.date() if date else None
        report = check_list(office, files, spec, reference_date=day, progress=progress)
    _print(report, as_json)


@list_app.command("add")
def add(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FILE...", help="同一次报送的文件。 Files of one delivery."),
    ] = None,
    source: SourceOption = None,
    date: DateOption = None,
    everything: EverythingOption = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """添加名册，作为某来源的一次报送；重复添加不会改变什么。

    Accept FILE as a delivery of a source; the same file twice changes nothing.
    """
    from renkou.actions.intake import add_all, add_list, source_for
    from renkou.actions.staff import current_actor

    if bool(files) == everything:
        raise UsageError(
            "give FILE... or --all, and not both", zh="请指定文件 FILE...，或用 --all，二者只用其一"
        )
    if everything and (source or date):
        raise UsageError(
            "--all goes by the sources' patterns and the files' dates; leave out --source and --date",
            zh="--all 按各来源的文件名样式和文件日期添加；请去掉 --source 和 --date",
        )
    office = find_workspace(workspace)
    by = current_actor(office)
    with progress_bars(quiet=as_json) as progress:
        if everything:
            reports = add_all(office, by=by, progress=progress)
        else:
            named = source_for(office, files or [], source).id
            day = date.date() if date else None
            reports = [
                add_list(office, files or [], named, by=by, reference_date=day, progress=progress)
            ]
    if as_json:
        print_json([vars(report) for report in reports])
        return
    for report in reports:
        _print(report, as_json=False)


@list_app.command("show")
def show(
    source: Annotated[
        str | None,
        typer.Argument(
            metavar="SOURCE", help="只看一个来源，缺省为全部。 One source; without it, all."
        ),
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """查看已添加的名册：各次报送的行数和问题。

    Show what was accepted: deliveries with their rows and problems.
    """
    from renkou.actions.intake import list_deliveries, load_source
    from renkou.actions.list_reports import report_of

    office = find_workspace(workspace)
    found = list_deliveries(office)
    if source and source not in {one.source for one in found}:
        load_source(office, source)  # refuses one that there is not
    reports = [report_of(one) for one in found if source in (None, one.source)]
    if as_json:
        print_json([vars(report) for report in reports])
        return
    if not reports:
        typer.echo("还没有添加名册；运行 renkou list add FILE --source ID")
    for report in reports:
        _print(report, as_json=False)


@list_app.command("return")
def return_(
    source: Annotated[
        str, typer.Argument(metavar="SOURCE", help="要退回的来源。 The source to send back to.")
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FILE.xlsx",
            help="退回工作簿写到哪里；缺省为工作区的 returns 文件夹。 "
            "Where to write the workbook; else in the workspace's returns/.",
        ),
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """生成退回工作簿：列出最新报送中有问题的行，标明单元格和原因。

    Write the faulty rows of the newest delivery, cells marked, reasons in Chinese.
    """
    from renkou.actions.list_returns import return_list
    from renkou.actions.staff import current_actor

    office = find_workspace(workspace)
    made = return_list(office, source, out, by=current_actor(office))
    if as_json:
        print_json(vars(made))
        return
    typer.echo(f"已写出 {made.rows:,} 行（{made.faults:,} 处问题）：{made.path}")
    typer.echo(f"部门改好后运行：renkou list answers {made.path}")


@list_app.command("answers")
def answers(
    file: Annotated[
        Path, typer.Argument(metavar="FILE.xlsx", help="部门改好的工作簿。 The corrected workbook.")
    ],
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """读回部门改好的退回工作簿；改动的行成为一次增量报送。

    Read a corrected workbook back; changed rows become a delivery of changes.
    """
    from renkou.actions.list_answers import add_answers
    from renkou.actions.staff import current_actor

    office = find_workspace(workspace)
    _print(add_answers(office, file, by=current_actor(office)), as_json)


def _print(report: ListReport, as_json: bool) -> None:
    if as_json:
        print_json(vars(report))
        return
    typer.echo("\n".join(_lines(report)))


def _lines(report: ListReport) -> list[str]:
    from renkou.intake.rules import RULES

    counts = report.counts
    state = "此前已添加，没有变化" if report.already_added else "已添加"
    state = state if report.delivery else "仅检查，未存储"
    lines = [
        f"{report.source} {report.delivery or ''}（截至 {report.reference_date}，{state}）："
        f"接收 {counts.get('records', 0):,} 条，退回 {counts.get('refused', 0):,} 行"
        + (f"，不再在册 {counts['closed']:,} 条" if counts.get("closed") else "")
    ]
    lines += _change_lines(report)
    for rule, count in report.problem_counts.items():
        lines.append(f"  {rule:<8}{count:>9,}  {RULES[rule].zh}")
        lines += [f"{'':12}{_place(one)}" for one in report.examples if one["rule"] == rule]
    lines += _refused_lines(report.refused_columns)
    return lines + _note_lines(report.notes)


def _change_lines(report: ListReport) -> list[str]:
    """What changes from the list as it stood; never a value."""
    from renkou.core.fields import FIELD

    counts = report.counts
    lines = _mode_lines(report)
    known = sum(counts.get(name, 0) for name in ("changed", "unchanged", "closed", "carried"))
    if "new" in counts and known:  # a first list is all new; older deliveries do not say
        lines.append(
            f"  与现有名册相比：新增 {counts['new']:,} 条，变更 {counts['changed']:,} 条，"
            f"未变 {counts['unchanged']:,} 条，不再在册 {counts['closed']:,} 条"
        )
    if counts.get("carried"):
        lines.append(f"  被退回的行中有 {counts['carried']:,} 条原有记录，保持原样，未注销")
    if report.corrected:
        cells = "，".join(
            f"{FIELD[name].zh} {count:,} 处" for name, count in report.corrected.items()
        )
        lines.append(f"  已更正：{cells}")
    return lines


def _mode_lines(report: ListReport) -> list[str]:
    """How a delivery of changes is read: who comes, who goes, who stays."""
    if report.mode != "changes":
        return []
    removals, nobody = (report.counts.get(k, 0) for k in ("removals", "removals_of_nobody"))
    lines = [f"  按变动名册读取：移出名册 {removals:,} 行；没有列出的记录保持原样"]
    if nobody:
        lines.append(
            f"  其中 {nobody:,} 行在现有名册中找不到对应的记录，不起作用；请核对编号和身份号码"
        )
    return lines


def _refused_lines(refused: list[dict[str, Any]]) -> list[str]:
    """The refused columns by topic."""
    from renkou.intake.refused import topic_zh

    topics: dict[str, list[int]] = {}
    for one in refused:
        topics.setdefault(topic_zh(one["topic"]), []).append(one["columns"])
    return [
        f"  FILE-13 不接收的内容，已在入库前删除：{topic}，{sum(columns)} 列"
        + (f"（{len(columns)} 个工作表）" if len(columns) > 1 else "")
        for topic, columns in topics.items()
    ]


def _place(one: dict[str, Any]) -> str:
    sheet = f"〔{one['sheet']}〕" if one["sheet"] else ""
    column = f" {one['column']}" if one["column"] else ""
    return f"{one['file']}{sheet} 第 {one['row']} 行{column}"


def _note_lines(notes: list[dict[str, Any]]) -> list[str]:
    """Notes on sheets, those that say the same of many sheets told once."""
    from renkou.intake.rules import RULES

    groups: dict[tuple[str, str], int] = {}
    for note in notes:
        if note["rule"] != "FILE-13":
            what = str(note["column"] or note["detail"] or "").split(" (")[0]
            key = (note["rule"], what or f"{note['file']} {note['sheet'] or ''}".strip())
            groups[key] = groups.get(key, 0) + 1
    return [
        f"  {rule} {RULES[rule].zh}：{what}" + (f"（{count} 个工作表）" if count > 1 else "")
        for (rule, what), count in groups.items()
    ]
