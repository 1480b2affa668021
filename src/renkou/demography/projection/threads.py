"""Blocks of a batch on several processors at once. Pure (NumPy lets go of the lock while it computes)."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

from renkou.demography.projection.stepping import Block, Floored, Flows, Given

_CELLS_AT_ONCE = (
    60_000  # of a year: large enough for threads, and all that a step makes stays in a cache
)


def run_blocks(given: Given, flows: Flows, threads: int | None) -> list[Floored]:
    """Fill the flows; what was floored comes back in the order of rows."""
    rows = len(flows.population)
    workers = min(threads or _cores(), rows)
    blocks = _blocks(rows, max(1, _CELLS_AT_ONCE // (given.sexes * given.ages)), workers)
    if workers < 2 or len(blocks) < 2:
        return [Block(given, flows, block).run() for block in blocks]
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(lambda block: Block(given, flows, block).run(), blocks))


def _blocks(rows: int, size: int, workers: int) -> list[slice]:
    """Rows in blocks of about one size; with more than one, as many as keep all workers busy."""
    count = -(-rows // size)
    if count > 1:
        count = -(-count // workers) * workers
    size = -(-rows // count)
    return [slice(start, min(start + size, rows)) for start in range(0, rows, size)]


def _cores() -> int:
    """Processors this program may use; not every system tells."""
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1
