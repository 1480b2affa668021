"""`renkou init`, `renkou staff` and `renkou audit`: a workspace and the people who work in it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from renkou.actions.audit_words import ACTIONS
from renkou.actions.workspaces import find_workspace, init_workspace
from renkou.cli.options import JsonOption, WorkspaceOption, print_json
from renkou.core.permissions import Role

staff_app = typer.Typer(
    help="工作人员及其角色。\n\nPeople who work here, and their roles.", no_args_is_help=True
)
audit_app = typer.Typer(
    help="审计记录：谁、何时、为何、做了什么。\n\nWho did what, when and why.", no_args_is_help=True
)


def init(
    folder: Annotated[
        Path,
        typer.Argument(metavar="DIR", help="文件夹，没有则新建。 The folder; made if need be."),
    ],
) -> None:
    """新建工作区：文件夹和办公数据库，您是首位人口数据管理员。

    Make DIR a workspace: folders, office database, and you as its first officer.
    """
    workspace = init_workspace(folder)
    typer.echo(f"工作区已就绪：{workspace.path}")
    typer.echo(f"下一步：把名册放进 {workspace.incoming}，然后运行 renkou source draft FILE")


_NAME = typer.Argument(metavar="NAME", help="账号名。 The account name.")
_AREA = typer.Option(
    help="区域代码（不带末尾的零）；不写为全部区域。 Code of an area; the whole office without."
)
_UNTIL = typer.Option(
    formats=["%Y-%m-%d"], help="最后一天，不写为一年。 The last day; a year ahead without."
)
_REASON = typer.Option(help="为何授权或撤销。 Why.")


@staff_app.command("add")
def add(
    username: Annotated[str, _NAME],
    role: Annotated[Role, typer.Option(help="角色，决定可以做什么。 What the person may do.")],
    area: Annotated[str, _AREA] = "",
    until: Annotated[datetime | None, _UNTIL] = None,
    reason: Annotated[str, _REASON] = "",
    name: Annotated[str, typer.Option(help="姓名，供页面显示。 The name that pages show.")] = "",
    workspace: WorkspaceOption = None,
) -> None:
    """登记工作人员及其角色。

    Let a person work here under a role.
    """
    from renkou.actions.staff import add_staff, current_actor

    office = find_workspace(workspace)
    add_staff(
        office, by=current_actor(office), username=username, role=role, area=area, reason=reason,
        until=until.date() if until else None, name=name,
    )  # fmt: skip
    typer.echo(f"已登记：{username}（{role.zh}）")


@staff_app.command("grant")
def grant(
    username: Annotated[str, _NAME],
    role: Annotated[Role, typer.Option(help="角色，决定可以做什么。 What the person may do.")],
    reason: Annotated[str, _REASON],
    area: Annotated[str, _AREA] = "",
    until: Annotated[datetime | None, _UNTIL] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """再授予一个角色或区域，有理由、有期限。

    Grant another role or area, with a reason and a last day.
    """
    from renkou.actions.staff import current_actor, grant_role

    office = find_workspace(workspace)
    given = grant_role(
        office, by=current_actor(office), username=username, role=role, area=area, reason=reason,
        until=until.date() if until else None,
    )  # fmt: skip
    typer.echo(
        f"已授权：{username}（{role.zh}，{area or '全部区域'}，至 {given.until}），编号 {given.id}"
    )


@staff_app.command("withdraw")
def withdraw(
    number: Annotated[
        int, typer.Argument(metavar="GRANT", help="授权编号，见 staff list。 Number of the grant.")
    ],
    reason: Annotated[str, _REASON],
    workspace: WorkspaceOption = None,
) -> None:
    """立即撤销一项授权。

    End a grant at once.
    """
    from renkou.actions.staff import current_actor, withdraw_grant

    office = find_workspace(workspace)
    withdraw_grant(office, by=current_actor(office), grant=number, reason=reason)
    typer.echo(f"已撤销授权 {number}")


@staff_app.command("password")
def password(username: Annotated[str, _NAME], workspace: WorkspaceOption = None) -> None:
    """设置登录页面用的首次口令，本人首次登录时须更改。

    Set a first password for the pages; its owner changes it when signing in.
    """
    from renkou.actions.staff import current_actor, new_first_password

    office = find_workspace(workspace)
    made = new_first_password(office, by=current_actor(office), username=username)
    typer.echo(f"{username} 的首次口令（只显示这一次）：{made}")


@staff_app.command("list")
def list_staff(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """列出工作人员、角色、区域和期限。

    Who works here, with the grants in force.
    """
    from renkou.actions.staff import staff

    rows = staff(find_workspace(workspace))
    if as_json:
        print_json(rows)
        return
    for row in rows:
        state = "（已停用）" if not row["active"] else ""
        if not row["grants"]:
            typer.echo(f"{row['username']}{state}\t没有有效的授权")
        for held in row["grants"]:
            where, role = held["area"] or "全部区域", Role(held["role"]).zh
            typer.echo(
                f"{row['username']}\t{role}{state}\t{where}\t至 {held['until']}\t编号 {held['id']}"
            )


@audit_app.command("verify")
def verify(workspace: WorkspaceOption = None) -> None:
    """验证审计记录未被改动或删除。

    Prove that no audit event was altered or removed.
    """
    from renkou.actions.audit import verify_audit

    count = verify_audit(find_workspace(workspace))
    typer.echo(f"审计记录 {count} 条，前后相接，未见改动")


@audit_app.command("list")
def list_events(
    limit: Annotated[
        int, typer.Option(help="显示最新多少条。 How many of the newest events.")
    ] = 20,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """查看最新的审计记录；限审计与数据保护人员。

    The newest audit events; for auditors.
    """
    from renkou.actions.audit import newest_events
    from renkou.actions.staff import current_actor

    office = find_workspace(workspace)
    rows = newest_events(office, by=current_actor(office), limit=limit)
    if as_json:
        print_json(rows)
        return
    for row in rows:
        when = f"{row['happened_at']:%Y-%m-%d %H:%M}"
        what = ACTIONS.get(row["action"], row["action"])
        typer.echo(f"{when}\t{row['who']}\t{what}\t{row['subject']}\t{row['reason']}")
