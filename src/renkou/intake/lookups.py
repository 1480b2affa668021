"""Joins what only Python can settle to whole columns: by distinct values. Pure (the engine runs it)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
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


Expressions = Callable[[ir.Table], Mapping[str, ir.Value]]


def nothing(rows: ir.Table) -> Mapping[str, ir.Value]:
    """No columns."""
    del rows
    return {}


@dataclass(frozen=True)
class FieldCheck:
    """How one field is checked: what is looked up, then values, then rules, each a layer of columns.

    All fields' lookups are joined in one go, so that the expression stays flat however many
    fields a source has.
    """

    keys: Mapping[str, ir.Value] = field(default_factory=dict)
    lookups: Mapping[str, ir.Table] = field(default_factory=dict)
    values: Expressions = nothing
    rules: Expressions = nothing


def prefixed(found: ir.Table, prefix: str) -> ir.Table:
    """A lookup's columns, its `value` among them, under names of their own."""
    return found.rename({f"{prefix}{name}": name for name in found.columns})


def with_checks(cells: ir.Table, checks: Sequence[FieldCheck]) -> ir.Table:
    """The cells with all lookups, values and rules as columns beside."""
    rows = cells.mutate(**{name: key for check in checks for name, key in check.keys.items()})
    for check in checks:
        for key, found in check.lookups.items():
            value = next(name for name in found.columns if name.endswith("_value"))
            rows = rows.left_join(found, rows[key] == found[value])
    for layer in ("values", "rules"):
        columns: dict[str, ir.Value] = {}
        for check in checks:
            columns |= getattr(check, layer)(rows)
        rows = rows.mutate(**columns)
    return rows
