"""A settings file as it was read, and the one way in which its values are checked. Pure.

`Settings` keeps the place of every key, so that a scenario made of another one (`of: medium`) names
the file and line of whichever of the two said what is wrong. `SettingsReader` takes values out of
it; what breaks a rule is noted and nothing is raised until everything was looked at.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from renkou.demography.scenarios.problems import Problem, meant
from renkou.demography.scenarios.year_paths import YearPath

Key = tuple[str, ...]
Values = Mapping[str, Any]
FIRST_YEAR, LAST_YEAR = 1800, 2300
_MONTH = re.compile(r"\d{4}(-\d{2})?")


@dataclass(frozen=True)
class Settings:
    """A settings file as read: keys are texts, `places` gives file and line of each key's path."""

    file: str
    values: Values
    places: Mapping[Key, tuple[str, int]] = field(default_factory=dict)

    def place(self, key: Key) -> tuple[str, int | None]:
        """File and line of a key, or of the nearest key around it that has a line."""
        for size in range(len(key), 0, -1):
            if key[:size] in self.places:
                return self.places[key[:size]]
        return self.file, None


@dataclass(frozen=True)
class Limits:
    """Between which numbers a value lies, in words, and what to do about one beyond them."""

    low: float
    high: float
    rule: str
    remedy: str
    zh: str
    far: float = math.inf
    far_remedy: str = ""
    far_zh: str = ""


class SettingsReader:
    """Takes checked values out of settings and notes what is wrong with the rest."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.problems: list[Problem] = []

    def note(self, key: Key, value: object, rule: str, remedy: str, zh: str) -> None:
        """Note a problem."""
        file, line = self.settings.place(key)
        value = str(value) if isinstance(value, Mapping | list) else value
        self.problems.append(Problem(file, line, ".".join(key), value, rule, remedy, zh))

    def mapping(self, key: Key, value: object, known: Sequence[str] = ()) -> dict[str, Any]:
        """A mapping whose keys are all known (of any keys where `known` is empty)."""
        if not isinstance(value, Mapping):
            self.note(
                key, value, "holds keys and values", "write keys under it",
                "应为“键: 值”的形式；请在其下写出各键",
            )  # fmt: skip
            return {}
        found = {str(name): one for name, one in value.items()}
        for name in found:
            if known and name not in known:
                remedy, zh = meant(name, known)
                self.note((*key, name), None, "is no known key", remedy, f"没有这个键；{zh}")
        return {name: one for name, one in found.items() if not known or name in known}

    def choice(self, key: Key, value: object, known: Sequence[str]) -> str | None:
        """One of a few words."""
        if isinstance(value, str) and value in known:
            return value
        remedy, zh = meant(str(value), known)
        self.note(key, value, "is none of the words that may stand here", remedy, f"取值不对；{zh}")
        return None

    def text(self, key: Key, value: object) -> str:
        """A text of one line or more; numbers are taken as they are written."""
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            return str(value)
        self.note(key, value, "is a text", "write a text", "应为文字；请写成文字")
        return ""

    def day(self, key: Key, value: object) -> str:
        """A date: 2026, 2026-11 or 2026-11-01."""
        written = str(value)
        try:
            if isinstance(value, bool) or value is None:
                raise ValueError
            full = _MONTH.fullmatch(written)
            month = written if len(written) > 4 else f"{written}-01"
            date.fromisoformat(f"{month}-01" if full else written)
        except ValueError:
            self.note(
                key, value, "is a date", "write it as 2026-11-01, 2026-11 or 2026",
                "应为日期；请写成 2026-11-01、2026-11 或 2026",
            )  # fmt: skip
            return ""
        return written

    def flag(self, key: Key, value: object) -> bool:
        """True or false."""
        if not isinstance(value, bool):
            self.note(key, value, "is true or false", "write one of the two", "应为 true 或 false")
        return value is True

    def number(self, key: Key, value: object, limits: Limits) -> float | None:
        """A finite number within its limits."""
        found = _number(value)
        if found is None:
            self.note(key, value, "is a number", "write a number", "应为数字；请写成数字")
            return None
        if limits.low <= found <= limits.high:
            return found
        beyond = abs(found) >= limits.far
        remedy, zh = (limits.far_remedy, limits.far_zh) if beyond else (limits.remedy, limits.zh)
        self.note(key, value, limits.rule, remedy, zh)
        return None

    def whole(self, key: Key, value: object, low: int, high: int) -> int | None:
        """A whole number from `low` to `high`."""
        found = _number(value)
        if found is None or not found.is_integer() or not low <= found <= high:
            self.note(
                key, value, f"is a whole number from {low} to {high}", "correct it",
                f"应为 {low} 至 {high} 的整数；请更正",
            )  # fmt: skip
            return None
        return int(found)

    def path(
        self, key: Key, value: object, limits: Limits, *, held: bool = False
    ) -> YearPath | None:
        """A path of named years, or one number for all years."""
        if not isinstance(value, Mapping):
            one = self.number(key, value, limits)
            return None if one is None else YearPath((0,), (one,), flat=True)
        if not value:
            self.note(
                key, None, "names no year", "write {2025: …, 2050: …}",
                "没有写年份；请写成 {2025: …, 2050: …}",
            )  # fmt: skip
            return None
        pairs = [
            (self.whole((*key, str(year)), year, FIRST_YEAR, LAST_YEAR),
             self.number((*key, str(year)), one, limits))
            for year, one in value.items()
        ]  # fmt: skip
        found = [(year, one) for year, one in pairs if year is not None and one is not None]
        if len(found) < len(pairs):
            return None
        years, values = zip(*sorted(found), strict=True)
        return YearPath(years, values, held=held)


def _number(value: object) -> float | None:
    """A number, or a text that is one with its sign (+0.25 comes as it was written)."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except ValueError:
        return None
    return found if math.isfinite(found) else None
