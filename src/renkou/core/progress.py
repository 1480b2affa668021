"""How long work tells of itself: one callback, whoever listens. Pure."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Called with a stage's Chinese name, what is done and, where known, the whole."""

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        """A stage is over when `done` equals `total`, or when another stage begins."""


def silent(stage: str, done: int, total: int | None) -> None:
    """A listener that does nothing; the default of every action."""
