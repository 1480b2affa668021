"""Small tables of records and links to build registers from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pyarrow as pa

from renkou.core.fields import FIELD_NAMES
from renkou.core.id_numbers import is_valid

SCHEMA = pa.schema(
    [
        ("record_id", pa.int64()),
        ("source", pa.string()),
        ("delivery", pa.string()),
        ("reference_date", pa.date32()),
        ("file", pa.string()),
        ("sheet", pa.string()),
        ("row", pa.int32()),
        ("role", pa.string()),
        *((name, pa.string()) for name in FIELD_NAMES),
        ("id_key", pa.string()),
        ("id_state", pa.string()),
        ("mother_id_key", pa.string()),
        ("father_id_key", pa.string()),
        ("spouse_id_key", pa.string()),
        ("head_id_key", pa.string()),
        ("birth_calendar", pa.string()),
    ]
)
LINKS = pa.schema(
    [
        ("record_id", pa.int64()),
        ("entity_id", pa.int64()),
        ("probability", pa.float64()),
        ("method", pa.string()),
    ]
)
REVIEW_PAIRS = pa.schema(
    [
        ("record_id_l", pa.int64()),
        ("record_id_r", pa.int64()),
        ("probability", pa.float64()),
        ("match_weight", pa.float64()),
        ("doubt", pa.float64()),
        ("reason", pa.string()),
        ("entity_id_l", pa.int64()),
        ("entity_id_r", pa.int64()),
    ]
)
SOURCES = ("police", "health", "school", "roster", "civil")


def record(source: str, number: int, day: str = "2024-06-30", **cells: str) -> dict[str, Any]:
    """One record; its id is the source's place in `SOURCES` and its number within the source."""
    return {
        "record_id": (SOURCES.index(source) + 1) * 10**10 + number,
        "source": source,
        "delivery": f"{source}-{day}",
        "reference_date": date.fromisoformat(day),
        "file": f"{source}.csv",
        "row": number + 2,
        "role": "self",
        **{
            name.replace("number", "key"): value
            for name, value in cells.items()
            if name.endswith("id_number") and is_valid(value)
        },
        **cells,
    }


def records_table(rows: Sequence[dict[str, Any]]) -> pa.Table:
    """Records as canonical columns, missing cells null."""
    return pa.Table.from_pylist(list(rows), schema=SCHEMA)


def links_table(*clusters: Sequence[dict[str, Any]], probability: float = 1.0) -> pa.Table:
    """Links that make each cluster of records one entity."""
    rows = [
        {
            "record_id": one["record_id"],
            "entity_id": min(other["record_id"] for other in cluster),
            "probability": probability,
            "method": "model" if len(cluster) > 1 else "alone",
        }
        for cluster in clusters
        for one in cluster
    ]
    return pa.Table.from_pylist(rows, schema=LINKS)
