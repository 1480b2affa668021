"""The civil affairs office's deaths: a workbook a year with title rows and a footer. Pure."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from renkou.synthetic import writing
from renkou.synthetic.calendar import END, day, day_texts, parts
from renkou.synthetic.city import City
from renkou.synthetic.draft import Draft, repeat_rows, start_draft
from renkou.synthetic.field_errors import spoil_all_but_numbers
from renkou.synthetic.files import CityFile, Grid, TruthRows, Workbook
from renkou.synthetic.number_errors import spoil_numbers
from renkou.synthetic.sources import PersonColumns, Source
from renkou.synthetic.streams import Ints

_HEADERS = ["序号", "死者姓名", "性别", "出生日期", "公民身份号码", "民族", "所属乡镇", "生前住址",
            "死亡时间", "火化日期", "亲属姓名", "备注"]  # fmt: skip
_SHEET = "死亡登记"

SOURCE = Source(
    id="deaths", name="死亡人口登记", department="市民政局", purpose="死亡信息核对",
    files="deaths_*.xlsx", reference_date="2024-12-31",
    persons=(PersonColumns("self", {
        "name": "死者姓名", "sex": "性别", "birth_date": "出生日期", "id_number": "公民身份号码",
        "ethnicity": "民族", "usual_area": "所属乡镇", "usual_address": "生前住址", "death_date": "死亡时间",
    }, {"status": "dead"}),),
    authority={"default": 40, "death_date": 100, "status": 90},
)  # fmt: skip


def deaths_files(city: City) -> Iterator[CityFile]:
    """One workbook a year."""
    people = city.people
    rng = city.streams.of("deaths-who")
    year = parts(people.death)[0]
    reported = (people.death <= END) & ~city.unlisted & (rng.random(len(people)) < 0.93)
    for wanted in np.unique(year[reported]):
        person = np.flatnonzero(reported & (year == wanted)).astype(np.int32)
        yield _year_file(city, int(wanted), person)


def _year_file(city: City, year: int, person: Ints) -> CityFile:
    """The dead of one year by day of death."""
    person = person[np.argsort(city.people.death[person], kind="stable")]
    clerk = city.tree.village_township[city.homes.village[person]]
    last_day = min(day(year, 12, 31), END)
    draft = start_draft(city, "deaths", last_day, person, clerk, np.arange(len(person)), str(year))
    spoil_numbers(draft)
    spoil_all_but_numbers(draft)
    number, is_number = writing.numbers_as_cells(draft)
    columns = [*_columns(draft, number), pa.array(is_number)]
    draft, columns = repeat_rows(draft, columns)
    numbers = {4: np.asarray(columns.pop()), 0: np.ones(len(draft), bool)}
    above = [[f"云汀市{year}年死亡人口登记表"], ["填报单位：云汀市民政局", "", "", "", "", "",
             f"填报日期：{year + 1}年1月10日"]]  # fmt: skip
    below = [["填表人：", "", "审核人：", "", "", "", "（盖章）"], [f"合计：{len(draft)}人"]]
    grid = Grid([_HEADERS], columns, above, below, numbers, [(1, 1, 1, len(_HEADERS))])
    at = np.arange(len(grid)) + grid.first_row
    truth = [TruthRows(_SHEET, at, "self", draft.person, draft.kinds)]
    return CityFile("deaths", f"deaths_{year}.xlsx", Workbook({_SHEET: grid}), truth)


def _columns(draft: Draft, number: pa.Array) -> list[pa.Array]:
    people, families, person = draft.city.people, draft.city.families, draft.person
    death = people.death[person]
    cremated = np.where(draft.rng.random(len(draft)) < 0.6, death + 3, 100_000)
    return [
        pa.array(np.arange(1, len(draft) + 1)).cast(pa.string()),
        writing.texts(draft.name),
        writing.sexes(draft),
        writing.birth_dates(draft, "words", "month_words"),
        number,
        writing.ethnicities(draft),
        writing.townships(draft),
        writing.usual_addresses(draft, from_level="county"),
        day_texts(death, "words"),
        day_texts(cremated.astype(np.int32), "words"),
        writing.relatives_names(draft, families.spouse[person]),
        pa.nulls(len(draft), pa.string()),
    ]
