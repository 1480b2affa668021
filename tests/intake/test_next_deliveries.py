"""What the next delivery of a list changes: told before it is added, and never by a faulty row."""

from __future__ import annotations

import pytest

from renkou.actions.intake import check_list, list_records, load_source
from renkou.actions.workspaces import Workspace
from renkou.engines.duckdb_engine import DuckDBEngine
from tests.intake.offices import LI, POLICE, WANG, ZHANG, add, stored, write_list, write_source

NEXT = "police_20250131.csv"


def current(office: Workspace) -> list[dict[str, object]]:
    with DuckDBEngine() as engine:
        return engine.arrow(list_records(office, engine).order_by("record_id")).to_pylist()


def test_a_refused_row_leaves_its_record_as_it_was(office: Workspace) -> None:
    add(office, write_list(office, ZHANG, LI))
    report = add(office, write_list(office, ZHANG, "a2,,,男,1990.1.1,110105", name=NEXT))
    assert report.counts["refused"] == 1
    assert report.counts["closed"] == 0
    assert report.counts["carried"] == 1
    assert report.counts["records"] == 1
    assert [(row["name"], row["delivery"]) for row in current(office)] == [
        ("张三", "2025-01-31"), ("李四", "2024-12-31"),
    ]  # fmt: skip
    assert len(stored(office, report, "original_cells")) == 2


def test_a_row_refused_twice_leaves_its_record_as_it_was(office: Workspace) -> None:
    add(office, write_list(office, ZHANG, LI))
    add(office, write_list(office, ZHANG, "a2,,,男,,", name=NEXT))
    report = add(office, write_list(office, ZHANG, "a2,,,男,1990,", name="police_20250228.csv"))
    assert report.counts["carried"] == 1
    assert [row["name"] for row in current(office)] == ["张三", "李四"]


def test_without_a_key_a_refused_row_is_known_by_its_number(office: Workspace) -> None:
    write_source(office, POLICE.replace('own_key = "source_key"', ""))
    add(office, write_list(office, ZHANG, LI))
    report = add(office, write_list(office, LI, f"{ZHANG},多出的,格", name=NEXT))
    assert (report.counts["carried"], report.counts["closed"]) == (1, 0)
    assert [row["name"] for row in current(office)] == ["张三", "李四"]


def test_a_key_that_stood_in_many_deliveries_is_still_one_record(office: Workspace) -> None:
    add(office, write_list(office, ZHANG))
    add(office, write_list(office, ZHANG, name=NEXT))
    report = add(office, write_list(office, ZHANG, ZHANG, name="police_20250228.csv"))
    assert len({row["record_id"] for row in stored(office, report)}) == 2


def test_checking_says_what_would_be_new_changed_and_gone(office: Workspace) -> None:
    add(office, write_list(office, ZHANG, LI, WANG))
    path = write_list(
        office, ZHANG, LI.replace("李四", "李思"), "a4,赵六,,男,1980,", name=NEXT
    )  # fmt: skip
    report = check_list(office, [path], load_source(office, "police")[0])
    assert report.counts == {
        "records": 3, "refused": 0, "new": 1, "changed": 1, "unchanged": 1, "closed": 1, "carried": 0,
    }  # fmt: skip
    added = add(office, path)
    assert {name: added.counts[name] for name in report.counts} == report.counts


def test_a_first_list_is_all_new(office: Workspace) -> None:
    path = write_list(office, ZHANG, LI)
    report = check_list(office, [path], load_source(office, "police")[0])
    assert (report.counts["new"], report.counts["closed"]) == (2, 0)


@pytest.mark.parametrize("key", ["legal_basis", "purpose"])
def test_a_source_whose_legal_basis_or_purpose_is_not_filled_in_is_told(
    office: Workspace, key: str
) -> None:
    text = "\n".join(
        f'{key} = "待填"' if line.startswith(key) else line for line in POLICE.splitlines()
    )
    write_source(office, text)
    path = write_list(office, ZHANG)
    for report in (check_list(office, [path], load_source(office, "police")[0]), add(office, path)):
        told = [note for note in report.notes if note["rule"] == "FILE-19"]
        assert [(note["file"], note["detail"]) for note in told] == [("sources/police.toml", key)]


def test_a_source_that_is_filled_in_is_not_told_so(office: Workspace) -> None:
    assert add(office, write_list(office, ZHANG)).notes == []
