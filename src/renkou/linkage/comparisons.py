"""What is compared between two records. Pure: data only.

The columns are those of `renkou.linkage.features`. m and u stated here are where training starts, and
what holds where a level is too rare to be trained.

Model: Fellegi & Sunter (1969), m and u probabilities per level as in Splink.
"""

from __future__ import annotations

from collections.abc import Collection

from renkou.linkage.levels import Comparison, Level, close, crossed, one_apart

# What tells a person from the other members of the household.
PERSONAL = ("given", "middle", "name", "birth_date", "sex", "id_number")

_ELSE = "ELSE"

# A list that leaves the father's part out leaves the separator out with it.
_FIRST_L, _FIRST_R = "coalesce(head_sound_l, name_sound_l)", "coalesce(head_sound_r, name_sound_r)"
_HEADS_CLOSE = (
    f"levenshtein({_FIRST_L}, {_FIRST_R})"
    f" <= 0.25 * greatest(length({_FIRST_L}), length({_FIRST_R}))"
)

WHOLE_NAME = Comparison(
    "name",
    "姓名",
    ("name_key",),
    (
        Level("same", "name_key_l = name_key_r", 0.9, 0.0002, "name_key"),
        Level(
            "same by variant, sound or former name",
            "name_fold_l = name_fold_r or name_sound_l = name_sound_r"
            " or coalesce(former_fold_l = name_fold_r, false)"
            " or coalesce(former_fold_r = name_fold_l, false)",
            0.04,
            0.0004,
            "name_key",
        ),
        Level(
            "close spelling of a long name",
            "length(name_fold_l) >= 4 and length(name_fold_r) >= 4"
            f" and {close('name_sound', 0.25)}",
            0.02,
            0.0005,
        ),
        Level(
            "same first part",
            "coalesce(name_head_l = name_head_r, false)"
            " or coalesce(head_sound_l, name_sound_l) = coalesce(head_sound_r, name_sound_r)",
            0.015,
            0.001,
        ),
        Level(
            "close first part",
            f"(name_head_l is not null or name_head_r is not null) and {_HEADS_CLOSE}",
            0.01,
            0.002,
        ),
        Level(
            "one character apart",
            one_apart("name_fold"),
            0.02,
            0.005,
        ),
        Level(
            "one of two characters",
            "substr(name_fold_l, 2) = substr(name_fold_r, 2)"
            " or (length(name_fold_l) = 2 and length(name_fold_r) = 2"
            " and substr(name_fold_l, 1, 1) = substr(name_fold_r, 1, 1))",
            0.008,
            0.006,
        ),
        Level("same surname", "substr(name_fold_l, 1, 1) = substr(name_fold_r, 1, 1)", 0.006, 0.04),
        Level("else", _ELSE, 0.006, 0.95),
    ),
    ("name_fold", "name_sound", "name_head", "head_sound", "former_fold"),
)


def _latin_part(name: str, zh: str, column: str, other: str | None = None) -> Comparison:
    similarity = f"jaro_winkler_similarity({column}_l, {column}_r)"
    initial = (
        f"(length({column}_l) = 1 or length({column}_r) = 1)"
        f" and substr({column}_l, 1, 1) = substr({column}_r, 1, 1)"
    )
    return Comparison(
        name,
        zh,
        (column,),
        (
            Level("same", f"{column}_l = {column}_r", 0.85, 0.005, column),
            Level("initial", initial, 0.02, 0.003),
            *(
                [Level("swapped", f"{column}_l = {other}_r or {other}_l = {column}_r", 0.01, 0.001)]
                if other
                else []
            ),
            Level("very close", f"{similarity} >= 0.92", 0.05, 0.002),
            Level("close", f"{similarity} >= 0.85", 0.03, 0.005),
            Level(
                "distant but related",
                f"{similarity} >= 0.7 or contains({column}_l, {column}_r)"
                f" or contains({column}_r, {column}_l)",
                0.02,
                0.03,
            ),
            Level("else", _ELSE, 0.03, 0.955),
        ),
        (other,) if other else (),
    )


BIRTH_DATE = Comparison(
    "birth_date",
    "出生日期",
    ("birth_date",),
    (
        Level(
            "same day",
            "(birth_date_l = birth_date_r and length(birth_date_l) = 10)"
            " or coalesce(birth_date_l = birth_b_r, false)"
            " or coalesce(birth_b_l = birth_date_r, false)",
            0.93,
            4e-5,
        ),
        Level(
            "same as far as given",
            "(length(birth_date_l) < 10 or length(birth_date_r) < 10)"
            " and (starts_with(birth_date_l, birth_date_r)"
            " or starts_with(birth_date_r, birth_date_l))",
            0.01,
            0.001,
        ),
        Level(
            "day and month swapped",
            "birth_date_l = concat(substr(birth_date_r, 1, 5), substr(birth_date_r, 9, 2), '-',"
            " substr(birth_date_r, 6, 2))",
            0.004,
            3e-5,
        ),
        Level(
            "one digit or neighbouring digits",
            "length(birth_date_l) = 10 and length(birth_date_r) = 10"
            " and levenshtein(birth_date_l, birth_date_r) <= 1",
            0.015,
            0.001,
        ),
        Level(
            "lunar date read as solar",
            "abs(birth_day_l - birth_day_r) between 17 and 52",
            0.015,
            0.0022,
        ),
        Level(
            "1 January of the same year",
            "substr(birth_date_l, 1, 4) = substr(birth_date_r, 1, 4)"
            " and (substr(birth_date_l, 5) = '-01-01' or substr(birth_date_r, 5) = '-01-01')",
            0.006,
            0.0002,
        ),
        Level(
            "two digits apart",
            "levenshtein(birth_date_l, birth_date_r) <= 2"
            " or substr(birth_date_l, 1, 4) = substr(birth_date_r, 1, 4)",
            0.012,
            0.02,
        ),
        Level("else", _ELSE, 0.008, 0.976),
    ),
    ("birth_day", "birth_b"),
)

SEX = Comparison(
    "sex",
    "性别",
    ("sex",),
    (Level("same", "sex_l = sex_r", 0.995, 0.5), Level("else", _ELSE, 0.005, 0.5)),
)

AREA = Comparison(
    "area",
    "地区",
    ("area_a",),
    (
        Level(
            "same village",
            f"coalesce(locality_l = locality_r, false) or {crossed('area_a', 'area_b', 12)}",
            0.75,
            0.002,
        ),
        Level(
            "same township",
            f"coalesce(township_l = township_r, false) or {crossed('area_a', 'area_b', 9)}",
            0.08,
            0.012,
        ),
        Level("same county", crossed("area_a", "area_b", 6), 0.09, 0.15),
        Level("same text", crossed("area_a", "area_b"), 0.01, 0.001),
        Level("else", _ELSE, 0.07, 0.835),
    ),
    ("area_b", "locality", "township"),
)

ADDRESS = Comparison(
    "address",
    "地址",
    ("address_a",),
    (
        Level("same", crossed("address_a", "address_b"), 0.6, 1e-5, None),
        Level(
            "same end",
            "(length(address_a_l) >= 8 and right(address_a_r, length(address_a_l)) = address_a_l)"
            " or (length(address_a_r) >= 8 and right(address_a_l, length(address_a_r)) = address_a_r)"
            " or coalesce(address_tail_l = address_tail_r, false)",
            0.3,
            2e-5,
        ),
        Level(
            "same door of a village",
            f"coalesce(address_door_l = address_door_r, false) and ({crossed('area_a', 'area_b', 12)})",
            0.1,
            2e-5,
        ),
        Level("close", f"coalesce({close('address_free', 0.15)}, false)", 0.1, 0.001),
        Level("else", _ELSE, 0.3, 0.999),
    ),
    ("address_b", "address_tail", "address_door", "address_free", "area_a", "area_b"),
)


def same_or_not(
    column: str, zh: str, *, m: float = 0.95, u: float = 0.05, common: bool = True
) -> Comparison:
    """Equality of codes and other comparable columns.

    `common`: values repeat, so that term frequencies tell something; those of near-unique values cost a join
    and do not.
    """
    return Comparison(
        column,
        zh,
        (column,),
        (
            Level("same", f"{column}_l = {column}_r", m, u, column if common else None),
            Level("close", f"length({column}_l) >= 4 and {close(column, 0.25)}", 0.02, 0.01),
            Level("else", _ELSE, 1 - m, 1 - u),
        ),
    )


# Two strangers' numbers are near only where region and birth date are (nearly) the same; these chances come
# from 29,000 birth dates, a fifth of people to a region and three digits of order. Random sampling cannot
# find two strangers with near numbers, so they are computed, not trained.
_NEAR_NUMBERS = (
    ("one character apart", "levenshtein(id_text_l, id_text_r) <= 1", 0.3, 1e-7),
    ("as a spreadsheet cut it", "substr(id_text_l, 1, 15) = substr(id_text_r, 1, 15)", 0.12, 7e-7),
    ("two characters apart or swapped", "levenshtein(id_text_l, id_text_r) <= 2", 0.23, 1e-6),
    # What a number repeats of a birth date that agrees anyway is no second evidence.
    (
        "same region and birth, where birth dates agree",
        "coalesce(birth_date_l = birth_date_r, false)"
        " and substr(id_text_l, 1, 14) = substr(id_text_r, 1, 14)",
        0.03,
        0.03,
    ),
    (
        "same region and birth, or birth and order",
        "substr(id_text_l, 1, 14) = substr(id_text_r, 1, 14)"
        " or substr(id_text_l, 7, 11) = substr(id_text_r, 7, 11)",
        0.03,
        7e-6,
    ),
    ("else", _ELSE, 0.07, 0.999),
)


def id_number(people: float) -> Comparison:
    """Identity numbers of which at least one side is not valid, among about `people` persons."""
    same = Level("same", "id_text_l = id_text_r", 0.25, 1 / max(people, 2.0), fixed=True)
    near = (Level(label, sql, m, u, fixed=True) for label, sql, m, u in _NEAR_NUMBERS)
    return Comparison("id_number", "身份号码", ("id_text",), (same, *near), ("birth_date",))


def opaque_number(people: float) -> Comparison:
    """Numbers without checksum or birth date: a person may have a wrong one, or another's."""
    full = 1 / max(people, 2.0)
    return Comparison(
        "id_number",
        "号码",
        ("id_text",),
        (
            Level("same", "id_text_l = id_text_r", 0.9, full),
            Level("one character apart", "levenshtein(id_text_l, id_text_r) <= 1", 0.04, 80 * full),
            Level("two apart or swapped", "levenshtein(id_text_l, id_text_r) <= 2", 0.03, 1e-3),
            Level("else", _ELSE, 0.03, 0.999),
        ),
    )


def comparisons_for(
    columns: Collection[str], people: float, *, opaque: bool = False
) -> list[Comparison]:
    """The comparisons that the feature columns in use allow, in the order of the waterfall.

    `columns` are feature columns that hold values; `people` is about how many persons there are.
    """
    parts = {
        "given": _latin_part("given", "名", "given", "surname" if "surname" in columns else None),
        "middle": _latin_part("middle", "中间名", "middle"),
        "surname": _latin_part("surname", "姓", "surname", "given" if "given" in columns else None),
    }
    chosen = [parts[c] for c in ("given", "middle", "surname") if c in columns]
    if not chosen and "name_key" in columns:
        chosen.append(WHOLE_NAME)
    fixed = {"birth_date": BIRTH_DATE, "sex": SEX, "area_a": AREA, "address_a": ADDRESS}
    chosen += [comparison for column, comparison in fixed.items() if column in columns]
    if "id_text" in columns:
        chosen.append(opaque_number(people) if opaque else id_number(people))
    labels = {"phone": "电话", "postcode": "邮编", "mother_key": "母亲姓名", "father_key": "父亲姓名",
              "spouse_key": "配偶姓名"}  # fmt: skip
    chosen += [
        same_or_not(c, zh, u=0.001, common=c == "postcode")
        for c, zh in labels.items()
        if c in columns
    ]
    others = sorted(c for c in columns if c.startswith("compare_"))
    chosen += [same_or_not(c, c.removeprefix("compare_")) for c in others]
    # Where every record shows a valid number and nothing else, a model still needs a comparison.
    return chosen or [id_number(people)]
