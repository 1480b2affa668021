"""People who work here: who is acting, what they may do, and adding one."""

from __future__ import annotations

import os
import pwd
import secrets
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from renkou.actions.office import open_office
from renkou.actions.office_areas import office_areas
from renkou.actions.workspaces import Workspace
from renkou.core.areas import short_code
from renkou.core.errors import NotPermitted, UsageError, WorkspaceError
from renkou.core.permissions import Permission, Role, may
from renkou.records.models import Grant, Staff

_MOST_YEARS = 3
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is mistaken for another
_YEARS_OF_THE_FIRST = 1
_SHOWN = ("role", "area", "reason", "until")


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


@dataclass(frozen=True)
class Scope:
    """A person who may do a thing, and where: codes of areas, with all that lies in them."""

    member: Staff
    areas: tuple[str, ...]

    @property
    def everywhere(self) -> bool:
        """Whether it is the whole office."""
        return "" in self.areas

    def holds(self, area: str) -> bool:
        """Whether an area, by its code, lies in the scope.

        >>> Scope(Staff(username="bob"), ("513021",)).holds("513021100")
        True
        """
        return any(area.startswith(one) for one in self.areas)


def require(
    workspace: Workspace, username: str, permission: Permission, *, area: str | None = None
) -> Staff:
    """The person, if a grant in force allows this; else an error that names the permission.

    Parameters
    ----------
    area : code of the area it is to be done in; without it, the whole office
    """
    return require_scope(workspace, username, permission, area=area or "").member


def require_scope(
    workspace: Workspace, username: str, permission: Permission, *, area: str | None = None
) -> Scope:
    """Where a person may do something: an error if nowhere, or not in `area` where one is given."""
    member = staff_member(workspace, username)
    grants = list(member.grants.in_force(date.today()))
    areas = tuple(sorted({one.area for one in grants if may(one.role, permission)}))
    if not areas:
        raise _not_permitted(username, {one.role for one in grants}, permission)
    scope = Scope(member, areas)
    if area is not None and not scope.holds(area):
        raise NotPermitted(
            f"{username} may {permission.replace('_', ' ')} in {', '.join(areas)} only, not in "
            f"{area or 'the whole office'}; who manages staff there can grant it",
            zh=f"{username} 只在 {'、'.join(areas)} 有{permission.zh}的权限，"
            f"不含{area or '全部区域'}；可请当地的管理人员授权",
        )
    return scope


def _not_permitted(username: str, roles: set[str], permission: Permission) -> NotPermitted:
    who = [role for role in Role if permission in role.permissions]
    held = ", ".join(sorted(roles)) or "no grant in force"
    held_zh = "、".join(Role(role).zh for role in sorted(roles)) or "没有有效的授权"
    return NotPermitted(
        f"{username} ({held}) may not {permission.replace('_', ' ')}; "
        f"that is for {' or '.join(who)} (`renkou staff list` shows who is)",
        zh=f"{username}（{held_zh}）无权{permission.zh}；有此权限的是"
        f"{'、'.join(role.zh for role in who)}（renkou staff list 可查是谁）",
    )


def staff(workspace: Workspace) -> list[dict[str, Any]]:
    """Who works here, by username, each with the grants in force."""
    open_office(workspace)
    rows = Staff.objects.order_by("username").values("id", "username", "name", "active", "added_at")
    held: dict[int, list[dict[str, Any]]] = {}
    for grant in Grant.objects.in_force(date.today()).values("id", "staff_id", *_SHOWN):
        held.setdefault(grant.pop("staff_id"), []).append(grant)
    return [{**row, "grants": held.get(row.pop("id"), [])} for row in rows]


def register_first_officer(workspace: Workspace) -> None:
    """Where nobody can name who works here, the operating system's user becomes an officer.

    So it is in a new workspace, and where the last grant of an officer has run out.
    """
    open_office(workspace)
    managing = [role.value for role in Role if Permission.MANAGE_STAFF in role.permissions]
    in_force = Grant.objects.in_force(date.today())
    if in_force.filter(role__in=managing, area="").exists():
        return
    me, _ = Staff.objects.get_or_create(
        username=operating_system_user(), defaults={"added_at": timezone.now()}
    )
    _grant(me, Role.OFFICER, "", "工作区所有者", in_years(_YEARS_OF_THE_FIRST), None)


def add_staff(
    workspace: Workspace, *, by: str, username: str, role: Role, area: str = "", reason: str = "",
    until: date | None = None, name: str = "",
) -> None:  # fmt: skip
    """Let a person work here under a role in an area; recorded in the audit."""
    from renkou.actions.audit import record_event

    require(workspace, by, Permission.MANAGE_STAFF, area=area)
    if Staff.objects.filter(username=username).exists():
        raise WorkspaceError(
            f"{username} works here already; `renkou staff list` shows the grants, "
            "`renkou staff grant` adds one",
            zh=f"{username} 已经登记；可用 renkou staff list 查看授权，用 renkou staff grant 增加授权",
        )
    with transaction.atomic():
        Staff.objects.create(username=username, name=name, added_at=timezone.now())
        granted = _give(workspace, by, username, role, area, reason or "登记为工作人员", until)
        record_event(
            workspace, by=by, action="add_staff", subject=f"staff:{username}", reason=_told(granted)
        )


def grant_role(
    workspace: Workspace, *, by: str, username: str, role: Role, area: str = "", reason: str,
    until: date | None = None, action: str = "grant_role",
) -> Grant:  # fmt: skip
    """Give a person a role for an area until a day, a year ahead if none is named.

    Raises
    ------
    NotPermitted
        If `by` does not manage staff there, or would grant to themselves.
    UsageError
        If the reason is missing, the day is past or too far, or the area is unknown.
    """
    from renkou.actions.audit import record_event

    granted = _give(workspace, by, username, role, area, reason, until)
    record_event(
        workspace, by=by, action="grant_role", subject=f"staff:{username}", reason=_told(granted)
    )
    return granted


def _give(
    workspace: Workspace, by: str, username: str, role: Role, area: str, reason: str,
    until: date | None,
) -> Grant:  # fmt: skip
    giver = require(workspace, by, Permission.MANAGE_STAFF, area=area)
    last = until or in_years(1)
    _refuse_unusable_grant(workspace, by, username, area, reason, last)
    member = staff_member(workspace, username)
    return _grant(member, role, area, reason.strip(), last, giver)


def _told(grant: Grant) -> str:
    return f"{grant.role} {grant.area or '*'} {grant.until.isoformat()} {grant.reason}"


def withdraw_grant(workspace: Workspace, *, by: str, grant: int, reason: str) -> None:
    """End a grant at once; who held it is signed out at the next click. Recorded in the audit."""
    from renkou.actions.audit import record_event

    open_office(workspace)
    found = Grant.objects.filter(id=grant, withdrawn_at__isnull=True).first()
    if found is None:
        raise UsageError(
            f"grant {grant}: there is none in force of this number; `renkou staff list` shows them",
            zh=f"没有编号为 {grant} 的有效授权；可用 renkou staff list 查看",
        )
    giver = require(workspace, by, Permission.MANAGE_STAFF, area=found.area)
    if not reason.strip():
        raise _reason_missing()
    Grant.objects.filter(id=grant, withdrawn_at__isnull=True).update(
        withdrawn_at=timezone.now(), withdrawn_by=giver, withdrawn_because=reason.strip()
    )
    record_event(
        workspace, by=by, action="withdraw_role", subject=f"staff:{found.staff.username}",
        reason=f"{found.role} {found.area or '*'} {reason.strip()}",
    )  # fmt: skip


def new_first_password(workspace: Workspace, *, by: str, username: str) -> str:
    """A password that its owner must change when they sign in.

    The one before, the second factor and all sessions end: it is also what helps who lost a phone.
    """
    from allauth.mfa.models import Authenticator

    from renkou.actions.audit import record_event

    member = staff_member(workspace, username)
    for area in _areas_of(member):
        require(workspace, by, Permission.MANAGE_STAFF, area=area)
    password = "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))
    member.set_password(password)
    member.password_is_first = True
    member.save(update_fields=["password", "password_is_first"])
    Authenticator.objects.filter(user=member).delete()
    record_event(workspace, by=by, action="first_password", subject=f"staff:{username}")
    return password


def _areas_of(member: Staff) -> set[str]:
    """Where a person holds grants; the whole office where they hold none."""
    held = member.grants.in_force(date.today()).values_list("area", flat=True)
    return set(held) or {""}


def in_years(count: int) -> date:
    """The same day so many years ahead, of 29 February the day before."""
    today = date.today()
    day = 28 if (today.month, today.day) == (2, 29) else today.day
    return today.replace(year=today.year + count, day=day)


def _grant(
    member: Staff, role: Role, area: str, reason: str, until: date, giver: Staff | None
) -> Grant:
    return Grant.objects.create(
        staff=member, role=role, area=area, reason=reason, until=until, granted_by=giver,
        granted_at=timezone.now(),
    )  # fmt: skip


def _reason_missing() -> UsageError:
    return UsageError(
        "reason: is missing; say why, in a few words", zh="缺少理由；请用几个字写明原因"
    )


def _refuse_unusable_grant(
    workspace: Workspace, by: str, username: str, area: str, reason: str, until: date
) -> None:
    if by == username:
        raise NotPermitted(
            f"{by} may not grant themselves a role; ask another who manages staff",
            zh=f"{by} 不能给自己授权；请由另一位管理人员授权",
        )
    if not reason.strip():
        raise _reason_missing()
    if not date.today() <= until <= in_years(_MOST_YEARS):
        raise UsageError(
            f"until = {until}: the last day lies from today to {_MOST_YEARS} years ahead; "
            "name such a day and renew it later",
            zh=f"截止日期 {until} 须在今天至 {_MOST_YEARS} 年之内；请另指定日期，到期再续",
        )
    if area and area not in {short_code(one.code) for one in office_areas(workspace)}:
        raise UsageError(
            f"area = {area}: is not in areas.csv; take a code of it without closing zeros",
            zh=f"areas.csv 中没有区域 {area}；请用其中的代码（不带末尾的零）",
        )
