"""Two builds at once, and builds that die: the last edition stands, the next build succeeds."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from renkou.actions.building import Inputs, Options, build_edition
from renkou.core.errors import WorkspaceError
from renkou.engines import editions as files
from renkou.engines.duckdb_engine import DuckDBEngine
from tests.editions.builds import build

from .test_next_edition import city

_TESTS = Path(__file__).parents[1]
_PROGRAM = """
import sys
from pathlib import Path
from tests.editions.builds import build
from tests.editions.test_next_edition import city
build(Path(sys.argv[1]), city(2))
"""


def _start(editions: Path) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(_TESTS)}
    command = [sys.executable, "-W", "ignore", "-c", _PROGRAM, str(editions)]
    return subprocess.Popen(command, env=environment)


def test_a_second_build_is_refused_and_told_who_holds_the_lock(tmp_path: Path) -> None:
    with (
        files.building_lock(tmp_path),
        pytest.raises(WorkspaceError, match=rf"process {os.getpid()} on .* is building"),
        files.building_lock(tmp_path),
    ):
        pass
    with files.building_lock(tmp_path):
        pass


def test_a_dead_process_holds_no_lock(tmp_path: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path\n"
        "from renkou.engines.editions import building_lock\n"
        "with building_lock(Path(sys.argv[1])):\n    print('held', flush=True); time.sleep(60)\n"
    )
    command = [sys.executable, "-W", "ignore", "-c", program, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        with (
            pytest.raises(WorkspaceError, match=f"process {process.pid} "),
            files.building_lock(tmp_path),
        ):
            pass
        process.send_signal(signal.SIGKILL)
        process.wait()
    with files.building_lock(tmp_path):
        pass


def test_killed_at_any_moment_the_last_edition_stands(first: Path) -> None:
    editions, before = first, files.sealed_editions(first)
    dice = random.Random()
    for _ in range(2):
        process = _start(editions)
        # The moment counts from when the new edition's folder appears, or shortly before.
        deadline = time.monotonic() + 60
        while not list(editions.glob(".building-*")) and process.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        time.sleep(dice.uniform(0, 1.5))
        process.kill()
        process.wait()
        sealed = files.sealed_editions(editions)
        assert sealed[:1] == before
        assert all(files.damage(editions / one) == [] for one in sealed)
    build(editions, city(3))
    assert not list(editions.glob(".building-*"))
    sealed = files.sealed_editions(editions)
    assert files.damage(editions / sealed[-1]) == []


_FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from tests.editions.builds import build
from tests.editions.test_next_edition import city
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    build(Path(sys.argv[1]), city(2))
except Exception as error:
    print(type(error).__name__, error)
"""


_ROOM = 6_000  # bytes that a file may have: some of an edition's fit, others do not


def test_a_disk_that_fills_up_leaves_the_last_edition_and_says_so(first: Path) -> None:
    [edition] = first.glob("0001-*")
    before = {path: path.read_bytes() for path in edition.rglob("*") if path.is_file()}
    environment = {**os.environ, "PYTHONPATH": f"{_TESTS.parent / 'src'}:{_TESTS.parent}"}
    command = [sys.executable, "-W", "ignore", "-c", _FULL_DISK, str(first), str(_ROOM)]
    done = subprocess.run(
        command,
        env=environment,
        cwd=_TESTS.parent,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.startswith("WorkspaceError"), done.stdout
    assert "free some room on the disk" in done.stdout
    assert {path: path.read_bytes() for path in before} == before
    assert files.sealed_editions(first) == [edition.name]
    assert not list(first.glob(".building-*"))


def test_an_edition_is_its_owners_alone(first_edition: Path) -> None:
    [folder] = first_edition.glob("0001-*")
    modes = {path.is_dir(): path.stat().st_mode & 0o777 for path in [folder, *folder.rglob("*")]}
    assert modes == {True: 0o700, False: 0o600}


def test_a_file_that_may_not_be_read_is_named_and_the_disk_is_not_blamed(tmp_path: Path) -> None:
    def gather() -> Inputs:
        raise PermissionError(13, "Permission denied", "office/areas.csv")

    with DuckDBEngine() as engine, pytest.raises(WorkspaceError) as told:
        build_edition(tmp_path / "editions", engine, gather, Options(by="tester"))
    assert str(told.value).startswith("office/areas.csv: the edition could not be built")
    assert "room" not in str(told.value)
    assert "没有权限" in (told.value.zh or "")
