"""An edition is sealed, digested and verifiable."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from renkou.engines import editions as files
from tests.editions.builds import build
from tests.register.tables import record

ZHANG = "110101199001011237"
LI = "110101198505052344"


def _rows() -> list[dict]:
    return [
        record("police", 0, id_number=ZHANG, name="张伟", registered_area="110101001001"),
        record("health", 0, id_number=ZHANG, name="张玮", phone="13900000000"),
        record("police", 1, id_number=LI, name="李娜", registered_area="110102001001"),
        record("school", 0, name="王小明", usual_area="110101002001"),
    ]


@pytest.fixture
def editions(tmp_path: Path) -> Path:
    return tmp_path / "editions"


def _table(editions: Path, edition: str, name: str) -> list[dict]:
    paths = sorted((editions / edition / name).glob("*.parquet"))
    return [row for path in paths for row in pq.read_table(path, partitioning=None).to_pylist()]


def test_records_become_persons_of_a_sealed_edition(editions: Path) -> None:
    manifest = build(editions, _rows())
    persons = {one["name"]: one for one in _table(editions, manifest["id"], "persons")}
    assert set(persons) == {"张伟", "李娜", "王小明"}
    assert files.sealed_editions(editions) == ["0001-2024-06-30"]
    assert manifest["tables"]["persons"]["rows"] == 3
    assert files.damage(editions / manifest["id"]) == []


def test_the_same_inputs_give_the_same_digests(tmp_path: Path) -> None:
    one = build(tmp_path / "one" / "editions", _rows())
    other = build(tmp_path / "other" / "editions", _rows()[::-1])
    assert {k: v["digest"] for k, v in one["tables"].items()} == {
        k: v["digest"] for k, v in other["tables"].items()
    }


def test_every_byte_of_an_edition_is_verified(editions: Path) -> None:
    folder = editions / build(editions, _rows())["id"]
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        whole = path.read_bytes()
        altered = bytearray(whole)
        altered[len(altered) // 2] ^= 1
        path.write_bytes(altered)
        assert len(files.damage(folder)) == 1, path
        path.write_bytes(whole)
    assert files.damage(folder) == []
