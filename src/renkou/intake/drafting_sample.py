"""What a draft is guessed from, and what was found in it so far. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from renkou.core.fields import FIELD
from renkou.intake.cells import stands_aside
from renkou.intake.headers import Header
from renkou.intake.refused import refused_topic_of_path, topic_zh
from renkou.intake.words import column_letter, plain_header

Path = tuple[str, ...]
word = "/".join


@dataclass(frozen=True)
class Sample:
    """What a draft is guessed from: one sheet's header, first rows and names."""

    file: str
    sheets: Sequence[str | None]
    header: Header
    rows: Sequence[Sequence[str]]


@dataclass
class DraftPerson:
    """One role with the headers guessed for its fields."""

    role: str
    columns: dict[str, str] = field(default_factory=dict)
    parts: dict[str, list[str]] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)


class Findings:
    """A sample with what was found: columns used and left, and doubts to tell the officer."""

    def __init__(self, sample: Sample) -> None:
        self.sample, self.header = sample, sample.header
        self.doubts: list[str] = []
        self.used: dict[tuple[str, str], int] = {}  # (role, field) to column
        self.left: set[int] = set()  # columns of a known meaning that are not taken
        self.paths: list[tuple[int, Path]] = [
            (at, path)
            for at, path in enumerate(self.header.paths)
            if path and not self._refused(at, path)
        ]
        self._rows = [row for row in sample.rows if not self._aside(row)]

    def _refused(self, at: int, path: Path) -> bool:
        topic = refused_topic_of_path(path)
        if topic:
            self.doubts.append(
                f"第 {column_letter(at)} 列属于不接收的内容（{topic_zh(topic)}），不会读取"
            )
        return bool(topic)

    def _aside(self, row: Sequence[str]) -> bool:
        """Totals, footers and the header said again are no evidence of what columns hold."""
        leaves = [path[-1] if path else None for path in self.header.paths]
        again = sum(cell.strip() == leaf for cell, leaf in zip(row, leaves, strict=False))
        return again >= 2 or stands_aside(row)

    @property
    def said(self) -> str:
        """The words around the list: its title and the name of its file."""
        return f"{self.header.title} {self.sample.file}"

    def cells(self, at: int | None) -> list[str]:
        """The filled cells of a column."""
        if at is None:
            return []
        return [row[at].strip() for row in self._rows if row[at].strip()]

    def unique_word(self, at: int, path: Path) -> str:
        """The shortest words that name a column and no other."""
        leaf = path[-1]
        same = [
            other for other, others in self.paths if plain_header(others[-1]) == plain_header(leaf)
        ]
        return leaf if same == [at] and "/" not in leaf else word(path)

    def move(self, person: DraftPerson, name: str, other: str) -> None:
        """Take the column of one field for another."""
        person.columns[other] = person.columns.pop(name)
        self.used[person.role, other] = self.used.pop((person.role, name))

    def leave(self, person: DraftPerson, name: str, taken: str) -> None:
        """Let go of a field's column, since another was taken."""
        at = self.used.pop((person.role, name))
        self.doubts.append(
            f"{FIELD[taken].zh}有两列可选，取“{person.columns[taken]}”，"
            f"未取“{person.columns.pop(name)}”"
        )
        self.left.add(at)
