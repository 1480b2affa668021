import sqlite3
from pathlib import Path

import pytest

from renkou.actions.staff import current_actor
from renkou.actions.workspaces import Workspace
from renkou.core.errors import WorkspaceError
from renkou.records.databases import close_database


@pytest.fixture
def closed(workspace: Workspace) -> Workspace:
    close_database()
    return workspace


def test_a_damaged_office_database_is_named(closed: Workspace) -> None:
    closed.office.write_bytes(b"no database at all, and long enough to be read as one" * 100)
    with pytest.raises(WorkspaceError, match="office database"):
        current_actor(closed)


def test_an_office_database_of_a_newer_version_is_refused(closed: Workspace) -> None:
    with sqlite3.connect(closed.office) as connection:
        connection.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('records', '9999_x', '')"
        )
    connection.close()
    with pytest.raises(WorkspaceError, match="newer"):
        current_actor(closed)


def test_an_office_database_opens_again_after_an_error(closed: Workspace) -> None:
    good = closed.office.read_bytes()
    closed.office.write_bytes(b"x" * 5000)
    with pytest.raises(WorkspaceError):
        current_actor(closed)
    closed.office.write_bytes(good)
    assert current_actor(closed)


def test_a_server_that_does_not_answer_is_an_error_without_the_password(closed: Workspace) -> None:
    pytest.importorskip("psycopg")
    text = 'format_version = 1\ndatabase = "postgresql://a:secret@127.0.0.1:9/office"\n'
    closed.settings.write_text(text)
    with pytest.raises(WorkspaceError, match="cannot be opened") as caught:
        current_actor(closed)
    assert "secret" not in str(caught.value)


def test_two_workspaces_in_one_process_keep_their_own_people(
    workspace: Workspace, tmp_path: Path
) -> None:
    from renkou.actions.staff import add_staff, operating_system_user, staff
    from renkou.actions.workspaces import init_workspace
    from renkou.core.permissions import Role

    other = init_workspace(tmp_path / "other")
    add_staff(other, by=operating_system_user(), username="bob", role=Role.CLERK)
    assert [row["username"] for row in staff(workspace)] == [operating_system_user()]
    assert len(staff(other)) == 2
