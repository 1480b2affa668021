import pytest

from renkou.actions.workspaces import Workspace
from renkou.core.errors import UsageError
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
