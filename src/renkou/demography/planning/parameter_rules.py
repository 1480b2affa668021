"""What a planning parameter may be: its form, its range, and what must hold between several. Pure."""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import SEXES

STAGES = ("kindergarten", "primary", "junior", "senior")
Form = Literal["number", "path", "months", "schedule", "switch"]
# A path is {year: number}, a schedule {"male": {first age: number}, "female": ...}.
Value = float | tuple[float, ...] | Mapping[Any, Any] | None


@dataclass(frozen=True)
class Rule:
    """The form of a parameter and the range of its numbers."""

    form: Form
    low: float
    high: float
    whole: bool = False

    @property
    def words(self) -> str:
        """The range in words.

        >>> Rule("number", 1, 12, whole=True).words
        'a whole number from 1 to 12'
        """
        return (
            f"{'a whole number' if self.whole else 'a number'} from {self.low:g} to {self.high:g}"
        )

    @property
    def zh(self) -> str:
        """The range in Chinese."""
        return f"{self.low:g} 至 {self.high:g} 之间的{'整数' if self.whole else '数'}"


_SHARE = Rule("path", 0, 1)
# By the last word of a name, or by the full name where that word means several things.
RULES: Mapping[str, Rule] = {
    "cutoff_month": Rule("number", 1, 12, whole=True),
    "births_by_month": Rule("months", 0, 1e9),
    "first_age": Rule("number", 1, 30, whole=True),
    "years": Rule("number", 1, 12, whole=True),
    "participation": Rule("path", 0, 1.5),  # gross rates pass 1 where pupils repeat or come late
    "class_size": Rule("path", 1, 200),
    "classes_by_grade": Rule("switch", 0, 1),
    "pupils_per_teacher": Rule("path", 1, 200),
    "teachers_per_class": Rule("path", 0, 20),
    "places_per_1000": Rule("path", 0, 200),
    "facility_share": _SHARE,
    "stay": Rule("path", 0.1, 60),
    "occupancy": Rule("path", 0.1, 1),
    "peak_factor": Rule("path", 1, 12),
    "start_year": Rule("number", 1900, 2200, whole=True),
    "age": Rule("number", 40, 80, whole=True),
    "final_age": Rule("number", 40, 80, whole=True),
    "months_per_step": Rule("number", 1, 120, whole=True),
    "severe_prevalence": Rule("schedule", 0, 1),
    "any_prevalence": Rule("schedule", 0, 1),
    "beds_per_1000": Rule("path", 0, 1000),
    "nursing_bed_share": _SHARE,
    "severe_per_caregiver": Rule("path", 0.1, 100),
    "partial_per_caregiver": Rule("path", 0.1, 100),
    "paid_share": _SHARE,
    "headship": Rule("schedule", 0, 1),
}


def rule_of(name: str) -> Rule:
    """The rule of a parameter by its dotted name."""
    return RULES[name.rpartition(".")[2]]


def nearest(name: str, known: Sequence[str]) -> str:
    """The known name or group of names most like a wrong one, of the same depth if one is like it.

    >>> nearest("scool", ("school.primary.class_size", "care.paid_share"))
    'school'
    >>> nearest("class_siz", ("school.primary.class_size", "care.paid_share"))
    'school.primary.class_size'
    """
    words = [one.split(".") for one in known]
    depth = name.count(".") + 1
    level = sorted({".".join(one[:depth]) for one in words if len(one) >= depth})
    near = difflib.get_close_matches(name, level, 1, cutoff=0.6)
    last = {one[-1]: ".".join(one) for one in reversed(words)}
    by_word = difflib.get_close_matches(name.rpartition(".")[2], list(last), 1, cutoff=0.0)
    return near[0] if near else last[by_word[0]]


def checked_value(name: str, raw: object, at: str) -> Value:
    """A value in the form of its parameter, every number within the range.

    Raises
    ------
    FiguresRefused
        If the form is another, something is no number, or a number is out of range.

    >>> checked_value("maternity.occupancy", 85, "planning.yaml: maternity.occupancy")
    Traceback (most recent call last):
    renkou.core.errors.FiguresRefused: planning.yaml: maternity.occupancy = 85: \
is a number from 0.1 to 1; divide a percentage by 100
    """
    rule = rule_of(name)
    if rule.form == "schedule":
        return _schedule(raw, rule, at)
    if rule.form == "months":
        return _months(raw, rule, at)
    if rule.form == "switch":
        return _switch(raw, at)
    if isinstance(raw, Mapping):
        return _path(raw, rule, at)
    return _number(raw, rule, at)


def refuse_inconsistent(values: Mapping[str, Value], place: str) -> None:
    """What must hold between parameters: school stages apart, ages that rise, care within care."""
    for younger, older in pairwise(STAGES):
        first = _plain(values[f"school.{younger}.first_age"])
        years = _plain(values[f"school.{younger}.years"])
        begins = _plain(values[f"school.{older}.first_age"])
        if first + years > begins:
            raise FiguresRefused(
                f"{place}: school.{older}.first_age", f"{begins:g}",
                f"{younger} ends at age {first + years:g}, and stages do not overlap",
                f"begin {older} at {first + years:g} or shorten {younger}",
                zh=f"前一学段到 {first + years:g} 岁为止，各学段年龄不得重叠；请调整起始年龄或学制",
            )  # fmt: skip
    _refuse_falling_retirement(values, place)
    _refuse_severe_above_any(values, place)


def _refuse_falling_retirement(values: Mapping[str, Value], place: str) -> None:
    for track in ("men", "women_50", "women_55"):
        age, final = (_plain(values[f"retirement.{track}.{key}"]) for key in ("age", "final_age"))
        if final < age:
            raise FiguresRefused(
                f"{place}: retirement.{track}.final_age", f"{final:g}",
                f"the age before the rise is {age:g}, and the age after it is no lower",
                "correct one of the two", zh=f"延迟后的年龄不得低于延迟前的 {age:g} 岁；请更正其一",
            )  # fmt: skip


def _refuse_severe_above_any(values: Mapping[str, Value], place: str) -> None:
    severe, all_care = values["care.severe_prevalence"], values["care.any_prevalence"]
    for sex in SEXES:
        for age in range(151):
            least, most = _at(severe, sex, age), _at(all_care, sex, age)
            if least > most:
                raise FiguresRefused(
                    f"{place}: care.severe_prevalence.{sex}.{age}", f"{least:g}",
                    f"severe need is part of all need, which is {most:g} at that age",
                    "correct one of the two schedules",
                    zh=f"重度失能率不得高于该年龄的失能率 {most:g}；请更正其一",
                )  # fmt: skip


def _at(schedule: Value, sex: str, age: int) -> float:
    groups = schedule[sex] if isinstance(schedule, Mapping) else {}
    starts = [start for start in groups if start <= age]
    return float(groups[max(starts)]) if starts else 0.0


def _plain(value: Value) -> float:
    return value if isinstance(value, float) else math.nan


def _number(raw: object, rule: Rule, at: str) -> float:
    number = isinstance(raw, int | float) and not isinstance(raw, bool)
    value = float(raw) if isinstance(raw, int | float) and number else math.nan
    if rule.low <= value <= rule.high and not (rule.whole and value != int(value)):
        return value
    percentage = rule.high <= 1.5 and rule.high < value <= 100
    remedy = "divide a percentage by 100" if percentage else "correct it"
    zh = "百分数请除以 100" if percentage else "请更正"
    raise FiguresRefused(at, raw if number else repr(raw), f"is {rule.words}", remedy,
                         zh=f"应为{rule.zh}；{zh}")  # fmt: skip


def _switch(raw: object, at: str) -> bool:
    if isinstance(raw, bool):
        return raw
    raise FiguresRefused(at, repr(raw), "is true or false", "write one of the two",
                         zh="应为 true（是）或 false（否）；请写其一")  # fmt: skip


def _path(raw: Mapping[Any, Any], rule: Rule, at: str) -> Mapping[int, float]:
    if rule.form != "path" or not raw:
        raise FiguresRefused(
            at, repr(dict(raw)), "has one value for all years" if raw else "names at least one year",
            "give one number", zh="应为一个数值；请给出一个数",
        )  # fmt: skip
    return {_key(year, 1900, 2300, at, "a year", "年份"): _number(one, rule, f"{at}.{year}")
            for year, one in raw.items()}  # fmt: skip


def _months(raw: object, rule: Rule, at: str) -> tuple[float, ...]:
    count = len(raw) if isinstance(raw, Sequence) and not isinstance(raw, str) else 0
    if count != 12 or not isinstance(raw, Sequence):
        raise FiguresRefused(
            at, repr(raw), "has one number for each of the 12 months, January first",
            "give 12 numbers in a list", zh="应为 1 至 12 月的 12 个数；请以列表给出",
        )  # fmt: skip
    values = tuple(_number(one, rule, f"{at}[{month}]") for month, one in enumerate(raw, 1))
    if not sum(values):
        raise FiguresRefused(at, repr(raw), "some month has births", "give births by month",
                             zh="至少一个月应有出生；请给出各月出生数")  # fmt: skip
    return values


def _schedule(raw: object, rule: Rule, at: str) -> Mapping[str, Mapping[int, float]] | None:
    if raw is None:
        return None
    if not isinstance(raw, Mapping) or set(raw) != set(SEXES):
        raise FiguresRefused(
            at, repr(raw), "has a schedule for 'male' and one for 'female'",
            "give {male: {60: 0.01, ...}, female: {...}}",
            zh="应分 male（男）、female（女）两列；请写作 {male: {60: 0.01, …}, female: {…}}",
        )  # fmt: skip
    return {sex: _ages(raw[sex], rule, f"{at}.{sex}") for sex in SEXES}


def _ages(raw: object, rule: Rule, at: str) -> Mapping[int, float]:
    if not isinstance(raw, Mapping) or not raw:
        raise FiguresRefused(
            at, repr(raw), "gives a number for the first age of each group",
            "write {60: 0.01, 65: 0.02}", zh="应按各组起始年龄给出数值；请写作 {60: 0.01, 65: 0.02}",
        )  # fmt: skip
    return {_key(age, 0, 130, at, "an age", "年龄"): _number(one, rule, f"{at}.{age}")
            for age, one in raw.items()}  # fmt: skip


def _key(key: object, low: int, high: int, at: str, word: str, zh: str) -> int:
    if isinstance(key, int) and not isinstance(key, bool) and low <= key <= high:
        return key
    raise FiguresRefused(
        f"{at}.{key}", None, f"is {word} from {low} to {high}", "correct it",
        zh=f"应为 {low} 至 {high} 之间的{zh}；请更正",
    )  # fmt: skip
