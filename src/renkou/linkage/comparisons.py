"""What is compared between two records, as Splink settings. Pure: data only.

Each comparison is a list of levels from the most to the least alike; a pair falls into the first
whose condition holds. Conditions are SQL that DuckDB and Spark both read. The columns are those of
`renkou.linkage.features`.

Model: Fellegi & Sunter (1969), m and u probabilities per level as in Splink.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Any

# What tells a person from the other members of the household.
PERSONAL = ("given", "middle", "name", "birth_date", "sex", "id_number")

PARAMETER_DIGITS = 6  # training on two threads differs in the 11th digit


@dataclass(frozen=True)
class Level:
    """One level: a condition on `<column>_l` and `<column>_r`, with starting m and u."""

    label: str
    sql: str
    m: float
    u: float
    tf_column: str | None = None
    fixed: bool = False  # keep m and u as given: too rare to be trained on a sample
    u_fixed: bool = False
    equal: str | None = None  # the column whose equality this is: u is counted, not sampled


@dataclass(frozen=True)
class Comparison:
    """Levels over feature columns; null where any of `needs` is null on either side."""

    name: str
    zh: str
    needs: tuple[str, ...]
    levels: tuple[Level, ...]
    also: tuple[str, ...] = field(default=())  # other columns that the conditions read

    @property
    def columns(self) -> tuple[str, ...]:
        """Every feature column that the comparison reads."""
        return self.needs + self.also


def _close(column: str, share: float) -> str:
    """Edit distance within a share of the longer text."""
    left, right = f"{column}_l", f"{column}_r"
    return f"levenshtein({left}, {right}) <= {share} * greatest(length({left}), length({right}))"


def _crossed(left: str, right: str, width: int | None = None) -> str:
    """Any of two columns on one side equals any of the two on the other."""

    def cut(text: str) -> str:
        return f"substr({text}, 1, {width})" if width else text

    pairs = [(a, b) for a in (left, right) for b in (left, right)]
    return " or ".join(
        f"coalesce({cut(a + '_l')} = {cut(b + '_r')} and length({a}_l) >= {width or 1}"
        f" and length({b}_r) >= {width or 1}, false)"
        for a, b in pairs
    )


def _one_apart(column: str) -> str:
    """Names of three or four characters, one apart (see identifier_pass.one_character_apart)."""
    a, b = f"{column}_l", f"{column}_r"
    short, long = f"least(length({a}), length({b}))", f"greatest(length({a}), length({b}))"
    agreed = " or ".join(
        f"({long} > {k} and substr({a}, 1, {k}) = substr({b}, 1, {k})"
        f" and right({a}, cast({long} - {k + 1} as int)) = right({b}, cast({long} - {k + 1} as int)))"
        for k in range(4)
    )
    return f"{long} between 3 and 4 and {long} - {short} <= 1 and ({agreed})"


_ELSE = "ELSE"

# A list that leaves the father's part out leaves the separator out with it.
_FIRST_L, _FIRST_R = "coalesce(head_sound_l, name_sound_l)", "coalesce(head_sound_r, name_sound_r)"
_HEADS_CLOSE = f"levenshtein({_FIRST_L}, {_FIRST_R}) <= 0.25 * greatest(length({_FIRST_L}), length({_FIRST_R}))"

WHOLE_NAME = Comparison(
    "name",
    "姓名",
    ("name_key",),
    (
        Level("same", "name_key_l = name_key_r", 0.9, 0.0002, "name_key", equal="name_key"),
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
            f" and {_close('name_sound', 0.25)}",
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
            _one_apart("name_fold"),
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
            Level("same", f"{column}_l = {column}_r", 0.85, 0.005, column, equal=column),
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
            equal="birth_date",
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
            f"coalesce(locality_l = locality_r, false) or {_crossed('area_a', 'area_b', 12)}",
            0.75,
            0.002,
        ),
        Level(
            "same township",
            f"coalesce(township_l = township_r, false) or {_crossed('area_a', 'area_b', 9)}",
            0.08,
            0.012,
        ),
        Level("same county", _crossed("area_a", "area_b", 6), 0.09, 0.15),
        Level("same text", _crossed("area_a", "area_b"), 0.01, 0.001),
        Level("else", _ELSE, 0.07, 0.835),
    ),
    ("area_b", "locality", "township"),
)

ADDRESS = Comparison(
    "address",
    "地址",
    ("address_a",),
    (
        Level("same", _crossed("address_a", "address_b"), 0.6, 1e-5, None),
        Level(
            "same end",
            "(length(address_a_l) >= 8 and right(address_a_r, length(address_a_l)) = address_a_l)"
            " or (length(address_a_r) >= 8 and right(address_a_l, length(address_a_r)) = address_a_r)"
            " or coalesce(address_tail_l = address_tail_r, false)",
            0.3,
            2e-5,
        ),
        Level("close", _close("address_a", 0.15), 0.1, 0.001),
        Level("else", _ELSE, 0.3, 0.999),
    ),
    ("address_b", "address_tail"),
)


def same_or_not(column: str, zh: str, *, m: float = 0.95, u: float = 0.05) -> Comparison:
    """Equality with term frequencies, for codes and other comparable columns."""
    return Comparison(
        column,
        zh,
        (column,),
        (
            Level("same", f"{column}_l = {column}_r", m, u, column, equal=column),
            Level("close", f"length({column}_l) >= 4 and {_close(column, 0.25)}", 0.02, 0.01),
            Level("else", _ELSE, 1 - m, 1 - u),
        ),
    )


def id_number(people: float) -> Comparison:
    """Identity numbers of which at least one side is not valid; `people` sets the chance of u.

    Random sampling cannot find two strangers with one number, so u is computed, not trained.
    """
    full = 1 / max(people, 2.0)
    # Two strangers' numbers are near only where region and birth date are (nearly) the same; these chances
    # come from 29,000 birth dates, a fifth of people to a region and three digits of order.
    return Comparison(
        "id_number",
        "身份号码",
        ("id_text",),
        (
            Level("same", "id_text_l = id_text_r", 0.25, full, fixed=True),
            Level(
                "one character apart",
                "levenshtein(id_text_l, id_text_r) <= 1",
                0.3,
                1e-7,
                fixed=True,
            ),
            Level(
                "as a spreadsheet cut it",
                "substr(id_text_l, 1, 15) = substr(id_text_r, 1, 15)",
                0.12,
                7e-7,
                fixed=True,
            ),
            Level(
                "two characters apart or swapped",
                "levenshtein(id_text_l, id_text_r) <= 2",
                0.23,
                1e-6,
                fixed=True,
            ),
            Level(
                "same region and birth, or birth and order",
                "substr(id_text_l, 1, 14) = substr(id_text_r, 1, 14)"
                " or substr(id_text_l, 7, 11) = substr(id_text_r, 7, 11)",
                0.03,
                7e-6,
                fixed=True,
            ),
            Level("else", _ELSE, 0.07, 0.999, fixed=True),
        ),
    )


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


def _level_settings(level: Level) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "sql_condition": level.sql,
        "label_for_charts": level.label,
        "m_probability": level.m,
        "u_probability": level.u,
        "fix_m_probability": level.fixed,
        "fix_u_probability": level.fixed or level.u_fixed,
    }
    if level.tf_column:
        settings["tf_adjustment_column"] = level.tf_column
        settings["tf_minimum_u_value"] = 1e-7
    return settings


def _comparison_settings(comparison: Comparison) -> dict[str, Any]:
    missing = " or ".join(f"{c}_l is null or {c}_r is null" for c in comparison.needs)
    null = {"sql_condition": missing, "label_for_charts": "missing", "is_null_level": True}
    return {
        "output_column_name": comparison.name,
        "comparison_description": comparison.zh,
        "comparison_levels": [null, *map(_level_settings, comparison.levels)],
    }


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
    chosen += [same_or_not(c, zh, u=0.001) for c, zh in labels.items() if c in columns]
    others = sorted(c for c in columns if c.startswith("compare_"))
    return chosen + [same_or_not(c, c.removeprefix("compare_")) for c in others]


def counted_columns(comparisons: list[Comparison]) -> list[str]:
    """Columns whose chance of equality is counted from all records."""
    return [v.equal for c in comparisons for v in c.levels if v.equal]


def with_counted_u(comparisons: list[Comparison], chances: dict[str, float]) -> list[Comparison]:
    """Comparisons with u of equality set to Σ share², which a sample of pairs would guess badly."""

    def counted(level: Level) -> Level:
        chance = chances.get(level.equal or "")
        return level if not chance else replace(level, u=chance, u_fixed=True)

    return [replace(c, levels=tuple(map(counted, c.levels))) for c in comparisons]


def splink_settings(comparisons: list[Comparison], prior: float) -> dict[str, Any]:
    """Splink settings for pairs that we block ourselves.

    `prior` is the probability that two random records are one person.
    """
    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": "record_id",
        "probability_two_random_records_match": prior,
        # Splink wants a rule; candidate pairs are registered, so it is never run.
        "blocking_rules_to_generate_predictions": ["l.record_id = r.record_id"],
        "retain_intermediate_calculation_columns": True,
        "retain_matching_columns": False,
        "comparisons": [_comparison_settings(comparison) for comparison in comparisons],
    }
