"""Splink on the engine's own connection: training on a sample, scoring of given pairs."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import ibis.expr.types as ir

from renkou.engines.engine import Engine
from renkou.linkage.splink_settings import PARAMETER_DIGITS


@contextmanager
def _quiet() -> Iterator[None]:
    """Splink's advice on untrained levels is for its interactive users."""
    logger = logging.getLogger("splink")
    level = logger.level
    logger.setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        finally:
            logger.setLevel(level)


def _api(engine: Engine) -> Any:
    from splink import DuckDBAPI

    return DuckDBAPI(engine.backend.con)


def _linker(api: Any, table: ir.Table, settings: dict[str, Any]) -> Any:
    from splink import Linker

    return Linker(api.register(table.op().name), settings, log_level=None)


def _rounded(settings: dict[str, Any]) -> dict[str, Any]:
    for comparison in settings["comparisons"]:
        for level in comparison["comparison_levels"]:
            for key in ("m_probability", "u_probability"):
                if level.get(key) is not None:
                    digits, floor = (PARAMETER_DIGITS, 1e-4) if key[0] == "m" else (9, 1e-9)
                    level[key] = max(round(float(level[key]), digits), floor)
    settings.pop("linker_uid", None)
    return settings


def _kept(trained: dict[str, Any], start: dict[str, Any]) -> dict[str, Any]:
    """Trained settings, with the starting value where a level was not seen in training."""
    for new, old in zip(trained["comparisons"], start["comparisons"], strict=True):
        levels = zip(new["comparison_levels"], old["comparison_levels"], strict=True)
        for level, first in levels:
            for key in ("m_probability", "u_probability"):
                if level.get(key) is None and key in first:
                    level[key] = first[key]
    return trained


def _em_sessions(linker: Any, rules: Sequence[str], table: Any) -> dict[str, Any]:
    """Settings after a session per rule.

    A session that runs into a corner (a probability of 0) teaches nothing and leaves its linker damaged,
    so the next one starts from what was known before.
    """
    from splink import Linker
    from splink.internals.exceptions import EMTrainingException

    known: dict[str, Any] = linker.misc.save_model_to_json()
    for rule in rules:
        try:
            linker.training.estimate_parameters_using_expectation_maximisation(
                rule, estimate_without_term_frequencies=True, max_pairs=2e6
            )
            known = linker.misc.save_model_to_json()
        except (EMTrainingException, ValueError):
            linker = Linker(table, known, log_level=None)
    return known


def train(
    engine: Engine,
    sample: ir.Table,
    settings: dict[str, Any],
    *,
    labels: ir.Table | None,
    em_rules: Sequence[str] = (),
    seed: int,
    u_pairs: float,
) -> dict[str, Any]:
    """Settings with trained m and u.

    Parameters
    ----------
    sample : kept table of features
    labels : kept table record_id_l, record_id_r of pairs known to be one person; or None, then
        expectation maximisation runs on each of `em_rules`
    """
    from splink import Linker

    with _quiet():
        table = _api(engine).register(sample.op().name)
        linker = Linker(table, settings, log_level=None)
        linker.training.estimate_u_using_random_sampling(max_pairs=u_pairs, seed=seed)
        if labels is not None:
            linker.training.estimate_m_from_pairwise_labels(labels.op().name)
        trained = _em_sessions(linker, em_rules, table)
    return _rounded(_kept(trained, settings))


def tf_columns(settings: dict[str, Any]) -> list[str]:
    """Columns that the settings adjust for term frequency."""
    levels = [level for c in settings["comparisons"] for level in c["comparison_levels"]]
    return sorted({v["tf_adjustment_column"] for v in levels if v.get("tf_adjustment_column")})


def scored(
    engine: Engine, faces: ir.Table, pairs: ir.Table, settings: dict[str, Any], key: str
) -> ir.Table:
    """Match weights of given pairs, not yet run: what asks for them decides what is kept.

    Splink makes the expressions of its model; the join is ours, since Splink's own copies the wide rows of
    each side and joins the frequencies to every one.

    Parameters
    ----------
    faces : kept table with record_id, unit_id, the compared columns and `tf_<column>` of `tf_columns`
    pairs : kept table with `<key>_l`, `<key>_r`
    key : column of `faces` on which `pairs` are joined

    Returns
    -------
    record_id_l/r, unit_id_l/r, match_weight (bits, prior included), mw_<comparison>…, mw_tf_…
    """
    from splink.internals.comparison_vector_values import compute_comparison_vector_values_sql
    from splink.internals.predict import predict_from_comparison_vectors_sqls_using_settings

    with _quiet():
        model = _linker(
            _api(engine), faces, {**settings, "additional_columns_to_retain": ["unit_id"]}
        )._settings_obj
    columns = ", ".join(model._columns_to_select_for_blocking)
    steps = {
        "__splink__df_blocked": f"""
            select {columns}, '0' as match_key from {pairs.op().name} as b
            inner join {faces.op().name} as l on l.{key} = b.{key}_l
            inner join {faces.op().name} as r on r.{key} = b.{key}_r""",  # noqa: S608  our own names
        "__splink__df_comparison_vectors": compute_comparison_vector_values_sql(
            model._columns_to_select_for_comparison_vector_values
        ),
    }
    for step in predict_from_comparison_vectors_sqls_using_settings(model):
        steps[step["output_table_name"]] = step["sql"]
    *first, last = steps
    ahead = ", ".join(f"{name} as ({steps[name]})" for name in first)
    view = f"scored_{faces.op().name}_{pairs.op().name}"
    engine.backend.con.execute(f"create temp view {view} as with {ahead} {steps[last]}")
    return engine.backend.table(view)
