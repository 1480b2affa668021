from datetime import date, timedelta

import pytest

from renkou.actions.staff import (
    add_staff,
    current_actor,
    grant_role,
    in_years,
    operating_system_user,
    require,
    require_scope,
    staff,
    withdraw_grant,
)
from renkou.actions.workspaces import Workspace
from renkou.core.errors import NotPermitted, UsageError, WorkspaceError
from renkou.core.permissions import Permission, Role
from renkou.records.models import AuditEvent, Grant, Staff


def test_who_makes_a_workspace_is_its_first_officer(workspace: Workspace) -> None:
    assert Staff.objects.get().username == current_actor(workspace) == operating_system_user()
    [held] = staff(workspace)
    assert [one["role"] for one in held["grants"]] == [Role.OFFICER]


def test_a_clerk_cannot_add_staff(office: Workspace) -> None:
    with pytest.raises(NotPermitted, match="manage staff"):
        add_staff(office, by="bob", username="dan", role=Role.CLERK)


def test_a_stranger_may_do_nothing(office: Workspace) -> None:
    for permission in Permission:
        with pytest.raises(NotPermitted, match="charlie does not work"):
            require(office, "charlie", permission)


def test_a_person_who_has_left_may_do_nothing(office: Workspace) -> None:
    Staff.objects.filter(username="alice").update(active=False)
    with pytest.raises(NotPermitted):
        require(office, "alice", Permission.ADD_LIST)


def test_nobody_is_added_twice(office: Workspace) -> None:
    with pytest.raises(WorkspaceError, match="already"):
        add_staff(office, by="alice", username="bob", role=Role.OFFICER)


@pytest.mark.parametrize("permission", [p for p in Permission if "read" not in p])
def test_an_auditor_changes_nothing(office: Workspace, permission: Permission) -> None:
    with pytest.raises(NotPermitted):
        require(office, "olga", permission)


def test_an_officer_does_not_read_the_audit_of_their_own_deeds() -> None:
    assert Permission.READ_AUDIT not in Role.OFFICER.permissions


def test_every_role_says_what_it_is_for() -> None:
    for role in Role:
        assert role.zh
        assert role.description
        assert role.permissions


def test_a_refusal_says_who_may(office: Workspace) -> None:
    with pytest.raises(NotPermitted, match="that is for auditor"):
        require(office, "alice", Permission.READ_AUDIT)


@pytest.fixture
def counties(office: Workspace) -> Workspace:
    """The office has two counties, and Bob is a clerk of a township of the first as well."""
    office.areas.write_text(
        "code,name,level\n513021000000,甲县,county\n513021100000,甲镇,township\n"
        "513022000000,乙县,county\n"
    )
    withdraw_grant(office, by="alice", grant=of(office, "bob")["id"], reason="改为乡镇经办")
    grant_role(
        office, by="alice", username="bob", role=Role.CLERK, area="513021100", reason="镇上经办"
    )
    return office


def of(office: Workspace, username: str) -> dict:
    return next(row for row in staff(office) if row["username"] == username)["grants"][-1]


def test_a_clerk_of_a_township_works_there_and_nowhere_else(counties: Workspace) -> None:
    scope = require_scope(counties, "bob", Permission.DECIDE_PAIR)
    assert scope.areas == ("513021100",)
    assert scope.holds("513021100203")
    assert not scope.holds("513021")
    require(counties, "bob", Permission.DECIDE_PAIR, area="513021100")
    for area in ("513022", "513021", None):
        with pytest.raises(NotPermitted, match="513021100 only"):
            require(counties, "bob", Permission.DECIDE_PAIR, area=area)


def test_an_administrator_of_a_county_grants_there_only(counties: Workspace) -> None:
    add_staff(
        counties, by="alice", username="ann", role=Role.AREA_ADMINISTRATOR, area="513021",
        reason="县里管理人员",
    )  # fmt: skip
    add_staff(counties, by="ann", username="carl", role=Role.CLERK, area="513021100")
    with pytest.raises(NotPermitted):
        add_staff(counties, by="ann", username="dora", role=Role.CLERK, area="513022")
    with pytest.raises(NotPermitted):
        withdraw_grant(counties, by="ann", grant=of(counties, "olga")["id"], reason="越权")


def test_a_withdrawn_grant_allows_nothing_from_then_on(counties: Workspace) -> None:
    withdraw_grant(counties, by="alice", grant=of(counties, "bob")["id"], reason="调离")
    with pytest.raises(NotPermitted, match="no grant in force"):
        require_scope(counties, "bob", Permission.DECIDE_PAIR)
    kept = Grant.objects.filter(staff__username="bob").last()
    assert kept is not None
    assert (kept.withdrawn_because, kept.withdrawn_by.username) == ("调离", "alice")
    assert AuditEvent.objects.last().action == "withdraw_role"


def test_a_grant_ends_with_its_last_day(counties: Workspace) -> None:
    today = date.today()
    held = Grant.objects.filter(staff__username="bob", withdrawn_at__isnull=True)
    held.update(until=today)
    require_scope(counties, "bob", Permission.DECIDE_PAIR)
    held.update(until=today - timedelta(days=1))
    with pytest.raises(NotPermitted):
        require_scope(counties, "bob", Permission.DECIDE_PAIR)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"reason": " "}, "reason"),
        ({"until": date(2001, 1, 1)}, "until = 2001-01-01"),
        ({"until": in_years(9)}, "3 years"),
        ({"area": "999999"}, "area = 999999"),
    ],
)
def test_a_grant_that_cannot_stand_is_refused(
    counties: Workspace, change: dict, message: str
) -> None:
    given = {"role": Role.PLANNER, "area": "513021", "reason": "统计"} | change
    with pytest.raises(UsageError, match=message):
        grant_role(counties, by="alice", username="bob", **given)


def test_nobody_grants_to_themselves(counties: Workspace) -> None:
    with pytest.raises(NotPermitted, match="themselves"):
        grant_role(counties, by="alice", username="alice", role=Role.AUDITOR, reason="方便")


def test_the_owner_takes_over_where_the_last_officer_has_run_out(workspace: Workspace) -> None:
    from renkou.actions.workspaces import init_workspace

    Grant.objects.update(until=date(2001, 1, 1))
    with pytest.raises(NotPermitted):
        require(workspace, operating_system_user(), Permission.MANAGE_STAFF)
    init_workspace(workspace.path)
    require(workspace, operating_system_user(), Permission.MANAGE_STAFF)
