"""Moves, levels, histories and coverage of a project's folder."""

from __future__ import annotations

import numpy as np
import pytest

from renkou.demography.scenarios.problems import ProjectDataRefused
from renkou.engines.project_files import read_project, write_project
from tests.engines.project_folder import AREAS, OMEGA, SEXES, label, tables, tree, write

SETTINGS = "base_year: 2025"
SHAPE = (2, 2, OMEGA + 1)


def out_rows(area, rate):
    """Rows of moves_out.csv or moves_in.csv of one area."""
    return [[area, sex, label(age), rate] for sex in SEXES for age in range(OMEGA + 1)]


def flows():
    """A tree whose counties exchange people."""
    found = tree()
    found["moves_out"] = [["area", "sex", "age", "rate"], *out_rows("5101", 0.02),
                          *out_rows("510102", 0.05)]  # fmt: skip
    found["destinations"] = [
        ["origin", "destination", "share"],
        ["510101", "510102", 0.25], ["510101", "outside", 0.75],
        ["510102", "510101", 0.4], ["510102", "区外", 0.6],
    ]  # fmt: skip
    found["moves_in"] = [["area", "sex", "age", "count"], *out_rows("5101", 6)]
    return found


def read(folder, found):
    """The data of a folder with these tables."""
    return read_project(write(folder, found, settings=SETTINGS))


def refused(folder, found):
    """The problems told of a folder with these tables."""
    with pytest.raises(ProjectDataRefused) as told:
        read(folder, found)
    return told.value.problems


def test_moves_by_origin_and_destination_are_read(tmp_path):
    data = read(tmp_path, flows())
    assert (data.flows.out_rate.shape, data.flows.in_count.shape) == (SHAPE, SHAPE)
    assert data.flows.out_rate[:, 1, 30].tolist() == [0.02, 0.05]
    assert data.flows.destination == pytest.approx(np.array([[0, 0.25, 0.75], [0.4, 0, 0.6]]))
    assert data.flows.in_count.sum(axis=0) == pytest.approx(np.full(SHAPE[1:], 6.0))
    assert data.flows.in_count[:, 0, 0] == pytest.approx([2, 4])
    assert any("moves_in.csv: counts of 5101 are shared out" in one for one in data.notes)


def test_files_of_moves_that_are_missing_are_said(tmp_path):
    found = flows()
    del found["destinations"], found["moves_in"]
    data = read(tmp_path / "a", found)
    assert data.flows.destination.tolist() == [[0, 0, 1], [0, 0, 1]]
    assert not data.flows.in_count.any()
    assert "There is no destinations.csv: all who leave an area go outside." in data.notes
    assert "There is no moves_in.csv: nobody comes from outside." in data.notes
    found = flows()
    del found["moves_out"]
    assert not read(tmp_path / "b", found).flows.out_rate.any()


def test_destinations_of_an_area_around_leave_out_the_area_itself(tmp_path):
    found = flows()
    found["destinations"] = [
        ["origin", "destination", "share"],
        ["5101", "510101", 0.5], ["5101", "510102", 0.3], ["5101", "outside", 0.2],
    ]  # fmt: skip
    data = read(tmp_path, found)
    assert data.flows.destination == pytest.approx(
        np.array([[0, 0.6, 0.4], [0.5 / 0.7, 0, 0.2 / 0.7]])
    )
    assert any("shares of an area to itself are left out" in one for one in data.notes)


def test_an_area_whose_people_only_stay_sends_them_outside(tmp_path):
    found = flows()
    found["destinations"] = [["origin", "destination", "share"], ["510101", "510101", 1]]
    assert read(tmp_path, found).flows.destination.tolist() == [[0, 0, 1], [0, 0, 1]]


def test_areas_that_nobody_leaves_are_said(tmp_path):
    found = flows()
    found["moves_out"] = [["area", "sex", "age", "rate"], *out_rows("510101", 0.1)]
    data = read(tmp_path, found)
    assert not data.flows.out_rate[1].any()
    assert "moves_out.csv: 1 areas have no rows, and nobody leaves them." in data.notes


@pytest.mark.parametrize(
    ("name", "rows", "where", "rule", "remedy"),
    [
        ("moves_out", out_rows("5101", 2), "rate", "0 to 1", "divide by 100"),
        ("moves_out", out_rows("5101", 0.1)[1:], "area 5101, male, age 0", "has no row", "add a row"),
        ("moves_in", out_rows("5101", -1), "count", "not below 0", "correct"),
        ("destinations", [["510101", "510102", 0.5]], "origin 510101: sum of shares", "sum to 1", "correct"),
        ("destinations", [["510101", "510102", 60], ["510101", "outside", 40]], "share", "0 to 1",
         "divide by 100"),
        ("destinations", [["510101", "5101", 1]], "destination", "without parts", "outside"),
        ("destinations", [["51", "outside", 1]], "origin", "is no area of areas.csv", "5101"),
    ],
)  # fmt: skip
def test_moves_that_cannot_be_are_refused(tmp_path, name, rows, where, rule, remedy):
    found = flows()
    found[name] = [found[name][0], *rows]
    problem = refused(tmp_path, found)[0]
    assert (problem.file, problem.where) == (f"{name}.csv", where)
    assert rule in problem.rule
    assert remedy in problem.remedy
    assert problem.zh


def levels(*rows):
    """A tree with levels."""
    found = tree()
    found["levels"] = [["area", "measure", "ratio", "deviation"], *rows]
    return found


def test_levels_of_areas_are_their_own_or_those_around(tmp_path):
    found = levels(["510101", "fertility", 1.2, 0.1], ["510102", "mortality", 0.9, ""])
    data = read(tmp_path, found)
    assert set(data.levels) == {"fertility", "mortality"}
    assert data.levels["fertility"].ratio.tolist() == [1.2, 1]
    assert data.levels["fertility"].deviation.tolist() == [0.1, 0]
    assert data.levels["mortality"].ratio.tolist() == [1, 0.9]


def test_a_level_upon_rates_of_the_area_itself_is_refused(tmp_path):
    found = levels(["510101", "fertility", 1.2, 0.1])
    found["fertility"] += [["510101", year, age, 0.05] for year in (2025,) for age in range(15, 50)]
    problem = refused(tmp_path, found)[0]
    assert (problem.file, problem.line, problem.where) == ("levels.csv", 2, "area")
    assert "510101 has rates of 510101 already" in problem.rule
    found = levels(["5101", "fertility", 1.2, 0.1])
    assert "has rates of 5101 already" in refused(tmp_path / "b", found)[0].rule


@pytest.mark.parametrize(
    ("rows", "where", "rule"),
    [
        ([["510101", "fertilty", 1, 0]], "measure", "is no known word"),
        ([["510101", "fertility", 0, 0]], "ratio", "above 0"),
        ([["510101", "fertility", 1, -1]], "deviation", "0 to 5"),
        ([["510101", "fertility", 1, 0]] * 2, "area", "has a level of fertility twice"),
    ],
)
def test_levels_that_cannot_be_are_refused(tmp_path, rows, where, rule):
    problem = refused(tmp_path, levels(*rows))[0]
    assert problem.where == where
    assert rule in problem.rule


def test_histories_are_read_by_measure_and_area(tmp_path):
    found = tree()
    found["history"] = [
        ["area", "year", "measure", "value"],
        ["5101", 2020, "tfr", 1.1], ["5101", 2019, "tfr", 1.2], ["510101", 2020, "tfr", 1.5],
        ["5101", 2020, "net_migration", -300],
    ]  # fmt: skip
    history = read(tmp_path, found).history
    assert history["tfr"]["5101"].years.tolist() == [2019, 2020]
    assert history["tfr"]["5101"].values.tolist() == [1.2, 1.1]
    assert history["tfr"]["510101"].values.tolist() == [1.5]
    assert history["net_migration"]["5101"].values.tolist() == [-300]


@pytest.mark.parametrize(
    ("row", "where", "rule"),
    [
        (["5101", 2020, "trf", 1], "measure", "is no known word"),
        (["5101", 2020, "tfr", 1100], "value", "0 to 12"),
        (["5101", 2020, "e0_male", 200], "value", "10 to 120"),
        (["5101", 2019, "tfr", 1.3], "area", "stand here again"),
    ],
)
def test_histories_that_cannot_be_are_refused(tmp_path, row, where, rule):
    found = tree()
    found["history"] = [["area", "year", "measure", "value"], ["5101", 2019, "tfr", 1.2], row]
    [problem] = refused(tmp_path, found)
    assert (problem.line, problem.where) == (3, where)
    assert rule in problem.rule


def test_the_most_exact_row_of_coverage_counts(tmp_path):
    found = tree()
    found["coverage"] = [
        ["area", "sex", "age", "ratio", "low", "high"],
        ["5101", "", "", 1.02, 1.01, 1.03],
        ["510101", "", "0-4", 1.10, 1.05, 1.15],
        ["510101", "女", "0-4", 1.20, 1.15, 1.25],
        ["510101", "", "50+", 0.98, 0.97, 0.99],
    ]
    coverage = read(tmp_path, found).coverage
    assert coverage.ratio[1].min() == coverage.ratio[1].max() == 1.02
    assert coverage.ratio[0, :, 4].tolist() == [1.10, 1.20]
    assert coverage.ratio[0, :, [5, 49, 50, OMEGA]].tolist() == [
        [1.02] * 2, [1.02] * 2, [0.98] * 2, [0.98] * 2,
    ]  # fmt: skip
    assert coverage.low[0, 0, 0] == 1.05


def test_people_of_whom_nothing_is_said_are_taken_as_counted_exactly(tmp_path):
    found = tables()
    found["coverage"] = [["area", "ratio", "low", "high"], ["510102", 1.1, 1.0, 1.2]]
    data = read(tmp_path, found)
    assert data.coverage.ratio[:, 0, 0].tolist() == [1.0, 1.1]
    cells = 2 * (OMEGA + 1)
    assert f"coverage.csv: {cells} cells of area, sex and age have no row" in data.notes[-1]


@pytest.mark.parametrize(
    ("row", "where", "rule"),
    [
        (["510101", "", "", 1.2, 1.0, 1.1], "ratio", "outside its interval"),
        (["510101", "", "", 102, 101, 103], "ratio", "about 1"),
        (["510101", "x", "", 1, 1, 1], "sex", "neither male nor female"),
        (["510101", "", "young", 1, 1, 1], "age", "is no age"),
    ],
)
def test_coverage_that_cannot_be_is_refused(tmp_path, row, where, rule):
    found = tree()
    found["coverage"] = [["area", "sex", "age", "ratio", "low", "high"], row]
    problem = refused(tmp_path, found)[0]
    assert problem.where == where
    assert rule in problem.rule


def test_all_of_it_is_written_and_read_back_alike(tmp_path):
    found = flows()
    found["levels"] = [["area", "measure", "ratio"], ["510101", "fertility", 1.2]]
    found["history"] = [["area", "year", "measure", "value"], ["5101", 2020, "tfr", 1.1]]
    found["coverage"] = [["area", "sex", "age", "ratio", "low", "high"],
                         ["5101", "", "", 1.02, 1.01, 1.03], ["510101", "男", 3, 1.5, 1.4, 1.6]]  # fmt: skip
    data = read(tmp_path / "a", found)
    again = read_project(write_project(tmp_path / "b", data, scenarios={}))
    for name in ("out_rate", "destination", "in_count"):
        assert np.allclose(getattr(again.flows, name), getattr(data.flows, name)), name
    for name in ("ratio", "low", "high"):
        assert np.array_equal(getattr(again.coverage, name), getattr(data.coverage, name))
    assert again.levels["fertility"].ratio.tolist() == [1.2, 1.0]
    assert again.history["tfr"]["5101"].values.tolist() == [1.1]
    assert again.leaves == AREAS


def test_coverage_alike_for_all_people_of_an_area_is_written_in_one_row(tmp_path):
    found = tree()
    found["coverage"] = [["area", "ratio", "low", "high"], ["5101", 1.02, 1.01, 1.03]]
    data = read(tmp_path / "a", found)
    folder = write_project(tmp_path / "b", data, scenarios={})
    assert len((folder / "coverage.csv").read_text().splitlines()) == 3
    assert np.array_equal(read_project(folder).coverage.ratio, data.coverage.ratio)
