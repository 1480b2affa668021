import pytest

from renkou.actions.audit import record_event
from renkou.actions.workspaces import Workspace
from renkou.core.errors import UsageError, WorkspaceError
from renkou.records.databases import database_of_url


def test_one_setting_moves_the_office_to_postgresql(workspace: Workspace) -> None:
    from django.db import connection

    uses_a_file = workspace.office.exists()
    assert connection.vendor == ("sqlite" if uses_a_file else "postgresql")


def test_a_database_url_may_hold_a_port_a_password_and_options() -> None:
    settings = database_of_url("postgresql://a:p%40ss@db.example:6432/office?sslmode=require")
    assert settings["PASSWORD"] == "p@ss"
    assert settings["PORT"] == "6432"
    assert settings["OPTIONS"] == {"sslmode": "require"}


@pytest.mark.parametrize("url", ["mysql://a@b/c", "postgresql://host", "office.db"])
def test_an_unknown_database_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(UsageError, match=r"renkou\.toml") as caught:
        database_of_url(url)
    assert url not in str(caught.value)  # it may hold a password


@pytest.mark.parametrize(
    ("hindrance", "remedy"),
    [
        ("database or disk is full", "free some room"),
        ("attempt to write a readonly database", "check the rights"),
        ("database is locked", "try again"),
        ("file is not a database", "restore a backup"),
    ],
)
def test_what_hinders_the_office_database_is_said_with_its_remedy(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, hindrance: str, remedy: str
) -> None:
    from django.db import OperationalError

    from renkou.actions.staff import operating_system_user
    from renkou.records.models import AuditEvent

    def hindered(*_: object, **__: object) -> None:
        raise OperationalError(hindrance)

    monkeypatch.setattr(AuditEvent.objects, "bulk_create", hindered)
    with pytest.raises(WorkspaceError, match=remedy):
        record_event(workspace, by=operating_system_user(), action="look", subject="edition:1")
