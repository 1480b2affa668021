"""The TOML of each source of the fictional city (docs/reference/sources.md). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

_LAW = "政务数据共享条例（国务院令第809号）"

Column = str | list[str]


@dataclass(frozen=True)
class Source:
    """What the office says about its list."""

    id: str
    name: str
    department: str
    purpose: str
    files: str
    reference_date: str
    persons: tuple[PersonColumns, ...]
    own_key: str | None = None
    free_of_duplicates: bool = False
    authority: Mapping[str, int] = field(default_factory=dict)
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    required: tuple[str, ...] = ("name",)


@dataclass(frozen=True)
class PersonColumns:
    """The columns of one person that a row names."""

    role: str
    columns: Mapping[str, Column]
    constants: Mapping[str, str] = field(default_factory=dict)
    parts: Mapping[str, list[str]] = field(default_factory=dict)


def _quoted(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_quoted(item) for item in value) + "]"
    return str(value) if isinstance(value, int) else f'"{value}"'


def _table(name: str, entries: Mapping[str, object]) -> list[str]:
    lines = [f"{_key(key)} = {_quoted(value)}" for key, value in entries.items()]
    return [f"[{name}]", *lines, ""] if lines else []


def _key(key: str) -> str:
    return key if key.isascii() and key.replace("_", "").isalpha() else f'"{key}"'


def source_toml(source: Source) -> str:
    """The source as TOML text."""
    head: dict[str, object] = {
        "name": source.name, "department": source.department, "legal_basis": _LAW,
        "purpose": source.purpose, "free_of_duplicates": source.free_of_duplicates,
        "mode": "full", "files": [source.files], "reference_date": source.reference_date,
        "required": source.required,
    }  # fmt: skip
    if source.own_key:
        head["own_key"] = source.own_key
    lines = _table("source", head)
    for person in source.persons:
        lines += ["[[persons]]", f'role = "{person.role}"', ""]
        columns = _table("persons.columns", person.columns)[:-1]
        columns += [f"{k} = {{ parts = {_quoted(v)} }}" for k, v in person.parts.items()]
        lines += [*columns, "", *_table("persons.constants", person.constants)]
    lines += _table("authority", source.authority)
    for name, words in source.codes.items():
        lines += _table(f"codes.{name}", words)
    return "\n".join(lines).rstrip() + "\n"


STATISTICS_TOML = """\
# Which lists play which part in the statistics (see the how-to on statistics).
[lists]
household_register = "police"
births = "births"
deaths = "deaths"
newcomers = "newcomers"
marriages = "marriages"
audit = "audit"
present = ["police", "insurance", "newcomers", "school"]

# Entries of these lists that the audit's enumerators looked up in their villages, and how many of the
# people do not live in the city.
[looked_up]
checked = {checked}
wrong = {wrong}

# How often links between audit and lists go wrong: measured on the city of 20,000 people and seed 1
# against its truth. In an office, people look up such a sample.
[links]
matches_checked = 3229
matches_missed = 3
strangers_checked = 129
strangers_linked = 0
"""
