"""Hand doubtful pairs to people: the newest edition's most doubtful ones, as a file to answer."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from renkou.actions.audit import record_event
from renkou.actions.code_words import code_words
from renkou.actions.edition_tables import SealedEdition, open_edition
from renkou.actions.intake import list_deliveries, list_sources
from renkou.actions.staff import require
from renkou.actions.workspaces import Workspace
from renkou.core.areas import short_code
from renkou.core.errors import UsageError, WorkspaceError
from renkou.core.fields import FIELD, FIELD_NAMES, Kind
from renkou.core.permissions import Permission
from renkou.engines import lists as store
from renkou.engines.documents import refuse_to_overwrite, write_document
from renkou.engines.duckdb_engine import DuckDBEngine
from renkou.engines.editions import MANIFEST, sealed_editions
from renkou.engines.engine import Engine, row_count
from renkou.intake.sources import SourceSpec
from renkou.publishing.review_tables import (
    ReviewPair,
    ReviewRecord,
    pair_key,
    shown_cells,
    used_fields,
    weights_text,
)
from renkou.publishing.review_workbook import review_workbook
from renkou.publishing.words import REVIEW_REASONS, word

MOST_PAIRS = 50_000
_TOWNSHIP = 9  # digits of its code
_PLACE = ("record_id", "source", "file", "sheet", "row", "role")
_COMPARISONS = {
    "area": "区域", "address": "地址", "surname": "姓", "given": "名", "postcode": "邮编",
    "mother_key": "母亲", "father_key": "父亲", "spouse_key": "配偶", "head_key": "户主",
}  # fmt: skip


@dataclass(frozen=True)
class ExportedReview:
    """What was exported: how many pairs, of how many that wait, from which edition."""

    pairs: int
    waiting: int
    edition: str
    path: Path


def newest_edition(workspace: Workspace) -> str:
    """The id of the newest sealed edition, or an error."""
    editions = sealed_editions(workspace.editions)
    if not editions:
        raise WorkspaceError(
            f"{workspace.path} has no edition yet; run `renkou edition build`",
            zh=f"{workspace.path} 还没有编制过版本；请运行 renkou edition build",
        )
    return editions[-1]


def edition_digest(workspace: Workspace, edition: str) -> str:
    """What ties a review file to one edition of one workspace."""
    manifest = (workspace.editions / edition / MANIFEST).read_bytes()
    return hashlib.sha256(manifest).hexdigest()[:16]


def export_review(
    workspace: Workspace,
    path: Path,
    *,
    by: str,
    share: float | None = None,
    limit: int | None = None,
) -> ExportedReview:
    """Write the most doubtful pairs of the newest edition to .xlsx, .csv or .json.

    Parameters
    ----------
    share : pairs to export per record of the edition, such as 0.005
    limit : pairs to export; neither means all that wait, at most 50,000

    Raises
    ------
    UsageError
        If the file exists already (it may hold answers), or its name is of no known kind.
    """
    require(workspace, by, Permission.EXPORT_REVIEW)
    refuse_to_overwrite(path)
    edition = newest_edition(workspace)
    with DuckDBEngine(scratch=workspace.scratch) as engine:
        sealed = open_edition(workspace, edition, engine)
        wanted = _wanted(sealed, share, limit)
        queue = sealed.table("review_pairs")
        waiting = 0 if queue is None else row_count(engine, queue)
        pairs = [] if queue is None else _pairs(engine, workspace, queue, wanted)
    write_document(path, _document(path, pairs, edition, edition_digest(workspace, edition)))
    record_event(
        workspace, by=by, action="export_review", subject=f"edition:{edition}",
        reason=f"{len(pairs)} 对",
    )  # fmt: skip
    return ExportedReview(len(pairs), waiting, edition, path)


def _wanted(edition: SealedEdition, share: float | None, limit: int | None) -> int:
    if share is not None and limit is not None:
        raise UsageError(
            "--share and --limit exclude each other; give one",
            zh="--share 与 --limit 不能同时使用；请只用一个",
        )
    if share is not None:
        if not 0 < share <= 1:
            raise UsageError(
                "--share is a share of the edition's records, above 0 and at most 1",
                zh="--share 是占本版记录数的比例，须大于 0、不超过 1",
            )
        links = edition.table("links")
        records = 0 if links is None else row_count(edition.engine, links)
        return min(MOST_PAIRS, max(1, round(share * records)))
    if limit is not None and limit < 1:
        raise UsageError(
            "--limit is a number of pairs, at least 1", zh="--limit 是记录对的个数，至少为 1"
        )
    return min(MOST_PAIRS, limit or MOST_PAIRS)


def _pairs(engine: Engine, workspace: Workspace, queue: ir.Table, wanted: int) -> list[ReviewPair]:
    order = [ibis.desc("doubt"), "record_id_l", "record_id_r"]
    chosen = engine.arrow(queue.order_by(order).limit(wanted)).to_pylist()
    ids = sorted({row[side] for row in chosen for side in ("record_id_l", "record_id_r")})
    records = _records(engine, workspace, ids)
    return [_pair(row, records) for row in chosen]


def _records(engine: Engine, workspace: Workspace, ids: Sequence[int]) -> dict[int, ReviewRecord]:
    """The records of these numbers, each as its newest delivery has it."""
    words = code_words(workspace)
    names = {one.id: _list_name(one) for one in list_sources(workspace)}
    known = {row["record_id"]: _record(row, words, names) for row in _rows(engine, workspace, ids)}
    if len(known) < len(ids):
        raise WorkspaceError(
            f"{workspace.lists}: {len(ids) - len(known)} records of the edition are in no delivery; "
            "put back the delivery that was taken away, or build a new edition",
            zh=f"{workspace.lists}：本版有 {len(ids) - len(known)} 条记录在各次报送中都找不到；"
            "请放回被移走的报送文件夹，或重新编制版本",
        )
    return known


def _rows(engine: Engine, workspace: Workspace, ids: Sequence[int]) -> list[dict[str, Any]]:
    """Rows of every delivery that has these records, the newest last."""
    deliveries = list_deliveries(workspace)
    if not ids or not deliveries:
        return []
    files = [store.folder(workspace.lists, one) / "records.parquet" for one in deliveries]
    asked = engine.table(pa.table({"record_id": pa.array(ids, pa.int64())}))
    columns = [*_PLACE, "reference_date", *FIELD_NAMES]
    found = engine.read(*files).select(columns).semi_join(asked, "record_id")
    return engine.arrow(found.order_by("reference_date")).to_pylist()


def _list_name(spec: SourceSpec) -> str:
    """What clerks know a list by: its name, else whose it is."""
    return spec.department if spec.name == spec.id else spec.name


def _record(
    row: dict[str, Any], words: Mapping[str, Mapping[str, str]], names: Mapping[str, str]
) -> ReviewRecord:
    codes = {name: row[name] for name in FIELD_NAMES}
    return ReviewRecord(
        **{name: row[name] for name in _PLACE},
        list_name=names.get(row["source"], row["source"]),
        reference_date=str(row["reference_date"]),
        cells={name: _in_words(words.get(name, {}), name, code) for name, code in codes.items()},
        codes=codes,
    )


def _in_words(words: Mapping[str, str], name: str, code: str | None) -> str | None:
    """What people read for a code; a village with its township: there are many 东村."""
    if code is None:
        return None
    said = words.get(code, code)
    if FIELD[name].kind is not Kind.AREA or said == code or len(short_code(code)) <= _TOWNSHIP:
        return said
    return words.get(code[:_TOWNSHIP], "") + said


def _pair(row: dict[str, Any], records: dict[int, ReviewRecord]) -> ReviewPair:
    weights = {
        _comparison_label(name.removesuffix("_weight")): value
        for name, value in row.items()
        if name.endswith("_weight") and name != "match_weight" and value is not None
    }
    reason = word(REVIEW_REASONS, row["reason"]).zh
    left, right = records[row["record_id_l"]], records[row["record_id_r"]]
    return ReviewPair(left, right, row["probability"], reason, weights)


def _comparison_label(name: str) -> str:
    return FIELD[name].zh if name in FIELD else _COMPARISONS.get(name, name)


def _document(path: Path, pairs: Sequence[ReviewPair], edition: str, digest: str) -> bytes:
    suffix = path.suffix.lower()
    if suffix == ".xlsx":
        return review_workbook(pairs, edition=edition, edition_digest=digest)
    rows = _plain_rows(pairs, edition, digest)
    if suffix == ".json":
        return json.dumps(rows, ensure_ascii=False, indent=1).encode()
    if suffix == ".csv":
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, fieldnames=list(rows[0]) if rows else ["key", "answer"])
        writer.writeheader()
        writer.writerows({name: _no_formula(cell) for name, cell in row.items()} for row in rows)
        return text.getvalue().encode("utf-8-sig")
    raise UsageError(
        f"{path.name}: a review file ends in .xlsx, .csv or .json",
        zh=f"{path.name}：复核文件的扩展名须是 .xlsx、.csv 或 .json",
    )


def _no_formula(cell: Any) -> Any:
    """A cell that a spreadsheet would run is kept text by an apostrophe."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@")) else cell


def _plain_rows(pairs: Sequence[ReviewPair], edition: str, digest: str) -> list[dict[str, Any]]:
    """A row per pair for programs: places, what a reviewer sees, and room for the answer."""
    fields = used_fields(pairs)
    rows = []
    for number, pair in enumerate(pairs, 1):
        row: dict[str, Any] = {
            "key": pair_key(number, digest, pair.left.record_id, pair.right.record_id),
            "answer": "",
            "remark": "",
            "edition": edition,
            "record_id_l": pair.left.record_id,
            "record_id_r": pair.right.record_id,
            "probability": pair.probability,
            "reason": pair.reason,
            "weights": weights_text(pair.weights),
        }
        for side, record, cells in zip(
            "lr", (pair.left, pair.right), shown_cells(pair), strict=True
        ):
            place = {
                "source": record.source,
                "list_name": record.list_name,
                "reference_date": record.reference_date,
                "file": record.file,
                "sheet": record.sheet,
            }
            shown = (
                place
                | {"row": record.row, "role": record.role}
                | {field: cells[field] for field in fields}
            )
            row |= {f"{name}_{side}": value for name, value in shown.items()}
        rows.append(row)
    return rows
