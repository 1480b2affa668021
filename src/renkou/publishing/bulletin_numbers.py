"""Numbers as official documents print them: rounded half up, in 万 where they are large. Pure.

Nothing is printed with more digits than the definition of its indicator allows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from renkou.core.figures import Definition

MINUS = "−"
TEN_THOUSAND = 10_000
_MOST_DECIMALS_OF_TEN_THOUSAND = 4
# Units of things that are counted, which are written in 万 when there are many.
COUNTED = ("人", "人次", "户", "对", "件", "例")
# Units that follow a number directly; any other stands in brackets once: 105.3（女=100）.
ATTACHED = (*COUNTED, "‰", "%", "岁", "年", "天", "日", "个百分点", "个千分点", "万人")


def rounded(value: float, decimals: int, *, thousands: bool = False) -> str:
    """A number with so many decimals, half rounded away from zero, with a true minus sign.

    >>> rounded(5.425, 2), rounded(-0.005, 2), rounded(1234567, 0, thousands=True)
    ('5.43', '−0.01', '1,234,567')
    """
    amount = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    text = f"{abs(amount):,f}" if thousands else f"{abs(amount):f}"
    return (MINUS if amount < 0 else "") + text


def rounded_number(value: float, decimals: int) -> float:
    """The number that `rounded` prints.

    >>> rounded_number(75.28788593104116, 0), rounded_number(-0.005, 2), rounded_number(2.5, 0)
    (75.0, -0.01, 3.0)
    """
    return float(Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))


def prints_as_zero(value: float, decimals: int) -> bool:
    """Whether nothing but zeros would be printed."""
    return not rounded(value, decimals).strip(f"{MINUS}0.")


@dataclass(frozen=True)
class Scale:
    """How the numbers of one statement are written: divided, with decimals, before a unit."""

    divisor: int
    decimals: int
    myriad: str  # '万' or ''
    unit: str
    thousands: bool = False

    def number(self, value: float) -> str:
        """The number alone: no unit, no 万."""
        return rounded(value / self.divisor, self.decimals, thousands=self.thousands)

    def stated(self, value: float) -> str:
        """The number with its unit.

        >>> Scale(10_000, 1, "万", "人").stated(2_812_345)
        '281.2万人'
        """
        unit = self.unit if self.unit in ATTACHED else f"（{self.unit}）" if self.unit else ""
        return f"{self.number(value)}{self.myriad}{unit}"

    def range(self, lower: float, upper: float) -> str:
        """Both ends of an interval; 'to' in words where a dash would run into a minus sign.

        >>> Scale(10_000, 1, "万", "人").range(2_805_000, 2_819_000)
        '280.5万—281.9万人'
        >>> Scale(1, 2, "", "‰").range(-1.1, 0.2)
        '−1.10‰至0.20‰'
        """
        sign = self.unit if self.unit in ("‰", "%") else self.myriad
        joint = "至" if lower < 0 else "—"
        last = self.unit if self.unit in ATTACHED and self.unit not in ("‰", "%") else ""
        return f"{self.number(lower)}{sign}{joint}{self.number(upper)}{sign}{last}"


def scale_of(definition: Definition, values: Sequence[float], *, myriads: bool = True) -> Scale:
    """The scale for values that are stated together; the first leads.

    Counts of 10,000 and more are written in 万 with one decimal from a million on, two below, and
    more where the values would otherwise look equal although they are not.
    """
    counted = definition.decimals == 0 and definition.unit_zh in COUNTED
    if not (myriads and counted and abs(values[0]) >= TEN_THOUSAND):
        return Scale(1, definition.decimals, "", definition.unit_zh)
    least = 1 if abs(values[0]) >= 100 * TEN_THOUSAND else 2
    for decimals in range(least, _MOST_DECIMALS_OF_TEN_THOUSAND):
        scale = Scale(TEN_THOUSAND, decimals, "万", definition.unit_zh)
        if len({scale.number(one) for one in values}) == len({round(one) for one in values}):
            return scale
    return Scale(TEN_THOUSAND, _MOST_DECIMALS_OF_TEN_THOUSAND, "万", definition.unit_zh)


def in_table(value: float | None, decimals: int) -> str:
    """A number of a table; '…' where it is not published.

    >>> in_table(None, 0), in_table(12345.6, 0)
    ('…', '12,346')
    """
    return "…" if value is None else rounded(value, decimals, thousands=True)


def interval_in_table(lower: float | None, upper: float | None, decimals: int) -> str:
    """An interval of a table; '' where there is none.

    >>> interval_in_table(5.31, 5.55, 2), interval_in_table(-1.0, 0.5, 1)
    ('5.31—5.55', '−1.0至0.5')
    """
    if lower is None or upper is None:
        return ""
    joint = "至" if lower < 0 else "—"
    return f"{in_table(lower, decimals)}{joint}{in_table(upper, decimals)}"
