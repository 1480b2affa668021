"""No true small count leaves an edition by a projection, and what is seen is what statistics publish."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from renkou.actions import project_from_edition
from renkou.actions.edition_tables import open_edition
from renkou.actions.office_areas import office_areas
from renkou.actions.project_edition_counts import MoveRows, leaf_counts, tree_of
from renkou.actions.project_edition_seen import (
    own_tally,
    own_totals,
    parent_places,
    scaled_to,
    seen_cells,
)
from renkou.actions.project_from_edition import EditionInputs, inputs_from_edition
from renkou.actions.project_init import Origin, init_project
from renkou.actions.statistics import perturbed
from renkou.actions.statistics_figures import FIGURES
from renkou.actions.tabulating import CountedEdition, counted_edition
from renkou.actions.workspaces import Workspace
from renkou.core.errors import WorkspaceError
from renkou.core.tallies import Tally
from renkou.demography.indicators.cells import Seen, true_counts
from renkou.demography.indicators.tabulated import AGE_CELLS, SEX_CELLS
from renkou.disclosure.perturbation_table import PerturbationTable, perturbation_table
from renkou.engines.duckdb_engine import DuckDBEngine
from renkou.engines.project_files import read_project
from renkou.register.tabulation import Window
from tests.offices import copied, opened, read_plain

DECEMBER_2024 = 2024 * 12 + 11
HIDDEN = 2**20  # above every count of the city
TABLE = perturbation_table()
SECRET = b"fedcba9876543210" * 2
CODES = ("5130", "513021", "513021001", "513021002", "513022")


@pytest.fixture(scope="module")
def office(
    demo_workspace: Workspace, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Workspace]:
    """A copy of the demo city whose secret is the same in every run of the tests."""
    office = copied(demo_workspace, tmp_path_factory.mktemp("seen") / "office")
    (office.path / "disclosure.key").write_bytes(SECRET)
    (office.path / "statistics/fingerprint").unlink(missing_ok=True)
    with opened(office):
        yield office


@pytest.fixture(scope="module")
def counted(office: Workspace) -> CountedEdition:
    """Ten years of the city, true counts with the office's keys."""
    with DuckDBEngine(scratch=office.scratch) as engine:
        window = Window(DECEMBER_2024 - 120, DECEMBER_2024)
        edition = open_edition(office, None, engine)
        return counted_edition(edition, office_areas(office), window, SECRET)


def seen(tally: Tally) -> Seen:
    """As statistics publish by default."""
    return perturbed(tally, TABLE)


def test_no_cell_of_the_base_is_true_where_statistics_would_have_perturbed_it(
    office: Workspace, counted: CountedEdition
) -> None:
    tree = tree_of(office_areas(office), 2025)
    true = leaf_counts(counted, tree, true_counts).stock[:, -1]
    told = read_project(init_project("甲", Origin(), workspace=office.path).folder).population
    at = [counted.counts.areas.codes.index(leaf) for leaf in tree.leaves]
    cells = counted.counts.stocks["usual"][at, -1, :2, :-1]
    moved = seen(cells).count != cells.count
    assert moved.sum() > 300
    assert (np.abs(told - true)[moved] > 1e-9).all()
    small = (true > 0) & (true < 3)
    assert small.sum() > 300
    assert (np.abs(told - true)[small] > 1e-9).mean() > 0.99  # spread people may hit one by chance
    assert abs(told.sum() - true.sum()) < 10


def _hidden(counts: np.ndarray) -> np.ndarray:
    """Counts whose higher digits are anything, which only `_seen_of_hidden` passes over."""
    extra = np.random.default_rng(3).integers(0, 9, counts.shape)
    return np.asarray(counts + HIDDEN * extra, np.int64)


def _seen_of_hidden(tally: Tally, table: PerturbationTable) -> Seen:
    return perturbed(Tally(tally.count & (HIDDEN - 1), tally.key), table)


def _all_hidden(counted: CountedEdition) -> CountedEdition:
    """Other numbers of people everywhere, of whom as many are seen."""

    def rows(table: pa.Table) -> pa.Table:
        at = table.column_names.index("count")
        return table.set_column(at, "count", pa.array(_hidden(table["count"].to_numpy())))

    def tallies(of: Mapping[str, Tally]) -> dict[str, Tally]:
        return {name: Tally(_hidden(one.count), one.key) for name, one in of.items()}

    counts = counted.counts
    return replace(
        counted, births=rows(counted.births), deaths=rows(counted.deaths),
        counts=replace(counts, stocks=tallies(counts.stocks), events=tallies(counts.events)),
    )  # fmt: skip


def _told(made: EditionInputs) -> dict[str, Any]:
    """All that goes into the files of a project, but the coverage, which is of the audit."""
    data = made.data
    assert data.flows is not None
    found: dict[str, Any] = {"notes": made.notes, "population": data.population}
    found |= {f"flows {name}": value for name, value in vars(data.flows).items()}
    for name in ("mortality", "fertility", "srb"):
        for area, series in getattr(data, name).by_area.items():
            found[f"{name} {area}"] = series.values
    for name, levels in data.levels.items():
        found |= {f"{name} {key}": value for key, value in vars(levels).items()}
    for name, by_area in data.history.items():
        found |= {f"history {name} {area}": one.values for area, one in by_area.items()}
    for name, errors in data.errors.items():
        found |= {f"error {name} {area}": np.array(one) for area, one in errors.items()}
    return found


def test_nothing_in_a_project_depends_on_a_true_count_but_by_what_is_seen_of_it(
    office: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other counts of which as much is seen: every figure and note is the same."""
    monkeypatch.setattr(project_from_edition, "estimated_coverage", lambda *_: (None, []))
    once = _told(inputs_from_edition(office))
    count, rows = counted_edition, project_from_edition.move_rows

    def moves(*given: Any) -> MoveRows:
        found = rows(*given)
        return replace(found, count=_hidden(found.count))

    monkeypatch.setattr(
        project_from_edition, "counted_edition", lambda *given: _all_hidden(count(*given))
    )
    monkeypatch.setattr(project_from_edition, "move_rows", moves)
    monkeypatch.setattr(project_from_edition, "perturbed", _seen_of_hidden)
    other = _told(inputs_from_edition(office))
    assert other.pop("notes") == once.pop("notes")
    assert other.keys() == once.keys()
    for name, values in once.items():
        assert other[name] == pytest.approx(values, rel=1e-9, abs=1e-12), name


def test_areas_have_the_people_that_statistics_publish(
    counted_office: Workspace, tmp_path: Path
) -> None:
    own = copied(counted_office, tmp_path / "office")
    with opened(own):
        data = read_project(init_project("乙", Origin(), workspace=own.path).folder)
    [edition] = [one for one in (own.path / "statistics").iterdir() if one.is_dir()]
    figures = read_plain(edition / FIGURES).to_pylist()
    published = {
        row["area"]: row["value"]
        for row in figures
        if (row["indicator"], row["period"]) == ("usual_residents", "2024-12")
        and (row["sex"], row["age"]) == ("both", "all")
    }
    people = {area.code: data.total(data.population, area.code).sum() for area in data.areas}
    levels = {area.code: area.level for area in data.areas}
    for code, count in people.items():
        if levels[code] == "county":
            assert count == pytest.approx(published[code]), code
        elif levels[code] == "township":  # with those known to the county alone
            assert count >= published[code] - 1e-6, code
    assert people["5130"] == pytest.approx(published["5130"], abs=10)


def test_the_same_people_are_the_same_numbers_in_every_project(office: Workspace) -> None:
    one, other = (init_project(name, Origin(), workspace=office.path) for name in ("丙", "丁"))
    for file in sorted(one.folder.glob("*.csv")):
        assert file.read_bytes() == (other.folder / file.name).read_bytes(), file.name


def test_another_secret_than_that_of_published_figures_is_refused(
    counted_office: Workspace, tmp_path: Path
) -> None:
    own = copied(counted_office, tmp_path / "office")
    (own.path / "disclosure.key").write_bytes(SECRET)
    with opened(own), pytest.raises(WorkspaceError, match="another secret or other noise"):
        init_project("戊", Origin(), workspace=own.path)
    assert not (own.path / "projections/戊").exists()


def _tally(counts: Any, seed: int = 1) -> Tally:
    count = np.asarray(counts, np.int64)
    keys = np.random.default_rng(seed).integers(0, 2**32, count.shape, dtype=np.uint64)
    return Tally(count, np.where(count > 0, keys, 0).astype(np.uint64))


def test_parents_are_the_smallest_areas_around() -> None:
    assert parent_places(CODES) == [-1, 0, 1, 1, 0]


def test_who_is_known_to_an_area_alone_has_their_own_key() -> None:
    parts, alone = _tally([4, 6, 9, 0, 0]), _tally([0, 3, 0, 0, 0], seed=2)
    held = Tally(np.array([22, 22, 6, 9, 0]), np.zeros(5, np.uint64))
    held.count[[0, 1, 2, 3, 4]] = [28, 22, 6, 9, 6]
    held.key[2:] = parts.key[[1, 2, 0]]
    held.key[1] = held.key[2] + held.key[3] + alone.key[1]
    held.key[0] = held.key[1] + held.key[4]
    own = own_tally(held, CODES)
    assert own.count.tolist() == [0, 7, 6, 9, 6]
    assert own.cell_keys[[0, 1]].tolist() == [0, int(alone.cell_keys[1])]


def test_areas_that_know_people_of_their_own_have_their_published_total() -> None:
    published = np.array([100.0, 61, 30, 20, 41])
    whole = Tally(np.array([99, 60, 31, 19, 39]), np.zeros(5, np.uint64))

    def counting(tally: Tally) -> Seen:
        alone = tally.count[0] == 0
        count = tally.count.astype(np.float64) if alone else published
        return Seen(count, np.zeros(5))

    own = own_totals(whole, CODES, counting)
    # Nobody is known to the city alone: it has what its parts have, not the 100 published.
    assert own.tolist() == [0, 11, 30, 20, 41]


def test_a_total_below_that_of_its_parts_takes_nobody_away() -> None:
    whole = Tally(np.array([51, 51, 30, 20, 0]), np.zeros(5, np.uint64))

    def counting(tally: Tally) -> Seen:
        own = tally.count[1] == 1
        return Seen(np.array([0.0, 3, 30, 20, 0] if own else [50.0, 48, 30, 20, 0]), np.zeros(5))

    assert own_totals(whole, CODES, counting).tolist() == [0, 0, 30, 20, 0]


def test_nobody_stays_nobody() -> None:
    assert not seen_cells(_tally(np.zeros((2, SEX_CELLS, AGE_CELLS))), seen).any()


def test_groups_of_five_years_are_nearer_than_the_sum_of_their_cells() -> None:
    true = np.random.default_rng(5).poisson(8.0, (200, SEX_CELLS, AGE_CELLS))
    tally = _tally(true)
    children = slice(5, 10)
    by_cells = seen(tally).count[..., children].sum(-1) - true[..., children].sum(-1)
    scaled = seen_cells(tally, seen)[..., children].sum(-1) - true[..., children].sum(-1)
    assert scaled.std() < 0.6 * by_cells.std()
    assert abs(scaled.mean()) < 0.2


COUNTS = arrays(np.int64, (2, SEX_CELLS, AGE_CELLS), elements=st.integers(0, 6))


@given(COUNTS, st.integers(0, 2**20))
def test_cells_are_never_negative_and_add_up_to_what_is_seen_of_all(
    counts: np.ndarray, seed: int
) -> None:
    tally = _tally(counts, seed)
    cells = seen_cells(tally, seen)
    assert cells.shape == counts.shape
    assert (cells >= 0).all()
    assert cells.sum(axis=(1, 2)) == pytest.approx(seen(tally.sum(-1).sum(-1)).count)


def test_a_whole_of_nothing_seen_is_divided_as_all_are_and_else_evenly() -> None:
    parts = np.array([[0.0, 0.0], [6.0, 2.0]])
    assert scaled_to(parts, np.array([4.0, 0.0])).tolist() == [[3, 1], [0, 0]]
    assert scaled_to(np.zeros((1, 4)), np.array([3.0])).tolist() == [[0.75] * 4]
