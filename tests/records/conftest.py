"""Alice is an officer, Bob a clerk, Olga an auditor; Charlie is a stranger.

Every test here runs on SQLite and on PostgreSQL.
"""

import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from renkou.actions.workspaces import Workspace, init_workspace

_numbers = itertools.count(1)


def _program(name: str) -> str:
    installed = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(installed[-1]) if installed else str(shutil.which(name))


def _as_postgres(*command: str) -> None:
    """PostgreSQL refuses to run as root; there its own user runs it."""
    prefix = ("runuser", "-u", "postgres", "--") if os.getuid() == 0 else ()
    subprocess.run([*prefix, *command], check=True, capture_output=True, cwd="/")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Path]:
    """A PostgreSQL of its own behind a socket in a temporary folder, gone after the tests."""
    folder = Path(tempfile.mkdtemp(prefix="renkou-postgresql-"))
    if os.getuid() == 0:
        shutil.chown(folder, "postgres")
    data = str(folder / "data")
    _as_postgres(_program("initdb"), "-D", data, "-U", "office", "-A", "trust", "-E", "UTF8")
    options = f"-k {folder} -c listen_addresses='' -c fsync=off"
    log = str(folder / "log")
    _as_postgres(_program("pg_ctl"), "-D", data, "-w", "-l", log, "-o", options, "start")
    yield folder
    _as_postgres(_program("pg_ctl"), "-D", data, "-m", "immediate", "stop")
    shutil.rmtree(folder)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def workspace(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Workspace]:
    from renkou.records.databases import close_database

    path = tmp_path / "office"
    if request.param == "postgresql":
        path.mkdir()
        url = _new_database(request.getfixturevalue("postgresql"))
        (path / "renkou.toml").write_text(f'format_version = 1\ndatabase = "{url}"\n')
    yield init_workspace(path)
    close_database()


def _new_database(socket: Path) -> str:
    name = f"office_{os.getpid()}_{next(_numbers)}"
    _as_postgres(_program("createdb"), "-h", str(socket), "-U", "office", name)
    return f"postgresql://office@/{name}?host={socket}"


@pytest.fixture
def office(workspace: Workspace) -> Workspace:
    from renkou.actions.staff import add_staff, operating_system_user
    from renkou.core.permissions import Role

    me = operating_system_user()
    for name, role in (("alice", Role.OFFICER), ("bob", Role.CLERK), ("olga", Role.AUDITOR)):
        add_staff(workspace, by=me, username=name, role=role)
    return workspace
