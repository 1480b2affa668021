"""What a source's TOML file says: how one department's lists are read. Pure.

`docs/reference/sources.md` describes the format. Every `SpecError` names the file, the key and the
rule it breaks.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from renkou.core.errors import SpecError, toml_words_zh
from renkou.core.fields import FIELD, FIELD_NAMES
from renkou.intake.refused import refused_topic, topic_zh
from renkou.intake.vocabulary import vocabulary
from renkou.intake.words import plain_word

MODES = ("full", "changes")
ORDERS = ("ymd", "dmy", "mdy")
CALENDARS = ("solar", "lunar")
CONTEXT_PARTS = ("@sheet", "@file", "@title")


@dataclass(frozen=True)
class ColumnSpec:
    """Where a field's cell comes from: one of several headers, or several columns joined."""

    headers: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()


@dataclass(frozen=True)
class PersonSpec:
    """One person that a row names: the columns of the fields, and values that always hold."""

    role: str
    columns: Mapping[str, ColumnSpec]
    constants: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class SourceSpec:
    """One source: who keeps it, under which law, and how its lists are read."""

    id: str
    name: str
    department: str
    legal_basis: str
    purpose: str
    persons: tuple[PersonSpec, ...]
    free_of_duplicates: bool = False
    mode: str = "full"
    files: tuple[str, ...] = ()
    reference_date: date | None = None
    own_key: tuple[str, ...] = ()
    required: tuple[str, ...] = ("name",)
    synonyms: bool = True
    authority: Mapping[str, int] = field(default_factory=dict)
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    date_order: str = "ymd"
    calendar: str = "solar"
    within: str | None = None
    changes_column: str | None = None
    removed_words: tuple[str, ...] = ()  # plain, with renkou's own
    kept_words: tuple[str, ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        """The canonical fields that any person of this source can have, in canonical order."""
        named = {name for person in self.persons for name in (*person.columns, *person.constants)}
        return tuple(name for name in FIELD_NAMES if name in named)

    def authority_of(self, name: str) -> int:
        """How much this source is believed about a field, 0 to 100."""
        return self.authority.get(name, self.authority.get("default", 50))


class _Reader:
    """Takes checked values out of one TOML file, naming the place in every error."""

    def __init__(self, where: str) -> None:
        self.where = where

    def fail(self, key: str, rule: str, zh: str) -> SpecError:
        return SpecError(f"{self.where} [{key}]: {rule}", zh=f"{self.where} [{key}]：{zh}")

    def table(self, value: Any, key: str) -> Mapping[str, Any]:
        if not isinstance(value, Mapping):
            raise self.fail(key, "must be a table", f"须是一个表，写成 [{key}]")
        return value

    def known(self, value: Any, key: str, allowed: Sequence[str]) -> Mapping[str, Any]:
        table = self.table(value, key)
        for name in table:
            if name not in allowed:
                rule = f"is not known; known are {', '.join(allowed)}"
                raise self.fail(f"{key}.{name}", rule, f"没有这一项；可用：{'、'.join(allowed)}")
        return table

    def text(self, table: Mapping[str, Any], key: str, name: str, default: str | None) -> str:
        value = table.get(name, default)
        if not isinstance(value, str) or not value.strip():
            raise self.fail(
                f"{key}.{name}", "must be a text that is not empty", "须填文字，不能留空"
            )
        return value.strip()

    def words(self, value: Any, key: str) -> tuple[str, ...]:
        words = [value] if isinstance(value, str) else value
        if not isinstance(words, list) or not all(isinstance(w, str) and w.strip() for w in words):
            raise self.fail(
                key, "must be a text or a list of texts", "须是一段文字，或几段文字的列表"
            )
        return tuple(words)

    def choice(self, table: Mapping[str, Any], key: str, name: str, among: Sequence[str]) -> str:
        value = table.get(name, among[0])
        if value not in among:
            raise self.one_of(f"{key}.{name}", among)
        return str(value)

    def one_of(self, key: str, among: Sequence[str]) -> SpecError:
        return self.fail(key, f"must be one of {', '.join(among)}", f"只能是 {'、'.join(among)}")

    def boolean(self, table: Mapping[str, Any], key: str, name: str, default: bool) -> bool:
        value = table.get(name, default)
        if not isinstance(value, bool):
            raise self.fail(
                f"{key}.{name}", "must be true or false", "只能是 true 或 false，不加引号"
            )
        return value

    def field_names(self, names: Sequence[str], key: str) -> tuple[str, ...]:
        for name in names:
            if name not in FIELD:
                rule = f"is no field; fields are {', '.join(FIELD_NAMES)}"
                raise self.fail(
                    f"{key}.{name}", rule, f"没有这个项目；可用：{'、'.join(FIELD_NAMES)}"
                )
        return tuple(names)


_SOURCE_KEYS = (
    "name", "department", "legal_basis", "purpose", "free_of_duplicates", "mode", "files",
    "reference_date", "own_key", "required", "synonyms",
)  # fmt: skip
_TABLES = ("source", "persons", "authority", "codes", "dates", "areas", "changes")


def parse_source(text: str, source_id: str) -> SourceSpec:
    """Read a source's TOML.

    Raises
    ------
    SpecError
        If the text is no TOML or breaks a rule; the message names file, key and rule.
    """
    reader = _Reader(f"sources/{source_id}.toml")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", source_id):
        rule = "must be lower-case letters, digits and _, a letter first"
        raise reader.fail("file name", rule, "文件名只能用小写字母、数字和下划线，以字母开头")
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        zh = f"{reader.where}：{toml_words_zh(error)}；请改正该处"
        raise SpecError(f"{reader.where}: is no TOML: {error}", zh=zh) from None
    reader.known(table, "file", _TABLES)
    source = reader.known(table.get("source", {}), "source", _SOURCE_KEYS)
    return SourceSpec(
        id=source_id,
        **_identity(reader, source, source_id),
        **_delivery(reader, source),
        **_reading(reader, table),
        persons=_persons(reader, table),
    )


def _identity(reader: _Reader, source: Mapping[str, Any], source_id: str) -> dict[str, Any]:
    named = {
        key: reader.text(source, "source", key, None)
        for key in ("department", "legal_basis", "purpose")
    }
    return {
        **named,
        "name": reader.text(source, "source", "name", source_id),
        "free_of_duplicates": reader.boolean(source, "source", "free_of_duplicates", False),
        "synonyms": reader.boolean(source, "source", "synonyms", True),
    }


def _delivery(reader: _Reader, source: Mapping[str, Any]) -> dict[str, Any]:
    own_key = reader.words(source.get("own_key", []), "source.own_key")
    required = reader.words(source.get("required", ["name"]), "source.required")
    return {
        "mode": reader.choice(source, "source", "mode", MODES),
        "files": reader.words(source.get("files", []), "source.files"),
        "reference_date": _day(reader, source.get("reference_date")),
        "own_key": reader.field_names(own_key, "source.own_key"),
        "required": reader.field_names(required, "source.required"),
    }


def _day(reader: _Reader, value: Any) -> date | None:
    if value is None or (isinstance(value, date) and not hasattr(value, "hour")):
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        rule, zh = "must be a day such as 2024-12-31", "须写成日期，如 2024-12-31"
        raise reader.fail("source.reference_date", rule, zh) from None


def _reading(reader: _Reader, table: Mapping[str, Any]) -> dict[str, Any]:
    dates = reader.known(table.get("dates", {}), "dates", ("order", "calendar"))
    areas = reader.known(table.get("areas", {}), "areas", ("within",))
    return {
        "authority": _authority(reader, reader.table(table.get("authority", {}), "authority")),
        "codes": _codes(reader, reader.table(table.get("codes", {}), "codes")),
        "date_order": reader.choice(dates, "dates", "order", ORDERS),
        "calendar": reader.choice(dates, "dates", "calendar", CALENDARS),
        "within": reader.text(areas, "areas", "within", None) if "within" in areas else None,
        **_changes(reader, table),
    }


def _changes(reader: _Reader, table: Mapping[str, Any]) -> dict[str, Any]:
    """Where rows say what happened to them, and in which words; renkou's own come last."""
    if "changes" not in table:
        return {}
    changes = reader.known(table["changes"], "changes", ("column", "removed", "kept"))
    column = reader.text(changes, "changes", "column", None)
    removed, kept = (
        {plain_word(one) for one in reader.words(changes.get(name, []), f"changes.{name}")}
        for name in ("removed", "kept")
    )
    if removed & kept:
        rule, zh = "holds a word of changes.removed", "与 changes.removed 有相同的用语"
        raise reader.fail("changes.kept", rule, zh)
    if table.get("source", {}).get("mode", MODES[0]) != "changes":
        rule = 'is only for mode = "changes": a full list names nobody who left it'
        zh = '只用于 mode = "changes"；全量名册不列出已不在册的人，请改 mode 或删去 [changes]'
        raise reader.fail("changes", rule, zh)
    words = vocabulary()
    return {
        "changes_column": column,
        "removed_words": tuple(sorted(removed | (words.removed_words - kept))),
        "kept_words": tuple(sorted(kept | (words.kept_words - removed))),
    }


def _authority(reader: _Reader, table: Mapping[str, Any]) -> dict[str, int]:
    reader.field_names([name for name in table if name != "default"], "authority")
    for name, value in table.items():
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 100:
            rule, zh = "must be a whole number from 0 to 100", "须是 0 至 100 的整数"
            raise reader.fail(f"authority.{name}", rule, zh)
    return dict(table)


def _codes(reader: _Reader, table: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    reader.field_names(list(table), "codes")
    for name, words in table.items():
        allowed = FIELD[name].codes
        for word, code in reader.table(words, f"codes.{name}").items():
            if allowed and code not in allowed:
                raise reader.one_of(f"codes.{name}.{word}", allowed)
    return {name: dict(words) for name, words in table.items()}


def _persons(reader: _Reader, table: Mapping[str, Any]) -> tuple[PersonSpec, ...]:
    entries = table.get("persons", [])
    if not isinstance(entries, list) or not entries:
        rule, zh = "at least one [[persons]] is needed", "至少要有一个 [[persons]]"
        raise reader.fail("persons", rule, zh)
    persons = tuple(_person(reader, entry) for entry in entries)
    if len({person.role for person in persons}) < len(persons):
        rule, zh = "every person of a row needs a role of its own", "一行中各人的 role 不能相同"
        raise reader.fail("persons.role", rule, zh)
    return persons


def _person(reader: _Reader, value: Any) -> PersonSpec:
    entry = reader.known(value, "persons", ("role", "columns", "constants"))
    columns = reader.table(entry.get("columns", {}), "persons.columns")
    constants = reader.table(entry.get("constants", {}), "persons.constants")
    reader.field_names(list(columns), "persons.columns")
    reader.field_names(list(constants), "persons.constants")
    if not columns:
        raise reader.fail("persons.columns", "at least one column is needed", "至少要对应一列")
    return PersonSpec(
        role=reader.text(entry, "persons", "role", "self"),
        columns={name: _column(reader, name, value) for name, value in columns.items()},
        constants={name: _constant(reader, name, value) for name, value in constants.items()},
    )


def _constant(reader: _Reader, name: str, value: Any) -> str:
    allowed = FIELD[name].codes
    key = f"persons.constants.{name}"
    if not isinstance(value, str):
        raise reader.fail(key, "must be a text", "须是文字，加引号")
    if allowed and value not in allowed:
        raise reader.one_of(key, allowed)
    return value


def _column(reader: _Reader, name: str, value: Any) -> ColumnSpec:
    key = f"persons.columns.{name}"
    if isinstance(value, Mapping):
        reader.known(value, key, ("parts",))
        column = ColumnSpec(parts=reader.words(value.get("parts", []), f"{key}.parts"))
    else:
        column = ColumnSpec(headers=reader.words(value, key))
    for header in (*column.headers, *column.parts):
        topic = refused_topic(header)
        if topic:
            rule = f"a column about {topic} is refused (what-we-refuse)"
            raise reader.fail(
                key, rule, f"涉及“{topic_zh(topic)}”的列一律不接收；请删去这一列的对应"
            )
    if not column.headers and not column.parts:
        raise reader.fail(key, "names no header", "没有写列名")
    return column
