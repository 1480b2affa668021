"""Read what a projection says: an overview, and the figures of one measure."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from renkou.actions.project_places import (
    ProjectPlace,
    existing_project,
    projects_in,
    refuse_unknown_scenario,
)
from renkou.actions.project_stale import stale_words
from renkou.actions.workspaces import find_workspace
from renkou.core.errors import UsageError
from renkou.demography.checked import SEXES
from renkou.demography.planning.measures import Measure, planning_measures
from renkou.demography.planning.parameters import PlanningParameters
from renkou.demography.scenarios.labels import age_of_label, sex_of_label
from renkou.engines.project_files import (
    list_runs,
    read_project,
    read_run,
    read_settings_of_project,
)
from renkou.engines.project_yaml import read_settings

LOWEST = "lowest"
_SEX_WORDS = {"both": "合计", "male": "男", "female": "女"}
_BOTH = dict.fromkeys(("合计", "两性", "男女", "男女合计", "全部", "不分性别"), "both")
_ALL = dict.fromkeys(("全部", "所有", "合计", "不分年龄"), "all")
# What an overview shows of the whole area, in this order.
IN_OVERVIEW = (
    ("population", "both", "all"),
    ("births", "both", "all"),
    ("deaths", "both", "all"),
    ("net_migration", "both", "all"),
    ("entering_primary", "both", "6"),
    ("enrolled_primary", "both", "6-11"),
    ("working_age", "both", "15-59"),
    ("elderly", "both", "65+"),
    ("care_need", "both", "60+"),
    ("dependency_old", "both", "15-64"),
)
_ROWS = 5


@dataclass(frozen=True)
class Wanted:
    """Which figures of a measure."""

    measure: str
    area: str | None = None
    level: str | None = None
    year: int | None = None
    sex: str = "both"
    age: str = "all"


@dataclass(frozen=True)
class Shown:
    """Figures of one measure, as rows of `figures.parquet`."""

    measure: Measure
    rows: list[dict[str, Any]]
    manifest: dict[str, Any]
    stale: str = ""  # what was changed after the run


@dataclass(frozen=True)
class Overview:
    """What a run says of one area: measures by year, and turning years."""

    area: str
    area_name: str
    years: tuple[int, ...]
    measures: tuple[Measure, ...]
    rows: dict[tuple[str, int], dict[str, Any]]
    turning_points: list[dict[str, Any]]
    manifest: dict[str, Any]
    stale: str = ""  # what was changed after the run

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "area": self.area,
            "measures": [asdict(one) for one in self.measures],
            "figures": list(self.rows.values()),
            "turning_points": self.turning_points,
            "manifest": self.manifest,
            "stale": self.stale,
        }


def projects(workspace: Path | None = None) -> list[dict[str, Any]]:
    """The projections of a workspace, with their scenarios that were run."""
    found = find_workspace(workspace)
    rows = []
    for folder in projects_in(found):
        settings = read_settings_of_project(folder)
        rows.append(
            {
                "name": folder.name,
                "title": settings.get("title", ""),
                "base_year": settings.get("base_year"),
                "made_from": settings.get("made_from", ""),
                "runs": list_runs(folder),
            }
        )
    return rows


def run_of(place: ProjectPlace, scenario: str) -> tuple[dict[str, Any], pa.Table, pa.Table]:
    """Manifest, figures and ages of a run.

    Raises
    ------
    UsageError
        If the scenario was not run.
    """
    ran = list_runs(place.folder)
    if scenario not in ran:
        refuse_unknown_scenario(place, scenario)
        there = "、".join(ran) or "无"
        raise UsageError(
            f"scenario {scenario}: was not run (there are {', '.join(ran) or 'none'}); "
            f"`renkou project run {place.name} --scenario {scenario}` runs it",
            zh=f"方案 {scenario}：尚未编制（已编制：{there}）；"
            f"请运行 renkou project run {place.name} --scenario {scenario}",
        )
    return read_run(place.folder, scenario)


def measures_of(place: ProjectPlace) -> tuple[Measure, ...]:
    """The measures that a project's planning parameters lead to."""
    return planning_measures(planning_parameters(place.folder))


def planning_parameters(folder: Path) -> PlanningParameters:
    """The packaged parameters with the project's `planning.yaml` in their place."""
    path = folder / "planning.yaml"
    if not path.is_file():
        return PlanningParameters.default()
    return PlanningParameters.from_mapping(read_settings(path).values, place=str(path))


def project_figures(
    project: str, scenario: str, wanted: Wanted, *, workspace: Path | None = None
) -> Shown:
    """Figures of a measure: of one area by year, or of all areas of a tier in one year.

    Raises
    ------
    UsageError
        If measure, area, tier, year, sex or age is unknown; the message names the nearest.
    """
    place = existing_project(project, workspace)
    place.allow()
    manifest, figures, _ = run_of(place, scenario)
    measure = measure_named(measures_of(place), wanted)
    rows = figures.filter(
        (pc.field("measure") == measure.id)
        & (pc.field("sex") == measure.sex)
        & (pc.field("age") == measure.age)
    ).to_pylist()
    rows = _of_areas(rows, wanted, place)
    if wanted.year is not None:
        years = sorted({row["year"] for row in rows})
        rows = [row for row in rows if row["year"] == wanted.year]
        if not rows:
            raise UsageError(
                f"year {wanted.year}: {measure.id} has figures of {years[0]} to {years[-1]}",
                zh=f"年份 {wanted.year}：“{measure.zh}”只有 {years[0]} 至 {years[-1]} 年的数字",
            )
    return Shown(measure, rows, manifest, stale_words(place, manifest))


def measure_named(measures: Sequence[Measure], wanted: Wanted) -> Measure:
    """The measure by its id or Chinese name, with sex and age where they are told.

    Raises
    ------
    UsageError
        If there is none; the message names the nearest.
    """
    named = [one for one in measures if wanted.measure in (one.id, one.zh)]
    if not named:
        known = sorted({one.id for one in measures} | {one.zh for one in measures})
        near = difflib.get_close_matches(wanted.measure, known, 3, 0.4)
        near += [one for one in known if wanted.measure in one and one not in near][:3]
        raise UsageError(
            f"measure {wanted.measure}: unknown; nearest: {', '.join(near) or 'none'}",
            zh=f"项目 {wanted.measure}：没有这个项目；相近的有：{'、'.join(near) or '无'}",
        )
    of_sex = _of_sex(named, wanted)
    ages = [one.age for one in of_sex]
    asked = _age_asked(wanted.age)
    age = asked if asked in ages or asked != "all" else ages[0]
    found = [one for one in of_sex if one.age == age]
    if not found:
        raise UsageError(
            f"{wanted.measure} of age {wanted.age}: there are ages {', '.join(ages)}",
            zh=f"{wanted.measure}（年龄 {wanted.age}）：可选年龄 {'、'.join(ages)}",
        )
    return found[0]


def _of_sex(named: Sequence[Measure], wanted: Wanted) -> list[Measure]:
    """Measures of a sex, which may be told in Chinese."""
    code = sex_of_label(wanted.sex)
    asked = SEXES[code] if code is not None else _BOTH.get(wanted.sex, wanted.sex)
    of_sex = [one for one in named if one.sex == asked]
    if not of_sex:
        there = [one for one in _SEX_WORDS if one in {each.sex for each in named}]
        said = [f"{one}（{_SEX_WORDS[one]}）" for one in there]
        raise UsageError(
            f"{wanted.measure} of sex {wanted.sex}: there is {', '.join(there)}",
            zh=f"{wanted.measure}（性别 {wanted.sex}）：可选性别 {'、'.join(said)}",
        )
    return of_sex


def _age_asked(text: str) -> str:
    """An age as measures have it: 80+ for 80岁及以上, 0-4 for 0—4岁; what is none stays as it is."""
    ages = age_of_label(text)
    if ages is None:
        return _ALL.get(text, text)
    if ages.last is None:
        return f"{ages.first}+"
    return f"{ages.first}" if ages.single else f"{ages.first}-{ages.last}"


def _of_areas(
    rows: list[dict[str, Any]], wanted: Wanted, place: ProjectPlace
) -> list[dict[str, Any]]:
    """Rows of one area, or of all of a tier; of the first area where nothing is said."""
    if wanted.level:
        lowest = rows[-1]["level"] if rows else ""
        level = lowest if wanted.level == LOWEST else wanted.level
        found = [row for row in rows if row["level"] == level]
        if not found:
            there = ", ".join(dict.fromkeys(row["level"] for row in rows))
            raise UsageError(
                f"level {wanted.level}: the projection has {there}",
                zh=f"层级 {wanted.level}：该预测只有 {there}",
            )
        if not wanted.area:
            return found
        inside, data = code_of_area(rows, wanted.area), read_project(place.folder)
        return [row for row in found if inside in data.ancestry(row["area"])]
    code = code_of_area(rows, wanted.area) if wanted.area else rows[0]["area"]
    return [row for row in rows if row["area"] == code]


def code_of_area(rows: Sequence[dict[str, Any]], text: str) -> str:
    """The code of an area by its code or name.

    Raises
    ------
    UsageError
        If there is none, or several have the name.
    """
    names = {row["area"]: row["area_name"] for row in rows}
    if text in names:
        return text
    found = [code for code, name in names.items() if name == text]
    if len(found) == 1:
        return found[0]
    near = difflib.get_close_matches(text, [*names.values(), *names], 3, 0.4)
    if found:
        raise UsageError(
            f"area {text}: {len(found)} areas have that name ({', '.join(found)}); give the code",
            zh=f"区域 {text}：有 {len(found)} 个同名区域（{'、'.join(found)}）；请用代码指定",
        )
    raise UsageError(
        f"area {text}: not in the projection; nearest: {', '.join(near) or 'none'}",
        zh=f"区域 {text}：该预测中没有；相近的有：{'、'.join(near) or '无'}",
    )


def overview(
    project: str, scenario: str, *, area: str | None = None, workspace: Path | None = None
) -> Overview:
    """What a run says of one area in some eight years, and its turning years."""
    place = existing_project(project, workspace)
    place.allow()
    manifest, figures, _ = run_of(place, scenario)
    first = figures.slice(0, 1).to_pylist()[0]["area"]
    code = code_of_area(_areas(figures), area) if area else first
    known = {one.key: one for one in measures_of(place)}
    # School ages may be the planner's own: their measures are known by id and sex.
    by_id: dict[tuple[str, str], Measure] = {
        (one.id, one.sex): one for one in reversed(list(known.values()))
    }
    told = [known.get(key) or by_id.get(key[:2]) for key in IN_OVERVIEW]
    measures = tuple(one for one in told if one is not None)
    base, until = manifest["base_year"], manifest["until"]
    step = max(1, round((until - base) / _ROWS))
    years = tuple(sorted({*range(base, until, step), until}))
    rows = {}
    mine = figures.filter(pc.field("area") == code).to_pylist()
    wanted = {one.key for one in measures}
    for row in mine:
        if (row["measure"], row["sex"], row["age"]) in wanted and row["year"] in years:
            rows[(row["measure"], row["year"])] = row
    turning = [one for one in manifest.get("turning_points", []) if one["area"] == code]
    stale = stale_words(place, manifest)
    return Overview(code, mine[0]["area_name"], years, measures, rows, turning, manifest, stale)


def _areas(figures: pa.Table) -> list[dict[str, Any]]:
    names = figures.select(["area", "area_name"]).group_by(["area", "area_name"]).aggregate([])
    return names.to_pylist()
