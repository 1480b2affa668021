"""Accuracy of links against a truth, by the case."""

from __future__ import annotations

import pyarrow as pa
import pytest

from renkou.linkage.evaluation import (
    found_rows,
    group_sizes,
    judged_rows,
    kind_members,
    list_members,
    pair_accuracy,
    pair_counts,
    pair_counts_by,
    person_counts,
    place_columns,
    truth_rows,
)

FOUND = {
    "record_id": [1, 2, 3, 4, 5],
    "entity": [1, 1, 3, 4, 3],
    "source": ["a", "a", "m", "m", "a"],
    "file": ["a.csv", "a.csv", "m.xlsx", "m.xlsx", "a.csv"],
    "sheet": [None, None, "村", "村", None],
    "row": [2, 3, 4, 4, 4],
    "role": ["self", "self", "husband", "wife", "self"],
}


def judged(engine, truth, found=FOUND):
    records, known = engine.table(pa.table(found)), engine.table(pa.table(truth))
    on = place_columns(tuple(records.columns), tuple(known.columns))
    return engine.keep(judged_rows(found_rows(records), truth_rows(known), on=on))


def one(engine, table):
    [row] = engine.arrow(table).to_pylist()
    return row


def test_a_truth_without_roles_gives_each_spouse_the_person_their_other_records_speak_for(engine):
    truth = {
        "file": ["in/a.csv", "in/a.csv", "in/a.csv", "in/m.xlsx", "in/m.xlsx"],
        "sheet": ["", "", "", "村", "村"],
        "row": [2, 3, 4, 4, 4],
        "person": ["A", "A", "H", "W", "H"],
    }
    rows = engine.arrow(judged(engine, truth)).to_pylist()
    assert {row["record_id"]: row["person"] for row in rows} == {
        1: "A", 2: "A", 3: "H", 4: "W", 5: "H",
    }  # fmt: skip


def test_a_record_that_stands_in_two_deliveries_is_known_by_both_its_places(engine):
    found = {name: [*cells, cells[0]] for name, cells in FOUND.items()}
    found["file"][-1] = "a-next.csv"
    truth = {"file": ["a.csv", "a-next.csv", "a.csv"], "row": [2, 2, 3], "person": ["A"] * 3}
    rows = engine.arrow(judged(engine, truth, found)).to_pylist()
    assert sorted(row["record_id"] for row in rows) == [1, 1, 2]


def test_a_refused_row_lowers_recall_and_its_person_is_not_exactly_right(engine):
    truth = {"file": ["a.csv"] * 3, "row": [2, 3, 99], "person": ["A", "A", "A"]}
    rows = judged(engine, truth)
    pairs = pair_accuracy(one(engine, pair_counts(rows)))
    assert (pairs.precision, pairs.recall) == (1.0, pytest.approx(1 / 3))
    people = one(engine, person_counts(rows))
    assert (people["exactly_right"], people["split"], people["lost"]) == (0, 1, 0)


def test_a_person_none_of_whose_rows_was_accepted_is_lost(engine):
    rows = judged(engine, {"file": ["a.csv"] * 2, "row": [2, 99], "person": ["A", "B"]})
    people = one(engine, person_counts(rows))
    assert (people["true"], people["lost"], people["split"], people["merged"]) == (2, 1, 0, 0)


def test_pairs_of_a_kind_are_those_that_touch_a_row_of_that_kind(engine):
    truth = {
        "file": ["a.csv"] * 3, "row": [2, 3, 4], "person": ["A", "A", "A"],
        "kind": ["typo; lunar", None, ""],
    }  # fmt: skip
    rows = judged(engine, truth)
    groups = engine.arrow(pair_counts_by(kind_members(rows), group_sizes(rows))).to_pylist()
    assert {group["group"] for group in groups} == {"typo", "lunar"}
    for group in groups:
        assert (group["true_pairs"], group["found_pairs"], group["both_pairs"]) == (2, 1, 1)


def test_lists_come_from_the_links_where_the_truth_does_not_name_them(engine):
    rows = judged(engine, {"file": ["a.csv"] * 2, "row": [2, 3], "person": ["A", "A"]})
    groups = engine.arrow(pair_counts_by(list_members(rows), group_sizes(rows))).to_pylist()
    assert [group["group"] for group in groups] == ["a"]


def test_without_any_pair_the_shares_are_unknown_rather_than_perfect():
    accuracy = pair_accuracy({"true_pairs": 0, "found_pairs": 0, "both_pairs": None})
    assert (accuracy.precision, accuracy.recall, accuracy.f1) == (None, None, None)
