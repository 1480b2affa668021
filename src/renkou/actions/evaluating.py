"""Judge links against a truth file: `renkou evaluate`.

The truth is read here and nowhere else; no build sees it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir

from renkou.actions.edition_tables import open_edition
from renkou.actions.intake import list_deliveries
from renkou.actions.workspaces import Workspace
from renkou.core.errors import SpecError, WorkspaceError
from renkou.core.progress import Progress, silent
from renkou.engines.duckdb_engine import DuckDBEngine
from renkou.engines.engine import Engine
from renkou.engines.lists import folder
from renkou.engines.plain_tables import plain_table
from renkou.linkage import evaluation

# What others call the columns of a truth file or of links.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "file": ("file", "filename", "file_name", "path", "list"),
    "row": ("row", "row_number", "line", "row_no"),
    "person": ("person", "person_id", "true_person", "truth", "entity_id", "entity", "cluster"),
    "source": ("source",),
    "sheet": ("sheet", "sheet_name"),
    "role": ("role",),
    "kind": ("kind", "kinds", "errors", "error"),
}
_PLACED = ("source", "file", "sheet", "row", "role")
_STAGES = ("读取真值", "对应记录", "比较记录对", "比较人员", "分类统计")


def evaluate_links(links: Path, truth: Path, progress: Progress = silent) -> dict[str, Any]:
    """Accuracy of `links.csv` from `renkou link` against a truth file."""
    with DuckDBEngine() as engine:
        named = _named(plain_table(engine, links), links, ("file", "row", "person"))
        records = named.rename(entity_name="person")
        order = [records.entity_name, records.file, records.row]
        numbered = records.mutate(
            record_id=ibis.row_number().over(order_by=order),
            entity=ibis.dense_rank().over(order_by=records.entity_name),
        )
        return _accuracy(engine, numbered, _truth(engine, truth), progress)


def evaluate_edition(
    workspace: Workspace, truth: Path, edition: str | None = None, progress: Progress = silent
) -> dict[str, Any]:
    """Accuracy of an edition's links (the newest's, without an id) against a truth file."""
    with DuckDBEngine(scratch=workspace.scratch) as engine:
        links = open_edition(workspace, edition, engine).table("links")
        if links is None:
            raise WorkspaceError(
                f"edition {edition}: it holds no links to judge; build it again from lists with records",
                zh=f"版本 {edition}：没有可评价的记录归属；请添加名册后重新编制",
            )
        # Every delivery's rows: a truth may name the row of an earlier one.
        folders = (folder(workspace.lists, one) for one in list_deliveries(workspace))
        rows = engine.read(*(path / "records.parquet" for path in folders))
        places = rows.select("record_id", *_PLACED)
        persons = links.select("record_id", entity="person_id")
        records = places.inner_join(persons, "record_id")
        return _accuracy(engine, records, _truth(engine, truth), progress)


def _truth(engine: Engine, path: Path) -> ir.Table:
    return _named(plain_table(engine, path), path, ("file", "row", "person"))


def _named(table: ir.Table, path: Path, required: tuple[str, ...]) -> ir.Table:
    """The columns we know, under our names."""
    present = {name.lower(): name for name in table.columns}
    found: dict[str, str] = {}
    for ours, theirs in _NAMES.items():
        name = next((present[alias] for alias in theirs if alias in present), None)
        if name is not None and name not in found.values():
            found[ours] = name
    missing = [name for name in required if name not in found]
    if missing:
        raise SpecError(
            f"{path}: no column {', '.join(missing)}; it needs file, row and person "
            f"(and may have source, sheet, role, kind), but has {', '.join(table.columns)}",
            zh=f"{path}：缺少列 {'、'.join(missing)}；须有 file、row、person"
            f"（可有 source、sheet、role、kind），现有 {'、'.join(table.columns)}",
        )
    return table.select(**{ours: table[name] for ours, name in found.items()})


def _accuracy(
    engine: Engine, records: ir.Table, truth: ir.Table, progress: Progress
) -> dict[str, Any]:
    def stage(number: int) -> None:
        progress(f"评估：{_STAGES[number]}", number, len(_STAGES))

    stage(0)
    found = engine.keep(evaluation.found_rows(records))
    known = engine.keep(evaluation.truth_rows(truth))
    stage(1)
    on = evaluation.place_columns(records.columns, truth.columns)
    rows = _judged(engine, found, known, on)
    stage(2)
    counts = _record_counts(engine, found, rows)
    result = _measures(engine, rows)
    stage(3)
    linked = rows.filter(rows.record_id.notnull())
    result["accepted"] = _measures(engine, linked) if counts["unlinked"] else dict(result)
    result["records"] = counts
    stage(4)
    sizes = [engine.keep(one) for one in evaluation.group_sizes(rows)]
    result["by_kind"] = _by_group(engine, evaluation.kind_members(rows), sizes)
    result["by_list"] = _by_group(engine, evaluation.list_members(rows), sizes)
    progress(f"评估：{_STAGES[-1]}", len(_STAGES), len(_STAGES))
    return result


def _judged(engine: Engine, found: ir.Table, known: ir.Table, on: tuple[str, ...]) -> ir.Table:
    """The truth's rows with their records, by the columns in which both agree on a place."""
    on = _agreed_place(engine, found, known, on)
    if "sheet" in on:
        found, known = (
            engine.keep(evaluation.in_known_sheets(found, known)),
            engine.keep(evaluation.in_known_sheets(known, found)),
        )
    return engine.keep(evaluation.judged_rows(found, known, on=on))


def _agreed_place(
    engine: Engine, found: ir.Table, truth: ir.Table, on: tuple[str, ...]
) -> tuple[str, ...]:
    """The place columns in which both sides use the same words; source only where files need it.

    A truth made by others may call the spouses in a row otherwise than we do; then the row alone is
    the place, and `judged_rows` tells the spouses apart by their other records.
    """
    if "role" in on and _strangers(engine, found, truth, "role"):
        on = tuple(name for name in on if name != "role")
    lists_of_file = truth.group_by("file").agg(lists=truth.source.nunique())
    shared = engine.arrow(lists_of_file.agg(most=lists_of_file.lists.max()))["most"][0].as_py()
    if (shared or 0) > 1 and not _strangers(engine, found, truth, "source"):
        on = (*on, "source")
    return on


def _strangers(engine: Engine, found: ir.Table, truth: ir.Table, column: str) -> bool:
    """Whether the truth has a word in this column that the records do not."""
    ours, theirs = (table.select(column).distinct() for table in (found, truth))
    return engine.arrow(theirs.anti_join(ours, column)).num_rows > 0


def _one(engine: Engine, table: ir.Table) -> dict[str, Any]:
    rows = engine.arrow(table).to_pylist()
    return rows[0] if rows else {}


def _measures(engine: Engine, rows: ir.Table) -> dict[str, Any]:
    counts = _one(engine, evaluation.pair_counts(rows))
    empty = {"true_pairs": 0, "found_pairs": 0, "both_pairs": 0}
    people = _one(engine, evaluation.person_counts(rows))
    true = people["true"]
    shares = {
        name: (people[name] or 0) / true if true else None
        for name in ("exactly_right", "split", "merged", "lost")
    }
    return {
        "pairs": evaluation.pair_accuracy(counts or empty).as_dict(),
        "persons": {"true": true, "found": people["found"], **shares},
    }


def _record_counts(engine: Engine, found: ir.Table, rows: ir.Table) -> dict[str, int]:
    """Records, those the truth does not know, and rows of the truth that no record stands for."""
    ids = found.select("record_id").distinct()
    strangers = ids.anti_join(rows.filter(rows.record_id.notnull()), "record_id")
    counted = _one(
        engine,
        ids.agg(records=ids.count())
        .cross_join(strangers.agg(unmatched=strangers.count()))
        .cross_join(rows.agg(truth=rows.count(), unlinked=rows.record_id.isnull().sum())),
    )
    return {name: int(value or 0) for name, value in counted.items()}


def _by_group(engine: Engine, members: ir.Table, sizes: Sequence[ir.Table]) -> dict[str, Any]:
    counted = evaluation.pair_counts_by(engine.keep(members), sizes)
    groups = engine.arrow(counted.order_by("group")).to_pylist()
    return {group["group"]: evaluation.pair_accuracy(group).as_dict() for group in groups}
