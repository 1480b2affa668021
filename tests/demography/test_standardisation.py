import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from renkou.core.errors import FiguresRefused
from renkou.demography.mortality.standardisation import (
    directly_standardised_rate,
    indirectly_standardised_rate,
    standard_population,
    standardised_mortality_ratio,
    standards,
)
from renkou.demography.rates.intervals import poisson_interval

GOLDEN = json.loads((Path(__file__).parent / "golden/standardised_rates.json").read_text("utf-8"))


def test_the_limits_of_fay_and_feuer() -> None:
    case = GOLDEN["birth_order_5"]
    found = directly_standardised_rate(
        case["events"], case["exposure"], case["standard"], per=case["per"]
    )
    got = np.array([found.value, found.interval.lower, found.interval.upper])
    difference = np.abs(got - [case["rate"], *case["fay_feuer"]])
    assert difference.max() <= case["tolerance"], difference


def test_rates_equal_to_the_standard_s_give_its_crude_rate() -> None:
    found = directly_standardised_rate([10, 40], [1000, 2000], [3, 1], per=1000)
    assert found.value == pytest.approx(1000 * (0.75 * 0.01 + 0.25 * 0.02))
    assert found.standard_error == pytest.approx(
        1000 * np.sqrt((0.75 / 1000) ** 2 * 10 + (0.25 / 2000) ** 2 * 40)
    )
    assert found.unit == "per 1000"
    assert found.interval.method == "Fay and Feuer (gamma)"


@pytest.mark.parametrize("count_method", ["exact", "byar"])
def test_with_one_weight_dobson_s_limits_are_those_of_the_count(count_method) -> None:
    found = directly_standardised_rate(
        [4, 8], [100, 100], [1, 1], per=1, method="dobson", count_method=count_method
    )
    of_count = poisson_interval(12, 0.95, count_method)
    assert found.interval.lower == pytest.approx(of_count.lower / 200)
    assert found.interval.upper == pytest.approx(of_count.upper / 200)


def test_with_one_weight_fay_and_feuer_s_limits_are_exact() -> None:
    found = directly_standardised_rate([4, 8], [100, 100], [1, 1], per=1)
    exact = poisson_interval(12)
    assert found.interval.lower == pytest.approx(exact.lower / 200)
    assert found.interval.upper == pytest.approx(exact.upper / 200)


def test_areas_are_standardised_at_once_and_an_area_without_events_keeps_an_upper_limit() -> None:
    found = directly_standardised_rate([[0, 0], [3, 5]], [[100, 100], [50, 80]], [2, 1])
    alone = directly_standardised_rate([3, 5], [50, 80], [2, 1])
    assert found.value[0] == found.interval.lower[0] == 0
    assert found.interval.upper[0] > 0
    assert found.interval.upper[1] == alone.interval.upper


def test_standards_add_to_one_and_say_where_they_are_from() -> None:
    for name in standards():
        found = standard_population(name)
        assert found.weights.sum() == pytest.approx(1)
        assert found.source
        assert found.zh
        assert len(found.ages) == len(found.weights)
    assert standard_population("who-2000-2025").weights[0] == pytest.approx(8.86 / 100.035)
    older = standard_population("china-2020", ages=[0, 65])
    assert older.weights[1] == pytest.approx(190_635_280 / 1_409_778_724)


def test_a_standard_by_name_is_joined_to_the_ages_of_the_events_and_noted() -> None:
    ages = np.arange(0, 90, 5)
    events, exposure = np.arange(18.0), np.full(18, 1000.0)
    named = directly_standardised_rate(events, exposure, "who-2000-2025", ages=ages)
    by_hand = directly_standardised_rate(
        events, exposure, standard_population("who-2000-2025", ages).weights
    )
    assert named.value == pytest.approx(by_hand.value)
    assert "WHO World Standard Population" in named.notes[0]
    assert by_hand.notes == ("Standard population as given.",)


def test_the_ratio_of_observed_to_expected() -> None:
    found = standardised_mortality_ratio([[5, 7], [1, 0]], [[1000, 500]], [0.002, 0.01])
    np.testing.assert_array_equal(found.observed, [12, 1])
    np.testing.assert_allclose(found.expected, [7, 7])
    np.testing.assert_allclose(found.ratio, [12 / 7, 1 / 7])
    np.testing.assert_allclose(found.interval.upper, poisson_interval([12, 1]).upper / 7)
    rate = indirectly_standardised_rate(found, 0.005)
    np.testing.assert_allclose(rate.value, np.array([12, 1]) / 7 * 5)
    np.testing.assert_allclose(rate.interval.lower, found.interval.lower * 5)


def test_noise_of_disclosure_control_widens_a_rate_on_both_sides() -> None:
    given = [40, 90], [1000, 2000], [3, 1]
    plain = directly_standardised_rate(*given)
    noisy = directly_standardised_rate(*given, noise_variance=[4, 9])
    added = 1000**2 * ((0.75 / 1000) ** 2 * 4 + (0.25 / 2000) ** 2 * 9)
    assert noisy.standard_error**2 - plain.standard_error**2 == pytest.approx(added)
    z = 1.959963984540054
    for end in ("lower", "upper"):
        half = getattr(plain.interval, end) - plain.value
        assert (getattr(noisy.interval, end) - noisy.value) ** 2 == pytest.approx(
            half**2 + z**2 * added
        )
    few = directly_standardised_rate([0, 1], [10, 10], [1, 1], noise_variance=4)
    assert few.interval.lower == 0
    assert any("below 0 was set to 0" in note for note in few.interval.notes)


def test_noise_widens_a_ratio_as_it_widens_the_count() -> None:
    found = standardised_mortality_ratio([50, 70], [1000, 500], [0.02, 0.1], noise_variance=[3, 6])
    count = poisson_interval(120, noise_variance=9)
    assert found.interval.lower == pytest.approx(count.lower / 70)
    assert found.interval.upper == pytest.approx(count.upper / 70)
    assert "disclosure control" in found.interval.assumption


def test_events_of_all_ages_together_give_the_same_ratio() -> None:
    by_age = standardised_mortality_ratio([5, 7], [1000, 500], [0.002, 0.01])
    whole = standardised_mortality_ratio([12], [1000, 500], [0.002, 0.01])
    assert by_age.ratio == whole.ratio
    byar = standardised_mortality_ratio([12], [1000, 500], [0.002, 0.01], method="byar")
    assert byar.interval.method == "Byar"
    assert byar.interval.lower == pytest.approx(whole.interval.lower, rel=0.01)


DIRECT = {
    "no exposure": ({"exposure": [100, 0]}, r"exposure\[1\] = 0: is divided by"),
    "negative events": ({"events": [-1, 1]}, r"events\[0\] = -1"),
    "other lengths": ({"exposure": [1, 2, 3]}, "events and exposure = 2 and 3"),
    "a standard of another length": ({"standard": [1, 2, 3]}, "events and standard = 2 and 3"),
    "a standard of nobody": ({"standard": [0, 0]}, "sum of standard.* = 0"),
    "a negative standard": ({"standard": [1, -1]}, r"standard\[1\] = -1"),
    "an unknown standard": (
        {"standard": "who", "ages": [0, 5]}, r"standard = 'who': .*did you mean|name one"
    ),
    "a standard without ages": ({"standard": "china-2020"}, "ages: the standard china-2020 needs"),
    "ages finer than the standard": (
        {"standard": "who-2000-2025", "ages": [0, 1]}, r"ages\[1\] = 1: groups of the standard"
    ),
    "ages from 15": ({"standard": "china-2020", "ages": [15, 60]}, r"ages\[0\] = 15: groups of"),
    "an unknown method": ({"method": "gamma"}, "method = 'gamma'"),
    "an unknown count method": (
        {"method": "dobson", "count_method": "wald"}, "method = 'wald'"
    ),
    "Dobson without events": ({"events": [0, 0], "method": "dobson"}, "events = 0: Dobson's limits"),
    "a unit of nothing": ({"per": 0}, "per = 0"),
    "a level of 95": ({"level": 95}, "level = 95"),
}  # fmt: skip


@pytest.mark.parametrize("what", DIRECT)
def test_what_cannot_be_standardised_is_refused(what: str) -> None:
    changed, message = DIRECT[what]
    given = {"events": [3, 5], "exposure": [100, 80], "standard": [2, 1], **changed}
    with pytest.raises(FiguresRefused, match=message) as refusal:
        directly_standardised_rate(**given)
    assert refusal.value.zh


def test_a_ratio_to_nothing_expected_is_refused() -> None:
    with pytest.raises(FiguresRefused, match="expected = 0"):
        standardised_mortality_ratio([1], [0, 0], [0.1, 0.2])
    with pytest.raises(FiguresRefused, match="exposure and events = 2 and 3"):
        standardised_mortality_ratio([1, 2, 3], [1, 1], [0.1, 0.2])


some = st.lists(
    st.tuples(st.integers(0, 50), st.integers(1, 10_000), st.integers(1, 100)),
    min_size=2,
    max_size=8,
)


@given(some)
def test_a_rate_lies_in_its_interval_and_among_the_rates_by_age(
    rows: list[tuple[int, int, int]],
) -> None:
    events, exposure, standard = np.array(rows, dtype=float).T
    found = directly_standardised_rate(events, exposure, standard, per=1)
    rates = events / exposure
    assert rates.min() - 1e-12 <= found.value <= rates.max() + 1e-12
    assert 0 <= found.interval.lower <= found.value <= found.interval.upper
    assert found.interval.lower < found.interval.upper


@given(some, st.floats(0.5, 20))
def test_the_unit_of_the_standard_does_not_matter(
    rows: list[tuple[int, int, int]], scale: float
) -> None:
    events, exposure, standard = np.array(rows, dtype=float).T
    one = directly_standardised_rate(events, exposure, standard)
    other = directly_standardised_rate(events, exposure, standard * scale)
    np.testing.assert_allclose(one.interval.upper, other.interval.upper)
    np.testing.assert_allclose(one.value, other.value)


def test_fay_and_feuer_hold_the_truth_at_least_as_often_as_they_say() -> None:
    rng = np.random.default_rng(2)
    rates, exposure = np.array([0.001, 0.002, 0.05]), np.array([800, 600, 50])
    standard = np.array([0.5, 0.3, 0.2])
    events = rng.poisson(rates * exposure, size=(4000, 3))
    found = directly_standardised_rate(events, exposure, standard, per=1).interval
    true = (rates * standard).sum()
    assert ((found.lower <= true) & (true <= found.upper)).mean() >= 0.95
