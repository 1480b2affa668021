"""Sealed editions opened for reading, for commands that only look."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa

from renkou.actions.editions import edition_folder, edition_table
from renkou.actions.workspaces import Workspace
from renkou.engines.editions import read_manifest
from renkou.engines.engine import Engine

# The decisions that an edition was made with (docs/reference/tables.md).
DECISIONS = pa.schema(
    [
        ("record_id_l", pa.int64()),
        ("record_id_r", pa.int64()),
        ("same", pa.bool_()),
        ("decided_by", pa.string()),
        ("decided_at", pa.timestamp("us", tz="UTC")),
        ("reason", pa.string()),
    ]
)


@dataclass(frozen=True)
class SealedEdition:
    """One sealed edition, opened for reading."""

    folder: Path
    manifest: dict[str, Any]
    engine: Engine

    def table(self, name: str) -> ir.Table | None:
        """All parts of a table as one; None where the edition has no row of it."""
        return edition_table(self.engine, self.folder, name)

    @property
    def id(self) -> str:
        """The edition's id."""
        return self.folder.name


def open_edition(workspace: Workspace, edition_id: str | None, engine: Engine) -> SealedEdition:
    """The edition of that id, or the newest."""
    folder = edition_folder(workspace, edition_id)
    return SealedEdition(folder, read_manifest(folder), engine)


def edition_before(edition: SealedEdition) -> SealedEdition | None:
    """The edition before, where there is one and it is still kept."""
    name = edition.manifest["previous"]
    folder = edition.folder.parent / name if name else None
    if folder is None or not folder.is_dir():
        return None
    return SealedEdition(folder, read_manifest(folder), edition.engine)
