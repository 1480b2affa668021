"""How much memory a run takes, before it takes it. Pure (NumPy).

Counted are the arrays that live at the same time; factors for what lies about between two steps were
held against the largest resident memory of runs with few and many areas, and are rather high than low.
"""

from __future__ import annotations

from dataclasses import dataclass

from renkou.core.errors import FiguresRefused
from renkou.demography.runs.area_tree import AreaTree
from renkou.demography.runs.running import CELLS_AT_ONCE
from renkou.demography.scenarios.project_data import ProjectData

_DOUBLE, _SINGLE = 8, 4
_AT_ONCE = 2  # chunks of trajectories
_COPIES_OF_CHUNK = 5  # people, survivors, rates, moves, sums over the tree
_COPIES_OF_SCENARIO = 8  # the same with flows by age, and the rates of the scenario itself
_COPIES_OF_DEPARTURES = 12  # TFR, two life expectancies, moves, and the chance they are made of
_BYTES_OF_ROW = 100  # of a table of figures, written from values and five quantiles
_SMALL = 300_000_000  # Python and its libraries


@dataclass(frozen=True)
class MemoryNeeds:
    """Bytes that a run takes: the scenario itself, chunks, then tables, and each trajectory kept."""

    scenario: int
    chunk: int
    tables: int
    each: int

    def of(self, trajectories: int) -> int:
        """Bytes of a run with so many trajectories.

        >>> needs = MemoryNeeds(100, 10, 7, 1)
        >>> needs.of(50), needs.of(0)
        (160, 107)
        """
        chunk = self.chunk if trajectories else 0
        return self.scenario + max(chunk, self.tables) + trajectories * self.each

    def trajectories_within(self, available: int) -> int:
        """The most trajectories that fit, in two digits and even; 0 where none do.

        >>> needs = MemoryNeeds(100, 10, 7, 1)
        >>> needs.trajectories_within(1349), needs.trajectories_within(111)
        (1200, 0)
        """
        most = (available - self.scenario - max(self.chunk, self.tables)) // self.each
        if most < 2:
            return 0
        rounding = max(10 ** (len(str(most)) - 2), 2)
        return int(most // rounding * rounding)


def memory_needs(data: ProjectData, tree: AreaTree, until: int, measures: int) -> MemoryNeeds:
    """What a run of a project takes.

    Parameters
    ----------
    until : the last year
    measures : how many figures are made of each area and year
    """
    years, cells = until - data.base_year + 1, 2 * len(data.ages)
    leaves, areas, above = len(data.leaves), len(tree.areas), len(tree.above)
    people = leaves * years * cells
    rows = areas * years * (measures + cells)
    return MemoryNeeds(
        scenario=_SMALL + _COPIES_OF_SCENARIO * people * _DOUBLE,
        chunk=_AT_ONCE * _COPIES_OF_CHUNK * max(people, CELLS_AT_ONCE) * _DOUBLE,
        tables=rows * _BYTES_OF_ROW,
        each=(areas * measures + above * cells) * years * _SINGLE
        + _COPIES_OF_DEPARTURES * leaves * years * _DOUBLE,
    )


def refuse_beyond(needs: MemoryNeeds, trajectories: int, available: int) -> None:
    """Refuse a run that takes more memory than there is.

    Raises
    ------
    FiguresRefused
        With how many trajectories would fit.
    """
    needed = needs.of(trajectories)
    if needed <= available:
        return
    fits = needs.trajectories_within(available) if trajectories else 0
    told, told_zh = f"--trajectories {fits}", f"请用 --trajectories {fits}"
    if not fits and needs.of(0) > available:
        told = "a nearer last year, or fewer areas: even without trajectories it does not fit"
        told_zh = "即使不作随机轨迹也放不下；请缩短预测期或减少区域，或换用内存更大的机器"
    raise FiguresRefused(
        "trajectories", trajectories,
        f"the run would take {_gb(needed)} of memory, and {_gb(available)} are free",
        f"choose {told}",
        zh=f"编制约需内存 {_gb(needed)}，而可用 {_gb(available)}；{told_zh}",
    )  # fmt: skip


def _gb(size: int) -> str:
    return f"{size / 1e9:.1f} GB"
