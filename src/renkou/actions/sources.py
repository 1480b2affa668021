"""Sources: draft one from a file, keep it in the workspace."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from renkou.actions.workspaces import Workspace
from renkou.core.errors import Place, UsageError
from renkou.engines.documents import write_document
from renkou.engines.files import Sheet, open_sheets
from renkou.intake import drafting
from renkou.intake.columns import refusal
from renkou.intake.drafting import Draft
from renkou.intake.drafting_sample import Sample
from renkou.intake.headers import Header, Merge, find_header
from renkou.intake.sources import parse_source


def draft_source(file: Path, source: str | None = None) -> Draft:
    """Guess how a file is read: TOML, and what was unsure.

    Raises
    ------
    FileRefused, DataRefused
        If the file cannot be read or no header is found (FILE-06).
    """
    found = _headed(open_sheets(file))
    if not found:
        raise refusal(Place(file.name), "FILE-06")
    header = found[0][1]
    alike = [(sheet, one) for sheet, one in found if one.paths == header.paths]
    rows = [row for sheet, one in alike for row in sheet.head[one.last_row :]]
    names = [sheet.name for sheet, _ in found]
    draft = drafting.draft_source(Sample(file.name, names, header, rows))
    draft.source = source or draft.source
    parse_source(draft.toml, draft.source)  # a draft that cannot be read is a fault of ours
    return draft


def _headed(sheets: Sequence[Sheet]) -> list[tuple[Sheet, Header]]:
    """The sheets in which a header was found."""
    found = []
    for sheet in sheets:
        header = find_header(sheet.head, [Merge(*merge) for merge in sheet.merges])
        if header:
            found.append((sheet, header))
    return found


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
            f"sources/{path.name} exists already; name another with --source ID, or --replace it",
            zh=f"sources/{path.name} 已经存在；请用 --source ID 另起名称，或加 --replace 替换",
        )
    doubts = "".join(f"# ? {doubt}\n" for doubt in draft.doubts)
    return write_document(path, f"{doubts}{draft.toml}".encode())
