"""Published log-linear estimates, each to its printed digits."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from renkou.demography.coverage.log_linear import fit_models, model_of
from renkou.demography.coverage.multiple_systems import profile_missed

GOLDEN = json.loads((Path(__file__).parent / "golden" / "log_linear.json").read_text("utf-8"))
FITS = [
    pytest.param(case["counts"], fit, id=f"{case['name']} {fit['interactions']}")
    for case in GOLDEN["cases"]
    for fit in case["fits"]
]


def _digit(printed: float) -> float:
    """Half of the last digit printed, and a hair for rounding."""
    text = repr(printed)
    return 0.5 * 10.0 ** -(len(text.split(".")[1]) if "." in text else 0) + 1e-9


def _tolerance(name: str, printed: float) -> float:
    # The likelihood is so flat at its best that programs stop a tenth of a person apart.
    return max(_digit(printed), 0.1) if name == "profile 0" else _digit(printed)


@pytest.mark.parametrize(("counts", "fit"), FITS)
def test_published_fits(counts: list[float], fit: dict[str, Any]) -> None:
    table = np.array([counts], float)
    model = model_of(fit["interactions"], len(counts).bit_length() - 1)
    found = fit_models(table, [model])
    seen = table.sum()
    got = {
        "abundance": seen + found.missed[0, 0], "standard_error": np.sqrt(found.variance[0, 0]),
        "deviance": found.deviance[0, 0], "degrees": found.degrees[0, 0], "aic": found.aic[0, 0],
    }  # fmt: skip
    pairs = [(name, value, got[name]) for name, value in fit.items() if name in got]
    if "profile" in fit:
        ends = profile_missed(table, model, found.missed[:, 0])
        pairs += [
            (f"profile {at}", printed, seen + end[0])
            for at, (printed, end) in enumerate(zip(fit["profile"], ends, strict=True))
            if printed is not None
        ]
    name, printed, value = max(
        pairs, key=lambda pair: abs(pair[2] - pair[1]) / _tolerance(*pair[:2])
    )
    assert abs(value - printed) <= _tolerance(name, printed), f"{name}: {value}, printed {printed}"
