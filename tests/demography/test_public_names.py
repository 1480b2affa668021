"""`from renkou.demography import …` finds what the how-to names, and nothing is promised in vain."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

import renkou.demography
from renkou.demography import (
    areas,
    coverage,
    forecasts,
    levels,
    mortality,
    planning,
    quality,
    rates,
    trajectories,
)

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", renkou.demography.__all__)
def test_every_promised_name_is_there_and_says_what_it_does(name):
    found = getattr(renkou.demography, name)
    assert inspect.getdoc(found)
    assert found.__name__ == name


def test_a_name_is_promised_once():
    names = [name for names in renkou.demography._NAMES.values() for name in names]
    assert len(names) == len(set(names))


def test_an_unknown_name_says_what_there_is():
    with pytest.raises(AttributeError, match=r"has no life_tabel; it has .*life_table"):
        renkou.demography.life_tabel  # noqa: B018


def test_no_module_is_left_without_a_promised_name():
    told = set(renkou.demography._NAMES)
    internal = {
        "mortality.ax_rules", "mortality.open_age_expectancy", "quality.graduation_multipliers",
        "coverage.log_linear", "forecasts.lee_carter_levels", "planning.parameter_rules", "planning.sums",
        "trajectories.working_scales", "trajectories.own_history", "trajectories.counter_draws",
        "projection.compiled_draws",
    }  # fmt: skip
    for room in (
        areas,
        coverage,
        forecasts,
        levels,
        mortality,
        planning,
        quality,
        rates,
        trajectories,
    ):
        for module in pkgutil.iter_modules(room.__path__):
            name = f"{room.__name__.rpartition('.')[2]}.{module.name}"
            assert name in told | internal, name
            importlib.import_module(f"renkou.demography.{name}")


def test_the_names_of_the_how_to_are_there():
    page = (ROOT / "docs/how-to/publish-statistics.md").read_text("utf-8")
    [line] = re.findall(r"from renkou\.demography import (.+)", page)
    for name in line.split(", "):
        assert hasattr(renkou.demography, name)


def test_the_package_alone_imports_no_scipy():
    code = "import sys, renkou.demography; sys.exit('scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
