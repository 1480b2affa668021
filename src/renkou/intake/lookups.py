"""Joins what only Python can settle to whole columns: by distinct values. Pure (the engine runs it)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import ibis.expr.types as ir

Columns = Callable[[Sequence[str]], Mapping[str, Sequence[str | None]]]
Column = Callable[[Sequence[str]], Sequence[str | None]]


class Lookup(Protocol):
    """Maps each distinct value of a column through functions, see `engines.engine.lookup`."""

    def __call__(
        self,
        column: ir.StringColumn,
        functions: Mapping[str, Column],
    ) -> ir.Table:
        """A table `value, <name>…`."""


def remembered(function: Columns, names: Sequence[str]) -> dict[str, Column]:
    """One function that gives several columns, as the several functions a lookup takes."""
    last: list[tuple[Sequence[str], Mapping[str, Sequence[str | None]]]] = []

    def column(name: str) -> Column:
        def one(texts: Sequence[str]) -> Sequence[str | None]:
            if not last or last[0][0] is not texts:
                last[:] = [(texts, function(texts))]
            return last[0][1][name]

        return one

    return {name: column(name) for name in names}


def joined(table: ir.Table, column: str, found: ir.Table, prefix: str) -> ir.Table:
    """The table with a lookup's columns as `<prefix><name>`; null where the value was left out."""
    names = [name for name in found.columns if name != "value"]
    key = f"{prefix}value"
    renamed = found.rename({key: "value", **{prefix + name: name for name in names}})
    both = table.left_join(renamed, table[column] == renamed[key])
    return both.drop(key)
