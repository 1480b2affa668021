"""The civil affairs office's marriage register: a couple a row, headers under 男方 and 女方. Pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from renkou.synthetic import writing
from renkou.synthetic.calendar import NEVER, day, day_texts
from renkou.synthetic.city import City
from renkou.synthetic.draft import Draft, repeated, rows_with_repeats, start_draft, taken, true_rows
from renkou.synthetic.field_errors import spoil_addresses, spoil_births, spoil_names
from renkou.synthetic.files import CityFile, Grid, TruthRows, Workbook
from renkou.synthetic.kinds import Kind
from renkou.synthetic.number_errors import spoil_numbers
from renkou.synthetic.people import FEMALE
from renkou.synthetic.sources import PersonColumns, Source
from renkou.synthetic.streams import Ints, Mask

DAY = day(2023, 12, 31)
BOOK_ROWS = 49_990  # with title and headers a workbook stays under 50,000 rows
_FIRST_DAY = day(1955, 1, 1)
_PERSON = ("姓名", "出生日期", "身份证件号", "民族", "常住户口所在地")
_TOP = [
    "结婚证字号",
    "登记日期",
    "登记机关",
    "男方",
    "",
    "",
    "",
    "",
    "女方",
    "",
    "",
    "",
    "",
    "离婚登记日期",
]
_SECOND = ["", "", "", *_PERSON, *_PERSON, ""]
_WIDTH = len(_TOP)
_MERGES = [(1, 1, 1, _WIDTH), (2, 4, 2, 8), (2, 9, 2, 13),
           *((2, column, 3, column) for column in (1, 2, 3, 14))]  # fmt: skip
_TITLE = "云汀市婚姻登记信息（截至2023年12月31日）"


def _columns_of(side: str, other: str) -> dict[str, str | list[str]]:
    return {
        "source_key": "结婚证字号", "name": f"{side}/姓名", "birth_date": f"{side}/出生日期",
        "id_number": f"{side}/身份证件号", "ethnicity": f"{side}/民族",
        "registered_address": f"{side}/常住户口所在地", "spouse_name": f"{other}/姓名",
        "spouse_id_number": f"{other}/身份证件号", "marriage_date": "登记日期",
        "divorce_date": "离婚登记日期",
    }  # fmt: skip


SOURCE = Source(
    id="marriages", name="婚姻登记", department="市民政局", purpose="婚姻状况核对",
    files="marriages_*.xlsx", reference_date="2023-12-31", own_key="source_key",
    persons=(
        PersonColumns("husband", _columns_of("男方", "女方"), {"sex": "male"}),
        PersonColumns("wife", _columns_of("女方", "男方"), {"sex": "female"}),
    ),
    authority={"default": 40, "marriage_date": 100, "divorce_date": 100, "spouse_name": 80},
)  # fmt: skip


def marriages_files(city: City) -> Iterator[CityFile]:
    """Workbooks of couples in order of registration."""
    wives = _wives(city)
    clerk = (city.families.married[wives] // 120) % 997  # who sat at the desk that quarter
    clerk = (
        clerk * len(city.tree.county_codes) + city.tree.village_county[city.homes.village[wives]]
    )
    wife = start_draft(city, "marriages", DAY, wives, clerk, np.arange(len(wives)))
    husband = _husbands(city, wife)
    for draft in (husband, wife):
        _register_places(draft)
        _mark_dead(draft)
        spoil_numbers(draft)
        spoil_names(draft)
        spoil_births(draft)
        spoil_addresses(draft)
    _swap_columns(husband, wife)
    columns, numbers = _columns(husband, wife)
    rows, second = rows_with_repeats(wife)
    husband, wife = repeated(husband, rows, second), repeated(wife, rows, second)
    columns, numbers = taken(columns, rows), {at: mask[rows] for at, mask in numbers.items()}
    yield from _books(husband, wife, columns, numbers)


def _wives(city: City) -> Ints:
    """Wives of the couples on the register, by wedding day."""
    people, families, homes = city.people, city.families, city.homes
    rng = city.streams.of("marriages-who")
    wives = np.flatnonzero(
        (people.sex == FEMALE) & (families.spouse >= 0) & (families.married <= DAY)
        & (families.married > _FIRST_DAY)
    )  # fmt: skip
    husbands = families.spouse[wives]
    # Old paper registers were typed in later, with gaps; newcomers married at home.
    share = np.where(families.married[wives] < day(2000, 1, 1), 0.85, 0.95)
    share = np.where(homes.newcomer[wives], 0.25, share)
    listed = (rng.random(len(wives)) < share) & ~city.unlisted[wives] & ~city.unlisted[husbands]
    wives = wives[listed]
    return wives[np.argsort(families.married[wives], kind="stable")].astype(np.int32)


def _husbands(city: City, wife: Draft) -> Draft:
    """The same rows, told of the husbands; a clumsy row is clumsy for both."""
    spouse = city.families.spouse[wife.person]
    draft = true_rows(
        city, "marriages", DAY, wife.difficulty, wife.rng, spouse, np.zeros(len(wife), np.int32)
    )
    draft.strength = wife.strength
    draft.mark(wife.has(Kind.DUPLICATE_ALTERED), Kind.DUPLICATE_ALTERED)
    return draft


def _register_places(draft: Draft) -> None:
    homes, person = draft.city.homes, draft.person
    draft.village = homes.registered_on(DAY)[person].astype(np.int32)
    draft.door = homes.registered_door[person].astype(np.int32)


def _mark_dead(draft: Draft) -> None:
    """A register of weddings keeps the dead and the gone: more of them than other lists."""
    people, person = draft.city.people, draft.person
    draft.mark((people.death[person] <= DAY) | (people.gone[person] <= DAY), Kind.STILL_LISTED)


def _swap_columns(husband: Draft, wife: Draft) -> None:
    """In a few rows the two were typed under each other's header."""
    swapped = wife.hit(wife.difficulty.sex_wrong)
    for item in dataclasses.fields(Draft):
        if item.name in ("city", "source", "day", "difficulty", "rng", "serial", "strength"):
            continue
        first, second = getattr(husband, item.name), getattr(wife, item.name)
        kept = first[swapped].copy()
        first[swapped], second[swapped] = second[swapped], kept
    husband.mark(swapped, Kind.SEX_WRONG)
    wife.mark(swapped, Kind.SEX_WRONG)


def _columns(husband: Draft, wife: Draft) -> tuple[list[pa.Array], dict[int, Mask]]:
    """All columns, and the cells that Excel keeps as numbers."""
    city, families = wife.city, wife.city.families
    married = families.married[wife.person]
    divorced = families.divorced[wife.person]
    county = city.tree.village_county[city.homes.village[wife.person]]
    offices = [f"{name}民政局婚姻登记处" for name in city.tree.county_names]
    his, his_numbers = _side(husband)
    hers, her_numbers = _side(wife)
    columns = [
        writing.serials(wife.serial, 8, "J513000-"),
        day_texts(married, "iso"),
        writing.coded(county, offices),
        *his,
        *hers,
        day_texts(np.where(divorced <= DAY, divorced, NEVER), "iso"),
    ]
    return columns, {5: his_numbers, 10: her_numbers}


def _side(draft: Draft) -> tuple[list[pa.Array], Mask]:
    """The columns of one of the two."""
    number, is_number = writing.numbers_as_cells(draft)
    columns = [
        writing.texts(draft.name),
        writing.birth_dates(draft, "dots", "month_dots"),
        number,
        writing.ethnicities(draft),
        writing.registered_addresses(draft),
    ]
    return columns, is_number


def _books(
    husband: Draft, wife: Draft, columns: list[pa.Array], numbers: dict[int, Mask]
) -> Iterator[CityFile]:
    above = [[_TITLE]]
    for book, start in enumerate(range(0, len(wife), BOOK_ROWS), 1):
        rows = slice(start, min(start + BOOK_ROWS, len(wife)))
        body = [column.slice(start, rows.stop - start) for column in columns]
        own_numbers = {at: mask[rows] for at, mask in numbers.items()}
        grid = Grid([_TOP, _SECOND], body, above, [], own_numbers, list(_MERGES))
        at = np.arange(rows.stop - start) + grid.first_row
        truth = [
            TruthRows("婚姻登记", at, role, draft.person[rows], draft.kinds[rows])
            for role, draft in (("husband", husband), ("wife", wife))
        ]
        name = f"marriages_{book:02}.xlsx"
        yield CityFile("marriages", name, Workbook({"婚姻登记": grid}), truth)
