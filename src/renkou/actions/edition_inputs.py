"""What an edition of a workspace is made from: its records, lists, decisions and linkage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import ibis
import ibis.expr.types as ir

from renkou.actions.building import Inputs, Linked
from renkou.actions.continuing import Before
from renkou.actions.decisions import decisions_table
from renkou.actions.edition_tables import DECISIONS
from renkou.actions.intake import list_deliveries, list_records, list_sources
from renkou.actions.linking import link_records
from renkou.actions.linking_records import READ
from renkou.actions.linking_touched import Earlier
from renkou.actions.workspaces import Workspace
from renkou.core.errors import WorkspaceError
from renkou.core.progress import Progress
from renkou.engines import lists as store
from renkou.engines.engine import Engine
from renkou.intake.sources import SourceSpec
from renkou.linkage.features import said
from renkou.linkage.model import ListFacts, Model
from renkou.register.lists import RegisterList


def gather(workspace: Workspace, engine: Engine, progress: Progress) -> Inputs:
    """The current state of a workspace's lists and decisions, ready to be joined."""
    records = list_records(workspace, engine)
    specs = _in_order_of_acceptance(engine, records, list_sources(workspace))
    decisions = decisions_table(workspace)

    def link(saved: Mapping[str, Any] | None, before: Before | None) -> Linked:
        model = Model.from_json(dict(saved)) if saved else None
        earlier = _earlier(workspace, engine, records, before) if before else None
        facts = [
            ListFacts(one.id, one.free_of_duplicates, one.authority_of("id_number"))
            for one in specs
        ]
        found = link_records(engine, records, facts, decisions, model, progress, earlier=earlier)
        return Linked(found.links, found.review_pairs, found.model.as_json())

    return Inputs(
        records=records,
        lists=[RegisterList(one.id, one.free_of_duplicates, dict(one.authority)) for one in specs],
        decisions=decisions,
        link=link,
        areas=workspace.areas if workspace.areas.exists() else None,
    )


def _earlier(workspace: Workspace, engine: Engine, records: ir.Table, before: Before) -> Earlier:
    """What the edition before linked, and which records say something else than they did then."""
    links = before.table("links")
    decisions = before.table_if_any("decisions")
    return Earlier(
        links=links,
        review_pairs=before.table_if_any("review_pairs"),
        decisions=engine.table(DECISIONS.empty_table()) if decisions is None else decisions,
        altered=engine.keep(_altered(workspace, engine, records, before, links)),
    )


def _altered(
    workspace: Workspace, engine: Engine, records: ir.Table, before: Before, old_links: ir.Table
) -> ir.Table:
    """record_id of records that are new, or that a later delivery tells otherwise.

    A full delivery tells all its records again; most of them say what they said.
    """
    known = before.deliveries()
    later = [one for one in list_deliveries(workspace) if (one.source, one.id) not in known]
    told = [(records.source == one.source) & (records.delivery == one.id) for one in later]
    again = engine.keep(records.filter(ibis.or_(*told) if told else ibis.literal(False)))
    if not told:
        return again.select("record_id")
    paths = [
        store.folder(workspace.lists, delivery) / "records.parquet"
        for source in sorted({one.source for one in later})
        for delivery in store.deliveries(workspace.lists, source)
    ]
    old = engine.keep(old_links.select("record_id", "delivery").semi_join(again, "record_id"))
    was = engine.read(*paths).semi_join(old, ["record_id", "delivery"])
    return _said(again).anti_join(_said(was), ["record_id", "said"]).select("record_id")


def _said(records: ir.Table) -> ir.Table:
    """record_id, said: a digest of all that linkage reads in a record."""
    read = [c for c in records.columns if c in READ]
    return records.select("record_id", said=said(records, read).hash())


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
                "put the file back",
                zh=f"缺少 sources/{name}.toml，而 {name} 的名册已经接收；请把该文件放回原处",
            )
    return [by_id[name] for name in names]
