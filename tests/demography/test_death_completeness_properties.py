"""Identities of both death distribution methods."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renkou.demography.quality.extinct_generations import completeness_seg
from renkou.demography.quality.growth_balance import completeness_ggb
from tests.demography.test_death_completeness import _closed_population

SHARES = st.floats(0.3, 1.2)


@settings(max_examples=30)
@given(SHARES, st.floats(0.9, 1.1), st.floats(0.1, 100))
def test_completeness_follows_the_deaths_and_not_the_size(
    share: float, coverage: float, size: float
) -> None:
    pop1, pop2, deaths = _closed_population(0.01, 0.8, coverage)
    whole = completeness_ggb(pop1, pop2, deaths, years=10)
    part = completeness_ggb(pop1 * size, pop2 * size, deaths * size * share, years=10)
    assert part.completeness == pytest.approx(whole.completeness * share)
    assert part.census_coverage == pytest.approx(whole.census_coverage)
    given_ex = {"years": 10, "census_coverage": coverage, "open_ex": 4.0}
    all_ = completeness_seg(pop1, pop2, deaths, **given_ex)
    some = completeness_seg(pop1 * size, pop2 * size, deaths * size * share, **given_ex)
    assert some.completeness == pytest.approx(all_.completeness * share)


@settings(max_examples=30)
@given(st.floats(-0.01, 0.03), st.floats(3, 12))
def test_extinct_generations_of_a_complete_closed_population_rebuild_it(
    growth: float, years: float
) -> None:
    found = completeness_seg(*_closed_population(growth, 1.0, 1.0, years), years=years)
    assert found.completeness == pytest.approx(1, abs=0.02)
    assert np.abs(found.ratio[found.used] - 1).max() < 0.03
