"""The statutory age of retirement by month of birth: rows of the tables annexed to the Decision."""

import numpy as np
import pytest

from renkou.demography.planning.working_ages import retirement_delay, statutory_working_share

MEN = {"age": 60, "final_age": 63, "start_year": 2025, "months_per_step": 4}
WOMEN_55 = {"age": 55, "final_age": 58, "start_year": 2025, "months_per_step": 4}
WOMEN_50 = {"age": 50, "final_age": 55, "start_year": 2025, "months_per_step": 2}


@pytest.mark.parametrize(
    ("track", "year", "month", "delay"),
    [
        # Annex 1, men; 2, women of 55; 3, women of 50: month of birth and months of delay
        (MEN, 1964, 12, 0), (MEN, 1965, 1, 1), (MEN, 1965, 4, 1), (MEN, 1965, 5, 2),
        (MEN, 1970, 1, 16), (MEN, 1976, 8, 35), (MEN, 1976, 9, 36), (MEN, 1990, 1, 36),
        (WOMEN_55, 1970, 1, 1), (WOMEN_55, 1981, 8, 35), (WOMEN_55, 1981, 9, 36),
        (WOMEN_50, 1975, 1, 1), (WOMEN_50, 1975, 3, 2), (WOMEN_50, 1984, 10, 59),
        (WOMEN_50, 1984, 11, 60), (WOMEN_50, 1995, 6, 60),
    ],
)  # fmt: skip
def test_delay_by_month_of_birth(track, year, month, delay):
    assert retirement_delay(12 * year + month - 1, **track) == delay


def test_before_and_after_the_rise_whole_ages_work():
    share = statutory_working_share([2020, 2025, 2050], 101, **MEN)
    assert set(share.ravel()) == {0.0, 1.0}
    assert share.sum(axis=-1).tolist() == [44, 44, 47]  # 16-59, 16-59, 16-62


def test_the_share_that_works_never_falls_from_year_to_year():
    for track in (MEN, WOMEN_50, WOMEN_55):
        share = statutory_working_share(np.arange(2020, 2045), 101, **track)
        assert (np.diff(share, axis=0) >= 0).all()
        assert (np.diff(share[:, 16:], axis=1) <= 0).all()


def test_a_country_without_a_rise_keeps_its_age():
    fixed = {"age": 65, "final_age": 65, "start_year": 2000, "months_per_step": 1}
    share = statutory_working_share([1990, 2010, 2090], 101, from_age=15, **fixed)
    assert share.sum(axis=-1).tolist() == [50, 50, 50]
