"""Person ids stay with the records that hold them."""

from __future__ import annotations

import pyarrow as pa

from renkou.actions.identifying import identified
from renkou.engines.engine import Engine


def _ids(engine: Engine, clusters: list[list[int]], old: dict[int, list[int]]):
    links = [{"record_id": r, "entity_id": min(c)} for c in clusters for r in c]
    before = [{"record_id": r, "person_id": p} for p, records in old.items() for r in records]
    schema = pa.schema([("record_id", pa.int64()), ("person_id", pa.int64())])
    old_links = engine.table(pa.Table.from_pylist(before, schema=schema))
    people = engine.table(pa.table({"person_id": pa.array(list(old), pa.int64())}))
    found = identified(engine, engine.table(pa.Table.from_pylist(links)), old_links, people)
    ids = {row["entity_id"]: row["person_id"] for row in engine.arrow(found.ids).to_pylist()}
    moved = engine.arrow(found.lineage.order_by("old_person_id", "new_person_id")).to_pylist()
    return ids, [
        (m["old_person_id"], m["new_person_id"], m["kind"], m["record_count"]) for m in moved
    ]


def test_a_new_cluster_is_named_for_its_first_record(engine: Engine) -> None:
    assert _ids(engine, [[3, 1], [2]], {}) == ({1: 1, 2: 2}, [])


def test_an_id_follows_its_records_when_a_smaller_record_joins(engine: Engine) -> None:
    assert _ids(engine, [[1, 5, 6]], {5: [5, 6]}) == ({1: 5}, [])


def test_a_merge_keeps_the_id_that_most_records_held(engine: Engine) -> None:
    ids, moved = _ids(engine, [[1, 5, 6]], {1: [1], 5: [5, 6]})
    assert ids == {1: 5}
    assert moved == [(1, 5, "merge", 1)]


def test_the_oldest_id_wins_a_tie(engine: Engine) -> None:
    assert _ids(engine, [[1, 5]], {1: [1], 5: [5]})[0] == {1: 1}


def test_a_split_leaves_the_id_with_the_larger_part_and_gives_the_other_a_new_one(
    engine: Engine,
) -> None:
    ids, moved = _ids(engine, [[1], [5, 6]], {1: [1, 5, 6]})
    assert ids == {1: 10**15 + 1, 5: 1}
    assert moved == [(1, 10**15 + 1, "split", 1)]


def test_a_cluster_that_loses_its_first_choice_takes_its_second(engine: Engine) -> None:
    # 7 is wanted by both; the cluster of four keeps it, the other falls back on 20.
    old = {7: [1, 2, 3, 4, 5, 6, 8], 20: [9]}
    ids, moved = _ids(engine, [[1, 2, 3, 4], [5, 6, 8, 9]], old)
    assert ids == {1: 7, 5: 20}
    assert moved == [(7, 20, "move", 3)]


def test_ids_never_collide_over_repeated_splits(engine: Engine) -> None:
    old = {1: [5, 6], 10**15 + 1: [7, 8]}
    ids, _ = _ids(engine, [[1], [5, 6], [7, 8]], old)
    assert ids == {1: 2 * 10**15 + 1, 5: 1, 7: 10**15 + 1}
