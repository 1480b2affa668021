"""What linkage is told and what it returns. Pure data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import ibis.expr.types as ir

MODEL_VERSION = 1


@dataclass(frozen=True)
class ListFacts:
    """What a list says of itself. `trust` orders lists where two claim one number (higher first)."""

    source: str
    free_of_duplicates: bool = False
    trust: int = 0


@dataclass(frozen=True)
class Options:
    """How numbers are read and where the bands lie.

    `opaque`: numbers carry no birth date and no checksum, and a person may have several wrong ones.
    """

    opaque: bool = False
    link_from: float = 0.5  # probability from which a pair links by itself
    review_from: float = 0.001  # probability from which a pair is worth a reviewer's time
    seed: int = 20260101
    label_pairs: int = 60_000
    u_pairs: float = 2.5e5


@dataclass(frozen=True)
class Model:
    """Trained parameters, as saved with an edition. Rounded, so that a digest survives threads."""

    splink: dict[str, Any]
    kin_shared_weight: float
    kin_none_weight: float
    household_mates: float  # others of a list who share a record's household, on average
    columns: tuple[str, ...]
    version: int = MODEL_VERSION

    def as_json(self) -> dict[str, Any]:
        """Plain values for a file."""
        return {
            "version": self.version,
            "columns": list(self.columns),
            "kin_shared_weight": self.kin_shared_weight,
            "kin_none_weight": self.kin_none_weight,
            "household_mates": self.household_mates,
            "splink": self.splink,
        }

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Model:
        """The model of a file."""
        return cls(
            splink=values["splink"],
            kin_shared_weight=values["kin_shared_weight"],
            kin_none_weight=values["kin_none_weight"],
            household_mates=values["household_mates"],
            columns=tuple(values["columns"]),
            version=values["version"],
        )


@dataclass(frozen=True)
class LinkResult:
    """Links and review pairs (docs/reference/tables.md), the model used, and counts by stage."""

    links: ir.Table
    review_pairs: ir.Table
    model: Model
    figures: dict[str, float] = field(default_factory=dict)
