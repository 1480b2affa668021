"""Years lived in each age group by those who die in it, by the rules that a caller names. Pure."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats, figures, of_one_length, refuse_where
from renkou.demography.mortality import infant_ax
from renkou.demography.mortality.greville_ax import greville_ax
from renkou.demography.mortality.infant_ax import Region, SexOf, one_of


def ax_given(ax: npt.ArrayLike, rates: Floats, width: Floats) -> tuple[Floats, tuple[str, ...]]:
    """ax as somebody gives it, one value per rate."""
    given = figures("ax", ax)
    of_one_length(mx=rates, ax=given)
    last_width = np.where(np.isfinite(width), width, np.finfo(np.float64).max)
    refuse_where(
        "ax", given, (given < 0) | (given > last_width),
        "those who die in a group live there no less than 0 and no more than its width",
        "give years within the group", "应在 0 与组距之间；请给出在该年龄组内生存的年数",
    )  # fmt: skip
    return np.broadcast_to(given, rates.shape).copy(), ("ax as given.",)


def ax_by_rules(
    rates: Floats, starts: Floats, width: Floats, sex: SexOf, infant_rule: str | None,
    ax_rule: str | None, region: Region, q0: npt.ArrayLike | None,
) -> tuple[Floats, tuple[str, ...]]:  # fmt: skip
    """ax of every closed group by the rules named, and what to say of it."""
    wide = bool((width[:-1] > 1).any())
    rule = one_of("ax_rule", ax_rule or ("greville" if wide else "half"), ("half", "greville"))
    one_of("region", region, infant_ax.REGIONS)
    if rule == "greville":
        ax, notes = greville_ax(rates, starts, width)
        notes = ("ax from age 15 by Greville's formula, half the width in other groups.", *notes)
    else:
        ax = np.empty(rates.shape)
        ax[..., :-1] = width[:-1] / 2
        notes = ("Deaths lie halfway through each age group.",)
    if infant_rule is None:
        infant_ax.female_share(sex, rates.shape[:-1])
        return ax, notes
    _refuse_other_beginnings(starts, infant_rule, q0)
    m0 = rates[..., 0]
    ax[..., 0] = infant_ax.infant_a0(m0, sex, infant_rule, region, q0)
    if width[1] == 4:
        ax[..., 1] = infant_ax.child_4a1(m0, sex, infant_rule, region, q0)
    return ax, (*_notes_of_infants(infant_rule, region, sex, width), *notes)


def _refuse_other_beginnings(starts: Floats, infant_rule: str, q0: npt.ArrayLike | None) -> None:
    if starts[0] != 0 or starts[1] != 1:
        raise FiguresRefused(
            "ages[0]", f"{starts[0]:.0f}-{starts[1] - 1:.0f}",
            f"infant_rule {infant_rule!r} is for a first group of age 0 alone",
            "split age 0 off, or set infant_rule=None",
            zh=f"婴儿规则 {infant_rule!r} 只适用于单独的 0 岁组；请将 0 岁单列，或设 infant_rule=None",
        )  # fmt: skip
    if q0 is not None and infant_rule != "coale-demeny":
        raise FiguresRefused(
            "q0", None, f"infant_rule {infant_rule!r} takes no q0",
            "leave it out or set infant_rule='coale-demeny'",
            zh=f"婴儿规则 {infant_rule!r} 不使用 q0；请去掉，或设 infant_rule='coale-demeny'",
        )  # fmt: skip


_RULE_WORDS = {
    "un": "a0 by Andreev and Kingkade with the coefficients of the UN",
    "hmd": "a0 by Andreev and Kingkade as the Human Mortality Database applies them",
    "preston": "a0 and 4a1 by Preston, Heuveline and Guillot, table 3.3",
}


def _notes_of_infants(rule: str, region: str, sex: SexOf, width: Floats) -> Iterator[str]:
    words = _RULE_WORDS.get(rule, f"a0 by Coale and Demeny, region {region}")
    if width[1] == 4 and rule != "preston":
        words += f", 4a1 by Coale and Demeny, region {region}"
    yield f"{words}."
    if "both" in np.asarray(sex):
        yield "Sexes together: years lived by infants are the mean of the rules for either sex."
