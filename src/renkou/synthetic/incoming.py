"""All lists of a city, in the order in which they are made. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from renkou.synthetic.city import City
from renkou.synthetic.files import CityFile
from renkou.synthetic.lists import (
    audit,
    births,
    deaths,
    insurance,
    marriages,
    newcomers,
    police,
    school,
)
from renkou.synthetic.sources import Source

_LISTS: tuple[tuple[Source, Callable[[City], Iterator[CityFile]]], ...] = (
    (police.SOURCE, police.police_files),
    (births.SOURCE, births.births_files),
    (school.SOURCE, school.school_files),
    (marriages.SOURCE, marriages.marriages_files),
    (deaths.SOURCE, deaths.deaths_files),
    (insurance.SOURCE, insurance.insurance_files),
    (newcomers.SOURCE, newcomers.newcomers_files),
    (audit.SOURCE, audit.audit_files),
)

SOURCES: tuple[Source, ...] = tuple(source for source, _ in _LISTS)


def incoming_files(city: City) -> Iterator[tuple[Source, CityFile]]:
    """Every file of every list; one at a time, so that one fits in memory."""
    for source, files in _LISTS:
        for file in files(city):
            yield source, file
