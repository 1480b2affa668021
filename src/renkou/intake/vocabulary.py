"""The words by which offices call fields, and the groups above them. Pure; the words are packaged."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources

from renkou.intake.words import bare_header, plain_header, plain_word


@dataclass(frozen=True)
class Vocabulary:
    """Plain header words to canonical fields, group words to roles."""

    fields: Mapping[str, str]
    field_words: Mapping[str, tuple[str, ...]]
    groups: Mapping[str, str]
    group_words: Mapping[str, tuple[str, ...]]
    group_fields: Mapping[str, Mapping[str, str]]
    change_headers: frozenset[str]
    removed_words: frozenset[str]
    kept_words: frozenset[str]

    def says_what_changed(self, header: str) -> bool:
        """Whether a column so called usually says what happened to each row."""
        return not self.change_headers.isdisjoint((plain_header(header), bare_header(header)))

    @cached_property
    def _group_starts(self) -> dict[str, list[tuple[str, str]]]:
        """Group words with their roles by first character, the longest first."""
        starts: dict[str, list[tuple[str, str]]] = {}
        for word, role in self.groups.items():
            starts.setdefault(word[0], []).append((word, role))
        return starts

    def field_of(self, header: str) -> str | None:
        """The field a header usually names, or None."""
        return self.fields.get(plain_header(header)) or self.fields.get(bare_header(header))

    def role_of(self, header: str) -> str | None:
        """The role a group header names (`husband`, `mother` …), or None."""
        return self.groups.get(plain_header(header)) or self.groups.get(bare_header(header))

    def split(self, header: str) -> tuple[str, str] | None:
        """Role and field of a flat header such as 女方姓名, or None."""
        plain = bare_header(header)
        for word, role in self._group_starts.get(plain[:1], ()):
            rest = plain.removeprefix(word).lstrip("的_-")
            if rest != plain and rest in self.fields:
                return role, self.fields[rest]
        return None


@cache
def vocabulary() -> Vocabulary:
    """The words as shipped."""
    text = resources.files("renkou.intake").joinpath("resources/synonyms.toml").read_text("utf-8")
    table = tomllib.loads(text)
    field_words = {name: _plain(words) for name, words in table["fields"].items()}
    group_words = {name: _plain(words) for name, words in table["groups"].items()}
    groups = {word: role for role, words in group_words.items() for word in words}
    return Vocabulary(
        fields={word: name for name, words in field_words.items() for word in words},
        field_words=field_words,
        groups=dict(sorted(groups.items(), key=lambda item: -len(item[0]))),
        group_words=group_words,
        group_fields=table["group_fields"],
        change_headers=frozenset(_plain(table["changes"]["headers"])),
        removed_words=frozenset(map(plain_word, table["changes"]["removed"])),
        kept_words=frozenset(map(plain_word, table["changes"]["kept"])),
    )


def _plain(words: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(plain_header(word) for word in words))
