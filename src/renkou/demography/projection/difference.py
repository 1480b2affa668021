"""The difference of two projections told apart: fertility, mortality, migration, base. Pure.

Every mixture of the two scenarios' assumptions is projected (2⁴ or 2⁵ runs); the effect of an
assumption is its change averaged over all ways in which the others may have changed before it.
The effects add up to the difference exactly, and none is left over as 'interaction'.

Source: Das Gupta (1993), Standardization and Decomposition of Rates, equation 3.54, on
counterfactual projections as Bongaarts & Bulatao (1999), Completing the Demographic Transition,
Population and Development Review 25, make them for momentum, fertility and mortality.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats, not_negative
from renkou.demography.rates.decomposition import das_gupta

POPULATION, SIZE, STRUCTURE = "population", "population_size", "age_structure"
Run = Callable[[Mapping[str, Any]], npt.ArrayLike]


@dataclass(frozen=True, eq=False)
class ProjectionDifference:
    """What each factor adds to a measure from the first scenario to the second.

    `effects` has shape (factors, ...), in the order of `factors`; `runs` counts the projections
    made. A factor that is the same in both has effect 0 and costs none.
    """

    factors: tuple[str, ...]
    first: Floats
    second: Floats
    effects: Floats
    runs: int
    notes: tuple[str, ...]

    @property
    def difference(self) -> Floats:
        """The second projection's measure less the first's; the sum of the effects."""
        return self.second - self.first

    def effect(self, factor: str) -> Floats:
        """The effect of one factor."""
        effect: Floats = self.effects[self.factors.index(factor)]
        return effect


def decompose_projection_difference(
    run: Run,
    first: Mapping[str, Any],
    second: Mapping[str, Any],
    factors: Sequence[str] | None = None,
) -> ProjectionDifference:
    """Split the difference of two projections into the effects of their assumptions.

    Parameters
    ----------
    run : projects from one value per factor, and returns any measure, (...): people by year, say
    first, second : what each scenario takes for each factor; `run` alone knows what the values are
    factors : their order; that of `first` if not given

    A factor named `population` is the base, (..., 2, ages): it is told apart into
    `population_size`, the total over sexes and ages of each area, and `age_structure`, the shares
    of sexes and ages; `run` gets it whole.

    Raises
    ------
    FiguresRefused
        If the scenarios name different factors, or measures are not finite.

    >>> parts = decompose_projection_difference(
    ...     lambda s: s["women"] * s["fertility"], {"women": 10, "fertility": 2},
    ...     {"women": 12, "fertility": 1},
    ... )
    >>> parts.factors, parts.effects
    (('women', 'fertility'), array([  3., -11.]))
    """
    named = tuple(first if factors is None else factors)
    _refuse_unlike(named, first, second)
    one, two, order, notes = _base_apart(named, first, second)
    changed = [name for name in order if not _same(one[name], two[name])]

    def measure(*which: npt.ArrayLike) -> npt.ArrayLike:
        of_second = {name for name, each in zip(changed, which, strict=True) if each}
        return run(_whole({name: (two if name in of_second else one)[name] for name in order}))

    before, after, found = _effects(measure, len(changed))
    effects = np.zeros((len(order), *before.shape))
    for name, effect in zip(changed, found, strict=True):
        effects[order.index(name)] = effect
    return ProjectionDifference(order, before, after, effects, 1 << len(changed), notes)


def _effects(
    measure: Callable[..., npt.ArrayLike], count: int
) -> tuple[Floats, Floats, Sequence[Floats]]:
    """Both ends and the effect of each changed factor; one alone has all of the difference."""
    if count < 2:
        ends = [np.asarray(measure(*[end] * count), dtype=np.float64) for end in range(count + 1)]
        return ends[0], ends[-1], [ends[1] - ends[0]] if count else []
    parts = das_gupta([0.0] * count, [1.0] * count, measure)
    return parts.first, parts.second, list(parts.effects)


def _refuse_unlike(
    named: tuple[str, ...], first: Mapping[str, Any], second: Mapping[str, Any]
) -> None:
    for which, given in (("first", first), ("second", second)):
        odd = set(named) ^ set(given)
        if odd or len(set(named)) < len(named):
            raise FiguresRefused(
                which, ", ".join(sorted(odd)) or ", ".join(named),
                f"both scenarios name the factors {', '.join(named)}, each once",
                "give each factor in both", zh="两个方案应给出同样的因素且不重复；请在两者中补齐",
            )  # fmt: skip


def _same(one: Any, two: Any) -> bool:
    if one is two:
        return True
    try:
        return bool(np.array_equal(np.asarray(one), np.asarray(two)))
    except (TypeError, ValueError):
        return False


def _base_apart(
    named: tuple[str, ...], first: Mapping[str, Any], second: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any], tuple[str, ...], tuple[str, ...]]:
    """The factors with the base as size and structure."""
    if POPULATION not in named:
        return dict(first), dict(second), named, ()
    people = [not_negative(POPULATION, given[POPULATION]) for given in (first, second)]
    if people[0].shape != people[1].shape or people[0].ndim < 2:
        raise FiguresRefused(
            POPULATION, f"of shapes {people[0].shape} and {people[1].shape}",
            "both bases have the same areas, sexes and ages", "give the same places in both",
            zh="两个方案的基期人口应有相同的区域、性别和年龄；请统一",
        )  # fmt: skip
    sizes = [each.sum(axis=(-2, -1), keepdims=True) for each in people]
    shares = [each / np.where(size > 0, size, 1) for each, size in zip(people, sizes, strict=True)]
    empty = [size <= 0 for size in sizes]
    filled = [np.where(empty[i], shares[1 - i], shares[i]) for i in range(2)]
    apart = []
    for given, size, share in zip((first, second), sizes, filled, strict=True):
        values = {name: value for name, value in given.items() if name != POPULATION}
        apart.append(values | {SIZE: size, STRUCTURE: share})
    at = named.index(POPULATION)
    notes: tuple[str, ...] = (
        "The base is told apart into the size of each area and its shares by sex and age.",
    )
    if any(each.any() for each in empty):
        notes += ("An area without people in one base has the age structure of the other.",)
    return apart[0], apart[1], (*named[:at], SIZE, STRUCTURE, *named[at + 1 :]), notes


def _whole(values: dict[str, Any]) -> dict[str, Any]:
    """The base put together again."""
    if SIZE not in values or STRUCTURE not in values:
        return values
    rest = {name: value for name, value in values.items() if name not in (SIZE, STRUCTURE)}
    return rest | {POPULATION: values[SIZE] * values[STRUCTURE]}
