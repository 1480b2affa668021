"""Groups into single ages by the penalized composite link model (PCLM). Pure (NumPy, SciPy).

The single ages are exp of a smooth curve, the groups are Poisson counts of their sums: nothing can
be negative, groups may be of any width, and the open group is spread to the last age given.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats, not_negative, of_one_length, positive, starts_of_ages

_SEARCH = (-4.0, 8.0)  # log10 of the smoothing parameter
_MOST_STEPS = 200


@dataclass(frozen=True)
class Ungrouped:
    """A smooth distribution over single ages, and how it was found."""

    counts: Floats  # shape (n_single_ages,), expected counts
    rates: Floats | None  # per unit of exposure, where it was given
    standard_error: Floats  # of the logarithm of counts, as of rates
    ages: Floats
    smoothing: float
    effective_dimension: float
    deviance: float
    aic: float
    bic: float
    notes: tuple[str, ...]


def ungroup_pclm(
    counts: npt.ArrayLike,
    ages: npt.ArrayLike,
    last_age: int,
    *,
    exposure: npt.ArrayLike | None = None,
    criterion: Literal["aic", "bic"] = "bic",
    smoothing: float | None = None,
) -> Ungrouped:
    """Single ages from groups of any width by the penalized composite link model.

    Parameters
    ----------
    counts : shape (n_groups,), people or deaths by group
    ages : shape (n_groups,), first ages of the groups
    last_age : the last single age, included: where the last group ends
    exposure : shape (n_single_ages,), person-years by single age; the curve then is that of the rate
    criterion : which information criterion chooses the smoothing
    smoothing : the penalty itself, in place of a choice

    Returns
    -------
    One series; the totals of groups are kept as closely as smoothness allows, not exactly

    Raises
    ------
    FiguresRefused
        If a count is negative, all are 0, ages do not ascend, `last_age` is below the last group,
        or the iterations do not settle.

    Source: Rizzi, Gampe & Eilers (2015), American Journal of Epidemiology 182(2), p. 138-147.
    """
    groups, starts = _groups(counts, ages, last_age)
    single = np.arange(starts[0], last_age + 1)
    lived = np.ones(len(single)) if exposure is None else positive("exposure", exposure)
    of_one_length(single_ages=single, exposure=lived)
    composition = (
        (single >= starts[:, None]) & (single < np.append(starts[1:], last_age + 1)[:, None])
    ) * lived
    model = _Model(groups, composition, _second_differences(len(single)))
    chosen = _chosen(model, criterion) if smoothing is None else float(smoothing)
    if not (np.isfinite(chosen) and chosen > 0):
        raise FiguresRefused(
            "smoothing", smoothing, "a penalty is above 0", "give such as 100, or leave it out",
            zh="平滑参数应大于 0；请给出如 100，或省略",
        )  # fmt: skip
    fit = model.fit(chosen)
    fitted = np.exp(fit.curve) * lived
    return Ungrouped(
        counts=fitted, rates=None if exposure is None else np.exp(fit.curve),
        standard_error=fit.standard_error, ages=single, smoothing=chosen,
        effective_dimension=fit.dimension, deviance=fit.deviance, aic=fit.aic, bic=fit.bic,
        notes=_notes(groups, composition @ np.exp(fit.curve), last_age, criterion, smoothing, chosen),
    )  # fmt: skip


def _groups(counts: npt.ArrayLike, ages: npt.ArrayLike, last_age: int) -> tuple[Floats, Floats]:
    groups, starts = not_negative("counts", counts), starts_of_ages("ages", ages)
    of_one_length(counts=groups, ages=starts)
    if groups.ndim != 1 or len(groups) < 4 or groups.sum() == 0:
        raise FiguresRefused(
            "counts", groups.shape, "is one series of at least four groups that hold somebody",
            "give one series at a time", zh="应为一个至少四组且不全为 0 的序列；请逐个序列给出",
        )  # fmt: skip
    if last_age < starts[-1]:
        raise FiguresRefused(
            "last_age", last_age, f"the last group begins at {starts[-1]:g}",
            "give the age at which it ends", zh=f"末组从 {starts[-1]:g} 岁开始；请给出末组的最后年龄",
        )  # fmt: skip
    return groups, starts


def _second_differences(n: int) -> Floats:
    differences: Floats = np.diff(np.eye(n), n=2, axis=0)
    return differences.T @ differences


@dataclass(frozen=True)
class _Fit:
    curve: Floats
    standard_error: Floats
    dimension: float
    deviance: float
    n_groups: int

    @property
    def aic(self) -> float:
        return self.deviance + 2 * self.dimension

    @property
    def bic(self) -> float:
        return self.deviance + float(np.log(self.n_groups)) * self.dimension


@dataclass(frozen=True)
class _Model:
    groups: Floats
    composition: Floats  # shape (n_groups, n_single_ages)
    penalty: Floats

    def fit(self, smoothing: float) -> _Fit:
        """Iteratively reweighted least squares on the logarithm of the single ages."""
        curve = np.full(len(self.penalty), np.log(self.groups.sum() / self.composition.sum()))
        penalty = smoothing * self.penalty
        for _ in range(_MOST_STEPS):
            step, information = self._step(curve, penalty)
            largest = np.abs(step - curve).max()
            # Halved where it would leap: an empty group's curve may else run off at once
            curve = curve + (step - curve) * min(1.0, 5.0 / largest if largest else 1.0)
            if largest < 1e-8:
                return self._fit(curve, penalty, information)
        raise FiguresRefused(
            "counts", None, f"the curve settles within {_MOST_STEPS} steps",
            "join groups that hold nobody, or give more smoothing",
            zh=f"曲线应在 {_MOST_STEPS} 步内收敛；请合并无人的组，或加大平滑",
        )  # fmt: skip

    def _step(self, curve: Floats, penalty: Floats) -> tuple[Floats, Floats]:
        parts = self.composition * np.exp(curve)
        expected = parts.sum(-1)
        weighted = parts / expected[:, None]
        information = weighted.T @ (expected[:, None] * weighted)
        working = weighted.T @ (expected * (weighted @ curve) + self.groups - expected)
        return np.linalg.solve(information + penalty, working), information

    def _fit(self, curve: Floats, penalty: Floats, information: Floats) -> _Fit:
        expected = (self.composition * np.exp(curve)).sum(-1)
        inverse = np.linalg.inv(information + penalty)
        held = self.groups > 0
        ratio = np.where(held, self.groups / expected, 1)
        deviance = 2 * (self.groups * np.log(ratio) - self.groups + expected).sum()
        covariance = inverse @ information @ inverse
        return _Fit(
            curve, np.sqrt(np.diag(covariance)), float(np.trace(inverse @ information)),
            float(deviance), len(self.groups),
        )  # fmt: skip


def _chosen(model: _Model, criterion: str) -> float:
    if criterion not in ("aic", "bic"):
        raise FiguresRefused(
            "criterion", repr(criterion), "is 'aic' or 'bic'", "name one of the two",
            zh="应为 'aic' 或 'bic'；请选其一",
        )  # fmt: skip
    found = minimize_scalar(
        lambda power: getattr(model.fit(10**power), criterion),
        bounds=_SEARCH, method="bounded", options={"xatol": 0.01},
    )  # fmt: skip
    return float(10**found.x)


def _notes(
    groups: Floats,
    fitted: Floats,
    last_age: int,
    criterion: str,
    given: float | None,
    chosen: float,
) -> tuple[str, ...]:
    apart = np.abs(fitted - groups).max() / groups.sum()
    notes = [
        f"The last group is spread to age {last_age}.",
        f"末组展开至 {last_age} 岁。",
        f"Group totals are kept within {apart:.2%} of all people.",
        f"各组合计与原数之差不超过总人数的 {apart:.2%}。",
    ]
    if given is None:
        notes += [
            f"Smoothing chosen by {criterion.upper()}.",
            f"平滑参数按 {criterion.upper()} 选择。",
        ]
        if min(abs(np.log10(chosen) - end) for end in _SEARCH) < 0.05:
            notes += [
                f"It lies at the end of the range searched, 1e{_SEARCH[0]:g} to 1e{_SEARCH[1]:g}.",
                f"该参数位于搜索范围 1e{_SEARCH[0]:g} 至 1e{_SEARCH[1]:g} 的端点。",
            ]
    return tuple(notes)
