"""Which figures are kept back, and what stands beside them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from renkou.actions.figure_tables import (
    NOT_COMPUTABLE,
    UNCOVERED,
    UNPLACED,
    figure_table,
    reasons_against,
)
from renkou.core.figures import FIGURE_COLUMNS, Definition
from renkou.demography.indicators.blocks import Block
from renkou.demography.indicators.catalogue import catalogue
from renkou.disclosure.release_rules import Reason

COUNTIES = ("513021", "513022")
NONE = np.array(np.nan)


def _definition(indicator: str) -> Definition:
    return catalogue()[indicator].definition


def _block(
    numerator: list[float],
    denominator: list[float] | None = None,
    areas: tuple[str, ...] = COUNTIES,
    ages: tuple[str, ...] = ("all",),
    people: list[float] | None = None,
    **limits: float,
) -> Block:
    """One period and sex; numbers by area, then age."""
    shape = (len(areas), 1, 1, len(ages))
    top = np.array(numerator, float).reshape(shape)
    below = NONE if denominator is None else np.array(denominator, float).reshape(shape)
    lower, upper = (np.array(limits.get(name, np.nan)) for name in ("lower", "upper"))
    counted = None if people is None else np.array(people, float).reshape(shape)
    return Block(
        "births", areas, ("2024",), ("both",), ages, top, lower, upper, top, below, people=counted
    )


def _reasons(indicator: str, true: Block, seen: Block | None = None) -> list[Reason]:
    found = reasons_against(true, true if seen is None else seen, _definition(indicator))
    return [Reason(code) for code in found.ravel().tolist()]


def test_a_sparse_table_is_kept_back_whole() -> None:
    assert set(_reasons("births", _block([3, 0]))) == {Reason.MEAN_CELL}
    assert set(_reasons("births", _block([2, 2]))) == {Reason.SMALL_CELLS}
    assert set(_reasons("births", _block([4, 2]))) == {Reason.RELEASED}


def test_tiers_are_tables_of_their_own() -> None:
    areas = (*COUNTIES, "513021001", "513021002")
    assert _reasons("births", _block([9, 9, 1, 0], areas=areas)) == [
        Reason.RELEASED, Reason.RELEASED, Reason.MEAN_CELL, Reason.MEAN_CELL,
    ]  # fmt: skip


def test_an_area_without_a_number_does_not_open_the_table_of_the_others() -> None:
    assert set(_reasons("age_specific_fertility_rate", _block([1, np.nan]))) == {Reason.MEAN_CELL}


def test_what_counts_nobody_is_no_table_of_people() -> None:
    assert set(_reasons("median_age", _block([np.nan, np.nan]))) == {Reason.RELEASED}


@pytest.mark.parametrize(
    ("shown", "reason"), [(29, Reason.RATE_DENOMINATOR), (30, Reason.RELEASED)]
)
def test_the_published_denominator_decides(shown: float, reason: Reason) -> None:
    true, seen = _block([9, 9], [30, 30]), _block([9, 9], [shown, 500])
    assert _reasons("birth_rate", true, seen) == [reason, Reason.RELEASED]


def test_a_difference_is_as_sparse_as_the_events_it_is_made_of() -> None:
    small_differences = _block([1, -1], people=[50, 60])
    assert set(_reasons("natural_increase", small_differences)) == {Reason.RELEASED}
    few_events = _block([50, 60], people=[0, 1])
    assert set(_reasons("natural_increase", few_events)) == {Reason.MEAN_CELL}


@pytest.mark.parametrize(
    ("true", "shown", "reason"),
    [
        (9, 10, Reason.HEALTH_CELL),
        (10, 9, Reason.HEALTH_CELL),
        (10, 10, Reason.RELEASED),
        (0, 0, Reason.HEALTH_CELL),
    ],
)
def test_the_loss_of_a_child_needs_ten_before_and_after_noise(
    true: float, shown: float, reason: Reason
) -> None:
    one = _block([true, 40], [900, 900]), _block([shown, 40], [900, 900])
    assert _reasons("infant_mortality", *one) == [reason, Reason.RELEASED]
    ages = ("0-4", "60-64")
    two = (
        _block([true, 40, 12, 4], [900] * 4, ages=ages),
        _block([shown, 40, 12, 4], [900] * 4, ages=ages),
    )
    told = _reasons("age_specific_death_rate", *two)
    assert told == [reason, Reason.RELEASED, Reason.RELEASED, Reason.RELEASED]


def test_births_by_age_are_no_matter_of_health() -> None:
    told = _reasons("usual_residents", _block([4, 5, 6, 7], ages=("0-4", "5-9")))
    assert set(told) == {Reason.RELEASED}


def _rows(block: Block, reasons: list[Reason], decimals: int = 0) -> list[dict]:
    codes = np.array([int(one) for one in reasons], np.int8).reshape(block.value.shape)
    digits = {block.indicator: decimals}
    return figure_table([block], [codes], {"513021": "青渚区"}, digits).to_pylist()


def test_what_is_kept_back_is_null_with_its_reason() -> None:
    shown, back = _rows(_block([9, 8], [100, 20]), [Reason.RELEASED, Reason.RATE_DENOMINATOR])
    assert tuple(shown) == FIGURE_COLUMNS
    assert (shown["area_name"], shown["level"], shown["note"]) == ("青渚区", "county", "")
    assert (shown["value"], shown["numerator"], shown["denominator"]) == (9, 9, 100)
    assert back["note"] == Reason.RATE_DENOMINATOR.zh
    assert back["area_name"] == "513022"  # an area that areas.csv does not name
    for name in ("value", "lower", "upper", "numerator", "denominator"):
        assert back[name] is None


def test_what_cannot_be_computed_says_so() -> None:
    released = [Reason.RELEASED] * 2
    assert [row["note"] for row in _rows(_block([np.nan, 3]), released)] == [NOT_COMPUTABLE, ""]


def test_what_its_list_does_not_cover_is_no_number() -> None:
    beyond = replace(_block([9, 8]), uncovered=np.array([True, False])[:, None, None, None])
    away, here = _rows(beyond, [Reason.RELEASED] * 2)
    assert (away["note"], away["value"], away["numerator"]) == (UNCOVERED, None, None)
    assert (here["note"], here["value"]) == ("", 8)


def test_townships_without_all_their_people_say_so_and_keep_their_figures() -> None:
    partly = replace(_block([9, 8]), unplaced=np.array([True, False])[:, None, None, None])
    here, whole = _rows(partly, [Reason.RELEASED] * 2)
    assert (here["note"], here["value"]) == (UNPLACED, 9)
    assert whole["note"] == ""


def test_figures_have_no_more_digits_than_their_indicator() -> None:
    [row, _] = _rows(_block([9.876543, 8]), [Reason.RELEASED] * 2, decimals=2)
    assert row["value"] == 9.88
