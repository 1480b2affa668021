"""Counting by group sizes equals comparing every pair."""

from __future__ import annotations

from itertools import combinations

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from renkou.engines.duckdb_engine import DuckDBEngine
from renkou.linkage.evaluation import (
    group_sizes,
    kind_members,
    list_members,
    pair_counts,
    pair_counts_by,
    person_counts,
)

ENGINE = DuckDBEngine()
TYPES = {"person": pa.string(), "entity": pa.int64(), "source": pa.string(), "kind": pa.string()}
ROW = st.tuples(
    st.sampled_from("ABCD"),
    st.none() | st.integers(1, 4),
    st.sampled_from(["p", "q"]),
    st.sampled_from([None, "", "x", "x;y", "y"]),
)


def table(rows):
    columns = zip(TYPES.items(), zip(*rows, strict=True), strict=True)
    arrays = {name: pa.array(cells, kind) for (name, kind), cells in columns}
    return ENGINE.table(pa.table({"truth_id": pa.array(range(len(rows)), pa.int64()), **arrays}))


def of_list(name):
    return lambda row: row[2] == name


def of_kind(name):
    return lambda row: name in (row[3] or "").split(";")


def brute_pairs(rows, touching=lambda row: True):
    counts = [0, 0, 0]
    for left, right in combinations(rows, 2):
        if touching(left) or touching(right):
            true = left[0] == right[0]
            found = left[1] is not None and left[1] == right[1]
            counts = [counts[0] + true, counts[1] + found, counts[2] + (true and found)]
    return tuple(counts)


def counted(expression):
    names = ("true_pairs", "found_pairs", "both_pairs")
    return [
        (row.get("group"), tuple(row[name] or 0 for name in names))
        for row in ENGINE.arrow(expression).to_pylist()
    ]


@settings(max_examples=15, deadline=None)
@given(st.lists(ROW, min_size=1, max_size=14))
def test_pairs_are_counted_as_if_compared_one_by_one(rows):
    judged = table(rows)
    assert counted(pair_counts(judged)) == [(None, brute_pairs(rows))]
    for group, pairs in counted(pair_counts_by(list_members(judged), group_sizes(judged))):
        assert pairs == brute_pairs(rows, of_list(group))
    for group, pairs in counted(pair_counts_by(kind_members(judged), group_sizes(judged))):
        assert pairs == brute_pairs(rows, of_kind(group))


@settings(max_examples=15, deadline=None)
@given(st.lists(ROW, min_size=1, max_size=14))
def test_persons_are_judged_as_if_looked_at_one_by_one(rows):
    [counts] = ENGINE.arrow(person_counts(table(rows))).to_pylist()
    expected = dict.fromkeys(("true", "exactly_right", "split", "merged", "lost"), 0)
    for person in {row[0] for row in rows}:
        own = [row for row in rows if row[0] == person]
        entities = {row[1] for row in own} - {None}
        pieces = len(entities) + sum(row[1] is None for row in own)
        merged = any(row[1] in entities and row[0] != person for row in rows)
        expected["true"] += 1
        expected["split"] += pieces > 1
        expected["merged"] += merged
        expected["lost"] += not entities
        expected["exactly_right"] += pieces == 1 and bool(entities) and not merged
    assert counts == {**expected, "found": len({row[1] for row in rows} - {None})}
