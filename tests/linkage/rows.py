"""Small lists of fictional people for the linkage tests."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

COLUMNS = ("source", "name", "former_name", "sex", "birth_date", "id_number", "id_key", "area",
           "household_key", "mother_id_key", "registered_area", "registered_address")  # fmt: skip


def records(*rows: dict[str, Any]) -> pa.Table:
    """Canonical records; `id` stands for a valid number, record ids count from 1."""
    columns: dict[str, list[Any]] = {c: [] for c in COLUMNS}
    for row in rows:
        filled = {"source": "police", **row}
        if "id" in filled:
            filled["id_number"] = filled["id_key"] = filled["id"]
        for column in COLUMNS:
            columns[column].append(filled.get(column))
    table: dict[str, pa.Array] = {c: pa.array(v, pa.string()) for c, v in columns.items()}
    table["record_id"] = pa.array(range(1, len(rows) + 1), pa.int64())
    return pa.table(table)


def number(birth: str, order: str = "123", region: str = "513021") -> str:
    """A valid 18-character number."""
    body = region + birth.replace("-", "") + order
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True))
    return body + "10X98765432"[total % 11]
