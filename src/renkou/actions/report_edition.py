"""What the report says of an edition's people: counts read from its tables, as rows of `TABLES`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis.expr.types as ir

from renkou.actions.edition_tables import SealedEdition
from renkou.core.areas import short_code
from renkou.publishing import tabulations
from renkou.publishing.report_tables import Row
from renkou.publishing.words import LINEAGE, METHODS, REVIEW_REASONS, Words, word

COUNTY_DIGITS, TOWNSHIP_DIGITS = 6, 9
MOST_AREAS = 200
UNRESOLVED = Words("未能对应到区域", "Area not resolved")
_MEASURES = {
    "persons": Words("登记册人数", "People in the register"),
    "records": Words("记录", "Records"),
    "households": Words("户数", "Households"),
    "registered_population": Words("户籍人口", "Registered population"),
    "usual_resident_population": Words("常住人口", "Usual-resident population"),
    "review_pairs": Words("待复核记录对", "Pairs for review"),
}


@dataclass(frozen=True)
class Names:
    """What sources and areas are called: by source id, and by short area code."""

    lists: Mapping[str, str]
    areas: Mapping[str, str]

    @property
    def counties(self) -> list[str]:
        """The codes of the office's own counties."""
        return sorted(code for code in self.areas if len(code) == COUNTY_DIGITS)

    def area(self, code: str) -> str:
        """An area's name, or its code where it has none."""
        return self.areas.get(short_code(code), code)

    def list(self, source: str) -> str:
        """A list's name, or its source id."""
        return self.lists.get(source, source)


def headline_figures(edition: SealedEdition, names: Names) -> dict[str, int]:
    """Counts of an edition as a whole."""
    persons, links = edition.table("persons"), edition.table("links")
    if persons is None or links is None:
        return dict.fromkeys((*_MEASURES, "sure"), 0)
    [row] = _rows(edition, tabulations.headline_counts(persons, links, names.counties))
    pairs = edition.table("review_pairs")
    reviews = sum(row["pairs"] for row in _review_rows(edition, pairs))
    return {name: int(value or 0) for name, value in row.items()} | {"review_pairs": reviews}


def _rows(edition: SealedEdition, table: ir.Table) -> list[dict[str, Any]]:
    return edition.engine.arrow(table).to_pylist()


def _with_shares(rows: Sequence[Row], name: str) -> list[Row]:
    whole = sum(row[name] for row in rows) or 1
    return [{**row, "share": row[name] / whole} for row in rows]


def overlap(edition: SealedEdition, names: Names) -> tuple[Sequence[Row], Sequence[Row]]:
    """Sets of lists by people, largest first; and each list's people, largest first."""
    links = edition.table("links")
    if links is None:
        return [], []
    sizes = {row["source"]: row for row in _rows(edition, tabulations.list_sizes(links))}
    order = [one["source"] for one in edition.manifest["settings"]["lists"]]
    sources = [source for source in order if source in sizes]
    sources.sort(key=lambda source: -sizes[source]["people"])
    found = _rows(edition, tabulations.list_overlaps(links, sources))
    found.sort(key=lambda row: (-row["people"], row["lists"]))
    sets = [
        {
            "members": tuple(
                names.list(source) for at, source in enumerate(sources) if row["lists"] >> at & 1
            ),
            "people": row["people"],
        }
        for row in found
    ]
    listed = [{"list": names.list(one), "people": sizes[one]["people"]} for one in sources]
    return sets, listed


def overlap_rows(sets: Sequence[Row]) -> list[Row]:
    """The rows of the table `overlap`."""
    rows = [{"lists": "、".join(row["members"]), "people": row["people"]} for row in sets]
    return _with_shares(rows, "people")


def people_tables(edition: SealedEdition, names: Names) -> dict[str, list[Row]]:
    """Rows of `population`, `ages`, `certainty`, `methods`, `reviews`."""
    persons, links = edition.table("persons"), edition.table("links")
    return {
        "population": _population(edition, persons, names) if persons is not None else [],
        "ages": _ages(edition, persons, names) if persons is not None else [],
        "certainty": _certainty(edition, links) if links is not None else [],
        "methods": _methods(edition, links) if links is not None else [],
        "reviews": [
            {"reason": word(REVIEW_REASONS, row["reason"]), "pairs": row["pairs"]}
            for row in _review_rows(edition, edition.table("review_pairs"))
        ],
    }


def _population(edition: SealedEdition, persons: ir.Table, names: Names) -> list[Row]:
    """Counties, or townships where there is but one county; then what no code was found for."""
    counties = names.counties
    rows = _rows(edition, tabulations.population_by_area(persons, counties))
    if len(rows) <= 1:
        by_township = tabulations.population_by_area(persons, counties, digits=TOWNSHIP_DIGITS)
        rows = _rows(edition, by_township)
    rows.sort(key=lambda row: row["code"])
    named = [{**row, "area": names.area(row["code"])} for row in rows[:MOST_AREAS]]
    [rest] = _rows(edition, tabulations.unresolved_population(persons))
    if any(rest.values()):
        named.append({**rest, "code": None, "area": UNRESOLVED})
    return [
        {**row, "difference": row["usual_resident_population"] - row["registered_population"]}
        for row in named
    ]


def _ages(edition: SealedEdition, persons: ir.Table, names: Names) -> list[Row]:
    as_of = str(edition.manifest["as_of"])
    counted = _rows(edition, tabulations.usual_residents_by_age(persons, names.counties, as_of))
    people = {(row["age"], row["sex"]): row["people"] for row in counted}
    oldest = tabulations.OLDEST
    return [
        {
            "age_group": f"{age}+" if age == oldest else f"{age}–{age + 4}",
            "male": people.get((age, "male"), 0),
            "female": people.get((age, "female"), 0),
        }
        for age in range(0, oldest + 1, 5)
    ]


def _certainty(edition: SealedEdition, links: ir.Table) -> list[Row]:
    found = _rows(edition, tabulations.certainty_bands(links))
    counted = {row["band"]: row["records"] for row in found}
    rows = [
        {"band": label, "records": counted.get(at, 0)}
        for at, (_, label) in enumerate(tabulations.BANDS)
    ]
    return _with_shares(rows, "records")


def _methods(edition: SealedEdition, links: ir.Table) -> list[Row]:
    found = _rows(edition, tabulations.link_methods(links))
    found.sort(key=lambda row: -row["records"])
    rows = [{"method": word(METHODS, row["method"]), "records": row["records"]} for row in found]
    return _with_shares(rows, "records")


def _review_rows(edition: SealedEdition, pairs: ir.Table | None) -> list[dict[str, Any]]:
    if pairs is None:
        return []
    found = _rows(edition, tabulations.review_reasons(pairs))
    return sorted(found, key=lambda row: -row["pairs"])


def changes(edition: SealedEdition, before: SealedEdition | None, names: Names) -> list[Row]:
    """Measures of this edition and the one before, then merges and splits of people."""
    if before is None:
        return []
    old, new = headline_figures(before, names), headline_figures(edition, names)
    rows: list[Row] = [
        {"measure": words, "before": old[name], "now": new[name], "change": new[name] - old[name]}
        for name, words in _MEASURES.items()
    ]
    lineage = edition.table("lineage")
    if lineage is not None:
        counted = _rows(edition, tabulations.lineage_kinds(lineage))
        rows += [
            {
                "measure": word(LINEAGE, row["kind"]),
                "before": None,
                "now": row["people"],
                "change": None,
            }
            for row in sorted(counted, key=lambda row: row["kind"])
        ]
    return rows
