"""The catalogue of indicators, read from `catalogue.toml`. Pure."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from renkou.core.areas import LEVEL_DIGITS
from renkou.core.errors import UsageError
from renkou.core.figures import Definition, Sensitivity

PERIOD_KINDS = ("month", "quarter", "half_year", "year")
"""From the shortest to the longest."""


@dataclass(frozen=True)
class Indicator:
    """What the catalogue says of an indicator, and how it is computed.

    shortest : the shortest kind of period for which it is made
    compute : `kind`, by which `indicators` finds the computation, and what that wants to know
    """

    definition: Definition
    shortest: str
    compute: Mapping[str, Any]

    @property
    def id(self) -> str:
        """Its name in the catalogue."""
        return self.definition.id

    @property
    def digits(self) -> int:
        """How many digits the codes of the lowest published areas have."""
        return LEVEL_DIGITS[self.definition.lowest_level]


@cache
def catalogue() -> Mapping[str, Indicator]:
    """Every indicator by its id, in the order of the catalogue."""
    text = resources.files(__package__).joinpath("catalogue.toml")
    told = tomllib.loads(text.read_text(encoding="utf-8"))
    return {row["id"]: _indicator(row, told) for row in told["indicator"]}


def indicator_of(name: str) -> Indicator:
    """The indicator of an id, or of its Chinese name.

    Raises
    ------
    UsageError
        If there is none; the nearest is named.
    """
    known = catalogue()
    by_name = {one.definition.zh: one for one in known.values()}
    found = known.get(name) or by_name.get(name)
    if found:
        return found
    nearest = difflib.get_close_matches(name, [*known, *by_name], n=1, cutoff=0.4)
    en = f"; did you mean {nearest[0]}?" if nearest else ""
    zh = f"；是否指 {nearest[0]}？" if nearest else ""
    raise UsageError(
        f"indicator {name!r}: not in the catalogue{en} `renkou stats list` shows all",
        zh=f"指标 {name!r}：目录中没有{zh} 运行 renkou stats list 可查看全部指标",
    )


def _indicator(row: Mapping[str, Any], told: Mapping[str, Any]) -> Indicator:
    pairs = {
        "formula": row["formula"],
        "numerator": row["numerator"],
        "denominator": row.get("denominator", ["", ""]),
        "base": told["bases"][row["base"]],
        "unit": row["unit"],
        "interval": told["intervals"][row["interval"]],
    }
    texts = {
        f"{name}_{language}": text
        for name, both in pairs.items()
        for language, text in zip(("zh", "en"), both, strict=True)
    }
    definition = Definition(
        id=row["id"],
        zh=row["name"][0],
        en=row["name"][1],
        decimals=row.get("decimals", 0),
        source=told["sources"][row["source"]],
        sensitivity=Sensitivity(row.get("sensitivity", "ordinary")),
        lowest_level=row["lowest"],
        group=row["group"],
        **texts,
    )
    return Indicator(definition, row["shortest"], row["compute"])
