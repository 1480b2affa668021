"""Three or more lists: how many people are in none, by log-linear models and their average. Pure.

With three lists or more the data show which lists depend on each other, and the estimate allows for
it. What they cannot show: a dependence of all lists together, and people whom no list could ever hold.

Sources: Cormack (1992), Biometrics 48, 567-576 (profile likelihood); Buckland, Burnham & Augustin
(1997), Biometrics 53, 603-618 (averaging).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.stats import chi2

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats, not_negative
from renkou.demography.coverage.dual_system import (
    PopulationEstimate,
    log_normal_interval,
    predictive_interval,
)
from renkou.demography.coverage.log_linear import (
    Fits,
    Mixing,
    Model,
    fit_models,
    hierarchical_models,
    model_of,
    profile_likelihood,
)
from renkou.demography.rates.intervals import normal_quantile

Criterion = Literal["aic", "bic"]
_MOST_MODELS = 1100
_BISECTIONS = 50
NOTES = (
    "Assumed: no dependence of all lists together, closed population, right links, nobody listed "
    "wrongly; people whom no list can ever hold are not seen by any method. "
    "假设：不存在全部名册之间的共同依赖，人口封闭，关联无误，无误登；任何名册都不可能登记的人，任何方法都看不到。",
)


@dataclass(frozen=True)
class ModelWeight:
    """One model among those averaged: its interactions as list positions, its weight and estimate."""

    interactions: tuple[tuple[int, ...], ...]
    weight: float
    estimate: float
    deviance: float
    degrees: float


@dataclass(frozen=True)
class MultipleSystems(PopulationEstimate):
    """A population estimate and the models behind it, the heaviest first."""

    models: tuple[ModelWeight, ...]


def multiple_systems_estimate(
    counts: npt.ArrayLike,
    *,
    independent: Iterable[int] = (),
    highest_order: int = 2,
    criterion: Criterion = "aic",
    average: bool = True,
    level: float = 0.95,
    mixing: Mixing | None = None,
) -> MultipleSystems:
    """Population size from three or more lists, by stratum and in total.

    Parameters
    ----------
    counts : shape (strata, 2 ** lists) or (2 ** lists,), people by mask of lists; position 0 is not
        looked at (see `capture_histories`)
    independent : positions of lists that are known to be independent of all others, such as an
        audit drawn by chance: no model lets them interact
    highest_order : 2 for dependence of two lists, 3 for that of three together, and so on
    criterion : models are compared by AIC or BIC, summed over strata: one form holds for all
    average : weigh the models by the criterion, or take the best alone
    mixing : what wrong links made of people; see `multiple_systems_with_linkage_error`, which also
        says how uncertain that is

    Raises
    ------
    FiguresRefused
        If there are fewer than three lists, too many models, or no model tells the missed.

    >>> people = [0, 69, 55, 21, 63, 17, 18, 28]
    >>> found = multiple_systems_estimate(people)
    >>> round(found.total), found.models[0].interactions
    (1309, ((0, 1), (0, 2), (1, 2)))
    """
    table = checked_histories(counts, least=3)
    lists = table.shape[1].bit_length() - 1
    models = hierarchical_models(lists, highest_order, independent)
    _refuse_many(len(models))
    fits, notes = _fitted(table, models, mixing)
    usable = fits.identified.all(axis=0)
    if not usable.any():
        raise FiguresRefused(
            "counts", None, "some model tells how many people are missed",
            "join strata or leave out a list that overlaps with no other",
            zh="应至少有一个模型能估计漏登人数；请合并层，或去掉与其他名册无重叠的名册",
        )  # fmt: skip
    value = (fits.aic if criterion == "aic" else _bic(fits, table)).sum(axis=0)
    weight = _weights(np.where(usable, value, np.inf), average)
    method = f"log-linear, {criterion}"
    return _averaged(table, models, fits, weight, level, method, notes, right=mixing is None)


def _fitted(
    table: Floats, models: Sequence[Model], mixing: Mixing | None
) -> tuple[Fits, tuple[str, ...]]:
    """Fits; a stratum that no model can tell gets 1 / 2 ** (lists - 1) people in every combination.

    Such is one where everybody stands in one list: the missed would be none, without an interval.
    Source: Evans & Bonett (1994), Biometrics 50, 388-395.
    """
    fits = fit_models(table, models, mixing)
    lost = np.logical_not(np.any(fits.identified, axis=1))
    if not lost.any():
        return fits, ()
    added = 2.0 / table.shape[1]
    fits = fit_models(table + added * lost.reshape(-1, 1), models, mixing)
    return fits, (
        f"{int(lost.sum())} strata with too few combinations: {added:g} people were added to each one. "
        f"{int(lost.sum())} 个层的名册组合过少，每个组合各加 {added:g} 人后估计。",
    )


def checked_histories(counts: npt.ArrayLike, *, least: int) -> Floats:
    """Counts by combination of lists, with a row for the strata and position 0 empty."""
    table = np.atleast_2d(not_negative("counts", counts)).copy()
    size = table.shape[1]
    if table.ndim != 2 or size & (size - 1) or size < 1 << least:
        raise FiguresRefused(
            "counts", table.shape, f"has 2 ** lists columns for at least {least} lists",
            "make it with capture_histories",
            zh=f"列数应为 2 的名册数次方，至少 {least} 份名册；请用 capture_histories 生成",
        )  # fmt: skip
    table[:, 0] = 0
    if not table.sum(axis=1).all():
        raise FiguresRefused(
            f"counts[{int(np.argmin(table.sum(axis=1)))}]", 0, "somebody stands in some list",
            "leave the empty stratum out", zh="该层应至少有一人在册；请去掉空层",
        )  # fmt: skip
    return table


def _refuse_many(models: int) -> None:
    if models > _MOST_MODELS:
        raise FiguresRefused(
            "lists", f"{models} models", f"at most {_MOST_MODELS} models are compared",
            "join lists that come from one office, name independent ones, or lower highest_order",
            zh=f"最多比较 {_MOST_MODELS} 个模型；请合并同一部门的名册、指定独立名册，或降低 highest_order",
        )  # fmt: skip


def _bic(fits: Fits, table: Floats) -> Floats:
    return np.log(table.sum(axis=1))[:, None] * fits.parameters - 2 * fits.log_likelihood


def _weights(value: Floats, average: bool) -> Floats:
    if not average:
        return (np.arange(len(value)) == np.argmin(value)).astype(float)
    weight = np.exp(-0.5 * (value - value.min()))
    return weight / weight.sum()


def _averaged(
    table: Floats, models: Sequence[Model], fits: Fits, weight: Floats, level: float, method: str,
    notes: tuple[str, ...] = (), *, right: bool = True,
) -> MultipleSystems:  # fmt: skip
    """Estimates weighed over models; what models disagree by is part of the variance."""
    used = weight > 0
    share, shown = weight[used], table.sum(axis=1)
    inner = fits.variance[:, used]
    # With right links, whom the lists hold is no matter of the model.
    listed = shown[:, None] + 0 * inner if right else fits.listed[:, used]
    found = fits.missed[:, used] + listed
    seen = shown if right else listed @ share
    estimate = seen + fits.missed[:, used] @ share
    variance = inner @ share + ((found - estimate[:, None]) ** 2) @ share
    interval = predictive_interval if right else _around
    lower, upper = interval(seen, estimate, variance, level=level)
    totals = found.sum(axis=0)
    total_variance = inner.sum(axis=0) @ share + (totals - totals @ share) ** 2 @ share
    low, high = interval(seen.sum(), estimate.sum(), total_variance, level=level)
    notes = NOTES + notes + _notes_of(table, fits, used, fits.missed[:, used].sum(axis=0))
    return MultipleSystems(
        estimate, variance, lower, upper, seen, float(estimate.sum()), float(total_variance),
        float(low), float(high), level, method, notes, _described(models, fits, weight),
    )  # fmt: skip


def _around(
    seen: Floats, estimate: Floats, variance: Floats, *, level: float = 0.95
) -> tuple[Floats, Floats]:
    """Normal interval: where links may be wrong, whom the lists hold is uncertain both ways."""
    width = normal_quantile(level) * np.sqrt(variance)
    return estimate - width, estimate + width


def _notes_of(
    table: Floats, fits: Fits, used: npt.NDArray[np.bool_], totals: Floats
) -> tuple[str, ...]:
    notes = []
    left_out = int((~fits.identified.all(axis=0)).sum())
    if left_out:
        notes.append(
            f"{left_out} of {len(used)} models left out: their cells do not tell the missed. "
            f"{len(used)} 个模型中有 {left_out} 个无法由数据确定，未采用。"
        )
    empty = int((table[:, 1:] == 0).sum())
    if empty:
        notes.append(
            f"{empty} combinations of lists hold nobody; interactions of lists that never meet are "
            f"taken as minus infinity there. {empty} 个名册组合无人；从不重叠的名册视为互斥。"
        )
    if totals.max() > 3 * totals.min() + 10:
        notes.append(
            f"The models differ widely: {totals.min():,.0f} to {totals.max():,.0f} people missed. Trust "
            "the interval, not the figure. 各模型相差较大（漏登 "
            f"{totals.min():,.0f} 至 {totals.max():,.0f} 人），请看区间而非单一数值。"
        )
    return tuple(notes)


def _described(models: Sequence[Model], fits: Fits, weight: Floats) -> tuple[ModelWeight, ...]:
    heaviest = [m for m in np.argsort(-weight)[:10] if weight[m] > 1e-4]
    return tuple(
        ModelWeight(
            _generators(models[m]), float(weight[m]), float((fits.listed + fits.missed)[:, m].sum()),
            float(fits.deviance[:, m].sum()), float(fits.degrees[:, m].sum()),
        )
        for m in heaviest
    )  # fmt: skip


def _generators(model: Model) -> tuple[tuple[int, ...], ...]:
    """Interactions of a model that are no part of another, as list positions."""
    top = [t for t in model if not any(t != o and t & o == t for o in model)]
    return tuple(tuple(i for i in range(t.bit_length()) if t >> i & 1) for t in sorted(top))


def log_linear_estimate(
    counts: npt.ArrayLike,
    interactions: Iterable[Sequence[int]] = (),
    *,
    interval: Literal["profile", "log_normal"] = "profile",
    level: float = 0.95,
) -> MultipleSystems:
    """Population size under one model, named by its interactions as list positions.

    The interval is that of the multinomial profile likelihood (Cormack 1992) by stratum; the total's
    is predictive. `estimate` is the Poisson fit's, as usual.

    >>> found = log_linear_estimate([0, 71, 53, 155, 43, 7, 13, 72], [(0, 1), (1, 2)])
    >>> round(found.total), round(found.models[0].deviance, 1)
    (850, 3.8)
    """
    table = checked_histories(counts, least=2)
    model = model_of(interactions, table.shape[1].bit_length() - 1)
    fits = fit_models(table, [model])
    if not fits.identified.all():
        row = int(np.argmin(fits.identified[:, 0]))
        raise FiguresRefused(
            f"counts[{row}]", None, "the model's cells tell how many people are missed",
            "leave out an interaction, or join strata", zh="模型应能由数据确定；请去掉一个交互项或合并层",
        )  # fmt: skip
    found = _averaged(table, [model], fits, np.ones(1), level, "log-linear, one model")
    if interval == "profile":
        lower, upper = profile_missed(table, model, fits.missed[:, 0], level=level)[1:]
    else:
        lower, upper = log_normal_interval(found.seen, found.estimate, found.variance, level=level)
        lower, upper = lower - found.seen, upper - found.seen
    return MultipleSystems(
        **{**found.__dict__, "lower": found.seen + lower, "upper": found.seen + upper}
    )


def profile_missed(
    counts: Floats, model: Model, near: Floats, *, level: float = 0.95
) -> tuple[Floats, Floats, Floats]:
    """Best, lowest and highest number of missed people by the multinomial profile likelihood."""

    def likelihood(missed: Floats) -> Floats:
        return profile_likelihood(counts, np.maximum(missed, 1e-6), model)

    best = _peak(likelihood, near)
    floor = likelihood(best) - chi2.ppf(level, 1) / 2
    low, high = np.zeros_like(best), best + 1
    for _ in range(_BISECTIONS):
        inside = likelihood(high) > floor
        if not inside.any():
            break
        high = np.where(inside, high * 2, high)
    ends = []
    for out in (low, high):
        inside = best.copy()
        for _ in range(_BISECTIONS):
            middle = (out + inside) / 2
            excluded = likelihood(middle) < floor
            out, inside = np.where(excluded, middle, out), np.where(excluded, inside, middle)
        ends.append(inside)
    return best, ends[0], ends[1]


def _peak(likelihood: Callable[[Floats], Floats], near: Floats) -> Floats:
    """Golden section for the best number of missed, between none and four times a near guess."""
    ratio = (np.sqrt(5) - 1) / 2
    low, high = np.zeros_like(near), 4 * near + 10
    for _ in range(_BISECTIONS):
        one, other = high - ratio * (high - low), low + ratio * (high - low)
        better = likelihood(one) > likelihood(other)
        low, high = np.where(better, low, one), np.where(better, other, high)
    return (low + high) / 2
