"""The fictional city: families, homes, numbers and names that can be."""

from __future__ import annotations

import numpy as np

from renkou.core.id_numbers import is_valid
from renkou.synthetic.areas import areas_table
from renkou.synthetic.calendar import END, NEVER, day, day_texts, lunar_days
from renkou.synthetic.city import City, make_city
from renkou.synthetic.difficulty import CityParameters
from renkou.synthetic.naming import dotted

YEAR = 365.25


def test_the_city_has_as_many_residents_as_were_asked_for(city: City) -> None:
    people = city.people
    residents = (people.death == NEVER) & (people.gone == NEVER)
    assert residents.sum() == 20_000


def test_another_seed_makes_another_city_and_the_same_seed_the_same() -> None:
    first, again, other = (make_city(2_000, seed) for seed in (1, 1, 2))
    assert (first.names.name == again.names.name).all()
    assert (first.number == again.number).all()
    assert (first.number != other.number).mean() > 0.99


def test_spouses_point_to_each_other_and_are_of_both_sexes(city: City) -> None:
    married = np.flatnonzero(city.families.spouse >= 0)
    spouse = city.families.spouse[married]
    assert (city.families.spouse[spouse] == married).all()
    assert (city.people.sex[spouse] != city.people.sex[married]).all()
    planted = city.names.namesake[married]  # took another's birth date
    age = (city.families.married[married] - city.people.birth[married]) / YEAR
    assert age[~planted].min() > 17


def test_mothers_are_women_old_enough_and_alive(city: City) -> None:
    child = np.flatnonzero(city.families.mother >= 0)
    mother = city.families.mother[child]
    age = (city.people.birth[child] - city.people.birth[mother]) / YEAR
    planted = city.names.namesake[child] | city.names.namesake[mother]  # took another's birth date
    assert (city.people.sex[mother] == 1).all()
    assert age[~planted].min() > 16
    assert age[~planted].max() < 46
    assert (city.people.death[mother] >= city.people.birth[child])[~planted].all()


def test_everybody_lives_in_a_household_whose_root_lives_there_too(city: City) -> None:
    root = city.homes.household
    assert (root[root] == root).all()
    assert (city.homes.village == city.homes.village[root]).all()


def test_twins_are_one_in_a_hundred_and_have_consecutive_numbers(city: City) -> None:
    twins = np.flatnonzero(city.people.twin >= 0)
    assert abs(len(twins) / len(city.people) - 0.01) < 0.001
    other = city.people.twin[twins]
    assert (city.people.birth[twins] == city.people.birth[other]).all()
    same = city.people.sex[twins] == city.people.sex[other]
    orders = [
        np.array([int(number[14:17]) for number in city.number[who[same]]])
        for who in (twins, other)
    ]
    assert (abs(orders[0] - orders[1]) == 2).mean() > 0.98  # parity tells the sex


def test_numbers_are_valid_differ_and_agree_with_birth_and_sex(city: City) -> None:
    numbers = [number.decode() for number in city.number]
    assert len(set(numbers)) == len(numbers)
    assert all(is_valid(number) for number in numbers[::20])
    births = day_texts(city.people.birth, "digits").to_pylist()
    assert [number[6:14] for number in numbers] == births
    assert (np.array([int(n[16]) % 2 for n in numbers]) == (city.people.sex == 0)).all()


def test_a_third_of_numbers_have_another_code_than_the_place_of_registration(city: City) -> None:
    native = ~city.homes.newcomer
    code = np.array([int(number[:6]) for number in city.number[native]])
    county = city.tree.village_county[city.homes.registered_village[native]]
    share = (code != city.tree.county_codes[county]).mean()
    assert 0.28 < share < 0.35  # another county of the city may be one's own by chance


def test_second_papers_are_valid_numbers_that_nobody_else_has(city: City) -> None:
    second = city.second_number[city.second_number != b""]
    assert 10 < len(second) < 80
    assert all(is_valid(number.decode()) for number in second)
    assert not set(second) & set(city.number)


def test_namesakes_share_name_sex_birth_date_and_township(city: City) -> None:
    planted = np.flatnonzero(city.names.namesake)
    township = city.tree.village_township[city.homes.village]
    keys = [
        (city.names.name[p], city.people.sex[p], city.people.birth[p], township[p]) for p in planted
    ]
    assert len(planted) == 2 * (len(city.people) // 4_000)
    assert len(set(keys)) == len(planted) // 2


def test_the_share_of_separated_names_can_be_set() -> None:
    city = make_city(2_000, 3, CityParameters(separated_names=0.6))
    assert 0.5 < dotted(city.names.name).mean() < 0.7
    assert (dotted(city.names.name) == city.people.separated).all()


def test_rare_characters_lie_outside_the_common_ones(city: City) -> None:
    rare = city.names.name[city.names.rare]
    assert 8 <= len(rare) <= 50
    assert all(any(c > "\u9fa5" or c < "\u4e00" for c in name) for name in rare)


def test_areas_form_a_tree_and_old_codes_lead_to_new_ones(city: City) -> None:
    rows = areas_table(city.tree).to_pylist()
    codes = {row["code"] for row in rows}
    assert len(codes) == len(rows)
    assert all(row["parent"] in codes for row in rows if row["level"] != "province")
    assert all(row["successor"] in codes for row in rows if row["successor"])
    assert {row["level"] for row in rows} == {
        "province", "prefecture", "county", "township", "village",
    }  # fmt: skip


def test_lunar_birthdays_are_three_to_seven_weeks_early() -> None:
    days = np.arange(day(1930, 1, 1), day(1974, 12, 31), dtype=np.int32)
    early = days - lunar_days(days)
    assert np.percentile(early, 2) > 15
    assert np.percentile(early, 98) < 55


def test_ages_follow_the_census(city: City) -> None:
    age = city.people.age(END)[(city.people.death == NEVER)]
    assert 0.15 < (age < 15).mean() < 0.21  # 17.9 % in 2020
    assert 0.11 < (age >= 65).mean() < 0.16  # 13.5 % in 2020
