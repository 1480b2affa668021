"""What a new projection assumes where a planner's files say nothing of years ahead."""

from __future__ import annotations

import numpy as np

from renkou.demography.scenarios.notes import Note
from renkou.demography.scenarios.project_data import ProjectData, Schedules
from renkou.demography.scenarios.variants import MediumAssumptions

_RATES = {
    "fertility": ("fertility", "生育率"),
    "srb": ("sex ratio at birth", "出生人口性别比"),
    "mortality": ("mortality", "死亡率"),
}


def notes_on_files(data: ProjectData, medium: MediumAssumptions, until: int) -> tuple[Note, ...]:
    """Which rates stay as they were last, which are drawn out, and whether nobody moves."""
    methods = {"fertility": medium.tfr, "srb": medium.srb, "mortality": medium.mortality}
    span = f"{data.base_year}—{until - 1}"
    notes = [
        _kept(name, getattr(data, name), data.base_year, span)
        for name, method in methods.items()
        if method == "constant" and not (name == "mortality" and medium.e0)
    ]
    if medium.mortality == "lee_carter" and not medium.e0:
        notes.append(Note(
            f"mortality.csv does not hold all years {span}: death rates go on as in the past (Lee-Carter).",
            f"mortality.csv 没有 {span} 年的完整数据：死亡率按历年趋势外推（Lee–Carter）。",
        ))  # fmt: skip
    if medium.migration == "none":
        notes.append(Note(
            "There is neither migration.csv nor moves_out.csv, destinations.csv and moves_in.csv: nobody "
            "moves in any scenario.",
            "没有 migration.csv，也没有 moves_out.csv、destinations.csv 和 moves_in.csv："
            "各方案均假定没有人迁移。",
        ))  # fmt: skip
    elif medium.migration == "net":
        notes.append(Note(
            f"migration.csv does not hold all years {span}: as many people a year as it says last.",
            f"migration.csv 没有 {span} 年的完整数据：每年净迁移人数保持最后一年的数。",
        ))  # fmt: skip
    elif medium.migration == "flows":
        notes.append(Note(
            "Rates of leaving and numbers of arrivals stay as in moves_out.csv and moves_in.csv.",
            "迁出率和外来迁入人数各年保持 moves_out.csv、moves_in.csv 中的数。",
        ))  # fmt: skip
    return tuple(notes)


def _kept(name: str, rates: Schedules, base_year: int, span: str) -> Note:
    years = [_last(one.years, base_year) for one in rates.by_area.values()]
    first, last = min(years), max(years)
    told = f"{first}" if first == last else f"{first}—{last}"
    en, zh = _RATES[name]
    return Note(
        f"{name}.csv does not hold all years {span}: {en} stays as in {told}; write other paths into the "
        "scenarios.",
        f"{name}.csv 没有 {span} 年的完整数据：{zh}各年保持 {told} 年的水平；"
        "如有预期变化，请在 scenarios 中写明。",
    )


def _last(years: np.ndarray, base_year: int) -> int:
    """The base year, or the nearest year before it, else the first after it: as a run takes it."""
    return int(years[max(int(np.searchsorted(years, base_year, side="right")) - 1, 0)])
