"""The police household register: big, authoritative, GB18030. Pure."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from renkou.synthetic import writing
from renkou.synthetic.calendar import NEVER, day, day_texts
from renkou.synthetic.city import City
from renkou.synthetic.draft import Draft, repeat_rows, start_draft
from renkou.synthetic.families import married_on
from renkou.synthetic.field_errors import spoil_all_but_numbers
from renkou.synthetic.files import CityFile, Grid, TextFile, TruthRows
from renkou.synthetic.kinds import Kind
from renkou.synthetic.lists.households import CODES as RELATIONSHIPS
from renkou.synthetic.lists.households import registered_households, relationships
from renkou.synthetic.lists.selection import known, still_listed
from renkou.synthetic.number_errors import relatives_numbers, spoil_numbers
from renkou.synthetic.sources import PersonColumns, Source
from renkou.synthetic.streams import Ints, Mask

DAY = day(2024, 12, 31)
_CANCELLED_FOR = 3 * 365
_MARITAL = {"10": "single", "20": "married", "30": "widowed", "40": "divorced"}
_STATUS = {"0": "present", "1": "dead", "2": "left"}
_HEADERS = [
    "人员编号", "户号", "与户主关系", "姓名", "曾用名", "性别", "民族", "出生日期", "公民身份号码",
    "户籍地区划代码", "户籍地址", "婚姻状况", "母亲姓名", "母亲公民身份号码", "父亲姓名",
    "父亲公民身份号码", "配偶姓名", "迁入日期", "人员状态", "死亡日期", "迁出日期", "联系电话",
]  # fmt: skip

SOURCE = Source(
    id="police", name="公安户籍人口", department="市公安局", purpose="人口基础信息核对",
    files="police_*.csv", reference_date="2024-12-31", own_key="source_key",
    persons=(PersonColumns("self", {
        "source_key": "人员编号", "household_key": "户号", "relationship": "与户主关系",
        "name": "姓名", "former_name": "曾用名", "sex": "性别", "ethnicity": "民族",
        "birth_date": "出生日期", "id_number": "公民身份号码",
        "registered_area": "户籍地区划代码", "registered_address": "户籍地址",
        "marital_status": "婚姻状况", "mother_name": "母亲姓名",
        "mother_id_number": "母亲公民身份号码", "father_name": "父亲姓名",
        "father_id_number": "父亲公民身份号码", "spouse_name": "配偶姓名",
        "registered_date": "迁入日期", "status": "人员状态", "death_date": "死亡日期",
        "left_date": "迁出日期", "phone": "联系电话",
    }),),
    authority={"default": 80, "id_number": 95, "name": 90, "birth_date": 90,
               "registered_area": 100, "usual_area": 20, "phone": 30},
    codes={"sex": {"1": "male", "2": "female"}, "marital_status": _MARITAL, "status": _STATUS,
           "relationship": RELATIONSHIPS},
)  # fmt: skip


def police_files(city: City) -> Iterator[CityFile]:
    """The register as one CSV."""
    person, status = on_the_list(city)
    home = city.homes
    village = home.registered_on(DAY)
    station = city.tree.village_township[village[person]]
    household = registered_households(city)
    order = village[person].astype(np.int64) * len(city.people) + household[person]
    rows = np.argsort(order, kind="stable")
    person, status, station = person[rows], status[rows], station[rows]
    draft = start_draft(city, "police", DAY, person, station, np.arange(len(person)))
    draft = _double_registrations(draft)
    draft.village = village[draft.person].astype(np.int32)
    draft.door = home.registered_door[draft.person].astype(np.int32)
    status_of = np.zeros(len(city.people), np.int8)
    status_of[person] = status
    still = (status == 0) & ((city.people.death[person] <= DAY) | city_left(city)[person])
    listed_wrongly = np.zeros(len(city.people), bool)
    listed_wrongly[person[still]] = True
    draft.mark(listed_wrongly[draft.person], Kind.STILL_LISTED)
    spoil_numbers(draft)
    spoil_all_but_numbers(draft)
    draft, columns = repeat_rows(draft, _columns(draft, household, status_of))
    grid = Grid([_HEADERS], columns)
    truth = TruthRows(None, np.arange(2, len(grid) + 2), "self", draft.person, draft.kinds)
    yield CityFile("police", "police_20241231.csv", TextFile(grid, "gb18030"), [truth])


def city_left(city: City) -> Mask:
    """Whose registration should have been moved away: an eighth of those who left."""
    everyone = np.arange(len(city.people))
    return (city.people.gone <= DAY) & (everyone % 8 == 0)


def on_the_list(city: City) -> tuple[Ints, Ints]:
    """Who is on the register, and with which status (0 present, 1 dead, 2 left)."""
    people = city.people
    rng = city.streams.of("police-who")
    chance = rng.random(len(people))
    registered = city.registered_on(DAY) & known(city, "police", -2.3, 0.3)
    too_new = (people.birth > DAY - 60) | ((people.birth > DAY - 365) & (chance < 0.15))
    # Of the newcomers hardly anybody is registered here: those who were, lately, are.
    settled = city.homes.newcomer & people.alive(DAY) & ~city.unlisted & (chance < 0.015)
    present = (registered & ~too_new & ~city_left(city)) | settled
    listed = np.flatnonzero(present).astype(np.int32)
    cancelled = (people.death <= DAY) & (people.death > DAY - _CANCELLED_FOR) & (chance < 0.8)
    dead = np.flatnonzero(cancelled & ~city.homes.newcomer & ~city.unlisted).astype(np.int32)
    moved = np.flatnonzero(city_left(city) & people.alive(DAY) & ~city.unlisted & (chance < 0.8))
    taken = np.zeros(len(people), bool)
    taken[dead], taken[moved] = True, True
    still = still_listed(city, "police", DAY, listed, ~taken & ~present
                         & ((people.death <= DAY) | city_left(city)))  # fmt: skip
    person = np.concatenate([listed, still, dead, moved]).astype(np.int32)
    status = np.repeat([0, 0, 1, 2], [len(listed), len(still), len(dead), len(moved)])
    return person, status.astype(np.int8)


def _double_registrations(draft: Draft) -> Draft:
    """Some people with two papers are registered twice, once with each number."""
    has_two = draft.city.second_number[draft.person] != b""
    twice = np.flatnonzero(has_two & (draft.rng.random(len(draft)) < 0.3))
    rows = np.concatenate([np.arange(len(draft)), twice])
    order = np.argsort(rows + np.where(np.arange(len(rows)) < len(draft), 0, 40.5), kind="stable")
    doubled = draft.take(rows[order])
    second = order >= len(draft)
    doubled.number[second] = draft.city.second_number[doubled.person[second]]
    doubled.birth[second] = draft.city.second_birth[doubled.person[second]]
    doubled.mark(second, Kind.NUMBER_SECOND_PAPER | Kind.DUPLICATE_ALTERED)
    doubled.serial = np.arange(1, len(doubled) + 1, dtype=np.int32)
    return doubled


def _columns(draft: Draft, household: Ints, status_of: Ints) -> list[pa.Array]:
    city, person, rng = draft.city, draft.person, draft.rng
    families, people = city.families, city.people
    status = status_of[person]
    minor = DAY - people.birth[person] < 25 * 365
    mother = np.where(minor & (rng.random(len(draft)) < 0.85), families.mother[person], -1)
    father = np.where(mother >= 0, families.father[person], -1)
    married = married_on(families, DAY)[person]
    spouse = np.where(married & (rng.random(len(draft)) < 0.6), families.spouse[person], -1)
    former = np.where(rng.random(len(draft)) < 0.6, city.names.former[person], "")
    return [
        writing.serials(draft.serial, 10, "R"),
        writing.serials(household[person] + 1, 9),
        relationships(draft, household),
        writing.texts(draft.name),
        writing.texts(former),
        writing.sexes(draft, ("1", "2")),
        writing.ethnicities(draft),
        writing.birth_dates(draft, "digits", "month_iso"),
        writing.texts(draft.number),
        pa.array([str(code) for code in city.tree.village_codes]).take(pa.array(draft.village)),
        writing.addresses(city.tree, draft.village, draft.door),
        _marital(draft),
        writing.relatives_names(draft, mother),
        writing.texts(relatives_numbers(draft, mother, 5)),
        writing.relatives_names(draft, father),
        writing.texts(relatives_numbers(draft, father, 5)),
        writing.relatives_names(draft, spouse),
        day_texts(city.homes.reregistered[person], "digits"),
        writing.coded(status, ["0", "1", "2"]),
        day_texts(np.where(status == 1, people.death[person], NEVER).astype(np.int32), "digits"),
        day_texts(np.where(status == 2, people.gone[person], NEVER).astype(np.int32), "digits"),
        writing.phones(draft),
    ]


def _marital(draft: Draft) -> pa.Array:
    """Code of marital status; one in ten married people is still 'single' in the register."""
    families, people = draft.city.families, draft.city.people
    person = draft.person
    spouse = families.spouse[person]
    ever = (spouse >= 0) & (families.married[person] <= DAY)
    widowed = ever & (people.death[spouse] <= DAY)
    divorced = ever & (families.divorced[person] <= DAY)
    late = draft.rng.random(len(draft)) < 0.1
    code = np.where(divorced, 3, np.where(widowed, 2, np.where(ever & ~late, 1, 0)))
    return writing.coded(code, list(_MARITAL))
