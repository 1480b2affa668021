"""Rates, life tables, coverage and their uncertainty, from arrays of anybody's. Pure (NumPy, SciPy).

Every function stands alone and takes lists, arrays or columns:

>>> from renkou.demography import life_table
>>> life_table([0.02, 0.001, 0.2], sex="female", ages=[0, 1, 5]).e0.round(2)
np.float64(9.78)

Modules are imported when a name of theirs is first asked for: SciPy takes half a second that a
command which only lists the catalogue need not wait for.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_NAMES = {
    "mortality.life_tables": (
        "LifeTable", "life_table", "life_table_from_deaths", "rates_from_deaths",
        "survival_ratios",
    ),
    "mortality.survival_from_rates": ("survival_ratios_from_mx",),
    "mortality.life_tables_from_qx": ("life_table_from_qx",),
    "mortality.both_sexes": ("both_sexes_life_table",),
    "mortality.infant_ax": ("andreev_kingkade_a0", "coale_demeny_4a1", "coale_demeny_a0"),
    "mortality.greville_ax": ("greville_ax",),
    "mortality.old_age": ("ClosedRates", "close_by_kannisto", "kannisto_life_expectancy"),
    "mortality.life_expectancy_intervals": ("chiang_interval", "simulated_interval"),
    "mortality.standardisation": (
        "Standard", "StandardisedRatio", "directly_standardised_rate",
        "indirectly_standardised_rate", "standard_population", "standardised_mortality_ratio",
        "standards",
    ),
    "rates.intervals": (
        "Estimate", "Interval", "poisson_interval", "rate_interval", "wilson_interval",
    ),
    "rates.ratio_intervals": (
        "difference_interval", "log_rate_ratio_interval", "ratio_interval",
    ),
    "rates.population_measures": (
        "crude_rate", "growth_rate", "mean_population", "natural_increase_rate", "sex_ratio",
    ),
    "rates.age_structure": (
        "DependencyRatios", "age_shares", "ageing_index", "dependency_ratios", "median_age",
        "people_aged",
    ),
    "rates.fertility": (
        "age_specific_fertility_rates", "five_year_groups", "general_fertility_rate",
        "gross_reproduction_rate", "grr", "mean_age_at_childbearing", "net_reproduction_rate",
        "nrr", "tfr", "total_fertility_rate",
    ),
    "rates.decomposition": ("arriaga", "das_gupta", "kitagawa", "product", "sum_of_products"),
    "areas.small_areas": ("SteadiedRates", "empirical_bayes_rates"),
    "areas.funnel_plots": ("FunnelPlot", "funnel_limits", "funnel_plot"),
    "areas.area_ranks": ("RankIntervals", "ranks_with_intervals"),
    "areas.srb_watch": ("SexRatioWatch", "adjusted_p_values", "mid_p_value", "watch_sex_ratios"),
    "areas.srb_charts": ("SexRatioChart", "cusum_limit", "sex_ratio_chart"),
    "quality.age_heaping": ("myers_digits", "myers_index", "whipple_index", "whipple_quality"),
    "quality.age_sex_accuracy": (
        "AgeSexAccuracy", "age_ratio_score", "age_ratios", "age_sex_accuracy", "sex_ratio_score",
        "sex_ratios",
    ),
    "quality.birthday_heaping": (
        "BirthdayHeaping", "birthday_counts", "birthday_heaping", "calendar_days",
    ),
    "quality.death_completeness": ("adjusted_death_rates", "intercensal_deaths"),
    "quality.growth_balance": ("GrowthBalance", "completeness_ggb"),
    "quality.extinct_generations": (
        "ExtinctGenerations", "completeness_ggb_seg", "completeness_seg",
    ),
    "quality.child_mortality": ("child_mortality_brass_trussell",),
    "quality.graduation": ("graduate_beers", "graduate_sprague", "spencer"),
    "quality.penalized_composite_link": ("ungroup_pclm",),
    "coverage.dual_system": ("PopulationEstimate", "dual_system_estimate"),
    "coverage.multiple_systems": ("log_linear_estimate", "multiple_systems_estimate"),
    "coverage.linked_histories": ("multiple_systems_with_linkage_error",),
    "coverage.linkage_error": (
        "LinkageRates", "corrected_matches", "dual_system_with_linkage_error", "known_rates",
        "linkage_rates",
    ),
    "coverage.histories": ("CaptureHistories", "capture_histories"),
    "coverage.sample_coverage": ("chao_lower_bound", "sample_coverage_estimate"),
    "coverage.residency_index": (
        "expected_overcoverage", "residency_index_by_year", "residency_model",
        "residents_by_index", "sign_weights",
    ),
    "coverage.audit_coverage": ("AuditCoverage", "coverage_from_audit"),
    "coverage.audit_design": (
        "audit_miss_rate", "audit_miss_rate_from_totals", "audit_sample_size", "design_effect",
        "intraclass_correlation", "miss_count_interval",
    ),
    "coverage.register_coverage": ("LookedUp", "RegisterCoverage", "register_coverage"),
    "projection.cohort_component": (
        "FlooredCell", "Floors", "FlowsByAge", "Projection", "project_cohort_component",
    ),
    "projection.regions": ("FlooredCells", "RegionalProjection", "project_regions"),
    "projection.region_bindings": ("Binding",),
    "projection.margins": ("Fitted", "Margin", "fit_to_margins"),
    "projection.reconciliation": (
        "Reconciled", "net_migration_after_reconciling", "reconcile_children", "reconcile_tree",
        "whole_persons", "whole_persons_of_tree",
    ),
    "projection.difference": ("ProjectionDifference", "decompose_projection_difference"),
    "forecasts.relational_mortality": (
        "RelationalMortality", "mortality_for_e0", "reachable_e0",
    ),
    "forecasts.mortality_decline": ("mortality_by_decline",),
    "forecasts.abridged_mortality": ("SingleAgeMortality", "graduate_abridged_mx"),
    "forecasts.survival_grids": ("SurvivalFamily", "survival_at", "survival_family"),
    "forecasts.fertility_patterns": ("FertilityPattern", "asfr_for", "fertility_pattern"),
    "forecasts.fertility_by_single_age": ("graduate_fertility_pattern",),
    "forecasts.lee_carter": (
        "LeeCarter", "fit_lee_carter", "project_lee_carter", "with_jump_off",
    ),
    "forecasts.li_lee": ("LiLee", "fit_li_lee", "project_li_lee"),
    "forecasts.migration_patterns": (
        "MigrationSchedule", "migration_schedule", "migration_schedules", "rogers_castro",
        "spread_by_rogers_castro",
    ),
    "forecasts.migration_fits": ("RogersCastroFit", "fit_rogers_castro"),
    "forecasts.standard_schedules": (
        "NationalHistory", "national_history", "standard_fertility_pattern", "standard_mortality",
    ),
    "levels.area_ratios": ("AreaRatios", "steadied_area_ratios"),
    "levels.brass_fit": ("BrassLevel", "brass_level"),
    "levels.fertility_level": ("OwnFertility", "fertility_beside_national", "local_level"),
    "levels.migration_profiles": (
        "destination_shares", "kernel_bandwidth", "migration_rates_by_age",
    ),
    "levels.mortality_level": ("OwnMortality", "mortality_beside_standard"),
    "levels.placing": ("own_counts", "place_shares", "placed_counts", "placed_own"),
    "levels.sex_ratio_level": ("steadied_sex_ratio",),
    "levels.unknown_cells": ("known_sex_and_age",),
    "trajectories.processes": ("Process", "constant_process", "yearly_autoregression"),
    "trajectories.pooled_processes": ("standard_process",),
    "trajectories.process_fits": (
        "fit_deviation_process", "fit_fertility_process", "fit_life_expectancy_process",
        "fit_migration_process",
    ),
    "trajectories.shrinkage": ("pooled_process", "shrunk"),
    "trajectories.simulation": ("simulate",),
    "trajectories.base_error": ("base_population_draws",),
    "trajectories.quantiles": ("quantile_error", "trajectory_quantiles"),
    "trajectories.interval_backtest": (
        "IntervalBackTest", "back_test_intervals", "interval_coverage", "naive_path",
        "pooled_coverage",
    ),
    "planning.tables": ("planning_table",),
    "planning.measures": ("Measure", "five_year_spans", "planning_measures"),
    "planning.parameters": ("Parameter", "PlanningParameters", "Stage", "planning_yaml"),
    "planning.school": ("children_of_school_age", "stock_weights"),
    "planning.needs": ("maternity_beds", "planning_needs", "rounded_up"),
    "planning.working_ages": ("retirement_delay", "statutory_working_share"),
    "planning.turning_years": (
        "TurningPoints", "TurningYears", "first_crossing", "turning_points", "turning_years",
    ),
    "planning.households": ("households_by_headship",),
    "scenarios.year_paths": ("YearPath", "year_path"),
    "scenarios.assumptions": (
        "FertilityAssumption", "MigrationAssumption", "MortalityAssumption", "Scenario",
        "SexRatioAssumption", "UncertaintySettings",
    ),
    "scenarios.reading": ("scenario_from", "scenarios_from"),
    "scenarios.variants": ("MediumAssumptions", "standard_scenarios"),
    "scenarios.project_data": ("ProjectArea", "ProjectData", "Schedules", "YearSeries"),
    "scenarios.assembling": ("project_data_from",),
}  # fmt: skip
_MODULE_OF = {name: module for module, names in _NAMES.items() for name in names}
__all__ = tuple(sorted(_MODULE_OF))


def __getattr__(name: str) -> Any:
    module = _MODULE_OF.get(name)
    if module is None:
        raise AttributeError(f"renkou.demography has no {name}; it has {', '.join(__all__)}")
    return getattr(import_module(f"{__name__}.{module}"), name)


def __dir__() -> list[str]:
    return [*globals(), *__all__]
