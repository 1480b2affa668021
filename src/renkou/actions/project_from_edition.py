"""What a projection starts from, taken from an edition of the register."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from renkou.actions.coverage_estimates import estimated_coverage
from renkou.actions.edition_tables import SealedEdition, open_edition
from renkou.actions.event_lists import known_until, last_months, last_whole_month
from renkou.actions.office_areas import office_areas
from renkou.actions.project_edition_counts import (
    MoveRows,
    Tree,
    leaf_counts,
    move_rows,
    tree_of,
)
from renkou.actions.project_edition_notes import (
    NO_COVERAGE,
    Note,
    notes_on_coverage,
    notes_on_people,
)
from renkou.actions.project_edition_tops import EditionRead, TopInputs, inputs_of_top
from renkou.actions.project_from_errors import errors_of_base
from renkou.actions.statistics import perturbed
from renkou.actions.statistics_figures import statistics_folder
from renkou.actions.statistics_settings import (
    StatisticsSettings,
    disclosure_secret,
    refuse_another_release,
    statistics_settings,
)
from renkou.actions.tabulating import CountedEdition, counted_edition
from renkou.actions.workspaces import Workspace
from renkou.core.errors import UsageError
from renkou.core.progress import Progress, silent
from renkou.core.tallies import Tally
from renkou.demography.indicators.cells import Seen
from renkou.demography.indicators.tabulated import OLDEST
from renkou.demography.scenarios.project_data import (
    Coverage,
    Flows,
    Levels,
    ProjectData,
    Schedules,
    YearSeries,
)
from renkou.disclosure.record_keys import record_keys
from renkou.engines.duckdb_engine import DuckDBEngine
from renkou.register import tabulation
from renkou.register.flows import moves_by_origin_and_goal
from renkou.register.tabulation import Window

HISTORY_YEARS = 10
_STAGES = ("计数", "迁移流向", "估计各率")


@dataclass(frozen=True)
class EditionInputs:
    """A project's data and what was assumed to make them, in Chinese and English."""

    data: ProjectData
    notes: tuple[Note, ...]


def inputs_from_edition(
    workspace: Workspace,
    edition: str | None = None,
    *,
    base_year: int | None = None,
    progress: Progress = silent,
) -> EditionInputs:
    """Population, rates, moves and their levels by township, as an edition knows them.

    `edition`: its id; the newest, if left out. `base_year`: the projection starts on its 1 January;
    the one after the last December that the edition knows, if left out. No value of a person leaves
    this function, and no true count: everything is made of counts perturbed as those of statistics are,
    with the same secret, so that the same people are told as the same number.

    Raises
    ------
    UsageError
        If there is no edition, it does not know of that day, or nobody lives there then.
    WorkspaceError
        If the secret is gone, or figures were published with another one or other noise.
    """
    settings = statistics_settings(workspace)
    released = statistics_folder(workspace)
    secret = disclosure_secret(workspace, released)
    refuse_another_release(secret, settings, released)
    with DuckDBEngine(scratch=workspace.scratch) as engine:
        sealed = open_edition(workspace, edition, engine)
        read = _read(workspace, sealed, settings, secret, base_year, progress)
    progress(f"预测：{_STAGES[2]}", 2, len(_STAGES))
    _refuse_nobody(read)
    tops = {top: inputs_of_top(top, read) for top in read.tree.tops}
    coverage, coverage_notes = _coverage(read)
    notes = (
        *notes_on_people(read.counts, read.base_month // 12 + 1, read.edition),
        *(note for one in tops.values() for note in one.notes),
        *coverage_notes,
    )
    progress(f"预测：{_STAGES[2]}", 3, len(_STAGES))
    return EditionInputs(_project_data(read, tops, coverage, notes), notes)


def _refuse_nobody(read: EditionRead) -> None:
    if read.counts.stock[:, -1].sum() > 0:
        return
    base = read.base_month // 12 + 1
    raise UsageError(
        f"edition {read.edition}: nobody lives here on {base}-01-01; name another base year",
        zh=f"版本 {read.edition}：{base}-01-01 没有常住人口；请指定其他基年",
    )


def _read(
    workspace: Workspace,
    sealed: SealedEdition,
    settings: StatisticsSettings,
    secret: bytes,
    base_year: int | None,
    progress: Progress,
) -> EditionRead:
    as_of = str(sealed.manifest["as_of"])
    newest = last_whole_month(min(as_of, known_until(sealed.manifest, settings.lists) or as_of))
    last = _base_month(newest, base_year)
    window = Window(last - 12 * HISTORY_YEARS, last)
    areas = office_areas(workspace)
    counted = counted_edition(sealed, areas, window, secret, progress)
    progress(f"预测：{_STAGES[1]}", 1, len(_STAGES))
    tree, table = tree_of(areas, last // 12 + 1), settings.perturbation

    def counting(tally: Tally) -> Seen:
        return perturbed(tally, table)

    return EditionRead(
        edition=sealed.id,
        as_of=as_of,
        tree=tree,
        counts=leaf_counts(counted, tree, counting),
        counted=counted,
        moves=_moves(sealed, counted, window, secret),
        known=last_months(sealed.manifest, settings.lists),
        settings=settings,
        counting=counting,
    )


def _base_month(newest: int, base_year: int | None) -> int:
    """The December before the base year: the last one known, or that of the year asked for."""
    last = newest - (newest + 1) % 12
    if base_year is None:
        return last
    if base_year * 12 - 1 > newest:
        raise UsageError(
            f"base year {base_year}: the edition knows of days up to the end of month "
            f"{newest % 12 + 1} of {newest // 12}; name a year up to {last // 12 + 1}",
            zh=f"基年 {base_year}：该版本只反映到 {newest // 12} 年 {newest % 12 + 1} 月末；"
            f"请指定不晚于 {last // 12 + 1} 的年份",
        )
    return base_year * 12 - 1


def _moves(
    sealed: SealedEdition, counted: CountedEdition, window: Window, secret: bytes
) -> MoveRows:
    tables = [sealed.table(name) for name in ("events", "spells", "persons")]
    events, spells, persons = (one for one in tables if one is not None)  # counting required them
    people = tabulation.people_counted(persons, _keys_of_movers(sealed, events, secret))
    flows = moves_by_origin_and_goal(events, spells, people, window, sealed.engine.keep)
    return move_rows(sealed.engine.arrow(flows), counted.counts.areas)


def _keys_of_movers(sealed: SealedEdition, events: ir.Table, secret: bytes) -> ir.Table:
    """Record keys of those who ever moved: nobody else is among the moves."""
    moved = events.filter(events.kind.isin(["move_in", "move_out"]))
    ids = sealed.engine.arrow(moved.select("person_id").distinct())["person_id"].to_numpy()
    keys = record_keys(secret, ids).astype(np.int64)
    return sealed.engine.table(pa.table({"person_id": ids, "key": keys}))


def _coverage(read: EditionRead) -> tuple[Coverage | None, list[Note]]:
    """True people per person of the base, as statistics estimate them of the audit."""
    found, _ = estimated_coverage(read.counted, read.settings)
    if found is None:
        return None, [NO_COVERAGE]
    base = read.counts.stock[:, -1]
    people = found.people
    # Whole people, over those who are seen: as statistics publish them.
    ratio = np.rint([people.estimate, people.lower, people.upper]) / base.sum()
    return Coverage(*(np.full(base.shape, one) for one in ratio)), notes_on_coverage(found, ratio)


def _project_data(
    read: EditionRead,
    tops: Mapping[str, TopInputs],
    coverage: Coverage | None,
    notes: tuple[Note, ...],
) -> ProjectData:
    def schedules(name: str) -> Schedules:
        return Schedules(
            name, {top: getattr(one, name) for top, one in tops.items()}, read.tree.top_of
        )

    return ProjectData(
        base_year=read.base_month // 12 + 1,
        areas=read.tree.areas,
        leaves=read.tree.leaves,
        ages=np.arange(OLDEST + 1),
        population=read.counts.stock[:, -1],
        mortality=schedules("mortality"),
        fertility=schedules("fertility"),
        srb=schedules("srb"),
        levels=_levels(read.tree, tops),
        errors=errors_of_base(read),
        flows=_flows(read.tree, tops),
        history=_history(tops),
        coverage=coverage,
        settings={"edition": read.edition, "as_of": read.as_of},
        notes=tuple(one.en for one in notes),
    )


def _levels(tree: Tree, tops: Mapping[str, TopInputs]) -> dict[str, Levels]:
    measures = sorted({name for one in tops.values() for name in one.levels})
    found = {}
    for name in measures:
        ratio, deviation = np.ones(len(tree.leaves)), np.zeros(len(tree.leaves))
        for top, one in tops.items():
            if name in one.levels:
                places = tree.leaves_in(top)
                ratio[places] = one.levels[name].ratio
                deviation[places] = one.levels[name].deviation
        found[name] = Levels(ratio, deviation)
    return found


def _flows(tree: Tree, tops: Mapping[str, TopInputs]) -> Flows | None:
    """Moves of all leaves. Those between two tops count as moves with outside."""
    if all(one.flows is None for one in tops.values()):
        return None
    leaves = len(tree.leaves)
    rate, count = np.zeros((2, leaves, 2, OLDEST + 1))
    destination = np.zeros((leaves, leaves + 1))
    destination[:, -1] = 1.0
    for top, one in tops.items():
        if one.flows is not None:
            places = tree.leaves_in(top)
            rate[places], count[places] = one.flows.out_rate, one.flows.in_count
            destination[np.ix_(places, np.append(places, leaves))] = one.flows.destination
    return Flows(rate, destination, count)


def _history(tops: Mapping[str, TopInputs]) -> dict[str, dict[str, YearSeries]]:
    measures = sorted({name for one in tops.values() for name in one.history})
    return {
        name: {top: one.history[name] for top, one in tops.items() if name in one.history}
        for name in measures
    }
