"""Where the office database is, and opening it: a SQLite file, or PostgreSQL by one setting.

Importing this module sets Django up (a quarter of a second), so that models may be imported after
it; only what needs the office database imports it.
"""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import django
from django.apps import apps
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from renkou.core.errors import UsageError

_FORM = "postgresql://USER:PASSWORD@HOST:PORT/NAME"

if not apps.ready and not apps.loading:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "renkou.config.settings")
    django.setup()


def sqlite_database(name: str) -> dict[str, Any]:
    """Settings of a SQLite file; a writer waits for another up to 20 seconds."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": name,
        "OPTIONS": {"timeout": 20, "transaction_mode": "IMMEDIATE"},
    }


def database_of_url(url: str) -> dict[str, Any]:
    """Settings of a `postgresql://` URL; query parameters become connection options.

    >>> database_of_url("postgresql://clerk@localhost/office")["NAME"]
    'office'
    """
    parts = urlsplit(url)
    name = parts.path.removeprefix("/")
    if parts.scheme not in ("postgresql", "postgres") or not name:
        raise UsageError(f"database setting: not of the form {_FORM}; mend it in renkou.toml")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(name),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "OPTIONS": dict(parse_qsl(parts.query)),
    }


def open_database(settings: dict[str, Any]) -> None:
    """Point Django at a database and bring its tables up to date; again costs nothing."""
    current = connections.databases["default"]
    if all(current.get(key) == value for key, value in settings.items()):
        return
    connections["default"].close()
    del connections["default"]
    current.clear()
    current.update(settings)
    connections.configure_settings(connections.databases)
    _migrate_if_older()


def close_database() -> None:
    """Let go of the database; the next `open_database` opens afresh."""
    open_database({"ENGINE": "django.db.backends.dummy"})


def _migrate_if_older() -> None:
    connection = connections["default"]
    if connection.vendor == "unknown":  # the dummy engine of `close_database`
        return
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0, interactive=False)
