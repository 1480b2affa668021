"""Child mortality from children ever born and dead, by age of mother (Brass, Trussell). Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from renkou.demography.checked import Floats, not_negative, of_one_length, positive, refuse_where

_AGES = (15, 20, 25, 30, 35, 40, 45)
_CHILD_AGES = (1, 2, 3, 5, 10, 15, 20)

# United Nations (1983), Manual X, tables 47 and 48: Trussell's coefficients, Coale-Demeny West
_MULTIPLIER = np.array(
    [
        (1.1415, -2.7070, 0.7663),
        (1.2563, -0.5381, -0.2637),
        (1.1851, 0.0633, -0.4177),
        (1.1720, 0.2341, -0.4272),
        (1.1865, 0.3080, -0.4452),
        (1.1746, 0.3314, -0.4537),
        (1.1639, 0.3190, -0.4435),
    ]
)
_YEARS_AGO = np.array(
    [
        (1.0970, 5.5628, -1.9956),
        (1.3062, 5.5677, 0.2962),
        (1.5305, 2.5528, 4.8962),
        (1.9991, -2.4261, 10.4282),
        (2.7632, -8.4065, 16.1787),
        (4.3468, -13.2436, 20.1990),
        (7.5242, -14.2013, 20.0162),
    ]
)


@dataclass(frozen=True)
class ChildMortality:
    """One estimate per age group of mothers, ages last.

    Attributes
    ----------
    qx : shape (..., 7), probability of dying before `child_ages`
    years_ago : shape (..., 7), before the survey, to which each refers
    multiplier : qx over the share dead
    parity, share_dead : children per woman, and dead among them
    """

    qx: Floats
    child_ages: tuple[int, ...]
    years_ago: Floats
    multiplier: Floats
    parity: Floats
    share_dead: Floats
    notes: tuple[str, ...]


def child_mortality_brass_trussell(
    women: npt.ArrayLike, children_born: npt.ArrayLike, children_dead: npt.ArrayLike
) -> ChildMortality:
    """Mortality of children from what mothers of 15-49 report of all their children.

    Parameters
    ----------
    women : shape (..., 7), women at 15-19, 20-24, … 45-49, childless ones included
    children_born, children_dead : shape (..., 7), their children ever born alive, and dead

    Raises
    ------
    FiguresRefused
        If lengths are not 7, women or children are none, or more died than were born.

    Source: Brass & Coale (1968); Trussell (1975), Population Studies 29; United Nations (1983),
    Manual X, ch. III, tables 47 and 48, model West.
    """
    mothers, born = positive("women", women), positive("children_born", children_born)
    dead = not_negative("children_dead", children_dead)
    seven = np.array(_AGES, dtype=np.float64)
    of_one_length(ages_15_to_49=seven, women=mothers, children_born=born, children_dead=dead)
    refuse_where(
        "children_dead", np.broadcast_to(dead, np.broadcast_shapes(dead.shape, born.shape)),
        dead > born, "no more children died than were born", "check both at their source",
        "死亡子女不应多于生育子女；请核对两者来源",
    )  # fmt: skip
    parity, share = born / mothers, dead / born
    ratios = np.stack(
        [
            np.ones(parity.shape[:-1]),
            parity[..., 0] / parity[..., 1],
            parity[..., 1] / parity[..., 2],
        ],
        axis=-1,
    )
    multiplier = ratios @ _MULTIPLIER.T
    return ChildMortality(
        qx=multiplier * share, child_ages=_CHILD_AGES, years_ago=ratios @ _YEARS_AGO.T,
        multiplier=multiplier, parity=parity, share_dead=share,
        notes=(
            "Coale-Demeny model West; fertility constant in the years before the survey.",
            "采用 Coale-Demeny 西方模式；假定调查前若干年生育水平不变。",
            "Estimates from mothers of 15-19 rest on few and untypical births: seldom to be used.",
            "15—19 岁母亲的估计依据的出生少且不典型，一般不采用。",
        ),
    )  # fmt: skip
