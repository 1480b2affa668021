"""Runs whose files were changed afterwards: their figures are those of the files as they were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from renkou.actions.project_places import ProjectPlace, existing_project
from renkou.engines.project_files import list_runs, read_manifest
from renkou.engines.project_inputs import changed_inputs


def stale_runs(
    project: str, scenarios: Sequence[str] = (), *, workspace: Path | None = None
) -> tuple[str, ...]:
    """A sentence on each of these runs, or of all, that files were changed after."""
    place = existing_project(project, workspace)
    ran = list_runs(place.folder)
    told = [
        stale_words(place, read_manifest(place.folder, name))
        for name in scenarios or ran
        if name in ran
    ]
    return tuple(one for one in told if one)


def stale_words(place: ProjectPlace, manifest: Mapping[str, Any]) -> str:
    """What was changed after a run, and how to run it again; '' where nothing was.

    Runs of before digests were kept say nothing.
    """
    then = manifest.get("inputs")
    changed = changed_inputs(place.folder, then) if then else ()
    if not changed:
        return ""
    scenario = manifest["scenario"]
    return (
        f"方案 {scenario} 的结果编制于 {manifest['ran_at']}，此后 {'、'.join(changed)} 已有改动，"
        f"结果仍是改动前的数字；重新编制：renkou project run {place.name} --scenario {scenario}"
    )
