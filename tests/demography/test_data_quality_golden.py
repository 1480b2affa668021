"""Published values of Whipple, Myers and the United Nations' scores."""

import json
from pathlib import Path

import numpy as np

from renkou.demography.quality.age_heaping import myers_index, whipple_index
from renkou.demography.quality.age_sex_accuracy import age_sex_accuracy

GOLDEN = json.loads((Path(__file__).parent / "golden/data_quality.json").read_text("utf-8"))


def test_whipple_and_myers_of_the_spreadsheet_singage() -> None:
    case = GOLDEN["age_heaping"]
    ratio = whipple_index(case["counts"]) / 100
    assert abs(ratio - case["whipple_ratio"]) <= case["tolerance"]["whipple"], ratio
    found = myers_index(case["counts"])
    assert abs(found - case["myers"]) <= case["tolerance"]["myers"], found


def test_the_scores_of_the_spreadsheet_agesex() -> None:
    case = GOLDEN["age_sex_accuracy"]
    scores = age_sex_accuracy(case["males"], case["females"], n_groups=15)
    found = [
        scores.age_ratio_score_male,
        scores.age_ratio_score_female,
        scores.sex_ratio_score,
        scores.joint_score,
    ]
    names = ("age_ratio_score_m", "age_ratio_score_f", "sex_ratio_score", "joint_score")
    differences = np.abs(np.array(found) - [case["expected"][name] for name in names])
    assert differences.max() <= case["tolerance"], dict(zip(names, differences, strict=True))
