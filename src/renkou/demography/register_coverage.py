"""What an audit of villages says of a register whose entries nobody looked up at the doors. Pure (NumPy).

An audit that only writes down whom it met (and does not ask after those whom the lists hold) tells
directly how many people the lists miss: those met whom no list holds. It does not tell who of the
listed is gone: those not met may just have been out. Here the people whom two departments or more hold
for the place stand in for those who surely live there. The share of them that was met is how well the
audit met anybody, and

    people in a village = met / (met and sure / sure)

so that what the lists hold beyond these people is wrong. The estimate goes from the villages to the
area by what the lists hold there: it is `coverage_from_audit` with the sure as correct entries.

Source: dual-system estimation as in Hogan (1993), JASA 88:1047-1060; signs of life in several lists as
proof of residence as in Maasing, Tiit & Vähi (2017), Statistical Journal of the IAOS 33:207-214.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from renkou.demography.audit_coverage import Figure, coverage_from_audit
from renkou.demography.checked import not_negative
from renkou.demography.dual_system import normal_quantile
from renkou.demography.linkage_error import LinkageRates

SURE_NOTE = (
    "Assumed: people whom two departments hold for a place live there, and the audit meets them as "
    "often as everybody else. 假设：两个及以上部门登记在同一地的人确实住在当地，"
    "其被抽查到的机会与其他人相同。"
)


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
    sure: npt.ArrayLike,
    met: npt.ArrayLike,
    met_and_listed: npt.ArrayLike,
    met_and_sure: npt.ArrayLike,
    *,
    rates: LinkageRates | None = None,
    villages_in_area: float | None = None,
    level: float = 0.95,
) -> RegisterCoverage:
    """Coverage of a register by the audit of villages that are among its lists.

    Parameters
    ----------
    listed_in_area : shape (strata,), people whom the departments' lists hold in the whole area
    listed, sure : shape (villages, strata), those in the villages; held by two departments or more
    met, met_and_listed, met_and_sure : shape (villages, strata), people met at the doors
    rates : of the links between the audit and the lists; none: links are taken to be right

    Raises
    ------
    FiguresRefused
        As `coverage_from_audit`: a part above its whole, or a stratum met in fewer than two villages.

    >>> found = register_coverage([1000], [[90], [110], [100]], [[70], [90], [80]],
    ...                           [[88], [104], [95]], [[80], [97], [90]], [[68], [87], [78]])
    >>> round(found.people.estimate), round(found.undercoverage.estimate, 3)
    (985, 0.07)
    """
    listed, met = not_negative("listed", listed), not_negative("met", met)
    people = coverage_from_audit(
        listed_in_area, listed, sure, met, met_and_sure,
        rates=rates, villages_in_area=villages_in_area, level=level,
    )  # fmt: skip
    missed = coverage_from_audit(
        listed_in_area, listed, listed, met, met_and_listed,
        rates=rates, villages_in_area=villages_in_area, level=level,
    )  # fmt: skip
    held = float(np.sum(listed_in_area))
    under = missed.total_undercoverage
    notes = (*people.notes, SURE_NOTE)
    return RegisterCoverage(
        people.total, under, _wrong(people.total, under, held, level), held, notes
    )


def _wrong(people: Figure, under: Figure, listed: float, level: float) -> Figure:
    """Share of the listed who do not live there: 1 - people x (1 - missed) / listed.

    Its error takes the two estimates for independent, which makes it a little too large: both come
    from the same villages.
    """
    there = people.estimate * (1 - under.estimate) / listed
    error = there * np.hypot(
        people.standard_error / people.estimate, under.standard_error / (1 - under.estimate)
    )
    half = normal_quantile(level) * error
    # A negative share is chance alone: it is stated as it came out, its limits as well.
    return Figure(1 - there, 1 - there - half, 1 - there + half, float(error), people.degrees)
