"""Arrays are refused by name, place, value, rule and remedy."""

from __future__ import annotations

import numpy as np
import pytest

from renkou.core.errors import FiguresRefused
from renkou.demography import checked


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (
            lambda: checked.figures("mx", [0.1, float("nan")]),
            r"mx\[1\] = nan: every value is a finite",
        ),
        (lambda: checked.figures("mx", ["a"]), "mx: holds something that is no number"),
        (lambda: checked.figures("mx", [[1], [1, 2]]), "rows of unequal length"),
        (
            lambda: checked.not_negative("deaths", [[1, 2], [3, -4]]),
            r"deaths\[1, 1\] = -4: no value",
        ),
        (lambda: checked.positive("exposure", [1, 0]), r"exposure\[1\] = 0: is divided by"),
        (lambda: checked.probabilities("qx", [0.2, 1.01]), r"qx\[1\] = 1.01: a probability"),
        (lambda: checked.starts_of_ages("ages", [0, 5, 5]), r"ages\[2\] = 5: ages ascend"),
        (lambda: checked.starts_of_ages("ages", [0, 1.5]), r"ages\[1\] = 1.5: an age group begins"),
        (lambda: checked.starts_of_ages("ages", [0]), "at least two groups"),
        (lambda: checked.evenly_spaced("ages", [0, 5, 15], 5), r"ages\[2\] = 15: groups follow"),
        (lambda: checked.sex_of("woman"), "sex = 'woman': is 'male' or 'female'"),
        (
            lambda: checked.of_one_length(mx=np.zeros(3), ax=np.zeros(2)),
            "mx and ax = 3 and 2: both have one value per place",
        ),
        (
            lambda: checked.of_one_length(mx=np.zeros(3), ax=np.zeros(())),
            "mx and ax = 3 and one number",
        ),
    ],
)
def test_what_cannot_be_used_is_named(call, said):
    with pytest.raises(FiguresRefused, match=said) as refused:
        call()
    assert refused.value.zh


def test_columns_from_anywhere_are_taken():
    import pyarrow as pa

    for values in ([1, 2], (1.0, 2.0), np.array([1, 2]), pa.array([1, 2])):
        assert checked.positive("exposure", values).tolist() == [1.0, 2.0]
