"""Each rule refuses at its boundary and not beside it, with reason and remedy in both languages."""

import numpy as np
import pytest

from renkou.core.errors import FiguresRefused, ReleaseRefused
from renkou.core.figures import Sensitivity
from renkou.disclosure.release_rules import (
    Reason,
    figure_reasons,
    money_reasons,
    rate_denominator_ok,
    require_releasable,
    table_reasons,
)

HEALTH = Sensitivity.HEALTH


@pytest.mark.parametrize(
    ("counts", "reason"),
    [
        ([3, 3, 0, 2], Reason.RELEASED),  # mean 2, half of the cells small
        ([3, 3, 0, 1], Reason.MEAN_CELL),
        ([9, 2, 2, 9], Reason.RELEASED),
        ([9, 2, 2, 2], Reason.SMALL_CELLS),
        ([99, 99, 2, 2, 2], Reason.SMALL_CELLS),
        ([3, 3, 3], Reason.RELEASED),
        ([0, 0], Reason.MEAN_CELL),
        ([2], Reason.SMALL_CELLS),
    ],
)
def test_sparse_tables_are_refused(counts: list[int], reason: Reason) -> None:
    assert table_reasons(counts, level="township", variables=2) == reason


def test_many_tables_are_judged_at_once() -> None:
    counts = np.array([[[9, 9], [0, 0]], [[2, 9], [2, 2]]])
    found = table_reasons(counts, level="county", variables=1)
    assert found.tolist() == [[0, Reason.MEAN_CELL], [0, Reason.SMALL_CELLS]]
    assert found.dtype == np.int8


@pytest.mark.parametrize(
    ("level", "variables", "reason"),
    [
        ("village", 3, Reason.VILLAGE_DETAIL),
        ("village", 4, Reason.VILLAGE_DETAIL),
        ("village", 2, Reason.RELEASED),
        ("township", 3, Reason.RELEASED),
    ],
)
def test_villages_are_not_published_by_three_variables(
    level: str, variables: int, reason: Reason
) -> None:
    assert table_reasons([50, 50], level=level, variables=variables) == reason


@pytest.mark.parametrize(
    ("level", "counts", "reason"),
    [
        ("county", [10, 10], Reason.RELEASED),
        ("county", [10, 9], Reason.HEALTH_CELL),
        ("province", [100, 0], Reason.HEALTH_CELL),
        ("township", [500, 500], Reason.HEALTH_BELOW_COUNTY),
        ("village", [500, 500], Reason.HEALTH_BELOW_COUNTY),
    ],
)
def test_health_needs_ten_per_cell_and_a_county(
    level: str, counts: list[int], reason: Reason
) -> None:
    assert table_reasons(counts, level=level, variables=1, sensitivity=HEALTH) == reason
    ordinary = table_reasons(counts, level=level, variables=1)
    assert ordinary == Reason.RELEASED


def test_single_figures_of_health_need_ten_before_and_after_noise() -> None:
    found = figure_reasons([10, 9, 10], [10, 11, 9], level="county", sensitivity=HEALTH)
    assert found.tolist() == [0, Reason.HEALTH_CELL, Reason.HEALTH_CELL]
    below = figure_reasons([50], [50], level="township", sensitivity=HEALTH)
    assert below.tolist() == [Reason.HEALTH_BELOW_COUNTY]
    assert figure_reasons([1], [0], level="village").tolist() == [0]


def test_one_table_is_refused_with_reason_and_remedy() -> None:
    with pytest.raises(
        ReleaseRefused, match=r"deaths: cells hold fewer than 2.*take larger areas"
    ) as no:
        require_releasable("deaths", [[1, 0], [0, 3]], level="township", variables=2)
    assert no.value.zh is not None
    assert no.value.zh.startswith("deaths：平均每格不足 2 人")
    require_releasable("deaths", [[10, 3], [0, 3]], level="township", variables=2)


def test_no_rate_stands_on_a_denominator_under_thirty() -> None:
    assert rate_denominator_ok([0, 29, 29.99, 30, 31]).tolist() == [False] * 3 + [True] * 2


@pytest.mark.parametrize(
    ("recipients", "largest", "total", "reason"),
    [
        (5, 50, 100, Reason.RELEASED),
        (5, 50.01, 100, Reason.ONE_RECIPIENT),
        (4, 25, 100, Reason.FEW_RECIPIENTS),
        (1, 100, 100, Reason.FEW_RECIPIENTS),
        (0, 0, 0, Reason.FEW_RECIPIENTS),
    ],
)
def test_money_of_a_few_or_mostly_of_one_is_refused(
    recipients: int, largest: float, total: float, reason: Reason
) -> None:
    assert money_reasons(recipients, largest, total) == reason


def test_every_reason_has_words_and_a_remedy_in_both_languages() -> None:
    for reason in Reason:
        assert bool(reason.zh) == bool(reason.en) == bool(reason)
        if reason:
            assert "；请" in reason.zh
            assert ";" in reason.en


def test_what_cannot_be_judged_is_refused() -> None:
    with pytest.raises(FiguresRefused, match="level = 'hamlet': is one of province"):
        table_reasons([9], level="hamlet", variables=1)
    with pytest.raises(FiguresRefused, match="at least one cell"):
        table_reasons(np.empty((2, 0), int), level="county", variables=1)
    with pytest.raises(FiguresRefused, match=r"counts\[1\] = 2.5"):
        table_reasons([9, 2.5], level="county", variables=1)
    with pytest.raises(FiguresRefused, match=r"largest\[0\] = 9.0: nobody gets more"):
        money_reasons([9], [9], [8])
    with pytest.raises(FiguresRefused, match=r"totals\[0\] = -8"):
        money_reasons([9], [9], [-8])
    with pytest.raises(FiguresRefused, match=r"denominators\[0\] = nan"):
        rate_denominator_ok([np.nan])
    with pytest.raises(FiguresRefused, match="counts and published"):
        figure_reasons([9], [9, 9], level="county")
