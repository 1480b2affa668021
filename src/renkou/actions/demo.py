"""The whole way in one go, on a fictional city: `renkou demo`."""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from renkou.actions.editions import build_edition
from renkou.actions.evaluating import evaluate_edition
from renkou.actions.intake import add_all
from renkou.actions.reporting import WrittenReport, write_report
from renkou.actions.staff import current_actor
from renkou.actions.synthesise import synthesise_city
from renkou.actions.workspaces import find_workspace
from renkou.core.errors import UsageError
from renkou.core.progress import Progress, silent
from renkou.publishing.report_tables import Row

TRUTH = "truth.parquet"


@dataclass(frozen=True)
class DemoResult:
    """What the demo made: where it lies, how each list fared, how right the links are."""

    workspace: Path
    lists: Sequence[Row]
    accuracy: dict[str, Any]
    report: WrittenReport
    seconds: float


def free_folder(wanted: Path) -> Path:
    """The folder if it does not exist, else the first free of `wanted-2`, `wanted-3`, …"""
    names = (wanted.with_name(f"{wanted.name}-{n}") for n in itertools.count(2))
    return next(path for path in itertools.chain([wanted], names) if not path.exists())


def run_demo(folder: Path, *, people: int, seed: int, progress: Progress = silent) -> DemoResult:
    """Make a city, accept its lists, build an edition, judge it against the truth, report.

    Raises
    ------
    UsageError
        If the folder holds something already.
    """
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(
            f"{folder} is not empty; remove it or name another with --dir DIR",
            zh=f"{folder} 不是空文件夹；请先删除，或用 --dir DIR 另指定一个",
        )
    begun = time.perf_counter()
    synthesise_city(folder, people=people, seed=seed, progress=progress)
    workspace = find_workspace(folder)
    by = current_actor(workspace)
    add_all(workspace, by=by, progress=progress)
    build_edition(workspace, by=by, progress=progress)
    accuracy = evaluate_edition(workspace, workspace.path / TRUTH, progress=progress)
    written = write_report(workspace, by=by, progress=progress)
    return DemoResult(
        workspace=workspace.path,
        lists=written.report.tables["lists"],
        accuracy=accuracy,
        report=written,
        seconds=time.perf_counter() - begun,
    )
