"""Who is below the statutory age of retirement, which in China rises from 2025 to 2039. Pure (NumPy).

Source: Decision of the Standing Committee of the National People's Congress on the gradual raising of
the statutory retirement age (13 September 2024), articles 1 and 2 with their tables: a month of delay
for every four months of birth (men from 60 to 63, women from 55 to 58) or every two (women from 50 to
55). Men born in January 1965 are the first, at 60 years and 1 month; those born from September 1976 on
retire at 63.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from renkou.demography.checked import Floats

TRACKS = ("men", "women_50", "women_55")


def retirement_delay(
    born: npt.ArrayLike, *, age: int, final_age: int, start_year: int, months_per_step: int
) -> npt.NDArray[np.int64]:
    """Months by which the statutory age of a month of birth lies above the age before the rise.

    Parameters
    ----------
    born : any shape, months since January of year 0: 12 x year + month - 1

    >>> man = {"age": 60, "final_age": 63, "start_year": 2025, "months_per_step": 4}
    >>> retirement_delay([12 * 1964 + 11, 12 * 1965, 12 * 1965 + 4, 12 * 1976 + 8], **man)
    array([ 0,  1,  2, 36])
    """
    since = np.asarray(born, dtype=np.int64) - 12 * (start_year - age)
    delay = np.minimum(since // months_per_step + 1, 12 * (final_age - age))
    return np.where(since < 0, 0, delay)


def statutory_working_share(
    years: npt.ArrayLike, ages: int, *, from_age: int = 16, **track: Any
) -> Floats:
    """Share of each single age that, on 1 January, has not reached the statutory age.

    Parameters
    ----------
    years : shape (years,), calendar years
    ages : how many single ages, the last open
    from_age : age of entry to working life; 16 by the Labour Law, article 15
    track : age, final_age, start_year and months_per_step, as of `retirement_delay`

    Returns
    -------
    shape (years, ages), in [0, 1]; births are spread evenly over months and fall in mid-month

    >>> man = {"age": 60, "final_age": 63, "start_year": 2025, "months_per_step": 4}
    >>> statutory_working_share([2025, 2026, 2039, 2045], 101, **man)[:, 59:64].round(3)
    array([[1.   , 0.   , 0.   , 0.   , 0.   ],
           [1.   , 0.25 , 0.   , 0.   , 0.   ],
           [1.   , 1.   , 1.   , 0.833, 0.   ],
           [1.   , 1.   , 1.   , 1.   , 0.   ]])
    """
    when, months = np.asarray(years, dtype=np.int64)[:, None, None], np.arange(12)
    age = np.arange(ages)[:, None]
    born = 12 * (when - 1 - age) + months  # shape (years, ages, 12)
    lived = 12 * when - born - 0.5  # months on 1 January, of somebody born in mid-month
    working = lived < 12 * track["age"] + retirement_delay(born, **track)
    return np.where(np.arange(ages) < from_age, 0.0, working.mean(axis=-1))
