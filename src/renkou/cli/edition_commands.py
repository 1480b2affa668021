"""`renkou edition …`: build, list, show, compare and verify editions of the register."""

from __future__ import annotations

from typing import Annotated, Any

import rich.console
import rich.table
import typer

from renkou.actions.workspaces import find_workspace
from renkou.cli.options import JsonOption, WorkspaceOption, print_json, wide_console
from renkou.cli.progress import progress_bars
from renkou.core.fields import FIELD

edition_app = typer.Typer(
    help="版本：登记册的一期，封存后不再改动。\n\nEditions: sealed issues of the register.",
    no_args_is_help=True,
)
EditionArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="ID", help="版本编号，缺省为最新一版。 The edition; without it, the newest."
    ),
]
TABLES = {
    "persons": "人员",
    "values": "取值与出处",
    "households": "户",
    "spells": "时段",
    "events": "事件",
    "links": "记录归属",
    "review_pairs": "待复核记录对",
    "decisions": "判定",
    "reconciliation": "核对汇总",
    "reconciliation_cases": "核对明细",
    "lineage": "合并与拆分",
}

_OTHER_FIELDS = {"residence_status": "居住状态", "alive": "在世", "household_id": "所属户"}


@edition_app.command("build")
def build(
    full: Annotated[
        bool,
        typer.Option(
            "--full", help="全部重新计算，不沿用上一版。 Compute everything anew; reuse nothing."
        ),
    ] = False,
    reuse_model: Annotated[
        bool,
        typer.Option(
            "--reuse-model/--train",
            help="沿用最新一版保存的模型，只重新关联有变动的记录；或重新训练，全部关联。 "
            "Link what differs since the newest edition with its model, or train anew and link all.",
        ),
    ] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """用已添加的名册和判定编制新版本。

    Build the next edition from the accepted lists and the decisions.
    """
    from renkou.actions import editions
    from renkou.actions.staff import current_actor

    place = find_workspace(workspace)
    with progress_bars(quiet=as_json) as progress:
        manifest = editions.build_edition(
            place,
            by=current_actor(place),
            full=full,
            reuse_model=reuse_model,
            progress=progress,
        )
    if as_json:
        print_json(_without_files(manifest))
    else:
        _print_edition(manifest)


@edition_app.command("list")
def list_editions(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """列出已封存的各版本，旧的在前。

    List the sealed editions, oldest first.
    """
    from renkou.actions import editions

    found = editions.edition_list(find_workspace(workspace))
    if as_json:
        print_json(found)
        return
    table = rich.table.Table("版本", "基准日期", "人口", "户", "编制时间 (UTC)", "编制人")
    for one in found:
        counts = [f"{one['rows'].get(name, 0):,}" for name in ("persons", "households")]
        table.add_row(one["id"], one["as_of"], *counts, one["built_at"], one["built_by"])
    wide_console().print(table)


@edition_app.command("show")
def show(
    edition: EditionArgument = None, workspace: WorkspaceOption = None, as_json: JsonOption = False
) -> None:
    """查看版本的内容，以及由哪些报送编成。

    Show what an edition holds and what it was made from.
    """
    from renkou.actions import editions

    manifest = editions.show_edition(find_workspace(workspace), edition)
    if as_json:
        print_json(_without_files(manifest))
    else:
        _print_edition(manifest)


@edition_app.command("compare")
def compare(
    before: Annotated[str, typer.Argument(metavar="A", help="较早的版本。 The earlier edition.")],
    after: Annotated[str, typer.Argument(metavar="B", help="较晚的版本。 The later edition.")],
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """比较两个版本：按区县和项目列出变化，不显示个人。

    Say what changed from edition A to edition B, by county and field; names nobody.
    """
    from renkou.actions import editions
    from renkou.actions.code_words import area_names

    place = find_workspace(workspace)
    found = editions.compare_editions(place, before, after)
    if as_json:
        print_json(found)
        return
    names = {"000000": "未能对应到区域", **area_names(place)}
    console = wide_console()
    console.print(f"{found['before']} → {found['after']}", style="bold")
    console.print(
        f"并入他人的人员编号 {found['merged']:,}，拆分的 {found['split']:,}，"
        f"有记录改归他人的 {found['moved']:,}"
    )
    people = rich.table.Table("区县", "新增", "减少")
    for row in found["areas"]:
        people.add_row(names.get(row["area"], row["area"]), f"{row['in']:,}", f"{row['out']:,}")
    console.print(people)
    fields = rich.table.Table("区县", "项目", "取值改变的人数")
    for row in found["fields"]:
        label = FIELD[row["field"]].zh if row["field"] in FIELD else _OTHER_FIELDS[row["field"]]
        fields.add_row(names.get(row["area"], row["area"]), label, f"{row['people']:,}")
    console.print(fields if found["fields"] else "没有取值改变。")


@edition_app.command("verify")
def verify(edition: EditionArgument = None, workspace: WorkspaceOption = None) -> None:
    """验证版本与封存时一致；逐一指出有变动的文件。

    Prove that an edition is as it was sealed; names every file that is not.
    """
    from renkou.actions import editions

    name = editions.verify_edition(find_workspace(workspace), edition)
    typer.echo(f"版本 {name} 完好：所有文件与封存时一致。")


def _without_files(manifest: dict[str, Any]) -> dict[str, Any]:
    tables = {
        name: {"rows": table["rows"], "digest": table["digest"]}
        for name, table in manifest["tables"].items()
    }
    return {**manifest, "tables": tables}


def _print_edition(manifest: dict[str, Any]) -> None:
    console = wide_console()
    console.print(f"版本 {manifest['id']}，截至 {manifest['as_of']}", style="bold")
    console.print(f"编制：{manifest['built_by']}，{manifest['built_at']}，{manifest['seconds']} 秒")
    lists = rich.table.Table("名册", "报送", "基准日期", "记录")
    for one in manifest["inputs"]["deliveries"]:
        date = str(one["reference_date"])
        lists.add_row(one["source"], one["delivery"], date, f"{one['records']:,}")
    console.print(lists)
    tables = rich.table.Table("表", "行数", "摘要")
    for name, table in manifest["tables"].items():
        tables.add_row(TABLES.get(name, name), f"{table['rows']:,}", table["digest"][:12])
    console.print(tables)
