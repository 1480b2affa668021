import pytest

from renkou.actions.staff import add_staff, current_actor, operating_system_user, require
from renkou.actions.workspaces import Workspace
from renkou.core.errors import NotPermitted, WorkspaceError
from renkou.core.permissions import Permission, Role
from renkou.records.models import Staff


def test_who_makes_a_workspace_is_its_first_officer(workspace: Workspace) -> None:
    assert Staff.objects.get().username == current_actor(workspace) == operating_system_user()
    assert Staff.objects.get().role == Role.OFFICER


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
