"""The packaged tables that the fictional city is made from (see resources/SOURCES.md). Pure."""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """The rows of one packaged CSV."""
    text = resources.files("renkou.synthetic").joinpath("resources", name).read_text("utf-8")
    return tuple(csv.DictReader(text.splitlines()))
