"""Constraints hold whatever the edges, and the order of edges does not matter."""

from __future__ import annotations

import random

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from renkou.actions import linking, linking_steps
from renkou.engines.duckdb_engine import DuckDBEngine
from renkou.linkage.model import Options

NODES = st.lists(
    st.tuples(st.sampled_from([None, 1, 2]), st.sampled_from([0, 1, 2])), min_size=2, max_size=8
)
WEIGHTS = st.floats(-5, 20).map(lambda w: round(w, 1))


@st.composite
def graphs(draw):
    nodes = draw(NODES)
    ids = range(1, len(nodes) + 1)
    pairs = [(a, b) for a in ids for b in ids if a < b]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=12))
    weights = [draw(WEIGHTS) for _ in chosen]
    apart = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=2))
    return nodes, list(zip(chosen, weights, strict=True)), apart


def clusters(nodes, edges, apart):
    """Node → cluster, after all rounds."""
    with DuckDBEngine(threads=1) as engine:
        run = linking.Run(engine, [], Options(), engine.table(linking.DECISIONS.empty_table()))
        table = engine.table(
            pa.table(
                {
                    "node": pa.array(range(1, len(nodes) + 1), pa.int64()),
                    "number": pa.array([n for n, _ in nodes], pa.int64()),
                    "lists": pa.array([b for _, b in nodes], pa.int64()),
                    "exclusive": pa.array([n and "#" for n, _ in nodes], pa.string()),
                }
            )
        )
        edge_table = engine.table(
            pa.table(
                {
                    "node_l": pa.array([a for (a, _), _ in edges], pa.int64()),
                    "node_r": pa.array([b for (_, b), _ in edges], pa.int64()),
                    "weight_sum": pa.array([w for _, w in edges], pa.float64()),
                    "weight_count": pa.array([1] * len(edges), pa.int64()),
                    "bound": pa.array([False] * len(edges), pa.bool_()),
                }
            )
        )
        parted = engine.table(
            pa.table(
                {
                    "node_l": pa.array([a for a, _ in apart], pa.int64()),
                    "node_r": pa.array([b for _, b in apart], pa.int64()),
                }
            )
        )
        found = linking_steps.rounds(run, table, edge_table, parted)
        return {r["unit_id"]: r["node"] for r in engine.arrow(found.members).to_pylist()}


@settings(max_examples=12)
@given(graphs())
def test_no_cluster_breaks_a_constraint(graph):
    nodes, edges, apart = graph
    found = clusters(nodes, edges, apart)
    for cluster in set(found.values()):
        members = [node for node, at in found.items() if at == cluster]
        numbers = {nodes[m - 1][0] for m in members} - {None}
        assert len(numbers) <= 1
        bits = [nodes[m - 1][1] for m in members if nodes[m - 1][1]]
        assert len(bits) == len(set(bits))
    assert all(found[a] != found[b] for a, b in apart)
    assert all(cluster <= node for node, cluster in found.items())


@settings(max_examples=6)
@given(graphs(), st.randoms(use_true_random=False))
def test_shuffled_edges_give_the_same_clusters(graph, chance: random.Random):
    nodes, edges, apart = graph
    shuffled = chance.sample(edges, len(edges))
    assert clusters(nodes, edges, apart) == clusters(nodes, shuffled, apart)


def test_a_chain_is_cut_where_it_would_join_two_numbers():
    found = clusters([(1, 0), (None, 0), (None, 0), (2, 0)],
                     [((1, 2), 9.0), ((2, 3), 8.0), ((3, 4), 9.0)], [])  # fmt: skip
    assert found[1] == found[2]
    assert found[3] == found[4]
    assert found[1] != found[3]


def test_a_record_that_fits_two_holders_equally_joins_neither():
    found = clusters([(1, 0), (None, 0), (2, 0)], [((1, 2), 15.0), ((2, 3), 15.0)], [])
    assert len(set(found.values())) == 3


def test_a_weak_pair_inside_a_strong_cluster_holds_it_back():
    """Average linkage: a strong bridge does not carry a record that contradicts the rest."""
    found = clusters([(None, 0)] * 3, [((1, 2), 12.0), ((2, 3), 10.0), ((1, 3), -14.0)], [])
    assert found[1] == found[2] != found[3]
