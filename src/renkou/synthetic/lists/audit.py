"""The statistics office's audit of 40 villages: enumerators at the door, independent of all lists.
Pure.

Who is unlisted by every department answers the door like everybody: only by the audit can the
register learn how many people its lists miss.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from renkou.synthetic import writing
from renkou.synthetic.calendar import day
from renkou.synthetic.city import City
from renkou.synthetic.draft import Draft, repeat_rows, start_draft
from renkou.synthetic.field_errors import spoil_all_but_numbers
from renkou.synthetic.files import CityFile, Grid, TruthRows, Workbook
from renkou.synthetic.lists.households import WORDS, relationships
from renkou.synthetic.number_errors import spoil_numbers
from renkou.synthetic.sources import PersonColumns, Source
from renkou.synthetic.streams import Ints, Mask

DAY = day(2024, 11, 1)
VILLAGES = 40
_COVERAGE = 0.97
_HEADERS = [
    "编号",
    "户号",
    "姓名",
    "与户主关系",
    "性别",
    "出生年月日",
    "身份证号",
    "民族",
    "住址",
    "联系电话",
]

SOURCE = Source(
    id="audit", name="人口质量抽查", department="市统计局", purpose="人口数据质量评估",
    files="audit_*.xlsx", reference_date="2024-11-01",
    persons=(PersonColumns("self", {
        "household_key": "户号", "name": "姓名", "relationship": "与户主关系", "sex": "性别",
        "birth_date": "出生年月日", "id_number": "身份证号", "ethnicity": "民族",
        "usual_address": "住址", "phone": "联系电话",
    }, parts={"usual_area": ["@title", "@sheet"]}),),
    authority={"default": 45, "usual_area": 95, "usual_address": 95, "relationship": 70},
)  # fmt: skip


def audited_villages(city: City) -> Ints:
    """The villages that were drawn: 40, in a small city a quarter of all."""
    count = min(VILLAGES, len(city.tree.village_codes) // 4)
    return np.sort(city.streams.of("audit").permutation(len(city.tree.village_codes))[:count])


def people_met(city: City) -> Mask:
    """Residents who would answer, were their village drawn: all alike, the unlisted too."""
    answers = city.streams.of("audit-who").random(len(city.people)) < _COVERAGE
    return city.resident_on(DAY) & answers


def audit_files(city: City) -> Iterator[CityFile]:
    """A workbook per county, a sheet per village."""
    villages = audited_villages(city)
    village = city.homes.village_on(DAY)
    person = np.flatnonzero(people_met(city) & np.isin(village, villages)).astype(np.int32)
    keys = (city.people.birth[person], city.homes.household[person], village[person])
    person = person[np.lexsort(keys)]
    draft = start_draft(city, "audit", DAY, person, village[person], np.arange(len(person)))
    draft = draft.take(np.argsort(draft.village, kind="stable"))
    sheet_village = draft.village.copy()
    spoil_numbers(draft)
    spoil_all_but_numbers(draft)
    columns, numbers = _columns(draft, sheet_village)
    extra = [pa.array(sheet_village), *(pa.array(mask) for mask in numbers.values())]
    draft, columns = repeat_rows(draft, columns + extra)
    sheet_village, *masks = (np.asarray(column) for column in columns[-3:])
    numbers = dict(zip(numbers, masks, strict=True))
    yield from _books(draft, columns[:-3], numbers, sheet_village)


def _columns(draft: Draft, village: Ints) -> tuple[list[pa.Array], dict[int, Mask]]:
    births, is_serial = writing.messy_birth_dates(draft, village)
    number, is_number = writing.numbers_as_cells(draft)
    household = draft.city.homes.household
    columns = [
        writing.serials(draft.serial, 6),
        writing.serials(household[draft.person] + 1, 8),
        writing.texts(draft.name),
        relationships(draft, household, WORDS),
        writing.sexes(draft),
        births,
        number,
        writing.ethnicities(draft),
        writing.usual_addresses(draft, from_level="township"),
        writing.phones(draft),
    ]
    return columns, {5: is_serial, 6: is_number}


def _books(
    draft: Draft, columns: list[pa.Array], numbers: dict[int, Mask], village: Ints
) -> Iterator[CityFile]:
    tree = draft.city.tree
    for county, name in enumerate(tree.county_names):
        sheets, truth = {}, []
        for at in np.unique(village[tree.village_county[village] == county]):
            first, last = np.searchsorted(village, [at, at + 1])
            title = name + tree.township_names[tree.village_township[at]]
            sheet = tree.township_names[tree.village_township[at]] + tree.village_names[at]
            grid = Grid(
                [_HEADERS], [column.slice(first, last - first) for column in columns],
                [[f"{title}{tree.village_names[at]}人口质量抽查登记表"]], [["调查员：", "", "复核人："]],
                {column: mask[first:last] for column, mask in numbers.items()},
                [(1, 1, 1, len(_HEADERS))],
            )  # fmt: skip
            sheets[sheet] = grid
            rows = np.arange(last - first) + grid.first_row
            truth.append(
                TruthRows(sheet, rows, "self", draft.person[first:last], draft.kinds[first:last])
            )
        if sheets:
            code = tree.county_codes[county]
            yield CityFile("audit", f"audit_{code}.xlsx", Workbook(sheets), truth)
