"""Writes a drafted source as TOML. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from renkou.core.fields import FIELD_NAMES
from renkou.intake.drafting_sample import DraftPerson


def person_lines(person: DraftPerson) -> list[str]:
    """One `[[persons]]`, fields in canonical order."""
    lines = ["[[persons]]", line("role", person.role), "[persons.columns]"]
    for name in FIELD_NAMES:
        if name in person.columns:
            lines.append(line(name, person.columns[name]))
        elif name in person.parts:
            lines.append(f"{name} = {{ parts = {texts(person.parts[name])} }}")
    if person.constants:
        lines += ["[persons.constants]", *_lines(person.constants)]
    return [*lines, ""]


def _lines(values: Mapping[str, str]) -> list[str]:
    return [line(name, value) for name, value in values.items()]


def line(name: str, value: str) -> str:
    """A key with a text."""
    return f"{name} = {text(value)}"


def texts(values: Iterable[str]) -> str:
    """A list of texts."""
    return "[" + ", ".join(map(text, values)) + "]"


def text(value: str) -> str:
    """A TOML basic string."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f]", " ", escaped) + '"'


def file_pattern(file: str) -> str:
    """A file name with its dates and numbers as wildcards.

    >>> file_pattern("police_20241231.csv")
    'police_*.csv'
    """
    stem, dot, suffix = file.rpartition(".")
    plain = re.sub(r"[\[\]?*]", "?", stem or suffix)
    loose = re.sub(r"(?:\d+[-_.年月日]?)+", "*", plain)
    return re.sub(r"\*+", "*", loose) + (dot + suffix if stem else "")
