"""From an edition to what a projection starts from: nobody vanishes, and every guess is told."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from renkou.actions import project_from_edition
from renkou.actions.edition_tables import open_edition
from renkou.actions.office_areas import office_areas
from renkou.actions.project_edition_counts import LeafCounts, MoveRows, leaf_counts, tree_of
from renkou.actions.project_edition_moves import (
    MONTHS,
    MoveWindow,
    city_flows,
    leaf_moves,
    move_windows,
    net_of_leaves,
)
from renkou.actions.project_edition_notes import NO_COVERAGE, NO_MOVES
from renkou.actions.project_edition_rates import completeness, known_years, lived_by_the_dead
from renkou.actions.project_from_edition import EditionInputs, inputs_from_edition
from renkou.actions.statistics import perturbed
from renkou.actions.statistics_settings import StatisticsSettings
from renkou.actions.tabulating import CountedEdition, counted_edition
from renkou.actions.workspaces import Workspace
from renkou.core.areas import Area
from renkou.core.errors import UsageError
from renkou.core.tallies import Tally
from renkou.demography.forecasts.migration_patterns import spread_by_rogers_castro
from renkou.demography.indicators.cells import Seen, true_counts
from renkou.demography.levels.placing import place_shares
from renkou.disclosure.perturbation_table import perturbation_table
from renkou.engines.duckdb_engine import DuckDBEngine
from renkou.register.tabulation import Window
from tests.offices import copied

DECEMBER_2024 = 2024 * 12 + 11
SECRET = b"0123456789abcdef" * 2


@pytest.fixture(scope="module")
def office(demo_workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A copy of the demo city with a secret of its own, the same in every run of the tests."""
    office = copied(demo_workspace, tmp_path_factory.mktemp("secret") / "office")
    shutil.rmtree(office.path / "statistics", ignore_errors=True)
    (office.path / "disclosure.key").write_bytes(SECRET)
    return office


@pytest.fixture(scope="module")
def inputs(office: Workspace) -> EditionInputs:
    """Inputs of the demo city."""
    return inputs_from_edition(office)


@pytest.fixture(scope="module")
def counted(office: Workspace) -> CountedEdition:
    """The ten years of the demo city as statistics count them."""
    with DuckDBEngine(scratch=office.scratch) as engine:
        edition = open_edition(office, None, engine)
        window = Window(DECEMBER_2024 - 120, DECEMBER_2024)
        return counted_edition(edition, office_areas(office), window, SECRET)


def seen(tally: Tally) -> Seen:
    """As statistics publish."""
    return perturbed(tally, perturbation_table())


def true_counts_of(office: Workspace, counted: CountedEdition) -> LeafCounts:
    """Counts by leaf as they are, which only tests look at."""
    return leaf_counts(counted, tree_of(office_areas(office), 2025), true_counts)


def _published(counted: CountedEdition) -> dict[str, float]:
    """Published usual residents at the end of 2024, by area."""
    people = seen(counted.counts.stocks["usual"][:, -1].sum(-1).sum(-1)).count
    return dict(zip(counted.counts.areas.codes, people.tolist(), strict=True))


def test_the_base_holds_the_published_usual_residents(
    inputs: EditionInputs, counted: CountedEdition
) -> None:
    data, base = inputs.data, _published(counted)
    assert data.base_year == 2025
    for area in data.areas:
        if area.level == "county":
            people = data.total(data.population, area.code).sum()
            assert people == pytest.approx(base[area.code]), area.code
    assert data.population.sum() == pytest.approx(base["5130"], abs=10)
    assert {area.level for area in data.areas} == {"prefecture", "county", "township"}


def test_people_known_to_a_county_alone_are_in_its_townships(
    inputs: EditionInputs, counted: CountedEdition
) -> None:
    data, base = inputs.data, _published(counted)
    placed = dict(zip(data.leaves, data.population.sum(axis=(1, 2)), strict=True))
    assert sum(base[leaf] for leaf in data.leaves) < sum(placed.values())
    assert all(placed[leaf] >= base[leaf] - 1e-9 for leaf in data.leaves)


def test_true_counts_are_all_those_of_statistics(
    office: Workspace, counted: CountedEdition
) -> None:
    found, counts = true_counts_of(office, counted), counted.counts
    top = counts.areas.codes.index("5130")
    for name, whole, since in (
        ("births", found.tops.births, found.births_since),
        ("deaths", found.tops.deaths, found.deaths_since),
    ):
        by_year = counts.events[name].count[top].sum(axis=(1, 2)).reshape(10, 12).sum(axis=1)
        assert whole.sum(axis=(0, 2, 3)) == pytest.approx(by_year)
        assert since.sum(axis=0) == pytest.approx(by_year[::-1].cumsum()[::-1])
    assert found.years.tolist() == list(range(2015, 2025))
    assert found.stock.sum(axis=0).sum(axis=(1, 2)) == pytest.approx(
        counts.stocks["usual"].count[top, ::12].sum(axis=(1, 2))
    )


def test_growth_is_what_births_and_deaths_leave_of_the_change(
    office: Workspace, counted: CountedEdition
) -> None:
    found = true_counts_of(office, counted)
    natural = found.births_since[:, 0].sum() - found.deaths_since[:, 0].sum()
    change = found.stock[:, -1].sum() - found.stock[:, 0].sum()
    assert np.diff(found.beyond[:, [0, -1]]).sum() + natural == pytest.approx(change)


def test_rates_are_those_of_people(inputs: EditionInputs) -> None:
    data = inputs.data
    mx, notes = data.mortality.base(data.base_year)
    assert mx.shape == (len(data.leaves), 2, 101)
    assert ((mx > 0) & (mx < 2)).all()
    assert notes  # the last year known is the one before
    asfr = data.fertility.at([2020, 2021, 2022, 2023, 2024])
    assert ((asfr.sum(axis=-1) > 0.5) & (asfr.sum(axis=-1) < 4)).all()
    assert not asfr[..., :15].any()
    assert not asfr[..., 50:].any()
    srb, _ = data.srb.base(data.base_year)
    assert (srb > 0.9).all()
    assert (srb < 1.3).all()


def test_levels_are_of_every_leaf_and_never_certain(inputs: EditionInputs) -> None:
    levels = inputs.data.levels
    assert set(levels) == {"fertility", "mortality", "moves_out", "moves_in"}
    for one in levels.values():
        assert one.ratio.shape == (len(inputs.data.leaves),)
        assert ((one.ratio > 0.3) & (one.ratio < 3)).all()
        assert (one.deviation > 0.01).all()


def test_moves_are_rates_shares_and_counts(inputs: EditionInputs) -> None:
    flows = inputs.data.flows
    assert flows is not None
    assert flows.destination.sum(axis=1) == pytest.approx(np.ones(len(inputs.data.leaves)))
    assert np.diag(flows.destination).tolist() == [0] * len(inputs.data.leaves)
    assert ((flows.out_rate >= 0) & (flows.out_rate < 0.5)).all()
    assert flows.in_count.sum() > 1


def test_the_past_is_told_by_year(inputs: EditionInputs) -> None:
    history = inputs.data.history
    assert set(history) == {"tfr", "e0_male", "e0_female", "net_migration", "population"}
    [top] = [area.code for area in inputs.data.areas if not area.parent]
    assert history["population"][top].years[-1] == 2025
    assert history["population"][top].values[-1] == pytest.approx(inputs.data.population.sum())
    assert history["net_migration"][top].years[-1] < 2024  # the list of newcomers ends in 2023


def test_coverage_is_one_ratio_with_its_interval(inputs: EditionInputs) -> None:
    coverage = inputs.data.coverage
    assert coverage is not None
    assert coverage.ratio.shape == inputs.data.population.shape
    assert (coverage.low < coverage.ratio).all()
    assert (coverage.ratio < coverage.high).all()


def test_every_assumption_is_said_in_both_languages(inputs: EditionInputs) -> None:
    assert inputs.data.notes == tuple(one.en for one in inputs.notes)
    for note in inputs.notes:
        assert re.search("[\u4e00-\u9fff]", note.zh)
        assert note.zh.endswith("。")
        assert note.en.endswith(".")
        assert "nan" not in note.zh + note.en
    told = " ".join(inputs.data.notes)
    for word in ("known only to a county", "Brass", "completeness", "sex ratio", "arrivals of"):
        assert word in told or word == "sex ratio", word
    assert NO_COVERAGE.en not in inputs.data.notes


def test_an_earlier_base_year_is_of_its_own_day(
    office: Workspace, counted: CountedEdition, inputs: EditionInputs
) -> None:
    data = inputs_from_edition(office, base_year=2022).data
    top = next(area.code for area in data.areas if not area.parent)
    at = counted.counts.areas.codes.index(top)
    then = counted.counts.stocks["usual"].count[at, -37].sum()  # the end of 2021
    assert data.base_year == 2022
    assert data.population.sum() == pytest.approx(then, abs=10)
    assert data.population.sum() != pytest.approx(inputs.data.population.sum(), abs=20)
    assert data.fertility.by_area[top].years[-1] == 2021


def test_a_base_year_that_the_edition_does_not_know_is_refused(office: Workspace) -> None:
    with pytest.raises(UsageError, match=r"base year 2026: .* up to 2025") as refused:
        inputs_from_edition(office, base_year=2026)
    assert "请指定不晚于 2025 的年份" in str(refused.value.zh)


def test_a_base_year_before_anybody_lived_there_is_refused(office: Workspace) -> None:
    with pytest.raises(UsageError, match="nobody lives here on 1880-01-01"):
        inputs_from_edition(office, base_year=1880)


@pytest.fixture
def own_office(demo_workspace: Workspace, tmp_path: Path) -> Workspace:
    """A copy of the demo city that may be changed."""
    return copied(demo_workspace, tmp_path / "office")


def test_without_settings_nothing_is_corrected_and_the_notes_say_so(own_office: Workspace) -> None:
    (own_office.path / "statistics.toml").unlink()
    found = inputs_from_edition(own_office)
    assert found.data.coverage is None
    assert NO_COVERAGE in found.notes
    assert any("no correction for those unreported" in one.en for one in found.notes)
    assert any("births are as registered" in one.en for one in found.notes)


def test_without_dated_moves_there_is_no_migration(
    office: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    none = MoveRows(*(np.empty(0, np.int64) for _ in range(7)))
    monkeypatch.setattr(project_from_edition, "_moves", lambda *_: none)
    found = inputs_from_edition(office)
    assert found.data.flows is None
    assert NO_MOVES in found.notes
    assert "net_migration" not in found.data.history
    assert set(found.data.levels) == {"fertility", "mortality"}


def _areas(*codes: str, **more: dict[str, str]) -> list[Area]:
    levels = {2: "province", 4: "prefecture", 6: "county", 9: "township", 12: "village"}
    return [
        Area(code, f"区域{code}", levels[len(code)], **more.get(f"a{code}", {})) for code in codes
    ]


def test_the_tree_of_one_city_begins_with_it() -> None:
    tree = tree_of(_areas("51", "5130", "513021", "513021001", "513021001001"), 2025)
    assert [(one.code, one.parent) for one in tree.areas] == [
        ("5130", ""), ("513021", "5130"), ("513021001", "513021"),
    ]  # fmt: skip
    assert (tree.leaves, tree.tops, tree.top_of) == (("513021001",), ("5130",), ("5130",))


def test_a_province_stands_above_its_cities_and_a_county_without_townships_is_a_leaf() -> None:
    tree = tree_of(_areas("51", "5130", "513021", "513021001", "513022", "5131", "513101"), 2025)
    assert tree.tops == ("5130", "5131")
    assert tree.leaves == ("513021001", "513022", "513101")
    assert tree.areas[0].code == "51"
    assert {one.parent for one in tree.areas if one.code in tree.tops} == {"51"}


def test_areas_that_ended_or_begin_later_are_not_in_the_tree() -> None:
    ended = {"a513001": {"valid_to": "2025-01-01"}, "a513021002": {"valid_from": "2025-07-01"}}
    codes = ("5130", "513001", "513021", "513021001", "513021002")
    assert tree_of(_areas(*codes, **ended), 2025).leaves == ("513021001",)
    assert "513021002" in tree_of(_areas(*codes, **ended), 2026).leaves


def test_a_tree_without_areas_in_force_is_refused() -> None:
    with pytest.raises(UsageError, match="no prefecture, county or township is in force"):
        tree_of(_areas("51", "513021001001"), 2025)


def _rows(*rows: Sequence[int]) -> MoveRows:
    """Rows of (origin, goal, month, sex, age, count), with keys of 0."""
    columns = np.array(rows, np.int64).T
    return MoveRows(*columns, np.zeros(len(rows), np.int64))


CODES, LEAVES = ("5130", "513021", "513021001", "513021002"), ("513021001", "513021002")
PLACE = place_shares(CODES, LEAVES, [30, 70])
WINDOWS = (MoveWindow(100, 136), MoveWindow(112, 148))


def test_each_kind_of_move_is_counted_over_the_months_its_list_tells() -> None:
    rows = _rows((2, 3, 101, 0, 20, 3), (-1, 2, 136, 1, 30, 6), (2, -1, 148, 1, 30, 9),
                 (2, 3, 140, 0, 20, 50), (-1, 2, 137, 1, 30, 50), (2, -1, 112, 1, 30, 50))  # fmt: skip
    found = leaf_moves(rows, PLACE, WINDOWS, true_counts)
    assert found.between.tolist() == [[0, 1, 3], [0, 0, 0]]
    assert found.arrivals.tolist() == [2, 0]
    assert found.leaving_by_age.sum(axis=1).tolist() == [1, 3]
    assert found.arriving_by_age[1, 30] == 2
    assert net_of_leaves(found).tolist() == [2 - 4, 1]


def test_who_comes_to_a_county_is_placed_by_its_people() -> None:
    found = leaf_moves(
        _rows((-1, 1, 110, 0, 20, 30), (1, -1, 120, 0, 20, 30)), PLACE, WINDOWS, true_counts
    )
    assert found.arrivals.tolist() == pytest.approx([3, 7])
    assert found.between[:, -1].tolist() == pytest.approx([3, 7])


def test_a_move_within_a_county_leaves_a_township_as_often_as_its_people_say() -> None:
    found = leaf_moves(_rows((2, 1, 110, 0, 20, 30)), PLACE, WINDOWS, true_counts)
    assert found.between.tolist() == [[0, pytest.approx(7), 0], [0, 0, 0]]
    assert found.leaving_by_age.sum() == pytest.approx(found.between.sum())


def test_moves_of_other_cities_are_moves_with_outside() -> None:
    rows = _rows((2, 0, 110, 0, 20, 3), (0, 3, 110, 0, 20, 6), (0, 0, 110, 0, 20, 9))
    mine = rows.within([False, False, True, True])
    found = leaf_moves(mine, PLACE, (WINDOWS[0], WINDOWS[0]), true_counts)
    assert found.between.tolist() == [[0, 0, 1], [0, 0, 0]]
    assert found.arrivals.tolist() == [0, 2]


def test_a_month_that_holds_far_too_many_arrivals_is_told() -> None:
    even = [(-1, 2, month, 0, 20, 2) for month in range(101, 137)]
    assert leaf_moves(_rows(*even), PLACE, WINDOWS, true_counts).heaped is None
    found = leaf_moves(_rows(*even, (-1, 3, 120, 0, 20, 78)), PLACE, WINDOWS, true_counts).heaped
    assert found == (pytest.approx(80 / 150), 120)


def test_lists_that_end_early_end_their_window() -> None:
    rows = _rows((-1, 2, 490, 0, 20, 3), (2, -1, 490, 0, 20, 3))
    came, left = move_windows({"moves_in": 500}, 600, rows, true_counts)
    assert (came.last, left.last) == (500, 600)
    assert came.opening == 500 - MONTHS
    assert move_windows({"moves_in": 700}, 600, rows, true_counts)[0].last == 600


def test_a_list_that_nobody_named_ends_where_its_moves_do() -> None:
    rows = _rows(
        *[(-1, 2, month, 0, 20, 4 - month % 2) for month in range(500, 590)],
        *[(2, -1, month, 0, 20, 4) for month in range(500, 601)],
    )
    came, left = move_windows({}, 600, rows, true_counts)
    assert (came.last, left.last) == (589, 600)
    few = _rows(*[(-1, 2, month, 0, 20, 1) for month in range(500, 598, 3)])
    assert move_windows({}, 600, few, true_counts)[0].last == 600  # so few may be chance


def test_flows_with_levels_give_the_moves_again(office: Workspace, counted: CountedEdition) -> None:
    counts = true_counts_of(office, counted)
    leaves = len(counts.stock)
    between = np.zeros((leaves, leaves + 1))
    between[:, -1], between[0, 1] = 400.0, 100.0
    moves = leaf_moves(_rows((2, 3, 101, 0, 20, 3)), PLACE, WINDOWS, true_counts)
    ages = spread_by_rogers_castro(np.ones(2))
    spread = ages / 2
    moves = replace(
        moves, between=between, arrivals=np.full(leaves, 90.0),
        leaving_by_age=spread * between.sum(), arriving_by_age=spread * 90 * leaves,
    )  # fmt: skip
    flows, levels = city_flows(moves, counts, np.arange(leaves), ages)
    people = counts.exposure[:, -3:].mean(axis=1)
    left = (flows.out_rate * people).sum(axis=(1, 2)) * levels["moves_out"].ratio
    came = flows.in_count.sum(axis=(1, 2)) * levels["moves_in"].ratio
    assert left.sum() == pytest.approx(between.sum(), rel=1e-6)
    assert came.sum() == pytest.approx(90 * leaves, rel=1e-6)
    assert left == pytest.approx(between.sum(axis=1), rel=0.2)


def test_years_before_the_lists_are_not_known() -> None:
    assert known_years(np.array([0.0, 0.0, 50.0, 52.0, 48.0])) == 3
    assert known_years(np.array([30.0, 60.0, 50.0])) == 3
    assert known_years(np.array([8.0, 3.0, 20.0])) == 3  # so few may be chance
    assert known_years(np.array([7.0])) == 1


def test_the_dead_lived_half_a_year_on_average() -> None:
    lived, raised = lived_by_the_dead(np.array([4.0, 1.0, 0.0]), np.array([1.0, 9.0, 0.0]))
    assert lived.tolist() == [2, 9, 0]
    assert raised == 1


def _deaths(rows: list[dict[str, int]]) -> Any:
    table = pa.Table.from_pylist(rows)
    return SimpleNamespace(lists=("police", "deaths", "births"), deaths=table, births=table)


def test_completeness_of_deaths_is_by_two_lists() -> None:
    """Of 100 dead whom police holds, the deaths list knows 80, police 50, both 40: one in ten is missed."""
    january = 2024 * 12
    rows = [
        {"month": january, "lists": 0b01, "known_to": known, "count": count, "key": 0}
        for known, count in ((0b10, 40), (0b11, 40), (0b01, 10))
    ]
    settings = StatisticsSettings(lists={"household_register": "police", "deaths": "deaths"})
    years = np.array([2023, 2024])
    found = completeness(_deaths(rows), settings, "death", years, true_counts)
    assert found is not None
    assert found.tolist() == pytest.approx([0.8, 0.9])  # police knew of no death of 2023


def test_completeness_of_births_is_by_who_holds_the_child() -> None:
    rows = [
        {"month": 2024 * 12 + 3, "lists": held, "known_to": 0, "count": count, "key": 0}
        for held, count in ((0b001, 10), (0b101, 80), (0b100, 5))
    ]
    settings = StatisticsSettings(lists={"household_register": "police", "births": "births"})
    found = completeness(_deaths(rows), settings, "birth", np.array([2024]), true_counts)
    assert found is not None
    missed = (5 / 85) * (10 / 90)
    assert found.tolist() == pytest.approx([1 - missed])


@pytest.mark.parametrize(
    "lists", [{}, {"deaths": "deaths"}, {"deaths": "deaths", "household_register": "other"}]
)
def test_without_two_lists_there_is_no_completeness(lists: dict[str, str]) -> None:
    rows = [{"month": 2024 * 12, "lists": 3, "known_to": 3, "count": 5, "key": 0}]
    settings = StatisticsSettings(lists=lists)
    assert completeness(_deaths(rows), settings, "death", np.array([2024]), true_counts) is None


def test_errors_of_the_base_are_those_of_the_intervals_told(inputs: EditionInputs) -> None:
    [top] = inputs.data.errors["e0_male"]
    told = next(note.zh for note in inputs.notes if "预期寿命男" in note.zh)
    halves = [float(one) for one in re.findall(r"± ([0-9.]+)", told)]
    errors = [inputs.data.errors[f"e0_{sex}"][top] for sex in ("male", "female")]
    assert [1.96 * one for one in errors] == pytest.approx(halves, abs=0.005)
    births = next(note.zh for note in inputs.notes if "总和生育率" in note.zh)
    low, high = (float(one) for one in re.findall(r"区间 ([0-9.]+)—([0-9.]+)", births)[0])
    width = np.log(high / low) / (2 * 1.96)
    assert inputs.data.errors["tfr"][top] == pytest.approx(width, abs=0.004)
