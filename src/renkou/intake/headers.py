"""Finds the header of a sheet: title rows, one to three header rows with groups. Pure.

Input are the first rows of a sheet as text cells ('' where blank) and its merged ranges.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from renkou.intake.vocabulary import vocabulary
from renkou.intake.words import bare_header, plain_header

Row = Sequence[str]

_LABELLED = re.compile(r"[:：]\s*\S")
_DIGITS = re.compile(r"\d{4,}")
_NUMBERING = re.compile(r"[(（]?(?:\d{1,3}|[甲乙丙丁戊己庚辛壬癸]|[①-⑳])[)）]?")
_LEVELS = re.compile("[省市州县区旗乡镇街道村社组居委会、/名称]{1,10}")
_LONGEST = 40


@dataclass(frozen=True)
class Merge:
    """A merged range; rows and columns counted from 0, ends included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class Header:
    """Where a sheet's header is and what it says.

    `paths` has one entry per column: the group headers above, then the column's own; () where the
    column has none. `last_row` counts from 1 as a spreadsheet does.
    """

    title: str
    first_row: int
    last_row: int
    paths: tuple[tuple[str, ...], ...]


def find_header(
    rows: Sequence[Row], merges: Sequence[Merge] = (), words: Collection[str] = ()
) -> Header | None:
    """The header among a sheet's first rows, or None.

    Parameters
    ----------
    rows : the first rows of the sheet, all of one width
    merges : merged ranges within them
    words : plain headers known beside the vocabulary's, such as a source's own
    """
    known = _known(frozenset(words))
    scores = [_known_count(row, known) for row in rows]
    best = max(range(len(rows)), key=lambda at: (scores[at], -at), default=None)
    if best is None or scores[best] == 0:
        return None
    if scores[best] == 1 and sum(bool(cell.strip()) for cell in rows[best]) > 2:
        return None  # one familiar word in a row of prose or data is no header
    top = _first_row(rows, best)
    bottom = max(_last_row(rows, best, known), _merged_to(merges, top, best, len(rows)))
    paths = _paths(_filled(rows, top, bottom, merges))
    title = " ".join(cell.strip() for row in rows[:top] for cell in row if cell.strip())
    return Header(title, top + 1, _skip_numbering(rows, bottom) + 1, paths)


@lru_cache(maxsize=16)
def _known(own: frozenset[str]) -> Callable[[str], bool]:
    """Whether a cell is a header that the vocabulary or the source knows; kept from sheet to sheet."""
    vocabulary_ = vocabulary()

    @lru_cache(maxsize=1 << 14)
    def known(cell: str) -> bool:
        return bool(
            plain_header(cell) in own or vocabulary_.field_of(cell) or vocabulary_.split(cell)
        )

    return known


def _known_count(row: Row, known: Callable[[str], bool]) -> int:
    cells = [cell for cell in row if cell.strip()]
    if len(cells) > 1 and sum(map(_header_like, cells)) < len(cells) / 2:
        return 0
    return sum(known(cell) for cell in cells if _header_like(cell))


def _header_like(cell: str) -> bool:
    text = cell.strip()
    return len(text) <= _LONGEST and not _LABELLED.search(text) and not _DIGITS.search(text)


def _is_group_row(row: Row) -> bool:
    cells = [cell for cell in row if cell.strip()]
    return len(set(cells)) >= 2 and all(map(_header_like, cells))


def _first_row(rows: Sequence[Row], best: int) -> int:
    top = best
    while top > 0 and best - top < 2 and _is_group_row(rows[top - 1]):
        top -= 1
    return top


def _last_row(rows: Sequence[Row], best: int, known: Callable[[str], bool]) -> int:
    bottom = best
    while bottom + 1 < len(rows) and bottom - best < 2 and _continues(rows, bottom, known):
        bottom += 1
    return bottom


def _merged_to(merges: Sequence[Merge], top: int, best: int, count: int) -> int:
    """The last row that a cell of the header is merged down to."""
    ends = [merge.bottom for merge in merges if top <= merge.top <= best < merge.bottom]
    return min(max(ends, default=best), best + 2, count - 1)


def _continues(rows: Sequence[Row], bottom: int, known: Callable[[str], bool]) -> bool:
    """Whether the next row is one more header row: known words under groups only."""
    above, below = rows[bottom], rows[bottom + 1]
    cells = [(at, cell) for at, cell in enumerate(below) if cell.strip()]
    if not cells or not all(_header_like(cell) for _, cell in cells):
        return False
    role_of = vocabulary().role_of
    under_field = sum(
        known(above[at])
        and above[at] != cell
        and role_of(above[at]) is None
        and not _spans(above, below, at)
        for at, cell in cells
    )
    heads = sum(known(cell) or bool(_LEVELS.fullmatch(bare_header(cell))) for _, cell in cells)
    return heads * 2 >= len(cells) and under_field == 0


def _spans(above: Row, below: Row, at: int) -> bool:
    """Whether a cell stands over its neighbour as well: 户籍地 over 县 and 详细地址."""
    return at + 1 < len(above) and not above[at + 1].strip() and bool(below[at + 1].strip())


def _filled(rows: Sequence[Row], top: int, bottom: int, merges: Sequence[Merge]) -> list[list[str]]:
    """The header rows with group headers copied over the columns they span."""
    block = [[" ".join(cell.split()) for cell in row] for row in rows[top : bottom + 1]]
    for merge in merges:
        if top <= merge.top <= bottom:
            for at in range(merge.left, min(merge.right + 1, len(block[0]))):
                block[merge.top - top][at] = block[merge.top - top][merge.left]
    for above, below in reversed(list(itertools.pairwise(block))):
        _spread(above, below)
    return block


def _spread(above: list[str], below: Sequence[str]) -> None:
    group = ""
    for at, cell in enumerate(above):
        if cell:
            group = cell if below[at] else ""
        elif below[at]:
            above[at] = group


def _paths(block: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    paths = []
    for column in zip(*block, strict=True):
        path: list[str] = []
        for cell in column:
            if cell and (not path or path[-1] != cell):
                path.append(cell)
        paths.append(tuple(path))
    return tuple(paths)


def _skip_numbering(rows: Sequence[Row], bottom: int) -> int:
    """Step over a row that only numbers the columns (甲 乙 1 2 3)."""
    if bottom + 1 >= len(rows):
        return bottom
    cells = [cell.strip() for cell in rows[bottom + 1] if cell.strip()]
    numbered = len(cells) >= 3 and len(set(cells)) == len(cells)
    return bottom + 1 if numbered and all(map(_NUMBERING.fullmatch, cells)) else bottom
