"""What the audit's enumerators find out of the people whom the lists place in their villages. Pure.

The files of the audit name whom it met. Who is listed and was not met may have been out, or be gone;
enumerators ask, and report how many entries they looked up and how many were wrong.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from renkou.synthetic.city import City
from renkou.synthetic.lists import audit, insurance, newcomers, police
from renkou.synthetic.lists.selection import known
from renkou.synthetic.streams import Mask

PRESENT = ("police", "insurance", "newcomers", "school")
"""The lists that say who is there now."""


class FollowUp(NamedTuple):
    """Entries looked up in the audited villages, and those whose people do not live in the city."""

    checked: int
    wrong: int


def follow_up(city: City) -> FollowUp:
    """Everybody whom the lists of the present place in an audited village, looked up without error."""
    listed, elsewhere_known = _listed(city)
    village = np.where(
        elsewhere_known, city.homes.village_on(audit.DAY), city.homes.registered_on(audit.DAY)
    )
    here = listed & np.isin(village, audit.audited_villages(city))
    wrong = here & ~city.resident_on(audit.DAY)
    return FollowUp(int(here.sum()), int(wrong.sum()))


def _listed(city: City) -> tuple[Mask, Mask]:
    """Who counts as present by the lists; and of whom a list knows where they live."""
    by_police, struck_off, by_others = (np.zeros(len(city.people), bool) for _ in range(3))
    person, status = police.on_the_list(city)
    by_police[person[status == 0]] = True
    struck_off[person[status != 0]] = True
    by_others[insurance.on_the_list(city)[0]] = True
    by_others[newcomers.on_the_list(city)[0]] = True
    age = city.people.age(audit.DAY)
    pupils = city.resident_on(audit.DAY) & (age >= 6) & (age < 18)
    by_others |= pupils & known(city, "school", -1.5, 0.8)
    alive = city.people.death > audit.DAY
    return (by_police | by_others) & ~struck_off & alive, by_others
