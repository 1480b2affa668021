"""What the report says of the lists: what was accepted, refused and wrong in each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from renkou.actions.edition_tables import SealedEdition
from renkou.actions.report_edition import UNRESOLVED, Names
from renkou.core.fields import FIELD
from renkou.engines.lists import deliveries as deliveries_of
from renkou.intake.rules import RULES
from renkou.intake.sources import SourceSpec
from renkou.publishing import tabulations
from renkou.publishing.report_tables import Row
from renkou.publishing.words import SEVERITIES, Words, word

MOST_RULES = 25
MOST_NAMED = 3
_ALL = Words("全部名册", "All lists")
KINDS = ("accepted", "duplicates", "lacking", "only_here", "differing")


@dataclass(frozen=True)
class ListFolder:
    """One delivery that an edition used: its source, its folder and its day."""

    source: str
    folder: Path
    reference_date: str
    records: int


@dataclass(frozen=True)
class Comparison:
    """The edition's reconciliation, and the refused rows by county ('' unknown) and list."""

    rows: Sequence[Mapping[str, Any]]
    refused: Mapping[tuple[str, str], int]


def deliveries(edition: SealedEdition, lists: Path) -> list[ListFolder]:
    """The deliveries an edition was made from."""
    return [
        ListFolder(
            source=one["source"],
            folder=lists / one["source"] / one["delivery"],
            reference_date=str(one["reference_date"]),
            records=one["records"],
        )
        for one in edition.manifest["inputs"]["deliveries"]
    ]


def problem_rows(edition: SealedEdition, folders: Sequence[ListFolder]) -> list[dict[str, Any]]:
    """Problems by rule, severity and source."""
    files = [one.folder / "problems.parquet" for one in folders]
    there = [file for file in files if file.exists()]
    if not there:
        return []
    counted = tabulations.problem_counts(edition.engine.read(*there))
    return edition.engine.arrow(counted).to_pylist()


def rules_table(
    problems: Sequence[Mapping[str, Any]], folders: Sequence[ListFolder], names: Names
) -> list[Row]:
    """The most frequent problems by rule, with the reason in words."""
    every = {names.list(one.source) for one in folders}
    counts: dict[tuple[str, str], int] = defaultdict(int)
    lists: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in problems:
        key = (row["rule"], row["severity"])
        counts[key] += row["count"]
        lists[key].add(names.list(row["source"]))
    ranked = sorted(counts, key=lambda key: (-counts[key], key))[:MOST_RULES]
    return [
        {
            "rule": rule,
            "reason": _reason(rule),
            "severity": word(SEVERITIES, severity),
            "count": counts[rule, severity],
            "lists": _joined(lists[rule, severity], every),
        }
        for rule, severity in ranked
    ]


def _joined(names: set[str], every: set[str]) -> Words | str:
    """Names of lists, the first few where there are many; one word where it is all of several."""
    if names == every and len(every) > 1:
        return _ALL
    found = sorted(names)
    if len(found) <= MOST_NAMED:
        return "、".join(found)
    first, rest = "、".join(found[:MOST_NAMED]), len(found) - MOST_NAMED
    return Words(f"{first} 等 {len(found)} 份", f"{first} and {rest} more")


def _reason(code: str) -> Words:
    rule = RULES.get(code)
    return Words(rule.zh, rule.en) if rule else Words(code, code)


def comparison(edition: SealedEdition, folders: Sequence[ListFolder], names: Names) -> Comparison:
    """Read the reconciliation and the refused rows once, for all tables about lists."""
    table = edition.table("reconciliation")
    rows = edition.engine.arrow(table).to_pylist() if table is not None else []
    return Comparison(rows, _refused_rows(edition, folders, names))


def lists_table(
    edition: SealedEdition,
    compared: Comparison,
    folders: Sequence[ListFolder],
    problems: Sequence[Mapping[str, Any]],
    specs: Mapping[str, SourceSpec],
    names: Names,
) -> list[Row]:
    """One row per list, in order of acceptance."""
    counts = _by_list(compared.rows)
    sources = [one["source"] for one in edition.manifest["settings"]["lists"]]
    return [
        {
            "list": names.list(source),
            "department": specs[source].department if source in specs else None,
            "reference_date": max(_of(source, folders, "reference_date"), default=None),
            **{kind: counts[source].get(kind, 0) for kind in KINDS},
            "accepted": sum(_of(source, folders, "records")),
            "refused": sum(count for (_, of), count in compared.refused.items() if of == source),
            "cells": _problems(problems, source, "cell"),
            "warnings": _problems(problems, source, "warning"),
        }
        for source in sources
    ]


def _of(source: str, folders: Sequence[ListFolder], name: str) -> list[Any]:
    return [getattr(one, name) for one in folders if one.source == source]


def _problems(problems: Sequence[Mapping[str, Any]], source: str, severity: str) -> int:
    return sum(
        row["count"] for row in problems if row["source"] == source and row["severity"] == severity
    )


def _refused_rows(
    edition: SealedEdition, folders: Sequence[ListFolder], names: Names
) -> dict[tuple[str, str], int]:
    """How many rows were refused, by county ('' unknown) and list; two rules broken are one row."""
    found: dict[tuple[str, str], int] = defaultdict(int)
    words = county_words(names.areas)
    for one in folders:
        file = one.folder / "refused.parquet"
        if file.exists():
            refused = edition.engine.read(file)
            counted = tabulations.refused_by_county(refused, words)
            for row in edition.engine.arrow(counted).to_pylist():
                found[row["code"], one.source] += row["rows"]
    return found


def county_words(areas: Mapping[str, str]) -> dict[str, str]:
    """Words that name a county: its code, its name, a township's name that no other county has."""
    counties: dict[str, set[str]] = defaultdict(set)
    for code, name in areas.items():
        if len(code) in (6, 9):
            counties[name].add(code[:6])
            counties[code].add(code[:6])
    certain = {word: next(iter(codes)) for word, codes in counties.items() if len(codes) == 1}
    return dict(sorted(certain.items(), key=lambda pair: (-len(pair[0]), pair[0])))


def _by_list(rows: Sequence[Mapping[str, Any]]) -> Mapping[str, Mapping[str, int]]:
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        found[row["source"]][row["kind"]] += int(row["count"])
    return found


def counties_table(edition: SealedEdition, compared: Comparison, names: Names) -> list[Row]:
    """One row per county and list; what no county could be found for comes last."""
    found: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in compared.rows:
        found[_county(row["area"]), row["source"]][row["kind"]] += int(row["count"])
    for place, count in compared.refused.items():
        found[place]["refused"] += count
    order = {one["source"]: at for at, one in enumerate(edition.manifest["settings"]["lists"])}
    ranked = sorted(found, key=lambda key: (key[0] == "", key[0], order.get(key[1], 0)))
    return [
        {
            "area": names.area(area) if area else UNRESOLVED,
            "list": names.list(source),
            **{kind: found[area, source].get(kind, 0) for kind in (*KINDS, "refused")},
        }
        for area, source in ranked
    ]


def _county(area: str | None) -> str:
    code = area or ""
    return code[:6] if code[:6].isdigit() and code[:6] != "000000" else ""


def refused_columns(folders: Sequence[ListFolder], names: Names) -> list[Row]:
    """The columns that intake dropped unread, by list and topic."""
    files: dict[tuple[str, str], set[str]] = defaultdict(set)
    columns: dict[tuple[str, str], int] = defaultdict(int)
    for one in folders:
        for dropped in _dropped_columns(one):
            key = (one.source, dropped["topic"])
            files[key].add(dropped["file"])
            columns[key] += dropped["columns"]
    return [
        {
            "list": names.list(source),
            "topic": _topic(topic),
            "files": len(files[source, topic]),
            "columns": columns[source, topic],
        }
        for source, topic in sorted(columns)
    ]


def _dropped_columns(of: ListFolder) -> list[dict[str, Any]]:
    """What the delivery says it dropped; nothing where it is no longer in the workspace."""
    kept = deliveries_of(of.folder.parent.parent, of.source)
    return next((one.refused_columns for one in kept if one.id == of.folder.name), [])


def _topic(text: str) -> Words:
    """A topic's two names.

    >>> _topic("birth order (孩次)")
    Words(zh='孩次', en='birth order')
    """
    english, _, chinese = text.partition(" (")
    return Words(chinese.removesuffix(")") or english, english)


def fields_table(compared: Comparison, names: Names) -> list[Row]:
    """Values that differ by list and field, most first."""
    counts: dict[tuple[str, str], int] = defaultdict(int)
    for row in compared.rows:
        if row["kind"] == "differing" and row.get("field"):
            counts[row["source"], row["field"]] += int(row["count"])
    ranked = sorted(counts, key=lambda key: (-counts[key], key))
    return [
        {
            "list": names.list(source),
            "field": FIELD[name].zh if name in FIELD else name,
            "differing": counts[source, name],
        }
        for source, name in ranked
    ]
