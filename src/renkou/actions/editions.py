"""What a person does with editions: build, list, show and verify them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from renkou.actions import building
from renkou.actions.workspaces import Workspace
from renkou.core.errors import UsageError
from renkou.core.permissions import Permission
from renkou.core.progress import Progress, silent
from renkou.engines import editions as files
from renkou.engines.duckdb_engine import DuckDBEngine
from renkou.engines.engine import Engine
from renkou.register import changes


def build_edition(
    workspace: Workspace,
    *,
    by: str,
    full: bool = False,
    reuse_model: bool = False,
    progress: Progress = silent,
) -> dict[str, Any]:
    """Build the workspace's next edition from its accepted lists and decisions.

    Raises
    ------
    NotPermitted
        If the role of `by` does not include building.
    WorkspaceError
        If another build is under way, the disk is full, or no list was accepted.
    """
    from renkou.actions.audit import record_event
    from renkou.actions.edition_inputs import gather
    from renkou.actions.staff import require

    require(workspace, by, Permission.BUILD_EDITION)
    workspace.scratch.mkdir(exist_ok=True, mode=0o700)
    options = building.Options(by=by, full=full, reuse_model=reuse_model)
    with DuckDBEngine(scratch=workspace.scratch) as engine:
        manifest = building.build_edition(
            workspace.editions,
            engine,
            lambda: gather(workspace, engine, progress),
            options,
            progress,
        )
    record_event(workspace, by=by, action="build_edition", subject=f"edition:{manifest['id']}")
    return manifest


def edition_list(workspace: Workspace) -> list[dict[str, Any]]:
    """The sealed editions, oldest first: id, as_of, built_at, built_by, rows per table."""
    shown = []
    for edition_id in files.sealed_editions(workspace.editions):
        manifest = files.read_manifest(workspace.editions / edition_id)
        told = {key: manifest[key] for key in ("id", "as_of", "previous", "built_at", "built_by")}
        shown.append({**told, "rows": building.rows_of(manifest), "seconds": manifest["seconds"]})
    return shown


def edition_folder(workspace: Workspace, edition_id: str | None = None) -> Path:
    """The folder of a sealed edition; without an id, of the newest.

    Raises
    ------
    UsageError
        If there is no such edition.
    """
    sealed = files.sealed_editions(workspace.editions)
    if not sealed:
        raise UsageError(
            f"{workspace.path} has no edition yet; build one: renkou edition build",
            zh=f"{workspace.path} 还没有编制过版本；请运行 renkou edition build",
        )
    if edition_id is None:
        return workspace.editions / sealed[-1]
    named = [one for one in sealed if one == edition_id or one.split("-")[0] == edition_id.zfill(4)]
    if not named:
        raise UsageError(
            f"there is no edition {edition_id}; there are {', '.join(sealed)}",
            zh=f"没有版本 {edition_id}；现有 {'、'.join(sealed)}",
        )
    return workspace.editions / named[0]


def show_edition(workspace: Workspace, edition_id: str | None = None) -> dict[str, Any]:
    """The manifest of an edition; without an id, of the newest."""
    return files.read_manifest(edition_folder(workspace, edition_id))


def verify_edition(workspace: Workspace, edition_id: str | None = None) -> str:
    """Prove that an edition is as it was sealed; returns its id.

    Raises
    ------
    EditionDamaged
        Naming every file that was altered, is missing or does not belong.
    """
    folder = edition_folder(workspace, edition_id)
    files.prove_whole(folder)
    return folder.name


def edition_table(engine: Engine, folder: Path, name: str) -> Any:
    """One table of an edition, of all counties; None where it has no rows."""
    paths = sorted((folder / name).glob("*.parquet"))
    return engine.read(*paths) if paths else None


def compare_editions(workspace: Workspace, before: str, after: str) -> dict[str, Any]:
    """What changed from one edition to another.

    Returns
    -------
    `before`, `after` (ids); `areas`: county, people in, out and changed; `fields`: county, field,
    people with another value; `merged`, `split`, `moved`: how many old persons; nothing of a single
    person.
    """
    old, new = edition_folder(workspace, before), edition_folder(workspace, after)
    with DuckDBEngine(scratch=workspace.scratch) as engine:
        people = [edition_table(engine, folder, "persons") for folder in (old, new)]
        links = [edition_table(engine, folder, "links") for folder in (old, new)]
        moved = changes.moved_records(*links, *people)
        kinds = moved.group_by("kind").agg(people=moved.old_person_id.nunique())
        counted = {row["kind"]: row["people"] for row in engine.arrow(kinds).to_pylist()}
        crossed = engine.arrow(changes.people_in_and_out(people[0], people[1])).to_pylist()
        changed = engine.arrow(
            changes.changed_people(people[0], people[1]).order_by("area")
        ).to_pylist()
    return {
        "before": old.name,
        "after": new.name,
        "merged": counted.get("merge", 0),
        "split": counted.get("split", 0),
        "moved": counted.get("move", 0),
        "areas": _areas_in_and_out(crossed, [row["area"] for row in changed]),
        "fields": [
            {"area": row["area"], "field": name, "people": row[name]}
            for row in changed
            for name in changes.COMPARED
            if row[name]
        ],
    }


def _areas_in_and_out(crossed: list[dict[str, Any]], areas: list[str]) -> list[dict[str, Any]]:
    counts = {(row["area"], row["kind"]): row["people"] for row in crossed}
    return [
        {"area": area, "in": counts.get((area, "in"), 0), "out": counts.get((area, "out"), 0)}
        for area in sorted({*areas, *(area for area, _ in counts)})
    ]
