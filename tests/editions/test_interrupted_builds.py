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

from renkou.core.errors import WorkspaceError
from renkou.engines import editions as files
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


def test_killed_at_any_moment_the_last_edition_stands(tmp_path: Path) -> None:
    editions = tmp_path / "editions"
    first = build(editions, city(1))
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
        assert sealed[0] == first["id"]
        assert all(files.damage(editions / one) == [] for one in sealed)
    build(editions, city(3))
    assert not list(editions.glob(".building-*"))
    sealed = files.sealed_editions(editions)
    assert files.damage(editions / sealed[-1]) == []


def test_an_edition_is_its_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "editions" / build(tmp_path / "editions", city(1))["id"]
    modes = {path.is_dir(): path.stat().st_mode & 0o777 for path in [folder, *folder.rglob("*")]}
    assert modes == {True: 0o700, False: 0o600}
