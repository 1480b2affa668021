"""Where the office database is, and opening it: a SQLite file, or PostgreSQL by one setting.

Importing this module sets Django up (a quarter of a second), so that models may be imported after
it; only what needs the office database imports it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import django
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connections
from django.db.migrations.executor import MigrationExecutor

from renkou.core.errors import UsageError, WorkspaceError

_CLOSED = {"ENGINE": "django.db.backends.dummy"}
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
        raise UsageError(
            f"database setting: not of the form {_FORM}; mend it in renkou.toml",
            zh=f"renkou.toml 的 database 一项须写成 {_FORM}；请改正",
        )
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
    """Point Django at a database and bring its tables up to date; again costs nothing.

    Raises
    ------
    WorkspaceError
        If it cannot be opened, is damaged, or was written by a newer version.
    """
    current = connections.databases["default"]
    if all(current.get(key) == value for key, value in settings.items()):
        return
    _point_at(settings)
    try:
        with told_of_the_office():
            _migrate_if_older()
    except Exception:
        _point_at(_CLOSED)  # so that the next attempt opens it afresh
        raise


@contextmanager
def told_of_the_office() -> Iterator[None]:
    """What hinders reading or writing the office database, said with its remedy.

    Raises
    ------
    WorkspaceError
        In place of the database's own error; one of a broken constraint passes.
    """
    try:
        yield
    except IntegrityError:
        raise
    except (DatabaseError, ImproperlyConfigured) as error:
        cause, zh = _cause(error)
        raise WorkspaceError(f"office database: {cause}", zh=f"办公数据库：{zh}") from error


def close_database() -> None:
    """Let go of the database; the next `open_database` opens afresh."""
    _point_at(_CLOSED)


def _point_at(settings: dict[str, Any]) -> None:
    connections["default"].close()
    del connections["default"]
    connections.databases["default"] = dict(settings)
    connections.configure_settings(connections.databases)


def _migrate_if_older() -> None:
    executor = MigrationExecutor(connections["default"])
    ours = {name for name in executor.loader.applied_migrations if name[0] == "records"}
    if ours - set(executor.loader.disk_migrations):
        raise WorkspaceError(
            "office database: written by a newer version of renkou; install that version",
            zh="办公数据库由更新版本的 renkou 写成；请安装新版 renkou",
        )
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0, interactive=False)


def _cause(error: Exception) -> tuple[str, str]:
    """What hinders and what to do, in English and in Chinese."""
    if isinstance(error, ImproperlyConfigured):
        return (
            "PostgreSQL needs psycopg; install renkou with the extra `postgres`",
            "使用 PostgreSQL 须有 psycopg；请安装 renkou 时加上 postgres 组件",
        )
    if "locked" in str(error):
        return (
            "another process holds it; try again when that has ended",
            "正被另一进程占用；请等它结束后再试",
        )
    if "full" in str(error):
        return ("the disk is full; free some room and try again", "磁盘已满；请腾出空间后重试")
    if "readonly" in str(error):
        return (
            "may not be written; check the rights of its file and folder",
            "不能写入；请核对文件和文件夹的权限",
        )
    return (
        "cannot be opened, or is damaged; check the path and rights, or restore a backup",
        "打不开或已损坏；请核对路径和权限，或从备份恢复",
    )
