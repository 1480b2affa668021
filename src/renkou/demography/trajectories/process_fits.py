"""Processes fitted to an area's own history. Pure.

A fit estimates on the area's own years and then, unless `parent=None`, draws the result to a parent
(`shrinkage.shrunk`): the pooled process of this package or, better, that of the area's province or
nation. A history of one year, or none that counts, gives the parent's parameters.

Leading axes are areas (or anything else) fitted side by side, years last.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats, figures, not_negative, of_one_length, positive
from renkou.demography.trajectories import own_history
from renkou.demography.trajectories.own_history import Mask, Variance, innovation_variance
from renkou.demography.trajectories.pooled_processes import (
    AREA_FERTILITY,
    AREA_LIFE_EXPECTANCY,
    AREA_MIGRATION,
    POOLED_FERTILITY,
    POOLED_LIFE_EXPECTANCY,
    POOLED_MIGRATION,
)
from renkou.demography.trajectories.processes import Process
from renkou.demography.trajectories.shrinkage import (
    pooled_process,
    shrunk,
    told_despite,
    weighed,
)
from renkou.demography.trajectories.working_scales import (
    Measure,
    measure_of,
    slope,
    to_working_scale,
)

# The slope of a median path of e0 is not taken from a few noisy years of a small area: whoever sets the
# path knows thirty years of it at least, if only the nation's. Its error is σ / √30, or less.
FEWEST_YEARS_OF_SLOPE = 30
FEWEST_SISTERS = 3
OF_AREAS = {
    "fertility": AREA_FERTILITY,
    "life_expectancy": AREA_LIFE_EXPECTANCY,
    "migration": AREA_MIGRATION,
}


def fit_fertility_process(
    years: npt.ArrayLike,
    tfr: npt.ArrayLike,
    *,
    births: npt.ArrayLike | None = None,
    parent: Process | None = POOLED_FERTILITY,
) -> Process:
    """How far the TFR strays from a median path.

    Parameters
    ----------
    years : shape (years,), following each other
    tfr : shape (..., years), children per woman, above 0
    births : shape (..., years), behind each TFR: their Poisson noise, 1/births of the log, is taken
        out. Without it the history is taken to be free of sampling noise, as a nation's is
    parent : drawn to it; None for the history's own estimates

    >>> low = [1.6, 1.58, 1.62, 1.65, 1.6, 1.57, 1.5, 1.52, 1.45, 1.44, 1.4, 1.36]
    >>> found = fit_fertility_process(range(2012, 2024), low)
    >>> float(found.sigma.round(3)), found.years_used[0]
    (0.049, 2012)
    """
    when, values = _history(years, tfr=positive("tfr", tfr))
    level = values[0]
    used, low = own_history.fertility_years(level)
    z = to_working_scale("fertility", level, "tfr")
    noise = np.zeros_like(z) if births is None else 1 / _beside("births", births, level)
    bridged = own_history.bridge_crises(z, own_history.SMALLEST_CRISIS["fertility"])
    crisis = bridged.crisis & used
    drift = np.where(low, 0.0, own_history.mean_change(bridged.z, used))
    reference = POOLED_FERTILITY if parent is None else parent
    phi = np.broadcast_to(reference.phi, drift.shape)
    variance = innovation_variance(bridged.z, used, phi, drift, noise)
    own = _process("fertility", variance, phi, reference, when, used)
    notes = (*_fertility_notes(when, used, low), *_notes(when, crisis, variance))
    return _drawn(replace(own, notes=notes), parent)


def fit_life_expectancy_process(
    years: npt.ArrayLike,
    e0_male: npt.ArrayLike,
    e0_female: npt.ArrayLike,
    *,
    noise_variance: npt.ArrayLike | None = None,
    parent: Process | None = POOLED_LIFE_EXPECTANCY,
) -> Process:
    """How far life expectancy at birth strays from a median path, both sexes together.

    Parameters
    ----------
    years : shape (years,), following each other
    e0_male, e0_female : shape (..., years), years of life
    noise_variance : shape (..., years, 2), squared standard errors of e0 (`chiang_interval`); 0 if not given
    parent : drawn to it; None for the history's own estimates
    """
    when, (male, female) = _history(
        years, e0_male=positive("e0_male", e0_male), e0_female=positive("e0_female", e0_female)
    )
    level = np.stack(np.broadcast_arrays(male, female), axis=-2)  # (..., 2, years)
    z = to_working_scale("life_expectancy", level, "e0")
    noise = np.zeros_like(z)
    if noise_variance is not None:
        given = np.swapaxes(not_negative("noise_variance", noise_variance), -1, -2)
        noise = np.broadcast_to(given, level.shape) * slope("life_expectancy", level) ** 2
    bridged = own_history.bridge_crises(z, own_history.SMALLEST_CRISIS["life_expectancy"])
    used = np.ones(z.shape, dtype=np.bool_)
    drift = own_history.mean_change(bridged.z, used)
    variance = innovation_variance(bridged.z, used, np.ones(drift.shape), drift, noise)
    reference = POOLED_LIFE_EXPECTANCY if parent is None else parent
    freedom = variance.freedom.min(axis=-1)
    of_area = np.ones(freedom.shape)
    own = Process(
        "life_expectancy", np.sqrt(variance.value), freedom, of_area, 0 * of_area, 0 * of_area,
        np.zeros_like(drift), _correlation(bridged.z, drift, reference), variance.noise, variance.raw,
        tuple(int(y) for y in when),
        (f"years {when[0]:g}-{when[-1]:g}, less the mean yearly gain",
         *_notes(when, np.asarray(bridged.crisis.any(axis=-2)), variance)),
    )  # fmt: skip
    found = _drawn(own, parent)
    years_of_slope = max(len(when) - 1, FEWEST_YEARS_OF_SLOPE)
    return replace(found, drift_error=found.sigma / np.sqrt(years_of_slope))


def fit_migration_process(
    years: npt.ArrayLike,
    net_migration: npt.ArrayLike,
    population: npt.ArrayLike,
    *,
    moves: npt.ArrayLike | None = None,
    parent: Process | None = POOLED_MIGRATION,
) -> Process:
    """How far net migration per person strays from a median path: an AR(1) about its own mean.

    Parameters
    ----------
    years : shape (years,), following each other
    net_migration, population : shape (..., years), persons
    moves : shape (..., years), arrivals plus departures: their Poisson noise is taken out
    parent : drawn to it; None for the history's own estimates

    Nothing is bridged: waves of refugees and of returning workers are what migration's chance is made of.
    """
    when, (net, people) = _history(
        years, net_migration=figures("net_migration", net_migration),
        population=positive("population", population),
    )  # fmt: skip
    z = net / people
    noise = np.zeros_like(z)
    if moves is not None:
        noise = np.broadcast_to(not_negative("moves", moves) / people**2, z.shape)
    reference = POOLED_MIGRATION if parent is None else parent
    phi, phi_error = _autocorrelation(z, noise)
    if parent is not None:  # before σ² is estimated at it
        phi, phi_error = weighed(phi, phi_error, parent.phi, parent.phi_error)
    variance = _residual_variance(z, phi, noise)
    own = _process("migration", variance, phi, reference, when, np.ones(z.shape, dtype=np.bool_))
    said = (f"years {when[0]:g}-{when[-1]:g}, none left out", *_notes(when, None, variance))
    found = _drawn(replace(own, phi_error=phi_error, notes=said), parent)
    n = z.shape[-1]
    return replace(found, mean_error=found.sigma / np.sqrt(n) / np.maximum(1 - phi, 1 / n))


def fit_deviation_process(
    measure: str,
    years: npt.ArrayLike,
    of_area: npt.ArrayLike,
    of_whole: npt.ArrayLike,
    *,
    noise_variance: npt.ArrayLike | None = None,
    parent: Process | Literal["sisters", "published"] | None = "sisters",
) -> Process:
    """How far areas stray from their city or province: the component of their own.

    Parameters
    ----------
    measure : 'fertility' (TFR), 'life_expectancy' or 'migration' (net migrants per person)
    of_area : shape (..., years), or (..., years, 2) of a life expectancy, male then female
    of_whole : shape (years,) or (years, 2), the same measure of the whole
    noise_variance : shape of `of_area`: squared standard errors of its figures, in its unit
    parent : drawn to it: 'sisters', what these areas have in common where there are three or more
        (`pooled_process`) and else 'published', of subnational areas; None for own estimates

    Deviations on the working scale are an AR(1) about the area's own mean, at the parent's φ.
    """
    name = measure_of(measure)
    when, area, whole = _of_both(name, years, of_area, of_whole)
    z = to_working_scale(name, area, "of_area") - to_working_scale(name, whole, "of_whole")
    noise = np.zeros_like(z)
    if noise_variance is not None:
        given = _years_last(name, not_negative("noise_variance", noise_variance))
        noise = np.broadcast_to(given, z.shape) * slope(name, area) ** 2
    reference = parent if isinstance(parent, Process) else OF_AREAS[name]
    used = np.ones(z.shape, dtype=np.bool_)
    phi = np.broadcast_to(reference.phi, z.shape[:-1])
    variance = innovation_variance(z, used, phi, np.zeros(z.shape[:-1]), noise)
    of_area_only = phi[..., 0] if name == "life_expectancy" else phi
    own = _process(name, variance, of_area_only, reference, when, used)
    said = f"years {when[0]:g}-{when[-1]:g}, deviations from the whole"
    own = replace(own, notes=(said, *_notes(when, None, variance)))
    if parent is None:
        return own
    sisters = parent == "sisters" and own.freedom.size >= FEWEST_SISTERS and len(when) > 1
    return _drawn(own, _of_sisters(own, reference) if sisters else reference)


def _of_sisters(own: Process, published: Process) -> Process:
    """What the areas have in common, itself drawn to the published process.

    All sisters together count the degrees of freedom that sampling noise leaves them, at the larger of
    the two variances: five noisy years of a hundred villages may still say little. Variances of areas
    spread about the common one (on its own ν0), which is itself known only so well (on what was counted):
    variances of logarithms, 2/ν each, add up.
    """
    pooled = pooled_process(own)
    least = replace(published, sigma=np.maximum(pooled.sigma, published.sigma))
    told = told_despite(own, np.square(least.sigma))
    counted = (own.freedom.reshape(-1, *[1] * (told.ndim - 1)) * told).sum(axis=0).mean()
    both = shrunk(replace(pooled, freedom=np.asarray(counted)), published)
    freedom = 1 / (1 / pooled.freedom + 1 / both.freedom)
    return replace(
        pooled, sigma=both.sigma, freedom=freedom, phi=published.phi, phi_error=published.phi_error,
        correlation=published.correlation, mean_error=published.mean_error,
    )  # fmt: skip


def _years_last(measure: Measure, values: Floats) -> Floats:
    return np.swapaxes(values, -1, -2) if measure == "life_expectancy" else values


def _of_both(
    measure: Measure, years: npt.ArrayLike, of_area: npt.ArrayLike, of_whole: npt.ArrayLike
) -> tuple[Floats, Floats, Floats]:
    area, whole = figures("of_area", of_area), figures("of_whole", of_whole)
    if measure == "life_expectancy":
        for name, values in (("of_area", area), ("of_whole", whole)):
            if values.ndim < 2 or values.shape[-1] != 2:
                raise FiguresRefused(
                    name, values.shape, "a life expectancy has a last axis of two sexes",
                    "give male and female e0 of each year",
                    zh="预期寿命的最后一维应为男、女两性；请逐年给出男性和女性的预期寿命",
                )  # fmt: skip
    area, whole = _years_last(measure, area), _years_last(measure, whole)
    when, _ = _history(years, of_area=area, of_whole=whole)
    return when, area, whole


def _history(years: npt.ArrayLike, **series: Floats) -> tuple[Floats, tuple[Floats, ...]]:
    """Years that follow each other, and series of as many values."""
    when = np.atleast_1d(figures("years", years))
    gap = np.flatnonzero(np.diff(when) != 1)
    if gap.size:
        at = int(gap[0]) + 1
        raise FiguresRefused(
            f"years[{at}]", f"{when[at]:g}", f"years follow each other; {when[at - 1]:g} stands before",
            "fill the gap or begin after it", zh="年份应逐年相连；请补上缺失的年份，或从缺口之后开始",
        )  # fmt: skip
    for name, values in series.items():
        of_one_length(years=when, **{name: values})
    return when, tuple(series.values())


def _beside(name: str, values: npt.ArrayLike, like: Floats) -> Floats:
    """Positive values, one for each of another array."""
    array = positive(name, values)
    of_one_length(years=like, **{name: array})
    return np.broadcast_to(array, like.shape)


def _process(
    measure: Measure, variance: Variance, phi: Floats, reference: Process, when: Floats, used: Mask
) -> Process:
    """A process of an own variance; what a history cannot tell is the reference's."""
    of_area = np.zeros(phi.shape)
    freedom = variance.freedom if variance.freedom.ndim == phi.ndim else variance.freedom.min(-1)
    any_used = used.reshape(-1, used.shape[-1]).any(axis=0)
    return Process(
        measure, np.sqrt(variance.value), freedom, np.asarray(phi), of_area + reference.phi_error,
        of_area + reference.mean_error, np.zeros(variance.value.shape),
        of_area + reference.correlation, variance.noise, variance.raw,
        tuple(int(y) for y in when[any_used]),
    )  # fmt: skip


def _drawn(own: Process, parent: Process | None) -> Process:
    if parent is None:
        return own
    # φ came from the parent: it is not to be weighed against itself.
    return replace(shrunk(own, parent), phi=own.phi, phi_error=own.phi_error)


def _autocorrelation(z: Floats, noise: Floats) -> tuple[Floats, Floats]:
    """φ by moments with Kendall's correction for bias, and its standard error.

    Source: Kendall (1954), Biometrika 41:403-404: E(φ̂) = φ - (1 + 3φ) / n.
    """
    n = z.shape[-1]
    around = z - z.mean(axis=-1, keepdims=True)
    whole = np.sum(around**2, axis=-1) - noise.sum(axis=-1)
    together = np.sum(around[..., 1:] * around[..., :-1], axis=-1)
    some = whole > 0
    raw = np.divide(together, whole, out=np.zeros(whole.shape), where=some)
    phi = np.clip((n * raw + 1) / max(n - 3, 1), 0.0, 1.0)
    error = np.sqrt(np.maximum(1 - phi**2, 1 / n) / n)
    return np.asarray(phi), np.asarray(np.where(some, error, 1.0))


def _residual_variance(z: Floats, phi: Floats, noise: Floats) -> Variance:
    """σ² of z(t) - φ z(t-1) about its mean, sampling noise removed."""
    n = z.shape[-1]
    if n < 3:
        nothing = np.zeros(z.shape[:-1])
        return Variance(nothing, nothing, nothing > 0, noise.mean(axis=-1), nothing)
    step = z[..., 1:] - phi[..., None] * z[..., :-1]
    raw = step.var(axis=-1, ddof=1)
    chance = (noise[..., 1:] + phi[..., None] ** 2 * noise[..., :-1]).mean(axis=-1)
    left = raw - chance
    freedom = np.full(left.shape, float(n - 2))
    return Variance(np.maximum(left, 0.0), freedom, left < 0, noise.mean(axis=-1), left)


def _correlation(z: Floats, drift: Floats, reference: Process) -> Floats:
    """Correlation of the sexes' yearly changes, from ranks: 2 sin(π ρ_s / 6).

    Ranks, so that one shared famine does not make the sexes move together in quiet years.
    """
    change = np.diff(z, axis=-1) - drift[..., None]
    if change.shape[-1] < 4:
        return np.broadcast_to(reference.correlation, drift.shape[:-1])
    rank = change.argsort(axis=-1).argsort(axis=-1).astype(np.float64)
    rank -= rank.mean(axis=-1, keepdims=True)
    top = (rank[..., 0, :] * rank[..., 1, :]).sum(axis=-1)
    spearman = top / np.sqrt((rank**2).sum(axis=-1).prod(axis=-1))
    return np.asarray(np.clip(2 * np.sin(np.pi * spearman / 6), -0.99, 0.99))


def _fertility_notes(when: Floats, used: Mask, low: Mask) -> tuple[str, ...]:
    first = when[used.argmax(axis=-1)]
    said = (
        f"{first.min():g}" if first.min() == first.max() else f"{first.min():g} to {first.max():g}"
    )
    end = f"{when[-1]:g}"
    if low.all():
        return (f"years {said}-{end}, from the first with a TFR below 2.1",)
    if not low.any():
        return (
            f"years {said}-{end}, from the highest TFR: fewer than ten years below 2.1; mean change removed",
        )
    return (
        f"years from {said} to {end}: of low fertility where there are ten, else from the highest TFR",
    )


def _notes(when: Floats, crisis: Mask | None, variance: Variance) -> tuple[str, ...]:
    """What was bridged and what came out at zero."""
    said = []
    if crisis is not None and crisis.any():
        bridged = when[crisis.reshape(-1, crisis.shape[-1]).any(axis=0)]
        said.append("crisis years bridged: " + ", ".join(f"{y:g}" for y in bridged))
    if variance.floored.any():
        said.append(
            f"in {int(variance.floored.sum())} of {variance.floored.size} series sampling noise alone "
            "explains more than was seen: own variance taken as 0"
        )
    return tuple(said)
