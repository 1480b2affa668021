"""Households by headship rates, and beds by births."""

import numpy as np
import pytest

from renkou.core.errors import FiguresRefused
from renkou.demography.planning.households import households_by_headship
from renkou.demography.planning.needs import maternity_beds, rounded_up


def test_households_are_people_by_headship_in_every_area():
    people = np.arange(24.0).reshape(3, 2, 4)
    rates = np.array([[0.0, 0.2, 0.5, 0.6], [0.0, 0.1, 0.1, 0.4]])
    found = households_by_headship(people, rates)
    for area in range(3):
        np.testing.assert_allclose(found[area], people[area] * rates)


@pytest.mark.parametrize(
    ("rates", "message"),
    [
        ([[0.2, 1.2], [0, 0]], r"headship\[0, 1\] = 1.2"),
        ([[0.1] * 3] * 2, "give rates for the same"),
    ],
)
def test_rates_that_are_no_shares_or_do_not_fit_are_refused(rates, message):
    with pytest.raises(FiguresRefused, match=message) as refused:
        households_by_headship([[5.0, 6.0], [5.0, 6.0]], rates)
    assert refused.value.zh


def test_beds_are_bed_days_over_days_in_use():
    """1000 births of which 99 % in hospital, 6 days each, a peak of 1.2, at 90 % of 365 days."""
    beds = maternity_beds(1000, stay=6, occupancy=0.9, facility_share=0.99, peak_factor=1.2)
    assert beds == pytest.approx(7128 / 328.5)
    assert rounded_up(beds) == 22


@pytest.mark.parametrize(
    ("change", "message"),
    [({"occupancy": 0}, "occupancy = 0"), ({"occupancy": 85}, "occupancy = 85"),
     ({"births": -1}, "births = -1"), ({"facility_share": 99.9}, "facility_share = 99.9"),
     ({"stay": -1}, "stay = -1")],
)  # fmt: skip
def test_beds_of_impossible_numbers_are_refused(change, message):
    with pytest.raises(FiguresRefused, match=message):
        maternity_beds(**({"births": 100, "stay": 5, "occupancy": 0.85} | change))


def test_a_hair_of_arithmetic_is_no_further_class():
    pupils = sum([0.1] * 30) * 150  # 450.00000000000006
    assert pupils > 450
    assert rounded_up(pupils / 45) == 10
    assert rounded_up(450.5 / 45) == 11
    assert np.isnan(rounded_up(np.nan))
