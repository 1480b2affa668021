"""The reference page of all indicators, made from the catalogue itself.

`make fix` writes it to docs/reference/indicators.md; a test holds both equal.
"""

from __future__ import annotations

import sys

from renkou.cli.stats_tables import GROUPS, KINDS, LEVELS
from renkou.core.figures import Definition
from renkou.demography.indicators.catalogue import Indicator, catalogue

_HEAD = """# Indicators

Made from the catalogue itself by `make fix`; do not edit. Every figure has an area, a period, a sex and
an age; a rate of less than a year is per year. Where births, fertility or the sex ratio at birth are
concerned, areas are never ranked and no figure is a target.
"""


def indicators_page() -> str:
    """docs/reference/indicators.md."""
    parts = [_HEAD]
    group = ""
    for one in catalogue().values():
        if one.definition.group != group:
            group = one.definition.group
            parts.append(f"## {GROUPS[group]} {group}\n")
        parts.append(_section(one))
    return "\n".join(parts)


def _section(one: Indicator) -> str:
    told = one.definition
    rows = [
        ("formula", f"{told.formula_zh}; {told.formula_en}"),
        ("base", f"{told.base_zh}, {told.base_en}"),
        ("unit", f"{told.unit_zh}, {told.unit_en}; {told.decimals} decimals"),
        ("counts", _counts(told)),
        ("interval", f"{told.interval_zh}; {told.interval_en}"),
        ("published", f"down to {told.lowest_level} ({LEVELS[told.lowest_level]}), "
                      f"by {one.shortest} ({KINDS[one.shortest]}) and longer"),
        ("sensitivity", str(told.sensitivity)),
        ("source", told.source),
    ]  # fmt: skip
    lines = [f"| {name} | {text} |" for name, text in rows]
    return "\n".join(
        [f"### {told.zh} {told.en}", "", f"`{told.id}`", "", "| | |", "|---|---|", *lines, ""]
    )


def _counts(told: Definition) -> str:
    below = f" / {told.denominator_zh}" if told.denominator_zh else ""
    below_en = f" / {told.denominator_en}" if told.denominator_en else ""
    return f"{told.numerator_zh}{below}; {told.numerator_en}{below_en}"


if __name__ == "__main__":
    sys.stdout.write(indicators_page())
