"""A small edition with three doubtful pairs among five records, as a build would leave it."""

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from renkou.actions.workspaces import Workspace
from renkou.core.fields import FIELD_NAMES
from renkou.engines.lists import Delivery, write_delivery
from tests.intake.offices import write_source

_PEOPLE: dict[int, dict[str, str]] = {
    11: {"name": "张伟", "sex": "male", "birth_date": "1990-03-07",
         "id_number": "110101199003074514", "usual_area": "110101001001",
         "relationship": "head", "ethnicity": "05"},
    12: {"name": "张炜", "sex": "male", "birth_date": "1990-03-07",
         "id_number": "110101199003075414", "phone": "13812345678"},
    13: {"name": "=cmd|'/c calc'!A0", "sex": "female", "birth_date": "1985-11"},
    14: {"name": "李娜", "sex": "female", "birth_date": "1985-11-02"},
    15: {"name": "李娜", "sex": "female", "birth_date": "1985-11-20"},
}  # fmt: skip


def _records(path: Path) -> None:
    rows: list[dict[str, Any]] = []
    for record_id, cells in _PEOPLE.items():
        place = {
            "record_id": record_id,
            "source": "police",
            "file": "名册.xlsx",
            "sheet": "甲村",
            "role": "self",
        }
        rows.append(
            place
            | {"row": record_id + 3, "reference_date": date(2024, 1, 1)}
            | dict.fromkeys(FIELD_NAMES)
            | cells
        )
    kinds = {"record_id": pa.int64(), "row": pa.int32(), "reference_date": pa.date32()}
    schema = pa.schema([(name, kinds.get(name, pa.string())) for name in rows[0]])
    path.mkdir(parents=True)
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), path / "records.parquet")
    delivery = Delivery(
        id=path.name, source="police", source_number=1, sequence=1, reference_date="2024-01-01",
        mode="full", digest="", next_record_id=16, files=[], counts={}, problem_counts={},
        refused_columns=[], notes=[],
    )  # fmt: skip
    write_delivery(path, delivery, "")


@pytest.fixture
def sealed(workspace: Workspace) -> Workspace:
    write_source(workspace)
    _records(workspace.lists / "police" / "2024-01-01-full")
    edition = workspace.editions / "2024-01"
    for table in ("review_pairs", "links"):
        (edition / table).mkdir(parents=True)
    pairs = {
        "record_id_l": [11, 14, 13],
        "record_id_r": [12, 15, 14],
        "probability": [0.62, 0.5, 0.9],
        "match_weight": [1.5, 0.0, 4.0],
        "doubt": [0.76, 1.0, 0.2],
        "reason": ["between_thresholds", "namesakes", "between_thresholds"],
        "name_weight": [-1.25, 9.5, None],
        "birth_date_weight": [11.0, -3.0, 6.0],
        "area_weight": [None, None, 2.0],
    }
    pq.write_table(pa.table(pairs), edition / "review_pairs" / "area=110101.parquet")
    links = {"record_id": list(_PEOPLE), "person_id": list(_PEOPLE)}
    pq.write_table(pa.table(links), edition / "links" / "area=110101.parquet")
    (edition / "manifest.json").write_text('{"tables": {}}')
    workspace.areas.write_text(
        "code,name\n110101001,东街街道\n110101001001,甲村\n", encoding="utf-8"
    )
    return workspace
