"""Make a projection: data and scenarios in a folder that a planner can read and edit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from renkou.actions.project_from_csv import notes_on_files
from renkou.actions.project_places import ProjectPlace, project_place
from renkou.actions.project_words import in_chinese, planning_template
from renkou.actions.workspaces import Workspace
from renkou.core.errors import UsageError
from renkou.core.progress import Progress, silent
from renkou.demography.checked import SEXES
from renkou.demography.forecasts.standard_schedules import FIRST_YEAR, national_history
from renkou.demography.mortality.life_tables import life_table
from renkou.demography.runs.parts import level_of, weighted_mean, women
from renkou.demography.runs.true_base import with_true_base
from renkou.demography.scenarios.project_data import ProjectData
from renkou.demography.scenarios.variants import MediumAssumptions, standard_scenarios
from renkou.engines.project_files import read_project, write_project
from renkou.engines.wpp_files import read_wpp

HORIZON = 30
STEP = 5
MANY_LEAVES = {300: 1000, 1500: 200}  # so many trajectories up to so many areas; beyond, none
YEARS_FOR_LEE_CARTER = 15
_OF_WPP = "联合国《世界人口展望2024》中国中位数"


@dataclass(frozen=True)
class Origin:
    """What a projection is made from: an edition (the newest, by default), CSV files, or the UN's."""

    edition: str | None = None
    csv: Path | None = None
    wpp: tuple[Path, ...] = ()
    location: str | None = None


@dataclass(frozen=True)
class Made:
    """A new projection."""

    folder: Path
    called: str
    name: str
    base_year: int
    until: int
    leaves: int
    people: float
    scenarios: tuple[str, ...]
    notes: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {**vars(self), "folder": str(self.folder)}


def init_project(
    project: str,
    origin: Origin,
    *,
    base_year: int | None = None,
    until: int | None = None,
    title: str = "",
    workspace: Path | None = None,
    progress: Progress = silent,
) -> Made:
    """Write a projection's folder: data, five scenarios, planning parameters.

    Raises
    ------
    NotPermitted
        If the role of who acts does not include projecting.
    UsageError
        If the folder is there already, or the origin is none or two.
    """
    _refuse_two_origins(origin)
    place = project_place(project, workspace)
    place.allow()
    data, made_from, notes = _data(place, origin, base_year, progress)
    last = until or data.base_year + HORIZON
    if last <= data.base_year:
        raise UsageError(
            f"--until {last}: is after the base year {data.base_year}",
            zh=f"--until {last}：应晚于基期 {data.base_year} 年",
        )
    named = replace(data, name=place.name, title=title or _title(data, last))
    medium = medium_of(named, last, made_from)
    if origin.csv is not None or origin.wpp:
        notes = (*notes, *in_chinese(notes_on_files(named, medium, last)))
    texts = standard_scenarios(data.base_year, last, medium)
    about = {"made_from": made_from, "made_at": date.today().isoformat(), "notes": list(notes)}
    folder = write_project(
        place.folder, named, scenarios=texts, planning=planning_template(),
        settings={**{key: str(value) for key, value in data.settings.items()}, **about},
    )  # fmt: skip
    place.record(action="init_project", detail=made_from)
    return Made(
        folder, project, place.name, data.base_year, last, len(data.leaves),
        float(data.population.sum()), tuple(texts), notes,
    )  # fmt: skip


def _refuse_two_origins(origin: Origin) -> None:
    named = [one for one in (origin.edition, origin.csv, origin.wpp) if one]
    if len(named) > 1:
        raise UsageError(
            "--edition, --from-csv, --from-wpp: a projection starts from one of them",
            zh="--edition、--from-csv、--from-wpp：一个预测只能有一个来源，请只写一个",
        )
    if origin.wpp and not origin.location:
        raise UsageError(
            "--from-wpp: name the country with --location, such as 156 for China",
            zh="--from-wpp：请用 --location 指定国家代码，如中国为 156",
        )


def _data(
    place: ProjectPlace, origin: Origin, base_year: int | None, progress: Progress
) -> tuple[ProjectData, str, tuple[str, ...]]:
    """The data, what they were made from, and what was assumed, in Chinese."""
    if origin.csv is not None:
        data = read_project(origin.csv, base_year=base_year)
        return data, f"CSV 文件夹 {origin.csv.name}", in_chinese(data.notes)
    if origin.wpp:
        year = base_year or date.today().year
        data = read_wpp(origin.wpp, str(origin.location), year)
        return data, f"联合国《世界人口展望》，国家代码 {origin.location}", in_chinese(data.notes)
    return _of_edition(_workspace(place), origin.edition, base_year, progress)


def _workspace(place: ProjectPlace) -> Workspace:
    if place.workspace is None:
        raise UsageError(
            "project init: outside a workspace, name --from-csv DIR or --from-wpp FILE",
            zh="project init：不在工作区内时，请用 --from-csv 或 --from-wpp 指定数据来源",
        )
    return place.workspace


def _of_edition(
    workspace: Workspace, edition: str | None, base_year: int | None, progress: Progress
) -> tuple[ProjectData, str, tuple[str, ...]]:
    from renkou.actions.project_from_edition import inputs_from_edition

    made = inputs_from_edition(workspace, edition, base_year=base_year, progress=progress)
    words = f"人口登记册 {made.data.settings['edition']} 版"
    return made.data, words, tuple(note.zh for note in made.notes)


def _title(data: ProjectData, until: int) -> str:
    return f"{data.areas[0].name or data.areas[0].code}人口预测（{data.base_year}—{until}年）"


def medium_of(data: ProjectData, until: int, made_from: str) -> MediumAssumptions:
    """The medium scenario that a new projection begins with."""
    years = tuple(dict.fromkeys([*range(data.base_year, until, STEP), until]))
    trajectories = next((n for most, n in MANY_LEAVES.items() if len(data.leaves) <= most), 0)
    parts = (
        _like_the_nation(with_true_base(data)[0], years, made_from)
        if "edition" in data.settings and years[-1] <= int(national_history().year[-1])
        else _as_in_the_files(data, until, made_from)
    )
    return MediumAssumptions(date=date.today().isoformat(), trajectories=trajectories, **parts)


def _like_the_nation(
    data: ProjectData, years: tuple[int, ...], made_from: str
) -> Mapping[str, Any]:
    """The register's own levels now, per person truly there, moving as the UN's medians for China do."""
    nation = national_history()
    at = np.array(years) - FIRST_YEAR
    everyone = np.arange(len(data.leaves))
    tfr, srb, e0 = _levels_now(data, everyone)
    gain = nation.e0[at] - nation.e0[at[0]]
    true = "（按覆盖率校正）" if data.coverage is not None else ""
    toward = np.linspace(1, 0, len(years))
    return {
        "tfr": dict(zip(years, (tfr * nation.tfr[at] / nation.tfr[at[0]]).round(3), strict=True)),
        "srb": dict(
            zip(years, (toward * srb + (1 - toward) * nation.srb[at]).round(4), strict=True)
        ),
        "e0": tuple(
            dict(zip(years, (e0[sex] + gain[:, sex]).round(2), strict=True)) for sex in range(2)
        ),
        "migration": "flows" if data.flows is not None else "none",
        "sources": {
            "fertility": f"基期水平据{made_from}{true}；以后按{_OF_WPP}的变动比例",
            "srb": f"基期水平据{made_from}；逐步接近{_OF_WPP}",
            "mortality": f"基期水平据{made_from}{true}；以后加{_OF_WPP}的预期寿命增量",
            "migration": f"{made_from}的迁移流向，保持不变",
        },
        "notes": {},
    }


def _levels_now(data: ProjectData, everyone: Any) -> tuple[float, float, Any]:
    """TFR, sex ratio at birth and life expectancy (2,) of the whole in the base year."""
    weights = women(data, everyone)
    rates = data.fertility.base(data.base_year)[0] * level_of(data, "fertility")[:, None]
    tfr = float(weighted_mean(rates.sum(-1), weights))
    srb = float(weighted_mean(data.srb.base(data.base_year)[0], weights))
    mx = data.mortality.base(data.base_year)[0]
    e0 = weighted_mean(life_table(mx, sex=SEXES).e0, data.population.sum((-2, -1)))
    return tfr, srb, e0


def _as_in_the_files(data: ProjectData, until: int, made_from: str) -> Mapping[str, Any]:
    """What the files say of years ahead; where they end, the last that is known."""
    last = until - 1
    sources = dict.fromkeys(("fertility", "srb", "mortality", "migration"), made_from)
    found: dict[str, Any] = {
        "tfr": "given" if data.fertility.covers(data.base_year, last) else "constant",
        "srb": "given" if data.srb.covers(data.base_year, last) else "constant",
        "mortality": _mortality_of_files(data, last),
        "sources": sources,
        "notes": {},
    }
    if data.flows is not None:
        found["migration"] = "flows"
    elif data.migration is not None and data.migration.covers(data.base_year, last):
        found["migration"] = "given"
    elif data.migration is not None:
        total = float(data.migration.base(data.base_year)[0].sum())
        found |= {"migration": "net", "net": {data.base_year: total, until: total}}
    return found


def _mortality_of_files(data: ProjectData, last: int) -> str:
    if data.mortality.covers(data.base_year, last):
        return "given"
    known = min(len(one.years) for one in data.mortality.by_area.values())
    return "lee_carter" if known >= YEARS_FOR_LEE_CARTER else "constant"
