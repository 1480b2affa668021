"""Levels of a comparison, and the SQL that their conditions share. Pure: data and text.

Each comparison is a list of levels from the most to the least alike; a pair falls into the first whose
condition holds. Conditions are SQL that DuckDB and Spark both read, over `<column>_l` and `<column>_r`.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Level:
    """One level: a condition on `<column>_l` and `<column>_r`, with starting m and u."""

    label: str
    sql: str
    m: float
    u: float
    tf_column: str | None = None
    fixed: bool = False  # keep m and u as given: too rare to be trained on a sample


@dataclass(frozen=True)
class Comparison:
    """Levels over feature columns; null where any of `needs` is null on either side."""

    name: str
    zh: str
    needs: tuple[str, ...]
    levels: tuple[Level, ...]
    also: tuple[str, ...] = field(default=())  # other columns that the conditions read

    @property
    def columns(self) -> tuple[str, ...]:
        """Every feature column that the comparison reads."""
        return self.needs + self.also


def close(column: str, share: float) -> str:
    """Edit distance within a share of the longer text."""
    left, right = f"{column}_l", f"{column}_r"
    return f"levenshtein({left}, {right}) <= {share} * greatest(length({left}), length({right}))"


def crossed(left: str, right: str, width: int | None = None) -> str:
    """Any of two columns on one side equals any of the two on the other."""

    def cut(text: str) -> str:
        return f"substr({text}, 1, {width})" if width else text

    pairs = [(a, b) for a in (left, right) for b in (left, right)]
    return " or ".join(
        f"coalesce({cut(a + '_l')} = {cut(b + '_r')} and length({a}_l) >= {width or 1}"
        f" and length({b}_r) >= {width or 1}, false)"
        for a, b in pairs
    )


def one_apart(column: str) -> str:
    """Names of three or four characters, one apart (see identifier_pass.one_character_apart)."""
    a, b = f"{column}_l", f"{column}_r"
    short, long = f"least(length({a}), length({b}))", f"greatest(length({a}), length({b}))"
    agreed = " or ".join(
        f"({long} > {k} and substr({a}, 1, {k}) = substr({b}, 1, {k})"
        f" and right({a}, cast({long} - {k + 1} as int)) = right({b}, cast({long} - {k + 1} as int)))"
        for k in range(4)
    )
    return f"{long} between 3 and 4 and {long} - {short} <= 1 and ({agreed})"
