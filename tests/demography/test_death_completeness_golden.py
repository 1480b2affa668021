"""South Africa, males, 2001-07: published completeness by the three methods."""

import json
from pathlib import Path
from typing import Any

import pytest

from renkou.demography.quality.extinct_generations import completeness_ggb_seg, completeness_seg
from renkou.demography.quality.growth_balance import completeness_ggb

CASE = json.loads(
    (Path(__file__).parent / "golden/south_africa_males_2001_2007.json").read_text("utf-8")
)
PEOPLE = (CASE["pop1"], CASE["pop2"], CASE["deaths"])
YEARS = 1954 / 365
EXPECTED, TOLERANCE = CASE["expected"], CASE["tolerance"]


def _options(moving: bool) -> dict[str, Any]:
    return {"years": YEARS, "migrants": CASE["migrants"] if moving else None}


@pytest.mark.parametrize(
    ("moving", "name"),
    [(True, "ggb_with_migration_ages5_85"), (False, "ggb_without_migration")],
)
def test_growth_balance(moving: bool, name: str) -> None:
    found = completeness_ggb(*PEOPLE, **_options(moving), fit_ages=(5, 80))
    assert abs(found.completeness - EXPECTED[name]) <= TOLERANCE["ggb"], found.completeness


@pytest.mark.parametrize(
    ("moving", "name", "tolerance"),
    [
        (True, "seg_with_migration_ages25_65", "seg"),
        (False, "seg_without_migration", "seg_closed"),
    ],
)
def test_extinct_generations(moving: bool, name: str, tolerance: str) -> None:
    found = completeness_seg(*PEOPLE, **_options(moving), open_ex=CASE["open_ex"])
    assert abs(found.completeness - EXPECTED[name]) <= TOLERANCE[tolerance], found.completeness


@pytest.mark.parametrize(
    ("moving", "name"), [(True, "ggbseg_with_migration"), (False, "ggbseg_without")]
)
def test_the_combination(moving: bool, name: str) -> None:
    found, balance = completeness_ggb_seg(
        *PEOPLE, **_options(moving), ggb_ages=(5, 80), open_ex=CASE["open_ex"]
    )
    assert abs(found.completeness - EXPECTED[name]) <= TOLERANCE["ggb_seg"], found.completeness
    assert balance.census_coverage < 1
