"""The townships' rosters of people who moved in: a workbook each, a sheet per village. Pure.

Title, unit and date above; headers in two merged lines; a household's cells merged; sub-totals in
the middle and a total at the end; a footer with who filled it in. Dates in every form a clerk may
think of. Two columns of a refused topic hold dummy marks, so that intake can be seen to drop them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from renkou.synthetic import writing
from renkou.synthetic.calendar import day, day_texts
from renkou.synthetic.city import City
from renkou.synthetic.draft import Draft, repeat_rows, start_draft
from renkou.synthetic.field_errors import spoil_all_but_numbers
from renkou.synthetic.files import CityFile, Grid, TruthRows, Workbook
from renkou.synthetic.kinds import Kind
from renkou.synthetic.lists.households import WORDS, relationships
from renkou.synthetic.lists.selection import known, still_listed
from renkou.synthetic.number_errors import spoil_numbers
from renkou.synthetic.sources import PersonColumns, Source
from renkou.synthetic.streams import Ints, Mask

DAY = day(2023, 11, 30)
_TOP = (
    "序号 户编号 姓名 与户主关系 性别 基本信息 _ _ 户籍地 现居住情况 _ 计划生育 _ 联系电话 备注"
).replace("_", "").split(" ")  # fmt: skip
_SECOND = (
    "_ _ _ _ _ 民族 出生年月 身份证号码 _ 现居住地址 来本地日期 避孕措施 孕检 _ _"
).replace("_", "").split(" ")  # fmt: skip
_MERGED_HEADERS = [(6, 8), (10, 11), (12, 13)]
_SUBTOTAL_EVERY = 25
_DUMMY = "略"
_SUBTOTAL, _EMPTY_DWELLING = -1, -2
_ADDRESS, _REMARK = 9, 14

SOURCE = Source(
    id="newcomers", name="流动人口登记表（流入）", department="各镇乡人民政府、街道办事处",
    purpose="公共服务人口核对", files="newcomers_*.xlsx", reference_date="2023-11-30",
    persons=(PersonColumns("self", {
        "household_key": "户编号", "name": "姓名", "relationship": "与户主关系", "sex": "性别",
        "ethnicity": "民族", "birth_date": "出生年月", "id_number": "身份证号码",
        "registered_address": "户籍地", "usual_address": "现居住地址",
        "arrived_date": "来本地日期", "phone": "联系电话",
    }, parts={"usual_area": ["@title", "@sheet"]}),),
    authority={"default": 30, "usual_area": 80, "usual_address": 80, "arrived_date": 90},
)  # fmt: skip


def newcomers_files(city: City) -> Iterator[CityFile]:
    """One workbook per township that has newcomers."""
    person, still = on_the_list(city)
    village = city.homes.village_on(DAY)[person]
    order = np.lexsort((city.people.birth[person], city.homes.household[person], village))
    person, village = person[order], village[order]
    draft = start_draft(city, "newcomers", DAY, person, village, np.arange(len(person)))
    draft.mark(still[draft.person], Kind.STILL_LISTED)
    # Each clerk keeps a sheet: the row stands in its sheet whatever address was written.
    sheet_village = draft.village.copy()
    order = np.argsort(sheet_village, kind="stable")
    draft, sheet_village = draft.take(order), sheet_village[order]
    spoil_numbers(draft)
    spoil_all_but_numbers(draft)
    columns, is_serial = _columns(draft, sheet_village)
    extra = [pa.array(sheet_village), pa.array(is_serial)]
    draft, columns = repeat_rows(draft, columns + extra)
    sheet_village, is_serial = (np.asarray(column) for column in columns[-2:])
    yield from _books(draft, columns[:-2], sheet_village, is_serial)


def on_the_list(city: City) -> tuple[Ints, Mask]:
    """Newcomers whom a clerk met, registered people living in another county, those since gone."""
    people, homes = city.people, city.homes
    present = city.resident_on(DAY)
    met = known(city, "newcomers", -1.1, 1.5)
    county = city.tree.village_county
    apart = county[homes.village_on(DAY)] != county[homes.registered_on(DAY)]
    chance = city.streams.of("newcomers-who").random(len(people))
    listed = present & met & np.where(homes.newcomer, True, apart & (chance < 0.12))
    person = np.flatnonzero(listed).astype(np.int32)
    extra = still_listed(city, "newcomers", DAY, person, np.ones(len(people), bool))
    still = np.zeros(len(people), bool)
    still[extra] = True
    return np.concatenate([person, extra]).astype(np.int32), still


def _columns(draft: Draft, village: Ints) -> tuple[list[pa.Array], Mask]:
    """Body columns behind the serial number, and which birth dates are Excel serials."""
    city, person = draft.city, draft.person
    births, is_serial = writing.messy_birth_dates(draft, village)
    arrived = np.where(city.homes.newcomer[person], city.homes.arrived[person], DAY - 900)
    dummy = np.where(draft.rng.random(len(draft)) < 0.5, _DUMMY, "").astype("U1")
    return [
        writing.serials(_household_numbers(city, person), 5),
        writing.texts(draft.name),
        relationships(draft, city.homes.household, WORDS),
        writing.sexes(draft),
        writing.ethnicities(draft),
        births,
        writing.numbers_as_cells(draft)[0],
        writing.registered_places(draft),
        writing.usual_addresses(draft, from_level="township"),
        day_texts(arrived.astype(np.int32), "month_dots"),
        writing.texts(dummy),
        writing.texts(dummy),
        writing.phones(draft),
        pa.nulls(len(draft), pa.string()),
    ], is_serial  # fmt: skip


def _household_numbers(city: City, person: Ints) -> Ints:
    """Households numbered from 1 in the order in which they stand in the file."""
    root = city.homes.household[person]
    _, first, inverse = np.unique(root, return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.int32)
    rank[np.argsort(first, kind="stable")] = np.arange(1, len(first) + 1)
    return rank[inverse]


def _books(
    draft: Draft, columns: list[pa.Array], village: Ints, is_serial: Mask
) -> Iterator[CityFile]:
    tree = draft.city.tree
    truncated = draft.has(Kind.NUMBER_TRUNCATED)
    starts = np.searchsorted(village, np.arange(len(tree.village_codes) + 1))
    empty = _before_empty_dwellings(draft)
    for township, name in enumerate(tree.township_names):
        sheets, truth = {}, []
        for at in np.flatnonzero(tree.village_township == township):
            rows = slice(int(starts[at]), int(starts[at + 1]))
            if rows.stop == rows.start:
                continue
            title = tree.county_names[tree.township_county[township]] + name
            body = [column.slice(rows.start, rows.stop - rows.start) for column in columns]
            grid, at_row = _sheet(title, body, is_serial[rows], truncated[rows], empty[rows])
            sheets[tree.village_names[at]] = grid
            truth.append(
                TruthRows(
                    tree.village_names[at], at_row, "self", draft.person[rows], draft.kinds[rows]
                )
            )
        if sheets:
            file = f"newcomers_{tree.township_codes[township]}_{name}.xlsx"
            yield CityFile("newcomers", file, Workbook(sheets), truth)


def _before_empty_dwellings(draft: Draft) -> Mask:
    """The people after whom a row follows that says of a dwelling only that it is empty."""
    wanted = math.ceil(len(draft) * draft.city.parameters.empty_dwellings)
    rng = draft.city.streams.of("newcomers-empty")
    found = np.zeros(len(draft), bool)
    found[rng.permutation(len(draft))[:wanted]] = True
    return found


def _sheet(
    title: str, body: list[pa.Array], is_serial: Mask, truncated: Mask, empty: Mask
) -> tuple[Grid, Ints]:
    """One village's sheet with its sub-totals, and the row of each person."""
    count = len(body[0])
    place, source, labels = _with_subtotals(count, np.flatnonzero(empty) + 1)
    above = [[f"{title}流动人口登记表（流入）"], ["填报单位：" + title, "", "", "", "", "",
              "填报日期：2023年11月30日"]]  # fmt: skip
    first = len(above) + 3
    index = pa.array(np.maximum(source, 0), mask=source < 0)
    number = writing.coded(np.arange(count), [str(n) for n in range(1, count + 1)])
    household, merges = _merged_households(body[0], place, first)
    columns = [column.take(index) for column in [number, household, *body[1:]]]
    columns[1] = pc.coalesce(columns[1], pa.array(labels, pa.string()))
    nobody = source == _EMPTY_DWELLING
    above_it = pa.array(np.maximum.accumulate(source))
    columns[_ADDRESS] = writing.where(nobody, body[_ADDRESS - 1].take(above_it), columns[_ADDRESS])
    columns[_REMARK] = writing.where(nobody, "空房", columns[_REMARK])
    numbers = {7: _spread(truncated, source), 6: _spread(is_serial, source),
               0: source >= 0}  # fmt: skip
    header_merges = [(first - 2, a, first - 2, b) for a, b in _MERGED_HEADERS]
    flat = [c + 1 for c, text in enumerate(_SECOND) if not text]
    header_merges += [(first - 2, c, first - 1, c) for c in flat]
    below = [["", "填表人：", "", "审核人：", "", "", "", "（盖章）"]]
    grid = Grid([_TOP, _SECOND], columns, above, below, numbers,
                [(1, 1, 1, len(_TOP)), *header_merges, *merges])  # fmt: skip
    return grid, place + first


def _with_subtotals(count: int, empty: Ints) -> tuple[Ints, Ints, list[str | None]]:
    """Where rows stand among sub-totals and empty dwellings (`empty`: after how many people).

    Returns
    -------
    The body position of each person; for each body row the person's position or a negative number;
    and the label of each row that is a sub-total.
    """
    inner = np.arange(_SUBTOTAL_EVERY, count - 5, _SUBTOTAL_EVERY)
    kinds = np.repeat([_SUBTOTAL, _EMPTY_DWELLING], [len(inner), len(empty)])
    source = np.insert(np.arange(count), np.concatenate([inner, empty]), kinds)
    labels: list[str | None] = [
        f"小计 {_SUBTOTAL_EVERY}人" if at == _SUBTOTAL else None for at in source
    ]
    place = np.flatnonzero(source >= 0)
    blank = [None] if count % 3 == 0 else []  # some clerks leave a line before the total
    ends = [_SUBTOTAL] * (len(blank) + 1)
    return place, np.append(source, ends), [*labels, *blank, f"合计 {count}人"]


def _spread(mask: Mask, source: Ints) -> Mask:
    return np.where(source >= 0, mask[np.maximum(source, 0)], False)


def _merged_households(
    keys: pa.Array, place: Ints, first: int
) -> tuple[pa.Array, list[tuple[int, int, int, int]]]:
    """The household cell stands in its first row; rows below are merged into it."""
    key = np.asarray(keys.cast(pa.int32()))
    broken = np.concatenate([[True], (key[1:] != key[:-1]) | (np.diff(place) > 1)])
    starts = np.flatnonzero(broken)
    ends = np.append(starts[1:], len(key)) - 1
    merges = [(int(place[a]) + first, 2, int(place[b]) + first, 2)
              for a, b in zip(starts, ends, strict=True) if b > a]  # fmt: skip
    return writing.where(broken, keys, None), merges
