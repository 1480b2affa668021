"""What is wrong with the files of a project: all of it at once, each with its remedy. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from renkou.core.errors import RenkouError, SpecError

SHOWN = 20


@dataclass(frozen=True)
class Problem:
    """One thing wrong: where, what stands there, which rule, what to do; `zh` is both in Chinese.

    `where` is a key such as fertility.tfr.2030, or a column of a table; `line` counts from 1.

    >>> print(Problem("low.yaml", 4, "srb.values", 105, "is males per female birth, 0.5 to 2",
    ...               "divide by 100", "应为每名女婴对应的男婴数；请除以 100"))
    low.yaml line 4, srb.values = 105: is males per female birth, 0.5 to 2; divide by 100
    """

    file: str
    line: int | None
    where: str
    value: object
    rule: str
    remedy: str
    zh: str

    def __str__(self) -> str:
        at = f"{self.file} line {self.line}" if self.line else self.file
        place = f"{at}, {self._what()}" if self.where else at
        return f"{place}: {self.rule}; {self.remedy}"

    @property
    def in_chinese(self) -> str:
        """The whole sentence in Chinese."""
        at = f"{self.file} 第 {self.line} 行" if self.line else self.file
        return f"{at}，{self._what()}：{self.zh}" if self.where else f"{at}：{self.zh}"

    def _what(self) -> str:
        return self.where if self.value is None else f"{self.where} = {_short(self.value)}"


class SettingsRefused(SpecError):
    """Settings files of a project that break rules: `problems` holds every one; exit code 2."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(*_texts(self.problems)[:1], zh=_texts(self.problems)[1])

    def __reduce__(self) -> tuple[object, ...]:
        """Travels between processes."""
        return SettingsRefused, (self.problems,)


class ProjectDataRefused(RenkouError):
    """Tables of a project that break rules: `problems` holds every one; exit code 1."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(*_texts(self.problems)[:1], zh=_texts(self.problems)[1])

    def __reduce__(self) -> tuple[object, ...]:
        """Travels between processes."""
        return ProjectDataRefused, (self.problems,)


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word most like another, or '' where none is like it.

    >>> nearest("fertilty", ["fertility", "mortality"]), nearest("x", ["fertility"])
    ('fertility', '')
    """
    return next(iter(difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)), "")


def meant(word: str, known: Sequence[str]) -> tuple[str, str]:
    """What to write in place of an unknown word, in English and Chinese.

    >>> meant("lee_cater", ["constant", "lee_carter"])
    ('did you mean lee_carter?', '是否应为 lee_carter？')
    >>> meant("x", ["male", "female"])
    ('use one of male, female', '可用：male、female')
    """
    near = nearest(word, known)
    if near:
        return f"did you mean {near}?", f"是否应为 {near}？"
    some = list(known)[:SHOWN]
    more = len(known) - len(some)
    rest, rest_zh = (f" and {more} more", f"等 {len(known)} 个") if more else ("", "")
    return f"use one of {', '.join(some)}{rest}", f"可用：{'、'.join(some)}{rest_zh}"


def _short(value: object) -> str:
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else text[:59] + "…"


def _texts(problems: Sequence[Problem]) -> tuple[str, str]:
    """Every problem on a line of its own; of very many the first ones and their number."""
    shown, more = problems[:SHOWN], len(problems) - SHOWN
    english = [str(one) for one in shown]
    chinese = [one.in_chinese for one in shown]
    if more > 0:
        english.append(f"... and {more} more")
        chinese.append(f"……另有 {more} 处")
    return "\n".join(english), "\n".join(chinese)
