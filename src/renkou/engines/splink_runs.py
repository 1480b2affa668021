"""Splink on the engine's own connection: training on a sample, scoring of given pairs."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import ibis
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


def term_frequencies(table: ir.Table, column: str) -> ir.Table:
    """Share of each value of a column: column, tf_column."""
    known = table.filter(table[column].notnull())
    counts = known.group_by(column).agg(n=known.count())
    total = counts.n.sum().over()
    return counts.select(column, **{f"tf_{column}": (counts.n / total).cast("float64")})


def tf_columns(settings: dict[str, Any]) -> list[str]:
    """Columns that the settings adjust for term frequency."""
    levels = [level for c in settings["comparisons"] for level in c["comparison_levels"]]
    return sorted({v["tf_adjustment_column"] for v in levels if v.get("tf_adjustment_column")})


def score(
    engine: Engine,
    table: ir.Table,
    pairs: ir.Table,
    settings: dict[str, Any],
    frequencies: dict[str, ir.Table],
) -> ir.Table:
    """Match weights of given pairs.

    Parameters
    ----------
    table : kept features of the records in `pairs`
    pairs : record_id_l, record_id_r
    frequencies : kept tables by column, from all records

    Returns
    -------
    record_id_l, record_id_r, match_weight (bits, prior included), mw_<comparison>…
    """
    blocked = engine.keep(
        pairs.select(
            match_key=ibis.literal("0"), join_key_l="record_id_l", join_key_r="record_id_r"
        )
    )
    with _quiet():
        api = _api(engine)
        linker = _linker(api, table, settings)
        for column, frequency in frequencies.items():
            linker.table_management.register_term_frequency_lookup(
                api.register(frequency.op().name), column
            )
        linker.table_management.register_blocked_pairs_for_predict(api.register(blocked.op().name))
        scored = linker.inference.predict(warning_mode="never")
    return engine.backend.table(scored.physical_name)
