"""The tree of areas: codes, names as offices write them, and what they resolve to. Pure.

Codes have 2, 4, 6, 9 or 12 digits (province, prefecture, county, township, village); a part's code
begins with the code of the area it lies in. Names repeat (10,519 villages within their own county),
so a name is resolved only within what stands around it, and never guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

LEVEL_DIGITS = {"province": 2, "prefecture": 4, "county": 6, "township": 9, "village": 12}
_SIZES = tuple(LEVEL_DIGITS.values())
_SEPARATORS = re.compile(r"[/\\,，、>＞|\s\-—_·]+")
_GROUP = re.compile(r"(?:第?[0-9一二三四五六七八九十]+(?:村民)?(?:小)?[组社队].*)?")
_VILLAGE = re.compile(r"(?:社区居民|社区|村民|居民)?(?:委员会|居委会|村委会)$")
_SHORT = {
    "province": re.compile(r"(?:省|市|(?:壮族|回族|维吾尔)?自治区|特别行政区)$"),
    "prefecture": re.compile(r"(?:市|地区|盟|自治州)$"),
    "county": re.compile(r"(?:县|市|区|旗|自治县)$"),
    "township": re.compile(r"(?:镇|乡|街道|街道办事处|民族乡|苏木)$"),
    "village": re.compile(r"(?:村|社区|嘎查)$"),
}
_LONGEST_NAME = 24


class AreaDoubt(StrEnum):
    """Why a text could not be resolved to one area."""

    UNKNOWN = "unknown"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True)
class Area:
    """One area for the time it exists: half open, '' where unbounded."""

    code: str
    name: str
    level: str
    valid_from: str = ""
    valid_to: str = ""
    successor: str = ""


@dataclass(frozen=True)
class Resolved:
    """An area code, or None, and what was doubtful."""

    code: str | None
    doubt: AreaDoubt | None = None


def short_code(code: str) -> str:
    """A code without the zeros that fill it up to 12 (or 6) digits.

    >>> short_code("513401000000"), short_code("513401102000"), short_code("510000")
    ('513401', '513401102', '51')
    """
    for size in _SIZES:
        if len(code) >= size and not code[size:].strip("0"):
            return code[:size]
    return code


class AreaIndex:
    """Resolves texts to areas; made once per delivery from `areas.csv`."""

    def __init__(self, areas: Iterable[Area], on: date) -> None:
        self._areas: dict[str, Area] = {area.code: area for area in areas}
        self._on = on.isoformat()
        self._names: dict[str, list[Area]] = {}
        for area in self._areas.values():
            for name in name_variants(area):
                self._names.setdefault(name, []).append(area)

    def __bool__(self) -> bool:
        return bool(self._areas)

    def resolve(self, text: str, within: str = "") -> Resolved:
        """The area that a code, a full path or a name within an area means."""
        plain = unicodedata.normalize("NFKC", text).strip().strip("'")
        if re.fullmatch(r"\d{2,12}", plain):
            return self._code(short_code(plain))
        steps = [step for step in _SEPARATORS.split(plain) if step]
        found, doubt = within, AreaDoubt.UNKNOWN if not steps else None
        for step in steps:
            step_found, step_doubt = self._step(step, found)
            found, doubt = step_found or found, step_doubt
        if found == within and doubt:
            return Resolved(None, doubt)
        return Resolved(self._current(found), doubt)

    def _code(self, code: str) -> Resolved:
        if code in self._areas or not self._areas:
            return Resolved(self._current(code))
        known = next((code[:size] for size in (9, 6) if code[:size] in self._areas), None)
        return Resolved(known if known != code else None, AreaDoubt.UNKNOWN)

    def _current(self, code: str) -> str:
        """The one area that took a former area's place by the day of the list."""
        for _ in range(8):
            area = self._areas.get(code)
            past = area is not None and area.valid_to and area.valid_to <= self._on
            if area is None or not past or area.successor not in self._areas:
                return code
            code = area.successor
        return code

    def _step(self, text: str, within: str) -> tuple[str | None, AreaDoubt | None]:
        """The deepest area that a run of names leads to, and what was doubtful."""
        if text.isdigit() and short_code(text) in self._areas:
            return short_code(text), None
        ends = self._ends(text, within) or self._ends_inside(text, within)
        whole = {code for code, rest in ends if _GROUP.fullmatch(rest)}
        if not whole and ends:
            shortest = min(len(rest) for _, rest in ends)
            partly = {code for code, rest in ends if len(rest) == shortest}
            return (next(iter(partly)) if len(partly) == 1 else None), AreaDoubt.UNKNOWN
        if not whole:
            return None, AreaDoubt.UNKNOWN
        deepest = max(map(len, whole))
        codes = {code for code in whole if len(code) == deepest}
        exact = {code for code in codes if text.endswith(self._areas[code].name)}
        chosen = exact if len(exact) == 1 else codes
        return (next(iter(chosen)), None) if len(chosen) == 1 else (None, AreaDoubt.AMBIGUOUS)

    def _ends_inside(self, text: str, within: str) -> set[tuple[str, str]]:
        """The same for whole names that stand in the middle of a title or an address."""
        for start in range(1, len(text) - 2):
            rest = text[start:]
            named = any(
                area.name == rest[:size]
                for size in range(3, min(len(rest), _LONGEST_NAME) + 1)
                for area in self._names.get(rest[:size], ())
            )
            ends = self._ends(rest, within) if named else set()
            if ends:
                return ends
        return set()

    def _ends(self, text: str, within: str) -> set[tuple[str, str]]:
        """Every (code, rest of the text) that reading names from the left can reach."""
        reached: set[tuple[str, str]] = set()
        for size in range(min(len(text), _LONGEST_NAME), 1, -1):
            for area in self._names.get(text[:size], ()):
                if area.code.startswith(within) and (area.code != within or size == len(text)):
                    rest = text[size:]
                    deeper = self._ends(rest, area.code) if rest else set()
                    reached |= deeper or {(area.code, rest)}
                elif area.code == within[: len(area.code)] and text[size:]:
                    reached |= self._ends(text[size:], within)
        return reached


def name_variants(area: Area) -> set[str]:
    """The names by which an office may write an area.

    >>> sorted(name_variants(Area("510101001001", "新民村民委员会", "village")))
    ['新民', '新民村', '新民村委会', '新民村民委员会']
    """
    name = unicodedata.normalize("NFKC", area.name).strip()
    variants = {name}
    if area.level == "village" and _VILLAGE.search(name):
        stem = _VILLAGE.sub("", name)
        kind = "村" if "村" in name[len(stem) :] else "社区"
        stem = stem.removesuffix(kind)
        offices = ("村委会",) if kind == "村" else ("社区居委会", "居委会", "社区居民委员会")
        variants |= {stem + kind, *(stem + office for office in offices)}
        name = stem + kind
    if area.level == "village" and name.endswith(("村", "社区")):
        office = "委会" if name.endswith("村") else "居委会"
        variants |= {name + office, name + ("民委员会" if name.endswith("村") else "居民委员会")}
    if area.level == "township":
        variants |= {name + "人民政府", name + "办事处", name.removesuffix("办事处")}
    short = _SHORT.get(area.level, _SHORT["village"]).sub("", name)
    if len(short) >= 2:
        variants.add(short)
    return {variant for variant in variants if len(variant) >= 2}


def areas_from_rows(rows: Iterable[Mapping[str, str]]) -> list[Area]:
    """Areas from the rows of `areas.csv`."""
    names = ("code", "name", "level", "valid_from", "valid_to", "successor")
    return [Area(**{name: (row.get(name) or "").strip() for name in names}) for row in rows]


def resolve_all(
    index: AreaIndex, texts: Sequence[str], within: str = ""
) -> tuple[list[str | None], list[str | None]]:
    """Codes and doubts of many texts; the text itself stands where no area was found."""
    codes: list[str | None] = []
    doubts: list[str | None] = []
    for text in texts:
        resolved = index.resolve(text, within) if index else _without_tree(text)
        codes.append(resolved.code or text)
        doubts.append(resolved.doubt)
    return codes, doubts


def _without_tree(text: str) -> Resolved:
    plain = unicodedata.normalize("NFKC", text).strip().strip("'")
    return Resolved(short_code(plain) if re.fullmatch(r"\d{6,12}", plain) else None)
