"""Sources: draft one from a file, keep it in the workspace."""

from __future__ import annotations

from pathlib import Path

from renkou.actions.workspaces import Workspace
from renkou.core.errors import Place, UsageError
from renkou.engines.files import open_sheets
from renkou.intake import drafting
from renkou.intake.columns import refusal
from renkou.intake.drafting import Draft, Sample
from renkou.intake.headers import Merge, find_header
from renkou.intake.sources import parse_source


def draft_source(file: Path, source: str | None = None) -> Draft:
    """Guess how a file is read: TOML, and what was unsure.

    Raises
    ------
    FileRefused, DataRefused
        If the file cannot be read or no header is found (FILE-06).
    """
    sheets = open_sheets(file)
    for sheet in sheets:
        merges = [Merge(*merge) for merge in sheet.merges]
        header = find_header(sheet.head, merges)
        if header:
            names = [one.name for one in sheets]
            rows = sheet.head[header.last_row :]
            draft = drafting.draft_source(Sample(file.name, names, header, rows))
            draft.source = source or draft.source
            parse_source(draft.toml, draft.source)  # a draft that cannot be read is a fault of ours
            return draft
    raise refusal(Place(file.name), "FILE-06")


def keep_draft(workspace: Workspace, draft: Draft, *, replace: bool = False) -> Path:
    """Write a draft to the workspace's sources.

    Raises
    ------
    UsageError
        If the source exists and is not to be replaced.
    """
    path = workspace.sources / f"{draft.source}.toml"
    if path.exists() and not replace:
        raise UsageError(
            f"sources/{path.name} exists already; name another with --source ID, or --replace it"
        )
    doubts = "".join(f"# ? {doubt}\n" for doubt in draft.doubts)
    path.write_text(f"{doubts}{draft.toml}", "utf-8")
    path.chmod(0o600)
    return path
