"""Identity numbers of the city's people, second papers included. Pure.

A third of numbers carry another county's or a superseded code: the code is that of the place of
first registration, as it was then.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from renkou.core.id_numbers import Bytes, make_numbers
from renkou.synthetic.areas import PREFECTURE_CODE, SUPERSEDED_CODES, AreaTree
from renkou.synthetic.calendar import as_dates
from renkou.synthetic.difficulty import CityParameters
from renkou.synthetic.homes import Homes
from renkou.synthetic.people import FEMALE, People
from renkou.synthetic.streams import Ints, Streams
from renkou.synthetic.tables import rows


def regions_outside(*, in_force: bool) -> Ints:
    """County codes outside the fictional city: those in force, or all that ever were."""
    codes = [
        int(row["code"])
        for row in rows("regions.csv")
        if not row["code"].startswith(PREFECTURE_CODE) and (row["in_force"] == "1" or not in_force)
    ]
    return np.array(codes, np.int32)


def region_texts() -> dict[int, str]:
    """Province, prefecture and county of each county code, as written in an address."""
    return {
        int(row["code"]): row["province"] + row["prefecture"] + row["name"]
        for row in rows("regions.csv")
    }


def birth_regions(
    streams: Streams, people: People, homes: Homes, tree: AreaTree, parameters: CityParameters
) -> Ints:
    """The region code in each person's number."""
    rng = streams.of("region-codes")
    count = len(people)
    county = tree.county_codes[tree.village_county[homes.old_registered_village]]
    here = tree.county_codes[tree.village_county[homes.registered_village]]
    usual = np.where(homes.newcomer, homes.region, here)
    within = rng.random(count) < 0.35  # another county of the city, or a code it had before
    city_codes = np.where(
        rng.random(count) < 0.5, county, rng.choice(np.array(SUPERSEDED_CODES), count)
    )
    far = regions_outside(in_force=False)
    other = np.where(within & ~homes.newcomer, city_codes, far[rng.integers(0, len(far), count)])
    changed = rng.random(count) < parameters.other_codes
    second = (people.twin >= 0) & (people.twin < np.arange(count))
    region = np.where(changed, other, usual).astype(np.int32)
    region[second] = region[people.twin[second]]
    return region


def give_numbers(streams: Streams, people: People, region: Ints) -> Bytes:
    """Numbers that differ, shape (n,), `S18`; twins of one sex get consecutive order codes."""
    rank = _ranks_within_day(people, region)
    # A police station starts somewhere in the thousand order codes; parity tells the sex.
    start = (region.astype(np.int64) * 7919 + people.birth * 104729) % 450
    order = (2 * ((start + rank) % 500) + (people.sex != FEMALE)) % 1000
    return make_numbers(region, as_dates(people.birth), order)


def _ranks_within_day(people: People, region: Ints) -> npt.NDArray[np.int64]:
    """0, 1, 2 … among those of one region, birth day and sex, twins side by side."""
    everyone = np.arange(len(people))
    pair = np.where(people.twin >= 0, np.minimum(everyone, people.twin), everyone)
    order = np.lexsort((pair, people.sex, people.birth, region))
    key = (region.astype(np.int64) * 100_000 + people.birth + 50_000) * 2 + people.sex
    sorted_key = key[order]
    first = np.concatenate([[True], sorted_key[1:] != sorted_key[:-1]])
    begins = np.maximum.accumulate(np.where(first, everyone, 0))
    rank = np.empty(len(people), np.int64)
    rank[order] = everyone - begins
    return rank


def second_numbers(
    streams: Streams, people: People, region: Ints, parameters: CityParameters
) -> tuple[Bytes, Ints]:
    """A second valid number for a few people (empty for the rest), and its birth day.

    Two papers come from a registration done twice: often under another county's code and with a
    birth date that was told differently.
    """
    rng = streams.of("second-papers")
    count = len(people)
    chosen = np.flatnonzero((rng.random(count) < parameters.second_papers) & (people.birth < 14000))
    birth = people.birth.copy()
    shifted = chosen[rng.random(len(chosen)) < 0.5]
    birth[shifted] -= rng.integers(20, 400, len(shifted)).astype(np.int32)
    codes = region[rng.permutation(count)[: len(chosen)]]
    # Order codes above 900 are left free by `give_numbers` for nearly every day.
    order = 900 + 2 * rng.integers(0, 50, len(chosen)) + (people.sex[chosen] != FEMALE)
    numbers = np.zeros(count, "S18")
    numbers[chosen] = make_numbers(codes, as_dates(birth[chosen]), order)
    return numbers, birth
