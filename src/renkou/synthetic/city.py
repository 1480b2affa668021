"""The fictional city as a whole: people, families, homes, names, numbers, and who is known. Pure.

Everything follows from `people`, `seed` and `CityParameters`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from renkou.core.id_numbers import Bytes
from renkou.synthetic.areas import AreaTree, make_areas
from renkou.synthetic.calendar import END, NEVER
from renkou.synthetic.difficulty import CityParameters
from renkou.synthetic.families import Families, make_families
from renkou.synthetic.homes import Homes, make_homes
from renkou.synthetic.naming import NameBook, make_names
from renkou.synthetic.numbering import (
    birth_regions,
    give_numbers,
    regions_outside,
    second_numbers,
)
from renkou.synthetic.people import People, make_people
from renkou.synthetic.streams import Floats, Ints, Mask, Streams

_NAMESAKE_AGE = (16.0, 60.0)


@dataclass
class City:
    """The truth. Lists are drawn from it and never look back."""

    streams: Streams
    parameters: CityParameters
    people: People
    families: Families
    homes: Homes
    names: NameBook
    tree: AreaTree
    number: Bytes
    second_number: Bytes  # empty for all but a few
    second_birth: Ints
    visible: Floats  # how well offices know somebody; standard normal
    unlisted: Mask

    def resident_on(self, day: int) -> Mask:
        """Alive and living in the city on a day."""
        return self.people.alive(day) & (self.people.gone > day) & (self.homes.arrived <= day)

    def registered_on(self, day: int) -> Mask:
        """Alive and registered (hukou) in the city on a day."""
        return self.people.alive(day) & ~self.homes.newcomer


def make_city(people: int, seed: int, parameters: CityParameters | None = None) -> City:
    """A city of `people` residents; the dead and the gone come on top."""
    parameters = parameters or CityParameters()
    streams = Streams(seed)
    everyone = make_people(streams, people, parameters)
    families = make_families(streams, everyone)
    tree = make_areas(streams, people, parameters)
    outside = regions_outside(in_force=True)
    homes = make_homes(streams, everyone, families, tree, outside, parameters)
    names = make_names(streams, everyone, families, parameters)
    _plant_namesakes(streams, everyone, homes, names, tree, parameters)
    region = birth_regions(streams, everyone, homes, tree, parameters)
    number = give_numbers(streams, everyone, region)
    second, second_birth = second_numbers(streams, everyone, region, parameters)
    rng = streams.of("visibility")
    visible = rng.standard_normal(len(everyone))
    unlisted = rng.random(len(everyone)) < parameters.unlisted
    return City(
        streams, parameters, everyone, families, homes, names, tree, number, second, second_birth,
        visible, unlisted,
    )  # fmt: skip


def _plant_namesakes(
    streams: Streams, people: People, homes: Homes, names: NameBook, tree: AreaTree,
    parameters: CityParameters,
) -> None:  # fmt: skip
    """Pairs alike in name, sex, birth date and township, and different in all else.

    The second of a pair is a childless person of the same sex and township; taking the first's name
    and birth date breaks no family.
    """
    rng = streams.of("namesakes")
    age = people.age(END)
    lowest, highest = _NAMESAKE_AGE
    free = (people.death == NEVER) & (people.gone == NEVER) & (people.twin < 0)
    free &= (age > lowest) & (age < highest) & ~people.separated & ~homes.newcomer
    pool = rng.permutation(np.flatnonzero(free))
    township = tree.village_township[homes.village[pool]]
    decade = (age[pool] // 3).astype(np.int64)
    order = np.lexsort((decade, township, people.sex[pool]))
    pool = pool[order]
    alike = (
        (people.sex[pool[1:]] == people.sex[pool[:-1]])
        & (township[order][1:] == township[order][:-1])
        & (decade[order][1:] == decade[order][:-1])
        & (homes.household[pool[1:]] != homes.household[pool[:-1]])
    )
    candidates = np.flatnonzero(alike)
    candidates = candidates[np.concatenate([[True], np.diff(candidates) > 1])[: len(candidates)]]
    wanted = len(people) // parameters.people_per_namesake_pair
    chosen = np.sort(rng.permutation(candidates)[:wanted])
    first, second = pool[chosen], pool[chosen + 1]
    names.name[second], names.given[second] = names.name[first], names.given[first]
    people.birth[second] = people.birth[first]
    names.namesake[first] = names.namesake[second] = True
