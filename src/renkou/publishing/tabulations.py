"""Counts of an edition for its report: Ibis tables in, small Ibis tables out. Pure.

Input tables are those of docs/reference/tables.md. Every population is of the living and names its
base in its column.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ibis
import ibis.expr.types as ir

SURE = 0.99
# lower bound of a band of probability, and how it is written
BANDS: tuple[tuple[float, str], ...] = (
    (0.9999, "≥ 0.9999"),
    (0.999, "0.999–0.9999"),
    (0.99, "0.99–0.999"),
    (0.95, "0.95–0.99"),
    (0.90, "0.90–0.95"),
    (0.50, "0.50–0.90"),
    (0.0, "< 0.50"),
)
OLDEST = 95
COUNTY_DIGITS = 6


def list_overlaps(links: ir.Table, sources: Sequence[str]) -> ir.Table:
    """People by the set of lists they stand in: `lists` (bit i is `sources[i]`), people."""
    pairs = links.select("person_id", "source").distinct()
    bit = pairs.source.cases(*((name, 1 << at) for at, name in enumerate(sources)), else_=0)
    masks = pairs.mutate(bit=bit.cast("int64")).group_by("person_id").agg(lists=ibis._.bit.sum())
    return masks.group_by("lists").agg(people=masks.count())


def list_sizes(links: ir.Table) -> ir.Table:
    """People and records of each list: source, people, records."""
    return links.group_by("source").agg(people=links.person_id.nunique(), records=links.count())


def living(persons: ir.Table) -> ir.Table:
    """The persons who are alive."""
    return persons.filter(persons.alive)


def population_by_area(
    persons: ir.Table, counties: Sequence[str], *, digits: int = COUNTY_DIGITS
) -> ir.Table:
    """Registered and usual-resident population of the areas whose codes have so many digits.

    Columns: code, registered_population, usual_resident_population. Only areas within `counties`
    count; all, where there are none.
    """
    alive = living(persons)
    registered, usual = (
        alive.filter(_within(alive[name], counties)).mutate(code=alive[name].substr(0, digits))
        for name in ("registered_area", "usual_area")
    )
    united = ibis.union(
        registered.select("code", registered=ibis.literal(1), usual=ibis.literal(0)),
        usual.select("code", registered=ibis.literal(0), usual=ibis.literal(1)),
    )
    return united.group_by("code").agg(
        registered_population=united.registered.sum(),
        usual_resident_population=united.usual.sum(),
    )


def _is_code(area: ir.StringColumn) -> ir.BooleanValue:
    """Whether an area is a code, and not text as it was written; false where it is null."""
    return area.re_search(r"^[0-9]{6,12}$").fill_null(False)


def _within(area: ir.StringColumn, counties: Sequence[str]) -> ir.BooleanValue:
    inside = _is_code(area)
    return inside & area.substr(0, COUNTY_DIGITS).isin(list(counties)) if counties else inside


def _counted(area: ir.StringColumn, counties: Sequence[str]) -> ir.BooleanValue:
    """Whether an area is the office's: in its counties; any that is known, where it named none."""
    return _within(area, counties) if counties else area.notnull()


def unresolved_population(persons: ir.Table) -> ir.Table:
    """One row: the living whose registered or usual area is text that is no code."""
    alive = living(persons)
    return alive.agg(
        registered_population=(alive.registered_area.notnull() & ~_is_code(alive.registered_area))
        .sum()
        .fill_null(0),
        usual_resident_population=(alive.usual_area.notnull() & ~_is_code(alive.usual_area))
        .sum()
        .fill_null(0),
    )


def usual_residents_by_age(
    persons: ir.Table, counties: Sequence[str], reference_date: str
) -> ir.Table:
    """Usual residents of the counties by five-year age group and sex: age (lower bound), sex, people.

    A birth date known to the month or year only counts as the middle of it. Without counties
    everyone counts whose usual area is known, though it be by name alone.
    """
    alive = living(persons)
    born = alive.birth_date
    full = ibis.cases(
        (born.length() == 10, born), (born.length() == 7, born + "-15"), else_=born + "-07-01"
    )
    ours = _counted(alive.usual_area, counties)
    here = alive.mutate(born=full).filter(ours & born.notnull())
    year = here.born.substr(0, 4).cast("int64")
    not_yet = (here.born.substr(5, 5) > reference_date[5:10]).cast("int64")
    age = int(reference_date[:4]) - year - not_yet
    group = ibis.least(ibis.greatest(age, 0) // 5 * 5, OLDEST)
    aged = here.mutate(age=group)
    return aged.group_by("age", "sex").agg(people=aged.count())


def certainty_bands(links: ir.Table) -> ir.Table:
    """Records by band of probability: band (index into `BANDS`), records."""
    cases = [(links.probability >= bound, at) for at, (bound, _) in enumerate(BANDS)]
    banded = links.mutate(band=ibis.cases(*cases, else_=len(BANDS) - 1))
    return banded.group_by("band").agg(records=banded.count())


def link_methods(links: ir.Table) -> ir.Table:
    """Records by the ground on which they were joined: method, records."""
    return links.group_by("method").agg(records=links.count())


def review_reasons(review_pairs: ir.Table) -> ir.Table:
    """Pairs for review by reason: reason, pairs."""
    return review_pairs.group_by("reason").agg(pairs=review_pairs.count())


def headline_counts(persons: ir.Table, links: ir.Table, counties: Sequence[str]) -> ir.Table:
    """One row: persons, households, the two populations of the counties, records, sure."""
    counts = persons.agg(
        persons=persons.count(),
        households=persons.household_id.nunique(),
        registered_population=(persons.alive & _counted(persons.registered_area, counties)).sum(),
        usual_resident_population=(persons.alive & _counted(persons.usual_area, counties)).sum(),
    )
    sure = (links.probability >= SURE).sum()
    return counts.cross_join(links.agg(records=links.count(), sure=sure))


def problem_counts(problems: ir.Table) -> ir.Table:
    """Problems by rule and list: rule, severity, source, count."""
    return problems.group_by("rule", "severity", "source").agg(count=problems.count())


def lineage_kinds(lineage: ir.Table) -> ir.Table:
    """Merges and splits since the edition before: kind, people (old ids concerned)."""
    return lineage.group_by("kind").agg(people=lineage.old_person_id.nunique())


_WHERE = ("registered_area", "registered_address", "usual_area", "usual_address", "sheet")


def refused_by_county(refused: ir.Table, counties: Mapping[str, str]) -> ir.Table:
    """Refused rows by the county their own words name: code ('' where none does), rows.

    Their cells were never accepted, so that this is by the words alone: a code of the county, or
    its name (or the name of a township in it) in an area, an address or the name of the sheet.
    `counties` is from such a word to the code, the longest words first.
    """
    present = [refused[name].fill_null("") for name in _WHERE if name in refused.columns]
    said = refused.mutate(said=ibis.literal("|").join(present) if present else ibis.literal(""))
    found = [(said.said.contains(word), code) for word, code in counties.items()]
    code = ibis.cases(*found, else_="") if found else ibis.literal("")
    rows = said.mutate(code=code).select("file", "sheet", "row", "code").distinct()
    return rows.group_by("code").agg(rows=rows.count())
