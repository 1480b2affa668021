"""What every test shares: the engines, the network block, and what a machine may lack."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from renkou.actions.workspaces import Workspace, init_workspace
from renkou.engines.duckdb_engine import DuckDBEngine
from renkou.engines.engine import Engine

# The same examples every time, and no time limit: a busy machine must not fail a test.
settings.register_profile("house", derandomize=True, deadline=None)
settings.load_profile("house")


def _postgres_programs() -> bool:
    if os.getuid() == 0 and not shutil.which("runuser"):  # PostgreSQL refuses to run as root
        return False
    return bool(shutil.which("initdb") or list(Path("/usr/lib/postgresql").glob("*/bin/initdb")))


def _missing(mark: str) -> str | None:
    """Why tests under this mark cannot run here, or None."""
    if mark == "spark":
        if importlib.util.find_spec("pyspark") is None:
            return "PySpark is not installed (uv sync --extra spark)"
        return None if shutil.which("java") else "Java 17 is not installed"
    if mark == "postgres":
        if importlib.util.find_spec("psycopg") is None:
            return "psycopg is not installed (uv sync --extra postgres)"
        return None if _postgres_programs() else "PostgreSQL programs are not installed"
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    return None if chromium else "Chromium is not installed"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip, with the reason, what this machine lacks programs for."""
    for mark in ("spark", "postgres", "browser"):
        reason = _missing(mark)
        if reason:
            for item in items:
                if item.get_closest_marker(mark):
                    item.add_marker(pytest.mark.skip(reason=reason))


_LOCAL = {"127.0.0.1", "::1", "localhost"}


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that reaches for another machine fails; this machine's own ports stay open."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and address[0] not in _LOCAL:
            raise PermissionError("tests may not use the network")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """An empty workspace; the operating system's user is its officer."""
    from renkou.records.databases import close_database

    yield init_workspace(tmp_path / "office")
    close_database()


@pytest.fixture(scope="session")
def demo_workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A fictional city of 2,000 with one sealed edition; for reading only.

    A test that changes something works on a copy (`shutil.copytree`).
    """
    from renkou.actions.editions import build_edition
    from renkou.actions.intake import add_all
    from renkou.actions.staff import current_actor
    from renkou.actions.synthesise import synthesise_city

    folder = tmp_path_factory.mktemp("demo") / "city"
    synthesise_city(folder, people=2_000, seed=7)
    workspace = Workspace(folder)
    by = current_actor(workspace)
    add_all(workspace, by=by)
    build_edition(workspace, by=by)
    return workspace


@pytest.fixture(scope="session")
def counted_office(
    demo_workspace: Workspace, tmp_path_factory: pytest.TempPathFactory
) -> Workspace:
    """The demo city with the figures of 2023 and 2024, built once; for reading only.

    Alice is an officer, Bob a planner, Carol a clerk, Dave an auditor.
    """
    from renkou.actions.statistics import build_statistics
    from tests.offices import copied, opened, with_staff

    office = copied(demo_workspace, tmp_path_factory.mktemp("statistics") / "office")
    with opened(office):
        with_staff(office)
        build_statistics(office, by="bob", first="2023-01", last="2024-12")
    return office


_ON_SPARK_TOO = {"engines", "intake", "register"}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for `engine` runs on DuckDB; in the folders above on Spark as well."""
    if "engine" in metafunc.fixturenames:
        engines: list[Any] = ["duckdb"]
        if metafunc.module.__file__ and Path(metafunc.module.__file__).parent.name in _ON_SPARK_TOO:
            engines.append(pytest.param("spark", marks=pytest.mark.spark))
        metafunc.parametrize("engine", engines, indirect=True)


@pytest.fixture(scope="session")
def spark_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """One local Spark for all tests: it takes seconds to start."""
    from renkou.engines.spark_engine import local_session

    session = local_session(scratch=tmp_path_factory.mktemp("spark"), memory="1g", threads=2)
    # Rows are few here: compiling and spreading them would take longer than running.
    session.conf.set("spark.sql.shuffle.partitions", "1")
    session.conf.set("spark.sql.codegen.wholeStage", "false")
    yield session
    session.stop()


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Each engine in turn: one spec test holds for all of them."""
    if request.param == "spark":
        from renkou.engines.spark_engine import SparkEngine

        with SparkEngine(request.getfixturevalue("spark_session")) as opened:
            yield opened
    else:
        with DuckDBEngine() as opened:
            yield opened


@pytest.fixture
def duckdb_engine() -> Iterator[DuckDBEngine]:
    """DuckDB alone, for what Spark has no part in."""
    with DuckDBEngine() as opened:
        yield opened
