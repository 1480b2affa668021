"""How wrong each list is: one documented table of parameters. Pure.

Rates are shares of a list's records in per cent, except where a meaning names a narrower base. The
table is rendered in docs/reference/synthetic-city.md by `difficulty_markdown`.

Source: the task's notes on linkage; the police clean-up of 2014-17 for duplicates and the dead.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field


def rate(meaning: str) -> float:
    """A parameter of `Difficulty`: 0 unless the list says otherwise."""
    return field(default=0.0, metadata={"meaning": meaning})


@dataclass(frozen=True)
class Difficulty:
    """What goes wrong in one list, in per cent of its records."""

    number_missing: float = rate("number missing")
    number_typed_wrong: float = rate("number with a digit wrong, two swapped or one lost")
    number_truncated: float = rate("number truncated by Excel (…000) or in scientific notation")
    number_old: float = rate("old number of 15 digits (of people born before 1999)")
    number_of_other: float = rate(
        "somebody else's valid number (mother, father, spouse, row above), half with that one's "
        "birth date"
    )
    child_number_of_other: float = rate("the same among under-16s, in place of the rate above")
    name_changed: float = rate(
        "name: homophone, similar glyph, dropped or added character, folk variant, traditional, "
        "former name"
    )
    name_baby: float = rate("baby name, 某某之子 or none")
    name_separator: float = rate(
        "names with a separator: dot variant, part missing, other spelling (of such names)"
    )
    birth_wrong: float = rate("birth date: day and month swapped, year or digit off, 1 January")
    birth_lunar: float = rate("lunar birthday (of people born before 1975)")
    birth_partial: float = rate("birth date month only or missing")
    sex_wrong: float = rate("sex wrong")
    address_old: float = rate("old or other address")
    duplicate_exact: float = rate("row repeated exactly")
    duplicate_altered: float = rate("row repeated with something changed")
    still_listed: float = rate("dead or gone still listed")


DIFFICULTY: dict[str, Difficulty] = {
    "police": Difficulty(
        number_missing=0.2, number_typed_wrong=0.1, number_truncated=0, number_old=0.05,
        number_of_other=0.15, child_number_of_other=0.15, name_changed=2, name_baby=0,
        name_separator=5, birth_wrong=0.5, birth_lunar=1.2, birth_partial=0, sex_wrong=0.1,
        address_old=5, duplicate_exact=0.1, duplicate_altered=0.2, still_listed=0.3,
    ),
    "births": Difficulty(  # numbers here are the parents': a newborn has none
        number_missing=2, number_typed_wrong=1, number_truncated=1.2, number_old=0,
        number_of_other=1, child_number_of_other=1, name_changed=4, name_baby=14,
        name_separator=50, birth_wrong=1.2, birth_lunar=0, birth_partial=0.1, sex_wrong=0.4,
        address_old=10, duplicate_exact=0.4, duplicate_altered=1,
    ),
    "school": Difficulty(
        number_missing=5, number_typed_wrong=1, number_truncated=1.4, number_old=0,
        number_of_other=0.5, child_number_of_other=0.5, name_changed=4, name_separator=60,
        birth_wrong=2, birth_partial=1, sex_wrong=0.4, address_old=16, duplicate_exact=0.3,
        duplicate_altered=0.9,
    ),
    "marriages": Difficulty(
        number_missing=8, number_typed_wrong=1, number_truncated=0.3, number_old=4,
        number_of_other=0.7, child_number_of_other=0.7, name_changed=9, name_separator=70,
        birth_wrong=3, birth_lunar=6, birth_partial=2, sex_wrong=0.3, address_old=20,
        duplicate_exact=0.6, duplicate_altered=2, still_listed=1,
    ),
    "deaths": Difficulty(
        number_missing=8, number_typed_wrong=1, number_truncated=0.3, number_old=4,
        number_of_other=0.7, child_number_of_other=0.7, name_changed=9, name_separator=70,
        birth_wrong=3, birth_lunar=6, birth_partial=2, sex_wrong=0.3, address_old=20,
        duplicate_exact=0.6, duplicate_altered=2,
    ),
    "insurance": Difficulty(
        number_missing=1, number_typed_wrong=0.5, number_truncated=0.3, number_old=1,
        number_of_other=0.15, child_number_of_other=2, name_changed=4, name_separator=45,
        birth_wrong=1.2, birth_lunar=1.5, birth_partial=0.2, sex_wrong=0.3, address_old=22,
        duplicate_exact=0.3, duplicate_altered=1.3, still_listed=1,
    ),
    "newcomers": Difficulty(
        number_missing=18, number_typed_wrong=2, number_truncated=2.3, number_old=1,
        number_of_other=2.5, child_number_of_other=2.5, name_changed=10, name_separator=85,
        birth_wrong=5, birth_lunar=8, birth_partial=7, sex_wrong=0.6, address_old=15,
        duplicate_exact=0.6, duplicate_altered=2.5, still_listed=3,
    ),
    "audit": Difficulty(
        number_missing=10, number_typed_wrong=1.4, number_truncated=0, number_old=0.4,
        number_of_other=0.9, child_number_of_other=0.9, name_changed=7, name_separator=60,
        birth_wrong=2.4, birth_lunar=5, birth_partial=2.4, sex_wrong=0.4, address_old=0,
        duplicate_exact=0, duplicate_altered=0.3,
    ),
}  # fmt: skip


@dataclass(frozen=True)
class CityParameters:
    """What is so in the city itself, whatever list one looks at. Shares, not per cent."""

    separated_names: float = 0.03  # people with a given·father's name
    other_minorities: float = 0.04  # people of other minorities, with names of the Han form
    newcomers: float = 0.12  # residents who are registered outside the city
    gone: float = 0.08  # registered people who live elsewhere, per resident
    died: float = 0.095  # people who died in the 15 years before the end, per resident
    twins: float = 0.01  # people who are one of twins
    people_per_namesake_pair: int = 4_000  # pairs alike in name, sex, birth date and township
    rare_characters: float = 0.001  # names with a character outside the first 27,000
    second_papers: float = 0.002  # people with two valid numbers, known to two offices or more
    former_names: float = 0.02  # people whose former name lives on in some offices
    other_codes: float = 1 / 3  # numbers with another county's or a superseded code
    unlisted: float = 0.015  # residents in no departmental list (the audit's doors find them)
    clumsy_rows: float = 0.04  # rows with five times the errors
    clumsy_clerks: float = 0.03  # clerks with six times the errors
    lived_apart: float = 0.15  # registered families who live elsewhere in the city
    renamed_villages: float = 0.04  # villages renamed or merged since 2019
    empty_dwellings: float = 0.01  # rows of the newcomers' rosters, per person, that name nobody


CLUMSY_ROW_FACTOR = 5.0
CLUMSY_CLERK_FACTOR = 6.0


def difficulty_markdown() -> str:
    """The table of rates as Markdown, for the reference page."""
    names = list(DIFFICULTY)
    lines = ["| | " + " | ".join(names) + " |", "|---" * (len(names) + 1) + "|"]
    for item in dataclasses.fields(Difficulty):
        cells = " | ".join(f"{getattr(DIFFICULTY[name], item.name):g}" for name in names)
        lines.append(f"| `{item.name}`: {item.metadata['meaning']} | {cells} |")
    return "\n".join(lines) + "\n"
