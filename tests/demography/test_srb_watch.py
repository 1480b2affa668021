import inspect
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from renkou.core.errors import FiguresRefused
from renkou.demography.areas.srb_watch import (
    NO_GIRLS,
    OWN_REFERENCE,
    SexRatioWatch,
    adjusted_p_values,
    mid_p_value,
    watch_sex_ratios,
)


def test_an_area_far_above_the_reference_is_found_and_a_usual_one_is_not() -> None:
    found = watch_sex_ratios([530, 620, 515], [500, 480, 500])
    assert found.found.tolist() == [False, True, False]
    assert found.sex_ratio.tolist() == pytest.approx([106, 100 * 620 / 480, 103])
    assert (found.interval.lower < found.sex_ratio).all()
    assert found.notes == ()


def test_too_few_births_are_not_tested_and_the_notes_say_how_many() -> None:
    found = watch_sex_ratios([[50, 49], [0, 90]], [[50, 50], [0, 40]])
    assert found.tested.tolist() == [[True, False], [False, True]]
    assert np.isnan(found.p_value[0, 1])
    assert np.isnan(found.adjusted_p[1, 0])
    assert np.isnan(found.sex_ratio[1, 0])
    assert not found.found[0, 1]
    assert found.notes == ("not tested, having fewer than 100 births: 2 of 4",)
    assert watch_sex_ratios(0, 0).tested.tolist() is False


def test_many_tests_raise_what_each_must_show() -> None:
    boys, girls = np.full(40, 515), np.full(40, 486)
    boys[0], girls[0] = 552, 449  # alone it would be found
    assert watch_sex_ratios(boys[0], girls[0]).found
    assert not watch_sex_ratios(boys, girls).found.any()


def test_the_rate_asked_for_decides_what_is_found() -> None:
    boys, girls = [560, 545, 515], [455, 460, 486]
    adjusted = watch_sex_ratios(boys, girls).adjusted_p
    assert 0.01 < adjusted[0] < 0.3
    for rate in (adjusted[0] * 0.99, adjusted[0] * 1.01):
        found = watch_sex_ratios(boys, girls, false_discovery_rate=rate).found
        assert found.tolist() == (adjusted <= rate).tolist()
        assert found[0] == (rate > adjusted[0])


def test_only_more_boys_are_looked_for_when_asked() -> None:
    boys, girls = [400, 620], [600, 480]
    assert watch_sex_ratios(boys, girls).found.tolist() == [True, True]
    upper = watch_sex_ratios(boys, girls, alternative="more-boys")
    assert upper.found.tolist() == [False, True]


def test_the_reference_may_be_the_areas_own() -> None:
    boys, girls = [6000, 6100, 5900], [5000, 5000, 5000]
    assert watch_sex_ratios(boys, girls).found.any()
    own = watch_sex_ratios(boys, girls, None)
    assert own.reference == pytest.approx(120)
    assert not own.found.any()
    assert own.notes == (OWN_REFERENCE,)


def test_no_ratio_is_given_without_girls() -> None:
    found = watch_sex_ratios([120, 60], [0, 60])
    assert np.isnan(found.sex_ratio[0])
    assert np.isnan(found.interval.upper[0])
    assert found.found.tolist() == [True, False]
    assert found.notes == (NO_GIRLS,)


def test_it_speaks_of_areas_only() -> None:
    taken = set(inspect.signature(watch_sex_ratios).parameters)
    given = {field.name for field in fields(SexRatioWatch)}
    for word in ("person", "family", "mother", "clinic", "hospital", "household", "id"):
        assert word not in taken | given


def test_the_mid_p_value_counts_what_was_seen_half() -> None:
    assert mid_p_value(8, 10, 0.5, "more-boys") == pytest.approx((45 / 2 + 10 + 1) / 1024)
    assert mid_p_value(2, 10, 0.5, "two-sided") == pytest.approx(2 * (45 / 2 + 10 + 1) / 1024)
    assert mid_p_value([0, 10], 10, 0.5, "two-sided").tolist() == pytest.approx([1 / 1024] * 2)


def test_false_discoveries_stay_below_the_rate_asked_for() -> None:
    random = np.random.default_rng(8)
    births = np.full((300, 60), 800)
    chance = np.where(np.arange(60) < 12, 118 / 218, 106 / 206)  # twelve of sixty are skewed
    boys = random.binomial(births, chance)
    wrong = []
    for row in range(300):
        found = watch_sex_ratios(boys[row], births[row] - boys[row]).found
        wrong.append(found[12:].sum() / max(found.sum(), 1))
    assert np.mean(wrong) < 0.05


@given(arrays(np.float64, st.integers(1, 30), elements=st.floats(0, 1)))
def test_adjusted_p_values_are_those_of_the_definition(p_values: np.ndarray) -> None:
    many = len(p_values)
    ordered = np.sort(p_values)
    harmonic = (1 / np.arange(1, many + 1)).sum()
    for discovery, factor in (("benjamini-hochberg", 1.0), ("benjamini-yekutieli", harmonic)):
        found = adjusted_p_values(p_values, discovery)
        for each, adjusted in zip(p_values, found, strict=True):
            ranks = np.arange(1, many + 1)
            least = (factor * many * ordered / ranks)[ordered >= each].min()
            assert adjusted == pytest.approx(min(least, 1))
    library = stats.false_discovery_control(p_values, method="bh")
    np.testing.assert_allclose(adjusted_p_values(p_values, "benjamini-hochberg"), library)


@given(
    arrays(np.int64, (4, 3), elements=st.integers(0, 900)),
    arrays(np.int64, (4, 3), elements=st.integers(0, 900)),
)
def test_places_and_their_order_do_not_matter(boys: np.ndarray, girls: np.ndarray) -> None:
    found = watch_sex_ratios(boys, girls)
    turned = watch_sex_ratios(boys.T[::-1], girls.T[::-1])
    np.testing.assert_allclose(found.adjusted_p.T[::-1], turned.adjusted_p)
    tested = found.tested
    assert (found.adjusted_p[tested] >= found.p_value[tested]).all()
    assert not (found.found & ~tested).any()
    stricter = watch_sex_ratios(boys, girls, discovery="benjamini-yekutieli")
    assert not (stricter.found & ~found.found).any()


@given(st.integers(0, 400), st.integers(0, 400), st.floats(0.3, 0.7))
def test_a_two_sided_p_value_is_a_probability_and_mirrors(boys: int, girls: int, p: float) -> None:
    found = mid_p_value(boys, boys + girls, p, "two-sided")
    assert 0 <= found <= 1
    assert found == pytest.approx(mid_p_value(girls, boys + girls, 1 - p, "two-sided"), abs=1e-9)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: watch_sex_ratios([1, -1], [5, 5]), "male_births[1] = -1"),
        (lambda: watch_sex_ratios([1, 1], [5, 0.5]), "female_births[1] = 0.5"),
        (lambda: watch_sex_ratios([1, 1], [5, 5, 5]), "male_births and female_births"),
        (lambda: watch_sex_ratios(1, 1, 1.06), "reference = 1.06"),
        (lambda: watch_sex_ratios([1], [0], None), "female_births summed = 0"),
        (lambda: watch_sex_ratios(100, 100, alternative="less"), "alternative = 'less'"),
        (lambda: watch_sex_ratios(100, 100, discovery="holm"), "discovery = 'holm'"),
        (lambda: watch_sex_ratios(100, 100, false_discovery_rate=5), "false_discovery_rate = 5"),
        (lambda: watch_sex_ratios(100, 100, fewest_births=0), "fewest_births = 0"),
        (lambda: watch_sex_ratios(100, 100, level=95), "level = 95"),
        (lambda: mid_p_value(3, 2, 0.5, "two-sided"), "count = 3"),
        (lambda: mid_p_value(1, 2, 1.5, "two-sided"), "chance = 1.5"),
        (lambda: adjusted_p_values([0.5, 1.5], "benjamini-hochberg"), "p_values[1] = 1.5"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name_place_and_value(call: object, said: str) -> None:
    with pytest.raises(FiguresRefused) as refused:
        call()  # type: ignore[operator]
    assert said in str(refused.value)
    assert refused.value.zh
