"""Households from people, by headship rates. Pure (NumPy).

Source: United Nations (1973), Methods of Projecting Households and Families, Manual VII, chapter 3:
households = people by age and sex x share of them who head a household.
"""

from __future__ import annotations

import numpy.typing as npt

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats, not_negative, probabilities


def households_by_headship(population: npt.ArrayLike, headship: npt.ArrayLike) -> Floats:
    """Households by sex and age of their head.

    Parameters
    ----------
    population : shape (..., 2, ages), of private households
    headship : broadcastable to it, share of people of a sex and age who head a household

    Returns
    -------
    shape of population; the sum over its last two axes is the number of households

    Raises
    ------
    FiguresRefused
        If a count is negative, a rate is no share, or the shapes do not fit.

    >>> households_by_headship([[100.0, 200.0], [100.0, 200.0]], [[0.0, 0.5], [0.0, 0.1]]).sum()
    np.float64(120.0)
    """
    people, rates = not_negative("population", population), probabilities("headship", headship)
    try:
        heads: Floats = people * rates
    except ValueError:
        raise FiguresRefused(
            "population and headship", f"shapes {people.shape} and {rates.shape}",
            "both have sexes and ages on their last two axes", "give rates for the same ages",
            zh="两者最后两维应为性别与年龄；请给出相同年龄的户主率",
        ) from None  # fmt: skip
    return heads
