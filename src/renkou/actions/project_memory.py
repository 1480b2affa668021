"""How much memory is free for a run: of the machine, and within the limit of a container."""

from __future__ import annotations

from pathlib import Path

import psutil

_LIMITS = (
    ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
    (
        "/sys/fs/cgroup/memory/memory.limit_in_bytes",
        "/sys/fs/cgroup/memory/memory.usage_in_bytes",
    ),
)


def free_memory() -> int:
    """Bytes that a process may still take."""
    found = [int(psutil.virtual_memory().available)]
    for limit, used in _LIMITS:
        most, taken = _number(limit), _number(used)
        if most is not None and taken is not None:
            found.append(max(most - taken, 0))
    return min(found)


def _number(path: str) -> int | None:
    """A number that the kernel tells; None where it tells none, or `max`."""
    try:
        return int(Path(path).read_text("ascii"))
    except (OSError, ValueError):
        return None
