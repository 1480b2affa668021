"""Where labels of points can stand without covering one another or the points. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from renkou.publishing.chart_style import text_width

_SIZE = 11
_NEAR = 7


class Box(NamedTuple):
    """A rectangle in pixels."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        """Whether the two share any place."""
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom


class Label(NamedTuple):
    """A text at a place in pixels; `align` is the side of it that stands there."""

    text: str
    x: float
    y: float
    align: str


def placed_labels(
    texts: Sequence[str],
    points: Sequence[tuple[float, float]],
    others: Sequence[tuple[float, float]],
    page: tuple[float, float],
) -> list[Label | None]:
    """A place beside each point for its text, or None where there is no room.

    Parameters
    ----------
    texts, points : labels and the points they belong to, the most important first
    others : further points that no label may cover
    page : width and height in pixels

    >>> placed_labels(["甲", "乙"], [(50, 50), (52, 50)], [], (200, 100))
    [Label(text='甲', x=57, y=50, align='left'), Label(text='乙', x=45, y=50, align='right')]
    """
    taken = [_dot(at) for at in [*points, *others]]
    labels: list[Label | None] = []
    for text, point in zip(texts, points, strict=True):
        label, box = _first_free(text, point, taken, page)
        labels.append(label)
        if box:
            taken.append(box)
    return labels


def centred_labels(
    texts: Sequence[str], points: Sequence[tuple[float, float]], page: tuple[float, float]
) -> list[bool]:
    """Which texts, centred on their points, have room beside those before them.

    >>> centred_labels(["甲县", "乙县", "丙县"], [(50, 50), (60, 52), (90, 50)], (200, 100))
    [True, False, True]
    """
    taken: list[Box] = []
    free = []
    for text, (x, y) in zip(texts, points, strict=True):
        half = text_width(text, _SIZE) / 2
        box = Box(x - half, y - _SIZE / 2, x + half, y + _SIZE / 2)
        inside = box.left >= 0 and box.right <= page[0]
        free.append(inside and not any(box.meets(other) for other in taken))
        if free[-1]:
            taken.append(box)
    return free


def _dot(at: tuple[float, float]) -> Box:
    return Box(at[0] - 3, at[1] - 3, at[0] + 3, at[1] + 3)


def _first_free(
    text: str, point: tuple[float, float], taken: Sequence[Box], page: tuple[float, float]
) -> tuple[Label | None, Box | None]:
    width, (x, y) = text_width(text, _SIZE), point
    for dx, dy, align in _PLACES:
        left = {"left": x + dx, "right": x + dx - width, "center": x + dx - width / 2}[align]
        box = Box(left, y + dy - _SIZE / 2, left + width, y + dy + _SIZE / 2)
        inside = box.left >= 0 and box.right <= page[0] and box.top >= 0 and box.bottom <= page[1]
        if inside and not any(box.meets(other) for other in taken):
            return Label(text, x + dx, y + dy, align), box
    return None, None


_PLACES = (
    (_NEAR, 0, "left"), (-_NEAR, 0, "right"), (0, -12, "center"), (0, 12, "center"),
    (_NEAR, -9, "left"), (_NEAR, 9, "left"), (-_NEAR, -9, "right"), (-_NEAR, 9, "right"),
)  # fmt: skip
