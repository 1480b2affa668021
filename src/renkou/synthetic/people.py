"""The people of the fictional city: who was born and died when, who are twins. Pure.

Ages and sexes follow China's 2020 census, ages at death its deaths of 2019-20 (NBS yearbook).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from renkou.synthetic.calendar import END, NEVER
from renkou.synthetic.difficulty import CityParameters
from renkou.synthetic.streams import Floats, Ints, Mask, Streams, choose_exactly, draw_weighted
from renkou.synthetic.tables import rows

MALE, FEMALE = 0, 1
HAN, UYGHUR, TUJIA, HUI, MIAO = 1, 5, 15, 3, 6
HISTORY_DAYS = 15 * 365
_DAYS_PER_YEAR = 365.25


@dataclass
class People:
    """One array per fact, one position per person; -1 is nobody, `NEVER` not yet.

    All people of the city's last 15 years: residents on its last day, registered people who live
    elsewhere (`gone`), and the dead.
    """

    sex: npt.NDArray[np.int8]
    birth: Ints
    death: Ints
    gone: Ints  # day on which they left the city
    twin: Ints  # the other twin
    ethnicity: npt.NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.sex)

    @property
    def separated(self) -> Mask:
        """Whose name is given·father's."""
        return self.ethnicity == UYGHUR

    def age(self, day: int) -> Floats:
        """Years from birth to a day; negative before birth."""
        return (day - self.birth) / _DAYS_PER_YEAR

    def alive(self, day: int) -> Mask:
        """Born, and not dead, on a day."""
        return (self.birth <= day) & (self.death > day)


def _age_and_sex(
    rng: np.random.Generator, columns: tuple[str, str], count: int
) -> tuple[Floats, npt.NDArray[np.int8]]:
    table = rows("china_2020_ages.csv")
    weights = np.array([float(row[column]) for column in columns for row in table])
    drawn = draw_weighted(rng, weights, count)
    age = drawn % len(table) + rng.random(count)
    return age, (drawn // len(table)).astype(np.int8)


def make_people(streams: Streams, residents: int, parameters: CityParameters) -> People:
    """`residents` living residents, and with them the gone and the dead.

    Twins are drawn first as one person; the second takes the first's birth date.
    """
    rng = streams.of("people")
    gone_count = round(residents * parameters.gone)
    dead_count = round(residents * parameters.died)
    pair_count = round((residents + gone_count + dead_count) * parameters.twins / 2)
    alive_count = residents + gone_count - pair_count
    alive_age, alive_sex = _age_and_sex(rng, ("males", "females"), alive_count)
    dead_age, dead_sex = _age_and_sex(rng, ("male_deaths", "female_deaths"), dead_count)
    death = END - rng.integers(0, HISTORY_DAYS, dead_count)
    first_twins = rng.choice(alive_count, pair_count, replace=False)
    birth = np.concatenate([END - alive_age * _DAYS_PER_YEAR, death - dead_age * _DAYS_PER_YEAR])
    birth = np.concatenate([birth, birth[first_twins]]).astype(np.int32)
    unlike = rng.random(pair_count) < 1 / 3
    sex = np.concatenate([alive_sex, dead_sex, alive_sex[first_twins] ^ unlike]).astype(np.int8)
    death = np.concatenate(
        [np.full(alive_count, NEVER), np.minimum(death, END), np.full(pair_count, NEVER)]
    )
    twin = np.full(len(sex), -1, np.int32)
    second_twins = np.arange(alive_count + dead_count, len(sex))
    twin[first_twins], twin[second_twins] = second_twins, first_twins
    people = People(
        sex, birth, death.astype(np.int32), np.full(len(sex), NEVER, np.int32), twin,
        _ethnicity(streams, twin, parameters),
    )  # fmt: skip
    _send_away(streams, people, gone_count)
    return people


def _ethnicity(streams: Streams, twin: Ints, parameters: CityParameters) -> npt.NDArray[np.int8]:
    """Ethnicity as drawn; children later take their mother's (see `families`)."""
    rng = streams.of("ethnicity")
    groups = np.array([HAN, UYGHUR, TUJIA, HUI, MIAO], np.int8)
    others = parameters.other_minorities
    shares = np.array([0, parameters.separated_names, others * 0.6, others * 0.25, others * 0.15])
    shares[0] = 1 - shares.sum()
    drawn = groups[draw_weighted(rng, shares, len(twin))]
    second = (twin >= 0) & (twin < np.arange(len(twin)))
    drawn[second] = drawn[twin[second]]
    return drawn


def _send_away(streams: Streams, people: People, count: int) -> None:
    """Registered people who live elsewhere now, most of them 18 to 45."""
    rng = streams.of("gone")
    age = people.age(END)
    weights = np.where((age > 17) & (age < 45), 1.0, np.where((age >= 45) & (age < 60), 0.3, 0.0))
    chosen = choose_exactly(rng, weights * (people.death == NEVER), count)
    left = END - rng.integers(60, 12 * 365, len(chosen))
    people.gone[chosen] = np.maximum(left, people.birth[chosen] + 16 * 365).astype(np.int32)
