"""Measures that Word and PDF share: the page of GB/T 9704-2012 and the widths of columns. Pure."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import NamedTuple

from renkou.core.errors import FiguresRefused
from renkou.publishing.bulletin_content import Chart, Table

MM = 72 / 25.4  # points
TEXT_WIDTH_MM, TEXT_HEIGHT_MM = 156.0, 225.0  # 版心
TOP_MM, LEFT_MM = 37.0, 28.0  # 天头、订口
BOTTOM_MM, RIGHT_MM = 297 - TOP_MM - TEXT_HEIGHT_MM, 210 - LEFT_MM - TEXT_WIDTH_MM
TEXT_WIDTH = TEXT_WIDTH_MM * MM
LINES, CHARACTERS = 22, 28
BODY_SIZE, TITLE_SIZE, PAGE_NUMBER_SIZE = 16.0, 22.0, 14.0  # 三号、二号、四号
LINE = 28.95  # 22 of them fill the text area
SQUEEZE = -0.25  # between characters of 16 points, so that 28 of them fill a line
LETTERHEAD_MM = 35.0  # from the top of the text area to the issuer's name
LETTERHEAD_SIZE = 46.0
TABLE_SIZES = (10.5, 9.0, 8.0, 7.5, 6.5)  # 五号 and smaller, where a table is wide
PADDING = 3.0
KEPT_WHOLE = 16  # rows of a table that is not broken between pages
COMPACT_LINE = 11.2  # of the rows of a compact table: 55 on a page
_WIDE_TEXT_SIZE = _COMPACT_SIZE = 9.0
_CHART_WIDTH_MM, _CHART_HEIGHT_MM = 150.0, 170.0
_PNG = b"\x89PNG\r\n\x1a\n"


class Columns(NamedTuple):
    """How a table is set: size of its text and width of each column, in points."""

    size: float
    widths: tuple[float, ...]


def ems(text: str) -> float:
    """Width of a text in ems: a Chinese character takes one, a digit or letter half.

    >>> ems("95%区间"), ems("1—2")
    (3.5, 2.0)
    """
    return sum(1.0 if ord(one) > 0x2013 and one != "−" else 0.5 for one in text)


def columns_of(table: Table) -> Columns:
    """The largest size at which no number breaks, and widths that fill the text area."""
    if table.wide_text:
        weights = [_weight(table, at) for at in range(len(table.header))]
        return Columns(_WIDE_TEXT_SIZE, tuple(TEXT_WIDTH * one / sum(weights) for one in weights))
    natural = [_natural(table, at) for at in range(len(table.header))]
    for size in [one for one in TABLE_SIZES if one <= _COMPACT_SIZE or not table.compact]:
        widths = [one * size + 2 * PADDING for one in natural]
        if sum(widths) <= TEXT_WIDTH:
            break
    spare = (TEXT_WIDTH - sum(widths)) / len(widths)
    if spare < 0:
        return Columns(size, tuple(one * TEXT_WIDTH / sum(widths) for one in widths))
    return Columns(size, tuple(one + spare for one in widths))


def _natural(table: Table, column: int) -> float:
    """Ems that a column needs: its widest cell, and its heading over two or three lines."""
    body = max((ems(row[column]) for row in table.rows), default=0.0)
    if column < table.text_columns:
        body = min(body, 10.0)  # names wrap, numbers do not
    return max(body, min(ems(table.header[column]), max(3.5, ems(table.header[column]) / 3))) + 0.5


def _weight(table: Table, column: int) -> float:
    """Share of the width for a column of sentences: by its mean length, the short ones not starved."""
    lengths: Sequence[float] = [ems(row[column]) for row in table.rows] or [1.0]
    mean = sum(lengths) / len(lengths)
    return float(max(max(lengths) ** 0.5, mean**0.5, 2.0))


def signature_indents(issuer: str, day: str) -> tuple[float, float]:
    """Ems to the right of issuer and date: the date begins two characters after the issuer.

    Where the date is the longer, it stands two characters from the right and the issuer moves.
    Source: GB/T 9704-2012, 7.3.5.2.

    >>> signature_indents("云川市统计局", "2024年7月18日")
    (4.5, 2.0)
    """
    issuer_width, day_width = ems(issuer), ems(day)
    of_day = 2.0 + issuer_width - 2.0 - day_width
    if of_day >= 2.0:
        return 2.0, of_day
    return 2.0 + day_width + 2.0 - issuer_width, 2.0


def letterhead_size(text: str) -> float:
    """Points of the issuer's name: large, and within one line."""
    return min(LETTERHEAD_SIZE, TEXT_WIDTH / (ems(text) + 0.5))


def chart_size(chart: Chart) -> tuple[float, float]:
    """Width and height in millimetres, within the text area.

    Raises
    ------
    FiguresRefused
        If the chart is not a PNG image.
    """
    head = chart.png[:24]
    if not head.startswith(_PNG) or len(head) < 24:
        raise FiguresRefused(
            chart.label, chart.caption, "a chart is a PNG image", "draw it as PNG",
            zh="图须为 PNG 图像；请以 PNG 格式绘制",
        )  # fmt: skip
    across, down = struct.unpack(">II", head[16:24])
    scale = min(_CHART_WIDTH_MM / max(across, 1), _CHART_HEIGHT_MM / max(down, 1))
    return across * scale, down * scale
