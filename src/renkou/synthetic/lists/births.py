"""Births from hospitals, a file a year: a child's row names mother and father. Pure.

A newborn has no number until it is registered; the birth certificate has one of its own. The column
孩次 stands in the files as it does in life, filled with a dummy mark, so that intake can be seen to
drop it.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from renkou.synthetic import writing
from renkou.synthetic.calendar import END, day, day_texts, parts
from renkou.synthetic.city import City
from renkou.synthetic.draft import Draft, repeat_rows, start_draft
from renkou.synthetic.field_errors import spoil_all_but_numbers
from renkou.synthetic.files import CityFile, Grid, TextFile, TruthRows
from renkou.synthetic.glyphs import Names, codes, joined
from renkou.synthetic.kinds import NAME_KINDS, Kind
from renkou.synthetic.number_errors import relatives_numbers
from renkou.synthetic.sources import PersonColumns, Source
from renkou.synthetic.streams import Ints

FIRST_YEAR, LAST_YEAR = 2005, 2024
_GROUPS = [
    "出生医学证明编号",
    "新生儿",
    "",
    "",
    "",
    "产妇",
    "",
    "",
    "",
    "",
    "父亲",
    "",
    "接生机构",
    "签发日期",
]
_HEADERS = ["", "姓名", "性别", "出生日期", "孩次", "姓名", "身份证号", "现住乡镇", "现住址", "联系电话",
            "姓名", "身份证号", "", ""]  # fmt: skip
_HOSPITALS = (
    "市第一人民医院",
    "市妇幼保健院",
    "市中心医院",
    "县人民医院",
    "县中医院",
    "中心卫生院",
)
_PET_NAMES = ("豆豆", "毛毛", "妞妞", "乐乐", "丫丫", "童童", "贝贝", "阳阳", "果果", "壮壮")

SOURCE = Source(
    id="births", name="出生医学证明", department="市卫生健康委员会", purpose="出生登记核对",
    files="births_*.csv", reference_date="2024-12-31", own_key="birth_certificate_number",
    required=("birth_date",),
    persons=(PersonColumns("self", {
        "birth_certificate_number": "出生医学证明编号", "name": "新生儿/姓名",
        "sex": "新生儿/性别", "birth_date": "新生儿/出生日期", "mother_name": "产妇/姓名",
        "mother_id_number": "产妇/身份证号", "usual_area": "产妇/现住乡镇", "usual_address": "产妇/现住址",
        "phone": "产妇/联系电话", "father_name": "父亲/姓名",
        "father_id_number": "父亲/身份证号", "registered_date": "签发日期",
    }),),
    authority={"default": 40, "birth_date": 95, "sex": 90, "mother_id_number": 95,
               "mother_name": 90, "father_name": 85, "father_id_number": 85,
               "birth_certificate_number": 100},
)  # fmt: skip


def births_files(city: City) -> Iterator[CityFile]:
    """One CSV a year."""
    people, mother = city.people, city.families.mother
    year = parts(people.birth)[0]
    rng = city.streams.of("births-who")
    here = (mother >= 0) & (people.birth <= END) & ~city.unlisted & (rng.random(len(people)) < 0.97)
    here &= (city.homes.arrived[mother] <= people.birth) & (city.people.gone[mother] > people.birth)
    for wanted in range(FIRST_YEAR, LAST_YEAR + 1):
        person = np.flatnonzero(here & (year == wanted)).astype(np.int32)
        if len(person):
            yield _year_file(city, wanted, person)


def _year_file(city: City, year: int, person: Ints) -> CityFile:
    """Births of one year in order of their certificates."""
    person = person[np.argsort(city.people.birth[person], kind="stable")]
    hospital = person % 40
    draft = start_draft(
        city, "births", day(year, 12, 31), person, hospital, np.arange(len(person)), str(year)
    )
    # At birth everybody lives where the mother does.
    mother = city.families.mother[draft.person]
    draft.village = city.homes.village[mother]
    draft.door = city.homes.door[mother]
    draft.number[:] = b""
    draft.mark(np.ones(len(draft), bool), Kind.NUMBER_MISSING)
    _baby_names(draft)
    spoil_all_but_numbers(draft)
    draft, columns = repeat_rows(draft, _columns(draft, year))
    grid = Grid([_GROUPS, _HEADERS], columns)
    truth = TruthRows(None, np.arange(3, len(grid) + 3), "self", draft.person, draft.kinds)
    return CityFile("births", f"births_{year}.csv", TextFile(grid, "utf-8-sig"), [truth])


def _baby_names(draft: Draft) -> None:
    """某某之子 after the mother, a pet name, or none yet."""
    baby = draft.hit(draft.difficulty.name_baby, ~draft.has(NAME_KINDS))
    how = draft.rng.random(len(draft))
    mother = draft.city.names.name[draft.city.families.mother[draft.person]]
    suffix = np.where(draft.sex == 0, "之子", "之女").astype("U2")
    pet = np.array(_PET_NAMES, "U2")[draft.rng.integers(0, len(_PET_NAMES), len(draft))]
    after_mother = baby & (how < 0.6)
    with_pet = baby & (how >= 0.6) & (how < 0.8)
    none = baby & (how >= 0.8)
    draft.name[after_mother] = joined(_short(mother[after_mother]), suffix[after_mother])
    draft.name[with_pet] = joined(_surname(draft.name[with_pet]), pet[with_pet])
    draft.name[none] = ""
    draft.mark(baby & ~none, Kind.NAME_BABY)
    draft.mark(none, Kind.NAME_MISSING)


def _short(names: Names) -> Names:
    return names.astype("U14")


def _surname(names: Names) -> Names:
    return np.ascontiguousarray(codes(names)[:, :1]).view("U1").ravel()


def _columns(draft: Draft, year: int) -> list[pa.Array]:
    families, person = draft.city.families, draft.person
    mother = families.mother[person]
    father = np.where(draft.rng.random(len(draft)) < 0.04, -1, families.father[person])
    letter = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[(year - 1996) % 26]
    missing = draft.difficulty.number_missing
    issued = np.minimum(draft.birth + draft.rng.integers(1, 40, len(draft)), END)
    return [
        writing.serials(draft.serial + 513_000_000, 9, letter),
        writing.texts(draft.name),
        writing.sexes(draft),
        writing.birth_dates(draft, "slashes", "month_iso"),
        pa.repeat(pa.scalar("略"), len(draft)),
        writing.relatives_names(draft, mother),
        writing.texts(relatives_numbers(draft, mother, missing)),
        writing.townships(draft),
        writing.usual_addresses(draft),
        writing.phones(draft, mother),
        writing.relatives_names(draft, father),
        writing.texts(relatives_numbers(draft, father, missing * 3)),
        writing.coded(person % 40 % len(_HOSPITALS), _HOSPITALS),
        day_texts(issued.astype(np.int32), "slashes"),
    ]
