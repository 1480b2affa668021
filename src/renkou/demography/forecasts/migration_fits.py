"""Rogers and Castro's curve fitted to migration rates by age. Pure (NumPy, SciPy).

Levels (a1, a2, a3, a4, c) enter the curve in proportion, so that for any shape they follow by least
squares that are nowhere negative; only the shape is searched for, from many beginnings, and the best
end is kept. The curve has several near-equal ends where data are noisy: the fit says how far it is
from the rates, and a shape that lies at the edge of what is believable is noted.

Source: Rogers & Castro (1981), IIASA RR-81-30; Golub & Pereyra (1973), SIAM J. Numer. Anal. 10(2),
413-432 (levels by least squares inside the search for the shape).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.optimize import least_squares, nnls

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats, not_negative, of_one_length, starts_of_ages
from renkou.demography.forecasts.migration_patterns import rogers_castro

Profile = Literal[7, 9, 11, 13]
# Ranges of the shapes found in 164 schedules of the study by Rogers and Castro, and somewhat beyond.
_RANGE = {
    "alpha1": (0.01, 0.6), "alpha2": (0.02, 0.6), "mu2": (10.0, 45.0), "lambda2": (0.05, 2.0),
    "alpha3": (0.02, 2.0), "mu3": (50.0, 90.0), "lambda3": (0.05, 2.0), "lambda4": (0.005, 0.2),
}  # fmt: skip
_BEGIN = {
    "alpha1": (0.1,), "alpha2": (0.1, 0.25), "mu2": (18.0, 22.0, 28.0), "lambda2": (0.3, 0.8),
    "alpha3": (0.3,), "mu3": (62.0, 70.0), "lambda3": (0.3,), "lambda4": (0.03,),
}  # fmt: skip
_SHAPES = {7: 4, 9: 5, 11: 7, 13: 8}


@dataclass(frozen=True, eq=False)
class RogersCastroFit:
    """The curve nearest to rates by least squares."""

    parameters: dict[str, float]  # as `rogers_castro` takes them
    fitted: Floats  # shape (n_ages,)
    explained: float  # share of the variance of the rates
    notes: tuple[str, ...]


def fit_rogers_castro(
    rates: npt.ArrayLike, *, ages: npt.ArrayLike | None = None, profile: Profile = 7
) -> RogersCastroFit:
    """The curve of 7, 9, 11 or 13 parameters nearest to migration rates by age.

    Parameters
    ----------
    rates : shape (n_ages,), migration rates in one direction, in or out
    ages : shape (n_ages,), x of the rates; without it 0, 1, 2, …. For groups of five give their middles
    profile : number of parameters

    Raises
    ------
    FiguresRefused
        If a rate is negative, all are 0, ages do not ascend, or there are fewer ages than parameters.

    >>> x = np.arange(80)
    >>> told = {"a1": 0.02, "alpha1": 0.1, "a2": 0.06, "alpha2": 0.1, "mu2": 20, "lambda2": 0.4, "c": 0.003}
    >>> found = fit_rogers_castro(rogers_castro(x, told)).parameters
    >>> {name: round(value, 4) for name, value in found.items()} == told
    True
    """
    seen = not_negative("rates", rates)
    x = np.arange(seen.shape[-1], dtype=float) if ages is None else not_negative("ages", ages)
    names = _checked(seen, x, profile)
    scale = float(seen.max())
    low, high = np.log([_RANGE[name] for name in names]).T
    best = min(
        (
            least_squares(
                lambda at: _off(np.exp(at), names, x, seen / scale),
                np.log(begin), bounds=(low, high), xtol=1e-14, ftol=1e-14, gtol=1e-14, max_nfev=400,
            )
            for begin in product(*(_BEGIN[name] for name in names))
        ),
        key=lambda end: float(end.cost),
    )  # fmt: skip
    parameters = _parameters(np.exp(best.x), names, x, seen / scale, scale)
    fitted = rogers_castro(x, parameters)
    spread = ((seen - seen.mean()) ** 2).sum()
    explained = 1 - float(((seen - fitted) ** 2).sum() / spread) if spread > 0 else 1.0
    edge = [
        name for name, at, first, last in zip(names, best.x, low, high, strict=True)
        if min(at - first, last - at) < 1e-3
    ]  # fmt: skip
    notes = [f"Rogers and Castro's curve of {profile} parameters by least squares."]
    notes += [
        f"{name} lies at the edge of the range searched: its term may not exist." for name in edge
    ]
    return RogersCastroFit(parameters, fitted, explained, tuple(notes))


def _shape_terms(shape: dict[str, float], x: Floats) -> dict[str, Floats]:
    """Each term of the curve with level 1."""
    terms = {"a1": np.exp(-shape["alpha1"] * x)}
    for i in (2, 3):
        if f"mu{i}" in shape:
            off = x - shape[f"mu{i}"]
            # Below exp(-300) nothing is left of a term.
            inner = np.exp(np.minimum(-shape[f"lambda{i}"] * off, 50))
            terms[f"a{i}"] = np.exp(np.maximum(-shape[f"alpha{i}"] * off - inner, -300))
    if "lambda4" in shape:
        terms["a4"] = np.exp(shape["lambda4"] * x)
    terms["c"] = np.ones_like(x)
    return terms


def _levels(
    at: Floats, names: list[str], x: Floats, seen: Floats
) -> tuple[dict[str, float], Floats]:
    terms = _shape_terms(dict(zip(names, at, strict=True)), x)
    columns = np.stack(list(terms.values()), axis=-1)
    size = np.linalg.norm(columns, axis=0)
    level, _ = nnls(columns / size, seen)
    return dict(zip(terms, level / size, strict=True)), columns @ (level / size)


def _off(at: Floats, names: list[str], x: Floats, seen: Floats) -> Floats:
    found: Floats = _levels(at, names, x, seen)[1] - seen
    return found


def _parameters(
    at: Floats, names: list[str], x: Floats, seen: Floats, scale: float
) -> dict[str, float]:
    """Levels and shape in the order of the published formula."""
    level, _ = _levels(at, names, x, seen)
    shape = dict(zip(names, at.tolist(), strict=True))
    ordered: dict[str, float] = {}
    for term in ("1", "2", "3", "4"):
        if f"a{term}" in level:
            ordered[f"a{term}"] = float(level[f"a{term}"]) * scale
            ordered |= {name: one for name, one in shape.items() if name.endswith(term)}
    return {**ordered, "c": float(level["c"]) * scale}


def _checked(seen: Floats, x: Floats, profile: int) -> list[str]:
    if profile not in _SHAPES:
        raise FiguresRefused(
            "profile", profile, "the curve has 7, 9, 11 or 13 parameters", "name one of these",
            zh="参数个数应为 7、9、11 或 13；请选其一",
        )  # fmt: skip
    of_one_length(rates=seen, ages=x)
    starts_of_ages("ages", np.floor(x))
    if seen.ndim != 1 or len(seen) <= profile:
        raise FiguresRefused(
            "rates", f"of shape {seen.shape}", f"{profile} parameters need one row of more ages",
            "give more ages, or fewer parameters",
            zh=f"{profile} 个参数需要一行且更多的年龄；请给出更多年龄，或减少参数",
        )  # fmt: skip
    if not seen.any():
        raise FiguresRefused(
            "rates", 0, "somebody moves at some age", "give the rates of a larger area or period",
            zh="至少应有一个年龄有迁移；请改用更大区域或更长时期的迁移率",
        )  # fmt: skip
    names = ["alpha1", "alpha2", "mu2", "lambda2"]
    names += ["alpha3", "mu3", "lambda3"] if profile in (11, 13) else []
    return names + (["lambda4"] if profile in (9, 13) else [])
