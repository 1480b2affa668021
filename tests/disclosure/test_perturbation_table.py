"""Perturbation tables: maximum entropy under the constraints; tables in R's format."""

import numpy as np
import pytest
from scipy.optimize import minimize

from renkou.core.errors import FiguresRefused
from renkou.disclosure.perturbation_table import perturbation_table, table_from_ptable


@pytest.mark.parametrize("largest_noise", [3, 4, 5, 8])
@pytest.mark.parametrize("variance", [0.25, 0.5, 1, 2, 2.5])
def test_rows_keep_to_the_constraints(largest_noise: int, variance: float) -> None:
    table = perturbation_table(largest_noise, variance)
    assert table.largest_noise == largest_noise
    assert table.top == max(8, largest_noise + 3)
    for true, row in enumerate(table.rows):
        values = true + np.array(row.shifts)
        assert (values >= 0).all()
        assert not set(values) & {1, 2}
        assert (row.probabilities >= 0).all()
        assert row.cumulative[-1] == 1
        assert abs(row.mean) < 1e-9
        if true:
            least = 2 if true in (1, 2) else 0
            assert row.variance == pytest.approx(max(variance, least), abs=1e-9)


def test_no_other_distribution_with_these_moments_has_more_entropy() -> None:
    row = perturbation_table().rows[4]
    shifts = np.array(row.shifts)
    rules = [
        {"type": "eq", "fun": lambda p: p.sum() - 1},
        {"type": "eq", "fun": lambda p: p @ shifts},
        {"type": "eq", "fun": lambda p: p @ shifts**2 - 1},
    ]
    start = np.array([0.4, 0.3, 0.2, 0.1, 0.05])
    found = minimize(
        lambda p: (p * np.log(p)).sum(), start, bounds=[(1e-9, 1)] * 5, constraints=rules, tol=1e-12
    )
    assert np.abs(found.x - row.probabilities).max() < 1e-4


@pytest.mark.parametrize("variance", [1e-4, 0.01, 2.99, 2.999999])
def test_settings_near_the_edges_are_met_without_a_warning(variance: float) -> None:
    for largest_noise in (3, 50):
        row = perturbation_table(largest_noise, variance).rows[3]
        assert row.variance == pytest.approx(variance, abs=1e-9)


def test_a_largest_noise_read_as_a_float_is_the_whole_number() -> None:
    assert perturbation_table(3.0).rows == perturbation_table(3).rows  # type: ignore[arg-type]


def test_a_forced_variance_is_told() -> None:
    assert "1 and 2" in perturbation_table(3, 1.0).notes[0]
    assert perturbation_table(3, 2.0).notes == ()


@pytest.mark.parametrize("largest_noise", [0, 2, 3.5, 51, float("nan"), float("inf")])
def test_a_largest_noise_that_cannot_be_is_refused(largest_noise: int) -> None:
    with pytest.raises(FiguresRefused, match="a whole number from 3 to 50") as refused:
        perturbation_table(largest_noise, 1)
    assert refused.value.zh


@pytest.mark.parametrize("variance", [0, -1, 3, 50, float("nan")])
def test_a_variance_that_cannot_be_is_refused_with_the_limit(variance: float) -> None:
    with pytest.raises(FiguresRefused, match="between 0 and 3") as refused:
        perturbation_table(3, variance)
    assert refused.value.zh


def test_a_greater_largest_noise_allows_a_greater_variance() -> None:
    with pytest.raises(FiguresRefused, match="between 0 and 3"):
        perturbation_table(3, 3.5)
    assert perturbation_table(4, 3.5).rows[-1].variance == pytest.approx(3.5)


def test_a_table_does_not_print_what_must_not_be_published() -> None:
    printed = repr(perturbation_table(3, 0.8)) + str(perturbation_table(3, 0.8))
    assert "0.8" not in printed
    assert "shifts" not in printed
    assert "3" not in printed


def _lines(**upper: list[tuple[int, float]]) -> list[dict[str, float]]:
    return [
        {"i": int(i[1:]), "v": v, "p_int_ub": ub} for i, rows in upper.items() for v, ub in rows
    ]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (_lines(i2=[(0, 1.0)]), r"i = 1: every count up to the largest has rows"),
        (_lines(i1=[(0, 0.6), (1, 0.5), (2, 1.0)]), "rises within a count"),
        (_lines(i1=[(0, 0.6)]), "ends at 1"),
        (_lines(i1=[(-2, 0.6), (1, 1.0)]), "no count becomes negative"),
        (_lines(i0=[(1, 1.0)]), "0 stays"),
    ],
)
def test_a_broken_ptable_is_refused(rows: list[dict[str, float]], told: str) -> None:
    with pytest.raises(FiguresRefused, match=told) as refused:
        table_from_ptable(rows)
    assert refused.value.zh
