"""The notes of a project and its run in the order and words in which a report tells them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from renkou.demography.scenarios.project_data import ProjectData

_SAME_YEARS = re.compile(r"(\S+?) 的(.+?)：(\d+) 年采用 (\d+) 年的数。")
_OF_BASE = re.compile(r"基期人口(为|按覆盖率)|.*实际常住人口为登记数的")


def notes_in_report(notes: Iterable[str], data: ProjectData) -> list[str]:
    """Notes with the names of areas; what is said of the base together, what is the same once."""
    told = _merged(notes, {area.code: area.name or area.code for area in data.areas})
    base = [one for one in told if _OF_BASE.match(one)]
    return [*base, *(one for one in told if one not in base)]


def _merged(notes: Iterable[str], names: dict[str, str]) -> list[str]:
    """Rates of one area that take the values of the same year, in one sentence."""
    found: dict[tuple[str, ...], list[str]] = {}
    for note in notes:
        same = _SAME_YEARS.fullmatch(note)
        if same:
            area, what, year, taken = same.groups()
            found.setdefault((names.get(area, area), year, taken), []).append(what)
        else:
            found.setdefault((note,), [])
    return [
        key[0] if not whats else f"{key[0]}的{'、'.join(whats)}：{key[1]}年采用{key[2]}年的数。"
        for key, whats in found.items()
    ]
