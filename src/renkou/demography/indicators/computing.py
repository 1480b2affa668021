"""Figures of the whole catalogue from the counts of an edition. Pure (NumPy)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from renkou.demography.indicators import of_events, of_fertility, of_mortality, of_people
from renkou.demography.indicators.blocks import Block
from renkou.demography.indicators.catalogue import Indicator
from renkou.demography.indicators.cells import Counting, Tabulation
from renkou.demography.indicators.work import Work

KINDS: Mapping[str, Callable[[Work], list[Block]]] = {
    "stock": of_people.stock,
    "mean_stock": of_people.mean_stock,
    "share": of_people.share,
    "ratio": of_people.ratio,
    "sex_ratio": of_people.sex_ratio,
    "median_age": of_people.median,
    "events": of_events.events,
    "rate": of_events.rate,
    "age_specific_rate": of_events.age_specific_rate,
    "difference": of_events.difference,
    "difference_rate": of_events.difference_rate,
    "sex_ratio_of_events": of_events.sex_ratio_of_events,
    "deaths_per_birth": of_events.deaths_per_birth,
    "timeliness": of_events.timeliness,
    "asfr": of_fertility.asfr,
    "tfr": of_fertility.total,
    "mean_age_at_birth": of_fertility.mean_age,
    "life_expectancy": of_mortality.life_expectancy,
    "life_table": of_mortality.life_table_column,
    "standardised_rate": of_mortality.standardised_rate,
    "smoothed_rate": of_mortality.smoothed_rate,
}


def figure_blocks(
    indicators: Iterable[Indicator], tabulation: Tabulation, counting: Counting
) -> list[Block]:
    """Figures of indicators; those of a kind that other counts are needed for are left to others.

    Of an indicator whose shortest period is longer than the tabulation there are none.
    """
    made = (Work(one, tabulation, counting) for one in indicators if one.compute["kind"] in KINDS)
    return [
        block
        for work in made
        if work.periods
        for block in KINDS[work.indicator.compute["kind"]](work)
        if block.periods
    ]
