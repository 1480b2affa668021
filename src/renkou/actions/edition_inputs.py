"""What an edition of a workspace is made from: its records, lists, decisions and linkage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import ibis.expr.types as ir

from renkou.actions.building import Inputs, Linked
from renkou.actions.decisions import decisions_table
from renkou.actions.intake import list_records, list_sources
from renkou.actions.linking import link_records
from renkou.actions.workspaces import Workspace
from renkou.core.errors import WorkspaceError
from renkou.core.progress import Progress
from renkou.engines.engine import Engine
from renkou.intake.sources import SourceSpec
from renkou.linkage.model import ListFacts, Model
from renkou.register.lists import RegisterList


def gather(workspace: Workspace, engine: Engine, progress: Progress) -> Inputs:
    """The current state of a workspace's lists and decisions, ready to be joined."""
    records = list_records(workspace, engine)
    specs = _in_order_of_acceptance(engine, records, list_sources(workspace))
    decisions = decisions_table(workspace)

    def link(saved: Mapping[str, Any] | None) -> Linked:
        model = Model.from_json(dict(saved)) if saved else None
        facts = [
            ListFacts(one.id, one.free_of_duplicates, one.authority_of("id_number"))
            for one in specs
        ]
        found = link_records(engine, records, facts, decisions, model, progress)
        return Linked(found.links, found.review_pairs, found.model.as_json())

    return Inputs(
        records=records,
        lists=[RegisterList(one.id, one.free_of_duplicates, dict(one.authority)) for one in specs],
        decisions=decisions,
        link=link,
        areas=workspace.areas if workspace.areas.exists() else None,
    )


def _in_order_of_acceptance(
    engine: Engine, records: ir.Table, specs: Sequence[SourceSpec]
) -> list[SourceSpec]:
    first = records.group_by("source").agg(first=records.record_id.min()).order_by("first")
    by_id = {one.id: one for one in specs}
    names = engine.arrow(first)["source"].to_pylist()
    for name in names:
        if name not in by_id:
            raise WorkspaceError(
                f"sources/{name}.toml is missing, but records of {name} were accepted; "
                "put the file back"
            )
    return [by_id[name] for name in names]
