"""What every step of one linkage needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import ibis.expr.types as ir
import pyarrow as pa

from renkou.engines.engine import Engine
from renkou.linkage.model import ListFacts, Options

DECISIONS = pa.schema(
    [("record_id_l", pa.int64()), ("record_id_r", pa.int64()), ("same", pa.bool_())]
)


@dataclass
class Run:
    """The engine, what the lists say of themselves, and the tables kept on the way."""

    engine: Engine
    lists: Sequence[ListFacts]
    options: Options
    decisions: ir.Table
    figures: dict[str, float] = field(default_factory=dict)
    kept: list[ir.Table] = field(default_factory=list)

    def keep(self, expression: ir.Table) -> ir.Table:
        """Run an expression once and keep its rows until the linkage is done."""
        self.kept.append(self.engine.keep(expression))
        return self.kept[-1]

    def kept_too(self, table: ir.Table) -> ir.Table:
        """A table that was kept elsewhere, given back with the others."""
        self.kept.append(table)
        return table

    def clear(self) -> None:
        """Give back the memory of all that was kept."""
        self.engine.forget(*self.kept)
        self.kept.clear()
