"""Scenarios as a planner writes them, for tests."""

from __future__ import annotations

from renkou.demography.scenarios.reading import scenarios_from
from renkou.engines.project_yaml import settings_of_text

ABOUT = "source: 会商, date: 2026-11-01"
MEDIUM = f"""
scenario: medium
title: 中方案
until: 2055
fertility:
  tfr: {{2025: 1.05, 2035: 1.10, 2055: 1.20}}
  pattern: {{mean_age: {{2025: 29.6, 2055: 31.0}}}}
  {ABOUT.replace(", ", chr(10) + "  ")}
  areas: {{"0513": {{tfr: {{2025: 1.3, 2054: 1.4}}}}}}
srb: {{values: {{2025: 1.10, 2055: 1.06}}, {ABOUT}}}
mortality:
  method: target_e0
  e0: {{male: {{2025: 76, 2055: 80}}, female: {{2025: 81, 2055: 85}}}}
  source: 会商
  date: 2026-11
migration: {{method: rogers_castro, net: {{2025: -300, 2060: +20}}, male_share: 0.6, {ABOUT}}}
bind: {{0513: {{population: {{2030: 20500}}}}}}
uncertainty: {{trajectories: 200, seed: 7, base: true, individuals: false}}
""".strip()
PLAIN = """
scenario: plain
until: 2055
fertility: constant
srb: constant
mortality: constant
migration: none
""".strip()


def read(base_year=2025, areas=("5", "0513"), **texts):
    """Scenarios of texts by name."""
    files = {name: settings_of_text(text, f"{name}.yaml") for name, text in texts.items()}
    return scenarios_from(files, base_year=base_year, areas=areas)


def line_of(text, words):
    """The number of the first line that holds some words."""
    return next(at for at, line in enumerate(text.splitlines(), 1) if words in line)
