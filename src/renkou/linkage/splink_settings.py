"""Comparisons as Splink settings. Pure: data only."""

from __future__ import annotations

from typing import Any

from renkou.linkage.levels import Comparison, Level

PARAMETER_DIGITS = 6  # training on two threads differs in the 11th digit


def _level_settings(level: Level) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "sql_condition": level.sql,
        "label_for_charts": level.label,
        "m_probability": level.m,
        "u_probability": level.u,
        "fix_m_probability": level.fixed,
        "fix_u_probability": level.fixed,
    }
    if level.tf_column:
        settings["tf_adjustment_column"] = level.tf_column
        settings["tf_minimum_u_value"] = 1e-7
    return settings


def _comparison_settings(comparison: Comparison) -> dict[str, Any]:
    missing = " or ".join(f"{c}_l is null or {c}_r is null" for c in comparison.needs)
    null = {"sql_condition": missing, "label_for_charts": "missing", "is_null_level": True}
    return {
        "output_column_name": comparison.name,
        "comparison_description": comparison.zh,
        "comparison_levels": [null, *map(_level_settings, comparison.levels)],
    }


def splink_settings(comparisons: list[Comparison], prior: float) -> dict[str, Any]:
    """Splink settings for pairs that we block ourselves.

    `prior` is the probability that two random records are one person.
    """
    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": "record_id",
        "probability_two_random_records_match": prior,
        # Splink wants a rule; candidate pairs are registered, so it is never run.
        "blocking_rules_to_generate_predictions": ["l.record_id = r.record_id"],
        "retain_intermediate_calculation_columns": True,
        "retain_matching_columns": False,
        "comparisons": [_comparison_settings(comparison) for comparison in comparisons],
    }
