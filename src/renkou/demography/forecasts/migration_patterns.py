"""Migration by age after Rogers and Castro, and totals spread by it. Pure (NumPy).

m(x) = a1 exp(-alpha1 x)                                          children, with their parents
     + a2 exp(-alpha2 (x - mu2) - exp(-lambda2 (x - mu2)))        working ages
     + a3 exp(-alpha3 (x - mu3) - exp(-lambda3 (x - mu3)))        retirement
     + a4 exp(lambda4 x)                                          the oldest, to carers
     + c

with 7 parameters (children, working ages, c), 9 (and the oldest), 11 (and retirement) or 13 (all).

Source: Rogers & Castro (1981), Model Migration Schedules, IIASA RR-81-30; Rogers & Little (1994),
Mathematical Population Studies 4(3), 175-195 (the thirteenth). Schedules packaged: see each.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats, figures, not_negative, starts_of_ages
from renkou.demography.mortality.infant_ax import one_of

Parameters = Mapping[str, float]
# Terms of the curve: all parameters of a term or none.
TERMS: Mapping[str, tuple[str, ...]] = {
    "children": ("a1", "alpha1"),
    "working ages": ("a2", "alpha2", "mu2", "lambda2"),
    "retirement": ("a3", "alpha3", "mu3", "lambda3"),
    "the oldest": ("a4", "lambda4"),
}
NAMES = (*(name for names in TERMS.values() for name in names), "c")
DEFAULT = "un-western-standard"
_OLDEST_AGE = 100


@dataclass(frozen=True)
class MigrationSchedule:
    """A published schedule of both sexes."""

    id: str
    zh: str
    en: str
    source: str
    age: str  # "exact" where x is 0, 1, 2, …; "middle" where it is .5, 1.5, 2.5, …
    male: Mapping[str, float]
    female: Mapping[str, float]


def migration_schedules() -> tuple[str, ...]:
    """Names of the model schedules that come with the program.

    >>> migration_schedules()[:3]
    ('rogers-castro', 'un-western-standard', 'un-low-dependency')
    """
    return tuple(_resource())


def migration_schedule(name: str) -> MigrationSchedule:
    """A model schedule by name.

    Raises
    ------
    FiguresRefused
        If there is none of this name; the message names the nearest.

    >>> migration_schedule("un-family").male["mu2"]
    20.0
    """
    found = _resource()[one_of("parameters", name, migration_schedules())]
    return MigrationSchedule(id=name, **found)


def rogers_castro(ages: npt.ArrayLike, parameters: Parameters) -> Floats:
    """The curve of Rogers and Castro at ages.

    Parameters
    ----------
    ages : any shape, x in years
    parameters : by name: a1, alpha1, a2, alpha2, mu2, lambda2, c and, for 9, 11 or 13, a4, lambda4
        and a3, alpha3, mu3, lambda3; c is 0 where it is left out

    Raises
    ------
    FiguresRefused
        If a name is unknown (the nearest is named), a term has only some of its parameters, or the
        curve is somewhere below 0 or beyond what a number can hold.

    >>> rogers_castro([0, 20, 60], {"a1": 0.02, "alpha1": 0.1, "a2": 0.06, "alpha2": 0.1,
    ...                             "mu2": 20, "lambda2": 0.4, "c": 0.003}).round(4)
    array([0.023 , 0.0278, 0.0041])
    """
    x, told = figures("ages", ages), _whole_terms(parameters)
    total = np.full(x.shape, told.get("c", 0.0))
    with np.errstate(over="ignore", invalid="ignore"):
        if "a1" in told:
            total = total + told["a1"] * np.exp(-told["alpha1"] * x)
        for i in (2, 3):
            if f"a{i}" in told:
                off = x - told[f"mu{i}"]
                peak = np.exp(-told[f"alpha{i}"] * off - np.exp(-told[f"lambda{i}"] * off))
                total = total + told[f"a{i}"] * peak
        if "a4" in told:
            total = total + told["a4"] * np.exp(told["lambda4"] * x)
    _refuse_curve(total)
    return total


def spread_by_rogers_castro(
    total: npt.ArrayLike,
    ages: npt.ArrayLike | None = None,
    parameters: str | Parameters | tuple[Parameters, Parameters] | None = None,
    *,
    by_sex: bool = True,
    people: npt.ArrayLike | None = None,
) -> Floats:
    """Net migration by sex and age: totals, above or below 0, spread by a model schedule.

    Parameters
    ----------
    total : shape (..., 2), persons of males and females; with `by_sex` false shape (...), and the
        schedule's own levels share them between the sexes
    ages : shape (n_ages,), first ages of groups; the last is taken to be as wide as the one before;
        without it 0 to 100
    parameters : a name of `migration_schedules()`, one set of parameters for both sexes or (male,
        female) for x = 0, 1, 2, …; without it the Western standard of the UN
    people : shape (..., 2, n_ages), those whom the schedule's rates apply to, in place of equal
        numbers at each age: for departures, so that ages with few people lose few

    Returns
    -------
    shape (..., 2, n_ages), which adds over ages (and sexes) to `total`

    Raises
    ------
    FiguresRefused
        If totals have no axis of two sexes, a name or parameter is unknown, shapes do not broadcast,
        or the schedule gives nobody to spread by.

    >>> net = spread_by_rogers_castro([-300, -200], ages=range(0, 101, 5), parameters="un-family")
    >>> net.sum(axis=-1).round(9), net[0, 3:6].round(1)
    (array([-300., -200.]), array([-31.1, -55. , -53.6]))
    """
    asked = figures("total", total)
    if by_sex and asked.shape[-1:] != (2,):
        raise FiguresRefused(
            "total", f"of shape {asked.shape}", "the last axis is male, female",
            "give both, or set by_sex=False for totals of both sexes together",
            zh="最后一维应为男、女；请分性别给出，或设 by_sex=False 给出合计",
        )  # fmt: skip
    weight = _by_group(ages, parameters)
    if people is not None:
        weight = _times(weight, not_negative("people", people))
    whole = weight.sum(axis=-1 if by_sex else (-2, -1), keepdims=True)
    if not (whole > 0).all():
        raise FiguresRefused(
            "people", None, "the schedule gives nobody to spread a total by",
            "give the people of a larger area, or leave them out",
            zh="该模式下没有可分配的人口；请给出更大区域的人口，或不给出人口",
        )  # fmt: skip
    share = weight / whole
    each = asked[..., None] if by_sex else asked[..., None, None]
    try:
        return np.asarray(each * share, dtype=np.float64)
    except ValueError:
        raise _not_fitting("total and people", f"{asked.shape} and {weight.shape}") from None


def _by_group(
    ages: npt.ArrayLike | None, parameters: str | Parameters | tuple[Parameters, Parameters] | None
) -> Floats:
    """Level of each group and sex, (2, n_ages): the curve added over the group's single years."""
    starts = starts_of_ages("ages", np.arange(_OLDEST_AGE + 1) if ages is None else ages)
    schedule, later = _of_both_sexes(parameters)
    end = 2 * starts[-1] - starts[-2]
    single = np.arange(starts[0], end) + later
    rates = np.stack([rogers_castro(single, each) for each in schedule])
    first = (starts - starts[0]).astype(np.int64)
    return np.add.reduceat(rates, first, axis=-1)


def _of_both_sexes(
    parameters: str | Parameters | tuple[Parameters, Parameters] | None,
) -> tuple[tuple[Parameters, Parameters], float]:
    """(male, female), and how far into a year of age the schedule is read."""
    if isinstance(parameters, Mapping):
        return (parameters, parameters), 0.0
    if isinstance(parameters, tuple):
        if len(parameters) != 2:
            raise FiguresRefused(
                "parameters", f"{len(parameters)} sets", "there is one set, or (male, female)",
                "give two sets", zh="应为一组参数，或（男、女）两组；请更正",
            )  # fmt: skip
        return parameters, 0.0
    found = migration_schedule(DEFAULT if parameters is None else parameters)
    return (found.male, found.female), 0.5 if found.age == "middle" else 0.0


def _times(weight: Floats, people: Floats) -> Floats:
    try:
        return np.asarray(weight * people, dtype=np.float64)
    except ValueError:
        raise _not_fitting("people", f"of shape {people.shape}") from None


def _not_fitting(name: str, shapes: str) -> FiguresRefused:
    return FiguresRefused(
        name, shapes, "people have axes (..., 2 sexes, ages) and their first axes fit the totals",
        "give people by sex and by the same ages",
        zh="人口各维应为（…，2 个性别，年龄），且前面各维应与总数对应；请更正",
    )  # fmt: skip


def _whole_terms(parameters: Parameters) -> dict[str, float]:
    """Parameters as numbers, every term whole."""
    for name in parameters:
        if name not in NAMES:
            near = difflib.get_close_matches(name, NAMES, n=1, cutoff=0.4)
            remedy = f"did you mean {near[0]}?" if near else f"parameters are {', '.join(NAMES)}"
            zh = f"是不是想写 {near[0]}？" if near else f"参数有 {'、'.join(NAMES)}"
            raise FiguresRefused(
                f"parameters[{name!r}]", None, "is no parameter of Rogers and Castro's curve", remedy,
                zh=f"不是罗杰斯–卡斯特罗模型的参数；{zh}",
            )  # fmt: skip
    told = {name: float(figures(f"parameters[{name!r}]", one)) for name, one in parameters.items()}
    for term, names in TERMS.items():
        missing = [name for name in names if name not in told]
        if 0 < len(missing) < len(names):
            raise FiguresRefused(
                f"parameters[{missing[0]!r}]", None, f"is needed for the term of {term}",
                f"give all of {', '.join(names)} or none",
                zh=f"该项需要全部参数；请同时给出 {'、'.join(names)}，或都不给",
            )  # fmt: skip
    if not any(names[0] in told for names in TERMS.values()) and "c" not in told:
        raise FiguresRefused(
            "parameters", None, "there are none", f"give some of {', '.join(NAMES)}",
            zh=f"没有参数；请给出 {'、'.join(NAMES)} 中的若干个",
        )  # fmt: skip
    return told


def _refuse_curve(total: Floats) -> None:
    wrong = ~(np.isfinite(total) & (total >= 0))
    if wrong.any():
        raise FiguresRefused(
            "m(x)", f"{float(total[wrong].flat[0]):g}",
            "the curve is a rate, at no age below 0 or without end",
            "check the signs and sizes of the parameters; departures take a negative total",
            zh="曲线为迁移率，任何年龄都不应为负或无限；请检查参数的符号与大小，净迁出请用负的总数",
        )  # fmt: skip


@cache
def _resource() -> dict[str, dict[str, Any]]:
    file = resources.files(__package__) / "resources" / "rogers_castro.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))
