"""Names of the city's people: surnames by weight, given names by sex and decade of birth. Pure.

Children bear their father's surname; Uyghur-style names are given·father's and have no surname.
Names are drawn character by character with Zipf weights, and a share from the decade's favourites,
so that namesakes occur as they do in life.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from renkou.synthetic.calendar import END, parts
from renkou.synthetic.difficulty import CityParameters
from renkou.synthetic.families import Families
from renkou.synthetic.glyphs import DOT, Names, codes, homophones, joined, names_of, replaced
from renkou.synthetic.people import People
from renkou.synthetic.streams import Floats, Ints, Mask, Streams, draw_weighted
from renkou.synthetic.tables import rows

# Characters outside the basic plane or rare within it, as met in names (GB 18030-2022).
_RARE = "㛃㐂㭎㴋䶮𬀩𬬭𬱖𫖯𪟝𠅤𬍛𫟹𨱏𬭎𩽾𤩽𡛟"
_ZIPF = 0.85
_SHARED_FIRST = 0.35  # siblings who share the first character of the given name


@dataclass
class NameBook:
    """What people are called, were called, and how their separated name is spelt elsewhere."""

    name: Names
    former: Names  # '' where there is none
    other_spelling: Names  # of separated names; '' for the rest
    given: Names  # the name without surname or father's name
    rare: Mask
    namesake: Mask  # planted (see `namesakes`)


def _zipf(count: int) -> Floats:
    return (np.arange(count) + 3.0) ** -_ZIPF


def _surnames(streams: Streams, people: People, families: Families) -> Names:
    rng = streams.of("surnames")
    table = rows("surnames.csv")
    weights = np.array([float(row["weight"]) for row in table])
    drawn = draw_weighted(rng, weights, len(people))
    root = np.where(families.father >= 0, families.father, np.arange(len(people)))
    for _ in range(3):
        root = root[root]
    drawn = drawn[root]
    second = (people.twin >= 0) & (people.twin < np.arange(len(people)))
    drawn[second] = drawn[people.twin[second]]
    return np.array([row["surname"] for row in table], "U2")[drawn]


def given_names(rng: np.random.Generator, sex: Ints, birth: Ints) -> Names:
    """Given names of one or two characters, by sex and year of birth."""
    year = parts(birth)[0]
    result = np.zeros(len(sex), "U2")
    for row in rows("given_names.csv"):
        own = (sex == (row["sex"] == "female")) & (year >= int(row["from_year"]))
        result[own] = _given_of_era(rng, row, int(own.sum()))
    return result


def _given_of_era(rng: np.random.Generator, row: dict[str, str], count: int) -> Names:
    characters = np.array(list(row["characters"]), "U1")
    weights = _zipf(len(characters))
    first = characters[draw_weighted(rng, weights, count)]
    # The second place prefers other characters than the first.
    second = characters[draw_weighted(rng, np.roll(weights, len(characters) // 5), count)]
    single = rng.random(count) < float(row["single_share"])
    names = np.where(single, first, np.strings.add(first, second)).astype("U2")
    favourites = np.array(row["favourites"].split(), "U2")
    favoured = rng.random(count) < float(row["favourite_share"])
    return np.where(favoured, favourites[draw_weighted(rng, _zipf(len(favourites)), count)], names)


def _siblings_share_first(
    rng: np.random.Generator, families: Families, given: Names, people: People
) -> None:
    """Some children's given names begin as their first sibling's (of the same sex) do."""
    key = np.where(families.mother >= 0, families.mother * 2 + people.sex, -1)
    order = np.lexsort((people.birth, key))
    same = (key[order[1:]] == key[order[:-1]]) & (key[order[1:]] >= 0)
    elder, younger = order[:-1][same], order[1:][same]
    twins = people.twin[younger] == elder
    shares = (rng.random(len(younger)) < _SHARED_FIRST) | twins
    elder, younger = elder[shares], younger[shares]
    first = given[elder].view(np.uint32).reshape(-1, 2)[:, 0]
    matrix = given.view(np.uint32).reshape(-1, 2)
    two = matrix[younger, 1] != 0
    matrix[younger[two], 0] = first[two]


def _separated(streams: Streams, people: People, families: Families) -> tuple[Names, Names, Names]:
    """Name, other spelling and given name of people with separated names ('' for the rest)."""
    rng = streams.of("separated")
    table = rows("transliterations.csv")
    spelling = np.array([row["spelling"] for row in table], "U7")
    other = np.array([row["other_spelling"] for row in table], "U7")
    is_female = np.array([row["sex"] == "female" for row in table])
    pools = [np.flatnonzero(~is_female), np.flatnonzero(is_female)]
    own = np.zeros(len(people), np.int32)
    for sex, pool in enumerate(pools):
        drawn = pool[draw_weighted(rng, _zipf(len(pool)), len(people))]
        own = np.where(people.sex == sex, drawn, own)
    unknown = pools[0][draw_weighted(rng, _zipf(len(pools[0])), len(people))]
    fathers = np.where(families.father >= 0, own[families.father], unknown)
    which = people.separated
    names, others, given = (np.zeros(len(people), "U16") for _ in range(3))
    names[which] = joined(spelling[own[which]], "·", spelling[fathers[which]])
    others[which] = joined(other[own[which]], "·", other[fathers[which]])
    given[which] = spelling[own[which]]
    return names, others, given


def _twins_alike(rng: np.random.Generator, people: People, names: Names, given: Names) -> None:
    """Twins share all but one character, which is never the same."""
    second = np.flatnonzero(
        (people.twin >= 0) & (people.twin < np.arange(len(people))) & ~people.separated
    )
    first = people.twin[second]
    same = names[second] == names[first]
    matrix = codes(names[second[same]])
    last = np.maximum((matrix != 0).sum(axis=1) - 1, 0)
    pick = rng.integers(0, 8, len(matrix))
    names[second[same]] = names_of(replaced(matrix, last.astype(np.int32), homophones(), pick))


def make_names(
    streams: Streams, people: People, families: Families, parameters: CityParameters
) -> NameBook:
    """Everybody's names."""
    rng = streams.of("names")
    surname = _surnames(streams, people, families)
    given = given_names(rng, people.sex, people.birth)
    _siblings_share_first(rng, families, given, people)
    separated, other_spelling, separated_given = _separated(streams, people, families)
    names = joined(surname, given)
    names[people.separated] = separated[people.separated]
    _twins_alike(rng, people, names, given)
    whole_given = np.where(people.separated, separated_given, given).astype("U16")
    rare = _plant_rare(rng, people, names, parameters)
    former = _former_names(rng, people, surname, names, parameters)
    return NameBook(names, former, other_spelling, whole_given, rare, np.zeros(len(people), bool))


def _plant_rare(
    rng: np.random.Generator, people: People, names: Names, parameters: CityParameters
) -> Mask:
    rare = (rng.random(len(people)) < parameters.rare_characters) & ~people.separated
    matrix = codes(names[rare])
    last = (matrix != 0).sum(axis=1) - 1
    pool = np.array([ord(c) for c in _RARE], np.uint32)
    matrix[np.arange(len(matrix)), last] = pool[rng.integers(0, len(pool), len(matrix))]
    names[rare] = names_of(matrix)
    return rare


def _former_names(
    rng: np.random.Generator, people: People, surname: Names, names: Names,
    parameters: CityParameters,
) -> Names:  # fmt: skip
    """A former name for some grown-ups: another given name under the same surname."""
    former = np.zeros(len(people), "U16")
    adult = people.age(END) > 18
    chosen = np.flatnonzero(
        adult & ~people.separated & (rng.random(len(people)) < parameters.former_names)
    )
    other = given_names(rng, people.sex[chosen], people.birth[chosen])
    former[chosen] = joined(surname[chosen], other)
    former[former == names] = ""
    return former


def dotted(names: Names) -> Mask:
    """Which names have the separator."""
    return (codes(names) == DOT).any(axis=1)
