"""The catalogue says all that it must of each indicator, and nothing that no code knows."""

from __future__ import annotations

import re

import pytest

from renkou.core.areas import LEVEL_DIGITS
from renkou.core.errors import UsageError
from renkou.core.figures import Sensitivity
from renkou.demography.indicators.catalogue import (
    PERIOD_KINDS,
    Indicator,
    catalogue,
    indicator_of,
)
from renkou.demography.indicators.cells import MONTHS_OF
from renkou.demography.indicators.computing import KINDS

EVERY = list(catalogue().values())
ELSEWHERE = {"estimated_stock", "coverage", "completeness"}  # computed from other counts
COUNTS = {"stock", "estimated_stock", "mean_stock", "median_age", "events", "difference"}
BOTH_LANGUAGES = ("formula", "numerator", "base", "unit", "interval")
each = pytest.mark.parametrize("one", EVERY, ids=lambda one: one.id)


@each
def test_it_says_everything_in_both_languages(one: Indicator) -> None:
    told = one.definition
    texts = [told.zh, told.en, told.source]
    texts += [getattr(told, f"{name}_{lang}") for name in BOTH_LANGUAGES for lang in ("zh", "en")]
    assert all(texts)
    assert bool(told.denominator_zh) == bool(told.denominator_en)
    assert re.search(r"[一-鿿]", told.zh)
    assert not re.search(r"[一-鿿]", told.en + told.formula_en + told.base_en + told.interval_en)


@each
def test_its_computation_level_and_period_are_known(one: Indicator) -> None:
    assert one.compute["kind"] in {*KINDS, *ELSEWHERE}
    assert one.definition.lowest_level in LEVEL_DIGITS
    assert one.shortest in PERIOD_KINDS


@each
def test_what_divides_says_by_what(one: Indicator) -> None:
    assert bool(one.definition.denominator_zh) == (one.compute["kind"] not in COUNTS)


def test_ids_and_names_are_unique() -> None:
    for name in ("id", "zh", "en"):
        told = [getattr(one.definition, name) for one in EVERY]
        assert len(set(told)) == len(told)
    assert list(catalogue()) == [one.id for one in EVERY]


def test_every_kind_of_computation_is_used() -> None:
    assert {one.compute["kind"] for one in EVERY} == {*KINDS, *ELSEWHERE}


def test_whatever_is_made_of_births_is_never_ranked() -> None:
    of_births = {
        one.id
        for one in EVERY
        if any(str(value).startswith("births") for value in one.compute.values())
        or one.compute["kind"] in ("asfr", "tfr", "mean_age_at_birth")
    }
    timeliness = {"birth_registration_timeliness"}  # of registration, not of women
    kept = {one.id for one in EVERY if one.definition.sensitivity is Sensitivity.FERTILITY}
    assert of_births - timeliness == kept


def test_the_loss_of_a_child_is_held_to_the_rules_of_health() -> None:
    lost = {one.id for one in EVERY if one.compute["kind"] == "deaths_per_birth"}
    kept = {one.id for one in EVERY if one.definition.sensitivity is Sensitivity.HEALTH}
    assert lost == kept == {"infant_mortality", "under5_mortality"}


def test_periods_go_from_the_shortest_to_the_longest() -> None:
    assert tuple(MONTHS_OF) == PERIOD_KINDS
    assert sorted(MONTHS_OF.values()) == list(MONTHS_OF.values())


@pytest.mark.parametrize("word", ["birth_rate", "出生率"])
def test_an_indicator_is_found_by_id_and_by_chinese_name(word: str) -> None:
    assert indicator_of(word).id == "birth_rate"


def test_an_unknown_indicator_is_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="did you mean birth_rate") as refused:
        indicator_of("birthrate")
    assert "birth_rate" in refused.value.zh
    with pytest.raises(UsageError, match="renkou stats list"):
        indicator_of("x")
