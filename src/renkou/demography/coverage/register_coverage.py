"""People of an area by a register, an audit of some villages and what was looked up there. Pure (NumPy).

    people = listed x (1 - wrongly listed) / (1 - missed)

The audit writes down whom it meets: those whom no list holds tell how many are missed. It also looks
up the people whom the lists place in its villages: those who do not live there tell how many entries
are wrong. Who was merely not met is not wrong, which is why somebody has to ask.

Source: dual-system estimation as in Hogan (1993), JASA 88:1047-1060, with the two samples of a
post-enumeration survey: the people met (P) and the entries looked up (E); limits of the two shares
joined as in Zou & Donner (2008), Statistics in Medicine 27:1693-1702.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import beta

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import not_negative
from renkou.demography.coverage.audit_coverage import Figure, coverage_from_audit
from renkou.demography.coverage.linkage_error import LinkageRates
from renkou.demography.rates.intervals import normal_quantile

DESIGN_EFFECT = 1.0
LOOKED_UP = (
    "Entries looked up stand for all entries; where villages differ much in them, give a design effect "
    "above 1 (here {effect:g}). "
    "核实的登记代表全部登记；各村差别大时应给出大于 1 的设计效应（本次为 {effect:g}）。"
)


@dataclass(frozen=True)
class LookedUp:
    """Entries of the lists in the audit's villages that were looked up, and those found wrong."""

    checked: int
    wrong: int
    design_effect: float = DESIGN_EFFECT

    def __post_init__(self) -> None:
        if not 0 <= self.wrong <= self.checked or self.checked < 1 or self.design_effect <= 0:
            raise FiguresRefused(
                "looked up", f"{self.wrong} wrong of {self.checked}",
                "at least one entry was looked up, and the wrong ones are part of them",
                "count both again", zh="核实数至少为 1，误登数不得大于核实数；请重新统计",
            )  # fmt: skip


@dataclass(frozen=True)
class RegisterCoverage:
    """People of an area by an audit of some villages, with what its lists miss and hold wrongly.

    people : estimated; undercoverage : share of them whom no list holds; overcoverage : share of the
    listed who do not live there
    """

    people: Figure
    undercoverage: Figure
    overcoverage: Figure
    listed: float
    notes: tuple[str, ...]


def register_coverage(
    listed_in_area: npt.ArrayLike,
    listed: npt.ArrayLike,
    met: npt.ArrayLike,
    met_and_listed: npt.ArrayLike,
    looked_up: LookedUp,
    *,
    rates: LinkageRates | None = None,
    villages_in_area: float | None = None,
    level: float = 0.95,
) -> RegisterCoverage:
    """Coverage of a register by the audit of villages that is among its lists.

    Parameters
    ----------
    listed_in_area : shape (strata,), people whom the departments' lists hold in the whole area
    listed : shape (villages, strata), those in the villages
    met, met_and_listed : shape (villages, strata), people met at the doors; those of them on a list
    looked_up : entries that were looked up in the villages, over all strata
    rates : of the links between the audit and the lists; none: links are taken to be right

    Raises
    ------
    FiguresRefused
        As `coverage_from_audit`: a part above its whole, or a stratum met in fewer than two villages.

    >>> found = register_coverage([1000], [[90], [110], [100]], [[88], [104], [95]],
    ...                           [[80], [97], [90]], LookedUp(300, 12))
    >>> round(found.people.estimate), round(found.undercoverage.estimate, 3)
    (1032, 0.07)
    """
    here = not_negative("listed", listed)
    missed = coverage_from_audit(
        listed_in_area, here, here, met, met_and_listed,
        rates=rates, villages_in_area=villages_in_area, level=level,
    )  # fmt: skip
    under, over = missed.total_undercoverage, _wrong(looked_up, level)
    held = float(np.sum(listed_in_area))
    notes = (*missed.notes, LOOKED_UP.format(effect=looked_up.design_effect))
    return RegisterCoverage(_people(held, under, over), under, over, held, notes)


def _wrong(looked_up: LookedUp, level: float) -> Figure:
    """Share of entries that are wrong: Jeffreys' interval of a sample smaller by the design effect."""
    normal_quantile(level)
    size = looked_up.checked / looked_up.design_effect
    share = looked_up.wrong / looked_up.checked
    shape = share * size + 0.5, (1 - share) * size + 0.5
    tail = (1 - level) / 2
    low, high = beta.ppf([tail, 1 - tail], *shape)
    return Figure(
        share, 0.0 if looked_up.wrong == 0 else float(low), float(high), float(beta.std(*shape)),
        np.inf,
    )  # fmt: skip


def _people(listed: float, under: Figure, over: Figure) -> Figure:
    """Limits of the two shares joined on the logarithm, each side from its own (MOVER)."""
    there, found = 1 - over.estimate, 1 - under.estimate
    estimate = listed * there / found
    up = np.hypot(np.log(found / (1 - under.upper)), np.log((1 - over.lower) / there))
    down = np.hypot(np.log((1 - under.lower) / found), np.log(there / (1 - over.upper)))
    error = estimate * np.hypot(over.standard_error / there, under.standard_error / found)
    lower, upper = float(estimate * np.exp(-down)), float(estimate * np.exp(up))
    return Figure(estimate, lower, upper, float(error), under.degrees)
