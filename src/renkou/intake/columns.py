"""Resolves a header's columns to a source's fields, and names what must be dropped. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from renkou.core.errors import DataRefused, Place
from renkou.core.fields import FIELD
from renkou.intake.headers import Header
from renkou.intake.refused import refused_topic_of_path
from renkou.intake.rules import RULES
from renkou.intake.sources import CONTEXT_PARTS, ColumnSpec, PersonSpec, SourceSpec
from renkou.intake.vocabulary import vocabulary
from renkou.intake.words import bare_header, column_letter, plain_header

Path = tuple[str, ...]


@dataclass(frozen=True)
class Resolution:
    """Which columns of one sheet hold which fields.

    `columns` maps (role, field) to the column numbers whose cells are joined, with context parts
    (`@sheet` …) among them as text; `refused` maps column numbers to topics.
    """

    columns: dict[tuple[str, str], tuple[int | str, ...]]
    refused: dict[int, str]
    unmapped: tuple[int, ...]
    not_found: tuple[tuple[str, str], ...]
    by_synonym: tuple[tuple[str, str], ...]
    changes_column: int | None = None
    saying_what_changed: tuple[int, ...] = ()  # other columns that seem to, which are not read


def label(header: Header, index: int) -> str:
    """A column as people know it: `女方/姓名 (C)`."""
    path = header.paths[index] if index < len(header.paths) else ()
    return f"{'/'.join(path)} ({column_letter(index)})".strip()


def resolve(header: Header, spec: SourceSpec, place: Place) -> Resolution:
    """Resolve one sheet's columns.

    Raises
    ------
    DataRefused
        FILE-07 if the column of a required field is missing, FILE-08 if two columns hold a field.
    """
    finder = _Finder(header, place)
    columns: dict[tuple[str, str], tuple[int | str, ...]] = {}
    by_synonym: list[tuple[str, str]] = []
    wanted = [(person, name) for person in spec.persons for name in person.columns]
    for person, name in wanted:
        found = finder.column(person.columns[name], name)
        if found:
            columns[person.role, name] = found
    if spec.synonyms:
        taken = {at for found in columns.values() for at in found if isinstance(at, int)}
        for person, name in wanted:
            if (person.role, name) not in columns and person.columns[name].headers:
                found = finder.by_synonym(person, name, taken, spec)
                if found:
                    columns[person.role, name] = found
                    by_synonym.append((person.role, name))
    _require(columns, spec, place)
    mapped = {at for found in columns.values() for at in found if isinstance(at, int)}
    changes_at = finder.changes_column(spec)
    saying = finder.saying_what_changed(mapped) if changes_at is None else ()
    if saying and spec.mode == "changes":
        raise _unread_changes(header, saying[0], spec, place)
    return Resolution(
        columns=columns,
        refused=finder.refused,
        unmapped=tuple(
            at
            for at, path in enumerate(header.paths)
            if path and at not in mapped and at not in finder.refused and at != changes_at
        ),
        not_found=tuple((p.role, name) for p, name in wanted if (p.role, name) not in columns),
        by_synonym=tuple(by_synonym),
        changes_column=changes_at,
        saying_what_changed=saying,
    )


def _unread_changes(header: Header, at: int, spec: SourceSpec, place: Place) -> DataRefused:
    """Without [changes] the rows of those who left would be taken for people who came."""
    told, file = label(header, at), f"sources/{spec.id}.toml"
    return refusal(
        place, "FILE-22",
        f"{told} says what happened to each row, and {file} has no [changes]",
        f"“{told}”列说明各行的变动种类，而 {file} 没有 [changes]，移出名册的行会被当作在册",
    )  # fmt: skip


def _require(
    columns: dict[tuple[str, str], tuple[int | str, ...]], spec: SourceSpec, place: Place
) -> None:
    role = spec.persons[0].role
    for name in spec.required:
        if name in spec.persons[0].columns and (role, name) not in columns:
            words = spec.persons[0].columns[name]
            wanted = " or ".join(words.headers or words.parts)
            reason_zh = (
                f"缺少“{FIELD[name].zh}”列（认得的列名：{'、'.join(words.headers or words.parts)}）"
            )
            reason = f"the column of {name} ({wanted}) is missing"
            raise refusal(place, "FILE-07", reason, reason_zh)


def refusal(
    place: Place, code: str, reason: str | None = None, reason_zh: str | None = None
) -> DataRefused:
    """The error of a rule at a place, with what is particular of it in both languages."""
    rule = RULES[code]
    zh = f"{reason_zh or rule.zh}；{rule.remedy_zh}"
    return DataRefused(place, code, reason or rule.en, rule.remedy_en, zh)


class _Finder:
    """Finds columns by words; knows which columns are refused and never returns one."""

    def __init__(self, header: Header, place: Place) -> None:
        self.header, self.place = header, place
        self.refused = {
            at: topic
            for at, path in enumerate(header.paths)
            if (topic := refused_topic_of_path(path))
        }
        self.paths = [
            (at, path) for at, path in enumerate(header.paths) if path and at not in self.refused
        ]

    def column(self, spec: ColumnSpec, name: str) -> tuple[int | str, ...]:
        """The columns of a field by the source's own words; empty when there is none."""
        if spec.headers:
            only = self.one(spec.headers, name)
            return () if only is None else (only,)
        parts: list[int | str] = []
        for part in spec.parts:
            found: int | str | None = part if part in CONTEXT_PARTS else self.one([part], name)
            if found is not None:
                parts.append(found)
        return tuple(parts)

    def changes_column(self, spec: SourceSpec) -> int | None:
        """Where rows say what happened to them; without it removals would pass for additions."""
        if not spec.changes_column:
            return None
        found = self.one([spec.changes_column], "changes.column")
        if found is None:
            reason = f"the column that says what changed ({spec.changes_column}) is missing"
            reason_zh = f"缺少说明变动种类的列“{spec.changes_column}”"
            raise refusal(self.place, "FILE-07", reason, reason_zh)
        return found

    def saying_what_changed(self, mapped: set[int]) -> tuple[int, ...]:
        """Columns, not mapped, that by their header say what happened to each row."""
        says = vocabulary().says_what_changed
        return tuple(at for at, path in self.paths if at not in mapped and says(path[-1]))

    def one(self, words: Iterable[str], name: str) -> int | None:
        """The one column that any of the words finds."""
        found = {at for word in words for at in self._columns(word)}
        return self._only(found, name)

    def _only(self, found: set[int], name: str) -> int | None:
        if len(found) > 1:
            labels = [label(self.header, at) for at in sorted(found)]
            item = FIELD[name].zh if name in FIELD else name
            raise refusal(
                self.place, "FILE-08", f"{name} has two columns: {' and '.join(labels)}",
                f"有多列对应“{item}”：{'、'.join(labels)}",
            )  # fmt: skip
        return next(iter(found), None)

    def _columns(self, word: str) -> list[int]:
        for level in _LEVELS:
            found = [at for at, path in self.paths if level(word, path)]
            if found:
                return found
        return []

    def by_synonym(
        self, person: PersonSpec, name: str, taken: set[int], spec: SourceSpec
    ) -> tuple[int | str, ...]:
        """The column that the vocabulary's words find among those not taken."""
        alone = len(spec.persons) == 1 or person.role == "self"
        found = {
            at
            for at, path in self.paths
            if at not in taken and usual_meaning(path, None if alone else person.role) == name
        }
        only = self._only(found, name)
        return () if only is None else (only,)


def usual_meaning(path: Sequence[str], role: str | None = None) -> str | None:
    """The field that a column usually holds for a person of a role, or None.

    Without role the row's own person is meant: 姓名 under 母亲 is then `mother_name`.
    """
    words = vocabulary()
    split = words.split(path[-1])
    groups = [found for group in path[:-1] if (found := words.role_of(group))]
    name = words.field_of(path[-1])
    if name is None and split:
        groups, name = [*groups, split[0]], split[1]
    if name is None or (not groups and role not in (None, "self")):
        return None
    if not groups:
        return _of_place(path, name)
    if role == groups[-1]:
        return name
    return words.group_fields.get(groups[-1], {}).get(name) if role is None else None


_REGISTERED = re.compile("户籍|户口|籍贯")
_USUAL = re.compile("现住|居住|常住地|常住址|住址|现居")


def _of_place(path: Sequence[str], name: str) -> str:
    """详细地址 under 户籍地 is of the registered place, 村 under 现住地 of the usual one."""
    _, _, what = name.partition("_")
    if what not in ("area", "address") or len(path) < 2:
        return name
    says = place_of(path)
    return f"{says}_{what}" if says else name


def place_of(path: Sequence[str]) -> str | None:
    """Which place a column under its groups says it is of, `registered` or `usual`, or None."""
    for header in reversed(path):
        if _REGISTERED.search(header):
            return "registered"
        if _USUAL.search(header):
            return "usual"
    return None


def _same_path(word: str, path: Path) -> bool:
    return plain_header("/".join(path)) == plain_header(word)


def _leaf_in_groups(word: str, path: Path) -> bool:
    return _leaf_matches(word, path, plain_header)


def _bare_leaf_in_groups(word: str, path: Path) -> bool:
    return _leaf_matches(word, path, bare_header)


def _leaf_matches(word: str, path: Path, form: Callable[[str], str]) -> bool:
    *groups, leaf = [form(part) for part in word.split("/")]
    above = {form(part) for part in path[:-1]}
    return form(path[-1]) == leaf and all(group in above for group in groups)


def _run_together(word: str, path: Path) -> bool:
    return "".join(map(plain_header, path)) == "".join(map(plain_header, word.split("/")))


_LEVELS = (_same_path, _leaf_in_groups, _run_together, _bare_leaf_in_groups)


def header_words(spec: SourceSpec) -> Iterator[str]:
    """The plain headers that a source's specification names."""
    for person in spec.persons:
        for column in person.columns.values():
            for word in (*column.headers, *column.parts):
                yield plain_header(word)
                yield plain_header(word.rsplit("/", 1)[-1])
