"""Build an edition: lists, links and decisions in; a sealed folder out, or nothing at all.

The lock, the sweeping of what a dead build left and the sealing rename are `engines.editions`'; the
tables are `actions.assembling`'s. Records and links come from functions that `build_edition` is
given, so that a test can build from tables of its own.
"""

from __future__ import annotations

import errno
import hashlib
import importlib.metadata
import json
import platform
import resource
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa

from renkou.actions.assembling import Assembly, assemble
from renkou.actions.continuing import Before
from renkou.actions.identifying import identified, no_history
from renkou.core.errors import WorkspaceError, system_words_zh
from renkou.core.progress import Progress, silent
from renkou.engines import editions as files
from renkou.engines.disk_errors import as_os_errors
from renkou.engines.engine import Engine, row_count
from renkou.register.lists import RegisterList, checked_lists

FORMAT = 1
_VERSIONED = ("renkou", "duckdb", "ibis-framework", "splink", "pyarrow")


@dataclass(frozen=True)
class Linked:
    """What linkage hands to the register: see docs/reference/tables.md."""

    links: ir.Table
    review_pairs: ir.Table
    model: Mapping[str, Any]


@dataclass(frozen=True)
class Inputs:
    """All that an edition is made from.

    `link` joins the records. Where the model of the edition before is to be used again it is given that,
    and the edition, where what it linked may stand.
    """

    records: ir.Table
    lists: Sequence[RegisterList]
    decisions: pa.Table
    link: Callable[[Mapping[str, Any] | None, Before | None], Linked]
    areas: Path | None = None


@dataclass(frozen=True)
class Options:
    """How to build: who asks, whether to recompute all, whether to train the model anew."""

    by: str
    full: bool = False
    reuse_model: bool = False


def build_edition(
    editions: Path,
    engine: Engine,
    gather: Callable[[], Inputs],
    options: Options,
    progress: Progress = silent,
) -> dict[str, Any]:
    """Build and seal the next edition; returns its manifest.

    Raises
    ------
    WorkspaceError
        If another build is under way, the disk is full, or there are no records.
    """
    with files.building_lock(editions):
        files.sweep_unfinished(editions)
        try:
            with as_os_errors():
                return _build(editions, engine, gather, options, progress)
        except OSError as error:
            raise _unfinished(editions, error) from error
        finally:
            files.sweep_unfinished(editions)


def _unfinished(editions: Path, error: OSError) -> WorkspaceError:
    """The error of a build that a file or the disk stopped."""
    where, said = error.filename or editions, error.strerror or error
    remedy, remedy_zh = "mend that and build again", "请处理后重新编制"
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        remedy, remedy_zh = "free some room on the disk and build again", "请腾出磁盘空间后重新编制"
    return WorkspaceError(
        f"{where}: the edition could not be built ({said}); {remedy}; earlier editions stand",
        zh=f"{where}：版本未能编制（{system_words_zh(error)}）；{remedy_zh}，以前各版不受影响",
    )


def _build(
    editions: Path,
    engine: Engine,
    gather: Callable[[], Inputs],
    options: Options,
    progress: Progress,
) -> dict[str, Any]:
    begun = time.perf_counter()
    previous = _previous(editions)
    inputs = gather()
    deliveries = _deliveries(engine, inputs.records)
    edition_id = _next_id(previous, deliveries)
    folder = files.begin(editions, edition_id)
    identity = _identity(edition_id, previous, deliveries, options)
    settings = {"lists": [asdict(one) for one in inputs.lists]}
    work = Assembly(
        engine,
        folder,
        records=engine.view(inputs.records),
        links=inputs.records,
        lists=checked_lists(inputs.lists),
        as_of=identity["as_of"],
        before=_before(engine, previous, {**identity, "settings": settings}, options),
        progress=progress,
    )
    linked, lineage = _linked(work, inputs, previous, options)
    assemble(work, lineage)
    others = _other_files(folder, linked.model)
    manifest = {
        **identity,
        "inputs": _inputs(inputs, deliveries),
        "settings": settings,
        "tables": _tables(work),
        "other_files": others,
        "stages": [asdict(stage) for stage in work.stages],
        "seconds": round(time.perf_counter() - begun, 3),
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    files.seal(folder, manifest)
    return manifest


def _inputs(inputs: Inputs, deliveries: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "deliveries": deliveries,
        "decisions": inputs.decisions.num_rows,
        "areas": files.file_digest(inputs.areas) if inputs.areas else None,
    }


def _previous(editions: Path) -> Path | None:
    """The newest edition, proved whole: ids, and files without change, are taken over from it."""
    sealed = files.sealed_editions(editions)
    if not sealed:
        return None
    files.prove_whole(editions / sealed[-1])
    return editions / sealed[-1]


def _before(
    engine: Engine, previous: Path | None, told: Mapping[str, Any], options: Options
) -> Before | None:
    """The edition before; nothing is taken over from one made by other settings or versions."""
    if previous is None:
        return None
    manifest = files.read_manifest(previous)
    alike = settings_digest(manifest) == settings_digest(told)
    return Before(engine, previous, manifest, reusable=alike and not options.full)


def _deliveries(engine: Engine, records: ir.Table) -> list[dict[str, Any]]:
    found = records.group_by("source", "delivery", "reference_date").agg(records=records.count())
    rows = engine.arrow(found.order_by("source", "delivery", "reference_date")).to_pylist()
    if not rows:
        raise WorkspaceError(
            "there are no records to build from; accept a list with `renkou list add` first",
            zh="还没有可用的记录；请先用 renkou list add 接收名册",
        )
    return rows


def _next_id(previous: Path | None, deliveries: Sequence[Mapping[str, Any]]) -> str:
    number = int(previous.name.split("-")[0]) + 1 if previous else 1
    as_of: date = max(row["reference_date"] for row in deliveries)
    return f"{number:04d}-{as_of.isoformat()}"


def _linked(
    work: Assembly, inputs: Inputs, previous: Path | None, options: Options
) -> tuple[Linked, ir.Table]:
    """The links under permanent person ids, and the merges and splits that made them."""
    saved = None
    if options.reuse_model:
        if previous is None:
            raise WorkspaceError(
                "there is no earlier edition whose model could be used again; "
                "build without --reuse-model",
                zh="没有更早的版本可沿用模型；请去掉 --reuse-model 再编制",
            )
        saved = json.loads((previous / files.MODEL).read_text(encoding="utf-8"))
    standing = work.before if saved and work.before and work.before.reusable else None
    with work.stage("关联记录") as stage:
        linked = inputs.link(saved, standing)
        stage.rows = row_count(work.engine, linked.links)
    with work.stage("延续人员编号") as stage:
        lineage = _keep_ids(work, linked.links, previous)
        stage.rows = work.write("lineage", "all", lineage)
    for table, rows in (
        ("review_pairs", linked.review_pairs),
        ("decisions", work.engine.table(inputs.decisions)),
    ):
        work.write(table, "all", rows)
    return linked, lineage


def _keep_ids(work: Assembly, links: ir.Table, previous: Path | None) -> ir.Table:
    """Give the links their permanent person ids; returns the merges and splits."""
    engine = work.engine
    old_links, old_people = no_history(engine)
    if previous is not None:
        old_links = engine.read(*sorted((previous / "links").glob("*.parquet")))
        old_people = engine.read(*sorted((previous / "persons").glob("*.parquet")))
    found = identified(engine, links, old_links, old_people.select("person_id"))
    named = links.inner_join(found.ids, "entity_id")
    work.links = engine.keep(named.select("record_id", "person_id", "probability", "method"))
    engine.forget(found.ids)
    return found.lineage


def _other_files(folder: Path, model: Mapping[str, Any]) -> dict[str, str]:
    path = folder / files.MODEL
    text = json.dumps(model, ensure_ascii=False, indent=1, sort_keys=True)
    path.write_text(text + "\n", encoding="utf-8")
    return {files.MODEL: files.file_digest(path)}


def _identity(
    edition_id: str,
    previous: Path | None,
    deliveries: Sequence[Mapping[str, Any]],
    options: Options,
) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "id": edition_id,
        "as_of": max(row["reference_date"] for row in deliveries),
        "previous": previous.name if previous else None,
        "built_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "built_by": options.by,
        "options": {"full": options.full, "reuse_model": options.reuse_model},
        "versions": _versions(),
    }


def _versions() -> dict[str, str]:
    found = {name: importlib.metadata.version(name) for name in _VERSIONED}
    return {
        **found,
        "python": platform.python_version(),
        "machine": f"{sys.platform} {platform.machine()}",
    }


def _tables(work: Assembly) -> dict[str, Any]:
    work.settle()
    return {
        name: {
            "rows": sum(one.rows for one in written.values()),
            "digest": files.table_digest(written),
            "files": {path: asdict(one) for path, one in sorted(written.items())},
        }
        for name, written in sorted(work.written.items())
    }


def rows_of(manifest: Mapping[str, Any]) -> dict[str, int]:
    """How many rows each table of an edition has."""
    return {name: table["rows"] for name, table in manifest["tables"].items()}


def settings_digest(manifest: Mapping[str, Any]) -> str:
    """A digest of what decides the rows besides the records: settings and versions."""
    told = {key: manifest[key] for key in ("settings", "versions", "format")}

    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()
