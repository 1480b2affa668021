"""Open a workspace's office database: its SQLite file, or what `database` in renkou.toml names."""

from __future__ import annotations

import os
import tomllib
from typing import TYPE_CHECKING

from renkou.records.databases import database_of_url, open_database, sqlite_database

if TYPE_CHECKING:
    from renkou.actions.workspaces import Workspace


def open_office(workspace: Workspace) -> None:
    """Make this workspace's office database the one that models read and write."""
    url = os.environ.get("RENKOU_DATABASE") or _database_setting(workspace)
    open_database(database_of_url(url) if url else sqlite_database(str(workspace.office)))
    if not url:
        workspace.office.chmod(0o600)


def _database_setting(workspace: Workspace) -> str | None:
    if not workspace.settings.exists():
        return None
    return tomllib.loads(workspace.settings.read_text(encoding="utf-8")).get("database")
