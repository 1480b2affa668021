import json
from pathlib import Path

import numpy as np
import pytest

from renkou.demography.coverage.dual_system import dual_system_estimate

GOLDEN = json.loads((Path(__file__).parent / "golden" / "dual_system.json").read_text("utf-8"))


def test_the_constructed_example() -> None:
    case = GOLDEN["dual_system_constructed"]
    lists, expected = (case["n1"], case["n2"], case["m"]), case["expected"]
    plain = dual_system_estimate(*lists, method="lincoln_petersen")
    got = {
        "N_hat": plain.total, "chapman": dual_system_estimate(*lists).total,
        "completeness_1": float(plain.completeness(case["n1"])),
        "completeness_2": float(plain.completeness(case["n2"])),
        "missed_both": float(plain.missed), "var_N": plain.total_variance,
    }  # fmt: skip
    worst = max(got, key=lambda name: abs(got[name] - expected[name]))
    assert abs(got[worst] - expected[worst]) < case["tolerance"], worst


def test_the_example_of_seber() -> None:
    case = GOLDEN["seber_1982_p107"]
    found = dual_system_estimate(case["n1"], case["n2"], case["m"], method="lincoln_petersen")
    assert found.total == pytest.approx(case["expected"]["abundance"], abs=case["tolerance"])
    error = np.sqrt(found.total_variance)
    assert error == pytest.approx(case["expected"]["standard_error"], abs=case["tolerance"])
