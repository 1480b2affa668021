"""Who stands on a list: coverage, its correlation between lists, and the dead still listed. Pure."""

from __future__ import annotations

import numpy as np

from renkou.synthetic.calendar import NEVER
from renkou.synthetic.city import City
from renkou.synthetic.difficulty import DIFFICULTY
from renkou.synthetic.streams import Floats, Ints, Mask


def known(city: City, stream: str, lowest: float, noise: float) -> Mask:
    """People whom an office knows: those visible enough, with some noise of its own.

    Offices with a small `noise` know the same people; a large one makes them independent.
    """
    own = city.streams.of(f"known-{stream}").standard_normal(len(city.people))
    mixed: Floats = (city.visible + noise * own) / np.sqrt(1 + noise**2)
    return (mixed > lowest) & ~city.unlisted


def still_listed(city: City, source: str, day: int, listed: Ints, among: Mask) -> Ints:
    """Dead or gone people whom nobody struck off, as many as the list's rate says."""
    rng = city.streams.of(f"still-{source}")
    gone = (city.people.death <= day) | ((city.people.gone != NEVER) & (city.people.gone <= day))
    # Struck off late, not never: those who went long ago are gone from the list.
    recent = np.minimum(city.people.death, city.people.gone) > day - 6 * 365
    candidates = np.setdiff1d(np.flatnonzero(gone & among & recent & ~city.unlisted), listed)
    wanted = round(len(listed) * DIFFICULTY[source].still_listed / 100)
    return np.sort(rng.permutation(candidates)[:wanted]).astype(np.int32)
