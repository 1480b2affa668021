"""What twelve histories say of the pooled processes, and how well other values would have done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from scipy import stats
from world_prospects import Country

from renkou.demography import (
    fit_fertility_process,
    fit_life_expectancy_process,
    fit_migration_process,
    naive_path,
    pooled_process,
    shrunk,
    standard_process,
)

LEAD = 20


def own_processes(found: list[Country], known: int) -> dict[str, list]:
    fits = defaultdict(list)
    for c in found:
        p = {k: v[:known] for k, v in c.past.items()}
        fits["fertility"].append(fit_fertility_process(p["year"], p["tfr"], parent=None))
        fits["life_expectancy"].append(
            fit_life_expectancy_process(p["year"], p["e0M"], p["e0F"], parent=None)
        )
        fits["migration"].append(
            fit_migration_process(p["year"], p["mig"] * 1000, p["people"], parent=None)
        )
    return fits


def log_scores(found: list[Country], measure: str, sigmas: tuple[float, ...]) -> dict[str, float]:
    """Sum of log densities of errors 5, 10 and 20 years ahead, by pooled sigma and its freedom."""
    parent, scores = standard_process(measure), {}
    for sigma in sigmas:
        for freedom in (4, 6, 10, 16, 1000):
            tried = replace(parent, sigma=np.full(parent.sigma.shape, sigma))
            total = sum(
                log_score(c, measure, tried, freedom, cut)
                for c in found
                for cut in (1973, 1983, 1993, 2003)
            )
            scores[f"sigma {sigma}, freedom {freedom}"] = round(total, 1)
    return scores


def log_score(c: Country, measure: str, parent, freedom: float, cut: int) -> float:
    known = cut - 1949
    if measure == "fertility":
        values, when = c.past["tfr"], c.past["year"]
        own = fit_fertility_process(when[:known], values[:known], parent=None)
        scale = np.log
    else:
        values, when = np.stack([c.past["e0M"], c.past["e0F"]], axis=-1), c.past["year"]
        own = fit_life_expectancy_process(when[:known], *values[:known].T, parent=None)

        def scale(x):
            return -np.log(120 - x)

    process = shrunk(own, parent, freedom)
    if measure == "life_expectancy":
        process = replace(process, drift_error=process.sigma / np.sqrt(known - 1))
    path = scale(naive_path(measure, when[:known], values[:known], LEAD))
    error = (scale(values[known : known + LEAD]) - path)[[4, 9, 19]]
    spread = np.moveaxis(process.spread(LEAD), -1, 0)[[4, 9, 19]]
    return float((stats.t.logpdf(error / spread, float(process.freedom)) - np.log(spread)).sum())


def pooled(found: list[Country]) -> Iterator[dict[str, object]]:
    """Moments of the histories beside those used, then the log scores of other values."""
    for measure, fits in own_processes(found, 74).items():
        whole, used = pooled_process(fits), standard_process(measure)
        moments = {
            name: [np.round(getattr(p, name), 5).tolist() for p in (whole, used)]
            for name in ("sigma", "freedom", "phi", "phi_error", "mean_error", "correlation")
        }
        yield {"measure": measure, **moments}
    for measure, sigmas in (
        ("fertility", (0.043, 0.047, 0.051, 0.055, 0.06)),
        ("life_expectancy", (0.0065, 0.008, 0.0095, 0.011)),
    ):
        yield {"measure": measure, "log_scores": log_scores(found, measure, sigmas)}
