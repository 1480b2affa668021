"""Identities of the relational model."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from renkou.demography.forecasts.relational_mortality import mortality_for_e0, reachable_e0
from renkou.demography.mortality.life_tables import life_table

from .schedules import FEMALE


@settings(max_examples=60, deadline=None)
@given(
    st.floats(0.3, 3), st.floats(0, 1), st.floats(0.8, 1.2), st.sampled_from(["male", "female"]),
)  # fmt: skip
def test_e0_asked_is_e0_found(level: float, share: float, beta: float, sex: str) -> None:
    e0 = 45 + 35 * share
    found = mortality_for_e0(FEMALE * level, e0, sex=sex, beta=beta)
    # The UN's lines for a0 leave a step of .0002 years of those who die as infants.
    assert abs(life_table(found.mx, sex=sex).e0 - e0) < 1e-5
    assert (found.mx > 0).all()


@settings(max_examples=30, deadline=None)
@given(st.floats(50, 80), st.floats(50, 80))
def test_going_by_another_level_changes_nothing(first: float, second: float) -> None:
    """Odds multiply, so the way to a life expectancy does not matter."""
    at_once = mortality_for_e0(FEMALE, second, sex="female").mx
    by = mortality_for_e0(mortality_for_e0(FEMALE, first, sex="female").mx, second, sex="female").mx
    np.testing.assert_allclose(by[:-1], at_once[:-1], rtol=1e-4)


@settings(max_examples=30, deadline=None)
@given(
    level=st.floats(1e-6, 2e-3), rise=st.floats(0.03, 0.14), flat=st.floats(0, 0.02),
    infants=st.floats(1e-4, 0.3), ages=st.sampled_from([86, 101, 111]),
    beta=st.one_of(st.just(1.0), st.floats(0.6, 1.6)), sex=st.sampled_from(["male", "female"]),
)  # fmt: skip
def test_every_e0_within_reach_is_found(
    level: float, rise: float, flat: float, infants: float, ages: int, beta: float, sex: str
) -> None:
    """Standards of very long and very short lives; 100 life expectancies of each, ends included."""
    standard = np.minimum(level * np.exp(rise * np.arange(ages)) + flat, 2)
    standard[0] = infants
    low, high = reachable_e0(standard, sex=sex, beta=beta)
    e0 = np.linspace(low, high, 100)
    found = mortality_for_e0(standard, e0, sex=sex, beta=beta)
    np.testing.assert_allclose(life_table(found.mx, sex=sex).e0, e0, atol=1e-4, rtol=0)
    assert (np.abs(found.alpha) <= 3).all()
