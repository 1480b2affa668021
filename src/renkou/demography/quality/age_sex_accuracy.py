"""United Nations age-sex accuracy: age ratios, sex ratios and their joint score. Pure.

Five-year age groups, ages last, any leading dimensions. The open group belongs in no score: leave
it out, or say with `n_groups` how many groups to use.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats, not_negative, of_one_length, positive


@dataclass(frozen=True)
class AgeSexAccuracy:
    """The three scores and their joint; each of shape (...,), 0 where counts are perfectly even."""

    age_ratio_score_male: Floats
    age_ratio_score_female: Floats
    sex_ratio_score: Floats
    joint_score: Floats
    notes: tuple[str, ...]


def age_ratios(counts: npt.ArrayLike) -> Floats:
    """Each group per 100 of the mean of its two neighbours.

    Parameters
    ----------
    counts : shape (..., n_ages), people by five-year group, at least three groups

    Returns
    -------
    shape (..., n_ages - 2), without the first and the last group

    Raises
    ------
    FiguresRefused
        If a count is negative, or neighbours are both empty.

    >>> age_ratios([30, 20, 10])
    array([100.])
    """
    people = not_negative("counts", counts)
    if not people.ndim or people.shape[-1] < 3:
        raise FiguresRefused(
            "counts", people.shape, "an age ratio needs a group on either side",
            "give at least three groups", zh="年龄比需要前后各一组；请至少给出三个年龄组",
        )  # fmt: skip
    neighbours = positive("mean of neighbouring counts", (people[..., :-2] + people[..., 2:]) / 2)
    return people[..., 1:-1] / neighbours * 100


def age_ratio_score(counts: npt.ArrayLike) -> Floats:
    """Mean deviation of the age ratios from 100.

    Source: United Nations (1955), Manual II, p. 42-43.

    >>> float(age_ratio_score([30, 20, 10, 0]))
    0.0
    """
    return np.abs(age_ratios(counts) - 100).mean(-1)


def sex_ratios(males: npt.ArrayLike, females: npt.ArrayLike) -> Floats:
    """Males per 100 females by age, the shape of the counts."""
    men, women = not_negative("males", males), positive("females", females)
    of_one_length(males=men, females=women)
    return men / women * 100


def sex_ratio_score(males: npt.ArrayLike, females: npt.ArrayLike) -> Floats:
    """Mean difference, regardless of sign, of the sex ratios of successive groups.

    Source: United Nations (1955), Manual II, p. 42-43.
    """
    return np.abs(np.diff(sex_ratios(males, females), axis=-1)).mean(-1)


def age_sex_accuracy(
    males: npt.ArrayLike, females: npt.ArrayLike, *, n_groups: int | None = None
) -> AgeSexAccuracy:
    """Age-ratio scores of both sexes, sex-ratio score and the joint score of the United Nations.

    The joint score is three times the sex-ratio score plus both age-ratio scores: below 20 is
    called accurate, 20 to 40 inaccurate, above 40 highly inaccurate. Real waves of births, wars
    and migration raise it as well: it measures irregularity, not its cause.

    Parameters
    ----------
    males, females : shape (..., n_ages), people by five-year group from 0-4
    n_groups : use the first so many groups; by default all, and so leave out the open group

    Raises
    ------
    FiguresRefused
        If a count is negative, lengths differ, or a divisor is 0.

    Source: United Nations (1955), Manual II: Methods of Appraisal of Quality of Basic Data, p. 42-43;
    Shryock & Siegel (1973), p. 220-222.
    """
    men, women = not_negative("males", males), not_negative("females", females)
    of_one_length(males=men, females=women)
    used = men.shape[-1] if n_groups is None else n_groups
    if not 3 <= used <= men.shape[-1]:
        raise FiguresRefused(
            "n_groups", used, f"at least 3 and at most the {men.shape[-1]} given",
            "choose fewer groups", zh=f"应为 3 至 {men.shape[-1]} 组；请调整组数",
        )  # fmt: skip
    men, women = men[..., :used], women[..., :used]
    male, female = age_ratio_score(men), age_ratio_score(women)
    sexes = sex_ratio_score(men, women)
    notes = (f"Scores use the first {used} five-year groups.", f"评分使用前 {used} 个五岁组。")
    return AgeSexAccuracy(male, female, sexes, 3 * sexes + male + female, notes)
