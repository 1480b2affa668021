"""The next edition takes over what did not change, and equals one that is built anew."""

from __future__ import annotations

import random
import shutil
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from renkou.core.errors import EditionDamaged
from renkou.engines.editions import sealed_editions
from tests.editions.builds import build, numbers, rows_of
from tests.register.tables import record

NUMBERS = numbers(40)


def city(seed: int) -> list[dict[str, Any]]:
    """Forty people in three counties, in one to four lists each."""
    dice = random.Random(seed)
    rows = []
    for at, number in enumerate(NUMBERS):
        county = f"11010{1 + at % 3}"
        area = f"{county}00{1 + at % 2}001"
        cells = {"id_number": number, "birth_date": f"19{50 + at}-0{1 + at % 9}-11"}
        home = {"household_key": f"H{at // 3}", "relationship": "head" if at % 3 == 0 else "child"}
        rows.append(record("police", at, name=f"人{at}", registered_area=area, **home, **cells))
        if dice.random() < 0.7:
            rows.append(record("health", at, name=f"人{at}", usual_area=area, **cells))
        if dice.random() < 0.4:
            rows.append(record("school", at, name=f"人{at}甲", usual_area=area, **cells))
    return rows


def changed_city(seed: int) -> list[dict[str, Any]]:
    """`city(1)` a month later: cells altered, records gone, new, moved to another person."""
    dice = random.Random(seed + 1000)
    rows = []
    for row in city(1):
        row = dict(row)
        luck = dice.random()
        if luck < 0.05:
            continue
        if luck < 0.10:
            row["name"] = "改名"
        elif luck < 0.13:
            row["registered_area"] = "110103001001"
        elif luck < 0.16:
            row["id_number"] = row["id_key"] = NUMBERS[dice.randrange(40)]
        elif luck < 0.19 and row.get("household_key"):
            row["household_key"] = "H1"
        if luck < 0.19:
            row["delivery"] = "later"
        rows.append(row)
    rows.append(record("health", 900, name="新人", usual_area="110109001001"))
    return rows


@pytest.mark.parametrize("seed", [1, 2])
def test_the_next_edition_equals_one_built_anew(first: Path, tmp_path: Path, seed: int) -> None:
    other = Path(shutil.copytree(first, tmp_path / "other" / "editions"))
    reused, anew = build(first, changed_city(seed)), build(other, changed_city(seed), full=True)
    for name, table in anew["tables"].items():
        assert rows_of(first, reused["id"], name) == rows_of(other, anew["id"], name), name
        assert reused["tables"][name]["digest"] == table["digest"], name


def test_after_a_delivery_that_changes_one_in_a_hundred_the_rest_is_taken_over(
    tmp_path: Path,
) -> None:
    first, other = tmp_path / "a" / "editions", tmp_path / "b" / "editions"
    rows = city(9)
    build(first, rows)
    shutil.copytree(first, other)
    at = next(at for at, row in enumerate(rows) if row["source"] == "health")
    rows[at] = {**rows[at], "delivery": "changes", "phone": "13900000000"}
    county = rows[at]["usual_area"][:6]
    reused, anew = build(first, rows), build(other, rows, full=True)
    assert {name: table["digest"] for name, table in reused["tables"].items()} == {
        name: table["digest"] for name, table in anew["tables"].items()
    }
    before = first / reused["previous"]
    for path in sorted((first / reused["id"] / "persons").glob("*.parquet")):
        same = path.samefile(before / "persons" / path.name)
        assert same == (path.name != f"area={county}.parquet")
    old, new = (
        {row["person_id"] for row in rows_of(first, one, "persons")}
        for one in (reused["previous"], reused["id"])
    )
    assert old == new


def test_a_county_without_change_is_the_same_file(first: Path) -> None:
    rows = city(1)
    rows[0] = {**rows[0], "delivery": "later", "phone": "13900000000"}  # a person of county 110101
    build(first, rows)
    one, two = (first / name for name in sealed_editions(first))
    for table in ("persons", "values", "links"):
        same, other = (f"{table}/area=11010{county}.parquet" for county in (2, 1))
        assert (one / same).samefile(two / same)
        assert not (one / other).samefile(two / other)


def test_nothing_is_taken_over_from_a_damaged_edition(first: Path, tmp_path: Path) -> None:
    [file] = first.glob("*/persons/area=110101.parquet")
    damaged = bytearray(file.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    file.write_bytes(damaged)
    with pytest.raises(EditionDamaged, match=r"persons/area=110101\.parquet: altered"):
        build(first, city(1))
    assert len(sealed_editions(first)) == 1
    shutil.move(next(first.glob("0001-*")), tmp_path / "damaged")
    assert build(first, city(1))["previous"] is None


def test_whoever_is_in_no_list_any_more_is_carried_on(first: Path) -> None:
    rows = city(1)
    gone = rows[0]["id_number"]
    rest = [row for row in rows if row["id_number"] != gone]
    for _ in range(2):  # and on, in every later edition
        edition = build(first, rest)
        [person] = [
            row for row in rows_of(first, edition["id"], "persons") if row["id_number"] == gone
        ]
        assert person["residence_status"] == "unlisted"
        assert (person["record_count"], person["usual_area"]) == (0, None)
    spells = rows_of(first, edition["id"], "spells")
    mine = [row for row in spells if row["person_id"] == person["person_id"]]
    assert {row["kind"] for row in mine if row["valid_to"] is None} == {"alive"}


def test_ids_stay_when_a_list_is_added(first: Path) -> None:
    before = {row["id_number"]: row["person_id"] for row in rows_of(first, "0001", "persons")}
    added = [record("roster", at, id_number=number) for at, number in enumerate(NUMBERS)]
    build(first, [*city(1), *added])
    after = {row["id_number"]: row["person_id"] for row in rows_of(first, "0002", "persons")}
    assert {number: after[number] for number in before} == before


def test_reading_a_file_needs_no_partition_column(first_edition: Path) -> None:
    path = next(first_edition.glob("*/persons/*.parquet"))
    assert "area" not in pq.read_schema(path).names
