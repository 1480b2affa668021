"""What a difference between two populations or two years is made of. Pure (NumPy).

Kitagawa: rates by group, and how many people are in each. Das Gupta: any number of factors of any
function. Arriaga: life expectancy, by the ages at which mortality differs.

Sources: Kitagawa (1955), JASA 50:1168-1194; Das Gupta (1993), Standardization and Decomposition of
Rates, US Census Bureau P23-186; Arriaga (1984), Demography 21:83-96.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import factorial

import numpy as np
import numpy.typing as npt

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import (
    Floats,
    figures,
    not_negative,
    of_one_length,
    positive,
    refuse_where,
)
from renkou.demography.mortality.life_tables import LifeTable
from renkou.demography.rates.intervals import together

Factors = Sequence[npt.ArrayLike] | Mapping[str, npt.ArrayLike]
_MOST_FACTORS = 12


@dataclass(frozen=True, eq=False)
class KitagawaParts:
    """Parts of the difference of two crude rates, in the unit of the rates."""

    first: Floats  # shape (...), crude rates
    second: Floats
    rate_effects: Floats  # shape (..., n_groups)
    composition_effects: Floats

    @property
    def difference(self) -> Floats:
        """The second crude rate less the first."""
        return self.second - self.first

    @property
    def rate_effect(self) -> Floats:
        """What differing rates make, all groups together."""
        return self.rate_effects.sum(axis=-1)

    @property
    def composition_effect(self) -> Floats:
        """What differing shares of the groups make."""
        return self.composition_effects.sum(axis=-1)


@dataclass(frozen=True, eq=False)
class DasGuptaParts:
    """Parts of the difference of a function of several factors."""

    names: tuple[str, ...]
    first: Floats
    second: Floats
    effects: Floats  # shape (n_factors, ...)

    @property
    def difference(self) -> Floats:
        """The second value less the first."""
        return self.second - self.first


@dataclass(frozen=True, eq=False)
class ArriagaParts:
    """Years by which mortality at each age makes life expectancy differ."""

    ages: npt.NDArray[np.int64]
    difference: Floats  # shape (...), years at the tables' first age
    direct: Floats  # shape (..., n_ages), years lived within the group
    indirect: Floats  # years that those saved live later, interaction included

    @property
    def effects(self) -> Floats:
        """Direct and indirect together; they add to the difference."""
        return self.direct + self.indirect


def kitagawa(
    first_rates: npt.ArrayLike,
    first_people: npt.ArrayLike,
    second_rates: npt.ArrayLike,
    second_people: npt.ArrayLike,
) -> KitagawaParts:
    """Split the difference of two crude rates into rates and composition.

    Parameters
    ----------
    first_rates, second_rates : shape (..., n_groups), by age or any other grouping
    first_people, second_people : shape (..., n_groups), people (person-years) or shares; they are
        made into shares

    Raises
    ------
    FiguresRefused
        If lengths differ, a figure is negative, or nobody is in any group.

    Source: Kitagawa (1955): the interaction is shared half and half.

    >>> parts = kitagawa([0.002, 0.04], [90, 10], [0.001, 0.03], [80, 20])
    >>> parts.difference.round(4), parts.rate_effect.round(5), parts.composition_effect.round(5)
    (np.float64(0.001), np.float64(-0.00235), np.float64(0.00335))
    """
    rates = [not_negative("first_rates", first_rates), not_negative("second_rates", second_rates)]
    shares = [_shares("first_people", first_people), _shares("second_people", second_people)]
    names = ("first_rates", "second_rates", "first_people", "second_people")
    of_one_length(**dict(zip(names, (*rates, *shares), strict=True)))
    m1, m2, c1, c2 = together(**dict(zip(names, (*rates, *shares), strict=True)))
    return KitagawaParts(
        (m1 * c1).sum(axis=-1), (m2 * c2).sum(axis=-1),
        (m2 - m1) * (c1 + c2) / 2, (c2 - c1) * (m1 + m2) / 2,
    )  # fmt: skip


def product(*factors: Floats) -> Floats:
    """Factors multiplied, place by place."""
    result = np.asarray(1.0)
    for factor in factors:
        result = result * factor
    return result


def sum_of_products(*factors: Floats) -> Floats:
    """Factors multiplied and added along the last axis: vector factors, such as rates and shares."""
    return np.asarray(product(*factors).sum(axis=-1))


def das_gupta(
    first: Factors, second: Factors, function: Callable[..., npt.ArrayLike] = product
) -> DasGuptaParts:
    """Split the difference of a function of factors into the effect of each, which add to it.

    The effect of a factor is its change averaged over all ways in which the others may have changed
    before it, weighted so that every order counts alike.

    Parameters
    ----------
    first, second : the factors of either population, in one order, or by name; numbers or arrays
    function : of the factors, in their order; `product`, `sum_of_products`, or any other

    Raises
    ------
    FiguresRefused
        If the factors do not match, are fewer than two or more than twelve, or their function is not
        finite for some mixture of the two populations.

    Source: Das Gupta (1993), equation 3.54.

    >>> das_gupta([10930, 0.717892], [16591, 0.825974]).effects.round(3)
    array([4369.913, 1487.262])
    """
    names, one = _factors("first", first)
    other_names, other = _factors("second", second)
    _refuse_unlike(names, other_names)
    k = len(names)
    values = [_value(function, one, other, which) for which in range(1 << k)]
    effects = [np.zeros(()) for _ in names]
    for which in range(1 << k):
        changed = which.bit_count()
        for i in range(k):
            if not which >> i & 1:
                weight = factorial(changed) * factorial(k - 1 - changed) / factorial(k)
                effects[i] = effects[i] + weight * (values[which | 1 << i] - values[which])
    return DasGuptaParts(names, values[0], values[-1], np.stack(effects))


def arriaga(first: LifeTable, second: LifeTable, *, symmetric: bool = False) -> ArriagaParts:
    """Split the difference of two life expectancies by the age at which mortality differs.

    Parameters
    ----------
    first, second : tables with the same ages, shape (..., n_ages)
    symmetric : the mean of both directions, so that exchanging the tables only changes the sign

    Raises
    ------
    FiguresRefused
        If ages differ, or nobody in a table is left before the open age.

    Source: Arriaga (1984), as Preston et al. (2001), section 3.10, state it.
    """
    if first.ages.shape != second.ages.shape or (first.ages != second.ages).any():
        raise FiguresRefused(
            "ages", None, "both tables have the same age groups",
            "make both with the same ages and closing",
            zh="两张生命表的年龄组应相同；请用同样的年龄与封闭方法编制",
        )  # fmt: skip
    for name, table in (("first.lx", first), ("second.lx", second)):
        refuse_where(
            name, table.lx, table.lx <= 0, "somebody is left at every age",
            "let the open age group begin earlier", "每个年龄都应有存活者；请将开放组提前",
        )  # fmt: skip
    direct, indirect = _arriaga(first, second)
    if symmetric:
        back, later = _arriaga(second, first)
        direct, indirect = (direct - back) / 2, (indirect - later) / 2
    return ArriagaParts(first.ages, second.e0 - first.e0, direct, indirect)


def _arriaga(first: LifeTable, second: LifeTable) -> tuple[Floats, Floats]:
    l1, l2 = first.lx / first.radix, second.lx / second.radix
    L1, L2 = first.Lx / first.radix, second.Lx / second.radix
    T2 = second.Tx / second.radix
    direct = l1 * (L2 / l2 - L1 / l1)
    indirect = np.zeros(direct.shape)
    ratio = l1 / l2
    indirect[..., :-1] = T2[..., 1:] * (ratio[..., :-1] - ratio[..., 1:])
    return direct, indirect


def _shares(name: str, people: npt.ArrayLike) -> Floats:
    counted = np.atleast_1d(not_negative(name, people))
    return counted / positive(f"sum of {name}", counted.sum(axis=-1, keepdims=True))


def _factors(name: str, factors: Factors) -> tuple[tuple[str, ...], list[Floats]]:
    if isinstance(factors, Mapping):
        names, given = tuple(factors), list(factors.values())
    else:
        names, given = tuple(f"factor {i + 1}" for i in range(len(factors))), list(factors)
    if not 2 <= len(names) <= _MOST_FACTORS:
        raise FiguresRefused(
            name, f"{len(names)} factors", f"two to {_MOST_FACTORS} factors can be told apart",
            "join some of them", zh=f"可分解的因素为 2 至 {_MOST_FACTORS} 个；请合并部分因素",
        )  # fmt: skip
    return names, [
        figures(f"{name}[{one!r}]", value) for one, value in zip(names, given, strict=True)
    ]


def _refuse_unlike(names: tuple[str, ...], other: tuple[str, ...]) -> None:
    if names != other:
        raise FiguresRefused(
            "first and second", f"{', '.join(names)} and {', '.join(other)}",
            "both have the same factors in one order", "name the same factors",
            zh="两个总体的因素及顺序应一致；请列出相同的因素",
        )  # fmt: skip


def _value(
    function: Callable[..., npt.ArrayLike], one: list[Floats], other: list[Floats], which: int
) -> Floats:
    """The function where the factors of the bits set are of the second population."""
    mixed = [other[i] if which >> i & 1 else one[i] for i in range(len(one))]
    return figures("function of the factors", function(*mixed))
