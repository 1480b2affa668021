"""The school roll: Excel's 'Unicode text' (UTF-16, tabs). Pure."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from renkou.synthetic import writing
from renkou.synthetic.calendar import day
from renkou.synthetic.city import City
from renkou.synthetic.draft import Draft, repeat_rows, start_draft
from renkou.synthetic.field_errors import spoil_all_but_numbers
from renkou.synthetic.files import CityFile, Grid, TextFile, TruthRows
from renkou.synthetic.lists.selection import known
from renkou.synthetic.number_errors import spoil_numbers
from renkou.synthetic.sources import PersonColumns, Source
from renkou.synthetic.streams import Ints

DAY = day(2024, 9, 1)
_HEADERS = ["学籍号", "姓名", "性别", "出生日期", "身份证件号", "民族", "学校名称", "年级", "班级",
            "现住址", "父亲姓名", "母亲姓名", "监护人联系电话"]  # fmt: skip
_GRADES = ("一年级", "二年级", "三年级", "四年级", "五年级", "六年级", "七年级", "八年级", "九年级", "高一",
           "高二", "高三")  # fmt: skip

SOURCE = Source(
    id="school", name="中小学学籍", department="市教育局", purpose="学位规划与学籍核对",
    files="school_*.csv", reference_date="2024-09-01", own_key="source_key",
    persons=(PersonColumns("self", {
        "source_key": "学籍号", "name": "姓名", "sex": "性别", "birth_date": "出生日期",
        "id_number": "身份证件号", "ethnicity": "民族", "school": "学校名称",
        "usual_address": "现住址", "father_name": "父亲姓名", "mother_name": "母亲姓名",
        "phone": "监护人联系电话",
    }),),
    authority={"default": 50, "school": 100, "usual_address": 55},
)  # fmt: skip


def school_files(city: City) -> Iterator[CityFile]:
    """All pupils aged 6 to 18, school by school and grade by grade."""
    age = city.people.age(DAY)
    pupil = city.resident_on(DAY) & (age >= 6) & (age < 18) & known(city, "school", -1.5, 0.8)
    person = np.flatnonzero(pupil).astype(np.int32)
    school = _schools(city, person)
    grade = np.minimum(age[person] - 6, 11).astype(np.int32)
    order = np.lexsort((grade, school))
    person, school = person[order], school[order]
    draft = start_draft(city, "school", DAY, person, school, np.arange(len(person)))
    spoil_numbers(draft)
    spoil_all_but_numbers(draft)
    draft, columns = repeat_rows(draft, _columns(draft))
    grid = Grid([_HEADERS], columns)
    truth = TruthRows(None, np.arange(2, len(grid) + 2), "self", draft.person, draft.kinds)
    yield CityFile("school", "school_20240901.csv", TextFile(grid, "utf-16", "\t"), [truth])


def _schools(city: City, person: Ints) -> Ints:
    """Primary, middle and high school of each township."""
    level = np.digitize(city.people.age(DAY)[person], [12, 15])
    township = city.tree.village_township[city.homes.village_on(DAY)[person]]
    return (township * 3 + level).astype(np.int32)


def _columns(draft: Draft) -> list[pa.Array]:
    city, person = draft.city, draft.person
    age = city.people.age(DAY)[person]
    names = [town.rstrip("镇乡") + kind for town in city.tree.township_names
             for kind in ("小学", "初级中学", "高级中学")]  # fmt: skip
    father, mother = city.families.father[person], city.families.mother[person]
    unknown = draft.rng.random(len(draft)) < 0.1
    return [
        writing.serials(draft.serial, 8, "G5130"),
        writing.texts(draft.name),
        writing.sexes(draft),
        writing.birth_dates(draft, "iso", "month_iso"),
        writing.texts(draft.number),
        writing.ethnicities(draft),
        writing.coded(_schools(city, person), names),
        writing.coded(np.minimum(age - 6, 11), _GRADES),
        writing.coded(person % 6, [f"{n}班" for n in range(1, 7)]),
        writing.usual_addresses(draft, from_level="county"),
        writing.relatives_names(draft, np.where(unknown, -1, father)),
        writing.relatives_names(draft, mother),
        writing.phones(draft, np.where(mother >= 0, mother, father)),
    ]
