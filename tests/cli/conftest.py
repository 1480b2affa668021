"""An office with two sealed editions of a few people, built once for all who only read it.

甲  woman, three lists; one of them says that she died, the insurance has not heard of it
乙  of whom little is known, in her household
丙  bound to a second record by a reviewer; kept apart from 甲 by the same
丁  in the first edition alone: unlisted in the second
戊  two people in the first edition, one in the second: a merge
己  one person in the first edition, two in the second: a split
庚, 辛  two people in both; a record of the first becomes the second's: a move
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from renkou.actions.workspaces import Workspace, init_workspace
from renkou.records.databases import close_database
from tests.editions.builds import build, numbers, rows_of
from tests.intake.offices import write_source
from tests.register.tables import SOURCES, record

AREAS = "code,name,level,parent\n513021,青渚区,county,5130\n513021001001,金冲村,village,513021001\n"
HOME = "513021001001"
NUMBER, OTHER, THIRD, *MORE = numbers(9)


def record_id(source: str, number: int) -> int:
    return (SOURCES.index(source) + 1) * 10**10 + number


def _rows(edition: int) -> list[dict[str, Any]]:
    dead = {"id_number": NUMBER, "name": "甲"}
    about = {
        **dead, "sex": "female", "birth_date": "1990-01-01", "relationship": "head",
        "household_key": "1", "status": "present", "ethnicity": "01", "registered_area": HOME,
        "marital_status": "widowed",
    }  # fmt: skip
    # numbers of a first and a second record, and what the second one's number was before
    hands = [(5, "戊", 0, 1, 0), (6, "己", 2, 2, 3), (7, "庚", 4, 4, 5)]
    return [
        record("police", 1, **about),
        record("health", 1, **dead, status="present", phone="13900000000"),
        record("civil", 1, **dead, status="dead", death_date="2024-03-01"),
        record("police", 2, name="乙", household_key="1"),
        record("police", 3, name="丙", id_number=OTHER, registered_area="东村"),
        record("health", 3, name="丙", id_number=OTHER),
        *([record("police", 4, name="丁", id_number=THIRD)] if edition == 1 else []),
        record("police", 8, name="辛", id_number=MORE[5]),
        *(record("police", at, name=name, id_number=MORE[mine]) for at, name, mine, *_ in hands),
        *(
            record(
                "health", at, name=name, id_number=MORE[two[edition - 1]], delivery=f"h{edition}"
            )
            for at, name, _, *two in hands
        ),
    ]


def _said(left: int, right: int, *, same: bool) -> Mapping[str, Any]:
    when = datetime(2024, 5, 6, 7, 8, tzinfo=UTC)
    about = {"decided_by": "carol", "decided_at": when, "reason": "翻阅了户口簿"}
    return {"record_id_l": left, "record_id_r": right, "same": same, **about}


@pytest.fixture(scope="session")
def read_only_office(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Two editions; a test that changes something works on a copy."""
    office = init_workspace(tmp_path_factory.mktemp("cli") / "office")
    office.areas.write_text(AREAS, encoding="utf-8")
    write_source(office)  # 公安户籍人口; the other lists have no name
    decisions = [
        _said(record_id("police", 3), record_id("health", 3), same=True),
        _said(record_id("police", 1), record_id("police", 3), same=False),
    ]
    for edition in (1, 2):
        build(office.editions, _rows(edition), decisions=decisions)
    return office


@pytest.fixture(scope="session")
def person_ids(read_only_office: Workspace) -> dict[str, str]:
    """Ids by name, in the first edition."""
    rows = rows_of(read_only_office.editions, "0001", "persons")
    return {row["name"]: str(row["person_id"]) for row in rows}


@pytest.fixture
def office(read_only_office: Workspace, tmp_path: Path) -> Iterator[Workspace]:
    """A copy of the read-only office, with an audit of its own."""
    yield Workspace(Path(shutil.copytree(read_only_office.path, tmp_path / "office")))
    close_database()
