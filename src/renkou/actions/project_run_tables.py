"""A run's figures as tables: one row per area, year, measure, sex and age group."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from renkou.demography.runs.area_tree import AreaTree
from renkou.demography.runs.running import RunResult

LIMITS = ("low95", "low80", "median", "high80", "high95")
SEX_WORDS = ("male", "female")


def figures_table(result: RunResult, tree: AreaTree, base_year: int) -> pa.Table:
    """The columns of `figures.parquet`; years without a value have no row."""
    there = ~np.isnan(result.values)
    area, year, measure = np.nonzero(there)
    told = result.measures
    columns = {
        "area": _words([one.code for one in tree.areas], area),
        "area_name": _words([one.name for one in tree.areas], area),
        "level": _words([one.level for one in tree.areas], area),
        "year": pa.array((base_year + year).astype(np.int32)),
        "measure": _words([one.id for one in told], measure),
        "sex": _words([one.sex for one in told], measure),
        "age": _words([one.age for one in told], measure),
        "value": pa.array(result.values[there]),
        **_limits(result.quantiles, there),
    }
    return pa.table(columns)


def ages_table(result: RunResult, tree: AreaTree, base_year: int) -> pa.Table:
    """The columns of `ages.parquet`: people by single age; intervals of areas with parts."""
    shape = result.ages.shape
    area, year, sex, age = (index.ravel() for index in np.indices(shape))
    limits: dict[str, pa.Array] = {}
    for place, name in enumerate(LIMITS):
        if name in ("low80", "median", "high80"):
            values = np.full(shape, np.nan)
            if result.age_quantiles is not None:
                values[tree.above] = result.age_quantiles[place]
            limits[name] = pa.array(values.ravel(), from_pandas=True)
    columns = {
        "area": _words([one.code for one in tree.areas], area),
        "year": pa.array((base_year + year).astype(np.int32)),
        "sex": _words(SEX_WORDS, sex),
        "age": pa.array(age.astype(np.int32)),
        "value": pa.array(result.ages.ravel()),
        "median": limits["median"],
        "low80": limits["low80"],
        "high80": limits["high80"],
    }
    return pa.table(columns)


def _limits(
    quantiles: npt.NDArray[np.float32] | None, there: npt.NDArray[np.bool_]
) -> dict[str, pa.Array]:
    found = {}
    for place, name in enumerate(LIMITS):
        values = np.full(there.sum(), np.nan) if quantiles is None else quantiles[place][there]
        found[name] = pa.array(values.astype(np.float64), from_pandas=True)
    order = ("median", "low80", "high80", "low95", "high95")
    return {name: found[name] for name in order}


def _words(words: Sequence[str], places: npt.NDArray[np.int64]) -> pa.Array:
    indices = pa.array(places.astype(np.int32))
    return pa.DictionaryArray.from_arrays(indices, pa.array(list(words), pa.string()))
