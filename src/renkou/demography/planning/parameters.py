"""The numbers that planning answers rest on, each with unit, date, basis and source. Pure.

The national values come packaged (`resources/planning.yaml`); a planner's own file of the same shape
overrides what it names. Nothing is guessed: an unknown key is refused with the nearest known one, and
a value outside its range with the range.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from itertools import pairwise
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
from ruamel.yaml import YAML

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import SEXES, Floats
from renkou.demography.planning.parameter_rules import (
    STAGES,
    Value,
    checked_value,
    nearest,
    refuse_inconsistent,
)

_FIELDS = ("value", "unit", "from", "basis", "source", "zh", "en")
_METHOD = (
    (
        "Planning parameters that are not the planner's own are national, not local.",
        "未自行填写的规划参数均为全国数值，不是本地数值。",
    ),
    (
        "Children of a school year stand on the line between the stocks before and after its first day.",
        "学年儿童数由开学前后两个 1 月 1 日的人口按直线内插求得。",
    ),
    (
        "Classes, teachers, beds, places and caregivers are rounded up in each area: those of an area "
        "are not the sum of those of its parts.",
        "班级、教职工、床位、托位、护理员按各区域分别向上取整，上级区域数不等于下级之和。",
    ),
    (
        "Classes are rounded up in each grade as if the children of an area went to one school; where "
        "classes_by_grade is false, in all grades together. No class has fewer teachers than "
        "teachers_per_class.",
        "班级按各年级分别向上取整，每个区域按一所学校计；classes_by_grade 为 false 时按全部年级合计。"
        "每班教职工不少于 teachers_per_class。",
    ),
    (
        "People below the statutory age of retirement: births are spread evenly over months.",
        "法定退休年龄以下人口按各月出生数相等推算。",
    ),
)
_BASES = ("law", "standard", "statistic", "composite", "assumption")


@dataclass(frozen=True)
class Parameter:
    """One number, path by year, months or schedule by sex and age, with where it comes from."""

    name: str
    value: Value
    unit: str
    since: datetime.date | None
    basis: str  # law | standard | statistic | composite | assumption
    source: str
    zh: str
    en: str
    own: bool = False  # given by the planner, not packaged


@dataclass(frozen=True)
class Stage:
    """A school stage: `years` grades from `first_age`, complete on the cut-off day."""

    name: str
    first_age: int
    years: int

    @property
    def ages(self) -> str:
        """The ages of its pupils when the school year begins.

        >>> Stage("primary", 6, 6).ages
        '6-11'
        """
        last = self.first_age + self.years - 1
        return f"{self.first_age}-{last}" if self.years > 1 else f"{self.first_age}"


@dataclass(frozen=True)
class PlanningParameters:
    """All parameters by dotted name, such as 'school.primary.class_size'.

    >>> PlanningParameters.default().number("school.primary.class_size")
    45.0
    """

    parameters: Mapping[str, Parameter]
    told: tuple[tuple[str, str], ...] = field(default=())

    @property
    def notes(self) -> tuple[str, ...]:
        """What somebody who reads the figures must know: how they are made, what is weak."""
        return tuple(english for english, _ in self.told)

    @property
    def notes_zh(self) -> tuple[str, ...]:
        """The notes in Chinese."""
        return tuple(chinese for _, chinese in self.told)

    @classmethod
    def default(cls) -> PlanningParameters:
        """The packaged national parameters."""
        return _packaged()

    @classmethod
    def from_mapping(
        cls, mapping: Mapping[Any, Any] | None, place: str = "planning.yaml"
    ) -> PlanningParameters:
        """The packaged parameters with a planner's own values in their place.

        Parameters
        ----------
        mapping : as read from `planning.yaml`: groups of parameters; a value is a number, a path
            {year: number}, or {value: ..., source: ..., from: ...}; None or empty changes nothing
        place : what errors call it

        Raises
        ------
        FiguresRefused
            If a key is unknown, a value is of the wrong form or out of range, or school stages overlap.

        >>> own = PlanningParameters.from_mapping({"school": {"primary": {"class_size": 40}}})
        >>> own.number("school.primary.class_size"), own["school.primary.class_size"].source
        (40.0, 'planning.yaml')
        """
        packaged = cls.default()
        given = dict(_leaves(mapping, (), packaged.parameters, place))
        own = {
            name: _own_parameter(packaged[name], raw, place) for name, raw in given.items()
        }  # fmt: skip
        together = MappingProxyType({**packaged.parameters, **own})
        refuse_inconsistent({name: one.value for name, one in together.items()}, place)
        return cls(together, _notes(together, place))

    def __getitem__(self, name: str) -> Parameter:
        if name not in self.parameters:
            raise _unknown(name, self.parameters, "planning parameters")
        return self.parameters[name]

    def number(self, name: str) -> float:
        """A parameter that has one value for all years."""
        value = self[name].value
        if not isinstance(value, float):
            raise FiguresRefused(
                name, None, "differs by year, month or age", "ask for it over years or ages",
                zh="该参数随年份、月份或年龄而变；请按年份或年龄取值",
            )  # fmt: skip
        return value

    def switch(self, name: str) -> bool:
        """A parameter that is true or false.

        >>> PlanningParameters.default().switch("school.primary.classes_by_grade")
        True
        """
        value = self[name].value
        if not isinstance(value, bool):
            raise FiguresRefused(
                name, None, "is not true or false", "ask for its number",
                zh="该参数不是“是或否”；请直接取数",
            )  # fmt: skip
        return value

    def months(self, name: str) -> tuple[float, ...]:
        """A parameter with one number for each month."""
        value = self[name].value
        return value if isinstance(value, tuple) else (self.number(name),) * 12

    def over(self, name: str, years: npt.ArrayLike) -> Floats:
        """A parameter in each year: linear between named years, constant before and after.

        >>> own = {"school": {"senior": {"participation": {2025: 0.92, 2035: 0.98}}}}
        >>> parameters = PlanningParameters.from_mapping(own)
        >>> parameters.over("school.senior.participation", [2020, 2030, 2040])
        array([0.92, 0.95, 0.98])
        """
        value, when = self[name].value, np.asarray(years, dtype=np.float64)
        if isinstance(value, Mapping):
            named = sorted(value.items())
            return np.interp(when, [year for year, _ in named], [one for _, one in named])
        return np.full(when.shape, self.number(name))

    def by_age(self, name: str, ages: int) -> Floats | None:
        """A schedule by sex and single age, 0 below its first age; None where there is none.

        Returns
        -------
        shape (2, ages), men first
        """
        value = self[name].value
        if value is None:
            return None
        if not isinstance(value, Mapping) or set(value) != set(SEXES):
            raise FiguresRefused(
                name, None, "is no schedule by sex and age", "ask for its number",
                zh="该参数不是分性别年龄的数值；请直接取数",
            )  # fmt: skip
        return np.stack([_stepped(value[sex], ages) for sex in SEXES])

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The school stages, youngest first."""
        return _stages(self.parameters)


def planning_yaml() -> str:
    """The packaged parameters as text: what `planning.yaml` of a new project holds."""
    found = resources.files("renkou.demography.planning") / "resources" / "planning.yaml"
    return found.read_text(encoding="utf-8")


@cache
def _packaged() -> PlanningParameters:
    raw: Mapping[str, Any] = YAML(typ="safe", pure=True).load(planning_yaml())
    place = "the packaged planning.yaml"
    found = {name: _parameter(name, leaf, place) for name, leaf in _packaged_leaves(raw, ())}
    refuse_inconsistent({name: one.value for name, one in found.items()}, place)
    return PlanningParameters(MappingProxyType(found), _notes(found, place))


def _packaged_leaves(raw: Mapping[str, Any], path: tuple[str, ...]) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for key, one in raw.items():
        here = (*path, key)
        found += [(".".join(here), one)] if "value" in one else _packaged_leaves(one, here)
    return found


def _leaves(
    mapping: object, path: tuple[str, ...], known: Mapping[str, Parameter], place: str
) -> list[tuple[str, Any]]:
    """Names and raw values of a planner's mapping; what is no group and no parameter is refused."""
    if mapping is None:
        return []
    where = ".".join(path)
    if not isinstance(mapping, Mapping):
        raise FiguresRefused(
            f"{place}: {where or 'the whole'}", repr(mapping), "holds a group of parameters",
            "write the parameters under it, one a line",
            zh="此处应为一组参数；请在其下逐行填写参数",
        )  # fmt: skip
    found: list[tuple[str, Any]] = []
    for key, one in mapping.items():
        name = ".".join((*path, str(key)))
        if name in known:
            found.append((name, one))
        elif any(full.startswith(f"{name}.") for full in known):
            found += _leaves(one, (*path, str(key)), known, place)
        else:
            raise _unknown(name, known, place)
    return found


def _unknown(name: str, known: Mapping[str, Parameter], place: str) -> FiguresRefused:
    near = nearest(name, tuple(known))
    return FiguresRefused(
        f"{place}: {name}", None, "is no planning parameter", f"did you mean {near}?",
        zh=f"没有这个规划参数；是不是想写 {near}？",
    )  # fmt: skip


def _own_parameter(packaged: Parameter, raw: object, place: str) -> Parameter:
    """A planner's value; names and unit stay as packaged, and another unit is refused."""
    leaf = dict(raw) if isinstance(raw, Mapping) and "value" in raw else {"value": raw}
    at = f"{place}: {packaged.name}"
    if leaf.get("unit", packaged.unit) != packaged.unit:
        raise FiguresRefused(
            f"{at}.unit", repr(leaf["unit"]), f"the unit is {packaged.unit!r}: values are not converted",
            "convert the value and leave the unit out",
            zh=f"单位应为 {packaged.unit!r}，不作换算；请换算数值后去掉 unit",
        )  # fmt: skip
    filled = {
        "unit": packaged.unit, "source": place, "basis": "assumption", "zh": packaged.zh,
        "en": packaged.en, "from": None,
    }  # fmt: skip
    own = _parameter(packaged.name, {**filled, **leaf}, place, own=True)
    copied = (own.value, own.source) == (packaged.value, packaged.source)
    return packaged if copied else own  # a copy of the packaged file is not the planner's own word


def _parameter(name: str, leaf: Mapping[str, Any], place: str, *, own: bool = False) -> Parameter:
    at = f"{place}: {name}"
    for key in leaf:
        if key not in _FIELDS:
            near = nearest(str(key), _FIELDS)
            raise FiguresRefused(
                f"{at}.{key}", None, f"a parameter has {', '.join(_FIELDS)}", f"did you mean {near}?",
                zh=f"参数只有 {'、'.join(_FIELDS)} 各项；是不是想写 {near}？",
            )  # fmt: skip
    since, basis = leaf["from"], leaf["basis"]
    if since is not None and not isinstance(since, datetime.date):
        raise FiguresRefused(
            f"{at}.from", repr(since), "is a date", "write it as 2026-09-01",
            zh="应为日期；请写作 2026-09-01",
        )  # fmt: skip
    if basis not in _BASES:
        raise FiguresRefused(
            f"{at}.basis", repr(basis), f"is one of {', '.join(_BASES)}", "name one of these",
            zh=f"依据应为 {'、'.join(_BASES)} 之一；请选其一",
        )  # fmt: skip
    value = checked_value(name, leaf["value"], at)
    text = {key: str(leaf[key]) for key in ("unit", "source", "zh", "en")}
    return Parameter(name, value, text["unit"], since, basis, text["source"], text["zh"],
                     text["en"], own)  # fmt: skip


def _stepped(groups: Mapping[int, float], ages: int) -> Floats:
    """Values of age groups at single ages: a group reaches up to the next, the last is open."""
    starts = sorted(groups)
    at = np.searchsorted(starts, np.arange(ages), side="right") - 1
    values = np.array([groups[start] for start in starts])
    return np.where(at >= 0, values[at], 0.0)


def _notes(parameters: Mapping[str, Parameter], place: str) -> tuple[tuple[str, str], ...]:
    """What somebody who reads the figures must know, in English and Chinese."""
    weak = [one for one in parameters.values() if one.basis in ("composite", "assumption")]
    unsourced = [one for one in parameters.values() if one.own and one.source == place]
    notes = [*_METHOD, (
        f"Assumed or pieced together of several sources: {', '.join(one.name for one in weak)}.",
        f"以下参数为假定或由多个来源合成：{'、'.join(one.zh for one in weak)}。",
    )]  # fmt: skip
    apart = [(younger, older) for younger, older in pairwise(_stages(parameters))
             if younger.first_age + younger.years < older.first_age]  # fmt: skip
    for younger, older in apart:
        end = younger.first_age + younger.years
        ages = Stage("between", end, older.first_age - end).ages
        notes.append((
            f"Of age {ages} nobody is in a school stage: {older.name} begins later than "
            f"{younger.name} ends.",
            f"{ages} 岁不属于任何学段：后一学段的起始年龄晚于前一学段的结束年龄。",
        ))  # fmt: skip
    if unsourced:
        notes.append((
            f"Given without a source in {place}: {', '.join(one.name for one in unsourced)}.",
            f"{place} 中未注明来源的参数：{'、'.join(one.zh for one in unsourced)}。",
        ))  # fmt: skip
    return tuple(notes)


def _stages(parameters: Mapping[str, Parameter]) -> tuple[Stage, ...]:
    def whole(name: str) -> int:
        value = parameters[name].value
        return int(value) if isinstance(value, float) else 0

    return tuple(
        Stage(name, whole(f"school.{name}.first_age"), whole(f"school.{name}.years"))
        for name in STAGES
    )
