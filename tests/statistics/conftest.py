"""The office of `counted_office`, to read from or to change; and its figures."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from renkou.actions.workspaces import Workspace
from renkou.records.databases import close_database


@pytest.fixture
def office(counted_office: Workspace) -> Iterator[Workspace]:
    """The office to read from, whatever office another test had open."""
    close_database()
    yield counted_office
    close_database()


@pytest.fixture
def own_office(counted_office: Workspace, tmp_path: Path) -> Iterator[Workspace]:
    """A copy that a test may change."""
    close_database()
    yield Workspace(Path(shutil.copytree(counted_office.path, tmp_path / "office")))
    close_database()


@pytest.fixture(scope="session")
def published(counted_office: Workspace) -> pa.Table:
    """All figures that may be published."""
    return read_figures(counted_office, "figures.parquet")


@pytest.fixture(scope="session")
def internal(counted_office: Workspace) -> pa.Table:
    """The same by true counts."""
    return read_figures(counted_office, "internal.parquet")


def read_figures(office: Workspace, name: str) -> pa.Table:
    """A file of figures, words as plain text."""
    [path] = office.path.glob(f"statistics/0001-*/{name}")
    table = parquet.read_table(path)
    plain = [
        pa.field(field.name, pa.string() if pa.types.is_dictionary(field.type) else field.type)
        for field in table.schema
    ]
    return table.cast(pa.schema(plain))
