"""World Population Prospects as a project's data: units converted, and the conversions said. Pure.

Conventions of the United Nations: people at 1 January, rates of the calendar year, net migrants by
the age they reach at the end of the year. Tables of the R packages name the stock of 31 December of
a year, which is that of 1 January of the next.

Source: United Nations, World Population Prospects 2024: Methodology; the R packages wpp2022, wpp2024.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from renkou.demography.checked import Floats
from renkou.demography.forecasts.migration_patterns import spread_by_rogers_castro
from renkou.demography.scenarios.notes import Note
from renkou.demography.scenarios.problems import Problem, ProjectDataRefused
from renkou.demography.scenarios.project_data import (
    Integers,
    ProjectArea,
    ProjectData,
    Schedules,
    YearSeries,
)

_THOUSAND = 1000.0
_YEARS = 10_000


@dataclass(frozen=True)
class WppRows:
    """The rows of one country in one file, column by column."""

    file: str
    columns: Mapping[str, npt.NDArray[Any]]

    def __contains__(self, name: str) -> bool:
        return name in self.columns


@dataclass(frozen=True)
class _Column:
    """Where a quantity stands: the column of its years, of its ages ('' for none), its values."""

    name: str
    year: str
    age: str
    value: str
    times: float = 1.0
    later: int = 0
    sex: str = ""


_COLUMNS = {
    "population, males": (
        _Column("PopMale", "Time", "AgeGrpStart", "PopMale", _THOUSAND),
        _Column("popM", "year", "age", "popM", _THOUSAND, later=1),
    ),
    "population, females": (
        _Column("PopFemale", "Time", "AgeGrpStart", "PopFemale", _THOUSAND),
        _Column("popF", "year", "age", "popF", _THOUSAND, later=1),
    ),
    "mx, males": (
        _Column("mx", "Time", "AgeGrpStart", "mx", sex="Male"),
        _Column("mxM", "year", "age", "mxM"),
    ),
    "mx, females": (
        _Column("mx", "Time", "AgeGrpStart", "mx", sex="Female"),
        _Column("mxF", "year", "age", "mxF"),
    ),
    "asfr": (_Column("ASFR", "Time", "AgeGrpStart", "ASFR", 1 / _THOUSAND),),
    "pasfr": (_Column("pasfr", "year", "age", "pasfr", 0.01),),
    "migration, males": (_Column("migM", "year", "age", "migM", _THOUSAND),),
    "migration, females": (_Column("migF", "year", "age", "migF", _THOUSAND),),
    "tfr": (_Column("TFR", "Time", "", "TFR"), _Column("tfr", "year", "", "tfr")),
    "srb": (_Column("SRB", "Time", "", "SRB", 0.01), _Column("srb", "year", "", "srb")),
    "e0_male": (_Column("LExMale", "Time", "", "LExMale"), _Column("e0M", "year", "", "e0M")),
    "e0_female": (_Column("LExFemale", "Time", "", "LExFemale"), _Column("e0F", "year", "", "e0F")),
    "net_migration": (
        _Column("NetMigrations", "Time", "", "NetMigrations", _THOUSAND),
        _Column("mig", "year", "", "mig", _THOUSAND),
    ),
    "population": (_Column("TPopulation1Jan", "Time", "", "TPopulation1Jan", _THOUSAND),),
}
_FILES = {
    "population, males": "Population1JanuaryBySingleAgeSex",
    "population, females": "Population1JanuaryBySingleAgeSex",
    "mx, males": "Life_Table_Complete_Medium_Male",
    "mx, females": "Life_Table_Complete_Medium_Female",
    "asfr": "Fertility_by_Age1",
    "srb": "Demographic_Indicators_Medium",
}


def project_data_of_wpp(rows: Sequence[WppRows], location: str, base_year: int) -> ProjectData:
    """The data of one country out of the rows of its files.

    Raises
    ------
    ProjectDataRefused
        If a file is in another form, or a year, an age or a file is missing.
    """
    others = {each.file: _other_forms(each) for each in rows}
    used = [each for each in rows if not others[each.file]]
    problems: list[Problem] = []
    found = _quantities(used, problems)
    if not problems:
        _missing_quantities(found, location, base_year, problems)
    if problems:  # a file in another form may be what was meant for the missing one
        raise ProjectDataRefused([*(one for each in others.values() for one in each), *problems])
    left_out = [file for file, told in others.items() if told]
    return _project(found, used, location, base_year, left_out)


def _other_forms(rows: WppRows) -> list[Problem]:
    """What a file is, where it is none of the forms that are read."""
    told: list[tuple[str, str, str]] = []
    if "period" in rows or _grouped(rows):
        told.append((
            "is by five years of age or time, where single years are needed",
            "take the files by single age and single year",
            "按五岁组或五年编制，这里需要单岁、单年的文件；请改用单岁单年的文件",
        ))  # fmt: skip
    if any(name in rows for name in ("pop_both", "mx_both")):
        told.append((
            "is of both sexes together", "take the files with males and females apart",
            "男女合计；请改用分性别的文件",
        ))  # fmt: skip
    if "PopMale" in rows and "MidPeriod" in rows and (rows.columns["MidPeriod"] % 1).any():
        told.append((
            "has people at 1 July, where 1 January is needed",
            "take WPP2024_Population1JanuaryBySingleAgeSex_Medium_*.csv",
            "为 7 月 1 日的人口，这里需要 1 月 1 日的人口；请改用 Population1JanuaryBySingleAgeSex 文件",
        ))  # fmt: skip
    return [Problem(rows.file, None, "", None, *one) for one in told]


def _grouped(rows: WppRows) -> bool:
    if "AgeGrpSpan" in rows:
        return bool((rows.columns["AgeGrpSpan"] > 1).any())
    return "age" in rows and any(
        "-" in str(age) for age in np.unique(rows.columns["age"].astype(str))
    )


def _quantities(rows: Sequence[WppRows], problems: list[Problem]) -> dict[str, YearSeries]:
    """Each quantity by year, (years, ages) or (years,), put together over files."""
    found: dict[str, YearSeries] = {}
    for name, columns in _COLUMNS.items():
        parts = [
            _cells(each, column)
            for column in columns
            for each in rows
            if column.value in each and column.year in each and _has_ages(each, column)
        ]
        parts = [part for part in parts if part[0].size]
        if parts:
            files = ", ".join(dict.fromkeys(part[3] for part in parts))
            year, age, value = (np.concatenate([part[at] for part in parts]) for at in range(3))
            series = _series(name, files, year, age, value, problems)
            found |= {} if series is None else {name: series}
    return found


def _has_ages(rows: WppRows, column: _Column) -> bool:
    """A total must not be taken from a table by age, nor the other way round."""
    return column.age in rows if column.age else not ({"age", "AgeGrpStart"} & set(rows.columns))


def _cells(rows: WppRows, column: _Column) -> tuple[Integers, Integers, Floats, str]:
    value = np.asarray(rows.columns[column.value], dtype=np.float64)
    there = ~np.isnan(value)
    if column.sex:
        there &= rows.columns["Sex"] == column.sex if "Sex" in rows else False
    year = np.asarray(rows.columns[column.year], dtype=np.int64)[there] + column.later
    age = np.zeros_like(year)
    if column.age:
        labels = rows.columns[column.age][there]
        age = np.array([int(str(one).rstrip("+")) for one in labels], dtype=np.int64)
    return year, age, value[there] * column.times, rows.file


def _series(
    name: str, files: str, year: Integers, age: Integers, value: Floats, problems: list[Problem]
) -> YearSeries | None:
    """One quantity as an array; every year has every age once."""
    cells, first, times = np.unique(year * _YEARS + age, return_index=True, return_inverse=True)
    twice = value != value[first][times]
    if twice.any():
        at = int(np.argmax(twice))
        problems.append(Problem(
            files, None, f"{name}, year {year[at]}, age {age[at]}", float(value[at]),
            "stands twice with different values", "give files of one edition of the prospects",
            "同一年份和年龄有两个不同的值；请只提供同一版的文件",
        ))  # fmt: skip
        return None
    years, ages = np.unique(year), np.unique(age)
    if len(cells) < len(years) * len(ages) or ages[-1] - ages[0] + 1 != len(ages):
        problems.append(_hole(name, files, cells, years, ages))
        return None
    values = value[first].reshape(len(years), len(ages))
    if len(ages) == 1:
        return YearSeries(years, values[:, 0])
    before = np.zeros((len(years), int(ages[0])))
    return YearSeries(years, np.hstack([before, values]))


def _hole(name: str, files: str, cells: Integers, years: Integers, ages: Integers) -> Problem:
    every = np.arange(ages[0], ages[-1] + 1)
    grid = (years[:, None] * _YEARS + every).ravel()
    lacking = int(grid[~np.isin(grid, cells)][0])
    return Problem(
        files, None, f"{name}, year {lacking // _YEARS}, age {lacking % _YEARS}", None,
        "has no row", "download the file again, whole", "缺少这一行；请重新下载完整的文件",
    )  # fmt: skip


def _missing_quantities(
    found: dict[str, YearSeries], location: str, base_year: int, problems: list[Problem]
) -> None:
    if "asfr" not in found and {"pasfr", "tfr"} <= set(found):
        found["asfr"] = _of_shares(found["pasfr"], found["tfr"])
    for name, file in _FILES.items():
        where = f"location {location}: {name}"
        if name not in found:
            problems.append(Problem(
                "WPP", None, where, None, "no file has it for this location",
                f"give the file with {file} in its name, or check the location's code",
                f"所给文件中没有该国家（地区）的这项数据；请提供名称含 {file} 的文件，或核对代码",
            ))  # fmt: skip
        elif base_year not in found[name].years:
            first, last = found[name].years[0], found[name].years[-1]
            problems.append(Problem(
                "WPP", None, f"{where}, year {base_year}", None,
                f"is not there; the files have {first} to {last}",
                "give the file of that year too, or choose another base year",
                f"没有该年的数据（现有 {first} 至 {last} 年）；请补充文件，或改用其他基期",
            ))  # fmt: skip

    _one_open_age(found, problems)


def _one_open_age(found: Mapping[str, YearSeries], problems: list[Problem]) -> None:
    """People, deaths and migrants end at one open age."""
    ends = {
        name: one.values.shape[1] - 1
        for name, one in found.items()
        if name.startswith(("population, ", "mx, ", "migration, "))
    }
    first = next(iter(ends), None)
    for name, end in ends.items():
        if first is not None and end != ends[first]:
            problems.append(Problem(
                "WPP", None, name, end, f"is the last age, but that of {first} is {ends[first]}",
                "give files of one edition of the prospects",
                f"最高年龄与“{first}”的 {ends[first]} 岁不一致；请只提供同一版的文件",
            ))  # fmt: skip


def _of_shares(shares: YearSeries, tfr: YearSeries) -> YearSeries:
    """Rates by age: their share of the total, times the total, in years that have both."""
    years = np.intersect1d(shares.years, tfr.years)
    share = shares.values[np.isin(shares.years, years)]
    total = tfr.values[np.isin(tfr.years, years)]
    return YearSeries(years, share / share.sum(axis=1, keepdims=True) * total[:, None])


def _project(
    found: Mapping[str, YearSeries], rows: Sequence[WppRows], location: str, base_year: int,
    left_out: Sequence[str],
) -> ProjectData:  # fmt: skip
    area = ProjectArea(location, _name(rows, location), "country")
    males, females = found["population, males"], found["population, females"]
    at = [int(np.searchsorted(one.years, base_year)) for one in (males, females)]
    population = np.stack([males.values[at[0]], females.values[at[1]]])
    ages = population.shape[-1]
    notes: list[str] = [
        Note(
            f"World Population Prospects, medium, {area.name}; people in thousands times 1000, "
            f"stock of 1 January {base_year}.",
            f"联合国《世界人口展望》中方案，{area.name}；人口由千人换算为人，为 {base_year} 年 1 月 1 日。",
        ),
        _SAID_OF_FERTILITY["pasfr" if "pasfr" in found else "asfr"],
    ]
    if left_out:
        notes.append(Note(
            f"Files in another form are not used: {', '.join(left_out)}.",
            f"以下文件为五岁组、年中或男女合计，未使用：{'、'.join(left_out)}。",
        ))  # fmt: skip

    def schedules(name: str, series: YearSeries) -> Schedules:
        return Schedules(name, {location: series}, (location,))

    asfr = found["asfr"]
    wide = np.zeros((len(asfr.years), ages))
    wide[:, : asfr.values.shape[1]] = asfr.values
    migration = _migration(found, base_year, ages, notes)
    return ProjectData(
        base_year=base_year, areas=(area,), leaves=(location,), ages=np.arange(ages),
        population=population[None],
        mortality=schedules("mortality", _of_both_sexes(found, "mx")),
        fertility=schedules("fertility", YearSeries(asfr.years, wide)),
        srb=schedules("srb", found["srb"]),
        migration=None if migration is None else schedules("migration", migration),
        history=_history(found, location, base_year), name=location, title=area.name,
        settings={"made_from": ", ".join(one.file for one in rows)}, notes=tuple(notes),
    )  # fmt: skip


_SAID_OF_FERTILITY = {
    "asfr": Note(
        "Fertility rates per 1000 women are divided by 1000.", "生育率由每千名妇女换算为每名妇女。"
    ),
    "pasfr": Note(
        "Fertility rates are the total fertility rate times each age's share of it.",
        "生育率为总和生育率乘以各年龄所占份额。",
    ),
}


def _of_both_sexes(found: Mapping[str, YearSeries], name: str) -> YearSeries:
    """(years, 2, ages) in the years that both sexes have."""
    males, females = found[f"{name}, males"], found[f"{name}, females"]
    years = np.intersect1d(males.years, females.years)
    pair = [one.values[np.isin(one.years, years)] for one in (males, females)]
    return YearSeries(years, np.stack(pair, axis=1))


def _migration(
    found: Mapping[str, YearSeries], base_year: int, ages: int, notes: list[str]
) -> YearSeries | None:
    """Net migrants by age, or the total spread by a Rogers-Castro schedule; persons."""
    if "migration, males" in found and "migration, females" in found:
        notes.append(Note(
            "Net migrants by age in thousands times 1000, at the age reached in the year.",
            "分年龄净迁移由千人换算为人，年龄为当年末的年龄。",
        ))  # fmt: skip
        return _of_both_sexes(found, "migration")
    if "net_migration" not in found:
        notes.append(Note(
            "No file has net migration: it is left out.", "所给文件中没有净迁移数据，视为未提供。"
        ))  # fmt: skip
        return None
    total = found["net_migration"]
    ahead = total.years >= base_year
    halves = total.values[ahead][:, None] * np.array([0.5, 0.5])
    notes.append(Note(
        "Net migration is a total without ages: half of it to each sex, spread over ages by a "
        "Rogers-Castro schedule.",
        "净迁移只有总数：男女各半，按罗杰斯–卡斯特罗模型分配到各年龄。",
    ))  # fmt: skip
    return YearSeries(total.years[ahead], spread_by_rogers_castro(halves, ages=np.arange(ages)))


def _history(
    found: Mapping[str, YearSeries], location: str, base_year: int
) -> dict[str, dict[str, YearSeries]]:
    """What was before the base year."""
    names = ("tfr", "e0_male", "e0_female", "net_migration", "population")
    history = {}
    for name in names:
        if name in found:
            past = found[name].years < base_year
            if past.any():
                series = YearSeries(found[name].years[past], found[name].values[past])
                history[name] = {location: series}
    return history


def _name(rows: Sequence[WppRows], location: str) -> str:
    for each in rows:
        for column in ("Location", "name"):
            if column in each and each.columns[column].size:
                return str(each.columns[column][0])
    return location
