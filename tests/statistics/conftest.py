"""The office of `counted_office`, to read from or to change; and its figures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from renkou.actions.workspaces import Workspace
from tests.offices import copied, opened, read_plain


@pytest.fixture
def office(counted_office: Workspace) -> Iterator[Workspace]:
    """The office to read from."""
    with opened(counted_office):
        yield counted_office


@pytest.fixture
def own_office(counted_office: Workspace, tmp_path: Path) -> Iterator[Workspace]:
    """A copy that a test may change."""
    with opened(copied(counted_office, tmp_path / "office")) as own:
        yield own


@pytest.fixture(scope="session")
def published(counted_office: Workspace) -> pa.Table:
    """All figures that may be published."""
    return read_figures(counted_office, "figures.parquet")


@pytest.fixture(scope="session")
def internal(counted_office: Workspace) -> pa.Table:
    """The same by true counts."""
    return read_figures(counted_office, "internal.parquet")


def read_figures(office: Workspace, name: str) -> pa.Table:
    """A file of figures."""
    [path] = office.path.glob(f"statistics/0001-*/{name}")
    return read_plain(path)
