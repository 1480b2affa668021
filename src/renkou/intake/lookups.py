"""Joins what only Python can settle to whole columns: by distinct values. Pure (the engine runs it)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import ibis.expr.types as ir

Columns = Callable[[Sequence[str]], Mapping[str, Sequence[str | None]]]
Column = Callable[[Sequence[str]], Sequence[str | None]]


class Lookups(Protocol):
    """Maps distinct values of columns through functions, see `engines.engine.lookups`."""

    def __call__(
        self, wanted: Mapping[str, tuple[ir.StringColumn, Mapping[str, Column]]]
    ) -> Mapping[str, ir.Table]:
        """A table `value, <name>…` for each column wanted; of '' all is null."""


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
class Wanted:
    """What Python is to say of the distinct values of a key; the columns get a prefix."""

    prefix: str
    functions: Mapping[str, Column]


@dataclass(frozen=True)
class FieldCheck:
    """How one field is checked: what is looked up, then values, then rules, each a layer of columns.

    All fields' lookups are made and joined in one go, so that the expression stays flat however
    many fields a source has. `keys` are columns worked out once beforehand (`with_keys`); `lookups`
    says what is looked up by which of them, which is then never null.
    """

    keys: Mapping[str, ir.Value] = field(default_factory=dict)
    lookups: Mapping[str, Wanted] = field(default_factory=dict)
    values: Expressions = nothing
    rules: Expressions = nothing


def with_keys(cells: ir.Table, checks: Sequence[FieldCheck]) -> ir.Table:
    """The cells with the columns that lookups are joined on."""
    return cells.mutate(**{name: key for check in checks for name, key in check.keys.items()})


def with_checks(cells: ir.Table, checks: Sequence[FieldCheck], lookups: Lookups) -> ir.Table:
    """The cells, keys among them, with all lookups, values and rules as columns beside.

    Every row finds a partner, '' where nothing is to be looked up: an outer join would hand the
    rows without one on apart from the others, in ever smaller pieces with every further join.
    """
    wanted = {key: one for check in checks for key, one in check.lookups.items()}
    found = lookups({key: (cells[key], one.functions) for key, one in wanted.items()})
    rows = cells
    for key, one in wanted.items():
        table = found[key].rename({f"{one.prefix}{name}": name for name in found[key].columns})
        rows = rows.left_join(table, rows[key] == table[f"{one.prefix}value"])
    for layer in ("values", "rules"):
        columns: dict[str, ir.Value] = {}
        for check in checks:
            columns |= getattr(check, layer)(rows)
        rows = rows.mutate(**columns)
    return rows
