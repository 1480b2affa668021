"""Guesses whom a list's rows name, and which column holds what of them. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from renkou.core.fields import FIELD
from renkou.intake.columns import usual_meaning
from renkou.intake.drafting_areas import give_way, guess_addresses, guess_areas, says_registered
from renkou.intake.drafting_sample import DraftPerson, Findings, word
from renkou.intake.vocabulary import vocabulary
from renkou.intake.words import bare_header

COUPLE = ("husband", "wife")
_OF_COUPLE = ("marriage_date", "divorce_date", "registered_date", "source_key")
# A household in a row, the head under one group and the spouse under another.
HOUSEHOLD = ("head", "spouse")
_OF_HOUSEHOLD = ("household_key", "registered_area", "registered_address", "usual_area",
                 "usual_address", "postcode")  # fmt: skip
_ROLE_CONSTANTS = {
    "husband": {"sex": "male"},
    "wife": {"sex": "female"},
    "head": {"relationship": "head"},
    "spouse": {"relationship": "spouse"},
}
# Whose numbers and names a row may hold who is not the row's own person, nor of the family fields.
_OF_OTHERS = re.compile(
    "监护人|家长|抚养人|联系人|房东|房主|出租人|代办人|经办人|申报人|申请人|介绍人|担保人|继承人|亲属"
)
_BIRTHS = re.compile("出生|新生儿|产科")
_CERTIFICATE = ("证明编号", "证明号", "证明书编号")
_NUMBER = re.compile(r"\d{15}|\d{17}[\dXx]")


def guess_persons(found: Findings) -> list[DraftPerson]:
    """The roles of a row, with their columns."""
    roles = _roles(found)
    persons = [_person(found, role) for role in roles]
    if roles == COUPLE:
        _marry(persons)
        return persons
    for person in persons:
        guess_areas(found, person)
        _guess_household(found, person)
    if roles == HOUSEHOLD:
        _name_spouses(persons)
        found.doubts.append(
            "每行看来是一户：户主和配偶各作一人；若还有其他人，请照样添加 [[persons]]"
        )
    else:
        _guess_constants(found, persons[0])
    found.doubts[:] = dict.fromkeys(found.doubts)
    return persons


def _roles(found: Findings) -> tuple[str, ...]:
    if {role for _, path in found.paths if (role := _couple_role(path))} == set(COUPLE):
        return COUPLE
    own = {usual_meaning(path) for _, path in found.paths}
    grouped = {_group_role(path) for _, path in found.paths}
    return HOUSEHOLD if set(HOUSEHOLD) <= grouped and not own & {"name", "id_number"} else ("self",)


def _group_role(path: Sequence[str]) -> str | None:
    """The role that the groups above a column name."""
    roles = (vocabulary().role_of(group) for group in path[:-1])
    return next((role for role in roles if role), None)


def _couple_role(path: Sequence[str]) -> str | None:
    words = vocabulary()
    split = words.split(path[-1])
    roles = [words.role_of(group) for group in path[:-1]] + [split[0] if split else None]
    return next((role for role in roles if role in COUPLE), None)


def _person(found: Findings, role: str) -> DraftPerson:
    person = DraftPerson(role, constants=dict(_ROLE_CONSTANTS.get(role, {})))
    for at, path in found.paths:
        name = _meaning(path, role, found.said)
        if name is None:
            continue
        if name in person.columns and says_registered(word(path), person.columns[name], name):
            give_way(found, person, name)
        if name in person.columns:
            first = person.columns[name]
            found.doubts.append(f"{FIELD[name].zh}有两列可选，取“{first}”，未取“{word(path)}”")
            found.left.add(at)
            continue
        person.columns[name] = found.unique_word(at, path)
        found.used[role, name] = at
    _guess_by_content(found, person)
    guess_addresses(found, person)
    return person


def _meaning(path: Sequence[str], role: str, said: str) -> str | None:
    if role == "self":
        name = usual_meaning(path)
        born = (
            name == "source_key" and bare_header(path[-1]) in _CERTIFICATE and _BIRTHS.search(said)
        )
        return "birth_certificate_number" if born else name
    if role in HOUSEHOLD:
        return _meaning_in_household(path, role)
    if _couple_role(path) is None:
        name = usual_meaning(path)
        return name if name in _OF_COUPLE else None
    return usual_meaning(path, role)


def _meaning_in_household(path: Sequence[str], role: str) -> str | None:
    """What stands under no group is the household's; a telephone is the head's."""
    if _group_role(path) is not None:
        return usual_meaning(path, role)
    name = usual_meaning(path)
    shared = (*_OF_HOUSEHOLD, "phone", "source_key") if role == "head" else _OF_HOUSEHOLD
    return name if name in shared else None


def _guess_by_content(found: Findings, person: DraftPerson) -> None:
    """A column without a known header whose cells are id numbers is one."""
    if person.role != "self":
        return
    for at, path in found.paths:
        if at in found.left or at in found.used.values() or not _holds_numbers(found, at):
            continue
        if _OF_OTHERS.search(word(path)):
            found.left.add(at)
            found.doubts.append(f"“{word(path)}”是他人的号码，没有对应项目，未取")
            continue
        if "id_number" in person.columns:
            found.left.add(at)
            found.doubts.append(f"“{word(path)}”看来也是身份号码，未取")
            continue
        person.columns["id_number"] = found.unique_word(at, path)
        found.used["self", "id_number"] = at
        found.doubts.append(f"按内容猜测“{word(path)}”是身份号码，请核对")


def _holds_numbers(found: Findings, at: int) -> bool:
    cells = found.cells(at)
    return 2 * sum(bool(_NUMBER.fullmatch(cell)) for cell in cells) > len(cells)


def _guess_household(found: Findings, person: DraftPerson) -> None:
    """A household's place in its sheet (户序) begins anew in every sheet."""
    header = person.columns.get("household_key", "")
    if len(found.sample.sheets) > 1 and "序" in header:
        person.columns.pop("household_key")
        person.parts["household_key"] = ["@sheet", header]
        found.doubts.append(f"“{header}”看来每张工作表从头编起，与工作表名合起来当作家庭户号")


def _guess_constants(found: Findings, person: DraftPerson) -> None:
    if re.search("死亡|去世|殡葬|火化", found.said) and "status" not in person.columns:
        person.constants["status"] = "dead"
        found.doubts.append("名册看来是死亡人员，人员状态一律记为“死亡”；若不是请删去")


def _marry(persons: Sequence[DraftPerson]) -> None:
    """Each of a couple is the other's spouse; a key of the row is not a key of a person."""
    for person in persons:
        if "marriage_date" not in person.columns and "registered_date" in person.columns:
            person.columns["marriage_date"] = person.columns.pop("registered_date")
    _name_spouses(persons)
    for person in persons:
        if "marital_status" not in person.columns:
            divorced = "divorce_date" in person.columns and "marriage_date" not in person.columns
            person.constants["marital_status"] = "divorced" if divorced else "married"


def _name_spouses(persons: Sequence[DraftPerson]) -> None:
    for person, other in zip(persons, reversed(persons), strict=True):
        for name in ("name", "id_number"):
            if name in other.columns:
                person.columns[f"spouse_{name}"] = other.columns[name]
