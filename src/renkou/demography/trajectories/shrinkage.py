"""The process of a small area, drawn to that of the whole it belongs to. Pure.

Innovation variance. True variances of areas about their parent's are scaled inverse chi-square
(inverse gamma): σ² ~ ν0 s0² / χ²(ν0). An area's own estimate s² on ν degrees of freedom then gives

    s̃² = (ν0 s0² + ν' s²) / (ν0 + ν')      on ν0 + ν' degrees of freedom.

Sampling noise (few births in a township) was taken out of s², which does not make s² as well known as if
there had been none: an estimate σ² + N - N varies by 2 (σ² + N)² / ν, so it counts ν' = ν (s0² / (s0² + N))²
degrees of freedom, with N the noise in a yearly change. Where s² came out at 0 the rule holds as it is.

Autocorrelation. φ̃ is the mean of own and parent's φ, weighed by the inverse squares of their standard
errors (normal prior, normal estimate).

`pooled_process` makes a parent from the processes of its areas. Where no sampling noise was taken out, s0²
and ν0 follow from the moments of log s²: mean ln s0² + ψ(ν/2) - ln(ν/2) - ψ(ν0/2) + ln(ν0/2), variance
ψ'(ν/2) + ψ'(ν0/2). Where it was, own estimates may be below 0 by chance, and have no logarithm: s0² is their
mean, weighed by ν', and ν0 = 4 + 2 s0⁴ / B with B what their squared deviations exceed 2 (s0² + N)² / ν by,
for an inverse chi-square varies by 2 s0⁴ / (ν0 - 4) about its mean. To leave out those below 0 would make
areas look restless that are only small.

Source: Smyth (2004), Stat. Appl. Genet. Mol. Biol. 3(1):3, section 6.2; Gelman et al. (2013), Bayesian
Data Analysis, 3rd ed., section 2.6 (inverse chi-square) and 2.5 (normal).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import digamma, polygamma

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats
from renkou.demography.trajectories.processes import Process

MANY = 1e6  # degrees of freedom where areas do not differ beyond chance


def shrunk(process: Process, parent: Process, n: float | None = None) -> Process:
    """An area's process, drawn to its parent's by how little its own history says.

    Parameters
    ----------
    process : of the area or areas, as the `fit_*` functions give it with `parent=None`
    parent : of the province or nation, or `pooled_process` of the sister areas
    n : how many degrees of freedom the parent's variance counts, ν0; its own `freedom` if not given

    >>> from renkou.demography.trajectories.processes import constant_process
    >>> short = constant_process("fertility", 0.10, freedom=2, phi=0.5, phi_error=0.4)
    >>> whole = constant_process("fertility", 0.05, freedom=8, phi=0.97, phi_error=0.02)
    >>> found = shrunk(short, whole)
    >>> float(found.sigma.round(4)), float(found.freedom), float(found.phi.round(3))
    (0.0632, 10.0, 0.969)
    """
    _one_measure(process, parent)
    weight = np.asarray(parent.freedom if n is None else float(n))
    # A parent of areas fitted apart from it: its sexes stand last, so its other axes join in front.
    own_variance, whole_variance = np.square(process.sigma), np.square(parent.sigma)
    own_freedom = _beside(process.freedom, own_variance) * told_despite(process, whole_variance)
    whole_freedom = _beside(weight, whole_variance)
    total = own_freedom + whole_freedom
    variance = (own_freedom * own_variance + whole_freedom * whole_variance) / total
    own = process.freedom > 0
    own_error = np.where(own, process.phi_error, 1e9)
    phi, phi_error = weighed(process.phi, own_error, parent.phi, parent.phi_error)
    freedom = total.mean(axis=-1) if variance.ndim > phi.ndim else total
    return replace(
        process,
        sigma=np.sqrt(variance),
        freedom=np.broadcast_to(freedom, phi.shape),
        phi=phi,
        phi_error=phi_error,
        mean_error=np.broadcast_to(np.where(own, process.mean_error, parent.mean_error), phi.shape),
        drift_error=np.where(_beside(own, variance), process.drift_error, parent.drift_error),
        correlation=_of_the_sexes(process, parent),
        notes=(*process.notes, _said(own_freedom, total)),
    )


def _said(own: Floats, total: Floats) -> str:
    share = np.asarray(own / total)
    return (
        f"variance drawn to the parent's: own history weighs {share.min():.0%}"
        + (f" to {share.max():.0%}" if share.size > 1 else "")
        + " (inverse chi-square rule)"
    )


def told_despite(process: Process, variance: Floats) -> Floats:
    """(s0² / (s0² + N))², the part of the degrees of freedom that sampling noise leaves."""
    noise = 2 * process.noise_variance
    whole = np.broadcast_to(variance, np.broadcast_shapes(variance.shape, noise.shape))
    some = whole + noise > 0
    return np.asarray(np.divide(whole, whole + noise, out=np.ones(whole.shape), where=some) ** 2)


def weighed(
    phi: Floats, phi_error: Floats, of_parent: Floats, error_of_parent: Floats
) -> tuple[Floats, Floats]:
    """φ and its standard error by inverse variances; an error of 0 is taken as certain.

    >>> weighed(np.array(0.5), np.array(0.3), np.array(0.9), np.array(0.3))
    (array(0.7), array(0.21213203))
    """
    own, whole = (np.square(np.maximum(e, 1e-9)) for e in (phi_error, error_of_parent))
    share = whole / (whole + own)
    error = np.sqrt(1 / (1 / own + 1 / whole))
    found = share * phi + (1 - share) * of_parent
    return np.asarray(found), np.asarray(np.where(error <= 1e-8, 0.0, error))


def _of_the_sexes(process: Process, parent: Process) -> Floats:
    """Correlation by the mean of Fisher's z, weighed by degrees of freedom."""
    own, whole = process.freedom, np.asarray(parent.freedom)
    z = (own * np.arctanh(process.correlation) + whole * np.arctanh(parent.correlation)) / (
        own + whole
    )
    return np.asarray(np.tanh(z))


def pooled_process(processes: Process | Sequence[Process]) -> Process:
    """The parent of processes: what areas have in common and how much they differ.

    Parameters
    ----------
    processes : several of one area each, or one of areas fitted side by side; with `parent=None`

    Raises
    ------
    FiguresRefused
        If there are fewer than three: how much areas differ cannot be told from two.
    """
    processes = _side_by_side(processes) if isinstance(processes, Process) else processes
    if len(processes) < 3:
        raise FiguresRefused(
            "processes", len(processes), "a parent is made of at least three areas",
            "take the parent's own history, or a pooled process of this package",
            zh="汇总上级过程至少需要三个区域；请改用上级区域自己的历史或本软件自带的汇总过程",
        )  # fmt: skip
    for each in processes[1:]:
        _one_measure(each, processes[0])
    variance = np.stack([p.own_variance for p in processes])
    freedom = np.array([float(p.freedom) for p in processes])
    noise = np.stack([2 * p.noise_variance for p in processes])
    known = freedom > 0
    by_moments = _of_noisy if noise.any() or (variance[known] <= 0).any() else _inverse_chi_square
    whole, prior = by_moments(variance[known], freedom[known], noise[known])
    phi = np.array([float(p.phi) for p in processes])
    weight = 1 / np.maximum([float(p.phi_error) for p in processes], 1e-3) ** 2
    mean = float((weight * phi).sum() / weight.sum())
    between = max(float(np.var(phi, ddof=1) - np.mean(1 / weight)), 0.0)
    middle = {
        name: np.median(np.stack([getattr(p, name) for p in processes]), axis=0)
        for name in ("mean_error", "drift_error")
    }
    z = np.mean([np.arctanh(float(p.correlation)) for p in processes])
    return replace(
        processes[0], sigma=np.sqrt(whole), freedom=np.asarray(prior), phi=np.asarray(mean),
        phi_error=np.asarray(np.sqrt(between + 1 / weight.sum())), correlation=np.asarray(np.tanh(z)),
        noise_variance=np.zeros_like(whole), own_variance=whole, years_used=(),
        notes=(f"pooled from {int(known.sum())} of {len(processes)} areas with a history",),
        **middle,
    )  # fmt: skip


def _side_by_side(process: Process) -> list[Process]:
    """A process of one area for each of the areas of one."""
    names = (
        "sigma", "freedom", "phi", "phi_error", "mean_error", "drift_error", "correlation",
        "noise_variance", "own_variance",
    )  # fmt: skip
    if process.freedom.ndim == 0:
        return [process]
    count = process.freedom.size
    return [replace(process, **{n: getattr(process, n)[i] for n in names}) for i in range(count)]


def _of_noisy(variance: Floats, freedom: Floats, noise: Floats) -> tuple[Floats, Floats]:
    """s0² (one per sex) and ν0 from estimates that may be below 0; s0² = 0 where noise explains all."""
    of_area = freedom.reshape(-1, *[1] * (variance.ndim - 1))
    whole = np.maximum(variance.mean(axis=0), 0.0)
    for _ in range(100):
        told = (
            np.divide(whole, whole + noise, out=np.ones_like(noise), where=whole + noise > 0) ** 2
        )
        weight = of_area * told + 1e-300
        before, whole = whole, np.maximum((weight * variance).sum(axis=0) / weight.sum(axis=0), 0.0)
        if np.allclose(before, whole, rtol=1e-9, atol=0):
            break
    beyond = (variance - whole) ** 2 - 2 * (whole + noise) ** 2 / of_area
    between = float(((weight * beyond).sum(axis=0) / weight.sum(axis=0)).mean())
    prior = 4 + 2 * float(np.mean(whole**2)) / between if between > 0 else MANY
    return np.asarray(whole), np.asarray(min(prior, MANY))


def _inverse_chi_square(variance: Floats, freedom: Floats, noise: Floats) -> tuple[Floats, Floats]:
    """s0² (one per sex) and ν0 by the moments of log variances (Smyth 2004, section 6.2)."""
    half = freedom.reshape(-1, *[1] * (variance.ndim - 1)) / 2
    e = np.log(variance) - digamma(half) + np.log(half)
    beyond = float(np.mean(np.var(e, axis=0, ddof=1)) - np.mean(polygamma(1, half)))
    prior = 2 * _inverse_trigamma(beyond) if beyond > 0 else MANY
    prior = min(prior, MANY)
    return np.exp(e.mean(axis=0) + digamma(prior / 2) - np.log(prior / 2)), np.asarray(prior)


def _inverse_trigamma(x: float) -> float:
    """y with ψ'(y) = x, by Newton's steps on 1/ψ' (Smyth 2004, appendix)."""
    y = 0.5 + 1 / x
    for _ in range(50):
        at = float(polygamma(1, y))
        step = at * (1 - at / x) / float(polygamma(2, y))
        y += step
        if abs(step) < 1e-10 * y:
            break
    return y


def _beside(of_area: npt.NDArray[Any], of_sex: Floats) -> npt.NDArray[Any]:
    """A value per area, with a last axis where the other has one for the sexes."""
    short = np.asarray(of_area)
    return short[..., None] if of_sex.ndim > short.ndim and of_sex.shape[-1:] == (2,) else short


def _one_measure(process: Process, parent: Process) -> None:
    if process.measure != parent.measure:
        raise FiguresRefused(
            "parent.measure", repr(parent.measure), f"is that of the area, {process.measure!r}",
            "give the parent's process of the same measure",
            zh="上级过程应与本区域属同一指标；请给出同一指标的上级过程",
        )  # fmt: skip
