"""Where a projection lies: in a workspace's `projections/`, or in a folder of a planner's own."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path

from renkou.actions.audit import record_event
from renkou.actions.staff import current_actor, require
from renkou.actions.workspaces import SETTINGS_FILE, Workspace, find_workspace
from renkou.core.errors import UsageError, WorkspaceError
from renkou.core.permissions import Permission
from renkou.engines.project_yaml import scenario_names

PROJECTIONS = "projections"


@dataclass(frozen=True)
class ProjectPlace:
    """The folder of a projection, and the workspace it lies in; None for a planner's own folder."""

    folder: Path
    workspace: Workspace | None

    @property
    def name(self) -> str:
        """What the projection is called."""
        return self.folder.name

    def allow(self) -> None:
        """Refuse who may not project in this workspace; a planner's own folder is theirs.

        Raises
        ------
        NotPermitted
            If the role of the person who acts does not include projecting.
        """
        if self.workspace is not None:
            actor = current_actor(self.workspace)
            require(self.workspace, actor, Permission.PROJECT_POPULATION)

    def record(self, *, action: str, detail: str = "") -> None:
        """Put down in the workspace's audit what was done."""
        if self.workspace is not None:
            by = current_actor(self.workspace)
            subject = f"projection:{self.name.replace(' ', '_')}"
            record_event(self.workspace, by=by, action=action, subject=subject, reason=detail)


def refuse_unknown_scenario(place: ProjectPlace, name: str) -> None:
    """Refuse a scenario that has no file in the project.

    Raises
    ------
    UsageError
        If there is none of that name; the message names the nearest.
    """
    known = scenario_names(place.folder)
    if name in known:
        return
    near = difflib.get_close_matches(name, known, 1, 0.5)
    raise UsageError(
        f"scenario {name}: the project has {', '.join(known) or 'none'}"
        + (f"; did you mean {near[0]}?" if near else ""),
        zh=f"方案 {name}：该预测有 {'、'.join(known) or '无'}"
        + (f"；是否指 {near[0]}？" if near else ""),
    )


def project_place(name: str, workspace: Path | None = None) -> ProjectPlace:
    """Where a projection of this name lies or would lie.

    A name with a slash, or of a folder that is there, is that folder; any other lies in the
    workspace, where there is one, else in the current folder.
    """
    given = Path(name)
    own = "/" in name or (workspace is None and given.is_dir())
    if own:
        folder = given.resolve()
        return ProjectPlace(folder, _workspace_around(folder))
    try:
        found = find_workspace(workspace)
    except WorkspaceError:
        if workspace is not None:
            raise
        return ProjectPlace(given.resolve(), None)
    return ProjectPlace(found.path / PROJECTIONS / name, found)


def _workspace_around(folder: Path) -> Workspace | None:
    for one in (folder, *folder.parents):
        if (one / SETTINGS_FILE).is_file():
            return find_workspace(one)
    return None


def existing_project(name: str, workspace: Path | None = None) -> ProjectPlace:
    """The place of a projection that was made before.

    Raises
    ------
    UsageError
        If there is none of that name; the message names the nearest.
    """
    place = project_place(name, workspace)
    if (place.folder / "population.csv").is_file():
        return place
    known = [one.name for one in projects_in(place.workspace)] if place.workspace else []
    near = difflib.get_close_matches(name, known, 1)
    there = f"; did you mean {near[0]}?" if near else f"; there are {', '.join(known) or 'none'}"
    said = f"；是否指 {near[0]}？" if near else f"；现有：{'、'.join(known) or '无'}"
    raise UsageError(
        f"projection {name}: {place.folder} holds no population.csv{there}; "
        "make one with `renkou project init`",
        zh=f"预测 {name}：{place.folder} 中没有 population.csv{said}；可用 renkou project init 新建",
    )


def projects_in(workspace: Workspace) -> list[Path]:
    """The folders of a workspace's projections, by name."""
    inside = workspace.path / PROJECTIONS
    if not inside.is_dir():
        return []
    return sorted(one for one in inside.iterdir() if (one / "population.csv").is_file())
