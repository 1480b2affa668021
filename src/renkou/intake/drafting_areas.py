"""Guesses which columns or texts say where people are registered, and where they live. Pure."""

from __future__ import annotations

import re

from renkou.core.fields import FIELD
from renkou.intake.area_words import area_words
from renkou.intake.columns import place_of
from renkou.intake.drafting_sample import DraftPerson, Findings, Path
from renkou.intake.words import bare_header

_LEVELS = (
    "(?:市|地市|市州|设区市|州市)",
    "(?:县|区|县区|区县|县市区|县市|旗县)(?:名称)?",
    "(?:乡镇|镇|乡|街道|乡镇街道|镇街|镇乡|乡镇街|街镇|乡镇/街道|街道/乡镇)(?:名称)?",
    "(?:村|社区|村居|村社区|村/社区|行政村|村居委会|村名|村委会|居委会)(?:名称)?",
)
# What stands before a level says whose it is; `` where nothing does.
_WHOSE = {
    "registered_area": "(?:户籍|户口)(?:所在)?",
    "usual_area": "(?:(?:现|常|实际)?(?:居住|住)(?:所在)?|参保(?:地|所属|所在)?)",
    "": "(?:所在|所属)?",
}
_REGISTERED = re.compile("户籍|户口|籍贯|身份证")
_HOUSE = re.compile(r"\d+(?:号|栋|幢|室|组|单元|弄)|[路街巷]\d")
# A police list of 常住人口 is of the registered; anybody else's is of those who live there.
_OF_THOSE_WHO_LIVE_THERE = re.compile(
    "常住|实有人口|流动人口|暂住|居住|租住|流入|来本地|新居民|出租屋|调查|普查|核查|核实|抽查"
    "|newcomer|migrant|survey|audit|resident",
    re.I,
)
_OF_THE_REGISTERED = re.compile("户籍|户口|公安|派出所|police|hukou", re.I)


def is_level(header: str) -> bool:
    """Whether a bare header names a level of areas, such as 所属乡镇."""
    return any(_level_of(header, whose) is not None for whose in _WHOSE)


def _level_of(header: str, whose: str) -> int | None:
    start = _WHOSE[whose]
    return next(
        (at for at, level in enumerate(_LEVELS) if re.fullmatch(start + level, header)), None
    )


def _level_in(path: Path, whose: str) -> int | None:
    """The level that a column under its groups names: 县 under 户籍地 is as 户籍县."""
    header, place = bare_header(path[-1]), place_of(path[:-1])
    if place is None:
        return _level_of(header, whose)
    return _level_of(header, "") if whose == f"{place}_area" else None


def is_of_those_who_live_there(found: Findings) -> bool:
    """Whether a list's title and name say that it is of those who live in a place."""
    return bool(
        _OF_THOSE_WHO_LIVE_THERE.search(found.said) and not _OF_THE_REGISTERED.search(found.said)
    )


def says_registered(header: str, other: str, name: str) -> bool:
    """Whether a header says that a place is the registered one, and the other, taken first, not."""
    return (
        name in ("registered_area", "registered_address")
        and bool(_REGISTERED.search(header))
        and not _REGISTERED.search(other)
    )


def give_way(found: Findings, person: DraftPerson, name: str) -> None:
    """A column such as 村（社区） beside one of 户籍地 is where people live."""
    usual = name.replace("registered", "usual")
    header = person.columns[name]
    if usual in person.columns:
        found.leave(person, name, usual)
    else:
        found.move(person, name, usual)
        found.doubts.append(f"“{header}”当作{FIELD[usual].zh}；若是户籍地请改")


def guess_addresses(found: Findings, person: DraftPerson) -> None:
    """A column called 户籍地 that holds house numbers is an address."""
    for kind in ("registered", "usual"):
        area, address = f"{kind}_area", f"{kind}_address"
        cells = found.cells(found.used.get((person.role, area)))
        houses = sum(bool(_HOUSE.search(cell)) for cell in cells)
        if area in person.columns and address not in person.columns and houses * 2 > len(cells):
            found.move(person, area, address)


def guess_areas(found: Findings, person: DraftPerson) -> None:
    """Columns 县, 乡镇, 村 together, or the sheet's name, say the area."""
    if is_of_those_who_live_there(found):
        _take_for_usual(found, person)
    for whose in _WHOSE:
        if whose or not any(_deeper(found, other) for other in _WHOSE):
            _guess_levels(found, person, whose)
    named = {*person.columns, *person.parts}
    if "usual_area" not in named and not (
        "registered_area" in person.parts and not is_of_those_who_live_there(found)
    ):
        _guess_by_sheet(found, person)


def _take_for_usual(found: Findings, person: DraftPerson) -> None:
    """Where a list is of those who live there, 村（社区） and 门牌号 are where they live."""
    moved = []
    for kind in ("area", "address"):
        name, usual = f"registered_{kind}", f"usual_{kind}"
        header = person.columns.get(name)
        if header is None:
            continue
        path = found.header.paths[found.used[person.role, name]]
        if any(map(_REGISTERED.search, path)):
            continue
        if usual in person.columns:
            found.leave(person, name, usual)
            continue
        found.move(person, name, usual)
        moved.append(header)
    if moved:
        found.doubts.append(
            f"名册看来是现住人口（常住、流动等），“{'、'.join(moved)}”当作现住地；"
            "若为户籍名册请改成 registered_"
        )


def _guess_levels(found: Findings, person: DraftPerson, whose: str) -> None:
    levels = [*_levels(found, whose), *_deeper(found, whose)]
    words = [found.unique_word(at, path) for _, at, path in levels]
    name = whose or _unnamed_area(found, person, words)
    single = person.columns.get(name) in words
    if not words or name in person.parts:
        return
    if name in person.columns and not single:
        found.doubts.append(f"{FIELD[name].zh}取“{person.columns[name]}”，未取“{'、'.join(words)}”")
        return
    if len(words) > 1 or not single:
        person.columns.pop(name, None)
        person.parts[name] = words
        if not whose:
            found.doubts.append(
                f"“{'、'.join(words)}”合起来当作{FIELD[name].zh}；若是另一种地址请改"
            )


def _levels(found: Findings, whose: str) -> list[tuple[int, int, Path]]:
    """Columns of levels, the highest first: level, column, path."""
    return sorted(
        (level, at, path)
        for at, path in found.paths
        if (level := _level_in(path, whose)) is not None
    )


def _deeper(found: Findings, whose: str) -> list[tuple[int, int, Path]]:
    """A bare 村社区 beside 参保地乡镇 and no other place belongs to it."""
    named = {other: _levels(found, other) for other in _WHOSE if other}
    others = [levels for other, levels in named.items() if other != whose and levels]
    if not whose or not named[whose] or others:
        return []
    bare = _levels(found, "")
    return bare if bare and bare[0][0] > named[whose][-1][0] else []


def _unnamed_area(found: Findings, person: DraftPerson, words: list[str]) -> str:
    """Whether levels that do not say so are of the registered or the usual place."""
    if person.columns.get("usual_area") in words or is_of_those_who_live_there(found):
        return "usual_area"
    known = {**person.columns, **person.parts}
    single = person.columns.get("registered_area") in words
    return "usual_area" if "registered_area" in known and not single else "registered_area"


def _guess_by_sheet(found: Findings, person: DraftPerson) -> None:
    if not _sheets_are_areas(found):
        return
    lives_there = "registered_area" in person.columns or is_of_those_who_live_there(found)
    name = "usual_area" if lives_there else "registered_area"
    titled = re.search(r"[\u4e00-\u9fff](?:镇|乡|街道|苏木)", area_words(found.header.title))
    person.parts[name] = ["@title", "@sheet"] if titled else ["@sheet"]
    found.doubts.append(f"把工作表名当作{FIELD[name].zh}；若是另一种地址请改")


def _sheets_are_areas(found: Findings) -> bool:
    names = [name for name in found.sample.sheets if name]
    return bool(names) and all(
        re.search(r"[村镇乡区县]$|街道$|社区|居委会", name) for name in names
    )
