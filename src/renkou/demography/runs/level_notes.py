"""Which errors of the levels that rates start from the trajectories carry, in words. Pure."""

from __future__ import annotations

from renkou.demography.scenarios.notes import Note
from renkou.demography.scenarios.project_data import ProjectData

_WORDS = {
    "tfr": ("total fertility", "总和生育率"),
    "e0_male": ("life expectancy of males", "男性预期寿命"),
    "e0_female": ("life expectancy of females", "女性预期寿命"),
    "fertility": ("fertility", "生育"),
    "mortality": ("mortality", "死亡"),
    "moves_out": ("departures", "迁出"),
    "moves_in": ("arrivals", "迁入"),
}
_MOVES = ("moves_out", "moves_in")
_95 = 1.96


def carries_errors(data: ProjectData) -> bool:
    """Whether a table says how well some level is known."""
    return bool(_shared(data, moving=True)[0] or _own(data, moving=True)[0])


def notes_on_errors(data: ProjectData, *, moving: bool) -> tuple[Note, ...]:
    """Errors carried, of wholes and of areas beside them, and those that no table gives."""
    notes = []
    for (en, zh), said_en, said_zh in (
        (_shared(data, moving=moving), "Intervals hold the error of the base rates themselves, the same "
         "along a trajectory (95 %): {}.", "区间含基期水平本身的误差，沿每条轨迹不变（95 % 范围）：{}。"),
        (_own(data, moving=moving), "Intervals hold the errors of areas' own levels beside their whole "
         "(standard errors of the logarithm): {}.", "区间含各地区相对水平的误差（对数标准误）：{}。"),
        (_missing(data), "Intervals leave out errors of the base rates that no table gives: {} "
         "(errors.csv).", "区间不含以下基期水平的误差，因没有给出：{}（可在 errors.csv 中补充）。"),
    ):  # fmt: skip
        if en:
            notes.append(Note(said_en.format(", ".join(en)), said_zh.format("、".join(zh))))
    return tuple(notes)


def _shared(data: ProjectData, *, moving: bool) -> tuple[list[str], list[str]]:
    en, zh = [], []
    for measure, by_area in data.errors.items():
        if any(by_area.values()) and (moving or measure not in _MOVES):
            years = measure.startswith("e0")
            most = _95 * max(by_area.values())
            words = _WORDS[measure]
            en.append(f"{words[0]} ± {most:.2f} years" if years else f"{words[0]} ± {most:.1%}")
            zh.append(f"{words[1]} ± {most:.2f} 岁" if years else f"{words[1]} ± {most:.1%}")
    return en, zh


def _own(data: ProjectData, *, moving: bool) -> tuple[list[str], list[str]]:
    en, zh = [], []
    for measure, level in data.levels.items():
        if level.deviation.any() and (moving or measure not in _MOVES):
            span = f"{level.deviation.min():.2f}–{level.deviation.max():.2f}"
            en.append(f"{_WORDS[measure][0]} {span}")
            zh.append(f"{_WORDS[measure][1]} {span}")
    return en, zh


def _missing(data: ProjectData) -> tuple[list[str], list[str]]:
    """Life expectancies without an error; fertility without one has that of counting its births."""
    words = [_WORDS[one] for one in ("e0_male", "e0_female") if not data.errors.get(one)]
    return [en for en, _ in words], [zh for _, zh in words]
