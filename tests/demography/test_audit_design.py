import numpy as np
import pytest

from renkou.core.errors import FiguresRefused
from renkou.demography.coverage.audit_design import (
    audit_miss_rate,
    audit_miss_rate_from_totals,
    audit_sample_size,
    design_effect,
    intraclass_correlation,
    miss_count_interval,
)


def test_the_design_effect_is_one_where_people_are_not_alike() -> None:
    assert design_effect(300, 0) == 1
    assert design_effect(1, 0.5) == 1
    assert design_effect(50, 0.02, 0.5) == pytest.approx(1 + (1.25 * 50 - 1) * 0.02)


def test_a_pilot_gives_the_correlation_back() -> None:
    rng = np.random.default_rng(4)
    checked = np.full(4000, 40)
    missed = rng.binomial(checked, rng.beta(0.05 * 9, 0.95 * 9, 4000))  # correlation 1 / (9 + 1)
    assert intraclass_correlation(missed, checked) == pytest.approx(0.1, abs=0.01)


def test_the_plan_is_the_smallest_that_reaches_the_precision() -> None:
    options = {"village_size": 300, "intraclass_correlation": 0.02}
    plan = audit_sample_size(0.02, 0.005, **options)
    assert plan.half_width <= 0.005
    assert plan.people == plan.villages * 300
    assert plan.design_effect == pytest.approx(6.98)
    # Without clusters and for very many villages: 1.96² p (1 - p) / d² people.
    simple = audit_sample_size(0.02, 0.0005, village_size=1, intraclass_correlation=0)
    assert simple.villages == pytest.approx(1.959964**2 * 0.0196 / 0.0005**2, rel=1e-3)


def test_few_villages_in_all_need_fewer() -> None:
    options = {"village_size": 300, "intraclass_correlation": 0.02}
    every = audit_sample_size(0.02, 0.005, **options)
    some = audit_sample_size(0.02, 0.005, villages_in_area=60, **options)
    assert some.villages < every.villages
    whole = audit_sample_size(0.02, 1e-6, villages_in_area=12, **options)
    assert whole.villages == 12
    assert whole.half_width == 0
    assert any("All villages" in note for note in whole.notes)


def test_who_cannot_be_met_costs_villages() -> None:
    options = {"village_size": 300, "intraclass_correlation": 0.0}
    full = audit_sample_size(0.02, 0.005, **options)
    assert audit_sample_size(0.02, 0.005, response=0.5, **options).villages > full.villages


def test_the_rate_and_its_error_are_those_of_the_textbook() -> None:
    # Ratio of totals, Cochran (1977) p. 155: with replacement, by hand.
    x, m = np.array([0, 2, 1, 0, 3.0]), np.array([310, 290, 305, 280, 330.0])
    found = audit_miss_rate(x, m)
    rate = x.sum() / m.sum()
    assert found.rate == pytest.approx(rate)
    variance = 5 / 4 * ((x - rate * m) ** 2).sum() / m.sum() ** 2
    assert found.standard_error == pytest.approx(np.sqrt(variance))
    assert found.design_effect == pytest.approx(variance / (rate * (1 - rate) / m.sum()))


def test_villages_not_drawn_again_leave_less_uncertain() -> None:
    x, m = [0, 2, 1, 0, 3], [310, 290, 305, 280, 330]
    free, drawn = audit_miss_rate(x, m), audit_miss_rate(x, m, villages_in_area=10)
    assert drawn.standard_error == pytest.approx(free.standard_error * np.sqrt(0.5))


def test_design_strata_and_weights() -> None:
    x, m = np.array([1, 1, 9, 9]), np.array([100, 100, 100, 100])
    apart = audit_miss_rate(x, m, design_strata=["a", "a", "b", "b"])
    assert apart.rate == 0.05
    assert apart.standard_error == 0
    assert audit_miss_rate(x, m, weights=[3, 3, 1, 1]).rate == pytest.approx(0.03)


def test_the_interval_holds_the_truth_of_rare_clustered_misses() -> None:
    rng, held = np.random.default_rng(6), 0
    for _ in range(500):
        checked = rng.integers(150, 400, 28)
        found = audit_miss_rate(rng.binomial(checked, rng.beta(0.8, 79.2, 28)), checked)
        held += found.lower <= 0.01 <= found.upper
    assert 0.92 <= held / 500 <= 0.99


def test_28_points_and_33_people_missed() -> None:
    # Assumed: 300 people a point; people of a point alike enough to triple the variance.
    found = audit_miss_rate_from_totals(33, 28 * 300, 28, design_effect=3)
    assert found.rate == pytest.approx(33 / 8400)
    assert (round(found.lower, 4), round(found.upper, 4)) == (0.0019, 0.0072)
    assert "design effect 3 assumed" in found.notes[0]
    # As if everybody had been drawn alone it would look twice as sure as it is.
    alone = audit_miss_rate_from_totals(33, 28 * 300, 28, design_effect=1)
    assert found.upper - found.lower > 1.6 * (alone.upper - alone.lower)
    # Not knowing how many were checked, the count has Garwood's interval.
    assert np.round(miss_count_interval(33), 2).tolist() == [22.72, 46.34]
    assert miss_count_interval(0) == (0.0, pytest.approx(3.689, abs=1e-3))


def test_nobody_missed_is_no_proof_of_nobody() -> None:
    found = audit_miss_rate([0, 0, 0], [300, 300, 300])
    assert found.lower == 0
    assert found.upper > 3 / 900
    assert "taken as 1" in found.notes[0]


def test_the_same_share_everywhere_still_has_people_in_it() -> None:
    found = audit_miss_rate([3, 3, 3], [300, 300, 300])
    assert found.rate == 0.01
    assert found.lower < 0.01 < found.upper


@pytest.mark.parametrize(
    ("missed", "checked", "options", "match"),
    [
        ([1, 2], [10, 1], {}, r"missed\[1\] = 2"),
        ([1], [10], {}, "two villages"),
        ([1, 2], [10, 0], {}, r"checked\[1\] = 0"),
        ([1, 2], [10, 10], {"weights": [1]}, "weights"),
        ([1, 2], [10, 10], {"design_strata": ["a", "b"]}, "design_strata"),
        ([1, 2], [10, 10], {"villages_in_area": 1}, "villages_in_area"),
    ],
)
def test_impossible_audits_are_refused(
    missed: list[int], checked: list[int], options: dict[str, object], match: str
) -> None:
    with pytest.raises(FiguresRefused, match=match):
        audit_miss_rate(missed, checked, **options)


def test_impossible_plans_and_totals_are_refused() -> None:
    options = {"village_size": 300, "intraclass_correlation": 0.02}
    for rate, width in ((0, 0.1), (0.02, 0), (0.02, 2)):
        with pytest.raises(FiguresRefused, match="half_width"):
            audit_sample_size(rate, width, **options)
    with pytest.raises(FiguresRefused, match="villages_in_area"):
        audit_sample_size(0.02, 0.01, villages_in_area=1, **options)
    with pytest.raises(FiguresRefused, match="missed, checked"):
        audit_miss_rate_from_totals(5, 4, 3, design_effect=1)
    with pytest.raises(FiguresRefused, match="larger pilot"):
        intraclass_correlation([0, 0], [10, 10])
