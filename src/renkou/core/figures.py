"""What a published figure is, and what the catalogue says of an indicator. Pure.

`demography` computes figures, `disclosure` lets them out, `publishing` draws and prints them; this is
what they hand to one another. A table of figures has the columns `FIGURE_COLUMNS`, one row per figure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from renkou.core.errors import UsageError

FIGURE_COLUMNS = (
    "indicator",  # id in the catalogue
    "area",  # code of 2, 4, 6, 9 or 12 digits
    "area_name",
    "level",  # province, prefecture, county, township, village
    "period",  # '2024', '2024-H1', '2024-Q3', '2024-03'; of stocks the last day of it
    "sex",  # both, male, female
    "age",  # 'all', '0', '0-4', '85+': whole ages, both ends included
    "value",  # float; null where it may not be published
    "lower",  # 95 % interval, null where there is none
    "upper",
    "numerator",  # as published (perturbed); null where the indicator has none
    "denominator",
    "note",  # why the value is null, or what else a reader must know; '' where nothing
)


class Sensitivity(StrEnum):
    """How an indicator may be shown beside others of its kind."""

    ORDINARY = "ordinary"  # may be ranked, with rank intervals
    FERTILITY = "fertility"  # births, fertility, sex ratio at birth: never ranked, never a target
    HEALTH = "health"  # at least 10 per cell, nothing below county


@dataclass(frozen=True)
class Definition:
    """One indicator as the catalogue defines it; texts in Chinese and English."""

    id: str
    zh: str
    en: str
    formula_zh: str
    formula_en: str
    numerator_zh: str
    numerator_en: str
    denominator_zh: str  # '' for counts
    denominator_en: str
    base_zh: str  # whose population or events: 常住, 户籍, …
    base_en: str
    unit_zh: str  # 人, ‰, %, 岁, …
    unit_en: str
    decimals: int
    source: str  # the official definition or method
    interval_zh: str  # method and assumption of the interval
    interval_en: str
    sensitivity: Sensitivity
    lowest_level: str  # the lowest tier of area for which it is published
    group: (
        str  # which part of a publication: population, births, deaths, migration, families, quality
    )


_PERIOD = re.compile(r"(\d{4})(?:-(?:(0[1-9]|1[0-2])|Q([1-4])|H([12])))?")


def months_of(period: str) -> tuple[int, int]:
    """First month of a period and the month after its last, counted from January of year 0.

    Raises
    ------
    UsageError
        If it is no year, half, quarter or month.

    >>> first, end = months_of("2024-H2")
    >>> divmod(first, 12), divmod(end, 12)
    ((2024, 6), (2025, 0))
    """
    found = _PERIOD.fullmatch(period)
    if not found:
        raise UsageError(
            f"period {period!r}: is no year, half, quarter or month; "
            "write 2024, 2024-H1, 2024-Q3 or 2024-03",
            zh=f"时期 {period!r}：不是年、半年、季或月；请写成 2024、2024-H1、2024-Q3 或 2024-03",
        )
    year, month, quarter, half = found.groups()
    start, length = 0, 12
    if month:
        start, length = int(month) - 1, 1
    elif quarter:
        start, length = 3 * (int(quarter) - 1), 3
    elif half:
        start, length = 6 * (int(half) - 1), 6
    return int(year) * 12 + start, int(year) * 12 + start + length


def period_words(period: str) -> tuple[str, str]:
    """A period in Chinese and English.

    >>> period_words("2024-H1"), period_words("2024-03")
    (('2024年上半年', 'first half of 2024'), ('2024年3月', '2024-03'))
    """
    year, _, part = period.partition("-")
    months_of(period)
    if not part:
        return f"{year}年", year
    if part.startswith("H"):
        return (
            f"{year}年{'上下'[int(part[1]) - 1]}半年",
            f"{('first', 'second')[int(part[1]) - 1]} half of {year}",
        )
    if part.startswith("Q"):
        return f"{year}年第{'一二三四'[int(part[1]) - 1]}季度", f"{year} {part}"
    return f"{year}年{int(part)}月", period
