"""An area's sex ratio at birth beside the nation's, where births are few. Pure (NumPy).

The share of boys among births has a beta distribution between areas, around the national share; an
area's births move it. Source: the beta-binomial model, Gelman et al. (2013), Bayesian Data Analysis,
section 2.4 (where it is used on just these births).
"""

from __future__ import annotations

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import not_negative, positive

PRIOR_BIRTHS = 2000.0
"""Births that the national ratio counts as. Areas then vary with a standard deviation of .045 of the
log ratio, as China's 31 provinces did in the census of 2020 once chance is taken out (table 6-1)."""


def steadied_sex_ratio(
    boys: float, girls: float, national: float, *, prior_births: float = PRIOR_BIRTHS
) -> tuple[float, float]:
    """Males per female birth and the standard error of its logarithm.

    Raises
    ------
    FiguresRefused
        If a count is negative, or the national ratio is not between .5 and 2 males per female.

    >>> ratio, error = steadied_sex_ratio(600, 500, 1.1)
    >>> round(ratio, 4), round(error, 4)
    (1.1344, 0.036)
    """
    born = float(not_negative("boys", boys)), float(not_negative("girls", girls))
    usual = float(positive("national", national))
    if not 0.5 <= usual <= 2:
        raise FiguresRefused(
            "national", usual, "males per female birth is between .5 and 2", "divide by 100",
            zh="出生性别比应以男婴/女婴表示，介于 0.5 与 2 之间；请除以 100",
        )  # fmt: skip
    males = born[0] + prior_births * usual / (1 + usual)
    females = born[1] + prior_births / (1 + usual)
    return males / females, (1 / males + 1 / females) ** 0.5
