"""Years lived in the first ages of life by those who die there: a0 and 4a1. Pure.

Infants who die do so early, so half a year is too long. Rules published by sex:

    "un"            Andreev and Kingkade's form with the coefficients of World Population Prospects
    "hmd"           Andreev and Kingkade (2015) as the Human Mortality Database applies them
    "coale-demeny"  Coale and Demeny (1983), by region of model life table and by q0
    "preston"       the West region of Coale and Demeny restated in m0, Preston et al. (2001)

For both sexes together the rules of the two are averaged half and half.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats, not_negative, probabilities

InfantRule = Literal["un", "hmd", "coale-demeny", "preston"]
Region = Literal["west", "north", "east", "south"]
SexOf = str | Sequence[str] | npt.NDArray[np.str_]

RULES: tuple[InfantRule, ...] = ("un", "hmd", "coale-demeny", "preston")
REGIONS: tuple[Region, ...] = ("west", "north", "east", "south")

_WORDS: dict[str, float] = {"male": 0.0, "both": 0.5, "female": 1.0}


class _Bent(NamedTuple):
    """a0 = intercept + slope m0 below `first`, the second line below `second`, then `last`."""

    first: float
    intercept: float
    slope: float
    second: float
    intercept_2: float
    slope_2: float
    last: float


# World Population Prospects 2022 and 2024, found by reproducing the UN's own single-age tables.
_UN = (
    _Bent(0.0226, 0.1493, -2.0367, 0.0785, 0.0244, 3.4994, 0.2991),
    _Bent(0.0170, 0.1490, -2.0867, 0.0658, 0.0438, 4.1075, 0.3141),
)
# Human Mortality Database, Methods Protocol, version 6, on period life tables.
_HMD = (
    _Bent(0.02300, 0.14929, -1.99545, 0.08307, 0.02832, 3.26021, 0.29915),
    _Bent(0.01724, 0.14903, -2.05527, 0.06891, 0.04667, 3.88089, 0.31411),
)


class _Line(NamedTuple):
    """A line in q0 for q0 up to .1 (in m0 up to .107), `last` above it."""

    intercept: float
    slope: float
    last: float


# Coale, Demeny & Vaughan (1983), p. 20: a0, then 4a1; males, then females.
_COALE_DEMENY_A0 = {
    "west": (_Line(0.0425, 2.875, 0.33), _Line(0.05, 3.0, 0.35)),
    "north": (_Line(0.0425, 2.875, 0.33), _Line(0.05, 3.0, 0.35)),
    "east": (_Line(0.0025, 2.875, 0.29), _Line(0.01, 3.0, 0.31)),
    "south": (_Line(0.0425, 2.875, 0.33), _Line(0.05, 3.0, 0.35)),
}
_COALE_DEMENY_A1 = {
    "west": (_Line(1.653, -3.013, 1.352), _Line(1.524, -1.627, 1.361)),
    "north": (_Line(1.859, -3.013, 1.558), _Line(1.733, -1.627, 1.570)),
    "east": (_Line(1.614, -3.013, 1.313), _Line(1.487, -1.627, 1.324)),
    "south": (_Line(1.541, -3.013, 1.240), _Line(1.402, -1.627, 1.239)),
}
# Preston, Heuveline & Guillot (2001), table 3.3, p. 48.
_PRESTON_A0 = (_Line(0.045, 2.684, 0.330), _Line(0.053, 2.800, 0.350))
_PRESTON_A1 = (_Line(1.651, -2.816, 1.352), _Line(1.522, -1.518, 1.361))
_HIGHEST_Q0, _HIGHEST_M0 = 0.1, 0.107


def andreev_kingkade_a0(
    m0: npt.ArrayLike, sex: SexOf, coefficients: Literal["un", "hmd"] = "un"
) -> Floats:
    """Years lived by those who die before their first birthday, from the death rate at age 0.

    Parameters
    ----------
    m0 : any shape, deaths per person-year at age 0
    sex : "male", "female", "both", or words along the last axes of `m0`
    coefficients : those of the UN or of the Human Mortality Database

    Source: Andreev & Kingkade (2015), Demographic Research 33(13), 363-390, restated in m0 by the
    Human Mortality Database, Methods Protocol, version 6, on period life tables.

    >>> andreev_kingkade_a0([0.005, 0.05, 0.1], "male").round(4)
    array([0.1391, 0.1994, 0.2991])
    """
    rates = not_negative("mx[..., 0]", m0)
    male, female = _UN if one_of("coefficients", coefficients, ("un", "hmd")) == "un" else _HMD
    return _mixed(_bent(rates, male), _bent(rates, female), female_share(sex, rates.shape))


def coale_demeny_a0(
    m0: npt.ArrayLike, sex: SexOf, region: Region = "west", q0: npt.ArrayLike | None = None
) -> Floats:
    """Years lived by those who die before their first birthday, by region of model life table.

    The published line is in q0; without `q0` the one that agrees with `m0` and the line is found
    exactly, as the root of a quadratic.

    Source: Coale, Demeny & Vaughan (1983), Regional Model Life Tables, p. 20.

    >>> coale_demeny_a0([0.01, 0.2], "female").round(4)
    array([0.0797, 0.35  ])
    """
    rates = not_negative("mx[..., 0]", m0)
    lines = _COALE_DEMENY_A0[one_of("region", region, REGIONS)]
    male, female = (_by_q0(line, _q0(rates, line, q0)) for line in lines)
    return _mixed(male, female, female_share(sex, rates.shape))


def coale_demeny_4a1(
    m0: npt.ArrayLike, sex: SexOf, region: Region = "west", q0: npt.ArrayLike | None = None
) -> Floats:
    """Years lived between ages 1 and 5 by those who die there, from mortality at age 0.

    Source: Coale, Demeny & Vaughan (1983), Regional Model Life Tables, p. 20.

    >>> coale_demeny_4a1([0.01, 0.2], "female").round(4)
    array([1.5079, 1.361 ])
    """
    rates = not_negative("mx[..., 0]", m0)
    first = _COALE_DEMENY_A0[one_of("region", region, REGIONS)]
    second = _COALE_DEMENY_A1[region]
    male, female = (
        _by_q0(line, _q0(rates, infants, q0)) for infants, line in zip(first, second, strict=True)
    )
    return _mixed(male, female, female_share(sex, rates.shape))


def infant_a0(
    m0: Floats, sex: SexOf, rule: str, region: Region, q0: npt.ArrayLike | None
) -> Floats:
    """a0 by the rule named."""
    if one_of("infant_rule", rule, RULES) == "coale-demeny":
        return coale_demeny_a0(m0, sex, region, q0)
    if rule == "preston":
        return _preston(m0, sex, _PRESTON_A0)
    return andreev_kingkade_a0(m0, sex, "un" if rule == "un" else "hmd")


def child_4a1(
    m0: Floats, sex: SexOf, rule: str, region: Region, q0: npt.ArrayLike | None
) -> Floats:
    """4a1: of Preston et al. where they are the rule, of Coale and Demeny with every other."""
    if rule == "preston":
        return _preston(m0, sex, _PRESTON_A1)
    return coale_demeny_4a1(m0, sex, region, q0)


def female_share(sex: SexOf, shape: tuple[int, ...]) -> Floats:
    """0 for males, 1 for females, .5 for both, shaped to the axes before ages.

    Raises
    ------
    FiguresRefused
        If a word is no sex, or the words do not fit the axes of the rates.
    """
    words = np.asarray(sex, dtype=object)
    share = np.empty(words.shape)
    for at, word in np.ndenumerate(words):
        place = f"sex[{', '.join(map(str, at))}]" if at else "sex"
        share[at] = _WORDS[one_of(place, word, tuple(_WORDS))]
    try:
        return np.broadcast_to(share, shape)
    except ValueError:
        raise FiguresRefused(
            "sex", f"words of shape {share.shape}",
            f"the axes before ages are {shape}, and sexes stand along the last of them",
            "give one sex, or as many as the axis before ages is long",
            zh=f"年龄之前各维的长度为 {shape}，性别应与其最后一维逐位对应；"
            "请给出一个性别，或与该维等长的性别",
        ) from None  # fmt: skip


def one_of(name: str, word: object, known: Sequence[str]) -> str:
    """A word that must be one of those known; the message names the nearest.

    >>> one_of("infant_rule", "hdm", ("un", "hmd"))
    Traceback (most recent call last):
    renkou.core.errors.FiguresRefused: infant_rule = 'hdm': is 'un' or 'hmd'; did you mean 'hmd'?
    """
    if isinstance(word, str) and word in known:
        return word
    listed = " or ".join(repr(one) for one in known)
    near = difflib.get_close_matches(str(word).lower(), known, n=1, cutoff=0.5)
    remedy = f"did you mean {near[0]!r}?" if near else "name one of these"
    zh = f"是不是想写 {near[0]!r}？" if near else "请选其一"
    raise FiguresRefused(name, repr(word), f"is {listed}", remedy, zh=f"应为 {listed}；{zh}")


def _bent(m0: Floats, line: _Bent) -> Floats:
    low = line.intercept + line.slope * m0
    middle = line.intercept_2 + line.slope_2 * m0
    return np.where(m0 < line.first, low, np.where(m0 < line.second, middle, line.last))


def _mixed(male: Floats, female: Floats, share: Floats) -> Floats:
    return (1 - share) * male + share * female


def _by_q0(line: _Line, q0: Floats) -> Floats:
    return np.where(q0 > _HIGHEST_Q0, line.last, line.intercept + line.slope * q0)


def _q0(m0: Floats, line: _Line, given: npt.ArrayLike | None) -> Floats:
    """q0 given, or the smaller root of q = m / (1 + (1 - intercept - slope q) m)."""
    if given is not None:
        of_q0 = probabilities("q0", given)
        if of_q0.shape not in ((), m0.shape):
            raise FiguresRefused(
                "q0", f"of shape {of_q0.shape}", f"the axes before ages are {m0.shape}",
                "give one q0, or one for each table", zh="q0 应只有一个，或与各生命表逐一对应；请更正",
            )  # fmt: skip
        return np.broadcast_to(of_q0, m0.shape)
    b = 1 + (1 - line.intercept) * m0
    inside = b**2 - 4 * line.slope * m0**2
    # No real root: mortality far above .1, where the value no longer depends on q0.
    root = 2 * m0 / (b + np.sqrt(np.maximum(inside, 0)))
    return np.where(inside < 0, 1.0, root)


def _preston(m0: Floats, sex: SexOf, lines: tuple[_Line, _Line]) -> Floats:
    male, female = (
        np.where(m0 < _HIGHEST_M0, line.intercept + line.slope * m0, line.last) for line in lines
    )
    return _mixed(male, female, female_share(sex, m0.shape))
