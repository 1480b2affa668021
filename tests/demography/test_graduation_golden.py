"""Published results of Beers, Sprague, Spencer and Brass-Trussell."""

import json
from pathlib import Path

import numpy as np

from renkou.demography.quality.child_mortality import child_mortality_brass_trussell
from renkou.demography.quality.graduation import graduate_beers, graduate_sprague, spencer
from renkou.demography.quality.graduation_multipliers import splitting_matrix

GOLDEN = json.loads((Path(__file__).parent / "golden/graduation.json").read_text("utf-8"))


def _close(found: np.ndarray, expected: list[float], tolerance: float) -> None:
    differences = np.abs(np.asarray(found) - expected)
    assert differences.max() <= tolerance, differences


def test_beers_ordinary_with_johnsons_adjustment() -> None:
    case = GOLDEN["beers"]
    groups = [case["counts"][0] + case["counts"][1], *case["counts"][2:]]
    found = graduate_beers(groups, age0=case["counts"][0]).counts
    _close(found[: len(case["expected"])], case["expected"], case["tolerance"])


def test_spragues_middle_panel_and_ages_10_to_14() -> None:
    case = GOLDEN["sprague"]
    assert (splitting_matrix("sprague", 5)[10:15] == np.array(case["middle"])).all()
    found = graduate_sprague(case["groups"], open_group=False).counts
    _close(found[10:15], case["expected_10_14"], case["tolerance"])
    totals = found.reshape(5, 5).sum(1)
    _close(totals, case["groups"], 1e-9)


def test_spencer_on_ghana_1970() -> None:
    case = GOLDEN["spencer"]
    found = spencer(case["counts"])
    assert np.isnan(found[:10]).all()
    assert np.isnan(found[-10:]).all()
    _close(found[10:-10], case["expected_from_10"], case["tolerance"])


def test_children_of_panama_1976() -> None:
    case = GOLDEN["brass_trussell"]
    found = child_mortality_brass_trussell(case["women"], case["born"], case["dead"])
    _close(found.qx, case["expected_qx"], case["tolerance"]["qx"])
    _close(found.years_ago, case["expected_years_ago"], case["tolerance"]["years_ago"])
