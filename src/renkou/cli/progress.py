"""Progress bars on stderr, so that results on stdout can be piped."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import rich.console
import rich.progress

from renkou.core.progress import Progress, silent


@contextmanager
def progress_bars(*, quiet: bool = False) -> Iterator[Progress]:
    """A callback that draws a bar per stage; where stderr is no terminal, a line per stage."""
    console = rich.console.Console(stderr=True)
    if quiet:
        yield silent
    elif console.is_terminal:
        with _bars(console) as bars:
            yield _Bars(bars)
    else:
        yield _Lines(console)


def _bars(console: rich.console.Console) -> rich.progress.Progress:
    return rich.progress.Progress(
        rich.progress.TextColumn("{task.description}"),
        rich.progress.BarColumn(),
        rich.progress.TaskProgressColumn(),
        rich.progress.TimeElapsedColumn(),
        console=console,
    )


class _Bars:
    """One bar per stage; a bar without a known whole pulses until the next stage begins."""

    def __init__(self, bars: rich.progress.Progress) -> None:
        self._bars = bars
        self._tasks: dict[str, rich.progress.TaskID] = {}
        self._last: str | None = None

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        if stage not in self._tasks:
            self._finish_last()
            self._tasks[stage] = self._bars.add_task(stage, total=total)
            self._last = stage
        self._bars.update(self._tasks[stage], completed=done, total=total)

    def _finish_last(self) -> None:
        if self._last is not None:
            self._bars.update(self._tasks[self._last], completed=1, total=1)


class _Lines:
    """A line as each stage begins, for logs and pipes."""

    def __init__(self, console: rich.console.Console) -> None:
        self._console = console
        self._seen: set[str] = set()

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        if stage not in self._seen:
            self._seen.add(stage)
            self._console.print(stage, highlight=False, markup=False)
