"""The areas of a project, parents before parts: out of areas.csv, or side by side under one total. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from renkou.demography.scenarios.problems import Problem, meant
from renkou.demography.scenarios.project_data import ProjectArea
from renkou.demography.scenarios.tables import Table, TableReader

TOTAL = ProjectArea("total", "合计", "total")
_SAYS_TOTAL = {"total", "合计", "总计", "全部"}


def areas_side_by_side(population: Table) -> tuple[ProjectArea, ...]:
    """Areas in the order of the population's rows, under a total where there are several."""
    one = population.columns["area"]
    codes = [text for text in _in_order(one.at, one.texts) if text]
    if len(codes) == 1:
        return (ProjectArea(codes[0], codes[0]),)
    return (TOTAL, *(ProjectArea(code, code, parent=TOTAL.code) for code in codes))


def says_total(text: str) -> bool:
    """Whether a text means all areas together, where no areas.csv names any."""
    return text.strip().lower() in _SAYS_TOTAL


def areas_of_table(table: Table, problems: list[Problem]) -> tuple[ProjectArea, ...]:
    """Areas of areas.csv, parents before their parts, parts in the order of the file.

    Several areas without a parent come under one total.
    """
    reader = TableReader(table, problems)
    columns = [_cells(table, name) for name in ("area", "name", "level", "parent")]
    found: dict[str, ProjectArea] = {}
    for row, (code, name, level, parent) in enumerate(zip(*columns, strict=True)):
        if not code or code in found:
            here = np.arange(len(table.rows)) == row
            reader.note(
                "area", here, "stands here twice" if code else "is empty", "give each area one row",
                "区域代码为空或重复；每个区域只写一行",
            )  # fmt: skip
            continue
        found[code] = ProjectArea(code, name or code, level, parent)
    for row, (code, parent) in enumerate(zip(columns[0], columns[3], strict=True)):
        if parent and (parent not in found or parent == code):
            remedy, zh = meant(parent, [one for one in found if one != code])
            here = np.arange(len(table.rows)) == row
            reader.note("parent", here, "is no area of this file", remedy, f"不在本文件中；{zh}")
    return _ordered(found, reader) if reader.sound else ()


def _cells(table: Table, name: str) -> list[str]:
    if name not in table:
        return [""] * len(table.rows)
    one = table.columns[name]
    return [one.texts[at] for at in one.at]


def _in_order(at: np.ndarray, texts: Sequence[str]) -> list[str]:
    """Distinct texts by the row in which they are met first."""
    distinct, first = np.unique(at, return_index=True)
    return [texts[place] for place in distinct[np.argsort(first)]]


def _ordered(found: dict[str, ProjectArea], reader: TableReader) -> tuple[ProjectArea, ...]:
    parts: dict[str, list[ProjectArea]] = {}
    for area in found.values():
        parts.setdefault(area.parent, []).append(area)
    order: list[ProjectArea] = []
    waiting = list(reversed(parts.get("", [])))
    while waiting:
        area = waiting.pop()
        order.append(area)
        waiting.extend(reversed(parts.get(area.code, [])))
    if len(order) < len(found):
        left = next(code for code in found if found[code] not in order)
        reader.note_file(
            f"area {left}", "lies in itself by way of its parents", "correct the column parent",
            "上级关系形成循环；请更正 parent 列",
        )  # fmt: skip
        return ()
    tops = [area for area in order if not area.parent]
    return tuple(order) if len(tops) == 1 else _under_a_total(order)


def _under_a_total(order: list[ProjectArea]) -> tuple[ProjectArea, ...]:
    return (
        TOTAL,
        *(ProjectArea(one.code, one.name, one.level, one.parent or TOTAL.code) for one in order),
    )


def leaves_of(areas: Sequence[ProjectArea]) -> tuple[str, ...]:
    """Codes of the areas that have no parts.

    >>> leaves_of([ProjectArea("51", "甲"), ProjectArea("5101", "乙", parent="51")])
    ('5101',)
    """
    parents = {area.parent for area in areas}
    return tuple(area.code for area in areas if area.code not in parents)


def ancestry_of(areas: Sequence[ProjectArea]) -> dict[str, tuple[str, ...]]:
    """For each area its own code and those it lies in, nearest first; parents stand before parts."""
    found: dict[str, tuple[str, ...]] = {"": ()}
    for area in areas:
        found[area.code] = (area.code, *found[area.parent])
    del found[""]
    return found
