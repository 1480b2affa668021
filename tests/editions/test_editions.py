"""An edition is sealed, digested and verifiable."""

from __future__ import annotations

from pathlib import Path

import pytest

from renkou.engines import editions as files
from tests.editions.builds import build, rows_of
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


@pytest.fixture(scope="module")
def editions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One edition of `_rows`; a test that alters it puts it right again."""
    found = tmp_path_factory.mktemp("sealed") / "editions"
    build(found, _rows())
    return found


def test_records_become_persons_of_a_sealed_edition(editions: Path) -> None:
    assert files.sealed_editions(editions) == ["0001-2024-06-30"]
    folder = editions / "0001-2024-06-30"
    persons = {one["name"]: one for one in rows_of(editions, "0001", "persons")}
    assert set(persons) == {"张伟", "李娜", "王小明"}
    assert files.read_manifest(folder)["tables"]["persons"]["rows"] == 3
    assert files.damage(folder) == []


def test_the_same_inputs_give_the_same_digests(editions: Path, tmp_path: Path) -> None:
    one = files.read_manifest(editions / "0001-2024-06-30")
    other = build(tmp_path / "editions", _rows()[::-1])
    assert {k: v["digest"] for k, v in one["tables"].items()} == {
        k: v["digest"] for k, v in other["tables"].items()
    }


def test_every_byte_of_an_edition_is_verified(editions: Path) -> None:
    folder = editions / "0001-2024-06-30"
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        whole = path.read_bytes()
        altered = bytearray(whole)
        altered[len(altered) // 2] ^= 1
        path.write_bytes(altered)
        assert len(files.damage(folder)) == 1, path
        path.write_bytes(whole)
    assert files.damage(folder) == []
