"""Households, addresses, registration (hukou) and moves. Pure.

A household is named by its root person: a husband, or somebody living alone. Everybody points to
whoever they live with, and pointers are followed to the root.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from renkou.synthetic.areas import AreaTree
from renkou.synthetic.calendar import END, NEVER
from renkou.synthetic.difficulty import CityParameters
from renkou.synthetic.families import Families
from renkou.synthetic.people import FEMALE, MALE, People
from renkou.synthetic.streams import Floats, Ints, Mask, Streams, choose_exactly, draw_weighted

DOORS = 280  # numbers within a group or building
GROUPS = 15
_YEAR = 365.25


@dataclass
class Homes:
    """Where people live and are registered; arrays by person.

    A `door` is group * DOORS + number. `region` is the registered county code of people registered
    outside the city, 0 for those registered in it.
    """

    household: Ints  # root person
    village: Ints
    door: Ints
    former_village: Ints
    former_door: Ints
    moved: Ints  # the day from which `village` and `door` hold; NEVER: they always did
    registered_village: Ints
    registered_door: Ints
    old_registered_village: Ints  # where police had them before `reregistered`
    reregistered: Ints
    region: Ints
    newcomer: Mask
    arrived: Ints  # the day a newcomer came to the city

    def village_on(self, day: int) -> Ints:
        """The village of usual residence on a day."""
        return np.where(
            (self.moved != NEVER) & (self.moved > day), self.former_village, self.village
        )

    def door_on(self, day: int) -> Ints:
        """The door of usual residence on a day."""
        return np.where((self.moved != NEVER) & (self.moved > day), self.former_door, self.door)

    def registered_on(self, day: int) -> Ints:
        """The village of registration on a day."""
        moved = (self.reregistered != NEVER) & (self.reregistered > day)
        return np.where(moved, self.old_registered_village, self.registered_village)


def make_homes(
    streams: Streams,
    people: People,
    families: Families,
    tree: AreaTree,
    outside: Ints,
    parameters: CityParameters,
) -> Homes:
    """Households placed in villages; newcomers, moves and registration by household.

    `outside`: region codes in force outside the city.
    """
    household = _households(streams, people, families)
    village = _villages(streams, household, families, tree)
    door = (
        streams.of("doors").integers(DOORS, GROUPS * DOORS, len(people)).astype(np.int32)[household]
    )
    rng = streams.of("homes")
    newcomer = _newcomers(streams, people, household, parameters)
    arrived = _arrivals(streams, people, household, newcomer)
    moved = _move_days(rng, len(people))[household]
    former = draw_weighted(rng, tree.village_weights, len(people))
    near = rng.random(len(people)) < 0.6
    former = np.where(near, _same_county(rng, tree, village), former)[household].astype(np.int32)
    homes = Homes(
        household, village, door, former, _doors(rng, len(people))[household], moved,
        village.copy(), door.copy(), village.copy(), np.full(len(people), NEVER, np.int32),
        np.zeros(len(people), np.int32), newcomer, arrived,
    )  # fmt: skip
    _register_elsewhere(streams, people, families, homes, tree, parameters)
    homes.region[newcomer] = _home_regions(streams, household, outside)[newcomer]
    return homes


def _doors(rng: np.random.Generator, count: int) -> Ints:
    return rng.integers(DOORS, GROUPS * DOORS, count).astype(np.int32)


def _households(streams: Streams, people: People, families: Families) -> Ints:
    """The root of everyone's household."""
    rng = streams.of("households")
    count = len(people)
    everyone = np.arange(count, dtype=np.int32)
    age = np.minimum(people.age(END), (people.death - people.birth) / _YEAR)
    chance = rng.random(count)
    points = everyone.copy()
    single = families.spouse < 0
    wives = (people.sex == FEMALE) & ~single
    points[wives] = families.spouse[wives]
    at_home = single & (families.mother >= 0) & ((age < 28) | (chance < 0.5))
    points[at_home] = families.mother[at_home]
    with_parents = ~single & (people.sex == MALE) & (families.father >= 0) & (chance < 0.22)
    points[with_parents] = families.father[with_parents]
    _house_orphans(rng, people, families, age, points)
    _house_widowed(chance, people, families, age, with_parents, points)
    for _ in range(6):
        points = points[points]
    return points


def _house_orphans(
    rng: np.random.Generator, people: People, families: Families, age: Floats, points: Ints
) -> None:
    """Children whose mother is not known live with some couple (grandparents, an aunt)."""
    alone = np.flatnonzero((age < 18) & (families.mother < 0))
    hosts = np.flatnonzero((people.sex == MALE) & (families.spouse >= 0) & (age > 30))
    if len(hosts):
        points[alone] = hosts[rng.integers(0, len(hosts), len(alone))]
    second = alone[(people.twin[alone] >= 0) & (people.twin[alone] < alone)]
    points[second] = points[people.twin[second]]


def _house_widowed(
    chance: Floats,
    people: People,
    families: Families,
    age: Floats,
    with_parents: Mask,
    points: Ints,
) -> None:
    """Half of the widowed over 70 live with a married son who keeps a house of his own."""
    sons = np.flatnonzero(
        (people.sex == MALE) & (families.spouse >= 0) & (families.mother >= 0) & ~with_parents
    )
    son_of = np.full(len(people), -1, np.int32)
    son_of[families.mother[sons]] = sons
    son_of[families.father[sons]] = sons
    spouse_dead = (families.spouse >= 0) & (people.death[families.spouse] <= END)
    moving = spouse_dead & (age > 70) & (chance < 0.5) & (son_of >= 0) & (people.death > END)
    points[moving] = son_of[moving]


def _villages(streams: Streams, household: Ints, families: Families, tree: AreaTree) -> Ints:
    """A village for each household; three fifths stay in the village of the root's father."""
    rng = streams.of("villages")
    village = draw_weighted(rng, tree.village_weights, len(household))
    stays = (rng.random(len(household)) < 0.6) & (families.father >= 0)
    for _ in range(2):
        village = village[household]
        village = np.where(stays, village[families.father], village)
    return village[household]


def _same_county(rng: np.random.Generator, tree: AreaTree, village: Ints) -> Ints:
    """A random village of the same county; villages of a county lie side by side."""
    counts = np.bincount(tree.village_county, minlength=len(tree.county_codes))
    starts = np.concatenate([[0], np.cumsum(counts)])
    county = tree.village_county[village]
    return (starts[county] + rng.random(len(village)) * counts[county]).astype(np.int32)


def _newcomers(
    streams: Streams, people: People, household: Ints, parameters: CityParameters
) -> Mask:
    """Whole households registered outside the city, most with a root aged 20 to 45."""
    rng = streams.of("newcomers")
    size = np.bincount(household[(people.death > END)], minlength=len(people))
    age = people.age(END)
    weight = np.where((age > 18) & (age < 45), 5.0, np.where((age >= 45) & (age < 60), 1.5, 0.2))
    roots = np.flatnonzero((size > 0) & (household == np.arange(len(people))))
    order = choose_exactly(rng, weight[roots], len(roots))
    order = roots[np.argsort(rng.exponential(size=len(order)) / weight[roots[order]])]
    wanted = parameters.newcomers * size.sum()
    chosen = order[np.cumsum(size[order]) <= wanted]
    is_root = np.zeros(len(people), bool)
    is_root[chosen] = True
    # Who left or died belongs to the registered households only.
    return is_root[household] & (people.gone == NEVER) & (people.death > END)


def _arrivals(streams: Streams, people: People, household: Ints, newcomer: Mask) -> Ints:
    rng = streams.of("arrivals")
    days = END - np.minimum(rng.exponential(4.5, len(people)), 14) * _YEAR
    arrived = np.maximum(days[household], people.birth).astype(np.int32)
    return np.where(newcomer, arrived, -NEVER).astype(np.int32)


def _move_days(rng: np.random.Generator, count: int) -> Ints:
    """A quarter of households moved within the last eight years."""
    days = END - rng.integers(10, 8 * 365, count)
    return np.where(rng.random(count) < 0.25, days, NEVER).astype(np.int32)


def _register_elsewhere(
    streams: Streams, people: People, families: Families, homes: Homes, tree: AreaTree,
    parameters: CityParameters,
) -> None:  # fmt: skip
    """Families registered where they do not live; women still registered with their parents."""
    rng = streams.of("registration")
    count = len(people)
    apart = (rng.random(count) < parameters.lived_apart)[homes.household]
    other = draw_weighted(rng, tree.village_weights, count)[homes.household]
    homes.registered_village = np.where(apart, other, homes.village).astype(np.int32)
    homes.registered_door = np.where(apart, _doors(rng, count)[homes.household], homes.door)
    stayed = (people.sex == FEMALE) & (families.spouse >= 0) & (families.father >= 0)
    stayed &= rng.random(count) < 0.15
    parents = families.father[stayed]
    homes.registered_village[stayed] = homes.registered_village[parents]
    homes.registered_door[stayed] = homes.registered_door[parents]
    moved = rng.random(count) < 0.06
    days = np.maximum(END - rng.integers(30, 6 * 365, count), people.birth + 400)
    homes.reregistered = np.where(moved & (days < END), days, NEVER).astype(np.int32)
    homes.old_registered_village = draw_weighted(rng, tree.village_weights, count)


def _home_regions(streams: Streams, household: Ints, outside: Ints) -> Ints:
    """Where newcomers are registered: neighbours of one household come from one county."""
    rng = streams.of("regions")
    near = outside[(outside // 10000) == 51]
    drawn = outside[rng.integers(0, len(outside), len(household))]
    drawn_near = near[rng.integers(0, len(near), len(household))]
    return np.where(rng.random(len(household)) < 0.55, drawn_near, drawn)[household]
