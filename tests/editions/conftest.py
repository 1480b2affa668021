"""The first edition of forty people, built once: each build takes seconds, a copy of it none."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.editions.builds import build

from .test_next_edition import city


@pytest.fixture(scope="session")
def first_edition(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of editions that holds the one of `city(1)`; for reading only."""
    editions = tmp_path_factory.mktemp("first") / "editions"
    build(editions, city(1))
    return editions


@pytest.fixture
def first(first_edition: Path, tmp_path: Path) -> Path:
    """A copy to build on."""
    return Path(shutil.copytree(first_edition, tmp_path / "office" / "editions"))
