"""A document appears whole under its name, or not at all."""

import os
import stat
from pathlib import Path

import pytest

from renkou.engines.documents import write_document


def test_a_document_is_its_owners_only(tmp_path: Path) -> None:
    path = write_document(tmp_path / "a.xlsx", b"whole")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_disk_that_fills_up_leaves_the_old_document_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_document(tmp_path / "a.xlsx", b"old")
    real = os.fdopen

    def full(handle: int, mode: str) -> object:
        os.close(handle)
        return real(os.open("/dev/full", os.O_WRONLY), mode)

    monkeypatch.setattr(os, "fdopen", full)
    with pytest.raises(OSError, match="No space left"):
        write_document(path, b"new")
    assert [one.name for one in tmp_path.iterdir()] == ["a.xlsx"]
    assert path.read_bytes() == b"old"
