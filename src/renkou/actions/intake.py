"""Lists: check what a file would bring, accept it, read the current state of all lists."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from fnmatch import fnmatch
from functools import partial
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir

from renkou.actions.list_accepting import Acceptance, accept
from renkou.actions.list_comparing import compare
from renkou.actions.list_reading import (
    OpenDelivery,
    area_index,
    check_delivery,
    day_of_files,
    open_delivery,
    read_rows,
)
from renkou.actions.list_reports import (
    ListReport,
    problem_counts_of,
    problem_examples,
    report_of,
    report_on,
    row_counts,
)
from renkou.actions.list_state import current_state
from renkou.actions.workspaces import Workspace
from renkou.core.errors import UsageError, WorkspaceError
from renkou.core.permissions import Permission
from renkou.core.progress import Progress, silent
from renkou.engines import lists as store
from renkou.engines.duckdb_engine import DuckDBEngine
from renkou.engines.engine import Engine
from renkou.engines.lists import Delivery
from renkou.intake import outcome
from renkou.intake.sources import SourceSpec, parse_source

# Beside it the text of one file is held: 3 million rows take under 4 GB. What is more is spilled.
_MEMORY = "2500MB"


def _engine(workspace: Workspace) -> DuckDBEngine:
    return DuckDBEngine(scratch=workspace.scratch, memory_limit=_MEMORY, joins_as_written=True)


def list_sources(workspace: Workspace) -> list[SourceSpec]:
    """All sources, in order of id."""
    return [
        load_source(workspace, path.stem)[0] for path in sorted(workspace.sources.glob("*.toml"))
    ]


def load_source(workspace: Workspace, source: str) -> tuple[SourceSpec, str]:
    """A source's specification and its text.

    Raises
    ------
    UsageError
        If the workspace has no such source.
    """
    path = workspace.sources / f"{source}.toml"
    if not path.is_file():
        known = sorted(p.stem for p in workspace.sources.glob("*.toml"))
        raise UsageError(
            f"there is no source {source} (known: {', '.join(known) or 'none yet'}); "
            "`renkou source draft FILE` makes one",
            zh=f"没有来源 {source}（现有：{'、'.join(known) or '无'}）；可用 renkou source draft FILE 新建",
        )
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(
            f"sources/{path.name}: is not UTF-8; save it as UTF-8",
            zh=f"sources/{path.name}：不是 UTF-8 编码；请另存为 UTF-8",
        ) from None
    return parse_source(text, source), text


def source_for(workspace: Workspace, files: Sequence[Path], source: str | None) -> SourceSpec:
    """The source named, else the one source whose patterns fit the first file's name.

    Raises
    ------
    UsageError
        If none or several fit.
    """
    if source:
        return load_source(workspace, source)[0]
    name = files[0].name
    fitting = [
        spec
        for spec in list_sources(workspace)
        if any(fnmatch(name, pattern.rsplit("/", 1)[-1]) for pattern in spec.files)
    ]
    if len(fitting) != 1:
        found = [spec.id for spec in fitting]
        raise UsageError(
            f"{name}: which source is it? Its name fits {', '.join(found) or 'none'}; give "
            "--source ID, or make one with `renkou source draft FILE`",
            zh=f"{name}：不知属于哪个来源（文件名符合：{'、'.join(found) or '无'}）；请用 --source ID 指明，"
            "或用 renkou source draft FILE 新建来源",
        )
    return fitting[0]


def list_deliveries(workspace: Workspace) -> list[Delivery]:
    """Every accepted delivery, by source and day."""
    return [
        delivery
        for source in store.sources_with_lists(workspace.lists)
        for delivery in store.deliveries(workspace.lists, source)
    ]


def list_records(workspace: Workspace, engine: Engine) -> ir.Table:
    """The current `records` of all lists.

    Raises
    ------
    WorkspaceError
        If no list was added yet.
    """
    states = [
        current_state(workspace.lists, engine, store.deliveries(workspace.lists, source))
        for source in store.sources_with_lists(workspace.lists)
    ]
    if not states:
        raise WorkspaceError(
            "no list was added yet; `renkou list add FILE --source S` adds one",
            zh="还没有添加过名册；可用 renkou list add FILE --source S 添加",
        )
    return ibis.union(*states) if len(states) > 1 else states[0]


def check_list(
    workspace: Workspace, files: Sequence[Path], spec: SourceSpec, *,
    reference_date: date | None = None, progress: Progress = silent,
) -> ListReport:  # fmt: skip
    """What adding these files would find, with the places of the first problems; stores nothing."""
    opened = open_delivery(spec, files, reference_date, progress)
    before = store.deliveries(workspace.lists, spec.id)
    with _engine(workspace) as engine:
        areas = area_index(workspace.areas, opened.reference_date)
        checked = check_delivery(engine, opened, areas, progress, keyed=bool(before))
        first_free = max([delivery.next_record_id for delivery in before], default=0)
        compared = compare(engine, workspace.lists, checked, before, first_free)
        broken = engine.keep(outcome.broken_rules(checked.verdicts, checked.opened.spec))
        return report_on(
            opened,
            files,
            row_counts(engine, checked.verdicts) | compared.counts,
            problem_counts_of(engine, broken),
            problem_examples(engine, broken, checked),
        )


def add_list(
    workspace: Workspace, files: Sequence[Path], source: str, *, by: str,
    reference_date: date | None = None, progress: Progress = silent,
) -> ListReport:  # fmt: skip
    """Accept files as one delivery of a source.

    It appears whole or not at all; the same files for the same day change nothing.

    Raises
    ------
    DataRefused, FileUnreadable
        If a file breaks a rule that refuses the whole file.
    """
    # Imported here: Django takes a quarter of a second that checking need not wait for.
    from renkou.actions.staff import require

    require(workspace, by, Permission.ADD_LIST)
    with store.writing(workspace.lists):
        incoming = _opened(workspace, files, source, reference_date, progress)
        return _added(workspace, incoming, by, progress)


@dataclass(frozen=True)
class _Incoming:
    """Files opened as one delivery, and what tells it from every other."""

    opened: OpenDelivery
    source_toml: str
    facts: list[dict[str, Any]]
    digest: str


def _opened(
    workspace: Workspace, files: Sequence[Path], source: str, day: date | None, progress: Progress
) -> _Incoming:
    spec, text = load_source(workspace, source)
    opened = open_delivery(spec, files, day, progress)
    facts = [store.file_facts(path) for path in files]
    digest = store.delivery_digest(facts, text, opened.reference_date)
    return _Incoming(opened, text, facts, digest)


def _added(workspace: Workspace, incoming: _Incoming, by: str, progress: Progress) -> ListReport:
    """Accept an opened delivery; `writing` is held."""
    from renkou.actions.audit import record_event

    opened, source = incoming.opened, incoming.opened.spec.id
    before = store.deliveries(workspace.lists, source)
    same = next((delivery for delivery in before if delivery.digest == incoming.digest), None)
    if same:
        return report_of(same, already_added=True)
    with _engine(workspace) as engine:
        areas = area_index(workspace.areas, opened.reference_date)
        checked = check_delivery(engine, opened, areas, progress, keyed=bool(before))
        acceptance = Acceptance(
            workspace, engine, before, incoming.facts, incoming.digest, incoming.source_toml,
            progress,
        )  # fmt: skip
        delivery = accept(acceptance, checked)
    subject = f"list:{source}/{delivery.id}"
    record_event(workspace, by=by, action="list_added", subject=subject)
    return report_of(delivery)


def add_all(workspace: Workspace, *, by: str, progress: Progress = silent) -> list[ListReport]:
    """Add everything in `incoming/` by the sources' patterns, sources in order of id.

    While one delivery is checked and stored the files of the next are read.

    Raises
    ------
    UsageError
        If no file there fits a source's patterns.
    """
    from renkou.actions.staff import require

    require(workspace, by, Permission.ADD_LIST)
    waiting = [
        (spec, day, files)
        for spec in list_sources(workspace)
        for day, files in deliveries_to_add(workspace, spec).items()
    ]
    if not waiting:
        raise UsageError(
            f"{workspace.incoming}: no file fits the `files` patterns of a source; "
            "name one with `renkou list add FILE --source S`",
            zh=f"{workspace.incoming}：没有文件符合任何来源的 files 样式；"
            "请用 renkou list add FILE --source S 逐个指明",
        )
    with store.writing(workspace.lists), ThreadPoolExecutor(1) as ahead:
        openings: list[Callable[[], Future[_Incoming]]] = [
            partial(ahead.submit, _read_ahead, workspace, files, spec.id, day)
            for spec, day, files in waiting
        ]
        reports = []
        following = openings[0]()
        for at, (spec, _, _) in enumerate(waiting):
            progress(f"打开 {spec.name}", 0, None)
            incoming = following.result()
            if at + 1 < len(waiting):
                following = openings[at + 1]()
            reports.append(_added(workspace, incoming, by, progress))
        return reports


def _read_ahead(
    workspace: Workspace, files: Sequence[Path], source: str, day: date | None
) -> _Incoming:
    """Open a delivery and, unless it was added before, read its rows."""
    incoming = _opened(workspace, files, source, day, silent)
    known = {delivery.digest for delivery in store.deliveries(workspace.lists, source)}
    if incoming.digest in known:
        return incoming
    return replace(incoming, opened=read_rows(incoming.opened))


def deliveries_to_add(workspace: Workspace, spec: SourceSpec) -> dict[date | None, list[Path]]:
    """Files in `incoming/` that match a source's patterns, by the day their names state."""
    found = sorted(
        {
            path
            for pattern in spec.files
            for path in workspace.incoming.glob(pattern)
            if path.is_file() and not path.name.startswith((".", "~$"))
        }
    )
    groups: dict[date | None, list[Path]] = {}
    for path in found:
        groups.setdefault(day_of_files([path], spec), []).append(path)
    return dict(sorted(groups.items(), key=lambda item: item[0] or date.max))
