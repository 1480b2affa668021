"""Marriages, mothers and fathers. Pure.

Couples are matched by sorting each sex by birth day with noise; a child's mother is drawn from the
married women who were born as many years earlier as the child's drawn mother's age says. Everything
is done on whole columns.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from renkou.synthetic.calendar import END, NEVER
from renkou.synthetic.people import FEMALE, MALE, People
from renkou.synthetic.streams import Ints, Mask, Streams, group_starts

_YEAR = 365.25
_EVER_MARRIED_AGE = (19.0, 22.0, 25.0, 30.0, 35.0, 45.0)
_EVER_MARRIED_SHARE = (0.0, 0.08, 0.35, 0.75, 0.9, 0.97)
_MOTHER_KNOWN_AGE = (0.0, 16.0, 30.0, 50.0, 70.0)
_MOTHER_KNOWN_SHARE = (0.97, 0.95, 0.75, 0.5, 0.2)
_MIN_DAYS_BETWEEN_BIRTHS = 320
_DIVORCED_SHARE = 0.06


@dataclass
class Families:
    """Spouse, mother and father of each person (-1: none or unknown), and the marriage's days."""

    spouse: Ints
    married: Ints
    divorced: Ints
    mother: Ints
    father: Ints


def make_families(streams: Streams, people: People) -> Families:
    """Couples first, then children to them; marriages move before the first child."""
    spouse = np.full(len(people), -1, np.int32)
    for group in (people.separated, ~people.separated):
        _match(streams.of(f"couples-{int(group[0])}"), people, group, spouse)
    married = _wedding_days(streams.of("weddings"), people, spouse)
    mother = np.full(len(people), -1, np.int32)
    for group in (people.separated, ~people.separated):
        _give_mothers(streams.of(f"mothers-{int(group[0])}"), people, group, spouse, mother)
    second = (people.twin >= 0) & (people.twin < np.arange(len(people)))
    mother[second] = mother[people.twin[second]]
    father = np.where(mother >= 0, spouse[mother], -1).astype(np.int32)
    _marry_before_first_child(people, spouse, married, mother)
    _inherit_ethnicity(people, mother)
    return Families(spouse, married, _divorces(streams, people, spouse, married), mother, father)


def _match(rng: np.random.Generator, people: People, group: Mask, spouse: Ints) -> None:
    age = people.age(END)
    share = np.interp(age, _EVER_MARRIED_AGE, _EVER_MARRIED_SHARE)
    willing = group & (rng.random(len(people)) < share)
    willing &= np.minimum(people.death, END) - people.birth > 22 * _YEAR
    lead = np.where(people.sex == MALE, 1.8 * _YEAR, 0) + rng.normal(0, 1.6 * _YEAR, len(people))
    sides = []
    for sex in (MALE, FEMALE):
        side = np.flatnonzero(willing & (people.sex == sex))
        sides.append(side[np.argsort((people.birth + lead)[side], kind="stable")])
    husbands, wives = _evened(rng, *sides)
    near = np.abs(people.birth[husbands] - people.birth[wives]) < 8 * _YEAR
    near &= people.twin[husbands] != wives
    spouse[husbands[near]], spouse[wives[near]] = wives[near], husbands[near]


def _evened(rng: np.random.Generator, first: Ints, second: Ints) -> tuple[Ints, Ints]:
    """The longer side loses members at random, so that partners stay of an age."""
    count = min(len(first), len(second))
    kept = [np.sort(rng.permutation(len(side))[:count]) for side in (first, second)]
    return first[kept[0]], second[kept[1]]


def _wedding_days(rng: np.random.Generator, people: People, spouse: Ints) -> Ints:
    """The day a couple registered; couples for whom no day is possible stay unmarried."""
    married = np.full(len(people), NEVER, np.int32)
    wives = np.flatnonzero((people.sex == FEMALE) & (spouse >= 0))
    husbands = spouse[wives]
    younger = np.maximum(people.birth[wives], people.birth[husbands])
    day = younger + (20 + rng.gamma(2.0, 1.6, len(wives))) * _YEAR
    last = np.minimum.reduce(
        [people.death[wives], people.death[husbands], np.full(len(wives), END)]
    )
    possible = day < last - 30
    married[wives] = married[husbands] = np.where(possible, day, NEVER).astype(np.int32)
    spouse[wives[~possible]] = spouse[husbands[~possible]] = -1
    return married


def _give_mothers(
    rng: np.random.Generator, people: People, group: Mask, spouse: Ints, mother: Ints
) -> None:
    women = np.flatnonzero(group & (people.sex == FEMALE) & (spouse >= 0))
    first_year = people.birth.min() // 365
    order = women[np.argsort(people.birth[women] // 365, kind="stable")]
    year = people.birth[order] // 365 - first_year
    starts = group_starts(year, int(END // 365 - first_year) + 2)
    known = np.interp(people.age(END), _MOTHER_KNOWN_AGE, _MOTHER_KNOWN_SHARE)
    second = (people.twin >= 0) & (people.twin < np.arange(len(people)))
    open_children = np.flatnonzero(group & ~second & (rng.random(len(people)) < known))
    for _ in range(4):
        _draw_mothers(rng, people, open_children, order, starts, int(first_year), mother)
        _drop_impossible(people, open_children, spouse, mother)
        open_children = open_children[mother[open_children] < 0]


def _draw_mothers(
    rng: np.random.Generator, people: People, children: Ints, order: Ints, starts: Ints,
    first_year: int, mother: Ints,
) -> None:  # fmt: skip
    age = np.clip(rng.normal(26.8, 4.3, len(children)), 18, 44)
    year = ((people.birth[children] - age * _YEAR) // 365).astype(np.int64) - first_year
    reachable = year >= 0
    year = np.where(reachable, year, 0)
    count = starts[year + 1] - starts[year]
    drawn = starts[year] + (rng.random(len(children)) * count).astype(np.int64)
    found = reachable & (count > 0)
    if len(order):
        mother[children] = np.where(found, order[np.minimum(drawn, len(order) - 1)], -1)


def _drop_impossible(people: People, children: Ints, spouse: Ints, mother: Ints) -> None:
    """Undo where a parent was dead or too young, or had another child within the year."""
    chosen = mother[children]
    has = chosen >= 0
    born = people.birth[children]
    father = spouse[chosen]
    impossible = (people.death[chosen] < born) | (people.death[father] < born)
    impossible |= born - people.birth[father] < 18 * _YEAR
    mother[children[has & impossible]] = -1
    everyone = np.flatnonzero(mother >= 0)
    order = everyone[np.lexsort((people.birth[everyone], mother[everyone]))]
    same = mother[order[1:]] == mother[order[:-1]]
    close = people.birth[order[1:]] - people.birth[order[:-1]] < _MIN_DAYS_BETWEEN_BIRTHS
    mother[order[1:][same & close]] = -1


def _marry_before_first_child(people: People, spouse: Ints, married: Ints, mother: Ints) -> None:
    first = np.full(len(people), NEVER, np.int32)
    children = np.flatnonzero(mother >= 0)
    np.minimum.at(first, mother[children], people.birth[children])
    wives = np.flatnonzero((people.sex == FEMALE) & (spouse >= 0))
    earlier = np.minimum(married[wives], first[wives] - 240)
    younger = np.maximum(people.birth[wives], people.birth[spouse[wives]])
    of_age = younger + int(18 * _YEAR)
    married[wives] = np.maximum(earlier, of_age)
    married[spouse[wives]] = married[wives]


def _inherit_ethnicity(people: People, mother: Ints) -> None:
    """Children take their mother's, generation by generation."""
    for _ in range(4):
        people.ethnicity[:] = np.where(mother >= 0, people.ethnicity[mother], people.ethnicity)


def _divorces(streams: Streams, people: People, spouse: Ints, married: Ints) -> Ints:
    rng = streams.of("divorces")
    divorced = np.full(len(people), NEVER, np.int32)
    wives = np.flatnonzero((people.sex == FEMALE) & (spouse >= 0))
    wives = wives[rng.random(len(wives)) < _DIVORCED_SHARE]
    day = married[wives] + rng.gamma(2.0, 5 * _YEAR, len(wives))
    last = np.minimum(people.death[wives], people.death[spouse[wives]])
    day = np.where(day < np.minimum(last, END), day, NEVER).astype(np.int32)
    divorced[wives] = divorced[spouse[wives]] = day
    return divorced


def married_on(families: Families, day: int) -> Mask:
    """Who is in a marriage that was registered and not divorced on a day."""
    return (families.spouse >= 0) & (families.married <= day) & (families.divorced > day)
