"""A run as what documents are made of: rounded numbers, measures, questions, comparisons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from renkou.actions.project_export_notes import notes_in_report
from renkou.core.figures import Sensitivity
from renkou.demography.planning.measures import Measure as Planned
from renkou.demography.planning.measures import planning_measures
from renkou.demography.runs.true_base import with_true_base
from renkou.demography.scenarios.project_data import ProjectData
from renkou.publishing.projection_content import (
    Assumption,
    Comparison,
    Projection,
    ProjectionInfo,
    Question,
    TurningPoint,
    projection,
)
from renkou.publishing.projection_measures import STAGES, Measure, Moment

Run = tuple[Mapping[str, Any], pa.Table, pa.Table]
# Of the lowest areas documents tell these; the CSV has all.
OF_LOWEST = {
    "population", "births", "deaths", "net_migration", "working_age", "elderly", "children",
    "care_need", "care_beds", "nursing_beds", "infants", "childcare_places", "maternity_beds",
}  # fmt: skip
_MOMENTS: Mapping[str, Moment] = {"stock": "start", "flow": "year", "school_year": "autumn"}
_GROUPS = {
    "population": "population",
    "structure": "structure",
    "change": "change",
    "school": "school",
}
_BIRTHS = ("births", "birth_rate", "births_in_facilities", "natural_increase")
_LIMITS = ("value", "median", "low80", "high80", "low95", "high95")
_QUESTIONS = ("entering_primary", "enrolled_primary", "births", "elderly", "care_need")
_STANDARD = ("medium", "high", "low", "constant", "no_migration")
_NEARLY_ALL = 0.9  # of the trajectories, as `show` tells it
_METHOD = (
    "本预测用队列要素法：逐年按年龄、性别推算存活、出生和迁移，年初人口加出生、减死亡、加净迁移等于下一年初人口，"
    "逐区域、逐年严格相等；各区域之和等于全市。文中各数由未取整的结果分别四舍五入，未作机械调整，"
    "分项之和与合计可能相差一两个单位；随附的 CSV 不取整，严格相等。",
    "区间由随机轨迹求得：生育率、预期寿命和净迁移围绕方案值按历史波动随机变化，另计基期人口误差和个体偶然性；"
    "80% 区间表示十次中约有八次落在其内，前提是方案的假设和历史波动的规律继续成立。",
    "区间不含方案本身的错误：政策改变、大型项目、行政区划调整等，应另编方案。",
)


def content_of(
    manifest: Mapping[str, Any],
    figures: pa.Table,
    ages: pa.Table,
    data: ProjectData,
    *,
    year: int,
    issuer: str = "",
    others: Mapping[str, Run] | None = None,
) -> Projection:
    """The content of a run's documents; `others` are runs to compare it with, by scenario."""
    top = data.areas[0]
    info = _info(manifest, data, issuer)
    rows = _rows(figures, data)
    known = {(row["measure"], row["sex"], row["age"]) for row in rows if row["area"] == top.code}
    return projection(
        info,
        rows,
        ages=_ages(ages, data),
        measures=_measures(planning_measures()),
        assumptions=[Assumption(**one) for one in manifest["assumptions"]],
        questions=_questions(rows, known, top.code, year),
        turning_points=_turns(manifest),
        comparison=_comparison(manifest, rows, others or {}, data),
        floors=manifest["floors"],
        notes=notes_in_report([*data_notes(data), *manifest["notes"]], data),
        method=[_base_said(rows, data), *_METHOD],
    )


def _info(manifest: Mapping[str, Any], data: ProjectData, issuer: str) -> ProjectionInfo:
    """Whose projection it is; without `issuer`, the area's name stands for the office."""
    city = data.areas[0].name or data.areas[0].code
    return ProjectionInfo(
        title=str(manifest["project_title"]),
        area=data.areas[0].code,
        city=city,
        base_year=manifest["base_year"],
        until=manifest["until"],
        scenario=manifest["scenario"],
        scenario_title=manifest["title"],
        made_from=manifest["made_from"] or manifest["project"],
        issuer=issuer or city,
        issued=date.today(),
        trajectories=manifest["trajectories"] or None,
        interval_method="、".join(manifest["varied"]),
    )


def _base_said(rows: list[dict[str, Any]], data: ProjectData) -> str:
    """How many people the projection begins with, and how many the register counts."""
    first = next(
        row["value"] for row in rows
        if (row["measure"], row["sex"], row["age"]) == ("population", "both", "all")
        and (row["area"], row["year"]) == (data.areas[0].code, data.base_year)
    )  # fmt: skip
    counted = round(float(data.population.sum()))
    if counted == round(first):
        return f"基期人口{first:,.0f}人。"
    return f"登记人口{counted:,}人，按覆盖率校正后基期人口为{first:,.0f}人，下文均由此推算。"


def data_notes(data: ProjectData) -> tuple[str, ...]:
    """What was said of the data when the project was made."""
    told = data.settings.get("notes", ())
    return tuple(str(one) for one in told) if isinstance(told, list | tuple) else ()


def history_of(data: ProjectData) -> list[dict[str, Any]]:
    """Populations of the whole before the base year, with the base's coverage where that is known."""
    series = data.history.get("population", {}).get(data.areas[0].code)
    if series is None:
        return []
    true = with_true_base(data)[0].population.sum() / data.population.sum()
    return [
        {"area": data.areas[0].code, "year": int(year), "value": float(value * true)}
        for year, value in zip(series.years, series.values, strict=True)
        if year < data.base_year
    ]


def _measures(planned: Iterable[Planned]) -> list[Measure]:
    """The planning measures in the documents' terms; one for each id."""
    found = {}
    for one in planned:
        stage = next((name for name in STAGES if one.id.endswith(f"_{name}")), "")
        found[one.id] = Measure(
            one.id, one.zh, one.en, one.unit_zh, one.unit, one.decimals,
            _GROUPS.get(one.group, "planning"), _MOMENTS[one.kind],
            Sensitivity.FERTILITY if one.id in _BIRTHS else Sensitivity.ORDINARY,
            stage if one.group == "school" else "",
        )  # fmt: skip
    return list(found.values())


def _rows(figures: pa.Table, data: ProjectData) -> list[dict[str, Any]]:
    """Rows of documents: school ages and statutory ages are in their names, not in the age column."""
    leaves = pa.array(data.leaves)
    plain = _plain(figures)
    lowest = pc.is_in(plain["area"], leaves) if len(data.areas) > len(data.leaves) else None
    if lowest is not None:
        school = pc.match_substring_regex(plain["measure"], f"_({'|'.join(STAGES)})$")
        told = pc.and_(
            pc.is_in(plain["measure"], pa.array(sorted(OF_LOWEST))), pc.equal(plain["sex"], "both")
        )
        plain = plain.filter(pc.or_(pc.invert(lowest), pc.or_(school, told)))
    rows = _rounded(plain).to_pylist()
    for row in rows:
        in_name = any(row["measure"].endswith(f"_{name}") for name in STAGES)
        if in_name or "statutory" in row["age"]:
            row["age"] = "all"
    return rows


def _plain(table: pa.Table) -> pa.Table:
    for at, field in enumerate(table.schema):
        if pa.types.is_dictionary(field.type):
            table = table.set_column(at, field.name, pc.cast(table[field.name], pa.string()))
    return table


def _rounded(table: pa.Table) -> pa.Table:
    """Every number with the decimals of its measure, each for itself, so that it reads the same everywhere.

    Nothing is adjusted to make a sum, as in the yearbooks of the National Bureau of Statistics; the
    CSV has what is not rounded, and adds up.
    """
    of_measure = {one.id: one.decimals for one in planning_measures()}
    names = pa.array(list(of_measure))
    at = np.asarray(pc.fill_null(pc.index_in(table["measure"], value_set=names), -1), np.int64)
    scale = 10.0 ** np.array([*of_measure.values(), 0])[at]
    for name in _LIMITS:
        value = table[name].to_numpy()
        round_ = np.copysign(np.floor(np.abs(value) * scale + 0.5), value) / scale
        place = table.schema.get_field_index(name)
        table = table.set_column(place, name, pa.array(round_, from_pandas=True))
    return table


def _ages(ages: pa.Table, data: ProjectData) -> list[dict[str, Any]]:
    """Single ages of the areas that others lie in; of all where there are few."""
    plain = _plain(ages)
    above = [area.code for area in data.areas if area.code not in set(data.leaves)]
    chosen = above[:12] or [data.areas[0].code]
    found: list[dict[str, Any]] = plain.filter(
        pc.is_in(plain["area"], pa.array(chosen))
    ).to_pylist()
    names = {area.code: area.name or area.code for area in data.areas}
    for row in found:
        row["area_name"] = names[row["area"]]
    return found


def _questions(
    rows: list[dict[str, Any]], known: set[tuple[str, str, str]], area: str, year: int
) -> list[Question]:
    there = {
        (row["measure"], row["sex"], row["age"], row["year"]) for row in rows if row["area"] == area
    }
    found = []
    for name in _QUESTIONS:
        ages = sorted(age for measure, sex, age in known if measure == name and sex == "both")
        age = next((one for one in ("all", "65+", "60+") if one in ages), None)
        if age is not None and (name, "both", age, year) in there:
            found.append(Question(name, year, "both", age))
    return found


def _turns(manifest: Mapping[str, Any]) -> list[TurningPoint]:
    flows = {_key(one) for one in planning_measures() if one.kind != "stock"}
    found = []
    for row in manifest["turning_points"]:
        in_name = any(row["measure"].endswith(f"_{name}") for name in STAGES)
        # Births of the last year of the projection are not known: flows end a year before stocks.
        last = manifest["until"] - ((row["measure"], row["sex"]) in flows)
        low, high = (
            None if row[name] is None else min(row[name], last)
            for name in ("year_low80", "year_high80")
        )
        agreed = max(row.get("later") or 0.0, row.get("before") or 0.0)
        found.append(
            TurningPoint(
                area=row["area"], area_name=row["area_name"], measure=row["measure"],
                what="最高", year=row["year"], value=None if row["year"] is None else row["value"],
                sex=row["sex"], age="all" if in_name else row["age"], year_low80=low,
                year_high80=high, open_low=low is not None and low <= manifest["base_year"],
                open_high=high is not None and high >= last,
                agreed=agreed if agreed > _NEARLY_ALL else None,
                note="自期初即下降" if row.get("at_once") else "",
            )
        )  # fmt: skip
    return found


def _key(one: Planned) -> tuple[str, str]:
    return one.id, one.sex


def _comparison(
    manifest: Mapping[str, Any],
    rows: list[dict[str, Any]],
    others: Mapping[str, Run],
    data: ProjectData,
) -> Comparison | None:
    """Total populations and first-graders of the whole under every scenario that was run."""
    if not others:
        return None
    top = data.areas[0].code
    wanted = ("population", "entering_primary")
    titles = {manifest["scenario"]: manifest["title"]}
    found = [_compared(row, manifest["scenario"]) for row in rows if _of_whole(row, top, wanted)]
    for name in sorted(others, key=_standard_first):
        told, figures, _ = others[name]
        titles[name] = told["title"]
        plain = _plain(figures)
        mine = _rows(plain.filter(pc.equal(plain["area"], top)), data)
        found += [_compared(row, name) for row in mine if _of_whole(row, top, wanted)]
    return Comparison(titles=titles, rows=found)


def _standard_first(scenario: str) -> tuple[int, str]:
    """Where a scenario stands among those compared: the standard ones, then a project's own.

    >>> sorted(["a_plan", "low", "medium"], key=_standard_first)
    ['medium', 'low', 'a_plan']
    """
    known = _STANDARD.index(scenario) if scenario in _STANDARD else len(_STANDARD)
    return known, scenario


def _of_whole(row: Mapping[str, Any], top: str, wanted: tuple[str, ...]) -> bool:
    return (
        row["area"] == top
        and row["measure"] in wanted
        and row["sex"] == "both"
        and row["age"] == "all"
    )


def _compared(row: Mapping[str, Any], scenario: str) -> dict[str, Any]:
    names = ("area", "area_name", "year", "measure", "sex", "age", "value", "low80", "high80")
    return {"scenario": scenario, **{name: row[name] for name in names}}
