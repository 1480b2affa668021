"""People who work here: who is acting, what they may do, and adding one."""

from __future__ import annotations

import os
import pwd
from typing import Any

from django.utils import timezone

from renkou.actions.office import open_office
from renkou.actions.workspaces import Workspace
from renkou.core.errors import NotPermitted, WorkspaceError
from renkou.core.permissions import Permission, Role, may
from renkou.records.models import Staff


def operating_system_user() -> str:
    """The name of the account that runs this process; environment variables cannot change it."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a container may run under a number without a name
        return f"uid-{os.getuid()}"


def current_actor(workspace: Workspace) -> str:
    """The username under which a command acts: the operating system's user, who works here."""
    username = operating_system_user()
    staff_member(workspace, username)
    return username


def staff_member(workspace: Workspace, username: str) -> Staff:
    """The active person of that name who works here, or an error."""
    open_office(workspace)
    found = Staff.objects.filter(username=username, active=True).first()
    if found is None:
        raise NotPermitted(
            f"{username} does not work in {workspace.path}; "
            "an officer can add them with `renkou staff add`",
            zh=f"{username} 不是 {workspace.path} 的工作人员；人口数据管理员可用 renkou staff add 登记",
        )
    return found


def require(workspace: Workspace, username: str, permission: Permission) -> Staff:
    """The person, if their role allows this; else an error that names the permission."""
    member = staff_member(workspace, username)
    if not may(member.role, permission):
        who = [role.value for role in Role if permission in role.permissions]
        raise NotPermitted(
            f"{username} ({member.role}) may not {permission.replace('_', ' ')}; "
            f"that is for {' or '.join(who)} (`renkou staff list` shows who is)",
            zh=f"{username}（{Role(member.role).zh}）无权{permission.zh}；有此权限的是"
            f"{'、'.join(Role(one).zh for one in who)}（renkou staff list 可查是谁）",
        )
    return member


def staff(workspace: Workspace) -> list[dict[str, Any]]:
    """Who works here, by username."""
    open_office(workspace)
    rows = Staff.objects.order_by("username")
    return list(rows.values("username", "role", "active", "added_at"))


def register_first_officer(workspace: Workspace) -> None:
    """Where nobody works yet, the operating system's user becomes the first officer."""
    open_office(workspace)
    if not Staff.objects.exists():
        Staff.objects.create(
            username=operating_system_user(), role=Role.OFFICER, added_at=timezone.now()
        )


def add_staff(workspace: Workspace, *, by: str, username: str, role: Role) -> None:
    """Let a person work here under a role; recorded in the audit."""
    from renkou.actions.audit import record_event

    require(workspace, by, Permission.MANAGE_STAFF)
    if Staff.objects.filter(username=username).exists():
        raise WorkspaceError(
            f"{username} works here already; `renkou staff list` shows the roles",
            zh=f"{username} 已经登记；可用 renkou staff list 查看各人角色",
        )
    Staff.objects.create(username=username, role=role, added_at=timezone.now())
    record_event(workspace, by=by, action="add_staff", subject=f"staff:{username}", reason=role)
