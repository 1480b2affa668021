"""Blocks of a batch on several processors at once. Pure (NumPy lets go of the lock while it computes)."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

from renkou.demography.projection.stepping import Block, Floored, Flows, Given

_CELLS_AT_ONCE = (
    400_000  # of one array: so much and what is made of it stays in a processor's cache
)


def run_blocks(given: Given, flows: Flows, threads: int | None) -> list[Floored]:
    """Fill the flows; what was floored comes back in the order of rows."""
    rows = len(flows.population)
    size = max(1, _CELLS_AT_ONCE // max(1, given.years * given.sexes * given.ages))
    blocks = [slice(start, min(start + size, rows)) for start in range(0, rows, size)]
    workers = min(len(blocks), threads or _cores())
    if workers < 2:
        return [Block(given, flows, block).run() for block in blocks]
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(lambda block: Block(given, flows, block).run(), blocks))


def _cores() -> int:
    """Processors this program may use; not every system tells."""
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1
