"""Which tables, figures and totals may not be published, and why. Pure (NumPy).

Noise protects single cells. These rules refuse what it does not protect: tables so sparse that most
of a cell is noise, small places in much detail, health, and money of a few. Each refusal is a
`Reason`, whose words say what could be published instead.

Source: the release rules of the project; minimum cell sizes and dominance as in Hundepool et al.
(2012), Statistical Disclosure Control, ch. 4 and 5.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np
import numpy.typing as npt

from renkou.core.areas import LEVEL_DIGITS
from renkou.core.errors import FiguresRefused, ReleaseRefused
from renkou.core.figures import Sensitivity
from renkou.disclosure.whole_numbers import (
    Flags,
    amounts_of,
    counts_of,
    of_one_shape,
    refuse_where,
)

SMALLEST_MEAN_CELL = 2
SMALL_CELL = 3
LARGEST_SHARE_OF_SMALL_CELLS = 0.5
VILLAGE_VARIABLES = 3  # and more are refused
SMALLEST_HEALTH_CELL = 10
LOWEST_HEALTH_LEVEL = "county"
SMALLEST_DENOMINATOR = 30
FEWEST_RECIPIENTS = 5
LARGEST_SHARE_OF_ONE = 0.5

Reasons = npt.NDArray[np.int8]


class Reason(IntEnum):
    """Why something is not released; 0 is released."""

    RELEASED = 0
    MEAN_CELL = 1
    SMALL_CELLS = 2
    VILLAGE_DETAIL = 3
    HEALTH_BELOW_COUNTY = 4
    HEALTH_CELL = 5
    RATE_DENOMINATOR = 6
    FEW_RECIPIENTS = 7
    ONE_RECIPIENT = 8

    @property
    def zh(self) -> str:
        """Reason and remedy in Chinese; empty where released."""
        return _WORDS[self][0]

    @property
    def en(self) -> str:
        """Reason and remedy in English; empty where released."""
        return _WORDS[self][1]


_WORDS: dict[Reason, tuple[str, str]] = {
    Reason.RELEASED: ("", ""),
    Reason.MEAN_CELL: (
        f"平均每格不足 {SMALLEST_MEAN_CELL} 人，不予发布；请合并年龄组或时期，或改用上一级区域",
        f"cells hold fewer than {SMALLEST_MEAN_CELL} people on average; join ages or periods, or take "
        "larger areas",
    ),
    Reason.SMALL_CELLS: (
        f"半数以上的单元格不足 {SMALL_CELL} 人，不予发布；请合并年龄组或时期，或改用上一级区域",
        f"more than half of the cells hold fewer than {SMALL_CELL} people; join ages or periods, or "
        "take larger areas",
    ),
    Reason.VILLAGE_DETAIL: (
        f"村级表不得交叉 {VILLAGE_VARIABLES} 个或以上变量；请减少变量，或改用乡级",
        f"villages are not published by {VILLAGE_VARIABLES} or more variables; leave one out, or take "
        "townships",
    ),
    Reason.HEALTH_BELOW_COUNTY: (
        "健康、残疾、子女死亡等数据不在县级以下发布；请改用县级或以上",
        "health, disability and the loss of a child are not published below counties; take counties",
    ),
    Reason.HEALTH_CELL: (
        f"健康、残疾、子女死亡等数据每格至少 {SMALLEST_HEALTH_CELL} 人；请合并年龄组或时期，或改用上一级区域",
        f"health, disability and the loss of a child need at least {SMALLEST_HEALTH_CELL} people per "
        "cell; join ages or periods, or take larger areas",
    ),
    Reason.RATE_DENOMINATOR: (
        f"分母不足 {SMALLEST_DENOMINATOR}，不发布率；请合并时期，或改用上一级区域",
        f"no rate is published on a denominator under {SMALLEST_DENOMINATOR}; join periods, or take "
        "larger areas",
    ),
    Reason.FEW_RECIPIENTS: (
        f"领取人不足 {FEWEST_RECIPIENTS} 人，不发布金额合计；请合并项目或时期，或改用上一级区域",
        f"no total of money is published of fewer than {FEWEST_RECIPIENTS} recipients; join payments or "
        "periods, or take larger areas",
    ),
    Reason.ONE_RECIPIENT: (
        "一名领取人占金额合计的一半以上，不发布该合计；请合并项目或时期，或改用上一级区域",
        "one recipient has more than half of the total, which is not published; join payments or "
        "periods, or take larger areas",
    ),
}  # fmt: skip


def table_reasons(
    counts: npt.ArrayLike, *, level: str, variables: int,
    sensitivity: Sensitivity = Sensitivity.ORDINARY,
) -> Reasons:  # fmt: skip
    """Why tables may not be published, one reason per table.

    Parameters
    ----------
    counts : shape (..., cells), true counts; cells nobody can be in (wives aged 3) are left out by
        the caller, other empty cells are not
    level : smallest areas in the table: province, prefecture, county, township or village
    variables : how many variables are crossed besides area and period
    sensitivity : of the indicator or topic

    Returns
    -------
    shape (...,), int8: members of `Reason`, 0 where the table may be published

    Raises
    ------
    FiguresRefused
        If a count is negative, the table has no cells, or the level is unknown.

    >>> table_reasons([[9, 0, 8], [3, 0, 2]], level="county", variables=1)
    array([0, 1], dtype=int8)
    """
    true = np.atleast_1d(counts_of("counts", counts))
    if true.shape[-1] == 0:
        raise FiguresRefused(
            "counts", true.shape, "a table has at least one cell", "give its cells on the last axis",
            zh="表应至少有一个单元格；请在最后一维给出单元格",
        )  # fmt: skip
    found = np.zeros(true.shape[:-1], np.int8)
    small = (true < SMALL_CELL).mean(axis=-1) > LARGEST_SHARE_OF_SMALL_CELLS
    found[small] = Reason.SMALL_CELLS
    found[true.mean(axis=-1) < SMALLEST_MEAN_CELL] = Reason.MEAN_CELL
    if sensitivity == Sensitivity.HEALTH:
        found[(true < SMALLEST_HEALTH_CELL).any(axis=-1)] = Reason.HEALTH_CELL
    of_all = _level_reason(level, variables, sensitivity)
    if of_all:
        found[...] = of_all
    return found


def require_releasable(
    name: str, counts: npt.ArrayLike, *, level: str, variables: int,
    sensitivity: Sensitivity = Sensitivity.ORDINARY,
) -> None:  # fmt: skip
    """Refuse one table, whose counts may have any shape, with reason and remedy.

    Raises
    ------
    ReleaseRefused
        If a rule forbids it.

    >>> require_releasable("births", [1, 0, 1], level="county", variables=1)
    Traceback (most recent call last):
    renkou.core.errors.ReleaseRefused: births: cells hold fewer than 2 people on average; join ages \
or periods, or take larger areas
    """
    flat = np.asarray(counts).reshape(-1)
    code = table_reasons(flat, level=level, variables=variables, sensitivity=sensitivity)
    reason = Reason(int(code))
    if reason:
        raise ReleaseRefused(f"{name}: {reason.en}", zh=f"{name}：{reason.zh}")


def figure_reasons(
    counts: npt.ArrayLike, published: npt.ArrayLike, *, level: str,
    sensitivity: Sensitivity = Sensitivity.ORDINARY,
) -> Reasons:  # fmt: skip
    """Why single figures of a list may not be published; any shape.

    Parameters
    ----------
    counts : true counts
    published : the same after perturbation; of health both must be large enough, so that no figure
        is shown that looks too small, and none is that was

    Returns
    -------
    the same shape, int8: members of `Reason`
    """
    true, shown = counts_of("counts", counts), counts_of("published", published)
    of_one_shape("counts", true, "published", shown)
    of_all = _level_reason(level, 0, sensitivity)
    found = np.full(true.shape, of_all, np.int8)
    if sensitivity == Sensitivity.HEALTH and not of_all:
        found[np.minimum(true, shown) < SMALLEST_HEALTH_CELL] = Reason.HEALTH_CELL
    return found


def rate_denominator_ok(published: npt.ArrayLike) -> Flags:
    """Whether a rate may stand on a published denominator; any shape.

    The published denominator decides, as a reader could check it; by the true one a missing rate
    beside a published 31 would tell that the truth is 28 or 29.

    >>> rate_denominator_ok([29.5, 30])
    array([False,  True])
    """
    return np.asarray(amounts_of("denominators", published) >= SMALLEST_DENOMINATOR)


def money_reasons(
    recipients: npt.ArrayLike, largest: npt.ArrayLike, totals: npt.ArrayLike
) -> Reasons:
    """Why totals of money may not be published; any shape.

    Parameters
    ----------
    recipients : how many people the money went to, true counts
    largest : what the one who got most got
    totals : sum of what all got

    Raises
    ------
    FiguresRefused
        If an amount is negative, or one recipient has more than all.

    >>> money_reasons([4, 5, 5], [10, 60, 50], [40, 100, 100])
    array([7, 8, 0], dtype=int8)
    """
    people = counts_of("recipients", recipients)
    most, total = amounts_of("largest", largest), amounts_of("totals", totals)
    of_one_shape("recipients", people, "totals", total)
    of_one_shape("largest", most, "totals", total)
    refuse_where(
        "largest", most, most > total, "nobody gets more than all together",
        "sum the same payments for both", "单人金额不得大于合计；请按相同的发放记录汇总两者",
    )  # fmt: skip
    found = np.zeros(people.shape, np.int8)
    found[most > LARGEST_SHARE_OF_ONE * total] = Reason.ONE_RECIPIENT
    found[people < FEWEST_RECIPIENTS] = Reason.FEW_RECIPIENTS
    return found


def _level_reason(level: str, variables: int, sensitivity: Sensitivity) -> Reason:
    """What level and detail forbid, whatever the counts."""
    if level not in LEVEL_DIGITS:
        raise FiguresRefused(
            "level", repr(level), f"is one of {', '.join(LEVEL_DIGITS)}", "name one of them",
            zh=f"应为 {'、'.join(LEVEL_DIGITS)} 之一；请选其一",
        )  # fmt: skip
    below = LEVEL_DIGITS[level] > LEVEL_DIGITS[LOWEST_HEALTH_LEVEL]
    if sensitivity == Sensitivity.HEALTH and below:
        return Reason.HEALTH_BELOW_COUNTY
    if level == "village" and variables >= VILLAGE_VARIABLES:
        return Reason.VILLAGE_DETAIL
    return Reason.RELEASED
