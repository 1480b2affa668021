"""Rates that the Human Mortality Database has itself closed by Kannisto's curve."""

import numpy as np
import pytest
from scipy.special import expit

from renkou.demography.mortality.old_age import close_by_kannisto
from tests.demography.test_life_tables_golden import assert_close, hmd


@pytest.mark.parametrize("year", ["1933", "1980", "2019"])
@pytest.mark.parametrize("sex", ["male", "female"])
def test_the_curve_goes_on_as_the_database_s_does(sex: str, year: str) -> None:
    printed = hmd(sex, year)["mx"]
    closed = close_by_kannisto(printed[:106], fit_from=96, fit_to=104)
    # five decimals are printed, and those fitted are rounded as well
    assert_close(closed.mx[105:110], printed[105:110], 8e-6, f"{sex} {year}")
    # of 110+ the database takes the curve at 110.5, not one over life expectancy there
    at_110 = expit(np.log(closed.a) + closed.b * (110.5 - closed.origin))
    assert at_110 == pytest.approx(printed[110], abs=1e-5)
    assert closed.mx[110] == pytest.approx(printed[110], rel=0.04)
