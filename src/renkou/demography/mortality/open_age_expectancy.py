"""Expectation of life at the open age, where no table gives it. Pure."""

from __future__ import annotations

import numpy as np

from renkou.demography.checked import Floats, refuse_where

_STEP = 0.5
_YEARS = 60.0


def kannisto_open_ex(rates: Floats, middle: Floats, open_age: float) -> Floats:
    """Expectation of life at the open age, by Kannisto's model.

    The logit of the death rate is a line of age, fitted by least squares: rates rise ever more
    slowly towards 1.

    Parameters
    ----------
    rates : shape (..., n_groups), death rates of the groups just below the open age, in (0, 1)
    middle : shape (n_groups,), age at the middle of each group
    open_age : where the open group begins

    Returns
    -------
    shape (...,), years

    Source: Thatcher, Kannisto & Vaupel (1998), The Force of Mortality at Ages 80 to 120.
    """
    refuse_where(
        "death rate below the open age", rates, (rates <= 0) | (rates >= 1),
        "lies between 0 and 1", "give open_ex, or join small groups",
        "应在 0 与 1 之间；请给出 open_ex，或合并人数少的年龄组",
    )  # fmt: skip
    centre = middle.mean()
    apart = middle - centre
    logit = np.log(rates / (1 - rates))
    slope = logit @ apart / (apart @ apart)
    level = logit.mean(-1)
    later = open_age + np.arange(0, _YEARS + _STEP / 2, _STEP) - centre
    hazard = 1 / (1 + np.exp(-(level[..., None] + slope[..., None] * later)))
    steps = (hazard[..., 1:] + hazard[..., :-1]) / 2 * _STEP
    survival = np.exp(-np.concatenate([np.zeros_like(hazard[..., :1]), steps.cumsum(-1)], axis=-1))
    ex: Floats = ((survival[..., 1:] + survival[..., :-1]) / 2 * _STEP).sum(-1)
    return ex
